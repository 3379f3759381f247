// SPDX-License-Identifier: Apache-2.0

//! Orders as the bank's own system hands them over: what a line must be, and what is reported of one that is not.
//!
//! The text of a valid line is never rewritten: what the terminal adds (`facts`, `clause_version`) is appended inside
//! the object, so that unknown fields travel as they came.

mod parse;
mod read;

pub use parse::{parse_line, Order};
pub use read::{open, read_all, Format, Line, Reader};

use serde::Serialize;

/// Longest line in bytes: what the node takes of one entry, less room for facts. An order has about 500.
pub const MAX_LINE_LEN: usize = 60 * 1024;
/// Longest order id in bytes.
pub const MAX_ID_LEN: usize = 128;
/// Longest customer reference in bytes.
pub const MAX_REFERENCE_LEN: usize = 128;

/// Why a line is no order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Defect {
	/// The field, or `line` where the line as a whole is meant.
	pub field: String,
	/// What was found, cut to 80 characters.
	pub value: String,
	/// The rule that it breaks.
	pub rule: &'static str,
}

impl Defect {
	/// Of a field with a value that breaks a rule.
	pub fn new(field: impl Into<String>, value: &str, rule: &'static str) -> Self {
		Defect {
			field: field.into(),
			value: shorten(value),
			rule,
		}
	}
}

impl std::fmt::Display for Defect {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		write!(f, "{}: {:?}: {}", self.field, self.value, self.rule)
	}
}

/// The first 80 characters, without line breaks and control characters.
fn shorten(text: &str) -> String {
	const MAX: usize = 80;
	let mut short: String = text
		.chars()
		.take(MAX)
		.map(|c| if c.is_control() { ' ' } else { c })
		.collect();
	if text.chars().nth(MAX).is_some() {
		short.push('…');
	}
	short
}
