// SPDX-License-Identifier: Apache-2.0

use super::prelude::*;

#[test]
fn takes_effect_with_the_session_after_the_next() {
	build_and_execute(|| {
		assert_ok!(ValidatorSet::leave(RuntimeOrigin::signed(4)));
		assert_eq!(
			events(),
			[Event::ValidatorRemoved {
				validator: 4,
				validators: 3,
				reason: RemovalReason::Left
			}]
		);
		run_to_session(2);
		assert_eq!(Authorities::get(), [1, 2, 3]);
	});
}

#[test]
fn works_when_no_candidate_any_more() {
	build_and_execute(|| {
		Eligible::set(Vec::new());
		assert_ok!(ValidatorSet::leave(RuntimeOrigin::signed(4)));
	});
}

#[test]
fn fails_when_not_in_the_set() {
	build_and_execute(|| {
		assert_noop!(ValidatorSet::leave(RuntimeOrigin::signed(5)), Error::<Test>::NotFound);
		assert_noop!(ValidatorSet::leave(RuntimeOrigin::root()), BadOrigin);
		assert_noop!(ValidatorSet::leave(RuntimeOrigin::none()), BadOrigin);
	});
}

#[test]
fn boundary_fails_at_the_floor() {
	build_and_execute(|| {
		assert_ok!(ValidatorSet::leave(RuntimeOrigin::signed(4)));
		assert_noop!(
			ValidatorSet::leave(RuntimeOrigin::signed(3)),
			Error::<Test>::FloorReached
		);
	});
}
