// SPDX-License-Identifier: Apache-2.0

//! How the set reaches `pallet-session`, and what an offence does.

use crate::{pallet::*, LOG_TARGET};
use alloc::vec::Vec;
use core::marker::PhantomData;
use frame_support::{
	traits::{Contains, EstimateNextSessionRotation, Get},
	weights::Weight,
};
use frame_system::pallet_prelude::BlockNumberFor;
use pallet_session::{historical, Pallet as Session, SessionManager, ShouldEndSession};
use sp_runtime::{
	traits::{Convert, Hash, Zero},
	Perbill, Permill,
};
use sp_staking::{
	offence::{OffenceDetails, OffenceSeverity, OnOffenceHandler},
	SessionIndex,
};

/// The id of the validator that an account acts for, provided that it is in the set or may be added to it. Others cannot
/// set session keys.
pub struct ValidatorOf<T>(PhantomData<T>);

impl<T: Config> Convert<T::AccountId, Option<T::AccountId>> for ValidatorOf<T> {
	fn convert(who: T::AccountId) -> Option<T::AccountId> {
		let id = Pallet::<T>::id_behind(&who)?;
		(T::Candidates::contains(&who) || Pallet::<T>::is_validator(&id)).then_some(id)
	}
}

/// Ends sessions where set or keys have changed, and otherwise never.
pub struct OnDemand<T>(PhantomData<T>);

impl<T: Config> ShouldEndSession<BlockNumberFor<T>> for OnDemand<T> {
	fn should_end_session(now: BlockNumberFor<T>) -> bool {
		Pallet::<T>::may_end_at(now) && Pallet::<T>::session_is_due()
	}
}

impl<T: Config> EstimateNextSessionRotation<BlockNumberFor<T>> for OnDemand<T> {
	/// The shortest there is: whoever waits for a change has to wait for that long.
	fn average_session_length() -> BlockNumberFor<T> {
		T::SessionPeriod::get().into()
	}

	/// Nobody knows when the next change comes.
	fn estimate_current_session_progress(_: BlockNumberFor<T>) -> (Option<Permill>, Weight) {
		(None, Weight::zero())
	}

	/// The next block in which a session may end.
	fn estimate_next_session_rotation(now: BlockNumberFor<T>) -> (Option<BlockNumberFor<T>>, Weight) {
		let period = BlockNumberFor::<T>::from(T::SessionPeriod::get());
		(Some(now + period - now % period), Weight::zero())
	}
}

/// The full identification of a validator: nothing beyond its account, for nothing is at stake.
pub struct UnitIdentification;

impl<AccountId> Convert<AccountId, Option<()>> for UnitIdentification {
	fn convert(_: AccountId) -> Option<()> {
		Some(())
	}
}

impl<T: Config> Pallet<T> {
	/// Whether a session may end with this block at all.
	pub(crate) fn may_end_at(block: BlockNumberFor<T>) -> bool {
		(block % T::SessionPeriod::get().into()).is_zero()
	}

	/// Whether something waits for the end of the session: a change that is planned, one that is not yet, or what the runtime
	/// says.
	pub(crate) fn session_is_due() -> bool {
		if pallet_session::QueuedChanged::<T>::get() || T::AlsoDue::get() {
			return true;
		}
		let set = Validators::<T>::get();
		if set.is_empty() {
			return false;
		}
		let goes = Condemned::<T>::decode_len().unwrap_or_default() > 0 && set.len() as u32 > Floor::<T>::get();
		goes || Planned::<T>::get() != Some(Self::digest(&set, &Self::keys_of(&set)))
	}

	fn keys_of(set: &[T::AccountId]) -> Vec<Option<T::Keys>> {
		set.iter().map(Session::<T>::load_keys).collect()
	}

	/// What tells one set with its keys from another.
	fn digest(set: &[T::AccountId], keys: &[Option<T::Keys>]) -> T::Hash {
		T::Hashing::hash_of(&(set, keys))
	}

	/// The set for session `index`; `None` where neither set nor keys have changed.
	// Keys count as a change: without a new set the historical pallet would keep the proof root of the old keys, and an
	// equivocation under the new ones could not be proven. Nothing else does: each change is a new authority set that
	// light clients and evidence have to prove, and it forgets who is disabled.
	fn plan(index: SessionIndex) -> Option<Vec<T::AccountId>> {
		Self::drop_condemned();
		let set = Validators::<T>::get();
		if set.is_empty() {
			log::error!(target: LOG_TARGET, "session {index} is planned without validators: the last set goes on");
			return None;
		}
		let keys = Self::keys_of(&set);
		let digest = Self::digest(&set, &keys);
		if Planned::<T>::get() == Some(digest) {
			return None;
		}
		Planned::<T>::put(digest);
		for (validator, _) in set.iter().zip(&keys).filter(|(_, keys)| keys.is_none()) {
			Self::deposit_event(Event::KeysMissing {
				validator: validator.clone(),
				session: index,
			});
		}
		Self::deposit_event(Event::SessionPlanned {
			session: index,
			validators: set.len() as u32,
		});
		Some(set.into_inner())
	}
}

impl<T: Config> SessionManager<T::AccountId> for Pallet<T> {
	fn new_session(index: SessionIndex) -> Option<Vec<T::AccountId>> {
		Self::plan(index)
	}
	fn start_session(_: SessionIndex) {}
	fn end_session(_: SessionIndex) {}
}

impl<T: Config> historical::SessionManager<T::AccountId, ()> for Pallet<T> {
	fn new_session(index: SessionIndex) -> Option<Vec<(T::AccountId, ())>> {
		Self::plan(index).map(|set| set.into_iter().map(|validator| (validator, ())).collect())
	}
	fn start_session(_: SessionIndex) {}
	fn end_session(_: SessionIndex) {}
}

impl<T: Config, Reporter, Identification> OnOffenceHandler<Reporter, (T::AccountId, Identification), Weight>
	for Pallet<T>
{
	/// Disables the offenders for the session, as far as the disabling strategy of `pallet-session` allows, and condemns
	/// them.
	fn on_offence(
		offenders: &[OffenceDetails<Reporter, (T::AccountId, Identification)>],
		slash_fraction: &[Perbill],
		session: SessionIndex,
	) -> Weight {
		for (details, severity) in offenders.iter().zip(slash_fraction) {
			let validator = details.offender.0.clone();
			Session::<T>::report_offence(validator.clone(), OffenceSeverity(*severity));
			Self::condemn(validator, session, *severity);
		}
		// Per offender: the session's set and its disabled ones, this set and its condemned.
		<T as frame_system::Config>::DbWeight::get()
			.reads_writes(4, 2)
			.saturating_mul(offenders.len() as u64)
	}
}
