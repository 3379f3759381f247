// SPDX-License-Identifier: Apache-2.0

//! Which weights `pallet_receipts` needs, and estimates of them for tests and for runtimes that have measured nothing.
//!
//! Times are estimated by hand from the storage accesses listed and the bytes hashed, decoded or verified; `DbWeight` prices the
//! accesses themselves. The chain's own weights are measured with the benchmarks of this pallet, by `scripts/weights`.

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(unused_parens)]
#![allow(unused_imports)]
#![allow(missing_docs)]

use frame_support::{traits::Get, weights::Weight};
use core::marker::PhantomData;

/// Weight functions needed for `pallet_receipts`.
pub trait WeightInfo {
	fn issue() -> Weight;
	fn issue_batch(n: u32, ) -> Weight;
	fn close() -> Weight;
	fn close_batch(n: u32, ) -> Weight;
	fn revoke() -> Weight;
	fn force_revoke() -> Weight;
}

/// Weights for `pallet_receipts` with the database weights of the runtime.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	/// Storage: `Members::MemberOf` (r:1 w:0)
	/// Proof: `Members::MemberOf` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Members::DelegateOf` (r:1 w:0)
	/// Proof: `Members::DelegateOf` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	/// Storage: `Members::Members` (r:1 w:0)
	/// Proof: `Members::Members` (`max_values`: None, `max_size`: Some(200), added: 2675, mode: `MaxEncodedLen`)
	/// Storage: `Receipts::Receipts` (r:1 w:1)
	/// Proof: `Receipts::Receipts` (`max_values`: None, `max_size`: Some(66), added: 2541, mode: `MaxEncodedLen`)
	/// Storage: `Receipts::Tallies` (r:1 w:1)
	/// Proof: `Receipts::Tallies` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
	fn issue() -> Weight {
		Weight::from_parts(30_000_000, 3665)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Members::MemberOf` (r:1 w:0)
	/// Proof: `Members::MemberOf` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Members::DelegateOf` (r:1 w:0)
	/// Proof: `Members::DelegateOf` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	/// Storage: `Members::Members` (r:1 w:0)
	/// Proof: `Members::Members` (`max_values`: None, `max_size`: Some(200), added: 2675, mode: `MaxEncodedLen`)
	/// Storage: `Receipts::Tallies` (r:1 w:1)
	/// Proof: `Receipts::Tallies` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
	/// Storage: `Receipts::Receipts` (r:1000 w:1000)
	/// Proof: `Receipts::Receipts` (`max_values`: None, `max_size`: Some(66), added: 2541, mode: `MaxEncodedLen`)
	/// The range of component `n` is `[1, 1000]`.
	fn issue_batch(n: u32, ) -> Weight {
		Weight::from_parts(26_000_000, 3665)
			.saturating_add(Weight::from_parts(5_000_000, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(n.into())))
			.saturating_add(Weight::from_parts(0, 2541).saturating_mul(n.into()))
	}
	/// Storage: `Members::MemberOf` (r:1 w:0)
	/// Proof: `Members::MemberOf` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Members::DelegateOf` (r:1 w:0)
	/// Proof: `Members::DelegateOf` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	/// Storage: `Receipts::Receipts` (r:1 w:1)
	/// Proof: `Receipts::Receipts` (`max_values`: None, `max_size`: Some(66), added: 2541, mode: `MaxEncodedLen`)
	/// Storage: `Receipts::Tallies` (r:1 w:1)
	/// Proof: `Receipts::Tallies` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
	/// Storage: `Receipts::EndsOf` (r:1 w:1)
	/// Storage: `Receipts::Ended` (r:0 w:1)
	fn close() -> Weight {
		Weight::from_parts(44_000_000, 3531)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	/// Storage: `Members::MemberOf` (r:1 w:0)
	/// Proof: `Members::MemberOf` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Members::DelegateOf` (r:1 w:0)
	/// Proof: `Members::DelegateOf` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	/// Storage: `Receipts::Tallies` (r:1 w:1)
	/// Proof: `Receipts::Tallies` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
	/// Storage: `Receipts::Receipts` (r:1000 w:1000)
	/// Proof: `Receipts::Receipts` (`max_values`: None, `max_size`: Some(66), added: 2541, mode: `MaxEncodedLen`)
	/// Storage: `Receipts::EndsOf` (r:1 w:1)
	/// Storage: `Receipts::Ended` (r:0 w:1000)
	/// The range of component `n` is `[1, 1000]`.
	fn close_batch(n: u32, ) -> Weight {
		Weight::from_parts(24_000_000, 3521)
			.saturating_add(Weight::from_parts(12_000_000, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(2_u64))
			.saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(n.into())))
			.saturating_add(Weight::from_parts(0, 2541).saturating_mul(n.into()))
	}
	/// Storage: `Members::MemberOf` (r:1 w:0)
	/// Proof: `Members::MemberOf` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Receipts::Receipts` (r:1 w:1)
	/// Proof: `Receipts::Receipts` (`max_values`: None, `max_size`: Some(66), added: 2541, mode: `MaxEncodedLen`)
	/// Storage: `Receipts::Tallies` (r:1 w:1)
	/// Proof: `Receipts::Tallies` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
	/// Storage: `Receipts::Revocations` (r:0 w:1)
	/// Proof: `Receipts::Revocations` (`max_values`: None, `max_size`: Some(62), added: 2537, mode: `MaxEncodedLen`)
	/// Storage: `Receipts::EndsOf` (r:1 w:1)
	/// Storage: `Receipts::Ended` (r:0 w:1)
	fn revoke() -> Weight {
		Weight::from_parts(45_000_000, 3531)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
	/// Storage: `Receipts::Receipts` (r:1 w:1)
	/// Proof: `Receipts::Receipts` (`max_values`: None, `max_size`: Some(66), added: 2541, mode: `MaxEncodedLen`)
	/// Storage: `Receipts::Tallies` (r:1 w:1)
	/// Proof: `Receipts::Tallies` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
	/// Storage: `Receipts::Revocations` (r:0 w:1)
	/// Proof: `Receipts::Revocations` (`max_values`: None, `max_size`: Some(62), added: 2537, mode: `MaxEncodedLen`)
	/// Storage: `Receipts::EndsOf` (r:1 w:1)
	/// Storage: `Receipts::Ended` (r:0 w:1)
	fn force_revoke() -> Weight {
		Weight::from_parts(41_000_000, 3531)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
}
