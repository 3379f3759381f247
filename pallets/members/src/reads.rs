// SPDX-License-Identifier: Apache-2.0

//! What others ask of the members.

use crate::{Config, Delegates, KeyHistory, Managers, MemberStatus, Members, Nodes, NodesOf, Pallet, Peers, Profiles};
use alloc::vec::Vec;
use sealane_primitives::{
	business::Role,
	directory::{MemberEntry, NodeEntry, Refusal},
	ids::*,
	keys::{CourierKey, MAX_COURIER_KEYS},
	traits::MemberRegistry,
};
use sp_runtime::traits::SaturatedConversion;

impl<T: Config> Pallet<T> {
	/// The current block.
	pub(crate) fn now() -> BlockNumber {
		frame_system::Pallet::<T>::block_number().saturated_into()
	}

	/// See [`Pallet::member_entry`].
	pub(crate) fn read_member(id: MemberId) -> Option<MemberEntry> {
		let member = Members::<T>::get(id)?;
		let profile = Profiles::<T>::get(id)?;
		Some(MemberEntry {
			id,
			name: profile.name.into_inner(),
			roles: member.roles,
			active: matches!(member.status, MemberStatus::Active),
			nodes: NodesOf::<T>::get(id).into_iter().filter_map(Self::read_node).collect(),
		})
	}

	/// The last block in which [`Pallet::member_entry`] of this member changed.
	pub fn revision_of(member: MemberId) -> BlockNumber {
		crate::Revisions::<T>::get(member)
	}

	/// See [`Pallet::node_entry`].
	pub(crate) fn read_node(id: NodeId) -> Option<NodeEntry> {
		let node = Nodes::<T>::get(id)?;
		Some(NodeEntry {
			id,
			peer: node.peer,
			addresses: node.addresses,
			keys: node.keys,
		})
	}

	/// See [`Pallet::authorised_peers`].
	pub(crate) fn read_authorised_peers() -> Vec<PeerIdBytes> {
		// Nodes are registered as long as their member has not left, suspended or not. Taking suspended ones off the network would
		// give those who may suspend the power over who finalises.
		let mut peers: Vec<PeerIdBytes> = Peers::<T>::iter_keys().collect();
		peers.sort();
		peers
	}

	/// See [`Pallet::keys_at`].
	pub(crate) fn read_keys_at(node: NodeId, at: BlockNumber) -> Vec<(u32, CourierKey)> {
		let begun = Self::keys_begun_by(node, at);
		// Whatever held at `at` was in the ring then, and a ring is the newest keys of its time.
		(begun.saturating_sub(MAX_COURIER_KEYS)..begun)
			.filter_map(|number| Some((number, KeyHistory::<T>::get(node, number)?)))
			.filter(|(_, key)| key.is_valid_at(at))
			.collect()
	}

	/// How many pairs of keys of a node begin at `at` or before. As many reads as twice the binary logarithm of the answer: a
	/// node's keys begin in the order of their numbers.
	fn keys_begun_by(node: NodeId, at: BlockNumber) -> u32 {
		let has_begun = |number| KeyHistory::<T>::get(node, number).is_some_and(|key| key.valid_from <= at);
		let (mut begun, mut end) = (0u32, 1u32);
		while has_begun(end - 1) {
			begun = end;
			end = end.saturating_mul(2);
		}
		// Key `begun - 1` has begun, key `end - 1` has not.
		while begun + 1 < end {
			let middle = begun + (end - begun) / 2;
			if has_begun(middle - 1) {
				begun = middle;
			} else {
				end = middle;
			}
		}
		begun
	}

	/// See [`Pallet::allowance_of`].
	pub(crate) fn read_allowance(who: &T::AccountId) -> Option<u64> {
		Self::payer(who).map(|payer| Self::allowance_left(&payer))
	}
}

impl<T: Config> MemberRegistry<T::AccountId> for Pallet<T> {
	fn member_of(who: &T::AccountId) -> Option<MemberId> {
		Managers::<T>::get(who)
	}

	fn manager(member: MemberId) -> Option<T::AccountId> {
		let member = Members::<T>::get(member)?;
		(!matches!(member.status, MemberStatus::Exited { .. })).then_some(member.manager)
	}

	fn ensure_active(member: MemberId) -> Result<(), Refusal> {
		match Members::<T>::get(member).map(|member| member.status) {
			Some(MemberStatus::Active) => Ok(()),
			Some(MemberStatus::Suspended { .. }) => Err(Refusal::MemberSuspended),
			Some(MemberStatus::Exited { .. }) | None => Err(Refusal::MemberUnknown),
		}
	}

	fn has_role(member: MemberId, role: Role) -> bool {
		Members::<T>::get(member)
			.is_some_and(|member| !matches!(member.status, MemberStatus::Exited { .. }) && member.roles.contains(role))
	}

	/// Both with one read: every authorisation asks it twice.
	fn ensure_role(member: MemberId, role: Role) -> Result<(), Refusal> {
		let member = Members::<T>::get(member).ok_or(Refusal::MemberUnknown)?;
		match member.status {
			MemberStatus::Active if member.roles.contains(role) => Ok(()),
			MemberStatus::Active => Err(Refusal::NotAParty),
			MemberStatus::Suspended { .. } => Err(Refusal::MemberSuspended),
			MemberStatus::Exited { .. } => Err(Refusal::MemberUnknown),
		}
	}

	fn delegate_of(who: &T::AccountId) -> Option<(MemberId, NodeId)> {
		Delegates::<T>::get(who)
	}

	fn delegate(node: NodeId) -> Option<T::AccountId> {
		Nodes::<T>::get(node).map(|node| node.delegate)
	}

	fn owner_of(node: NodeId) -> Option<MemberId> {
		Nodes::<T>::get(node).map(|node| node.member)
	}

	fn node_by_peer(peer: &PeerIdBytes) -> Option<(MemberId, NodeId)> {
		Peers::<T>::get(peer)
	}
}
