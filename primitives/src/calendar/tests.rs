// SPDX-License-Identifier: Apache-2.0

//! Days of two zones, and what holds of every calendar.

use super::*;
use crate::clauses::TimeOfDay;
use alloc::{vec, vec::Vec};
use proptest::prelude::*;

fn date(text: &str) -> Date {
	text.parse().expect("a date")
}

fn moment(text: &str) -> Moment {
	let timestamp: crate::clauses::Timestamp = text.parse().expect("a moment");
	timestamp.unix_ms()
}

fn hours(order_until: &str, deliver_until: &str) -> Hours {
	Hours {
		order_until: order_until.parse().expect("a time"),
		deliver_until: deliver_until.parse().expect("a time"),
	}
}

fn exception(text: &str, day: Day) -> Exception {
	Exception { date: date(text), day }
}

/// Mainland China at the turn of 2026: the New Year's holiday from 1 to 3 January, for which Sunday 4 January is worked.
/// Notice of the General Office of the State Council on the holidays of 2026, 国办发明电〔2025〕7号.
fn china() -> Calendar {
	let exceptions = vec![
		exception("2026-01-01", Day::Closed),
		exception("2026-01-02", Day::Closed),
		exception("2026-01-03", Day::Closed),
		exception("2026-01-04", Day::Open),
	];
	Calendar {
		first: date("2025-12-01"),
		last: date("2026-01-31"),
		offset: UtcOffset::from_minutes(480).expect("in range"),
		offsets: Default::default(),
		week: Week::WORKING_DAYS,
		hours: hours("15:00", "20:00"),
		exceptions: exceptions.try_into().expect("few"),
	}
}

/// London in 2026: clocks go forward on 29 March at 01:00 UTC and back on 25 October at 01:00 UTC; Christmas Eve is a half day.
fn london() -> Calendar {
	let change = |at: &str, minutes| OffsetChange {
		from: moment(at),
		offset: UtcOffset::from_minutes(minutes).expect("in range"),
	};
	Calendar {
		first: date("2026-01-01"),
		last: date("2026-12-31"),
		offset: UtcOffset::UTC,
		offsets: vec![change("2026-03-29T01:00:00Z", 60), change("2026-10-25T01:00:00Z", 0)]
			.try_into()
			.expect("two"),
		week: Week::WORKING_DAYS,
		hours: hours("12:00", "12:00"),
		exceptions: vec![
			exception("2026-12-24", Day::OpenWith(hours("10:30", "11:00"))),
			exception("2026-12-25", Day::Closed),
			exception("2026-12-28", Day::Closed),
		]
		.try_into()
		.expect("few"),
	}
}

#[test]
fn a_day_ends_at_its_cut_off() {
	let china = china();
	for (placed, day) in [
		("2025-12-30T09:00:00+08:00", "2025-12-30"),
		("2025-12-30T14:59:59.999+08:00", "2025-12-30"),
		("2025-12-30T15:00:00+08:00", "2025-12-31"),
		// Half an hour past midnight in Shanghai is the day before in UTC.
		("2025-12-29T16:30:00Z", "2025-12-30"),
		// Friday afternoon is Monday's.
		("2025-12-26T15:00:00+08:00", "2025-12-29"),
		("2025-12-28T12:00:00+08:00", "2025-12-29"),
	] {
		assert_eq!(china.business_day(moment(placed)), Ok(date(day)), "{placed}");
	}
}

#[test]
fn holidays_are_over_on_the_make_up_day() {
	let china = china();
	for (placed, day) in [
		("2025-12-31T14:00:00+08:00", "2025-12-31"),
		("2025-12-31T16:00:00+08:00", "2026-01-04"),
		("2026-01-02T10:00:00+08:00", "2026-01-04"),
		// A Sunday that is worked.
		("2026-01-04T10:00:00+08:00", "2026-01-04"),
		("2026-01-04T15:00:00+08:00", "2026-01-05"),
	] {
		assert_eq!(china.business_day(moment(placed)), Ok(date(day)), "{placed}");
	}
	assert_eq!(china.hours_on(date("2026-01-02")), Ok(None));
	assert_eq!(china.order_until(date("2026-01-02")), Ok(None));
}

