// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use sealane_primitives::directory::ProductStatus;

fn genesis() -> GenesisConfig<Test> {
	GenesisConfig {
		prefixes: ["F", "wm"]
			.map(|prefix| GenesisPrefix {
				issuer: ISSUER,
				prefix: prefix.into(),
			})
			.into(),
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
				spec: spec("wm"),
				versions: 1,
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
#[should_panic(expected = "NodeNotOwned")]
fn fails_when_an_interface_is_served_by_anothers_node() {
	let mut genesis = genesis();
	genesis.interfaces[0].node = OTHER_ISSUER * 10;
	test_with(genesis, || ());
}

#[test]
#[should_panic(expected = "RoleMissing")]
fn fails_when_a_prefix_is_that_of_a_seller() {
	let mut genesis = genesis();
	genesis.prefixes[0].issuer = SELLER;
	test_with(genesis, || ());
}

#[test]
#[should_panic(expected = "PrefixNotGranted")]
fn fails_when_an_id_has_no_prefix_of_its_issuer() {
	let mut genesis = genesis();
	genesis.prefixes.pop();
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
