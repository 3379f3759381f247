// SPDX-License-Identifier: Apache-2.0

//! What others ask of the members.

use crate::{Config, Delegates, KeyHistory, Managers, MemberStatus, Members, Nodes, NodesOf, Pallet, Peers, Profiles};
use alloc::{collections::BTreeMap, vec::Vec};
use sealane_primitives::{
	business::Role,
	directory::{MemberEntry, NodeEntry, Refusal},
	ids::*,
	keys::CourierKey,
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
		let mut active: BTreeMap<MemberId, bool> = BTreeMap::new();
		let mut peers: Vec<PeerIdBytes> = Peers::<T>::iter()
			.filter(|(_, (member, _))| {
				*active
					.entry(*member)
					.or_insert_with(|| Self::ensure_active(*member).is_ok())
			})
			.map(|(peer, _)| peer)
			.collect();
		peers.sort();
		peers
	}

	/// See [`Pallet::keys_at`].
	pub(crate) fn read_keys_at(node: NodeId, at: BlockNumber) -> Vec<(u32, CourierKey)> {
		let mut keys: Vec<_> = KeyHistory::<T>::iter_prefix(node)
			.filter(|(_, key)| key.is_valid_at(at))
			.collect();
		keys.sort_by_key(|(index, _)| *index);
		keys
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
