// SPDX-License-Identifier: Apache-2.0

//! Decimal strings: amounts, units, prices. Never floats.

use rust_decimal::{Decimal, RoundingStrategy};
use sealane_primitives::fields;

/// A decimal that is not negative, written as [`sealane_primitives::fields::decimal`] wants it.
pub fn parse(text: &str) -> Option<Decimal> {
	fields::decimal(text).ok()?;
	text.parse().ok()
}

/// The same, but not zero.
pub fn parse_quantity(text: &str) -> Option<Decimal> {
	parse(text).filter(|value| !value.is_zero())
}

/// Digits behind the point of what is added up.
const SUM_DIGITS: u32 = 8;

/// A decimal in units of 10^-8, for sums: 26 digits each, and room for a million million of them. 0 where it is none.
pub fn scaled(text: &str) -> i128 {
	let Some(mut value) = parse(text) else { return 0 };
	value.rescale(SUM_DIGITS);
	value.mantissa()
}

/// The text of a sum, which may be negative: without zeros at its end.
pub fn sum_text(scaled: i128) -> String {
	let (sign, value) = (if scaled < 0 { "-" } else { "" }, scaled.unsigned_abs());
	let unit = 10u128.pow(SUM_DIGITS);
	let fraction = format!("{:08}", value % unit);
	let fraction = fraction.trim_end_matches('0');
	let point = if fraction.is_empty() { "" } else { "." };
	format!("{sign}{}{point}{fraction}", value / unit)
}

/// The value of a sum's text.
pub fn sum_of(text: &str) -> i128 {
	match text.strip_prefix('-') {
		Some(value) => -sum_digits(value),
		None => sum_digits(text),
	}
}

fn sum_digits(text: &str) -> i128 {
	let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
	format!("{whole}{fraction:0<8}").parse().unwrap_or(0)
}

/// How what does not fit the digits is rounded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
	/// What is beyond the digits is left out: what an issuer owes is never rounded up.
	#[default]
	Down,
	/// To the nearest; a half goes up.
	HalfUp,
}

/// Rounded to `digits` after the point, with exactly that many written.
pub fn round(value: Decimal, digits: u32, rounding: Rounding) -> Decimal {
	let strategy = match rounding {
		Rounding::Down => RoundingStrategy::ToZero,
		Rounding::HalfUp => RoundingStrategy::MidpointAwayFromZero,
	};
	let mut rounded = value.round_dp_with_strategy(digits, strategy);
	rounded.rescale(digits);
	rounded
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	#[test]
	fn sums_keep_every_digit() {
		let largest = "999999999999999999.99999999";
		let sum = scaled(largest) * 1_000_000_000;
		assert_eq!(sum_text(sum), "999999999999999999999999990");
		assert_eq!(sum_text(scaled(largest)), largest);
		assert_eq!((sum_text(-1), sum_of("-0.00000001")), ("-0.00000001".into(), -1));
		assert_eq!((scaled("1.5"), scaled(""), scaled("x")), (150_000_000, 0, 0));
		for text in ["0", "1", "-3.25", "1000.5"] {
			assert_eq!(sum_text(sum_of(text)), text);
		}
	}

	#[test]
	fn only_plain_decimals() {
		for good in ["0", "1", "0.1", "100.50", "999999999999999999.99999999"] {
			assert!(parse(good).is_some(), "{good}");
		}
		for bad in [
			"",
			".",
			"1.",
			".5",
			"-1",
			"+1",
			"1e3",
			"1_000",
			" 1",
			"1 ",
			"１",
			"1234567890123456789",
			"0.123456789",
			"1.2.3",
			"007.50",
		] {
			assert!(parse(bad).is_none(), "{bad}");
		}
		assert!(parse_quantity("0.00").is_none());
		for (value, digits, rounding, rounded) in [
			("1.23999", 2, Rounding::Down, "1.23"),
			("5", 2, Rounding::Down, "5.00"),
			("1.235", 2, Rounding::HalfUp, "1.24"),
			("1.2349", 2, Rounding::HalfUp, "1.23"),
		] {
			assert_eq!(
				round(parse(value).unwrap(), digits, rounding).to_string(),
				rounded,
				"{value}"
			);
		}
	}

	proptest! {
		#[test]
		fn text_survives(whole in 0u64..1_000_000_000_000, fraction in 0u32..100_000_000) {
			let text = format!("{whole}.{fraction:08}");
			prop_assert_eq!(parse(&text).map(|d| d.to_string()), Some(text));
		}

		#[test]
		fn any_text_never_panics(text in "\\PC{0,40}") {
			let _ = parse(&text);
		}
	}
}
