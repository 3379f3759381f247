// SPDX-License-Identifier: Apache-2.0

//! Weights of `frame_system_extensions`, measured. Written by `scripts/weights`, not by hand.
//!
//! Measured 2026-11-24 on Intel(R) Xeon(R) Processor, 2 cores. Hardly anything else used them.
//! Load average 1.14 before and 1.13 after, this program counting as one.
//! Samples: 20 values per component, 10 runs each, at least 1000 ms per benchmark.
//! In the wasm of this runtime, over its development genesis, in memory. Accesses to storage are priced by `DbWeight`. Sizes of
//! proofs are left out, since nobody on this chain works from proofs.

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(clippy::unnecessary_cast)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Measured weights of `frame_system_extensions`.
pub struct WeightInfo<T>(PhantomData<T>);
impl<T: frame_system::Config> frame_system::ExtensionsWeightInfo for WeightInfo<T> {
	fn check_genesis() -> Weight {
		// Shortest run: 1_973 ns.
		Weight::from_parts(2_206_000, 0)
	}
	fn check_mortality_mortal_transaction() -> Weight {
		// Shortest run: 4_090 ns.
		Weight::from_parts(4_427_000, 0)
	}
	fn check_mortality_immortal_transaction() -> Weight {
		// Shortest run: 4_085 ns.
		Weight::from_parts(4_479_000, 0)
	}
	fn check_non_zero_sender() -> Weight {
		// Shortest run: 633 ns.
		Weight::from_parts(703_000, 0)
	}
	/// Storage: `System::Account` (r:1 w:1)
	fn check_nonce() -> Weight {
		// Shortest run: 6_995 ns.
		Weight::from_parts(7_486_000, 0)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	fn check_spec_version() -> Weight {
		// Shortest run: 480 ns.
		Weight::from_parts(533_000, 0)
	}
	fn check_tx_version() -> Weight {
		// Shortest run: 476 ns.
		Weight::from_parts(533_000, 0)
	}
	fn check_weight() -> Weight {
		// Shortest run: 4_136 ns.
		Weight::from_parts(4_514_000, 0)
	}
	fn weight_reclaim() -> Weight {
		// Shortest run: 2_378 ns.
		Weight::from_parts(2_644_000, 0)
	}
}
