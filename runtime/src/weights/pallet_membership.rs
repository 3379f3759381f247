// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_membership`, measured. Written by `scripts/weights`, not by hand.
//!
//! Measured 2026-11-24 on Intel(R) Xeon(R) Processor, 2 cores. Hardly anything else used them.
//! Load average 1.04 before and 1.04 after, this program counting as one.
//! Samples: 20 values per component, 10 runs each, at least 1000 ms per benchmark.
//! In the wasm of this runtime, over its development genesis, in memory. Accesses to storage are priced by `DbWeight`. Sizes of
//! proofs are left out, since nobody on this chain works from proofs.

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(clippy::unnecessary_cast)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Measured weights of `pallet_membership`.
pub struct WeightInfo<T>(PhantomData<T>);
impl<T: frame_system::Config> pallet_membership::WeightInfo for WeightInfo<T> {
	/// Storage: `Council::Members` (r:0 w:1)
	/// Storage: `Council::Prime` (r:0 w:1)
	/// Storage: `Council::Proposals` (r:1 w:0)
	/// Storage: `CouncilMembership::Members` (r:1 w:1)
	/// Storage: `Members::CouncilAllowances` (r:0 w:1)
	/// Storage: `Members::KnownAccounts` (r:1 w:1)
	/// Storage: `System::Account` (r:1 w:1)
	/// The range of component `m` is `[1, 99]`.
	fn add_member(m: u32, ) -> Weight {
		// Shortest run: 23_694 ns.
		Weight::from_parts(25_116_222, 0)
			.saturating_add(Weight::from_parts(102_888, 0).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(6_u64))
	}
	/// Storage: `Council::Members` (r:0 w:1)
	/// Storage: `Council::Prime` (r:0 w:1)
	/// Storage: `Council::Proposals` (r:1 w:0)
	/// Storage: `CouncilMembership::Members` (r:1 w:1)
	/// Storage: `CouncilMembership::Prime` (r:1 w:0)
	/// Storage: `Members::CouncilAllowances` (r:0 w:1)
	/// Storage: `Restraint::MotionsOf` (r:0 w:1)
	/// The range of component `m` is `[2, 100]`.
	fn remove_member(m: u32, ) -> Weight {
		// Shortest run: 16_236 ns.
		Weight::from_parts(16_731_142, 0)
			.saturating_add(Weight::from_parts(73_857, 0).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
	/// Storage: `Council::Members` (r:0 w:1)
	/// Storage: `Council::Prime` (r:0 w:1)
	/// Storage: `Council::Proposals` (r:1 w:0)
	/// Storage: `CouncilMembership::Members` (r:1 w:1)
	/// Storage: `CouncilMembership::Prime` (r:1 w:0)
	/// Storage: `Members::CouncilAllowances` (r:0 w:1)
	/// Storage: `Members::KnownAccounts` (r:1 w:1)
	/// Storage: `Restraint::MotionsOf` (r:0 w:1)
	/// Storage: `System::Account` (r:1 w:1)
	/// The range of component `m` is `[2, 100]`.
	fn swap_member(m: u32, ) -> Weight {
		// Shortest run: 28_402 ns.
		Weight::from_parts(29_211_614, 0)
			.saturating_add(Weight::from_parts(144_193, 0).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(8_u64))
	}
	/// Storage: `Council::Members` (r:0 w:1)
	/// Storage: `Council::Prime` (r:0 w:1)
	/// Storage: `Council::Proposals` (r:1 w:0)
	/// Storage: `CouncilMembership::Members` (r:1 w:1)
	/// Storage: `CouncilMembership::Prime` (r:1 w:0)
	/// Storage: `Members::CouncilAllowances` (r:0 w:198)
	/// Storage: `Members::KnownAccounts` (r:99 w:99)
	/// Storage: `Restraint::MotionsOf` (r:0 w:99)
	/// Storage: `System::Account` (r:99 w:99)
	/// The range of component `m` is `[1, 100]`.
	fn reset_members(m: u32, ) -> Weight {
		// Shortest run: 13_944 ns.
		Weight::from_parts(7_549_904, 0)
			.saturating_add(Weight::from_parts(11_444_576, 0).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(m.into())))
			.saturating_add(T::DbWeight::get().writes((5_u64).saturating_mul(m.into())))
	}
	/// Storage: `Council::Members` (r:0 w:1)
	/// Storage: `Council::Prime` (r:0 w:1)
	/// Storage: `Council::Proposals` (r:1 w:0)
	/// Storage: `CouncilMembership::Members` (r:1 w:1)
	/// Storage: `CouncilMembership::Prime` (r:1 w:1)
	/// Storage: `Members::CouncilAllowances` (r:0 w:1)
	/// Storage: `Members::KnownAccounts` (r:1 w:1)
	/// Storage: `System::Account` (r:1 w:1)
	/// The range of component `m` is `[1, 100]`.
	fn change_key(m: u32, ) -> Weight {
		// Shortest run: 27_183 ns.
		Weight::from_parts(29_394_372, 0)
			.saturating_add(Weight::from_parts(153_268, 0).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(7_u64))
	}
	/// Storage: `Council::Prime` (r:0 w:1)
	/// Storage: `CouncilMembership::Members` (r:1 w:0)
	/// Storage: `CouncilMembership::Prime` (r:0 w:1)
	/// The range of component `m` is `[1, 100]`.
	fn set_prime(m: u32, ) -> Weight {
		// Shortest run: 7_076 ns.
		Weight::from_parts(7_316_536, 0)
			.saturating_add(Weight::from_parts(33_512, 0).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Council::Prime` (r:0 w:1)
	/// Storage: `CouncilMembership::Prime` (r:0 w:1)
	fn clear_prime() -> Weight {
		// Shortest run: 3_969 ns.
		Weight::from_parts(4_686_000, 0)
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
}
