// SPDX-License-Identifier: Apache-2.0

//! How nodes are to behave, as the chain decides it.

use crate::ids::*;
use codec::{Decode, DecodeWithMemTracking, Encode, Input, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// Blocks for which answers outlive a channel where nothing else is said: a week at two seconds each.
pub const DEFAULT_DRAIN: BlockNumber = 302_400;

/// The number of blocks that stands last in what is read; [`DEFAULT_DRAIN`] where it ends before, as what was written by a runtime that did
/// not know of it.
///
/// # Errors
/// Less is left than a number takes.
pub(super) fn drain<I: Input>(input: &mut I) -> Result<BlockNumber, codec::Error> {
	match input.remaining_len()? {
		Some(0) => Ok(DEFAULT_DRAIN),
		_ => BlockNumber::decode(input),
	}
}

/// How often nodes anchor, how long they go by what they last heard of the chain, and how long answers travel on a channel that is over.
/// Set by governance.
#[derive(
	Clone, Copy, Debug, PartialEq, Eq, Encode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
)]
pub struct CourierPolicy {
	/// Most nodes whose turn to anchor comes in one block, at least 1: with the number of nodes it makes the interval.
	pub anchors_per_block: u32,
	/// For how many milliseconds after its block's time an authorisation holds.
	pub max_age: Moment,
	/// For how many blocks after the end of a channel answers to what was delivered over it still travel.
	pub drain: BlockNumber,
}

impl Decode for CourierPolicy {
	fn decode<I: Input>(input: &mut I) -> Result<Self, codec::Error> {
		Ok(CourierPolicy {
			anchors_per_block: Decode::decode(input)?,
			max_age: Decode::decode(input)?,
			drain: drain(input)?,
		})
	}
}

impl CourierPolicy {
	/// Blocks between two anchors of a node where there are so many nodes: ⌈nodes / anchors_per_block⌉, at least 1.
	pub fn interval(&self, nodes: u32) -> BlockNumber {
		nodes.div_ceil(self.anchors_per_block.max(1)).max(1)
	}
}

/// First block of the interval of `node` in which block `at` lies: the node's turn to anchor. Nodes that registered one after the other
/// have their turns one block after the other, so that at no block it is the turn of more than the policy says.
pub fn turn(node: NodeId, interval: BlockNumber, at: BlockNumber) -> BlockNumber {
	let interval = interval.max(1);
	let (at_phase, node_phase) = (at % interval, node % interval);
	let since = if at_phase >= node_phase {
		at_phase - node_phase
	} else {
		interval - (node_phase - at_phase)
	};
	// Before a node's first turn its interval began, as it were, before the chain.
	at.saturating_sub(since)
}

#[cfg(test)]
mod tests {
	use super::*;
	use alloc::vec;
	use proptest::prelude::*;

	#[test]
	fn what_was_written_before_there_was_a_drain_is_read() {
		let policy = CourierPolicy {
			anchors_per_block: 25,
			max_age: 600_000,
			drain: 7,
		};
		let bytes = policy.encode();
		assert_eq!(CourierPolicy::decode(&mut &bytes[..]), Ok(policy));
		let older = CourierPolicy {
			drain: DEFAULT_DRAIN,
			..policy
		};
		assert_eq!(CourierPolicy::decode(&mut &bytes[..12]), Ok(older));
		for cut in (0..12).chain(13..16) {
			assert!(CourierPolicy::decode(&mut &bytes[..cut]).is_err(), "{cut}");
		}
	}

	#[test]
	fn the_interval_grows_with_the_nodes() {
		let policy = CourierPolicy {
			anchors_per_block: 25,
			max_age: 600_000,
			drain: 0,
		};
		let intervals = [0, 1, 25, 26, 100, 500, 1_000].map(|nodes| policy.interval(nodes));
		assert_eq!(intervals, [1, 1, 1, 2, 4, 20, 40]);
	}

	#[test]
	fn no_block_is_the_turn_of_more_nodes_than_the_policy_says() {
		for nodes in [1u32, 24, 25, 26, 99, 1_000] {
			let policy = CourierPolicy {
				anchors_per_block: 25,
				max_age: 0,
				drain: 0,
			};
			let interval = policy.interval(nodes);
			let mut turns = vec![0u32; interval as usize];
			for block in 1_000..1_000 + interval {
				for node in 0..nodes {
					turns[(block % interval) as usize] += u32::from(turn(node, interval, block) == block);
				}
			}
			assert!(turns.iter().all(|count| *count <= 25), "{nodes} nodes: {turns:?}");
			assert_eq!(turns.iter().sum::<u32>(), nodes, "each has one turn in an interval");
		}
	}

	proptest! {
		#[test]
		fn a_block_lies_in_the_interval_that_its_turn_began(node: u32, interval in 1u32..5_000, at: u32) {
			let begun = turn(node, interval, at);
			prop_assert!(begun <= at && at - begun < interval);
			prop_assert_eq!(turn(node, interval, begun), begun, "it is its own turn");
			if begun > 0 {
				prop_assert_eq!(begun % interval, node % interval);
			}
		}
	}
}
