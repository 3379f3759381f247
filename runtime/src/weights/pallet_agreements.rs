// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_agreements`, measured. Written by `scripts/weights`, not by hand.
//!
//! Measured 2026-11-24 on Intel(R) Xeon(R) Processor, 2 cores. Other programs used them too.
//! Load average 8.89 before and 9.52 after, this program counting as one.
//! Samples: 20 values per component, 10 runs each, at least 1000 ms per benchmark.
//! In the wasm of this runtime, over its development genesis, in memory. Accesses to storage are priced by `DbWeight`. Sizes of
//! proofs are left out, since nobody on this chain works from proofs.

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(clippy::unnecessary_cast)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Measured weights of `pallet_agreements`.
pub struct WeightInfo<T>(PhantomData<T>);
impl<T: frame_system::Config> pallet_agreements::WeightInfo for WeightInfo<T> {
	/// Storage: `Agreements::ByNumber` (r:1 w:0)
	/// Storage: `Agreements::NextProposal` (r:1 w:1)
	/// Storage: `Agreements::OpenProposals` (r:1 w:1)
	/// Storage: `Agreements::Proposals` (r:0 w:1)
	/// Storage: `Agreements::ProposedClauses` (r:0 w:1)
	/// Storage: `Agreements::ScopeCount` (r:1 w:0)
	/// Storage: `Agreements::Scopes` (r:1 w:0)
	/// Storage: `Channels::Channels` (r:1 w:0)
	/// Storage: `Members::Managers` (r:1 w:0)
	/// Storage: `Members::Members` (r:2 w:0)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// The range of component `c` is `[1, 32]`.
	fn propose(c: u32, ) -> Weight {
		// Shortest run: 82_844 ns.
		Weight::from_parts(84_359_578, 0)
			.saturating_add(Weight::from_parts(6_128_789, 0).saturating_mul(c.into()))
			.saturating_add(T::DbWeight::get().reads(10_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	/// Storage: `Agreements::ByNumber` (r:1 w:0)
	/// Storage: `Agreements::NextProposal` (r:1 w:1)
	/// Storage: `Agreements::OpenProposals` (r:2 w:2)
	/// Storage: `Agreements::Proposals` (r:1 w:2)
	/// Storage: `Agreements::ProposedClauses` (r:0 w:2)
	/// Storage: `Agreements::Scopes` (r:1 w:0)
	/// Storage: `Channels::Channels` (r:1 w:0)
	/// Storage: `Members::Managers` (r:1 w:0)
	/// Storage: `Members::Members` (r:2 w:0)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// The range of component `c` is `[1, 32]`.
	fn counter_propose(c: u32, ) -> Weight {
		// Shortest run: 88_516 ns.
		Weight::from_parts(84_338_714, 0)
			.saturating_add(Weight::from_parts(6_580_238, 0).saturating_mul(c.into()))
			.saturating_add(T::DbWeight::get().reads(11_u64))
			.saturating_add(T::DbWeight::get().writes(7_u64))
	}
	/// Storage: `Agreements::Proposals` (r:1 w:1)
	/// Storage: `Channels::Channels` (r:1 w:0)
	/// Storage: `Members::Managers` (r:1 w:0)
	/// Storage: `Members::Members` (r:2 w:0)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	fn accept() -> Weight {
		// Shortest run: 47_545 ns.
		Weight::from_parts(59_589_000, 0)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Agreements::OpenProposals` (r:1 w:1)
	/// Storage: `Agreements::Proposals` (r:1 w:1)
	/// Storage: `Agreements::ProposedClauses` (r:0 w:1)
	/// Storage: `Channels::Channels` (r:1 w:0)
	/// Storage: `Members::Managers` (r:1 w:0)
	fn withdraw() -> Weight {
		// Shortest run: 40_973 ns.
		Weight::from_parts(49_719_000, 0)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// Storage: `Agreements::AgreedClauses` (r:0 w:1)
	/// Storage: `Agreements::ByNumber` (r:1 w:1)
	/// Storage: `Agreements::LastAgreement` (r:1 w:1)
	/// Storage: `Agreements::OpenProposals` (r:1 w:1)
	/// Storage: `Agreements::Proposals` (r:1 w:1)
	/// Storage: `Agreements::ProposedClauses` (r:1 w:1)
	/// Storage: `Agreements::ScopeCount` (r:1 w:1)
	/// Storage: `Agreements::Scopes` (r:1 w:1)
	/// Storage: `Agreements::Timeline` (r:4 w:4)
	/// Storage: `Agreements::Versions` (r:1 w:1)
	/// Storage: `Channels::Channels` (r:1 w:0)
	/// Storage: `Members::Members` (r:2 w:0)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// The range of component `p` is `[0, 4]`.
	fn ratify(p: u32, ) -> Weight {
		// Shortest run: 229_555 ns.
		Weight::from_parts(249_905_000, 0)
			.saturating_add(Weight::from_parts(17_419_000, 0).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(11_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(p.into())))
			.saturating_add(T::DbWeight::get().writes(10_u64))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(p.into())))
	}
	/// Storage: `Agreements::OpenProposals` (r:1 w:1)
	/// Storage: `Agreements::Proposals` (r:1 w:1)
	/// Storage: `Agreements::ProposedClauses` (r:0 w:1)
	/// The range of component `r` is `[0, 256]`.
	fn refuse(_r: u32, ) -> Weight {
		// Shortest run: 28_765 ns.
		Weight::from_parts(37_605_702, 0)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
}
