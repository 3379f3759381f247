// SPDX-License-Identifier: Apache-2.0

//! A hash table made for memory: sorted runs with gaps.
//!
//! Twelve bits of the hash choose one of 4,096 shards, 32 more are the *fingerprint*. A fingerprint's home is its proportional place
//! in the shard, and entries are kept in the order of their fingerprints, each at its home or as little behind it as the others allow:
//! linear probing with the Robin Hood rule, which this order is the same as. A lookup reads on from the home until it meets a
//! larger fingerprint or a gap. A shard grows by a quarter in one pass from left to right, without hashing anything again, so the load
//! stays between 68 and 85 % where a table that doubles would fall below 50 %.

/// Shards, chosen by the top bits of the hash.
const SHARD_BITS: u32 = 12;
/// Load at which a shard grows, in percent.
const MAX_LOAD_PERCENT: usize = 85;
const EMPTY: u64 = u64::MAX;

/// The bits of a hash that an entry keeps.
pub(super) fn fingerprint(hash: u64) -> u32 {
	(hash >> (64 - SHARD_BITS - 32)) as u32
}

fn shard_of(hash: u64) -> usize {
	(hash >> (64 - SHARD_BITS)) as usize
}

/// One order. Halves of four bytes keep it at 20 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot {
	fingerprint: u32,
	order: [u32; 2],
	answer: [u32; 2],
}

impl Slot {
	const EMPTY: Self = Self {
		fingerprint: 0,
		order: split(EMPTY),
		answer: split(EMPTY),
	};

	pub(super) const fn new(fingerprint: u32, order: u64, answer: u64) -> Self {
		Self {
			fingerprint,
			order: split(order),
			answer: split(answer),
		}
	}

	pub(super) fn order(&self) -> u64 {
		join(self.order)
	}

	pub(super) fn answer(&self) -> u64 {
		join(self.answer)
	}

	pub(super) fn set_answer(&mut self, answer: u64) {
		self.answer = split(answer);
	}

	fn is_empty(&self) -> bool {
		self.order() == EMPTY
	}
}

const fn split(word: u64) -> [u32; 2] {
	[word as u32, (word >> 32) as u32]
}

fn join(halves: [u32; 2]) -> u64 {
	u64::from(halves[0]) | u64::from(halves[1]) << 32
}

#[derive(Clone, Default)]
struct Shard {
	/// `homes` slots and, behind them, those that were pushed over the end.
	slots: Vec<Slot>,
	homes: usize,
	len: usize,
}

impl Shard {
	fn home(&self, fingerprint: u32) -> usize {
		((u64::from(fingerprint) * self.homes as u64) >> 32) as usize
	}

	/// The slots with this fingerprint.
	fn run(&self, fingerprint: u32) -> std::ops::Range<usize> {
		let mut start = self.home(fingerprint);
		while self
			.slots
			.get(start)
			.is_some_and(|slot| !slot.is_empty() && slot.fingerprint < fingerprint)
		{
			start += 1;
		}
		let mut end = start;
		while self
			.slots
			.get(end)
			.is_some_and(|slot| !slot.is_empty() && slot.fingerprint == fingerprint)
		{
			end += 1;
		}
		start..end
	}

	fn insert(&mut self, slot: Slot) {
		if (self.len + 1) * 100 > self.homes * MAX_LOAD_PERCENT {
			self.grow();
		}
		let at = self.run(slot.fingerprint).end;
		let gap = (at..self.slots.len()).find(|place| self.slots[*place].is_empty());
		match gap {
			Some(gap) => {
				self.slots.copy_within(at..gap, at + 1);
				self.slots[at] = slot;
			}
			None => {
				self.slots.reserve_exact(4);
				self.slots.insert(at, slot);
			}
		}
		self.len += 1;
	}

	fn grow(&mut self) {
		let old = std::mem::take(&mut self.slots);
		self.homes += self.homes / 4 + 8;
		self.slots = Vec::with_capacity(self.homes + 4);
		self.slots.resize(self.homes, Slot::EMPTY);
		let mut next = 0;
		for slot in old.into_iter().filter(|slot| !slot.is_empty()) {
			let at = self.home(slot.fingerprint).max(next);
			if at < self.slots.len() {
				self.slots[at] = slot;
			} else {
				self.slots.push(slot);
			}
			next = at + 1;
		}
	}
}

