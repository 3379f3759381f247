// SPDX-License-Identifier: Apache-2.0

use super::prelude::*;

#[test]
fn moves_within_its_bounds() {
	build_and_execute(|| {
		assert_ok!(ValidatorSet::set_floor(RuntimeOrigin::signed(FLOOR), 4));
		assert_eq!(events(), [Event::FloorSet { old: 3, new: 4 }]);
		assert_noop!(
			ValidatorSet::leave(RuntimeOrigin::signed(4)),
			Error::<Test>::FloorReached
		);
		assert_ok!(ValidatorSet::set_floor(RuntimeOrigin::signed(FLOOR), 2));
		assert_ok!(ValidatorSet::leave(RuntimeOrigin::signed(4)));
		assert_eq!(ValidatorSet::floor(), 2);
	});
}

#[test]
fn fails_when_unauthorized() {
	build_and_execute(|| {
		for who in [ADD, REMOVE, 1] {
			assert_noop!(ValidatorSet::set_floor(RuntimeOrigin::signed(who), 2), BadOrigin);
		}
	});
}

#[test]
fn boundary_fails_outside_its_bounds() {
	build_and_execute(|| {
		let set = |floor| ValidatorSet::set_floor(RuntimeOrigin::signed(FLOOR), floor);
		assert_noop!(set(1), Error::<Test>::FloorTooLow);
		assert_noop!(set(0), Error::<Test>::FloorTooLow);
		assert_noop!(set(5), Error::<Test>::FloorTooHigh);
	});
}
