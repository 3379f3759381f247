// SPDX-License-Identifier: Apache-2.0

//! Which weights `pallet_calendars` needs, and estimates of them for tests and for runtimes that have measured nothing.
//!
//! Times are estimated by hand from the storage accesses listed, at 5 µs each beside `DbWeight`, and 20 µs for decoding, checking and
//! writing the largest calendar, two kilobytes. The chain's own weights are measured with the benchmarks of this pallet, by
//! `scripts/weights`.

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(missing_docs)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weight functions needed for `pallet_calendars`.
pub trait WeightInfo {
	fn announce() -> Weight;
	fn withdraw() -> Weight;
}

/// Weights for `pallet_calendars` with the database weights of the runtime.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	/// Storage: `Members::Managers` (r:1 w:0)
	/// Storage: `Members::Members` (r:1 w:0)
	/// Storage: `Channels::Products` (r:1 w:0)
	/// Storage: `Calendars::Versions` (r:1 w:1)
	/// Storage: `Calendars::Calendars` (r:2 w:1)
	fn announce() -> Weight {
		Weight::from_parts(80_000_000, 0)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Members::Managers` (r:1 w:0)
	/// Storage: `Members::Members` (r:1 w:0)
	/// Storage: `Channels::Products` (r:1 w:0)
	/// Storage: `Calendars::Versions` (r:1 w:1)
	/// Storage: `Calendars::Calendars` (r:1 w:1)
	fn withdraw() -> Weight {
		Weight::from_parts(60_000_000, 0)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
}
