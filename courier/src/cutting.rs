// SPDX-License-Identifier: Apache-2.0

//! From submissions to packets: runs on the log's writer thread, once per commit group.
//!
//! Everything accepted for one lane, one interface and one kind of packet while the last `fdatasync` ran becomes one packet (or
//! several, when it is more than fits one). Ids are checked, entries claimed, leaves hashed and headers signed here, so that all of it
//! happens once and in one order.

use crate::{
	api::{IdempotencyKey, LaneId, Problem, SubmitError, SubmitReport},
	book::Book,
	chain::{Snapshot, Target},
	clock::Clock,
	keys::{KeyPair, KeyRing},
	library::{has_id, Library, LookupError},
	order::{self, problem},
	protocol::{self, packet, PacketHeader, PacketKind, SignedBatch},
	records::{self, kind, PacketView, Trailer},
	store::{AppendError, Committed, Cutter, Key, Location, RecordWriter},
};
use bytes::Bytes;
use codec::Encode;
use hashbrown::HashMap;
use parking_lot::RwLock;
use rand::RngCore;
use sealane_primitives::{
	business::BusinessKind,
	business::BusinessKinds,
	evidence::{self, BatchHeader, TreeBuilder},
	ids::{AgreementId, BlockNumber, Digest, Moment},
	keys::Purpose,
};
use sha2::Digest as _;
use std::sync::{
	atomic::{AtomicBool, Ordering},
	Arc,
};
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
	/// Its id as far as it can be read.
	pub id: String,
	/// `technical.…` or `clauses.…`.
	pub code: &'static str,
	/// Why.
	pub text: String,
}

/// A packet of a partner, opened and checked.
#[derive(Debug)]
pub struct InboundPacket {
	/// The packet; its trailer has the clause versions.
	pub view: Arc<PacketView>,
	/// Orders: hash of the id of each entry; `None` where it could not be read.
	pub keys: Vec<Option<Key>>,
	/// Orders that are rejected whatever else is found.
	pub rejections: Vec<Rejection>,
	/// Answers: entries that do not match what they answer.
	pub mismatched: Vec<u32>,
	/// Answers: the root that this node computed is the issuer's.
	pub root_matches: bool,
}

/// The new packets of one envelope.
#[derive(Debug)]
pub struct Inbound {
	/// The lane.
	pub lane: LaneId,
	/// In order of their sequence.
	pub packets: Vec<InboundPacket>,
	/// Block against whose state they were authorised.
	pub authorised_at: BlockNumber,
	/// To the one who answers the partner.
	pub reply: InboundReply,
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
	/// The log did not take them.
	NotStored(AppendError),
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
	/// An anchor is final, or lost its number: with the batches in it.
	AnchorFinal(records::AnchorFinal, Vec<(LaneId, u64)>),
	/// Receipts are on chain for good.
	Receipts(records::ReceiptsSettled),
}

/// What the log's writer thread is given.
#[derive(Debug)]
pub enum Submission {
	/// From this node's business system.
	Lines(Box<Lines>),
	/// From a partner.
	Inbound(Box<Inbound>),
	/// From the courier itself; the sender learns when it is on disk.
	Note(Box<Note>, Option<oneshot::Sender<()>>),
}

/// Who is told of new packets.
pub trait Outbox: Send + 'static {
	/// The lane has `cut` packets on disk.
	fn extended(&self, lane: LaneId, cut: u64);
}

/// What the cutter needs of the node.
pub struct Context {
	/// Book, index and log.
	pub library: Arc<Library>,
	/// This node's keys.
	pub keys: Arc<KeyRing>,
	/// The newest directory.
	pub snapshot: Arc<RwLock<Option<Arc<Snapshot>>>>,
	/// Hash of the genesis block.
	pub genesis: Digest,
	/// Time.
	pub clock: Arc<dyn Clock>,
	/// See [`crate::config::Config::business_day_offset_minutes`].
	pub business_day_offset_minutes: i32,
	/// See [`crate::config::Config::idempotency_ms`].
	pub idempotency_ms: u64,
	/// Whether the disk had no room for the last group.
	pub full: Arc<AtomicBool>,
}

/// An entry of a packet in the making.
#[derive(Clone, Copy)]
struct OpenEntry {
	body: u32,
	start: u32,
	end: u32,
	view: u32,
	ordinal: u32,
}

