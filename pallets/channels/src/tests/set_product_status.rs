// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sealane_primitives::directory::{ProductStatus, Refusal};

#[test]
fn moves_freely_until_closed() {
	test(|| {
		interface(ISSUER, "wm");
		let id = product(ISSUER, "F1", "wm");
		events();
		let mut old = ProductStatus::Open;
		for new in [
			ProductStatus::Suspended,
			ProductStatus::Offering,
			ProductStatus::Open,
			ProductStatus::Closed,
		] {
			assert_ok!(ChannelsPallet::set_product_status(by(ISSUER), id.clone(), new));
			assert_eq!(
				events(),
				[Event::ProductStatusSet {
					id: id.clone(),
					old,
					new
				}]
			);
			assert_eq!(
				Products::<Test>::get(&id).unwrap().spec,
				ProductSpec {
					status: new,
					..spec("wm")
				}
			);
			old = new;
		}
		assert_noop!(
			ChannelsPallet::set_product_status(by(ISSUER), id, ProductStatus::Open),
			Error::<Test>::ProductClosed
		);
	});
}

#[test]
fn the_newest_closed_ones_stay_listed() {
	test(|| {
		interface(ISSUER, "wm");
		for id in ["F1", "F2", "F3"] {
			let id = product(ISSUER, id, "wm");
			assert_ok!(ChannelsPallet::set_product_status(
				by(ISSUER),
				id,
				ProductStatus::Closed
			));
		}
		product(ISSUER, "F4", "wm");
		let listed: Vec<_> = ChannelsPallet::products_of(ISSUER).into_iter().map(|p| p.id).collect();
		assert_eq!(listed, [name("F4"), name("F2"), name("F3")]);
		// What is no longer listed can still be looked up.
		assert!(ChannelsPallet::product_details(name("F1")).is_some());
	});
}

#[test]
fn fails_when_unauthorized() {
	test(|| {
		interface(ISSUER, "wm");
		let id = product(ISSUER, "F1", "wm");
		let try_by = |who| ChannelsPallet::set_product_status(by(who), id.clone(), ProductStatus::Suspended);
		assert_noop!(try_by(STRANGER), Error::<Test>::NotAuthorized);
		assert_noop!(try_by(OTHER_ISSUER), Error::<Test>::NotAuthorized);
		assert_noop!(try_by(SELLER), Error::<Test>::RoleMissing);
		Members::edit(ISSUER, |m| m.refusal = Some(Refusal::MemberSuspended));
		assert_noop!(try_by(ISSUER), Error::<Test>::MemberNotActive);
	});
}

#[test]
fn fails_when_there_is_no_such_product() {
	test(|| {
		assert_noop!(
			ChannelsPallet::set_product_status(by(ISSUER), name("F1"), ProductStatus::Open),
			Error::<Test>::ProductNotFound
		);
	});
}
