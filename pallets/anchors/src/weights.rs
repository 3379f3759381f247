// SPDX-License-Identifier: Apache-2.0

//! Which weights `pallet_anchors` needs, and estimates of them for tests and for runtimes that have measured nothing.
//!
//! Times are estimated by hand from the storage accesses listed and the bytes hashed, decoded or verified; `DbWeight` prices the
//! accesses themselves. The chain's own weights are measured with the benchmarks of this pallet, by `scripts/weights`.

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(unused_parens)]
#![allow(unused_imports)]
#![allow(missing_docs)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weight functions needed for `pallet_anchors`.
pub trait WeightInfo {
	fn anchor() -> Weight;
	fn open_dispute(d: u32, ) -> Weight;
	fn resolve_dispute() -> Weight;
	fn set_policy() -> Weight;
}

/// Weights for `pallet_anchors` over the database weights of the runtime.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	/// Storage: `Members::Delegates` (r:1 w:0), `Members::Members` (r:1 w:0), `Members::CounterForNodes` (r:1 w:0)
	/// Storage: `Anchors::Policy` (r:1 w:0)
	/// Storage: `Anchors::Ranges` (r:1 w:1)
	/// Storage: `Anchors::Anchors` (r:1 w:2)
	fn anchor() -> Weight {
		// Up to 64 node hashes, when the number of anchors is a power of two.
		Weight::from_parts(165_000_000, 5529)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// Storage: `Channels::Channels` (r:1 w:0), `Members::MemberOf` (r:1 w:0)
	/// Storage: `Anchors::NextDispute` (r:1 w:1)
	/// Storage: `Anchors::OpenDisputes` (r:1 w:1)
	/// Storage: `Anchors::Disputes` (r:d w:1)
	/// The range of component `d` is `[0, 64]`.
	fn open_dispute(d: u32, ) -> Weight {
		Weight::from_parts(27_000_000, 3529)
			.saturating_add(Weight::from_parts(3_800_000, 2560).saturating_mul(d.into()))
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(d.into())))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// Storage: `Members::MemberOf` (r:1 w:0)
	/// Storage: `Anchors::Disputes` (r:1 w:1)
	/// Storage: `Anchors::OpenDisputes` (r:1 w:1)
	fn resolve_dispute() -> Weight {
		Weight::from_parts(25_000_000, 3529)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Anchors::Policy` (r:1 w:1)
	fn set_policy() -> Weight {
		Weight::from_parts(12_000_000, 1494)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
}
