// SPDX-License-Identifier: Apache-2.0

//! How many entries an account may leave in the state with pallets that would take a deposit for each.
//!
//! An allowance prices the time of a block, not the room that something takes for ever after. Where there is no token nobody
//! leaves a deposit, so entries are counted instead.

use crate::{Config, Entries, Error, Pallet};
use frame_support::{ensure, traits::Get};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
	/// Counts `more` entries of `who`.
	///
	/// # Errors
	/// [`Error::MaxEntriesExceeded`]; nothing is counted then.
	pub fn hold(who: &T::AccountId, more: u32) -> DispatchResult {
		if more == 0 {
			return Ok(());
		}
		let max = T::MaxEntries::get();
		let entries = Entries::<T>::get(who).saturating_add(more);
		ensure!(entries <= max, Error::<T>::MaxEntriesExceeded);
		Entries::<T>::insert(who, entries);
		Ok(())
	}

	/// Counts `fewer` entries of `who` less.
	pub fn release(who: &T::AccountId, fewer: u32) {
		match Entries::<T>::get(who).saturating_sub(fewer) {
			0 => Entries::<T>::remove(who),
			entries => Entries::<T>::insert(who, entries),
		}
	}

	/// Number of entries that are counted for `who`.
	pub fn held(who: &T::AccountId) -> u32 {
		Entries::<T>::get(who)
	}
}
