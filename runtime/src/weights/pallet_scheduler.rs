// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_scheduler`, measured. Written by `scripts/weights`, not by hand.
//!
//! Measured 2026-11-24 on Intel(R) Xeon(R) Processor, 2 cores. Hardly anything else used them.
//! Load average 1.04 before and 1.03 after, this program counting as one.
//! Samples: 20 values per component, 10 runs each, at least 1000 ms per benchmark.
//! In the wasm of this runtime, over its development genesis, in memory. Accesses to storage are priced by `DbWeight`. Sizes of
//! proofs are left out, since nobody on this chain works from proofs.

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(clippy::unnecessary_cast)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Measured weights of `pallet_scheduler`.
pub struct WeightInfo<T>(PhantomData<T>);
impl<T: frame_system::Config> pallet_scheduler::WeightInfo for WeightInfo<T> {
	/// Storage: `Scheduler::IncompleteSince` (r:1 w:1)
	fn service_agendas_base() -> Weight {
		// Shortest run: 5_341 ns.
		Weight::from_parts(5_724_000, 0)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Scheduler::Agenda` (r:1 w:1)
	/// The range of component `s` is `[0, 50]`.
	fn service_agenda_base(s: u32, ) -> Weight {
		// Shortest run: 4_421 ns.
		Weight::from_parts(7_761_000, 0)
			.saturating_add(Weight::from_parts(375_000, 0).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	fn service_task_base() -> Weight {
		// Shortest run: 2_930 ns.
		Weight::from_parts(3_220_000, 0)
	}
	/// Storage: `Preimage::PreimageFor` (r:1 w:1)
	/// Storage: `Preimage::RequestStatusFor` (r:1 w:1)
	/// Storage: `Preimage::StatusFor` (r:1 w:0)
	/// The range of component `s` is `[128, 4194304]`.
	fn service_task_fetched(s: u32, ) -> Weight {
		// Shortest run: 18_091 ns.
		Weight::from_parts(74_854_252, 0)
			.saturating_add(Weight::from_parts(1_132, 0).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Scheduler::Lookup` (r:0 w:1)
	fn service_task_named() -> Weight {
		// Shortest run: 4_506 ns.
		Weight::from_parts(4_850_000, 0)
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	fn service_task_periodic() -> Weight {
		// Shortest run: 2_943 ns.
		Weight::from_parts(3_184_000, 0)
	}
	/// Storage: `SafeMode::EnteredUntil` (r:1 w:0)
	fn execute_dispatch_signed() -> Weight {
		// Shortest run: 4_786 ns.
		Weight::from_parts(5_128_000, 0)
			.saturating_add(T::DbWeight::get().reads(1_u64))
	}
	fn execute_dispatch_unsigned() -> Weight {
		// Shortest run: 2_358 ns.
		Weight::from_parts(2_567_000, 0)
	}
	/// Storage: `Scheduler::Agenda` (r:1 w:1)
	/// The range of component `s` is `[0, 49]`.
	fn schedule(s: u32, ) -> Weight {
		// Shortest run: 11_043 ns.
		Weight::from_parts(13_868_250, 0)
			.saturating_add(Weight::from_parts(418_250, 0).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Scheduler::Agenda` (r:1 w:1)
	/// Storage: `Scheduler::Lookup` (r:0 w:1)
	/// Storage: `Scheduler::Retries` (r:0 w:1)
	/// The range of component `s` is `[1, 50]`.
	fn cancel(s: u32, ) -> Weight {
		// Shortest run: 16_892 ns.
		Weight::from_parts(17_016_187, 0)
			.saturating_add(Weight::from_parts(647_062, 0).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// Storage: `Scheduler::Agenda` (r:1 w:1)
	/// Storage: `Scheduler::Lookup` (r:1 w:1)
	/// The range of component `s` is `[0, 49]`.
	fn schedule_named(s: u32, ) -> Weight {
		// Shortest run: 14_360 ns.
		Weight::from_parts(18_489_000, 0)
			.saturating_add(Weight::from_parts(446_000, 0).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Scheduler::Agenda` (r:1 w:1)
	/// Storage: `Scheduler::Lookup` (r:1 w:1)
	/// Storage: `Scheduler::Retries` (r:0 w:1)
	/// The range of component `s` is `[1, 50]`.
	fn cancel_named(s: u32, ) -> Weight {
		// Shortest run: 18_497 ns.
		Weight::from_parts(19_498_000, 0)
			.saturating_add(Weight::from_parts(670_307, 0).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// Storage: `Scheduler::Agenda` (r:1 w:1)
	/// Storage: `Scheduler::Retries` (r:0 w:1)
	/// The range of component `s` is `[1, 50]`.
	fn schedule_retry(s: u32, ) -> Weight {
		// Shortest run: 10_268 ns.
		Weight::from_parts(10_915_073, 0)
			.saturating_add(Weight::from_parts(31_902, 0).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Scheduler::Agenda` (r:1 w:0)
	/// Storage: `Scheduler::Retries` (r:0 w:1)
	fn set_retry() -> Weight {
		// Shortest run: 26_165 ns.
		Weight::from_parts(28_917_000, 0)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Scheduler::Agenda` (r:1 w:0)
	/// Storage: `Scheduler::Lookup` (r:1 w:0)
	/// Storage: `Scheduler::Retries` (r:0 w:1)
	fn set_retry_named() -> Weight {
		// Shortest run: 30_806 ns.
		Weight::from_parts(34_128_000, 0)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Scheduler::Agenda` (r:1 w:0)
	/// Storage: `Scheduler::Retries` (r:0 w:1)
	fn cancel_retry() -> Weight {
		// Shortest run: 25_562 ns.
		Weight::from_parts(27_300_000, 0)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Scheduler::Agenda` (r:1 w:0)
	/// Storage: `Scheduler::Lookup` (r:1 w:0)
	/// Storage: `Scheduler::Retries` (r:0 w:1)
	fn cancel_retry_named() -> Weight {
		// Shortest run: 30_648 ns.
		Weight::from_parts(32_969_000, 0)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
}
