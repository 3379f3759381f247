// SPDX-License-Identifier: Apache-2.0

use super::prelude::*;

fn report(node: NodeId, seed: u8, since: BlockNumber) -> sp_runtime::DispatchResult {
	Members::report_compromise(RuntimeOrigin::signed(BANK), node, key(seed), since)
}

fn rotate(node: NodeId, seed: u8, valid_from: BlockNumber) {
	assert_ok!(Members::announce_keys(
		RuntimeOrigin::signed(BANK),
		node,
		key(seed),
		key(seed),
		valid_from,
		5
	));
}

#[test]
fn gives_the_keys_up_and_keeps_both_dates() {
	build_and_execute(|| {
		let (_, node) = bank();
		run_to(20);
		rotate(node, 3, 21);
		assert_ok!(report(node, 1, 12));
		assert_eq!(
			last_event(),
			Event::KeysCompromised {
				node,
				index: 0,
				since: 12
			}
		);
		assert_eq!(
			Members::compromise(node, 0),
			Some(Compromise {
				since: 12,
				declared: 20
			})
		);
		// Until the end of this block they hold: what was anchored before the declaration stays proven.
		assert_eq!(ring(node)[0].valid_until, Some(21));
		assert_eq!(KeyHistory::<Test>::get(node, 0).as_ref(), ring(node).first());
	});
}

#[test]
fn works_on_keys_that_ended_and_on_nodes_that_are_gone() {
	build_and_execute(|| {
		let (_, node) = bank();
		run_to(10);
		rotate(node, 3, 11);
		run_to(50);
		// They ended at block 16, and the ring may have lost them.
		assert_ok!(report(node, 1, 14));
		assert_eq!(KeyHistory::<Test>::get(node, 0).unwrap().valid_until, Some(16));
		assert_ok!(Members::remove_node(RuntimeOrigin::signed(BANK), node));
		run_to(60);
		assert_ok!(report(node, 3, 55));
		assert_eq!(KeyHistory::<Test>::get(node, 1).unwrap().valid_until, Some(51));
		assert_eq!(
			Members::compromise(node, 1),
			Some(Compromise {
				since: 55,
				declared: 60
			})
		);
	});
}

#[test]
fn fails_when_the_date_cannot_be() {
	build_and_execute(|| {
		run_to(5);
		let (_, node) = bank();
		run_to(20);
		rotate(node, 3, 30);
		let fault = || Error::<Test>::InvalidKeys(KeysFault::SinceOutOfRange);
		assert_noop!(report(node, 1, 4), fault());
		assert_noop!(report(node, 1, 21), fault());
		// Keys that have not begun are taken back by giving them up.
		assert_noop!(report(node, 3, 20), fault());
		assert_ok!(report(node, 1, 5));
	});
}

#[test]
fn fails_when_it_was_said_already() {
	build_and_execute(|| {
		let (_, node) = bank();
		run_to(20);
		rotate(node, 3, 21);
		assert_ok!(report(node, 1, 12));
		run_to(30);
		// A second date would say of the first that it was wrong, after evidence relied on it.
		assert_noop!(
			report(node, 1, 6),
			Error::<Test>::InvalidKeys(KeysFault::AlreadyCompromised)
		);
	});
}

#[test]
fn fails_when_the_node_would_be_without_keys() {
	build_and_execute(|| {
		let (_, node) = bank();
		run_to(20);
		assert_noop!(report(node, 1, 12), Error::<Test>::InvalidKeys(KeysFault::LastKeys));
		rotate(node, 3, 21);
		assert_ok!(report(node, 1, 12));
	});
}

#[test]
fn fails_when_keys_or_node_are_anothers() {
	build_and_execute(|| {
		let (_, node) = bank();
		let (_, other) = issuer_with_node();
		let by = |who, node, seed| Members::report_compromise(RuntimeOrigin::signed(who), node, key(seed), 1);
		assert_noop!(by(ISSUER, node, 1), Error::<Test>::NotAuthorized);
		assert_noop!(by(BANK, other, 2), Error::<Test>::NotAuthorized);
		// A stolen node does not say since when it is.
		assert_noop!(by(BANK_DELEGATE, node, 1), Error::<Test>::NotAuthorized);
		let unknown = || Error::<Test>::InvalidKeys(KeysFault::NotFound);
		assert_noop!(by(BANK, node, 2), unknown());
		assert_noop!(by(BANK, node, 9), unknown());
		assert_noop!(by(BANK, 99, 1), Error::<Test>::NodeNotFound);
	});
}
