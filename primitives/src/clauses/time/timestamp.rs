// SPDX-License-Identifier: Apache-2.0

//! Points in time.

use super::{digits, Date, TimeInvalid, TimeOfDay, UtcOffset, MS_PER_DAY, MS_PER_MINUTE};
use codec::{Decode, DecodeWithMemTracking, Encode, Error, Input, MaxEncodedLen};
use core::{fmt, str::FromStr};
use scale_info::TypeInfo;

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
		self.unix_ms as i64 + self.offset.minutes() as i64 * MS_PER_MINUTE
	}

	/// The local date.
	pub const fn date(self) -> Date {
		match Date::from_days_since_epoch(self.local_ms().div_euclid(MS_PER_DAY) as i32) {
			Some(date) => date,
			// Unreachable: 1969-12-31 is the earliest, 9999-01-01 the latest local date.
			None => Date::MAX,
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
		let unix_ms = local - offset.minutes() as i64 * MS_PER_MINUTE;
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
