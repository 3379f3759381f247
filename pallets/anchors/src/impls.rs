// SPDX-License-Identifier: Apache-2.0

//! What the calls and the views do.

use crate::*;
use alloc::vec::Vec;
use frame_support::{ensure, traits::Get};
use frame_system::pallet_prelude::BlockNumberFor;
use sealane_primitives::{
	directory::{turn, CourierPolicy},
	evidence::range::Range,
	evidence::tree,
	ids::*,
	runtime_api::AnchorEntry,
	traits::{ChannelRegistry, MemberRegistry},
};
use sp_runtime::{traits::SaturatedConversion, DispatchError, DispatchResult};

// Calls.
impl<T: Config> Pallet<T> {
	pub(crate) fn do_anchor(who: &T::AccountId, sequence: AnchorSequence, root: Digest) -> DispatchResult {
		let (member, node) = Self::delegate(who)?;
		let mut range = Ranges::<T>::get(node);
		ensure!(sequence <= range.count, Error::<T>::SequenceAhead);
		if sequence < range.count {
			return Self::repeat(node, sequence, &root);
		}
		let now = Self::now();
		let is_first = range.count == 0;
		ensure!(
			is_first || range.last < Self::turn(node, now),
			Error::<T>::IntervalNotOver
		);
		ensure!(range.push(node, &root, now), Error::<T>::NumbersExhausted);
		Ranges::<T>::insert(node, range);
		Anchors::<T>::insert(node, sequence, Anchor::new(root, now));
		if let Some(gone) = sequence.checked_sub(KEPT_ANCHORS) {
			// The range has it for ever.
			Anchors::<T>::remove(node, gone);
		}
		Self::deposit_event(Event::Anchored {
			node,
			sequence,
			member,
			root,
		});
		Ok(())
	}

	pub(crate) fn do_open_dispute(
		who: &T::AccountId,
		channel: ChannelId,
		root: Digest,
		reason: DisputeReason,
	) -> DispatchResult {
		let (seller, issuer) = T::Channels::parties(channel).ok_or(Error::<T>::ChannelNotFound)?;
		let by = T::Members::member_of(who).ok_or(Error::<T>::NotAuthorized)?;
		ensure!(by == seller || by == issuer, Error::<T>::NotAuthorized);

		let id = NextDispute::<T>::get();
		let next = id.checked_add(1).ok_or(Error::<T>::NumbersExhausted)?;
		OpenDisputes::<T>::try_mutate(channel, by, |open| {
			let is_open = open
				.iter()
				.any(|id| Disputes::<T>::get(id).is_some_and(|dispute| dispute.root == root));
			ensure!(!is_open, Error::<T>::DisputeAlreadyOpen);
			open.try_push(id).map_err(|_| Error::<T>::MaxOpenDisputesExceeded)
		})?;
		NextDispute::<T>::put(next);
		let dispute = Dispute {
			channel,
			root,
			opened_by: by,
			reason,
			opened_at: Self::now(),
			resolution: None,
		};
		Disputes::<T>::insert(id, dispute);
		Self::deposit_event(Event::DisputeOpened {
			dispute: id,
			channel,
			root,
			by,
			reason,
		});
		Ok(())
	}

	/// `who` is the account of a party, `None` the council.
	pub(crate) fn do_resolve_dispute(who: Option<&T::AccountId>, id: DisputeId, outcome: Outcome) -> DispatchResult {
		let mut dispute = Disputes::<T>::get(id).ok_or(Error::<T>::DisputeNotFound)?;
		let by = match who {
			None => None,
			Some(who) => {
				let member = T::Members::member_of(who).ok_or(Error::<T>::NotAuthorized)?;
				ensure!(member == dispute.opened_by, Error::<T>::NotAuthorized);
				ensure!(outcome.is_for_opener(), Error::<T>::OutcomeNotAllowed);
				Some(member)
			}
		};
		ensure!(dispute.resolution.is_none(), Error::<T>::AlreadyResolved);

		let Dispute {
			channel,
			root,
			opened_by,
			..
		} = dispute;
		dispute.resolution = Some(Resolution {
			outcome,
			at: Self::now(),
			by,
		});
		Disputes::<T>::insert(id, dispute);
		OpenDisputes::<T>::mutate_exists(channel, opened_by, |slot| {
			if let Some(open) = slot {
				open.retain(|other| *other != id);
				if open.is_empty() {
					*slot = None;
				}
			}
		});
		Self::deposit_event(Event::DisputeResolved {
			dispute: id,
			channel,
			root,
			outcome,
			by,
		});
		Ok(())
	}

