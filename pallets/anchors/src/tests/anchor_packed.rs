// SPDX-License-Identifier: Apache-2.0

use crate::{
	mock::{Anchors, *},
	*,
};
use frame_support::{assert_noop, assert_ok, BoundedVec};
use sealane_primitives::{
	directory::{AnchorMode, AnchorPolicy},
	evidence::tree,
	ids::Digest,
};
use sp_runtime::DispatchError;

type Hashes = BoundedVec<Digest, <Test as Config>::MaxPacked>;

fn hashes(count: u8) -> Hashes {
	(0..count)
		.map(hash)
		.collect::<Vec<_>>()
		.try_into()
		.expect("within MaxPacked")
}

fn pack(sequence: u64, hashes: Hashes) -> sp_runtime::DispatchResult {
	Anchors::anchor_packed(signed(BANK_DELEGATE), sequence, hashes)
}

#[test]
fn keeps_root_and_count() {
	run(|| {
		assert_ok!(pack(0, hashes(3)));
		let root = tree::root(&[hash(0), hash(1), hash(2)]);
		assert_eq!(
			last_event(),
			Event::Anchored {
				node: BANK_NODE,
				sequence: 0,
				member: BANK,
				root,
				packed: Some(3)
			}
		);
		let entry = Anchors::anchor_entry(BANK_NODE, 0).expect("stored");
		assert_eq!((entry.root, entry.packed), (root, Some(3)));
	});
}

#[test]
fn one_hash_is_its_own_root() {
	run(|| {
		assert_ok!(pack(0, hashes(1)));
		assert_eq!(Anchors::anchor_entry(BANK_NODE, 0).expect("stored").root, hash(0));
	});
}

#[test]
fn equal_hashes_are_allowed() {
	run(|| {
		let twice = Hashes::try_from(vec![hash(1), hash(1)]).expect("two");
		assert_ok!(pack(0, twice));
		assert_eq!(Anchors::anchor_entry(BANK_NODE, 0).expect("stored").packed, Some(2));
	});
}

#[test]
fn shares_the_numbers_with_single_roots() {
	run(|| {
		assert_ok!(pack(0, hashes(2)));
		assert_ok!(Anchors::anchor(signed(BANK_DELEGATE), 1, hash(9)));
		assert_ok!(pack(2, hashes(2)));
		assert_eq!(Anchors::next_anchor(BANK_NODE), 3);
	});
}

#[test]
fn a_repeat_succeeds_in_either_form() {
	run(|| {
		assert_ok!(pack(0, hashes(3)));
		let before = events().len();
		assert_ok!(pack(0, hashes(3)));
		// After a change of policy a courier may offer the same cut as a root.
		assert_ok!(Anchors::anchor(signed(BANK_DELEGATE), 0, tree::root(&hashes(3))));
		assert_eq!(events().len(), before);
		assert_eq!(Anchors::anchor_entry(BANK_NODE, 0).expect("stored").packed, Some(3));
	});
}

#[test]
fn a_repeat_succeeds_after_the_limit_was_lowered() {
	run(|| {
		assert_ok!(pack(0, hashes(4)));
		let policy = AnchorPolicy {
			interval: 3,
			mode: AnchorMode::Packed,
			max_packed: 1,
		};
		assert_ok!(Anchors::set_policy(signed(POLICY_MAKER), policy));
		assert_ok!(pack(0, hashes(4)));
		assert_noop!(pack(1, hashes(2)), Error::<Test>::MaxPackedExceeded);
	});
}

#[test]
fn fails_when_another_root_under_a_used_number() {
	run(|| {
		assert_ok!(pack(0, hashes(3)));
		assert_noop!(pack(0, hashes(2)), Error::<Test>::AlreadyExists);
		let reversed = Hashes::try_from(vec![hash(2), hash(1), hash(0)]).expect("three");
		assert_noop!(pack(0, reversed), Error::<Test>::AlreadyExists);
	});
}

#[test]
fn fails_when_a_number_is_skipped() {
	run(|| {
		assert_noop!(pack(1, hashes(2)), Error::<Test>::SequenceAhead);
	});
}

#[test]
fn boundary_number_of_hashes() {
	run(|| {
		assert_noop!(pack(0, hashes(0)), Error::<Test>::NoHashes);
		// The policy allows 4 of the 8 that the type allows.
		assert_noop!(pack(0, hashes(5)), Error::<Test>::MaxPackedExceeded);
		assert_ok!(pack(0, hashes(4)));
	});
}

#[test]
fn fails_when_no_delegate_unauthorized() {
	run(|| {
		for who in [BANK_MANAGER, STRANGER] {
			assert_noop!(
				Anchors::anchor_packed(signed(who), 0, hashes(1)),
				Error::<Test>::NotAuthorized
			);
		}
		assert_noop!(
			Anchors::anchor_packed(RuntimeOrigin::root(), 0, hashes(1)),
			DispatchError::BadOrigin
		);
		Suspended::set(vec![BANK]);
		assert_noop!(pack(0, hashes(1)), Error::<Test>::NotActive);
	});
}
