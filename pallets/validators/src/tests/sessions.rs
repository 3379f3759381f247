// SPDX-License-Identifier: Apache-2.0

use super::prelude::*;

use frame_support::traits::{EstimateNextSessionRotation, KeyOwnerProofSystem};
use sp_runtime::key_types::DUMMY;

#[test]
fn a_quiet_network_ends_no_session() {
	build_and_execute(|| {
		run_blocks(60);
		assert_eq!(Session::current_index(), 0);
		assert_eq!(Changes::get(), 0);
		assert_eq!(Authorities::get(), [1, 2, 3, 4]);
		assert_eq!(events(), []);
	});
}

#[test]
fn what_the_runtime_asks_for_ends_one_and_changes_nothing() {
	build_and_execute(|| {
		AlsoDue::set(true);
		run_blocks(SESSION);
		AlsoDue::set(false);
		run_blocks(60);
		assert_eq!((Session::current_index(), Changes::get()), (1, 0));
	});
}

#[test]
fn the_next_session_is_estimated_to_end_at_a_multiple_of_the_period() {
	build_and_execute(|| {
		let next = |now| <OnDemand<Test> as EstimateNextSessionRotation<u32>>::estimate_next_session_rotation(now).0;
		assert_eq!([next(1), next(4), next(5), next(9)], [5, 5, 10, 10].map(Some));
	});
}

#[test]
fn a_change_of_the_set_is_one_change_of_authorities() {
	build_and_execute(|| {
		add(5);
		run_blocks(60);
		// One session to queue the change, one that runs with it, and then it is quiet again.
		assert_eq!(Session::current_index(), 2);
		assert_eq!(Changes::get(), 1);
		assert!(events().contains(&Event::SessionPlanned {
			session: 2,
			validators: 5
		}));
	});
}

#[test]
fn rotated_keys_take_effect_with_the_session_after_the_next() {
	build_and_execute(|| {
		assert_ok!(set_keys(3, 30));
		run_to_session(1);
		assert_eq!(Authorities::get(), [1, 2, 3, 4]);
		run_to_session(2);
		assert_eq!(Authorities::get(), [1, 2, 30, 4]);
		run_blocks(60);
		assert_eq!(Changes::get(), 1);
	});
}

#[test]
fn rotated_keys_can_be_proven_in_past_sessions() {
	build_and_execute(|| {
		assert_ok!(set_keys(3, 30));
		run_to_session(2);
		let key = 30u64.to_le_bytes();
		let mut raw = [0; 8];
		raw.copy_from_slice(&key);
		let proof = Historical::prove((DUMMY, raw)).unwrap();
		assert_ok!(set_keys(1, 10));
		run_to_session(4);
		assert_eq!(Historical::check_proof((DUMMY, raw), proof), Some((3, ())));
	});
}

#[test]
fn a_validator_that_lost_its_keys_is_told_about() {
	build_and_execute(|| {
		add(5);
		run_to_session(2);
		assert_ok!(Session::purge_keys(RuntimeOrigin::signed(5)));
		events();
		run_to_session(3);
		assert!(events().contains(&Event::KeysMissing {
			validator: 5,
			session: 4
		}));
		run_to_session(4);
		assert_eq!(Authorities::get(), [1, 2, 3, 4]);
	});
}

#[test]
fn who_is_no_candidate_cannot_set_keys() {
	build_and_execute(|| {
		Eligible::set(vec![1, 2, 3]);
		assert_noop!(set_keys(5, 5), pallet_session::Error::<Test>::NoAssociatedValidatorId);
		// Validators rotate keys, whatever became of their candidacy.
		assert_ok!(set_keys(4, 40));
	});
}

#[test]
fn keys_need_the_operators_signature() {
	build_and_execute(|| {
		let stolen = Session::set_keys(RuntimeOrigin::signed(5), keys(60), Vec::new());
		assert_eq!(stolen, Err(pallet_session::Error::<Test>::InvalidProof.into()));
		assert_noop!(set_keys(5, 1), pallet_session::Error::<Test>::DuplicatedKey);
	});
}

#[test]
fn an_empty_set_never_reaches_the_sessions() {
	// As in a genesis that leaves this pallet out: the session pallet goes on with its own keys.
	let mut ext = ext();
	ext.execute_with(|| {
		crate::Validators::<Test>::kill();
		AlsoDue::set(true);
		run_to_session(4);
		assert_eq!(Authorities::get(), [1, 2, 3, 4]);
	});
}
