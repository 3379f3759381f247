// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sealane_primitives::{directory::Refusal, traits::ChannelRegistry};
use sp_runtime::DispatchError;

#[test]
fn ends_a_granted_channel_for_good() {
	test(|| {
		let id = granted(
			SELLER,
			ISSUER,
			Terms {
				valid_until: Some(9),
				..terms()
			},
		);
		events();
		assert_ok!(ChannelsPallet::revoke(RuntimeOrigin::signed(council(4)), id, reason()));
		assert_eq!(ChannelsPallet::authorise(id), Err(Refusal::Revoked));
		assert_eq!(
			events(),
			[Event::Revoked {
				channel: id,
				old: State::Granted,
				reason: reason()
			}]
		);
		assert_eq!(Agenda::<Test>::iter().count(), 0);
		assert_noop!(
			ChannelsPallet::resume(RuntimeOrigin::root(), id, 1),
			Error::<Test>::InvalidTransition(State::Revoked, Action::Resume)
		);
		// It is still listed, so that late packets get a reason.
		assert_eq!(ChannelsPallet::channels_of(ISSUER), [id]);
		assert_eq!(ChannelsPallet::parties(id), Some((SELLER, ISSUER)));
	});
}

#[test]
fn ends_a_suspended_channel() {
	test(|| {
		let id = granted(SELLER, ISSUER, terms());
		assert_ok!(ChannelsPallet::suspend(RuntimeOrigin::root(), id, reason()));
		assert_ok!(ChannelsPallet::revoke(RuntimeOrigin::root(), id, reason()));
		assert_eq!(state(id), Some(State::Revoked));
	});
}

#[test]
fn declines_an_application() {
	test(|| {
		let id = countersigned(SELLER, ISSUER);
		assert_ok!(ChannelsPallet::revoke(RuntimeOrigin::root(), id, reason()));
		assert_eq!(ChannelsPallet::authorise(id), Err(Refusal::NotGranted));
		applied(SELLER, ISSUER);
	});
}

#[test]
fn fails_when_unauthorized() {
	test(|| {
		let id = granted(SELLER, ISSUER, terms());
		for origin in [
			by(SELLER),
			by(ISSUER),
			RuntimeOrigin::signed(council(2)),
			RuntimeOrigin::none(),
		] {
			assert_noop!(ChannelsPallet::revoke(origin, id, reason()), DispatchError::BadOrigin);
		}
	});
}

#[test]
fn fails_when_ended() {
	test(|| {
		let id = granted(SELLER, ISSUER, terms());
		assert_ok!(ChannelsPallet::leave(by(SELLER), id));
		assert_noop!(
			ChannelsPallet::revoke(RuntimeOrigin::root(), id, reason()),
			Error::<Test>::InvalidTransition(State::Left, Action::Revoke)
		);
		assert_noop!(
			ChannelsPallet::revoke(RuntimeOrigin::root(), 9, reason()),
			Error::<Test>::ChannelNotFound
		);
	});
}

#[test]
fn fails_when_the_reason_is_unreadable() {
	test(|| {
		let id = granted(SELLER, ISSUER, terms());
		assert_noop!(
			ChannelsPallet::revoke(RuntimeOrigin::root(), id, Default::default()),
			Error::<Test>::InvalidReason(sealane_primitives::text::TextFault::Empty)
		);
	});
}
