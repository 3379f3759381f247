// SPDX-License-Identifier: Apache-2.0

//! Which store speaks for this node, and which for a partner's: see [`crate::stores`].

use super::{
	inbound::{Denial, FULL_RETRY_MS},
	Courier, LOG_TARGET,
};
use crate::{
	api::LaneId,
	chain::Snapshot,
	clock::timeout,
	cutting::Note,
	protocol::{EnvelopeHead, RefusalReason, StoreClaim},
	random,
	stores::{KnownStore, StoreSeen, TakenOver, Verdict},
	transport::Misbehaviour,
};
use sealane_primitives::directory::NodeEntry;
use std::{
	sync::{atomic::Ordering, Arc},
	time::Duration,
};

/// Shortest time between two take-overs of one partner's node that this node follows, in milliseconds: each costs a record.
const TAKE_OVER_PAUSE_MS: u64 = 60_000;
/// Longest wait for the disk before a partner that took over is asked to come again.
const NOTE_PATIENCE: Duration = Duration::from_secs(8);
/// Pause between two attempts to note a take-over.
const NOTE_AGAIN: Duration = Duration::from_secs(1);

impl Courier {
	/// The claim that this store is the node's, signed by the key of today; `None` where there is no key, or the store is about to take over.
	pub(super) fn own_claim(&self, snapshot: &Snapshot) -> Option<StoreClaim> {
		if self.is_taking_over() {
			return None;
		}
		let first = self.library.reader().meta().store.0;
		let (store, take_over) = self.library.book.read().stores.own(first);
		let pair = self.keys.signer(&snapshot.me()?.keys, snapshot.block)?;
		let by = pair.signing_public();
		let mut cached = self.own_claim.lock();
		let known = cached.filter(|(key, claim)| (*key, claim.store, claim.take_over) == (by, store, take_over));
		if let Some((_, claim)) = known {
			return Some(claim);
		}
		let claim = StoreClaim::new(pair, &self.genesis, snapshot.directory.node, store, take_over);
		*cached = Some((by, claim));
		Some(claim)
	}

	/// The claim of this moment.
	#[cfg(test)]
	pub(super) fn claim_now(&self) -> Option<StoreClaim> {
		self.own_claim(&*self.snapshot()?)
	}

	/// Whether the store is about to take over: it takes nothing before that is on disk.
	pub(crate) fn is_taking_over(&self) -> bool {
		self.taking_over.load(Ordering::Acquire)
	}

	/// Whether packets that this node sent on a lane may be missing here.
	pub(super) fn may_lack(&self, lane: &LaneId) -> bool {
		self.is_taking_over() || self.library.book.read().stores.may_lack(lane)
	}

	/// Note that this store takes the place of another.
	pub(super) async fn take_over(self: Arc<Self>) {
		let first = self.library.reader().meta().store.0;
		let (_, before) = self.library.book.read().stores.own(first);
		let it = TakenOver {
			at: self.clock.now_ms(),
			store: random::bytes(self.random.as_ref()),
			// Of two copies restored one after the other the later one is right, whatever they knew of each other.
			take_over: before
				.saturating_add(1)
				.max(u32::try_from(self.clock.now_ms() / 1000).unwrap_or(0)),
		};
		while !self.note_durably(Note::TakenOver(it.clone()), 0).await {
			tokio::select! {
				biased;
				_ = self.stopped() => return,
				_ = self.clock.sleep(NOTE_AGAIN) => (),
			}
		}
		log::warn!(
			target: LOG_TARGET,
			"This store takes over for its node ({}): each lane is compared with the partner before anything goes out on it",
			it.take_over,
		);
		self.taking_over.store(false, Ordering::Release);
		self.ensure_lanes();
		self.senders.notify_all();
	}

	/// After a take-over this node may have sent on lanes that its log does not know.
	pub(super) fn ensure_lanes(&self) {
		if !self.library.book.read().stores.took_over() {
			return;
		}
		let Some(snapshot) = self.snapshot() else { return };
		for channel in &snapshot.directory.channels {
			for node in &channel.partner.nodes {
				self.senders.ensure(LaneId {
					channel: channel.id,
					from: snapshot.directory.node,
					to: node.id,
				});
			}
		}
	}

	/// Whether the store that an envelope comes from is the one that speaks for its node; remembers one that takes over.
	pub(super) async fn follow(
		&self,
		snapshot: &Snapshot,
		partner: &NodeEntry,
		head: &EnvelopeHead,
	) -> Result<(), Denial> {
		let claim = head.store;
		match self.heard(partner, &claim)? {
			None => return Ok(()),
			Some(news) => {
				if !claim.holds(&partner.keys, snapshot.block, &self.genesis, partner.id) {
					let forged = Some(Misbehaviour::Forged);
					return Err(Denial::Refuse(RefusalReason::SignatureInvalid, forged));
				}
				self.not_too_often(partner, &news)?;
			}
		}
		let seen = StoreSeen {
			at: self.clock.now_ms(),
			node: partner.id,
			claim,
		};
		let noted = self.note_durably(Note::StoreSeen(seen), 0);
		if timeout(self.clock.as_ref(), NOTE_PATIENCE, noted).await != Some(true) {
			return Err(Denial::Busy(FULL_RETRY_MS));
		}
		// Another may have been quicker.
		self.heard(partner, &claim)?;
		if claim.take_over > 0 {
			self.senders.probe(partner.id);
		}
		Ok(())
	}

	/// What a claim changes, if anything.
	fn heard(&self, partner: &NodeEntry, claim: &StoreClaim) -> Result<Option<KnownStore>, Denial> {
		let verdict = self.library.book.read().stores.judge(partner.id, claim);
		match verdict {
			Verdict::Known => Ok(None),
			Verdict::News(known) => Ok(Some(known)),
			Verdict::Superseded => Err(Denial::Refuse(RefusalReason::StoreSuperseded, None)),
			Verdict::Doubled => Err(Denial::Refuse(RefusalReason::StoreDoubled, None)),
		}
	}

	fn not_too_often(&self, partner: &NodeEntry, news: &KnownStore) -> Result<(), Denial> {
		let node = partner.id;
		if news.store.is_none() {
			self.metrics.stores_changed.with_label_values(&["doubled"]).inc();
			log::error!(
				target: LOG_TARGET,
				"Two stores speak for node {node} and neither took over from the other: nothing of it is taken until one does. Call that partner",
			);
			return Ok(());
		}
		if news.take_over == 0 {
			return Ok(());
		}
		let now = self.clock.ticks();
		let mut last = self.receivers.taken_over.lock();
		let since = last.get(&node).map(|at| now.saturating_sub(*at));
		if let Some(since) = since.filter(|since| *since < TAKE_OVER_PAUSE_MS) {
			return Err(Denial::Busy((TAKE_OVER_PAUSE_MS - since) as u32));
		}
		last.insert(node, now);
		self.metrics.stores_changed.with_label_values(&["taken_over"]).inc();
		log::warn!(
			target: LOG_TARGET,
			"Node {node} speaks from another store, which took over ({}): it was restored from a copy, and what it lost is sent again",
			news.take_over,
		);
		Ok(())
	}
}
