// SPDX-License-Identifier: Apache-2.0

//! Dates, times of day and points in time with their UTC offset. Proleptic Gregorian calendar, no leap seconds.

use codec::{Decode, DecodeWithMemTracking, Encode, Error, Input, MaxEncodedLen};
use core::{fmt, str::FromStr};
use scale_info::TypeInfo;

const MS_PER_MINUTE: i64 = 60_000;
const MS_PER_DAY: i64 = 86_400_000;

/// Why a string or a number is no date or time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeInvalid {
	/// Not of the form named.
	Syntax(&'static str),
	/// A part beyond what it may be.
	Range(&'static str),
}

impl fmt::Display for TimeInvalid {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			TimeInvalid::Syntax(form) => write!(f, "not of the form {form}"),
			TimeInvalid::Range(rule) => f.write_str(rule),
		}
	}
}

/// A calendar date of the years 1 to 9999.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, MaxEncodedLen, TypeInfo)]
pub struct Date {
	year: u16,
	month: u8,
	day: u8,
}

const fn is_leap(year: u16) -> bool {
	year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
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

/// The number that `len` (≤ 4) digits from `at` write.
const fn digits(text: &[u8], at: usize, len: usize) -> Option<u32> {
	if at + len > text.len() {
		return None;
	}
	let (mut number, mut i) = (0, at);
	while i < at + len {
		if !text[i].is_ascii_digit() {
			return None;
		}
		number = number * 10 + (text[i] - b'0') as u32;
		i += 1;
	}
	Some(number)
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

/// Minutes that local time is ahead of UTC, −14 h to +14 h.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, MaxEncodedLen, TypeInfo)]
pub struct UtcOffset(i16);

impl UtcOffset {
	/// UTC itself.
	pub const UTC: UtcOffset = UtcOffset(0);
	/// The widest, in minutes.
	pub const MAX_MINUTES: i16 = 14 * 60;

	/// The offset of that many minutes.
	pub const fn from_minutes(minutes: i16) -> Result<Self, TimeInvalid> {
		if minutes < -Self::MAX_MINUTES || minutes > Self::MAX_MINUTES {
			return Err(TimeInvalid::Range("the UTC offset must be -14:00 to +14:00"));
		}
		Ok(UtcOffset(minutes))
	}

	/// Its minutes.
	pub const fn minutes(self) -> i16 {
		self.0
	}

	/// The offset that `Z` or `+HH:MM` writes.
	pub const fn parse(text: &[u8]) -> Result<Self, TimeInvalid> {
		const FORM: TimeInvalid = TimeInvalid::Syntax("Z or +HH:MM or -HH:MM");
		if text.len() == 1 && (text[0] == b'Z' || text[0] == b'z') {
			return Ok(UtcOffset::UTC);
		}
		if text.len() != 6 || text[3] != b':' {
			return Err(FORM);
		}
		match (text[0], digits(text, 1, 2), digits(text, 4, 2)) {
			(b'+' | b'-', Some(_), Some(60..)) => Err(TimeInvalid::Range("the minute must be 00 to 59")),
			(b'+', Some(hours), Some(minutes)) => UtcOffset::from_minutes((hours * 60 + minutes) as i16),
			(b'-', Some(hours), Some(minutes)) => UtcOffset::from_minutes(-((hours * 60 + minutes) as i16)),
			_ => Err(FORM),
		}
	}
}

impl FromStr for UtcOffset {
	type Err = TimeInvalid;
	fn from_str(text: &str) -> Result<Self, TimeInvalid> {
		Self::parse(text.as_bytes())
	}
}

impl fmt::Display for UtcOffset {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let (sign, minutes) = (if self.0 < 0 { '-' } else { '+' }, self.0.unsigned_abs());
		if minutes == 0 {
			return f.write_str("Z");
		}
		write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
	}
}

impl fmt::Debug for UtcOffset {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		fmt::Display::fmt(self, f)
	}
}

