// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sealane_primitives::{
	directory::{ProductStatus, Refusal},
	traits::ChannelRegistry,
};

fn register(id: &str, spec: ProductSpec) -> frame_support::dispatch::DispatchResult {
	ChannelsPallet::register_product(by(ISSUER), name(id), spec)
}

#[test]
fn shows_the_product_to_partners() {
	test(|| {
		interface(ISSUER, "wm");
		events();
		let offering = Some(OfferingWindow {
			from: START,
			until: START + HOUR,
		});
		let spec = ProductSpec {
			status: ProductStatus::Offering,
			offering,
			..spec("wm")
		};
		assert_ok!(register("F1", spec.clone()));
		assert_eq!(
			ChannelsPallet::product_details(name("F1")),
			Some(Product {
				issuer: ISSUER,
				spec: spec.clone(),
				versions: 1,
			})
		);
		assert_eq!(ChannelsPallet::product(&name("F1")), Some((ISSUER, name("fund.bond"))));
		assert_eq!(Interfaces::<Test>::get(name("wm")).unwrap().products, 1);
		assert_eq!(
			events(),
			[Event::ProductRegistered {
				id: name("F1"),
				issuer: ISSUER,
				spec
			}]
		);
		let entries = ChannelsPallet::products_of(ISSUER);
		assert_eq!(entries.len(), 1);
		assert_eq!(entries[0].status, ProductStatus::Offering);
		assert_eq!(entries[0].interface, name("wm"));
	});
}

#[test]
fn fails_when_unauthorized() {
	test(|| {
		interface(ISSUER, "wm");
		let try_by = |who| ChannelsPallet::register_product(by(who), name("F1"), spec("wm"));
		assert_noop!(try_by(STRANGER), Error::<Test>::NotAuthorized);
		assert_noop!(try_by(SELLER), Error::<Test>::RoleMissing);
		assert_noop!(try_by(OTHER_ISSUER), Error::<Test>::PrefixNotGranted);
		// The interface is another issuer's.
		let squat = ChannelsPallet::register_product(by(OTHER_ISSUER), name("o1"), spec("wm"));
		assert_eq!(squat, Err(Error::<Test>::NotAuthorized.into()));
		Members::edit(ISSUER, |m| m.refusal = Some(Refusal::MemberSuspended));
		assert_noop!(try_by(ISSUER), Error::<Test>::MemberNotActive);
	});
}

#[test]
fn fails_when_an_identifier_breaks_the_rules() {
	test(|| {
		interface(ISSUER, "wm");
		assert_noop!(
			register("基金", spec("wm")),
			Error::<Test>::InvalidIdentifier(IdentifierField::Product, IdentifierFault::NotAscii)
		);
		assert_noop!(
			register(
				"F1",
				ProductSpec {
					product_type: name(""),
					..spec("wm")
				}
			),
			Error::<Test>::InvalidIdentifier(IdentifierField::ProductType, IdentifierFault::Empty)
		);
	});
}

#[test]
fn fails_when_risk_currency_or_window_are_wrong() {
	test(|| {
		interface(ISSUER, "wm");
		for risk in [0, 6, 255] {
			assert_noop!(
				register("F1", ProductSpec { risk, ..spec("wm") }),
				Error::<Test>::InvalidRisk
			);
		}
		for currency in [*b"cny", *b"C Y", *b"CN1", [0xff; 3]] {
			assert_noop!(
				register("F1", ProductSpec { currency, ..spec("wm") }),
				Error::<Test>::InvalidCurrency
			);
		}
		for (from, until) in [(5, 5), (6, 5)] {
			let offering = Some(OfferingWindow { from, until });
			assert_noop!(
				register("F1", ProductSpec { offering, ..spec("wm") }),
				Error::<Test>::InvalidOfferingWindow
			);
		}
	});
}

#[test]
fn boundary_every_risk_class_is_taken() {
	test(|| {
		interface(ISSUER, "wm");
		for risk in [1, 5] {
			assert_ok!(register(&format!("F{risk}"), ProductSpec { risk, ..spec("wm") }));
		}
	});
}

#[test]
fn fails_when_the_interface_is_unknown_or_retired() {
	test(|| {
		assert_noop!(register("F1", spec("wm")), Error::<Test>::InterfaceNotFound);
		let id = interface(ISSUER, "wm");
		assert_ok!(ChannelsPallet::retire_interface(by(ISSUER), id));
		assert_noop!(register("F1", spec("wm")), Error::<Test>::InterfaceRetired);
	});
}

#[test]
fn fails_when_the_id_is_taken_even_by_a_closed_one_of_another_issuer() {
	test(|| {
		interface(ISSUER, "wm");
		interface(OTHER_ISSUER, "other");
		let id = product(OTHER_ISSUER, "o1", "other");
		assert_ok!(ChannelsPallet::revoke_prefix(RuntimeOrigin::root(), name("o")));
		assert_ok!(prefix(ISSUER, "o"));
		assert_noop!(register("o1", spec("wm")), Error::<Test>::AlreadyExists);
		assert_ok!(ChannelsPallet::set_product_status(
			by(OTHER_ISSUER),
			id,
			ProductStatus::Closed
		));
		assert_noop!(register("o1", spec("wm")), Error::<Test>::AlreadyExists);
	});
}

#[test]
fn fails_when_closed_from_the_start() {
	test(|| {
		interface(ISSUER, "wm");
		assert_noop!(
			register(
				"F1",
				ProductSpec {
					status: ProductStatus::Closed,
					..spec("wm")
				}
			),
			Error::<Test>::ProductClosed
		);
	});
}

#[test]
fn boundary_at_the_maximum_and_again_after_closing_one() {
	test(|| {
		interface(ISSUER, "wm");
		for id in ["F1", "F2", "F3", "F4"] {
			assert_ok!(register(id, spec("wm")));
		}
		assert_noop!(register("F5", spec("wm")), Error::<Test>::MaxProductsExceeded);
		assert_ok!(ChannelsPallet::set_product_status(
			by(ISSUER),
			name("F2"),
			ProductStatus::Closed
		));
		assert_ok!(register("F5", spec("wm")));
	});
}
