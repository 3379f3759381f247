// SPDX-License-Identifier: Apache-2.0

//! Which weights `pallet_members` needs, and estimates of them for tests and for runtimes that have measured nothing.
//!
//! Times are estimated by hand from the storage accesses listed and the bytes hashed, decoded or verified; `DbWeight` prices the
//! accesses themselves. The chain's own weights are measured with the benchmarks of this pallet, by `scripts/weights`.

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(unused_parens)]
#![allow(unused_imports)]
#![allow(missing_docs)]

use frame_support::{traits::Get, weights::Weight};
use core::marker::PhantomData;

/// Weight functions needed for `pallet_members`.
pub trait WeightInfo {
	fn admit() -> Weight;
	fn set_roles() -> Weight;
	fn suspend() -> Weight;
	fn reinstate() -> Weight;
	fn exit(n: u32, ) -> Weight;
	fn remove(n: u32, ) -> Weight;
	fn set_manager() -> Weight;
	fn force_set_manager() -> Weight;
	fn update_contact() -> Weight;
	fn register_node() -> Weight;
	fn set_addresses() -> Weight;
	fn announce_keys() -> Weight;
	fn retire_keys() -> Weight;
	fn set_delegate() -> Weight;
	fn remove_node() -> Weight;
	fn force_remove_node() -> Weight;
	fn set_connection_policy() -> Weight;
}