/// A packet in the making.
struct OpenPacket {
	target: Target,
	kind: PacketKind,
	entries: Vec<OpenEntry>,
	keys: Vec<Key>,
	versions: Vec<(u32, AgreementId)>,
	kinds: BusinessKinds,
	body_len: usize,
}

struct Written {
	position: u64,
	outgoing: bool,
	keys: Vec<(Key, u32)>,
}

enum Answer {
	Report(SubmitReply, SubmitReport),
	Failed(SubmitReply, SubmitError),
	Stored(InboundReply),
	NotStored(InboundReply, InboundError),
	Noted(oneshot::Sender<()>),
}

/// The state of one group, emptied after it.
#[derive(Default)]
struct Group {
	bodies: Vec<Bytes>,
	views: Vec<Arc<PacketView>>,
	open: Vec<OpenPacket>,
	full: Vec<OpenPacket>,
	pending: HashMap<Key, (u32, u32, u32)>,
	claimed: Vec<(LaneId, u64, u32)>,
	written: Vec<Written>,
	notes: Vec<(u64, Note)>,
	idempotency: Vec<records::Idempotency>,
	keys: Vec<(String, Digest)>,
	answers: Vec<Answer>,
	next: HashMap<LaneId, u64>,
}

/// The cutter of a courier's log.
pub struct PacketCutter<O> {
	context: Context,
	outbox: O,
	group: Group,
}

impl<O: Outbox> PacketCutter<O> {
	/// A cutter that tells `outbox` of new packets.
	pub fn new(context: Context, outbox: O) -> Self {
		PacketCutter { context, outbox, group: Group::default() }
	}

	fn lines(&mut self, mut lines: Lines) -> Option<(SubmitReply, SubmitReport, Option<IdempotencyKey>)> {
		if let Some(key) = &lines.idempotency {
			let known = self.context.library.book.read().idempotency.get(&key.key).cloned();
			let in_group = || self.group.idempotency.iter().find(|i| i.key == key.key);
			let known = known.map(|(d, r, _)| (d, r)).or_else(|| in_group().map(|i| (i.body_digest, i.report.clone())));
			let in_work = || self.group.keys.iter().any(|(k, digest)| *k == key.key && *digest == key.body_digest);
			if known.is_none() && in_work() {
				// The same request came twice within one commit; the second learns the answer of the first by asking again.
				let busy = SubmitError::Busy { retry_after_ms: 20 };
				self.group.answers.push(Answer::Failed(lines.reply, busy));
				return None;
			}
			if let Some((digest, report)) = known {
				self.group.answers.push(if digest == key.body_digest {
					Answer::Report(lines.reply, report)
				} else {
					Answer::Failed(lines.reply, SubmitError::IdempotencyConflict { key: key.key.clone() })
				});
				return None;
			}
			self.group.keys.push((key.key.clone(), key.body_digest));
		}
		let mut report = std::mem::take(&mut lines.report);
		for part in lines.parts {
			report.packets += if part.kind.is_answer() {
				self.answers(part, &mut report)
			} else {
				self.orders(part, &mut report)
			};
		}
		report.refused.sort_by_key(|(line, _)| *line);
		Some((lines.reply, report, lines.idempotency))
	}

	/// Add a part's orders; gives the number of packets they went into.
	fn orders(&mut self, part: Part, report: &mut SubmitReport) -> u32 {
		let body = self.body(part.body);
		// Entries of orders have keys: the part was made by the same code that made them.
		let keys: Vec<Key> = part.entries.iter().filter_map(|e| e.key).collect();
		debug_assert_eq!(keys.len(), part.entries.len());
		let mut known = Vec::new();
		self.context.library.index.probe_many(&keys, |place, _| known.push(place));
		known.dedup();
		let (mut known, mut packets) = (known.into_iter().peekable(), PacketCount::default());
		for (place, (entry, key)) in part.entries.iter().zip(keys).enumerate() {
			let prefix = part.kind.prefix_len() as u32;
			let seen = self.group.pending.get(&key).copied();
			let suspect = known.next_if_eq(&place).is_some();
			if suspect || seen.is_some() {
				let bytes = &self.group.bodies[body as usize][(entry.start + prefix) as usize..entry.end as usize];
				match self.earlier(key, bytes, seen) {
					Err(error) => {
						report.refused.push((entry.line, unreadable(&error)));
						continue;
					},
					Ok(Some(true)) => {
						report.repeated += 1;
						continue;
					},
					Ok(Some(false)) => {
						report.refused.push((entry.line, reused(bytes)));
						continue;
					},
					Ok(None) => (),
				}
			}
			self.group.pending.insert(key, (body, entry.start + prefix, entry.end));
			let open = self.open(&part.target, part.kind, (entry.end - entry.start) as usize);
			let packet = &mut self.group.open[open];
			packet.entries.push(OpenEntry { body, start: entry.start, end: entry.end, view: 0, ordinal: 0 });
			packet.keys.push(key);
			packet.kinds.0 |= 1 << entry.kind as u16;
			packet.body_len += (entry.end - entry.start) as usize;
			Trailer::push_version(&mut packet.versions, entry.version);
			packets.note(packet.entries.len());
			report.accepted += 1;
		}
		packets.count
	}

