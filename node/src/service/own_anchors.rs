// SPDX-License-Identifier: Apache-2.0

//! This node's anchors as the best chain showed them.
//!
//! The chain's state has the last [`KEPT_ANCHORS`](KEPT) of a node one by one and the older ones in its range only. When finality stands still
//! for longer than that and then catches up, the state of the final block lacks anchors that became final at once. They are known from
//! here: each was seen in the state of some block, and what was seen there is final when that block is.

use sealane_primitives::{
	ids::{AnchorSequence, BlockNumber, Digest, NodeId},
	runtime_api::{AnchorEntry, KEPT_ANCHORS as KEPT},
};
use std::collections::BTreeMap;

/// Most anchors that are remembered: those of two days without finality where one is made in every block.
const MOST: usize = 100_000;

/// What is asked of the chain. Errors are texts for the log.
pub trait Look {
	/// The number of the next anchor in the state of a block.
	fn next(&self, at: &Digest) -> Result<AnchorSequence, String>;
	/// An anchor in the state of a block.
	fn anchor(&self, at: &Digest, sequence: AnchorSequence) -> Result<Option<AnchorEntry>, String>;
	/// Number of the newest block that both have behind them, or are.
	fn common_ancestor(&self, a: &Digest, b: &Digest) -> Result<BlockNumber, String>;
	/// The blocks between the newest final one and this, every so many of them, oldest first.
	fn on_the_way_to(&self, at: &Digest, every: BlockNumber) -> Result<Vec<(BlockNumber, Digest)>, String>;
}

struct Seen {
	entry: AnchorEntry,
	block: BlockNumber,
	hash: Digest,
}

/// The anchors that were seen.
#[derive(Default)]
pub struct OwnAnchors {
	node: Option<NodeId>,
	last: Option<(BlockNumber, Digest)>,
	seen: BTreeMap<AnchorSequence, Seen>,
}

impl OwnAnchors {
	/// Look at the state of the newest block of the best chain, in which this is `node`. The first time also at those on the way to it that are
	/// not final.
	///
	/// # Errors
	/// The state cannot be read. What was seen until then is kept.
	pub fn look(&mut self, chain: &impl Look, node: NodeId, block: BlockNumber, hash: Digest) -> Result<(), String> {
		if self.node != Some(node) {
			*self = OwnAnchors {
				node: Some(node),
				..OwnAnchors::default()
			};
		}
		let way = match self.last {
			Some((number, last)) => {
				let fork = chain.common_ancestor(&last, &hash)?;
				if fork < number {
					self.seen.retain(|_, seen| seen.block <= fork);
				}
				// As many blocks as may pass until the first anchor behind the last look is kept no longer.
				match block.saturating_sub(fork) > KEPT as BlockNumber {
					true => chain.on_the_way_to(&hash, KEPT as BlockNumber / 2)?,
					false => Vec::new(),
				}
			}
			None => chain.on_the_way_to(&hash, KEPT as BlockNumber / 2)?,
		};
		for (block, hash) in way.into_iter().chain([(block, hash)]) {
			self.read(chain, block, hash)?;
		}
		self.last = Some((block, hash));
		Ok(())
	}

	fn read(&mut self, chain: &impl Look, block: BlockNumber, hash: Digest) -> Result<(), String> {
		let next = chain.next(&hash)?;
		for sequence in next.saturating_sub(KEPT)..next {
			if self.seen.contains_key(&sequence) {
				continue;
			}
			if let Some(entry) = chain.anchor(&hash, sequence)? {
				self.seen.insert(sequence, Seen { entry, block, hash });
			}
		}
		while self.seen.len() > MOST {
			self.seen.pop_first();
		}
		Ok(())
	}

