// SPDX-License-Identifier: Apache-2.0

use crate::{
	mock::{Anchors, *},
	*,
};
use frame_support::{assert_noop, assert_ok};
use sealane_primitives::{
	evidence::{
		range::{anchor_leaf, Peaks, Range},
		tree,
	},
	runtime_api::AnchorEntry,
};
use sp_runtime::DispatchError;

fn anchor(sequence: u64, root: u8) -> sp_runtime::DispatchResult {
	Anchors::anchor(signed(BANK_DELEGATE), sequence, hash(root))
}

#[docify::export]
#[test]
fn a_record_is_proven_against_an_anchor() {
	run(|| {
		// The bank's node made a tree over five batch roots and anchors its root.
		let batches = [hash(1), hash(2), hash(3), hash(4), hash(5)];
		assert_ok!(Anchors::anchor(signed(BANK_DELEGATE), 0, tree::root(&batches)));

		// Years later somebody shows the third batch root and the path from there.
		let path = tree::proof(&batches, 2).expect("there is a third leaf");
		let proof = InclusionProof {
			size: 5,
			index: 2,
			path: path.try_into().expect("short"),
		};
		assert!(Anchors::verify(BANK_NODE, 0, hash(3), proof.clone()));
		assert!(!Anchors::verify(BANK_NODE, 0, hash(4), proof));
	});
}

#[test]
fn stores_root_and_block_and_counts_up() {
	run(|| {
		System::set_block_number(7);
		assert_ok!(anchor(0, 1));
		assert_eq!(
			last_event(),
			Event::Anchored {
				node: BANK_NODE,
				sequence: 0,
				member: BANK,
				root: hash(1),
			}
		);
		System::set_block_number(9);
		assert_ok!(anchor(1, 2));
		assert_eq!(Anchors::next_anchor(BANK_NODE), 2);
		assert_eq!(
			Anchors::anchor_entry(BANK_NODE, 0),
			Some(AnchorEntry {
				root: hash(1),
				block: 7,
				packed: None
			})
		);
		assert_eq!(
			Anchors::anchor_entry(BANK_NODE, 1),
			Some(AnchorEntry {
				root: hash(2),
				block: 9,
				packed: None
			})
		);
		assert_eq!(Anchors::anchor_entry(BANK_NODE, 2), None);
	});
}

#[test]
fn nodes_count_apart() {
	run(|| {
		assert_ok!(anchor(0, 1));
		assert_ok!(Anchors::anchor(signed(WEALTH_DELEGATE), 0, hash(1)));
		next_turn();
		assert_ok!(anchor(1, 1));
		assert_eq!(
			(Anchors::next_anchor(BANK_NODE), Anchors::next_anchor(WEALTH_NODE)),
			(2, 1)
		);
	});
}

#[test]
fn a_repeat_succeeds_and_changes_nothing() {
	run(|| {
		assert_ok!(anchor(0, 1));
		next_turn();
		assert_ok!(anchor(1, 2));
		System::set_block_number(5);
		let root = sp_io::storage::root(sp_runtime::StateVersion::V1);
		let seen = events().len();
		assert_ok!(anchor(0, 1));
		assert_ok!(anchor(1, 2));
		assert_eq!(sp_io::storage::root(sp_runtime::StateVersion::V1), root);
		assert_eq!(events().len(), seen, "a repeat is no event");
	});
}

#[test]
fn fails_when_another_root_under_a_used_number() {
	run(|| {
		assert_ok!(anchor(0, 1));
		assert_noop!(anchor(0, 2), Error::<Test>::AlreadyExists);
	});
}

#[test]
fn fails_when_a_number_is_skipped() {
	run(|| {
		assert_noop!(anchor(1, 1), Error::<Test>::SequenceAhead);
		assert_ok!(anchor(0, 1));
		assert_noop!(anchor(2, 1), Error::<Test>::SequenceAhead);
		assert_noop!(anchor(u64::MAX, 1), Error::<Test>::SequenceAhead);
	});
}

#[test]
fn fails_when_no_delegate_unauthorized() {
	run(|| {
		// The member itself is not its node.
		for who in [BANK_MANAGER, STRANGER, POLICY_MAKER] {
			assert_noop!(Anchors::anchor(signed(who), 0, hash(1)), Error::<Test>::NotAuthorized);
		}
		assert_noop!(
			Anchors::anchor(RuntimeOrigin::root(), 0, hash(1)),
			DispatchError::BadOrigin
		);
		assert_noop!(
			Anchors::anchor(RuntimeOrigin::none(), 0, hash(1)),
			DispatchError::BadOrigin
		);
	});
}

#[test]
fn fails_when_member_is_suspended() {
	run(|| {
		Suspended::set(vec![BANK]);
		assert_noop!(anchor(0, 1), Error::<Test>::NotActive);
		Suspended::set(Vec::new());
		assert_ok!(anchor(0, 1));
	});
}

