// SPDX-License-Identifier: Apache-2.0

//! From submissions to packets: runs on the log's writer thread, once per commit group.
//!
//! Everything accepted for one lane, one interface and one kind of packet while the last `fdatasync` ran becomes one packet (or
//! several, when it is more than fits one). Ids are checked, entries claimed, leaves hashed and headers signed here, so that all of it
//! happens once and in one order.
//!
//! * `submission`: what comes in.
//! * `lines`: from this node's business system.
//! * `inbound`: from partners.
//! * `copies`: orders that a partner sends once more.
//! * `returned`: packets of this node that a partner gives back.
//! * `write`: packets and notes into records.
//!
//! Nothing here reads the disk but for what was stored since a submission was looked at: whoever submits has looked up all that is older.
//! Nothing is written that recovery would not take ([`Content::read`](records::Content::read)).

mod copies;
mod inbound;
mod lines;
mod returned;
mod submission;
mod write;

pub use copies::Repetition;
pub use lines::{already_confirmed, reused, unreadable};
pub use submission::*;
pub use write::{civil_date, WriteError};

use crate::{
	api::{IdempotencyKey, LaneId, SubmitError, SubmitReport},
	attesting::FinalChain,
	book::{Book, LaneBook},
	chain::{Snapshot, Target},
	clock::Clock,
	keys::{KeyPair, KeyRing},
	library::Library,
	protocol::{self, PacketKind},
	random::Random,
	records::{self, kind, EntryId, PacketRecord, PacketView},
	requests::KeyId,
	store::{AppendError, Committed, Cutter, Key, RecordWriter},
};
use bytes::Bytes;
use codec::Encode;
use hashbrown::HashMap;
use parking_lot::RwLock;
use sealane_primitives::{
	business::BusinessKinds,
	ids::{AgreementId, Digest},
};
use std::sync::{
	atomic::{AtomicBool, Ordering},
	Arc,
};
use tokio::sync::oneshot;

/// Bytes after which a group takes no further submission. The rest is the next group, so nobody fails because others wrote much.
const MAX_CUT_BYTES: usize = 64 << 20;

/// Who is told of new packets.
pub trait Outbox: Send + 'static {
	/// The lane has `cut` packets on disk.
	fn extended(&self, lane: LaneId, cut: u64);
	/// The disk had no room for a note that nobody waits for.
	fn unnoted(&self, note: Note);
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
	/// The final chain, of which attestations name a block.
	pub final_chain: Arc<FinalChain>,
	/// Time.
	pub clock: Arc<dyn Clock>,
	/// Where the seeds of salts come from.
	pub random: Arc<dyn Random>,
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
	/// What was written, taken apart: looked for by nobody again.
	record: PacketRecord,
	/// The hashes of its entries.
	hashes: Vec<Digest>,
}

/// Where a line is while its packet is in the making: body, start and end.
type Place = (u32, u32, u32);

/// An order in this group whose packet is not in the book yet.
#[derive(Clone, Copy)]
struct Pending {
	place: Place,
	/// Orders of a partner: which one.
	entry: Option<EntryId>,
}