	/// Whether an order with the id of `bytes` was accepted before: `Some(true)` with the same bytes.
	fn earlier(
		&self,
		key: Key,
		bytes: &[u8],
		pending: Option<(u32, u32, u32)>,
	) -> Result<Option<bool>, LookupError> {
		let Ok(order) = order::Order::parse_registration(bytes) else { return Ok(None) };
		if let Some((body, start, end)) = pending {
			let other = &self.group.bodies[body as usize][start as usize..end as usize];
			if has_id(other, &order.id) {
				return Ok(Some(other == bytes));
			}
		}
		let found = self.context.library.find(key, &order.id)?;
		Ok(found.map(|(view, ordinal)| view.entry(ordinal) == Some(bytes)))
	}

	/// Add a part's answers; gives the number of packets they went into.
	fn answers(&mut self, part: Part, report: &mut SubmitReport) -> u32 {
		let body = self.body(part.body);
		let first_view = self.group.views.len() as u32;
		let lane = part.target.lane.opposite();
		self.group.views.extend(part.views);
		let mut packets = PacketCount::default();
		// One hold of the lock for the part; nothing in between reads the disk.
		let taken: Vec<bool> = {
			let mut book = self.context.library.book.write();
			let views = &self.group.views;
			let claim = |e: &PartEntry| {
				let sequence = views[(first_view + e.view) as usize].packet.header.sequence;
				book.claim(&lane, sequence, e.ordinal, part.kind)
			};
			part.entries.iter().map(claim).collect()
		};
		for (entry, taken) in part.entries.iter().zip(taken) {
			let view = first_view + entry.view;
			let sequence = self.group.views[view as usize].packet.header.sequence;
			if !taken {
				let start = entry.start as usize + part.kind.prefix_len();
				let bytes = self.group.bodies[body as usize].slice(start..entry.end as usize);
				match self.earlier_answer(&lane, sequence, entry.ordinal) {
					Ok(Some(other)) if other == bytes => report.repeated += 1,
					Ok(_) => report.refused.push((entry.line, already_confirmed(&bytes))),
					Err(error) => report.refused.push((entry.line, unreadable(&error))),
				}
				continue;
			}
			self.group.claimed.push((lane, sequence, entry.ordinal));
			let open = self.open(&part.target, part.kind, (entry.end - entry.start) as usize);
			let packet = &mut self.group.open[open];
			packet.entries.push(OpenEntry { body, start: entry.start, end: entry.end, view, ordinal: entry.ordinal });
			packet.kinds.0 |= 1 << entry.kind as u16;
			packet.body_len += (entry.end - entry.start) as usize;
			packets.note(packet.entries.len());
			report.accepted += 1;
		}
		packets.count
	}

	/// The bytes of the answer that an entry has already.
	fn earlier_answer(&self, lane: &LaneId, sequence: u64, ordinal: u32) -> Result<Option<Bytes>, LookupError> {
		for packet in self.group.open.iter().chain(&self.group.full) {
			if packet.target.lane != lane.opposite() || !packet.kind.is_answer() {
				continue;
			}
			let same = |e: &&OpenEntry| {
				e.ordinal == ordinal && self.group.views[e.view as usize].packet.header.sequence == sequence
			};
			if let Some(entry) = packet.entries.iter().find(same) {
				let start = entry.start as usize + packet.kind.prefix_len();
				return Ok(Some(self.group.bodies[entry.body as usize].slice(start..entry.end as usize)));
			}
		}
		let found = self.context.library.answer(lane, sequence, ordinal)?;
		Ok(found.and_then(|(view, at)| view.share(at)))
	}

