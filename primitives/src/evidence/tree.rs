// SPDX-License-Identifier: Apache-2.0

//! The Merkle tree of RFC 6962 (RFC 9162, section 2.1) over leaf hashes that are made elsewhere.

use crate::ids::Digest;
use alloc::vec::Vec;
use sha2::{Digest as _, Sha256};

/// Longest inclusion proof: that of a tree of 2^64 leaves.
pub const MAX_PROOF_LEN: usize = 64;

/// Hash of an inner node: `SHA-256(0x01 ‖ left ‖ right)`.
pub fn node(left: &Digest, right: &Digest) -> Digest {
	// One buffer and one update: half the calls into the hash per node.
	let mut bytes = [1; 65];
	bytes[1..33].copy_from_slice(left);
	bytes[33..].copy_from_slice(right);
	Sha256::digest(bytes).into()
}

/// Root of the empty tree: SHA-256 of nothing.
pub fn empty_root() -> Digest {
	Sha256::digest([]).into()
}

/// Computes a root leaf by leaf. Keeps one hash per level, so a batch need not be in memory; one node hash per leaf.
#[derive(Clone)]
pub struct TreeBuilder {
	/// Roots of the full subtrees so far, largest first. Bit `i` of `size` is set where one of `2^i` leaves is among them.
	frontier: [Digest; MAX_PROOF_LEN],
	depth: usize,
	size: u64,
}

impl Default for TreeBuilder {
	fn default() -> Self {
		Self {
			frontier: [[0; 32]; MAX_PROOF_LEN],
			depth: 0,
			size: 0,
		}
	}
}

impl TreeBuilder {
	/// A tree without leaves.
	pub fn new() -> Self {
		Self::default()
	}

	/// Leaves so far.
	pub fn size(&self) -> u64 {
		self.size
	}

	/// Appends a leaf hash. At most 2^64 − 1 leaves, which no one appends.
	pub fn push(&mut self, leaf: Digest) {
		let mut hash = leaf;
		// As in binary counting: each trailing one is a full subtree that merges with what was added.
		for _ in 0..self.size.trailing_ones() {
			self.depth -= 1;
			hash = node(&self.frontier[self.depth], &hash);
		}
		self.frontier[self.depth] = hash;
		self.depth += 1;
		self.size += 1;
	}

	/// The root over the leaves so far; more may follow.
	pub fn root(&self) -> Digest {
		let mut subtrees = self.frontier[..self.depth].iter().rev();
		match subtrees.next() {
			None => empty_root(),
			Some(smallest) => subtrees.fold(*smallest, |right, left| node(left, &right)),
		}
	}
}

impl Extend<Digest> for TreeBuilder {
	fn extend<I: IntoIterator<Item = Digest>>(&mut self, leaves: I) {
		leaves.into_iter().for_each(|leaf| self.push(leaf));
	}
}

/// The root over leaf hashes.
pub fn root(leaves: &[Digest]) -> Digest {
	let mut tree = TreeBuilder::new();
	tree.extend(leaves.iter().copied());
	tree.root()
}

/// The hashes that lead from leaf `index` to the root, lowest first; `None` where there is no such leaf. Costs as much as the root.
pub fn proof(leaves: &[Digest], index: usize) -> Option<Vec<Digest>> {
	if index >= leaves.len() {
		return None;
	}
	let mut path = Vec::with_capacity(leaves.len().ilog2() as usize + 1);
	let (mut rest, mut index) = (leaves, index);
	while rest.len() > 1 {
		let (left, right) = rest.split_at(split(rest.len()));
		if index < left.len() {
			path.push(root(right));
			rest = left;
		} else {
			path.push(root(left));
			index -= left.len();
			rest = right;
		}
	}
	path.reverse();
	Some(path)
}

/// The largest power of two below `len` (≥ 2).
fn split(len: usize) -> usize {
	1 << (len - 1).ilog2()
}

/// The number of hashes in the proof for leaf `index` of a tree of `size` leaves; `None` where there is no such leaf.
pub fn proof_len(size: u64, index: u64) -> Option<usize> {
	if index >= size {
		return None;
	}
	// Up to the level at which the paths of this leaf and the last one meet, every level has a sibling; above it only
	// those where this leaf is on the right.
	let inner = u64::BITS - (index ^ (size - 1)).leading_zeros();
	let border = if inner == u64::BITS {
		0
	} else {
		(index >> inner).count_ones()
	};
	Some((inner + border) as usize)
}

/// The root to which `proof` leads from `leaf`; `None` where the proof has another length than leaf `index` of a tree of `size` leaves
/// has.
pub fn root_from_proof(size: u64, index: u64, leaf: Digest, proof: &[Digest]) -> Option<Digest> {
	if proof_len(size, index)? != proof.len() {
		return None;
	}
	let (mut at, mut last, mut hash) = (index, size - 1, leaf);
	for sibling in proof {
		if at & 1 == 1 || at == last {
			hash = node(sibling, &hash);
			// A last node without sibling is carried up unchanged.
			while at & 1 == 0 && at != 0 {
				at >>= 1;
				last >>= 1;
			}
		} else {
			hash = node(&hash, sibling);
		}
		at >>= 1;
		last >>= 1;
	}
	Some(hash)
}

