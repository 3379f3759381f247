// SPDX-License-Identifier: Apache-2.0

//! What is known of the newest blocks: who made them, whose turns passed without one, how far finality is behind.

use crate::chain::{account_text, Head, MotionTally, NodeHealth, StandsStill, Turns};
use sealane_primitives::ids::BlockNumber;
use sealane_watch::{Author, Change, Doubled, Imported, Watch};
use serde::Serialize;
use serde_json::{json, Value};
use std::collections::{BTreeMap, HashMap, VecDeque};
use utoipa::ToSchema;

/// Blocks that are kept.
const MAX_BLOCKS: usize = 1_000;

/// A block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Block {
	/// Its number.
	pub number: BlockNumber,
	/// Its hash.
	#[serde(serialize_with = "as_hex")]
	#[schema(value_type = String)]
	pub hash: [u8; 32],
	/// Its slot; the first block has none.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub slot: Option<u64>,
	/// The account of the validator that made it, SS58.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub author: Option<String>,
	/// Accounts whose turns passed before it without a block.
	pub missed: Vec<String>,
	/// When the server saw it, Unix ms.
	pub seen_at: i64,
}

fn as_hex<S: serde::Serializer>(bytes: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
	serializer.serialize_str(&format!("0x{}", hex::encode(bytes)))
}

/// What a validator did in the blocks that are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Tally {
	/// Blocks that it made.
	pub made: u32,
	/// Turns of it that passed without a block.
	pub missed: u32,
	/// Number of its newest block.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub last: Option<BlockNumber>,
}

/// See the module.
#[derive(Default)]
pub struct Watched {
	watch: Watch,
	/// Oldest first; each is the parent of the next.
	blocks: VecDeque<Block>,
	accounts: HashMap<Author, String>,
	finalised: Option<BlockNumber>,
	health: Option<NodeHealth>,
	still: StandsStill,
	motions: Vec<MotionTally>,
}

impl Watched {
	/// The newest best block.
	pub fn best(&self) -> Option<&Block> {
		self.blocks.back()
	}

	/// The blocks that are kept, newest first.
	pub fn blocks(&self) -> impl Iterator<Item = &Block> {
		self.blocks.iter().rev()
	}

	/// Number of the newest final block.
	pub fn final_number(&self) -> Option<BlockNumber> {
		self.finalised
	}

	/// How many blocks finality is behind.
	pub fn lag(&self) -> Option<u32> {
		Some(self.best()?.number.saturating_sub(self.finalised?))
	}

	/// How the node is.
	pub fn health(&self) -> Option<&NodeHealth> {
		self.health.as_ref()
	}

	/// What stands still.
	pub fn still(&self) -> &StandsStill {
		&self.still
	}

	/// The open motions.
	pub fn motions(&self) -> &[MotionTally] {
		&self.motions
	}

	/// What each validator did, by its account.
	pub fn tallies(&self) -> BTreeMap<String, Tally> {
		let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
		for block in &self.blocks {
			if let Some(author) = &block.author {
				let tally = tallies.entry(author.clone()).or_default();
				tally.made += 1;
				tally.last = Some(block.number);
			}
			for missed in &block.missed {
				tallies.entry(missed.clone()).or_default().missed += 1;
			}
		}
		tallies
	}

	/// Accounts of validators that are silent.
	pub fn silent(&self) -> Vec<String> {
		self.watch.silent().map(|author| self.account_of(&author)).collect()
	}

	/// Two blocks in one slot, of the last day.
	pub fn doubled(&self) -> impl Iterator<Item = (&Doubled, String)> {
		self.watch
			.doubled()
			.map(|doubled| (doubled, self.account_of(&doubled.author)))
	}

	/// The last final block, where finality stands still.
	pub fn stands(&self) -> Option<BlockNumber> {
		self.watch.stands()
	}

	/// A validator by its account; by its key where it is none any more.
	pub fn account_of(&self, author: &Author) -> String {
		let known = self.accounts.get(author).cloned();
		known.unwrap_or_else(|| format!("with the key 0x{}", hex::encode(author)))
	}

	pub(super) fn knows(&self, hash: &[u8; 32]) -> bool {
		self.blocks.iter().any(|block| block.hash == *hash)
	}

	/// Nothing is known: between what was and what is are too many blocks.
	pub(super) fn restart(&mut self) {
		self.blocks.clear();
		self.watch = Watch::new();
		if let Some(number) = self.finalised {
			self.watch.finalised(number);
		}
	}

	pub(super) fn set_health(&mut self, health: NodeHealth) {
		self.health = Some(health);
	}

	/// Says whether the motions are others than before.
	pub(super) fn set_state(&mut self, still: StandsStill, motions: Vec<MotionTally>) -> bool {
		let changed = self.motions != motions;
		self.still = still;
		self.motions = motions;
		changed
	}

	pub(super) fn finalised(&mut self, head: &Head) -> Option<Change> {
		self.finalised = Some(self.finalised.map_or(head.number, |known| known.max(head.number)));
		self.watch.finalised(head.number)
	}

