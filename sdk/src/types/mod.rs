// SPDX-License-Identifier: Apache-2.0

//! The JSON types of the HTTP API, one module per resource.
//!
//! Times of the node are Unix milliseconds and end in `_ms`; times that a business system states (such as
//! [`Order::placed_at`]) are RFC 3339 text and are carried as they came. Digests are 64 hexadecimal digits.

mod calendar;
mod channel;
mod confirmation;
mod event;
mod evidence;
mod inbox;
mod lane;
mod order;
mod problem;
mod registration;
mod rules;
mod status;
mod submit;
mod trace;

pub use calendar::*;
pub use channel::*;
pub use confirmation::*;
pub use event::*;
pub use evidence::*;
pub use inbox::*;
pub use lane::*;
pub use order::*;
pub use problem::*;
pub use registration::*;
pub use rules::Broken;
pub use status::*;
pub use submit::*;
pub use trace::*;

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

/// Fields that this version of the types does not know, by name.
pub type Extra = std::collections::BTreeMap<String, serde_json::Value>;

/// A place in the node's log: the first entry that has not been read yet. Opaque: keep it, hand it back, compare it
/// only for equality.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, example = "81932-0")]
pub struct Cursor(pub String);

impl Cursor {
	/// The beginning of the log.
	pub fn start() -> Self {
		Cursor("0-0".into())
	}

	/// The text to keep and hand back.
	pub fn as_str(&self) -> &str {
		&self.0
	}
}

impl From<&str> for Cursor {
	fn from(text: &str) -> Self {
		Cursor(text.into())
	}
}

impl std::fmt::Display for Cursor {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.write_str(&self.0)
	}
}

/// One direction of one channel: packets from the node `from` to the node `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct LaneRef {
	/// Number of the channel.
	pub channel: u32,
	/// Number of the sending node.
	pub from: u32,
	/// Number of the receiving node.
	pub to: u32,
}

/// One entry of one packet: how an answer names what it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct EntryRef {
	/// Number of the channel.
	pub channel: u32,
	/// Number of the sending node.
	pub from: u32,
	/// Number of the receiving node.
	pub to: u32,
	/// The packet's number in its lane, from 0.
	pub sequence: u64,
	/// The entry's place in the packet, from 0.
	pub ordinal: u32,
}

impl EntryRef {
	/// The lane that carried the packet.
	pub fn lane(&self) -> LaneRef {
		LaneRef {
			channel: self.channel,
			from: self.from,
			to: self.to,
		}
	}
}

/// An institution, by number and name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MemberRef {
	/// Its number on the chain.
	pub id: u32,
	/// Its name.
	pub name: String,
}

/// Why something was rejected: a code for programs, a text for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reason {
	/// Stable within the institution that gave it.
	#[schema(example = "LIMIT_EXCEEDED")]
	pub code: String,
	/// A sentence; `null` counts as absent.
	#[serde(
		default,
		deserialize_with = "null_is_absent",
		skip_serializing_if = "String::is_empty"
	)]
	pub text: String,
}

fn null_is_absent<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
	Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
