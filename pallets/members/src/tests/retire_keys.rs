// SPDX-License-Identifier: Apache-2.0

use super::prelude::*;

fn announce(node: NodeId, seed: u8, valid_from: BlockNumber, overlap: BlockNumber) {
	assert_ok!(Members::announce_keys(
		RuntimeOrigin::signed(BANK),
		node,
		key(seed),
		key(seed),
		valid_from,
		overlap
	));
}

fn retire(node: NodeId, seed: u8) -> sp_runtime::DispatchResult {
	Members::retire_keys(RuntimeOrigin::signed(BANK), node, key(seed))
}

#[test]
fn keys_given_up_hold_to_the_end_of_the_block() {
	build_and_execute(|| {
		let (_, node) = bank();
		announce(node, 3, 10, 100);
		run_to(12);
		assert_ok!(retire(node, 1));
		let key = CourierKey {
			signing: key(1),
			sealing: key(1),
			valid_from: 1,
			valid_until: Some(13),
		};
		assert_eq!(
			last_event(),
			Event::KeysRetired {
				node,
				index: 0,
				key,
				withdrawn: false
			}
		);
		// What a partner anchored in this block, before or after, was signed by keys that held.
		assert_eq!(Members::keys_at(node, 12).len(), 2);
		assert_eq!(Members::keys_at(node, 13).len(), 1);
		assert_eq!(Members::compromise(node, 0), None);
	});
}

#[test]
fn new_keys_given_up_leave_the_old_ones_in_force() {
	build_and_execute(|| {
		let (_, node) = bank();
		announce(node, 3, 10, 5);
		run_to(12);
		assert_ok!(retire(node, 3));
		assert_eq!(
			Members::keys_at(node, 1_000)
				.into_iter()
				.map(|(i, _)| i)
				.collect::<Vec<_>>(),
			[0]
		);
	});
}

#[test]
fn announced_keys_can_be_withdrawn_and_announced_again() {
	build_and_execute(|| {
		let (_, node) = bank();
		announce(node, 3, 10, 5);
		run_to(9);
		assert_ok!(retire(node, 3));
		assert!(matches!(
			last_event(),
			Event::KeysRetired {
				index: 1,
				withdrawn: true,
				..
			}
		));
		assert_eq!(Members::keys_at(node, 10).len(), 1);
		assert_eq!(Members::key_owner(key(3)), None);
		announce(node, 3, 20, 5);
		assert_eq!(Members::key_owner(key(3)), Some((node, 1)));
	});
}

#[test]
fn fails_when_the_node_would_be_without_keys() {
	build_and_execute(|| {
		let (_, node) = bank();
		assert_noop!(retire(node, 1), Error::<Test>::InvalidKeys(KeysFault::LastKeys));
	});
}

#[test]
fn fails_when_the_keys_have_ended_or_are_unknown() {
	build_and_execute(|| {
		let (_, node) = bank();
		issuer_with_node();
		announce(node, 3, 10, 5);
		// The first keys end with block 14.
		run_to(14);
		assert_noop!(retire(node, 1), Error::<Test>::InvalidKeys(KeysFault::AlreadyEnded));
		assert_noop!(retire(node, 2), Error::<Test>::InvalidKeys(KeysFault::NotFound));
		assert_noop!(retire(node, 9), Error::<Test>::InvalidKeys(KeysFault::NotFound));
	});
}

#[test]
fn fails_when_the_node_is_anothers_or_unknown() {
	build_and_execute(|| {
		let (_, node) = bank();
		issuer_with_node();
		let by = |who, node| Members::retire_keys(RuntimeOrigin::signed(who), node, key(1));
		assert_noop!(by(ISSUER, node), Error::<Test>::NotAuthorized);
		assert_noop!(by(BANK_DELEGATE, node), Error::<Test>::NotAuthorized);
		assert_noop!(by(BANK, 99), Error::<Test>::NodeNotFound);
	});
}
