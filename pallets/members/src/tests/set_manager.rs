// SPDX-License-Identifier: Apache-2.0

use super::prelude::*;

#[test]
fn hands_the_member_over() {
	build_and_execute(|| {
		let (bank, node) = bank();
		assert_ok!(Members::set_manager(RuntimeOrigin::signed(BANK), 50));
		assert_eq!(
			last_event(),
			Event::ManagerChanged {
				member: bank,
				old: BANK,
				new: 50,
				by: Actor::Member
			}
		);
		assert_noop!(
			Members::remove_node(RuntimeOrigin::signed(BANK), node),
			Error::<Test>::NotAuthorized
		);
		assert_ok!(Members::set_addresses(RuntimeOrigin::signed(50), node, addresses(7)));
		assert_eq!(Members::payer(&BANK), None);
		assert_eq!(Members::payer(&50), Some(Payer::Member(bank)));
		// Whoever keeps something for the manager elsewhere hears of it.
		assert_eq!(HandedOver::get(), [(bank, BANK)]);
	});
}

#[test]
fn fails_when_the_account_is_taken() {
	build_and_execute(|| {
		bank();
		issuer_with_node();
		let set = |new| Members::set_manager(RuntimeOrigin::signed(BANK), new);
		assert_noop!(set(BANK), Error::<Test>::ManagerAlreadyExists);
		assert_noop!(set(ISSUER), Error::<Test>::ManagerAlreadyExists);
		assert_noop!(set(ISSUER_DELEGATE), Error::<Test>::ManagerIsDelegate);
		// A node of its own must not be able to act for it either.
		assert_noop!(set(BANK_DELEGATE), Error::<Test>::ManagerIsDelegate);
	});
}

#[test]
fn fails_when_the_account_acts_for_nobody() {
	build_and_execute(|| {
		bank();
		assert_noop!(
			Members::set_manager(RuntimeOrigin::signed(BANK_DELEGATE), 50),
			Error::<Test>::NotAuthorized
		);
		assert_noop!(Members::set_manager(RuntimeOrigin::none(), 50), BadOrigin);
	});
}
