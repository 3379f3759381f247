// SPDX-License-Identifier: Apache-2.0

//! What the log holds, in memory: per lane and packet a few words, nothing per order but one bit.
//!
//! `lane` is what is known of one lane, `bits` which entries of a packet are answered.
//!
//! The book is built from the log when the node starts and follows it afterwards, on the writer thread. Everybody else reads.

mod bits;
mod lane;

pub use bits::Bits;
pub use lane::{Acknowledged, LaneBook, Slot};

use crate::{
	api::{AnchorState, LaneId, Outcome, RefusalState},
	batches::{BatchId, BatchMark, Batches, Waiting},
	branches::Unjudged,
	order::{Confirmation, Order},
	protocol::{EntryRef, PacketKind},
	receipts::{Closings, Receipts},
	records::{
		Abandoned, AnchorCut, AnchorFinal, Completed, Delivered, EntryId, LaneTurned, PacketView, ReceiptsSettled,
		Refusals,
	},
	requests::Requests,
	stores::Stores,
};
use lane::{LOST, MAX_RECENT};
use sealane_primitives::{courier_host::ReadyReceipt, ids::AnchorSequence};
use std::collections::{BTreeMap, BTreeSet};

/// Refusals of a lane, of each direction, that are shown with its orders.
const MAX_REFUSALS: usize = 8;

/// Whether an answer that was here before the order is one to this packet's.
fn answers_it(early: &Early, view: &PacketView) -> bool {
	let order = view.entry(early.ordinal).map(Order::parse_registration);
	order.is_some_and(|order| order.is_ok_and(|order| order.id == early.id.as_str()))
}

fn next_copy(copies: &BTreeSet<(EntryId, EntryId)>, first: EntryId) -> Option<(EntryId, EntryId)> {
	let next = copies.range((first, EntryId::LEAST)..).next().copied();
	next.filter(|(it, _)| *it == first)
}

/// Most repetitions of orders that wait for the answers to the first ones.
const MAX_COPIES: usize = 65_536;

/// Everything.
#[derive(Debug, Default)]
pub struct Book {
	/// The lanes of this node.
	pub lanes: BTreeMap<LaneId, LaneBook>,
	/// Batches on their way into anchors, and the anchors of this node.
	pub batches: Batches,
	/// Requests with a key that were answered.
	pub requests: Requests,
	/// Results of registrations that wait to be put on chain.
	pub receipts: Receipts,
	/// Registrations that wait to be closed on chain.
	pub closings: Closings,
	/// Orders that came again before they were answered: the first one with a repetition. They are answered together.
	copies: BTreeSet<(EntryId, EntryId)>,
	/// Orders and registrations in all packets.
	pub entries: u64,
	/// Parts of the log were given up, or could not be understood: a lane may lack packets.
	salvaged: bool,
	/// Records that could not be understood.
	pub quarantine: Quarantine,
	/// Partners' packets whose blocks are not final yet.
	pub unjudged: Unjudged,
	/// Which stores of which nodes speak.
	pub stores: Stores,
	/// Answers whose packets are here and whose orders are not, after a take-over: by the packet that is answered.
	early: BTreeMap<(LaneId, u64), Vec<Early>>,
}

/// An answer that is here before the order.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Early {
	/// The entry that is answered.
	ordinal: u32,
	/// What it is called: another order may have got its number, where both sides lost it.
	id: String,
	/// The packet with the answer.
	by: u64,
}

/// Records of the log that are whole and that this version cannot interpret. They stay where they are, and nothing of them has an effect.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quarantine {
	/// How many there are.
	pub records: u64,
	/// Position of the first, and what is wrong with it.
	pub first: Option<(u64, String)>,
}

impl Book {
	/// The book of a log of which nothing was read yet. `salvaged` tells that parts of the log were given up.
	pub fn new(salvaged: bool) -> Self {
		Book {
			salvaged,
			..Book::default()
		}
	}

	/// A record cannot be interpreted. `place` is the lane and the sequence of a packet, and whether it is this node's own, as far as that
	/// can be read: its number must not go to another packet.
	pub fn quarantined(&mut self, position: u64, what: &str, place: Option<(LaneId, u64, bool)>) {
		self.quarantine.records += 1;
		self.quarantine.first.get_or_insert_with(|| (position, what.into()));
		self.salvaged = true;
		let Some((id, sequence, outgoing)) = place else { return };
		let next = self.lanes.get(&id).map_or(0, LaneBook::packets);
		// Any other number is a part of what cannot be understood.
		if sequence == next {
			let lane = self.lanes.entry(id).or_default();
			lane.outgoing = outgoing;
			lane.reach(sequence + 1);
		}
	}

