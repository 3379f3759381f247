// SPDX-License-Identifier: Apache-2.0

//! Benchmarks of every call.

use crate::*;
use alloc::vec::Vec;
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{EnsureOrigin, Get},
	BoundedVec,
};
use frame_system::RawOrigin;
use sealane_primitives::{ids::*, traits::BenchmarkSetup};

/// An issuer's number, its manager, and its node's delegate: the longer way to be authorised.
fn issuer<T: Config>() -> (MemberId, T::AccountId, T::AccountId) {
	let (manager, delegate) = (account("manager", 0, 0), account("delegate", 0, 0));
	(T::BenchmarkSetup::member(&manager, &delegate), manager, delegate)
}

fn commitment(n: u32) -> Digest {
	sp_io::hashing::sha2_256(&n.to_le_bytes())
}

fn batch<T: Config>(n: u32) -> NewReceiptsOf<T> {
	let receipts: Vec<_> = (0..n)
		.map(|i| NewReceipt {
			commitment: commitment(i),
			accepted: true,
		})
		.collect();
	BoundedVec::truncate_from(receipts)
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn issue() {
		let (issuer, _, delegate) = issuer::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(delegate), commitment(0), true);

		assert!(Receipts::<T>::contains_key(issuer, commitment(0)));
	}

	#[benchmark]
	fn issue_batch(n: Linear<1, { T::MaxBatch::get() }>) {
		let (issuer, _, delegate) = issuer::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(delegate), batch::<T>(n));

		assert_eq!(Tallies::<T>::get(issuer).registered, n);
	}

	#[benchmark]
	fn close() -> Result<(), BenchmarkError> {
		let (issuer, _, delegate) = issuer::<T>();
		Pallet::<T>::do_issue(delegate.clone(), commitment(0), true)?;

		#[extrinsic_call]
		_(RawOrigin::Signed(delegate), commitment(0));

		assert_eq!(Tallies::<T>::get(issuer).closed, 1);
		Ok(())
	}

	#[benchmark]
	fn close_batch(n: Linear<1, { T::MaxBatch::get() }>) -> Result<(), BenchmarkError> {
		let (issuer, _, delegate) = issuer::<T>();
		Pallet::<T>::do_issue_batch(delegate.clone(), batch::<T>(n))?;
		let commitments: Vec<_> = (0..n).map(commitment).collect();

		#[extrinsic_call]
		_(RawOrigin::Signed(delegate), BoundedVec::truncate_from(commitments));

		assert_eq!(Tallies::<T>::get(issuer).closed, n);
		Ok(())
	}

	#[benchmark]
	fn revoke() -> Result<(), BenchmarkError> {
		let (issuer, manager, delegate) = issuer::<T>();
		Pallet::<T>::do_issue(delegate, commitment(0), true)?;

		#[extrinsic_call]
		_(RawOrigin::Signed(manager), commitment(0), RevocationReason::Fraud);

		assert_eq!(Tallies::<T>::get(issuer).revoked, 1);
		Ok(())
	}

	#[benchmark]
	fn force_revoke() -> Result<(), BenchmarkError> {
		let (issuer, _, delegate) = issuer::<T>();
		Pallet::<T>::do_issue(delegate, commitment(0), true)?;
		let origin = T::ForceRevokeOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;

		#[extrinsic_call]
		_(
			origin as T::RuntimeOrigin,
			issuer,
			commitment(0),
			RevocationReason::Order,
		);

		assert_eq!(Tallies::<T>::get(issuer).revoked, 1);
		Ok(())
	}

	impl_benchmark_test_suite! {
		Pallet,
		crate::mock::World::new().ext,
		crate::mock::Test,
	}
}
