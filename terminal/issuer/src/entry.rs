// SPDX-License-Identifier: Apache-2.0

//! What can be told of an inbox entry without reading all of it.

use sealane_primitives::fields::{reference, MAX_ID_LEN, MAX_REFERENCE_LEN};
use sealane_sdk::types::InboxEntry;
use serde::Deserialize;

fn field(entry: &InboxEntry, name: &str, most: usize) -> Option<String> {
	#[derive(Deserialize)]
	#[serde(transparent)]
	struct Loose(serde_json::Map<String, serde_json::Value>);
	let Loose(fields) = serde_json::from_str(entry.body.get()).ok()?;
	let text = fields.get(name)?.as_str()?;
	reference(text, most).is_ok().then(|| text.to_string())
}

/// The id of an entry, where it has one that can be stored and answered.
pub fn id_of(entry: &InboxEntry) -> Option<String> {
	field(entry, "id", MAX_ID_LEN)
}

/// The customer's reference, where it can be stored.
pub fn customer_of(entry: &InboxEntry) -> Option<String> {
	field(entry, "customer", MAX_REFERENCE_LEN)
}

/// What is wrong, without the value that serde quotes.
pub fn rule_of(error: &serde_json::Error) -> String {
	let message = error.to_string();
	match message.split_once("expected ") {
		Some((_, expected)) => format!("a field has another type than the format: expected {expected}"),
		None => message,
	}
}
