// SPDX-License-Identifier: Apache-2.0

use crate::{
	mock::{Anchors, *},
	*,
};
use frame_support::{assert_noop, assert_ok};
use sealane_primitives::{evidence::tree, runtime_api::AnchorEntry};
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
				packed: None
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
		assert_noop!(anchor(1, 2), Error::<Test>::NotAuthorized);
		assert_ok!(Anchors::anchor(signed(STRANGER), 1, hash(2)));
	});
}

#[test]
fn boundary_last_number() {
	new_ext().execute_with(|| {
		// Set by hand: nobody lives to see 2^64 anchors, so the invariant of gapless numbers is not checked here.
		NextSequence::<Test>::insert(BANK_NODE, u64::MAX);
		assert_noop!(anchor(u64::MAX, 1), Error::<Test>::NumbersExhausted);
	});
}
