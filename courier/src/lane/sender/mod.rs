// SPDX-License-Identifier: Apache-2.0

//! The sending side of a lane: a window of envelopes in flight, back-off, closure. All times are of the steady clock.

use crate::clock::Ticks;
use sealane_primitives::{directory::Refusal, ids::BlockNumber};
use std::collections::BTreeMap;

/// Most envelopes in flight on one lane.
pub const MAX_IN_FLIGHT: usize = 4;
/// First pause after a failure, in milliseconds.
pub const BACKOFF_MIN_MS: u64 = 200;
/// Longest pause, in milliseconds. A partner that returns is noticed earlier, when it connects.
pub const BACKOFF_MAX_MS: u64 = 60_000;

/// First pause after an answer that is no progress, in milliseconds; each further one doubles it.
pub const STALL_MIN_MS: u64 = 20;
/// Longest pause after an answer that is no progress, in milliseconds, if the partner does not ask for more.
pub const STALL_MAX_MS: u64 = 5_000;
/// Age at which an envelope in flight is taken for lost when the partner says that it waits for it, in milliseconds.
pub const LOST_AFTER_MS: u64 = 5_000;

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
	/// Send packets from `first` on, at most up to and with `last`.
	Send {
		/// First packet.
		first: u64,
		/// Last packet that may go along.
		last: u64,
	},
	/// Nothing before this moment, unless something happens.
	WaitUntil(Ticks),
	/// Nothing until something happens.
	Idle,
}

/// What stands in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
	/// The partner cannot be reached.
	Unreachable,
	/// The partner is busy.
	Busy,
	/// The partner refused.
	Refused,
	/// The partner has no key that is valid now.
	NoKey,
	/// The grant's rate is used up.
	Rate,
}

/// What a lane makes of the place that the partner waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expectation {
	/// It fits what is under way.
	Fits,
	/// It is behind what the partner acknowledged: the partner lost what it had, and gets it again.
	Behind,
	/// It is beyond what was made.
	Impossible,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Flight {
	last: u64,
	at: Ticks,
	/// What was acknowledged when it was sent.
	acked: u64,
}

/// Sending side of one lane.
///
/// Packets have sequences `0..cut`. Those below `acked` are on the partner's disk, as are those in `done`; those in `flights`
/// are on their way; all others wait.
#[derive(Clone, Debug)]
pub struct SendLane {
	cut: u64,
	acked: u64,
	done: BTreeMap<u64, u64>,
	flights: BTreeMap<u64, Flight>,
	closed: Option<(Refusal, BlockNumber)>,
	/// Packets before this sequence may be known to the partner.
	reached: u64,
	/// A packet that was refused: those before it go without it.
	refused: Option<u64>,
	failures: u32,
	/// Answers in a row that were no progress.
	stalls: u32,
	/// The most that was ever acknowledged, and how often the partner fell behind since that grew.
	peak: (u64, u32),
	obstacle: Option<(Obstacle, Ticks)>,
	retry_at: Ticks,
}

impl SendLane {
	/// A lane with `cut` packets of which the first `acked` are on the partner's disk.
	pub fn new(cut: u64, acked: u64) -> Self {
		debug_assert!(acked <= cut);
		SendLane {
			cut,
			acked,
			done: BTreeMap::new(),
			flights: BTreeMap::new(),
			closed: None,
			// What was made before the node stopped may have been sent.
			reached: cut,
			refused: None,
			failures: 0,
			stalls: 0,
			peak: (acked, 0),
			obstacle: None,
			retry_at: 0,
		}
	}

	/// Packets made so far.
	pub fn cut(&self) -> u64 {
		self.cut
	}

	/// Packets before this sequence are on the partner's disk.
	pub fn acked(&self) -> u64 {
		self.acked
	}

	/// Packets from this sequence on were never sent: nobody can answer them.
	pub fn reached(&self) -> u64 {
		self.reached
	}

	/// Envelopes in flight.
	pub fn in_flight(&self) -> usize {
		self.flights.len()
	}

	/// When the oldest envelope in flight was sent.
	pub fn in_flight_since(&self) -> Option<Ticks> {
		self.flights.values().map(|f| f.at).min()
	}

	/// Why the lane is closed.
	pub fn closed(&self) -> Option<(Refusal, BlockNumber)> {
		self.closed
	}

