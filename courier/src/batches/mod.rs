// SPDX-License-Identifier: Apache-2.0

//! What becomes of this node's batches: from their making to the anchor that holds them.
//!
//! A batch waits here for the other side's half, then for an anchor, then for that anchor to be final; then only its mark is left. It is anchored with both
//! halves as soon as they are there, and with one where the other is withheld or does not come: one side alone must not keep a trade off
//! the chain. A half that comes later is anchored by itself.
//!
//! Part of the [book](crate::book): built from the log at the start, changed on the writer thread, read by everybody.

use crate::{
	api::LaneId,
	records::{AnchorCut, AnchorEnd, AnchorFinal},
};
use hashbrown::{HashMap, HashSet};
use sealane_primitives::{
	evidence::{Attestation, Side},
	ids::{AnchorSequence, BlockNumber, Digest, Moment},
};
use std::collections::{BTreeMap, BTreeSet};

/// A packet of answers: the lane and its sequence.
pub type BatchId = (LaneId, u64);

/// Most batches of a lane whose other half is withheld that are asked for: a week of asking once a minute. Of more the oldest stay with one half.
pub const MAX_WITHHELD: usize = 10_080;

/// Where the batch of an answer packet stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchMark {
	/// The packet is none of answers.
	None,
	/// The other side's half has not come yet.
	Unsigned,
	/// Both halves are here.
	Signed,
	/// The other side has the batch and agrees to none of it, or this side does not.
	Disputed,
	/// In an anchor of this node, with both halves.
	Anchored(AnchorSequence),
	/// In an anchor of this node, with one half alone.
	AnchoredAlone(AnchorSequence),
}

/// What must be known of an attestation to anchor it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Half {
	/// Its hash.
	pub hash: Digest,
	/// The key that signed it.
	pub key: [u8; 32],
	/// The block that it names.
	pub block: BlockNumber,
}

impl From<&Attestation> for Half {
	fn from(attestation: &Attestation) -> Self {
		Half {
			hash: attestation.hash(),
			key: attestation.key,
			block: attestation.block.number,
		}
	}
}

/// A batch on its way into an anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
	/// The batch.
	pub id: BatchId,
	/// Hash of its core.
	pub core: Digest,
	/// The halves that are here: the issuer's, the seller's.
	pub halves: [Option<Half>; 2],
	/// When its packet was stored.
	pub since: Moment,
}

impl Waiting {
	/// Whether both halves are here.
	pub fn is_whole(&self) -> bool {
		self.halves.iter().all(Option::is_some)
	}

	/// Which halves are here, as a record of the log says it: bit 0 the issuer's, bit 1 the seller's.
	pub fn mask(&self) -> u8 {
		self.halves
			.iter()
			.rev()
			.fold(0, |mask, half| mask << 1 | u8::from(half.is_some()))
	}
}

/// An anchor of this node.
#[derive(Clone, Debug)]
pub struct Anchor {
	/// Position of its record.
	pub position: u64,
	/// Its root.
	pub root: Digest,
	/// When it was cut.
	pub cut_at: Moment,
	/// At which block it was cut.
	pub cut_block: BlockNumber,
	/// At which block it was handed to the pool last.
	pub submitted: Option<BlockNumber>,
	/// In which block it is, as far as known.
	pub block: Option<BlockNumber>,
	/// When it was known to be final.
	pub final_at: Option<Moment>,
	/// The batches in it, until it is final.
	batches: Vec<Waiting>,
}

/// The batches that are not in a final anchor, and the anchors.
#[derive(Debug, Default)]
pub struct Batches {
	/// Batches of this node's answers that are not delivered: by lane and sequence.
	undelivered: BTreeMap<LaneId, BTreeMap<u64, Waiting>>,
	/// Sequence from which on a lane's undelivered batches are not in an anchor by themselves.
	alone_until: HashMap<LaneId, u64>,
	/// What the next anchor holds, oldest first.
	ready: Vec<Waiting>,
	/// Anchors of this node.
	pub anchors: BTreeMap<AnchorSequence, Anchor>,
	/// Hash of each lane's last core; `None` where it was given up in a salvage.
	cores: HashMap<LaneId, Option<Digest>>,
	/// Batches of this node that were delivered without the other half, by lane: it may be given later.
	withheld: BTreeMap<LaneId, BTreeSet<u64>>,
	/// Positions of the records with halves that were given later.
	later: HashMap<BatchId, u64>,
	/// The anchors with one half alone of batches whose other half came later.
	earlier: HashMap<BatchId, AnchorSequence>,
}

