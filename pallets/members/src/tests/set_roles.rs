// SPDX-License-Identifier: Apache-2.0

use super::prelude::*;

#[test]
fn replaces_all_roles() {
	build_and_execute(|| {
		let (bank, _) = bank();
		let both = Roles::of(&[Role::Issuer, Role::Auditor]);
		assert_ok!(Members::set_roles(RuntimeOrigin::signed(ADMIT), bank, both));
		assert_eq!(
			last_event(),
			Event::RolesChanged {
				member: bank,
				old: seller(),
				new: both
			}
		);
		assert!(!Members::has_role(bank, Role::Seller));
		assert!(Members::has_role(bank, Role::Auditor));
	});
}

#[test]
fn works_on_a_suspended_member() {
	build_and_execute(|| {
		let (bank, _) = bank();
		assert_ok!(Members::suspend(RuntimeOrigin::signed(SUSPEND), bank));
		assert_ok!(Members::set_roles(RuntimeOrigin::signed(ADMIT), bank, issuer()));
		assert_eq!(Members::ensure_active(bank), Err(Refusal::MemberSuspended));
	});
}

#[test]
fn fails_when_unauthorized() {
	build_and_execute(|| {
		let (bank, _) = bank();
		assert_noop!(
			Members::set_roles(RuntimeOrigin::signed(BANK), bank, issuer()),
			BadOrigin
		);
		assert_noop!(
			Members::set_roles(RuntimeOrigin::signed(FORCE), bank, issuer()),
			BadOrigin
		);
	});
}

#[test]
fn fails_when_roles_are_none_or_unknown() {
	build_and_execute(|| {
		let (bank, _) = bank();
		let set = |roles| Members::set_roles(RuntimeOrigin::signed(ADMIT), bank, roles);
		assert_noop!(set(Roles(0)), Error::<Test>::InvalidRoles);
		assert_noop!(set(Roles(0x80)), Error::<Test>::InvalidRoles);
	});
}

#[test]
fn fails_when_there_is_no_such_member() {
	build_and_execute(|| {
		let (bank, _) = bank();
		assert_ok!(Members::remove(RuntimeOrigin::signed(EXIT), bank));
		let set = |member| Members::set_roles(RuntimeOrigin::signed(ADMIT), member, issuer());
		assert_noop!(set(bank), Error::<Test>::MemberExited);
		assert_noop!(set(7), Error::<Test>::MemberNotFound);
	});
}
