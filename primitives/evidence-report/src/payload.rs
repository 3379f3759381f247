// SPDX-License-Identifier: Apache-2.0

//! What a party wrote, row by row.

use crate::words::{self, Label};
use alloc::{
	string::{String, ToString},
	vec::Vec,
};
use sealane_verifier::pack::Entry;
use serde_json::Value;

/// Most rows of what a party wrote; what is beyond is in the pack.
pub const MOST_ROWS: usize = 200;

/// One value of an order or a confirmation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
	/// How it is called.
	pub label: Label,
	/// Its value, as it was written.
	pub value: String,
	/// Whether the pack withholds it: what stands as its value is not what was written.
	pub withheld: bool,
}

/// The values of what a party wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows {
	/// Those that people ask for first come first; at most [`MOST_ROWS`].
	pub rows: Vec<Row>,
	/// How many more there are.
	pub more: usize,
}

/// The values of an entry; `None` where it is no JSON object.
pub fn rows(entry: &Entry) -> Option<Rows> {
	let Ok(value @ Value::Object(_)) = serde_json::from_slice(&entry.bytes.0) else {
		return None;
	};
	let mut found = Vec::new();
	flatten(&mut Vec::new(), &value, &mut found);
	found.sort_by_key(|(path, _)| words::place(path));
	let more = found.len().saturating_sub(MOST_ROWS);
	found.truncate(MOST_ROWS);
	let rows = found
		.into_iter()
		.map(|(path, value)| Row {
			label: words::field(&path),
			withheld: matches!(&path[..], [name] if entry.withheld.iter().any(|(part, _)| part.name() == name)),
			value,
		})
		.collect();
	Some(Rows { rows, more })
}

/// Each value that is not made of others, with the names that lead to it.
pub(crate) fn flatten(path: &mut Vec<String>, value: &Value, rows: &mut Vec<(Vec<String>, String)>) {
	match value {
		Value::Object(fields) if !fields.is_empty() => {
			for (field, value) in fields {
				path.push(field.clone());
				flatten(path, value, rows);
				path.pop();
			}
		}
		Value::String(text) => rows.push((path.clone(), text.clone())),
		other => rows.push((path.clone(), other.to_string())),
	}
}