	/// Packets of a lane were refused.
	pub fn refused(&mut self, it: &Refusals) {
		// A lane without packets is one that somebody made up, or has no order to show this with.
		let Some(lane) = self.lanes.get_mut(&it.lane) else {
			return;
		};
		// Later counts take the place of the first.
		lane.refusals
			.retain(|other| (other.code, other.by_partner, other.first) != (it.reason.code(), it.by_partner, it.first));
		lane.refusals.push_back(it.into());
		let same_direction = |other: &RefusalState| other.by_partner == it.by_partner;
		if lane.refusals.iter().filter(|other| same_direction(other)).count() > MAX_REFUSALS {
			let oldest = lane.refusals.iter().position(same_direction);
			oldest.and_then(|oldest| lane.refusals.remove(oldest));
		}
	}

	/// Packets were allowed by a block that the chain abandoned.
	pub fn abandoned(&mut self, it: &Abandoned) {
		self.unjudged.abandoned(it);
		if let Some(lane) = self.lanes.get_mut(&it.lane) {
			lane.is_abandoned(it);
		}
	}

	/// A packet was stored.
	pub fn packet(&mut self, view: &PacketView, outgoing: bool) {
		let header = &view.packet.header;
		let is_answer = header.kind.is_answer();
		if is_answer {
			let skipped = &view.trailer.skipped;
			let answered = view
				.entries
				.iter()
				.enumerate()
				.filter(|(i, _)| skipped.binary_search(&(*i as u32)).is_err());
			if self.stores.took_over() {
				self.keep_early(view, answered.clone());
			}
			let answered = answered.map(|(_, e)| (e.sequence, e.ordinal));
			self.answer(header.lane.opposite(), header.sequence, answered);
		} else {
			self.entries += u64::from(header.count);
		}
		if outgoing && header.kind == PacketKind::RegistrationResults {
			self.receipts_due(view);
		}
		let batch = self.batch(view, outgoing);
		let lane = self.lanes.entry(header.lane).or_default();
		lane.outgoing = outgoing;
		if self.salvaged {
			lane.reach(header.sequence);
		}
		if !outgoing {
			if lane.recent.len() == MAX_RECENT {
				lane.recent.pop_front();
			}
			lane.recent.push_back(Acknowledged::of(view));
			let (by, sequence) = (view.trailer.authorised_at, header.sequence);
			self.unjudged.stored(by, header.lane, sequence);
		}
		lane.head = Some(view.packet.hash());
		lane.slots.push(Slot {
			position: view.position,
			count: header.count,
			kind: header.kind,
			bits: Bits::new(header.count),
			answered: 0,
			answers: Vec::new(),
			batch,
			excludes: view
				.trailer
				.attestation
				.as_ref()
				.is_some_and(|own| !own.excluded.is_none()),
		});
		for it in self.early.remove(&(header.lane, header.sequence)).unwrap_or_default() {
			if answers_it(&it, view) {
				self.answer(header.lane, it.by, std::iter::once((header.sequence, it.ordinal)));
			}
		}
	}

