// SPDX-License-Identifier: Apache-2.0

//! Who may enter safe mode, and when.

use crate::{Config, Pallet, SafeModeEnded};
use core::marker::PhantomData;
use frame_support::traits::{EnsureOrigin, Get};
use frame_system::{pallet_prelude::BlockNumberFor, Pallet as System};
use sp_runtime::traits::Saturating;

impl<T: Config> Pallet<T> {
	/// The first block after the rest, while it lasts.
	pub(crate) fn rests_until() -> Option<BlockNumberFor<T>> {
		let until = SafeModeEnded::<T>::get()?.saturating_add(T::Rest::get());
		(System::<T>::block_number() < until).then_some(until)
	}
}

/// `Greater` at any time, `Smaller` unless safe mode ended less than [`Config::Rest`] ago.
pub struct EnterSafeMode<T, Smaller, Greater>(PhantomData<(T, Smaller, Greater)>);

impl<T, O, Smaller, Greater> EnsureOrigin<O> for EnterSafeMode<T, Smaller, Greater>
where
	T: Config,
	Smaller: EnsureOrigin<O>,
	Greater: EnsureOrigin<O>,
{
	type Success = ();

	fn try_origin(origin: O) -> Result<(), O> {
		let origin = match Greater::try_origin(origin) {
			Ok(_) => return Ok(()),
			Err(origin) => origin,
		};
		match Pallet::<T>::rests_until() {
			None => Smaller::try_origin(origin).map(drop),
			Some(_) => Err(origin),
		}
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn try_successful_origin() -> Result<O, ()> {
		Greater::try_successful_origin()
	}
}