#[test]
fn an_order_is_in_time_that_was_placed_and_received_so() {
	let china = china();
	let day = date("2025-12-30");
	let in_time = |placed: &str, received: &str| {
		china
			.is_in_time(day, moment(placed), moment(received))
			.expect("covered")
	};
	assert!(in_time("2025-12-30T14:59:00+08:00", "2025-12-30T19:59:59+08:00"));
	assert!(!in_time("2025-12-30T14:59:00+08:00", "2025-12-30T20:00:00+08:00"));
	assert!(!in_time("2025-12-30T15:00:00+08:00", "2025-12-30T15:01:00+08:00"));
	assert!(in_time("2025-12-29T15:00:00+08:00", "2025-12-29T15:01:00+08:00"));
}

#[test]
fn a_day_is_counted_by_receipt_or_by_the_seller() {
	let china = china();
	let day = |counts, placed: &str, received: &str| china.trade_day(counts, moment(placed), moment(received));
	for (placed, received, by_receipt, by_seller) in [
		// Placed before 15:00, delivered with the evening's file: the seller's day.
		(
			"2025-12-29T14:59:00+08:00",
			"2025-12-29T19:30:00+08:00",
			"2025-12-30",
			"2025-12-29",
		),
		// The file came after 20:00.
		(
			"2025-12-29T14:59:00+08:00",
			"2025-12-29T20:00:00+08:00",
			"2025-12-30",
			"2025-12-30",
		),
		// Days late, over a weekend.
		(
			"2025-12-26T10:00:00+08:00",
			"2025-12-29T09:00:00+08:00",
			"2025-12-29",
			"2025-12-29",
		),
		(
			"2025-12-26T10:00:00+08:00",
			"2025-12-29T21:00:00+08:00",
			"2025-12-30",
			"2025-12-30",
		),
		// Placed late: the next day, however early it comes.
		(
			"2025-12-29T15:00:00+08:00",
			"2025-12-29T15:00:01+08:00",
			"2025-12-30",
			"2025-12-30",
		),
		// Into the holidays, and out of them on the make-up Sunday.
		(
			"2025-12-31T14:00:00+08:00",
			"2025-12-31T23:00:00+08:00",
			"2026-01-04",
			"2026-01-04",
		),
	] {
		assert_eq!(
			day(Counts::Receipt, placed, received),
			Ok(date(by_receipt)),
			"{placed} {received}"
		);
		assert_eq!(
			day(Counts::Seller, placed, received),
			Ok(date(by_seller)),
			"{placed} {received}"
		);
	}
	let late = day(Counts::Seller, "2026-01-30T14:00:00+08:00", "2026-01-30T20:00:00+08:00");
	assert_eq!(late, Err(NoDay::NoneLeft));
}

#[test]
fn the_next_version_takes_over_at_its_block() {
	let announced = |version, from| Announced {
		product: None,
		version,
		from,
		calendar: china(),
	};
	let timetable = Timetable {
		issuer: 2,
		in_force: Some(announced(1, 5)),
		next: Some(announced(2, 100)),
	};
	let version = |block| timetable.at(block).map(|it| it.version);
	assert_eq!([version(99), version(100), version(101)], [Some(1), Some(2), Some(2)]);
	let first = Timetable {
		in_force: None,
		..timetable
	};
	assert_eq!(first.at(99), None);
}

