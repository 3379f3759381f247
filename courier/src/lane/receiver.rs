// SPDX-License-Identifier: Apache-2.0

//! The receiving side of a lane: packets are taken in order; envelopes that overtook others are parked, within bounds.

use std::collections::BTreeMap;

/// Most envelopes parked on one lane.
pub const MAX_PARKED: usize = 8;
/// Most bytes parked on one lane.
pub const MAX_PARKED_BYTES: usize = 8 * 1024 * 1024;

/// What to do with an envelope.
#[derive(Debug, PartialEq, Eq)]
pub enum Offer<T> {
	/// Take its packets from `from` on: those before it are stored already.
	Take {
		/// First packet to take.
		from: u64,
		/// The envelope.
		what: T,
	},
	/// All its packets are stored already: acknowledge again.
	Repeat(T),
	/// It waits for those before it, in the place of an earlier copy, if there was one.
	Parked {
		/// That copy.
		instead_of: Option<T>,
	},
	/// It is too far ahead, or there is no room: say which packet is expected.
	Expected {
		/// The sequence that is expected.
		sequence: u64,
		/// The envelope.
		what: T,
	},
}

#[derive(Debug)]
struct Waiting<T> {
	last: u64,
	len: usize,
	what: T,
}

/// Receiving side of one lane, with whatever the service keeps for a parked envelope.
#[derive(Debug)]
pub struct ReceiveLane<T> {
	next: u64,
	parked: BTreeMap<u64, Waiting<T>>,
	parked_bytes: usize,
}

impl<T> ReceiveLane<T> {
	/// A lane whose first `next` packets are stored or on their way to the disk.
	pub fn new(next: u64) -> Self {
		ReceiveLane {
			next,
			parked: BTreeMap::new(),
			parked_bytes: 0,
		}
	}

	/// The sequence that is expected.
	pub fn next(&self) -> u64 {
		self.next
	}

	/// Parked envelopes.
	pub fn parked(&self) -> usize {
		self.parked.len()
	}

	/// An envelope with the packets `first..=last` and `len` bytes came.
	///
	/// After [`Offer::Take`] the lane waits for what follows; call [`ReceiveLane::release`] until it gives nothing more.
	pub fn offer(&mut self, first: u64, last: u64, len: usize, what: T) -> Offer<T> {
		if last < self.next {
			return Offer::Repeat(what);
		}
		if first <= self.next {
			let from = self.next;
			self.next = last + 1;
			return Offer::Take { from, what };
		}
		if !self.has_room(first, len) {
			return Offer::Expected {
				sequence: self.next,
				what,
			};
		}
		let instead_of = self.forget(first);
		self.parked_bytes += len;
		self.parked.insert(first, Waiting { last, len, what });
		Offer::Parked { instead_of }
	}

	/// Whether an envelope of `len` bytes that begins with `first` would be parked.
	pub fn has_room(&self, first: u64, len: usize) -> bool {
		let (others, bytes) = match self.parked.get(&first) {
			Some(copy) => (self.parked.len() - 1, self.parked_bytes - copy.len),
			None => (self.parked.len(), self.parked_bytes),
		};
		others < MAX_PARKED && bytes + len <= MAX_PARKED_BYTES
	}

	/// The parked envelope that begins with `first` is not waited for any more.
	pub fn forget(&mut self, first: u64) -> Option<T> {
		let gone = self.parked.remove(&first)?;
		self.parked_bytes -= gone.len;
		Some(gone.what)
	}

	/// So many packets are stored: the lane is never behind them, whatever failed in between.
	pub fn stored(&mut self, packets: u64) {
		self.next = self.next.max(packets);
	}

	/// The next parked envelope whose turn it is.
	pub fn release(&mut self) -> Option<Offer<T>> {
		let (&first, _) = self
			.parked
			.first_key_value()
			.filter(|(first, _)| **first <= self.next)?;
		let waiting = self.parked.remove(&first)?;
		self.parked_bytes -= waiting.len;
		Some(self.offer(first, waiting.last, waiting.len, waiting.what))
	}

