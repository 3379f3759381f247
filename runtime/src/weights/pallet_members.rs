// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_members`, measured. Written by `scripts/weights`, not by hand, but for the lines that say `Computed`.
//!
//! Measured 2026-11-24 on Intel(R) Xeon(R) Processor, 2 cores. Hardly anything else used them.
//! Load average 1.29 before and 1.21 after, this program counting as one.
//! Samples: 20 values per component, 10 runs each, at least 1000 ms per benchmark.
//! In the wasm of this runtime, over its development genesis, in memory. Accesses to storage are priced by `DbWeight`. Sizes of
//! proofs are left out, since nobody on this chain works from proofs.

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(clippy::unnecessary_cast)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Measured weights of `pallet_members`.
pub struct WeightInfo<T>(PhantomData<T>);
impl<T: frame_system::Config> pallet_members::WeightInfo for WeightInfo<T> {
	/// Storage: `Members::CounterForManagers` (r:1 w:1)
	/// Storage: `Members::Delegates` (r:1 w:0)
	/// Storage: `Members::KnownAccounts` (r:1 w:1)
	/// Storage: `Members::LegalIds` (r:1 w:1)
	/// Storage: `Members::Managers` (r:1 w:1)
	/// Storage: `Members::Members` (r:0 w:1)
	/// Storage: `Members::NextMemberId` (r:1 w:1)
	/// Storage: `Members::Profiles` (r:0 w:1)
	/// Storage: `System::Account` (r:1 w:1)
	fn admit() -> Weight {
		// Computed: as measured earlier, with 3 more accesses, at 5 us each beside `DbWeight`.
		// Shortest run: 33_642 ns.
		Weight::from_parts(50_653_000, 0)
			.saturating_add(T::DbWeight::get().reads(8_u64))
			.saturating_add(T::DbWeight::get().writes(10_u64))
	}
	/// Storage: `Members::Members` (r:1 w:1)
	fn set_roles() -> Weight {
		// Shortest run: 10_495 ns.
		Weight::from_parts(11_293_000, 0)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Members::Members` (r:1 w:1)
	/// Storage: `Members::PeersRevision` (r:1 w:1)
	/// Storage: `Members::Reinstated` (r:1 w:0)
	fn suspend() -> Weight {
		// Shortest run: 12_220 ns.
		Weight::from_parts(13_141_000, 0)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Members::Members` (r:1 w:1)
	/// Storage: `Members::PeersRevision` (r:1 w:1)
	/// Storage: `Members::Reinstated` (r:0 w:1)
	fn reinstate() -> Weight {
		// Shortest run: 11_787 ns.
		Weight::from_parts(12_641_000, 0)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// Storage: `Council::Members` (r:1 w:0)
	/// Storage: `Members::CounterForManagers` (r:1 w:1)
	/// Storage: `Members::Delegates` (r:0 w:16)
	/// Storage: `Members::NodeRecords` (r:16 w:16)
	/// Storage: `Members::KeyHistory` (r:0 w:32)
	/// Storage: `Members::KeyOwners` (r:32 w:0)
	/// Storage: `Members::LegalIds` (r:0 w:1)
	/// Storage: `Members::Managers` (r:1 w:1)
	/// Storage: `Members::MemberAllowances` (r:0 w:1)
	/// Storage: `Members::Members` (r:1 w:1)
	/// Storage: `Members::NodesOf` (r:1 w:1)
	/// Storage: `Members::Nodes` (r:16 w:16)
	/// Storage: `Members::PeersRevision` (r:1 w:1)
	/// Storage: `Members::Peers` (r:0 w:16)
	/// Storage: `Members::Profiles` (r:1 w:0)
	/// Storage: `Members::Reinstated` (r:0 w:1)
	/// Storage: `Validators::Validators` (r:1 w:0)
	/// The range of component `n` is `[1, 16]`.
	fn exit(n: u32, ) -> Weight {
		// Computed: as measured earlier, with 1 more read per node, at 5 us each beside `DbWeight`.
		// Shortest run: 71_109 ns.
		Weight::from_parts(45_725_777, 0)
			.saturating_add(Weight::from_parts(34_060_222, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(8_u64))
			.saturating_add(T::DbWeight::get().reads((4_u64).saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(8_u64))
			.saturating_add(T::DbWeight::get().writes((6_u64).saturating_mul(n.into())))
	}
	/// Storage: `Council::Members` (r:1 w:0)
	/// Storage: `Members::CounterForManagers` (r:1 w:1)
	/// Storage: `Members::Delegates` (r:0 w:16)
	/// Storage: `Members::NodeRecords` (r:16 w:16)
	/// Storage: `Members::KeyHistory` (r:0 w:32)
	/// Storage: `Members::KeyOwners` (r:32 w:0)
	/// Storage: `Members::LegalIds` (r:0 w:1)
	/// Storage: `Members::Managers` (r:1 w:1)
	/// Storage: `Members::MemberAllowances` (r:0 w:1)
	/// Storage: `Members::Members` (r:1 w:1)
	/// Storage: `Members::NodesOf` (r:1 w:1)
	/// Storage: `Members::Nodes` (r:16 w:16)
	/// Storage: `Members::PeersRevision` (r:1 w:1)
	/// Storage: `Members::Peers` (r:0 w:16)
	/// Storage: `Members::Profiles` (r:1 w:0)
	/// Storage: `Members::Reinstated` (r:0 w:1)
	/// Storage: `Validators::Validators` (r:1 w:0)
	/// The range of component `n` is `[1, 16]`.
	fn remove(n: u32, ) -> Weight {
		// Computed: as measured earlier, with 1 more read per node, at 5 us each beside `DbWeight`.
		// Shortest run: 68_381 ns.
		Weight::from_parts(41_492_000, 0)
			.saturating_add(Weight::from_parts(34_041_000, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(8_u64))
			.saturating_add(T::DbWeight::get().reads((4_u64).saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(8_u64))
			.saturating_add(T::DbWeight::get().writes((6_u64).saturating_mul(n.into())))
	}
	/// Storage: `Members::CounterForManagers` (r:1 w:1)
	/// Storage: `Members::Delegates` (r:1 w:0)
	/// Storage: `Members::KnownAccounts` (r:1 w:1)
	/// Storage: `Members::Managers` (r:2 w:2)
	/// Storage: `Members::Members` (r:1 w:1)
	/// Storage: `System::Account` (r:1 w:1)
	fn set_manager() -> Weight {
		// Shortest run: 39_044 ns.
		Weight::from_parts(40_373_000, 0)
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(6_u64))
	}
	/// Storage: `Members::CounterForManagers` (r:1 w:1)
	/// Storage: `Members::Delegates` (r:1 w:0)
	/// Storage: `Members::KnownAccounts` (r:1 w:1)
	/// Storage: `Members::Managers` (r:2 w:2)
	/// Storage: `Members::Members` (r:1 w:1)
	/// Storage: `System::Account` (r:1 w:1)
	fn force_set_manager() -> Weight {
		// Shortest run: 35_234 ns.
		Weight::from_parts(36_967_000, 0)
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(6_u64))
	}
	/// Storage: `Members::Managers` (r:1 w:0)
	/// Storage: `Members::Members` (r:1 w:0)
	/// Storage: `Members::Profiles` (r:1 w:1)
	fn update_contact() -> Weight {
		// Shortest run: 18_478 ns.
		Weight::from_parts(19_631_000, 0)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Members::Delegates` (r:1 w:1)
	/// Storage: `Members::KeyHistory` (r:0 w:1)
	/// Storage: `Members::KeyOwners` (r:1 w:1)
	/// Storage: `Members::KnownAccounts` (r:1 w:1)
	/// Storage: `Members::Managers` (r:2 w:0)
	/// Storage: `Members::Members` (r:1 w:0)
	/// Storage: `Members::NextNodeId` (r:1 w:1)
	/// Storage: `Members::Nodes` (r:0 w:1)
	/// Storage: `Members::NodesOf` (r:1 w:1)
	/// Storage: `Members::Peers` (r:1 w:1)
	/// Storage: `Members::PeersRevision` (r:1 w:1)
	/// Storage: `System::Account` (r:1 w:1)
	fn register_node() -> Weight {
		// Computed: and 200 us for taking the key apart, four times what a whole check of a signature needs natively.
		// Computed: as measured earlier, with 1 more access, at 5 us each beside `DbWeight`.
		// Shortest run: 60_262 ns.
		Weight::from_parts(268_041_000, 0)
			.saturating_add(T::DbWeight::get().reads(11_u64))
			.saturating_add(T::DbWeight::get().writes(11_u64))
	}
	/// Storage: `Members::Managers` (r:1 w:0)
	/// Storage: `Members::Members` (r:1 w:0)
	/// Storage: `Members::Nodes` (r:1 w:1)
	fn set_addresses() -> Weight {
		// Shortest run: 27_841 ns.
		Weight::from_parts(29_310_000, 0)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Members::KeyHistory` (r:0 w:2)
	/// Storage: `Members::KeyOwners` (r:2 w:1)
	/// Storage: `Members::Managers` (r:1 w:0)
	/// Storage: `Members::Members` (r:1 w:0)
	/// Storage: `Members::Nodes` (r:1 w:1)
	fn announce_keys() -> Weight {
		// Computed: and 200 us for taking the key apart, four times what a whole check of a signature needs natively.
		// Shortest run: 39_291 ns.
		Weight::from_parts(241_015_000, 0)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	/// Storage: `Members::KeyHistory` (r:0 w:2)
	/// Storage: `Members::KeyOwners` (r:2 w:1)
	/// Storage: `Members::Managers` (r:1 w:0)
	/// Storage: `Members::Members` (r:1 w:0)
	/// Storage: `Members::Nodes` (r:1 w:1)
	fn retire_keys() -> Weight {
		// Shortest run: 38_666 ns.
		Weight::from_parts(40_486_000, 0)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	/// Storage: `Members::Delegates` (r:1 w:2)
	/// Storage: `Members::KnownAccounts` (r:1 w:1)
	/// Storage: `Members::Managers` (r:2 w:0)
	/// Storage: `Members::Members` (r:1 w:0)
	/// Storage: `Members::Nodes` (r:1 w:1)
	/// Storage: `System::Account` (r:1 w:1)
	fn set_delegate() -> Weight {
		// Shortest run: 42_021 ns.
		Weight::from_parts(43_698_000, 0)
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
	/// Storage: `Members::Delegates` (r:0 w:1)
	/// Storage: `Members::NodeRecords` (r:1 w:1)
	/// Storage: `Members::KeyHistory` (r:0 w:2)
	/// Storage: `Members::KeyOwners` (r:2 w:0)
	/// Storage: `Members::Managers` (r:1 w:0)
	/// Storage: `Members::Members` (r:1 w:0)
	/// Storage: `Members::Nodes` (r:1 w:1)
	/// Storage: `Members::NodesOf` (r:1 w:1)
	/// Storage: `Members::Peers` (r:0 w:1)
	/// Storage: `Members::PeersRevision` (r:1 w:1)
	fn remove_node() -> Weight {
		// Computed: as measured earlier, with 1 more read, at 5 us each beside `DbWeight`.
		// Shortest run: 45_195 ns.
		Weight::from_parts(52_024_000, 0)
			.saturating_add(T::DbWeight::get().reads(8_u64))
			.saturating_add(T::DbWeight::get().writes(8_u64))
	}
	/// Storage: `Members::Delegates` (r:0 w:1)
	/// Storage: `Members::NodeRecords` (r:1 w:1)
	/// Storage: `Members::KeyHistory` (r:0 w:2)
	/// Storage: `Members::KeyOwners` (r:2 w:0)
	/// Storage: `Members::Nodes` (r:1 w:1)
	/// Storage: `Members::NodesOf` (r:1 w:1)
	/// Storage: `Members::Peers` (r:0 w:1)
	/// Storage: `Members::PeersRevision` (r:1 w:1)
	fn force_remove_node() -> Weight {
		// Computed: as measured earlier, with 1 more read, at 5 us each beside `DbWeight`.
		// Shortest run: 34_232 ns.
		Weight::from_parts(40_898_000, 0)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(8_u64))
	}
	/// Storage: `Members::ConnectionsRestricted` (r:1 w:1)
	/// Storage: `Members::PeersRevision` (r:1 w:1)
	fn set_connection_policy() -> Weight {
		// Shortest run: 8_493 ns.
		Weight::from_parts(9_092_000, 0)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Members::Identities` (r:0 w:1)
	/// Storage: `Members::IdentityVersion` (r:1 w:1)
	/// Storage: `Members::LegalIds` (r:1 w:2)
	/// Storage: `Members::Members` (r:1 w:0)
	/// Storage: `Members::Profiles` (r:1 w:1)
	fn set_identity() -> Weight {
		// Computed: what admission needs, which does all this and more.
		Weight::from_parts(50_653_000, 0)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
	/// Storage: `Members::Compromises` (r:1 w:1)
	/// Storage: `Members::KeyHistory` (r:1 w:2)
	/// Storage: `Members::KeyOwners` (r:2 w:0)
	/// Storage: `Members::Managers` (r:1 w:0)
	/// Storage: `Members::Members` (r:1 w:0)
	/// Storage: `Members::NodeRecords` (r:1 w:0)
	/// Storage: `Members::Nodes` (r:1 w:1)
	fn report_compromise() -> Weight {
		// Computed: what giving keys up needs, and 4 accesses of 5 us each.
		Weight::from_parts(70_486_000, 0)
			.saturating_add(T::DbWeight::get().reads(8_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
}
