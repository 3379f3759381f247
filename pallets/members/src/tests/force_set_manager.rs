// SPDX-License-Identifier: Apache-2.0

use super::prelude::*;

#[test]
fn replaces_a_lost_key() {
	build_and_execute(|| {
		let (bank, _) = bank();
		assert_ok!(Members::force_set_manager(RuntimeOrigin::signed(FORCE), bank, 50));
		assert_eq!(
			last_event(),
			Event::ManagerChanged {
				member: bank,
				old: BANK,
				new: 50,
				by: Actor::Council
			}
		);
		assert_eq!(Members::member_of(&50), Some(bank));
	});
}

#[test]
fn works_on_a_suspended_member() {
	build_and_execute(|| {
		let (bank, _) = bank();
		assert_ok!(Members::suspend(RuntimeOrigin::signed(SUSPEND), bank));
		assert_ok!(Members::force_set_manager(RuntimeOrigin::signed(FORCE), bank, 50));
	});
}

#[test]
fn fails_when_unauthorized() {
	build_and_execute(|| {
		let (bank, _) = bank();
		for who in [ADMIT, EXIT, BANK] {
			assert_noop!(
				Members::force_set_manager(RuntimeOrigin::signed(who), bank, 50),
				BadOrigin
			);
		}
	});
}

#[test]
fn fails_when_member_or_account_do_not_fit() {
	build_and_execute(|| {
		let (bank, _) = bank();
		let (issuer, _) = issuer_with_node();
		let set = |member, new| Members::force_set_manager(RuntimeOrigin::signed(FORCE), member, new);
		assert_noop!(set(7, 50), Error::<Test>::MemberNotFound);
		assert_noop!(set(bank, ISSUER), Error::<Test>::ManagerAlreadyExists);
		assert_noop!(set(bank, ISSUER_DELEGATE), Error::<Test>::ManagerIsDelegate);
		assert_ok!(Members::remove(RuntimeOrigin::signed(EXIT), issuer));
		assert_noop!(set(issuer, 50), Error::<Test>::MemberExited);
	});
}
