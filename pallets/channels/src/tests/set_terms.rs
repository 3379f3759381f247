// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sealane_primitives::{
	business::{BusinessKind, BusinessKinds},
	directory::Refusal,
	traits::ChannelRegistry,
};
use sp_runtime::DispatchError;

fn narrow() -> Terms {
	Terms {
		kinds: BusinessKinds::of(&[BusinessKind::Redemption]),
		valid_until: Some(20),
		orders_per_minute: Some(10),
	}
}

#[test]
fn holds_from_the_same_block_on() {
	test(|| {
		let id = granted(SELLER, ISSUER, terms());
		events();
		assert_ok!(ChannelsPallet::set_terms(
			RuntimeOrigin::signed(council(1)),
			id,
			narrow()
		));
		assert_eq!(ChannelsPallet::authorise(id).unwrap().kinds, narrow().kinds);
		assert_eq!(ChannelsPallet::authorise(id).unwrap().orders_per_minute, Some(10));
		assert_eq!(
			events(),
			[Event::TermsSet {
				channel: id,
				old: terms(),
				new: narrow()
			}]
		);
	});
}

#[test]
fn moves_the_end_on_the_agenda() {
	test(|| {
		let id = granted(
			SELLER,
			ISSUER,
			Terms {
				valid_until: Some(5),
				..terms()
			},
		);
		assert_ok!(ChannelsPallet::set_terms(RuntimeOrigin::root(), id, narrow()));
		let noted = || {
			Agenda::<Test>::iter_keys()
				.filter(|(page, _)| matches!(page, Page::Block(_)))
				.collect::<Vec<_>>()
		};
		assert_eq!(noted(), [(Page::Block(20), id)]);
		System::set_block_number(5);
		assert!(ChannelsPallet::authorise(id).is_ok());
		assert_ok!(ChannelsPallet::set_terms(RuntimeOrigin::root(), id, terms()));
		assert_eq!(noted(), []);
	});
}

#[test]
fn a_suspended_channel_stays_suspended() {
	test(|| {
		let id = granted(SELLER, ISSUER, terms());
		assert_ok!(ChannelsPallet::suspend(RuntimeOrigin::root(), id, reason()));
		assert_ok!(ChannelsPallet::set_terms(RuntimeOrigin::root(), id, narrow()));
		assert_eq!(ChannelsPallet::authorise(id), Err(Refusal::Suspended));
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
			assert_noop!(
				ChannelsPallet::set_terms(origin, id, narrow()),
				DispatchError::BadOrigin
			);
		}
	});
}

#[test]
fn fails_when_nothing_was_granted_or_it_ended() {
	test(|| {
		let pending = countersigned(SELLER, ISSUER);
		assert_noop!(
			ChannelsPallet::set_terms(RuntimeOrigin::root(), pending, narrow()),
			Error::<Test>::InvalidTransition(State::Countersigned, Action::SetTerms)
		);
		let lapsed = granted(
			SELLER,
			OTHER_ISSUER,
			Terms {
				valid_until: Some(5),
				..terms()
			},
		);
		System::set_block_number(5);
		assert_noop!(
			ChannelsPallet::set_terms(RuntimeOrigin::root(), lapsed, narrow()),
			Error::<Test>::InvalidTransition(State::Expired, Action::SetTerms)
		);
		assert_noop!(
			ChannelsPallet::set_terms(RuntimeOrigin::root(), 9, narrow()),
			Error::<Test>::ChannelNotFound
		);
	});
}

#[test]
fn fails_when_the_terms_are_unsound() {
	test(|| {
		let id = granted(SELLER, ISSUER, terms());
		assert_noop!(
			ChannelsPallet::set_terms(
				RuntimeOrigin::root(),
				id,
				Terms {
					kinds: BusinessKinds::NONE,
					..terms()
				}
			),
			Error::<Test>::InvalidTerms(TermsFault::KindsEmpty)
		);
	});
}
