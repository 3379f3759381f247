// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_preimage`, measured. Written by `scripts/weights`, not by hand.
//!
//! Measured 2026-11-24 on Intel(R) Xeon(R) Processor, 2 cores. Hardly anything else used them.
//! Load average 1.03 before and 1.02 after, this program counting as one.
//! Samples: 20 values per component, 10 runs each, at least 1000 ms per benchmark.
//! In the wasm of this runtime, over its development genesis, in memory. Accesses to storage are priced by `DbWeight`. Sizes of
//! proofs are left out, since nobody on this chain works from proofs.

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(clippy::unnecessary_cast)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Measured weights of `pallet_preimage`.
pub struct WeightInfo<T>(PhantomData<T>);
impl<T: frame_system::Config> pallet_preimage::WeightInfo for WeightInfo<T> {
	/// Storage: `Council::Members` (r:1 w:0)
	/// Storage: `Preimage::PreimageFor` (r:0 w:1)
	/// Storage: `Preimage::RequestStatusFor` (r:1 w:1)
	/// Storage: `Preimage::StatusFor` (r:1 w:0)
	/// The range of component `s` is `[0, 4194304]`.
	fn note_preimage(s: u32, ) -> Weight {
		// Shortest run: 17_185 ns.
		Weight::from_parts(17_185_000, 0)
			.saturating_add(Weight::from_parts(1_635, 0).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Council::Members` (r:1 w:0)
	/// Storage: `Preimage::PreimageFor` (r:0 w:1)
	/// Storage: `Preimage::RequestStatusFor` (r:1 w:1)
	/// Storage: `Preimage::StatusFor` (r:1 w:0)
	/// The range of component `s` is `[0, 4194304]`.
	fn note_requested_preimage(s: u32, ) -> Weight {
		// Shortest run: 18_490 ns.
		Weight::from_parts(18_490_000, 0)
			.saturating_add(Weight::from_parts(1_625, 0).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Council::Members` (r:1 w:0)
	/// Storage: `Preimage::PreimageFor` (r:0 w:1)
	/// Storage: `Preimage::RequestStatusFor` (r:1 w:1)
	/// Storage: `Preimage::StatusFor` (r:1 w:0)
	/// The range of component `s` is `[0, 4194304]`.
	fn note_no_deposit_preimage(s: u32, ) -> Weight {
		// Shortest run: 21_230 ns.
		Weight::from_parts(21_230_000, 0)
			.saturating_add(Weight::from_parts(1_612, 0).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Council::Members` (r:1 w:0)
	/// Storage: `Preimage::PreimageFor` (r:0 w:1)
	/// Storage: `Preimage::RequestStatusFor` (r:1 w:1)
	/// Storage: `Preimage::StatusFor` (r:1 w:0)
	fn unnote_preimage() -> Weight {
		// Shortest run: 36_233 ns.
		Weight::from_parts(42_393_000, 0)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Council::Members` (r:1 w:0)
	/// Storage: `Preimage::PreimageFor` (r:0 w:1)
	/// Storage: `Preimage::RequestStatusFor` (r:1 w:1)
	/// Storage: `Preimage::StatusFor` (r:1 w:0)
	fn unnote_no_deposit_preimage() -> Weight {
		// Shortest run: 38_742 ns.
		Weight::from_parts(46_390_000, 0)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Council::Members` (r:1 w:0)
	/// Storage: `Preimage::RequestStatusFor` (r:1 w:1)
	/// Storage: `Preimage::StatusFor` (r:1 w:0)
	fn request_preimage() -> Weight {
		// Shortest run: 34_091 ns.
		Weight::from_parts(38_879_000, 0)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Council::Members` (r:1 w:0)
	/// Storage: `Preimage::RequestStatusFor` (r:1 w:1)
	/// Storage: `Preimage::StatusFor` (r:1 w:0)
	fn request_no_deposit_preimage() -> Weight {
		// Shortest run: 25_734 ns.
		Weight::from_parts(29_100_000, 0)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Council::Members` (r:1 w:0)
	/// Storage: `Preimage::RequestStatusFor` (r:1 w:1)
	/// Storage: `Preimage::StatusFor` (r:1 w:0)
	fn request_unnoted_preimage() -> Weight {
		// Shortest run: 28_136 ns.
		Weight::from_parts(29_478_000, 0)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Council::Members` (r:1 w:0)
	/// Storage: `Preimage::RequestStatusFor` (r:1 w:1)
	/// Storage: `Preimage::StatusFor` (r:1 w:0)
	fn request_requested_preimage() -> Weight {
		// Shortest run: 14_103 ns.
		Weight::from_parts(14_926_000, 0)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Council::Members` (r:1 w:0)
	/// Storage: `Preimage::PreimageFor` (r:0 w:1)
	/// Storage: `Preimage::RequestStatusFor` (r:1 w:1)
	/// Storage: `Preimage::StatusFor` (r:1 w:0)
	fn unrequest_preimage() -> Weight {
		// Shortest run: 35_016 ns.
		Weight::from_parts(40_459_000, 0)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Council::Members` (r:1 w:0)
	/// Storage: `Preimage::RequestStatusFor` (r:1 w:1)
	/// Storage: `Preimage::StatusFor` (r:1 w:0)
	fn unrequest_unnoted_preimage() -> Weight {
		// Shortest run: 14_426 ns.
		Weight::from_parts(15_302_000, 0)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Council::Members` (r:1 w:0)
	/// Storage: `Preimage::RequestStatusFor` (r:1 w:1)
	/// Storage: `Preimage::StatusFor` (r:1 w:0)
	fn unrequest_multi_referenced_preimage() -> Weight {
		// Shortest run: 14_350 ns.
		Weight::from_parts(15_331_000, 0)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Preimage::RequestStatusFor` (r:0 w:1024)
	/// Storage: `Preimage::StatusFor` (r:1024 w:1024)
	/// The range of component `n` is `[1, 1024]`.
	fn ensure_updated(n: u32, ) -> Weight {
		// Shortest run: 9_085 ns.
		Weight::from_parts(3_136_242, 0)
			.saturating_add(Weight::from_parts(5_948_758, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(n.into())))
	}
}
