// SPDX-License-Identifier: Apache-2.0

//! Calendar dates.

use super::{digits, TimeInvalid};
use codec::{Decode, DecodeWithMemTracking, Encode, Error, Input, MaxEncodedLen};
use core::{fmt, str::FromStr};
use scale_info::TypeInfo;

/// A calendar date of the years 1 to 9999.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, MaxEncodedLen, TypeInfo)]
pub struct Date {
	year: u16,
	month: u8,
	day: u8,
}

const fn is_leap(year: u16) -> bool {
	year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

const fn days_in(year: u16, month: u8) -> u8 {
	match month {
		4 | 6 | 9 | 11 => 30,
		2 if is_leap(year) => 29,
		2 => 28,
		_ => 31,
	}
}

impl Date {
	/// 9999-12-31.
	pub const MAX: Date = Date {
		year: 9999,
		month: 12,
		day: 31,
	};

	/// The date, if there is such a day.
	pub const fn new(year: u16, month: u8, day: u8) -> Result<Self, TimeInvalid> {
		if year < 1 || year > 9999 {
			return Err(TimeInvalid::Range("the year must be 0001 to 9999"));
		}
		if month < 1 || month > 12 {
			return Err(TimeInvalid::Range("the month must be 01 to 12"));
		}
		if day < 1 || day > days_in(year, month) {
			return Err(TimeInvalid::Range("the month has no such day"));
		}
		Ok(Date { year, month, day })
	}

	/// Its year.
	pub const fn year(self) -> u16 {
		self.year
	}

	/// Its month, 1 to 12.
	pub const fn month(self) -> u8 {
		self.month
	}

	/// Its day, 1 to 31.
	pub const fn day(self) -> u8 {
		self.day
	}

	/// Days since 1970-01-01, negative before it.
	pub const fn days_since_epoch(self) -> i32 {
		// Years begin in March, so that the leap day comes last; eras of 400 years repeat exactly.
		let shifted = self.year as i32 - (self.month <= 2) as i32;
		let (era, of_era) = (shifted.div_euclid(400), shifted.rem_euclid(400));
		let month = (self.month as i32 + 9) % 12;
		let day_of_year = (153 * month + 2) / 5 + self.day as i32 - 1;
		era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + day_of_year - 719_468
	}

	/// The date of that many days since 1970-01-01, if it is in the range of [`Date`].
	pub const fn from_days_since_epoch(days: i32) -> Option<Self> {
		let shifted = days as i64 + 719_468;
		let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
		let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
		let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
		let month_from_march = (5 * day_of_year + 2) / 153;
		let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
		let month = if month_from_march < 10 {
			month_from_march + 3
		} else {
			month_from_march - 9
		};
		let year = year_of_era + era * 400 + (month <= 2) as i64;
		if year < 1 || year > 9999 {
			return None;
		}
		Some(Date {
			year: year as u16,
			month: month as u8,
			day: day as u8,
		})
	}

	/// Full years between this birth date and `on`; `None` where `on` is before it. A year is full on the birthday; for
	/// those born on 29 February, in a common year, on 1 March.
	pub const fn age_on(self, on: Date) -> Option<u16> {
		let before_birthday = on.month < self.month || (on.month == self.month && on.day < self.day);
		if on.year < self.year || (on.year == self.year && before_birthday) {
			return None;
		}
		Some(on.year - self.year - before_birthday as u16)
	}

	/// The date that `YYYY-MM-DD` writes.
	pub const fn parse(text: &[u8]) -> Result<Self, TimeInvalid> {
		const FORM: TimeInvalid = TimeInvalid::Syntax("YYYY-MM-DD");
		if text.len() != 10 || text[4] != b'-' || text[7] != b'-' {
			return Err(FORM);
		}
		match (digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2)) {
			(Some(year), Some(month), Some(day)) => Date::new(year as u16, month as u8, day as u8),
			_ => Err(FORM),
		}
	}
}

impl FromStr for Date {
	type Err = TimeInvalid;
	fn from_str(text: &str) -> Result<Self, TimeInvalid> {
		Self::parse(text.as_bytes())
	}
}

impl fmt::Display for Date {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
	}
}

impl fmt::Debug for Date {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		fmt::Display::fmt(self, f)
	}
}

impl Decode for Date {
	fn decode<I: Input>(input: &mut I) -> Result<Self, Error> {
		let (year, month, day) = Decode::decode(input)?;
		Date::new(year, month, day).map_err(|_| "Date: no such day".into())
	}
}

impl DecodeWithMemTracking for Date {}
