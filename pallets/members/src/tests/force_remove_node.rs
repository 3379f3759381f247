// SPDX-License-Identifier: Apache-2.0

use super::prelude::*;

#[test]
fn takes_away_a_members_node() {
	build_and_execute(|| {
		let (bank, node) = bank();
		assert_ok!(Members::force_remove_node(RuntimeOrigin::signed(FORCE), node));
		assert_eq!(
			last_event(),
			Event::NodeRemoved {
				member: bank,
				node,
				peer: peer(1),
				by: Actor::Council
			}
		);
		assert_ok!(Members::ensure_active(bank));
	});
}

#[test]
fn works_on_a_suspended_members_node() {
	build_and_execute(|| {
		let (bank, node) = bank();
		assert_ok!(Members::suspend(RuntimeOrigin::signed(SUSPEND), bank));
		assert_ok!(Members::force_remove_node(RuntimeOrigin::signed(FORCE), node));
	});
}

#[test]
fn fails_when_unauthorized() {
	build_and_execute(|| {
		let (_, node) = bank();
		for who in [ADMIT, SUSPEND, EXIT, BANK, ISSUER] {
			assert_noop!(Members::force_remove_node(RuntimeOrigin::signed(who), node), BadOrigin);
		}
	});
}

#[test]
fn fails_when_there_is_no_such_node() {
	build_and_execute(|| {
		assert_noop!(
			Members::force_remove_node(RuntimeOrigin::signed(FORCE), 0),
			Error::<Test>::NodeNotFound
		);
	});
}
