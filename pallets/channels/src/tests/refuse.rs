// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sealane_primitives::text::TextFault;
use sealane_primitives::{directory::Refusal, traits::ChannelRegistry};

#[test]
fn ends_the_application_with_its_reason() {
	test(|| {
		let id = applied(SELLER, ISSUER);
		events();
		assert_ok!(ChannelsPallet::refuse(by(ISSUER), id, reason()));
		assert_eq!(state(id), Some(State::Refused));
		assert_eq!(ChannelDetails::<Test>::get(id).unwrap().reason, Some(reason()));
		assert_eq!(
			events(),
			[Event::Refused {
				channel: id,
				reason: reason()
			}]
		);
		assert_eq!(ChannelsPallet::authorise(id), Err(Refusal::NotGranted));
	});
}

#[test]
fn takes_a_countersignature_back_before_the_grant() {
	test(|| {
		let id = countersigned(SELLER, ISSUER);
		assert_ok!(ChannelsPallet::refuse(by(ISSUER), id, reason()));
		assert_noop!(
			ChannelsPallet::grant(RuntimeOrigin::root(), id, terms()),
			Error::<Test>::InvalidTransition(State::Refused, Action::Grant)
		);
	});
}

#[test]
fn a_suspended_issuer_may_still_refuse() {
	test(|| {
		let id = applied(SELLER, ISSUER);
		Members::edit(ISSUER, |m| m.refusal = Some(Refusal::MemberSuspended));
		assert_ok!(ChannelsPallet::refuse(by(ISSUER), id, reason()));
	});
}

#[test]
fn fails_when_unauthorized() {
	test(|| {
		let id = applied(SELLER, ISSUER);
		for other in [SELLER, OTHER_ISSUER, STRANGER] {
			assert_noop!(
				ChannelsPallet::refuse(by(other), id, reason()),
				Error::<Test>::NotAuthorized
			);
		}
	});
}

#[test]
fn fails_when_granted() {
	test(|| {
		let id = granted(SELLER, ISSUER, terms());
		assert_noop!(
			ChannelsPallet::refuse(by(ISSUER), id, reason()),
			Error::<Test>::InvalidTransition(State::Granted, Action::Refuse)
		);
	});
}

#[test]
fn fails_when_the_reason_is_unreadable() {
	test(|| {
		let id = applied(SELLER, ISSUER);
		for (text, fault) in [
			(vec![], TextFault::Empty),
			(b" ".to_vec(), TextFault::Empty),
			(vec![0xff], TextFault::NotUtf8),
			(b"a\x07".to_vec(), TextFault::ControlCharacter),
		] {
			let text = Reason::try_from(text).unwrap();
			assert_noop!(
				ChannelsPallet::refuse(by(ISSUER), id, text),
				Error::<Test>::InvalidReason(fault)
			);
		}
	});
}

#[test]
fn fails_when_there_is_no_such_channel() {
	test(|| {
		assert_noop!(
			ChannelsPallet::refuse(by(ISSUER), 0, reason()),
			Error::<Test>::ChannelNotFound
		);
	});
}
