// SPDX-License-Identifier: Apache-2.0

//! From an order's id to where it is stored, and to where its answer is.
//!
//! The index holds no ids. It keeps 32 bits of a keyed hash per order (12 more choose the shard) and two locations; whether a
//! candidate is the order in question is decided by reading its record. With ten million orders one lookup in two million
//! reads a record in vain. The hash is SipHash-1-3 under a secret of the store, so that nobody who chooses ids can make them collide.
//!
//! Memory is 20 bytes per order at a load between 68 and 85 % (`table.rs`). The index is rebuilt from
//! the log, or from the sidecars of its segments, at every start.

mod table;

use self::table::{Slot, Table};
use super::Position;
use parking_lot::RwLock;
use siphasher::sip::SipHasher13;
use std::{fmt, hash::Hasher};

/// Entries inserted under one hold of the lock, so that lookups never wait long behind a large batch.
const BATCH: usize = 256;

/// Where an entry is: the number of its packet in [`Numbers`] and its place in the packet.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location(u64);

impl Location {
	/// Largest packet number: 40 bits, a thousand packets a second for 34 years.
	pub const MAX_NUMBER: u64 = (1 << 40) - 2;
	/// Largest place in a packet: 24 bits, more entries than a packet has bytes.
	pub const MAX_ENTRY: u32 = (1 << 24) - 1;
	const NONE: u64 = u64::MAX;

	/// `None` when a number is above its maximum.
	pub fn new(number: u64, entry: u32) -> Option<Self> {
		(number <= Self::MAX_NUMBER && entry <= Self::MAX_ENTRY).then_some(Self(number << 24 | u64::from(entry)))
	}

	/// The location as one word, for a sidecar.
	pub fn to_bits(self) -> u64 {
		self.0
	}

	/// The location that [`Location::to_bits`] gave as this word; `None` for a word that it never gives.
	pub fn from_bits(bits: u64) -> Option<Self> {
		Self::new(bits >> 24, (bits & u64::from(Self::MAX_ENTRY)) as u32)
	}

	/// The packet.
	pub fn number(self) -> u64 {
		self.0 >> 24
	}

	/// The place in the packet, from 0.
	pub fn entry(self) -> u32 {
		(self.0 & u64::from(Self::MAX_ENTRY)) as u32
	}
}

impl fmt::Debug for Location {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{}/{}", self.number(), self.entry())
	}
}

/// The hash of an id. Good for one store only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(u64);

impl Key {
	/// The key as one word, for a sidecar of the same store.
	pub fn to_bits(self) -> u64 {
		self.0
	}

	/// The key that [`Key::to_bits`] gave as this word.
	pub fn from_bits(bits: u64) -> Self {
		Self(bits)
	}
}

/// What the index knows of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
	/// Where the order is.
	pub order: Location,
	/// Where its newest answer is.
	pub answer: Option<Location>,
}

impl From<Slot> for Entry {
	fn from(slot: Slot) -> Self {
		let answer = slot.answer();
		Self {
			order: Location(slot.order()),
			answer: (answer != Location::NONE).then_some(Location(answer)),
		}
	}
}

/// Finds orders by their id.
pub struct Index {
	secret: [u64; 2],
	table: RwLock<Table>,
}

impl Index {
	/// An empty index under the store's secret, [`Meta::index_secret`](super::Meta::index_secret).
	pub fn new(secret: [u64; 2]) -> Self {
		Self {
			secret,
			table: RwLock::new(Table::new()),
		}
	}

	/// The key of `id` within `scope`: ids of different scopes (the number of the seller, say) are different orders.
	pub fn key(&self, scope: u64, id: &[u8]) -> Key {
		let mut hasher = SipHasher13::new_with_keys(self.secret[0], self.secret[1]);
		hasher.write_u64(scope);
		hasher.write(id);
		Key(hasher.finish())
	}

	/// Adds orders. An id that is there already gets a second entry; look first where that must not be.
	pub fn insert_many(&self, orders: &[(Key, Location)]) {
		for batch in orders.chunks(BATCH) {
			let mut table = self.table.write();
			table.touch(batch.iter().map(|(key, _)| key.0));
			for (key, order) in batch {
				table.insert(key.0, Slot::new(table::fingerprint(key.0), order.0, Location::NONE));
			}
		}
	}

