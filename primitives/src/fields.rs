// SPDX-License-Identifier: Apache-2.0

//! What a text and a number of an entry may be: one set of rules for whoever writes entries, carries them or reads them.
//!
//! A text that passes can be stored by every database that the terminals use (no NUL) and shown on every screen and in every log line
//! (no control and no format characters: no line of its own, no colour, no text that runs backwards). A number that passes has one
//! way of being written and fits what both sides calculate with.
//!
//! The courier applies these rules where an entry is submitted; the terminals apply them to what a partner sends as well, because
//! a partner's node is not bound by them.

use crate::{clauses::Decimal, text::is_invisible};
use core::fmt;

/// Longest id of an order or registration, in bytes.
pub const MAX_ID_LEN: usize = 128;
/// Longest reference in bytes: a customer of the seller; a deal or an account of the issuer.
pub const MAX_REFERENCE_LEN: usize = 128;
/// Longest code of a reason in bytes.
pub const MAX_CODE_LEN: usize = 64;
/// Longest text of a reason in bytes.
pub const MAX_TEXT_LEN: usize = 4_096;
/// Most digits before the point of an amount, a price or a number of units.
pub const MAX_WHOLE_DIGITS: usize = 18;
/// Most digits after it.
pub const MAX_FRACTION_DIGITS: usize = 8;

/// The rule that a field breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldInvalid {
	/// An id or a reference is empty.
	Empty,
	/// More bytes than this.
	TooLong(usize),
	/// A control or format character.
	Character(char),
	/// No decimal in plain notation.
	Decimal,
}

impl fmt::Display for FieldInvalid {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			FieldInvalid::Empty => f.write_str("must not be empty"),
			FieldInvalid::TooLong(most) => write!(f, "must have at most {most} bytes"),
			FieldInvalid::Character(c) => write!(
				f,
				"must have no control and no format character, has U+{:04X}",
				u32::from(*c)
			),
			FieldInvalid::Decimal => write!(
				f,
				"must be a decimal such as \"1234.56\": at most {MAX_WHOLE_DIGITS} digits before and {MAX_FRACTION_DIGITS} \
				 after the point, no sign, no exponent, no leading zero"
			),
		}
	}
}

/// An id or a reference: 1 to `most` bytes that can be stored and shown.
pub fn reference(value: &str, most: usize) -> Result<(), FieldInvalid> {
	if value.is_empty() {
		return Err(FieldInvalid::Empty);
	}
	text(value, most)
}

/// A text: at most `most` bytes that can be stored and shown.
pub fn text(value: &str, most: usize) -> Result<(), FieldInvalid> {
	if value.len() > most {
		return Err(FieldInvalid::TooLong(most));
	}
	match value.chars().find(|c| !is_shown(*c)) {
		Some(c) => Err(FieldInvalid::Character(c)),
		None => Ok(()),
	}
}

/// Whether a character is neither a control character nor one that is not seen.
pub fn is_shown(c: char) -> bool {
	!c.is_control() && !is_invisible(c)
}

/// An amount, a price or a number of units: not negative, written in one way only.
pub fn decimal(value: &str) -> Result<Decimal, FieldInvalid> {
	let (whole, fraction) = value.split_once('.').unwrap_or((value, "0"));
	let digits = |part: &str, most: usize| (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
	if !digits(whole, MAX_WHOLE_DIGITS) || !digits(fraction, MAX_FRACTION_DIGITS) {
		return Err(FieldInvalid::Decimal);
	}
	// Refuses leading zeros.
	Decimal::parse(value.as_bytes()).map_err(|_| FieldInvalid::Decimal)
}

#[cfg(test)]
mod tests {
	use super::*;
	use alloc::{format, string::String};
	use proptest::prelude::*;

	#[test]
	fn texts_that_cannot_be_stored_or_shown_are_refused() {
		for (bad, c) in [
			("C\0", '\0'),
			("a\nb", '\n'),
			("\u{1b}[31m", '\u{1b}'),
			("\u{85}", '\u{85}'),
			("a\u{202e}b", '\u{202e}'),
			("\u{200b}", '\u{200b}'),
			("\u{feff}A", '\u{feff}'),
			("\u{2028}", '\u{2028}'),
		] {
			assert_eq!(text(bad, 128), Err(FieldInvalid::Character(c)), "{bad:?}");
		}
		for good in ["A-1", "订单-1", "ß é 王 ａ", " "] {
			assert_eq!(reference(good, 128), Ok(()), "{good}");
		}
		assert_eq!(reference("", 128), Err(FieldInvalid::Empty));
		assert_eq!(text("", 128), Ok(()));
	}

	#[test]
	fn boundary_of_a_reference() {
		assert_eq!(reference(&"x".repeat(MAX_ID_LEN), MAX_ID_LEN), Ok(()));
		let long = "x".repeat(MAX_ID_LEN + 1);
		assert_eq!(reference(&long, MAX_ID_LEN), Err(FieldInvalid::TooLong(MAX_ID_LEN)));
	}

	#[test]
	fn decimals_have_one_way_of_being_written() {
		for good in ["0", "0.5", "1", "888000", "7.50", "999999999999999999.99999999"] {
			assert!(decimal(good).is_ok(), "{good}");
		}
		for bad in [
			"",
			".",
			".5",
			"5.",
			"-1",
			"+1",
			"1e3",
			"1,000",
			" 1",
			"１",
			"00",
			"007.50",
			"0000000000888000",
			"1234567890123456789",
			"0.123456789",
			"1.2.3",
		] {
			assert_eq!(decimal(bad), Err(FieldInvalid::Decimal), "{bad}");
		}
	}

	proptest! {
		#[test]
		fn what_passes_has_no_control_character(value in "\\PC{0,20}[\\x00-\\x20]?\\PC{0,20}") {
			if text(&value, 1_000).is_ok() {
				let all_shown = value.chars().all(|c| !c.is_control() && u32::from(c) != 0x202e);
				prop_assert!(all_shown);
			}
		}

		#[test]
		fn decimals_survive(whole in 0u64..1_000_000_000_000_000_000, fraction in 0u32..100_000_000) {
			let value: String = format!("{whole}.{fraction:08}");
			prop_assert!(decimal(&value).is_ok());
		}
	}
}
