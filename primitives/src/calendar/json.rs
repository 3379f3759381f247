// SPDX-License-Identifier: Apache-2.0

//! The JSON form of a calendar: dates `YYYY-MM-DD`, times `HH:MM`, moments RFC 3339, days of the week by their first letters.
//!
//! ```json
//! {
//!   "first": "2026-01-01", "last": "2026-12-31", "utc_offset": "+08:00",
//!   "open_days": ["mon", "tue", "wed", "thu", "fri"],
//!   "hours": {"order_until": "15:00", "deliver_until": "20:00"},
//!   "exceptions": [
//!     {"date": "2026-01-01", "day": "closed"},
//!     {"date": "2026-01-04", "day": "open"},
//!     {"date": "2026-12-31", "day": {"open_with": {"order_until": "11:30", "deliver_until": "12:00"}}}
//!   ]
//! }
//! ```
//! Where clocks change, `utc_offset_changes` lists `{"from": "2026-03-29T01:00:00Z", "utc_offset": "+01:00"}` in their order. A field that
//! is not known, or comes twice, is refused: a holiday must not be lost to a slip of the pen.

use super::types::Week;
use crate::{
	clauses::{Timestamp, UtcOffset},
	ids::Moment,
};
use alloc::vec::Vec;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Weekday {
	Mon,
	Tue,
	Wed,
	Thu,
	Fri,
	Sat,
	Sun,
}

impl Weekday {
	const ALL: [Weekday; 7] = [
		Weekday::Mon,
		Weekday::Tue,
		Weekday::Wed,
		Weekday::Thu,
		Weekday::Fri,
		Weekday::Sat,
		Weekday::Sun,
	];
}

/// The open days of a week as a list of their names.
pub(super) mod week {
	use super::*;

	pub fn serialize<S: Serializer>(week: &Week, serializer: S) -> Result<S::Ok, S::Error> {
		if week.0 >> 7 != 0 {
			return Err(serde::ser::Error::custom("a bit of the week stands for no day"));
		}
		let open = |day: &Weekday| week.0 & (1 << *day as u8) != 0;
		serializer.collect_seq(Weekday::ALL.into_iter().filter(open))
	}

	pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Week, D::Error> {
		let mut week = Week(0);
		for day in Vec::<Weekday>::deserialize(deserializer)? {
			let bit = 1 << day as u8;
			if week.0 & bit != 0 {
				return Err(serde::de::Error::custom("a day of the week comes twice"));
			}
			week.0 |= bit;
		}
		Ok(week)
	}
}

/// A moment, written in UTC.
pub(super) mod moment {
	use super::*;

	pub fn serialize<S: Serializer>(moment: &Moment, serializer: S) -> Result<S::Ok, S::Error> {
		let timestamp = Timestamp::new(*moment, UtcOffset::UTC).map_err(serde::ser::Error::custom)?;
		timestamp.serialize(serializer)
	}

	pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Moment, D::Error> {
		Timestamp::deserialize(deserializer).map(Timestamp::unix_ms)
	}
}

#[cfg(feature = "std")]
pub use files::{from_json, to_json, CalendarInvalid};

#[cfg(feature = "std")]
mod files {
	use crate::calendar::{Calendar, CalendarFault};
	use core::fmt;

	/// Why a text is no calendar.
	#[derive(Debug)]
	pub enum CalendarInvalid {
		/// Not the JSON form.
		Json(serde_json::Error),
		/// Breaks a rule.
		Rule(CalendarFault),
	}

	impl fmt::Display for CalendarInvalid {
		fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
			match self {
				CalendarInvalid::Json(error) => error.fmt(f),
				CalendarInvalid::Rule(fault) => fault.fmt(f),
			}
		}
	}

	impl std::error::Error for CalendarInvalid {}

	/// The calendar of a JSON text, checked.
	pub fn from_json(json: &[u8]) -> Result<Calendar, CalendarInvalid> {
		let calendar: Calendar = serde_json::from_slice(json).map_err(CalendarInvalid::Json)?;
		calendar.check().map_err(CalendarInvalid::Rule)?;
		Ok(calendar)
	}

	/// The calendar for people, indented. An error only for what [`Calendar::check`] refuses, or whose moments have no date.
	pub fn to_json(calendar: &Calendar) -> Result<String, serde_json::Error> {
		serde_json::to_string_pretty(calendar)
	}
}
