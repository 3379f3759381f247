// SPDX-License-Identifier: Apache-2.0

//! Decimal strings: amounts, units, prices. Never floats.

use rust_decimal::{Decimal, RoundingStrategy};

/// Most digits before the point.
const MAX_WHOLE_DIGITS: usize = 18;
/// Most digits after the point.
const MAX_FRACTION_DIGITS: usize = 8;

/// A decimal that is not negative, in plain notation, within 18 digits before and 8 after the point.
pub fn parse(text: &str) -> Option<Decimal> {
	let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
	let digits = |part: &str, max: usize| (1..=max).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
	if !digits(whole, MAX_WHOLE_DIGITS) || !digits(fraction, MAX_FRACTION_DIGITS) {
		return None;
	}
	text.parse().ok()
}

/// The same, but not zero.
pub fn parse_quantity(text: &str) -> Option<Decimal> {
	parse(text).filter(|value| !value.is_zero())
}

/// Rounded down to `digits` after the point, with exactly that many written: what an issuer owes is never rounded up.
pub fn round_down(value: Decimal, digits: u32) -> Decimal {
	let mut rounded = value.round_dp_with_strategy(digits, RoundingStrategy::ToZero);
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
		] {
			assert!(parse(bad).is_none(), "{bad}");
		}
		assert!(parse_quantity("0.00").is_none());
		assert_eq!(round_down(parse("1.23999").unwrap(), 2).to_string(), "1.23");
		assert_eq!(round_down(parse("5").unwrap(), 2).to_string(), "5.00");
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