impl Batches {
	/// The hash that the lane's next core names as the one before it; `None` where it is not known any more.
	pub fn last_core(&self, lane: &LaneId) -> Option<Digest> {
		self.cores.get(lane).copied().unwrap_or(Some([0; 32]))
	}

	/// Note a lane's newest core; `None` after packets that were given up in a salvage.
	pub(crate) fn set_last_core(&mut self, lane: LaneId, core: Option<Digest>) {
		self.cores.insert(lane, core);
	}

	/// A batch of this node's answers waits for delivery.
	pub(crate) fn made(&mut self, batch: Waiting) {
		let (lane, sequence) = batch.id;
		self.undelivered.entry(lane).or_default().insert(sequence, batch);
	}

	/// A batch is to be anchored as it is.
	pub(crate) fn is_ready(&mut self, batch: Waiting) {
		self.ready.push(batch);
	}

	/// A batch of this node was delivered with this half of the other side, or without. Gives its mark, if it changes.
	pub(crate) fn delivered(
		&mut self,
		id: BatchId,
		other: Option<(Side, Half)>,
		before: BatchMark,
	) -> Option<BatchMark> {
		let (lane, sequence) = id;
		let waiting = self.undelivered.get_mut(&lane).and_then(|open| open.remove(&sequence));
		let given_up = self.alone_until.get(&lane).is_some_and(|until| sequence < *until);
		if self.undelivered.get(&lane).is_some_and(BTreeMap::is_empty) {
			self.undelivered.remove(&lane);
			self.alone_until.remove(&lane);
		}
		let mut waiting = waiting?;
		match other {
			Some((side, half)) => {
				waiting.halves[side as usize] = Some(half);
				self.whole(waiting, before, given_up);
				Some(BatchMark::Signed)
			}
			None => {
				self.ask_later(id);
				if matches!(before, BatchMark::AnchoredAlone(_)) {
					return None;
				}
				if !given_up {
					self.ready.push(waiting);
				}
				Some(BatchMark::Disputed)
			}
		}
	}

	/// The other half of a batch is asked for from time to time; a lane's oldest is given up where there are too many.
	fn ask_later(&mut self, (lane, sequence): BatchId) {
		let of_lane = self.withheld.entry(lane).or_default();
		of_lane.insert(sequence);
		if of_lane.len() > MAX_WITHHELD {
			of_lane.pop_first();
		}
	}

	/// The other half of a batch came after its delivery; it stands in the record at `position`.
	pub(crate) fn completed(&mut self, position: u64, batch: Waiting, before: BatchMark) {
		let (lane, sequence) = batch.id;
		if let Some(of_lane) = self.withheld.get_mut(&lane) {
			of_lane.remove(&sequence);
			if of_lane.is_empty() {
				self.withheld.remove(&lane);
			}
		}
		self.later.insert(batch.id, position);
		self.whole(batch, before, true);
	}

	/// A batch has both halves. `given_up` tells that it may be about to be anchored with one.
	fn whole(&mut self, batch: Waiting, before: BatchMark, given_up: bool) {
		if let BatchMark::AnchoredAlone(sequence) = before {
			self.earlier.insert(batch.id, sequence);
		} else if given_up {
			self.ready.retain(|ready| ready.id != batch.id);
		}
		self.ready.push(batch);
	}

	/// Where the record with a half that was given later is.
	pub fn given_later(&self, id: &BatchId) -> Option<u64> {
		self.later.get(id).copied()
	}

	/// The anchor that holds one half alone of a batch whose other half came later.
	pub fn anchored_before(&self, id: &BatchId) -> Option<AnchorSequence> {
		self.earlier.get(id).copied()
	}

