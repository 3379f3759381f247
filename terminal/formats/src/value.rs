// SPDX-License-Identifier: Apache-2.0

//! One field: its kind and width, its bytes and what they say.
//!
//! Text stands left with blanks behind it, numbers stand right with zeros before them and an implied decimal point; a minus is the first
//! byte. Widths count the bytes of GB18030. A number of blanks only is *absent*, which is not zero.

use crate::fault::Fault;
use std::{fmt, str::FromStr};

/// How the bytes of a field are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FieldKind {
	/// `C`: text.
	Text,
	/// `A`: text of digits.
	Digits,
	/// `N`: a number with this many implied decimals.
	Number {
		/// Digits behind the implied point.
		decimals: u8,
	},
}

/// Kind and width of a field; written `C20`, `A8`, `N16.2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FieldType {
	/// How its bytes are read.
	pub kind: FieldKind,
	/// Its width in bytes, 1 to 4,000.
	pub width: usize,
}

/// Widest field, in bytes.
pub const MAX_WIDTH: usize = 4_000;
/// Most digits of a number: what an unsigned 128-bit integer holds.
const MAX_DIGITS: usize = 38;

impl FromStr for FieldType {
	type Err = String;

	fn from_str(text: &str) -> Result<Self, String> {
		let error = || format!("{text:?} is no type of a field; C20, A8, N16 and N16.2 are");
		let (letter, rest) = text.split_at_checked(1).ok_or_else(error)?;
		let (width, decimals) = match rest.split_once('.') {
			Some((width, decimals)) => (width, Some(decimals.parse::<u8>().map_err(|_| error())?)),
			None => (rest, None),
		};
		let width: usize = width.parse().map_err(|_| error())?;
		let kind = match (letter, decimals) {
			("C", None) => FieldKind::Text,
			("A", None) => FieldKind::Digits,
			("N", decimals) => FieldKind::Number {
				decimals: decimals.unwrap_or(0),
			},
			_ => return Err(error()),
		};
		let most = match kind {
			FieldKind::Number { decimals } if usize::from(decimals) > width => return Err(error()),
			FieldKind::Number { .. } => MAX_DIGITS,
			_ => MAX_WIDTH,
		};
		match (1..=most).contains(&width) {
			true => Ok(FieldType { kind, width }),
			false => Err(format!("{text:?}: the width must be 1 to {most}")),
		}
	}
}

impl fmt::Display for FieldType {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self.kind {
			FieldKind::Text => write!(f, "C{}", self.width),
			FieldKind::Digits => write!(f, "A{}", self.width),
			FieldKind::Number { decimals: 0 } => write!(f, "N{}", self.width),
			FieldKind::Number { decimals } => write!(f, "N{}.{decimals}", self.width),
		}
	}
}

/// What stands in a number field that nobody filled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum EmptyNumber {
	/// Zeros: every reader takes them.
	#[default]
	Zeros,
	/// Blanks.
	Blanks,
}

/// The text of GB18030 bytes; `None` where they are none, or where other bytes would be written for the same text.
pub fn decoded(bytes: &[u8]) -> Option<String> {
	let text = encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(bytes)?;
	(encoded(&text).as_deref() == Some(bytes)).then(|| text.into_owned())
}

/// The GB18030 bytes of a text.
pub fn encoded(text: &str) -> Option<Vec<u8>> {
	let (bytes, _, unmappable) = encoding_rs::GB18030.encode(text);
	(!unmappable).then(|| bytes.into_owned())
}

/// The longest beginning of `text` whose bytes fit into `width`; characters are never cut.
pub fn shortened(text: &str, width: usize) -> &str {
	let mut end = 0;
	let mut bytes = 0;
	for (at, char) in text.char_indices() {
		bytes += encoded(char.encode_utf8(&mut [0; 4])).map_or(usize::MAX / 2, |bytes| bytes.len());
		if bytes > width {
			break;
		}
		end = at + char.len_utf8();
	}
	&text[..end]
}

/// What a field's bytes say: text without the blanks behind it, a decimal such as `-10.50` for a number, `None` for a number of blanks only.
/// Text and digits of blanks only are the empty text.
///
/// # Errors
/// The rule that the bytes break.
pub fn read(field: FieldType, bytes: &[u8]) -> Result<Option<String>, &'static str> {
	match field.kind {
		FieldKind::Text => {
			let text = decoded(bytes).ok_or("text must be whole characters of GB18030")?;
			if text.chars().any(char::is_control) {
				return Err("text must have no control characters");
			}
			Ok(Some(text.trim_end_matches(' ').into()))
		}
		FieldKind::Digits => {
			let end = bytes.iter().rposition(|byte| *byte != b' ').map_or(0, |at| at + 1);
			match bytes[..end].iter().all(u8::is_ascii_digit) {
				true => Ok(Some(String::from_utf8_lossy(&bytes[..end]).into_owned())),
				false => Err("digits must be 0 to 9, with blanks behind them only"),
			}
		}
		FieldKind::Number { decimals } => read_number(bytes, decimals.into()),
	}
}

