// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_channels`, measured. Written by `scripts/weights`, not by hand, but for the lines that say `Computed`.
//!
//! Measured 2026-11-24 on Intel(R) Xeon(R) Processor, 2 cores. Other programs used them too.
//! Load average 1.53 before and 1.29 after, this program counting as one.
//! Samples: 20 values per component, 10 runs each, at least 1000 ms per benchmark.
//! In the wasm of this runtime, over its development genesis, in memory. Accesses to storage are priced by `DbWeight`. Sizes of
//! proofs are left out, since nobody on this chain works from proofs.

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(clippy::unnecessary_cast)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Measured weights of `pallet_channels`.
pub struct WeightInfo<T>(PhantomData<T>);
impl<T: frame_system::Config> pallet_channels::WeightInfo for WeightInfo<T> {
	/// Storage: `Channels::Agenda` (r:17 w:2)
	/// Storage: `Channels::Applications` (r:0 w:1)
	/// Storage: `Channels::ChannelDeadlines` (r:32 w:64)
	/// Storage: `Channels::ChannelDetails` (r:32 w:64)
	/// Storage: `Channels::Channels` (r:32 w:64)
	/// Storage: `Channels::Cursor` (r:1 w:0)
	/// Storage: `Channels::EndedChannels` (r:33 w:33)
	/// Storage: `Channels::LiveChannels` (r:33 w:33)
	/// Storage: `Channels::NewestChannel` (r:32 w:32)
	/// Storage: `Channels::NextApplicationId` (r:1 w:1)
	/// Storage: `Channels::NextChannelId` (r:1 w:1)
	/// Storage: `Members::Managers` (r:1 w:0)
	/// Storage: `Members::Members` (r:33 w:0)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// The range of component `n` is `[1, 32]`.
	fn apply(n: u32, ) -> Weight {
		// Computed: as measured earlier, with 1 more access per issuer, at 5 us each beside `DbWeight`.
		// Shortest run: 210_299 ns.
		Weight::from_parts(170_564_500, 0)
			.saturating_add(Weight::from_parts(155_698_300, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(26_u64))
			.saturating_add(T::DbWeight::get().reads((7_u64).saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(7_u64))
			.saturating_add(T::DbWeight::get().writes((10_u64).saturating_mul(n.into())))
	}
	/// Storage: `Channels::ChannelDetails` (r:1 w:1)
	/// Storage: `Channels::Channels` (r:1 w:1)
	/// Storage: `Members::Managers` (r:1 w:0)
	/// Storage: `Members::Members` (r:1 w:0)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	fn countersign() -> Weight {
		// Shortest run: 89_920 ns.
		Weight::from_parts(101_891_000, 0)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Channels::Agenda` (r:1 w:1)
	/// Storage: `Channels::ChannelDeadlines` (r:1 w:1)
	/// Storage: `Channels::ChannelDetails` (r:1 w:1)
	/// Storage: `Channels::Channels` (r:1 w:1)
	/// Storage: `Channels::EndedChannels` (r:2 w:2)
	/// Storage: `Channels::LiveChannels` (r:2 w:2)
	/// Storage: `Members::Managers` (r:1 w:0)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	fn refuse() -> Weight {
		// Shortest run: 76_868 ns.
		Weight::from_parts(86_157_000, 0)
			.saturating_add(T::DbWeight::get().reads(10_u64))
			.saturating_add(T::DbWeight::get().writes(8_u64))
	}
	/// Storage: `Channels::Agenda` (r:1 w:1)
	/// Storage: `Channels::ChannelDeadlines` (r:1 w:1)
	/// Storage: `Channels::ChannelDetails` (r:1 w:1)
	/// Storage: `Channels::Channels` (r:1 w:1)
	/// Storage: `Channels::EndedChannels` (r:2 w:2)
	/// Storage: `Channels::LiveChannels` (r:2 w:2)
	/// Storage: `Members::Managers` (r:1 w:0)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	fn withdraw() -> Weight {
		// Shortest run: 74_333 ns.
		Weight::from_parts(85_794_000, 0)
			.saturating_add(T::DbWeight::get().reads(10_u64))
			.saturating_add(T::DbWeight::get().writes(8_u64))
	}
	/// Storage: `Channels::Agenda` (r:16 w:1)
	/// Storage: `Channels::ChannelDeadlines` (r:1 w:1)
	/// Storage: `Channels::ChannelDetails` (r:1 w:1)
	/// Storage: `Channels::Channels` (r:1 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	fn grant() -> Weight {
		// Computed: as measured earlier, with 1 more access, at 5 us each beside `DbWeight`.
		// Shortest run: 91_870 ns.
		Weight::from_parts(102_697_000, 0)
			.saturating_add(T::DbWeight::get().reads(20_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
	/// Storage: `Channels::Agenda` (r:17 w:2)
	/// Storage: `Channels::ChannelDeadlines` (r:1 w:1)
	/// Storage: `Channels::ChannelDetails` (r:1 w:1)
	/// Storage: `Channels::Channels` (r:1 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	fn set_terms() -> Weight {
		// Computed: as measured earlier, with 1 more access, at 5 us each beside `DbWeight`.
		// Shortest run: 96_936 ns.
		Weight::from_parts(107_720_000, 0)
			.saturating_add(T::DbWeight::get().reads(21_u64))
			.saturating_add(T::DbWeight::get().writes(6_u64))
	}
	/// Storage: `Channels::ChannelDetails` (r:1 w:1)
	/// Storage: `Channels::Channels` (r:1 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	fn suspend() -> Weight {
		// Computed: as measured earlier, with 1 more access, at 5 us each beside `DbWeight`.
		// Shortest run: 31_900 ns.
		Weight::from_parts(40_981_000, 0)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// Storage: `Channels::ChannelDetails` (r:1 w:1)
	/// Storage: `Channels::Channels` (r:1 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	fn resume() -> Weight {
		// Computed: as measured earlier, with 1 more access, at 5 us each beside `DbWeight`.
		// Shortest run: 30_514 ns.
		Weight::from_parts(39_389_000, 0)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// Storage: `Channels::Agenda` (r:2 w:2)
	/// Storage: `Channels::ChannelDeadlines` (r:1 w:1)
	/// Storage: `Channels::ChannelDetails` (r:1 w:1)
	/// Storage: `Channels::Channels` (r:1 w:1)
	/// Storage: `Channels::EndedChannels` (r:2 w:2)
	/// Storage: `Channels::LiveChannels` (r:2 w:2)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	fn revoke() -> Weight {
		// Computed: as measured earlier, with 1 more access, at 5 us each beside `DbWeight`.
		// Shortest run: 75_293 ns.
		Weight::from_parts(86_564_000, 0)
			.saturating_add(T::DbWeight::get().reads(10_u64))
			.saturating_add(T::DbWeight::get().writes(10_u64))
	}
	/// Storage: `Channels::Agenda` (r:2 w:2)
	/// Storage: `Channels::ChannelDeadlines` (r:1 w:1)
	/// Storage: `Channels::ChannelDetails` (r:1 w:1)
	/// Storage: `Channels::Channels` (r:1 w:1)
	/// Storage: `Channels::EndedChannels` (r:2 w:2)
	/// Storage: `Channels::LiveChannels` (r:2 w:2)
	/// Storage: `Members::Managers` (r:1 w:0)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	fn leave() -> Weight {
		// Computed: as measured earlier, with 1 more access, at 5 us each beside `DbWeight`.
		// Shortest run: 79_764 ns.
		Weight::from_parts(92_354_000, 0)
			.saturating_add(T::DbWeight::get().reads(11_u64))
			.saturating_add(T::DbWeight::get().writes(10_u64))
	}
	/// Storage: `Channels::Interfaces` (r:1 w:1)
	/// Storage: `Channels::InterfacesOf` (r:1 w:1)
	/// Storage: `Members::Managers` (r:1 w:0)
	/// Storage: `Members::Members` (r:1 w:0)
	/// Storage: `Members::Nodes` (r:1 w:0)
	fn register_interface() -> Weight {
		// Computed: as measured earlier, with 32 more accesses, the ways in which an id can begin, at 5 us each beside `DbWeight`.
		// Shortest run: 30_017 ns.
		Weight::from_parts(192_660_000, 0)
			.saturating_add(T::DbWeight::get().reads(37_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Channels::Interfaces` (r:1 w:1)
	/// Storage: `Members::Managers` (r:1 w:0)
	/// Storage: `Members::Members` (r:1 w:0)
	/// Storage: `Members::Nodes` (r:1 w:0)
	fn set_interface_node() -> Weight {
		// Shortest run: 28_406 ns.
		Weight::from_parts(31_092_000, 0)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Channels::Interfaces` (r:1 w:1)
	/// Storage: `Channels::InterfacesOf` (r:1 w:1)
	/// Storage: `Members::Managers` (r:1 w:0)
	/// Storage: `Members::Members` (r:1 w:0)
	fn retire_interface() -> Weight {
		// Shortest run: 27_530 ns.
		Weight::from_parts(30_190_000, 0)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Channels::Interfaces` (r:1 w:1)
	/// Storage: `Channels::ProductCount` (r:1 w:1)
	/// Storage: `Channels::Products` (r:1 w:1)
	/// Storage: `Channels::ProductsOf` (r:0 w:1)
	/// Storage: `Members::Managers` (r:1 w:0)
	/// Storage: `Members::Members` (r:1 w:0)
	fn register_product() -> Weight {
		// Computed: as measured earlier, with 33 more accesses, 32 of them the ways in which an id can begin, at 5 us each beside `DbWeight`.
		// Shortest run: 35_258 ns.
		Weight::from_parts(202_989_000, 0)
			.saturating_add(T::DbWeight::get().reads(37_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
	/// Storage: `Channels::ClosedProducts` (r:1 w:1)
	/// Storage: `Channels::Interfaces` (r:2 w:1)
	/// Storage: `Channels::ProductCount` (r:1 w:1)
	/// Storage: `Channels::Products` (r:1 w:1)
	/// Storage: `Channels::ProductsOf` (r:0 w:1)
	/// Storage: `Members::Managers` (r:1 w:0)
	/// Storage: `Members::Members` (r:1 w:0)
	fn update_product() -> Weight {
		// Computed: as measured earlier, with 1 more access, at 5 us each beside `DbWeight`.
		// Shortest run: 90_335 ns.
		Weight::from_parts(98_302_000, 0)
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(6_u64))
	}
	/// Storage: `Channels::ClosedProducts` (r:1 w:1)
	/// Storage: `Channels::Interfaces` (r:1 w:1)
	/// Storage: `Channels::ProductCount` (r:1 w:1)
	/// Storage: `Channels::Products` (r:1 w:1)
	/// Storage: `Channels::ProductsOf` (r:0 w:1)
	/// Storage: `Members::Managers` (r:1 w:0)
	/// Storage: `Members::Members` (r:1 w:0)
	fn set_product_status() -> Weight {
		// Shortest run: 85_723 ns.
		Weight::from_parts(89_404_000, 0)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
	/// Storage: `Channels::Cursor` (r:1 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	fn agenda_base() -> Weight {
		// Shortest run: 4_755 ns.
		Weight::from_parts(5_177_000, 0)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Channels::Agenda` (r:1 w:0)
	fn agenda_page() -> Weight {
		// Shortest run: 4_643 ns.
		Weight::from_parts(5_047_000, 0)
			.saturating_add(T::DbWeight::get().reads(1_u64))
	}
	/// Storage: `Channels::Agenda` (r:2 w:2)
	/// Storage: `Channels::ChannelDeadlines` (r:1 w:1)
	/// Storage: `Channels::ChannelDetails` (r:1 w:1)
	/// Storage: `Channels::Channels` (r:1 w:1)
	/// Storage: `Channels::EndedChannels` (r:2 w:2)
	/// Storage: `Channels::LiveChannels` (r:2 w:2)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	fn agenda_end() -> Weight {
		// Computed: as measured earlier, with 2 more accesses, at 5 us each beside `DbWeight`.
		// Shortest run: 61_941 ns.
		Weight::from_parts(78_069_000, 0)
			.saturating_add(T::DbWeight::get().reads(11_u64))
			.saturating_add(T::DbWeight::get().writes(10_u64))
	}
	/// Storage: `Channels::LongerPrefixes` (r:33 w:31)
	/// Storage: `Channels::PrefixCount` (r:1 w:1)
	/// Storage: `Channels::Prefixes` (r:32 w:1)
	/// Storage: `Members::Members` (r:2 w:0)
	fn grant_prefix() -> Weight {
		// Computed: 101 accesses at 5 us each beside `DbWeight`, and 100 us for hashing 96 names.
		Weight::from_parts(605_000_000, 0)
			.saturating_add(T::DbWeight::get().reads(68_u64))
			.saturating_add(T::DbWeight::get().writes(33_u64))
	}
	/// Storage: `Channels::LongerPrefixes` (r:31 w:31)
	/// Storage: `Channels::PrefixCount` (r:1 w:1)
	/// Storage: `Channels::Prefixes` (r:1 w:1)
	fn revoke_prefix() -> Weight {
		// Computed: 66 accesses at 5 us each beside `DbWeight`, and 50 us for hashing 33 names.
		Weight::from_parts(380_000_000, 0)
			.saturating_add(T::DbWeight::get().reads(33_u64))
			.saturating_add(T::DbWeight::get().writes(33_u64))
	}
}