/// An entry that this group answers.
struct Claim {
	lane: LaneId,
	sequence: u64,
	ordinal: u32,
	/// The answer, where this node's business system gave it.
	answer: Option<Place>,
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
	pending: HashMap<Key, Pending>,
	claimed: Vec<Claim>,
	/// Finds answers among `claimed`, as far as it was needed.
	claims: HashMap<(LaneId, u64, u32), Place>,
	claims_known: usize,
	written: Vec<Written>,
	notes: Vec<(u64, Note)>,
	/// Repetitions to be answered, and those that wait for the answer to the first: that and the repetition.
	copied: Vec<copies::Copied>,
	waiting: Vec<(EntryId, EntryId)>,
	requests: Vec<(u64, records::Idempotency)>,
	/// Keys of the requests in work, with the digests of their bodies.
	keys: HashMap<KeyId, Digest>,
	/// Bytes of the packets in the making.
	bytes: usize,
	answers: Vec<Answer>,
	next: HashMap<LaneId, u64>,
	/// Hashes of the last headers, of lanes that got a packet in this group.
	headers: HashMap<LaneId, Digest>,
	/// Hashes of the last cores, of lanes that got one in this group.
	cores: HashMap<LaneId, Digest>,
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
		PacketCutter {
			context,
			outbox,
			group: Group::default(),
		}
	}
	fn body(&mut self, body: Bytes) -> u32 {
		self.group.bodies.push(body);
		self.group.bodies.len() as u32 - 1
	}

	/// The index of the packet in the making that takes `len` more bytes.
	fn open(&mut self, target: &Target, kind: PacketKind, len: usize) -> usize {
		let group = &mut self.group;
		group.bytes += len;
		if let Some(at) = group.open.iter().position(|p| p.kind == kind && p.target == *target) {
			let packet = &group.open[at];
			let full =
				packet.body_len + len > protocol::MAX_BODY_LEN || packet.entries.len() as u32 == protocol::MAX_ENTRIES;
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

	fn next(&self, lane: &LaneId) -> u64 {
		match self.group.next.get(lane) {
			Some(next) => *next,
			None => self
				.context
				.library
				.book
				.read()
				.lanes
				.get(lane)
				.map_or(0, |l| l.packets()),
		}
	}

	/// The hash that the lane's next header names as the one before it; `None` where that packet was lost.
	fn last_header(&self, lane: &LaneId) -> Option<Digest> {
		if let Some(hash) = self.group.headers.get(lane) {
			return Some(*hash);
		}
		let book = self.context.library.book.read();
		book.lanes.get(lane).map_or(Some([0; 32]), LaneBook::last_header)
	}

	/// The hash of the lane's last core; `None` where it was lost.
	fn last_core(&self, lane: &LaneId) -> Option<Digest> {
		let in_group = self.group.cores.get(lane).copied();
		in_group.or_else(|| self.context.library.book.read().batches.last_core(lane))
	}

	/// The key to sign with now, and the directory that says so.
	fn signer(&self) -> Option<(Arc<Snapshot>, KeyPair)> {
		let snapshot = self.context.snapshot.read().clone()?;
		let pair = self.context.keys.signer(&snapshot.me()?.keys, snapshot.block)?.clone();
		Some((snapshot, pair))
	}

	/// Cut what fits one group; what does not stays in `group`.
	fn cut_all(&mut self, group: &mut Vec<Submission>, out: &mut RecordWriter<'_>) -> Result<(), WriteError> {
		let signer = self.signer();
		let mut reports = Vec::new();
		let mut submissions = group.drain(..);
		for submission in submissions.by_ref() {
			match (submission, &signer) {
				(Submission::Note(note, reply), _) => match self.note(*note, out) {
					Ok(()) => self.group.answers.extend(reply.map(Answer::Noted)),
					// Its reply is dropped: the sender sees that it was not noted.
					Err(error) => log::error!(target: "courier", "A note was not written: {error}"),
				},
				(Submission::Lines(lines), Some(_)) => reports.extend(self.lines(*lines)),
				(Submission::Inbound(inbound), Some((_, pair))) => self.inbound(*inbound, pair, out),
				(Submission::Lines(lines), None) => {
					self.group
						.answers
						.push(Answer::Failed(lines.reply, SubmitError::NotReady));
				}
				(Submission::Returned(returned), _) => self.returned(*returned, out),
				(Submission::Inbound(inbound), None) => {
					self.group
						.answers
						.push(Answer::NotStored(inbound.reply, InboundError::NoKey));
				}
			}
			if out.bytes() + self.group.bytes >= MAX_CUT_BYTES {
				break;
			}
		}
		let rest: Vec<_> = submissions.collect();
		group.extend(rest);
		self.answer_copies();
		let mut written = Ok(());
		if let Some((snapshot, pair)) = signer {
			let full = std::mem::take(&mut self.group.full);
			let open = std::mem::take(&mut self.group.open);
			for packet in full.into_iter().chain(open).filter(|p| !p.entries.is_empty()) {
				written = written.and_then(|()| self.write_open(packet, &snapshot, &pair, out));
			}
		}
		for (reply, report, key) in reports {
			self.report(reply, report, key, out);
		}
		written
	}

	/// Note the answer to a request with a key, and give it once it is on disk.
	fn report(
		&mut self,
		reply: SubmitReply,
		mut report: SubmitReport,
		key: Option<IdempotencyKey>,
		out: &mut RecordWriter<'_>,
	) {
		report.position = out.next();
		if let Some(key) = key {
			let it = records::Idempotency {
				at: self.context.clock.now_ms(),
				key: KeyId::of(&key).0,
				body_digest: key.body_digest,
				report: records::Report::of(&report),
			};
			match write::write_checked(out, kind::IDEMPOTENCY, &it.encode()) {
				Ok(position) => self.group.requests.push((position, it)),
				// The request is answered all the same: a key that is not known is harmless.
				Err(error) => log::error!(target: "courier", "A request's key is not remembered: {error}"),
			}
		}
		self.group.answers.push(Answer::Report(reply, report));
	}

	/// A packet of this group could not be written: nothing of the group is, and everybody in it learns why.
	fn fail(&mut self, error: &WriteError) {
		log::error!(target: "courier", "A group was not written: {error}");
		let answers = std::mem::take(&mut self.group.answers);
		let failed = answers.into_iter().map(|answer| match answer {
			Answer::Report(reply, _) => Answer::Failed(reply, SubmitError::Store(error.to_string())),
			Answer::Stored(reply) => Answer::NotStored(reply, InboundError::NotStored(error.clone())),
			other => other,
		});
		// Who wanted something noted sees by the dropped reply that it was not.
		let failed = failed.filter(|answer| !matches!(answer, Answer::Noted(_)));
		let failed: Vec<_> = failed.collect();
		self.unclaim();
		self.clear();
		self.group.answers = failed;
	}

	fn unclaim(&mut self) {
		let mut book = self.context.library.book.write();
		for claim in self.group.claimed.drain(..) {
			book.unclaim(&claim.lane, claim.sequence, claim.ordinal);
		}
	}

	fn apply(&mut self, group: &Committed<'_>) {
		let library = self.context.library.clone();
		let mut extended: Vec<LaneId> = Vec::new();
		for written in std::mem::take(&mut self.group.written) {
			let Some(record) = group.record(written.position) else {
				debug_assert!(false, "what was just written is there");
				continue;
			};
			let view = PacketView::from_record(written.position, written.record, &record.payload);
			let view = Arc::new(view.with_hashes(written.hashes));
			library.add(written.position, &written.keys);
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
		for (first, copy) in self.group.waiting.drain(..) {
			book.copied(first, copy);
		}
		if !self.group.requests.is_empty() {
			book.requests
				.forget_before(self.context.clock.now_ms().saturating_sub(self.context.idempotency_ms));
			for (position, it) in self.group.requests.drain(..) {
				book.requests.answered(position, &it);
			}
		}
		let cuts: Vec<_> = extended
			.iter()
			.map(|lane| (*lane, book.lanes.get(lane).map_or(0, |l| l.packets())))
			.collect();
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
		group.claims.clear();
		group.claims_known = 0;
		group.written.clear();
		group.notes.clear();
		group.copied.clear();
		group.waiting.clear();
		group.requests.clear();
		group.keys.clear();
		group.bytes = 0;
		group.next.clear();
		group.headers.clear();
		group.cores.clear();
	}
}

impl<O: Outbox> Cutter for PacketCutter<O> {
	type Submission = Submission;

	fn cut(&mut self, group: &mut Vec<Submission>, out: &mut RecordWriter<'_>) {
		let mark = out.mark();
		if let Err(error) = self.cut_all(group, out) {
			// Lengths were checked long before: this is a fault of this program, and must not become one of the log.
			out.rewind(mark);
			self.fail(&error);
		}
	}

	fn committed(&mut self, group: &Committed<'_>) {
		if group.records > 0 {
			self.context.full.store(false, Ordering::Relaxed);
		}
		self.apply(group);
	}

	fn published(&mut self) {
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
		self.context
			.full
			.store(matches!(error, AppendError::Full { .. }), Ordering::Relaxed);
		self.unclaim();
		if matches!(error, AppendError::Full { .. }) {
			for (_, note) in self.group.notes.drain(..) {
				self.outbox.unnoted(note);
			}
		}
		for answer in self.group.answers.drain(..) {
			match answer {
				Answer::Report(reply, _) => drop(reply.send(Err(submit_error(error)))),
				Answer::Failed(reply, error) => drop(reply.send(Err(error))),
				Answer::Stored(reply) => drop(reply.send(Err(InboundError::NotStored(error.clone().into())))),
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
					drop(inbound.reply.send(Err(InboundError::NotStored(error.clone().into()))));
				}
				// Its reply is dropped: who asked for them asks again.
				Submission::Returned(_) => (),
				Submission::Note(note, None) if matches!(error, AppendError::Full { .. }) => self.outbox.unnoted(*note),
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

/// Enter a note into the book.
pub fn apply_note(book: &mut Book, position: u64, note: &Note) {
	match note {
		Note::Delivered(it) => book.delivered(position, it),
		Note::Turned(it) => book.turned(it),
		Note::AnchorCut(it) => book.anchor_cut(position, it),
		Note::AnchorFinal(it) => book.anchor_final(it),
		Note::Completed(it) => book.completed(position, it),
		Note::Refusals(it) => book.refused(it),
		Note::Receipts(it) => book.receipts_settled(it),
		Note::Closing(it) => book.closings.add(&it.commitments),
		Note::Closed(it) => book.closings.settle(&it.commitments),
		Note::Abandoned(it) => book.abandoned(it),
		Note::Judged(it) => book.unjudged.judged(it.to),
		Note::StoreSeen(it) => book.stores.seen(it),
		Note::TakenOver(it) => book.stores.taken_over(it),
		Note::Regained(it) => book.stores.regained(it),
	}
}

/// What the caller is told when the log does not take something.
pub fn submit_error(error: &AppendError) -> SubmitError {
	match error {
		AppendError::Full { .. } => SubmitError::StoreFull,
		AppendError::Busy => SubmitError::Busy { retry_after_ms: 100 },
		AppendError::Closed => SubmitError::Closed,
		AppendError::TooLarge { bytes, limit } => SubmitError::TooLarge {
			what: "bytes",
			value: *bytes,
			max: *limit,
		},
		other => SubmitError::Store(other.to_string()),
	}
}
