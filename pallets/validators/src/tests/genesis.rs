// SPDX-License-Identifier: Apache-2.0

use super::prelude::*;

#[test]
fn puts_set_and_floor_in_place() {
	check_after(ext_with(vec![3, 1, 2], Some(3)), || {
		assert_eq!(ValidatorSet::validators(), [1, 2, 3]);
		assert_eq!(ValidatorSet::floor(), 3);
		assert_eq!(Session::validators(), [1, 2, 3]);
	});
}

#[test]
fn the_lowest_floor_holds_where_none_is_set() {
	check_after(ext_with(vec![1, 2], None), || assert_eq!(ValidatorSet::floor(), 2));
}

#[test]
#[should_panic(expected = "an account is twice among the 3 validators")]
fn fails_when_an_account_is_twice() {
	crate::Pallet::<Test>::build_genesis(&[1, 2, 1], None);
}

#[test]
#[should_panic(expected = "there are 7 validators, most are 6")]
fn fails_when_there_are_too_many() {
	crate::Pallet::<Test>::build_genesis(&[1, 2, 3, 4, 5, 6, 7], None);
}

#[test]
#[should_panic(expected = "floor is 4, above the number of validators, 3")]
fn fails_when_the_floor_is_too_high() {
	crate::Pallet::<Test>::build_genesis(&[1, 2, 3], Some(4));
}

#[test]
#[should_panic(expected = "floor is 1, below the lowest of 2")]
fn fails_when_the_floor_is_too_low() {
	crate::Pallet::<Test>::build_genesis(&[1, 2, 3], Some(1));
}