	/// The lanes with batches whose other half is withheld, in order.
	pub fn withheld_lanes(&self) -> impl Iterator<Item = LaneId> + '_ {
		self.withheld.keys().copied()
	}

	/// The first batch from `from` on whose other half is withheld.
	pub fn withheld_from(&self, from: &BatchId) -> Option<BatchId> {
		let (lane, sequence) = *from;
		let mut lanes = self.withheld.range(lane..);
		lanes.find_map(|(id, of_lane)| {
			let least = if *id == lane { sequence } else { 0 };
			of_lane.range(least..).next().map(|sequence| (*id, *sequence))
		})
	}

	/// Batches that are anchored with the next anchor.
	pub fn ready(&self) -> &[Waiting] {
		&self.ready
	}

	/// Let batches be anchored alone that have waited for their delivery since before `before`.
	pub(crate) fn give_up_waiting(&mut self, before: Moment) {
		for (lane, open) in &self.undelivered {
			let from = self.alone_until.entry(*lane).or_default();
			let due = open.range(*from..).take_while(|(_, batch)| batch.since < before);
			for (sequence, batch) in due {
				self.ready.push(*batch);
				*from = sequence + 1;
			}
		}
	}

	/// Batches whose signatures need a key that ends: those that are not delivered, and those that are in no final anchor.
	pub fn signed_by(&self, key: &[u8; 32]) -> usize {
		let is_signed = |batch: &&Waiting| batch.halves.iter().flatten().any(|half| half.key == *key);
		let undelivered = self.undelivered.values().flat_map(BTreeMap::values);
		let open = self.anchors.values().flat_map(|anchor| &anchor.batches);
		// One that is about to be anchored alone is among the undelivered too, and counts once.
		let ready = self.ready.iter().filter(|batch| {
			let (lane, sequence) = &batch.id;
			!self
				.undelivered
				.get(lane)
				.is_some_and(|open| open.contains_key(sequence))
		});
		undelivered.chain(open).chain(ready).filter(is_signed).count()
	}

	/// The halves in an anchor that is not final.
	pub fn halves_in(&self, anchor: AnchorSequence) -> Vec<Half> {
		let batches = self.anchors.get(&anchor).into_iter().flat_map(|anchor| &anchor.batches);
		batches.flat_map(|batch| batch.halves).flatten().collect()
	}

	/// An anchor was cut. Gives the marks of its batches.
	pub(crate) fn anchor_cut(&mut self, position: u64, cut: &AnchorCut) -> Vec<(BatchId, BatchMark)> {
		let in_it: HashMap<BatchId, usize> = cut.batches.iter().enumerate().map(|(i, b)| (b.id(), i)).collect();
		let mut batches: Vec<Option<Waiting>> = vec![None; cut.batches.len()];
		let mut grown = HashSet::new();
		let mut take = |batch: &Waiting| {
			let Some(at) = in_it.get(&batch.id) else { return false };
			if batch.mask() != cut.batches[*at].known() {
				// The other half came while the anchor was on its way to the disk.
				grown.insert(batch.id);
				return false;
			}
			batches[*at] = Some(as_anchored(batch, *at, cut));
			true
		};
		self.ready.retain(|batch| !take(batch));
		// After a restart those that are anchored alone are known from here.
		for (lane, open) in &self.undelivered {
			let alone = cut.batches.iter().filter(|batch| batch.lane == *lane);
			for sequence in alone.map(|batch| batch.sequence) {
				if let Some(batch) = open.get(&sequence) {
					take(batch);
					let until = self.alone_until.entry(*lane).or_default();
					*until = (*until).max(sequence + 1);
				}
			}
		}
		let anchor = Anchor {
			position,
			root: cut.root,
			cut_at: cut.at,
			cut_block: cut.block,
			submitted: None,
			block: None,
			final_at: None,
			batches: batches.into_iter().flatten().collect(),
		};
		self.anchors.insert(cut.sequence, anchor);
		let mut marks = Vec::with_capacity(cut.batches.len());
		for batch in &cut.batches {
			if grown.contains(&batch.id()) {
				self.earlier.insert(batch.id(), cut.sequence);
			} else if batch.is_whole() {
				marks.push((batch.id(), BatchMark::Anchored(cut.sequence)));
			} else {
				if batch.known() == 0b11 {
					self.ask_later(batch.id());
				}
				marks.push((batch.id(), BatchMark::AnchoredAlone(cut.sequence)));
			}
		}
		marks
	}

	/// An anchor is final, or does not count and its batches wait again. Gives the marks of those.
	pub(crate) fn anchor_final(&mut self, end: &AnchorFinal) -> Vec<(BatchId, BatchMark)> {
		if end.how == AnchorEnd::Final {
			if let Some(anchor) = self.anchors.get_mut(&end.sequence) {
				anchor.block = Some(end.block);
				anchor.final_at = Some(end.at);
				anchor.batches = Vec::new();
			}
			return Vec::new();
		}
		let Some(anchor) = self.anchors.remove(&end.sequence) else {
			return Vec::new();
		};
		let mut back = anchor.batches;
		// What became whole since then went its own way.
		back.retain(|batch| {
			let went = self.earlier.get(&batch.id) == Some(&end.sequence);
			if went {
				self.earlier.remove(&batch.id);
			}
			!went
		});
		let is_withheld = |(lane, sequence): &BatchId| self.withheld.get(lane).is_some_and(|it| it.contains(sequence));
		let mark = |batch: &Waiting| match (batch.is_whole(), is_withheld(&batch.id)) {
			(true, _) => BatchMark::Signed,
			(false, true) => BatchMark::Disputed,
			(false, false) => BatchMark::Unsigned,
		};
		let marks = back.iter().map(|batch| (batch.id, mark(batch))).collect();
		self.ready.extend(back);
		marks
	}
}

