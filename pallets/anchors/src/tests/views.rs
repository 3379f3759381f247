// SPDX-License-Identifier: Apache-2.0

use crate::{
	mock::{Anchors, *},
	*,
};
use frame_support::{assert_ok, BoundedVec};
use sealane_primitives::{evidence::tree, ids::Digest};

fn leaves(count: u8) -> Vec<Digest> {
	(0..count).map(hash).collect()
}

fn proof(leaves: &[Digest], index: usize) -> InclusionProof {
	let path = tree::proof(leaves, index).expect("the leaf exists");
	InclusionProof {
		size: leaves.len() as u64,
		index: index as u64,
		path: path.try_into().expect("short"),
	}
}

#[test]
fn verify_proves_every_leaf_and_no_other() {
	run(|| {
		for size in 1..=8u8 {
			let leaves = leaves(size);
			next_turn();
			assert_ok!(Anchors::anchor(
				signed(BANK_DELEGATE),
				u64::from(size) - 1,
				tree::root(&leaves)
			));
			for (index, leaf) in leaves.iter().enumerate() {
				let proof = proof(&leaves, index);
				assert!(Anchors::verify(BANK_NODE, u64::from(size) - 1, *leaf, proof.clone()));
				assert!(!Anchors::verify(BANK_NODE, u64::from(size) - 1, hash(99), proof));
			}
		}
	});
}

#[test]
fn verify_is_false_for_what_is_not_there() {
	run(|| {
		let leaves = leaves(3);
		assert_ok!(Anchors::anchor(signed(BANK_DELEGATE), 0, tree::root(&leaves)));
		assert!(!Anchors::verify(BANK_NODE, 1, leaves[0], proof(&leaves, 0)));
		assert!(!Anchors::verify(WEALTH_NODE, 0, leaves[0], proof(&leaves, 0)));
		let beyond = InclusionProof {
			size: 3,
			index: 3,
			path: BoundedVec::new(),
		};
		assert!(!Anchors::verify(BANK_NODE, 0, leaves[0], beyond));
		let nothing = InclusionProof {
			size: 0,
			index: 0,
			path: BoundedVec::new(),
		};
		assert!(!Anchors::verify(BANK_NODE, 0, leaves[0], nothing));
	});
}

#[test]
fn entries_and_next_numbers() {
	run(|| {
		assert_eq!(Anchors::next_sequence(BANK_NODE), 0);
		assert_eq!(Anchors::anchor_of(BANK_NODE, 0), None);
		assert_ok!(Anchors::anchor(signed(BANK_DELEGATE), 0, hash(1)));
		assert_eq!(Anchors::next_sequence(BANK_NODE), 1);
		assert_eq!(Anchors::anchor_of(BANK_NODE, 0), Anchors::anchor_entry(BANK_NODE, 0));
		assert_eq!(Anchors::dispute(0), None);
		assert!(Anchors::open_disputes_of(CHANNEL).is_empty());
	});
}
