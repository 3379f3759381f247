// SPDX-License-Identifier: Apache-2.0

use super::Cursor;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The answer to every POST that carries many entries. Entries that are neither refused nor repeated are on
/// the node's disk when it comes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SubmitReport {
	/// Entries in the request, empty lines not counted.
	pub received: u32,
	/// Entries that are on disk now and were not before.
	pub accepted: u32,
	/// Entries that repeat an earlier one byte for byte; they take effect once.
	pub repeated: u32,
	/// Entries that were refused; each stands in `refused_entries`.
	pub refused: u32,
	/// Packets that the accepted entries were put in; they may hold entries of other requests too.
	#[serde(default)]
	pub packets: u32,
	/// Where the log ends behind the accepted entries.
	pub log_end: Cursor,
	/// The refused entries, in the order of the request.
	#[serde(default, skip_serializing_if = "Vec::is_empty")]
	pub refused_entries: Vec<RefusedEntry>,
}

/// One entry that was refused; the others of its request went on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RefusedEntry {
	/// Line of the request (NDJSON) or place in its array, from 1.
	pub line: u32,
	/// The entry's id, where it could be read.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub id: Option<String>,
	/// Stable code of the rule that it broke.
	#[schema(example = "order_id_reused")]
	pub code: String,
	/// The field at fault; absent where it is the whole entry.
	#[serde(default, skip_serializing_if = "String::is_empty")]
	pub field: String,
	/// The value at fault, cut to 64 characters.
	#[serde(default, skip_serializing_if = "String::is_empty")]
	pub value: String,
	/// The rule that the value breaks.
	pub rule: String,
}

impl std::fmt::Display for RefusedEntry {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		write!(f, "line {}: {}: ", self.line, self.code)?;
		if !self.field.is_empty() {
			write!(f, "`{}` ", self.field)?;
		}
		if !self.value.is_empty() {
			write!(f, "is `{}`; ", self.value)?;
		}
		f.write_str(&self.rule)
	}
}