	/// Keep the answers of a packet whose orders are not here.
	fn keep_early<'a>(&mut self, view: &PacketView, answers: impl Iterator<Item = (usize, &'a EntryRef)>) {
		let (orders, by) = (view.packet.header.lane.opposite(), view.packet.header.sequence);
		let here = self.lanes.get(&orders).map_or(0, LaneBook::packets);
		for (i, answer) in answers.filter(|(_, answer)| answer.sequence >= here) {
			let Some(Ok(parsed)) = view.entry(i as u32).map(Confirmation::parse) else {
				continue;
			};
			self.early.entry((orders, answer.sequence)).or_default().push(Early {
				ordinal: answer.ordinal,
				id: parsed.order.into_owned(),
				by,
			});
		}
	}

	/// Entries of a partner's packet that this node answered before it lost the packet, in ascending order.
	pub fn answered_early(&self, view: &PacketView) -> Vec<u32> {
		let early = self.early.get(&(view.packet.header.lane, view.packet.header.sequence));
		let early = early.into_iter().flatten().filter(|it| answers_it(it, view));
		let mut ordinals: Vec<u32> = early.map(|it| it.ordinal).collect();
		ordinals.sort_unstable();
		ordinals
	}

	/// Take up the batch of a packet; gives its mark.
	fn batch(&mut self, view: &PacketView, outgoing: bool) -> BatchMark {
		let header = &view.packet.header;
		let (Some(core), Some(issuers)) = (&header.core, &view.packet.attestation) else {
			return BatchMark::None;
		};
		let core = core.hash();
		self.batches.set_last_core(header.lane, Some(core));
		let own = view.trailer.attestation.as_ref();
		let waiting = Waiting {
			id: (header.lane, header.sequence),
			core,
			halves: [Some(issuers.into()), own.map(Into::into)],
			since: view.trailer.at,
		};
		match (outgoing, own) {
			(true, _) => {
				self.batches.made(waiting);
				BatchMark::Unsigned
			}
			(false, Some(_)) => {
				self.batches.is_ready(waiting);
				BatchMark::Signed
			}
			(false, None) => BatchMark::Disputed,
		}
	}

	/// The packet `by` of the opposite lane answers these entries of `lane`.
	fn answer(&mut self, id: LaneId, by: u64, entries: impl Iterator<Item = (u64, u32)>) {
		let Some(lane) = self.lanes.get_mut(&id) else { return };
		for (sequence, ordinal) in entries {
			let Some(slot) = lane.slots.get_mut(sequence as usize) else {
				continue;
			};
			if !slot.bits.get(ordinal) {
				slot.bits.set(ordinal);
				slot.answered += 1;
			}
			if slot.answered == slot.count {
				slot.bits = Bits::Full;
			}
			if slot.answers.last() != Some(&by) {
				slot.answers.push(by);
			}
			if !self.copies.is_empty() {
				let first = EntryId {
					lane: id,
					sequence,
					ordinal,
				};
				while let Some(pair) = next_copy(&self.copies, first) {
					self.copies.remove(&pair);
				}
			}
		}
	}

	/// A repetition of an order that is not answered yet. Where there are too many of them the rest is never answered: who sends so
	/// many gains nothing by it.
	pub fn copied(&mut self, first: EntryId, copy: EntryId) {
		if self.copies.len() < MAX_COPIES {
			self.copies.insert((first, copy));
		}
	}

	/// Whether any order was repeated before it was answered: almost never.
	pub fn has_copies(&self) -> bool {
		!self.copies.is_empty()
	}

	/// The repetitions of an order that is not answered yet.
	pub fn copies_of(&self, first: &EntryId) -> Vec<EntryId> {
		let from = self.copies.range((*first, EntryId::LEAST)..);
		from.take_while(|(it, _)| it == first).map(|(_, copy)| *copy).collect()
	}

	/// Claim an entry for an answer that is being made; false where it has one already or does not exist.
	pub fn claim(&mut self, lane: &LaneId, sequence: u64, ordinal: u32, kind: PacketKind) -> bool {
		let Some(slot) = self
			.lanes
			.get_mut(lane)
			.and_then(|l| l.slots.get_mut(sequence as usize))
		else {
			return false;
		};
		if ordinal >= slot.count || slot.kind.answer() != Some(kind) || slot.bits.get(ordinal) {
			return false;
		}
		slot.bits.set(ordinal);
		slot.answered += 1;
		true
	}

	/// Give back an entry whose answer was not stored.
	pub fn unclaim(&mut self, lane: &LaneId, sequence: u64, ordinal: u32) {
		if let Some(slot) = self
			.lanes
			.get_mut(lane)
			.and_then(|l| l.slots.get_mut(sequence as usize))
		{
			if slot.bits.get(ordinal) {
				slot.bits.clear(ordinal, slot.count);
				slot.answered -= 1;
			}
		}
	}

	/// A receipt was stored.
	pub fn delivered(&mut self, position: u64, delivered: &Delivered) {
		let receipt = &delivered.receipt.what;
		if self.salvaged {
			// The partner acknowledges what existed. Its number must not go to another packet.
			let lane = self.lanes.entry(receipt.lane).or_default();
			lane.outgoing = true;
			if lane.packets() <= receipt.last_sequence {
				lane.reach(receipt.last_sequence + 1);
				self.batches.set_last_core(receipt.lane, None);
			}
		}
		let Some(lane) = self.lanes.get_mut(&receipt.lane) else {
			return;
		};
		let end = (receipt.last_sequence + 1).min(lane.packets());
		if end > lane.delivered {
			lane.delivered = end;
			lane.deliveries.push((end, delivered.at, position));
		}
		for sequence in receipt.first_sequence..end {
			let Some(slot) = lane.slots.get_mut(sequence as usize) else {
				break;
			};
			if !matches!(slot.batch, BatchMark::Unsigned | BatchMark::AnchoredAlone(_)) {
				continue;
			}
			let theirs = delivered.attestation(sequence);
			let half = theirs.map(|theirs| (theirs.side, theirs.into()));
			if let Some(mark) = self.batches.delivered((receipt.lane, sequence), half, slot.batch) {
				slot.batch = mark;
				slot.excludes = theirs.is_some_and(|theirs| !theirs.excluded.is_none());
			}
		}
	}

	/// The other half of a batch came after its delivery.
	pub fn completed(&mut self, position: u64, it: &Completed) {
		let lane = self.lanes.get_mut(&it.lane);
		let Some(slot) = lane.and_then(|lane| lane.slots.get_mut(usize::try_from(it.sequence).ok()?)) else {
			return;
		};
		if !matches!(slot.batch, BatchMark::Disputed | BatchMark::AnchoredAlone(_)) {
			return;
		}
		let mut halves = [None; 2];
		for half in [&it.own, &it.attestation] {
			halves[half.side as usize] = Some(half.into());
		}
		let batch = Waiting {
			id: (it.lane, it.sequence),
			core: it.core,
			halves,
			since: it.at,
		};
		slot.excludes = !it.attestation.excluded.is_none();
		self.batches.completed(position, batch, slot.batch);
		slot.batch = BatchMark::Signed;
	}

	/// A lane was closed or opened.
	pub fn turned(&mut self, turned: &LaneTurned) {
		let lane = self.lanes.entry(turned.lane).or_insert_with(|| LaneBook {
			outgoing: true,
			..Default::default()
		});
		lane.closed = turned.refusal.map(|refusal| (refusal, turned.block));
	}

	/// An anchor was cut.
	pub fn anchor_cut(&mut self, position: u64, cut: &AnchorCut) {
		let marks = self.batches.anchor_cut(position, cut);
		self.mark(&marks);
	}

	/// An anchor is final, or does not count, and its batches wait again.
	pub fn anchor_final(&mut self, end: &AnchorFinal) {
		let marks = self.batches.anchor_final(end);
		self.mark(&marks);
	}

	fn mark(&mut self, marks: &[(BatchId, BatchMark)]) {
		for ((lane, sequence), mark) in marks {
			let lane = self.lanes.get_mut(lane);
			if let Some(slot) = lane.and_then(|lane| lane.slots.get_mut(usize::try_from(*sequence).ok()?)) {
				slot.batch = *mark;
			}
		}
	}

	/// Receipts are on chain for good.
	pub fn receipts_settled(&mut self, settled: &ReceiptsSettled) {
		self.receipts.settle(&settled.commitments);
	}

	fn receipts_due(&mut self, view: &PacketView) {
		for ordinal in 0..view.packet.header.count {
			let Some(result) = view.entry(ordinal).and_then(|bytes| Confirmation::parse(bytes).ok()) else {
				continue;
			};
			let Some(commitment) = result.commitment else { continue };
			let accepted = result.outcome == Outcome::Accepted;
			self.receipts.push(ReadyReceipt {
				commitment,
				seller: view.trailer.seller,
				accepted,
			});
		}
	}

	/// The slot of a packet; `None` for one that was given up, too.
	pub fn slot(&self, lane: &LaneId, sequence: u64) -> Option<&Slot> {
		let slot = self.lanes.get(lane)?.slots.get(usize::try_from(sequence).ok()?)?;
		(slot.position != LOST).then_some(slot)
	}

	/// The state of an anchor.
	pub fn anchor_state(&self, sequence: AnchorSequence) -> Option<AnchorState> {
		let anchor = self.batches.anchors.get(&sequence)?;
		Some(AnchorState {
			sequence,
			root: anchor.root,
			block: anchor.block,
			finalised: anchor.final_at.is_some(),
		})
	}
}
