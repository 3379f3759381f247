// SPDX-License-Identifier: Apache-2.0

//! What a [`crate::Handle`] takes and gives. No type here holds a lock or touches a disk.

use bytes::Bytes;
use sealane_primitives::{
	business::{BusinessKind, BusinessKinds},
	directory::{AgreementEntry, Authorisation, ProductEntry, Refusal, Scope},
	ids::{AgreementId, AnchorSequence, BlockNumber, ChannelId, Digest, InterfaceId, MemberId, Moment, NodeId},
};
use std::{borrow::Cow, fmt, str::FromStr};

/// One direction of one channel between two nodes.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Hash,
	codec::Encode,
	codec::Decode,
	serde::Serialize,
	serde::Deserialize,
)]
pub struct LaneId {
	/// The channel.
	pub channel: ChannelId,
	/// The node that sends.
	pub from: NodeId,
	/// The node that receives.
	pub to: NodeId,
}

impl LaneId {
	/// The lane of the same channel in the other direction.
	pub fn opposite(self) -> Self {
		LaneId { channel: self.channel, from: self.to, to: self.from }
	}
}

impl fmt::Display for LaneId {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{}:{}>{}", self.channel, self.from, self.to)
	}
}

/// A place in the node's log: the cursor of the event stream and of the inbox.
///
/// Written `<position>-<entry>`. The zero cursor is the beginning. A cursor names the first entry that has *not* been
/// read yet, so handing it back goes on without a gap and without a repeat.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cursor {
	/// Position of a record in the log, in bytes.
	pub position: u64,
	/// Entry inside that record, from 0.
	pub entry: u32,
}

impl fmt::Display for Cursor {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{}-{}", self.position, self.entry)
	}
}

/// A cursor that does not read `<position>-<entry>`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cursor `{0}` is not of the form <position>-<entry>, two decimal numbers")]
pub struct CursorError(pub String);

impl FromStr for Cursor {
	type Err = CursorError;

	fn from_str(text: &str) -> Result<Self, CursorError> {
		let error = || CursorError(text.chars().take(64).collect());
		let (position, entry) = text.split_once('-').ok_or_else(error)?;
		if position.starts_with('+') || entry.starts_with('+') {
			return Err(error());
		}
		Ok(Cursor { position: position.parse().map_err(|_| error())?, entry: entry.parse().map_err(|_| error())? })
	}
}

/// What makes a repeated request recognisable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey {
	/// The client's key, 1 to 128 bytes.
	pub key: String,
	/// SHA-256 of the request's body.
	pub body_digest: Digest,
}

/// Why one line of a submission was refused. Stable codes, for people and programs.
#[derive(Clone, Debug, PartialEq, Eq, codec::Encode, codec::Decode, serde::Serialize)]
pub struct Problem {
	/// Stable code, e.g. `order_id_reused`.
	pub code: Cow<'static, str>,
	/// The field at fault; empty where it is the whole line.
	pub field: Cow<'static, str>,
	/// The value at fault, cut to 64 characters; empty where there is none.
	pub value: String,
	/// The rule that the value breaks.
	pub rule: Cow<'static, str>,
}

impl fmt::Display for Problem {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{}: ", self.code)?;
		if !self.field.is_empty() {
			write!(f, "`{}` ", self.field)?;
		}
		if !self.value.is_empty() {
			write!(f, "is `{}`; ", self.value)?;
		}
		f.write_str(&self.rule)
	}
}

/// What became of a submission. Everything accepted is on this node's disk.
#[derive(Clone, Debug, Default, PartialEq, Eq, codec::Encode, codec::Decode, serde::Serialize)]
pub struct SubmitReport {
	/// Lines accepted now.
	pub accepted: u32,
	/// Lines that were accepted before with the same bytes.
	pub repeated: u32,
	/// Lines that were refused: index of the line and why.
	pub refused: Vec<(u32, Problem)>,
	/// Packets that the accepted lines went into. A packet may hold lines of other submissions too.
	pub packets: u32,
	/// Position of the log behind the submission, in bytes.
	pub position: u64,
}

