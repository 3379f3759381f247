// SPDX-License-Identifier: Apache-2.0

use super::prelude::*;

fn announce(node: NodeId, seed: u8, valid_from: BlockNumber, overlap: BlockNumber) -> sp_runtime::DispatchResult {
	Members::announce_keys(
		RuntimeOrigin::signed(BANK),
		node,
		key(seed),
		key(seed),
		valid_from,
		overlap,
	)
}

#[test]
fn old_and_new_hold_together_for_the_overlap() {
	build_and_execute(|| {
		let (_, node) = bank();
		run_to(10);
		assert_ok!(announce(node, 3, 20, 5));
		let new = CourierKey {
			signing: key(3),
			sealing: key(3),
			valid_from: 20,
			valid_until: None,
		};
		assert_eq!(
			last_event(),
			Event::KeysAnnounced {
				node,
				index: 1,
				key: new.clone(),
				old_until: 25
			}
		);

		let numbers = |at| {
			Members::keys_at(node, at)
				.into_iter()
				.map(|(index, _)| index)
				.collect::<Vec<_>>()
		};
		assert_eq!(numbers(0), Vec::<u32>::new());
		assert_eq!(numbers(19), [0]);
		assert_eq!(numbers(20), [0, 1]);
		assert_eq!(numbers(24), [0, 1]);
		assert_eq!(numbers(25), [1]);
		assert_eq!(ring(node)[1], new);
	});
}

#[test]
fn the_history_keeps_what_the_ring_drops() {
	build_and_execute(|| {
		let (_, node) = bank();
		for (i, seed) in (10..20u8).enumerate() {
			run_to(10 + 20 * i as u32);
			assert_ok!(announce(node, seed, 15 + 20 * i as u32, 5));
		}
		assert_eq!(ring(node).len(), 4);
		assert_eq!(KeyHistory::<Test>::iter_prefix(node).count(), 11);
		assert_eq!(Members::keys_at(node, 2)[0].1.signing, key(1));
		assert_eq!(Members::keys_at(node, 34)[0].1.signing, key(10));
		assert_eq!(Members::key_owner(key(10)), Some((node, 1)));
	});
}

#[test]
fn fails_when_the_times_do_not_fit() {
	build_and_execute(|| {
		let (_, node) = bank();
		run_to(10);
		let fails = |valid_from, overlap, fault| {
			assert_noop!(
				announce(node, 3, valid_from, overlap),
				Error::<Test>::InvalidKeys(fault)
			);
		};
		fails(10, 5, KeysFault::NotInFuture);
		fails(211, 5, KeysFault::TooFarAhead);
		fails(11, 4, KeysFault::OverlapTooShort);
		fails(11, 101, KeysFault::OverlapTooLong);
		assert_ok!(announce(node, 3, 210, 100));
	});
}

#[test]
fn fails_when_a_rotation_is_pending() {
	build_and_execute(|| {
		let (_, node) = bank();
		assert_ok!(announce(node, 3, 10, 5));
		run_to(9);
		assert_noop!(
			announce(node, 4, 20, 5),
			Error::<Test>::InvalidKeys(KeysFault::RotationPending)
		);
		run_to(10);
		assert_ok!(announce(node, 4, 20, 5));
	});
}

#[test]
fn boundary_fails_when_four_keys_hold() {
	build_and_execute(|| {
		let (_, node) = bank();
		for (seed, at) in [(3, 1), (4, 2), (5, 3)] {
			run_to(at);
			assert_ok!(announce(node, seed, at + 1, 100));
		}
		run_to(101);
		assert_noop!(
			announce(node, 6, 150, 5),
			Error::<Test>::InvalidKeys(KeysFault::RingFull)
		);
		// The first ended with block 2 + 100.
		run_to(102);
		assert_ok!(announce(node, 6, 150, 5));
	});
}

#[test]
fn fails_when_a_key_was_announced_before() {
	build_and_execute(|| {
		let (_, node) = bank();
		issuer_with_node();
		assert_noop!(announce(node, 1, 10, 5), Error::<Test>::KeyAlreadyExists);
		assert_noop!(announce(node, 2, 10, 5), Error::<Test>::KeyAlreadyExists);
	});
}

#[test]
fn fails_when_keys_are_weak() {
	build_and_execute(|| {
		let (_, node) = bank();
		assert_noop!(
			Members::announce_keys(RuntimeOrigin::signed(BANK), node, [0; 32], key(3), 10, 5),
			Error::<Test>::InvalidKeys(KeysFault::WeakSigningKey)
		);
	});
}

/// Bytes that are no point, or not in the one encoding that every program takes, would sign evidence that a court's program refuses.
#[test]
fn fails_when_nobody_could_check_what_the_key_signs() {
	build_and_execute(|| {
		let (_, node) = bank();
		let no_point = (0..=u8::MAX)
			.map(|seed| sp_io::hashing::sha2_256(&[seed]))
			.find(|bytes| !sealane_primitives::signature::is_strict_key(bytes))
			.unwrap();
		// y = 2^255 - 15, another encoding of y = 4.
		let mut not_canonical = [0xff; 32];
		not_canonical[0] = 0xf1;
		not_canonical[31] = 0x7f;
		for signing in [no_point, not_canonical] {
			assert_noop!(
				Members::announce_keys(RuntimeOrigin::signed(BANK), node, signing, key(3), 10, 5),
				Error::<Test>::InvalidKeys(KeysFault::InvalidSigningKey)
			);
			assert_noop!(
				Members::register_node(RuntimeOrigin::signed(BANK), peer(9), addresses(9), signing, key(3), 50),
				Error::<Test>::InvalidKeys(KeysFault::InvalidSigningKey)
			);
		}
	});
}

#[test]
fn fails_when_the_node_is_anothers_or_unknown() {
	build_and_execute(|| {
		let (_, node) = bank();
		issuer_with_node();
		let by = |who, node| Members::announce_keys(RuntimeOrigin::signed(who), node, key(3), key(3), 10, 5);
		assert_noop!(by(ISSUER, node), Error::<Test>::NotAuthorized);
		// A stolen node cannot give itself keys.
		assert_noop!(by(BANK_DELEGATE, node), Error::<Test>::NotAuthorized);
		assert_noop!(by(BANK, 99), Error::<Test>::NodeNotFound);
	});
}
