// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_utility`, measured. Written by `scripts/weights`, not by hand.
//!
//! Measured 2026-11-24 on Intel(R) Xeon(R) Processor, 2 cores. Hardly anything else used them.
//! Load average 1.08 before and 1.07 after, this program counting as one.
//! Samples: 20 values per component, 10 runs each, at least 1000 ms per benchmark.
//! In the wasm of this runtime, over its development genesis, in memory. Accesses to storage are priced by `DbWeight`. Sizes of
//! proofs are left out, since nobody on this chain works from proofs.

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(clippy::unnecessary_cast)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Measured weights of `pallet_utility`.
pub struct WeightInfo<T>(PhantomData<T>);
impl<T: frame_system::Config> pallet_utility::WeightInfo for WeightInfo<T> {
	/// Storage: `SafeMode::EnteredUntil` (r:1 w:0)
	/// The range of component `c` is `[0, 1000]`.
	fn batch(c: u32, ) -> Weight {
		// Shortest run: 4_872 ns.
		Weight::from_parts(9_946_905, 0)
			.saturating_add(Weight::from_parts(3_801_136, 0).saturating_mul(c.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64))
	}
	/// Storage: `SafeMode::EnteredUntil` (r:1 w:0)
	fn as_derivative() -> Weight {
		// Shortest run: 7_162 ns.
		Weight::from_parts(7_624_000, 0)
			.saturating_add(T::DbWeight::get().reads(1_u64))
	}
	/// Storage: `SafeMode::EnteredUntil` (r:1 w:0)
	/// The range of component `c` is `[0, 1000]`.
	fn batch_all(c: u32, ) -> Weight {
		// Shortest run: 4_933 ns.
		Weight::from_parts(10_448_485, 0)
			.saturating_add(Weight::from_parts(4_121_842, 0).saturating_mul(c.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64))
	}
	fn dispatch_as() -> Weight {
		// Shortest run: 6_793 ns.
		Weight::from_parts(7_253_000, 0)
	}
	/// Storage: `SafeMode::EnteredUntil` (r:1 w:0)
	/// The range of component `c` is `[0, 1000]`.
	fn force_batch(c: u32, ) -> Weight {
		// Shortest run: 4_753 ns.
		Weight::from_parts(9_699_269, 0)
			.saturating_add(Weight::from_parts(3_784_558, 0).saturating_mul(c.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64))
	}
	fn dispatch_as_fallible() -> Weight {
		// Shortest run: 6_744 ns.
		Weight::from_parts(7_195_000, 0)
	}
	/// Storage: `SafeMode::EnteredUntil` (r:1 w:0)
	fn if_else() -> Weight {
		// Shortest run: 11_330 ns.
		Weight::from_parts(11_966_000, 0)
			.saturating_add(T::DbWeight::get().reads(1_u64))
	}
}
