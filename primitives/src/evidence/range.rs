// SPDX-License-Identifier: Apache-2.0

//! A node's mountain range: what is left on chain of all its anchors, for ever, in a few hashes.
//!
//! The anchors of a node are the leaves of one RFC 6962 tree that grows to the right. The chain keeps its *peaks*, the roots of the
//! full subtrees whose sizes are the powers of two in the number of leaves, largest first. They say the same as the tree's root:
//! that is the peaks put together from the right. So the proof of an old anchor is an ordinary inclusion proof ([`super::tree`]) for
//! leaf `sequence` of `count` leaves, and whoever knows all anchors of the node (from its own log, a partner's, or the bodies of the
//! blocks) can make it.

use super::tree;
use crate::ids::{AnchorSequence, BlockNumber, Digest, NodeId};
use alloc::vec::Vec;
use bounded_collections::{BoundedVec, ConstU32};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sha2::{Digest as _, Sha256};

/// Domain tag of an anchor's leaf in the range of its node.
pub const ANCHOR_TAG: &[u8] = b"sealane/2/anchor";

/// The peaks of a tree, largest first.
pub type Peaks = BoundedVec<Digest, ConstU32<{ tree::MAX_PROOF_LEN as u32 }>>;

/// The leaf of an anchor: `SHA-256(0x00 ‖ "sealane/2/anchor" ‖ u32 LE node ‖ u64 LE sequence ‖ root ‖ u32 LE block)`.
pub fn anchor_leaf(node: NodeId, sequence: AnchorSequence, root: &Digest, block: BlockNumber) -> Digest {
	let mut hash = Sha256::new();
	hash.update([0]);
	hash.update(ANCHOR_TAG);
	hash.update(node.to_le_bytes());
	hash.update(sequence.to_le_bytes());
	hash.update(root);
	hash.update(block.to_le_bytes());
	hash.finalize().into()
}

/// All anchors of a node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Range {
	/// How many there are: the number of the next.
	pub count: AnchorSequence,
	/// The block of the last one; 0 while there is none.
	pub last: BlockNumber,
	/// The peaks of the tree over their leaves.
	pub peaks: Peaks,
}

impl Range {
	/// Appends the anchor with the number [`Range::count`]. Gives `false`, and changes nothing, when all numbers are given out.
	pub fn push(&mut self, node: NodeId, root: &Digest, block: BlockNumber) -> bool {
		let Some(count) = self.count.checked_add(1) else {
			return false;
		};
		let mut hash = anchor_leaf(node, self.count, root, block);
		// As in binary counting: each trailing one is a full subtree that merges with what was added.
		for _ in 0..self.count.trailing_ones() {
			if let Some(left) = self.peaks.pop() {
				hash = tree::node(&left, &hash);
			}
		}
		// There is one peak for each bit set in the count, so never more than fit.
		if self.peaks.try_push(hash).is_err() {
			return false;
		}
		self.count = count;
		self.last = block;
		true
	}

	/// The root of the tree.
	pub fn root(&self) -> Digest {
		let mut peaks = self.peaks.iter().rev();
		match peaks.next() {
			None => tree::empty_root(),
			Some(smallest) => peaks.fold(*smallest, |right, left| tree::node(left, &right)),
		}
	}

	/// Whether `path` shows that the node anchored `root` in `block` under this number.
	pub fn proves(
		&self,
		node: NodeId,
		sequence: AnchorSequence,
		root: &Digest,
		block: BlockNumber,
		path: &[Digest],
	) -> bool {
		let leaf = anchor_leaf(node, sequence, root, block);
		// The number of leaves is on chain beside the peaks, so a proof cannot claim another.
		self.is_sound() && tree::verify(&self.root(), self.count, sequence, &leaf, path)
	}

	/// Where leaf `sequence` stands: the place of its peak, and how many levels that is above the leaf. `None` where there is no such leaf.
	pub fn mountain(&self, sequence: AnchorSequence) -> Option<(usize, u32)> {
		if !self.is_sound() {
			return None;
		}
		let mut left = sequence;
		let heights = (0..u64::BITS).rev().filter(|height| self.count >> height & 1 == 1);
		for (place, height) in heights.enumerate() {
			match left.checked_sub(1 << height) {
				Some(beyond) => left = beyond,
				None => return Some((place, height)),
			}
		}
		None
	}