impl Decode for UtcOffset {
	fn decode<I: Input>(input: &mut I) -> Result<Self, Error> {
		UtcOffset::from_minutes(i16::decode(input)?).map_err(|_| "UtcOffset: out of range".into())
	}
}

impl DecodeWithMemTracking for UtcOffset {}

/// A time of day to the minute.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, MaxEncodedLen, TypeInfo)]
pub struct TimeOfDay {
	hour: u8,
	minute: u8,
}

impl TimeOfDay {
	/// The time, if there is such a one. 24:00 is not.
	pub const fn new(hour: u8, minute: u8) -> Result<Self, TimeInvalid> {
		if hour > 23 {
			return Err(TimeInvalid::Range("the hour must be 00 to 23"));
		}
		if minute > 59 {
			return Err(TimeInvalid::Range("the minute must be 00 to 59"));
		}
		Ok(TimeOfDay { hour, minute })
	}

	/// Milliseconds since midnight.
	pub const fn ms_since_midnight(self) -> u32 {
		(self.hour as u32 * 60 + self.minute as u32) * MS_PER_MINUTE as u32
	}

	/// The time that `HH:MM` writes.
	pub const fn parse(text: &[u8]) -> Result<Self, TimeInvalid> {
		const FORM: TimeInvalid = TimeInvalid::Syntax("HH:MM");
		if text.len() != 5 || text[2] != b':' {
			return Err(FORM);
		}
		match (digits(text, 0, 2), digits(text, 3, 2)) {
			(Some(hour), Some(minute)) => TimeOfDay::new(hour as u8, minute as u8),
			_ => Err(FORM),
		}
	}
}

impl FromStr for TimeOfDay {
	type Err = TimeInvalid;
	fn from_str(text: &str) -> Result<Self, TimeInvalid> {
		Self::parse(text.as_bytes())
	}
}

impl fmt::Display for TimeOfDay {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{:02}:{:02}", self.hour, self.minute)
	}
}

impl fmt::Debug for TimeOfDay {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		fmt::Display::fmt(self, f)
	}
}

impl Decode for TimeOfDay {
	fn decode<I: Input>(input: &mut I) -> Result<Self, Error> {
		let (hour, minute) = Decode::decode(input)?;
		TimeOfDay::new(hour, minute).map_err(|_| "TimeOfDay: no such time".into())
	}
}

impl DecodeWithMemTracking for TimeOfDay {}

/// A point in time between 1970 and 9999, to the millisecond, with the UTC offset in which it was written. Its date is the
/// local one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Encode, MaxEncodedLen, TypeInfo)]
pub struct Timestamp {
	unix_ms: u64,
	offset: UtcOffset,
}

impl Timestamp {
	/// First moment of year 9999, in Unix milliseconds, past which no timestamp is taken: with any offset the local year has four digits.
	pub const END_UNIX_MS: u64 = 253_370_764_800_000;

	/// The point in time.
	pub const fn new(unix_ms: u64, offset: UtcOffset) -> Result<Self, TimeInvalid> {
		if unix_ms >= Self::END_UNIX_MS {
			return Err(TimeInvalid::Range("the time must be from 1970 to 9998"));
		}
		Ok(Timestamp { unix_ms, offset })
	}

	/// Unix time in milliseconds.
	pub const fn unix_ms(self) -> u64 {
		self.unix_ms
	}

	/// The offset in which it was written.
	pub const fn offset(self) -> UtcOffset {
		self.offset
	}

	/// The same point in time at another offset.
	pub const fn at_offset(self, offset: UtcOffset) -> Self {
		Timestamp {
			unix_ms: self.unix_ms,
			offset,
		}
	}

	/// Local milliseconds since 1970-01-01T00:00 local.
	const fn local_ms(self) -> i64 {
		self.unix_ms as i64 + self.offset.0 as i64 * MS_PER_MINUTE
	}

	/// The local date.
	pub const fn date(self) -> Date {
		match Date::from_days_since_epoch(self.local_ms().div_euclid(MS_PER_DAY) as i32) {
			Some(date) => date,
			// Unreachable: 1969-12-31 is the earliest, 9999-01-01 the latest local date.
			None => Date {
				year: 9999,
				month: 12,
				day: 31,
			},
		}
	}

