// SPDX-License-Identifier: Apache-2.0

use super::prelude::*;

#[test]
fn authorised_peers_are_sorted_and_of_active_members() {
	build_and_execute(|| {
		let (bank, _) = bank();
		issuer_with_node();
		register(ISSUER, 5, 50);
		let mut all = vec![peer(1), peer(2), peer(5)];
		all.sort();
		assert_eq!(Members::authorised_peers(), all);
		assert_ok!(Members::suspend(RuntimeOrigin::signed(SUSPEND), bank));
		all.retain(|other| *other != peer(1));
		assert_eq!(Members::authorised_peers(), all);
	});
}

#[test]
fn a_member_is_described_with_its_nodes() {
	build_and_execute(|| {
		let (bank, node) = bank();
		let entry = Members::member_entry(bank).unwrap();
		assert_eq!((entry.id, entry.roles, entry.active), (bank, seller(), true));
		assert_eq!(entry.name, "银行 Bank".as_bytes());
		assert_eq!(entry.nodes[0].id, node);
		assert_eq!(Members::member_entry(99), None);
		assert_eq!(Members::node_entry(99), None);
	});
}

#[test]
fn unknown_members_and_nodes_have_nothing() {
	build_and_execute(|| {
		assert_eq!(Members::ensure_active(0), Err(Refusal::MemberUnknown));
		assert_eq!(Members::manager(0), None);
		assert!(!Members::has_role(0, Role::Seller));
		assert_eq!(Members::delegate(0), None);
		assert_eq!(Members::owner_of(0), None);
		assert_eq!(Members::member_of(&OUTSIDER), None);
		assert_eq!(Members::allowance_of(OUTSIDER), None);
	});
}

#[test]
fn the_revision_changes_with_the_peers_and_not_otherwise() {
	build_and_execute(|| {
		let (bank, node) = bank();
		let revision = Members::peers_revision();
		assert_ok!(Members::set_addresses(RuntimeOrigin::signed(BANK), node, addresses(5)));
		assert_ok!(Members::set_delegate(RuntimeOrigin::signed(BANK), node, 50));
		assert_ok!(Members::set_roles(RuntimeOrigin::signed(ADMIT), bank, issuer()));
		assert_ok!(Members::announce_keys(
			RuntimeOrigin::signed(BANK),
			node,
			key(3),
			key(3),
			10,
			5
		));
		assert_eq!(Members::peers_revision(), revision);
		assert_ok!(Members::exit(RuntimeOrigin::signed(BANK)));
		assert!(Members::peers_revision() > revision);
	});
}
