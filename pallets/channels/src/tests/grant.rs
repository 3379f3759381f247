// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sealane_primitives::{
	business::{BusinessKind, BusinessKinds},
	directory::{Authorisation, Refusal},
	traits::ChannelRegistry,
};
use sp_runtime::DispatchError;

#[docify::export]
#[test]
fn opens_the_channel_once_both_signed_and_the_council_decided() {
	test(|| {
		// The bank names an issuer and hands in the credential that it signed.
		assert_ok!(apply(SELLER, vec![cooperation(SELLER, ISSUER)]));
		let channel = ChannelsPallet::newest_channel(SELLER, ISSUER).unwrap();
		assert_eq!(ChannelsPallet::authorise(channel), Err(Refusal::NotGranted));

		// The issuer signs the same credential.
		assert_ok!(ChannelsPallet::countersign(
			by(ISSUER),
			channel,
			sign(ISSUER, SELLER, ISSUER)
		));
		assert_eq!(ChannelsPallet::authorise(channel), Err(Refusal::NotGranted));

		// The council grants purchases and redemptions.
		let kinds = BusinessKinds::of(&[BusinessKind::Purchase, BusinessKind::Redemption]);
		let terms = Terms {
			kinds,
			valid_until: None,
			orders_per_minute: None,
		};
		assert_ok!(ChannelsPallet::grant(RuntimeOrigin::signed(council(1)), channel, terms));
		assert_eq!(
			ChannelsPallet::authorise(channel),
			Ok(Authorisation {
				channel,
				kinds,
				valid_until: None,
				orders_per_minute: None
			})
		);
	});
}

#[test]
fn tells_the_world() {
	test(|| {
		let id = countersigned(SELLER, ISSUER);
		events();
		next_block();
		assert_ok!(ChannelsPallet::grant(RuntimeOrigin::root(), id, terms()));
		assert_eq!(ChannelDetails::<Test>::get(id).unwrap().granted_at, Some(2));
		assert_eq!(
			events(),
			[Event::Granted {
				channel: id,
				seller: SELLER,
				issuer: ISSUER,
				terms: terms()
			}]
		);
	});
}

#[test]
fn fails_when_unauthorized() {
	test(|| {
		let id = countersigned(SELLER, ISSUER);
		for origin in [
			RuntimeOrigin::none(),
			by(SELLER),
			by(ISSUER),
			RuntimeOrigin::signed(council(2)),
			RuntimeOrigin::signed(council(3)),
			RuntimeOrigin::signed(council(4)),
		] {
			assert_noop!(ChannelsPallet::grant(origin, id, terms()), DispatchError::BadOrigin);
		}
	});
}

#[test]
fn fails_when_not_countersigned() {
	test(|| {
		let id = applied(SELLER, ISSUER);
		assert_noop!(
			ChannelsPallet::grant(RuntimeOrigin::root(), id, terms()),
			Error::<Test>::InvalidTransition(State::Applied, Action::Grant)
		);
	});
}

#[test]
fn fails_when_granted_before() {
	test(|| {
		let id = granted(SELLER, ISSUER, terms());
		assert_noop!(
			ChannelsPallet::grant(RuntimeOrigin::root(), id, terms()),
			Error::<Test>::InvalidTransition(State::Granted, Action::Grant)
		);
	});
}

#[test]
fn boundary_only_while_the_credential_holds() {
	test(|| {
		let (from, until) = (START + HOUR, START + 2 * HOUR);
		assert_ok!(apply(SELLER, vec![cooperation_for(SELLER, ISSUER, from, until)]));
		assert_ok!(ChannelsPallet::countersign(
			by(ISSUER),
			0,
			sign_for(ISSUER, SELLER, ISSUER, from, until)
		));
		let grant = || ChannelsPallet::grant(RuntimeOrigin::root(), 0, terms());
		Now::set(from - 1);
		assert_noop!(grant(), Error::<Test>::CredentialNotYetValid);
		Now::set(until);
		assert_noop!(grant(), Error::<Test>::InvalidTransition(State::Expired, Action::Grant));
		Now::set(until - 1);
		assert_ok!(grant());
	});
}

#[test]
fn boundary_at_the_first_moment_of_the_credential() {
	test(|| {
		let (from, until) = (START + HOUR, START + 2 * HOUR);
		assert_ok!(apply(SELLER, vec![cooperation_for(SELLER, ISSUER, from, until)]));
		assert_ok!(ChannelsPallet::countersign(
			by(ISSUER),
			0,
			sign_for(ISSUER, SELLER, ISSUER, from, until)
		));
		Now::set(from);
		assert_ok!(ChannelsPallet::grant(RuntimeOrigin::root(), 0, terms()));
	});
}

#[test]
fn fails_when_the_terms_are_unsound() {
	test(|| {
		let id = countersigned(SELLER, ISSUER);
		System::set_block_number(10);
		for (terms, fault) in [
			(
				Terms {
					kinds: BusinessKinds::NONE,
					..terms()
				},
				TermsFault::KindsEmpty,
			),
			(
				Terms {
					kinds: BusinessKinds(u16::MAX),
					..terms()
				},
				TermsFault::KindsUnknown,
			),
			(
				Terms {
					valid_until: Some(10),
					..terms()
				},
				TermsFault::ValidUntilPast,
			),
			(
				Terms {
					orders_per_minute: Some(0),
					..terms()
				},
				TermsFault::RateZero,
			),
		] {
			assert_noop!(
				ChannelsPallet::grant(RuntimeOrigin::root(), id, terms),
				Error::<Test>::InvalidTerms(fault)
			);
		}
		assert_ok!(ChannelsPallet::grant(
			RuntimeOrigin::root(),
			id,
			Terms {
				valid_until: Some(11),
				orders_per_minute: Some(1),
				..terms()
			}
		));
	});
}

#[test]
fn fails_when_there_is_no_such_channel() {
	test(|| {
		assert_noop!(
			ChannelsPallet::grant(RuntimeOrigin::root(), 0, terms()),
			Error::<Test>::ChannelNotFound
		);
	});
}
