// SPDX-License-Identifier: Apache-2.0

//! Benchmarks of all calls.

use super::*;
use codec::Decode;
use frame_benchmarking::v2::*;
use frame_support::traits::{EnsureOrigin, Get};
use frame_system::RawOrigin;
use sealane_primitives::traits::BenchmarkSetup;
use sp_runtime::traits::TrailingZeroInput;

/// Gives `who` session keys, as `session.set_keys` would.
fn set_keys<T: Config>(who: &T::AccountId) {
	let keys = T::Keys::decode(&mut TrailingZeroInput::zeroes()).expect("session keys are fixed-size bytes; qed");
	pallet_session::NextKeys::<T>::insert(who, keys);
}

/// A set of `count` accounts without candidates behind them.
fn fill<T: Config>(count: u32) {
	let mut set: alloc::vec::Vec<T::AccountId> = (0..count).map(|i| account("validator", i, 0)).collect();
	set.sort();
	Validators::<T>::put::<frame_support::BoundedVec<_, _>>(set.try_into().expect("no more than fit; qed"));
	Floor::<T>::put(T::MinValidators::get());
	Condemned::<T>::kill();
}

/// Marks everybody in the set.
fn condemn_all<T: Config>() {
	Condemned::<T>::put(Validators::<T>::get());
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn add_validator() -> Result<(), BenchmarkError> {
		let origin = T::AddOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		fill::<T>(T::MaxValidators::get() - 1);
		let candidate: T::AccountId = account("candidate", 0, 0);
		T::BenchmarkSetup::member(&candidate, &account("delegate", 0, 0));
		set_keys::<T>(&candidate);

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, candidate.clone());

		assert!(Pallet::<T>::is_validator(&candidate));
		Ok(())
	}

	#[benchmark]
	fn remove_validator() -> Result<(), BenchmarkError> {
		let origin = T::RemoveOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		fill::<T>(T::MaxValidators::get());
		condemn_all::<T>();
		let validator: T::AccountId = account("validator", 0, 0);

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, validator.clone());

		assert!(!Pallet::<T>::is_validator(&validator));
		Ok(())
	}

	#[benchmark]
	fn leave() {
		fill::<T>(T::MaxValidators::get());
		condemn_all::<T>();
		let validator: T::AccountId = account("validator", 0, 0);

		#[extrinsic_call]
		_(RawOrigin::Signed(validator.clone()));

		assert!(!Pallet::<T>::is_validator(&validator));
	}

	#[benchmark]
	fn pardon() -> Result<(), BenchmarkError> {
		let origin = T::AddOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		fill::<T>(T::MaxValidators::get());
		condemn_all::<T>();
		let validator: T::AccountId = account("validator", 0, 0);

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, validator.clone());

		assert!(!Condemned::<T>::get().contains(&validator));
		Ok(())
	}

	#[benchmark]
	fn hand_over() {
		fill::<T>(T::MaxValidators::get());
		let validator: T::AccountId = account("validator", 0, 0);

		#[block]
		{
			Pallet::<T>::hand_over(7, &validator);
		}

		assert_eq!(IdOf::<T>::get(7), Some(validator));
	}

	#[benchmark]
	fn set_floor() -> Result<(), BenchmarkError> {
		let origin = T::FloorOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		fill::<T>(T::MaxValidators::get());

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, T::MaxValidators::get());

		assert_eq!(Floor::<T>::get(), T::MaxValidators::get());
		Ok(())
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::ext(), crate::mock::Test);
}
