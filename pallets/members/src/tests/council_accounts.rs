// SPDX-License-Identifier: Apache-2.0

use super::prelude::*;

use frame_support::parameter_types;
use frame_support::traits::{ChangeMembers, Contains, InitializeMembers};

parameter_types! {
	/// What the hook behind ours heard.
	static Heard: Vec<AccountId> = Vec::new();
}

/// Stands for the collective behind the hook.
struct Collective;
impl InitializeMembers<AccountId> for Collective {
	fn initialize_members(members: &[AccountId]) {
		Heard::set(members.to_vec());
	}
}
impl ChangeMembers<AccountId> for Collective {
	fn change_members_sorted(_: &[AccountId], _: &[AccountId], new: &[AccountId]) {
		Heard::set(new.to_vec());
	}
	fn get_prime() -> Option<AccountId> {
		Some(7)
	}
}

type Hook = CouncilAccounts<Test, Collective>;

#[test]
fn who_joins_the_council_may_transact() {
	build_and_execute(|| {
		Hook::initialize_members(&[COUNCILLOR]);
		assert_eq!(Heard::get(), [COUNCILLOR]);
		Council::set(vec![COUNCILLOR, 801]);
		Hook::change_members_sorted(&[801], &[], &[COUNCILLOR, 801]);
		assert_eq!(Heard::get(), [COUNCILLOR, 801]);
		assert_eq!(Hook::get_prime(), Some(7));
		assert_eq!((System::providers(&COUNCILLOR), System::providers(&801)), (1, 1));
		assert!(Transactors::<Test>::contains(&801));
	});
}

#[test]
fn who_leaves_the_council_keeps_the_nonce_and_nothing_else() {
	build_and_execute(|| {
		Hook::initialize_members(&[COUNCILLOR]);
		System::inc_account_nonce(COUNCILLOR);
		let full = Members::council_limits().max;
		CouncilAllowances::<Test>::insert(COUNCILLOR, bucket::Bucket { level: full / 2, at: 1 });
		Council::set(Vec::new());
		Hook::change_members_sorted(&[], &[COUNCILLOR], &[]);
		assert!(!Transactors::<Test>::contains(&COUNCILLOR));
		assert!(!CouncilAllowances::<Test>::contains_key(COUNCILLOR));
		assert_eq!(System::account_nonce(COUNCILLOR), 1);

		Council::set(vec![COUNCILLOR]);
		Hook::change_members_sorted(&[COUNCILLOR], &[], &[COUNCILLOR]);
		assert_eq!(System::providers(&COUNCILLOR), 1);
		// Empty, whatever it was: a full allowance with each change of seats would be one without end.
		assert_eq!(Members::allowance_of(COUNCILLOR), Some(0));
		run_to(2);
		assert_eq!(
			Members::allowance_of(COUNCILLOR),
			Some(Members::council_limits().per_block)
		);
	});
}

/// However often a seat moves to another account, all of them together have what one account would have had.
#[test]
fn a_seat_that_moves_has_one_allowance() {
	build_and_execute(|| {
		Hook::initialize_members(&[COUNCILLOR]);
		let limits = Members::council_limits();
		let (mut holder, mut had) = (COUNCILLOR, 0);
		for block in 1..=50 {
			run_to(block);
			for _ in 0..3 {
				let left = Members::allowance_of(holder).unwrap();
				had += left;
				CouncilAllowances::<Test>::insert(holder, bucket::Bucket::empty(block));
				let next = holder + 1;
				Council::set(vec![next]);
				Hook::change_members_sorted(&[next], &[holder], &[next]);
				holder = next;
			}
		}
		assert!(had <= limits.max + 50 * limits.per_block, "{had}");
	});
}

#[test]
fn managers_and_delegates_may_transact_while_their_member_is_active() {
	build_and_execute(|| {
		let (bank, _) = bank();
		let may = |who| {
			(
				Transactors::<Test>::contains(&who),
				ActiveManagers::<Test>::contains(&who),
			)
		};
		assert_eq!(may(BANK), (true, true));
		assert_eq!(may(BANK_DELEGATE), (true, false));
		assert_eq!(may(COUNCILLOR), (true, false));
		assert_eq!(may(OUTSIDER), (false, false));
		assert_ok!(Members::suspend(RuntimeOrigin::signed(SUSPEND), bank));
		assert_eq!((may(BANK), may(BANK_DELEGATE)), ((false, false), (false, false)));
		// A councillor votes on, whatever becomes of the institution.
		Council::set(vec![BANK]);
		assert_eq!(may(BANK), (true, false));
	});
}