	/// The block of genesis.
	pub(super) fn take_first(&mut self, head: &Head) {
		self.blocks.clear();
		self.push(head, None, Vec::new(), 0);
	}

	/// The next block of the best chain, whose parent is known or is the first of all that are.
	pub(super) fn take(&mut self, head: &Head, parent_slot: Option<u64>, turns: &Turns, now: i64) -> Vec<Change> {
		// What another branch had is gone.
		while self.blocks.back().is_some_and(|newest| newest.hash != head.parent) {
			self.blocks.pop_back();
		}
		self.accounts = turns
			.keys
			.iter()
			.copied()
			.zip(turns.accounts.iter().map(account_text))
			.collect();
		let account = |turn: usize| turns.accounts.get(turn).map(account_text);
		let author = head.slot.and_then(|slot| turns.turn(slot)).and_then(account);
		let missed = match (parent_slot, head.slot) {
			(Some(before), Some(slot)) => {
				// A network that stood still as a whole made nobody miss more than two turns.
				let most = 2 * turns.keys.len() as u64;
				let first = (before + 1).max(slot.saturating_sub(most));
				(first..slot).filter_map(|slot| account(turns.turn(slot)?)).collect()
			}
			_ => Vec::new(),
		};
		self.push(head, author, missed, now);
		// While the node catches up blocks say nothing of now.
		let is_syncing = self.health.as_ref().is_some_and(|health| health.is_syncing);
		match head.slot.filter(|_| !is_syncing) {
			None => Vec::new(),
			Some(slot) => self.watch.imported(&Imported {
				slot,
				number: head.number,
				hash: head.hash,
				authors: turns.keys.clone(),
				is_best: true,
			}),
		}
	}

	fn push(&mut self, head: &Head, author: Option<String>, missed: Vec<String>, now: i64) {
		if self.blocks.len() == MAX_BLOCKS {
			self.blocks.pop_front();
		}
		self.blocks.push_back(Block {
			number: head.number,
			hash: head.hash,
			slot: head.slot,
			author,
			missed,
			seen_at: now,
		});
	}

	/// What is told of the newest block.
	pub(super) fn block_event(&self) -> Value {
		json!({ "block": self.best(), "final": self.finalised, "lag": self.lag() })
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn head(number: u32, slot: u64, parent: u8, hash: u8) -> Head {
		Head {
			number,
			hash: [hash; 32],
			parent: [parent; 32],
			slot: Some(slot),
		}
	}

	fn turns() -> Turns {
		Turns {
			keys: vec![[1; 32], [2; 32], [3; 32]],
			accounts: vec![[11; 32], [12; 32], [13; 32]],
		}
	}

	#[test]
	fn turns_without_a_block_are_counted_and_another_branch_is_taken_back() {
		let account = |byte: u8| account_text(&[byte; 32]);
		let mut watched = Watched::default();
		watched.take(&head(5, 30, 0, 5), Some(29), &turns(), 1);
		watched.take(&head(6, 32, 5, 6), Some(30), &turns(), 2);
		// 30: first, 31: second missed, 32: third.
		assert_eq!(watched.best().unwrap().author, Some(account(13)));
		assert_eq!(watched.best().unwrap().missed, [account(12)]);
		assert_eq!((watched.lag(), watched.knows(&[5; 32])), (None, true));
		let last = Head {
			hash: [5; 32],
			..head(5, 30, 0, 5)
		};
		assert!(watched.finalised(&last).is_none());
		assert_eq!(watched.lag(), Some(1));

		// Another branch: of block 6 there is another one.
		watched.take(&head(6, 31, 5, 7), Some(30), &turns(), 3);
		watched.take(&head(7, 33, 7, 8), Some(31), &turns(), 4);
		assert!(!watched.knows(&[6; 32]));
		let tallies = watched.tallies();
		let of = |byte| tallies.get(&account(byte)).copied().unwrap_or_default();
		assert_eq!((of(11).made, of(11).last), (2, Some(7)));
		assert_eq!((of(12).made, of(12).missed), (1, 0));
		assert_eq!((of(13).made, of(13).missed), (0, 1));

		// A network that stood still: two rounds at most.
		watched.take(&head(8, 9_000, 8, 9), Some(33), &turns(), 5);
		assert_eq!(watched.best().unwrap().missed.len(), 6);
	}

	#[test]
	fn what_is_kept_is_bounded_and_catching_up_makes_nobody_silent() {
		let mut watched = Watched::default();
		watched.set_health(NodeHealth {
			peers: 1,
			is_syncing: true,
		});
		for number in 1..=(MAX_BLOCKS as u32 + 10) {
			let mut block = head(number, u64::from(number) * 3, 0, 0);
			block.hash[..4].copy_from_slice(&number.to_le_bytes());
			block.parent = watched.best().map_or([0; 32], |best| best.hash);
			watched.take(&block, Some(u64::from(number - 1) * 3), &turns(), 1);
		}
		assert_eq!(watched.blocks().count(), MAX_BLOCKS);
		// One of three makes all of them, and the others would be silent.
		assert!(watched.silent().is_empty());
		watched.restart();
		assert!(watched.best().is_none());
	}
}
