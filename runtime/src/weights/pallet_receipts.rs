// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_receipts`, measured. Written by `scripts/weights`, not by hand.
//!
//! Measured 2026-11-24 on Intel(R) Xeon(R) Processor, 2 cores. Other programs used them too.
//! Load average 8.72 before and 7.45 after, this program counting as one.
//! Samples: 20 values per component, 10 runs each, at least 5000 ms per benchmark.
//! In the wasm of this runtime, over its development genesis, in memory. Accesses to storage are priced by `DbWeight`. Sizes of
//! proofs are left out, since nobody on this chain works from proofs.

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(clippy::unnecessary_cast)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Measured weights of `pallet_receipts`.
pub struct WeightInfo<T>(PhantomData<T>);
impl<T: frame_system::Config> pallet_receipts::WeightInfo for WeightInfo<T> {
	/// Storage: `Members::Delegates` (r:1 w:0)
	/// Storage: `Members::Managers` (r:1 w:0)
	/// Storage: `Members::Members` (r:1 w:0)
	/// Storage: `Receipts::Receipts` (r:1 w:1)
	/// Storage: `Receipts::Tallies` (r:1 w:1)
	fn issue() -> Weight {
		// Shortest run: 26_862 ns.
		Weight::from_parts(30_271_000, 0)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Members::Delegates` (r:1 w:0)
	/// Storage: `Members::Managers` (r:1 w:0)
	/// Storage: `Members::Members` (r:1 w:0)
	/// Storage: `Receipts::Receipts` (r:1024 w:1024)
	/// Storage: `Receipts::Tallies` (r:1 w:1)
	/// The range of component `n` is `[1, 1024]`.
	fn issue_batch(n: u32, ) -> Weight {
		// Shortest run: 29_011 ns.
		Weight::from_parts(23_476_346, 0)
			.saturating_add(Weight::from_parts(5_534_654, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(n.into())))
	}
	/// Storage: `Members::Delegates` (r:1 w:0)
	/// Storage: `Members::Managers` (r:1 w:0)
	/// Storage: `Receipts::Receipts` (r:1 w:1)
	/// Storage: `Receipts::Tallies` (r:1 w:1)
	fn close() -> Weight {
		// Shortest run: 26_298 ns.
		Weight::from_parts(28_823_000, 0)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Members::Delegates` (r:1 w:0)
	/// Storage: `Members::Managers` (r:1 w:0)
	/// Storage: `Receipts::Receipts` (r:1024 w:1024)
	/// Storage: `Receipts::Tallies` (r:1 w:1)
	/// The range of component `n` is `[1, 1024]`.
	fn close_batch(n: u32, ) -> Weight {
		// Shortest run: 28_686 ns.
		Weight::from_parts(21_132_151, 0)
			.saturating_add(Weight::from_parts(8_404_848, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(n.into())))
	}
	/// Storage: `Members::Managers` (r:1 w:0)
	/// Storage: `Receipts::Receipts` (r:1 w:1)
	/// Storage: `Receipts::Revocations` (r:0 w:1)
	/// Storage: `Receipts::Tallies` (r:1 w:1)
	fn revoke() -> Weight {
		// Shortest run: 24_672 ns.
		Weight::from_parts(27_027_000, 0)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// Storage: `Receipts::Receipts` (r:1 w:1)
	/// Storage: `Receipts::Revocations` (r:0 w:1)
	/// Storage: `Receipts::Tallies` (r:1 w:1)
	fn force_revoke() -> Weight {
		// Shortest run: 19_460 ns.
		Weight::from_parts(21_806_000, 0)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
}
