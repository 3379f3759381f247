// SPDX-License-Identifier: Apache-2.0

//! Exact decimal numbers for amounts, units and prices.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::{fmt, str::FromStr};
use scale_info::TypeInfo;
use serde::{de, Deserialize, Deserializer, Serialize, Serializer};

/// Digits after the point that a [`Decimal`] keeps.
pub const DECIMAL_PLACES: u32 = 8;
/// Longest decimal string that is read, in bytes.
pub const MAX_DECIMAL_LEN: usize = 64;

const SCALE: u128 = 10u128.pow(DECIMAL_PLACES);

/// A decimal number, exact: a count of hundred-millionths (1e-8). Range ±1.7e30. It is read from a decimal string and written
/// as one; it never passes through floating point and is never rounded.
#[derive(
	Clone,
	Copy,
	Default,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Hash,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Decimal(i128);

/// Why a string is no [`Decimal`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecimalInvalid {
	/// Not of the form `-?(0|[1-9][0-9]*)(\.[0-9]+)?`.
	Syntax,
	/// More than [`MAX_DECIMAL_LEN`] bytes.
	TooLong,
	/// More than [`DECIMAL_PLACES`] digits after the point, and those beyond are not all 0.
	TooPrecise,
	/// Outside the range.
	OutOfRange,
}

impl fmt::Display for DecimalInvalid {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			DecimalInvalid::Syntax => f.write_str(
				"not a decimal number: digits with at most one point, such as 1234.56, no exponent, no leading zero",
			),
			DecimalInvalid::TooLong => write!(f, "longer than {MAX_DECIMAL_LEN} characters"),
			DecimalInvalid::TooPrecise => write!(f, "more than {DECIMAL_PLACES} digits after the point"),
			DecimalInvalid::OutOfRange => f.write_str("out of range: beyond 1.7e30"),
		}
	}
}

impl Decimal {
	/// Zero.
	pub const ZERO: Decimal = Decimal(0);
	/// The largest.
	pub const MAX: Decimal = Decimal(i128::MAX);
	/// The smallest.
	pub const MIN: Decimal = Decimal(i128::MIN);

	/// `hundred_millionths` × 1e-8.
	pub const fn from_raw(hundred_millionths: i128) -> Self {
		Decimal(hundred_millionths)
	}

	/// The count of 1e-8.
	pub const fn raw(self) -> i128 {
		self.0
	}

	/// A whole number.
	pub const fn from_integer(integer: i64) -> Self {
		// 2^63 × 1e8 < 2^90: cannot overflow.
		Decimal(integer as i128 * SCALE as i128)
	}

	/// Below zero.
	pub const fn is_negative(self) -> bool {
		self.0 < 0
	}

	/// The number that `text` writes, exactly.
	pub const fn parse(text: &[u8]) -> Result<Self, DecimalInvalid> {
		if text.len() > MAX_DECIMAL_LEN {
			return Err(DecimalInvalid::TooLong);
		}
		let negative = !text.is_empty() && text[0] == b'-';
		let start = negative as usize;
		// `magnitude` counts units of 10^-places; it stops growing at DECIMAL_PLACES.
		let (mut magnitude, mut places, mut point) = (0u128, 0u32, false);
		let (mut overflow, mut too_precise) = (false, false);
		let mut at = start;
		while at < text.len() {
			let byte = text[at];
			if byte == b'.' {
				if point || at == start || at + 1 == text.len() {
					return Err(DecimalInvalid::Syntax);
				}
				point = true;
			} else if byte.is_ascii_digit() {
				let digit = (byte - b'0') as u128;
				if at == start + 1 && !point && text[start] == b'0' {
					return Err(DecimalInvalid::Syntax);
				}
				if point && places == DECIMAL_PLACES {
					too_precise |= digit != 0;
				} else {
					places += point as u32;
					match magnitude.checked_mul(10) {
						Some(tenfold) => match tenfold.checked_add(digit) {
							Some(sum) => magnitude = sum,
							None => overflow = true,
						},
						None => overflow = true,
					}
				}
			} else {
				return Err(DecimalInvalid::Syntax);
			}
			at += 1;
		}
		if at == start {
			return Err(DecimalInvalid::Syntax);
		}
		if too_precise {
			return Err(DecimalInvalid::TooPrecise);
		}
		let scaled = match magnitude.checked_mul(10u128.pow(DECIMAL_PLACES - places)) {
			Some(scaled) if !overflow => scaled,
			_ => return Err(DecimalInvalid::OutOfRange),
		};
		if negative {
			if scaled > i128::MIN.unsigned_abs() {
				return Err(DecimalInvalid::OutOfRange);
			}
			Ok(Decimal((scaled as i128).wrapping_neg()))
		} else if scaled > i128::MAX as u128 {
			Err(DecimalInvalid::OutOfRange)
		} else {
			Ok(Decimal(scaled as i128))
		}
	}

	/// The sum, where it is in range.
	pub const fn checked_add(self, other: Decimal) -> Option<Decimal> {
		match self.0.checked_add(other.0) {
			Some(sum) => Some(Decimal(sum)),
			None => None,
		}
	}
}

impl FromStr for Decimal {
	type Err = DecimalInvalid;
	fn from_str(text: &str) -> Result<Self, DecimalInvalid> {
		Self::parse(text.as_bytes())
	}
}

