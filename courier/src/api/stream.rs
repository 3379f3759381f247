// SPDX-License-Identifier: Apache-2.0

//! What is read from the log with a cursor: events and the issuer's inbox.

use super::{BlockRef, Cursor, LaneId, RefusalState};
use bytes::Bytes;
use sealane_primitives::{
	directory::Refusal,
	ids::{AgreementId, AnchorSequence, BlockNumber, ChannelId, Digest, InterfaceId, MemberId, Moment},
};

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
	/// One side refused packets of the other: once at the first, and when there were more, once more a few minutes later.
	Refused {
		/// The lane.
		lane: LaneId,
		/// First packet that was refused.
		sequence: u64,
		/// What is known of the refusals.
		what: RefusalState,
	},
	/// Packets of a partner were allowed by the state of a block that the chain abandoned.
	BlockAbandoned {
		/// The lane.
		lane: LaneId,
		/// First packet.
		first_sequence: u64,
		/// Last packet.
		last_sequence: u64,
		/// The block.
		block: BlockRef,
	},
	/// The two sides computed different roots for a batch.
	BatchDisputed {
		/// Lane of the confirmation packet.
		lane: LaneId,
		/// Its sequence.
		sequence: u64,
	},
	/// The partner has a batch of this node and did not attest it (issuer's node).
	BatchUnsigned {
		/// Lane of the confirmation packet.
		lane: LaneId,
		/// Its sequence.
		sequence: u64,
		/// Why, as a stable word: `withheld`, `forged`, `other_branch`, `not_final_yet` or `key_ended`.
		reason: &'static str,
	},
	/// The partner attests a batch of this node that it did not attest before (issuer's node).
	BatchCompleted {
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
