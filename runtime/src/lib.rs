// SPDX-License-Identifier: Apache-2.0

//! # The consortium chain
//!
//! Composition only: which pallets the chain has (`runtime`), how each is set ([`configs`]), what the node may ask
//! ([`apis`]), how a network begins ([`genesis`]) and how state moves between versions ([`migrations`]).
//!
//! There is no token, no fee and no sudo. Who may transact is decided by `pallet-members`, every power by an origin in
//! [`configs::governance`].

#![cfg_attr(not(feature = "std"), no_std)]
#![recursion_limit = "256"]

extern crate alloc;

// The wasm binary, as bytes, for the node's chain specification.
#[cfg(feature = "std")]
include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));

pub mod apis;
pub mod configs;
mod directory;
pub mod genesis;
#[cfg(feature = "std")]
pub mod invariants;
pub mod migrations;
mod no_token;
#[cfg(feature = "next-version")]
mod tomorrow;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod tests;

use alloc::vec::Vec;
use sp_runtime::{
	generic, impl_opaque_keys,
	traits::{BlakeTwo256, IdentifyAccount, Verify},
	MultiAddress, MultiSignature,
};
use sp_version::RuntimeVersion;

pub use frame_system::Call as SystemCall;
#[cfg(any(feature = "std", test))]
pub use sp_runtime::BuildStorage;

/// What is opaque to the node: blocks whose extrinsics are bytes.
pub mod opaque {
	use super::*;
	pub use sp_runtime::OpaqueExtrinsic as UncheckedExtrinsic;

	/// Block header.
	pub type Header = generic::Header<BlockNumber, BlakeTwo256>;
	/// Block.
	pub type Block = generic::Block<Header, UncheckedExtrinsic>;
	/// Block identifier.
	pub type BlockId = generic::BlockId<Block>;
}

impl_opaque_keys! {
	/// The keys with which a validator authors and finalises.
	pub struct SessionKeys {
		/// Authors blocks.
		pub aura: Aura,
		/// Votes on finality.
		pub grandpa: Grandpa,
	}
}

/// Version of this runtime. `spec_version` grows with each change of logic, `transaction_version` with each change of a
/// call's encoding.
#[cfg(not(feature = "next-version"))]
#[sp_version::runtime_version]
pub const VERSION: RuntimeVersion = RuntimeVersion {
	spec_name: alloc::borrow::Cow::Borrowed("sealane"),
	impl_name: alloc::borrow::Cow::Borrowed("sealane"),
	authoring_version: 1,
	spec_version: 1,
	impl_version: 1,
	apis: apis::RUNTIME_API_VERSIONS,
	transaction_version: 1,
	system_version: 1,
};

/// One version on: what tests upgrade to. The attribute reads literals only, hence the repetition.
#[cfg(feature = "next-version")]
#[sp_version::runtime_version]
pub const VERSION: RuntimeVersion = RuntimeVersion {
	spec_name: alloc::borrow::Cow::Borrowed("sealane"),
	impl_name: alloc::borrow::Cow::Borrowed("sealane"),
	authoring_version: 1,
	spec_version: 2,
	impl_version: 1,
	apis: apis::RUNTIME_API_VERSIONS,
	transaction_version: 1,
	system_version: 1,
};

/// Length of a slot.
pub const SLOT_DURATION_MS: u64 = 2_000;
/// Blocks in a minute.
pub const MINUTES: BlockNumber = 60_000 / SLOT_DURATION_MS as BlockNumber;
/// Blocks in an hour.
pub const HOURS: BlockNumber = MINUTES * 60;
/// Blocks in a day.
pub const DAYS: BlockNumber = HOURS * 24;

/// Signature of an extrinsic.
pub type Signature = MultiSignature;
/// An account: the public key of its signer.
pub type AccountId = <<Signature as Verify>::Signer as IdentifyAccount>::AccountId;
/// Unit of the weight allowance; there is no token.
pub type Balance = u128;
/// Number of extrinsics that an account has sent.
pub type Nonce = u32;
/// Hash of blocks and state.
pub type Hash = sp_core::H256;
/// Number of a block.
pub type BlockNumber = u32;
/// How extrinsics name accounts.
pub type Address = MultiAddress<AccountId, ()>;
/// Block header.
pub type Header = generic::Header<BlockNumber, BlakeTwo256>;
/// Block with decoded extrinsics.
pub type Block = generic::Block<Header, UncheckedExtrinsic>;

