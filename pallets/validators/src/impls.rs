// SPDX-License-Identifier: Apache-2.0

//! What the calls do, once their origin is checked.

use crate::{pallet::*, types::*};
use frame_support::{
	ensure,
	traits::{Contains, Get},
};
use pallet_session::Pallet as Session;
use sealane_primitives::ids::MemberId;
use sp_runtime::{traits::Convert, DispatchResult, Perbill};
use sp_staking::SessionIndex;

impl<T: Config> Pallet<T> {
	/// Whether `who` is in the set.
	pub fn is_validator(who: &T::AccountId) -> bool {
		Validators::<T>::get().binary_search(who).is_ok()
	}

	/// The id for which `who` acts, whether it is in the set or not; `None` where the account is the id of a member that
	/// somebody else manages.
	pub(crate) fn id_behind(who: &T::AccountId) -> Option<T::AccountId> {
		let member = T::MemberOf::convert(who.clone());
		let id = member.and_then(IdOf::<T>::get).unwrap_or_else(|| who.clone());
		match MemberBehind::<T>::get(&id) {
			Some(behind) if member != Some(behind) => None,
			_ => Some(id),
		}
	}

	/// Lets the validator that `old` acted for go on under the manager that its member has now. Does nothing where there is none.
	pub fn hand_over(member: MemberId, old: &T::AccountId) {
		if IdOf::<T>::contains_key(member) {
			Self::deposit_handed_over(member);
			return;
		}
		// An id of another member is not `old`'s to hand over.
		let is_one = Self::is_validator(old) || Session::<T>::load_keys(old).is_some();
		if is_one && !MemberBehind::<T>::contains_key(old) {
			IdOf::<T>::insert(member, old);
			MemberBehind::<T>::insert(old, member);
			Self::deposit_handed_over(member);
		}
	}

	fn deposit_handed_over(member: MemberId) {
		if let Some(validator) = IdOf::<T>::get(member) {
			Self::deposit_event(Event::ValidatorHandedOver { validator, member });
		}
	}

	/// The id under which a member validates whose manager is `manager`.
	pub fn id_of_member(member: MemberId, manager: &T::AccountId) -> T::AccountId {
		IdOf::<T>::get(member).unwrap_or_else(|| manager.clone())
	}

	/// Forgets who acts for a member's validator: the member is gone.
	pub fn forget(member: MemberId) {
		if let Some(id) = IdOf::<T>::take(member) {
			MemberBehind::<T>::remove(id);
		}
	}

	pub(crate) fn do_add_validator(account: T::AccountId) -> DispatchResult {
		ensure!(T::Candidates::contains(&account), Error::<T>::NotCandidate);
		let validator = Self::id_behind(&account).ok_or(Error::<T>::NotCandidate)?;
		ensure!(Session::<T>::load_keys(&validator).is_some(), Error::<T>::KeysNotSet);
		let mut set = Validators::<T>::get();
		let place = match set.binary_search(&validator) {
			Ok(_) => return Err(Error::<T>::AlreadyExists.into()),
			Err(place) => place,
		};
		set.try_insert(place, validator.clone())
			.map_err(|_| Error::<T>::MaxValidatorsExceeded)?;
		let validators = set.len() as u32;
		Validators::<T>::put(set);
		Self::deposit_event(Event::ValidatorAdded { validator, validators });
		Ok(())
	}

	pub(crate) fn do_remove_validator(validator: T::AccountId, reason: RemovalReason) -> DispatchResult {
		let mut set = Validators::<T>::get();
		let place = set.binary_search(&validator).map_err(|_| Error::<T>::NotFound)?;
		ensure!(set.len() as u32 > Floor::<T>::get(), Error::<T>::FloorReached);
		set.remove(place);
		let validators = set.len() as u32;
		Validators::<T>::put(set);
		Condemned::<T>::mutate(|condemned| condemned.retain(|other| *other != validator));
		Self::deposit_event(Event::ValidatorRemoved {
			validator,
			validators,
			reason,
		});
		Ok(())
	}

	pub(crate) fn do_pardon(validator: T::AccountId) -> DispatchResult {
		let mut condemned = Condemned::<T>::get();
		let place = condemned
			.binary_search(&validator)
			.map_err(|_| Error::<T>::NotCondemned)?;
		condemned.remove(place);
		Condemned::<T>::put(condemned);
		Self::deposit_event(Event::ValidatorPardoned { validator });
		Ok(())
	}

	pub(crate) fn do_set_floor(floor: u32) -> DispatchResult {
		ensure!(floor >= T::MinValidators::get(), Error::<T>::FloorTooLow);
		let validators = Validators::<T>::decode_len().unwrap_or_default() as u32;
		ensure!(floor <= validators, Error::<T>::FloorTooHigh);
		let old = Floor::<T>::get();
		Floor::<T>::put(floor);
		Self::deposit_event(Event::FloorSet { old, new: floor });
		Ok(())
	}

	/// Marks a validator that committed an offence. One that has left the set meanwhile is beyond reach.
	pub(crate) fn condemn(validator: T::AccountId, session: SessionIndex, severity: Perbill) {
		if !Self::is_validator(&validator) {
			return;
		}
		let marked = Condemned::<T>::mutate(|condemned| match condemned.binary_search(&validator) {
			Ok(_) => false,
			// As many fit as there are validators.
			Err(place) => condemned.try_insert(place, validator.clone()).is_ok(),
		});
		if marked {
			Self::deposit_event(Event::ValidatorCondemned {
				validator,
				session,
				severity,
			});
		}
	}

	/// Takes the condemned out of the set, as many as the floor allows.
	pub(crate) fn drop_condemned() {
		for validator in Condemned::<T>::get() {
			if Self::do_remove_validator(validator.clone(), RemovalReason::Offence).is_err() {
				Self::deposit_event(Event::CondemnedKept {
					validator,
					floor: Floor::<T>::get(),
				});
			}
		}
	}

	/// Takes out of the set, as far as the floor allows, who belongs to the consortium no longer. Does nothing to others.
	pub fn expel(validator: &T::AccountId) {
		if Self::is_validator(validator)
			&& Self::do_remove_validator(validator.clone(), RemovalReason::MemberExited).is_err()
		{
			Self::deposit_event(Event::ExitedKept {
				validator: validator.clone(),
				floor: Floor::<T>::get(),
			});
		}
	}

	/// Puts the first set in place.
	///
	/// # Panics
	/// Where accounts repeat, are too many, or fewer than the floor: a network must not begin with it.
	pub(crate) fn build_genesis(validators: &[T::AccountId], floor: Option<u32>) {
		let mut sorted = validators.to_vec();
		sorted.sort();
		sorted.dedup();
		assert_eq!(
			sorted.len(),
			validators.len(),
			"an account is twice among the {} validators",
			validators.len()
		);
		let (min, max) = (T::MinValidators::get(), T::MaxValidators::get());
		let set = sorted
			.try_into()
			.unwrap_or_else(|_| panic!("there are {} validators, most are {max}", validators.len()));
		let floor = floor.unwrap_or(min);
		assert!(floor >= min, "floor is {floor}, below the lowest of {min}");
		// A genesis without validators is that of tests of other pallets; the session pallet then goes by its own keys.
		let count = validators.len() as u32;
		assert!(
			count == 0 || floor <= count,
			"floor is {floor}, above the number of validators, {count}"
		);
		Validators::<T>::put::<frame_support::BoundedVec<_, _>>(set);
		Floor::<T>::put(floor);
	}
}
