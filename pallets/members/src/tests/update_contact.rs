// SPDX-License-Identifier: Apache-2.0

use super::prelude::*;

#[test]
fn replaces_the_contact() {
	build_and_execute(|| {
		let (bank, _) = bank();
		let new = contact("+86 21 5000 0000");
		assert_ok!(Members::update_contact(RuntimeOrigin::signed(BANK), new.clone()));
		let old = contact("ops@bank.example");
		assert_eq!(
			last_event(),
			Event::ContactUpdated {
				member: bank,
				old,
				new: new.clone()
			}
		);
		assert_eq!(Members::profile(bank).unwrap().contact, new);
	});
}

#[test]
fn boundary_the_longest_contact_fits() {
	build_and_execute(|| {
		bank();
		let longest = contact(&"c".repeat(MAX_CONTACT_LEN as usize));
		assert_ok!(Members::update_contact(RuntimeOrigin::signed(BANK), longest));
		assert!(Contact::try_from(vec![b'c'; MAX_CONTACT_LEN as usize + 1]).is_err());
	});
}

#[test]
fn fails_when_it_is_not_presentable() {
	build_and_execute(|| {
		bank();
		assert_noop!(
			Members::update_contact(RuntimeOrigin::signed(BANK), contact(" c")),
			Error::<Test>::InvalidContact(TextFault::OuterSpace)
		);
	});
}

#[test]
fn fails_when_the_account_acts_for_nobody() {
	build_and_execute(|| {
		bank();
		for who in [BANK_DELEGATE, OUTSIDER, ADMIT] {
			assert_noop!(
				Members::update_contact(RuntimeOrigin::signed(who), contact("c")),
				Error::<Test>::NotAuthorized
			);
		}
	});
}
