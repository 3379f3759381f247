// SPDX-License-Identifier: Apache-2.0

use super::prelude::*;

#[test]
fn takes_effect_with_the_session_after_the_next() {
	build_and_execute(|| {
		assert_ok!(ValidatorSet::remove_validator(RuntimeOrigin::signed(REMOVE), 2));
		assert_eq!(
			events(),
			[Event::ValidatorRemoved {
				validator: 2,
				validators: 3,
				reason: RemovalReason::Council
			}]
		);
		run_to_session(1);
		assert_eq!(Authorities::get(), [1, 2, 3, 4]);
		run_to_session(2);
		assert_eq!(Authorities::get(), [1, 3, 4]);
	});
}

#[test]
fn fails_when_unauthorized() {
	build_and_execute(|| {
		for who in [ADD, FLOOR, 2] {
			assert_noop!(ValidatorSet::remove_validator(RuntimeOrigin::signed(who), 2), BadOrigin);
		}
	});
}

#[test]
fn fails_when_not_in_the_set() {
	build_and_execute(|| {
		assert_noop!(
			ValidatorSet::remove_validator(RuntimeOrigin::signed(REMOVE), 5),
			Error::<Test>::NotFound
		);
	});
}

#[test]
fn boundary_fails_at_the_floor() {
	build_and_execute(|| {
		let remove = |who| ValidatorSet::remove_validator(RuntimeOrigin::signed(REMOVE), who);
		assert_ok!(remove(1));
		assert_noop!(remove(2), Error::<Test>::FloorReached);
		add(1);
		assert_ok!(remove(2));
	});
}

#[test]
fn a_removed_validator_is_condemned_no_more() {
	build_and_execute(|| {
		report(&[4], Perbill::one());
		assert_ok!(ValidatorSet::remove_validator(RuntimeOrigin::signed(REMOVE), 4));
		assert_eq!(ValidatorSet::condemned(), Vec::<AccountId>::new());
	});
}
