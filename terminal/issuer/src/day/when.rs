// SPDX-License-Identifier: Apache-2.0

//! Which day an order belongs to.

use crate::rules::DayOf;
use sealane_primitives::{
	calendar::{Calendar, NoDay},
	clauses::Date,
	ids::Moment,
};

/// The day of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct When {
	/// The day.
	pub day: Date,
	/// The day that it was meant for, where it came too late for that.
	pub late_for: Option<Date>,
}

impl When {
	/// The same, or the first open day behind `over`, the last one that takes no more orders.
	///
	/// # Errors
	/// The calendar does not say.
	pub fn behind(self, calendar: &Calendar, over: Option<Date>) -> Result<Self, NoDay> {
		match over {
			Some(over) if self.day <= over => Ok(When {
				day: calendar.next_open_day(over)?,
				late_for: Some(self.late_for.unwrap_or(self.day)),
			}),
			_ => Ok(self),
		}
	}
}

/// The day of an order that was placed and received at these moments, by the rule of its channel. By `seller` an order is of the day
/// on which it was placed if it was delivered in time, otherwise of the one on which it was received.
///
/// # Errors
/// The calendar does not say: nobody may guess a day.
pub fn day_of(calendar: &Calendar, rule: DayOf, placed: Moment, received: Moment) -> Result<When, NoDay> {
	let by_receipt = calendar.business_day(received)?;
	let in_time = |day| When { day, late_for: None };
	if rule == DayOf::Receipt {
		return Ok(in_time(by_receipt));
	}
	let meant = calendar.business_day(placed)?;
	if calendar.is_in_time(meant, placed, received)? {
		return Ok(in_time(meant));
	}
	Ok(When {
		// Clocks that are put back must not bring a late order back to its day.
		day: if by_receipt > meant {
			by_receipt
		} else {
			calendar.next_open_day(meant)?
		},
		late_for: Some(meant),
	})
}

/// The first moment, Unix ms, from which nothing more that is received belongs to `day`.
///
/// # Errors
/// The calendar does not say, or the day is closed.
pub fn closes_at(calendar: &Calendar, rule: DayOf, day: Date) -> Result<i64, NoDay> {
	let until = match rule {
		DayOf::Receipt => calendar.order_until(day)?,
		DayOf::Seller => calendar.deliver_until(day)?,
	};
	until
		.and_then(|moment| i64::try_from(moment).ok())
		.ok_or(NoDay::NotCovered(day))
}

/// Why there is no day, in words.
pub fn reason(no: NoDay) -> String {
	match no {
		NoDay::NotCovered(date) => format!("it does not cover {date}"),
		NoDay::NoneLeft => "it has no open day any more".into(),
		NoDay::OutOfRange => "the moment is beyond all calendars".into(),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;
	use sealane_primitives::{
		calendar::{Day, Exception, Hours, Week},
		clauses::{TimeOfDay, Timestamp, UtcOffset},
	};

	/// 2026 from Monday 2 March to 30 April, +08:00, 15:00 and 20:00; 3 March and 6 April are holidays.
	fn calendar() -> Calendar {
		let date = |text: &str| text.parse().unwrap();
		let closed = |text: &str| Exception {
			date: date(text),
			day: Day::Closed,
		};
		Calendar {
			first: date("2026-03-02"),
			last: date("2026-04-30"),
			offset: UtcOffset::from_minutes(480).unwrap(),
			offsets: Default::default(),
			week: Week::WORKING_DAYS,
			hours: Hours {
				order_until: TimeOfDay::new(15, 0).unwrap(),
				deliver_until: TimeOfDay::new(20, 0).unwrap(),
			},
			exceptions: vec![closed("2026-03-03"), closed("2026-04-06")].try_into().unwrap(),
		}
	}

	fn ms(text: &str) -> Moment {
		text.parse::<Timestamp>().unwrap().unix_ms()
	}

	#[test]
	fn a_late_order_goes_to_the_next_day() {
		let calendar = calendar();
		let day = |rule, placed: &str, received: &str| {
			let when = day_of(&calendar, rule, ms(placed), ms(received)).unwrap();
			(when.day.to_string(), when.late_for.map(|day| day.to_string()))
		};
		let (placed, next) = ("2026-03-02T14:59:59+08:00", "2026-03-04".to_string());
		let meant = "2026-03-02".to_string();
		let rows = [
			(DayOf::Receipt, "2026-03-02T14:59:59+08:00", (meant.clone(), None)),
			// What the seller says does not count.
			(DayOf::Receipt, "2026-03-02T15:00:00+08:00", (next.clone(), None)),
			(DayOf::Seller, "2026-03-02T19:59:59+08:00", (meant.clone(), None)),
			(
				DayOf::Seller,
				"2026-03-02T20:00:00+08:00",
				(next.clone(), Some(meant.clone())),
			),
			(DayOf::Seller, "2026-03-03T09:00:00+08:00", (next, Some(meant))),
		];
		for (rule, received, expected) in rows {
			assert_eq!(day(rule, placed, received), expected, "{rule:?} {received}");
		}
	}

	#[test]
	fn a_day_that_is_over_takes_nothing() {
		let calendar = calendar();
		let when = When {
			day: "2026-03-02".parse().unwrap(),
			late_for: None,
		};
		let over = |day: &str| when.behind(&calendar, Some(day.parse().unwrap())).unwrap();
		assert_eq!(when.behind(&calendar, None), Ok(when));
		assert_eq!(over("2026-03-02").day.to_string(), "2026-03-04");
		assert_eq!(over("2026-03-05").day.to_string(), "2026-03-06");
		assert_eq!(over("2026-03-05").late_for, Some(when.day));
		assert!(when.behind(&calendar, Some("2026-04-30".parse().unwrap())).is_err());
	}

	proptest! {
		/// Whatever the seller says, an order of a day was received before that day ended; and what was received in time for a day is
		/// of no later one, unless it was placed later.
		#[test]
		fn nothing_received_late_is_of_the_day(minute in 0u64..50 * 1440, age in 0u64..4 * 1440, seller in any::<bool>()) {
			let calendar = calendar();
			let start = ms("2026-03-02T00:00:00+08:00");
			let (received, rule) = (start + minute * 60_000, if seller { DayOf::Seller } else { DayOf::Receipt });
			let placed = received.saturating_sub(age * 60_000).max(start);
			let when = day_of(&calendar, rule, placed, received).unwrap();
			let closes = closes_at(&calendar, rule, when.day).unwrap() as u64;
			prop_assert!(received < closes);
			prop_assert!(when.day <= calendar.business_day(received).unwrap());
			prop_assert!(when.day >= calendar.business_day(placed).unwrap());
			prop_assert_eq!(when.late_for.is_some(), seller && when.day > calendar.business_day(placed).unwrap());
			if let Some(meant) = when.late_for {
				prop_assert!(received >= closes_at(&calendar, rule, meant).unwrap() as u64);
			}
		}
	}
}
