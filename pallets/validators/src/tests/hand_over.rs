// SPDX-License-Identifier: Apache-2.0

//! A member's manager changes while the member validates.

use super::prelude::*;

/// The member that account 4 manages at first.
const MEMBER: MemberId = 40;

/// Account 7 manages the member now, 4 does not.
fn rotate() {
	Managed::set(BTreeMap::from([(4, MEMBER)]));
	hand_over(4, 7);
}

fn hand_over(old: AccountId, new: AccountId) {
	Managed::set(BTreeMap::from([(new, MEMBER)]));
	Eligible::mutate(|eligible| eligible.retain(|who| *who != old));
	ValidatorSet::hand_over(MEMBER, &old);
}

#[test]
fn the_new_manager_rotates_keys_and_leaves() {
	build_and_execute(|| {
		rotate();
		assert_eq!(
			events(),
			[Event::ValidatorHandedOver {
				validator: 4,
				member: MEMBER
			}]
		);
		// Nothing has changed for consensus.
		run_blocks(20);
		assert_eq!(Session::current_index(), 0);
		assert_ok!(set_keys(7, 70));
		run_to_session(2);
		assert_eq!(Authorities::get(), [1, 2, 3, 70]);
		assert_eq!(ValidatorSet::id_for(7), Some(4));
		assert_ok!(ValidatorSet::leave(RuntimeOrigin::signed(7)));
		run_to_session(4);
		assert_eq!(Authorities::get(), [1, 2, 3]);
		// It comes back under the same id.
		assert_ok!(ValidatorSet::add_validator(RuntimeOrigin::signed(ADD), 7));
		assert_eq!(ValidatorSet::validators(), [1, 2, 3, 4]);
	});
}

#[test]
fn the_old_manager_has_no_say_any_more() {
	build_and_execute(|| {
		rotate();
		assert_noop!(ValidatorSet::leave(RuntimeOrigin::signed(4)), Error::<Test>::NotFound);
		assert_noop!(set_keys(4, 44), pallet_session::Error::<Test>::NoAssociatedValidatorId);
		// Nor as somebody whom another member lets act.
		Eligible::mutate(|eligible| eligible.push(4));
		Managed::mutate(|managed| managed.insert(4, MEMBER + 1));
		assert_noop!(set_keys(4, 44), pallet_session::Error::<Test>::NoAssociatedValidatorId);
		assert_noop!(
			ValidatorSet::add_validator(RuntimeOrigin::signed(ADD), 4),
			Error::<Test>::NotCandidate
		);
	});
}

#[test]
fn it_stays_one_validator_over_many_managers() {
	build_and_execute(|| {
		rotate();
		hand_over(7, 8);
		hand_over(8, 9);
		assert_eq!(ValidatorSet::id_for(9), Some(4));
		assert_eq!(ValidatorSet::id_for(8), None);
		assert_ok!(set_keys(9, 90));
		run_to_session(2);
		assert_eq!(Authorities::get(), [1, 2, 3, 90]);
		// And back to where it began.
		hand_over(9, 4);
		assert_eq!(ValidatorSet::id_for(4), Some(4));
		assert_eq!(ValidatorSet::id_for(9), None);
	});
}

#[test]
fn an_offence_before_the_change_is_found_after_it() {
	build_and_execute(|| {
		rotate();
		report(&[4], Perbill::one());
		assert_eq!(ValidatorSet::condemned(), [4]);
		run_to_session(2);
		assert_eq!(Authorities::get(), [1, 2, 3]);
	});
}

#[test]
fn the_council_removes_it_by_either_account() {
	for named in [4, 7] {
		build_and_execute(|| {
			rotate();
			assert_ok!(ValidatorSet::remove_validator(RuntimeOrigin::signed(REMOVE), named));
			assert_eq!(ValidatorSet::validators(), [1, 2, 3]);
		});
	}
}

#[test]
fn keys_that_wait_for_the_council_go_along() {
	build_and_execute(|| {
		assert_ok!(set_keys(5, 5));
		Managed::set(BTreeMap::from([(5, MEMBER)]));
		hand_over(5, 8);
		assert_ok!(ValidatorSet::add_validator(RuntimeOrigin::signed(ADD), 8));
		assert_eq!(ValidatorSet::validators(), [1, 2, 3, 4, 5]);
	});
}

#[test]
fn does_nothing_where_there_is_no_validator() {
	build_and_execute(|| {
		Managed::set(BTreeMap::from([(5, MEMBER)]));
		hand_over(5, 8);
		assert_eq!(events(), []);
		assert_eq!(ValidatorSet::id_for(8), Some(8));
	});
}

#[test]
fn who_left_is_taken_out_under_its_id() {
	build_and_execute(|| {
		rotate();
		let id = ValidatorSet::id_of_member(MEMBER, &7);
		ValidatorSet::forget(MEMBER);
		ValidatorSet::expel(&id);
		assert_eq!(ValidatorSet::validators(), [1, 2, 3]);
		assert_eq!(IdOf::<Test>::get(MEMBER), None);
	});
}
