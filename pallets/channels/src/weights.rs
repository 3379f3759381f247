// SPDX-License-Identifier: Apache-2.0

//! Which weights `pallet_channels` needs, and estimates of them for tests and for runtimes that have measured nothing.
//!
//! Times are estimated by hand from the storage accesses listed and the bytes hashed, decoded or verified; `DbWeight` prices the
//! accesses themselves. The chain's own weights are measured with the benchmarks of this pallet, by `scripts/weights`.

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(unused_parens)]
#![allow(unused_imports)]
#![allow(missing_docs)]

use frame_support::{traits::Get, weights::Weight};
use core::marker::PhantomData;

/// Weight functions needed for `pallet_channels`.
pub trait WeightInfo {
	fn apply(n: u32, ) -> Weight;
	fn countersign() -> Weight;
	fn refuse() -> Weight;
	fn withdraw() -> Weight;
	fn grant() -> Weight;
	fn set_terms() -> Weight;
	fn suspend() -> Weight;
	fn resume() -> Weight;
	fn revoke() -> Weight;
	fn leave() -> Weight;
	fn register_interface() -> Weight;
	fn set_interface_node() -> Weight;
	fn retire_interface() -> Weight;
	fn register_product() -> Weight;
	fn update_product() -> Weight;
	fn set_product_status() -> Weight;
	fn agenda_base() -> Weight;
	fn agenda_page() -> Weight;
	fn agenda_note() -> Weight;
	fn agenda_end() -> Weight;
}

