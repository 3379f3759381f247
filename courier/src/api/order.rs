// SPDX-License-Identifier: Apache-2.0

//! Orders and what became of them.

use super::{BlockRef, LaneId};
use bytes::Bytes;
use sealane_primitives::{
	business::BusinessKind,
	directory::Refusal,
	ids::{AgreementId, AnchorSequence, BlockNumber, ChannelId, Digest, InterfaceId, MemberId, Moment},
};
use std::fmt;

/// How far an order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderStage {
	/// On the seller's disk.
	Accepted,
	/// On the issuer's disk.
	Delivered,
	/// Confirmed by the issuer; `outcome` of the confirmation tells how.
	Confirmed,
	/// Executed in part.
	Partial,
	/// Rejected by the issuer's business system or, with a `technical.` or `clauses.` reason, by its node.
	Rejected,
	/// Its leaf is in a batch whose root both sides signed.
	Hashed,
	/// An anchor with that batch is in a block.
	Anchored,
	/// That block is final.
	Finalised,
}

impl OrderStage {
	/// Name used in JSON.
	pub const fn as_str(self) -> &'static str {
		match self {
			OrderStage::Accepted => "accepted",
			OrderStage::Delivered => "delivered",
			OrderStage::Confirmed => "confirmed",
			OrderStage::Partial => "partial",
			OrderStage::Rejected => "rejected",
			OrderStage::Hashed => "hashed",
			OrderStage::Anchored => "anchored",
			OrderStage::Finalised => "finalised",
		}
	}
}

impl fmt::Display for OrderStage {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(self.as_str())
	}
}

/// How a confirmation ends an order.
#[derive(
	Clone, Copy, Debug, PartialEq, Eq, Hash, codec::Encode, codec::Decode, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
	/// Executed in full.
	Accepted,
	/// Not executed.
	Rejected,
	/// Executed in part.
	Partial,
}

impl Outcome {
	/// The stage of an order with this outcome.
	pub const fn stage(self) -> OrderStage {
		match self {
			Outcome::Accepted => OrderStage::Confirmed,
			Outcome::Rejected => OrderStage::Rejected,
			Outcome::Partial => OrderStage::Partial,
		}
	}
}

/// One step of an order's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Step {
	/// What was reached.
	pub stage: OrderStage,
	/// When, Unix time in milliseconds.
	pub at: Moment,
	/// At which block, where the step is one on chain.
	pub block: Option<BlockNumber>,
}

/// An answer of the issuer, as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfirmationState {
	/// The bytes as received.
	pub bytes: Bytes,
	/// The outcome inside them.
	pub outcome: Outcome,
	/// Lane of the packet that carries it.
	pub lane: LaneId,
	/// Sequence of that packet in its lane.
	pub sequence: u64,
	/// Entry in that packet.
	pub ordinal: u32,
	/// Made by the issuer's node itself, without the issuer's business system.
	pub technical: bool,
}

/// The batch that an order's leaf is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchState {
	/// Root over the leaves.
	pub root: Digest,
	/// Number of leaves.
	pub count: u32,
	/// Index of the order's leaf.
	pub index: u32,
	/// Whether both sides signed the root.
	pub signed_by_both: bool,
	/// The two sides computed different roots.
	pub disputed: bool,
}

/// The anchor that a batch is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct AnchorState {
	/// The node's number of the anchor.
	pub sequence: AnchorSequence,
	/// Its root.
	pub root: Digest,
	/// Block in which it is, once it is in one.
	pub block: Option<BlockNumber>,
	/// Whether that block is final.
	pub finalised: bool,
}

/// An order or a registration, and all that this node knows about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderState {
	/// The seller's id.
	pub id: String,
	/// Its kind.
	pub kind: BusinessKind,
	/// The seller.
	pub seller: MemberId,
	/// The bytes as received.
	pub bytes: Bytes,
	/// Channel.
	pub channel: ChannelId,
	/// Interface of the issuer.
	pub interface: InterfaceId,
	/// Lane of the packet that carries it.
	pub lane: LaneId,
	/// Sequence of that packet in its lane.
	pub sequence: u64,
	/// Entry in that packet.
	pub ordinal: u32,
	/// Clause version stamped on it.
	pub clause_version: AgreementId,
	/// How far it is.
	pub stage: OrderStage,
	/// The steps so far, oldest first.
	pub steps: Vec<Step>,
	/// The answer, once there is one.
	pub confirmation: Option<ConfirmationState>,
	/// The batch, once there is one.
	pub batch: Option<BatchState>,
	/// The anchor of this node, once there is one.
	pub anchor: Option<AnchorState>,
}

/// Why something waits.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case", tag = "reason")]
pub enum Waiting {
	/// On its way: sent, no answer yet.
	InFlight {
		/// First sent, Unix milliseconds.
		since: Moment,
	},
	/// The partner's node cannot be reached.
	PartnerUnreachable {
		/// Since when, Unix milliseconds.
		since: Moment,
		/// What the last attempt ended with.
		error: String,
		/// Next attempt, Unix milliseconds.
		retry_at: Moment,
	},
	/// The partner's node is busy or its disk is full.
	PartnerBusy {
		/// Next attempt, Unix milliseconds.
		retry_at: Moment,
	},
	/// The chain does not allow the exchange.
	ChannelClosed {
		/// Why.
		refusal: Refusal,
		/// Block at which this node learned it.
		at: BlockNumber,
	},
	/// The partner's node refused the packet.
	PartnerRefused {
		/// Its signed reason.
		code: String,
		/// When, Unix milliseconds.
		at: Moment,
		/// Next attempt, Unix milliseconds.
		retry_at: Moment,
	},
	/// The grant's rate limit is used up for the moment.
	RateLimited {
		/// Next attempt, Unix milliseconds.
		retry_at: Moment,
	},
	/// The partner has no courier key that is valid now.
	NoPartnerKey,
	/// Packets before it wait; it goes when they went.
	Queued {
		/// How many packets are ahead.
		packets_ahead: u64,
	},
	/// At the issuer, whose business system has not answered.
	IssuerDecision {
		/// Delivered, Unix milliseconds.
		since: Moment,
	},
	/// Answered; the batch waits for the other side's signature.
	Countersignature,
	/// In a batch that waits for the next anchor.
	NextAnchor,
	/// In an anchor that is not in a block, or in one that is not final.
	Finality,
}

/// Where an order is and why it waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
	/// The order.
	pub order: OrderState,
	/// What the next step waits for; `None` when all is done.
	pub waiting: Option<Waiting>,
	/// Refusals of packets of its lane since it was placed, oldest first; the last few.
	pub refusals: Vec<RefusalState>,
	/// By whose state its packet was allowed: at the receiver when it came, at the sender when it was made.
	pub allowed_by: BlockRef,
	/// Hash of the block that the chain has instead of that one, where it abandoned it.
	pub instead: Option<Digest>,
}

/// Refusals of packets of one lane, for one reason, within a few minutes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusalState {
	/// When the last of them was, Unix milliseconds.
	pub at: Moment,
	/// The partner refused packets of this node; else this node the partner's.
	pub by_partner: bool,
	/// The signed reason.
	pub code: &'static str,
	/// The block by whose state the first was refused.
	pub first: BlockRef,
	/// The same of the last.
	pub last: BlockRef,
	/// How many there were.
	pub count: u64,
}
