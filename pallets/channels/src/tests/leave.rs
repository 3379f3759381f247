// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sealane_primitives::{directory::Refusal, traits::ChannelRegistry};
use sp_runtime::DispatchError;

#[test]
fn either_party_ends_the_channel() {
	test(|| {
		for by_whom in [SELLER, ISSUER] {
			let id = granted(SELLER, ISSUER, terms());
			events();
			assert_ok!(ChannelsPallet::leave(by(by_whom), id));
			assert_eq!(ChannelsPallet::authorise(id), Err(Refusal::Revoked));
			assert_eq!(
				events(),
				[Event::Left {
					channel: id,
					by: by_whom
				}]
			);
		}
	});
}

#[test]
fn a_suspended_channel_can_be_left_by_a_suspended_member() {
	test(|| {
		let id = granted(SELLER, ISSUER, terms());
		assert_ok!(ChannelsPallet::suspend(RuntimeOrigin::root(), id, reason()));
		Members::edit(SELLER, |m| m.refusal = Some(Refusal::MemberSuspended));
		assert_ok!(ChannelsPallet::leave(by(SELLER), id));
		assert_eq!(state(id), Some(State::Left));
	});
}

#[test]
fn fails_when_unauthorized() {
	test(|| {
		let id = granted(SELLER, ISSUER, terms());
		for other in [OTHER_SELLER, OTHER_ISSUER, STRANGER] {
			assert_noop!(ChannelsPallet::leave(by(other), id), Error::<Test>::NotAuthorized);
		}
		assert_noop!(
			ChannelsPallet::leave(RuntimeOrigin::root(), id),
			DispatchError::BadOrigin
		);
	});
}

#[test]
fn fails_when_not_granted_or_ended() {
	test(|| {
		let id = applied(SELLER, ISSUER);
		assert_noop!(
			ChannelsPallet::leave(by(SELLER), id),
			Error::<Test>::InvalidTransition(State::Applied, Action::Leave)
		);
		assert_ok!(ChannelsPallet::refuse(by(ISSUER), id, reason()));
		assert_noop!(
			ChannelsPallet::leave(by(SELLER), id),
			Error::<Test>::InvalidTransition(State::Refused, Action::Leave)
		);
		assert_noop!(ChannelsPallet::leave(by(SELLER), 9), Error::<Test>::ChannelNotFound);
	});
}
