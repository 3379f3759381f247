// SPDX-License-Identifier: Apache-2.0

//! Which clauses make sense, beyond what their types ensure.

use super::{
	decimal::Decimal,
	types::{Clauses, Condition},
};
use crate::business::Currency;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
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

/// Where clauses break which rule.
#[derive(
	Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize,
)]
pub struct Invalid {
	/// The clause, from 0.
	pub clause: u32,
	/// The alternative in it, from 0, where one is at fault.
	pub alternative: Option<u32>,
	/// The rule.
	pub rule: Rule,
}

impl fmt::Display for Invalid {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "clauses[{}]", self.clause)?;
		if let Some(alternative) = self.alternative {
			write!(f, ".any_of[{alternative}]")?;
		}
		write!(f, ": {}", self.rule.as_str())
	}
}

#[cfg(feature = "std")]
impl std::error::Error for Invalid {}

/// Whether `clauses` may be agreed on; else the first fault.
pub fn validate(clauses: &Clauses) -> Result<(), Invalid> {
	for (index, clause) in clauses.iter().enumerate() {
		let fault = |alternative: Option<usize>, rule| Invalid {
			clause: index as u32,
			alternative: alternative.map(|i| i as u32),
			rule,
		};
		let is_code_byte = |b: &u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'.');
		if !clause.code.as_bytes().iter().all(is_code_byte) {
			return Err(fault(None, Rule::CodeCharacters));
		}
		if clauses[..index].iter().any(|earlier| earlier.code == clause.code) {
			return Err(fault(None, Rule::CodeRepeated));
		}
		if clause.any_of.is_empty() {
			return Err(fault(None, Rule::NoAlternative));
		}
		for (i, condition) in clause.any_of.iter().enumerate() {
			validate_condition(condition).map_err(|rule| fault(Some(i), rule))?;
			if clause.any_of[..i].contains(condition) {
				return Err(fault(Some(i), Rule::AlternativeRepeated));
			}
		}
	}
	Ok(())
}

fn ensure(holds: bool, rule: Rule) -> Result<(), Rule> {
	if holds {
		Ok(())
	} else {
		Err(rule)
	}
}

fn validate_condition(condition: &Condition) -> Result<(), Rule> {
	match condition {
		Condition::AgeAtLeast(years) | Condition::AgeAtMost(years) => ensure(*years <= MAX_AGE_YEARS, Rule::AgeTooHigh),
		Condition::KindIn(kinds) => {
			ensure(kinds.is_valid(), Rule::KindUnknown)?;
			ensure(kinds.iter().next().is_some(), Rule::SetEmpty)
		}
		Condition::AmountAtLeast { amount, currency } | Condition::AmountAtMost { amount, currency } => {
			validate_currency(currency)?;
			ensure(*amount >= Decimal::ZERO, Rule::Negative)
		}
		Condition::UnitsAtLeast(units) | Condition::UnitsAtMost(units) => {
			ensure(*units >= Decimal::ZERO, Rule::Negative)
		}
		Condition::RegionIn(regions) | Condition::RegionNotIn(regions) => validate_set(regions),
		Condition::CurrencyIn(currencies) => {
			currencies.iter().try_for_each(validate_currency)?;
			validate_set(currencies)
		}
		Condition::ProductStatusIn(statuses) => validate_set(statuses),
		Condition::SalesChannelIn(channels) => validate_set(channels),
		Condition::PlacedBefore { time, .. } => ensure(time.ms_since_midnight() > 0, Rule::CutOffAtMidnight),
		Condition::PlacedWithin {
			from: None,
			until: None,
			..
		} => Err(Rule::WindowOpen),
		Condition::PlacedWithin {
			from: Some(from),
			until: Some(until),
			..
		} => ensure(from <= until, Rule::WindowReversed),
		Condition::PlacedWithin { .. }
		| Condition::IdentityVerified
		| Condition::Registered
		| Condition::RiskCovers { .. }
		| Condition::RiskClassAtLeast(_)
		| Condition::InvestorCategory(_)
		| Condition::InvestorEntity(_)
		| Condition::RiskAssessedWithinDays(_) => Ok(()),
	}
}

fn validate_currency(currency: &Currency) -> Result<(), Rule> {
	ensure(currency.iter().all(u8::is_ascii_uppercase), Rule::CurrencyCharacters)
}

fn validate_set<T: PartialEq>(set: &[T]) -> Result<(), Rule> {
	ensure(!set.is_empty(), Rule::SetEmpty)?;
	// Sets have at most 16 values: comparing each with those before it costs less than sorting a copy.
	ensure(
		set.iter().enumerate().all(|(i, value)| !set[..i].contains(value)),
		Rule::SetRepeats,
	)
}
