// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_members`, measured. Written by `scripts/weights`, not by hand.
//!
//! Measured 2026-11-24 on Intel(R) Xeon(R) Processor, 2 cores. Other programs used them too.
//! Load average 15.72 before and 15.92 after, this program counting as one.
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
		// Shortest run: 36_307 ns.
		Weight::from_parts(40_844_000, 0)
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(8_u64))
	}
	/// Storage: `Members::Members` (r:1 w:1)
	fn set_roles() -> Weight {
		// Shortest run: 11_913 ns.
		Weight::from_parts(13_462_000, 0)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Members::Members` (r:1 w:1)
	/// Storage: `Members::PeersRevision` (r:1 w:1)
	fn suspend() -> Weight {
		// Shortest run: 13_773 ns.
		Weight::from_parts(15_364_000, 0)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Members::Members` (r:1 w:1)
	/// Storage: `Members::PeersRevision` (r:1 w:1)
	fn reinstate() -> Weight {
		// Shortest run: 13_429 ns.
		Weight::from_parts(15_107_000, 0)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Members::CounterForManagers` (r:1 w:1)
	/// Storage: `Members::Delegates` (r:0 w:16)
	/// Storage: `Members::FormerNodes` (r:0 w:16)
	/// Storage: `Members::KeyHistory` (r:0 w:16)
	/// Storage: `Members::KeyOwners` (r:16 w:0)
	/// Storage: `Members::LegalIds` (r:0 w:1)
	/// Storage: `Members::Managers` (r:1 w:1)
	/// Storage: `Members::MemberAllowances` (r:0 w:1)
	/// Storage: `Members::Members` (r:1 w:1)
	/// Storage: `Members::Nodes` (r:16 w:16)
	/// Storage: `Members::NodesOf` (r:1 w:1)
	/// Storage: `Members::Peers` (r:0 w:16)
	/// Storage: `Members::PeersRevision` (r:1 w:1)
	/// Storage: `Members::Profiles` (r:1 w:0)
	/// The range of component `n` is `[1, 16]`.
	fn exit(n: u32, ) -> Weight {
		// Shortest run: 60_120 ns.
		Weight::from_parts(41_359_750, 0)
			.saturating_add(Weight::from_parts(24_588_125, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(7_u64))
			.saturating_add(T::DbWeight::get().writes((5_u64).saturating_mul(n.into())))
	}
	/// Storage: `Members::CounterForManagers` (r:1 w:1)
	/// Storage: `Members::Delegates` (r:0 w:16)
	/// Storage: `Members::FormerNodes` (r:0 w:16)
	/// Storage: `Members::KeyHistory` (r:0 w:16)
	/// Storage: `Members::KeyOwners` (r:16 w:0)
	/// Storage: `Members::LegalIds` (r:0 w:1)
	/// Storage: `Members::Managers` (r:1 w:1)
	/// Storage: `Members::MemberAllowances` (r:0 w:1)
	/// Storage: `Members::Members` (r:1 w:1)
	/// Storage: `Members::Nodes` (r:16 w:16)
	/// Storage: `Members::NodesOf` (r:1 w:1)
	/// Storage: `Members::Peers` (r:0 w:16)
	/// Storage: `Members::PeersRevision` (r:1 w:1)
	/// Storage: `Members::Profiles` (r:1 w:0)
	/// The range of component `n` is `[1, 16]`.
	fn remove(n: u32, ) -> Weight {
		// Shortest run: 58_103 ns.
		Weight::from_parts(38_311_800, 0)
			.saturating_add(Weight::from_parts(25_004_800, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(7_u64))
			.saturating_add(T::DbWeight::get().writes((5_u64).saturating_mul(n.into())))
	}
	/// Storage: `Members::CounterForManagers` (r:1 w:1)
	/// Storage: `Members::Delegates` (r:1 w:0)
	/// Storage: `Members::KnownAccounts` (r:1 w:1)
	/// Storage: `Members::Managers` (r:2 w:2)
	/// Storage: `Members::Members` (r:1 w:1)
	/// Storage: `System::Account` (r:1 w:1)
	fn set_manager() -> Weight {
		// Shortest run: 42_148 ns.
		Weight::from_parts(46_772_000, 0)
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
		// Shortest run: 39_320 ns.
		Weight::from_parts(43_561_000, 0)
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(6_u64))
	}
	/// Storage: `Members::Managers` (r:1 w:0)
	/// Storage: `Members::Members` (r:1 w:0)
	/// Storage: `Members::Profiles` (r:1 w:1)
	fn update_contact() -> Weight {
		// Shortest run: 20_880 ns.
		Weight::from_parts(23_445_000, 0)
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
		// Shortest run: 63_958 ns.
		Weight::from_parts(69_843_000, 0)
			.saturating_add(T::DbWeight::get().reads(11_u64))
			.saturating_add(T::DbWeight::get().writes(10_u64))
	}
	/// Storage: `Members::Managers` (r:1 w:0)
	/// Storage: `Members::Members` (r:1 w:0)
	/// Storage: `Members::Nodes` (r:1 w:1)
	fn set_addresses() -> Weight {
		// Shortest run: 30_148 ns.
		Weight::from_parts(33_937_000, 0)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Members::KeyHistory` (r:0 w:2)
	/// Storage: `Members::KeyOwners` (r:2 w:1)
	/// Storage: `Members::Managers` (r:1 w:0)
	/// Storage: `Members::Members` (r:1 w:0)
	/// Storage: `Members::Nodes` (r:1 w:1)
	fn announce_keys() -> Weight {
		// Shortest run: 40_036 ns.
		Weight::from_parts(43_102_000, 0)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	/// Storage: `Members::KeyHistory` (r:0 w:2)
	/// Storage: `Members::KeyOwners` (r:2 w:1)
	/// Storage: `Members::Managers` (r:1 w:0)
	/// Storage: `Members::Members` (r:1 w:0)
	/// Storage: `Members::Nodes` (r:1 w:1)
	fn retire_keys() -> Weight {
		// Shortest run: 40_701 ns.
		Weight::from_parts(45_840_000, 0)
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
		// Shortest run: 45_045 ns.
		Weight::from_parts(48_823_000, 0)
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
	/// Storage: `Members::Delegates` (r:0 w:1)
	/// Storage: `Members::FormerNodes` (r:0 w:1)
	/// Storage: `Members::KeyHistory` (r:0 w:1)
	/// Storage: `Members::KeyOwners` (r:1 w:0)
	/// Storage: `Members::Managers` (r:1 w:0)
	/// Storage: `Members::Members` (r:1 w:0)
	/// Storage: `Members::Nodes` (r:1 w:1)
	/// Storage: `Members::NodesOf` (r:1 w:1)
	/// Storage: `Members::Peers` (r:0 w:1)
	/// Storage: `Members::PeersRevision` (r:1 w:1)
	fn remove_node() -> Weight {
		// Shortest run: 42_614 ns.
		Weight::from_parts(46_398_000, 0)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(7_u64))
	}
	/// Storage: `Members::Delegates` (r:0 w:1)
	/// Storage: `Members::FormerNodes` (r:0 w:1)
	/// Storage: `Members::KeyHistory` (r:0 w:1)
	/// Storage: `Members::KeyOwners` (r:1 w:0)
	/// Storage: `Members::Nodes` (r:1 w:1)
	/// Storage: `Members::NodesOf` (r:1 w:1)
	/// Storage: `Members::Peers` (r:0 w:1)
	/// Storage: `Members::PeersRevision` (r:1 w:1)
	fn force_remove_node() -> Weight {
		// Shortest run: 31_370 ns.
		Weight::from_parts(35_005_000, 0)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(7_u64))
	}
	/// Storage: `Members::ConnectionsRestricted` (r:1 w:1)
	/// Storage: `Members::PeersRevision` (r:1 w:1)
	fn set_connection_policy() -> Weight {
		// Shortest run: 9_240 ns.
		Weight::from_parts(10_505_000, 0)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
}
