// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sealane_primitives::traits::ChannelRegistry;
use sp_runtime::DispatchError;

fn suspended() -> u32 {
	let id = granted(
		SELLER,
		ISSUER,
		Terms {
			valid_until: Some(30),
			..terms()
		},
	);
	ChannelsPallet::suspend(RuntimeOrigin::root(), id, reason()).unwrap();
	id
}

#[test]
fn opens_again_under_the_same_terms() {
	test(|| {
		let id = suspended();
		events();
		assert_ok!(ChannelsPallet::resume(RuntimeOrigin::signed(council(3)), id, 1));
		assert_eq!(ChannelsPallet::authorise(id).unwrap().valid_until, Some(30));
		assert_eq!(ChannelDetails::<Test>::get(id).unwrap().reason, None);
		assert_eq!(events(), [Event::Resumed { channel: id }]);
	});
}

#[test]
fn fails_when_unauthorized() {
	test(|| {
		let id = suspended();
		for origin in [
			by(SELLER),
			by(ISSUER),
			RuntimeOrigin::signed(council(2)),
			RuntimeOrigin::none(),
		] {
			assert_noop!(ChannelsPallet::resume(origin, id, 1), DispatchError::BadOrigin);
		}
	});
}

#[test]
fn fails_when_not_suspended() {
	test(|| {
		let id = granted(SELLER, ISSUER, terms());
		assert_noop!(
			ChannelsPallet::resume(RuntimeOrigin::root(), id, 1),
			Error::<Test>::InvalidTransition(State::Granted, Action::Resume)
		);
		assert_noop!(
			ChannelsPallet::resume(RuntimeOrigin::root(), 9, 1),
			Error::<Test>::ChannelNotFound
		);
	});
}

#[test]
fn fails_when_time_ran_out_meanwhile() {
	test(|| {
		let id = suspended();
		System::set_block_number(30);
		assert_noop!(
			ChannelsPallet::resume(RuntimeOrigin::root(), id, 1),
			Error::<Test>::InvalidTransition(State::Expired, Action::Resume)
		);
	});
}

/// What the council decided about one suspension does not end another that came meanwhile.
#[test]
fn fails_when_another_suspension_stands() {
	test(|| {
		let id = suspended();
		assert_ok!(ChannelsPallet::resume(RuntimeOrigin::root(), id, 1));
		System::set_block_number(25);
		assert_ok!(ChannelsPallet::suspend(RuntimeOrigin::root(), id, reason()));
		assert_noop!(
			ChannelsPallet::resume(RuntimeOrigin::root(), id, 1),
			Error::<Test>::AnotherSuspension
		);
		assert_ok!(ChannelsPallet::resume(RuntimeOrigin::root(), id, 25));
	});
}