/// Weights for `pallet_members`, with the database costs of the runtime.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	/// Storage: `Members::LegalIds` (r:1 w:1)
	/// Proof: `Members::LegalIds` (`max_values`: None, `max_size`: Some(41), added: 2516, mode: `MaxEncodedLen`)
	/// Storage: `Members::Managers` (r:1 w:1)
	/// Proof: `Members::Managers` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Members::Delegates` (r:1 w:0)
	/// Proof: `Members::Delegates` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	/// Storage: `Members::CounterForManagers` (r:1 w:1)
	/// Proof: `Members::CounterForManagers` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Members::NextMemberId` (r:1 w:1)
	/// Proof: `Members::NextMemberId` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Members::Members` (r:0 w:1)
	/// Proof: `Members::Members` (`max_values`: None, `max_size`: Some(54), added: 2529, mode: `MaxEncodedLen`)
	/// Storage: `Members::Profiles` (r:0 w:1)
	/// Proof: `Members::Profiles` (`max_values`: None, `max_size`: Some(229), added: 2704, mode: `MaxEncodedLen`)
	/// Storage: `Members::KnownAccounts` (r:1 w:1)
	/// Proof: `Members::KnownAccounts` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
	fn admit() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `388`
		//  Estimated: `3529`
		// Minimum execution time: 32_900_000 picoseconds.
		Weight::from_parts(32_900_000, 3529)
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(8_u64))
	}
	/// Storage: `Members::Members` (r:1 w:1)
	/// Proof: `Members::Members` (`max_values`: None, `max_size`: Some(54), added: 2529, mode: `MaxEncodedLen`)
	fn set_roles() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `387`
		//  Estimated: `3519`
		// Minimum execution time: 12_000_000 picoseconds.
		Weight::from_parts(12_000_000, 3519)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Members::Members` (r:1 w:1)
	/// Proof: `Members::Members` (`max_values`: None, `max_size`: Some(54), added: 2529, mode: `MaxEncodedLen`)
	/// Storage: `Members::PeersRevision` (r:1 w:1)
	/// Proof: `Members::PeersRevision` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	fn suspend() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `387`
		//  Estimated: `3519`
		// Minimum execution time: 15_000_000 picoseconds.
		Weight::from_parts(15_000_000, 3519)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Members::Members` (r:1 w:1)
	/// Proof: `Members::Members` (`max_values`: None, `max_size`: Some(54), added: 2529, mode: `MaxEncodedLen`)
	/// Storage: `Members::PeersRevision` (r:1 w:1)
	/// Proof: `Members::PeersRevision` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	fn reinstate() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `387`
		//  Estimated: `3519`
		// Minimum execution time: 15_000_000 picoseconds.
		Weight::from_parts(15_000_000, 3519)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Members::Managers` (r:2 w:1)
	/// Proof: `Members::Managers` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Members::Members` (r:1 w:1)
	/// Proof: `Members::Members` (`max_values`: None, `max_size`: Some(54), added: 2529, mode: `MaxEncodedLen`)
	/// Storage: `Members::Profiles` (r:1 w:0)
	/// Proof: `Members::Profiles` (`max_values`: None, `max_size`: Some(229), added: 2704, mode: `MaxEncodedLen`)
	/// Storage: `Members::NodesOf` (r:1 w:1)
	/// Proof: `Members::NodesOf` (`max_values`: None, `max_size`: Some(77), added: 2552, mode: `MaxEncodedLen`)
	/// Storage: `Members::CounterForManagers` (r:1 w:1)
	/// Proof: `Members::CounterForManagers` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Members::LegalIds` (r:0 w:1)
	/// Proof: `Members::LegalIds` (`max_values`: None, `max_size`: Some(41), added: 2516, mode: `MaxEncodedLen`)
	/// Storage: `Members::MemberAllowances` (r:0 w:1)
	/// Proof: `Members::MemberAllowances` (`max_values`: None, `max_size`: Some(24), added: 2499, mode: `MaxEncodedLen`)
	/// Storage: `Members::PeersRevision` (r:1 w:1)
	/// Proof: `Members::PeersRevision` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `Members::Nodes` (r:16 w:16)
	/// Proof: `Members::Nodes` (`max_values`: None, `max_size`: Some(932), added: 3407, mode: `MaxEncodedLen`)
	/// Storage: `Members::KeyOwners` (r:64 w:0)
	/// Proof: `Members::KeyOwners` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	/// Storage: `Members::KeyHistory` (r:0 w:64)
	/// Proof: `Members::KeyHistory` (`max_values`: None, `max_size`: Some(97), added: 2572, mode: `MaxEncodedLen`)
	/// Storage: `Members::Peers` (r:0 w:16)
	/// Proof: `Members::Peers` (`max_values`: None, `max_size`: Some(90), added: 2565, mode: `MaxEncodedLen`)
	/// Storage: `Members::Delegates` (r:0 w:16)
	/// Proof: `Members::Delegates` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	/// Storage: `Members::FormerNodes` (r:0 w:16)
	/// Proof: `Members::FormerNodes` (`max_values`: None, `max_size`: Some(86), added: 2561, mode: `MaxEncodedLen`)
	/// The range of component `n` is `[0, 16]`.
	fn exit(n: u32, ) -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `664 + n * (1214 ±0)`
		//  Estimated: `6044 + n * (10124 ±0)`
		// Minimum execution time: 30_000_000 picoseconds.
		Weight::from_parts(30_000_000, 6044)
			.saturating_add(Weight::from_parts(19_200_000, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().reads((5_u64).saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(7_u64))
			.saturating_add(T::DbWeight::get().writes((8_u64).saturating_mul(n.into())))
			.saturating_add(Weight::from_parts(0, 10124).saturating_mul(n.into()))
	}
	/// Storage: `Members::Managers` (r:2 w:1)
	/// Proof: `Members::Managers` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Members::Members` (r:1 w:1)
	/// Proof: `Members::Members` (`max_values`: None, `max_size`: Some(54), added: 2529, mode: `MaxEncodedLen`)
	/// Storage: `Members::Profiles` (r:1 w:0)
	/// Proof: `Members::Profiles` (`max_values`: None, `max_size`: Some(229), added: 2704, mode: `MaxEncodedLen`)
	/// Storage: `Members::NodesOf` (r:1 w:1)
	/// Proof: `Members::NodesOf` (`max_values`: None, `max_size`: Some(77), added: 2552, mode: `MaxEncodedLen`)
	/// Storage: `Members::CounterForManagers` (r:1 w:1)
	/// Proof: `Members::CounterForManagers` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Members::LegalIds` (r:0 w:1)
	/// Proof: `Members::LegalIds` (`max_values`: None, `max_size`: Some(41), added: 2516, mode: `MaxEncodedLen`)
	/// Storage: `Members::MemberAllowances` (r:0 w:1)
	/// Proof: `Members::MemberAllowances` (`max_values`: None, `max_size`: Some(24), added: 2499, mode: `MaxEncodedLen`)
	/// Storage: `Members::PeersRevision` (r:1 w:1)
	/// Proof: `Members::PeersRevision` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `Members::Nodes` (r:16 w:16)
	/// Proof: `Members::Nodes` (`max_values`: None, `max_size`: Some(932), added: 3407, mode: `MaxEncodedLen`)
	/// Storage: `Members::KeyOwners` (r:64 w:0)
	/// Proof: `Members::KeyOwners` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	/// Storage: `Members::KeyHistory` (r:0 w:64)
	/// Proof: `Members::KeyHistory` (`max_values`: None, `max_size`: Some(97), added: 2572, mode: `MaxEncodedLen`)
	/// Storage: `Members::Peers` (r:0 w:16)
	/// Proof: `Members::Peers` (`max_values`: None, `max_size`: Some(90), added: 2565, mode: `MaxEncodedLen`)
	/// Storage: `Members::Delegates` (r:0 w:16)
	/// Proof: `Members::Delegates` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	/// Storage: `Members::FormerNodes` (r:0 w:16)
	/// Proof: `Members::FormerNodes` (`max_values`: None, `max_size`: Some(86), added: 2561, mode: `MaxEncodedLen`)
	/// The range of component `n` is `[0, 16]`.
	fn remove(n: u32, ) -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `664 + n * (1214 ±0)`
		//  Estimated: `6044 + n * (10124 ±0)`
		// Minimum execution time: 30_000_000 picoseconds.
		Weight::from_parts(30_000_000, 6044)
			.saturating_add(Weight::from_parts(19_200_000, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().reads((5_u64).saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(7_u64))
			.saturating_add(T::DbWeight::get().writes((8_u64).saturating_mul(n.into())))
			.saturating_add(Weight::from_parts(0, 10124).saturating_mul(n.into()))
	}
	/// Storage: `Members::Managers` (r:2 w:2)
	/// Proof: `Members::Managers` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Members::Members` (r:1 w:1)
	/// Proof: `Members::Members` (`max_values`: None, `max_size`: Some(54), added: 2529, mode: `MaxEncodedLen`)
	/// Storage: `Members::Delegates` (r:1 w:0)
	/// Proof: `Members::Delegates` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	/// Storage: `Members::CounterForManagers` (r:1 w:1)
	/// Proof: `Members::CounterForManagers` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Members::KnownAccounts` (r:1 w:1)
	/// Proof: `Members::KnownAccounts` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
	fn set_manager() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `664`
		//  Estimated: `6044`
		// Minimum execution time: 29_100_000 picoseconds.
		Weight::from_parts(29_100_000, 6044)
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(6_u64))
	}
	/// Storage: `Members::Managers` (r:2 w:2)
	/// Proof: `Members::Managers` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Members::Members` (r:1 w:1)
	/// Proof: `Members::Members` (`max_values`: None, `max_size`: Some(54), added: 2529, mode: `MaxEncodedLen`)
	/// Storage: `Members::Delegates` (r:1 w:0)
	/// Proof: `Members::Delegates` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	/// Storage: `Members::CounterForManagers` (r:1 w:1)
	/// Proof: `Members::CounterForManagers` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Members::KnownAccounts` (r:1 w:1)
	/// Proof: `Members::KnownAccounts` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
	fn force_set_manager() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `664`
		//  Estimated: `6044`
		// Minimum execution time: 29_100_000 picoseconds.
		Weight::from_parts(29_100_000, 6044)
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(6_u64))
	}
	/// Storage: `Members::Managers` (r:1 w:0)
	/// Proof: `Members::Managers` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Members::Members` (r:1 w:0)
	/// Proof: `Members::Members` (`max_values`: None, `max_size`: Some(54), added: 2529, mode: `MaxEncodedLen`)
	/// Storage: `Members::Profiles` (r:1 w:1)
	/// Proof: `Members::Profiles` (`max_values`: None, `max_size`: Some(229), added: 2704, mode: `MaxEncodedLen`)
	fn update_contact() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `406`
		//  Estimated: `3694`
		// Minimum execution time: 16_200_000 picoseconds.
		Weight::from_parts(16_200_000, 3694)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Members::Managers` (r:2 w:0)
	/// Proof: `Members::Managers` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Members::Members` (r:1 w:0)
	/// Proof: `Members::Members` (`max_values`: None, `max_size`: Some(54), added: 2529, mode: `MaxEncodedLen`)
	/// Storage: `Members::Peers` (r:1 w:1)
	/// Proof: `Members::Peers` (`max_values`: None, `max_size`: Some(90), added: 2565, mode: `MaxEncodedLen`)
	/// Storage: `Members::KeyOwners` (r:1 w:1)
	/// Proof: `Members::KeyOwners` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	/// Storage: `Members::Delegates` (r:1 w:1)
	/// Proof: `Members::Delegates` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	/// Storage: `Members::NextNodeId` (r:1 w:1)
	/// Proof: `Members::NextNodeId` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Members::NodesOf` (r:1 w:1)
	/// Proof: `Members::NodesOf` (`max_values`: None, `max_size`: Some(77), added: 2552, mode: `MaxEncodedLen`)
	/// Storage: `Members::KeyHistory` (r:0 w:1)
	/// Proof: `Members::KeyHistory` (`max_values`: None, `max_size`: Some(97), added: 2572, mode: `MaxEncodedLen`)
	/// Storage: `Members::Nodes` (r:0 w:1)
	/// Proof: `Members::Nodes` (`max_values`: None, `max_size`: Some(932), added: 3407, mode: `MaxEncodedLen`)
	/// Storage: `Members::KnownAccounts` (r:1 w:1)
	/// Proof: `Members::KnownAccounts` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
	/// Storage: `Members::PeersRevision` (r:1 w:1)
	/// Proof: `Members::PeersRevision` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	fn register_node() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `664`
		//  Estimated: `6044`
		// Minimum execution time: 45_100_000 picoseconds.
		Weight::from_parts(45_100_000, 6044)
			.saturating_add(T::DbWeight::get().reads(11_u64))
			.saturating_add(T::DbWeight::get().writes(10_u64))
	}
	/// Storage: `Members::Managers` (r:1 w:0)
	/// Proof: `Members::Managers` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Members::Members` (r:1 w:0)
	/// Proof: `Members::Members` (`max_values`: None, `max_size`: Some(54), added: 2529, mode: `MaxEncodedLen`)
	/// Storage: `Members::Nodes` (r:1 w:1)
	/// Proof: `Members::Nodes` (`max_values`: None, `max_size`: Some(932), added: 3407, mode: `MaxEncodedLen`)
	fn set_addresses() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `483`
		//  Estimated: `4397`
		// Minimum execution time: 19_200_000 picoseconds.
		Weight::from_parts(19_200_000, 4397)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Members::Managers` (r:1 w:0)
	/// Proof: `Members::Managers` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Members::Members` (r:1 w:0)
	/// Proof: `Members::Members` (`max_values`: None, `max_size`: Some(54), added: 2529, mode: `MaxEncodedLen`)
	/// Storage: `Members::Nodes` (r:1 w:1)
	/// Proof: `Members::Nodes` (`max_values`: None, `max_size`: Some(932), added: 3407, mode: `MaxEncodedLen`)
	/// Storage: `Members::KeyOwners` (r:3 w:1)
	/// Proof: `Members::KeyOwners` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	/// Storage: `Members::KeyHistory` (r:0 w:2)
	/// Proof: `Members::KeyHistory` (`max_values`: None, `max_size`: Some(97), added: 2572, mode: `MaxEncodedLen`)
	fn announce_keys() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `944`
		//  Estimated: `8583`
		// Minimum execution time: 26_700_000 picoseconds.
		Weight::from_parts(26_700_000, 8583)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	/// Storage: `Members::Managers` (r:1 w:0)
	/// Proof: `Members::Managers` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Members::Members` (r:1 w:0)
	/// Proof: `Members::Members` (`max_values`: None, `max_size`: Some(54), added: 2529, mode: `MaxEncodedLen`)
	/// Storage: `Members::Nodes` (r:1 w:1)
	/// Proof: `Members::Nodes` (`max_values`: None, `max_size`: Some(932), added: 3407, mode: `MaxEncodedLen`)
	/// Storage: `Members::KeyOwners` (r:3 w:1)
	/// Proof: `Members::KeyOwners` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	/// Storage: `Members::KeyHistory` (r:0 w:2)
	/// Proof: `Members::KeyHistory` (`max_values`: None, `max_size`: Some(97), added: 2572, mode: `MaxEncodedLen`)
	fn retire_keys() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `944`
		//  Estimated: `8583`
		// Minimum execution time: 26_700_000 picoseconds.
		Weight::from_parts(26_700_000, 8583)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	/// Storage: `Members::Managers` (r:2 w:0)
	/// Proof: `Members::Managers` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Members::Members` (r:1 w:0)
	/// Proof: `Members::Members` (`max_values`: None, `max_size`: Some(54), added: 2529, mode: `MaxEncodedLen`)
	/// Storage: `Members::Nodes` (r:1 w:1)
	/// Proof: `Members::Nodes` (`max_values`: None, `max_size`: Some(932), added: 3407, mode: `MaxEncodedLen`)
	/// Storage: `Members::Delegates` (r:1 w:2)
	/// Proof: `Members::Delegates` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	/// Storage: `Members::KnownAccounts` (r:1 w:1)
	/// Proof: `Members::KnownAccounts` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
	fn set_delegate() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `664`
		//  Estimated: `6044`
		// Minimum execution time: 28_200_000 picoseconds.
		Weight::from_parts(28_200_000, 6044)
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
	/// Storage: `Members::Managers` (r:1 w:0)
	/// Proof: `Members::Managers` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Members::Members` (r:1 w:0)
	/// Proof: `Members::Members` (`max_values`: None, `max_size`: Some(54), added: 2529, mode: `MaxEncodedLen`)
	/// Storage: `Members::Nodes` (r:1 w:1)
	/// Proof: `Members::Nodes` (`max_values`: None, `max_size`: Some(932), added: 3407, mode: `MaxEncodedLen`)
	/// Storage: `Members::KeyOwners` (r:4 w:0)
	/// Proof: `Members::KeyOwners` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	/// Storage: `Members::KeyHistory` (r:0 w:4)
	/// Proof: `Members::KeyHistory` (`max_values`: None, `max_size`: Some(97), added: 2572, mode: `MaxEncodedLen`)
	/// Storage: `Members::NodesOf` (r:1 w:1)
	/// Proof: `Members::NodesOf` (`max_values`: None, `max_size`: Some(77), added: 2552, mode: `MaxEncodedLen`)
	/// Storage: `Members::Peers` (r:0 w:1)
	/// Proof: `Members::Peers` (`max_values`: None, `max_size`: Some(90), added: 2565, mode: `MaxEncodedLen`)
	/// Storage: `Members::Delegates` (r:0 w:1)
	/// Proof: `Members::Delegates` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	/// Storage: `Members::FormerNodes` (r:0 w:1)
	/// Proof: `Members::FormerNodes` (`max_values`: None, `max_size`: Some(86), added: 2561, mode: `MaxEncodedLen`)
	/// Storage: `Members::PeersRevision` (r:1 w:1)
	/// Proof: `Members::PeersRevision` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	fn remove_node() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `1222`
		//  Estimated: `11114`
		// Minimum execution time: 36_900_000 picoseconds.
		Weight::from_parts(36_900_000, 11114)
			.saturating_add(T::DbWeight::get().reads(9_u64))
			.saturating_add(T::DbWeight::get().writes(10_u64))
	}
	/// Storage: `Members::Nodes` (r:1 w:1)
	/// Proof: `Members::Nodes` (`max_values`: None, `max_size`: Some(932), added: 3407, mode: `MaxEncodedLen`)
	/// Storage: `Members::KeyOwners` (r:4 w:0)
	/// Proof: `Members::KeyOwners` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	/// Storage: `Members::KeyHistory` (r:0 w:4)
	/// Proof: `Members::KeyHistory` (`max_values`: None, `max_size`: Some(97), added: 2572, mode: `MaxEncodedLen`)
	/// Storage: `Members::NodesOf` (r:1 w:1)
	/// Proof: `Members::NodesOf` (`max_values`: None, `max_size`: Some(77), added: 2552, mode: `MaxEncodedLen`)
	/// Storage: `Members::Peers` (r:0 w:1)
	/// Proof: `Members::Peers` (`max_values`: None, `max_size`: Some(90), added: 2565, mode: `MaxEncodedLen`)
	/// Storage: `Members::Delegates` (r:0 w:1)
	/// Proof: `Members::Delegates` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	/// Storage: `Members::FormerNodes` (r:0 w:1)
	/// Proof: `Members::FormerNodes` (`max_values`: None, `max_size`: Some(86), added: 2561, mode: `MaxEncodedLen`)
	/// Storage: `Members::PeersRevision` (r:1 w:1)
	/// Proof: `Members::PeersRevision` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	fn force_remove_node() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `1222`
		//  Estimated: `11114`
		// Minimum execution time: 32_700_000 picoseconds.
		Weight::from_parts(32_700_000, 11114)
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(10_u64))
	}
	/// Storage: `Members::ConnectionsRestricted` (r:1 w:1)
	/// Proof: `Members::ConnectionsRestricted` (`max_values`: Some(1), `max_size`: Some(1), added: 496, mode: `MaxEncodedLen`)
	/// Storage: `Members::PeersRevision` (r:1 w:1)
	/// Proof: `Members::PeersRevision` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	fn set_connection_policy() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `164`
		//  Estimated: `1493`
		// Minimum execution time: 15_000_000 picoseconds.
		Weight::from_parts(15_000_000, 1493)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
}
