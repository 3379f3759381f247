// SPDX-License-Identifier: Apache-2.0

//! What stands in the records of the log.
//!
//! A packet's record is the packet as it travels, then a [`Trailer`] with what this node knows about it, then the trailer's length as
//! `u32` little endian. The packet comes first so that the bytes that are stored are the bytes that are sent.

mod anchors;
mod packet;
mod requests;

pub use anchors::{AnchorCut, AnchorEnd, AnchorFinal, CutBatch};
pub use packet::{packet_len, place, split_packet, EntryId, PacketRecord, PacketView, Trailer};
pub use requests::{Idempotency, LineRefusal, Report, MAX_REFUSALS};

use crate::{
	api::{BlockRef, LaneId, RefusalState},
	protocol::{Receipt, RefusalReason, Refused, Signed},
	stores::{Regained, StoreSeen, TakenOver},
};
use codec::{Decode, Encode};
use sealane_primitives::{
	directory::Refusal,
	evidence::Attestation,
	ids::{BlockNumber, Digest, Moment},
};

/// Kinds of records. Numbers are never given to another kind.
pub mod kind {
	/// A packet of this node.
	pub const PACKET_OUT: u8 = 1;
	/// A packet of a partner.
	pub const PACKET_IN: u8 = 2;
	/// Packets of this node are on a partner's disk.
	pub const DELIVERED: u8 = 3;
	/// A lane was closed.
	pub const LANE_CLOSED: u8 = 4;
	/// A lane was opened again.
	pub const LANE_REOPENED: u8 = 5;
	/// An anchor was cut.
	pub const ANCHOR_CUT: u8 = 6;
	/// An anchor is final.
	pub const ANCHOR_FINAL: u8 = 7;
	/// A request with an idempotency key was answered.
	pub const IDEMPOTENCY: u8 = 8;
	/// Registration receipts are on chain for good.
	pub const RECEIPTS_SETTLED: u8 = 9;
	/// A partner attested a batch after its delivery.
	pub const COMPLETED: u8 = 10;
	/// Registrations are to be closed on chain.
	pub const CLOSING: u8 = 11;
	/// They are closed for good.
	pub const CLOSED: u8 = 12;
	/// One side refused packets of the other.
	pub const REFUSALS: u8 = 14;
	/// Packets were allowed by a block that the chain abandoned.
	pub const ABANDONED: u8 = 13;
	/// The blocks that allowed packets are judged up to here.
	pub const JUDGED: u8 = 15;
	/// A partner's node speaks from another store.
	pub const STORE_SEEN: u8 = 16;
	/// This store took the place of another.
	pub const TAKEN_OVER: u8 = 17;
	/// After a take-over: a lane of this node is complete.
	pub const REGAINED: u8 = 18;
}

/// Why a record is not what this version writes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct RecordError(pub String);

/// What a record says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
	/// A packet of this node.
	PacketOut(PacketRecord),
	/// A packet of a partner.
	PacketIn(PacketRecord),
	/// See [`Delivered`].
	Delivered(Delivered),
	/// See [`LaneTurned`].
	Turned(LaneTurned),
	/// See [`AnchorCut`].
	AnchorCut(AnchorCut),
	/// See [`AnchorFinal`].
	AnchorFinal(AnchorFinal),
	/// See [`Completed`].
	Completed(Completed),
	/// See [`Refusals`].
	Refusals(Refusals),
	/// See [`Idempotency`].
	Idempotency(Idempotency),
	/// See [`ReceiptsSettled`].
	Receipts(ReceiptsSettled),
	/// See [`Closing`].
	Closing(Closing),
	/// Registrations that were to be closed are over in a final block.
	Closed(ReceiptsSettled),
	/// See [`Abandoned`].
	Abandoned(Abandoned),
	/// See [`Judged`].
	Judged(Judged),
	/// See [`StoreSeen`].
	StoreSeen(StoreSeen),
	/// See [`TakenOver`].
	TakenOver(TakenOver),
	/// See [`Regained`].
	Regained(Regained),
}

impl Content {
	/// The content of a record of `kind`. The one check that each record passes before it is written and when it is read.
	///
	/// # Errors
	/// When the kind is not known or the payload is not what this version writes.
	pub fn read(kind: u8, payload: &[u8]) -> Result<Self, RecordError> {
		fn whole<T: Decode>(what: &str, mut payload: &[u8]) -> Result<T, RecordError> {
			let decoded = T::decode(&mut payload).map_err(|e| RecordError(format!("{what} record: {e}")))?;
			match payload.len() {
				0 => Ok(decoded),
				extra => Err(RecordError(format!("{what} record: {extra} bytes behind its end"))),
			}
		}
		Ok(match kind {
			kind::PACKET_OUT => Content::PacketOut(PacketRecord::read(payload)?),
			kind::PACKET_IN => Content::PacketIn(PacketRecord::read(payload)?),
			kind::DELIVERED => Content::Delivered(whole("delivery", payload)?),
			kind::LANE_CLOSED | kind::LANE_REOPENED => Content::Turned(whole("lane", payload)?),
			kind::ANCHOR_CUT => Content::AnchorCut(whole("anchor", payload)?),
			kind::ANCHOR_FINAL => Content::AnchorFinal(whole("final anchor", payload)?),
			kind::IDEMPOTENCY => Content::Idempotency(whole("idempotency", payload)?),
			kind::COMPLETED => Content::Completed(whole("completed batch", payload)?),
			kind::REFUSALS => Content::Refusals(whole("refusals", payload)?),
			kind::RECEIPTS_SETTLED => Content::Receipts(whole("receipts", payload)?),
			kind::CLOSING => Content::Closing(whole("closing", payload)?),
			kind::CLOSED => Content::Closed(whole("closed", payload)?),
			kind::ABANDONED => Content::Abandoned(whole("abandoned block", payload)?),
			kind::JUDGED => Content::Judged(whole("judged blocks", payload)?),
			kind::STORE_SEEN => Content::StoreSeen(whole("store", payload)?),
			kind::TAKEN_OVER => Content::TakenOver(whole("take-over", payload)?),
			kind::REGAINED => Content::Regained(whole("regained lane", payload)?),
			other => return Err(RecordError(format!("kind {other} is not known"))),
		})
	}
}

