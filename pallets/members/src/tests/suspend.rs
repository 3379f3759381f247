// SPDX-License-Identifier: Apache-2.0

use super::prelude::*;

#[test]
fn stops_a_member_at_once() {
	build_and_execute(|| {
		let (bank, node) = bank();
		run_to(9);
		assert_ok!(Members::suspend(RuntimeOrigin::signed(SUSPEND), bank));
		assert_eq!(last_event(), Event::MemberSuspended { member: bank, since: 9 });
		assert_eq!(Members::ensure_active(bank), Err(Refusal::MemberSuspended));
		// Nothing is lost, and its node stays connected.
		assert_eq!(Members::authorised_peers(), [peer(1)]);
		assert_eq!(Members::owner_of(node), Some(bank));
		assert!(!Members::member_entry(bank).unwrap().active);
	});
}

#[test]
fn a_suspended_member_cannot_act() {
	build_and_execute(|| {
		let (bank, node) = bank();
		assert_ok!(Members::suspend(RuntimeOrigin::signed(SUSPEND), bank));
		let by = || RuntimeOrigin::signed(BANK);
		let refused = || Error::<Test>::MemberSuspended;
		assert_noop!(Members::exit(by()), refused());
		assert_noop!(Members::set_manager(by(), 50), refused());
		assert_noop!(Members::update_contact(by(), contact("c")), refused());
		assert_noop!(
			Members::register_node(by(), peer(9), addresses(9), key(9), key(9), 50),
			refused()
		);
		assert_noop!(Members::set_addresses(by(), node, addresses(9)), refused());
		assert_noop!(Members::announce_keys(by(), node, key(9), key(9), 5, 5), refused());
		assert_noop!(Members::retire_keys(by(), node, key(1)), refused());
		assert_noop!(Members::set_delegate(by(), node, 50), refused());
		assert_noop!(Members::remove_node(by(), node), refused());
		assert_noop!(Members::report_compromise(by(), node, key(1), 1), refused());
	});
}

#[test]
fn fails_when_suspended_already() {
	build_and_execute(|| {
		let (bank, _) = bank();
		assert_ok!(Members::suspend(RuntimeOrigin::signed(SUSPEND), bank));
		assert_noop!(
			Members::suspend(RuntimeOrigin::signed(SUSPEND), bank),
			Error::<Test>::MemberSuspended
		);
	});
}

#[test]
fn fails_when_unauthorized() {
	build_and_execute(|| {
		let (bank, _) = bank();
		for who in [EXIT, FORCE, BANK, OUTSIDER] {
			assert_noop!(Members::suspend(RuntimeOrigin::signed(who), bank), BadOrigin);
		}
	});
}

/// The quick power does not do again at once what the greater one undid; the greater one may.
#[test]
fn fails_when_the_member_was_reinstated_lately() {
	build_and_execute(|| {
		let (bank, _) = bank();
		assert_ok!(Members::suspend(RuntimeOrigin::signed(SUSPEND), bank));
		run_to(4);
		assert_ok!(Members::reinstate(RuntimeOrigin::signed(ADMIT), bank, 1));
		for block in [4, 23] {
			run_to(block);
			assert_noop!(
				Members::suspend(RuntimeOrigin::signed(SUSPEND), bank),
				Error::<Test>::ReinstatedLately
			);
		}
		assert_ok!(Members::suspend(RuntimeOrigin::signed(ADMIT), bank));
		assert_ok!(Members::reinstate(RuntimeOrigin::signed(ADMIT), bank, 23));
		run_to(43);
		assert_ok!(Members::suspend(RuntimeOrigin::signed(SUSPEND), bank));
		assert_ok!(Members::remove(RuntimeOrigin::signed(EXIT), bank));
		assert!(!Reinstated::<Test>::contains_key(bank));
	});
}

#[test]
fn fails_when_there_is_no_such_member() {
	build_and_execute(|| {
		let (bank, _) = bank();
		assert_ok!(Members::remove(RuntimeOrigin::signed(EXIT), bank));
		assert_noop!(
			Members::suspend(RuntimeOrigin::signed(SUSPEND), bank),
			Error::<Test>::MemberExited
		);
		assert_noop!(
			Members::suspend(RuntimeOrigin::signed(SUSPEND), 7),
			Error::<Test>::MemberNotFound
		);
	});
}