impl fmt::Display for Decimal {
	/// Shortest exact form: no exponent, no zeros at the end, at least one digit before the point.
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let magnitude = self.0.unsigned_abs();
		if self.0 < 0 {
			f.write_str("-")?;
		}
		write!(f, "{}", magnitude / SCALE)?;
		let mut fraction = magnitude % SCALE;
		if fraction == 0 {
			return Ok(());
		}
		let mut width = DECIMAL_PLACES as usize;
		while fraction.is_multiple_of(10) {
			fraction /= 10;
			width -= 1;
		}
		write!(f, ".{fraction:0width$}")
	}
}

impl fmt::Debug for Decimal {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		fmt::Display::fmt(self, f)
	}
}

impl Serialize for Decimal {
	fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		serializer.collect_str(self)
	}
}

impl<'de> Deserialize<'de> for Decimal {
	fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
		struct Visitor;
		impl de::Visitor<'_> for Visitor {
			type Value = Decimal;

			fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
				f.write_str("a decimal number in a string, such as \"1234.56\"")
			}

			fn visit_str<E: de::Error>(self, text: &str) -> Result<Decimal, E> {
				text.parse().map_err(|invalid: DecimalInvalid| {
					E::custom(format_args!("{:?}: {invalid}", super::text::excerpt(text)))
				})
			}
		}
		deserializer.deserialize_str(Visitor)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use alloc::{format, string::ToString};
	use proptest::prelude::*;

	fn parse(text: &str) -> Result<Decimal, DecimalInvalid> {
		text.parse()
	}

	#[test]
	fn reads_exactly() {
		for (text, raw) in [
			("0", 0),
			("-0", 0),
			("1", 100_000_000),
			("0.00000001", 1),
			("-12.5", -1_250_000_000),
			("1234.56", 123_456_000_000),
			("0.10", 10_000_000),
			("1.000000000000", 100_000_000),
		] {
			assert_eq!(parse(text), Ok(Decimal(raw)), "{text}");
		}
	}

	#[test]
	fn refuses_what_is_no_decimal() {
		for text in [
			"", "-", ".", "1.", ".5", "-.5", "00", "01", "-01", "1e3", "+1", " 1", "1 ", "1,000", "1.2.3", "NaN", "٣",
			"0x1",
		] {
			assert_eq!(parse(text), Err(DecimalInvalid::Syntax), "{text}");
		}
		assert_eq!(parse("0.000000001"), Err(DecimalInvalid::TooPrecise));
		assert_eq!(parse(&"1".repeat(65)), Err(DecimalInvalid::TooLong));
		assert_eq!(parse(&"9".repeat(40)), Err(DecimalInvalid::OutOfRange));
	}

	#[test]
	fn range_ends_are_exact() {
		assert_eq!(Decimal::MAX.to_string(), "1701411834604692317316873037158.84105727");
		assert_eq!(Decimal::MIN.to_string(), "-1701411834604692317316873037158.84105728");
		for end in [Decimal::MAX, Decimal::MIN] {
			assert_eq!(parse(&end.to_string()), Ok(end));
		}
		assert_eq!(
			parse("1701411834604692317316873037158.84105728"),
			Err(DecimalInvalid::OutOfRange)
		);
		assert_eq!(
			parse("-1701411834604692317316873037158.84105729"),
			Err(DecimalInvalid::OutOfRange)
		);
	}

	#[test]
	fn json_is_a_string_and_errors_name_value_and_rule() {
		assert_eq!(
			serde_json::to_string(&Decimal(150_000_000)).expect("serialises"),
			"\"1.5\""
		);
		let error = serde_json::from_str::<Decimal>("\"1.5e3\"")
			.expect_err("exponent")
			.to_string();
		assert!(error.contains("\"1.5e3\"") && error.contains("no exponent"), "{error}");
		let error = serde_json::from_str::<Decimal>("1.5").expect_err("a float").to_string();
		assert!(error.contains("a decimal number in a string"), "{error}");
	}

	proptest! {
		#[test]
		fn text_round_trip(raw: i128) {
			prop_assert_eq!(parse(&Decimal(raw).to_string()), Ok(Decimal(raw)));
		}

		#[test]
		fn any_text_is_read_or_refused(text in "\\PC{0,80}") {
			let _ = parse(&text);
		}

		/// Order of decimals = order of the rationals that the strings write, computed by cross-multiplication.
		#[test]
		fn order_is_that_of_rationals(
			a in -1_000_000_000_000i128..1_000_000_000_000, p in 0u32..=8,
			b in -1_000_000_000_000i128..1_000_000_000_000, q in 0u32..=8,
		) {
			let write = |n: i128, places: u32| {
				let unit = 10i128.pow(places);
				let (sign, n) = (if n < 0 { "-" } else { "" }, n.abs());
				if places == 0 { format!("{sign}{n}") } else {
					format!("{sign}{}.{:0width$}", n / unit, n % unit, width = places as usize)
				}
			};
			let rational = (a * 10i128.pow(q)).cmp(&(b * 10i128.pow(p)));
			let (x, y) = (parse(&write(a, p)).expect("valid"), parse(&write(b, q)).expect("valid"));
			prop_assert_eq!(x.cmp(&y), rational);
		}
	}
}
