// SPDX-License-Identifier: Apache-2.0

//! Which pallets are measured, and how their benchmarks come by members, channels, session keys and a runtime.

pub mod session;

use crate::*;
use alloc::vec::Vec;
use codec::Encode;
use sp_core::storage::well_known_keys::CODE;

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

impl frame_benchmarking::baseline::Config for Runtime {}

impl frame_system_benchmarking::Config for Runtime {
	/// An upgrade to this very runtime, as whoever runs the benchmarks put it into the state.
	fn prepare_set_code_data() -> Vec<u8> {
		sp_io::storage::get(CODE)
			.expect("the state that benchmarks run over has the runtime's code")
			.into()
	}
}

impl pallet_transaction_payment::BenchmarkConfig for Runtime {}

impl session::Config for Runtime {
	fn candidate() -> AccountId {
		let manager = frame_benchmarking::account("manager", 0, 0);
		Members::benchmark_member(&manager, &frame_benchmarking::account("delegate", 0, 0));
		manager
	}

	fn keys_of(owner: &AccountId) -> (SessionKeys, Vec<u8>) {
		let generated = owner.using_encoded(|owner| SessionKeys::generate(owner, None));
		(generated.keys, generated.proof.encode())
	}
}

frame_benchmarking::define_benchmarks!(
	[frame_benchmarking, BaselineBench::<Runtime>]
	[frame_system, SystemBench::<Runtime>]
	[frame_system_extensions, SystemExtensionsBench::<Runtime>]
	[pallet_timestamp, Timestamp]
	[pallet_transaction_payment, TransactionPayment]
	[pallet_session, crate::benchmarking::session::Pallet::<Runtime>]
	[pallet_collective, Council]
	[pallet_membership, CouncilMembership]
	[pallet_scheduler, Scheduler]
	[pallet_preimage, Preimage]
	[pallet_whitelist, Whitelist]
	[pallet_safe_mode, SafeMode]
	[pallet_tx_pause, TxPause]
	[pallet_migrations, MultiBlockMigrations]
	[pallet_utility, Utility]
	[pallet_multisig, Multisig]
	[pallet_proxy, Proxy]
	[pallet_members, Members]
	[pallet_channels, Channels]
	[pallet_agreements, Agreements]
	[pallet_receipts, Receipts]
	[pallet_anchors, Anchors]
	[pallet_calendars, Calendars]
	[pallet_validators, Validators]
);