#[cfg(any(test, feature = "test-support"))]
impl Batches {
	/// All of it that a restart must bring back, one line each. Which batches wait no longer for their delivery is found anew.
	pub(crate) fn describe(&self) -> BTreeSet<String> {
		let mut lines = BTreeSet::new();
		for batch in self.undelivered.values().flat_map(BTreeMap::values) {
			lines.insert(format!("not delivered: {batch:?}"));
		}
		let is_undelivered = |(lane, sequence): &BatchId| {
			let open = self.undelivered.get(lane);
			open.is_some_and(|open| open.contains_key(sequence))
		};
		for batch in self.ready.iter().filter(|batch| !is_undelivered(&batch.id)) {
			lines.insert(format!("not in an anchor: {batch:?}"));
		}
		for (sequence, anchor) in &self.anchors {
			let final_in = anchor.final_at.and(anchor.block);
			lines.insert(format!("anchor {sequence}: {:?} final in {final_in:?}", anchor.root));
			for batch in &anchor.batches {
				lines.insert(format!("in anchor {sequence}: {batch:?}"));
			}
		}
		lines.extend(
			self.cores
				.iter()
				.map(|(lane, core)| format!("lane {lane}: last core {core:?}")),
		);
		for (lane, of_lane) in &self.withheld {
			lines.extend(of_lane.iter().map(|it| format!("without the other half: {lane} {it}")));
		}
		lines.extend(
			self.later
				.iter()
				.map(|it| format!("half of a batch and its record: {it:?}")),
		);
		lines.extend(
			self.earlier
				.iter()
				.map(|it| format!("batch and the anchor with one half of it: {it:?}")),
		);
		lines
	}
}

/// A batch with the halves that are in an anchor, those that were made anew for it included.
fn as_anchored(batch: &Waiting, at: usize, cut: &AnchorCut) -> Waiting {
	let mut batch = *batch;
	for side in Side::BOTH {
		if !cut.batches[at].has(side) {
			batch.halves[side as usize] = None;
		}
	}
	for (_, renewed) in cut.renewed.iter().filter(|(index, _)| *index as usize == at) {
		batch.halves[renewed.side as usize] = Some(renewed.into());
	}
	batch
}

#[cfg(test)]
mod tests;
