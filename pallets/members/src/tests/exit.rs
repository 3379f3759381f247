// SPDX-License-Identifier: Apache-2.0

use super::prelude::*;

#[test]
fn removes_nodes_and_frees_everything_but_numbers_and_keys() {
	build_and_execute(|| {
		let (bank, node) = bank();
		let second = register(BANK, 5, 50);
		let other = issuer_with_node().0;
		run_to(20);
		let info = Members::exit(RuntimeOrigin::signed(BANK)).unwrap();
		assert_eq!(
			info.actual_weight,
			Some(<Test as Config>::WeightInfo::exit(2) + EXIT_WEIGHT)
		);
		assert_eq!(Left::get(), [(bank, BANK)]);
		assert_eq!(
			last_event(),
			Event::MemberExited {
				member: bank,
				by: Actor::Member,
				nodes: 2
			}
		);

		assert_eq!(Members::member_of(&BANK), None);
		assert_eq!(Members::manager(bank), None);
		assert!(!Members::has_role(bank, Role::Seller));
		assert_eq!(Members::delegate_of(&BANK_DELEGATE), None);
		assert_eq!(Members::node_by_peer(&peer(1)), None);
		assert_eq!(Members::authorised_peers(), [peer(2)]);
		assert_ok!(Members::ensure_active(other));

		assert_eq!(
			Members::node_record(second),
			Some(NodeRecord {
				member: bank,
				registered_at: 1,
				removed_at: Some(20),
				peer: peer(5),
			})
		);
		assert_eq!(Members::keys_at(node, 20).len(), 1);
		assert_eq!(Members::keys_at(node, 21), []);
		assert_eq!(Members::profile(bank).unwrap().legal_id, sample_lei(BANK as u32));
	});
}

#[test]
fn the_account_keeps_its_nonce() {
	build_and_execute(|| {
		bank();
		System::inc_account_nonce(BANK);
		System::inc_account_nonce(BANK_DELEGATE);
		assert_ok!(Members::exit(RuntimeOrigin::signed(BANK)));
		bank_again();
		assert_eq!(
			(System::account_nonce(BANK), System::account_nonce(BANK_DELEGATE)),
			(1, 1)
		);
		assert_eq!((System::providers(&BANK), System::providers(&BANK_DELEGATE)), (1, 1));
	});
}

/// The bank returns with new keys.
fn bank_again() {
	admit(BANK, seller());
	register(BANK, 60, BANK_DELEGATE);
}

#[test]
fn works_without_nodes() {
	build_and_execute(|| {
		let member = admit(BANK, seller());
		assert_ok!(Members::exit(RuntimeOrigin::signed(BANK)));
		assert_eq!(
			last_event(),
			Event::MemberExited {
				member,
				by: Actor::Member,
				nodes: 0
			}
		);
	});
}

#[test]
fn fails_when_the_account_acts_for_nobody() {
	build_and_execute(|| {
		bank();
		for who in [OUTSIDER, BANK_DELEGATE, EXIT] {
			assert_noop!(Members::exit(RuntimeOrigin::signed(who)), Error::<Test>::NotAuthorized);
		}
		assert_noop!(Members::exit(RuntimeOrigin::root()), BadOrigin);
	});
}
