// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_multisig`, measured. Written by `scripts/weights`, not by hand.
//!
//! Measured 2026-11-24 on Intel(R) Xeon(R) Processor, 2 cores. Hardly anything else used them.
//! Load average 1.07 before and 1.06 after, this program counting as one.
//! Samples: 20 values per component, 10 runs each, at least 1000 ms per benchmark.
//! In the wasm of this runtime, over its development genesis, in memory. Accesses to storage are priced by `DbWeight`. Sizes of
//! proofs are left out, since nobody on this chain works from proofs.

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(clippy::unnecessary_cast)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Measured weights of `pallet_multisig`.
pub struct WeightInfo<T>(PhantomData<T>);
impl<T: frame_system::Config> pallet_multisig::WeightInfo for WeightInfo<T> {
	/// Storage: `SafeMode::EnteredUntil` (r:1 w:0)
	/// The range of component `z` is `[0, 10000]`.
	fn as_multi_threshold_1(z: u32, ) -> Weight {
		// Shortest run: 14_073 ns.
		Weight::from_parts(14_964_810, 0)
			.saturating_add(Weight::from_parts(2_215, 0).saturating_mul(z.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64))
	}
	/// Storage: `Multisig::Multisigs` (r:1 w:1)
	/// Storage: `Restraint::Entries` (r:1 w:1)
	/// The range of component `s` is `[2, 20]`.
	/// The range of component `z` is `[0, 10000]`.
	fn as_multi_create(s: u32, z: u32, ) -> Weight {
		// Shortest run: 16_928 ns.
		Weight::from_parts(16_243_598, 0)
			.saturating_add(Weight::from_parts(77_200, 0).saturating_mul(s.into()))
			.saturating_add(Weight::from_parts(2_221, 0).saturating_mul(z.into()))
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Multisig::Multisigs` (r:1 w:1)
	/// The range of component `s` is `[3, 20]`.
	/// The range of component `z` is `[0, 10000]`.
	fn as_multi_approve(s: u32, z: u32, ) -> Weight {
		// Shortest run: 18_554 ns.
		Weight::from_parts(17_657_187, 0)
			.saturating_add(Weight::from_parts(81_444, 0).saturating_mul(s.into()))
			.saturating_add(Weight::from_parts(2_229, 0).saturating_mul(z.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Multisig::Multisigs` (r:1 w:1)
	/// Storage: `Restraint::Entries` (r:1 w:1)
	/// Storage: `SafeMode::EnteredUntil` (r:1 w:0)
	/// The range of component `s` is `[2, 20]`.
	/// The range of component `z` is `[0, 10000]`.
	fn as_multi_complete(s: u32, z: u32, ) -> Weight {
		// Shortest run: 22_612 ns.
		Weight::from_parts(21_115_841, 0)
			.saturating_add(Weight::from_parts(129_900, 0).saturating_mul(s.into()))
			.saturating_add(Weight::from_parts(2_259, 0).saturating_mul(z.into()))
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Multisig::Multisigs` (r:1 w:1)
	/// Storage: `Restraint::Entries` (r:1 w:1)
	/// The range of component `s` is `[2, 20]`.
	fn approve_as_multi_create(s: u32, ) -> Weight {
		// Shortest run: 14_241 ns.
		Weight::from_parts(14_958_000, 0)
			.saturating_add(Weight::from_parts(92_000, 0).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Multisig::Multisigs` (r:1 w:1)
	/// The range of component `s` is `[2, 20]`.
	fn approve_as_multi_approve(s: u32, ) -> Weight {
		// Shortest run: 15_841 ns.
		Weight::from_parts(16_656_166, 0)
			.saturating_add(Weight::from_parts(94_833, 0).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Multisig::Multisigs` (r:1 w:1)
	/// Storage: `Restraint::Entries` (r:1 w:1)
	/// The range of component `s` is `[2, 20]`.
	fn cancel_as_multi(s: u32, ) -> Weight {
		// Shortest run: 14_981 ns.
		Weight::from_parts(15_829_000, 0)
			.saturating_add(Weight::from_parts(89_000, 0).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Not measured: it is about deposits, and this chain has no currency. What the SDK measured.
	fn poke_deposit(s: u32) -> Weight {
		<pallet_multisig::weights::SubstrateWeight<T> as pallet_multisig::WeightInfo>::poke_deposit(s)
	}
}
