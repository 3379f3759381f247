// SPDX-License-Identifier: Apache-2.0

use super::prelude::*;

#[test]
fn takes_effect_with_the_session_after_the_next() {
	build_and_execute(|| {
		ValidatorSet::expel(&4);
		assert_eq!(
			events(),
			[Event::ValidatorRemoved {
				validator: 4,
				validators: 3,
				reason: RemovalReason::MemberExited
			}]
		);
		run_to_session(2);
		assert_eq!(Authorities::get(), [1, 2, 3]);
	});
}

#[test]
fn does_nothing_to_who_is_not_in_the_set() {
	build_and_execute(|| {
		ValidatorSet::expel(&5);
		assert_eq!(events(), []);
	});
}

#[test]
fn boundary_keeps_it_at_the_floor_and_says_so() {
	build_and_execute(|| {
		ValidatorSet::expel(&4);
		ValidatorSet::expel(&3);
		assert_eq!(events().last(), Some(&Event::ExitedKept { validator: 3, floor: 3 }));
		run_to_session(2);
		assert_eq!(Authorities::get(), [1, 2, 3]);
	});
}
