// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_validators`, measured. Written by `scripts/weights`, not by hand, but for the lines that say `Computed`.
//!
//! Measured 2026-11-24 on Intel(R) Xeon(R) Processor, 2 cores. Hardly anything else used them.
//! Load average 1.19 before and 1.18 after, this program counting as one.
//! Samples: 20 values per component, 10 runs each, at least 1000 ms per benchmark.
//! In the wasm of this runtime, over its development genesis, in memory. Accesses to storage are priced by `DbWeight`. Sizes of
//! proofs are left out, since nobody on this chain works from proofs.

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(clippy::unnecessary_cast)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Measured weights of `pallet_validators`.
pub struct WeightInfo<T>(PhantomData<T>);
impl<T: frame_system::Config> pallet_validators::WeightInfo for WeightInfo<T> {
	/// Storage: `Members::Managers` (r:1 w:0)
	/// Storage: `Members::Members` (r:1 w:0)
	/// Storage: `Session::NextKeys` (r:1 w:0)
	/// Storage: `Validators::Validators` (r:1 w:1)
	fn add_validator() -> Weight {
		// Computed: as measured earlier, with 3 more accesses, at 5 us each beside `DbWeight`.
		// Shortest run: 23_937 ns.
		Weight::from_parts(40_601_000, 0)
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Validators::Condemned` (r:1 w:1)
	/// Storage: `Validators::Floor` (r:1 w:0)
	/// Storage: `Validators::Validators` (r:1 w:1)
	fn remove_validator() -> Weight {
		// Computed: as measured earlier, with 3 more accesses, at 5 us each beside `DbWeight`.
		// Shortest run: 13_281 ns.
		Weight::from_parts(29_528_000, 0)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Validators::Condemned` (r:1 w:1)
	/// Storage: `Validators::Floor` (r:1 w:0)
	/// Storage: `Validators::Validators` (r:1 w:1)
	fn leave() -> Weight {
		// Computed: as measured earlier, with 3 more accesses, at 5 us each beside `DbWeight`.
		// Shortest run: 13_566 ns.
		Weight::from_parts(29_762_000, 0)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Validators::Condemned` (r:1 w:1)
	fn pardon() -> Weight {
		// Shortest run: 9_881 ns.
		Weight::from_parts(10_749_000, 0)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Validators::Floor` (r:1 w:1)
	/// Storage: `Validators::Validators` (r:1 w:0)
	fn set_floor() -> Weight {
		// Shortest run: 9_243 ns.
		Weight::from_parts(10_115_000, 0)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Session::NextKeys` (r:1 w:0)
	/// Storage: `Validators::IdOf` (r:1 w:1)
	/// Storage: `Validators::MemberBehind` (r:1 w:1)
	/// Storage: `Validators::Validators` (r:1 w:0)
	fn hand_over() -> Weight {
		// Computed: 6 accesses at 5 us each beside `DbWeight`, and an event.
		Weight::from_parts(35_000_000, 0)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
}