/// The holidays of 2026 as in the notice of the General Office of the State Council, 国办发明电〔2025〕7号 of 4 November 2025.
#[test]
fn chinas_2026_has_the_days_of_the_notice() {
	let calendar =
		json::from_json(include_bytes!("../../../docs/integrating/calendars/china-2026.json")).expect("sound");
	let is_open = |day: &str| calendar.hours_on(date(day)).expect("covered").is_some();
	let holidays = [
		("2026-01-01", 3),
		("2026-02-15", 9),
		("2026-04-04", 3),
		("2026-05-01", 5),
		("2026-06-19", 3),
		("2026-09-25", 3),
		("2026-10-01", 7),
	];
	let mut closed = 0;
	for (first, days) in holidays {
		let first = date(first).days_since_epoch();
		for day in first..first + days {
			let day = Date::from_days_since_epoch(day).expect("in range");
			assert_eq!(calendar.hours_on(day), Ok(None), "{day}");
			closed += 1;
		}
	}
	assert_eq!(closed, 33);
	for worked in [
		"2026-01-04",
		"2026-02-14",
		"2026-02-28",
		"2026-05-09",
		"2026-09-20",
		"2026-10-10",
	] {
		assert!(is_open(worked), "{worked} is worked for a holiday");
	}
	let days = calendar.first.days_since_epoch()..=calendar.last.days_since_epoch();
	let days = days.filter_map(Date::from_days_since_epoch);
	let open = days
		.filter(|day| matches!(calendar.hours_on(*day), Ok(Some(_))))
		.count();
	// 365 days without 104 days of weekends, without 19 holidays that fall on working days, and 6 make-up days: from the calendar of the year.
	assert_eq!(open, 365 - 104 - 19 + 6);
	assert_eq!(
		calendar.business_day(moment("2026-09-30T15:00:00+08:00")),
		Ok(date("2026-10-08"))
	);
}

#[test]
fn a_slip_of_the_pen_is_no_calendar() {
	let text = json::to_json(&london()).expect("sound");
	assert_eq!(json::from_json(text.as_bytes()).expect("the same"), london());
	for (from, to) in [
		("\"exceptions\"", "\"exeptions\""),
		("\"mon\"", "\"tue\""),
		("\"mon\"", "\"Mon\""),
		("\"12:00\"", "\"24:00\""),
		("2026-12-25", "2026-12-32"),
		("2026-12-25", "2027-12-25"),
		("\"closed\"", "\"shut\""),
		("+01:00", "+19:00"),
	] {
		let wrong = text.replacen(from, to, 1);
		assert_ne!(wrong, text, "{from} stands in it");
		assert!(json::from_json(wrong.as_bytes()).is_err(), "{from} as {to}");
	}
}

#[test]
fn summer_time_moves_the_cut_off_in_utc() {
	let london = london();
	let until = |day: &str| london.order_until(date(day)).expect("covered").expect("open");
	assert_eq!(until("2026-03-27"), moment("2026-03-27T12:00:00Z"));
	assert_eq!(until("2026-03-30"), moment("2026-03-30T11:00:00Z"));
	assert_eq!(until("2026-10-23"), moment("2026-10-23T11:00:00Z"));
	assert_eq!(until("2026-10-26"), moment("2026-10-26T12:00:00Z"));
	// Half past midnight of a summer's Monday is Sunday in UTC.
	assert_eq!(
		london.business_day(moment("2026-06-14T23:30:00Z")),
		Ok(date("2026-06-15"))
	);
}

#[test]
fn half_days_end_early() {
	let london = london();
	assert_eq!(
		london.business_day(moment("2026-12-24T10:29:00Z")),
		Ok(date("2026-12-24"))
	);
	assert_eq!(
		london.business_day(moment("2026-12-24T10:30:00Z")),
		Ok(date("2026-12-29"))
	);
	assert_eq!(
		london.deliver_until(date("2026-12-24")),
		Ok(Some(moment("2026-12-24T11:00:00Z")))
	);
}

#[test]
fn nobody_guesses_a_day_beyond_the_calendar() {
	let china = china();
	let not_covered = |text: &str| Err(NoDay::NotCovered(date(text)));
	assert_eq!(
		china.business_day(moment("2025-11-30T12:00:00+08:00")),
		not_covered("2025-11-30")
	);
	assert_eq!(
		china.business_day(moment("2026-02-01T12:00:00+08:00")),
		not_covered("2026-02-01")
	);
	// Its last day is a Saturday.
	assert_eq!(
		china.business_day(moment("2026-01-30T15:00:00+08:00")),
		Err(NoDay::NoneLeft)
	);
	assert_eq!(china.business_day(Moment::MAX), Err(NoDay::OutOfRange));
}

