// SPDX-License-Identifier: Apache-2.0

//! What the calls on members do, once their origin is checked.

use crate::{legal_id::LegalId, pallet::*, types::*, Actor, OnExit, OnManagerChange};
use frame_support::{ensure, traits::Get};
use sealane_primitives::{business::Roles, ids::*, text::check_text};
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

	/// `manager` acts for nobody yet and is nobody's delegate. Not the member's own either: its secret would lie on a node.
	fn ensure_free_manager(manager: &T::AccountId) -> DispatchResult {
		ensure!(!Managers::<T>::contains_key(manager), Error::<T>::ManagerAlreadyExists);
		ensure!(!Delegates::<T>::contains_key(manager), Error::<T>::ManagerIsDelegate);
		Ok(())
	}

	/// `name` is presentable, `legal_id` valid and that of no other member.
	fn ensure_identity(name: &MemberName, legal_id: LegalId, member: Option<MemberId>) -> DispatchResult {
		check_text(name).map_err(Error::<T>::InvalidName)?;
		legal_id.validate().map_err(Error::<T>::InvalidLegalId)?;
		let holder = LegalIds::<T>::get(legal_id);
		ensure!(holder.is_none() || holder == member, Error::<T>::LegalIdAlreadyExists);
		Ok(())
	}

	/// Writes the name and legal number that a member has from this block on.
	fn record_identity(member: MemberId, name: MemberName, legal_id: LegalId) -> Result<u32, Error<T>> {
		let version = IdentityVersion::<T>::get(member)
			.checked_add(1)
			.ok_or(Error::<T>::IdsExhausted)?;
		IdentityVersion::<T>::insert(member, version);
		let from = Self::now();
		Identities::<T>::insert(member, version, MemberIdentity { from, name, legal_id });
		LegalIds::<T>::insert(legal_id, member);
		Ok(version)
	}

	/// Tells the nodes that the peers they may be connected to may have changed.
	pub(crate) fn bump_peers() {
		PeersRevision::<T>::mutate(|revision| *revision = revision.saturating_add(1));
	}

	/// Tells partners that what they know of a member changed.
	pub(crate) fn touch(member: MemberId) {
		Revisions::<T>::insert(member, Self::now());
	}

	pub(crate) fn do_admit(profile: Profile, roles: Roles, manager: T::AccountId) -> Result<MemberId, DispatchError> {
		let legal_id = profile.legal_id;
		Self::ensure_identity(&profile.name, legal_id, None)?;
		check_text(&profile.contact).map_err(Error::<T>::InvalidContact)?;
		ensure!(roles.is_valid(), Error::<T>::InvalidRoles);
		Self::ensure_free_manager(&manager)?;
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
		Self::record_identity(member, profile.name.clone(), legal_id)?;
		Profiles::<T>::insert(member, profile);
		Managers::<T>::insert(&manager, member);
		Self::keep_account(&manager);
		Self::touch(member);
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
		Self::touch(member);
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
		Self::touch(member);
		Self::deposit_event(Event::MemberSuspended { member, since });
		Ok(())
	}

	/// `member` was not taken back so lately that the smaller power would undo what the greater one did.
	pub(crate) fn ensure_rested(member: MemberId) -> DispatchResult {
		let Some(at) = Reinstated::<T>::get(member) else {
			return Ok(());
		};
		let until = at.saturating_add(T::SuspensionRest::get());
		ensure!(Self::now() >= until, Error::<T>::ReinstatedLately);
		Ok(())
	}

	pub(crate) fn do_reinstate(member: MemberId, named: BlockNumber) -> DispatchResult {
		let mut record = Self::present_member(member)?;
		let MemberStatus::Suspended { since } = record.status else {
			return Err(Error::<T>::MemberNotSuspended.into());
		};
		ensure!(named == since, Error::<T>::AnotherSuspension);
		record.status = MemberStatus::Active;
		Members::<T>::insert(member, record);
		Reinstated::<T>::insert(member, Self::now());
		Self::touch(member);
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
		Reinstated::<T>::remove(member);
		record.status = MemberStatus::Exited { at: Self::now() };
		Members::<T>::insert(member, record);
		let nodes = nodes.len() as u32;
		Self::touch(member);
		Self::deposit_event(Event::MemberExited { member, by, nodes });
		T::OnExit::on_exit(member, &manager);
		Ok(nodes)
	}

	pub(crate) fn do_set_manager(member: MemberId, manager: T::AccountId, by: Actor) -> DispatchResult {
		let mut record = Self::present_member(member)?;
		Self::ensure_free_manager(&manager)?;
		let old = core::mem::replace(&mut record.manager, manager.clone());
		Managers::<T>::remove(&old);
		Managers::<T>::insert(&manager, member);
		Members::<T>::insert(member, record);
		Self::keep_account(&manager);
		Self::deposit_event(Event::ManagerChanged {
			member,
			old: old.clone(),
			new: manager,
			by,
		});
		T::OnManagerChange::on_manager_change(member, &old);
		Ok(())
	}

	pub(crate) fn do_set_identity(member: MemberId, name: MemberName, legal_id: LegalId) -> DispatchResult {
		Self::present_member(member)?;
		Self::ensure_identity(&name, legal_id, Some(member))?;
		let mut profile = Profiles::<T>::get(member).ok_or(Error::<T>::MemberNotFound)?;
		if profile.legal_id != legal_id {
			LegalIds::<T>::remove(profile.legal_id);
		}
		let version = Self::record_identity(member, name.clone(), legal_id)?;
		profile.name = name.clone();
		profile.legal_id = legal_id;
		Profiles::<T>::insert(member, profile);
		Self::touch(member);
		Self::deposit_event(Event::IdentityChanged {
			member,
			version,
			name,
			legal_id,
		});
		Ok(())
	}

	pub(crate) fn do_update_contact(member: MemberId, contact: Contact) -> DispatchResult {
		check_text(&contact).map_err(Error::<T>::InvalidContact)?;
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

	pub(crate) fn do_set_connection_policy(restricted: bool) {
		let old = ConnectionsRestricted::<T>::get();
		ConnectionsRestricted::<T>::put(restricted);
		Self::bump_peers();
		Self::deposit_event(Event::ConnectionPolicyChanged { old, new: restricted });
	}
}
