// SPDX-License-Identifier: Apache-2.0

//! Benchmarks of session keys. The SDK's own need its staking pallet, which this chain has no use for.

use alloc::vec::Vec;
use frame_benchmarking::v2::*;
use frame_system::RawOrigin;
use pallet_session::{Call, Pallet as Session};

/// What the benchmarks ask of the runtime.
pub trait Config: pallet_session::Config {
	/// An account that may set session keys.
	fn candidate() -> Self::AccountId;
	/// Keys that were never given before, and the proof that `owner` holds them.
	fn keys_of(owner: &Self::AccountId) -> (Self::Keys, Vec<u8>);
}

/// The session pallet, for its benchmarks.
pub struct Pallet<T: Config>(pallet_session::Pallet<T>);

#[benchmarks]
mod benchmarks {
	use super::*;

	/// A rotation: the keys until now have to make room.
	#[benchmark]
	fn set_keys() -> Result<(), BenchmarkError> {
		let who = T::candidate();
		let (old, proof) = T::keys_of(&who);
		Session::<T>::set_keys(RawOrigin::Signed(who.clone()).into(), old, proof)?;
		let (new, proof) = T::keys_of(&who);

		#[extrinsic_call]
		_(RawOrigin::Signed(who), new, proof);

		Ok(())
	}

	#[benchmark]
	fn purge_keys() -> Result<(), BenchmarkError> {
		let who = T::candidate();
		let (keys, proof) = T::keys_of(&who);
		Session::<T>::set_keys(RawOrigin::Signed(who.clone()).into(), keys, proof)?;

		#[extrinsic_call]
		_(RawOrigin::Signed(who));

		Ok(())
	}
}