#[test]
fn a_new_delegate_goes_on_where_the_old_one_stopped() {
	run(|| {
		assert_ok!(anchor(0, 1));
		set_delegate(BANK_NODE, STRANGER);
		next_turn();
		assert_noop!(anchor(1, 2), Error::<Test>::NotAuthorized);
		assert_ok!(Anchors::anchor(signed(STRANGER), 1, hash(2)));
	});
}

#[test]
fn boundary_last_number() {
	new_ext().execute_with(|| {
		// Set by hand: nobody lives to see 2^64 anchors, so the invariants over the kept ones are not checked here.
		let range = Range {
			count: u64::MAX,
			last: 1,
			peaks: Peaks::truncate_from(vec![hash(1); 64]),
		};
		Ranges::<Test>::insert(BANK_NODE, range);
		next_turn();
		assert_noop!(anchor(u64::MAX, 1), Error::<Test>::NumbersExhausted);
	});
}

#[test]
fn the_last_ones_are_kept_by_themselves() {
	run(|| {
		for sequence in 0..KEPT_ANCHORS {
			assert_ok!(anchor(sequence, 1));
			next_turn();
		}
		assert!(Anchors::anchor_entry(BANK_NODE, 0).is_some());
		assert_ok!(anchor(KEPT_ANCHORS, 1));
		assert_eq!(Anchors::anchor_entry(BANK_NODE, 0), None);
		assert!(Anchors::anchor_entry(BANK_NODE, 1).is_some());
		// A repeat of one that is gone is not known for what it is.
		assert_noop!(anchor(0, 1), Error::<Test>::AlreadyExists);
		assert_ok!(anchor(1, 1));
		// Another node's are its own.
		assert_ok!(Anchors::anchor(signed(WEALTH_DELEGATE), 0, hash(2)));
		assert!(Anchors::anchor_entry(WEALTH_NODE, 0).is_some());
	});
}

/// What a node takes of the state does not grow with its anchors, so it may anchor at each turn for as long as the chain lives.
#[test]
fn the_state_of_a_node_is_bounded() {
	run(|| {
		let bytes = || {
			let prefix = sp_io::hashing::twox_128(b"Anchors").to_vec();
			let (mut entries, mut bytes, mut key) = (0, 0, prefix.clone());
			while let Some(next) = sp_io::storage::next_key(&key).filter(|next| next.starts_with(&prefix)) {
				entries += 1;
				bytes += next.len() + sp_io::storage::get(&next).map_or(0, |value| value.len());
				key = next;
			}
			(entries, bytes)
		};
		let mut sizes = Vec::new();
		for sequence in 0..2_000u64 {
			assert_ok!(anchor(sequence, sequence as u8));
			sizes.push(bytes());
			next_turn();
			System::reset_events();
		}
		let most = |sizes: &[(usize, usize)]| sizes.iter().copied().max().expect("some");
		let (early, late) = (most(&sizes[100..200]), most(&sizes[1_900..]));
		println!("entries and bytes of one node: {early:?} after 200 anchors, {late:?} after 2,000");
		assert_eq!(early.0, late.0, "as many entries after 2,000 anchors as after 200");
		// A peak more for each doubling, and no more than there are bits in a number.
		assert!(late.1 <= early.1 + 4 * 32, "{early:?} {late:?}");
		assert!(late.1 + 64 * 32 < 10_240, "{late:?}");
	});
}

#[test]
fn all_are_proven_by_the_range() {
	run(|| {
		let mut anchored = Vec::new();
		for sequence in 0..150u64 {
			assert_ok!(anchor(sequence, sequence as u8));
			anchored.push((hash(sequence as u8), System::block_number()));
			next_turn();
		}

		// Whoever has all anchors of the node proves the oldest.
		let leaves: Vec<_> = anchored
			.iter()
			.zip(0..)
			.map(|((root, block), sequence)| anchor_leaf(BANK_NODE, sequence, root, *block))
			.collect();
		for sequence in [0, 1, 85, 86, 127, 128, 149] {
			let (root, block) = anchored[sequence];
			let path = tree::proof(&leaves, sequence).expect("there is such a leaf");
			let sequence = sequence as u64;
			assert!(Anchors::is_anchored(BANK_NODE, sequence, root, block, path.clone()));
			assert!(!Anchors::is_anchored(
				BANK_NODE,
				sequence,
				hash(255),
				block,
				path.clone()
			));
			assert!(!Anchors::is_anchored(
				BANK_NODE,
				sequence,
				root,
				block + 1,
				path.clone()
			));
			assert!(!Anchors::is_anchored(WEALTH_NODE, sequence, root, block, path));
		}
	});
}