	fn body(&mut self, body: Bytes) -> u32 {
		self.group.bodies.push(body);
		self.group.bodies.len() as u32 - 1
	}

	/// The index of the packet in the making that takes `len` more bytes.
	fn open(&mut self, target: &Target, kind: PacketKind, len: usize) -> usize {
		let group = &mut self.group;
		if let Some(at) = group.open.iter().position(|p| p.kind == kind && p.target == *target) {
			let packet = &group.open[at];
			let full = packet.body_len + len > protocol::MAX_BODY_LEN
				|| packet.entries.len() as u32 == protocol::MAX_ENTRIES;
			if !full {
				return at;
			}
			let fresh = OpenPacket::new(target.clone(), kind);
			let full = std::mem::replace(&mut group.open[at], fresh);
			group.full.push(full);
			return at;
		}
		group.open.push(OpenPacket::new(target.clone(), kind));
		group.open.len() - 1
	}

	/// Take a partner's packets; writes their records at once.
	fn inbound(&mut self, inbound: Inbound, signer: &KeyPair, out: &mut RecordWriter<'_>) {
		let first = inbound.packets.first().map_or(0, |p| p.view.packet.header.sequence);
		let expected = self.next(&inbound.lane);
		if first != expected {
			let error = InboundError::OutOfOrder { expected };
			self.group.answers.push(Answer::NotStored(inbound.reply, error));
			return;
		}
		for packet in inbound.packets {
			let written = if packet.view.packet.header.kind.is_answer() {
				self.inbound_answers(&packet, inbound.authorised_at, signer, out)
			} else {
				self.inbound_orders(packet, inbound.authorised_at, out)
			};
			if let Err(error) = written {
				self.group.answers.push(Answer::NotStored(inbound.reply, InboundError::NotStored(error)));
				return;
			}
			*self.group.next.entry(inbound.lane).or_insert(expected) += 1;
		}
		self.group.answers.push(Answer::Stored(inbound.reply));
	}

	fn inbound_orders(
		&mut self,
		packet: InboundPacket,
		authorised_at: BlockNumber,
		out: &mut RecordWriter<'_>,
	) -> Result<(), AppendError> {
		let header = &packet.view.packet.header;
		let mut rejections = packet.rejections;
		let read: Vec<Key> = packet.keys.iter().flatten().copied().collect();
		let places: Vec<u32> =
			packet.keys.iter().enumerate().filter(|(_, k)| k.is_some()).map(|(i, _)| i as u32).collect();
		let mut known = Vec::new();
		self.context.library.index.probe_many(&read, |place, _| known.push(place));
		known.dedup();
		let (mut known, mut keys) = (known.into_iter().peekable(), Vec::with_capacity(read.len()));
		let mut repeats = Vec::new();
		let body = self.body(packet.view.packet.bytes.clone());
		for (place, (key, ordinal)) in read.into_iter().zip(places).enumerate() {
			let seen = self.group.pending.get(&key).copied();
			let entry = packet.view.entries[ordinal as usize];
			let (start, end) = (packet.view.packet.head_len + entry.start, packet.view.packet.head_len + entry.end);
			if known.next_if_eq(&place).is_some() || seen.is_some() {
				let bytes = &packet.view.packet.bytes[start..end];
				// What cannot be compared now is taken for a repeat: an order must not take effect twice.
				if !matches!(self.earlier(key, bytes, seen), Ok(None)) {
					repeats.push(ordinal);
					let id = order::Order::parse_registration(bytes).map(|o| o.id.into_owned()).unwrap_or_default();
					rejections.retain(|r| r.ordinal != ordinal);
					rejections.push(Rejection {
						ordinal,
						id,
						code: "technical.order_id_reused",
						text: "an order of this seller with this id came before".into(),
					});
					continue;
				}
			}
			self.group.pending.insert(key, (body, start as u32, end as u32));
			keys.push((key, ordinal));
		}
		rejections.sort_by_key(|r| r.ordinal);
		let trailer = Trailer {
			at: self.context.clock.now_ms(),
			authorised_at,
			skipped: rejections.iter().map(|r| r.ordinal).collect(),
			repeats,
			..packet.view.trailer.clone()
		};
		let position = write_packet(out, kind::PACKET_IN, &packet.view.packet.bytes, &trailer)?;
		self.group.written.push(Written { position, outgoing: false, keys });
		if let (false, Some(kind)) = (rejections.is_empty(), header.kind.answer()) {
			let target = Target { lane: header.lane.opposite(), interface: header.interface.clone() };
			self.reject(&target, kind, &packet.view, &rejections);
		}
		Ok(())
	}

