// SPDX-License-Identifier: Apache-2.0

//! How many motions a seat may have open.

use crate::{Config, Error, Motions, MotionsOf, Pallet};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::marker::PhantomData;
use frame_support::{
	ensure,
	traits::{Consideration, Get, MaybeConsideration},
	CloneNoBound, DebugNoBound, EqNoBound, PartialEqNoBound,
};
use scale_info::TypeInfo;
use sp_runtime::DispatchError;

impl<T: Config> Pallet<T> {
	/// Half of the list in equal parts, and one at least. The other half is for what seats left open that are seats no more.
	pub(crate) fn share() -> u32 {
		(T::MaxMotions::get() / 2 / T::Motions::seats().max(1)).max(1)
	}

	/// Forgets what an account that holds no seat any more had open.
	pub fn forget(who: &T::AccountId) {
		MotionsOf::<T>::remove(who);
	}
}

/// A place in the list of open motions: what `pallet-collective` asks for when a motion is made.
///
/// It is not stored with the motion and never given back: which of a seat's motions are still open is looked up when it makes
/// the next.
#[derive(
	CloneNoBound,
	DebugNoBound,
	EqNoBound,
	PartialEqNoBound,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
#[scale_info(skip_type_params(T))]
pub struct Place<T>(PhantomData<T>);

impl<T: Config + Send + Sync + 'static> Consideration<T::AccountId, u32> for Place<T> {
	/// Called when the motion stands in the list already, last.
	fn new(who: &T::AccountId, _: u32) -> Result<Self, DispatchError> {
		let open = T::Motions::open();
		let Some(newest) = open.last().copied() else {
			return Ok(Place(PhantomData));
		};
		let share = Pallet::<T>::share();
		MotionsOf::<T>::try_mutate(who, |motions| {
			// One that was closed and made anew by another seat stands in the list again; it counts for both until closed.
			motions.retain(|motion| open.contains(motion) && *motion != newest);
			ensure!((motions.len() as u32) < share, Error::<T>::MaxMotionsExceeded);
			motions.try_push(newest).map_err(|_| Error::<T>::MaxMotionsExceeded)
		})?;
		Ok(Place(PhantomData))
	}

	fn update(self, _: &T::AccountId, _: u32) -> Result<Self, DispatchError> {
		Ok(self)
	}

	fn drop(self, _: &T::AccountId) -> Result<(), DispatchError> {
		Ok(())
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn ensure_successful(who: &T::AccountId, _: u32) {
		MotionsOf::<T>::remove(who);
	}
}

impl<T: Config + Send + Sync + 'static> MaybeConsideration<T::AccountId, u32> for Place<T> {
	fn is_none(&self) -> bool {
		true
	}
}
