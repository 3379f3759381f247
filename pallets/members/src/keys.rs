// SPDX-License-Identifier: Apache-2.0

//! What the calls on courier keys do, once their origin is checked, and the history that they leave.

use crate::{
	keyring::{self, KeysFault},
	pallet::*,
};
use frame_support::{ensure, traits::Get};
use sealane_primitives::{
	ids::*,
	keys::{Compromise, CourierKey, CourierKeys},
	signature::is_strict_key,
};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_announce_keys(node: NodeId, new: keyring::Announcement) -> DispatchResult {
		let mut record = Nodes::<T>::get(node).ok_or(Error::<T>::NodeNotFound)?;
		let limits = keyring::RotationLimits {
			min_overlap: T::MinKeyOverlap::get(),
			max_overlap: T::MaxKeyOverlap::get(),
			max_notice: T::MaxKeyNotice::get(),
		};
		let ring = keyring::announce(&record.keys, new, limits, Self::now()).map_err(Error::<T>::InvalidKeys)?;
		Self::ensure_strict(&new.signing)?;
		ensure!(!KeyOwners::<T>::contains_key(new.signing), Error::<T>::KeyAlreadyExists);

		let index = record.next_key;
		record.next_key = index.checked_add(1).ok_or(Error::<T>::IdsExhausted)?;
		KeyOwners::<T>::insert(new.signing, (node, index));
		Self::record_changes(node, &record.keys, &ring);
		let key = ring.last().cloned().ok_or(Error::<T>::NodeNotFound)?;
		record.keys = ring;
		Self::touch(record.member);
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
			// They held in no block, so no evidence can refer to them. They were the newest: the next ones get their number, so
			// that the history has no gap.
			KeyHistory::<T>::remove(node, index);
			KeyOwners::<T>::remove(signing);
			record.next_key = index;
		}
		Self::record_changes(node, &record.keys, &ring);
		record.keys = ring;
		Self::touch(record.member);
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

	pub(crate) fn do_report_compromise(
		member: MemberId,
		node: NodeId,
		signing: [u8; 32],
		since: BlockNumber,
	) -> DispatchResult {
		let record = NodeRecords::<T>::get(node).ok_or(Error::<T>::NodeNotFound)?;
		ensure!(record.member == member, Error::<T>::NotAuthorized);
		let fault = Error::<T>::InvalidKeys;
		let (_, index) = KeyOwners::<T>::get(signing)
			.filter(|(owner, _)| *owner == node)
			.ok_or(fault(KeysFault::NotFound))?;
		let key = KeyHistory::<T>::get(node, index).ok_or(fault(KeysFault::NotFound))?;
		ensure!(
			!Compromises::<T>::contains_key(node, index),
			fault(KeysFault::AlreadyCompromised)
		);
		let now = Self::now();
		ensure!(
			(key.valid_from..=now).contains(&since),
			fault(KeysFault::SinceOutOfRange)
		);
		if !keyring::has_ended(&key, now.saturating_add(1)) {
			Self::do_retire_keys(node, signing)?;
		}
		let compromise = Compromise { since, declared: now };
		Compromises::<T>::insert(node, index, compromise);
		Self::deposit_event(Event::KeysCompromised { node, index, since });
		Ok(())
	}

	/// Signatures by this key can be checked, and by everybody alike.
	pub(crate) fn ensure_strict(signing: &[u8; 32]) -> Result<(), Error<T>> {
		ensure!(
			is_strict_key(signing),
			Error::<T>::InvalidKeys(KeysFault::InvalidSigningKey)
		);
		Ok(())
	}

	/// Writes a node's first or next keys into the history.
	pub(crate) fn record_key(node: NodeId, index: u32, key: &CourierKey) {
		KeyHistory::<T>::insert(node, index, key);
		KeyOwners::<T>::insert(key.signing, (node, index));
	}

	/// Brings the history in line with a ring that became `new`.
	pub(crate) fn record_changes(node: NodeId, old: &CourierKeys, new: &CourierKeys) {
		for key in new.iter().filter(|key| !old.contains(key)) {
			if let Some((_, index)) = KeyOwners::<T>::get(key.signing) {
				KeyHistory::<T>::insert(node, index, key);
			}
		}
	}
}