	/// Make the technical rejections of a packet's entries.
	fn reject(&mut self, target: &Target, kind: PacketKind, view: &Arc<PacketView>, rejections: &[Rejection]) {
		let sequence = view.packet.header.sequence;
		let mut body = Vec::new();
		let mut ends = Vec::with_capacity(rejections.len());
		for each in rejections {
			let line = order::confirmed::technical(&each.id, each.code, &each.text);
			packet::push_answer(&mut body, sequence, each.ordinal, &line);
			ends.push(body.len());
		}
		let body = self.body(body.into());
		let view_at = self.group.views.len() as u32;
		self.group.views.push(view.clone());
		let mut start = 0;
		for (each, end) in rejections.iter().zip(ends) {
			let open = self.open(target, kind, end - start);
			let packet = &mut self.group.open[open];
			let ordinal = each.ordinal;
			packet.entries.push(OpenEntry { body, start: start as u32, end: end as u32, view: view_at, ordinal });
			packet.kinds.0 |= view.packet.header.kinds.0;
			packet.body_len += end - start;
			start = end;
		}
	}

	fn inbound_answers(
		&mut self,
		packet: &InboundPacket,
		authorised_at: BlockNumber,
		signer: &KeyPair,
		out: &mut RecordWriter<'_>,
	) -> Result<(), AppendError> {
		let header = &packet.view.packet.header;
		let lane = header.lane.opposite();
		let mut skipped = packet.mismatched.clone();
		{
			let mut book = self.context.library.book.write();
			let mut mismatched = packet.mismatched.iter().copied().peekable();
			for (i, entry) in packet.view.entries.iter().enumerate() {
				if mismatched.next_if_eq(&(i as u32)).is_some() {
					continue;
				}
				if book.claim(&lane, entry.sequence, entry.ordinal, header.kind) {
					self.group.claimed.push((lane, entry.sequence, entry.ordinal));
				} else {
					skipped.push(i as u32);
				}
			}
		}
		skipped.sort_unstable();
		let countersignature = match &header.batch {
			Some(batch) if packet.root_matches && skipped.is_empty() => {
				Some(signer.sign(Purpose::Batch, &self.context.genesis, &batch.header.encode()))
			},
			_ => None,
		};
		let at = self.context.clock.now_ms();
		let trailer = Trailer { at, authorised_at, skipped, countersignature, ..packet.view.trailer.clone() };
		let position = write_packet(out, kind::PACKET_IN, &packet.view.packet.bytes, &trailer)?;
		self.group.written.push(Written { position, outgoing: false, keys: Vec::new() });
		Ok(())
	}

	fn next(&self, lane: &LaneId) -> u64 {
		match self.group.next.get(lane) {
			Some(next) => *next,
			None => self.context.library.book.read().lanes.get(lane).map_or(0, |l| l.packets()),
		}
	}

	/// Sign and write a packet of this node.
	fn write_open(
		&mut self,
		open: OpenPacket,
		snapshot: &Snapshot,
		signer: &KeyPair,
		out: &mut RecordWriter<'_>,
	) -> Result<(), AppendError> {
		let lane = open.target.lane;
		let sequence = self.next(&lane);
		let at = self.context.clock.now_ms();
		let mut body_hash = sha2::Sha256::new();
		for run in runs(&open.entries, &self.group.bodies) {
			body_hash.update(run);
		}
		let (salt_seed, batch) = if open.kind.is_answer() {
			let (seed, batch) = self.batch(&open, sequence, at, signer);
			(Some(seed), Some(batch))
		} else {
			(None, None)
		};
		let header = PacketHeader {
			version: protocol::VERSION,
			lane,
			sequence,
			kind: open.kind,
			interface: open.target.interface,
			count: open.entries.len() as u32,
			kinds: open.kinds,
			body_len: open.body_len as u32,
			body_hash: body_hash.finalize().into(),
			created_at: at,
			salt_seed,
			batch,
		};
		let head = header.encode();
		let signature = signer.sign(Purpose::Packet, &self.context.genesis, &head);
		let mut signer_prefix = [0; 8];
		signer_prefix.copy_from_slice(&signer.signing_public()[..8]);
		let trailer = Trailer {
			at,
			authorised_at: snapshot.block,
			versions: open.versions,
			seller: snapshot.seller_of(lane.channel).unwrap_or_default(),
			signer: signer_prefix,
			..Trailer::default()
		};
		let mut record = out.begin(kind::PACKET_OUT)?;
		record.reserve(head.len() + 64 + open.body_len + 128);
		record.put(&head);
		record.put(&signature);
		for run in runs(&open.entries, &self.group.bodies) {
			record.put(run);
		}
		put_trailer(&mut record, &trailer);
		let position = record.finish()?;
		let keys = open.keys.into_iter().enumerate().map(|(i, key)| (key, i as u32)).collect();
		self.group.written.push(Written { position, outgoing: true, keys });
		self.group.next.insert(lane, sequence + 1);
		Ok(())
	}