/// All shards.
pub(super) struct Table {
	shards: Vec<Shard>,
	len: usize,
}

impl Table {
	pub(super) fn new() -> Self {
		Self {
			shards: vec![Shard::default(); 1 << SHARD_BITS],
			len: 0,
		}
	}

	pub(super) fn insert(&mut self, hash: u64, slot: Slot) {
		self.shards[shard_of(hash)].insert(slot);
		self.len += 1;
	}

	pub(super) fn candidates(&self, hash: u64) -> impl Iterator<Item = Slot> + '_ {
		let shard = &self.shards[shard_of(hash)];
		shard.slots[shard.run(fingerprint(hash))].iter().copied()
	}

	pub(super) fn candidates_mut(&mut self, hash: u64) -> impl Iterator<Item = &mut Slot> + '_ {
		let shard = &mut self.shards[shard_of(hash)];
		let run = shard.run(fingerprint(hash));
		shard.slots[run].iter_mut()
	}

	/// Reads the home of every hash, one after the other without waiting: the processor fetches them from memory at the same time,
	/// where insertions or lookups would wait for each.
	pub(super) fn touch(&self, hashes: impl Iterator<Item = u64>) {
		let sum = hashes.fold(0u32, |sum, hash| {
			let shard = &self.shards[shard_of(hash)];
			let home = shard.slots.get(shard.home(fingerprint(hash)));
			sum.wrapping_add(home.map_or(0, |slot| slot.fingerprint))
		});
		std::hint::black_box(sum);
	}

	pub(super) fn len(&self) -> usize {
		self.len
	}

	pub(super) fn memory_bytes(&self) -> usize {
		let slots: usize = self.shards.iter().map(|shard| shard.slots.capacity()).sum();
		slots * size_of::<Slot>() + self.shards.capacity() * size_of::<Shard>()
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	impl Shard {
		/// Invariants: in the order of fingerprints, none before its home, no gap between a home and its entry.
		fn check(&self) {
			let full: Vec<_> = self
				.slots
				.iter()
				.enumerate()
				.filter(|(_, slot)| !slot.is_empty())
				.collect();
			assert_eq!(full.len(), self.len);
			assert!(full
				.windows(2)
				.all(|pair| pair[0].1.fingerprint <= pair[1].1.fingerprint));
			for (at, slot) in full {
				let home = self.home(slot.fingerprint);
				assert!(home <= at && self.slots[home..at].iter().all(|slot| !slot.is_empty()));
			}
		}
	}

	#[test]
	fn an_entry_takes_twenty_bytes() {
		assert_eq!(size_of::<Slot>(), 20);
	}

	proptest! {
		/// Few different fingerprints, at both ends of the range too, so that runs are long and overflow the last home.
		#[test]
		fn agrees_with_a_plain_list(fingerprints in proptest::collection::vec(prop_oneof![0u32..8, any::<u32>(), u32::MAX - 3..], 1..400)) {
			let mut shard = Shard::default();
			for (order, fingerprint) in fingerprints.iter().enumerate() {
				shard.insert(Slot::new(*fingerprint, order as u64, EMPTY));
			}
			shard.check();
			for wanted in &fingerprints {
				let found: Vec<_> = shard.slots[shard.run(*wanted)].iter().map(|slot| slot.order()).collect();
				let mut expected: Vec<_> = (0..fingerprints.len()).filter(|order| fingerprints[*order] == *wanted).map(|order| order as u64).collect();
				expected.sort_unstable();
				let mut sorted = found.clone();
				sorted.sort_unstable();
				prop_assert_eq!(sorted, expected);
			}
			for unknown in [9u32, 1 << 31, u32::MAX - 4] {
				prop_assert_eq!(shard.run(unknown).is_empty(), !fingerprints.contains(&unknown));
			}
		}
	}
}
