// SPDX-License-Identifier: Apache-2.0

use super::prelude::*;

#[test]
fn ends_keys_and_keeps_the_record() {
	build_and_execute(|| {
		let (bank, node) = bank();
		let revision = Members::peers_revision();
		run_to(30);
		assert_ok!(Members::remove_node(RuntimeOrigin::signed(BANK), node));
		assert_eq!(
			last_event(),
			Event::NodeRemoved {
				member: bank,
				node,
				peer: peer(1),
				by: Actor::Member
			}
		);
		assert_eq!(Members::node_entry(node), None);
		assert_eq!(Members::authorised_peers(), Vec::<PeerIdBytes>::new());
		assert!(Members::peers_revision() > revision);
		assert_eq!(
			Members::node_record(node),
			Some(NodeRecord {
				member: bank,
				registered_at: 1,
				removed_at: Some(30),
				peer: peer(1),
			})
		);
		assert_eq!(Members::keys_at(node, 30).len(), 1);
		assert_eq!(Members::keys_at(node, 31).len(), 0);
	});
}

#[test]
fn announced_keys_never_begin() {
	build_and_execute(|| {
		let (_, node) = bank();
		assert_ok!(Members::announce_keys(
			RuntimeOrigin::signed(BANK),
			node,
			key(3),
			key(3),
			10,
			5
		));
		run_to(5);
		assert_ok!(Members::remove_node(RuntimeOrigin::signed(BANK), node));
		assert_eq!(Members::keys_at(node, 10), []);
	});
}

#[test]
fn fails_when_the_node_is_anothers_or_unknown() {
	build_and_execute(|| {
		let (_, node) = bank();
		issuer_with_node();
		let by = |who, node| Members::remove_node(RuntimeOrigin::signed(who), node);
		assert_noop!(by(ISSUER, node), Error::<Test>::NotAuthorized);
		assert_noop!(by(BANK_DELEGATE, node), Error::<Test>::NotAuthorized);
		assert_ok!(by(BANK, node));
		assert_noop!(by(BANK, node), Error::<Test>::NodeNotFound);
	});
}