	/// Hash the records of a packet of answers and sign the batch.
	fn batch(&self, open: &OpenPacket, sequence: u64, at: Moment, signer: &KeyPair) -> ([u8; 32], SignedBatch) {
		let mut seed = [0; 32];
		rand::thread_rng().fill_bytes(&mut seed);
		let lane = open.target.lane;
		let mut tree = TreeBuilder::new();
		for (i, entry) in open.entries.iter().enumerate() {
			let view = &self.group.views[entry.view as usize];
			let start = entry.start as usize + open.kind.prefix_len();
			let answer = &self.group.bodies[entry.body as usize][start..entry.end as usize];
			// Entries of answers were checked to exist when they were resolved or received.
			let order = view.entry(entry.ordinal).unwrap_or_default();
			let salt = evidence::salt(&seed, i as u32);
			tree.push(evidence::record_leaf(&salt, order, answer, view.version_of(entry.ordinal), lane.channel));
		}
		let header = BatchHeader {
			genesis: self.context.genesis,
			channel: lane.channel,
			issuer_node: lane.from,
			seller_node: lane.to,
			first_sequence: sequence,
			last_sequence: sequence,
			business_date: business_date(at, self.context.business_day_offset_minutes),
			count: open.entries.len() as u32,
			root: tree.root(),
		};
		let signature = signer.sign(Purpose::Batch, &self.context.genesis, &header.encode());
		(seed, SignedBatch { header, signature })
	}

	fn note(&mut self, note: Note, out: &mut RecordWriter<'_>) -> Result<(), AppendError> {
		let (kind, payload) = match &note {
			Note::Delivered(it) => (kind::DELIVERED, it.encode()),
			Note::Turned(it) => (if it.refusal.is_some() { kind::LANE_CLOSED } else { kind::LANE_REOPENED }, it.encode()),
			Note::AnchorCut(it) => (kind::ANCHOR_CUT, it.encode()),
			Note::AnchorFinal(it, _) => (kind::ANCHOR_FINAL, it.encode()),
			Note::Receipts(it) => (kind::RECEIPTS_SETTLED, it.encode()),
		};
		let position = out.push(kind, &payload)?;
		self.group.notes.push((position, note));
		Ok(())
	}

	/// The key to sign with now, and the directory that says so.
	fn signer(&self) -> Option<(Arc<Snapshot>, KeyPair)> {
		let snapshot = self.context.snapshot.read().clone()?;
		let pair = self.context.keys.signer(&snapshot.me()?.keys, snapshot.block)?.clone();
		Some((snapshot, pair))
	}

	fn cut_all(&mut self, group: &mut Vec<Submission>, out: &mut RecordWriter<'_>) -> Result<(), AppendError> {
		let signer = self.signer();
		let mut reports = Vec::new();
		for submission in group.drain(..) {
			match (submission, &signer) {
				(Submission::Note(note, reply), _) => {
					self.note(*note, out)?;
					self.group.answers.extend(reply.map(Answer::Noted));
				},
				(Submission::Lines(lines), Some(_)) => reports.extend(self.lines(*lines)),
				(Submission::Inbound(inbound), Some((_, pair))) => self.inbound(*inbound, pair, out),
				(Submission::Lines(lines), None) => {
					self.group.answers.push(Answer::Failed(lines.reply, SubmitError::NotReady));
				},
				(Submission::Inbound(inbound), None) => {
					self.group.answers.push(Answer::NotStored(inbound.reply, InboundError::NoKey));
				},
			}
		}
		if let Some((snapshot, pair)) = signer {
			let full = std::mem::take(&mut self.group.full);
			let open = std::mem::take(&mut self.group.open);
			for packet in full.into_iter().chain(open).filter(|p| !p.entries.is_empty()) {
				self.write_open(packet, &snapshot, &pair, out)?;
			}
		}
		for (reply, mut report, key) in reports {
			report.position = out.next();
			if let Some(key) = key {
				let it = records::Idempotency {
					at: self.context.clock.now_ms(),
					key: key.key,
					body_digest: key.body_digest,
					report: report.clone(),
				};
				out.push(kind::IDEMPOTENCY, &it.encode())?;
				self.group.idempotency.push(it);
			}
			self.group.answers.push(Answer::Report(reply, report));
		}
		Ok(())
	}

