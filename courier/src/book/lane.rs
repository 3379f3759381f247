// SPDX-License-Identifier: Apache-2.0

//! One lane: its packets, what was acknowledged of them, why it is closed.

use super::bits::Bits;
use crate::{
	api::{BlockRef, RefusalState},
	batches::BatchMark,
	protocol::PacketKind,
	records::{Abandoned, PacketView},
};
use sealane_primitives::{
	directory::Refusal,
	evidence::Attestation,
	ids::{BlockNumber, Digest, Moment},
};
use std::collections::VecDeque;

/// Position of a packet that was given up in a salvage.
pub(super) const LOST: u64 = u64::MAX;

/// What is known of one packet.
#[derive(Clone, Debug)]
pub struct Slot {
	/// Position of its record.
	pub position: u64,
	/// Number of its entries.
	pub count: u32,
	/// What it carries.
	pub kind: PacketKind,
	/// Orders and registrations: which entries are answered.
	pub bits: Bits,
	/// How many of them.
	pub answered: u32,
	/// The packets of the opposite lane that answer some of them.
	pub answers: Vec<u64>,
	/// Answers: where the batch stands.
	pub batch: BatchMark,
	/// Answers: the seller agrees to some of the records only.
	pub excludes: bool,
}

/// Packets of a partner whose receipts are given again without a look at the log. More than a partner has under way: four
/// envelopes.
pub(super) const MAX_RECENT: usize = 4 * crate::protocol::MAX_PACKETS;

/// Most runs of packets of a lane that were allowed by abandoned blocks and are known without a look at the log.
const MAX_ABANDONED: usize = 64;

/// What a receipt says of one packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledged {
	/// The packet's hash.
	pub hash: Digest,
	/// When it was stored.
	pub at: Moment,
	/// Block against whose state it was authorised.
	pub authorised_at: BlockRef,
	/// Hash of its batch's core, and this node's attestation of it.
	pub half: Option<(Digest, Attestation)>,
}

impl Acknowledged {
	/// What is said of a stored packet of a partner.
	pub fn of(view: &PacketView) -> Self {
		let core = view.packet.header.core.as_ref();
		Acknowledged {
			hash: view.packet.hash(),
			at: view.trailer.at,
			authorised_at: view.trailer.authorised_at,
			half: core.and_then(|core| Some((core.hash(), view.trailer.attestation.clone()?))),
		}
	}
}

/// One lane.
#[derive(Clone, Debug, Default)]
pub struct LaneBook {
	/// This node sends on it.
	pub outgoing: bool,
	/// Its packets; the index is the sequence.
	pub slots: Vec<Slot>,
	/// Outgoing: packets before this sequence are on the partner's disk.
	pub delivered: u64,
	/// Outgoing: receipts, as (sequence behind the last packet, time, position of the record).
	pub deliveries: Vec<(u64, Moment, u64)>,
	/// Why and since which block it is closed.
	pub closed: Option<(Refusal, BlockNumber)>,
	/// Incoming: what was acknowledged last, the newest at the end.
	pub(super) recent: VecDeque<Acknowledged>,
	/// Hash of the last packet's header; `None` where the last packet was lost, or there is none.
	pub(super) head: Option<Digest>,
	/// The last refusals of its packets, the newest at the end.
	pub refusals: VecDeque<RefusalState>,
	/// The last runs of its packets that were allowed by blocks which the chain abandoned, the newest at the end.
	pub(super) abandoned: VecDeque<Abandoned>,
}

impl LaneBook {
	/// `packets` packets were stored once: those that the log does not hold keep their numbers, which the partner knows.
	pub(super) fn reach(&mut self, packets: u64) {
		let lost = Slot {
			position: LOST,
			count: 0,
			kind: PacketKind::Orders,
			bits: Bits::Full,
			answered: 0,
			answers: Vec::new(),
			batch: BatchMark::None,
			excludes: false,
		};
		let packets = usize::try_from(packets).unwrap_or(usize::MAX);
		if packets > self.slots.len() {
			self.recent.clear();
			self.head = None;
		}
		self.slots.resize(self.slots.len().max(packets), lost);
	}

	/// What is known without a look at the log of the packets `first..=last`, if that is so of all of them.
	pub fn recent(&self, first: u64, last: u64) -> Option<Vec<Acknowledged>> {
		let oldest = self.packets() - self.recent.len() as u64;
		let start = usize::try_from(first.checked_sub(oldest)?).ok()?;
		let end = usize::try_from(last.checked_sub(oldest)?).ok()?;
		(end < self.recent.len()).then(|| self.recent.range(start..=end).cloned().collect())
	}

	/// The hash that the next header names as the one before it; `None` where that packet was lost.
	pub fn last_header(&self) -> Option<Digest> {
		match self.slots.is_empty() {
			true => Some([0; 32]),
			false => self.head,
		}
	}

	/// Packets were allowed by a block that the chain abandoned.
	pub(super) fn is_abandoned(&mut self, it: &Abandoned) {
		self.abandoned.push_back(*it);
		if self.abandoned.len() > MAX_ABANDONED {
			self.abandoned.pop_front();
		}
	}

	/// Hash of the block that the chain has instead of the one that allowed the packet.
	pub fn instead_of(&self, sequence: u64, allowed_by: BlockRef) -> Option<Digest> {
		let of_it = |it: &&Abandoned| (it.first..=it.last).contains(&sequence) && it.block == allowed_by;
		self.abandoned.iter().rev().find(of_it).map(|it| it.instead)
	}

	/// Packets so far.
	pub fn packets(&self) -> u64 {
		self.slots.len() as u64
	}

	/// When the packet was acknowledged.
	pub fn delivered_at(&self, sequence: u64) -> Option<Moment> {
		let index = self.deliveries.partition_point(|(end, ..)| *end <= sequence);
		self.deliveries.get(index).map(|(_, at, _)| *at)
	}

	/// Position of the receipt that acknowledges the packet.
	pub fn receipt_of(&self, sequence: u64) -> Option<u64> {
		let index = self.deliveries.partition_point(|(end, ..)| *end <= sequence);
		self.deliveries.get(index).map(|(.., position)| *position)
	}
}
