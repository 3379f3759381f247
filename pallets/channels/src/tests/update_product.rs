// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sealane_primitives::directory::{ProductStatus, Refusal};

fn setup() {
	interface(ISSUER, "wm");
	interface(ISSUER, "wm2");
	interface(OTHER_ISSUER, "other");
	product(ISSUER, "F1", "wm");
	events();
}

fn update(spec: ProductSpec) -> frame_support::dispatch::DispatchResult {
	ChannelsPallet::update_product(by(ISSUER), name("F1"), spec)
}

fn users(interface: &str) -> u32 {
	Interfaces::<Test>::get(name(interface)).unwrap().products
}

#[test]
fn replaces_all_that_is_said() {
	test(|| {
		setup();
		let new = ProductSpec { risk: 4, ..spec("wm2") };
		assert_ok!(update(new.clone()));
		assert_eq!(Products::<Test>::get(name("F1")).unwrap().spec, new);
		assert_eq!((users("wm"), users("wm2")), (0, 1));
		assert_eq!(
			events(),
			[Event::ProductUpdated {
				id: name("F1"),
				old: spec("wm"),
				new
			}]
		);
	});
}

/// Which risk the chain stated when an order was placed decides a dispute years later.
#[test]
fn what_was_said_of_the_past_stays() {
	test(|| {
		setup();
		advance(9, SLOT);
		assert_ok!(update(ProductSpec { risk: 4, ..spec("wm") }));
		// Where orders go and whether they are taken says nothing of what was bought.
		assert_ok!(update(ProductSpec { risk: 4, ..spec("wm2") }));
		assert_ok!(ChannelsPallet::set_product_status(
			by(ISSUER),
			name("F1"),
			ProductStatus::Suspended
		));
		advance(5, SLOT);
		let offering = Some(OfferingWindow { from: 1, until: 2 });
		assert_ok!(update(ProductSpec {
			risk: 4,
			offering,
			..spec("wm2")
		}));
		let said = |version| {
			let it = ChannelsPallet::product_version(name("F1"), version)?;
			assert_eq!(
				(it.issuer, it.product_type, it.currency),
				(ISSUER, name("fund.bond"), *b"CNY")
			);
			Some((it.from, it.risk, it.offering))
		};
		assert_eq!(said(1), Some((1, 2, None)));
		assert_eq!(said(2), Some((10, 4, None)));
		assert_eq!(said(3), Some((15, 4, offering)));
		assert_eq!(said(4), None);
	});
}

/// The type decides on the clauses: an issuer that could change it would choose by which an order was judged.
#[test]
fn fails_when_type_or_currency_would_change() {
	test(|| {
		setup();
		let product_type = name("fund.mixed");
		assert_noop!(
			update(ProductSpec {
				product_type,
				..spec("wm")
			}),
			Error::<Test>::ProductTypeFixed
		);
		assert_noop!(
			update(ProductSpec {
				currency: *b"USD",
				..spec("wm")
			}),
			Error::<Test>::CurrencyFixed
		);
	});
}

#[test]
fn moving_and_closing_at_once_leaves_nothing_behind() {
	test(|| {
		setup();
		assert_ok!(update(ProductSpec {
			status: ProductStatus::Closed,
			..spec("wm2")
		}));
		assert_eq!((users("wm"), users("wm2")), (0, 0));
		assert_eq!(ProductCount::<Test>::get(ISSUER), 0);
	});
}

#[test]
fn fails_when_unauthorized() {
	test(|| {
		setup();
		let try_by = |who| ChannelsPallet::update_product(by(who), name("F1"), spec("wm"));
		assert_noop!(try_by(STRANGER), Error::<Test>::NotAuthorized);
		assert_noop!(try_by(OTHER_ISSUER), Error::<Test>::NotAuthorized);
		assert_noop!(try_by(SELLER), Error::<Test>::RoleMissing);
		Members::edit(ISSUER, |m| m.refusal = Some(Refusal::MemberSuspended));
		assert_noop!(try_by(ISSUER), Error::<Test>::MemberNotActive);
	});
}

#[test]
fn fails_when_closed_or_unknown() {
	test(|| {
		setup();
		assert_noop!(
			ChannelsPallet::update_product(by(ISSUER), name("F9"), spec("wm")),
			Error::<Test>::ProductNotFound
		);
		assert_ok!(ChannelsPallet::set_product_status(
			by(ISSUER),
			name("F1"),
			ProductStatus::Closed
		));
		assert_noop!(update(spec("wm")), Error::<Test>::ProductClosed);
	});
}

#[test]
fn fails_when_the_new_spec_breaks_a_rule() {
	test(|| {
		setup();
		assert_noop!(
			update(ProductSpec { risk: 0, ..spec("wm") }),
			Error::<Test>::InvalidRisk
		);
		assert_noop!(
			update(ProductSpec {
				currency: *b"eur",
				..spec("wm")
			}),
			Error::<Test>::InvalidCurrency
		);
		assert_noop!(
			update(ProductSpec {
				product_type: name("a b"),
				..spec("wm")
			}),
			Error::<Test>::InvalidIdentifier(IdentifierField::ProductType, IdentifierFault::ForbiddenCharacter)
		);
		let offering = Some(OfferingWindow { from: 2, until: 1 });
		assert_noop!(
			update(ProductSpec { offering, ..spec("wm") }),
			Error::<Test>::InvalidOfferingWindow
		);
	});
}

#[test]
fn fails_when_the_new_interface_is_anothers_unknown_or_retired() {
	test(|| {
		setup();
		assert_noop!(update(spec("other")), Error::<Test>::NotAuthorized);
		assert_noop!(update(spec("none")), Error::<Test>::InterfaceNotFound);
		assert_ok!(ChannelsPallet::retire_interface(by(ISSUER), name("wm2")));
		assert_noop!(update(spec("wm2")), Error::<Test>::InterfaceRetired);
	});
}
