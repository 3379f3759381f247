// SPDX-License-Identifier: Apache-2.0

//! What stands in the records of the log.
//!
//! A packet's record is the packet as it travels, then a [`Trailer`] with what this node knows about it, then the trailer's length as
//! `u32` little endian. The packet comes first so that the bytes that are stored are the bytes that are sent.

use crate::{
	api::{BlockRef, LaneId, Problem, RefusalState, SubmitReport},
	book::EntryId,
	order::MAX_TEXT_LEN,
	protocol::{
		body::{entries_checked, EntryRef},
		packet::PacketHead,
		Packet, Receipt, RefusalReason, Refused, Signed,
	},
	stores::{Regained, StoreSeen, TakenOver},
};
use bytes::Bytes;
use codec::{Decode, Encode};
use sealane_primitives::{
	directory::Refusal,
	evidence::{entry::entry_hash, Attestation, Side},
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

/// Why a record is not what this version writes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct RecordError(pub String);

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
	/// The batches, in the order of the leaves.
	pub batches: Vec<CutBatch>,
	/// Attestations that this node made anew for this anchor: index of the batch, attestation.
	pub renewed: Vec<(u32, Attestation)>,
	/// Root over the leaves.
	pub root: Digest,
}

/// A batch in an anchor. With its leaf nothing else need be read to prove another batch of the same anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct CutBatch {
	/// The lane of the answers.
	pub lane: LaneId,
	/// The packet's sequence.
	pub sequence: u64,
	/// The attestations in the leaf: bit 0 the issuer's, bit 1 the seller's. Two bits higher: those that were here and are left out of it, because
	/// their key was over for too long.
	pub halves: u8,
	/// The blinded leaf.
	pub leaf: Digest,
}

impl CutBatch {
	/// The batch.
	pub fn id(&self) -> (LaneId, u64) {
		(self.lane, self.sequence)
	}

	/// Whether both attestations are in the leaf.
	pub fn is_whole(&self) -> bool {
		self.halves & 0b11 == 0b11
	}

	/// Whether the side's attestation is in the leaf.
	pub fn has(&self, side: Side) -> bool {
		self.halves >> (side as u8) & 1 == 1
	}

	/// The attestations that were here when the anchor was cut.
	pub fn known(&self) -> u8 {
		(self.halves | self.halves >> 2) & 0b11
	}
}

/// What became of an anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum AnchorEnd {
	/// It is final.
	#[codec(index = 0)]
	Final,
	/// The chain holds another root under this number: the batches go into a later anchor.
	#[codec(index = 1)]
	Foreign,
	/// It came on chain so late that keys of its attestations may be over for too long: the batches go into a later anchor.
	#[codec(index = 2)]
	Lapsed,
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
	/// Whether it counts.
	pub how: AnchorEnd,
}

/// A request with an idempotency key was answered.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Idempotency {
	/// When, Unix milliseconds.
	pub at: Moment,
	/// The key with its scope, see [`KeyId`](crate::requests::KeyId).
	pub key: [u8; 16],
	/// SHA-256 of the request's body.
	pub body_digest: Digest,
	/// The answer.
	pub report: Report,
}

/// Most refused lines that the record of an answer names.
pub const MAX_REFUSALS: usize = 1_000;

/// The answer to a submission, of bounded length: 1 MiB at most.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Report {
	/// Lines accepted.
	pub accepted: u32,
	/// Lines that were accepted before.
	pub repeated: u32,
	/// Lines refused.
	pub refused: u32,
	/// The first [`MAX_REFUSALS`] of them.
	pub refusals: Vec<LineRefusal>,
	/// Packets that the accepted lines went into.
	pub packets: u32,
	/// Position of the log behind the submission, in bytes.
	pub position: u64,
}

/// Why a line was refused.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct LineRefusal {
	/// Index of the line.
	pub line: u32,
	/// Stable code.
	pub code: String,
	/// The field at fault; empty where it is the whole line.
	pub field: String,
	/// The value at fault; empty where there is none.
	pub value: String,
	/// The rule that the value breaks.
	pub rule: String,
}

impl Report {
	/// What is kept of a report.
	pub fn of(report: &SubmitReport) -> Self {
		let text = |text: &str| crate::order::bounded(MAX_TEXT_LEN / 4, format_args!("{text}"));
		let refusal = |(line, problem): &(u32, Problem)| LineRefusal {
			line: *line,
			code: text(&problem.code),
			field: text(&problem.field),
			value: text(&problem.value),
			rule: text(&problem.rule),
		};
		Report {
			accepted: report.accepted,
			repeated: report.repeated,
			refused: report.refused.len() as u32,
			refusals: report.refused.iter().take(MAX_REFUSALS).map(refusal).collect(),
			packets: report.packets,
			position: report.position,
		}
	}

	/// The report, where all of it was kept.
	pub fn whole(self) -> Option<SubmitReport> {
		if self.refusals.len() != self.refused as usize {
			return None;
		}
		let problem = |refusal: LineRefusal| {
			let problem = Problem {
				code: refusal.code.into(),
				field: refusal.field.into(),
				value: refusal.value,
				rule: refusal.rule.into(),
			};
			(refusal.line, problem)
		};
		Some(SubmitReport {
			accepted: self.accepted,
			repeated: self.repeated,
			refused: self.refusals.into_iter().map(problem).collect(),
			packets: self.packets,
			position: self.position,
		})
	}
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