	/// What stands in the way, since when, and when the next attempt is.
	pub fn obstacle(&self) -> Option<(Obstacle, Ticks, Ticks)> {
		self.obstacle.map(|(what, since)| (what, since, self.retry_at))
	}

	/// Whether everything is on the partner's disk.
	pub fn is_drained(&self) -> bool {
		self.acked == self.cut
	}

	/// Packets up to `cut` are on this node's disk now.
	pub fn extend(&mut self, cut: u64) {
		self.cut = self.cut.max(cut);
	}

	/// The partner may have lost what it acknowledged: the last packet is sent once more, and its answer tells.
	pub fn probe(&mut self) {
		if self.acked > 0 && self.acked == self.cut {
			self.acked -= 1;
			self.done.clear();
		}
	}

	/// Packets that were sent before this log was made are in it again: all of them may be known to the partner.
	pub fn regained(&mut self) {
		self.reached = self.cut;
	}

	/// What to do at time `now`.
	pub fn next(&self, now: Ticks) -> Next {
		if self.closed.is_some() || self.is_drained() {
			return Next::Idle;
		}
		// One attempt at a time while something stands in the way; the window is for lanes that flow.
		let window = if self.obstacle.is_some() { 1 } else { MAX_IN_FLIGHT };
		if self.flights.len() >= window {
			return Next::Idle;
		}
		let Some((first, last)) = self.first_gap() else {
			return Next::Idle;
		};
		if self.retry_at > now {
			return Next::WaitUntil(self.retry_at);
		}
		let last = match self.refused {
			Some(refused) if refused > first => last.min(refused - 1),
			Some(refused) if refused == first => first,
			_ => last,
		};
		Next::Send { first, last }
	}

	/// The first run of packets that neither arrived nor are on their way.
	fn first_gap(&self) -> Option<(u64, u64)> {
		let mut first = self.acked;
		loop {
			let in_flight = self
				.flights
				.range(..=first)
				.next_back()
				.map(|(_, f)| f.last)
				.filter(|l| *l >= first);
			let arrived = self
				.done
				.range(..=first)
				.next_back()
				.map(|(_, l)| *l)
				.filter(|l| *l >= first);
			match in_flight.max(arrived) {
				Some(last) => first = last + 1,
				None => break,
			}
		}
		if first >= self.cut {
			return None;
		}
		let bound = self
			.flights
			.range(first..)
			.next()
			.map(|(s, _)| *s)
			.into_iter()
			.chain(self.done.range(first..).next().map(|(s, _)| *s))
			.min()
			.unwrap_or(self.cut);
		Some((first, bound - 1))
	}

	/// The packets are on their way.
	pub fn sent(&mut self, first: u64, last: u64, now: Ticks) {
		debug_assert!(first <= last && last < self.cut);
		self.reached = self.reached.max(last + 1);
		let flight = Flight {
			last,
			at: now,
			acked: self.acked,
		};
		self.flights.insert(first, flight);
	}

	/// The partner has them on its disk. Gives the new end of what is there without a gap, if it moved.
	pub fn stored(&mut self, first: u64, last: u64) -> Option<u64> {
		self.flights.remove(&first);
		self.failures = 0;
		self.stalls = 0;
		self.obstacle = None;
		self.retry_at = 0;
		if last >= self.acked {
			self.done.insert(first, last);
		}
		let before = self.acked;
		while let Some((&start, &end)) = self.done.first_key_value() {
			if start > self.acked {
				break;
			}
			self.done.remove(&start);
			self.acked = self.acked.max(end + 1);
		}
		if self.acked > self.peak.0 {
			self.peak = (self.acked, 0);
		}
		self.refused = self.refused.filter(|refused| *refused >= self.acked);
		(self.acked > before).then_some(self.acked)
	}

	/// The envelope that began with `first` did not make it. `jitter` is between 0 and 1023 and spreads the next attempt
	/// over half the pause, so that partners of a node that returns do not all come at once.
	pub fn failed(&mut self, first: u64, obstacle: Obstacle, now: Ticks, jitter: u16) {
		self.flights.remove(&first);
		self.obstruct(obstacle, now);
		// The failure of a whole window is one failure.
		if self.retry_at <= now {
			let pause = BACKOFF_MAX_MS.min(BACKOFF_MIN_MS << self.failures.min(16));
			self.retry_at = now + pause / 2 + pause / 2 * u64::from(jitter.min(1023)) / 1024;
			self.failures = self.failures.saturating_add(1);
		}
	}

