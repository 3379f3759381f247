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
use std::{
	borrow::Cow,
	fmt::{self, Write},
};

/// Longest id of an order, in bytes.
pub const MAX_ID_LEN: usize = 128;
/// Longest free text that this node writes into an answer, in bytes.
pub const MAX_TEXT_LEN: usize = 1024;
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

/// Whether a text is an id: 1 to [`MAX_ID_LEN`] bytes, no control characters.
pub(crate) fn is_id(text: &str) -> bool {
	!text.is_empty() && text.len() <= MAX_ID_LEN && !text.bytes().any(|b| b < 0x20 || b == 0x7f)
}

/// A text of at most `max` bytes: control characters are replaced, and what is longer ends in `…`. Nothing behind the end is made, however
/// long it would be.
pub(crate) fn bounded(max: usize, text: fmt::Arguments<'_>) -> String {
	struct Bounded {
		text: String,
		max: usize,
	}
	impl Write for Bounded {
		fn write_str(&mut self, more: &str) -> fmt::Result {
			for c in more.chars() {
				let c = if c.is_control() { '\u{fffd}' } else { c };
				if self.text.len() + c.len_utf8() > self.max {
					return Err(fmt::Error);
				}
				self.text.push(c);
			}
			Ok(())
		}
	}
	let mut bounded = Bounded {
		text: String::new(),
		max,
	};
	if bounded.write_fmt(text).is_err() {
		let room = max.saturating_sub('…'.len_utf8());
		while bounded.text.len() > room {
			bounded.text.pop();
		}
		bounded.text.push('…');
	}
	bounded.text
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn boundary_of_a_text() {
		assert_eq!(bounded(8, format_args!("{}", "12345678")), "12345678");
		assert_eq!(bounded(8, format_args!("{}", "123456789")), "12345…");
		assert_eq!(bounded(8, format_args!("ab\u{1}{}", "字字")), "ab\u{fffd}…");
		assert_eq!(bounded(8, format_args!("")), "");
	}

	#[test]
	fn boundary_of_an_id() {
		assert!(is_id(&"A".repeat(MAX_ID_LEN)));
		assert!(!is_id(&"A".repeat(MAX_ID_LEN + 1)));
		assert!(!is_id("") && !is_id("A\u{1}") && !is_id("A\u{7f}"));
	}
}
