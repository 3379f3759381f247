// SPDX-License-Identifier: Apache-2.0

use super::prelude::*;

#[test]
fn lets_a_condemned_validator_stay() {
	build_and_execute(|| {
		report(&[4], Perbill::one());
		events();
		assert_ok!(ValidatorSet::pardon(RuntimeOrigin::signed(ADD), 4));
		assert_eq!(events(), [Event::ValidatorPardoned { validator: 4 }]);
		run_blocks(40);
		assert_eq!(Authorities::get(), [1, 2, 3, 4]);
	});
}

#[test]
fn fails_when_unauthorized() {
	build_and_execute(|| {
		report(&[4], Perbill::one());
		for who in [REMOVE, FLOOR, 4] {
			assert_noop!(ValidatorSet::pardon(RuntimeOrigin::signed(who), 4), BadOrigin);
		}
	});
}

#[test]
fn fails_when_not_condemned() {
	build_and_execute(|| {
		for who in [4, 5] {
			assert_noop!(
				ValidatorSet::pardon(RuntimeOrigin::signed(ADD), who),
				Error::<Test>::NotCondemned
			);
		}
	});
}
