// SPDX-License-Identifier: Apache-2.0

//! Which pallets are measured, and how their benchmarks come by members and channels.

use crate::*;

/// Puts members and channels in place for the benchmarks of other pallets.
pub struct Setup;

impl sealane_primitives::traits::BenchmarkSetup<AccountId> for Setup {
	fn member(manager: &AccountId, delegate: &AccountId) -> sealane_primitives::ids::MemberId {
		Members::benchmark_member(manager, delegate)
	}

	fn channel(
		seller: sealane_primitives::ids::MemberId,
		issuer: sealane_primitives::ids::MemberId,
	) -> sealane_primitives::ids::ChannelId {
		Channels::benchmark_channel(seller, issuer)
	}
}

frame_benchmarking::define_benchmarks!(
	[frame_benchmarking, BaselineBench::<Runtime>]
	[frame_system, SystemBench::<Runtime>]
	[frame_system_extensions, SystemExtensionsBench::<Runtime>]
	[pallet_timestamp, Timestamp]
	[pallet_collective, Council]
	[pallet_membership, CouncilMembership]
	[pallet_multisig, Multisig]
	[pallet_preimage, Preimage]
	[pallet_proxy, Proxy]
	[pallet_scheduler, Scheduler]
	[pallet_utility, Utility]
	[pallet_members, Members]
	[pallet_channels, Channels]
	[pallet_agreements, Agreements]
	[pallet_receipts, Receipts]
	[pallet_anchors, Anchors]
	[pallet_validators, Validators]
);
