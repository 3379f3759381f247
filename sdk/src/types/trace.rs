// SPDX-License-Identifier: Apache-2.0

use super::{Extra, OrderStatus};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where an order is, and why it waits: the answer of `GET /v1/orders/{id}/trace`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Trace {
	/// The order, its steps included.
	pub order: OrderStatus,
	/// What the next step waits for; absent when all is done.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub waiting: Option<Wait>,
	/// Refusals of packets of its lane since it was placed, oldest first; the last few.
	#[serde(default, skip_serializing_if = "Vec::is_empty")]
	pub refusals: Vec<RefusalCount>,
	/// By whose state its packet was allowed.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub allowed_by: Option<AllowedBy>,
}

/// The block by whose state a packet was allowed: the newest one of the receiver's node when it came, of the sender's when it was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AllowedBy {
	/// Its number.
	pub block: u32,
	/// Its hash: 64 hexadecimal digits.
	pub block_hash: String,
	/// Hash of the final block with that number, where the chain abandoned this one: what the packet was checked against was not in force.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub abandoned_for: Option<String>,
}

/// Refusals of packets of one lane, for one reason, within a few minutes. Each was signed by who refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RefusalCount {
	/// Unix time of the last of them.
	pub at_ms: u64,
	/// Whether the partner refused, and not this node.
	pub by_partner: bool,
	/// Why, as a stable word.
	pub reason: String,
	/// The block by whose state the last was refused.
	pub block: u32,
	/// That block's hash: 64 hexadecimal digits.
	pub block_hash: String,
	/// How many there were.
	pub count: u64,
}

/// Why a lane or an order waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WaitReason {
	/// On its way: sent, no answer yet.
	InFlight,
	/// The partner's node cannot be reached; `detail` says what the last attempt ended with.
	PartnerUnreachable,
	/// The partner's node is busy or its disk is full.
	PartnerBusy,
	/// The chain does not allow the exchange; `detail` is the refusal, a stable word.
	ChannelClosed,
	/// The partner's node refused the packet; `detail` is its signed reason, a stable word.
	PartnerRefused,
	/// The grant's rate limit is used up for the moment.
	RateLimited,
	/// The partner has no courier key that is valid now.
	NoPartnerKey,
	/// Packets before it wait; it goes when they went.
	Queued,
	/// At the issuer, whose business system has not answered.
	IssuerDecision,
	/// Answered; the batch waits for the other side's signature.
	Countersignature,
	/// In a batch that waits for the next anchor.
	NextAnchor,
	/// In an anchor that is not in a block, or in one that is not final.
	Finality,
	/// A reason of a later version.
	#[serde(other)]
	Unknown,
}

impl WaitReason {
	/// The name used in JSON.
	pub const fn as_str(&self) -> &'static str {
		match self {
			WaitReason::InFlight => "in_flight",
			WaitReason::PartnerUnreachable => "partner_unreachable",
			WaitReason::PartnerBusy => "partner_busy",
			WaitReason::ChannelClosed => "channel_closed",
			WaitReason::PartnerRefused => "partner_refused",
			WaitReason::RateLimited => "rate_limited",
			WaitReason::NoPartnerKey => "no_partner_key",
			WaitReason::Queued => "queued",
			WaitReason::IssuerDecision => "issuer_decision",
			WaitReason::Countersignature => "countersignature",
			WaitReason::NextAnchor => "next_anchor",
			WaitReason::Finality => "finality",
			WaitReason::Unknown => "unknown",
		}
	}
}

/// Why something waits, since when, and until when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Wait {
	/// Why, for programs.
	pub reason: WaitReason,
	/// More of it, where there is more.
	#[serde(default, skip_serializing_if = "String::is_empty")]
	pub detail: String,
	/// Unix time since which it waits.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub since_ms: Option<u64>,
	/// Unix time of the next attempt.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub retry_at_ms: Option<u64>,
	/// The block at which this node learned it.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub block: Option<u32>,
	/// Packets that go first.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub packets_ahead: Option<u64>,
	/// Fields that this version does not know; kept.
	#[serde(flatten)]
	#[schema(value_type = BTreeMap<String, serde_json::Value>)]
	pub extra: Extra,
}

impl Wait {
	/// A reason with nothing more to say.
	pub fn new(reason: WaitReason) -> Self {
		Wait {
			reason,
			detail: String::new(),
			since_ms: None,
			retry_at_ms: None,
			block: None,
			packets_ahead: None,
			extra: Extra::new(),
		}
	}
}