#[test]
fn what_is_no_calendar_is_named() {
	let fault = |edit: &dyn Fn(&mut Calendar)| {
		let mut calendar = china();
		edit(&mut calendar);
		calendar.check()
	};
	assert_eq!(fault(&|_| ()), Ok(()));
	assert_eq!(london().check(), Ok(()));
	assert_eq!(fault(&|c| c.last = date("2025-11-30")), Err(CalendarFault::Empty));
	assert_eq!(fault(&|c| c.last = date("2027-12-03")), Err(CalendarFault::TooLong));
	assert_eq!(fault(&|c| c.last = date("2027-12-02")), Ok(()));
	assert_eq!(fault(&|c| c.week = Week(0x80)), Err(CalendarFault::UnknownWeekday));
	assert_eq!(
		fault(&|c| c.hours = hours("15:00", "14:59")),
		Err(CalendarFault::HoursReversed)
	);
	assert_eq!(
		fault(&|c| c.exceptions[3].day = Day::OpenWith(hours("11:00", "10:00"))),
		Err(CalendarFault::HoursReversed)
	);
	assert_eq!(
		fault(&|c| c.exceptions[1].date = date("2026-01-01")),
		Err(CalendarFault::ExceptionsUnordered)
	);
	assert_eq!(
		fault(&|c| c.exceptions[3].date = date("2026-02-01")),
		Err(CalendarFault::ExceptionNotCovered)
	);
	let twice = |c: &mut Calendar| {
		let change = OffsetChange {
			from: 5,
			offset: UtcOffset::UTC,
		};
		c.offsets = vec![change, change].try_into().expect("two");
	};
	assert_eq!(fault(&twice), Err(CalendarFault::OffsetsUnordered));
}

const FIRST_DAY: i32 = 20_000;

fn time() -> impl Strategy<Value = TimeOfDay> {
	(0..24u8, 0..60u8).prop_map(|(hour, minute)| TimeOfDay::new(hour, minute).expect("a time"))
}

fn any_hours() -> impl Strategy<Value = Hours> {
	(time(), time()).prop_map(|(a, b)| Hours {
		order_until: a.min(b),
		deliver_until: a.max(b),
	})
}

fn any_day() -> impl Strategy<Value = Day> {
	prop_oneof![Just(Day::Closed), Just(Day::Open), any_hours().prop_map(Day::OpenWith)]
}

fn calendar() -> impl Strategy<Value = Calendar> {
	let offset = || (-56..=56i16).prop_map(|quarters| UtcOffset::from_minutes(quarters * 15).expect("in range"));
	let exceptions = proptest::collection::btree_map(0..60i32, any_day(), 0..20);
	let changes = proptest::collection::btree_map(0..60u64 * 24, offset(), 0..4);
	(0..128u8, any_hours(), offset(), exceptions, changes).prop_map(|(week, hours, offset, exceptions, changes)| {
		let date = |day| Date::from_days_since_epoch(FIRST_DAY + day).expect("in range");
		let exceptions: Vec<_> = exceptions
			.into_iter()
			.map(|(at, day)| Exception { date: date(at), day })
			.collect();
		let change = |(hour, offset): (u64, UtcOffset)| OffsetChange {
			from: FIRST_DAY as u64 * MS_PER_DAY as u64 + hour * 3_600_000,
			offset,
		};
		Calendar {
			first: date(0),
			last: date(59),
			offset,
			offsets: changes
				.into_iter()
				.map(change)
				.collect::<Vec<_>>()
				.try_into()
				.expect("few"),
			week: Week(week),
			hours,
			exceptions: exceptions.try_into().expect("few"),
		}
	})
}

