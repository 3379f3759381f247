// SPDX-License-Identifier: Apache-2.0

//! What the calls do, once their origin is checked.

use crate::{keyring, network, pallet::*, types::*, Actor, OnExit};
use frame_support::{ensure, traits::Get};
use sealane_primitives::{
	business::Roles,
	ids::*,
	keys::{CourierKey, CourierKeys},
};
use sp_runtime::{DispatchError, DispatchResult};

impl<T: Config> Pallet<T> {
	/// A member that has not left.
	fn present_member(member: MemberId) -> Result<Member<T::AccountId>, Error<T>> {
		let record = Members::<T>::get(member).ok_or(Error::<T>::MemberNotFound)?;
		ensure!(
			!matches!(record.status, MemberStatus::Exited { .. }),
			Error::<T>::MemberExited
		);
		Ok(record)
	}

	/// The active member for which `who` acts.
	pub(crate) fn ensure_active_manager(who: &T::AccountId) -> Result<MemberId, Error<T>> {
		let member = Managers::<T>::get(who).ok_or(Error::<T>::NotAuthorized)?;
		let record = Self::present_member(member)?;
		ensure!(
			matches!(record.status, MemberStatus::Active),
			Error::<T>::MemberSuspended
		);
		Ok(member)
	}

	/// The active member for which `who` acts, provided that it runs `node`.
	pub(crate) fn ensure_owner(who: &T::AccountId, node: NodeId) -> Result<MemberId, Error<T>> {
		let member = Self::ensure_active_manager(who)?;
		let record = Nodes::<T>::get(node).ok_or(Error::<T>::NodeNotFound)?;
		ensure!(record.member == member, Error::<T>::NotAuthorized);
		Ok(member)
	}

	/// `manager` acts for nobody yet and is no delegate of a member other than `member`.
	fn ensure_free_manager(manager: &T::AccountId, member: Option<MemberId>) -> DispatchResult {
		ensure!(!Managers::<T>::contains_key(manager), Error::<T>::ManagerAlreadyExists);
		let delegate_of = Delegates::<T>::get(manager).map(|(owner, _)| owner);
		ensure!(
			delegate_of.is_none() || delegate_of == member,
			Error::<T>::ManagerIsDelegate
		);
		Ok(())
	}

	/// `delegate` is nobody's delegate yet and acts for no member other than `member`.
	fn ensure_free_delegate(delegate: &T::AccountId, member: MemberId) -> DispatchResult {
		ensure!(
			!Delegates::<T>::contains_key(delegate),
			Error::<T>::DelegateAlreadyExists
		);
		let manager_of = Managers::<T>::get(delegate);
		ensure!(
			manager_of.is_none() || manager_of == Some(member),
			Error::<T>::DelegateIsManager
		);
		Ok(())
	}

	/// Tells the nodes that the peers they may be connected to may have changed.
	fn bump_peers() {
		PeersRevision::<T>::mutate(|revision| *revision = revision.saturating_add(1));
	}

	pub(crate) fn do_admit(profile: Profile, roles: Roles, manager: T::AccountId) -> Result<MemberId, DispatchError> {
		validate_text(&profile.name).map_err(Error::<T>::InvalidName)?;
		validate_text(&profile.contact).map_err(Error::<T>::InvalidContact)?;
		let legal_id = profile.legal_id;
		legal_id.validate().map_err(Error::<T>::InvalidLegalId)?;
		ensure!(!LegalIds::<T>::contains_key(legal_id), Error::<T>::LegalIdAlreadyExists);
		ensure!(roles.is_valid(), Error::<T>::InvalidRoles);
		Self::ensure_free_manager(&manager, None)?;
		ensure!(
			Managers::<T>::count() < T::MaxMembers::get(),
			Error::<T>::MaxMembersExceeded
		);

		let member = NextMemberId::<T>::get();
		NextMemberId::<T>::put(member.checked_add(1).ok_or(Error::<T>::IdsExhausted)?);
		let record = Member {
			roles,
			manager: manager.clone(),
			status: MemberStatus::Active,
			admitted_at: Self::now(),
		};
		Members::<T>::insert(member, record);
		Profiles::<T>::insert(member, profile);
		LegalIds::<T>::insert(legal_id, member);
		Managers::<T>::insert(&manager, member);
		Self::keep_account(&manager);
		Self::deposit_event(Event::MemberAdmitted {
			member,
			legal_id,
			roles,
			manager,
		});
		Ok(member)
	}

