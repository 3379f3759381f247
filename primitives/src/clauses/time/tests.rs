// SPDX-License-Identifier: Apache-2.0

//! Dates and times at their ends, in words and in bytes.

use super::*;
use alloc::string::ToString;
use codec::{Decode, Encode};
use proptest::prelude::*;

fn date(text: &str) -> Date {
	text.parse().expect("valid date")
}

#[test]
fn dates_of_the_calendar_only() {
	for text in ["0001-01-01", "2000-02-29", "2024-02-29", "9999-12-31"] {
		assert_eq!(date(text).to_string(), text);
	}
	for text in [
		"1900-02-29",
		"2023-02-29",
		"2023-04-31",
		"2023-13-01",
		"2023-00-01",
		"2023-01-00",
		"0000-01-01",
	] {
		assert!(matches!(text.parse::<Date>(), Err(TimeInvalid::Range(_))), "{text}");
	}
	for text in [
		"",
		"2023-1-01",
		"2023/01/01",
		"20230101",
		"2023-01-0x",
		"+023-01-01",
		"2023-01-011",
	] {
		assert!(matches!(text.parse::<Date>(), Err(TimeInvalid::Syntax(_))), "{text}");
	}
}

#[test]
fn days_since_epoch_of_known_dates() {
	for (text, days) in [
		("1970-01-01", 0),
		("1969-12-31", -1),
		("2000-03-01", 11_017),
		("2025-11-24", 20_416),
		("0001-01-01", -719_162),
	] {
		assert_eq!(date(text).days_since_epoch(), days, "{text}");
	}
	assert_eq!(Date::from_days_since_epoch(-719_163), None);
	assert_eq!(Date::from_days_since_epoch(i32::MIN), None);
	assert_eq!(Date::from_days_since_epoch(i32::MAX), None);
}

#[test]
fn every_day_of_the_calendar_round_trips_in_order() {
	let mut previous = None;
	for days in date("0001-01-01").days_since_epoch()..=date("9999-12-31").days_since_epoch() {
		let day = Date::from_days_since_epoch(days).expect("in range");
		assert_eq!(day.days_since_epoch(), days);
		assert_eq!(Date::new(day.year(), day.month(), day.day()), Ok(day));
		assert!(previous < Some(day));
		previous = Some(day);
	}
}

#[test]
fn age_changes_on_the_birthday() {
	let born = date("2000-06-15");
	assert_eq!(born.age_on(date("2018-06-14")), Some(17));
	assert_eq!(born.age_on(date("2018-06-15")), Some(18));
	assert_eq!(born.age_on(born), Some(0));
	assert_eq!(born.age_on(date("2000-06-14")), None);
	assert_eq!(born.age_on(date("1999-12-31")), None);
}

#[test]
fn born_on_29_february_ages_on_1_march_of_common_years() {
	let born = date("2004-02-29");
	assert_eq!(born.age_on(date("2022-02-28")), Some(17));
	assert_eq!(born.age_on(date("2022-03-01")), Some(18));
	assert_eq!(born.age_on(date("2024-02-28")), Some(19));
	assert_eq!(born.age_on(date("2024-02-29")), Some(20));
}

#[test]
fn timestamps_know_their_local_date() {
	let late: Timestamp = "2025-11-24T23:30:00+08:00".parse().expect("valid");
	assert_eq!(late.date(), date("2025-11-24"));
	assert_eq!(late.at_offset(UtcOffset::UTC).to_string(), "2025-11-24T15:30:00Z");
	assert_eq!(late.ms_since_midnight(), (23 * 60 + 30) * 60_000);
	let early: Timestamp = "1970-01-01T00:00:00Z".parse().expect("valid");
	assert_eq!(
		early.at_offset("-05:00".parse().expect("valid")).date(),
		date("1969-12-31")
	);
}

#[test]
fn timestamps_refuse_what_rfc_3339_refuses() {
	for text in [
		"2025-11-24",
		"2025-11-24T10:00:00",
		"2025-11-24T10:00Z",
		"2025-11-24T10:00:00.Z",
		"2025-11-24T10:00:00+0800",
		"2025-11-24T10-00:00Z",
		"2025-11-24T10:00:00Z ",
		"2025-11-24T10:00:00.1234567890123456789Z",
	] {
		assert!(
			matches!(text.parse::<Timestamp>(), Err(TimeInvalid::Syntax(_))),
			"{text}"
		);
	}
	for text in [
		"2025-11-24T24:00:00Z",
		"2025-11-24T10:60:00Z",
		"2025-11-24T10:00:60Z",
		"2025-02-29T10:00:00Z",
		"2025-11-24T10:00:00+15:00",
		"1969-12-31T23:59:59Z",
		"9999-01-01T00:00:00Z",
	] {
		assert!(
			matches!(text.parse::<Timestamp>(), Err(TimeInvalid::Range(_))),
			"{text}"
		);
	}
	let cut: Timestamp = "2025-11-24T10:00:00.9999Z".parse().expect("valid");
	assert_eq!(cut.to_string(), "2025-11-24T10:00:00.999Z");
}

#[test]
fn decoding_checks_the_ranges() {
	assert!(Date::decode(&mut &(2023u16, 2u8, 29u8).encode()[..]).is_err());
	assert!(UtcOffset::decode(&mut &900i16.encode()[..]).is_err());
	assert!(TimeOfDay::decode(&mut &(24u8, 0u8).encode()[..]).is_err());
	assert!(Timestamp::decode(&mut &(u64::MAX, 0i16).encode()[..]).is_err());
}

proptest! {
	#[test]
	fn timestamps_round_trip(ms in 14 * 3_600_000..Timestamp::END_UNIX_MS, minutes in -840i16..=840) {
		let offset = UtcOffset::from_minutes(minutes).expect("in range");
		let time = Timestamp::new(ms, offset).expect("in range");
		prop_assert_eq!(time.to_string().parse(), Ok(time));
		prop_assert_eq!(Timestamp::decode(&mut &time.encode()[..]), Ok(time));
		prop_assert_eq!(offset.to_string().parse(), Ok(offset));
	}

	#[test]
	fn any_text_is_read_or_refused(text in "\\PC{0,40}") {
		let _ = (text.parse::<Date>(), text.parse::<TimeOfDay>(), text.parse::<UtcOffset>(), text.parse::<Timestamp>());
	}

	#[test]
	fn age_never_falls_with_time(born in -25_000i32..20_000, a in 0i32..40_000, b in 0i32..40_000) {
		let day = |days| Date::from_days_since_epoch(days).expect("in range");
		let (first, second) = (day(born + a.min(b)), day(born + a.max(b)));
		prop_assert!(day(born).age_on(first) <= day(born).age_on(second));
	}
}
