// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_receipts`, measured. Written by `scripts/weights`, not by hand, but for the lines that say `Computed`.
//!
//! Measured 2026-11-24 on Intel(R) Xeon(R) Processor, 2 cores. Hardly anything else used them.
//! Load average 1.21 before and 1.19 after, this program counting as one.
//! Samples: 20 values per component, 10 runs each, at least 1000 ms per benchmark.
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
		// Shortest run: 26_113 ns.
		Weight::from_parts(27_171_000, 0)
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
		// Shortest run: 28_157 ns.
		Weight::from_parts(129_283_900, 0)
			.saturating_add(Weight::from_parts(5_136_663, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(n.into())))
	}
	/// Storage: `Members::Delegates` (r:1 w:0)
	/// Storage: `Members::Managers` (r:1 w:0)
	/// Storage: `Receipts::Receipts` (r:1 w:1)
	/// Storage: `Receipts::Tallies` (r:1 w:1)
	/// Storage: `Receipts::EndsOf` (r:1 w:1)
	/// Storage: `Receipts::Ended` (r:0 w:1)
	fn close() -> Weight {
		// Computed: as measured earlier, with 3 more accesses, at 5 us each beside `DbWeight`, and 2 us for the hash.
		Weight::from_parts(43_563_000, 0)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	/// Storage: `Members::Delegates` (r:1 w:0)
	/// Storage: `Members::Managers` (r:1 w:0)
	/// Storage: `Receipts::Receipts` (r:1024 w:1024)
	/// Storage: `Receipts::Tallies` (r:1 w:1)
	/// Storage: `Receipts::EndsOf` (r:1 w:1)
	/// Storage: `Receipts::Ended` (r:0 w:1024)
	/// The range of component `n` is `[1, 1024]`.
	fn close_batch(n: u32, ) -> Weight {
		// Computed: as measured earlier, with 1 more access each and 2 besides, at 5 us each beside `DbWeight`, and 2 us for the hash.
		Weight::from_parts(110_451_556, 0)
			.saturating_add(Weight::from_parts(14_106_459, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(2_u64))
			.saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(n.into())))
	}
	/// Storage: `Members::Managers` (r:1 w:0)
	/// Storage: `Receipts::Receipts` (r:1 w:1)
	/// Storage: `Receipts::Revocations` (r:0 w:1)
	/// Storage: `Receipts::Tallies` (r:1 w:1)
	/// Storage: `Receipts::EndsOf` (r:1 w:1)
	/// Storage: `Receipts::Ended` (r:0 w:1)
	fn revoke() -> Weight {
		// Computed: as measured earlier, with 3 more accesses, at 5 us each beside `DbWeight`, and 2 us for the hash.
		Weight::from_parts(42_528_000, 0)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
	/// Storage: `Receipts::Receipts` (r:1 w:1)
	/// Storage: `Receipts::Revocations` (r:0 w:1)
	/// Storage: `Receipts::Tallies` (r:1 w:1)
	/// Storage: `Receipts::EndsOf` (r:1 w:1)
	/// Storage: `Receipts::Ended` (r:0 w:1)
	fn force_revoke() -> Weight {
		// Computed: as measured earlier, with 3 more accesses, at 5 us each beside `DbWeight`, and 2 us for the hash.
		Weight::from_parts(37_396_000, 0)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
}
