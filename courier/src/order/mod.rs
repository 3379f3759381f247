// SPDX-License-Identifier: Apache-2.0

//! What the courier understands of an order and of a confirmation.
//!
//! A line is parsed once, into views that borrow from it; its bytes stay as they came. Unknown fields are passed over and
//! therefore kept. What cannot be understood is a [`Problem`] that names field, value and rule.
//!
//! * [`json`]: one JSON object with known fields, strictly.
//! * `plain`: the parser for JSON as machines write it.
//! * [`submitted`]: orders and registrations.
//! * [`confirmed`]: confirmations and results of registrations.

pub mod confirmed;
pub mod json;
mod plain;
pub mod submitted;

pub use confirmed::Confirmation;
pub use submitted::Order;

use crate::api::Problem;
use std::borrow::Cow;

/// Longest id of an order, in bytes.
pub const MAX_ID_LEN: usize = 128;
/// Most characters of a value that a problem shows.
const SHOWN_CHARS: usize = 64;

/// Codes that only an issuer's node gives.
pub const RESERVED_REASONS: [&str; 2] = ["technical.", "clauses."];

/// A problem with a field.
pub(crate) fn problem(
	code: &'static str,
	field: &'static str,
	value: impl AsRef<str>,
	rule: impl Into<Cow<'static, str>>,
) -> Problem {
	Problem {
		code: code.into(),
		field: field.into(),
		value: shown(value.as_ref()),
		rule: rule.into(),
	}
}

/// The beginning of a value, fit to be shown.
pub(crate) fn shown(value: &str) -> String {
	value
		.chars()
		.take(SHOWN_CHARS)
		.map(|c| if c.is_control() { '\u{fffd}' } else { c })
		.collect()
}
