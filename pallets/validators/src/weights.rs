// SPDX-License-Identifier: Apache-2.0

//! Which weights `pallet_validators` needs, and estimates of them for tests and for runtimes that have measured nothing.
//!
//! Times are estimated by hand from the storage accesses listed and the bytes hashed, decoded or verified; `DbWeight` prices the
//! accesses themselves. The chain's own weights are measured with the benchmarks of this pallet, by `scripts/weights`.

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(unused_parens)]
#![allow(unused_imports)]
#![allow(missing_docs)]

use frame_support::{traits::Get, weights::Weight};
use core::marker::PhantomData;

/// Weight functions needed for `pallet_validators`.
pub trait WeightInfo {
	fn add_validator() -> Weight;
	fn remove_validator() -> Weight;
	fn leave() -> Weight;
	fn pardon() -> Weight;
	fn set_floor() -> Weight;
}

/// Weights for `pallet_validators`, with the database costs of the runtime.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	/// Storage: `Members::Managers` (r:1 w:0)
	/// Proof: `Members::Managers` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Members::Members` (r:1 w:0)
	/// Proof: `Members::Members` (`max_values`: None, `max_size`: Some(54), added: 2529, mode: `MaxEncodedLen`)
	/// Storage: `Session::NextKeys` (r:1 w:0)
	/// Proof: `Session::NextKeys` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Validators::Validators` (r:1 w:1)
	/// Proof: `Validators::Validators` (`max_values`: Some(1), `max_size`: Some(3202), added: 3697, mode: `MaxEncodedLen`)
	fn add_validator() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `515`
		//  Estimated: `4687`
		// Minimum execution time: 24_300_000 picoseconds.
		Weight::from_parts(24_300_000, 4687)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Validators::Validators` (r:1 w:1)
	/// Proof: `Validators::Validators` (`max_values`: Some(1), `max_size`: Some(3202), added: 3697, mode: `MaxEncodedLen`)
	/// Storage: `Validators::Floor` (r:1 w:0)
	/// Proof: `Validators::Floor` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Validators::Condemned` (r:1 w:1)
	/// Proof: `Validators::Condemned` (`max_values`: Some(1), `max_size`: Some(3202), added: 3697, mode: `MaxEncodedLen`)
	fn remove_validator() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `515`
		//  Estimated: `4687`
		// Minimum execution time: 25_100_000 picoseconds.
		Weight::from_parts(25_100_000, 4687)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Validators::Validators` (r:1 w:1)
	/// Proof: `Validators::Validators` (`max_values`: Some(1), `max_size`: Some(3202), added: 3697, mode: `MaxEncodedLen`)
	/// Storage: `Validators::Floor` (r:1 w:0)
	/// Proof: `Validators::Floor` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Validators::Condemned` (r:1 w:1)
	/// Proof: `Validators::Condemned` (`max_values`: Some(1), `max_size`: Some(3202), added: 3697, mode: `MaxEncodedLen`)
	fn leave() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `515`
		//  Estimated: `4687`
		// Minimum execution time: 25_100_000 picoseconds.
		Weight::from_parts(25_100_000, 4687)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Validators::Condemned` (r:1 w:1)
	/// Proof: `Validators::Condemned` (`max_values`: Some(1), `max_size`: Some(3202), added: 3697, mode: `MaxEncodedLen`)
	fn pardon() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `515`
		//  Estimated: `4687`
		// Minimum execution time: 17_000_000 picoseconds.
		Weight::from_parts(17_000_000, 4687)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Validators::Validators` (r:1 w:0)
	/// Proof: `Validators::Validators` (`max_values`: Some(1), `max_size`: Some(3202), added: 3697, mode: `MaxEncodedLen`)
	/// Storage: `Validators::Floor` (r:1 w:1)
	/// Proof: `Validators::Floor` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	fn set_floor() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `515`
		//  Estimated: `4687`
		// Minimum execution time: 14_100_000 picoseconds.
		Weight::from_parts(14_100_000, 4687)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
}
