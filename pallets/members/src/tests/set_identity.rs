// SPDX-License-Identifier: Apache-2.0

use super::prelude::*;

fn set(member: MemberId, text: &str, number: u32) -> sp_runtime::DispatchResult {
	Members::set_identity(RuntimeOrigin::signed(ADMIT), member, name(text), sample_lei(number))
}

#[test]
fn the_past_keeps_its_name() {
	build_and_execute(|| {
		let (bank, _) = bank();
		run_to(30);
		assert_ok!(set(bank, "First Bank of the North", BANK as u32));
		assert_eq!(
			last_event(),
			Event::IdentityChanged {
				member: bank,
				version: 2,
				name: name("First Bank of the North"),
				legal_id: sample_lei(BANK as u32),
			}
		);
		run_to(40);
		assert_ok!(set(bank, "First Bank", 70));

		let known = |version| {
			let MemberIdentity { from, name, legal_id } = Members::identity(bank, version)?;
			Some((from, String::from_utf8(name.into_inner()).unwrap(), legal_id))
		};
		let first = sample_lei(BANK as u32);
		assert_eq!(known(1), Some((1, "银行 Bank".into(), first)));
		assert_eq!(known(2), Some((30, "First Bank of the North".into(), first)));
		assert_eq!(known(3), Some((40, "First Bank".into(), sample_lei(70))));
		assert_eq!(known(4), None);
		assert_eq!(Members::profile(bank).unwrap().name, name("First Bank"));
		assert_eq!(Members::member_entry(bank).unwrap().name, b"First Bank");
		// The old number is free, the new one is not.
		let admit = |number| {
			Members::admit(
				RuntimeOrigin::signed(ADMIT),
				name("B"),
				sample_lei(number),
				contact("c"),
				seller(),
				77,
			)
		};
		assert_noop!(admit(70), Error::<Test>::LegalIdAlreadyExists);
		assert_ok!(admit(BANK as u32));
	});
}

#[test]
fn works_on_a_suspended_member() {
	build_and_execute(|| {
		let (bank, _) = bank();
		assert_ok!(Members::suspend(RuntimeOrigin::signed(SUSPEND), bank));
		assert_ok!(set(bank, "B", 70));
	});
}

#[test]
fn fails_when_name_or_number_cannot_be_taken() {
	build_and_execute(|| {
		let (bank, _) = bank();
		issuer_with_node();
		assert_noop!(set(bank, "", BANK as u32), Error::<Test>::InvalidName(TextFault::Empty));
		assert_noop!(
			set(bank, "Bank\u{202e}", BANK as u32),
			Error::<Test>::InvalidName(TextFault::InvisibleCharacter)
		);
		assert_noop!(set(bank, "B", ISSUER as u32), Error::<Test>::LegalIdAlreadyExists);
	});
}

#[test]
fn fails_when_there_is_no_such_member() {
	build_and_execute(|| {
		let (bank, _) = bank();
		assert_noop!(set(9, "B", 9), Error::<Test>::MemberNotFound);
		assert_ok!(Members::exit(RuntimeOrigin::signed(BANK)));
		assert_noop!(set(bank, "B", 9), Error::<Test>::MemberExited);
	});
}

#[test]
fn fails_when_unauthorized() {
	build_and_execute(|| {
		let (bank, _) = bank();
		for who in [SUSPEND, EXIT, FORCE, POLICY, BANK, COUNCILLOR] {
			assert_noop!(
				Members::set_identity(RuntimeOrigin::signed(who), bank, name("B"), sample_lei(9)),
				BadOrigin
			);
		}
	});
}
