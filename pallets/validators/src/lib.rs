// SPDX-License-Identifier: Apache-2.0

//! # Validators pallet
//!
//! Which accounts author and finalise blocks: a set that the council keeps, fed to `pallet-session`.
//!
//! ## Pallet API
//! See the [`pallet`] module for calls, storage, events, errors and what a runtime has to set.
//!
//! ## Overview
//! A consortium names the institutions that run validators. One that is named brings the keys with which its machine
//! will sign, then the council adds it; from the session after the next on it takes part, and nothing is restarted. A
//! session ends only when there is something to change.
//! One that signs two different things at once is caught by the others: it is shut out for the session, and taken out of
//! the set when the next one is planned. The set never becomes smaller than a floor that the council sets.
//!
//! ### Example
#![doc = docify::embed!("src/tests/add_validator.rs", an_institution_becomes_a_validator)]
//!
//! ### Design goals
//! 1. **No restart.** Every change takes effect with a session.
//! 2. **Never below the floor.** Not by the council, not by those who leave, not by punishment.
//! 3. **No empty seat.** Nobody is added who has no session keys yet.
//! 4. **An equivocation has consequences by itself.** Mercy needs the council, punishment does not.
//! 5. **A quiet network stays quiet.** A session ends only where set or keys have changed: the block that ends one takes no
//!    extrinsics of members, and each change of authorities is one more that evidence has to prove.
//! 6. **A member validates, not an account.** Who manages the member now sets the keys and may leave, under the number of
//!    sessions and offences that the member has had from the first; the account that managed it before cannot.
//!
//! ### Terminology
//! * **Candidate**: an account that may become a validator: here, one that acts for an active member.
//! * **Floor**: the fewest validators that must remain in the set.
//! * **Condemned**: in the set still, to be taken out as soon as the floor allows.
//! * **Planned**: what a session in the future will run with. Sessions are planned two ahead.
//! * **Id of a validator**: the account under which it is in the set. Where a member's manager changed, that of the manager
//!   with whom it began.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod impls;
// In every build with `std`, so that tools can check a state that they loaded; never in the wasm of a normal build.
#[cfg(any(feature = "std", feature = "try-runtime"))]
mod invariants;
#[cfg(test)]
mod mock;
mod session;
#[cfg(test)]
mod tests;
mod types;
pub mod weights;

pub use pallet::*;
pub use session::{OnDemand, UnitIdentification, ValidatorOf};
pub use types::*;
pub use weights::WeightInfo;

