// SPDX-License-Identifier: Apache-2.0

//! Times of day and UTC offsets.

use super::{digits, TimeInvalid, MS_PER_MINUTE};
use codec::{Decode, DecodeWithMemTracking, Encode, Error, Input, MaxEncodedLen};
use core::{fmt, str::FromStr};
use scale_info::TypeInfo;

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
