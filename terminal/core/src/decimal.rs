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

/// How what does not fit the digits is rounded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
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