	/// The partner refused packet `refused` of the envelope that began with `first`. Those before it go by themselves the next time.
	pub fn refused(&mut self, first: u64, refused: u64, now: Ticks, jitter: u16) {
		self.refused = Some(refused);
		self.failed(first, Obstacle::Refused, now, jitter);
	}

	/// This node knows that it makes no sense to send before `pause_ms`.
	pub fn postponed(&mut self, obstacle: Obstacle, now: Ticks, pause_ms: u64) {
		self.obstruct(obstacle, now);
		self.retry_at = now + pause_ms.clamp(1, BACKOFF_MAX_MS);
	}

	/// The partner asks to try the envelope that began with `first` again after `pause_ms`.
	pub fn busy(&mut self, first: u64, now: Ticks, pause_ms: u64) {
		self.flights.remove(&first);
		self.stalled(now, pause_ms);
	}

	/// An answer that is no progress: whoever gives one after the other is asked less and less often.
	fn stalled(&mut self, now: Ticks, least_ms: u64) {
		self.obstruct(Obstacle::Busy, now);
		let least = now + least_ms.clamp(1, BACKOFF_MAX_MS);
		// The same answer to a whole window is one answer.
		if self.retry_at <= now {
			let pause = STALL_MAX_MS.min(STALL_MIN_MS << self.stalls.min(16));
			self.retry_at = least.max(now + pause);
			self.stalls = self.stalls.saturating_add(1);
		} else {
			self.retry_at = self.retry_at.max(least);
		}
	}

	fn obstruct(&mut self, obstacle: Obstacle, now: Ticks) {
		let since = self.obstacle.map_or(now, |(_, since)| since);
		self.obstacle = Some((obstacle, since));
	}

	/// The partner waits for `sequence`; it was asked to take `first` and what follows. Where it lost what it acknowledged, it gets that
	/// again: what is stored can be sent as often as need be. A place that cannot be is not believed.
	pub fn expected(&mut self, first: u64, sequence: u64, now: Ticks, jitter: u16) -> Expectation {
		let flight = self.flights.remove(&first);
		if sequence > self.cut {
			self.failed(first, Obstacle::Refused, now, jitter);
			return Expectation::Impossible;
		}
		if sequence < self.acked {
			let before = flight.map_or(0, |flight| flight.acked);
			if sequence >= before {
				// Said before what it waited for arrived.
				self.stalled(now, 1);
				return Expectation::Fits;
			}
			self.acked = sequence;
			self.done.clear();
			self.obstruct(Obstacle::Busy, now);
			self.retry_at = now + BACKOFF_MAX_MS.min(BACKOFF_MIN_MS << self.peak.1.min(16));
			self.peak.1 = self.peak.1.saturating_add(1);
			return Expectation::Behind;
		}
		if sequence == first {
			// It asks for what it was just sent: do not go round at full speed.
			self.failed(first, Obstacle::Busy, now, jitter);
			return Expectation::Fits;
		}
		if sequence < first {
			// What was before it is on its way, or lost, if that takes so long.
			let waited_for = self.flights.range(..=sequence).next_back();
			let lost = waited_for.filter(|(_, f)| f.last >= sequence && now.saturating_sub(f.at) >= LOST_AFTER_MS);
			if let Some(start) = lost.map(|(start, _)| *start) {
				self.flights.remove(&start);
			}
		}
		self.stalled(now, 1);
		Expectation::Fits
	}

	/// Something changed that makes a new attempt worthwhile: the partner connected, an operator asked.
	pub fn wake(&mut self) {
		self.retry_at = 0;
		self.failures = 0;
		self.stalls = 0;
	}

	/// The partner shows that it is there: try once, and wait as long as before if that fails.
	pub fn nudge(&mut self) {
		self.retry_at = 0;
	}

	/// The chain does not allow it from block `at` on. Gives false if it was closed for the same reason already.
	pub fn close(&mut self, refusal: Refusal, at: BlockNumber) -> bool {
		let same = self.closed.is_some_and(|(r, _)| r == refusal);
		if !same {
			self.closed = Some((refusal, at));
		}
		!same
	}

	/// The chain allows it. Gives false if it was open.
	pub fn reopen(&mut self) -> bool {
		if self.closed.take().is_some() {
			self.wake();
			self.obstacle = None;
			return true;
		}
		false
	}
}

#[cfg(test)]
mod tests;
