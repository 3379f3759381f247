// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_anchors`, measured. Written by `scripts/weights`, not by hand.
//!
//! Measured 2026-11-24 on Intel(R) Xeon(R) Processor, 2 cores. Other programs used them too.
//! Load average 1.58 before and 1.53 after, this program counting as one.
//! Samples: 20 values per component, 10 runs each, at least 1000 ms per benchmark.
//! In the wasm of this runtime, over its development genesis, in memory. Accesses to storage are priced by `DbWeight`. Sizes of
//! proofs are left out, since nobody on this chain works from proofs.

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(clippy::unnecessary_cast)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Measured weights of `pallet_anchors`.
pub struct WeightInfo<T>(PhantomData<T>);
impl<T: frame_system::Config> pallet_anchors::WeightInfo for WeightInfo<T> {
	/// Storage: `Anchors::Anchors` (r:1 w:2)
	/// Storage: `Anchors::Policy` (r:1 w:0)
	/// Storage: `Anchors::Ranges` (r:1 w:1)
	/// Storage: `Members::CounterForNodes` (r:1 w:0)
	/// Storage: `Members::Delegates` (r:1 w:0)
	/// Storage: `Members::Members` (r:1 w:0)
	fn anchor() -> Weight {
		// Not measured yet: what was measured before the range, 64 node hashes of 2 µs, the most that one anchor can cost, and 5 µs to take out the
		// anchor that is none of the last any more.
		Weight::from_parts(165_000_000, 0)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// Storage: `Anchors::Disputes` (r:15 w:1)
	/// Storage: `Anchors::NextDispute` (r:1 w:1)
	/// Storage: `Anchors::OpenDisputes` (r:1 w:1)
	/// Storage: `Channels::Channels` (r:1 w:0)
	/// Storage: `Members::Managers` (r:1 w:0)
	/// The range of component `d` is `[0, 15]`.
	fn open_dispute(d: u32, ) -> Weight {
		// Shortest run: 24_134 ns.
		Weight::from_parts(27_821_142, 0)
			.saturating_add(Weight::from_parts(2_762_428, 0).saturating_mul(d.into()))
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(d.into())))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// Storage: `Anchors::Disputes` (r:1 w:1)
	/// Storage: `Anchors::OpenDisputes` (r:1 w:1)
	/// Storage: `Members::Managers` (r:1 w:0)
	fn resolve_dispute() -> Weight {
		// Shortest run: 26_125 ns.
		Weight::from_parts(27_851_000, 0)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Anchors::Policy` (r:1 w:1)
	fn set_policy() -> Weight {
		// Shortest run: 6_467 ns.
		Weight::from_parts(7_004_000, 0)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
}
