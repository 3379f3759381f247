// SPDX-License-Identifier: Apache-2.0

//! Courier keys change over real blocks: both hold in the overlap, and the past stays answerable.

use super::setup::*;
use crate::{Members, Runtime, RuntimeOrigin, System, MINUTES};
use frame_support::assert_ok;
use sealane_primitives::{business::Role, ids::BlockNumber};

fn valid(node: u32, at: BlockNumber) -> Vec<[u8; 32]> {
	Members::keys_at(node, at)
		.into_iter()
		.map(|(_, key)| key.signing)
		.collect()
}

/// What partners read in the directory: the keys that hold in the block under way.
fn in_directory(node: u32) -> Vec<[u8; 32]> {
	let now = System::block_number();
	let entry = Members::node_entry(node).expect("the node is registered");
	entry
		.keys
		.iter()
		.filter(|key| key.is_valid_at(now))
		.map(|key| key.signing)
		.collect()
}

#[test]
fn old_and_new_keys_hold_together_for_the_overlap() {
	let mut chain = Chain::new();
	let bank = chain.look(|| join("bank", &[Role::Seller]));
	let old = chain.look(|| valid(bank.node, 0)[0]);
	let new = courier_key("bank/courier/2");
	let (from, overlap) = (5, MINUTES);
	chain.block(|| {
		let announce = pallet_members::Call::<Runtime>::announce_keys {
			node: bank.node,
			signing: new,
			sealing: new,
			valid_from: from,
			overlap,
		};
		assert_ok!(send(&bank.manager, announce.into()).expect("within its allowance"));
	});
	for number in 2..=from + overlap + 2 {
		chain.block(|| {
			assert_eq!(System::block_number(), number);
			let expected = match number {
				n if n < from => vec![old],
				n if n < from + overlap => vec![old, new],
				_ => vec![new],
			};
			assert_eq!(in_directory(bank.node), expected, "in block {number}");
			assert_eq!(valid(bank.node, number), expected, "in block {number}");
		});
	}
	// What held when is answered for ever, also after the node is gone.
	chain.look(|| {
		assert_ok!(Members::remove_node(
			RuntimeOrigin::signed(account(&bank.manager)),
			bank.node
		));
		assert_eq!(valid(bank.node, from - 1), [old]);
		assert_eq!(valid(bank.node, from), [old, new]);
		assert_eq!(valid(bank.node, from + overlap), [new]);
		// In the block of the removal they still hold, in the next they do not.
		assert_eq!(valid(bank.node, System::block_number()), [new]);
		assert!(valid(bank.node, System::block_number() + 1).is_empty());
	});
}
