// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_proxy`, measured. Written by `scripts/weights`, not by hand.
//!
//! Measured 2026-11-24 on Intel(R) Xeon(R) Processor, 2 cores. Hardly anything else used them.
//! Load average 1.06 before and 1.05 after, this program counting as one.
//! Samples: 20 values per component, 10 runs each, at least 1000 ms per benchmark.
//! In the wasm of this runtime, over its development genesis, in memory. Accesses to storage are priced by `DbWeight`. Sizes of
//! proofs are left out, since nobody on this chain works from proofs.

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(clippy::unnecessary_cast)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Measured weights of `pallet_proxy`.
pub struct WeightInfo<T>(PhantomData<T>);
impl<T: frame_system::Config> pallet_proxy::WeightInfo for WeightInfo<T> {
	/// Storage: `Proxy::Proxies` (r:1 w:0)
	/// Storage: `SafeMode::EnteredUntil` (r:1 w:0)
	/// The range of component `p` is `[1, 15]`.
	fn proxy(p: u32, ) -> Weight {
		// Shortest run: 13_963 ns.
		Weight::from_parts(14_949_166, 0)
			.saturating_add(Weight::from_parts(22_166, 0).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(2_u64))
	}
	/// Storage: `Proxy::Announcements` (r:1 w:1)
	/// Storage: `Proxy::Proxies` (r:1 w:0)
	/// Storage: `Restraint::Entries` (r:1 w:1)
	/// Storage: `SafeMode::EnteredUntil` (r:1 w:0)
	/// The range of component `a` is `[0, 15]`.
	/// The range of component `p` is `[1, 15]`.
	fn proxy_announced(a: u32, p: u32, ) -> Weight {
		// Shortest run: 20_178 ns.
		Weight::from_parts(21_478_333, 0)
			.saturating_add(Weight::from_parts(233_333, 0).saturating_mul(a.into()))
			.saturating_add(Weight::from_parts(5_333, 0).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Proxy::Announcements` (r:1 w:1)
	/// Storage: `Restraint::Entries` (r:1 w:1)
	/// The range of component `a` is `[0, 15]`.
	/// The range of component `p` is `[1, 15]`.
	fn remove_announcement(a: u32, p: u32, ) -> Weight {
		// Shortest run: 7_740 ns.
		Weight::from_parts(8_365_000, 0)
			.saturating_add(Weight::from_parts(210_000, 0).saturating_mul(a.into()))
			.saturating_add(Weight::from_parts(3_400, 0).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Proxy::Announcements` (r:1 w:1)
	/// Storage: `Restraint::Entries` (r:1 w:1)
	/// The range of component `a` is `[0, 15]`.
	/// The range of component `p` is `[1, 15]`.
	fn reject_announcement(a: u32, p: u32, ) -> Weight {
		// Shortest run: 7_742 ns.
		Weight::from_parts(8_300_476, 0)
			.saturating_add(Weight::from_parts(212_666, 0).saturating_mul(a.into()))
			.saturating_add(Weight::from_parts(10_857, 0).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Proxy::Announcements` (r:1 w:1)
	/// Storage: `Proxy::Proxies` (r:1 w:0)
	/// Storage: `Restraint::Entries` (r:1 w:1)
	/// The range of component `a` is `[0, 15]`.
	/// The range of component `p` is `[1, 15]`.
	fn announce(a: u32, p: u32, ) -> Weight {
		// Shortest run: 14_330 ns.
		Weight::from_parts(15_909_700, 0)
			.saturating_add(Weight::from_parts(224_600, 0).saturating_mul(a.into()))
			.saturating_add(Weight::from_parts(24_300, 0).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Proxy::Proxies` (r:1 w:1)
	/// Storage: `Restraint::Entries` (r:1 w:1)
	/// The range of component `p` is `[1, 15]`.
	fn add_proxy(p: u32, ) -> Weight {
		// Shortest run: 10_553 ns.
		Weight::from_parts(11_276_285, 0)
			.saturating_add(Weight::from_parts(27_857, 0).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Proxy::Proxies` (r:1 w:1)
	/// Storage: `Restraint::Entries` (r:1 w:1)
	/// The range of component `p` is `[1, 15]`.
	fn remove_proxy(p: u32, ) -> Weight {
		// Shortest run: 10_293 ns.
		Weight::from_parts(11_135_000, 0)
			.saturating_add(Weight::from_parts(26_750, 0).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Proxy::Proxies` (r:1 w:1)
	/// Storage: `Restraint::Entries` (r:1 w:1)
	/// The range of component `p` is `[1, 15]`.
	fn remove_proxies(p: u32, ) -> Weight {
		// Shortest run: 10_085 ns.
		Weight::from_parts(9_443_750, 0)
			.saturating_add(Weight::from_parts(1_848_625, 0).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Proxy::Proxies` (r:1 w:1)
	/// Storage: `Restraint::Entries` (r:1 w:1)
	/// The range of component `p` is `[1, 15]`.
	fn create_pure(p: u32, ) -> Weight {
		// Shortest run: 13_435 ns.
		Weight::from_parts(14_318_090, 0)
			.saturating_add(Weight::from_parts(4_090, 0).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Proxy::Proxies` (r:1 w:1)
	/// Storage: `Restraint::Entries` (r:1 w:1)
	/// The range of component `p` is `[0, 14]`.
	fn kill_pure(p: u32, ) -> Weight {
		// Shortest run: 10_917 ns.
		Weight::from_parts(11_687_000, 0)
			.saturating_add(Weight::from_parts(11_000, 0).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Not measured: it is about deposits, and this chain has no currency. What the SDK measured.
	fn poke_deposit() -> Weight {
		<pallet_proxy::weights::SubstrateWeight<T> as pallet_proxy::WeightInfo>::poke_deposit()
	}
}
