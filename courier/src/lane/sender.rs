// SPDX-License-Identifier: Apache-2.0

//! The sending side of a lane: a window of envelopes in flight, back-off, closure.

use sealane_primitives::{
	directory::Refusal,
	ids::{BlockNumber, Moment},
};
use std::collections::BTreeMap;

/// Most envelopes in flight on one lane.
pub const MAX_IN_FLIGHT: usize = 4;
/// First pause after a failure, in milliseconds.
pub const BACKOFF_MIN_MS: u64 = 200;
/// Longest pause, in milliseconds. A partner that returns is noticed earlier, when it connects.
pub const BACKOFF_MAX_MS: u64 = 60_000;

/// Pause after an envelope that overtook more than the receiver parks, in milliseconds.
pub const OVERTAKEN_PAUSE_MS: u64 = 20;

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
	WaitUntil(Moment),
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Flight {
	last: u64,
	at: Moment,
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
	failures: u32,
	obstacle: Option<(Obstacle, Moment)>,
	retry_at: Moment,
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
			failures: 0,
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

	/// Envelopes in flight.
	pub fn in_flight(&self) -> usize {
		self.flights.len()
	}

	/// When the oldest envelope in flight was sent.
	pub fn in_flight_since(&self) -> Option<Moment> {
		self.flights.values().map(|f| f.at).min()
	}

	/// Why the lane is closed.
	pub fn closed(&self) -> Option<(Refusal, BlockNumber)> {
		self.closed
	}

	/// What stands in the way, since when, and when the next attempt is.
	pub fn obstacle(&self) -> Option<(Obstacle, Moment, Moment)> {
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

	/// What to do at time `now`.
	pub fn next(&self, now: Moment) -> Next {
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
	pub fn sent(&mut self, first: u64, last: u64, now: Moment) {
		debug_assert!(first <= last && last < self.cut);
		self.flights.insert(first, Flight { last, at: now });
	}

	/// The partner has them on its disk. Gives the new end of what is there without a gap, if it moved.
	pub fn stored(&mut self, first: u64, last: u64) -> Option<u64> {
		self.flights.remove(&first);
		self.failures = 0;
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
		(self.acked > before).then_some(self.acked)
	}

	/// The envelope that began with `first` did not make it. `jitter` is between 0 and 1023 and spreads the next attempt
	/// over half the pause, so that partners of a node that returns do not all come at once.
	pub fn failed(&mut self, first: u64, obstacle: Obstacle, now: Moment, jitter: u16) {
		self.flights.remove(&first);
		self.obstruct(obstacle, now);
		// The failure of a whole window is one failure.
		if self.retry_at <= now {
			let pause = BACKOFF_MAX_MS.min(BACKOFF_MIN_MS << self.failures.min(16));
			self.retry_at = now + pause / 2 + pause / 2 * u64::from(jitter.min(1023)) / 1024;
			self.failures = self.failures.saturating_add(1);
		}
	}

	/// The partner asks to try again after `pause_ms`, or this node knows that it makes no sense before.
	pub fn postponed(&mut self, first: Option<u64>, obstacle: Obstacle, now: Moment, pause_ms: u64) {
		if let Some(first) = first {
			self.flights.remove(&first);
		}
		self.obstruct(obstacle, now);
		self.retry_at = now + pause_ms.clamp(1, BACKOFF_MAX_MS);
	}

	fn obstruct(&mut self, obstacle: Obstacle, now: Moment) {
		let since = self.obstacle.map_or(now, |(_, since)| since);
		self.obstacle = Some((obstacle, since));
	}

	/// The partner waits for `sequence`. Gives false for a place that cannot be: behind what it acknowledged or beyond what
	/// was made; the lane then keeps its own view.
	pub fn expected(&mut self, first: u64, sequence: u64, now: Moment, jitter: u16) -> bool {
		self.flights.remove(&first);
		if sequence < self.acked || sequence > self.cut {
			self.failed(first, Obstacle::Refused, now, jitter);
			return false;
		}
		if sequence == first {
			// It asks for what it was just sent: do not go round at full speed.
			self.failed(first, Obstacle::Busy, now, jitter);
		} else if sequence < first {
			// What was before it is on its way, or lost; either shows soon.
			self.postponed(None, Obstacle::Busy, now, OVERTAKEN_PAUSE_MS);
		}
		true
	}

	/// Something changed that makes a new attempt worthwhile: the partner connected, an operator asked.
	pub fn wake(&mut self) {
		self.retry_at = 0;
		self.failures = 0;
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
		assert!(!lane.expected(5, 4, 0, 0));
		lane.wake();
		lane.sent(5, 6, 0);
		assert!(!lane.expected(5, 11, 0, 0));
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
						lane.postponed(Some(first), Obstacle::Busy, now, u64::from(i));
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