	/// Local milliseconds since midnight.
	pub const fn ms_since_midnight(self) -> u32 {
		self.local_ms().rem_euclid(MS_PER_DAY) as u32
	}

	/// The point in time that an RFC 3339 date-time writes. The offset is required; digits beyond the millisecond are cut off; second 60
	/// is refused.
	pub const fn parse(text: &[u8]) -> Result<Self, TimeInvalid> {
		const FORM: TimeInvalid = TimeInvalid::Syntax("YYYY-MM-DDTHH:MM:SS[.fff](Z|+HH:MM|-HH:MM)");
		if text.len() < 20 || text.len() > 35 || !matches!(text[10], b'T' | b't' | b' ') || text[16] != b':' {
			return Err(FORM);
		}
		let (date_text, rest) = text.split_at(10);
		let date = match Date::parse(date_text) {
			Ok(date) => date,
			Err(TimeInvalid::Syntax(_)) => return Err(FORM),
			Err(range) => return Err(range),
		};
		let time = match TimeOfDay::parse(rest.split_at(1).1.split_at(5).0) {
			Ok(time) => time,
			Err(TimeInvalid::Syntax(_)) => return Err(FORM),
			Err(range) => return Err(range),
		};
		let second = match digits(text, 17, 2) {
			Some(second @ 0..=59) => second,
			Some(_) => return Err(TimeInvalid::Range("the second must be 00 to 59")),
			None => return Err(FORM),
		};
		let (mut at, mut ms) = (19, 0u32);
		if text[at] == b'.' {
			let mut unit = 100;
			at += 1;
			let first = at;
			while at < text.len() && text[at].is_ascii_digit() {
				ms += unit * (text[at] - b'0') as u32;
				unit /= 10;
				at += 1;
			}
			if at == first {
				return Err(FORM);
			}
		}
		let offset = match UtcOffset::parse(text.split_at(at).1) {
			Ok(offset) => offset,
			Err(TimeInvalid::Syntax(_)) => return Err(FORM),
			Err(range) => return Err(range),
		};
		let local = date.days_since_epoch() as i64 * MS_PER_DAY
			+ time.ms_since_midnight() as i64
			+ second as i64 * 1_000
			+ ms as i64;
		let unix_ms = local - offset.0 as i64 * MS_PER_MINUTE;
		if unix_ms < 0 {
			return Err(TimeInvalid::Range("the time must be from 1970 to 9998"));
		}
		Timestamp::new(unix_ms as u64, offset)
	}
}

impl FromStr for Timestamp {
	type Err = TimeInvalid;
	fn from_str(text: &str) -> Result<Self, TimeInvalid> {
		Self::parse(text.as_bytes())
	}
}

impl fmt::Display for Timestamp {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let ms = self.ms_since_midnight();
		let (seconds, fraction) = (ms / 1_000, ms % 1_000);
		write!(
			f,
			"{}T{:02}:{:02}:{:02}",
			self.date(),
			seconds / 3_600,
			seconds / 60 % 60,
			seconds % 60
		)?;
		if fraction != 0 {
			write!(f, ".{fraction:03}")?;
		}
		fmt::Display::fmt(&self.offset, f)
	}
}

impl fmt::Debug for Timestamp {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		fmt::Display::fmt(self, f)
	}
}

impl Decode for Timestamp {
	fn decode<I: Input>(input: &mut I) -> Result<Self, Error> {
		let (unix_ms, offset) = Decode::decode(input)?;
		Timestamp::new(unix_ms, offset).map_err(|_| "Timestamp: out of range".into())
	}
}

impl DecodeWithMemTracking for Timestamp {}

#[cfg(test)]
mod tests {
	use super::*;
	use alloc::string::ToString;
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
			assert_eq!(Date::new(day.year, day.month, day.day), Ok(day));
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
}
