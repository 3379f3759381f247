// SPDX-License-Identifier: Apache-2.0

//! # Restraint pallet
//!
//! What keeps the council from being held up by a part of itself, and the state from being filled.
//!
//! ## Pallet API
//! See the [`pallet`] module for storage, errors and what a runtime has to set. There are no calls.
//!
//! ## Overview
//! Some things a part of the council may do at once, so that an incident is met quickly: they are undone by more. What a part
//! may do again in the next block, or do so often that nothing else has room, is undone by nobody. This pallet remembers what
//! was undone, and counts.
//!
//! ### Design goals
//! 1. **Quick once.** Who may enter safe mode as the smaller part of the council may not do it again until [`Config::Rest`] is
//!    over since it ended, however it ended; the greater part may at any time ([`EnterSafeMode`]).
//! 2. **A place for each.** The list of open motions has as many places for one seat as for another, and no seat takes those of
//!    the others ([`Place`]).
//! 3. **Room has an end.** An account leaves no more than [`Config::MaxEntries`] entries with pallets that would take a deposit
//!    for each: proxies, announcements, open operations of accounts of several people.
//! 4. **Nothing grows.** One block number, per seat the motions that it has open, per account that left entries their number.
//!
//! ### Terminology
//! * **Seat**: an account that holds a seat of the council.
//! * **Motion**: what a seat put to the vote, known by the hash of its call.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod entries;
mod motions;
mod safe_mode;
#[cfg(test)]
mod tests;

pub use motions::Place;
pub use pallet::*;
pub use safe_mode::EnterSafeMode;

use alloc::vec::Vec;

/// What this pallet asks of the pallet in which the council votes.
pub trait Motions<Hash> {
	/// The hashes of the open motions, the newest last.
	fn open() -> Vec<Hash>;
	/// Number of seats.
	fn seats() -> u32;
}

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use frame_support::{pallet_prelude::*, traits::SafeModeNotify};
	use frame_system::pallet_prelude::*;

	/// The in-code storage version.
	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config {
		/// The council's motions.
		type Motions: Motions<Self::Hash>;
		/// Most motions that may be open at the same time.
		#[pallet::constant]
		type MaxMotions: Get<u32>;
		/// Most entries that an account leaves with pallets that would take a deposit for them.
		#[pallet::constant]
		type MaxEntries: Get<u32>;
		/// Blocks after the end of safe mode in which only the greater part of the council enters it again.
		#[pallet::constant]
		type Rest: Get<BlockNumberFor<Self>>;
	}

	/// The block in which safe mode ended last.
	#[pallet::storage]
	pub type SafeModeEnded<T: Config> = StorageValue<_, BlockNumberFor<T>>;

	/// The motions that a seat made and that were open when it made its newest.
	#[pallet::storage]
	pub type MotionsOf<T: Config> =
		StorageMap<_, Blake2_128Concat, T::AccountId, BoundedVec<T::Hash, T::MaxMotions>, ValueQuery>;

	/// Number of entries that an account left with pallets that would take a deposit for them.
	#[pallet::storage]
	pub type Entries<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, u32, ValueQuery>;

	#[pallet::error]
	pub enum Error<T> {
		/// The seat has as many open motions as fit beside those of the other seats.
		MaxMotionsExceeded,
		/// The account would leave more entries than [`Config::MaxEntries`].
		MaxEntriesExceeded,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(
				T::MaxMotions::get() > 0,
				"MaxMotions is 0: the council could decide nothing"
			);
		}
	}

	impl<T: Config> SafeModeNotify for Pallet<T> {
		fn entered() {}

		fn exited() {
			SafeModeEnded::<T>::put(frame_system::Pallet::<T>::block_number());
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// The first block in which the smaller part of the council may enter safe mode; `None` where it may.
		pub fn safe_mode_rests_until() -> Option<BlockNumberFor<T>> {
			Self::rests_until()
		}

		/// How many motions a seat may have open at the same time.
		pub fn motions_per_seat() -> u32 {
			Self::share()
		}
	}
}