proptest! {
	/// A business day is open, covered, and not before the date; and no open day lies between the date and it.
	#[test]
	fn the_business_day_is_the_first_that_is_open(calendar in calendar(), minute in 0..60u64 * 24 * 60) {
		prop_assert_eq!(calendar.check(), Ok(()));
		let moment = FIRST_DAY as u64 * MS_PER_DAY as u64 + minute * 60_000;
		let date = calendar.date_at(moment).expect("in range");
		let Ok(day) = calendar.business_day(moment) else {
			// Nothing open is left, or the offset leads out of the calendar.
			let open_later = (date.days_since_epoch() + 1..=calendar.last.days_since_epoch())
				.filter_map(Date::from_days_since_epoch)
				.any(|d| matches!(calendar.hours_on(d), Ok(Some(_))));
			prop_assert!(calendar.hours_on(date).is_err() || !open_later);
			return Ok(());
		};
		prop_assert!(day >= date);
		prop_assert!(matches!(calendar.hours_on(day), Ok(Some(_))));
		let between = date.days_since_epoch() + 1..day.days_since_epoch();
		for skipped in between.filter_map(Date::from_days_since_epoch) {
			prop_assert_eq!(calendar.hours_on(skipped), Ok(None));
		}
		if day == date {
			prop_assert!(moment < calendar.order_until(day).expect("covered").expect("open"));
		}
	}

	/// As long as clocks are not put back, time does not run backwards: a later moment has no earlier day.
	#[test]
	fn later_moments_have_no_earlier_days(mut calendar in calendar(), a in 0..60u64 * 24 * 60, b in 0..60u64 * 24 * 60) {
		calendar.offsets = Default::default();
		let at = |minute| FIRST_DAY as u64 * MS_PER_DAY as u64 + minute * 60_000;
		let (early, late) = (calendar.business_day(at(a.min(b))), calendar.business_day(at(a.max(b))));
		if let (Ok(early), Ok(late)) = (early, late) {
			prop_assert!(early <= late);
		}
	}

	/// At its cut-off a day is over, a millisecond before it is not.
	#[test]
	fn the_cut_off_divides_exactly(mut calendar in calendar(), day in 0..60i32) {
		calendar.offsets = Default::default();
		let day = Date::from_days_since_epoch(FIRST_DAY + day).expect("in range");
		if let Some(until) = calendar.order_until(day).expect("covered") {
			prop_assert_ne!(calendar.business_day(until), Ok(day));
			let before = until - 1;
			// A cut-off at midnight leaves the day nothing of its own.
			if calendar.date_at(before) == Ok(day) {
				prop_assert_eq!(calendar.business_day(before), Ok(day));
			}
			let delivered = calendar.deliver_until(day).expect("covered").expect("open");
			prop_assert!(delivered >= until);
		}
	}

	/// What is written is read again.
	#[test]
	fn json_loses_nothing(calendar in calendar()) {
		let text = json::to_json(&calendar).expect("a sound calendar");
		prop_assert_eq!(json::from_json(text.as_bytes()).expect("as written"), calendar);
	}

	/// An order's day is open, still takes it when it comes, is not before the day on which it was placed, and no earlier one would do.
	#[test]
	fn the_trade_day_is_the_first_that_takes_the_order(
		calendar in calendar(), placed in 0..60u64 * 24 * 60, after in 0..5u64 * 24 * 60,
	) {
		let placed = FIRST_DAY as u64 * MS_PER_DAY as u64 + placed * 60_000;
		let received = placed + after * 60_000;
		let Ok(day) = calendar.trade_day(Counts::Seller, placed, received) else { return Ok(()) };
		let ordered = calendar.business_day(placed).expect("the day exists");
		prop_assert!(day >= ordered);
		let takes = |day| calendar.deliver_until(day).expect("covered").is_some_and(|until| received < until);
		prop_assert!(takes(day));
		for earlier in (ordered.days_since_epoch()..day.days_since_epoch()).filter_map(Date::from_days_since_epoch) {
			prop_assert!(!takes(earlier));
		}
		prop_assert_eq!(calendar.is_in_time(ordered, placed, received), Ok(day == ordered));
		prop_assert_eq!(calendar.trade_day(Counts::Receipt, placed, received), calendar.business_day(received));
	}

	/// Whatever bytes decode, no question panics.
	#[test]
	fn no_calendar_panics(bytes in proptest::collection::vec(any::<u8>(), 0..96), moment in any::<u64>(), calendar in calendar()) {
		use codec::Decode;
		let decoded = Calendar::decode(&mut &bytes[..]).ok();
		for calendar in decoded.into_iter().chain([calendar]) {
			let _ = calendar.check();
			let _ = calendar.business_day(moment);
			let _ = calendar.order_until(Date::MAX);
			let _ = calendar.trade_day(Counts::Seller, moment, moment.saturating_add(1));
		}
	}
}
