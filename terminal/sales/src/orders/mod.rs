// SPDX-License-Identifier: Apache-2.0

//! Orders as the bank's own system hands them over: what a line must be, and what is reported of one that is not.
//!
//! The text of a valid line is not written anew: what the terminal adds (`facts`, `clause_version`) is appended inside the object, and
//! fields that are neither an order's nor declared are left out. They stay in the house. Files of the trade (`exchange`) say what an
//! order says in records of their own, messages of ISO 20022 (`messages`) in elements; those become lines first, so that one set of rules judges all.

mod exchange;
mod lines;
mod messages;
mod parse;
mod read;
mod text;

pub use exchange::{is_named_so, look, Found};
pub use messages::Known;
pub use parse::{parse_line, without_stamp, Declared, Order, FIELDS};
pub use read::{lines_of_array, open, read_all, Exchange, Format, Line, Lines, Reader};
pub use sealane_primitives::fields::{MAX_ID_LEN, MAX_REFERENCE_LEN};
pub use text::{inspect, Encoding, Inspected};

use sealane_primitives::fields::is_shown;
use serde::Serialize;
use std::borrow::Cow;

/// Longest line in bytes: what the node takes of one entry, less room for facts. An order has about 500.
pub const MAX_LINE_LEN: usize = 60 * 1024;

/// Why a line is no order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Defect {
	/// The field, or `line` where the line as a whole is meant.
	pub field: String,
	/// What was found, cut to 80 characters.
	pub value: String,
	/// The rule that it breaks.
	#[schema(value_type = String)]
	pub rule: Cow<'static, str>,
}

impl Defect {
	/// Of a field with a value that breaks a rule.
	pub fn new(field: impl Into<String>, value: &str, rule: impl Into<Cow<'static, str>>) -> Self {
		Defect {
			field: field.into(),
			value: shorten(value),
			rule: rule.into(),
		}
	}
}

impl std::fmt::Display for Defect {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		write!(f, "{}: {:?}: {}", self.field, self.value, self.rule)
	}
}

/// The first 80 characters, without those that cannot be stored or shown.
fn shorten(text: &str) -> String {
	const MAX: usize = 80;
	let mut short = plain(text.chars().take(MAX));
	if text.chars().nth(MAX).is_some() {
		short.push('…');
	}
	short
}

/// A blank for each character that cannot be stored or shown.
fn plain(text: impl Iterator<Item = char>) -> String {
	text.map(|c| if is_shown(c) { c } else { ' ' }).collect()
}