	/// What was taken from `next` on did not get to the disk: go back. Gives the parked envelopes, which are to be answered
	/// with what is expected now.
	pub fn rewind(&mut self, next: u64) -> Vec<T> {
		self.next = next;
		self.parked_bytes = 0;
		std::mem::take(&mut self.parked)
			.into_values()
			.map(|waiting| waiting.what)
			.collect()
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	#[test]
	fn takes_parks_and_releases_in_order() {
		let mut lane = ReceiveLane::new(0);
		assert_eq!(lane.offer(2, 3, 1, 'b'), Offer::Parked { instead_of: None });
		assert_eq!(lane.offer(0, 1, 1, 'a'), Offer::Take { from: 0, what: 'a' });
		assert_eq!(lane.release(), Some(Offer::Take { from: 2, what: 'b' }));
		assert_eq!(lane.release(), None);
		assert_eq!(lane.offer(1, 2, 1, 'c'), Offer::Repeat('c'));
		assert_eq!(lane.offer(3, 5, 1, 'd'), Offer::Take { from: 4, what: 'd' });
	}

	#[test]
	fn boundary_of_the_park() {
		let mut lane = ReceiveLane::new(0);
		for i in 0..MAX_PARKED as u64 {
			assert_eq!(lane.offer(10 + i, 10 + i, 1, i), Offer::Parked { instead_of: None });
		}
		assert_eq!(lane.offer(30, 30, 1, 9), Offer::Expected { sequence: 0, what: 9 });
		let mut lane = ReceiveLane::new(0);
		assert_eq!(
			lane.offer(1, 1, MAX_PARKED_BYTES, 0),
			Offer::Parked { instead_of: None }
		);
		assert_eq!(lane.offer(2, 2, 1, 1), Offer::Expected { sequence: 0, what: 1 });
	}

	#[test]
	fn a_copy_takes_the_place_of_what_is_parked() {
		let mut lane = ReceiveLane::new(0);
		assert_eq!(lane.offer(1, 1, 5, 'a'), Offer::Parked { instead_of: None });
		assert_eq!(lane.offer(1, 1, 7, 'b'), Offer::Parked { instead_of: Some('a') });
		assert_eq!((lane.parked(), lane.parked_bytes), (1, 7));
		assert_eq!((lane.forget(1), lane.forget(1)), (Some('b'), None));
		assert_eq!((lane.parked(), lane.parked_bytes), (0, 0));
	}

	#[test]
	fn never_behind_what_is_stored() {
		let mut lane = ReceiveLane::new(4);
		assert_eq!(lane.offer(4, 4, 1, 'a'), Offer::Take { from: 4, what: 'a' });
		assert_eq!(lane.offer(5, 5, 1, 'b'), Offer::Take { from: 5, what: 'b' });
		// The second found no room; both looked at the log before the first was in it.
		lane.rewind(5);
		lane.rewind(4);
		lane.stored(5);
		assert_eq!(lane.offer(5, 5, 1, 'b'), Offer::Take { from: 5, what: 'b' });
		lane.stored(3);
		assert_eq!(lane.next(), 6);
	}

	proptest! {
		/// Envelopes cut anyhow from 0..n, sent in any order and repeated: each packet is taken exactly once and in order.
		#[test]
		fn each_packet_is_taken_once_and_in_order(
			offers in proptest::collection::vec((0u64..60, 0u64..6, 0usize..3_000_000), 0..300),
		) {
			let mut lane = ReceiveLane::new(0);
			let mut taken = 0u64;
			let mut take = |from: u64, last: u64| {
				prop_assert_eq!(from, taken);
				taken = last + 1;
				Ok(())
			};
			let all = offers.into_iter().chain((0..66).map(|i| (i, 0, 1)));
			for (first, more, len) in all {
				let mut offer = Some(lane.offer(first, first + more, len, first + more));
				while let Some(each) = offer {
					if let Offer::Take { from, what } = each {
						take(from, what)?;
					}
					offer = lane.release();
				}
				prop_assert!(lane.parked() <= MAX_PARKED && lane.parked_bytes <= MAX_PARKED_BYTES);
			}
			prop_assert_eq!(lane.parked_bytes, 0);
			prop_assert!(taken >= 66);
		}
	}
}
