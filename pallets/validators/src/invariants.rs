// SPDX-License-Identifier: Apache-2.0

//! What holds between the calls, by number. Checked after every test, and over live state by `try-runtime`.

use crate::pallet::*;
use frame_support::{ensure, traits::Get};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Checks all invariants.
	///
	/// # Errors
	/// The number and text of the first that does not hold.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let set = Validators::<T>::get();
		let condemned = Condemned::<T>::get();
		let floor = Floor::<T>::get();
		ensure!(
			set.windows(2).all(|pair| pair[0] < pair[1]),
			"1: the set is sorted and names nobody twice"
		);
		ensure!(
			condemned.windows(2).all(|pair| pair[0] < pair[1]),
			"2: the condemned are sorted, nobody is twice"
		);
		ensure!(
			condemned.iter().all(|who| set.binary_search(who).is_ok()),
			"3: the condemned are in the set"
		);
		ensure!(floor >= T::MinValidators::get(), "4: the floor is not below the lowest");
		ensure!(
			set.is_empty() || set.len() as u32 >= floor,
			"5: the set is not below the floor"
		);
		for (member, id) in IdOf::<T>::iter() {
			ensure!(
				MemberBehind::<T>::get(&id) == Some(member),
				"6: the id of a member leads to it"
			);
		}
		for (id, member) in MemberBehind::<T>::iter() {
			ensure!(
				IdOf::<T>::get(member).as_ref() == Some(&id),
				"6: the member behind an id has that id"
			);
		}
		Ok(())
	}
}
