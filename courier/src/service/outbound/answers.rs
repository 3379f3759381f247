// SPDX-License-Identifier: Apache-2.0

//! What the partner says to an envelope: only what is signed, and fits what was sent, moves the lane.

use super::{sealing::SentBatch, Flown, Sender, NOTE_PATIENCE};
use crate::{
	api::LaneId,
	attesting,
	cutting::Note,
	keys,
	lane::sender::{Expectation, Obstacle},
	protocol::{Answer, Receipt, RefusalReason, Refused, Signed, WireError, VERSION},
	records::{Delivered, Unsigned},
	refusals::Happened,
	service::{Courier, LOG_TARGET},
	transport::Misbehaviour,
};
use codec::Encode;
use sealane_primitives::{
	directory::NodeEntry,
	evidence::{Attestation, Side},
	ids::BlockNumber,
	keys::{CourierKeys, Purpose},
};
use std::sync::atomic::Ordering;

/// Why a lane waits whose packets contradict those that were sent before.
const LOG_BEHIND: &str = "log_behind";

impl Courier {
	pub(super) fn landed(&self, lane: LaneId, sender: &Sender, flown: Flown) {
		let (now, ticks) = (self.clock.now_ms(), self.clock.ticks());
		let answer = match &flown.answer {
			Err(error) => {
				let text = error.to_string();
				self.metrics.send_failures.with_label_values(&["transport"]).inc();
				log::debug!(target: LOG_TARGET, "Lane {lane}: packets from {} on: {text}", flown.first);
				*sender.error.lock() = Some((text, now));
				sender
					.state
					.lock()
					.failed(flown.first, Obstacle::Unreachable, ticks, self.jitter());
				return;
			}
			Ok(bytes) => Answer::parse(bytes),
		};
		match answer {
			Ok(Answer::Stored(receipt)) if self.is_receipt(lane, &flown, &receipt) => {
				sender.forked.store(false, Ordering::Relaxed);
				self.metrics
					.delivery_seconds
					.observe(flown.started.elapsed().as_secs_f64());
				self.metrics.packets_delivered.inc_by(flown.last - flown.first + 1);
				let stored_at = receipt.what.stored_at;
				self.compare_clocks(lane, "the partner's receipt", stored_at, flown.created_at..=now);
				let unsigned = self.unsigned(lane, &flown, &receipt.what);
				let delivered = Delivered {
					at: now,
					receipt,
					unsigned,
				};
				self.stored(sender, delivered);
			}
			Ok(Answer::Refused(refused)) if self.is_refusal(lane, &flown, &refused) => {
				let code = refused.what.reason.code();
				self.metrics.send_failures.with_label_values(&[code]).inc();
				log::info!(target: LOG_TARGET, "Lane {lane}: the partner refuses packet {}: {code}", flown.first);
				// A refusal is made when it is asked for: nothing that waited can make it look old.
				self.compare_clocks(lane, "the partner's refusal", refused.what.at, now..=now);
				if matches!(
					refused.what.reason,
					RefusalReason::StoreSuperseded | RefusalReason::StoreDoubled
				) {
					self.turned_away(lane, sender, code);
				}
				*sender.error.lock() = Some((code.into(), now));
				self.refused_by_partner(lane, &flown, &refused);
				let (refused, jitter) = (refused.what.first_sequence.max(flown.first), self.jitter());
				sender.state.lock().refused(flown.first, refused, ticks, jitter);
			}
			Ok(Answer::Stored(receipt)) if self.is_of_other_packets(lane, &flown, &receipt) => {
				self.forked(lane, sender, &flown);
			}
			Ok(Answer::Expected { sequence }) => self.expected(lane, sender, &flown, sequence),
			Ok(Answer::Busy { retry_after_ms }) => {
				self.metrics.send_failures.with_label_values(&["busy"]).inc();
				sender.state.lock().busy(flown.first, ticks, u64::from(retry_after_ms));
			}
			// Whoever answers in another version may be newer, and is to be told what that is, not to be distrusted.
			Err(WireError::Version { found }) => {
				let code = RefusalReason::Version.code();
				self.metrics.send_failures.with_label_values(&[code]).inc();
				log::info!(target: LOG_TARGET, "Lane {lane}: the partner answers in version {found}; this node speaks {VERSION}");
				*sender.error.lock() = Some((code.into(), now));
				let jitter = self.jitter();
				let mut state = sender.state.lock();
				state.failed(flown.first, Obstacle::Refused, ticks, jitter);
			}
			Ok(Answer::Stored(_) | Answer::Refused(_) | Answer::Returned { .. }) | Err(_) => {
				self.misbehaved(&flown.node.peer, Misbehaviour::BadAnswer);
				*sender.error.lock() = Some(("an answer that proves nothing".into(), now));
				sender
					.state
					.lock()
					.failed(flown.first, Obstacle::Unreachable, ticks, self.jitter());
			}
		}
	}

