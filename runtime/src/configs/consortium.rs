// SPDX-License-Identifier: Apache-2.0

//! The consortium's own pallets: who belongs, who may trade with whom, on what terms, with what evidence.

use crate::{
	configs::governance as power, AccountId, Agreements, Channels, Members, Runtime, RuntimeCall, RuntimeEvent,
	Signature, Timestamp, UncheckedExtrinsic, TxExtension, SignedPayload, DAYS, HOURS,
};
use frame_support::{
	parameter_types,
	traits::{ConstU32, ConstU64},
	weights::constants::WEIGHT_REF_TIME_PER_SECOND,
};

parameter_types! {
	// A member may use a tenth of what normal calls may use, sustained; and save up for ten seconds of bursts.
	pub const AllowancePerBlock: u64 = WEIGHT_REF_TIME_PER_SECOND * 75 / 100 / 10;
	pub const MaxAllowance: u64 = 10 * WEIGHT_REF_TIME_PER_SECOND;
	// Governance must never be starved: an upgrade weighs a whole block.
	pub const CouncilAllowancePerBlock: u64 = WEIGHT_REF_TIME_PER_SECOND / 10;
	pub const MaxCouncilAllowance: u64 = 20 * WEIGHT_REF_TIME_PER_SECOND;
}

impl pallet_members::Config for Runtime {
	type AdmitOrigin = power::MemberAdmission;
	type SuspendOrigin = power::MemberSuspension;
	type ExitOrigin = power::MemberRemoval;
	type ForceOrigin = power::MemberRemoval;
	type PolicyOrigin = power::ConnectionPolicy;
	type CouncilMember = power::SeatHolders;
	type MaxMembers = ConstU32<1_000>;
	type MaxNodesPerMember = ConstU32<16>;
	type MinKeyOverlap = ConstU32<{ HOURS / 60 }>;
	type MaxKeyOverlap = ConstU32<{ 30 * DAYS }>;
	type MaxKeyNotice = ConstU32<{ 90 * DAYS }>;
	type AllowancePerBlock = AllowancePerBlock;
	type MaxAllowance = MaxAllowance;
	type CouncilAllowancePerBlock = CouncilAllowancePerBlock;
	type MaxCouncilAllowance = MaxCouncilAllowance;
	type WeightInfo = pallet_members::weights::SubstrateWeight<Runtime>;
}

impl pallet_channels::Config for Runtime {
	type Members = Members;
	type Time = Timestamp;
	type Signature = Signature;
	type GrantOrigin = power::ChannelGrant;
	type SuspendOrigin = power::ChannelSuspension;
	type ResumeOrigin = power::ChannelResumption;
	type RevokeOrigin = power::ChannelRevocation;
	type MaxIssuersPerApplication = ConstU32<32>;
	type MaxChannelsPerMember = ConstU32<1_000>;
	type MaxEndedChannelsListed = ConstU32<32>;
	type MaxInterfacesPerIssuer = ConstU32<64>;
	type MaxProductsPerIssuer = ConstU32<4_096>;
	type MaxClosedProductsListed = ConstU32<256>;
	type MaxChannelsPerPage = ConstU32<64>;
	type WeightInfo = pallet_channels::weights::SubstrateWeight<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkSetup = crate::benchmarking::Setup;
}

impl pallet_agreements::Config for Runtime {
	type Members = Members;
	type Channels = Channels;
	type RatifyOrigin = power::AgreementRatification;
	type RefuseOrigin = power::AgreementRefusal;
	type MaxOpenProposals = ConstU32<16>;
	type MaxScopes = ConstU32<256>;
	type MaxPending = ConstU32<4>;
	type MaxLead = ConstU32<{ 365 * DAYS }>;
	type WeightInfo = pallet_agreements::weights::SubstrateWeight<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkSetup = crate::benchmarking::Setup;
}
