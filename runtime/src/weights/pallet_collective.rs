// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_collective`, measured. Written by `scripts/weights`, not by hand.
//!
//! Measured 2026-11-24 on Intel(R) Xeon(R) Processor, 2 cores. Hardly anything else used them.
//! Load average 1.12 before and 1.04 after, this program counting as one.
//! Samples: 20 values per component, 10 runs each, at least 1000 ms per benchmark.
//! In the wasm of this runtime, over its development genesis, in memory. Accesses to storage are priced by `DbWeight`. Sizes of
//! proofs are left out, since nobody on this chain works from proofs.

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(clippy::unnecessary_cast)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Measured weights of `pallet_collective`.
pub struct WeightInfo<T>(PhantomData<T>);
impl<T: frame_system::Config> pallet_collective::WeightInfo for WeightInfo<T> {
	/// Storage: `Council::Members` (r:1 w:1)
	/// Storage: `Council::Prime` (r:0 w:1)
	/// Storage: `Council::Proposals` (r:1 w:0)
	/// Storage: `Council::Voting` (r:100 w:100)
	/// The range of component `m` is `[0, 100]`.
	/// The range of component `n` is `[0, 100]`.
	/// The range of component `p` is `[0, 100]`.
	fn set_members(m: u32, n: u32, p: u32, ) -> Weight {
		// Shortest run: 12_546 ns.
		Weight::from_parts(0, 0)
			.saturating_add(Weight::from_parts(3_483_476, 0).saturating_mul(m.into()))
			.saturating_add(Weight::from_parts(257_510, 0).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(7_023_363, 0).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(p.into())))
			.saturating_add(T::DbWeight::get().writes(2_u64))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(p.into())))
	}
	/// Storage: `Council::Members` (r:1 w:0)
	/// Storage: `SafeMode::EnteredUntil` (r:1 w:0)
	/// The range of component `b` is `[2, 1024]`.
	/// The range of component `m` is `[1, 100]`.
	fn execute(b: u32, m: u32, ) -> Weight {
		// Shortest run: 14_395 ns.
		Weight::from_parts(14_386_680, 0)
			.saturating_add(Weight::from_parts(986, 0).saturating_mul(b.into()))
			.saturating_add(Weight::from_parts(11_125, 0).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(2_u64))
	}
	/// Storage: `Council::Members` (r:1 w:0)
	/// Storage: `Council::ProposalOf` (r:1 w:0)
	/// Storage: `SafeMode::EnteredUntil` (r:1 w:0)
	/// The range of component `b` is `[2, 1024]`.
	/// The range of component `m` is `[1, 100]`.
	fn propose_execute(b: u32, m: u32, ) -> Weight {
		// Shortest run: 17_053 ns.
		Weight::from_parts(16_670_970, 0)
			.saturating_add(Weight::from_parts(1_022, 0).saturating_mul(b.into()))
			.saturating_add(Weight::from_parts(19_975, 0).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(3_u64))
	}
	/// Storage: `Council::Members` (r:1 w:0)
	/// Storage: `Council::ProposalCount` (r:1 w:1)
	/// Storage: `Council::ProposalOf` (r:1 w:1)
	/// Storage: `Council::Proposals` (r:1 w:1)
	/// Storage: `Council::Voting` (r:0 w:1)
	/// Storage: `Restraint::MotionsOf` (r:1 w:1)
	/// The range of component `b` is `[2, 1024]`.
	/// The range of component `m` is `[2, 100]`.
	/// The range of component `p` is `[1, 100]`.
	fn propose_proposed(b: u32, m: u32, p: u32, ) -> Weight {
		// Shortest run: 22_263 ns.
		Weight::from_parts(18_836_693, 0)
			.saturating_add(Weight::from_parts(2_981, 0).saturating_mul(b.into()))
			.saturating_add(Weight::from_parts(14_513, 0).saturating_mul(m.into()))
			.saturating_add(Weight::from_parts(288_403, 0).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
	/// Storage: `Council::Members` (r:1 w:0)
	/// Storage: `Council::Voting` (r:1 w:1)
	/// The range of component `m` is `[5, 100]`.
	fn vote(m: u32, ) -> Weight {
		// Shortest run: 21_814 ns.
		Weight::from_parts(25_377_909, 0)
			.saturating_add(Weight::from_parts(39_963, 0).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Council::Members` (r:1 w:0)
	/// Storage: `Council::ProposalOf` (r:0 w:1)
	/// Storage: `Council::Proposals` (r:1 w:1)
	/// Storage: `Council::Voting` (r:1 w:1)
	/// The range of component `m` is `[4, 100]`.
	/// The range of component `p` is `[1, 100]`.
	fn close_early_disapproved(m: u32, p: u32, ) -> Weight {
		// Shortest run: 23_953 ns.
		Weight::from_parts(23_912_560, 0)
			.saturating_add(Weight::from_parts(33_690, 0).saturating_mul(m.into()))
			.saturating_add(Weight::from_parts(251_614, 0).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// Storage: `Council::Members` (r:1 w:0)
	/// Storage: `Council::ProposalOf` (r:1 w:1)
	/// Storage: `Council::Proposals` (r:1 w:1)
	/// Storage: `Council::Voting` (r:1 w:1)
	/// Storage: `SafeMode::EnteredUntil` (r:1 w:0)
	/// The range of component `b` is `[2, 1024]`.
	/// The range of component `m` is `[4, 100]`.
	/// The range of component `p` is `[1, 100]`.
	fn close_early_approved(b: u32, m: u32, p: u32, ) -> Weight {
		// Shortest run: 35_343 ns.
		Weight::from_parts(34_794_600, 0)
			.saturating_add(Weight::from_parts(2_852, 0).saturating_mul(b.into()))
			.saturating_add(Weight::from_parts(35_338, 0).saturating_mul(m.into()))
			.saturating_add(Weight::from_parts(335_744, 0).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// Storage: `Council::Members` (r:1 w:0)
	/// Storage: `Council::Prime` (r:1 w:0)
	/// Storage: `Council::ProposalOf` (r:0 w:1)
	/// Storage: `Council::Proposals` (r:1 w:1)
	/// Storage: `Council::Voting` (r:1 w:1)
	/// The range of component `m` is `[4, 100]`.
	/// The range of component `p` is `[1, 100]`.
	fn close_disapproved(m: u32, p: u32, ) -> Weight {
		// Shortest run: 24_984 ns.
		Weight::from_parts(25_320_141, 0)
			.saturating_add(Weight::from_parts(19_100, 0).saturating_mul(m.into()))
			.saturating_add(Weight::from_parts(258_807, 0).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// Storage: `Council::Members` (r:1 w:0)
	/// Storage: `Council::Prime` (r:1 w:0)
	/// Storage: `Council::ProposalOf` (r:1 w:1)
	/// Storage: `Council::Proposals` (r:1 w:1)
	/// Storage: `Council::Voting` (r:1 w:1)
	/// Storage: `SafeMode::EnteredUntil` (r:1 w:0)
	/// The range of component `b` is `[2, 1024]`.
	/// The range of component `m` is `[4, 100]`.
	/// The range of component `p` is `[1, 100]`.
	fn close_approved(b: u32, m: u32, p: u32, ) -> Weight {
		// Shortest run: 40_025 ns.
		Weight::from_parts(33_638_210, 0)
			.saturating_add(Weight::from_parts(4_518, 0).saturating_mul(b.into()))
			.saturating_add(Weight::from_parts(67_440, 0).saturating_mul(m.into()))
			.saturating_add(Weight::from_parts(337_413, 0).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// Storage: `Council::ProposalOf` (r:0 w:1)
	/// Storage: `Council::Proposals` (r:1 w:1)
	/// Storage: `Council::Voting` (r:0 w:1)
	/// The range of component `p` is `[1, 100]`.
	fn disapprove_proposal(p: u32, ) -> Weight {
		// Shortest run: 12_847 ns.
		Weight::from_parts(13_714_276, 0)
			.saturating_add(Weight::from_parts(248_127, 0).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// Storage: `Council::CostOf` (r:1 w:0)
	/// Storage: `Council::ProposalOf` (r:1 w:1)
	/// Storage: `Council::Proposals` (r:1 w:1)
	/// Storage: `Council::Voting` (r:0 w:1)
	/// The range of component `d` is `[0, 1]`.
	/// The range of component `p` is `[1, 100]`.
	fn kill(d: u32, p: u32, ) -> Weight {
		// Shortest run: 18_253 ns.
		Weight::from_parts(19_425_210, 0)
			.saturating_add(Weight::from_parts(233_000, 0).saturating_mul(d.into()))
			.saturating_add(Weight::from_parts(272_465, 0).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// Storage: `Council::CostOf` (r:1 w:0)
	/// Storage: `Council::ProposalOf` (r:1 w:0)
	fn release_proposal_cost() -> Weight {
		// Shortest run: 13_655 ns.
		Weight::from_parts(15_572_000, 0)
			.saturating_add(T::DbWeight::get().reads(2_u64))
	}
}
