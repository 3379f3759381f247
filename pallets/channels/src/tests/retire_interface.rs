// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sealane_primitives::directory::ProductStatus;

#[test]
fn takes_the_interface_out_of_use() {
	test(|| {
		let id = interface(ISSUER, "wm");
		events();
		assert_ok!(ChannelsPallet::retire_interface(by(ISSUER), id.clone()));
		assert!(Interfaces::<Test>::get(&id).unwrap().retired);
		assert_eq!(ChannelsPallet::interfaces_of(ISSUER), []);
		assert_eq!(events(), [Event::InterfaceRetired { id }]);
	});
}

#[test]
fn fails_when_products_use_it() {
	test(|| {
		let id = interface(ISSUER, "wm");
		let product = product(ISSUER, "F1", "wm");
		assert_noop!(
			ChannelsPallet::retire_interface(by(ISSUER), id.clone()),
			Error::<Test>::InterfaceInUse
		);
		assert_ok!(ChannelsPallet::set_product_status(
			by(ISSUER),
			product,
			ProductStatus::Closed
		));
		assert_ok!(ChannelsPallet::retire_interface(by(ISSUER), id));
	});
}

#[test]
fn fails_when_unauthorized() {
	test(|| {
		let id = interface(ISSUER, "wm");
		assert_noop!(
			ChannelsPallet::retire_interface(by(OTHER_ISSUER), id.clone()),
			Error::<Test>::NotAuthorized
		);
		assert_noop!(
			ChannelsPallet::retire_interface(by(STRANGER), id.clone()),
			Error::<Test>::NotAuthorized
		);
		assert_noop!(
			ChannelsPallet::retire_interface(by(SELLER), id),
			Error::<Test>::RoleMissing
		);
	});
}

#[test]
fn fails_when_there_is_no_such_interface_or_done_twice() {
	test(|| {
		assert_noop!(
			ChannelsPallet::retire_interface(by(ISSUER), name("wm")),
			Error::<Test>::InterfaceNotFound
		);
		let id = interface(ISSUER, "wm");
		assert_ok!(ChannelsPallet::retire_interface(by(ISSUER), id.clone()));
		assert_noop!(
			ChannelsPallet::retire_interface(by(ISSUER), id),
			Error::<Test>::InterfaceRetired
		);
	});
}