/// What is checked before an extrinsic runs. Only extensions that Polkadot.js knows by name.
pub type TxExtension = (
	frame_system::CheckNonZeroSender<Runtime>,
	frame_system::CheckSpecVersion<Runtime>,
	frame_system::CheckTxVersion<Runtime>,
	frame_system::CheckGenesis<Runtime>,
	frame_system::CheckEra<Runtime>,
	// Named `CheckNonce`, as it is known.
	pallet_members::CheckTransactorNonce<Runtime>,
	frame_system::CheckWeight<Runtime>,
	pallet_transaction_payment::ChargeTransactionPayment<Runtime>,
	frame_metadata_hash_extension::CheckMetadataHash<Runtime>,
);

/// An extrinsic as it travels.
pub type UncheckedExtrinsic = generic::UncheckedExtrinsic<Address, RuntimeCall, Signature, TxExtension>;
/// What an extrinsic's signature is over.
pub type SignedPayload = generic::SignedPayload<RuntimeCall, TxExtension>;

/// Runs blocks.
pub type Executive =
	frame_executive::Executive<Runtime, Block, frame_system::ChainContext<Runtime>, Runtime, AllPalletsWithSystem>;

/// The runtime and its pallets. Indices never change: stored calls and clients refer to them.
#[frame_support::runtime]
pub mod runtime {
	/// The runtime.
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeFreezeReason,
		RuntimeHoldReason,
		RuntimeSlashReason,
		RuntimeLockId,
		RuntimeTask,
		RuntimeViewFunction
	)]
	pub struct Runtime;

	#[runtime::pallet_index(0)]
	pub type System = frame_system::Pallet<Runtime>;
	#[runtime::pallet_index(1)]
	pub type Timestamp = pallet_timestamp::Pallet<Runtime>;
	#[runtime::pallet_index(2)]
	pub type TransactionPayment = pallet_transaction_payment::Pallet<Runtime>;

	// Consensus. Authorship before session: it reads the author of the current validators.
	#[runtime::pallet_index(10)]
	pub type Authorship = pallet_authorship::Pallet<Runtime>;
	#[runtime::pallet_index(11)]
	pub type Validators = pallet_validators::Pallet<Runtime>;
	#[runtime::pallet_index(12)]
	pub type Session = pallet_session::Pallet<Runtime>;
	#[runtime::pallet_index(13)]
	pub type Historical = pallet_session::historical::Pallet<Runtime>;
	#[runtime::pallet_index(14)]
	pub type Aura = pallet_aura::Pallet<Runtime>;
	#[runtime::pallet_index(15)]
	pub type Grandpa = pallet_grandpa::Pallet<Runtime>;
	#[runtime::pallet_index(16)]
	pub type Offences = pallet_offences::Pallet<Runtime>;

	// Governance.
	#[runtime::pallet_index(20)]
	pub type Council = pallet_collective::Pallet<Runtime, Instance1>;
	#[runtime::pallet_index(21)]
	pub type CouncilMembership = pallet_membership::Pallet<Runtime, Instance1>;
	#[runtime::pallet_index(22)]
	pub type Scheduler = pallet_scheduler::Pallet<Runtime>;
	#[runtime::pallet_index(23)]
	pub type Preimage = pallet_preimage::Pallet<Runtime>;
	#[runtime::pallet_index(24)]
	pub type Whitelist = pallet_whitelist::Pallet<Runtime>;
	#[runtime::pallet_index(25)]
	pub type SafeMode = pallet_safe_mode::Pallet<Runtime>;
	#[runtime::pallet_index(26)]
	pub type TxPause = pallet_tx_pause::Pallet<Runtime>;
	#[runtime::pallet_index(27)]
	pub type MultiBlockMigrations = pallet_migrations::Pallet<Runtime>;
	#[runtime::pallet_index(28)]
	pub type Restraint = pallet_restraint::Pallet<Runtime>;

	// Convenience of accounts.
	#[runtime::pallet_index(30)]
	pub type Utility = pallet_utility::Pallet<Runtime>;
	#[runtime::pallet_index(31)]
	pub type Multisig = pallet_multisig::Pallet<Runtime>;
	#[runtime::pallet_index(32)]
	pub type Proxy = pallet_proxy::Pallet<Runtime>;

	// The consortium.
	#[runtime::pallet_index(40)]
	pub type Members = pallet_members::Pallet<Runtime>;
	#[runtime::pallet_index(41)]
	pub type Channels = pallet_channels::Pallet<Runtime>;
	#[runtime::pallet_index(42)]
	pub type Agreements = pallet_agreements::Pallet<Runtime>;
	#[runtime::pallet_index(43)]
	pub type Receipts = pallet_receipts::Pallet<Runtime>;
	#[runtime::pallet_index(44)]
	pub type Anchors = pallet_anchors::Pallet<Runtime>;
	#[runtime::pallet_index(45)]
	pub type Calendars = pallet_calendars::Pallet<Runtime>;
}

/// The bytes of every pallet's metadata, for tools.
pub fn metadata() -> Vec<u8> {
	Runtime::metadata().into()
}