	/// The anchor of this node with this number, if it was seen in the state of a block that `is_final`; `None` for another's.
	pub fn final_one(
		&self,
		node: NodeId,
		sequence: AnchorSequence,
		is_final: impl FnOnce(BlockNumber, &Digest) -> bool,
	) -> Option<AnchorEntry> {
		let seen = self.seen.get(&sequence).filter(|_| self.node == Some(node))?;
		is_final(seen.block, &seen.hash).then_some(seen.entry)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::collections::HashMap;

	/// A chain in which each block has one anchor more. Hashes are number and branch.
	#[derive(Default)]
	struct Chain {
		parents: HashMap<Digest, Digest>,
		asked: std::cell::Cell<usize>,
	}

	fn hash(block: BlockNumber, branch: u8) -> Digest {
		let mut hash = [branch; 32];
		hash[..4].copy_from_slice(&block.to_le_bytes());
		hash
	}

	fn number(hash: &Digest) -> BlockNumber {
		BlockNumber::from_le_bytes(hash[..4].try_into().expect("four bytes"))
	}

	impl Chain {
		fn grow(&mut self, from: Digest, blocks: u32, branch: u8) -> Digest {
			let mut tip = from;
			for _ in 0..blocks {
				let next = hash(number(&tip) + 1, branch);
				self.parents.insert(next, tip);
				tip = next;
			}
			tip
		}

		fn behind(&self, at: &Digest) -> Vec<Digest> {
			std::iter::successors(Some(*at), |at| self.parents.get(at).copied()).collect()
		}
	}

	impl Look for Chain {
		fn next(&self, at: &Digest) -> Result<AnchorSequence, String> {
			Ok(number(at).into())
		}
		fn anchor(&self, at: &Digest, sequence: AnchorSequence) -> Result<Option<AnchorEntry>, String> {
			self.asked.set(self.asked.get() + 1);
			let next = u64::from(number(at));
			let block = self
				.behind(at)
				.into_iter()
				.find(|hash| u64::from(number(hash)) == sequence + 1);
			let kept = (next.saturating_sub(KEPT)..next).contains(&sequence);
			Ok(block.filter(|_| kept).map(|hash| AnchorEntry {
				root: hash,
				block: number(&hash),
				packed: None,
			}))
		}
		fn common_ancestor(&self, a: &Digest, b: &Digest) -> Result<BlockNumber, String> {
			let a = self.behind(a);
			let common = self.behind(b).into_iter().find(|hash| a.contains(hash));
			Ok(number(&common.expect("the genesis")))
		}
		fn on_the_way_to(&self, at: &Digest, every: BlockNumber) -> Result<Vec<(BlockNumber, Digest)>, String> {
			let mut way = self.behind(at);
			way.reverse();
			Ok(way
				.into_iter()
				.step_by(every as usize)
				.map(|hash| (number(&hash), hash))
				.collect())
		}
	}

	#[test]
	fn all_are_known_after_finality_stood_still_for_long() {
		let mut chain = Chain::default();
		let mut own = OwnAnchors::default();
		let mut tip = hash(0, 0);
		for _ in 0..300 {
			tip = chain.grow(tip, 1, 0);
			own.look(&chain, 7, number(&tip), tip).expect("it is there");
		}
		assert_eq!(chain.asked.get(), 300, "each is read once");
		for sequence in 0..300 {
			let entry = own.final_one(7, sequence, |_, _| true).expect("it was seen");
			assert_eq!(
				(u64::from(entry.block), entry.root),
				(sequence + 1, hash(sequence as u32 + 1, 0))
			);
		}
		assert_eq!(
			own.final_one(7, 0, |_, _| false),
			None,
			"it was seen in no block that is final"
		);
		assert_eq!(own.final_one(7, 300, |_, _| true), None);
	}

	#[test]
	fn a_node_that_starts_meanwhile_looks_back() {
		let mut chain = Chain::default();
		let tip = chain.grow(hash(0, 0), 500, 0);
		let mut own = OwnAnchors::default();
		own.look(&chain, 7, 500, tip).expect("it is there");
		assert!((0..500).all(|sequence| own.final_one(7, sequence, |_, _| true).is_some()));
		// Or skips many blocks.
		let tip = chain.grow(tip, 400, 0);
		own.look(&chain, 7, 900, tip).expect("it is there");
		assert!((0..900).all(|sequence| own.final_one(7, sequence, |_, _| true).is_some()));
	}

	#[test]
	fn what_was_seen_on_another_branch_is_seen_anew() {
		let mut chain = Chain::default();
		let fork = chain.grow(hash(0, 0), 10, 0);
		let left = chain.grow(fork, 5, 1);
		let right = chain.grow(fork, 6, 2);
		let mut own = OwnAnchors::default();
		for tip in [fork, left, right] {
			own.look(&chain, 7, number(&tip), tip).expect("it is there");
		}
		let root = |sequence| own.final_one(7, sequence, |_, _| true).map(|entry| entry.root);
		assert_eq!(root(9), Some(hash(10, 0)));
		assert_eq!(root(12), Some(hash(13, 2)));
	}

	#[test]
	fn a_node_under_a_new_number_begins_anew() {
		let mut chain = Chain::default();
		let tip = chain.grow(hash(0, 0), 10, 0);
		let mut own = OwnAnchors::default();
		own.look(&chain, 7, 10, tip).expect("it is there");
		assert_eq!(own.final_one(8, 3, |_, _| true), None, "another node's");
		own.look(&chain, 8, 10, tip).expect("it is there");
		assert_eq!(own.final_one(7, 3, |_, _| true), None);
		assert!(own.final_one(8, 3, |_, _| true).is_some());
	}

	#[test]
	fn what_is_remembered_is_bounded() {
		let mut own = OwnAnchors {
			node: Some(7),
			..OwnAnchors::default()
		};
		for sequence in 0..MOST as u64 + 10 {
			let entry = AnchorEntry {
				root: [0; 32],
				block: 1,
				packed: None,
			};
			let seen = Seen {
				entry,
				block: 1,
				hash: [0; 32],
			};
			own.seen.insert(sequence, seen);
		}
		let mut chain = Chain::default();
		let tip = chain.grow(hash(0, 0), 1, 0);
		own.look(&chain, 7, 1, tip).expect("it is there");
		assert_eq!(own.seen.len(), MOST);
	}
}