	/// Notes where orders were answered; a later answer replaces an earlier one. Returns how many of the orders are not known.
	pub fn answer_many(&self, answers: &[(Key, Location, Location)]) -> usize {
		let mut unknown = 0;
		for batch in answers.chunks(BATCH) {
			let mut table = self.table.write();
			table.touch(batch.iter().map(|(key, ..)| key.0));
			for (key, order, answer) in batch {
				match table.candidates_mut(key.0).find(|slot| slot.order() == order.0) {
					Some(slot) => slot.set_answer(answer.0),
					None => unknown += 1,
				}
			}
		}
		unknown
	}

	/// The order with this key that `is_it` recognises by reading its record. The index is not locked while it reads.
	///
	/// # Errors
	/// Those of `is_it`.
	pub fn find<E>(&self, key: Key, mut is_it: impl FnMut(&Entry) -> Result<bool, E>) -> Result<Option<Entry>, E> {
		let (first, more) = {
			let table = self.table.read();
			let mut candidates = table.candidates(key.0).map(Entry::from);
			let first = candidates.next();
			// Almost never more than one, and then this vector takes no memory.
			(first, candidates.collect::<Vec<_>>())
		};
		for entry in first.into_iter().chain(more) {
			if is_it(&entry)? {
				return Ok(Some(entry));
			}
		}
		Ok(None)
	}

	/// Calls `candidate` with the place in `keys` and the entry of each that may be known already, and with no other: the cheap way to
	/// look for repeated ids in a batch. `candidate` runs under the lock of the index and must only take notes.
	pub fn probe_many(&self, keys: &[Key], mut candidate: impl FnMut(usize, Entry)) {
		for (number, batch) in keys.chunks(BATCH).enumerate() {
			let table = self.table.read();
			table.touch(batch.iter().map(|key| key.0));
			for (place, key) in batch.iter().enumerate() {
				for slot in table.candidates(key.0) {
					candidate(number * BATCH + place, slot.into());
				}
			}
		}
	}

	/// Orders in the index.
	pub fn len(&self) -> usize {
		self.table.read().len()
	}

	/// Whether there are none.
	pub fn is_empty(&self) -> bool {
		self.len() == 0
	}

	/// Bytes of memory that the index takes.
	pub fn memory_bytes(&self) -> usize {
		self.table.read().memory_bytes()
	}
}

/// Where each packet is: positions by packet number, in the order in which the packets were stored.
#[derive(Default)]
pub struct Numbers(RwLock<Vec<Position>>);

impl Numbers {
	/// Adds the next packet and returns its number.
	pub fn push(&self, position: Position) -> u64 {
		let mut positions = self.0.write();
		positions.push(position);
		positions.len() as u64 - 1
	}

	/// The position of a packet.
	pub fn get(&self, number: u64) -> Option<Position> {
		self.0.read().get(usize::try_from(number).ok()?).copied()
	}

	/// The number of the packet at a position.
	pub fn number_of(&self, position: Position) -> Option<u64> {
		self.0.read().binary_search(&position).ok().map(|number| number as u64)
	}

	/// How many packets there are: the number of the next one.
	pub fn len(&self) -> u64 {
		self.0.read().len() as u64
	}

