// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sealane_primitives::directory::{InterfaceEntry, Refusal};

#[test]
fn opens_entry_points_at_the_issuers_nodes() {
	test(|| {
		assert_ok!(ChannelsPallet::register_interface(
			by(ISSUER),
			name("wm.retail"),
			ISSUER * 10
		));
		assert_ok!(ChannelsPallet::register_interface(
			by(ISSUER),
			name("wm.private"),
			ISSUER * 10 + 1
		));
		assert_eq!(
			ChannelsPallet::interfaces_of(ISSUER),
			[
				InterfaceEntry {
					id: name("wm.private"),
					node: ISSUER * 10 + 1
				},
				InterfaceEntry {
					id: name("wm.retail"),
					node: ISSUER * 10
				},
			]
		);
		assert_eq!(
			events()[0],
			Event::InterfaceRegistered {
				id: name("wm.retail"),
				issuer: ISSUER,
				node: ISSUER * 10
			}
		);
	});
}

#[test]
fn fails_when_unauthorized() {
	test(|| {
		let try_by = |who| ChannelsPallet::register_interface(by(who), name("x"), who * 10);
		assert_noop!(try_by(STRANGER), Error::<Test>::NotAuthorized);
		assert_noop!(try_by(SELLER), Error::<Test>::RoleMissing);
		Members::edit(ISSUER, |m| m.refusal = Some(Refusal::MemberSuspended));
		assert_noop!(try_by(ISSUER), Error::<Test>::MemberNotActive);
	});
}

#[test]
fn fails_when_the_node_is_of_another_member_or_of_none() {
	test(|| {
		for node in [OTHER_ISSUER * 10, STRANGER * 10] {
			assert_noop!(
				ChannelsPallet::register_interface(by(ISSUER), name("x"), node),
				Error::<Test>::NodeNotOwned
			);
		}
	});
}

#[test]
fn fails_when_the_id_is_taken_even_by_a_retired_one_of_another_issuer() {
	test(|| {
		let id = interface(OTHER_ISSUER, "o1");
		// The prefix goes to somebody else, the ids stay whose they are.
		assert_ok!(ChannelsPallet::revoke_prefix(RuntimeOrigin::root(), name("o")));
		assert_ok!(prefix(ISSUER, "o"));
		assert_noop!(
			ChannelsPallet::register_interface(by(ISSUER), id.clone(), ISSUER * 10),
			Error::<Test>::AlreadyExists
		);
		assert_ok!(ChannelsPallet::retire_interface(by(OTHER_ISSUER), id.clone()));
		assert_noop!(
			ChannelsPallet::register_interface(by(ISSUER), id, ISSUER * 10),
			Error::<Test>::AlreadyExists
		);
	});
}

#[test]
fn fails_when_the_id_breaks_the_rules() {
	test(|| {
		for (id, fault) in [
			("", IdentifierFault::Empty),
			("财富", IdentifierFault::NotAscii),
			("wm retail", IdentifierFault::ForbiddenCharacter),
			("-wm", IdentifierFault::ForbiddenStart),
		] {
			assert_noop!(
				ChannelsPallet::register_interface(by(ISSUER), name(id), ISSUER * 10),
				Error::<Test>::InvalidIdentifier(IdentifierField::Interface, fault)
			);
		}
	});
}

#[test]
fn boundary_at_the_maximum_and_again_after_retiring_one() {
	test(|| {
		for id in ["x1", "x2", "x3"] {
			interface(ISSUER, id);
		}
		let fourth = || ChannelsPallet::register_interface(by(ISSUER), name("d"), ISSUER * 10);
		assert_noop!(fourth(), Error::<Test>::MaxInterfacesExceeded);
		assert_ok!(ChannelsPallet::retire_interface(by(ISSUER), name("x2")));
		assert_ok!(fourth());
	});
}