/// Target of this pallet's log lines.
pub(crate) const LOG_TARGET: &str = "runtime::validators";

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use alloc::vec::Vec;
	use frame_support::{pallet_prelude::*, traits::Contains};
	use frame_system::pallet_prelude::*;
	use sealane_primitives::ids::MemberId;
	use sp_runtime::{traits::Convert, Perbill};
	use sp_staking::SessionIndex;

	/// The in-code storage version.
	const STORAGE_VERSION: StorageVersion = StorageVersion::new(2);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config:
		frame_system::Config + pallet_session::Config<ValidatorId = <Self as frame_system::Config>::AccountId>
	{
		/// Who adds validators, and pardons those that are condemned.
		type AddOrigin: EnsureOrigin<Self::RuntimeOrigin>;
		/// Who removes validators.
		type RemoveOrigin: EnsureOrigin<Self::RuntimeOrigin>;
		/// Who sets the floor.
		type FloorOrigin: EnsureOrigin<Self::RuntimeOrigin>;
		/// The accounts that may become validators. Each must have a provider reference, or it cannot set session keys.
		// This pallet gives none itself: whoever may transact on this chain has one, and it outlives the candidacy.
		type Candidates: Contains<Self::AccountId>;

		/// The member that an account manages.
		type MemberOf: Convert<Self::AccountId, Option<MemberId>>;
		/// What else than a change of set or keys asks for the end of a session.
		type AlsoDue: Get<bool>;

		/// A session ends at multiples of this many blocks, if at all.
		#[pallet::constant]
		type SessionPeriod: Get<u32>;
		/// The lowest floor there may be.
		#[pallet::constant]
		type MinValidators: Get<u32>;
		/// Most validators in the set.
		#[pallet::constant]
		type MaxValidators: Get<u32>;

		/// Weights of the calls.
		type WeightInfo: WeightInfo;

		/// Makes candidates for the benchmarks.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkSetup: sealane_primitives::traits::BenchmarkSetup<Self::AccountId>;
	}

	/// The set, sorted.
	#[pallet::storage]
	pub type Validators<T: Config> = StorageValue<_, BoundedVec<T::AccountId, T::MaxValidators>, ValueQuery>;

	/// The fewest validators that must remain in the set.
	#[pallet::storage]
	pub type Floor<T: Config> = StorageValue<_, u32, ValueQuery, T::MinValidators>;

	/// Those of the set that have committed an offence, sorted.
	#[pallet::storage]
	pub type Condemned<T: Config> = StorageValue<_, BoundedVec<T::AccountId, T::MaxValidators>, ValueQuery>;

	/// Digest of the set and the session keys with which the last session was planned.
	#[pallet::storage]
	pub type Planned<T: Config> = StorageValue<_, T::Hash>;

	/// The id under which a member validates, where another account than its manager's is that.
	#[pallet::storage]
	pub type IdOf<T: Config> = StorageMap<_, Twox64Concat, MemberId, T::AccountId>;

	/// The member behind an id that was handed over: its manager acts for it, and nobody else.
	#[pallet::storage]
	pub type MemberBehind<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, MemberId>;

	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// The first validators. Their session keys belong into the genesis of `pallet-session`.
		pub validators: Vec<T::AccountId>,
		/// The floor; absent, the lowest there may be.
		pub floor: Option<u32>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			Pallet::<T>::build_genesis(&self.validators, self.floor);
		}
	}

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// An account is in the set now.
		ValidatorAdded {
			/// The account.
			validator: T::AccountId,
			/// Number of validators in the set.
			validators: u32,
		},
		/// An account is in the set no more.
		ValidatorRemoved {
			/// The account.
			validator: T::AccountId,
			/// Number of validators in the set.
			validators: u32,
			/// Why.
			reason: RemovalReason,
		},
		/// A validator was caught at an offence and will be taken out when the next session is planned.
		ValidatorCondemned {
			/// The account.
			validator: T::AccountId,
			/// The session in which it happened.
			session: SessionIndex,
			/// How severe it is.
			severity: Perbill,
		},
		/// A condemned validator stays for the time being: without it the set would be below the floor. Told with each
		/// session until a validator is added or the council pardons it.
		CondemnedKept {
			/// The account.
			validator: T::AccountId,
			/// The floor.
			floor: u32,
		},
		/// A validator whose member left the consortium stays: without it the set would be below the floor. The council adds
		/// another one and removes it.
		ExitedKept {
			/// The account.
			validator: T::AccountId,
			/// The floor.
			floor: u32,
		},
		/// The member behind a validator has another manager, who acts for the validator from now on.
		ValidatorHandedOver {
			/// The id of the validator, which stays.
			validator: T::AccountId,
			/// The member.
			member: MemberId,
		},
		/// The council lets a condemned validator stay.
		ValidatorPardoned {
			/// The account.
			validator: T::AccountId,
		},
		/// Another floor holds.
		FloorSet {
			/// The floor until now.
			old: u32,
			/// The floor from now on.
			new: u32,
		},
		/// A session will run with another set or other keys than the one before it.
		SessionPlanned {
			/// The session.
			session: SessionIndex,
			/// Number of validators in the set.
			validators: u32,
		},
		/// A validator has no session keys; a session runs without it.
		KeysMissing {
			/// The account.
			validator: T::AccountId,
			/// The session.
			session: SessionIndex,
		},
	}

	#[pallet::error]
	pub enum Error<T> {
		/// The account may not become a validator.
		NotCandidate,
		/// The account has set no session keys: `session.set_keys` comes first.
		KeysNotSet,
		/// The account is in the set already.
		AlreadyExists,
		/// The account is not in the set.
		NotFound,
		/// The account is not condemned.
		NotCondemned,
		/// The set has as many validators as it may.
		MaxValidatorsExceeded,
		/// The set would be below the floor.
		FloorReached,
		/// The floor would be below the lowest there may be.
		FloorTooLow,
		/// The floor would be above the number of validators.
		FloorTooHigh,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		/// Accounts for the look at set and keys by [`OnDemand`], in blocks in which a session may end.
		fn on_initialize(block: BlockNumberFor<T>) -> Weight {
			if !Self::may_end_at(block) {
				return Weight::zero();
			}
			let keys = u64::from(T::MaxValidators::get());
			<T as frame_system::Config>::DbWeight::get().reads(keys.saturating_add(5))
		}

		fn integrity_test() {
			assert!(T::SessionPeriod::get() > 0, "SessionPeriod is 0: no session could end");
			let (min, max) = (T::MinValidators::get(), T::MaxValidators::get());
			assert!(min > 0, "MinValidators is 0: a chain without validators stands still");
			assert!(min <= max, "MinValidators is {min}, above MaxValidators of {max}");
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Adds a validator.
		///
		/// - Origin: [`Config::AddOrigin`].
		/// - Details: `validator` manages an active member or holds a seat. It takes part from the session after the next on. One
		///   that was removed is added in the same way.
		/// - Errors: [`Error::NotCandidate`], [`Error::KeysNotSet`], [`Error::AlreadyExists`],
		///   [`Error::MaxValidatorsExceeded`].
		/// - Events: [`Event::ValidatorAdded`].
		#[pallet::call_index(0)]
		#[pallet::weight(<T as Config>::WeightInfo::add_validator())]
		pub fn add_validator(origin: OriginFor<T>, validator: T::AccountId) -> DispatchResult {
			T::AddOrigin::ensure_origin(origin)?;
			Self::do_add_validator(validator)
		}

		/// Removes a validator.
		///
		/// - Origin: [`Config::RemoveOrigin`].
		/// - Details: `validator` is its id, or the account that acts for it. It takes part until the end of the next session.
		/// - Errors: [`Error::NotFound`], [`Error::FloorReached`].
		/// - Events: [`Event::ValidatorRemoved`].
		#[pallet::call_index(1)]
		#[pallet::weight((<T as Config>::WeightInfo::remove_validator(), DispatchClass::Operational))]
		pub fn remove_validator(origin: OriginFor<T>, validator: T::AccountId) -> DispatchResult {
			T::RemoveOrigin::ensure_origin(origin)?;
			let validator = Self::id_behind(&validator)
				.filter(|_| !Self::is_validator(&validator))
				.unwrap_or(validator);
			Self::do_remove_validator(validator, RemovalReason::Council)
		}

		/// Stops being a validator.
		///
		/// - Origin: signed by who acts for the validator.
		/// - Details: as [`Pallet::remove_validator`]. It must keep running until then.
		/// - Errors: [`Error::NotFound`], [`Error::FloorReached`].
		/// - Events: [`Event::ValidatorRemoved`].
		#[pallet::call_index(2)]
		#[pallet::weight(<T as Config>::WeightInfo::leave())]
		pub fn leave(origin: OriginFor<T>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let validator = Self::id_behind(&who).ok_or(Error::<T>::NotFound)?;
			Self::do_remove_validator(validator, RemovalReason::Left)
		}

		/// Lets a condemned validator stay in the set.
		///
		/// - Origin: [`Config::AddOrigin`].
		/// - Details: one that was taken out already is added again instead.
		/// - Errors: [`Error::NotCondemned`].
		/// - Events: [`Event::ValidatorPardoned`].
		#[pallet::call_index(3)]
		#[pallet::weight(<T as Config>::WeightInfo::pardon())]
		pub fn pardon(origin: OriginFor<T>, validator: T::AccountId) -> DispatchResult {
			T::AddOrigin::ensure_origin(origin)?;
			Self::do_pardon(validator)
		}

		/// Sets the least number of validators.
		///
		/// - Origin: [`Config::FloorOrigin`].
		/// - Details: between [`Config::MinValidators`] and the number of validators in the set.
		/// - Errors: [`Error::FloorTooLow`], [`Error::FloorTooHigh`].
		/// - Events: [`Event::FloorSet`].
		#[pallet::call_index(4)]
		#[pallet::weight(<T as Config>::WeightInfo::set_floor())]
		pub fn set_floor(origin: OriginFor<T>, floor: u32) -> DispatchResult {
			T::FloorOrigin::ensure_origin(origin)?;
			Self::do_set_floor(floor)
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// The set, sorted. The session under way may still run with an earlier one.
		pub fn validators() -> Vec<T::AccountId> {
			Validators::<T>::get().into_inner()
		}

		/// The fewest validators that must remain in the set.
		pub fn floor() -> u32 {
			Floor::<T>::get()
		}

		/// The id of the validator for which `who` acts or could act.
		pub fn id_for(who: T::AccountId) -> Option<T::AccountId> {
			<ValidatorOf<T> as Convert<_, _>>::convert(who)
		}

		/// Those of the set that will be taken out as soon as the floor allows.
		pub fn condemned() -> Vec<T::AccountId> {
			Condemned::<T>::get().into_inner()
		}
	}
}