/// Weights for `pallet_channels` with the database weights of the runtime.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	/// Storage: `Members::MemberOf` (r:1 w:0)
	/// Proof: `Members::MemberOf` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Members::Members` (r:2 w:0)
	/// Proof: `Members::Members` (`max_values`: None, `max_size`: Some(200), added: 2675, mode: `MaxEncodedLen`)
	/// Storage: `Channels::NextApplicationId` (r:1 w:1)
	/// Proof: `Channels::NextApplicationId` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Channels::NextChannelId` (r:1 w:1)
	/// Proof: `Channels::NextChannelId` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Channels::Cursor` (r:1 w:1)
	/// Proof: `Channels::Cursor` (`max_values`: Some(1), `max_size`: Some(12), added: 507, mode: `MaxEncodedLen`)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// Storage: `Channels::LiveChannels` (r:2 w:2)
	/// Proof: `Channels::LiveChannels` (`max_values`: None, `max_size`: Some(1038), added: 3513, mode: `MaxEncodedLen`)
	/// Storage: `Channels::Applications` (r:0 w:1)
	/// Proof: `Channels::Applications` (`max_values`: None, `max_size`: Some(113), added: 2588, mode: `MaxEncodedLen`)
	/// Storage: `Channels::NewestChannel` (r:1 w:1)
	/// Proof: `Channels::NewestChannel` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
	/// Storage: `Channels::Channels` (r:1 w:2)
	/// Proof: `Channels::Channels` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// Storage: `Channels::ChannelDetails` (r:1 w:2)
	/// Proof: `Channels::ChannelDetails` (`max_values`: None, `max_size`: Some(566), added: 3041, mode: `MaxEncodedLen`)
	/// Storage: `Channels::EndedChannels` (r:1 w:1)
	/// Proof: `Channels::EndedChannels` (`max_values`: None, `max_size`: Some(269), added: 2744, mode: `MaxEncodedLen`)
	/// Storage: `Channels::ChannelDeadlines` (r:1 w:2)
	/// Proof: `Channels::ChannelDeadlines` (`max_values`: None, `max_size`: Some(34), added: 2509, mode: `MaxEncodedLen`)
	/// Storage: `Channels::Agenda` (r:2 w:2)
	/// Proof: `Channels::Agenda` (`max_values`: None, `max_size`: Some(1043), added: 3518, mode: `MaxEncodedLen`)
	/// The range of component `n` is `[1, 16]`.
	fn apply(n: u32, ) -> Weight {
		Weight::from_parts(28_000_000, 4503)
			.saturating_add(Weight::from_parts(118_000_000, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(8_u64))
			.saturating_add(T::DbWeight::get().reads((9_u64).saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(5_u64))
			.saturating_add(T::DbWeight::get().writes((11_u64).saturating_mul(n.into())))
			.saturating_add(Weight::from_parts(0, 3518).saturating_mul(n.into()))
	}
	/// Storage: `Channels::Channels` (r:1 w:1)
	/// Proof: `Channels::Channels` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// Storage: `Channels::ChannelDetails` (r:1 w:1)
	/// Proof: `Channels::ChannelDetails` (`max_values`: None, `max_size`: Some(566), added: 3041, mode: `MaxEncodedLen`)
	/// Storage: `Members::MemberOf` (r:1 w:0)
	/// Proof: `Members::MemberOf` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Members::Members` (r:1 w:0)
	/// Proof: `Members::Members` (`max_values`: None, `max_size`: Some(200), added: 2675, mode: `MaxEncodedLen`)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	fn countersign() -> Weight {
		Weight::from_parts(72_000_000, 4031)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Channels::Channels` (r:1 w:1)
	/// Proof: `Channels::Channels` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// Storage: `Channels::ChannelDetails` (r:1 w:1)
	/// Proof: `Channels::ChannelDetails` (`max_values`: None, `max_size`: Some(566), added: 3041, mode: `MaxEncodedLen`)
	/// Storage: `Members::MemberOf` (r:1 w:0)
	/// Proof: `Members::MemberOf` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `Channels::LiveChannels` (r:2 w:2)
	/// Proof: `Channels::LiveChannels` (`max_values`: None, `max_size`: Some(1038), added: 3513, mode: `MaxEncodedLen`)
	/// Storage: `Channels::EndedChannels` (r:2 w:2)
	/// Proof: `Channels::EndedChannels` (`max_values`: None, `max_size`: Some(269), added: 2744, mode: `MaxEncodedLen`)
	/// Storage: `Channels::ChannelDeadlines` (r:1 w:1)
	/// Proof: `Channels::ChannelDeadlines` (`max_values`: None, `max_size`: Some(34), added: 2509, mode: `MaxEncodedLen`)
	/// Storage: `Channels::Agenda` (r:2 w:2)
	/// Proof: `Channels::Agenda` (`max_values`: None, `max_size`: Some(1043), added: 3518, mode: `MaxEncodedLen`)
	fn refuse() -> Weight {
		Weight::from_parts(48_000_000, 8026)
			.saturating_add(T::DbWeight::get().reads(11_u64))
			.saturating_add(T::DbWeight::get().writes(9_u64))
	}
	/// Storage: `Channels::Channels` (r:1 w:1)
	/// Proof: `Channels::Channels` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// Storage: `Channels::ChannelDetails` (r:1 w:1)
	/// Proof: `Channels::ChannelDetails` (`max_values`: None, `max_size`: Some(566), added: 3041, mode: `MaxEncodedLen`)
	/// Storage: `Members::MemberOf` (r:1 w:0)
	/// Proof: `Members::MemberOf` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `Channels::LiveChannels` (r:2 w:2)
	/// Proof: `Channels::LiveChannels` (`max_values`: None, `max_size`: Some(1038), added: 3513, mode: `MaxEncodedLen`)
	/// Storage: `Channels::EndedChannels` (r:2 w:2)
	/// Proof: `Channels::EndedChannels` (`max_values`: None, `max_size`: Some(269), added: 2744, mode: `MaxEncodedLen`)
	/// Storage: `Channels::ChannelDeadlines` (r:1 w:1)
	/// Proof: `Channels::ChannelDeadlines` (`max_values`: None, `max_size`: Some(34), added: 2509, mode: `MaxEncodedLen`)
	/// Storage: `Channels::Agenda` (r:2 w:2)
	/// Proof: `Channels::Agenda` (`max_values`: None, `max_size`: Some(1043), added: 3518, mode: `MaxEncodedLen`)
	fn withdraw() -> Weight {
		Weight::from_parts(47_000_000, 8026)
			.saturating_add(T::DbWeight::get().reads(11_u64))
			.saturating_add(T::DbWeight::get().writes(9_u64))
	}
	/// Storage: `Channels::Channels` (r:1 w:1)
	/// Proof: `Channels::Channels` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// Storage: `Channels::ChannelDetails` (r:1 w:1)
	/// Proof: `Channels::ChannelDetails` (`max_values`: None, `max_size`: Some(566), added: 3041, mode: `MaxEncodedLen`)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `Channels::ChannelDeadlines` (r:1 w:1)
	/// Proof: `Channels::ChannelDeadlines` (`max_values`: None, `max_size`: Some(34), added: 2509, mode: `MaxEncodedLen`)
	/// Storage: `Channels::Agenda` (r:1 w:1)
	/// Proof: `Channels::Agenda` (`max_values`: None, `max_size`: Some(1043), added: 3518, mode: `MaxEncodedLen`)
	fn grant() -> Weight {
		Weight::from_parts(33_000_000, 4508)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	/// Storage: `Channels::Channels` (r:1 w:1)
	/// Proof: `Channels::Channels` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// Storage: `Channels::ChannelDetails` (r:1 w:1)
	/// Proof: `Channels::ChannelDetails` (`max_values`: None, `max_size`: Some(566), added: 3041, mode: `MaxEncodedLen`)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `Channels::ChannelDeadlines` (r:1 w:1)
	/// Proof: `Channels::ChannelDeadlines` (`max_values`: None, `max_size`: Some(34), added: 2509, mode: `MaxEncodedLen`)
	/// Storage: `Channels::Agenda` (r:2 w:2)
	/// Proof: `Channels::Agenda` (`max_values`: None, `max_size`: Some(1043), added: 3518, mode: `MaxEncodedLen`)
	fn set_terms() -> Weight {
		Weight::from_parts(37_000_000, 8026)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
	/// Storage: `Channels::Channels` (r:1 w:1)
	/// Proof: `Channels::Channels` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// Storage: `Channels::ChannelDetails` (r:1 w:1)
	/// Proof: `Channels::ChannelDetails` (`max_values`: None, `max_size`: Some(566), added: 3041, mode: `MaxEncodedLen`)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	fn suspend() -> Weight {
		Weight::from_parts(25_000_000, 4031)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Channels::Channels` (r:1 w:1)
	/// Proof: `Channels::Channels` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// Storage: `Channels::ChannelDetails` (r:1 w:1)
	/// Proof: `Channels::ChannelDetails` (`max_values`: None, `max_size`: Some(566), added: 3041, mode: `MaxEncodedLen`)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	fn resume() -> Weight {
		Weight::from_parts(24_000_000, 4031)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Channels::Channels` (r:1 w:1)
	/// Proof: `Channels::Channels` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// Storage: `Channels::ChannelDetails` (r:1 w:1)
	/// Proof: `Channels::ChannelDetails` (`max_values`: None, `max_size`: Some(566), added: 3041, mode: `MaxEncodedLen`)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `Channels::LiveChannels` (r:2 w:2)
	/// Proof: `Channels::LiveChannels` (`max_values`: None, `max_size`: Some(1038), added: 3513, mode: `MaxEncodedLen`)
	/// Storage: `Channels::EndedChannels` (r:2 w:2)
	/// Proof: `Channels::EndedChannels` (`max_values`: None, `max_size`: Some(269), added: 2744, mode: `MaxEncodedLen`)
	/// Storage: `Channels::ChannelDeadlines` (r:1 w:1)
	/// Proof: `Channels::ChannelDeadlines` (`max_values`: None, `max_size`: Some(34), added: 2509, mode: `MaxEncodedLen`)
	/// Storage: `Channels::Agenda` (r:2 w:2)
	/// Proof: `Channels::Agenda` (`max_values`: None, `max_size`: Some(1043), added: 3518, mode: `MaxEncodedLen`)
	fn revoke() -> Weight {
		Weight::from_parts(48_000_000, 8026)
			.saturating_add(T::DbWeight::get().reads(10_u64))
			.saturating_add(T::DbWeight::get().writes(9_u64))
	}
	/// Storage: `Channels::Channels` (r:1 w:1)
	/// Proof: `Channels::Channels` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// Storage: `Channels::ChannelDetails` (r:1 w:1)
	/// Proof: `Channels::ChannelDetails` (`max_values`: None, `max_size`: Some(566), added: 3041, mode: `MaxEncodedLen`)
	/// Storage: `Members::MemberOf` (r:1 w:0)
	/// Proof: `Members::MemberOf` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `Channels::LiveChannels` (r:2 w:2)
	/// Proof: `Channels::LiveChannels` (`max_values`: None, `max_size`: Some(1038), added: 3513, mode: `MaxEncodedLen`)
	/// Storage: `Channels::EndedChannels` (r:2 w:2)
	/// Proof: `Channels::EndedChannels` (`max_values`: None, `max_size`: Some(269), added: 2744, mode: `MaxEncodedLen`)
	/// Storage: `Channels::ChannelDeadlines` (r:1 w:1)
	/// Proof: `Channels::ChannelDeadlines` (`max_values`: None, `max_size`: Some(34), added: 2509, mode: `MaxEncodedLen`)
	/// Storage: `Channels::Agenda` (r:2 w:2)
	/// Proof: `Channels::Agenda` (`max_values`: None, `max_size`: Some(1043), added: 3518, mode: `MaxEncodedLen`)
	fn leave() -> Weight {
		Weight::from_parts(48_000_000, 8026)
			.saturating_add(T::DbWeight::get().reads(11_u64))
			.saturating_add(T::DbWeight::get().writes(9_u64))
	}
	/// Storage: `Members::MemberOf` (r:1 w:0)
	/// Proof: `Members::MemberOf` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Members::Members` (r:1 w:0)
	/// Proof: `Members::Members` (`max_values`: None, `max_size`: Some(200), added: 2675, mode: `MaxEncodedLen`)
	/// Storage: `Members::Nodes` (r:1 w:0)
	/// Proof: `Members::Nodes` (`max_values`: None, `max_size`: Some(180), added: 2655, mode: `MaxEncodedLen`)
	/// Storage: `Channels::Interfaces` (r:1 w:1)
	/// Proof: `Channels::Interfaces` (`max_values`: None, `max_size`: Some(62), added: 2537, mode: `MaxEncodedLen`)
	/// Storage: `Channels::InterfacesOf` (r:1 w:1)
	/// Proof: `Channels::InterfacesOf` (`max_values`: None, `max_size`: Some(1069), added: 3544, mode: `MaxEncodedLen`)
	fn register_interface() -> Weight {
		Weight::from_parts(32_000_000, 4534)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Members::MemberOf` (r:1 w:0)
	/// Proof: `Members::MemberOf` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Members::Members` (r:1 w:0)
	/// Proof: `Members::Members` (`max_values`: None, `max_size`: Some(200), added: 2675, mode: `MaxEncodedLen`)
	/// Storage: `Members::Nodes` (r:1 w:0)
	/// Proof: `Members::Nodes` (`max_values`: None, `max_size`: Some(180), added: 2655, mode: `MaxEncodedLen`)
	/// Storage: `Channels::Interfaces` (r:1 w:1)
	/// Proof: `Channels::Interfaces` (`max_values`: None, `max_size`: Some(62), added: 2537, mode: `MaxEncodedLen`)
	fn set_interface_node() -> Weight {
		Weight::from_parts(28_000_000, 3665)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Members::MemberOf` (r:1 w:0)
	/// Proof: `Members::MemberOf` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Members::Members` (r:1 w:0)
	/// Proof: `Members::Members` (`max_values`: None, `max_size`: Some(200), added: 2675, mode: `MaxEncodedLen`)
	/// Storage: `Channels::Interfaces` (r:1 w:1)
	/// Proof: `Channels::Interfaces` (`max_values`: None, `max_size`: Some(62), added: 2537, mode: `MaxEncodedLen`)
	/// Storage: `Channels::InterfacesOf` (r:1 w:1)
	/// Proof: `Channels::InterfacesOf` (`max_values`: None, `max_size`: Some(1069), added: 3544, mode: `MaxEncodedLen`)
	fn retire_interface() -> Weight {
		Weight::from_parts(29_000_000, 4534)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Members::MemberOf` (r:1 w:0)
	/// Proof: `Members::MemberOf` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Members::Members` (r:1 w:0)
	/// Proof: `Members::Members` (`max_values`: None, `max_size`: Some(200), added: 2675, mode: `MaxEncodedLen`)
	/// Storage: `Channels::Products` (r:1 w:1)
	/// Proof: `Channels::Products` (`max_values`: None, `max_size`: Some(154), added: 2629, mode: `MaxEncodedLen`)
	/// Storage: `Channels::Interfaces` (r:1 w:1)
	/// Proof: `Channels::Interfaces` (`max_values`: None, `max_size`: Some(62), added: 2537, mode: `MaxEncodedLen`)
	/// Storage: `Channels::ProductCount` (r:1 w:1)
	/// Proof: `Channels::ProductCount` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
	/// Storage: `Channels::ProductsOf` (r:0 w:1)
	/// Proof: `Channels::ProductsOf` (`max_values`: None, `max_size`: Some(61), added: 2536, mode: `MaxEncodedLen`)
	fn register_product() -> Weight {
		Weight::from_parts(36_000_000, 3665)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	/// Storage: `Members::MemberOf` (r:1 w:0)
	/// Proof: `Members::MemberOf` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Members::Members` (r:1 w:0)
	/// Proof: `Members::Members` (`max_values`: None, `max_size`: Some(200), added: 2675, mode: `MaxEncodedLen`)
	/// Storage: `Channels::Products` (r:1 w:1)
	/// Proof: `Channels::Products` (`max_values`: None, `max_size`: Some(154), added: 2629, mode: `MaxEncodedLen`)
	/// Storage: `Channels::Interfaces` (r:2 w:2)
	/// Proof: `Channels::Interfaces` (`max_values`: None, `max_size`: Some(62), added: 2537, mode: `MaxEncodedLen`)
	/// Storage: `Channels::ProductCount` (r:1 w:1)
	/// Proof: `Channels::ProductCount` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
	/// Storage: `Channels::ProductsOf` (r:0 w:1)
	/// Proof: `Channels::ProductsOf` (`max_values`: None, `max_size`: Some(61), added: 2536, mode: `MaxEncodedLen`)
	/// Storage: `Channels::ClosedProducts` (r:1 w:1)
	/// Proof: `Channels::ClosedProducts` (`max_values`: None, `max_size`: Some(2125), added: 4600, mode: `MaxEncodedLen`)
	fn update_product() -> Weight {
		Weight::from_parts(44_000_000, 6064)
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(6_u64))
	}
	/// Storage: `Members::MemberOf` (r:1 w:0)
	/// Proof: `Members::MemberOf` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Members::Members` (r:1 w:0)
	/// Proof: `Members::Members` (`max_values`: None, `max_size`: Some(200), added: 2675, mode: `MaxEncodedLen`)
	/// Storage: `Channels::Products` (r:1 w:1)
	/// Proof: `Channels::Products` (`max_values`: None, `max_size`: Some(154), added: 2629, mode: `MaxEncodedLen`)
	/// Storage: `Channels::Interfaces` (r:1 w:1)
	/// Proof: `Channels::Interfaces` (`max_values`: None, `max_size`: Some(62), added: 2537, mode: `MaxEncodedLen`)
	/// Storage: `Channels::ProductCount` (r:1 w:1)
	/// Proof: `Channels::ProductCount` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
	/// Storage: `Channels::ProductsOf` (r:0 w:1)
	/// Proof: `Channels::ProductsOf` (`max_values`: None, `max_size`: Some(61), added: 2536, mode: `MaxEncodedLen`)
	/// Storage: `Channels::ClosedProducts` (r:1 w:1)
	/// Proof: `Channels::ClosedProducts` (`max_values`: None, `max_size`: Some(2125), added: 4600, mode: `MaxEncodedLen`)
	fn set_product_status() -> Weight {
		Weight::from_parts(40_000_000, 5590)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
	/// Storage: `Channels::Cursor` (r:1 w:1)
	/// Proof: `Channels::Cursor` (`max_values`: Some(1), `max_size`: Some(12), added: 507, mode: `MaxEncodedLen`)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	fn agenda_base() -> Weight {
		Weight::from_parts(6_000_000, 1497)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Channels::Agenda` (r:1 w:0)
	/// Proof: `Channels::Agenda` (`max_values`: None, `max_size`: Some(1043), added: 3518, mode: `MaxEncodedLen`)
	fn agenda_page() -> Weight {
		Weight::from_parts(5_000_000, 4508)
			.saturating_add(T::DbWeight::get().reads(1_u64))
	}
	/// Storage: `Channels::Channels` (r:1 w:0)
	/// Proof: `Channels::Channels` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	fn agenda_note() -> Weight {
		Weight::from_parts(4_000_000, 3509)
			.saturating_add(T::DbWeight::get().reads(1_u64))
	}
	/// Storage: `Channels::Channels` (r:1 w:1)
	/// Proof: `Channels::Channels` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// Storage: `Channels::ChannelDetails` (r:1 w:1)
	/// Proof: `Channels::ChannelDetails` (`max_values`: None, `max_size`: Some(566), added: 3041, mode: `MaxEncodedLen`)
	/// Storage: `Channels::LiveChannels` (r:2 w:2)
	/// Proof: `Channels::LiveChannels` (`max_values`: None, `max_size`: Some(1038), added: 3513, mode: `MaxEncodedLen`)
	/// Storage: `Channels::EndedChannels` (r:2 w:2)
	/// Proof: `Channels::EndedChannels` (`max_values`: None, `max_size`: Some(269), added: 2744, mode: `MaxEncodedLen`)
	/// Storage: `Channels::ChannelDeadlines` (r:1 w:1)
	/// Proof: `Channels::ChannelDeadlines` (`max_values`: None, `max_size`: Some(34), added: 2509, mode: `MaxEncodedLen`)
	/// Storage: `Channels::Agenda` (r:2 w:2)
	/// Proof: `Channels::Agenda` (`max_values`: None, `max_size`: Some(1043), added: 3518, mode: `MaxEncodedLen`)
	fn agenda_end() -> Weight {
		Weight::from_parts(45_000_000, 8026)
			.saturating_add(T::DbWeight::get().reads(9_u64))
			.saturating_add(T::DbWeight::get().writes(9_u64))
	}
}
