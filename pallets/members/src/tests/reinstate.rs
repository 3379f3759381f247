// SPDX-License-Identifier: Apache-2.0

use super::prelude::*;

#[test]
fn gives_back_what_the_suspension_took() {
	build_and_execute(|| {
		let (bank, _) = bank();
		let before = Members::member_entry(bank);
		run_to(5);
		assert_ok!(Members::suspend(RuntimeOrigin::signed(SUSPEND), bank));
		run_to(8);
		assert_ok!(Members::reinstate(RuntimeOrigin::signed(ADMIT), bank, 5));
		assert_eq!(
			last_event(),
			Event::MemberReinstated {
				member: bank,
				suspended_since: 5
			}
		);
		assert_eq!(Members::member_entry(bank), before);
		assert_eq!(Members::authorised_peers(), [peer(1)]);
	});
}

#[test]
fn fails_when_not_suspended() {
	build_and_execute(|| {
		let (bank, _) = bank();
		assert_noop!(
			Members::reinstate(RuntimeOrigin::signed(ADMIT), bank, 1),
			Error::<Test>::MemberNotSuspended
		);
	});
}

#[test]
fn fails_when_unauthorized() {
	build_and_execute(|| {
		let (bank, _) = bank();
		assert_ok!(Members::suspend(RuntimeOrigin::signed(SUSPEND), bank));
		// The quick power suspends only.
		for who in [SUSPEND, EXIT, FORCE, BANK] {
			assert_noop!(Members::reinstate(RuntimeOrigin::signed(who), bank, 1), BadOrigin);
		}
	});
}

#[test]
fn fails_when_the_member_has_left() {
	build_and_execute(|| {
		let (bank, _) = bank();
		assert_ok!(Members::suspend(RuntimeOrigin::signed(SUSPEND), bank));
		assert_ok!(Members::remove(RuntimeOrigin::signed(EXIT), bank));
		assert_noop!(
			Members::reinstate(RuntimeOrigin::signed(ADMIT), bank, 1),
			Error::<Test>::MemberExited
		);
		assert_noop!(
			Members::reinstate(RuntimeOrigin::signed(ADMIT), 7, 1),
			Error::<Test>::MemberNotFound
		);
	});
}

/// What the council decided about one suspension does not end another that came meanwhile.
#[test]
fn fails_when_another_suspension_stands() {
	build_and_execute(|| {
		let (bank, _) = bank();
		run_to(5);
		assert_ok!(Members::suspend(RuntimeOrigin::signed(SUSPEND), bank));
		run_to(6);
		assert_ok!(Members::reinstate(RuntimeOrigin::signed(ADMIT), bank, 5));
		run_to(40);
		assert_ok!(Members::suspend(RuntimeOrigin::signed(SUSPEND), bank));
		assert_noop!(
			Members::reinstate(RuntimeOrigin::signed(ADMIT), bank, 5),
			Error::<Test>::AnotherSuspension
		);
		assert_ok!(Members::reinstate(RuntimeOrigin::signed(ADMIT), bank, 40));
	});
}
