// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_safe_mode`, measured. Written by `scripts/weights`, not by hand.
//!
//! Measured 2026-11-24 on Intel(R) Xeon(R) Processor, 2 cores. Hardly anything else used them.
//! Load average 1.02 before and 1.01 after, this program counting as one.
//! Samples: 20 values per component, 10 runs each, at least 1000 ms per benchmark.
//! In the wasm of this runtime, over its development genesis, in memory. Accesses to storage are priced by `DbWeight`. Sizes of
//! proofs are left out, since nobody on this chain works from proofs.

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(clippy::unnecessary_cast)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Measured weights of `pallet_safe_mode`.
pub struct WeightInfo<T>(PhantomData<T>);
impl<T: frame_system::Config> pallet_safe_mode::WeightInfo for WeightInfo<T> {
	/// Storage: `SafeMode::EnteredUntil` (r:1 w:0)
	fn on_initialize_noop() -> Weight {
		// Shortest run: 2_205 ns.
		Weight::from_parts(2_498_000, 0)
			.saturating_add(T::DbWeight::get().reads(1_u64))
	}
	/// Storage: `Restraint::SafeModeEnded` (r:0 w:1)
	/// Storage: `SafeMode::EnteredUntil` (r:1 w:1)
	fn on_initialize_exit() -> Weight {
		// Shortest run: 5_813 ns.
		Weight::from_parts(6_378_000, 0)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Not measured: it is about deposits, and this chain has no currency. What the SDK measured.
	fn enter() -> Weight {
		<pallet_safe_mode::weights::SubstrateWeight<T> as pallet_safe_mode::WeightInfo>::enter()
	}
	/// Storage: `Restraint::SafeModeEnded` (r:1 w:0)
	/// Storage: `SafeMode::EnteredUntil` (r:1 w:1)
	fn force_enter() -> Weight {
		// Shortest run: 6_862 ns.
		Weight::from_parts(7_469_000, 0)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Not measured: it is about deposits, and this chain has no currency. What the SDK measured.
	fn extend() -> Weight {
		<pallet_safe_mode::weights::SubstrateWeight<T> as pallet_safe_mode::WeightInfo>::extend()
	}
	/// Storage: `SafeMode::EnteredUntil` (r:1 w:1)
	fn force_extend() -> Weight {
		// Shortest run: 6_945 ns.
		Weight::from_parts(7_539_000, 0)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Restraint::SafeModeEnded` (r:0 w:1)
	/// Storage: `SafeMode::EnteredUntil` (r:1 w:1)
	fn force_exit() -> Weight {
		// Shortest run: 7_564 ns.
		Weight::from_parts(8_129_000, 0)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Not measured: it is about deposits, and this chain has no currency. What the SDK measured.
	fn release_deposit() -> Weight {
		<pallet_safe_mode::weights::SubstrateWeight<T> as pallet_safe_mode::WeightInfo>::release_deposit()
	}
	/// Not measured: it is about deposits, and this chain has no currency. What the SDK measured.
	fn force_release_deposit() -> Weight {
		<pallet_safe_mode::weights::SubstrateWeight<T> as pallet_safe_mode::WeightInfo>::force_release_deposit()
	}
	/// Not measured: it is about deposits, and this chain has no currency. What the SDK measured.
	fn force_slash_deposit() -> Weight {
		<pallet_safe_mode::weights::SubstrateWeight<T> as pallet_safe_mode::WeightInfo>::force_slash_deposit()
	}
}