	/// Keep what the partner signed.
	fn refused_by_partner(&self, lane: LaneId, flown: &Flown, refused: &Signed<Refused>) {
		let (what, snapshot) = (&refused.what, self.snapshot());
		let channel = snapshot.as_ref().and_then(|s| s.channel(lane.channel));
		self.note_refusal(Happened {
			member: channel.map_or(0, |channel| channel.partner.id),
			lane,
			sequence: what.first_sequence.max(flown.first),
			reason: what.reason,
			block: what.block,
			seen: snapshot.as_ref().map_or(0, |snapshot| snapshot.block),
			proof: Some(refused.clone()),
		});
	}

	/// The partner waits for another packet.
	fn expected(&self, lane: LaneId, sender: &Sender, flown: &Flown, sequence: u64) {
		let (now, ticks) = (self.clock.now_ms(), self.clock.ticks());
		let made_of_it = sender
			.state
			.lock()
			.expected(flown.first, sequence, ticks, self.jitter());
		match made_of_it {
			Expectation::Fits => (),
			Expectation::Behind => {
				self.metrics.lanes_behind.with_label_values(&["partner"]).inc();
				log::warn!(
					target: LOG_TARGET,
					"Lane {lane}: the partner waits for packet {sequence}, which it acknowledged before: its log is older than that, and it \
					 gets again what it lost",
				);
			}
			Expectation::Impossible => {
				self.metrics.lanes_behind.with_label_values(&["own"]).inc();
				log::error!(
					target: LOG_TARGET,
					"Lane {lane}: the partner waits for packet {sequence}, which this node never made: this log is older than what was sent, \
					 or the partner is wrong",
				);
				*sender.error.lock() = Some((format!("partner expects packet {sequence}"), now));
			}
		}
	}

	/// The partner acknowledges other packets under the numbers of this node's, and signs it: this node itself has sent others before. That is
	/// no fault of the partner, whom nobody must be told to distrust.
	fn forked(&self, lane: LaneId, sender: &Sender, flown: &Flown) {
		let (now, ticks) = (self.clock.now_ms(), self.clock.ticks());
		self.metrics.lanes_behind.with_label_values(&["own"]).inc();
		if !sender.forked.swap(true, Ordering::Relaxed) {
			log::error!(
				target: LOG_TARGET,
				"Lane {lane}: the partner holds other packets of this node under the numbers {} to {}: this log is older than what was sent, \
				 or two machines use one key. Nothing more goes out on this lane",
				flown.first, flown.last,
			);
		}
		*sender.error.lock() = Some((LOG_BEHIND.into(), now));
		sender
			.state
			.lock()
			.failed(flown.first, Obstacle::Refused, ticks, self.jitter());
	}

	/// The partner follows another store of this node, or cannot tell which one is right. It may be wrong, so the other lanes go on.
	fn turned_away(&self, lane: LaneId, sender: &Sender, code: &str) {
		if !sender.forked.swap(true, Ordering::Relaxed) {
			self.metrics.lanes_behind.with_label_values(&["own"]).inc();
			log::error!(
				target: LOG_TARGET,
				"Lane {lane}: {code}: another store speaks for this node: another machine has its key, or this one runs on an old copy \
				 of its folder. Stop the other machine; the one that stays is started once with --take-over",
			);
		}
	}

	fn stored(&self, sender: &Sender, delivered: Delivered) {
		let receipt = &delivered.receipt.what;
		let (first, last) = (receipt.first_sequence, receipt.last_sequence);
		// What a partner that lost its log acknowledges once more is on this disk already.
		let known = self
			.library
			.book
			.read()
			.lanes
			.get(&receipt.lane)
			.is_some_and(|lane| last < lane.delivered);
		if !known || !receipt.attestations.is_empty() {
			sender.early.lock().insert(first, delivered);
		}
		sender.state.lock().stored(first, last);
		self.note_receipts(sender);
	}

	/// Note receipts in the order of their packets, so that a log never says that a gap was delivered, and what turned the lane. False where
	/// the queue to the disk, or the disk, has no room: the lane's task tries again soon, and nobody earlier, whoever wakes the task and how often.
	pub(super) fn note_receipts(&self, sender: &Sender) -> bool {
		let now = self.clock.ticks();
		let pause = u64::try_from(NOTE_PATIENCE.as_millis()).unwrap_or(u64::MAX);
		if sender.no_room.swap(false, Ordering::Relaxed) {
			sender.note_from.store(now + pause, Ordering::Relaxed);
		}
		if now < sender.note_from.load(Ordering::Relaxed) {
			return false;
		}
		let noted = self.note_all(sender);
		if !noted {
			sender.note_from.store(now + pause, Ordering::Relaxed);
		}
		noted
	}

	fn note_all(&self, sender: &Sender) -> bool {
		let acked = sender.state.lock().acked();
		let mut early = sender.early.lock();
		while let Some(entry) = early.first_entry() {
			if entry.get().receipt.what.last_sequence >= acked {
				break;
			}
			if !self.note(Note::Delivered(entry.get().clone())) {
				return false;
			}
			entry.remove();
		}
		let mut turned = sender.turned.lock();
		while let Some(first) = turned.front() {
			if !self.note(Note::Turned(first.clone())) {
				return false;
			}
			turned.pop_front();
		}
		true
	}

