// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_whitelist`, measured. Written by `scripts/weights`, not by hand.
//!
//! Measured 2026-11-24 on Intel(R) Xeon(R) Processor, 2 cores. Hardly anything else used them.
//! Load average 1.02 before and 1.02 after, this program counting as one.
//! Samples: 20 values per component, 10 runs each, at least 1000 ms per benchmark.
//! In the wasm of this runtime, over its development genesis, in memory. Accesses to storage are priced by `DbWeight`. Sizes of
//! proofs are left out, since nobody on this chain works from proofs.

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(clippy::unnecessary_cast)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Measured weights of `pallet_whitelist`.
pub struct WeightInfo<T>(PhantomData<T>);
impl<T: frame_system::Config> pallet_whitelist::WeightInfo for WeightInfo<T> {
	/// Storage: `Preimage::RequestStatusFor` (r:1 w:1)
	/// Storage: `Preimage::StatusFor` (r:1 w:0)
	/// Storage: `Whitelist::WhitelistedCall` (r:1 w:1)
	fn whitelist_call() -> Weight {
		// Shortest run: 17_055 ns.
		Weight::from_parts(18_090_000, 0)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Preimage::RequestStatusFor` (r:1 w:1)
	/// Storage: `Preimage::StatusFor` (r:1 w:0)
	/// Storage: `Whitelist::WhitelistedCall` (r:1 w:1)
	fn remove_whitelisted_call() -> Weight {
		// Shortest run: 15_966 ns.
		Weight::from_parts(17_137_000, 0)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Whitelist::DeferredDispatch` (r:1 w:1)
	/// Storage: `Whitelist::WhitelistedCall` (r:1 w:0)
	/// The range of component `n` is `[1, 10000]`.
	fn defer_dispatch(n: u32, ) -> Weight {
		// Shortest run: 13_092 ns.
		Weight::from_parts(14_038_535, 0)
			.saturating_add(Weight::from_parts(1_014, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Whitelist::DeferredDispatch` (r:1 w:1)
	fn remove_deferred_dispatch() -> Weight {
		// Shortest run: 11_717 ns.
		Weight::from_parts(12_597_000, 0)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Preimage::PreimageFor` (r:1 w:1)
	/// Storage: `Preimage::RequestStatusFor` (r:1 w:1)
	/// Storage: `Preimage::StatusFor` (r:1 w:0)
	/// Storage: `Whitelist::DeferredDispatch` (r:1 w:1)
	/// Storage: `Whitelist::WhitelistedCall` (r:1 w:1)
	/// The range of component `n` is `[1, 4194294]`.
	fn dispatch_whitelisted_call(n: u32, ) -> Weight {
		// Shortest run: 36_639 ns.
		Weight::from_parts(36_637_753, 0)
			.saturating_add(Weight::from_parts(1_247, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	/// Storage: `Preimage::RequestStatusFor` (r:1 w:1)
	/// Storage: `Preimage::StatusFor` (r:1 w:0)
	/// Storage: `Whitelist::DeferredDispatch` (r:1 w:1)
	/// Storage: `Whitelist::WhitelistedCall` (r:1 w:1)
	/// The range of component `n` is `[1, 10000]`.
	fn dispatch_whitelisted_call_with_preimage(n: u32, ) -> Weight {
		// Shortest run: 28_939 ns.
		Weight::from_parts(30_160_404, 0)
			.saturating_add(Weight::from_parts(1_005, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
}
