// SPDX-License-Identifier: Apache-2.0

//! Dates, times of day and points in time with their UTC offset. Proleptic Gregorian calendar, no leap seconds.

mod clock;
mod date;
#[cfg(test)]
mod tests;
mod timestamp;

pub use clock::{TimeOfDay, UtcOffset};
pub use date::Date;
pub use timestamp::Timestamp;

use core::fmt;

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
