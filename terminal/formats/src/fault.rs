// SPDX-License-Identifier: Apache-2.0

//! What is wrong with a file, a field or a value.

use std::fmt;

/// Longest value that a fault repeats, in characters.
const SHOWN: usize = 80;

/// One thing that is wrong, with everything that a person needs to find it.
#[derive(Clone, Debug, Default, PartialEq, Eq, thiserror::Error, serde::Serialize)]
pub struct Fault {
	/// Name of the file, where one is known.
	pub file: Option<String>,
	/// The record, from 1; `None` in header and trailer.
	pub record: Option<u64>,
	/// The field or the line of the frame, in words.
	pub field: String,
	/// Offset of the first byte of the field in the file, from 0.
	pub byte: Option<u64>,
	/// The value, cut to 80 characters, without control characters.
	pub value: String,
	/// The rule that it breaks.
	pub rule: String,
}

impl Fault {
	/// A fault of a field with these bytes of a file, without a place.
	pub fn new(field: impl Into<String>, value: &[u8], rule: impl Into<String>) -> Self {
		Self::told(field, encoding_rs::GB18030.decode_without_bom_handling(value).0, rule)
	}

	/// A fault of a field with this text, without a place.
	pub fn told(field: impl Into<String>, value: impl AsRef<str>, rule: impl Into<String>) -> Self {
		Fault {
			field: field.into(),
			value: shown(value.as_ref()),
			rule: rule.into(),
			..Fault::default()
		}
	}

	/// The same in this record.
	pub fn in_record(mut self, record: u64) -> Self {
		self.record = Some(record);
		self
	}

	/// The same at this byte of the file.
	pub fn at(mut self, byte: u64) -> Self {
		self.byte = Some(byte);
		self
	}

	/// The same in this file.
	pub fn in_file(mut self, file: &str) -> Self {
		self.file = Some(file.into());
		self
	}
}

/// A value as a message shows it.
fn shown(text: &str) -> String {
	let mut shown: String = text
		.chars()
		.take(SHOWN)
		.map(|char| if char.is_control() { '\u{fffd}' } else { char })
		.collect();
	if text.chars().nth(SHOWN).is_some() {
		shown.push('…');
	}
	shown
}

impl fmt::Display for Fault {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		if let Some(file) = &self.file {
			write!(f, "{file}: ")?;
		}
		if let Some(record) = self.record {
			write!(f, "record {record}, ")?;
		}
		write!(f, "{}", self.field)?;
		if let Some(byte) = self.byte {
			write!(f, " at byte {byte}")?;
		}
		write!(f, ": {:?}: {}", self.value, self.rule)
	}
}

/// A fault, or a file that cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
	/// What stands in the file.
	#[error(transparent)]
	Fault(#[from] Fault),
	/// The file itself.
	#[error("{what}: {source}")]
	Io {
		/// What was tried.
		what: String,
		/// Why it failed.
		source: std::io::Error,
	},
}

impl Error {
	/// An input or output error with what was tried.
	pub fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Error {
		let what = what.into();
		move |source| Error::Io { what, source }
	}

	/// The fault, where it is one.
	pub fn fault(&self) -> Option<&Fault> {
		match self {
			Error::Fault(fault) => Some(fault),
			Error::Io { .. } => None,
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_value_is_shown_as_it_reads_wherever_it_comes_from() {
		let (bytes, ..) = encoding_rs::GB18030.encode("联通\u{20bb7}");
		assert_eq!(Fault::new("f", &bytes, "r").value, "联通\u{20bb7}");
		assert_eq!(Fault::told("f", "联通\u{20bb7}", "r").value, "联通\u{20bb7}");
		assert_eq!(Fault::told("f", "a\tb", "r").value, "a\u{fffd}b");
		assert_eq!(Fault::told("f", "长".repeat(90), "r").value.chars().count(), SHOWN + 1);
	}
}
