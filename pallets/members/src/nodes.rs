// SPDX-License-Identifier: Apache-2.0

//! What the calls on nodes do, once their origin is checked.

use crate::{keyring, network, pallet::*, types::*, Actor};
use frame_support::ensure;
use sealane_primitives::ids::*;
use sp_runtime::{DispatchError, DispatchResult};

impl<T: Config> Pallet<T> {
	/// `delegate` is nobody's delegate yet and acts for no member. Not for the node's own either: who steals the node's key would
	/// have the institution.
	fn ensure_free_delegate(delegate: &T::AccountId) -> DispatchResult {
		ensure!(
			!Delegates::<T>::contains_key(delegate),
			Error::<T>::DelegateAlreadyExists
		);
		ensure!(!Managers::<T>::contains_key(delegate), Error::<T>::DelegateIsManager);
		Ok(())
	}

	pub(crate) fn do_register_node(
		member: MemberId,
		peer: PeerIdBytes,
		addresses: Addresses,
		(signing, sealing): ([u8; 32], [u8; 32]),
		delegate: T::AccountId,
	) -> Result<NodeId, DispatchError> {
		network::validate_peer(&peer).map_err(Error::<T>::InvalidPeer)?;
		ensure!(!Peers::<T>::contains_key(&peer), Error::<T>::PeerAlreadyExists);
		network::validate_addresses(&addresses).map_err(Error::<T>::InvalidAddress)?;
		let keys = keyring::first(signing, sealing, Self::now()).map_err(Error::<T>::InvalidKeys)?;
		Self::ensure_strict(&signing)?;
		ensure!(!KeyOwners::<T>::contains_key(signing), Error::<T>::KeyAlreadyExists);
		Self::ensure_free_delegate(&delegate)?;

		let node = NextNodeId::<T>::get();
		NodesOf::<T>::try_append(member, node).map_err(|_| Error::<T>::MaxNodesExceeded)?;
		NextNodeId::<T>::put(node.checked_add(1).ok_or(Error::<T>::IdsExhausted)?);
		Self::record_key(node, 0, &keys[0]);
		let record = Node {
			member,
			peer: peer.clone(),
			addresses,
			keys,
			next_key: 1,
			delegate: delegate.clone(),
		};
		Nodes::<T>::insert(node, record);
		NodeRecords::<T>::insert(
			node,
			NodeRecord {
				member,
				registered_at: Self::now(),
				removed_at: None,
				peer: peer.clone(),
			},
		);
		Peers::<T>::insert(&peer, (member, node));
		Delegates::<T>::insert(&delegate, (member, node));
		Self::keep_account(&delegate);
		Self::bump_peers();
		Self::touch(member);
		Self::deposit_event(Event::NodeRegistered {
			member,
			node,
			peer,
			delegate,
		});
		Ok(node)
	}

	pub(crate) fn do_set_addresses(node: NodeId, addresses: Addresses) -> DispatchResult {
		network::validate_addresses(&addresses).map_err(Error::<T>::InvalidAddress)?;
		let mut record = Nodes::<T>::get(node).ok_or(Error::<T>::NodeNotFound)?;
		let old = core::mem::replace(&mut record.addresses, addresses.clone());
		Self::touch(record.member);
		Nodes::<T>::insert(node, record);
		Self::deposit_event(Event::AddressesChanged {
			node,
			old,
			new: addresses,
		});
		Ok(())
	}

	pub(crate) fn do_set_delegate(member: MemberId, node: NodeId, delegate: T::AccountId) -> DispatchResult {
		let mut record = Nodes::<T>::get(node).ok_or(Error::<T>::NodeNotFound)?;
		Self::ensure_free_delegate(&delegate)?;
		let old = core::mem::replace(&mut record.delegate, delegate.clone());
		Delegates::<T>::remove(&old);
		Delegates::<T>::insert(&delegate, (member, node));
		Nodes::<T>::insert(node, record);
		Self::keep_account(&delegate);
		Self::deposit_event(Event::DelegateChanged {
			node,
			old,
			new: delegate,
		});
		Ok(())
	}

	pub(crate) fn do_remove_node(node: NodeId, by: Actor) -> DispatchResult {
		let record = Nodes::<T>::take(node).ok_or(Error::<T>::NodeNotFound)?;
		let Node {
			member,
			peer,
			keys,
			delegate,
			..
		} = record;
		let now = Self::now();
		Self::record_changes(node, &keys, &keyring::end_all(&keys, now));
		NodesOf::<T>::mutate_exists(member, |nodes| {
			if let Some(list) = nodes {
				list.retain(|other| *other != node);
			}
			if nodes.as_ref().is_some_and(|list| list.is_empty()) {
				*nodes = None;
			}
		});
		Peers::<T>::remove(&peer);
		Delegates::<T>::remove(&delegate);
		NodeRecords::<T>::mutate(node, |record| {
			if let Some(record) = record {
				record.removed_at = Some(now);
			}
		});
		Self::bump_peers();
		Self::touch(member);
		Self::deposit_event(Event::NodeRemoved { member, node, peer, by });
		Ok(())
	}
}
