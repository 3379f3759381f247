// SPDX-License-Identifier: Apache-2.0

//! The rules of the language, beyond what its types ensure.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::Serialize;

/// Highest age that a condition may name, in years.
pub const MAX_AGE_YEARS: u8 = 150;

/// The rule that clauses break.
#[derive(
	Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize,
)]
#[cfg_attr(feature = "runtime", derive(frame_support::PalletError))]
#[serde(rename_all = "snake_case")]
pub enum Rule {
	/// A code is made of `a-z`, `0-9`, `_`, `-` and `.`.
	CodeCharacters,
	/// Two clauses have the same code.
	CodeRepeated,
	/// A clause has no alternative, so nothing could qualify.
	NoAlternative,
	/// A clause has the same alternative twice.
	AlternativeRepeated,
	/// An age is beyond [`MAX_AGE_YEARS`].
	AgeTooHigh,
	/// A set is empty.
	SetEmpty,
	/// A set has the same value twice.
	SetRepeats,
	/// A set of kinds of business has bits that stand for no kind.
	KindUnknown,
	/// A currency is not three letters `A-Z`.
	CurrencyCharacters,
	/// An amount or units below zero.
	Negative,
	/// A cut-off at 00:00, before which no order is placed.
	CutOffAtMidnight,
	/// A window without first and last day.
	WindowOpen,
	/// A window whose last day comes before its first.
	WindowReversed,
}

impl Rule {
	/// The rule for people.
	pub const fn as_str(self) -> &'static str {
		match self {
			Rule::CodeCharacters => "a code is made of a-z, 0-9, '_', '-' and '.'",
			Rule::CodeRepeated => "codes are unique within an agreement",
			Rule::NoAlternative => "any_of must name at least one condition",
			Rule::AlternativeRepeated => "any_of must not repeat a condition",
			Rule::AgeTooHigh => "an age is at most 150 years",
			Rule::SetEmpty => "a set must not be empty",
			Rule::SetRepeats => "a set must not repeat a value",
			Rule::KindUnknown => "a set of kinds may hold known kinds only",
			Rule::CurrencyCharacters => "a currency is three letters A-Z",
			Rule::Negative => "amounts and units are not below zero",
			Rule::CutOffAtMidnight => "a cut-off at 00:00 would let no order pass",
			Rule::WindowOpen => "a window needs a first or a last day",
			Rule::WindowReversed => "a window must not end before it begins",
		}
	}
}
