// SPDX-License-Identifier: Apache-2.0

//! Which clauses make sense, beyond what their types ensure.

use super::{clause::Clauses, rule::Rule};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use scale_info::TypeInfo;
use serde::Serialize;

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
			condition.rule().map_err(|rule| fault(Some(i), rule))?;
			if clause.any_of[..i].contains(condition) {
				return Err(fault(Some(i), Rule::AlternativeRepeated));
			}
		}
	}
	Ok(())
}
