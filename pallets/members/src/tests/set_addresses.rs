// SPDX-License-Identifier: Apache-2.0

use super::prelude::*;

#[test]
fn replaces_all_addresses() {
	build_and_execute(|| {
		let (_, node) = bank();
		assert_ok!(Members::set_addresses(
			RuntimeOrigin::signed(BANK),
			node,
			addresses(444)
		));
		assert_eq!(
			last_event(),
			Event::AddressesChanged {
				node,
				old: addresses(30_001),
				new: addresses(444)
			}
		);
		assert_eq!(Members::node_entry(node).unwrap().addresses, addresses(444));
	});
}

#[test]
fn takes_none() {
	build_and_execute(|| {
		let (_, node) = bank();
		assert_ok!(Members::set_addresses(
			RuntimeOrigin::signed(BANK),
			node,
			Addresses::default()
		));
	});
}

#[test]
fn fails_when_an_address_is_invalid() {
	build_and_execute(|| {
		let (_, node) = bank();
		let twice = [addresses(1).into_inner(), addresses(1).into_inner()]
			.concat()
			.try_into()
			.unwrap();
		assert_noop!(
			Members::set_addresses(RuntimeOrigin::signed(BANK), node, twice),
			Error::<Test>::InvalidAddress(AddressFault::Duplicate)
		);
		let no_text = vec![vec![0xff].try_into().unwrap()].try_into().unwrap();
		assert_noop!(
			Members::set_addresses(RuntimeOrigin::signed(BANK), node, no_text),
			Error::<Test>::InvalidAddress(AddressFault::NotText)
		);
	});
}

#[test]
fn fails_when_the_node_is_anothers_or_unknown() {
	build_and_execute(|| {
		let (_, node) = bank();
		issuer_with_node();
		let set = |who, node| Members::set_addresses(RuntimeOrigin::signed(who), node, addresses(1));
		assert_noop!(set(ISSUER, node), Error::<Test>::NotAuthorized);
		assert_noop!(set(BANK_DELEGATE, node), Error::<Test>::NotAuthorized);
		assert_noop!(set(BANK, 99), Error::<Test>::NodeNotFound);
	});
}
