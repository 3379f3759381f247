// SPDX-License-Identifier: Apache-2.0

//! Which weights `pallet_agreements` needs, and estimates of them for tests and for runtimes that have measured nothing.
//!
//! Times are estimated by hand from the storage accesses listed and the bytes hashed, decoded or verified; `DbWeight` prices the
//! accesses themselves. The chain's own weights are measured with the benchmarks of this pallet, by `scripts/weights`.

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(unused_parens)]
#![allow(unused_imports)]
#![allow(missing_docs)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weight functions needed for `pallet_agreements`.
pub trait WeightInfo {
	fn propose(c: u32, ) -> Weight;
	fn counter_propose(c: u32, ) -> Weight;
	fn accept() -> Weight;
	fn withdraw() -> Weight;
	fn ratify(p: u32, ) -> Weight;
	fn refuse(r: u32, ) -> Weight;
}

/// Weights for `pallet_agreements` over the database weights of the runtime.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	/// Storage: `Channels::Channels` (r:1 w:0), `Members::MemberOf` (r:1 w:0), `Members::Members` (r:2 w:0)
	/// Storage: `Channels::Products` (r:1 w:0)
	/// Storage: `Agreements::Scopes` (r:1 w:0)
	/// Storage: `Agreements::ScopeCount` (r:1 w:0)
	/// Storage: `Agreements::ByNumber` (r:1 w:0)
	/// Storage: `Agreements::Versions` (r:1 w:0)
	/// Storage: `Agreements::NextProposal` (r:1 w:1)
	/// Storage: `Agreements::OpenProposals` (r:1 w:1)
	/// Storage: `Agreements::Proposals` (r:0 w:1)
	/// Storage: `Agreements::ProposedClauses` (r:0 w:1)
	/// The range of component `c` is `[0, 32]`.
	fn propose(c: u32, ) -> Weight {
		Weight::from_parts(42_000_000, 6196)
			.saturating_add(Weight::from_parts(900_000, 0).saturating_mul(c.into()))
			.saturating_add(T::DbWeight::get().reads(11_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	/// Storage: `Channels::Channels` (r:1 w:0), `Members::MemberOf` (r:1 w:0), `Members::Members` (r:2 w:0)
	/// Storage: `Agreements::Scopes` (r:1 w:0)
	/// Storage: `Agreements::ByNumber` (r:1 w:0)
	/// Storage: `Agreements::Versions` (r:1 w:0)
	/// Storage: `Agreements::NextProposal` (r:1 w:1)
	/// Storage: `Agreements::OpenProposals` (r:2 w:2)
	/// Storage: `Agreements::Proposals` (r:1 w:2)
	/// Storage: `Agreements::ProposedClauses` (r:0 w:2)
	/// The range of component `c` is `[0, 32]`.
	fn counter_propose(c: u32, ) -> Weight {
		Weight::from_parts(50_000_000, 6196)
			.saturating_add(Weight::from_parts(900_000, 0).saturating_mul(c.into()))
			.saturating_add(T::DbWeight::get().reads(11_u64))
			.saturating_add(T::DbWeight::get().writes(7_u64))
	}
	/// Storage: `Channels::Channels` (r:1 w:0), `Members::MemberOf` (r:1 w:0), `Members::Members` (r:2 w:0)
	/// Storage: `Agreements::Proposals` (r:1 w:1)
	fn accept() -> Weight {
		Weight::from_parts(28_000_000, 6196)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Channels::Channels` (r:1 w:0), `Members::MemberOf` (r:1 w:0)
	/// Storage: `Agreements::Proposals` (r:1 w:1)
	/// Storage: `Agreements::ProposedClauses` (r:0 w:1)
	/// Storage: `Agreements::OpenProposals` (r:1 w:1)
	fn withdraw() -> Weight {
		Weight::from_parts(26_000_000, 6196)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// Storage: `Channels::Channels` (r:1 w:0), `Members::Members` (r:2 w:0)
	/// Storage: `Agreements::Proposals` (r:1 w:1)
	/// Storage: `Agreements::ProposedClauses` (r:1 w:1)
	/// Storage: `Agreements::Scopes` (r:1 w:1)
	/// Storage: `Agreements::ScopeCount` (r:1 w:1)
	/// Storage: `Agreements::LastAgreement` (r:1 w:1)
	/// Storage: `Agreements::OpenProposals` (r:1 w:1)
	/// Storage: `Agreements::Timeline` (r:1+p w:1+p)
	/// Storage: `Agreements::ByNumber` (r:1 w:1)
	/// Storage: `Agreements::Versions` (r:1 w:1)
	/// Storage: `Agreements::AgreedClauses` (r:0 w:1)
	/// The range of component `p` is `[0, 64]`.
	fn ratify(p: u32, ) -> Weight {
		Weight::from_parts(62_000_000, 6196)
			.saturating_add(Weight::from_parts(6_500_000, 2600).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(12_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(p.into())))
			.saturating_add(T::DbWeight::get().writes(10_u64))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(p.into())))
	}
	/// Storage: `Agreements::Proposals` (r:1 w:1)
	/// Storage: `Agreements::ProposedClauses` (r:0 w:1)
	/// Storage: `Agreements::OpenProposals` (r:1 w:1)
	/// The range of component `r` is `[0, 256]`.
	fn refuse(r: u32, ) -> Weight {
		Weight::from_parts(20_000_000, 6196)
			.saturating_add(Weight::from_parts(2_000, 0).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
}