/// Packets of this node are on a partner's disk.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Delivered {
	/// When the receipt came, Unix milliseconds.
	pub at: Moment,
	/// The receipt with the partner's signature.
	pub receipt: Signed<Receipt>,
	/// The batches among the packets that the partner did not attest, in order. An attestation of theirs in the receipt is worth nothing.
	pub unsigned: Vec<(u64, Unsigned)>,
}

impl Delivered {
	/// The partner's attestation of the batch of packet `sequence`; `None` where there is none that holds.
	pub fn attestation(&self, sequence: u64) -> Option<&Attestation> {
		if self.unsigned.iter().any(|(unsigned, _)| *unsigned == sequence) {
			return None;
		}
		let attestations = &self.receipt.what.attestations;
		let found = attestations.iter().find(|(attested, _)| *attested == sequence);
		found.map(|(_, attestation)| attestation)
	}
}

/// Why a batch that was delivered is not attested by the partner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Unsigned {
	/// The receipt has no attestation of it.
	#[codec(index = 0)]
	Withheld,
	/// It has one that no key of the partner's node made which is valid now, or one of something else.
	#[codec(index = 1)]
	Forged,
	/// It has one that names a block on another branch than this node's final chain.
	#[codec(index = 2)]
	OtherBranch,
	/// It has one that names a block which is not final here yet.
	#[codec(index = 3)]
	NotFinalYet,
	/// It has one by a key that is not valid now.
	#[codec(index = 4)]
	KeyEnded,
}

impl Unsigned {
	/// Stable code for people and programs.
	pub const fn code(self) -> &'static str {
		match self {
			Unsigned::Withheld => "withheld",
			Unsigned::Forged => "forged",
			Unsigned::OtherBranch => "other_branch",
			Unsigned::NotFinalYet => "not_final_yet",
			Unsigned::KeyEnded => "key_ended",
		}
	}
}

/// The partner attested a batch after its delivery.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Completed {
	/// When this node learned it, Unix milliseconds.
	pub at: Moment,
	/// The lane of the answers.
	pub lane: LaneId,
	/// The packet's sequence.
	pub sequence: u64,
	/// Hash of the batch's core.
	pub core: Digest,
	/// This node's own attestation, as the partner has it.
	pub own: Attestation,
	/// The partner's.
	pub attestation: Attestation,
}

/// Refusals of packets of one lane, for one reason, within a few minutes.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Refusals {
	/// When the last of them was, Unix milliseconds.
	pub at: Moment,
	/// The lane.
	pub lane: LaneId,
	/// First packet that was refused first.
	pub sequence: u64,
	/// The partner refused packets of this node; else this node the partner's.
	pub by_partner: bool,
	/// Why.
	pub reason: RefusalReason,
	/// The block by whose state the first was refused.
	pub first: BlockRef,
	/// The same of the last.
	pub last: BlockRef,
	/// How many there were.
	pub count: u64,
	/// The partner's refusal with its signature; `None` for this node's, and where the first is in an earlier record.
	pub proof: Option<Signed<Refused>>,
}

impl From<&Refusals> for RefusalState {
	fn from(it: &Refusals) -> Self {
		RefusalState {
			at: it.at,
			by_partner: it.by_partner,
			code: it.reason.code(),
			first: it.first,
			last: it.last,
			count: it.count,
		}
	}
}

/// Packets of a partner were allowed by the state of a block that the chain abandoned later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Abandoned {
	/// When that was found, Unix milliseconds.
	pub at: Moment,
	/// The lane.
	pub lane: LaneId,
	/// First packet.
	pub first: u64,
	/// Last packet.
	pub last: u64,
	/// The block.
	pub block: BlockRef,
	/// Hash of the final block with this number.
	pub instead: Digest,
}

/// The blocks that allowed packets are judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Judged {
	/// Up to and with this one.
	pub to: BlockNumber,
}

/// A lane was closed or opened again.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct LaneTurned {
	/// When, Unix milliseconds.
	pub at: Moment,
	/// The lane.
	pub lane: LaneId,
	/// The block whose state says so.
	pub block: BlockNumber,
	/// Why it was closed; `None` when it was opened.
	pub refusal: Option<Refusal>,
}

/// Registration receipts are on chain for good.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ReceiptsSettled {
	/// When, Unix milliseconds.
	pub at: Moment,
	/// The block at which this node learned it.
	pub block: BlockNumber,
	/// Their commitments.
	pub commitments: Vec<Digest>,
}

/// The issuer's business system ended registrations: they are to be closed on chain.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Closing {
	/// When, Unix milliseconds.
	pub at: Moment,
	/// Their commitments.
	pub commitments: Vec<Digest>,
}