/// Why nothing of a submission was taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubmitError {
	/// The key was used with another body.
	#[error("idempotency key `{key}` was used before with another body")]
	IdempotencyConflict {
		/// The key.
		key: String,
	},
	/// The key is empty or too long.
	#[error("idempotency key has {len} bytes; 1 to {max} are allowed")]
	IdempotencyKeyInvalid {
		/// Its length in bytes.
		len: usize,
		/// The most.
		max: usize,
	},
	/// The queue to the disk is full; try again.
	#[error("the queue to the disk is full; try again in {retry_after_ms} ms")]
	Busy {
		/// When to try again, in milliseconds.
		retry_after_ms: u32,
	},
	/// The disk, or the share of it that the courier may use, is full.
	#[error("the disk that holds the log is full")]
	StoreFull,
	/// This node is not registered, or its member is not active.
	#[error("this node belongs to no active member of the consortium")]
	NotAMember,
	/// The node has not seen a block with its own registration yet.
	#[error("the node does not know the chain's state yet; try again")]
	NotReady,
	/// More lines or bytes than one submission may have.
	#[error("submission has {value} {what}; at most {max} are allowed")]
	TooLarge {
		/// `lines` or `bytes`.
		what: &'static str,
		/// How many.
		value: u64,
		/// The most.
		max: u64,
	},
	/// A range lies outside the body.
	#[error("line {line} lies outside the body")]
	LineOutOfBody {
		/// Index of the line.
		line: u32,
	},
	/// The disk failed; nothing of the submission is promised.
	#[error("the log could not be written: {0}")]
	Store(String),
	/// The courier is shutting down.
	#[error("the courier is shutting down")]
	Closed,
}

/// Why a read failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
	/// The log could not be read at this place; file and offset are in the text.
	#[error("the log could not be read: {0}")]
	Store(String),
	/// The cursor lies behind the end of the log or inside a record.
	#[error("cursor {0} is not a place in this node's log")]
	CursorUnknown(Cursor),
}

/// Why an order could not be cancelled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CancelError {
	/// No order with this id.
	#[error("there is no order `{0}`")]
	NotFound(String),
	/// The order is confirmed (or rejected) already.
	#[error("order `{id}` is {state} already")]
	AlreadyConfirmed {
		/// The order.
		id: String,
		/// What it is.
		state: OrderStage,
	},
	/// The order is a cancellation or a registration.
	#[error("order `{id}` is of kind {kind}, which cannot be cancelled")]
	NotCancellable {
		/// The order.
		id: String,
		/// Its kind.
		kind: &'static str,
	},
	/// The cancellation order was refused.
	#[error("the cancellation was refused: {0}")]
	Refused(Problem),
	/// It could not be submitted.
	#[error(transparent)]
	Submit(#[from] SubmitError),
	/// The order could not be read.
	#[error(transparent)]
	Read(#[from] ReadError),
}

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
}

/// Something that happened, read from the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
	/// The cursor behind this event: hand it back to go on after it.
	pub cursor: Cursor,
	/// When, Unix milliseconds.
	pub at: Moment,
	/// What.
	pub what: EventKind,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventKind {
	/// An order was answered (seller's node).
	Confirmed {
		/// The confirmation's bytes; `order` inside names the order.
		confirmation: Bytes,
		/// The channel.
		channel: ChannelId,
		/// The lane of the *order*.
		lane: LaneId,
		/// Sequence of the order's packet.
		sequence: u64,
		/// Entry of the order in its packet.
		ordinal: u32,
		/// Made by the issuer's node itself.
		technical: bool,
	},
	/// A registration was answered (seller's node).
	Registered {
		/// The result's bytes; `order` inside names the registration.
		result: Bytes,
		/// The channel.
		channel: ChannelId,
		/// The lane of the registration.
		lane: LaneId,
		/// Sequence of the registration's packet.
		sequence: u64,
		/// Entry of the registration in its packet.
		ordinal: u32,
		/// Made by the issuer's node itself.
		technical: bool,
	},
	/// Packets are on the partner's disk.
	Delivered {
		/// The lane.
		lane: LaneId,
		/// First packet.
		first_sequence: u64,
		/// Last packet.
		last_sequence: u64,
	},
	/// A lane was closed.
	LaneClosed {
		/// The lane.
		lane: LaneId,
		/// Why.
		refusal: Refusal,
		/// Block.
		at: BlockNumber,
	},
	/// A lane was opened again.
	LaneReopened {
		/// The lane.
		lane: LaneId,
		/// Block.
		at: BlockNumber,
	},
	/// The two sides computed different roots for a batch.
	BatchDisputed {
		/// Lane of the confirmation packet.
		lane: LaneId,
		/// Its sequence.
		sequence: u64,
	},
	/// An anchor of this node was cut.
	AnchorCut {
		/// Number.
		sequence: AnchorSequence,
		/// Root.
		root: Digest,
		/// Number of batches in it.
		batches: u32,
	},
	/// An anchor of this node is final.
	AnchorFinalised {
		/// Number.
		sequence: AnchorSequence,
		/// Block in which it is.
		block: BlockNumber,
	},
}

