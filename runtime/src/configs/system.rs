// SPDX-License-Identifier: Apache-2.0

//! Blocks, accounts, time, allowance.

use crate::{
	configs::{emergency::Migrator, governance::SeatsKept},
	no_token::NoToken,
	weights::block::{BlockExecutionWeight, ExtrinsicBaseWeight},
	AccountId, Balance, Block, Hash, Nonce, OriginCaller, PalletInfo, Runtime, RuntimeCall, RuntimeEvent,
	RuntimeOrigin, RuntimeTask, SafeMode, TxPause, SLOT_DURATION_MS, VERSION,
};
use frame_support::{
	derive_impl,
	dispatch::DispatchClass,
	parameter_types,
	traits::{ConstU128, ConstU32, ConstU64, ConstU8, Contains, InsideBoth, InstanceFilter},
	weights::{
		constants::{ParityDbWeight, WEIGHT_REF_TIME_PER_SECOND},
		IdentityFee, Weight,
	},
};
use frame_system::limits::{BlockLength, BlockWeights};
use sp_runtime::{traits::AccountIdLookup, FixedU128, Perbill};
use sp_version::RuntimeVersion;

/// Share of a block that normal extrinsics may fill; the rest is for the council and inherents.
const NORMAL_DISPATCH_RATIO: Perbill = Perbill::from_percent(75);
/// Half a slot of computation: the other half is for propagation and import.
const MAXIMUM_BLOCK_WEIGHT: Weight = Weight::from_parts(WEIGHT_REF_TIME_PER_SECOND, u64::MAX);
/// Longest block body. The longest extrinsic is the preimage of an upgrade.
const MAXIMUM_BLOCK_LENGTH: u32 = 5 * 1024 * 1024;

parameter_types! {
	pub const Version: RuntimeVersion = VERSION;
	pub const BlockHashCount: u32 = 2_400;
	pub const SS58Prefix: u16 = 42;
	pub RuntimeBlockLength: BlockLength =
		BlockLength::builder().max_length(MAXIMUM_BLOCK_LENGTH).modify_max_length_for_class(
			DispatchClass::Normal,
			|length| *length = NORMAL_DISPATCH_RATIO * MAXIMUM_BLOCK_LENGTH,
		).build();
	pub RuntimeBlockWeights: BlockWeights = BlockWeights::builder()
		.base_block(BlockExecutionWeight::get())
		.for_class(DispatchClass::all(), |weights| weights.base_extrinsic = ExtrinsicBaseWeight::get())
		.for_class(DispatchClass::Normal, |weights| {
			weights.max_total = Some(NORMAL_DISPATCH_RATIO * MAXIMUM_BLOCK_WEIGHT);
		})
		.for_class(DispatchClass::Operational, |weights| {
			weights.max_total = Some(MAXIMUM_BLOCK_WEIGHT);
			weights.reserved = Some(MAXIMUM_BLOCK_WEIGHT - NORMAL_DISPATCH_RATIO * MAXIMUM_BLOCK_WEIGHT);
		})
		.avg_block_initialization(Perbill::from_percent(10))
		.build_or_panic();
}

/// A validator without session keys is skipped without a word when a session is planned, past the floor of the set. Keys are
/// rotated, never purged; who leaves the set leaves through `pallet-validators`.
pub struct KeepSessionKeys;
impl Contains<RuntimeCall> for KeepSessionKeys {
	fn contains(call: &RuntimeCall) -> bool {
		!matches!(call, RuntimeCall::Session(pallet_session::Call::purge_keys {}))
	}
}

#[derive_impl(frame_system::config_preludes::SolochainDefaultConfig)]
impl frame_system::Config for Runtime {
	type BaseCallFilter = InsideBoth<InsideBoth<SafeMode, TxPause>, InsideBoth<KeepSessionKeys, SeatsKept>>;
	type Block = Block;
	type BlockHashCount = BlockHashCount;
	type BlockLength = RuntimeBlockLength;
	type BlockWeights = RuntimeBlockWeights;
	type DbWeight = ParityDbWeight;
	type AccountId = AccountId;
	type AccountData = ();
	type Hash = Hash;
	type Lookup = AccountIdLookup<AccountId, ()>;
	type MaxConsumers = ConstU32<16>;
	type MultiBlockMigrator = Migrator;
	type Nonce = Nonce;
	type SS58Prefix = SS58Prefix;
	type SingleBlockMigrations = crate::migrations::SingleBlock;
	type SystemWeightInfo = crate::weights::frame_system::WeightInfo<Runtime>;
	type ExtensionsWeightInfo = crate::weights::frame_system_extensions::WeightInfo<Runtime>;
	type Version = Version;
}