	/// Whether there are none.
	pub fn is_empty(&self) -> bool {
		self.len() == 0
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::{convert::Infallible, time::Instant};

	fn at(number: u64) -> Location {
		Location::new(number / 500, (number % 500) as u32).expect("small numbers")
	}

	fn find(index: &Index, id: u64) -> Option<Entry> {
		index
			.find(index.key(1, &id.to_le_bytes()), |entry| {
				Ok::<_, Infallible>(entry.order == at(id))
			})
			.expect("infallible")
	}

	#[test]
	fn locations_keep_their_numbers() {
		for (number, entry) in [(0, 0), (7, 499), (Location::MAX_NUMBER, Location::MAX_ENTRY)] {
			let location = Location::new(number, entry).expect("within the limits");
			assert_eq!((location.number(), location.entry()), (number, entry));
			assert_eq!(Location::from_bits(location.to_bits()), Some(location));
			assert_ne!(location.0, Location::NONE);
		}
		assert_eq!(Location::new(Location::MAX_NUMBER + 1, 0), None);
		assert_eq!(Location::new(0, Location::MAX_ENTRY + 1), None);
	}

	#[test]
	fn finds_orders_and_their_answers() {
		let index = Index::new([1, 2]);
		let keys: Vec<_> = (0..20_000u64)
			.map(|id| (index.key(1, &id.to_le_bytes()), at(id)))
			.collect();
		index.insert_many(&keys);
		assert_eq!(index.len(), keys.len());
		let answers: Vec<_> = keys
			.iter()
			.step_by(2)
			.map(|(key, order)| (*key, *order, at(99_999)))
			.collect();
		assert_eq!(index.answer_many(&answers), 0);
		assert_eq!(index.answer_many(&[(index.key(2, b"x"), at(1), at(2))]), 1);
		for id in 0..20_000 {
			let answer = (id % 2 == 0).then_some(at(99_999));
			assert_eq!(find(&index, id), Some(Entry { order: at(id), answer }));
		}
		assert_eq!(find(&index, 20_000), None);
		let wanted: Vec<_> = [5u64, 70_000, 9]
			.iter()
			.map(|id| index.key(1, &id.to_le_bytes()))
			.collect();
		let mut seen = Vec::new();
		index.probe_many(&wanted, |place, entry| seen.push((place, entry.order)));
		assert_eq!(seen, [(0, at(5)), (2, at(9))]);
	}

	#[test]
	fn scopes_and_secrets_make_other_keys() {
		let index = Index::new([1, 2]);
		assert_ne!(index.key(1, b"order"), index.key(2, b"order"));
		assert_ne!(index.key(1, b"order"), Index::new([1, 3]).key(1, b"order"));
	}

	#[test]
	fn numbers_lead_to_positions_and_back() {
		let numbers = Numbers::default();
		for position in [64, 900, 5_000] {
			numbers.push(position);
		}
		assert_eq!((numbers.get(1), numbers.get(3), numbers.len()), (Some(900), None, 3));
		assert_eq!((numbers.number_of(5_000), numbers.number_of(65)), (Some(2), None));
	}

	/// Run with `--ignored --nocapture` for the figures of ten million orders.
	#[test]
	#[ignore = "measures; takes seconds and 300 MB"]
	fn measure_ten_million_orders() {
		const ORDERS: u64 = 10_000_000;
		let index = Index::new([1, 2]);
		let mut batch = Vec::with_capacity(2_000);
		let started = Instant::now();
		for id in 0..ORDERS {
			batch.push((index.key(1, &id.to_le_bytes()), at(id)));
			if batch.len() == batch.capacity() {
				index.insert_many(&batch);
				batch.clear();
			}
		}
		let insert = started.elapsed() / ORDERS as u32;
		let started = Instant::now();
		let hits = (0..ORDERS)
			.step_by(10)
			.filter(|id| find(&index, id * 7 % ORDERS).is_some())
			.count();
		let lookup = started.elapsed() / hits as u32;
		let mut false_candidates = 0;
		let started = Instant::now();
		for start in (ORDERS..ORDERS * 2).step_by(2_000) {
			let keys: Vec<_> = (start..start + 2_000)
				.map(|id| index.key(1, &id.to_le_bytes()))
				.collect();
			index.probe_many(&keys, |_, _| false_candidates += 1);
		}
		let probe = started.elapsed() / ORDERS as u32;
		println!(
			"{ORDERS} orders: insert {insert:?} (hash included), lookup {lookup:?}, probe of an unknown id {probe:?}, {} false \
			 candidates, {:.1} bytes per order",
			false_candidates,
			index.memory_bytes() as f64 / ORDERS as f64
		);
		assert_eq!(hits as u64, ORDERS / 10);
		assert!(index.memory_bytes() as u64 <= 32 * ORDERS);
	}
}
