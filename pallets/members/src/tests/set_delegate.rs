// SPDX-License-Identifier: Apache-2.0

use super::prelude::*;

#[test]
fn replaces_the_delegate() {
	build_and_execute(|| {
		let (bank, node) = bank();
		assert_ok!(Members::set_delegate(RuntimeOrigin::signed(BANK), node, 50));
		assert_eq!(
			last_event(),
			Event::DelegateChanged {
				node,
				old: BANK_DELEGATE,
				new: 50
			}
		);
		assert_eq!(Members::delegate_of(&50), Some((bank, node)));
		assert_eq!(Members::delegate_of(&BANK_DELEGATE), None);
		assert_eq!(Members::payer(&BANK_DELEGATE), None);
		assert_eq!(System::providers(&50), 1);
	});
}

#[test]
fn fails_when_the_account_is_taken() {
	build_and_execute(|| {
		let (_, node) = bank();
		issuer_with_node();
		let set = |new| Members::set_delegate(RuntimeOrigin::signed(BANK), node, new);
		assert_noop!(set(BANK_DELEGATE), Error::<Test>::DelegateAlreadyExists);
		assert_noop!(set(ISSUER_DELEGATE), Error::<Test>::DelegateAlreadyExists);
		assert_noop!(set(ISSUER), Error::<Test>::DelegateIsManager);
		assert_noop!(set(BANK), Error::<Test>::DelegateIsManager);
	});
}

#[test]
fn fails_when_the_node_is_anothers_or_unknown() {
	build_and_execute(|| {
		let (_, node) = bank();
		issuer_with_node();
		let by = |who, node| Members::set_delegate(RuntimeOrigin::signed(who), node, 50);
		assert_noop!(by(ISSUER, node), Error::<Test>::NotAuthorized);
		assert_noop!(by(BANK_DELEGATE, node), Error::<Test>::NotAuthorized);
		assert_noop!(by(FORCE, node), Error::<Test>::NotAuthorized);
		assert_noop!(by(BANK, 99), Error::<Test>::NodeNotFound);
	});
}
