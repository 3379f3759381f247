// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_calendars`. Nothing of it is measured yet: all lines say `Computed`. Written by `scripts/weights` from then on.

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(clippy::unnecessary_cast)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights of `pallet_calendars`.
pub struct WeightInfo<T>(PhantomData<T>);
impl<T: frame_system::Config> pallet_calendars::WeightInfo for WeightInfo<T> {
	/// Storage: `Members::Managers` (r:1 w:0)
	/// Storage: `Members::Members` (r:1 w:0)
	/// Storage: `Channels::Products` (r:1 w:0)
	/// Storage: `Calendars::Versions` (r:1 w:1)
	/// Storage: `Calendars::Calendars` (r:2 w:1)
	fn announce() -> Weight {
		// Computed: 8 accesses at 5 us each beside `DbWeight`, and 40 us for two calendars of the largest size.
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
		// Computed: 7 accesses at 5 us each beside `DbWeight`, and 25 us for a calendar of the largest size.
		Weight::from_parts(60_000_000, 0)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
}