fn read_number(bytes: &[u8], decimals: usize) -> Result<Option<String>, &'static str> {
	if bytes.iter().all(|byte| *byte == b' ') {
		return Ok(None);
	}
	let (sign, digits) = match bytes.split_first() {
		Some((b'-', digits)) if !digits.is_empty() => ("-", digits),
		_ => ("", bytes),
	};
	if !digits.iter().all(u8::is_ascii_digit) {
		return Err("a number must be digits, a minus in its first byte at most, or blanks only");
	}
	let digits = String::from_utf8_lossy(digits);
	let (whole, fraction) = match digits.len().checked_sub(decimals) {
		Some(at) => digits.split_at(at),
		None => ("", &*digits),
	};
	let whole = whole.trim_start_matches('0');
	let whole = if whole.is_empty() { "0" } else { whole };
	Ok(Some(match decimals {
		0 => format!("{sign}{whole}"),
		_ => format!("{sign}{whole}.{fraction:0>decimals$}"),
	}))
}

/// The bytes of a field that says `value`. `None` is an absent number, or no text.
///
/// # Errors
/// The rule that the value breaks: too long, no digits, no decimal, more decimals than the field has.
pub fn write(field: FieldType, value: Option<&str>, empty: EmptyNumber) -> Result<Vec<u8>, String> {
	let width = field.width;
	let padded = |mut bytes: Vec<u8>| {
		if bytes.len() > width {
			return Err(format!("{} bytes of GB18030; at most {width} fit", bytes.len()));
		}
		bytes.resize(width, b' ');
		Ok(bytes)
	};
	match (field.kind, value) {
		(FieldKind::Number { .. }, None) => Ok(match empty {
			EmptyNumber::Zeros => vec![b'0'; width],
			EmptyNumber::Blanks => vec![b' '; width],
		}),
		(_, None) => Ok(vec![b' '; width]),
		(FieldKind::Text, Some(text)) => {
			if text.chars().any(char::is_control) {
				return Err("text must have no control characters".into());
			}
			padded(encoded(text).ok_or("a character has no place in GB18030")?)
		}
		(FieldKind::Digits, Some(text)) => match text.bytes().all(|byte| byte.is_ascii_digit()) {
			true => padded(text.into()),
			false => Err("digits must be 0 to 9".into()),
		},
		(FieldKind::Number { decimals }, Some(text)) => write_number(text, width, decimals.into()),
	}
}

fn write_number(text: &str, width: usize, decimals: usize) -> Result<Vec<u8>, String> {
	let no_decimal = || "a number must be a decimal such as 10.50".to_string();
	let (sign, plain) = match text.strip_prefix('-') {
		Some(plain) => ("-", plain),
		None => ("", text),
	};
	let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
	let digits_only = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
	if whole.is_empty() || !digits_only(whole) || !digits_only(fraction) || plain.ends_with('.') {
		return Err(no_decimal());
	}
	let kept = fraction.trim_end_matches('0');
	if kept.len() > decimals {
		return Err(format!("at most {decimals} decimals fit"));
	}
	let whole = whole.trim_start_matches('0');
	let room = width - sign.len();
	let needed = whole.len() + decimals;
	if needed > room {
		return Err(format!(
			"at most {} digits before the point fit",
			room.saturating_sub(decimals)
		));
	}
	Ok(format!("{sign}{}{whole}{kept:0<decimals$}", "0".repeat(room - needed)).into_bytes())
}

/// Whether this is a day of the calendar, `YYYYMMDD`.
pub fn is_date(text: &str) -> bool {
	let format = time::macros::format_description!("[year][month][day]");
	text.len() == 8 && time::Date::parse(text, format).is_ok()
}

/// The moment at which a day `YYYY-MM-DD` begins in a zone, Unix ms; `None` where it is no day of the calendar.
pub fn midnight(day: &str, zone: time::UtcOffset) -> Option<i64> {
	let format = time::macros::format_description!("[year]-[month]-[day]");
	let day = time::Date::parse(day, format).ok()?;
	Some(day.midnight().assume_offset(zone).unix_timestamp() * 1_000)
}