	fn apply(&mut self, group: &Committed<'_>) {
		let library = self.context.library.clone();
		let mut extended: Vec<LaneId> = Vec::new();
		for written in std::mem::take(&mut self.group.written) {
			let view = group.record(written.position).and_then(|r| PacketView::new(written.position, &r.payload).ok());
			let Some(view) = view.map(Arc::new) else {
				debug_assert!(false, "what was just written can be read");
				continue;
			};
			let number = library.numbers.push(written.position);
			let located: Vec<_> =
				written.keys.iter().filter_map(|(key, i)| Some((*key, Location::new(number, *i)?))).collect();
			library.index.insert_many(&located);
			library.book.write().packet(&view, written.outgoing);
			library.keep(&view);
			let lane = view.packet.header.lane;
			if written.outgoing && !extended.contains(&lane) {
				extended.push(lane);
			}
		}
		let mut book = library.book.write();
		for (position, note) in self.group.notes.drain(..) {
			apply_note(&mut book, position, &note);
		}
		if !self.group.idempotency.is_empty() {
			book.forget_keys(self.context.clock.now_ms().saturating_sub(self.context.idempotency_ms));
			self.group.idempotency.drain(..).for_each(|it| book.answered(it));
		}
		let cuts: Vec<_> =
			extended.iter().map(|lane| (*lane, book.lanes.get(lane).map_or(0, |l| l.packets()))).collect();
		drop(book);
		for (lane, cut) in cuts {
			self.outbox.extended(lane, cut);
		}
	}

	fn clear(&mut self) {
		let group = &mut self.group;
		group.bodies.clear();
		group.views.clear();
		group.open.clear();
		group.full.clear();
		group.pending.clear();
		group.claimed.clear();
		group.written.clear();
		group.notes.clear();
		group.idempotency.clear();
		group.keys.clear();
		group.next.clear();
	}
}

impl<O: Outbox> Cutter for PacketCutter<O> {
	type Submission = Submission;

	fn cut(&mut self, group: &mut Vec<Submission>, out: &mut RecordWriter<'_>) {
		if let Err(error) = self.cut_all(group, out) {
			// Only a record above the size limit fails here, and lengths were checked long before: see MAX_BODY_LEN.
			log::error!(target: "courier", "A record was not written: {error}");
		}
	}

	fn committed(&mut self, group: &Committed<'_>) {
		if group.records > 0 {
			self.context.full.store(false, Ordering::Relaxed);
		}
		self.apply(group);
		for answer in self.group.answers.drain(..) {
			// A caller that no longer waits learns it by asking.
			match answer {
				Answer::Report(reply, report) => drop(reply.send(Ok(report))),
				Answer::Failed(reply, error) => drop(reply.send(Err(error))),
				Answer::Stored(reply) => drop(reply.send(Ok(()))),
				Answer::NotStored(reply, error) => drop(reply.send(Err(error))),
				Answer::Noted(reply) => drop(reply.send(())),
			}
		}
		self.clear();
	}

	fn refused(&mut self, error: &AppendError) {
		self.context.full.store(matches!(error, AppendError::Full { .. }), Ordering::Relaxed);
		{
			let mut book = self.context.library.book.write();
			for (lane, sequence, ordinal) in self.group.claimed.drain(..) {
				book.unclaim(&lane, sequence, ordinal);
			}
		}
		for answer in self.group.answers.drain(..) {
			match answer {
				Answer::Report(reply, _) => drop(reply.send(Err(submit_error(error)))),
				Answer::Failed(reply, error) => drop(reply.send(Err(error))),
				Answer::Stored(reply) => drop(reply.send(Err(InboundError::NotStored(error.clone())))),
				Answer::NotStored(reply, error) => drop(reply.send(Err(error))),
				// Dropped: the sender sees that it was not noted.
				Answer::Noted(_) => (),
			}
		}
		self.clear();
	}

