// SPDX-License-Identifier: Apache-2.0

//! What the log's writer thread is given.

use super::{copies::Repetition, write::WriteError};
use crate::{
	api::{BlockRef, IdempotencyKey, LaneId, SubmitError, SubmitReport},
	budget::Share,
	chain::Target,
	protocol::{EntryRef, Packet, PacketKind},
	records::{self, PacketView},
	store::Key,
	stores::{Regained, StoreSeen, TakenOver},
};
use bytes::Bytes;
use sealane_primitives::{
	business::BusinessKind,
	ids::{AgreementId, Digest},
};
use std::sync::Arc;
use tokio::sync::oneshot;

/// One line of a submission, framed in the body of its part.
#[derive(Clone, Copy, Debug)]
pub struct PartEntry {
	/// Index of the line in the submission.
	pub line: u32,
	/// Where its prefix starts in the part's body.
	pub start: u32,
	/// Where its bytes end.
	pub end: u32,
	/// Orders: hash of the id.
	pub key: Option<Key>,
	/// Its kind of business.
	pub kind: BusinessKind,
	/// Orders: clause version.
	pub version: AgreementId,
	/// Answers: index of the answered packet in the part's views.
	pub view: u32,
	/// Answers: the answered entry of that packet.
	pub ordinal: u32,
}

/// The lines of a submission that go the same way.
#[derive(Debug)]
pub struct Part {
	/// Where.
	pub target: Target,
	/// As what.
	pub kind: PacketKind,
	/// The lines, framed.
	pub body: Bytes,
	/// The lines.
	pub entries: Vec<PartEntry>,
	/// Answers: the packets that are answered.
	pub views: Vec<Arc<PacketView>>,
	/// Orders: packets with lower numbers were searched for their ids, in vain.
	pub searched: u64,
}

/// How a submission is answered.
pub type SubmitReply = oneshot::Sender<Result<SubmitReport, SubmitError>>;

/// Lines from this node's business system.
#[derive(Debug)]
pub struct Lines {
	/// By where they go.
	pub parts: Vec<Part>,
	/// What is known already: refused and repeated lines.
	pub report: SubmitReport,
	/// Key of the request.
	pub idempotency: Option<IdempotencyKey>,
	/// To the caller.
	pub reply: SubmitReply,
}

/// An order that this node rejects itself.
#[derive(Clone, Debug)]
pub struct Rejection {
	/// The entry.
	pub ordinal: u32,
	/// What is answered.
	pub line: Vec<u8>,
}

/// A packet of a partner, opened and checked.
#[derive(Debug)]
pub struct InboundPacket {
	/// The packet; its trailer has the clause versions.
	pub view: Arc<PacketView>,
	/// Orders: hash of the id of each entry; `None` where it could not be read, or belongs to an earlier order.
	pub keys: Vec<Option<Key>>,
	/// Orders: packets with lower numbers were searched for their ids.
	pub searched: u64,
	/// Orders that came before with the same bytes, by ordinal.
	pub repetitions: Vec<Repetition>,
	/// Orders that are rejected whatever else is found, by ordinal.
	pub rejections: Vec<Rejection>,
	/// Answers: entries that do not match what they answer, in ascending order.
	pub mismatched: Vec<u32>,
	/// Answers: the core of the batch is what this node would have made of it.
	pub core_matches: bool,
	/// Answers: some answer what this node never sent.
	pub unsent: bool,
}

impl InboundPacket {
	/// About what storing the packet and what this node says to it takes in the log, in bytes.
	pub fn cost(&self) -> usize {
		let trailer = 256 + 8 * self.view.trailer.versions.len() + 8 * (self.rejections.len() + self.mismatched.len());
		let answers: usize = self.rejections.iter().map(|r| r.line.len() + 16).sum();
		self.view.packet.bytes.len() + trailer + answers
	}

	/// Bytes of it that have no effect, with what this node says to them.
	pub fn rejected_bytes(&self) -> usize {
		let entry = |ordinal: u32| self.view.entry(ordinal).map_or(0, <[u8]>::len);
		let rejected: usize = self
			.rejections
			.iter()
			.map(|r| entry(r.ordinal) + r.line.len() + 20)
			.sum();
		let repeated: usize = self.repetitions.iter().map(|r| 2 * entry(r.ordinal) + 40).sum();
		rejected + repeated
	}
}

/// The new packets of one envelope.
#[derive(Debug)]
pub struct Inbound {
	/// The lane.
	pub lane: LaneId,
	/// In order of their sequence.
	pub packets: Vec<InboundPacket>,
	/// Block against whose state they were authorised.
	pub authorised_at: BlockRef,
	/// To the one who answers the partner.
	pub reply: InboundReply,
	/// Their share of the queue, given back when they are cut.
	pub room: Share,
}

/// How packets of a partner are answered.
pub type InboundReply = oneshot::Sender<Result<(), InboundError>>;

/// Why packets were not stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InboundError {
	/// They were stored before.
	AlreadyStored,
	/// There is no room in the queue to the disk.
	Busy,
	/// Another packet is next.
	OutOfOrder {
		/// Which.
		expected: u64,
	},
	/// A packet does not follow the one before it, which this node has.
	OtherHistory {
		/// Its sequence.
		sequence: u64,
	},
	/// The log did not take them.
	NotStored(WriteError),
	/// This node has no key to sign with now.
	NoKey,
}

/// What this node notes for itself.
#[derive(Clone, Debug)]
pub enum Note {
	/// Packets are on the partner's disk.
	Delivered(records::Delivered),
	/// A lane was closed or opened.
	Turned(records::LaneTurned),
	/// An anchor was cut.
	AnchorCut(records::AnchorCut),
	/// An anchor is final, or does not count.
	AnchorFinal(records::AnchorFinal),
	/// The other half of a batch came after its delivery.
	Completed(records::Completed),
	/// One side refused packets of the other.
	Refusals(records::Refusals),
	/// Receipts are on chain for good.
	Receipts(records::ReceiptsSettled),
	/// Registrations are to be closed.
	Closing(records::Closing),
	/// They are closed for good.
	Closed(records::ReceiptsSettled),
	/// Packets were allowed by a block that the chain abandoned.
	Abandoned(records::Abandoned),
	/// The blocks that allowed packets are judged.
	Judged(records::Judged),
	/// A partner's node speaks from another store.
	StoreSeen(StoreSeen),
	/// This store took the place of another.
	TakenOver(TakenOver),
	/// After a take-over: a lane of this node is complete.
	Regained(Regained),
}

/// Packets of this node that a partner gave back, in order, found to be signed by this node.
#[derive(Debug)]
pub struct Returned {
	/// The lane.
	pub lane: LaneId,
	/// The packets.
	pub packets: Vec<ReturnedPacket>,
	/// Told when they are on disk.
	pub reply: oneshot::Sender<()>,
}

/// A packet of this node that a partner gave back.
#[derive(Debug)]
pub struct ReturnedPacket {
	/// The packet.
	pub packet: Packet,
	/// What is known about it.
	pub trailer: records::Trailer,
	/// Its entries.
	pub entries: Vec<EntryRef>,
	/// Their hashes.
	pub hashes: Vec<Digest>,
}

/// What the log's writer thread is given.
#[derive(Debug)]
pub enum Submission {
	/// From this node's business system.
	Lines(Box<Lines>),
	/// From a partner.
	Inbound(Box<Inbound>),
	/// This node's own, from a partner.
	Returned(Box<Returned>),
	/// From the courier itself; the sender learns when it is on disk.
	Note(Box<Note>, Option<oneshot::Sender<()>>),
}