	/// A receipt, rightly signed, for other packets under the same numbers.
	fn is_of_other_packets(&self, lane: LaneId, flown: &Flown, receipt: &Signed<Receipt>) -> bool {
		let what = &receipt.what;
		what.lane == lane
			&& what.first_sequence == flown.first
			&& what.last_sequence == flown.last
			&& what.packets_hash != flown.packets_hash
			&& self.is_signed(&flown.node, Purpose::Receipt, &what.encode(), &receipt.signature)
	}

	/// The batches of an envelope that the partner did not attest although it has the packets. The receipt holds all the same: it proves the
	/// delivery, and the lane goes on.
	pub(super) fn unsigned(&self, lane: LaneId, flown: &Flown, receipt: &Receipt) -> Vec<(u64, Unsigned)> {
		let mut unsigned = Vec::new();
		for batch in &flown.batches {
			let mut given = receipt.attestations.iter().filter(|(s, _)| *s == batch.sequence);
			let why = match (given.next(), given.next()) {
				(None, _) => Unsigned::Withheld,
				(Some((_, attestation)), None) => match self.judge(&flown.node, batch, attestation) {
					Ok(()) => continue,
					Err(why) => why,
				},
				_ => Unsigned::Forged,
			};
			unsigned.push((batch.sequence, why));
		}
		self.alarm(lane, flown, &unsigned);
		unsigned
	}

	/// Whether the partner's attestation of a batch counts.
	fn judge(&self, node: &NodeEntry, batch: &SentBatch, attestation: &Attestation) -> Result<(), Unsigned> {
		let (keys, at) = self.newest_keys(node);
		let expected = attesting::Expected {
			side: Side::Seller,
			genesis: &self.genesis,
			core: &batch.core,
			count: batch.count,
			keys: &keys,
			at,
		};
		self.final_chain
			.judge(attestation, &expected)
			.map_err(|fault| match fault {
				attesting::Fault::Forged => Unsigned::Forged,
				attesting::Fault::KeyEnded => Unsigned::KeyEnded,
				attesting::Fault::NotFinalYet => Unsigned::NotFinalYet,
				attesting::Fault::OtherBranch => Unsigned::OtherBranch,
			})
	}

	fn alarm(&self, lane: LaneId, flown: &Flown, unsigned: &[(u64, Unsigned)]) {
		let Some((first, why)) = unsigned.first() else { return };
		let count = |which| unsigned.iter().filter(|(_, why)| *why == which).count() as u64;
		log::warn!(
			target: LOG_TARGET,
			"Lane {lane}: the partner has {} packets whose batches it did not attest; the first is {first}: {}",
			unsigned.len(), why.code(),
		);
		if count(Unsigned::Forged) > 0 {
			self.misbehaved(&flown.node.peer, Misbehaviour::Forged);
		}
		self.metrics.branch_alarms.inc_by(count(Unsigned::OtherBranch));
		for (_, why) in unsigned {
			self.metrics.batches_unsigned.with_label_values(&[why.code()]).inc();
		}
	}

	pub(super) fn is_receipt(&self, lane: LaneId, flown: &Flown, receipt: &Signed<Receipt>) -> bool {
		let what = &receipt.what;
		what.lane == lane
			&& what.first_sequence == flown.first
			&& what.last_sequence == flown.last
			&& what.packets_hash == flown.packets_hash
			&& self.is_signed(&flown.node, Purpose::Receipt, &what.encode(), &receipt.signature)
	}

	fn is_refusal(&self, lane: LaneId, flown: &Flown, refused: &Signed<Refused>) -> bool {
		let what = &refused.what;
		let fits = what.lane == lane && (flown.first..=flown.last).contains(&what.first_sequence);
		let of_version = what.is_of_version() && what.lane == Refused::all_lanes(lane.from, lane.to);
		(fits || of_version)
			&& self.is_signed(
				&flown.node,
				Purpose::Refusal,
				&refused.what.encode(),
				&refused.signature,
			)
	}

	fn is_signed(&self, node: &NodeEntry, purpose: Purpose, message: &[u8], signature: &[u8; 64]) -> bool {
		let (keys, at) = self.newest_keys(node);
		keys::verify(&keys, at, purpose, &self.genesis, message, signature)
	}

	/// The keys of a partner's node at the newest block: one may have come while an envelope was on its way.
	fn newest_keys(&self, node: &NodeEntry) -> (CourierKeys, BlockNumber) {
		let snapshot = self.snapshot();
		let newest = snapshot.as_ref().and_then(|s| {
			let nodes = s.directory.channels.iter().flat_map(|c| &c.partner.nodes);
			nodes.into_iter().find(|n| n.id == node.id)
		});
		(
			newest.unwrap_or(node).keys.clone(),
			snapshot.as_ref().map_or(0, |s| s.block),
		)
	}
}
