// SPDX-License-Identifier: Apache-2.0

use super::{Confirmation, Cursor, Extra, LaneRef, RegistrationResult};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
	/// An order was answered: `confirmation`, `technical`; `lane`, `sequence`, `ordinal` name the order.
	Confirmed,
	/// A registration was answered: `result`, `technical`; `lane`, `sequence`, `ordinal` name the registration.
	Registered,
	/// Packets are on the partner's disk: `lane`, `sequence` (the first), `last_sequence`.
	Delivered,
	/// A lane was closed: `lane`, `reason`, `block`.
	LaneClosed,
	/// A lane was opened again: `lane`, `block`.
	LaneReopened,
	/// One side refused packets of the other, signed: `lane`, `sequence` (the first), `reason`, `block` and `block_hash` (by whose state), `count`,
	/// `by_partner`. Told at the first, and where more followed once more, some minutes later.
	Refused,
	/// Packets of a partner were allowed by the state of a block that the chain abandoned: `lane`, `sequence` (the first), `last_sequence`, `block`,
	/// `block_hash`. They stay stored.
	BlockAbandoned,
	/// The two sides computed different roots for a batch: `lane`, `sequence` of the confirmation packet.
	BatchDisputed,
	/// The partner has a batch and did not attest it: `lane`, `sequence` of the confirmation packet, `reason`. It is asked again.
	BatchUnsigned,
	/// The partner attests a batch that it did not attest before: `lane`, `sequence` of the confirmation packet.
	BatchCompleted,
	/// An anchor of this node was cut: `anchor`, `root`, `count` batches.
	AnchorCut,
	/// An anchor of this node is final: `anchor`, `block`.
	AnchorFinalised,
	/// A kind of a later version.
	#[serde(other)]
	Unknown,
}

impl EventKind {
	/// The name used in JSON and as the `event` of the stream.
	pub const fn as_str(self) -> &'static str {
		match self {
			EventKind::Confirmed => "confirmed",
			EventKind::Registered => "registered",
			EventKind::Delivered => "delivered",
			EventKind::LaneClosed => "lane_closed",
			EventKind::LaneReopened => "lane_reopened",
			EventKind::Refused => "refused",
			EventKind::BlockAbandoned => "block_abandoned",
			EventKind::BatchDisputed => "batch_disputed",
			EventKind::BatchUnsigned => "batch_unsigned",
			EventKind::BatchCompleted => "batch_completed",
			EventKind::AnchorCut => "anchor_cut",
			EventKind::AnchorFinalised => "anchor_finalised",
			EventKind::Unknown => "unknown",
		}
	}
}

/// Something that happened on the node, read from its log.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Event {
	/// Where to go on after this event.
	pub cursor: Cursor,
	/// What happened.
	pub kind: EventKind,
	/// Unix time at which the node stored it.
	pub at_ms: u64,
	/// The lane.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub lane: Option<LaneRef>,
	/// The packet's number in that lane.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub sequence: Option<u64>,
	/// The last packet of several.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub last_sequence: Option<u64>,
	/// The entry in that packet.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub ordinal: Option<u32>,
	/// How many batches an anchor holds, or how many refusals there were.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub count: Option<u32>,
	/// Made by the issuer's node itself, without the issuer's business system.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub technical: Option<bool>,
	/// The confirmation, byte for byte as it came.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	#[schema(value_type = Option<Confirmation>)]
	pub confirmation: Option<Box<RawValue>>,
	/// The registration's result, byte for byte as it came.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	#[schema(value_type = Option<RegistrationResult>)]
	pub result: Option<Box<RawValue>>,
	/// Number of this node's anchor.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub anchor: Option<u64>,
	/// The block.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub block: Option<u32>,
	/// The block's hash: 64 hexadecimal digits.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub block_hash: Option<String>,
	/// Whether the partner refused, and not this node.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub by_partner: Option<bool>,
	/// The anchor's root: 64 hexadecimal digits.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub root: Option<String>,
	/// Why, as a stable word.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub reason: Option<String>,
	/// Fields that this version does not know; kept.
	#[serde(flatten)]
	#[schema(value_type = BTreeMap<String, serde_json::Value>)]
	pub extra: Extra,
}

impl Event {
	/// An event with nothing but its kind and time.
	pub fn new(cursor: Cursor, kind: EventKind, at_ms: u64) -> Self {
		Event {
			cursor,
			kind,
			at_ms,
			lane: None,
			sequence: None,
			count: None,
			last_sequence: None,
			ordinal: None,
			technical: None,
			confirmation: None,
			result: None,
			anchor: None,
			block: None,
			block_hash: None,
			by_partner: None,
			root: None,
			reason: None,
			extra: Extra::new(),
		}
	}

	/// The confirmation that the event carries, read.
	pub fn read_confirmation(&self) -> Option<serde_json::Result<Confirmation>> {
		self.confirmation.as_ref().map(|raw| serde_json::from_str(raw.get()))
	}

	/// The registration's result that the event carries, read.
	pub fn read_result(&self) -> Option<serde_json::Result<RegistrationResult>> {
		self.result.as_ref().map(|raw| serde_json::from_str(raw.get()))
	}
}

/// A page of events.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct EventPage {
	/// The events, oldest first.
	pub events: Vec<Event>,
	/// Where the next page begins. Ask with it again even after an empty page.
	pub next: Cursor,
	/// Whether the page reached the end of the log.
	pub at_end: bool,
}
