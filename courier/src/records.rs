// SPDX-License-Identifier: Apache-2.0

//! What stands in the records of the log.
//!
//! A packet's record is the packet as it travels, then a [`Trailer`] with what this node knows about it, then the trailer's length as
//! `u32` little endian. The packet comes first so that the bytes that are stored are the bytes that are sent.

use crate::{
	api::{LaneId, SubmitReport},
	protocol::{packet::EntryRef, Packet, Receipt, Signature, Signed},
};
use bytes::Bytes;
use codec::{Decode, Encode};
use sealane_primitives::{
	directory::Refusal,
	ids::{AgreementId, AnchorSequence, BlockNumber, Digest, MemberId, Moment},
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
}

/// What this node knows about a packet it stored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Trailer {
	/// When it was stored, Unix milliseconds.
	pub at: Moment,
	/// Block against whose state it was authorised.
	pub authorised_at: BlockNumber,
	/// Clause versions of the entries: runs of equal ones, (length, version). Empty for answers.
	pub versions: Vec<(u32, AgreementId)>,
	/// Entries without effect: orders that this node rejected itself, answers that answer nothing.
	pub skipped: Vec<u32>,
	/// Those of them whose id belongs to an earlier order.
	pub repeats: Vec<u32>,
	/// The seller of the channel.
	pub seller: MemberId,
	/// The seller's countersignature of an answer packet's batch. Without it the batch is disputed.
	pub countersignature: Option<Signature>,
	/// Packets of this node: the first bytes of the key that signed it. When that key is over before the packet is delivered,
	/// the packet is signed anew.
	pub signer: [u8; 8],
}

impl Trailer {
	/// Note the version of the next entry.
	pub fn push_version(versions: &mut Vec<(u32, AgreementId)>, version: AgreementId) {
		match versions.last_mut() {
			Some((len, last)) if *last == version => *len += 1,
			_ => versions.push((1, version)),
		}
	}
}

/// Why a record is not what this version writes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct RecordError(pub String);

/// Split a packet's record into packet and trailer.
pub fn split_packet(payload: &Bytes) -> Result<(Packet, Trailer), RecordError> {
	let error = |what: &str| RecordError(format!("packet record: {what}"));
	let len_at = payload.len().checked_sub(4).ok_or_else(|| error("too short"))?;
	let word = &payload[len_at..];
	let trailer_len = u32::from_le_bytes([word[0], word[1], word[2], word[3]]) as usize;
	let packet_len = len_at
		.checked_sub(trailer_len)
		.ok_or_else(|| error("trailer is longer than the record"))?;
	let trailer = Trailer::decode(&mut &payload[packet_len..len_at]).map_err(|_| error("trailer does not decode"))?;
	let packet =
		Packet::split_from(&payload.slice(..packet_len)).map_err(|e| RecordError(format!("packet record: {e}")))?;
	if packet.bytes.len() != packet_len {
		return Err(error("bytes between packet and trailer"));
	}
	Ok((packet, trailer))
}

/// Length of the packet in a packet's record.
pub fn packet_len(payload: &[u8]) -> Option<usize> {
	let len_at = payload.len().checked_sub(4)?;
	let word = payload.get(len_at..)?;
	len_at.checked_sub(u32::from_le_bytes([word[0], word[1], word[2], word[3]]) as usize)
}

/// Packets of this node are on a partner's disk.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Delivered {
	/// When the receipt came, Unix milliseconds.
	pub at: Moment,
	/// The receipt with the partner's signature.
	pub receipt: Signed<Receipt>,
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

/// An anchor.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct AnchorCut {
	/// When, Unix milliseconds.
	pub at: Moment,
	/// Block at which it was cut.
	pub block: BlockNumber,
	/// The node's number of the anchor.
	pub sequence: AnchorSequence,
	/// Seed of the blindings: that of batch *i* is `evidence::salt(seed, i)`.
	pub blinding_seed: [u8; 32],
	/// The batches: lane and sequence of the answer packet, in the order of the leaves.
	pub batches: Vec<(LaneId, u64)>,
	/// Root over the blinded batches.
	pub root: Digest,
	/// The hashes go on chain one by one.
	pub packed: bool,
}

/// An anchor is final.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct AnchorFinal {
	/// When this node learned it, Unix milliseconds.
	pub at: Moment,
	/// The anchor.
	pub sequence: AnchorSequence,
	/// The block in which it is.
	pub block: BlockNumber,
	/// The chain holds another root under this number: the batches go into a later anchor.
	pub foreign: bool,
}

/// A request with an idempotency key was answered.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Idempotency {
	/// When, Unix milliseconds.
	pub at: Moment,
	/// The key.
	pub key: String,
	/// SHA-256 of the request's body.
	pub body_digest: Digest,
	/// The answer.
	pub report: SubmitReport,
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

/// A stored packet with its entries, ready to be looked into.
#[derive(Debug)]
pub struct PacketView {
	/// Position of the record.
	pub position: u64,
	/// The packet.
	pub packet: Packet,
	/// What this node knows about it.
	pub trailer: Trailer,
	/// Its entries.
	pub entries: Vec<EntryRef>,
	/// Runs of clause versions: (entry behind the run, version).
	runs: Vec<(u32, AgreementId)>,
}

impl PacketView {
	/// The view of a packet's record.
	pub fn new(position: u64, payload: &Bytes) -> Result<Self, RecordError> {
		let (packet, trailer) = split_packet(payload)?;
		let entries = packet
			.body()
			.entries_checked(packet.header.count)
			.map_err(|e| RecordError(format!("packet record: {e}")))?;
		Ok(Self::from_parts(position, packet, trailer, entries))
	}

	/// The view of a packet that was taken apart already.
	pub fn from_parts(position: u64, packet: Packet, trailer: Trailer, entries: Vec<EntryRef>) -> Self {
		let mut end = 0u32;
		let runs = trailer
			.versions
			.iter()
			.map(|(len, version)| {
				end = end.saturating_add(*len);
				(end, *version)
			})
			.collect();
		PacketView {
			position,
			packet,
			trailer,
			entries,
			runs,
		}
	}

	/// The clause version of an entry; 0 where none is known.
	pub fn version_of(&self, ordinal: u32) -> AgreementId {
		let at = self.runs.partition_point(|(end, _)| *end <= ordinal);
		self.runs.get(at).map_or(0, |(_, version)| *version)
	}

	/// Memory that the view keeps, in bytes.
	pub fn weight(&self) -> usize {
		self.packet.bytes.len() + self.entries.len() * std::mem::size_of::<EntryRef>() + 512
	}

	/// The bytes of an entry.
	pub fn entry(&self, ordinal: u32) -> Option<&[u8]> {
		let entry = self.entries.get(ordinal as usize)?;
		Some(&self.packet.bytes[self.packet.head_len + entry.start..self.packet.head_len + entry.end])
	}

	/// The bytes of an entry, sharing the record's memory.
	pub fn share(&self, ordinal: u32) -> Option<Bytes> {
		let entry = self.entries.get(ordinal as usize)?;
		Some(
			self.packet
				.bytes
				.slice(self.packet.head_len + entry.start..self.packet.head_len + entry.end),
		)
	}
}