impl pallet_timestamp::Config for Runtime {
	type Moment = u64;
	type OnTimestampSet = crate::Aura;
	type MinimumPeriod = ConstU64<{ SLOT_DURATION_MS / 2 }>;
	type WeightInfo = crate::weights::pallet_timestamp::WeightInfo<Runtime>;
}

// One unit of allowance is one picosecond of reference time. A byte is as large a share of a block's length as its price is of
// a block's weight: cheaper, and a member would fill blocks by length with what its allowance hardly notices.
parameter_types! {
	pub const FeePerByte: Balance = (WEIGHT_REF_TIME_PER_SECOND / MAXIMUM_BLOCK_LENGTH as u64) as Balance;
	pub const OneToOne: FixedU128 = FixedU128::from_u32(1);
}

impl pallet_transaction_payment::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type OnChargeTransaction = pallet_members::Allowance<Runtime>;
	type WeightToFee = IdentityFee<Balance>;
	type LengthToFee = frame_support::weights::ConstantMultiplier<Balance, FeePerByte>;
	// Demand does not change what a call costs: every member's share is fixed. `()` would make it nothing.
	type FeeMultiplierUpdate = pallet_transaction_payment::ConstFeeMultiplier<OneToOne>;
	type OperationalFeeMultiplier = ConstU8<1>;
	type WeightInfo = crate::weights::pallet_transaction_payment::WeightInfo<Runtime>;
}

impl pallet_utility::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type PalletsOrigin = OriginCaller;
	type WeightInfo = crate::weights::pallet_utility::WeightInfo<Runtime>;
}

impl pallet_multisig::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type Currency = NoToken;
	// An entry for each operation that waits; see `NoToken`.
	type DepositBase = ConstU128<1>;
	type DepositFactor = ConstU128<0>;
	type MaxSignatories = ConstU32<20>;
	type WeightInfo = crate::weights::pallet_multisig::WeightInfo<Runtime>;
	type BlockNumberProvider = frame_system::Pallet<Runtime>;
}

/// What a proxy may do for the account that named it.
#[derive(
	Copy,
	Clone,
	Eq,
	PartialEq,
	Ord,
	PartialOrd,
	codec::Encode,
	codec::Decode,
	codec::DecodeWithMemTracking,
	Debug,
	Default,
	codec::MaxEncodedLen,
	scale_info::TypeInfo,
)]
pub enum ProxyType {
	/// Everything.
	#[default]
	Any,
	/// The council's business: propose, vote, close.
	Council,
	/// What an institution does for itself: nodes, channels, agreements, receipts, anchors, calendars. Not who acts for it, nor whether it
	/// stays: a clerk's stolen key must not be the institution.
	Consortium,
}

impl InstanceFilter<RuntimeCall> for ProxyType {
	fn filter(&self, call: &RuntimeCall) -> bool {
		match self {
			ProxyType::Any => true,
			ProxyType::Council => matches!(call, RuntimeCall::Council(..) | RuntimeCall::Preimage(..)),
			ProxyType::Consortium => match call {
				RuntimeCall::Members(call) => !matches!(
					call,
					pallet_members::Call::set_manager { .. } | pallet_members::Call::exit {}
				),
				_ => matches!(
					call,
					RuntimeCall::Channels(..)
						| RuntimeCall::Agreements(..)
						| RuntimeCall::Receipts(..)
						| RuntimeCall::Anchors(..)
						| RuntimeCall::Calendars(..)
				),
			},
		}
	}

	fn is_superset(&self, other: &Self) -> bool {
		matches!(self, ProxyType::Any) || self == other
	}
}

impl pallet_proxy::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type Currency = NoToken;
	type ProxyType = ProxyType;
	// An entry for each proxy and each announcement; see `NoToken`.
	type ProxyDepositBase = ConstU128<0>;
	type ProxyDepositFactor = ConstU128<1>;
	type MaxProxies = ConstU32<16>;
	type WeightInfo = crate::weights::pallet_proxy::WeightInfo<Runtime>;
	type MaxPending = ConstU32<16>;
	type CallHasher = sp_runtime::traits::BlakeTwo256;
	type AnnouncementDepositBase = ConstU128<0>;
	type AnnouncementDepositFactor = ConstU128<1>;
	type BlockNumberProvider = frame_system::Pallet<Runtime>;
}