	fn rejected(&mut self, group: &mut Vec<Submission>, error: &AppendError) {
		for submission in group.drain(..) {
			match submission {
				Submission::Lines(lines) => drop(lines.reply.send(Err(submit_error(error)))),
				Submission::Inbound(inbound) => {
					drop(inbound.reply.send(Err(InboundError::NotStored(error.clone()))));
				},
				Submission::Note(..) => (),
			}
		}
	}
}

impl OpenPacket {
	fn new(target: Target, kind: PacketKind) -> Self {
		OpenPacket {
			target,
			kind,
			entries: Vec::new(),
			keys: Vec::new(),
			versions: Vec::new(),
			kinds: BusinessKinds::NONE,
			body_len: 0,
		}
	}
}

/// Counts packets by how often an entry was the first of one, or of what this submission added.
#[derive(Default)]
struct PacketCount {
	count: u32,
	last_len: usize,
}

impl PacketCount {
	fn note(&mut self, len: usize) {
		if self.count == 0 || len <= self.last_len {
			self.count += 1;
		}
		self.last_len = len;
	}
}

/// The bytes of the entries, with neighbours in one piece.
fn runs<'a>(entries: &'a [OpenEntry], bodies: &'a [Bytes]) -> impl Iterator<Item = &'a [u8]> {
	let mut rest = entries;
	std::iter::from_fn(move || {
		let (first, mut tail) = rest.split_first()?;
		let mut end = first.end;
		while let Some((next, more)) = tail.split_first().filter(|(n, _)| n.body == first.body && n.start == end) {
			end = next.end;
			tail = more;
		}
		rest = tail;
		Some(&bodies[first.body as usize][first.start as usize..end as usize])
	})
}

fn put_trailer(record: &mut crate::store::RecordBuilder<'_>, trailer: &Trailer) {
	let bytes = trailer.encode();
	record.put(&bytes);
	record.put(&(bytes.len() as u32).to_le_bytes());
}

fn write_packet(
	out: &mut RecordWriter<'_>,
	kind: u8,
	packet: &[u8],
	trailer: &Trailer,
) -> Result<u64, AppendError> {
	let mut record = out.begin(kind)?;
	record.reserve(packet.len() + 128);
	record.put(packet);
	put_trailer(&mut record, trailer);
	record.finish()
}

/// Days since 1970-01-01 of the business day at `at`.
pub fn business_date(at: Moment, offset_minutes: i32) -> u32 {
	let local = at as i64 + i64::from(offset_minutes) * 60_000;
	u32::try_from(local.div_euclid(86_400_000)).unwrap_or(0)
}

/// Enter a note into the book.
pub fn apply_note(book: &mut Book, position: u64, note: &Note) {
	match note {
		Note::Delivered(it) => book.delivered(position, it),
		Note::Turned(it) => book.turned(it),
		Note::AnchorCut(it) => book.anchor_cut(position, it),
		Note::AnchorFinal(it, batches) => book.anchor_final(it, batches),
		Note::Receipts(it) => book.receipts_settled(it),
	}
}

/// What the caller is told when the log does not take something.
pub fn submit_error(error: &AppendError) -> SubmitError {
	match error {
		AppendError::Full { .. } => SubmitError::StoreFull,
		AppendError::Busy => SubmitError::Busy { retry_after_ms: 100 },
		AppendError::Closed => SubmitError::Closed,
		AppendError::TooLarge { bytes, limit } => {
			SubmitError::TooLarge { what: "bytes", value: *bytes, max: *limit }
		},
		other => SubmitError::Store(other.to_string()),
	}
}

fn unreadable(error: &LookupError) -> Problem {
	problem("log_unreadable", "", "", format!("an earlier line cannot be compared: {error}"))
}

fn reused(bytes: &[u8]) -> Problem {
	let id = order::Order::parse_registration(bytes).map(|o| o.id.into_owned()).unwrap_or_default();
	problem("order_id_reused", "id", id, "was used before with other content")
}

fn already_confirmed(bytes: &[u8]) -> Problem {
	let id = order::Confirmation::parse(bytes).map(|c| c.order.into_owned()).unwrap_or_default();
	problem("already_confirmed", "order", id, "was answered before with other content")
}
