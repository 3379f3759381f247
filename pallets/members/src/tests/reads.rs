// SPDX-License-Identifier: Apache-2.0

use super::prelude::*;

/// A third of the council suspends. If that took nodes off the network, it would take off the validators among them, and with
/// them finality, which is a majority's to decide.
#[test]
fn authorised_peers_are_sorted_and_include_those_of_suspended_members() {
	build_and_execute(|| {
		let (bank, node) = bank();
		issuer_with_node();
		register(ISSUER, 5, 50);
		let mut all = vec![peer(1), peer(2), peer(5)];
		all.sort();
		assert_eq!(Members::authorised_peers(), all);
		assert_ok!(Members::suspend(RuntimeOrigin::signed(SUSPEND), bank));
		assert_eq!(Members::authorised_peers(), all);
		// What ends with the node ends the connection: the member's own word, or two thirds of the council.
		assert_ok!(Members::force_remove_node(RuntimeOrigin::signed(FORCE), node));
		all.retain(|other| *other != peer(1));
		assert_eq!(Members::authorised_peers(), all);
	});
}

/// However many keys a node had, those of a block are found, and in few reads.
#[test]
fn keys_of_any_block_are_found() {
	build_and_execute(|| {
		let (_, node) = bank();
		let mut begun = vec![1];
		for i in 1..120u8 {
			let now = u32::from(i) * 10;
			run_to(now);
			// Now and then the newest pair is taken back before it begins, or an older one is given up.
			let announce = |seed: u8, from| {
				assert_ok!(Members::announce_keys(
					RuntimeOrigin::signed(BANK),
					node,
					key(100 + seed % 120),
					key(1),
					from,
					5
				));
			};
			if i % 7 == 0 {
				announce(i, now + 9);
				assert_ok!(Members::retire_keys(
					RuntimeOrigin::signed(BANK),
					node,
					key(100 + i % 120)
				));
			}
			announce(i, now + 2);
			begun.push(now + 2);
		}
		for at in 0..1_250 {
			let expected: Vec<u32> = (0..begun.len() as u32)
				.filter(|n| {
					let end = begun.get(*n as usize + 1).map_or(u32::MAX, |next| next + 5);
					begun[*n as usize] <= at && at < end
				})
				.collect();
			let found: Vec<u32> = Members::keys_at(node, at).into_iter().map(|(n, _)| n).collect();
			assert_eq!(found, expected, "at block {at}");
		}
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
		assert_ok!(Members::suspend(RuntimeOrigin::signed(SUSPEND), bank));
		assert_ok!(Members::reinstate(
			RuntimeOrigin::signed(ADMIT),
			bank,
			System::block_number()
		));
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