	pub(crate) fn do_set_roles(member: MemberId, roles: Roles) -> DispatchResult {
		let mut record = Self::present_member(member)?;
		ensure!(roles.is_valid(), Error::<T>::InvalidRoles);
		let old = core::mem::replace(&mut record.roles, roles);
		Members::<T>::insert(member, record);
		Self::deposit_event(Event::RolesChanged {
			member,
			old,
			new: roles,
		});
		Ok(())
	}

	pub(crate) fn do_suspend(member: MemberId) -> DispatchResult {
		let mut record = Self::present_member(member)?;
		ensure!(
			matches!(record.status, MemberStatus::Active),
			Error::<T>::MemberSuspended
		);
		let since = Self::now();
		record.status = MemberStatus::Suspended { since };
		Members::<T>::insert(member, record);
		Self::bump_peers();
		Self::deposit_event(Event::MemberSuspended { member, since });
		Ok(())
	}

	pub(crate) fn do_reinstate(member: MemberId) -> DispatchResult {
		let mut record = Self::present_member(member)?;
		let MemberStatus::Suspended { since } = record.status else {
			return Err(Error::<T>::MemberNotSuspended.into());
		};
		record.status = MemberStatus::Active;
		Members::<T>::insert(member, record);
		Self::bump_peers();
		Self::deposit_event(Event::MemberReinstated {
			member,
			suspended_since: since,
		});
		Ok(())
	}

	/// Returns the number of nodes that were removed.
	pub(crate) fn do_exit(member: MemberId, by: Actor) -> Result<u32, DispatchError> {
		let mut record = Self::present_member(member)?;
		let profile = Profiles::<T>::get(member).ok_or(Error::<T>::MemberNotFound)?;
		let nodes = NodesOf::<T>::get(member);
		for node in &nodes {
			Self::do_remove_node(*node, by)?;
		}
		let manager = record.manager.clone();
		Managers::<T>::remove(&manager);
		LegalIds::<T>::remove(profile.legal_id);
		MemberAllowances::<T>::remove(member);
		record.status = MemberStatus::Exited { at: Self::now() };
		Members::<T>::insert(member, record);
		Self::bump_peers();
		let nodes = nodes.len() as u32;
		Self::deposit_event(Event::MemberExited { member, by, nodes });
		T::OnExit::on_exit(&manager);
		Ok(nodes)
	}

	pub(crate) fn do_set_manager(member: MemberId, manager: T::AccountId, by: Actor) -> DispatchResult {
		let mut record = Self::present_member(member)?;
		Self::ensure_free_manager(&manager, Some(member))?;
		let old = core::mem::replace(&mut record.manager, manager.clone());
		Managers::<T>::remove(&old);
		Managers::<T>::insert(&manager, member);
		Members::<T>::insert(member, record);
		Self::keep_account(&manager);
		Self::deposit_event(Event::ManagerChanged {
			member,
			old,
			new: manager,
			by,
		});
		Ok(())
	}

	pub(crate) fn do_update_contact(member: MemberId, contact: Contact) -> DispatchResult {
		validate_text(&contact).map_err(Error::<T>::InvalidContact)?;
		let mut profile = Profiles::<T>::get(member).ok_or(Error::<T>::MemberNotFound)?;
		let old = core::mem::replace(&mut profile.contact, contact.clone());
		Profiles::<T>::insert(member, profile);
		Self::deposit_event(Event::ContactUpdated {
			member,
			old,
			new: contact,
		});
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
		ensure!(!KeyOwners::<T>::contains_key(signing), Error::<T>::KeyAlreadyExists);
		Self::ensure_free_delegate(&delegate, member)?;

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
		Peers::<T>::insert(&peer, (member, node));
		Delegates::<T>::insert(&delegate, (member, node));
		Self::keep_account(&delegate);
		Self::bump_peers();
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
		Nodes::<T>::insert(node, record);
		Self::deposit_event(Event::AddressesChanged {
			node,
			old,
			new: addresses,
		});
		Ok(())
	}

