// SPDX-License-Identifier: Apache-2.0

//! Asking again for attestations that were withheld, or could not be given, when a packet was delivered.
//!
//! The packet is sent once more by itself, beside the lane: a node that has it repeats its receipt, with its attestation. One is asked for at a time, and
//! the lanes take turns, so that a partner that never gives any costs next to nothing and keeps no other waiting.

use super::{sealing::Sealed, Flown};
use crate::{
	api::LaneId,
	batches::BatchId,
	clock::{timeout, Ticks},
	cutting::Note,
	protocol::Answer,
	records::Completed,
	service::{Courier, LOG_TARGET},
	transport::TransportError,
};
use hashbrown::HashMap;
use std::{
	sync::Arc,
	time::{Duration, Instant},
};

/// Least time between two questions on a lane whose partner does not give what it is asked for, in milliseconds.
const PAUSE_MS: u64 = 60_000;

/// Whom to ask next.
#[derive(Default)]
pub(crate) struct Asking {
	/// A question is on its way.
	busy: bool,
	/// By lane: the batch from which on to ask, and when.
	lanes: HashMap<LaneId, (u64, Ticks)>,
}

impl Asking {
	/// The next batch to ask for; it is being asked for then. `withheld` are the lanes with such batches, and which they are.
	fn next(&mut self, now: Ticks, lanes: &[LaneId], first: impl Fn(&BatchId) -> Option<BatchId>) -> Option<BatchId> {
		self.lanes.retain(|lane, _| lanes.contains(lane));
		if self.busy {
			return None;
		}
		// Of the lanes that may be asked, the one that has waited longest.
		let due = |lane: &&LaneId| self.lanes.get(*lane).is_none_or(|(_, at)| *at <= now);
		let lane = lanes
			.iter()
			.filter(due)
			.min_by_key(|lane| self.lanes.get(*lane).map(|(_, at)| *at))?;
		let from = self.lanes.get(lane).map_or(0, |(from, _)| *from);
		let found = first(&(*lane, from)).filter(|(found, _)| found == lane);
		let found = found.or_else(|| first(&(*lane, 0)))?;
		self.busy = true;
		Some(found)
	}

	fn done(&mut self, (lane, sequence): BatchId, given: bool, now: Ticks) {
		self.busy = false;
		let pause = if given { 0 } else { PAUSE_MS };
		self.lanes.insert(lane, (sequence + 1, now.saturating_add(pause)));
	}
}

impl Courier {
	/// Ask for the next attestation that is withheld, if it is time.
	pub(crate) fn ask_for_halves(self: &Arc<Self>) {
		let next = {
			let book = self.library.book.read();
			let batches = &book.batches;
			let own: Vec<_> = batches
				.withheld_lanes()
				.filter(|lane| book.lanes.get(lane).is_some_and(|lane| lane.outgoing))
				.collect();
			let first = |from: &BatchId| batches.withheld_from(from);
			self.asking.lock().next(self.clock.ticks(), &own, first)
		};
		let Some(id) = next else { return };
		let courier = self.clone();
		self.spawn(
			"courier-halves",
			Box::pin(async move {
				let given = courier.ask(id).await;
				courier.asking.lock().done(id, given, courier.clock.ticks());
			}),
		);
	}

	/// Ask for the attestation of one batch; whether it came.
	async fn ask(&self, (lane, sequence): BatchId) -> bool {
		let Ok(gate) = self.gate(lane) else { return false };
		let Ok(sealed) = self.seal(lane, &gate, sequence, sequence, self.clock.ticks()) else {
			return false;
		};
		let Sealed {
			first,
			last,
			bytes,
			packets_hash,
			created_at,
			batches,
		} = sealed;
		self.metrics.bytes_sent.inc_by(bytes.len() as u64);
		let patience = Duration::from_millis(self.config.request_patience_ms);
		let request = self.transport.request(&gate.node.peer, &gate.node.addresses, bytes);
		let answer = tokio::select! {
			biased;
			_ = self.stopped() => return false,
			answer = timeout(self.clock.as_ref(), patience, request) => answer.unwrap_or(Err(TransportError::Timeout)),
		};
		let flown = Flown {
			first,
			last,
			packets_hash,
			created_at,
			batches,
			node: gate.node,
			started: Instant::now(),
			answer,
		};
		match flown.answer.as_deref().map(Answer::parse) {
			Ok(Ok(Answer::Stored(receipt))) if self.is_receipt(lane, &flown, &receipt) => {
				if !self.unsigned(lane, &flown, &receipt.what).is_empty() {
					return false;
				}
				let given = receipt.what.attestations.into_iter().find(|(s, _)| *s == sequence);
				let (Some((_, attestation)), Some(batch)) = (given, flown.batches.into_iter().next()) else {
					return false;
				};
				let completed = Completed {
					at: self.clock.now_ms(),
					lane,
					sequence,
					core: batch.core,
					own: batch.own,
					attestation,
				};
				log::info!(target: LOG_TARGET, "Lane {lane}: the partner attests the batch of packet {sequence} now");
				self.note_durably(Note::Completed(completed), 0).await
			}
			// The lane's own task tells what stands in the way.
			_ => false,
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::collections::BTreeSet;

	const LANES: [LaneId; 2] = [
		LaneId {
			channel: 1,
			from: 1,
			to: 2,
		},
		LaneId {
			channel: 2,
			from: 1,
			to: 3,
		},
	];

	#[test]
	fn lanes_take_turns_and_a_partner_that_gives_none_is_left_alone() {
		let withheld: BTreeSet<BatchId> = [(LANES[0], 4), (LANES[0], 9), (LANES[1], 2)].into();
		let first = |from: &BatchId| withheld.range(from..).next().copied();
		let mut asking = Asking::default();
		assert_eq!(asking.next(0, &LANES, first), Some((LANES[0], 4)));
		assert_eq!(asking.next(0, &LANES, first), None, "one at a time");
		asking.done((LANES[0], 4), false, 0);
		assert_eq!(asking.next(0, &LANES, first), Some((LANES[1], 2)));
		asking.done((LANES[1], 2), true, 0);
		// What gives is asked on, what does not waits.
		assert_eq!(
			asking.next(1, &LANES, first),
			Some((LANES[1], 2)),
			"from the beginning again"
		);
		asking.done((LANES[1], 2), false, 1);
		assert_eq!(asking.next(PAUSE_MS - 1, &LANES, first), None);
		assert_eq!(asking.next(PAUSE_MS, &LANES, first), Some((LANES[0], 9)));
		asking.done((LANES[0], 9), false, PAUSE_MS);
		assert_eq!(asking.next(2 * PAUSE_MS, &LANES[..1], first), Some((LANES[0], 4)));
		assert_eq!(asking.lanes.len(), 1, "lanes without such batches are forgotten");
	}
}
