// SPDX-License-Identifier: Apache-2.0

use super::*;

/// A chain of `validators`, of which `makes` says who makes blocks in its turn.
struct Chain {
	watch: Watch,
	authors: Vec<Author>,
	slot: u64,
	number: u32,
}

impl Chain {
	fn new(validators: u8) -> Self {
		Chain {
			watch: Watch::new(),
			authors: (0..validators).map(|n| [n; 32]).collect(),
			slot: 1_000,
			number: 0,
		}
	}

	fn block(&self, slot: u64, hash: u8, is_best: bool) -> Imported {
		let mut bytes = [hash; 32];
		bytes[..8].copy_from_slice(&slot.to_be_bytes());
		Imported {
			slot,
			number: self.number,
			hash: bytes,
			authors: self.authors.clone(),
			is_best,
		}
	}

	/// Passes slots; those in `away` make no blocks. With `finality`, each block is final at once.
	fn pass(&mut self, slots: u64, away: &[u8], finality: bool) -> Vec<Change> {
		let mut changes = Vec::new();
		for _ in 0..slots {
			self.slot += 1;
			let author = self.authors[(self.slot % self.authors.len() as u64) as usize];
			if away.contains(&author[0]) {
				continue;
			}
			self.number += 1;
			let block = self.block(self.slot, 0, true);
			changes.extend(self.watch.imported(&block));
			if finality {
				changes.extend(self.watch.finalised(self.number));
			}
		}
		changes
	}

	fn alarms(&self) -> Vec<String> {
		self.watch.alarms(|author| author[0].to_string())
	}
}

#[test]
fn who_misses_its_turns_for_five_minutes_is_silent_until_it_makes_a_block() {
	let mut chain = Chain::new(5);
	assert_eq!(chain.pass(20, &[], true), []);
	assert_eq!(chain.pass(SILENT_AFTER_SLOTS - 10, &[3], true), []);
	assert_eq!(chain.pass(20, &[3], true), [Change::Silent([3; 32])]);
	assert_eq!(chain.pass(100, &[3], true), []);
	assert_eq!(chain.alarms().len(), 1);
	assert!(chain.alarms()[0].starts_with("validator 3 made no block"));
	assert_eq!(chain.pass(5, &[], true), [Change::Back([3; 32])]);
	assert!(chain.alarms().is_empty());
}

#[test]
fn one_of_many_may_miss_a_turn_or_two() {
	// A round takes longer than a third of the limit.
	let mut chain = Chain::new(100);
	assert_eq!(chain.pass(107, &[], true), []);
	assert_eq!(chain.pass(290, &[7], true), []);
	assert_eq!(chain.pass(20, &[7], true), [Change::Silent([7; 32])]);
}

#[test]
fn nobody_is_silent_where_the_network_stood_still_or_the_node_was_away() {
	let mut chain = Chain::new(5);
	chain.pass(20, &[], true);
	chain.slot += 100_000;
	assert_eq!(chain.pass(20, &[], true), []);
	chain.slot += 149;
	assert_eq!(chain.pass(20, &[], true), []);
}

#[test]
fn who_was_removed_is_no_longer_silent_and_who_is_added_has_its_time() {
	let mut chain = Chain::new(5);
	chain.pass(20, &[], true);
	chain.pass(200, &[4], true);
	assert_eq!(chain.watch.silent().collect::<Vec<_>>(), [[4; 32]]);
	chain.authors.pop();
	assert_eq!(chain.pass(1, &[], true), [Change::Back([4; 32])]);
	chain.authors.push([9; 32]);
	assert_eq!(chain.pass(SILENT_AFTER_SLOTS - 10, &[9], true), []);
	assert_eq!(chain.pass(20, &[9], true), [Change::Silent([9; 32])]);
}

#[test]
fn two_blocks_in_one_slot_are_noticed_once_and_for_a_day() {
	let mut chain = Chain::new(4);
	chain.pass(20, &[], true);
	let slot = chain.slot;
	let second = chain.block(slot, 1, false);
	let changes = chain.watch.imported(&second);
	let [Change::Doubled(doubled)] = &changes[..] else {
		panic!("{changes:?}");
	};
	assert_eq!((doubled.slot, doubled.author), (slot, [(slot % 4) as u8; 32]));
	assert_eq!(chain.watch.imported(&second), []);
	let first = chain.block(slot, 0, false);
	assert_eq!(chain.watch.imported(&first), []);
	assert_eq!(chain.alarms().len(), 1);
	assert!(chain.alarms()[0].contains("two blocks in slot"));
	chain.pass(DOUBLED_FOR_SLOTS, &[], true);
	assert!(chain.alarms().is_empty());
}

#[test]
fn a_flood_of_second_blocks_is_remembered_in_bounded_room() {
	let mut chain = Chain::new(4);
	chain.pass(5_000, &[], true);
	let slots = chain.slot;
	for slot in slots - 4_000..slots {
		for hash in 1..4 {
			let block = chain.block(slot, hash, false);
			chain.watch.imported(&block);
		}
	}
	assert_eq!(chain.watch.doubled().count(), MAX_DOUBLED);
	assert_eq!(chain.watch.slots.len(), REMEMBERED_SLOTS);
}

#[test]
fn finality_that_stands_is_noticed_and_that_moves_again_too() {
	let mut chain = Chain::new(5);
	chain.pass(20, &[], true);
	let last = chain.number;
	assert_eq!(chain.pass(FINALITY_AFTER_SLOTS - 5, &[3, 4], false), []);
	assert_eq!(chain.pass(10, &[3, 4], false), [Change::FinalityStands(last)]);
	assert_eq!(chain.pass(20, &[3, 4], false), []);
	assert_eq!(chain.alarms().len(), 1);
	let number = chain.number;
	assert_eq!(chain.watch.finalised(number), Some(Change::FinalityMoves(number)));
	assert!(chain.alarms().is_empty());
	assert_eq!(chain.watch.finalised(number - 1), None);
}

#[test]
fn a_block_without_validators_changes_nothing() {
	let mut chain = Chain::new(4);
	chain.authors.clear();
	let block = chain.block(7, 0, true);
	assert_eq!(chain.watch.imported(&block), []);
}
