// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_transaction_payment`, measured. Written by `scripts/weights`, not by hand.
//!
//! Measured 2026-11-24 on Intel(R) Xeon(R) Processor, 2 cores. Hardly anything else used them.
//! Load average 1.12 before and 1.12 after, this program counting as one.
//! Samples: 20 values per component, 10 runs each, at least 1000 ms per benchmark.
//! In the wasm of this runtime, over its development genesis, in memory. Accesses to storage are priced by `DbWeight`. Sizes of
//! proofs are left out, since nobody on this chain works from proofs.

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(clippy::unnecessary_cast)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Measured weights of `pallet_transaction_payment`.
pub struct WeightInfo<T>(PhantomData<T>);
impl<T: frame_system::Config> pallet_transaction_payment::WeightInfo for WeightInfo<T> {
	/// Storage: `Council::Members` (r:1 w:0)
	/// Storage: `Members::CounterForManagers` (r:1 w:0)
	/// Storage: `Members::Managers` (r:1 w:0)
	/// Storage: `Members::MemberAllowances` (r:1 w:1)
	/// Storage: `Members::Members` (r:1 w:0)
	fn charge_transaction_payment() -> Weight {
		// Shortest run: 28_002 ns.
		Weight::from_parts(29_289_000, 0)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
}