/// A page of events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventPage {
	/// Oldest first.
	pub events: Vec<Event>,
	/// Where to go on.
	pub next: Cursor,
	/// Whether the page reached the end of the log.
	pub at_end: bool,
}

/// Something that the issuer's business system has to decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxEntry {
	/// The cursor behind this entry: hand it back to go on after it.
	pub cursor: Cursor,
	/// The order's or registration's bytes, as the seller submitted them.
	pub bytes: Bytes,
	/// A registration rather than an order.
	pub registration: bool,
	/// The channel.
	pub channel: ChannelId,
	/// The seller.
	pub seller: MemberId,
	/// The interface it came in by.
	pub interface: InterfaceId,
	/// Clause version stamped on it.
	pub clause_version: AgreementId,
	/// Lane of the packet.
	pub lane: LaneId,
	/// Sequence of the packet.
	pub sequence: u64,
	/// Entry in the packet.
	pub ordinal: u32,
	/// When it reached this node's disk, Unix milliseconds.
	pub received_at: Moment,
	/// Whether it was answered already.
	pub answered: bool,
}

/// A page of the inbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxPage {
	/// Oldest first.
	pub entries: Vec<InboxEntry>,
	/// Where to go on.
	pub next: Cursor,
	/// Whether the page reached the end of the log.
	pub at_end: bool,
}

/// A channel of this node's member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelView {
	/// Its number.
	pub id: ChannelId,
	/// The seller.
	pub seller: MemberId,
	/// The issuer.
	pub issuer: MemberId,
	/// The other party's number.
	pub partner: MemberId,
	/// The other party's name.
	pub partner_name: String,
	/// What is allowed at the newest block.
	pub authorisation: Result<Authorisation, Refusal>,
	/// The issuer's interfaces with the node that serves each.
	pub interfaces: Vec<(InterfaceId, NodeId)>,
	/// The issuer's products.
	pub products: Vec<ProductEntry>,
	/// The agreements in force: number, scope, version.
	pub agreements: Vec<(AgreementId, Scope, u32)>,
}

/// A lane, and how it is doing.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct LaneStatus {
	/// The lane.
	pub lane: LaneId,
	/// This node sends on it; otherwise it receives.
	pub outgoing: bool,
	/// Packets made or received so far.
	pub packets: u64,
	/// Packets on the receiver's disk.
	pub delivered: u64,
	/// Packets sent and not answered.
	pub in_flight: u32,
	/// Unix time in milliseconds since which the oldest undelivered packet waits.
	pub waiting_since: Option<Moment>,
	/// Why it waits.
	pub waiting: Option<Waiting>,
	/// Last receipt given or got, Unix milliseconds.
	pub last_receipt_at: Option<Moment>,
}

/// Clauses in force for a product or a product type over one channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClausesView {
	/// The channel.
	pub channel: ChannelId,
	/// Seller of the channel.
	pub seller: MemberId,
	/// Issuer of the channel.
	pub issuer: MemberId,
	/// The agreement that holds; `None` where nothing is agreed (`clause_version` 0).
	pub agreement: Option<AgreementEntry>,
	/// The block for which this is the answer.
	pub at: BlockNumber,
}

/// What clauses are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClauseQuery {
	/// A product's id.
	Product(String),
	/// A product type.
	ProductType(String),
}

/// The node as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
	/// This node's PeerId, multihash bytes.
	pub peer: Vec<u8>,
	/// The number of this node on the chain, once registered.
	pub node: Option<NodeId>,
	/// The member that runs it.
	pub member: Option<MemberId>,
	/// The member's name.
	pub member_name: Option<String>,
	/// Newest block that the courier knows.
	pub block: BlockNumber,
	/// Hash of the genesis block.
	pub genesis: Digest,
	/// End of the log.
	pub tail: Cursor,
	/// Bytes of the log on disk.
	pub log_bytes: u64,
	/// Orders known by id.
	pub indexed: u64,
	/// New orders are refused because the disk is full.
	pub store_full: bool,
	/// Batches that wait for an anchor.
	pub batches_unanchored: u64,
	/// Anchors that are not final.
	pub anchors_open: u32,
	/// Public courier keys in the key file: (signing, sealing).
	pub keys: Vec<(Digest, Digest)>,
	/// Whether a key of the file is valid on chain at the newest block.
	pub keys_valid: bool,
	/// The sender skips its own authorisation; only for conformance tests.
	pub unchecked_sender: bool,
}

/// A registration outcome's kinds that a grant must allow.
pub const REGISTRATION_KINDS: BusinessKinds = BusinessKinds(1 << (BusinessKind::Registration as u16));
