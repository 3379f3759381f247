// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use sealane_primitives::directory::ProductStatus;

fn genesis() -> GenesisConfig<Test> {
	GenesisConfig {
		interfaces: vec![GenesisInterface {
			id: "wm".into(),
			issuer: ISSUER,
			node: ISSUER * 10,
		}],
		products: vec![GenesisProduct {
			id: "F1".into(),
			product_type: "fund.bond".into(),
			risk: 2,
			currency: "CNY".into(),
			interface: "wm".into(),
			status: ProductStatus::Open,
		}],
		..Default::default()
	}
}

#[test]
fn interfaces_and_products_exist_from_the_start() {
	test_with(genesis(), || {
		assert_eq!(ChannelsPallet::interfaces_of(ISSUER).len(), 1);
		assert_eq!(
			Products::<Test>::get(name("F1")),
			Some(Product {
				issuer: ISSUER,
				spec: spec("wm")
			})
		);
	});
}

#[test]
#[should_panic(expected = "there is no interface")]
fn fails_when_a_product_names_no_genesis_interface() {
	let mut genesis = genesis();
	genesis.interfaces.clear();
	test_with(genesis, || ());
}

#[test]
#[should_panic(expected = "is not three letters")]
fn fails_when_a_currency_is_no_currency() {
	let mut genesis = genesis();
	genesis.products[0].currency = "RMB ".into();
	test_with(genesis, || ());
}

#[test]
#[should_panic(expected = "InvalidRisk")]
fn fails_when_a_spec_breaks_a_rule() {
	let mut genesis = genesis();
	genesis.products[0].risk = 6;
	test_with(genesis, || ());
}

#[test]
#[should_panic(expected = "AlreadyExists")]
fn fails_when_an_id_is_given_twice() {
	let mut genesis = genesis();
	genesis.interfaces.push(genesis.interfaces[0].clone());
	test_with(genesis, || ());
}
