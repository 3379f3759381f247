// SPDX-License-Identifier: Apache-2.0

//! Packets with what this node knows of them.

use super::RecordError;
use crate::{
	api::{BlockRef, LaneId},
	protocol::{
		body::{entries_checked, EntryRef},
		packet::PacketHead,
		Packet,
	},
};
use bytes::Bytes;
use codec::{Decode, Encode};
use sealane_primitives::{
	evidence::{entry::entry_hash, Attestation},
	ids::{AgreementId, Digest, MemberId, Moment},
};

/// What this node knows about a packet it stored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Trailer {
	/// When it was stored, Unix milliseconds.
	pub at: Moment,
	/// Block against whose state it was authorised.
	pub authorised_at: BlockRef,
	/// Clause versions of the entries: runs of equal ones, (length, version). Empty for answers.
	pub versions: Vec<(u32, AgreementId)>,
	/// Entries without effect: orders that this node rejected itself, answers that answer nothing.
	pub skipped: Vec<u32>,
	/// Those of them that no index holds: their id belongs to an earlier order, or the line cannot be read.
	pub unindexed: Vec<u32>,
	/// The seller of the channel.
	pub seller: MemberId,
	/// The seller's attestation of an answer packet's batch. Without it the batch is disputed.
	pub attestation: Option<Attestation>,
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

/// A packet's record taken apart and found to be whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PacketRecord {
	/// The start of the packet.
	pub head: PacketHead,
	/// What this node knows about it.
	pub trailer: Trailer,
	/// Its entries.
	pub entries: Vec<EntryRef>,
}

impl PacketRecord {
	/// Take a packet's record apart. Each record passes this before it is written and whenever it is read, so nothing is written that cannot
	/// be read.
	///
	/// # Errors
	/// When it is no packet with its trailer and nothing else, or the two contradict each other.
	pub fn read(payload: &[u8]) -> Result<Self, RecordError> {
		let (packet, trailer) = split(payload)?;
		let head = PacketHead::read(packet).map_err(|e| RecordError(format!("packet record: {e}")))?;
		if head.len != packet.len() {
			return Err(RecordError("packet record: bytes between packet and trailer".into()));
		}
		let header = &head.header;
		let entries = entries_checked(header.kind, &packet[head.head_len..], header.count)
			.map_err(|e| RecordError(format!("packet record: {e}")))?;
		let trailer = trailer.ok_or_else(|| RecordError("packet record: trailer does not decode".into()))?;
		let ascends = |ordinals: &[u32]| {
			let last = ordinals.last().is_none_or(|last| *last < header.count);
			last && ordinals.windows(2).all(|pair| pair[0] < pair[1])
		};
		if !ascends(&trailer.skipped) || !ascends(&trailer.unindexed) {
			return Err(RecordError(
				"packet record: the trailer's ordinals do not ascend below the count of entries".into(),
			));
		}
		Ok(PacketRecord { head, trailer, entries })
	}
}

/// The packet's bytes and the trailer in a packet's record; no trailer where it does not decode to its end.
fn split(payload: &[u8]) -> Result<(&[u8], Option<Trailer>), RecordError> {
	let error = |what: &str| RecordError(format!("packet record: {what}"));
	let packet_len = packet_len(payload).ok_or_else(|| error("the trailer's length is not that of a trailer"))?;
	let (packet, rest) = payload.split_at(packet_len);
	let mut rest = &rest[..rest.len() - 4];
	let trailer = Trailer::decode(&mut rest).ok().filter(|_| rest.is_empty());
	Ok((packet, trailer))
}

/// Split a packet's record into packet and trailer, without a look at its entries.
///
/// # Errors
/// As [`PacketRecord::read`].
pub fn split_packet(payload: &Bytes) -> Result<(Packet, Trailer), RecordError> {
	let (packet, trailer) = split(payload)?;
	let trailer = trailer.ok_or_else(|| RecordError("packet record: trailer does not decode".into()))?;
	let packet =
		Packet::split_from(&payload.slice(..packet.len())).map_err(|e| RecordError(format!("packet record: {e}")))?;
	Ok((packet, trailer))
}

/// Length of the packet in a packet's record.
pub fn packet_len(payload: &[u8]) -> Option<usize> {
	let len_at = payload.len().checked_sub(4)?;
	let word = payload.get(len_at..)?;
	len_at.checked_sub(u32::from_le_bytes([word[0], word[1], word[2], word[3]]) as usize)
}

/// The lane and the sequence that a packet's record begins with, also where the rest of it cannot be understood.
pub fn place(payload: &[u8]) -> Option<(LaneId, u64)> {
	<(u8, LaneId, u64)>::decode(&mut &payload[..])
		.ok()
		.map(|(_, lane, sequence)| (lane, sequence))
}

/// An entry of a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId {
	/// The lane.
	pub lane: LaneId,
	/// The packet.
	pub sequence: u64,
	/// The entry in it.
	pub ordinal: u32,
}

impl EntryId {
	/// Before all others.
	pub(crate) const LEAST: EntryId = EntryId {
		lane: LaneId {
			channel: 0,
			from: 0,
			to: 0,
		},
		sequence: 0,
		ordinal: 0,
	};
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
	/// Their hashes, as far as they were needed before.
	hashes: Option<Box<[Digest]>>,
	/// Runs of clause versions: (entry behind the run, version).
	runs: Vec<(u32, AgreementId)>,
}

impl PacketView {
	/// The view of a packet's record.
	pub fn new(position: u64, payload: &Bytes) -> Result<Self, RecordError> {
		PacketRecord::read(payload).map(|record| Self::from_record(position, record, payload))
	}

	/// The view of a record that was taken apart already.
	pub fn from_record(position: u64, record: PacketRecord, payload: &Bytes) -> Self {
		let PacketRecord { head, trailer, entries } = record;
		Self::from_parts(position, head.with(payload), trailer, entries)
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
			hashes: None,
			runs,
		}
	}

	/// The view with the hashes of its entries, which somebody has made already.
	pub fn with_hashes(mut self, hashes: Vec<Digest>) -> Self {
		self.hashes = (hashes.len() == self.entries.len()).then(|| hashes.into());
		self
	}

	/// The hashes of the entries; empty where nobody has made them.
	pub fn hashes(&self) -> &[Digest] {
		self.hashes.as_deref().unwrap_or_default()
	}

	/// The hash of an entry.
	pub fn hash_of(&self, ordinal: u32) -> Option<Digest> {
		match &self.hashes {
			Some(hashes) => hashes.get(ordinal as usize).copied(),
			None => Some(entry_hash(self.entry(ordinal)?, &self.packet.header.seed, ordinal)),
		}
	}

	/// The clause version of an entry; 0 where none is known.
	pub fn version_of(&self, ordinal: u32) -> AgreementId {
		let at = self.runs.partition_point(|(end, _)| *end <= ordinal);
		self.runs.get(at).map_or(0, |(_, version)| *version)
	}

	/// What an entry is called.
	pub fn id_of(&self, ordinal: u32) -> EntryId {
		let header = &self.packet.header;
		EntryId {
			lane: header.lane,
			sequence: header.sequence,
			ordinal,
		}
	}

	/// Memory that the view keeps, in bytes.
	pub fn weight(&self) -> usize {
		let hashes = self.hashes.as_ref().map_or(0, |hashes| hashes.len() * 32);
		self.packet.bytes.len() + self.entries.len() * std::mem::size_of::<EntryRef>() + hashes + 512
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
