// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sealane_primitives::{directory::Refusal, traits::ChannelRegistry};
use sp_runtime::DispatchError;

#[test]
fn stops_traffic_in_the_same_block() {
	test(|| {
		let id = granted(SELLER, ISSUER, terms());
		events();
		assert_ok!(ChannelsPallet::suspend(RuntimeOrigin::signed(council(2)), id, reason()));
		assert_eq!(ChannelsPallet::authorise(id), Err(Refusal::Suspended));
		assert_eq!(ChannelDetails::<Test>::get(id).unwrap().reason, Some(reason()));
		assert_eq!(
			events(),
			[Event::Suspended {
				channel: id,
				reason: reason()
			}]
		);
		assert_eq!(ChannelsPallet::channels_of(SELLER), [id]);
	});
}

#[test]
fn fails_when_unauthorized() {
	test(|| {
		let id = granted(SELLER, ISSUER, terms());
		for origin in [
			by(SELLER),
			by(ISSUER),
			RuntimeOrigin::signed(council(1)),
			RuntimeOrigin::none(),
		] {
			assert_noop!(ChannelsPallet::suspend(origin, id, reason()), DispatchError::BadOrigin);
		}
	});
}

#[test]
fn fails_when_not_granted() {
	test(|| {
		let pending = applied(SELLER, ISSUER);
		assert_noop!(
			ChannelsPallet::suspend(RuntimeOrigin::root(), pending, reason()),
			Error::<Test>::InvalidTransition(State::Applied, Action::Suspend)
		);
		let id = granted(SELLER, OTHER_ISSUER, terms());
		assert_ok!(ChannelsPallet::suspend(RuntimeOrigin::root(), id, reason()));
		assert_noop!(
			ChannelsPallet::suspend(RuntimeOrigin::root(), id, reason()),
			Error::<Test>::InvalidTransition(State::Suspended, Action::Suspend)
		);
		assert_noop!(
			ChannelsPallet::suspend(RuntimeOrigin::root(), 9, reason()),
			Error::<Test>::ChannelNotFound
		);
	});
}

#[test]
fn fails_when_the_reason_is_unreadable() {
	test(|| {
		let id = granted(SELLER, ISSUER, terms());
		assert_noop!(
			ChannelsPallet::suspend(RuntimeOrigin::root(), id, Default::default()),
			Error::<Test>::InvalidReason(sealane_primitives::text::TextFault::Empty)
		);
	});
}

/// The quick power does not do again at once what the greater one undid; the greater one may.
#[test]
fn fails_when_the_channel_was_resumed_lately() {
	test(|| {
		let id = granted(SELLER, ISSUER, terms());
		let quick = || RuntimeOrigin::signed(council(2));
		let greater = || RuntimeOrigin::signed(council(3));
		assert_ok!(ChannelsPallet::suspend(quick(), id, reason()));
		System::set_block_number(4);
		assert_ok!(ChannelsPallet::resume(greater(), id, 1));
		for block in [4, 23] {
			System::set_block_number(block);
			assert_noop!(
				ChannelsPallet::suspend(quick(), id, reason()),
				Error::<Test>::ResumedLately
			);
		}
		assert_ok!(ChannelsPallet::suspend(greater(), id, reason()));
		assert_ok!(ChannelsPallet::resume(greater(), id, 23));
		System::set_block_number(43);
		assert_ok!(ChannelsPallet::suspend(quick(), id, reason()));
	});
}
