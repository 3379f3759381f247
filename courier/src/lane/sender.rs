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
mod tests {
	use super::*;
	use proptest::prelude::*;

	#[test]
	fn sends_all_at_once_and_then_idles() {
		let mut lane = SendLane::new(3, 0);
		assert_eq!(lane.next(0), Next::Send { first: 0, last: 2 });
		lane.sent(0, 1, 0);
		assert_eq!(lane.next(0), Next::Send { first: 2, last: 2 });
		lane.sent(2, 2, 0);
		assert_eq!(lane.next(0), Next::Idle);
		assert_eq!(lane.stored(2, 2), None);
		assert_eq!(lane.stored(0, 1), Some(3));
		assert!(lane.is_drained());
	}

	#[test]
	fn backs_off_longer_each_time_and_wakes() {
		let mut lane = SendLane::new(1, 0);
		let mut now = 0;
		let mut pauses = Vec::new();
		for _ in 0..12 {
			lane.sent(0, 0, now);
			lane.failed(0, Obstacle::Unreachable, now, 1023);
			let Next::WaitUntil(at) = lane.next(now) else {
				panic!("must wait")
			};
			pauses.push(at - now);
			now = at;
		}
		assert!(pauses.windows(2).all(|w| w[0] <= w[1]));
		assert!(*pauses.last().unwrap() <= BACKOFF_MAX_MS);
		lane.sent(0, 0, now);
		lane.failed(0, Obstacle::Unreachable, now, 0);
		lane.wake();
		assert_eq!(lane.next(now), Next::Send { first: 0, last: 0 });
		assert_eq!(lane.obstacle().unwrap().1, 0, "remembers since when it waits");
	}

	#[test]
	fn closed_lane_sends_nothing_until_reopened() {
		let mut lane = SendLane::new(2, 0);
		assert!(lane.close(Refusal::Suspended, 7));
		assert!(!lane.close(Refusal::Suspended, 8));
		assert_eq!(lane.closed(), Some((Refusal::Suspended, 7)));
		assert_eq!(lane.next(0), Next::Idle);
		assert!(lane.reopen());
		assert_eq!(lane.next(0), Next::Send { first: 0, last: 1 });
	}

	#[test]
	fn impossible_place_is_not_believed() {
		let mut lane = SendLane::new(10, 5);
		lane.sent(5, 6, 0);
		assert_eq!(lane.expected(5, 11, 0, 0), Expectation::Impossible);
		assert_eq!(lane.acked(), 5);
	}

	#[test]
	fn partner_that_lost_its_log_gets_all_of_it_again() {
		let mut lane = SendLane::new(10, 8);
		lane.sent(8, 9, 0);
		assert_eq!(lane.expected(8, 3, 0, 0), Expectation::Behind);
		let Next::WaitUntil(first_pause) = lane.next(0) else {
			panic!("waits a moment")
		};
		assert_eq!(lane.next(first_pause), Next::Send { first: 3, last: 9 });
		// Once more, before it has what it had: it may lie, and gets less and less often what it asks for.
		lane.sent(3, 3, first_pause);
		lane.stored(3, 3);
		lane.sent(4, 9, first_pause);
		assert_eq!(lane.expected(4, 0, first_pause, 0), Expectation::Behind);
		let Next::WaitUntil(second) = lane.next(first_pause) else {
			panic!("waits a moment")
		};
		assert!(second - first_pause > first_pause);
	}

	#[test]
	fn partner_that_may_have_lost_its_log_is_asked_with_the_last_packet() {
		let mut lane = SendLane::new(10, 10);
		lane.probe();
		assert_eq!(lane.next(0), Next::Send { first: 9, last: 9 });
		lane.sent(9, 9, 0);
		assert_eq!(lane.expected(9, 4, 0, 0), Expectation::Behind);
		let Next::WaitUntil(at) = lane.next(0) else {
			panic!("waits a moment")
		};
		assert_eq!(lane.next(at), Next::Send { first: 4, last: 9 });
		let mut lane = SendLane::new(10, 10);
		lane.probe();
		lane.sent(9, 9, 0);
		assert_eq!(lane.stored(9, 9), Some(10), "it lost nothing");
	}

	#[test]
	fn late_answer_does_not_turn_the_lane_back() {
		let mut lane = SendLane::new(4, 0);
		lane.sent(0, 1, 0);
		lane.sent(2, 3, 0);
		lane.stored(0, 1);
		assert_eq!(
			lane.expected(2, 0, 1, 0),
			Expectation::Fits,
			"said while the first was on its way"
		);
		assert_eq!(lane.acked(), 2);
	}

	#[test]
	fn answers_without_progress_cost_a_growing_pause() {
		for answer in [0, 1, 2] {
			let mut lane = SendLane::new(4, 0);
			let (mut now, mut sent) = (0, 0);
			while now < 5_000 {
				match lane.next(now) {
					Next::Send { first, .. } => {
						lane.sent(first, first, now);
						sent += 1;
						match answer {
							0 => lane.busy(first, now, 1),
							it => {
								lane.expected(first, first + it % 2, now, 0);
							}
						}
					}
					Next::WaitUntil(at) => now = at,
					Next::Idle => panic!("has packets"),
				}
			}
			assert!(sent < 20, "{sent} envelopes in 5 s for answer {answer}");
		}
	}

