// SPDX-License-Identifier: Apache-2.0

use super::prelude::*;

fn try_admit(
	name_: &[u8],
	legal_id: LegalId,
	contact_: &[u8],
	roles: Roles,
	manager: AccountId,
) -> sp_runtime::DispatchResult {
	let (name, contact) = (
		name_.to_vec().try_into().unwrap(),
		contact_.to_vec().try_into().unwrap(),
	);
	Members::admit(RuntimeOrigin::signed(ADMIT), name, legal_id, contact, roles, manager)
}

#[test]
fn admits_with_the_next_number() {
	build_and_execute(|| {
		assert_eq!(admit(BANK, seller()), 0);
		assert_eq!(
			last_event(),
			Event::MemberAdmitted {
				member: 0,
				legal_id: sample_lei(BANK as u32),
				roles: seller(),
				manager: BANK
			}
		);
		assert_eq!(admit(ISSUER, issuer()), 1);
		assert_eq!(Members::member_of(&BANK), Some(0));
		assert_eq!(Members::manager(1), Some(ISSUER));
		assert!(Members::has_role(0, Role::Seller) && !Members::has_role(0, Role::Issuer));
		assert_ok!(Members::ensure_active(0));
		assert_eq!(System::providers(&BANK), 1);
	});
}

#[test]
fn fails_when_unauthorized() {
	build_and_execute(|| {
		for origin in [
			RuntimeOrigin::none(),
			RuntimeOrigin::root(),
			RuntimeOrigin::signed(SUSPEND),
			RuntimeOrigin::signed(EXIT),
		] {
			assert_noop!(
				Members::admit(origin, name("B"), sample_lei(1), contact("c"), seller(), BANK),
				BadOrigin
			);
		}
	});
}

#[test]
fn fails_when_a_text_is_not_presentable() {
	build_and_execute(|| {
		assert_noop!(
			try_admit(b"", sample_lei(1), b"c", seller(), BANK),
			Error::<Test>::InvalidName(TextFault::Empty)
		);
		assert_noop!(
			try_admit(b"B", sample_lei(1), b"a\tb", seller(), BANK),
			Error::<Test>::InvalidContact(TextFault::ControlCharacter)
		);
	});
}

#[test]
fn fails_when_the_legal_number_is_wrong() {
	build_and_execute(|| {
		let LegalId::Lei(mut lei) = sample_lei(1) else {
			unreachable!("samples are LEIs; qed")
		};
		lei.swap(16, 17);
		assert_noop!(
			try_admit(b"B", LegalId::Lei(lei), b"c", seller(), BANK),
			Error::<Test>::InvalidLegalId(LegalIdFault::CheckCharacter)
		);
		assert_noop!(
			try_admit(b"B", LegalId::CreditCode([b'-'; 18]), b"c", seller(), BANK),
			Error::<Test>::InvalidLegalId(LegalIdFault::Character)
		);
	});
}

#[test]
fn fails_when_the_institution_is_a_member() {
	build_and_execute(|| {
		admit(BANK, seller());
		assert_noop!(
			try_admit(b"Other", sample_lei(BANK as u32), b"c", seller(), 77),
			Error::<Test>::LegalIdAlreadyExists
		);
	});
}

#[test]
fn fails_when_roles_are_none_or_unknown() {
	build_and_execute(|| {
		for roles in [Roles(0), Roles(0b1_0000), Roles(0xff)] {
			assert_noop!(
				try_admit(b"B", sample_lei(1), b"c", roles, BANK),
				Error::<Test>::InvalidRoles
			);
		}
	});
}

#[test]
fn fails_when_the_manager_is_taken() {
	build_and_execute(|| {
		bank();
		assert_noop!(
			try_admit(b"B", sample_lei(50), b"c", seller(), BANK),
			Error::<Test>::ManagerAlreadyExists
		);
		assert_noop!(
			try_admit(b"B", sample_lei(50), b"c", seller(), BANK_DELEGATE),
			Error::<Test>::ManagerIsDelegate
		);
	});
}

#[test]
fn boundary_members_are_limited_and_places_are_freed() {
	build_and_execute(|| {
		for manager in 1..=8 {
			admit(manager, seller());
		}
		assert_noop!(
			try_admit(b"B", sample_lei(9), b"c", seller(), 9),
			Error::<Test>::MaxMembersExceeded
		);
		assert_ok!(Members::remove(RuntimeOrigin::signed(EXIT), 3));
		assert_eq!(admit(9, seller()), 8);
	});
}

#[test]
fn boundary_the_last_number_is_not_given() {
	build_and_execute(|| {
		NextMemberId::<Test>::put(MemberId::MAX);
		assert_noop!(
			try_admit(b"B", sample_lei(9), b"c", seller(), 9),
			Error::<Test>::IdsExhausted
		);
	});
}

#[test]
fn an_institution_that_left_comes_back_as_another_member() {
	build_and_execute(|| {
		let first = admit(BANK, seller());
		assert_ok!(Members::exit(RuntimeOrigin::signed(BANK)));
		let second = admit(BANK, seller());
		assert_ne!(first, second);
		assert_eq!(Members::ensure_active(first), Err(Refusal::MemberUnknown));
		assert_ok!(Members::ensure_active(second));
	});
}
