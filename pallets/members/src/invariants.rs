// SPDX-License-Identifier: Apache-2.0

//! What holds between the calls, by number. Checked after every test, and over live state by `try-runtime`.

use crate::{keyring, network, pallet::*, types::*};
use alloc::collections::{BTreeMap, BTreeSet};
use frame_support::{ensure, traits::Get};
use sealane_primitives::{ids::*, keys::CourierKey, text::check_text};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Checks all invariants.
	///
	/// # Errors
	/// The number and text of the first that does not hold.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		Self::check_members()?;
		Self::check_identities()?;
		Self::check_managers()?;
		Self::check_nodes()?;
		Self::check_indices_of_nodes()?;
		Self::check_keys()?;
		Self::check_accounts()?;
		Self::check_allowances()
	}

	fn is_present(member: &Member<T::AccountId>) -> bool {
		!matches!(member.status, MemberStatus::Exited { .. })
	}

	fn check_members() -> Result<(), TryRuntimeError> {
		let now = Self::now();
		let mut count = 0usize;
		for (id, member) in Members::<T>::iter() {
			count += 1;
			ensure!(
				id < NextMemberId::<T>::get(),
				"1: members have numbers below the next one"
			);
			ensure!(member.roles.is_valid(), "2: members have valid roles");
			let since = match member.status {
				MemberStatus::Active => member.admitted_at,
				MemberStatus::Suspended { since } => since,
				MemberStatus::Exited { at } => at,
			};
			ensure!(
				member.admitted_at <= since && since <= now,
				"2: members were admitted first"
			);
			let profile = Profiles::<T>::get(id).ok_or("3: every member has a profile")?;
			ensure!(check_text(&profile.name).is_ok(), "3: names are presentable");
			ensure!(check_text(&profile.contact).is_ok(), "3: contacts are presentable");
			ensure!(profile.legal_id.validate().is_ok(), "3: legal numbers are valid");
			if Self::is_present(&member) {
				ensure!(
					LegalIds::<T>::get(profile.legal_id) == Some(id),
					"4: present members are found by legal number"
				);
				ensure!(
					Managers::<T>::get(&member.manager) == Some(id),
					"5: present members are found by manager"
				);
			}
		}
		ensure!(
			Profiles::<T>::iter_keys().count() == count,
			"3: every profile is a member's"
		);
		Ok(())
	}

	fn check_identities() -> Result<(), TryRuntimeError> {
		let mut count = 0usize;
		for id in Members::<T>::iter_keys() {
			let newest = IdentityVersion::<T>::get(id);
			let profile = Profiles::<T>::get(id).ok_or("3: every member has a profile")?;
			let mut last = None;
			for version in 1..=newest {
				count += 1;
				let identity = Identities::<T>::get(id, version).ok_or("16: identities have no gaps")?;
				ensure!(
					identity.from <= Self::now()
						&& last.as_ref().is_none_or(|l: &MemberIdentity| l.from <= identity.from),
					"16: identities begin in their order"
				);
				last = Some(identity);
			}
			let last = last.ok_or("16: every member has an identity")?;
			ensure!(
				(last.name, last.legal_id) == (profile.name, profile.legal_id),
				"16: the newest identity is that of the profile"
			);
		}
		ensure!(
			Identities::<T>::iter_keys().count() == count,
			"16: every identity is a member's"
		);
		Ok(())
	}

	fn check_managers() -> Result<(), TryRuntimeError> {
		for (legal_id, id) in LegalIds::<T>::iter() {
			let member = Members::<T>::get(id).ok_or("4: legal numbers lead to members")?;
			let profile = Profiles::<T>::get(id).ok_or("4: legal numbers lead to members")?;
			ensure!(
				Self::is_present(&member) && profile.legal_id == legal_id,
				"4: legal numbers lead to their members"
			);
		}
		let mut count = 0u32;
		for (manager, id) in Managers::<T>::iter() {
			count += 1;
			let member = Members::<T>::get(id).ok_or("5: managers lead to members")?;
			ensure!(
				Self::is_present(&member) && member.manager == manager,
				"5: managers lead to their members"
			);
		}
		ensure!(count == Managers::<T>::count(), "5: managers are counted");
		ensure!(
			count <= T::MaxMembers::get(),
			"5: there are no more members than there may be"
		);
		Ok(())
	}

	fn check_nodes() -> Result<(), TryRuntimeError> {
		let mut listed = BTreeSet::new();
		for (id, nodes) in NodesOf::<T>::iter() {
			let member = Members::<T>::get(id).ok_or("6: only members have nodes")?;
			ensure!(Self::is_present(&member), "6: members that left have no nodes");
			ensure!(!nodes.is_empty(), "6: a list of nodes is not empty");
			for node in nodes {
				let record = Nodes::<T>::get(node).ok_or("6: listed nodes exist")?;
				ensure!(record.member == id, "6: nodes are listed by their member");
				ensure!(listed.insert(node), "6: nodes are listed once");
			}
		}
		let mut count = 0usize;
		for (id, node) in Nodes::<T>::iter() {
			count += 1;
			ensure!(id < NextNodeId::<T>::get(), "1: nodes have numbers below the next one");
			ensure!(network::validate_peer(&node.peer).is_ok(), "7: PeerIds are valid");
			ensure!(
				network::validate_addresses(&node.addresses).is_ok(),
				"7: addresses are valid"
			);
			ensure!(
				Peers::<T>::get(&node.peer) == Some((node.member, id)),
				"8: nodes are found by PeerId"
			);
			ensure!(
				Delegates::<T>::get(&node.delegate) == Some((node.member, id)),
				"9: nodes are found by delegate"
			);
			let record = NodeRecords::<T>::get(id).ok_or("6: every node has a record")?;
			ensure!(
				record.removed_at.is_none() && record.member == node.member && record.peer == node.peer,
				"6: records of present nodes are theirs"
			);
		}
		ensure!(count == listed.len(), "6: all nodes are listed");
		ensure!(
			NodeRecords::<T>::iter_keys().count() == NextNodeId::<T>::get() as usize,
			"6: every number of a node has a record"
		);
		for (id, record) in NodeRecords::<T>::iter() {
			ensure!(
				id < NextNodeId::<T>::get() && Members::<T>::contains_key(record.member),
				"6: records are those of members' nodes"
			);
			let removed = record.removed_at;
			ensure!(
				record.registered_at <= removed.unwrap_or(record.registered_at)
					&& removed.unwrap_or(record.registered_at) <= Self::now(),
				"6: nodes are registered before they are removed"
			);
			ensure!(
				removed.is_none() == Nodes::<T>::contains_key(id),
				"6: nodes without an end are present"
			);
		}
		Ok(())
	}

	fn check_indices_of_nodes() -> Result<(), TryRuntimeError> {
		for (peer, (member, id)) in Peers::<T>::iter() {
			let node = Nodes::<T>::get(id).ok_or("8: PeerIds lead to nodes")?;
			ensure!(
				node.peer == peer && node.member == member,
				"8: PeerIds lead to their nodes"
			);
		}
		for (delegate, (member, id)) in Delegates::<T>::iter() {
			let node = Nodes::<T>::get(id).ok_or("9: delegates lead to nodes")?;
			ensure!(
				node.delegate == delegate && node.member == member,
				"9: delegates lead to their nodes"
			);
			let manages = Managers::<T>::get(&delegate);
			ensure!(manages.is_none(), "9: no delegate acts for a member");
		}
		Ok(())
	}

	fn check_keys() -> Result<(), TryRuntimeError> {
		for (id, node) in Nodes::<T>::iter() {
			ensure!(keyring::is_sound(&node.keys), "10: rings are sound");
			let first = node.next_key.checked_sub(node.keys.len() as u32);
			for (number, key) in (first.ok_or("10: rings are the newest keys")?..).zip(&node.keys) {
				ensure!(
					KeyHistory::<T>::get(id, number).as_ref() == Some(key),
					"10: rings are the newest keys, as in the history"
				);
			}
		}
		let mut counts: BTreeMap<NodeId, u32> = BTreeMap::new();
		let mut count = 0usize;
		for (id, number, key) in KeyHistory::<T>::iter() {
			count += 1;
			*counts.entry(id).or_default() += 1;
			Self::check_key(id, number, key)?;
		}
		for (id, number, stolen) in Compromises::<T>::iter() {
			let key = KeyHistory::<T>::get(id, number).ok_or("12: stolen keys are in the history")?;
			ensure!(
				key.valid_from <= stolen.since && stolen.since <= stolen.declared && stolen.declared <= Self::now(),
				"12: keys are stolen between their first block and the declaration"
			);
			ensure!(
				keyring::has_ended(&key, stolen.declared.saturating_add(1)),
				"12: stolen keys end with the block of the declaration"
			);
		}
		for (id, count) in counts {
			ensure!(
				(0..count).all(|number| KeyHistory::<T>::contains_key(id, number)),
				"11: numbers of keys have no gaps"
			);
			ensure!(
				Nodes::<T>::get(id).is_none_or(|node| node.next_key == count),
				"11: the next number is that of the next keys"
			);
		}
		ensure!(
			KeyOwners::<T>::iter_keys().count() == count,
			"11: every owned key is in the history"
		);
		Ok(())
	}

	fn check_key(id: NodeId, number: u32, key: CourierKey) -> Result<(), TryRuntimeError> {
		ensure!(
			KeyOwners::<T>::get(key.signing) == Some((id, number)),
			"11: keys are found by signing key"
		);
		if let Some(before) = number.checked_sub(1) {
			let before = KeyHistory::<T>::get(id, before).ok_or("11: numbers of keys have no gaps")?;
			ensure!(
				before.valid_from < key.valid_from,
				"11: keys begin in the order of their numbers"
			);
		}
		let owner = NodeRecords::<T>::get(id).ok_or("11: keys are those of a node")?;
		match (Nodes::<T>::get(id), owner.removed_at) {
			(Some(node), _) => {
				let in_ring = node.keys.iter().any(|other| other.signing == key.signing);
				ensure!(
					in_ring || keyring::has_ended(&key, Self::now()),
					"12: keys outside the ring have ended"
				);
			}
			(None, Some(removed_at)) => {
				let end = key.valid_until.ok_or("12: keys of former nodes have an end")?;
				ensure!(
					end <= removed_at.saturating_add(1).max(key.valid_from),
					"12: keys end with the block of their node"
				);
			}
			(None, None) => return Err("11: keys are those of a node".into()),
		}
		Ok(())
	}

	fn check_accounts() -> Result<(), TryRuntimeError> {
		for account in Managers::<T>::iter_keys().chain(Delegates::<T>::iter_keys()) {
			ensure!(
				KnownAccounts::<T>::contains_key(account),
				"13: managers and delegates are known accounts"
			);
		}
		for account in KnownAccounts::<T>::iter_keys() {
			ensure!(
				frame_system::Pallet::<T>::providers(&account) > 0,
				"13: known accounts have a record"
			);
		}
		Ok(())
	}

	fn check_allowances() -> Result<(), TryRuntimeError> {
		let now = Self::now();
		for (id, bucket) in MemberAllowances::<T>::iter() {
			let member = Members::<T>::get(id).ok_or("14: allowances are members'")?;
			ensure!(Self::is_present(&member), "14: members that left have no allowance");
			ensure!(
				bucket.level <= Self::member_limits().max && bucket.at <= now,
				"15: allowances keep their limit"
			);
		}
		for bucket in CouncilAllowances::<T>::iter_values() {
			ensure!(
				bucket.level <= Self::council_limits().max && bucket.at <= now,
				"15: allowances keep their limit"
			);
		}
		Ok(())
	}
}
