// SPDX-License-Identifier: Apache-2.0

use super::{Cursor, EntryRef, Extra};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// What an inbox entry holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InboxKind {
	/// An order, cancellations included.
	Order,
	/// A customer's registration.
	Registration,
}

/// An order or registration that came to an issuer's node and wants an answer.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct InboxEntry {
	/// Where to go on after this entry.
	pub cursor: Cursor,
	/// What it holds.
	pub kind: InboxKind,
	/// The seller's number on the chain.
	pub seller: u32,
	/// The channel over which it came.
	pub channel: u32,
	/// The interface it came in by.
	pub interface: String,
	/// The agreement that it is stamped with; 0 where none was agreed.
	pub clause_version: u32,
	/// The packet and entry that carry it.
	pub entry: EntryRef,
	/// Unix time at which this node stored it.
	pub received_at_ms: u64,
	/// Whether it was answered already.
	#[serde(default)]
	pub answered: bool,
	/// The order or registration, byte for byte as the seller sent it.
	#[schema(value_type = Object)]
	pub body: Box<RawValue>,
	/// Fields that this version does not know; kept.
	#[serde(flatten)]
	#[schema(value_type = BTreeMap<String, serde_json::Value>)]
	pub extra: Extra,
}

/// A page of the inbox.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct InboxPage {
	/// The entries, oldest first.
	pub entries: Vec<InboxEntry>,
	/// Where the next page begins. Ask with it again even after an empty page.
	pub next: Cursor,
	/// Whether the page reached the end of the log.
	pub at_end: bool,
}
