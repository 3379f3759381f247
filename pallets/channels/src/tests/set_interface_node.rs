// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sealane_primitives::directory::Refusal;

#[test]
fn moves_the_entry_point_to_another_node() {
	test(|| {
		let id = interface(ISSUER, "wm");
		events();
		assert_ok!(ChannelsPallet::set_interface_node(
			by(ISSUER),
			id.clone(),
			ISSUER * 10 + 3
		));
		assert_eq!(Interfaces::<Test>::get(&id).unwrap().node, ISSUER * 10 + 3);
		assert_eq!(
			events(),
			[Event::InterfaceNodeSet {
				id,
				old: ISSUER * 10,
				new: ISSUER * 10 + 3
			}]
		);
	});
}

#[test]
fn fails_when_unauthorized() {
	test(|| {
		let id = interface(ISSUER, "wm");
		let try_by = |who| ChannelsPallet::set_interface_node(by(who), id.clone(), who * 10);
		assert_noop!(try_by(STRANGER), Error::<Test>::NotAuthorized);
		assert_noop!(try_by(OTHER_ISSUER), Error::<Test>::NotAuthorized);
		assert_noop!(try_by(SELLER), Error::<Test>::RoleMissing);
		Members::edit(ISSUER, |m| m.refusal = Some(Refusal::MemberSuspended));
		assert_noop!(try_by(ISSUER), Error::<Test>::MemberNotActive);
	});
}

#[test]
fn fails_when_the_node_is_of_another_member() {
	test(|| {
		let id = interface(ISSUER, "wm");
		assert_noop!(
			ChannelsPallet::set_interface_node(by(ISSUER), id, OTHER_ISSUER * 10),
			Error::<Test>::NodeNotOwned
		);
	});
}

#[test]
fn fails_when_there_is_no_such_interface_or_it_is_retired() {
	test(|| {
		let id = interface(ISSUER, "wm");
		assert_noop!(
			ChannelsPallet::set_interface_node(by(ISSUER), name("other"), ISSUER * 10),
			Error::<Test>::InterfaceNotFound
		);
		assert_ok!(ChannelsPallet::retire_interface(by(ISSUER), id.clone()));
		assert_noop!(
			ChannelsPallet::set_interface_node(by(ISSUER), id, ISSUER * 10),
			Error::<Test>::InterfaceRetired
		);
	});
}