	pub(crate) fn do_announce_keys(node: NodeId, new: keyring::Announcement) -> DispatchResult {
		let mut record = Nodes::<T>::get(node).ok_or(Error::<T>::NodeNotFound)?;
		let limits = keyring::RotationLimits {
			min_overlap: T::MinKeyOverlap::get(),
			max_overlap: T::MaxKeyOverlap::get(),
			max_notice: T::MaxKeyNotice::get(),
		};
		let ring = keyring::announce(&record.keys, new, limits, Self::now()).map_err(Error::<T>::InvalidKeys)?;
		ensure!(!KeyOwners::<T>::contains_key(new.signing), Error::<T>::KeyAlreadyExists);

		let index = record.next_key;
		record.next_key = index.checked_add(1).ok_or(Error::<T>::IdsExhausted)?;
		KeyOwners::<T>::insert(new.signing, (node, index));
		Self::record_changes(node, &record.keys, &ring);
		let key = ring.last().cloned().ok_or(Error::<T>::NodeNotFound)?;
		record.keys = ring;
		Nodes::<T>::insert(node, record);
		let old_until = new.valid_from.saturating_add(new.overlap);
		Self::deposit_event(Event::KeysAnnounced {
			node,
			index,
			key,
			old_until,
		});
		Ok(())
	}

	pub(crate) fn do_retire_keys(node: NodeId, signing: [u8; 32]) -> DispatchResult {
		let mut record = Nodes::<T>::get(node).ok_or(Error::<T>::NodeNotFound)?;
		let (ring, retirement) =
			keyring::retire(&record.keys, &signing, Self::now()).map_err(Error::<T>::InvalidKeys)?;
		let (_, index) = KeyOwners::<T>::get(signing).ok_or(Error::<T>::NodeNotFound)?;
		if retirement.withdrawn {
			// They held in no block, so no evidence can refer to them. Their number stays used.
			KeyHistory::<T>::remove(node, index);
			KeyOwners::<T>::remove(signing);
		}
		Self::record_changes(node, &record.keys, &ring);
		record.keys = ring;
		Nodes::<T>::insert(node, record);
		let keyring::Retirement {
			retired: key,
			withdrawn,
		} = retirement;
		Self::deposit_event(Event::KeysRetired {
			node,
			index,
			key,
			withdrawn,
		});
		Ok(())
	}

	pub(crate) fn do_set_delegate(member: MemberId, node: NodeId, delegate: T::AccountId) -> DispatchResult {
		let mut record = Nodes::<T>::get(node).ok_or(Error::<T>::NodeNotFound)?;
		Self::ensure_free_delegate(&delegate, member)?;
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
		FormerNodes::<T>::insert(
			node,
			FormerNode {
				member,
				peer: peer.clone(),
				removed_at: now,
			},
		);
		Self::bump_peers();
		Self::deposit_event(Event::NodeRemoved { member, node, peer, by });
		Ok(())
	}

	pub(crate) fn do_set_connection_policy(restricted: bool) {
		let old = ConnectionsRestricted::<T>::get();
		ConnectionsRestricted::<T>::put(restricted);
		Self::bump_peers();
		Self::deposit_event(Event::ConnectionPolicyChanged { old, new: restricted });
	}

	/// Writes a node's first or next keys into the history.
	fn record_key(node: NodeId, index: u32, key: &CourierKey) {
		KeyHistory::<T>::insert(node, index, key);
		KeyOwners::<T>::insert(key.signing, (node, index));
	}

	/// Brings the history in line with a ring that became `new`.
	fn record_changes(node: NodeId, old: &CourierKeys, new: &CourierKeys) {
		for key in new.iter().filter(|key| !old.contains(key)) {
			if let Some((_, index)) = KeyOwners::<T>::get(key.signing) {
				KeyHistory::<T>::insert(node, index, key);
			}
		}
	}
}
