// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_agreements`, measured. Written by `scripts/weights`, not by hand, but for the lines that say `Computed`.
//!
//! Measured 2026-11-24 on Intel(R) Xeon(R) Processor, 2 cores. Other programs used them too.
//! Load average 1.63 before and 1.58 after, this program counting as one.
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
		// Computed: as measured earlier, with 1 more access, at 5 us each beside `DbWeight`.
		// Shortest run: 72_771 ns.
		Weight::from_parts(76_778_750, 0)
			.saturating_add(Weight::from_parts(5_424_125, 0).saturating_mul(c.into()))
			.saturating_add(T::DbWeight::get().reads(11_u64))
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
		// Shortest run: 80_111 ns.
		Weight::from_parts(79_647_252, 0)
			.saturating_add(Weight::from_parts(5_626_076, 0).saturating_mul(c.into()))
			.saturating_add(T::DbWeight::get().reads(11_u64))
			.saturating_add(T::DbWeight::get().writes(7_u64))
	}
	/// Storage: `Agreements::Proposals` (r:1 w:1)
	/// Storage: `Channels::Channels` (r:1 w:0)
	/// Storage: `Members::Managers` (r:1 w:0)
	/// Storage: `Members::Members` (r:2 w:0)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	fn accept() -> Weight {
		// Shortest run: 45_342 ns.
		Weight::from_parts(49_843_000, 0)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Agreements::OpenProposals` (r:1 w:1)
	/// Storage: `Agreements::Proposals` (r:1 w:1)
	/// Storage: `Agreements::ProposedClauses` (r:0 w:1)
	/// Storage: `Channels::Channels` (r:1 w:0)
	/// Storage: `Members::Managers` (r:1 w:0)
	fn withdraw() -> Weight {
		// Shortest run: 36_161 ns.
		Weight::from_parts(40_815_000, 0)
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
		// Computed: as measured earlier, with 2 more accesses, at 5 us each beside `DbWeight`.
		// Shortest run: 217_849 ns.
		Weight::from_parts(240_015_750, 0)
			.saturating_add(Weight::from_parts(14_461_250, 0).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(12_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(p.into())))
			.saturating_add(T::DbWeight::get().writes(11_u64))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(p.into())))
	}
	/// Storage: `Agreements::OpenProposals` (r:1 w:1)
	/// Storage: `Agreements::Proposals` (r:1 w:1)
	/// Storage: `Agreements::ProposedClauses` (r:0 w:1)
	/// The range of component `r` is `[0, 256]`.
	fn refuse(r: u32, ) -> Weight {
		// Shortest run: 23_017 ns.
		Weight::from_parts(26_499_859, 0)
			.saturating_add(Weight::from_parts(1_859, 0).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// Storage: `Agreements::LiveScopes` (r:257 w:256)
	/// Storage: `Agreements::ScopeCount` (r:0 w:1)
	/// Storage: `Channels::Products` (r:256 w:0)
	/// The range of component `n` is `[0, 256]`.
	fn sweep(n: u32, ) -> Weight {
		// Computed: 3 accesses per scope, 2 besides, at 5 us each beside `DbWeight`.
		Weight::from_parts(10_000_000, 0)
			.saturating_add(Weight::from_parts(15_000_000, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(n.into())))
	}
}
