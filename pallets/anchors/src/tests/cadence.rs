// SPDX-License-Identifier: Apache-2.0

//! At most one anchor of a node in each interval of its own, whatever its delegate sends.

use crate::{
	mock::{Anchors, *},
	*,
};
use frame_support::{assert_noop, assert_ok};
use sealane_primitives::directory::CourierPolicy;

fn bank(sequence: u64) -> sp_runtime::DispatchResult {
	Anchors::anchor(signed(BANK_DELEGATE), sequence, hash(sequence as u8))
}

fn set_anchors_per_block(anchors_per_block: u32) {
	let policy = CourierPolicy {
		anchors_per_block,
		..Anchors::policy()
	};
	assert_ok!(Anchors::set_policy(signed(POLICY_MAKER), policy));
}

#[test]
fn a_node_that_sends_in_every_block_anchors_once_in_an_interval() {
	run(|| {
		let (mut taken, mut refused) = (Vec::new(), 0);
		for block in 8..48 {
			System::set_block_number(block);
			match bank(Anchors::next_anchor(BANK_NODE)) {
				Ok(()) => taken.push(block),
				Err(error) => {
					assert_eq!(error, Error::<Test>::IntervalNotOver.into());
					refused += 1;
				}
			}
		}
		assert_eq!(
			taken,
			(8..48).step_by(4).collect::<Vec<_>>(),
			"8 nodes, 2 a block: every fourth block"
		);
		assert_eq!(refused, 30);
	});
}

#[test]
fn boundary_the_last_block_of_an_interval_and_the_first_of_the_next() {
	run(|| {
		System::set_block_number(7);
		assert_ok!(bank(0));
		assert_noop!(bank(1), Error::<Test>::IntervalNotOver);
		System::set_block_number(8);
		assert_eq!(Anchors::turn_of(BANK_NODE), 8);
		assert_ok!(bank(1));
		System::set_block_number(11);
		assert_noop!(bank(2), Error::<Test>::IntervalNotOver);
	});
}

#[test]
fn a_repeat_is_no_second_anchor() {
	run(|| {
		System::set_block_number(8);
		assert_ok!(bank(0));
		System::set_block_number(9);
		assert_ok!(bank(0));
		assert_eq!(Anchors::next_anchor(BANK_NODE), 1);
	});
}

#[test]
fn the_interval_follows_the_number_of_nodes_and_the_policy() {
	run(|| {
		System::set_block_number(100);
		assert_ok!(bank(0));
		NodeCount::set(100);
		System::set_block_number(104);
		assert_noop!(bank(1), Error::<Test>::IntervalNotOver);
		// Fifty blocks, and its turn is at the multiples of them.
		System::set_block_number(149);
		assert_noop!(bank(1), Error::<Test>::IntervalNotOver);
		System::set_block_number(150);
		assert_ok!(bank(1));
		set_anchors_per_block(100);
		System::set_block_number(151);
		assert_ok!(bank(2));
		assert_noop!(bank(3), Error::<Test>::IntervalNotOver);
	});
}
