// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};

#[test]
fn ends_the_application_before_and_after_the_countersignature() {
	test(|| {
		for id in [applied(SELLER, ISSUER), countersigned(SELLER, OTHER_ISSUER)] {
			events();
			assert_ok!(ChannelsPallet::withdraw(by(SELLER), id));
			assert_eq!(state(id), Some(State::Withdrawn));
			assert_eq!(events(), [Event::Withdrawn { channel: id }]);
		}
		assert_eq!(LiveChannels::<Test>::get(SELLER).len(), 0);
		assert_eq!(Agenda::<Test>::iter().count(), 0);
	});
}

#[test]
fn fails_when_unauthorized() {
	test(|| {
		let id = applied(SELLER, ISSUER);
		for other in [ISSUER, OTHER_SELLER, STRANGER] {
			assert_noop!(ChannelsPallet::withdraw(by(other), id), Error::<Test>::NotAuthorized);
		}
	});
}

#[test]
fn fails_when_granted() {
	test(|| {
		let id = granted(SELLER, ISSUER, terms());
		assert_noop!(
			ChannelsPallet::withdraw(by(SELLER), id),
			Error::<Test>::InvalidTransition(State::Granted, Action::Withdraw)
		);
	});
}

#[test]
fn fails_when_done_twice() {
	test(|| {
		let id = applied(SELLER, ISSUER);
		assert_ok!(ChannelsPallet::withdraw(by(SELLER), id));
		assert_noop!(
			ChannelsPallet::withdraw(by(SELLER), id),
			Error::<Test>::InvalidTransition(State::Withdrawn, Action::Withdraw)
		);
	});
}

#[test]
fn fails_when_there_is_no_such_channel() {
	test(|| {
		assert_noop!(ChannelsPallet::withdraw(by(SELLER), 0), Error::<Test>::ChannelNotFound);
	});
}