	pub(crate) fn do_set_policy(new: CourierPolicy) -> DispatchResult {
		Self::validate(&new).map_err(|fault| Error::<T>::InvalidPolicy(fault))?;
		let old = Policy::<T>::get();
		Policy::<T>::put(new);
		Self::deposit_event(Event::PolicySet { old, new });
		Ok(())
	}
}

// Parts of the calls.
impl<T: Config> Pallet<T> {
	/// A block number in the chain's common type. The one place that converts.
	pub(crate) fn number(block: BlockNumberFor<T>) -> BlockNumber {
		block.saturated_into()
	}

	/// The current block.
	pub(crate) fn now() -> BlockNumber {
		Self::number(frame_system::Pallet::<T>::block_number())
	}

	/// The active member and the node for which `who` anchors.
	fn delegate(who: &T::AccountId) -> Result<(MemberId, NodeId), DispatchError> {
		let (member, node) = T::Members::delegate_of(who).ok_or(Error::<T>::NotAuthorized)?;
		ensure!(T::Members::ensure_active(member).is_ok(), Error::<T>::NotActive);
		Ok((member, node))
	}

	/// A number that was used: fine with the root that it has, as long as that is known by itself.
	fn repeat(node: NodeId, sequence: AnchorSequence, root: &Digest) -> DispatchResult {
		let is_same = Anchors::<T>::get(node, sequence).is_some_and(|anchor| anchor.root == *root);
		ensure!(is_same, Error::<T>::AlreadyExists);
		Ok(())
	}

	/// First block of the interval of `node` in which block `at` lies, by the policy and the number of nodes there are now.
	pub(crate) fn turn(node: NodeId, at: BlockNumber) -> BlockNumber {
		turn(node, Policy::<T>::get().interval(T::NodeCount::get()), at)
	}

	/// Whether a policy keeps the limits; else the first fault.
	pub(crate) fn validate(policy: &CourierPolicy) -> Result<(), PolicyFault> {
		let faults = [
			(policy.anchors_per_block == 0, PolicyFault::NoAnchors),
			(
				policy.anchors_per_block > T::MaxAnchorsPerBlock::get(),
				PolicyFault::TooManyAnchors,
			),
			(policy.max_age < T::ShortestAge::get(), PolicyFault::AgeTooShort),
			(policy.max_age > T::LongestAge::get(), PolicyFault::AgeTooLong),
			(policy.drain < T::ShortestDrain::get(), PolicyFault::DrainTooShort),
			(policy.drain > T::LongestDrain::get(), PolicyFault::DrainTooLong),
		];
		let fault = faults.into_iter().find(|(broken, _)| *broken);
		fault.map_or(Ok(()), |(_, fault)| Err(fault))
	}
}

// Reads for the runtime and for views.
impl<T: Config> Pallet<T> {
	/// All anchors of a node.
	pub fn range(node: NodeId) -> Range {
		Ranges::<T>::get(node)
	}

	/// The anchor of a node with this number, one of its last.
	pub fn anchor_entry(node: NodeId, sequence: AnchorSequence) -> Option<AnchorEntry> {
		Anchors::<T>::get(node, sequence).map(Into::into)
	}

	/// The number that a node's next anchor must have.
	pub fn next_anchor(node: NodeId) -> AnchorSequence {
		Ranges::<T>::get(node).count
	}

	/// The policy in force.
	pub fn policy() -> CourierPolicy {
		Policy::<T>::get()
	}

	/// Whether `proof` shows that `leaf` is in the tree that the node anchored under this number.
	pub fn is_proven(node: NodeId, sequence: AnchorSequence, leaf: &Digest, proof: &InclusionProof) -> bool {
		Anchors::<T>::get(node, sequence)
			.is_some_and(|anchor| tree::verify(&anchor.root, proof.size, proof.index, leaf, &proof.path))
	}

	/// The open disputes on a channel, by number.
	pub(crate) fn open_disputes(channel: ChannelId) -> Vec<(DisputeId, Dispute)> {
		let mut open: Vec<_> = OpenDisputes::<T>::iter_prefix_values(channel)
			.flatten()
			.filter_map(|id| Some((id, Disputes::<T>::get(id)?)))
			.collect();
		open.sort_by_key(|(id, _)| *id);
		open
	}
}