	/// The proof of leaf `sequence`, from the hashes that stand beside its way up to its peak, lowest first: what follows are the peaks.
	/// `None` where there is no such leaf, or its peak is at another height.
	pub fn path(&self, sequence: AnchorSequence, mut siblings: Vec<Digest>) -> Option<Vec<Digest>> {
		let (place, height) = self.mountain(sequence)?;
		if siblings.len() != height as usize {
			return None;
		}
		// All that stands to the right of the peak is one hash: the smaller peaks put together.
		let mut smaller = self.peaks[place + 1..].iter().rev();
		if let Some(smallest) = smaller.next() {
			siblings.push(smaller.fold(*smallest, |right, left| tree::node(left, &right)));
		}
		siblings.extend(self.peaks[..place].iter().rev());
		Some(siblings)
	}

	/// Whether there is one peak for each full subtree.
	pub fn is_sound(&self) -> bool {
		self.peaks.len() == self.count.count_ones() as usize
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn root_of(sequence: u64) -> Digest {
		[sequence as u8 ^ 0x5a; 32]
	}

	fn range(anchors: u64) -> (Range, Vec<Digest>) {
		let mut range = Range::default();
		let mut leaves = Vec::new();
		for sequence in 0..anchors {
			let block = 10 + sequence as u32 * 3;
			assert!(range.push(7, &root_of(sequence), block));
			leaves.push(anchor_leaf(7, sequence, &root_of(sequence), block));
		}
		(range, leaves)
	}

	#[test]
	fn is_the_tree_over_all_anchors_and_proves_each() {
		for anchors in 0..70 {
			let (range, leaves) = range(anchors);
			assert!(range.is_sound());
			assert_eq!(range.root(), tree::root(&leaves), "{anchors} anchors");
			for sequence in 0..anchors {
				let path = tree::proof(&leaves, sequence as usize).expect("there is such a leaf");
				let block = 10 + sequence as u32 * 3;
				assert!(range.proves(7, sequence, &root_of(sequence), block, &path));
				assert!(
					!range.proves(8, sequence, &root_of(sequence), block, &path),
					"another node's"
				);
				assert!(
					!range.proves(7, sequence, &root_of(sequence + 1), block, &path),
					"another root"
				);
				assert!(
					!range.proves(7, sequence, &root_of(sequence), block + 1, &path),
					"another block"
				);
				assert!(
					!range.proves(7, sequence ^ 1, &root_of(sequence), block, &path),
					"another number"
				);
			}
		}
	}

	/// The hashes beside the way up to the peak are all that must be known of other anchors.
	#[test]
	fn a_proof_is_what_stands_below_the_peak_and_the_peaks() {
		for anchors in 0..70 {
			let (range, leaves) = range(anchors);
			for sequence in 0..anchors {
				let (_, height) = range.mountain(sequence).expect("there is such a leaf");
				let first = (sequence >> height << height) as usize;
				let below = &leaves[first..first + (1 << height)];
				let siblings = tree::proof(below, sequence as usize - first).expect("it is in its mountain");
				let path = range.path(sequence, siblings.clone()).expect("it reaches the peak");
				assert_eq!(Some(&path), tree::proof(&leaves, sequence as usize).as_ref());
				assert_eq!(range.path(sequence, [siblings, [[0; 32]].to_vec()].concat()), None);
			}
			assert_eq!((range.mountain(anchors), range.path(anchors, Vec::new())), (None, None));
		}
	}

	#[test]
	fn a_range_with_a_peak_too_many_or_too_few_proves_nothing() {
		let (good, leaves) = range(6);
		let path = tree::proof(&leaves, 5).expect("there is a sixth leaf");
		let proves = |range: &Range| range.proves(7, 5, &root_of(5), 25, &path);
		assert!(proves(&good));
		let mut fewer = good.clone();
		fewer.count = 7;
		assert!(!proves(&fewer));
		let mut more = good;
		more.peaks.try_push([0; 32]).expect("there is room");
		assert!(!proves(&more));
	}

	#[test]
	fn boundary_the_last_number() {
		let mut range = Range {
			count: u64::MAX,
			last: 4,
			peaks: Peaks::truncate_from([[1; 32]; 64].to_vec()),
		};
		let before = range.clone();
		assert!(!range.push(7, &[0; 32], 5));
		assert_eq!(range, before);
	}
}