/// Whether `proof` shows that `leaf` is leaf `index` of the tree of `size` leaves with this `root`.
pub fn verify(root: &Digest, size: u64, index: u64, leaf: &Digest, proof: &[Digest]) -> bool {
	root_from_proof(size, index, *leaf, proof).as_ref() == Some(root)
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	/// The definition in RFC 6962, section 2.1, word by word.
	fn reference_root(leaves: &[Digest]) -> Digest {
		match leaves {
			[] => Sha256::digest([]).into(),
			[leaf] => *leaf,
			_ => {
				let mut k = 1;
				while k * 2 < leaves.len() {
					k *= 2;
				}
				node(&reference_root(&leaves[..k]), &reference_root(&leaves[k..]))
			}
		}
	}

	fn digest(hex: &str) -> Digest {
		hex::decode(hex).expect("hex").try_into().expect("32 bytes")
	}

	fn leaf(data: &[u8]) -> Digest {
		Sha256::new().chain_update([0]).chain_update(data).finalize().into()
	}

	fn numbered(size: usize) -> Vec<Digest> {
		(0..size as u32).map(|i| leaf(&i.to_le_bytes())).collect()
	}

	/// The leaves of the test vectors of Google's Certificate Transparency project.
	fn ct_leaves() -> Vec<Digest> {
		[
			"",
			"00",
			"10",
			"2021",
			"3031",
			"40414243",
			"5051525354555657",
			"606162636465666768696a6b6c6d6e6f",
		]
		.map(|data| leaf(&hex::decode(data).expect("hex")))
		.to_vec()
	}

	#[test]
	fn roots_are_those_of_certificate_transparency() {
		let roots = [
			"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
			"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
			"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
			"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
			"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
			"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
			"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
			"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
			"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
		];
		for (size, expected) in roots.iter().enumerate() {
			assert_eq!(root(&ct_leaves()[..size]), digest(expected), "{size} leaves");
		}
	}

	#[test]
	fn proofs_are_those_of_certificate_transparency() {
		let cases: [(usize, usize, &[&str]); 5] = [
			(1, 0, &[]),
			(
				8,
				0,
				&[
					"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
					"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
					"6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
				],
			),
			(
				8,
				5,
				&[
					"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
					"ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
					"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
				],
			),
			(
				3,
				2,
				&["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
			),
			(
				5,
				1,
				&[
					"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
					"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
					"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
				],
			),
		];
		for (size, index, path) in cases {
			let expected: Vec<Digest> = path.iter().map(|hash| digest(hash)).collect();
			assert_eq!(
				proof(&ct_leaves()[..size], index),
				Some(expected),
				"leaf {index} of {size}"
			);
		}
	}

	#[test]
	fn every_leaf_of_every_size_up_to_300_is_proven() {
		let all = numbered(300);
		for size in 0..=all.len() {
			let leaves = &all[..size];
			let root = root(leaves);
			assert_eq!(root, reference_root(leaves), "{size} leaves");
			assert_eq!(proof(leaves, size), None);
			for (index, leaf) in leaves.iter().enumerate() {
				let path = proof(leaves, index).expect("the leaf exists");
				assert_eq!(
					proof_len(size as u64, index as u64),
					Some(path.len()),
					"leaf {index} of {size}"
				);
				assert!(
					verify(&root, size as u64, index as u64, leaf, &path),
					"leaf {index} of {size}"
				);
			}
		}
	}

	#[test]
	fn a_proof_serves_no_other_place_size_or_leaf() {
		let all = numbered(70);
		for size in 1..=all.len() {
			let leaves = &all[..size];
			let root = root(leaves);
			for index in [0, size / 3, size / 2, size - 1] {
				let path = proof(leaves, index).expect("the leaf exists");
				for other in 0..size + 2 {
					let holds = verify(&root, size as u64, other as u64, &leaves[index], &path);
					assert_eq!(holds, other == index, "leaf {index} of {size} at {other}");
				}
				assert!(!verify(&root, size as u64, index as u64, &[0; 32], &path));
				let mut longer = path.clone();
				longer.push([0; 32]);
				assert!(!verify(&root, size as u64, index as u64, &leaves[index], &longer));
				if let Some((_, shorter)) = path.split_last() {
					assert!(!verify(&root, size as u64, index as u64, &leaves[index], shorter));
				}
			}
		}
	}

	#[test]
	fn sizes_at_the_end_of_the_range_do_not_overflow() {
		assert_eq!(proof_len(0, 0), None);
		assert_eq!(proof_len(u64::MAX, u64::MAX), None);
		assert_eq!(proof_len(u64::MAX, 0), Some(64));
		assert_eq!(proof_len(u64::MAX, u64::MAX - 1), Some(63));
		assert!(root_from_proof(u64::MAX, 0, [1; 32], &[[2; 32]; 64]).is_some());
		assert!(root_from_proof(u64::MAX, u64::MAX - 1, [1; 32], &[[2; 32]; 63]).is_some());
		assert_eq!(root_from_proof(u64::MAX, 0, [1; 32], &[]), None);
	}

	#[test]
	fn streaming_gives_the_root_at_every_size() {
		let all = numbered(130);
		let mut tree = TreeBuilder::new();
		for (size, leaf) in all.iter().enumerate() {
			assert_eq!((tree.size(), tree.root()), (size as u64, root(&all[..size])));
			tree.push(*leaf);
		}
	}

	proptest! {
		#[test]
		fn any_changed_bit_of_a_proof_breaks_it(size in 2usize..300, seed: u64, bit in 0usize..256) {
			let leaves = numbered(size);
			let index = (seed % size as u64) as usize;
			let mut path = proof(&leaves, index).expect("the leaf exists");
			let step = (seed / size as u64) as usize % path.len();
			path[step][bit / 8] ^= 1 << (bit % 8);
			prop_assert!(!verify(&root(&leaves), size as u64, index as u64, &leaves[index], &path));
		}

		#[test]
		fn hostile_proofs_are_answered(size: u64, index: u64, len in 0usize..70) {
			prop_assert!(!verify(&[0; 32], size, index, &[1; 32], &alloc::vec![[2; 32]; len]));
		}
	}
}
