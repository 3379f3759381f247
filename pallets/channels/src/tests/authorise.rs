// SPDX-License-Identifier: Apache-2.0

//! The one function that decides.

use crate::{mock::*, *};
use frame_support::assert_ok;
use sealane_primitives::{
	business::Role,
	directory::{Authorisation, Refusal},
	traits::ChannelRegistry,
};

#[test]
fn tells_what_is_granted() {
	test(|| {
		let terms = Terms {
			valid_until: Some(77),
			orders_per_minute: Some(5),
			..terms()
		};
		let id = granted(SELLER, ISSUER, terms);
		assert_eq!(
			ChannelsPallet::authorise(id),
			Ok(Authorisation {
				channel: id,
				kinds: terms.kinds,
				valid_until: Some(77),
				orders_per_minute: Some(5)
			})
		);
		assert_eq!(ChannelsPallet::authorisation(id), ChannelsPallet::authorise(id));
	});
}

#[test]
fn every_state_has_its_refusal() {
	test(|| {
		assert_eq!(ChannelsPallet::authorise(0), Err(Refusal::ChannelUnknown));
		let id = granted(SELLER, ISSUER, terms());
		let granted = Channels::<Test>::get(id).unwrap();
		for (state, expected) in [
			(State::Suspended, Refusal::Suspended),
			(State::Revoked, Refusal::Revoked),
			(State::Left, Refusal::Revoked),
			(State::Expired, Refusal::Expired),
		] {
			Channels::<Test>::insert(id, Channel { state, ..granted });
			assert_eq!(ChannelsPallet::authorise(id), Err(expected), "{state:?}");
		}
		for state in State::ALL {
			Channels::<Test>::insert(
				id,
				Channel {
					state,
					terms: None,
					..granted
				},
			);
			assert_eq!(ChannelsPallet::authorise(id), Err(Refusal::NotGranted), "{state:?}");
		}
		Channels::<Test>::insert(id, granted);
	});
}

#[test]
fn either_member_suspended_or_gone_refuses() {
	test(|| {
		let id = granted(SELLER, ISSUER, terms());
		for member in [SELLER, ISSUER] {
			for refusal in [Refusal::MemberSuspended, Refusal::MemberUnknown] {
				Members::edit(member, |m| m.refusal = Some(refusal));
				assert_eq!(ChannelsPallet::authorise(id), Err(refusal));
			}
			Members::edit(member, |m| m.refusal = None);
			assert_ok!(ChannelsPallet::authorise(id));
		}
	});
}

#[test]
fn a_member_without_the_role_of_its_side_is_no_party() {
	test(|| {
		let id = granted(SELLER, ISSUER, terms());
		Members::edit(SELLER, |m| m.roles = vec![Role::Issuer]);
		assert_eq!(ChannelsPallet::authorise(id), Err(Refusal::NotAParty));
		Members::edit(SELLER, |m| m.roles = vec![Role::Seller]);
		Members::edit(ISSUER, |m| m.roles = vec![Role::Auditor]);
		assert_eq!(ChannelsPallet::authorise(id), Err(Refusal::NotAParty));
	});
}

#[test]
fn boundary_valid_until_is_the_first_block_that_refuses() {
	test(|| {
		let id = granted(
			SELLER,
			ISSUER,
			Terms {
				valid_until: Some(9),
				..terms()
			},
		);
		System::set_block_number(8);
		assert_ok!(ChannelsPallet::authorise(id));
		System::set_block_number(9);
		assert_eq!(ChannelsPallet::authorise(id), Err(Refusal::Expired));
	});
}

#[test]
fn boundary_the_credentials_end_is_the_first_moment_that_refuses() {
	test(|| {
		let id = granted(SELLER, ISSUER, terms());
		Now::set(START + 24 * HOUR - 1);
		assert_ok!(ChannelsPallet::authorise(id));
		Now::set(START + 24 * HOUR);
		assert_eq!(ChannelsPallet::authorise(id), Err(Refusal::Expired));
	});
}
