// SPDX-License-Identifier: Apache-2.0

//! Weights of `frame_system`, measured. Written by `scripts/weights`, not by hand.
//!
//! Measured 2026-11-24 on Intel(R) Xeon(R) Processor, 2 cores. Hardly anything else used them.
//! Load average 1.18 before and 1.14 after, this program counting as one.
//! Samples: 20 values per component, 10 runs each, at least 1000 ms per benchmark.
//! In the wasm of this runtime, over its development genesis, in memory. Accesses to storage are priced by `DbWeight`. Sizes of
//! proofs are left out, since nobody on this chain works from proofs.

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(clippy::unnecessary_cast)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Measured weights of `frame_system`.
pub struct WeightInfo<T>(PhantomData<T>);
impl<T: frame_system::Config> frame_system::WeightInfo for WeightInfo<T> {
	/// The range of component `b` is `[0, 3932160]`.
	fn remark(b: u32, ) -> Weight {
		// Shortest run: 2_393 ns.
		Weight::from_parts(89_847_613, 0)
			.saturating_add(Weight::from_parts(299, 0).saturating_mul(b.into()))
	}
	/// The range of component `b` is `[0, 3932160]`.
	fn remark_with_event(b: u32, ) -> Weight {
		// Shortest run: 5_417 ns.
		Weight::from_parts(32_421_582, 0)
			.saturating_add(Weight::from_parts(1_186, 0).saturating_mul(b.into()))
	}
	/// Storage: `0x3a686561707061676573` (r:0 w:1)
	fn set_heap_pages() -> Weight {
		// Shortest run: 4_195 ns.
		Weight::from_parts(4_508_000, 0)
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `0x3a636f6465` (r:0 w:1)
	/// Storage: `MultiBlockMigrations::Cursor` (r:1 w:0)
	fn set_code() -> Weight {
		// Shortest run: 58_083_669 ns.
		Weight::from_parts(60_032_847_000, 0)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// The range of component `i` is `[0, 1000]`.
	fn set_storage(i: u32, ) -> Weight {
		// Shortest run: 2_450 ns.
		Weight::from_parts(2_618_000, 0)
			.saturating_add(Weight::from_parts(876_006, 0).saturating_mul(i.into()))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(i.into())))
	}
	/// The range of component `i` is `[0, 1000]`.
	fn kill_storage(i: u32, ) -> Weight {
		// Shortest run: 2_477 ns.
		Weight::from_parts(3_460_000, 0)
			.saturating_add(Weight::from_parts(649_769, 0).saturating_mul(i.into()))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(i.into())))
	}
	/// The range of component `p` is `[0, 1000]`.
	fn kill_prefix(p: u32, ) -> Weight {
		// Shortest run: 4_065 ns.
		Weight::from_parts(4_065_000, 0)
			.saturating_add(Weight::from_parts(1_178_362, 0).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(p.into())))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(p.into())))
	}
	/// Storage: `System::AuthorizedUpgrade` (r:0 w:1)
	fn authorize_upgrade() -> Weight {
		// Shortest run: 9_789 ns.
		Weight::from_parts(13_378_000, 0)
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `0x3a636f6465` (r:0 w:1)
	/// Storage: `MultiBlockMigrations::Cursor` (r:1 w:0)
	/// Storage: `System::AuthorizedUpgrade` (r:1 w:1)
	fn apply_authorized_upgrade() -> Weight {
		// Shortest run: 59_930_156 ns.
		Weight::from_parts(60_960_975_000, 0)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
}
