// SPDX-License-Identifier: Apache-2.0

//! # Calendars
//!
//! On which days an issuer takes orders, and until when: one calendar for both parties of every channel.
//!
//! ## Overview
//!
//! Whether an order is today's or tomorrow's decides about its price. Where seller and issuer each keep a list of holidays, they
//! differ some day. Here an issuer announces its [calendar](sealane_primitives::calendar) on chain, for all its products or for one,
//! and every node and terminal computes an order's day from it with one function.
//!
//! ## Example
//!
#![doc = docify::embed!("src/tests/announce.rs", a_version_holds_from_its_block_on)]
//!
//! ## Design goals
//!
//! 1. **Nobody is surprised.** A version is announced at least [`Config::MinNotice`] blocks before it holds; the first of an issuer, on
//!    which nobody relied, may hold from the next block on. Until it holds it can be corrected or withdrawn.
//! 2. **The past is fixed.** Versions are kept for ever with their first block: which calendar held when an order was confirmed can be
//!    proven from any later state.
//! 3. **A product's own calendar precedes its issuer's**, also where it is the older one.
//!
//! ## Terminology
//!
//! * **Scope**: an issuer, and one of its products or none: all that have no calendar of their own.
//! * **Version**: a calendar and its first block. Those of a scope count from 1; only the newest may still wait for its block.

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
#[cfg(test)]
mod tests;
pub mod weights;

pub use pallet::*;
pub use weights::WeightInfo;

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use alloc::boxed::Box;
	use frame_support::pallet_prelude::*;
	use frame_system::pallet_prelude::*;
	use sealane_primitives::{
		calendar::{Calendar, CalendarFault, Timetable},
		ids::*,
		traits::{ChannelRegistry, MemberRegistry},
	};

	/// Whose calendar: an issuer's for one product, or for all that have none of their own.
	pub type Scope = (MemberId, Option<ProductId>);

	/// A calendar with the first block in which it holds.
	#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
	pub struct Version {
		/// The first block.
		pub from: BlockNumber,
		/// The calendar.
		pub calendar: Calendar,
	}

	/// Version of the storage layout.
	pub const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	/// Business calendars, in versions.
	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// Tells which member an account manages.
		type Members: MemberRegistry<Self::AccountId>;

		/// Tells the issuer of a product.
		type Channels: ChannelRegistry;

		/// Fewest blocks between the announcement of a version and its first block, where another one holds.
		#[pallet::constant]
		type MinNotice: Get<BlockNumber>;

		/// Most blocks between the announcement of a version and its first block.
		#[pallet::constant]
		type MaxLead: Get<BlockNumber>;

		/// Weights of the calls.
		type WeightInfo: WeightInfo;

		/// Puts members in place for benchmarks.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkSetup: sealane_primitives::traits::BenchmarkSetup<Self::AccountId>;
	}

	/// How many versions a scope has.
	#[pallet::storage]
	pub type Versions<T> = StorageMap<_, Blake2_128Concat, Scope, u32, ValueQuery>;

	/// The versions of a scope by their number, from 1 without gaps. Kept for ever.
	// By number, so that two keys of one state show what held in a block: the version with its first block, and the next one.
	#[pallet::storage]
	pub type Calendars<T> = StorageDoubleMap<_, Blake2_128Concat, Scope, Twox64Concat, u32, Version>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A version of a calendar was announced, or the one that waits was replaced.
		Announced {
			/// The issuer.
			issuer: MemberId,
			/// The product; `None` for all that have no calendar of their own.
			product: Option<ProductId>,
			/// The version.
			version: u32,
			/// The first block in which it holds.
			from: BlockNumber,
			/// Whether it took the place of one that had been announced and did not hold yet.
			replaced: bool,
		},
		/// A version that did not hold yet was taken back.
		Withdrawn {
			/// The issuer.
			issuer: MemberId,
			/// The product; `None` for all that have no calendar of their own.
			product: Option<ProductId>,
			/// The version.
			version: u32,
		},
	}

	#[pallet::error]
	pub enum Error<T> {
		/// The account manages no member.
		NotAuthorized,
		/// The issuer is not admitted, or suspended.
		MemberNotActive,
		/// The member does not hold the role of an issuer.
		RoleMissing,
		/// There is no such product, or it is another issuer's.
		NotTheIssuer,
		/// What was announced is no calendar.
		Invalid(CalendarFault),
		/// The first block is too near: partners must hear of it in time.
		TooSoon,
		/// The first block is too far ahead.
		TooLate,
		/// No version waits for its first block.
		NothingWaits,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(
				T::MinNotice::get() < T::MaxLead::get(),
				"no block lies between MinNotice and MaxLead"
			);
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Announce a calendar for all products that have none of their own, or for one product. A version that was announced before
		/// and does not hold yet is replaced.
		///
		/// ## Origin
		/// The manager of an active issuer; for a product, of the one that issues it.
		///
		/// ## Errors
		/// [`Error::NotAuthorized`], [`Error::MemberNotActive`], [`Error::RoleMissing`], [`Error::NotTheIssuer`];
		/// [`Error::Invalid`] with what is wrong; [`Error::TooSoon`], [`Error::TooLate`].
		///
		/// ## Events
		/// [`Event::Announced`].
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::announce())]
		pub fn announce(
			origin: OriginFor<T>,
			product: Option<ProductId>,
			calendar: Box<Calendar>,
			from: BlockNumber,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_announce(who, product, *calendar, from)
		}

		/// Take back a version that does not hold yet.
		///
		/// ## Origin
		/// The manager of an active issuer; for a product, of the one that issues it.
		///
		/// ## Errors
		/// [`Error::NotAuthorized`], [`Error::MemberNotActive`], [`Error::RoleMissing`], [`Error::NotTheIssuer`],
		/// [`Error::NothingWaits`].
		///
		/// ## Events
		/// [`Event::Withdrawn`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::withdraw())]
		pub fn withdraw(origin: OriginFor<T>, product: Option<ProductId>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_withdraw(who, product)
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// The calendars of an issuer, or of one of its products where that has its own, that hold in this block and next.
		pub fn timetable(issuer: MemberId, product: Option<ProductId>) -> Timetable {
			Self::timetable_of(issuer, product)
		}

		/// A version of a scope.
		pub fn version(issuer: MemberId, product: Option<ProductId>, version: u32) -> Option<Version> {
			Calendars::<T>::get((issuer, product), version)
		}
	}
}
