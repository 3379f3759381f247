// SPDX-License-Identifier: Apache-2.0

use super::prelude::*;

#[docify::export]
#[test]
fn an_institution_becomes_a_validator() {
	build_and_execute(|| {
		assert_eq!(Authorities::get(), [1, 2, 3, 4]);
		// The operator of account 5 sets the keys of its machine, then the council adds it.
		assert_ok!(set_keys(5, 5));
		assert_ok!(ValidatorSet::add_validator(RuntimeOrigin::signed(ADD), 5));
		// The next session is planned already; the one after it runs with five.
		run_to_session(1);
		assert_eq!(Authorities::get(), [1, 2, 3, 4]);
		run_to_session(2);
		assert_eq!(Authorities::get(), [1, 2, 3, 4, 5]);
	});
}

#[test]
fn keeps_the_set_sorted() {
	check_after(ext_with(vec![2, 5, 8], None), || {
		add(6);
		assert_eq!(
			events(),
			[Event::ValidatorAdded {
				validator: 6,
				validators: 4
			}]
		);
		add(1);
		add(9);
		assert_eq!(ValidatorSet::validators(), [1, 2, 5, 6, 8, 9]);
	});
}

#[test]
fn fails_when_unauthorized() {
	build_and_execute(|| {
		assert_ok!(set_keys(5, 5));
		for who in [REMOVE, FLOOR, 1, 5] {
			assert_noop!(ValidatorSet::add_validator(RuntimeOrigin::signed(who), 5), BadOrigin);
		}
		assert_noop!(ValidatorSet::add_validator(RuntimeOrigin::root(), 5), BadOrigin);
	});
}

#[test]
fn fails_when_no_candidate() {
	build_and_execute(|| {
		assert_ok!(set_keys(5, 5));
		Eligible::set(vec![1, 2, 3, 4]);
		assert_noop!(
			ValidatorSet::add_validator(RuntimeOrigin::signed(ADD), 5),
			Error::<Test>::NotCandidate
		);
	});
}

#[test]
fn fails_when_keys_are_not_set() {
	build_and_execute(|| {
		assert_noop!(
			ValidatorSet::add_validator(RuntimeOrigin::signed(ADD), 5),
			Error::<Test>::KeysNotSet
		);
	});
}

#[test]
fn fails_when_in_the_set_already() {
	build_and_execute(|| {
		assert_noop!(
			ValidatorSet::add_validator(RuntimeOrigin::signed(ADD), 4),
			Error::<Test>::AlreadyExists
		);
	});
}

#[test]
fn boundary_the_set_has_a_most() {
	build_and_execute(|| {
		add(5);
		add(6);
		assert_ok!(set_keys(7, 7));
		assert_noop!(
			ValidatorSet::add_validator(RuntimeOrigin::signed(ADD), 7),
			Error::<Test>::MaxValidatorsExceeded
		);
	});
}
