// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sealane_primitives::{business::Role, directory::Refusal};
use sp_runtime::DispatchError;

#[test]
fn keeps_the_signature_and_the_account_that_gave_it() {
	test(|| {
		let id = applied(SELLER, ISSUER);
		events();
		next_block();
		let signature = sign(ISSUER, SELLER, ISSUER);
		assert_ok!(ChannelsPallet::countersign(by(ISSUER), id, signature.clone()));
		assert_eq!(state(id), Some(State::Countersigned));
		let details = ChannelDetails::<Test>::get(id).unwrap();
		assert_eq!(
			details.issuer,
			Some(Signed {
				by: account(ISSUER),
				signature
			})
		);
		assert_eq!((details.applied_at, details.changed_at), (1, 2));
		assert_eq!(
			events(),
			[Event::Countersigned {
				channel: id,
				issuer: ISSUER
			}]
		);
	});
}

#[test]
fn fails_when_unauthorized() {
	test(|| {
		let id = applied(SELLER, ISSUER);
		let signature = sign(ISSUER, SELLER, ISSUER);
		assert_noop!(
			ChannelsPallet::countersign(RuntimeOrigin::root(), id, signature.clone()),
			DispatchError::BadOrigin
		);
		for other in [SELLER, OTHER_ISSUER, STRANGER] {
			assert_noop!(
				ChannelsPallet::countersign(by(other), id, signature.clone()),
				Error::<Test>::NotAuthorized
			);
		}
	});
}

#[test]
fn fails_when_the_issuer_is_suspended_or_lost_its_role() {
	test(|| {
		let id = applied(SELLER, ISSUER);
		let signature = sign(ISSUER, SELLER, ISSUER);
		Members::edit(ISSUER, |m| m.roles = vec![Role::Seller]);
		assert_noop!(
			ChannelsPallet::countersign(by(ISSUER), id, signature.clone()),
			Error::<Test>::RoleMissing
		);
		Members::edit(ISSUER, |m| m.refusal = Some(Refusal::MemberSuspended));
		assert_noop!(
			ChannelsPallet::countersign(by(ISSUER), id, signature),
			Error::<Test>::MemberNotActive
		);
	});
}

#[test]
fn fails_when_there_is_no_such_channel() {
	test(|| {
		assert_noop!(
			ChannelsPallet::countersign(by(ISSUER), 7, sign(ISSUER, SELLER, ISSUER)),
			Error::<Test>::ChannelNotFound
		);
	});
}

#[test]
fn fails_when_the_signature_is_of_the_seller_or_over_something_else() {
	test(|| {
		let id = applied(SELLER, ISSUER);
		for signature in [
			sign(SELLER, SELLER, ISSUER),
			sign(ISSUER, ISSUER, SELLER),
			sign(ISSUER, OTHER_SELLER, ISSUER),
			sign_for(ISSUER, SELLER, ISSUER, START - HOUR, START + 25 * HOUR),
		] {
			assert_noop!(
				ChannelsPallet::countersign(by(ISSUER), id, signature),
				Error::<Test>::InvalidSignature
			);
		}
	});
}

#[test]
fn fails_when_done_twice() {
	test(|| {
		let id = countersigned(SELLER, ISSUER);
		assert_noop!(
			ChannelsPallet::countersign(by(ISSUER), id, sign(ISSUER, SELLER, ISSUER)),
			Error::<Test>::InvalidTransition(State::Countersigned, Action::Countersign)
		);
	});
}

#[test]
fn fails_when_the_credential_ran_out() {
	test(|| {
		let id = applied(SELLER, ISSUER);
		Now::set(START + 24 * HOUR);
		assert_noop!(
			ChannelsPallet::countersign(by(ISSUER), id, sign(ISSUER, SELLER, ISSUER)),
			Error::<Test>::InvalidTransition(State::Expired, Action::Countersign)
		);
	});
}

#[test]
fn the_new_manager_signs_after_a_change_of_manager() {
	test(|| {
		let id = applied(SELLER, ISSUER);
		Members::edit(ISSUER, |m| m.manager = account(77));
		assert_noop!(
			ChannelsPallet::countersign(by(ISSUER), id, sign(ISSUER, SELLER, ISSUER)),
			Error::<Test>::NotAuthorized
		);
		assert_noop!(
			ChannelsPallet::countersign(by(77), id, sign(ISSUER, SELLER, ISSUER)),
			Error::<Test>::InvalidSignature
		);
		assert_ok!(ChannelsPallet::countersign(by(77), id, sign(77, SELLER, ISSUER)));
	});
}