	#[test]
	fn request_that_the_partner_waits_for_is_lost_after_a_while() {
		let mut lane = SendLane::new(2, 0);
		lane.sent(0, 0, 0);
		lane.sent(1, 1, 0);
		assert_eq!(lane.expected(1, 0, 100, 0), Expectation::Fits);
		assert_eq!(lane.in_flight(), 1, "may still arrive");
		lane.stored(1, 1);
		lane.extend(3);
		lane.sent(2, 2, LOST_AFTER_MS);
		lane.expected(2, 0, LOST_AFTER_MS, 0);
		assert_eq!(lane.next(LOST_AFTER_MS * 2), Next::Send { first: 0, last: 0 });
	}

	#[test]
	fn what_stands_before_a_refused_packet_goes_by_itself() {
		let mut lane = SendLane::new(4, 0);
		lane.sent(0, 3, 0);
		lane.refused(0, 2, 0, 0);
		assert_eq!(lane.next(BACKOFF_MAX_MS), Next::Send { first: 0, last: 1 });
		lane.sent(0, 1, BACKOFF_MAX_MS);
		lane.stored(0, 1);
		assert_eq!(lane.next(BACKOFF_MAX_MS), Next::Send { first: 2, last: 2 });
		lane.sent(2, 2, BACKOFF_MAX_MS);
		lane.stored(2, 2);
		assert_eq!(lane.next(BACKOFF_MAX_MS), Next::Send { first: 3, last: 3 });
	}

	#[test]
	fn only_what_was_sent_can_be_answered() {
		let mut lane = SendLane::new(3, 1);
		assert_eq!(lane.reached(), 3, "what was made before a start may have been sent");
		lane.extend(7);
		assert_eq!(lane.reached(), 3);
		lane.sent(3, 4, 0);
		lane.failed(3, Obstacle::Unreachable, 0, 0);
		assert_eq!(lane.reached(), 5);
	}

	#[derive(Clone, Debug)]
	enum Happening {
		Cut(u8),
		Send(u8),
		Stored(u8),
		Lost(u8),
		Fails(u8),
		Busy(u8),
		Close,
		Reopen,
		Wake,
		Pass(u16),
	}

	fn happening() -> impl Strategy<Value = Happening> {
		use Happening::*;
		prop_oneof![
			3 => (1u8..5).prop_map(Cut),
			6 => (1u8..6).prop_map(Send),
			4 => any::<u8>().prop_map(Stored),
			1 => any::<u8>().prop_map(Lost),
			2 => any::<u8>().prop_map(Fails),
			1 => any::<u8>().prop_map(Busy),
			1 => Just(Close),
			1 => Just(Reopen),
			1 => Just(Wake),
			2 => any::<u16>().prop_map(Pass),
		]
	}

	proptest! {
		/// Whatever happens: a receiver that takes packets in order gets each of them, never more than a window is in flight, nothing
		/// that is on its way is sent again, and a lane left in peace drains.
		#[test]
		fn every_packet_arrives(happenings in proptest::collection::vec(happening(), 1..300)) {
			let mut lane = SendLane::new(0, 0);
			let (mut cut, mut now) = (0u64, 0u64);
			let mut flights: Vec<(u64, u64)> = Vec::new();
			let mut arrived = std::collections::BTreeSet::new();
			for happening in happenings {
				match happening {
					Happening::Cut(n) => {
						cut += u64::from(n);
						lane.extend(cut);
					},
					Happening::Send(n) => if let Next::Send { first, last } = lane.next(now) {
						let last = last.min(first + u64::from(n) - 1);
						prop_assert!(flights.iter().all(|(f, l)| last < *f || first > *l));
						prop_assert!(first >= lane.acked() && last < cut);
						prop_assert!((first..=last).all(|s| !arrived.contains(&s) || lane.acked() <= s));
						lane.sent(first, last, now);
						flights.push((first, last));
						prop_assert!(flights.len() <= MAX_IN_FLIGHT);
					},
					Happening::Stored(i) if !flights.is_empty() => {
						let (first, last) = flights.remove(usize::from(i) % flights.len());
						arrived.extend(first..=last);
						lane.stored(first, last);
					},
					Happening::Lost(i) if !flights.is_empty() => {
						// Arrived, but the answer did not: sent again, which the receiver recognises.
						let (first, _) = flights.remove(usize::from(i) % flights.len());
						lane.failed(first, Obstacle::Unreachable, now, u16::from(i));
					},
					Happening::Fails(i) if !flights.is_empty() => {
						let (first, _) = flights.remove(usize::from(i) % flights.len());
						lane.failed(first, Obstacle::Unreachable, now, u16::from(i));
					},
					Happening::Busy(i) if !flights.is_empty() => {
						let (first, _) = flights.remove(usize::from(i) % flights.len());
						lane.busy(first, now, u64::from(i));
					},
					Happening::Close => { lane.close(Refusal::Suspended, 1); },
					Happening::Reopen => { lane.reopen(); },
					Happening::Wake => lane.wake(),
					Happening::Pass(ms) => now += u64::from(ms),
					_ => (),
				}
				prop_assert!((0..lane.acked()).all(|s| arrived.contains(&s)), "acknowledged means arrived");
			}
			lane.reopen();
			for (first, last) in flights.drain(..) {
				lane.stored(first, last);
				arrived.extend(first..=last);
			}
			let mut steps = 0;
			while !lane.is_drained() {
				steps += 1;
				prop_assert!(steps < 10_000, "does not drain");
				match lane.next(now) {
					Next::Send { first, last } => {
						lane.sent(first, last, now);
						lane.stored(first, last);
						arrived.extend(first..=last);
					},
					Next::WaitUntil(at) => { prop_assert!(at > now); now = at },
					Next::Idle => prop_assert!(false, "idle with packets left"),
				}
			}
			prop_assert_eq!(arrived.len() as u64, cut);
		}
	}
}
