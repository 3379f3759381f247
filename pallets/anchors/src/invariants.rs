// SPDX-License-Identifier: Apache-2.0

//! What must hold of the pallet's storage after every call.

use crate::*;
use alloc::{collections::BTreeMap, vec::Vec};
use frame_support::ensure;
use sealane_primitives::{
	evidence::{
		range::{self, Range},
		tree,
	},
	ids::*,
	traits::ChannelRegistry,
};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// The invariants, by number:
	///
	/// 1. A node's stored anchors are its last [`KEPT_ANCHORS`], up to below the `count` of its range without gaps, and only nodes with anchors
	///    have a range.
	/// 2. Along a node's sequence the blocks rise, none lies in the future, and the last is the range's.
	/// 3. A range has one peak for each bit set in its count; while all anchors of a node are stored it is the tree over them, and later its
	///    smallest peaks are those over the anchors that are.
	/// 4. The policy keeps its limits.
	/// 5. Disputes run from 0 to below [`NextDispute`] without gaps; each is over a channel that exists, opened by one of its parties,
	///    not in the future.
	/// 6. A dispute is resolved no earlier than it was opened, not in the future, and by a party only if that party opened it, with an
	///    outcome that it may choose.
	/// 7. The open disputes, and no others, are listed, each once, under their channel and opener; no list is empty, and no list has two
	///    over the same batch.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		Self::try_state_anchors()?;
		let policy = Policy::<T>::get();
		ensure!(Self::validate(&policy).is_ok(), "anchors 4: the policy breaks a rule");
		Self::try_state_disputes()?;
		Self::try_state_lists()
	}

	fn try_state_anchors() -> Result<(), TryRuntimeError> {
		let mut stored = BTreeMap::<NodeId, BTreeMap<AnchorSequence, Anchor>>::new();
		for (node, sequence, anchor) in Anchors::<T>::iter() {
			stored.entry(node).or_default().insert(sequence, anchor);
		}
		ensure!(
			Ranges::<T>::iter_keys().count() == stored.len(),
			"anchors 1: a node has a range but no anchor, or the other way round"
		);
		for (node, anchors) in stored {
			let range = Ranges::<T>::get(node);
			let first = range.count.saturating_sub(KEPT_ANCHORS);
			ensure!(
				anchors.keys().copied().eq(first..range.count),
				"anchors 1: a node's anchors are not its last, up to its next number"
			);
			let blocks: Vec<_> = anchors.values().map(|anchor| anchor.block).collect();
			ensure!(
				blocks.windows(2).all(|pair| pair[0] < pair[1]),
				"anchors 2: a node anchored twice in a block, or its blocks fall"
			);
			ensure!(
				blocks.last() == Some(&range.last) && range.last <= Self::now(),
				"anchors 2: a node's last anchor is not of the range's block, or lies in the future"
			);
			ensure!(
				range.is_sound() && Self::is_over(node, &range, &anchors),
				"anchors 3: a range is not the tree over the node's anchors"
			);
		}
		Ok(())
	}

	/// Whether each peak of the range whose anchors are all stored is the tree over them.
	fn is_over(node: NodeId, range: &Range, anchors: &BTreeMap<AnchorSequence, Anchor>) -> bool {
		let mut end = range.count;
		for peak in range.peaks.iter().rev() {
			let size = 1 << end.trailing_zeros();
			let leaves: Vec<_> = (end - size..end)
				.map_while(|sequence| {
					let anchor = anchors.get(&sequence)?;
					Some(range::anchor_leaf(node, sequence, &anchor.root, anchor.block))
				})
				.collect();
			if leaves.len() as u64 != size {
				return true;
			}
			if tree::root(&leaves) != *peak {
				return false;
			}
			end -= size;
		}
		end == 0
	}

	fn try_state_disputes() -> Result<(), TryRuntimeError> {
		let next = NextDispute::<T>::get();
		ensure!(
			Disputes::<T>::iter_keys().count() == next as usize,
			"anchors 5: the number of disputes is not NextDispute"
		);
		for id in 0..next {
			let dispute = Disputes::<T>::get(id).ok_or("anchors 5: a dispute is missing")?;
			let (seller, issuer) =
				T::Channels::parties(dispute.channel).ok_or("anchors 5: a dispute's channel does not exist")?;
			ensure!(
				[seller, issuer].contains(&dispute.opened_by),
				"anchors 5: a dispute's opener is no party of its channel"
			);
			ensure!(
				dispute.opened_at <= Self::now(),
				"anchors 5: a dispute was opened in the future"
			);
			if let Some(Resolution { outcome, at, by }) = dispute.resolution {
				ensure!(
					dispute.opened_at <= at && at <= Self::now(),
					"anchors 6: a dispute was resolved before it was opened, or in the future"
				);
				ensure!(
					by.is_none_or(|by| by == dispute.opened_by && outcome.is_for_opener()),
					"anchors 6: a party ended a dispute that it did not open, or in a way that it may not"
				);
			}
		}
		Ok(())
	}

	fn try_state_lists() -> Result<(), TryRuntimeError> {
		let mut listed = 0;
		for (channel, member, open) in OpenDisputes::<T>::iter() {
			ensure!(!open.is_empty(), "anchors 7: an empty list of open disputes is stored");
			let mut roots = BTreeMap::new();
			for id in open {
				let dispute = Disputes::<T>::get(id).ok_or("anchors 7: a listed dispute does not exist")?;
				ensure!(
					(dispute.channel, dispute.opened_by) == (channel, member),
					"anchors 7: a dispute is in another party's list"
				);
				ensure!(
					dispute.resolution.is_none(),
					"anchors 7: a dispute that is over is listed"
				);
				ensure!(
					roots.insert(dispute.root, id).is_none(),
					"anchors 7: a party has two disputes open over the same batch"
				);
				listed += 1;
			}
		}
		let open = Disputes::<T>::iter_values()
			.filter(|dispute| dispute.resolution.is_none())
			.count();
		ensure!(open == listed, "anchors 7: an open dispute is not listed");
		Ok(())
	}
}