/// As [`read`], with the fault in place of the rule.
pub fn read_field(name: &str, field: FieldType, bytes: &[u8]) -> Result<Option<String>, Fault> {
	read(field, bytes).map_err(|rule| Fault::new(name, bytes, format!("{rule} ({field})")))
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	fn field(text: &str) -> FieldType {
		text.parse().expect("a type")
	}

	#[test]
	fn types_are_read_as_they_are_written() {
		for text in ["C20", "A8", "N16.2", "N16", "N5.4", "C2000"] {
			assert_eq!(field(text).to_string(), text);
		}
		for text in [
			"", "C", "C0", "X4", "C4.2", "N2.3", "N39", "N16.x", "A-1", "C4001", "汉8",
		] {
			assert!(text.parse::<FieldType>().is_err(), "{text}");
		}
	}

	#[test]
	fn numbers_have_an_implied_point() {
		for (field_type, bytes, value) in [
			("N16.2", "0000000001000000", "10000.00"),
			("N5.4", "10000", "1.0000"),
			("N16", "0000000000000042", "42"),
			("N6.2", "-00150", "-1.50"),
			("N3.2", "-00", "-0.00"),
			("N2.2", "07", "0.07"),
		] {
			let read = read(field(field_type), bytes.as_bytes()).expect("a number");
			assert_eq!(read.as_deref(), Some(value));
			let written = write(field(field_type), Some(value), EmptyNumber::Zeros).expect("fits");
			assert_eq!(written, bytes.as_bytes());
		}
		assert_eq!(read(field("N4.2"), b"    "), Ok(None));
		for bytes in ["12 4", "+123", "1-23", "12.4", "   -", "-"] {
			let width = bytes.len();
			assert!(read(field(&format!("N{width}")), bytes.as_bytes()).is_err(), "{bytes}");
		}
	}

	#[test]
	fn what_does_not_fit_is_refused_and_never_cut() {
		for (field_type, value) in [
			("N5.2", "1000"),
			("N5.2", "1.001"),
			("N5.2", "-100"),
			("N5.2", "1e3"),
			("N5.2", "1."),
			("N5.2", ".5"),
			("N5.2", ""),
			("C2", "理财"),
			("C9", "a\tb"),
			("A3", "12x"),
			("A3", "1234"),
		] {
			assert!(
				write(field(field_type), Some(value), EmptyNumber::Zeros).is_err(),
				"{value}"
			);
		}
		assert_eq!(
			write(field("N5.2"), Some("1.500"), EmptyNumber::Zeros),
			Ok(b"00150".to_vec())
		);
	}

	#[test]
	fn text_counts_bytes_and_is_cut_between_characters() {
		let bytes = write(field("C6"), Some("\u{20bb7}a"), EmptyNumber::Zeros).expect("4 + 1 bytes");
		assert_eq!(bytes.len(), 6);
		assert_eq!(read(field("C6"), &bytes), Ok(Some("\u{20bb7}a".into())));
		// Half a character.
		assert!(read(field("C3"), &bytes[..3]).is_err());
		assert_eq!(shortened("理财a", 3), "理");
		assert_eq!(shortened("理财a", 4), "理财");
		assert_eq!(shortened("理财a", 9), "理财a");
		assert_eq!(shortened("", 0), "");
	}

	proptest! {
		#[test]
		fn what_is_written_is_read(text in "[\\PC]{0,20}") {
			let text = text.trim_end_matches(' ');
			if let Ok(bytes) = write(field("C40"), Some(text), EmptyNumber::Zeros) {
				prop_assert_eq!(read(field("C40"), &bytes), Ok(Some(text.to_string())));
			}
		}

		/// Whatever bytes are read, writing what they say gives them again: nothing is lost on the way through.
		#[test]
		fn what_is_read_is_written_again(bytes in proptest::collection::vec(any::<u8>(), 8), kind in 0usize..4) {
			let field = field(["C8", "A8", "N8.2", "N8"][kind]);
			if let Ok(value) = read(field, &bytes) {
				prop_assert_eq!(write(field, value.as_deref(), EmptyNumber::Blanks), Ok(bytes));
			}
		}

		#[test]
		fn every_decimal_that_fits_comes_back(minor in -9_999_999i64..99_999_999) {
			let sign = if minor < 0 { "-" } else { "" };
			let text = format!("{sign}{}.{:02}", minor.abs() / 100, minor.abs() % 100);
			let bytes = write(field("N8.2"), Some(&text), EmptyNumber::Zeros).expect("fits");
			prop_assert_eq!(read(field("N8.2"), &bytes), Ok(Some(text)));
		}
	}
}
