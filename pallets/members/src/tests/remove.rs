// SPDX-License-Identifier: Apache-2.0

use super::prelude::*;

#[test]
fn parts_with_a_member() {
	build_and_execute(|| {
		let (bank, node) = bank();
		let info = Members::remove(RuntimeOrigin::signed(EXIT), bank).unwrap();
		assert_eq!(
			info.actual_weight,
			Some(<Test as Config>::WeightInfo::remove(1) + EXIT_WEIGHT)
		);
		assert_eq!(Left::get(), [(bank, BANK)]);
		assert_eq!(
			last_event(),
			Event::MemberExited {
				member: bank,
				by: Actor::Council,
				nodes: 1
			}
		);
		assert_eq!(Members::ensure_active(bank), Err(Refusal::MemberUnknown));
		assert_eq!(Members::owner_of(node), None);
	});
}

#[test]
fn works_on_a_suspended_member() {
	build_and_execute(|| {
		let (bank, _) = bank();
		assert_ok!(Members::suspend(RuntimeOrigin::signed(SUSPEND), bank));
		assert_ok!(Members::remove(RuntimeOrigin::signed(EXIT), bank));
	});
}

#[test]
fn fails_when_unauthorized() {
	build_and_execute(|| {
		let (bank, _) = bank();
		for who in [ADMIT, SUSPEND, FORCE, BANK] {
			assert_noop!(Members::remove(RuntimeOrigin::signed(who), bank), BadOrigin);
		}
	});
}

#[test]
fn fails_when_there_is_no_such_member() {
	build_and_execute(|| {
		let (bank, _) = bank();
		assert_ok!(Members::remove(RuntimeOrigin::signed(EXIT), bank));
		assert_noop!(
			Members::remove(RuntimeOrigin::signed(EXIT), bank),
			Error::<Test>::MemberExited
		);
		assert_noop!(
			Members::remove(RuntimeOrigin::signed(EXIT), 7),
			Error::<Test>::MemberNotFound
		);
	});
}
