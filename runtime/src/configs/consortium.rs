// SPDX-License-Identifier: Apache-2.0

//! The consortium's own pallets: who belongs, who may trade with whom, on what terms, with what evidence.

use crate::{
	configs::governance as power, AccountId, Channels, Members, Nonce, Runtime, RuntimeCall, Signature, SignedPayload,
	Timestamp, TxExtension, UncheckedExtrinsic, Validators, DAYS, HOURS, MINUTES,
};
use codec::Encode;
use frame_support::{
	parameter_types,
	traits::{ConstU32, ConstU64, Contains},
	weights::{constants::WEIGHT_REF_TIME_PER_SECOND, Weight},
};
use frame_system::offchain::{AppCrypto, CreateSignedTransaction, CreateTransactionBase, SigningTypes};
use sealane_primitives::{
	delegate::DelegateAuth,
	directory::CourierPolicy,
	ids::{MemberId, Moment},
};
use sp_runtime::{
	generic::Era,
	traits::{SaturatedConversion, StaticLookup, Verify},
};

parameter_types! {
	// A member may use a tenth of what normal calls may use, sustained, or its equal share where there are more than ten members: all
	// of them together never keep the council or one another out. It may save up half of a block's share of them, so that no
	// burst of one member keeps the others out of a block.
	pub const AllowancePerBlock: u64 = WEIGHT_REF_TIME_PER_SECOND * 75 / 100 / 10;
	pub const MaxAllowance: u64 = WEIGHT_REF_TIME_PER_SECOND * 75 / 100 / 2;
	// Governance must never be starved: a councillor can send the heaviest normal call and the longest, the preimage of an upgrade,
	// and again after eight blocks. A fifth of every block stays out of a single seat's reach, so that one that is stolen keeps the
	// others' motions out of no block.
	pub const CouncilAllowancePerBlock: u64 = WEIGHT_REF_TIME_PER_SECOND / 10;
	pub const MaxCouncilAllowance: u64 = WEIGHT_REF_TIME_PER_SECOND * 80 / 100;
	// Up to 25 nodes anchor in every block: confirmed is final within a slot and a round. A thousand take turns over 40 blocks, so
	// that anchors take the same small part of each block however many nodes there are. Ten minutes without a block are a partition;
	// whoever goes on trading longer than that might do so over a channel that was revoked meanwhile. Orders are confirmed days
	// after they were placed: answers to them travel for a week after their channel's end.
	pub const DefaultPolicy: CourierPolicy =
		CourierPolicy { anchors_per_block: 25, max_age: 10 * MINUTE_MS, drain: 7 * DAYS };
	pub NodeCount: u32 = pallet_members::Nodes::<Runtime>::count();
}

/// Milliseconds in a minute.
const MINUTE_MS: Moment = 60_000;

/// Who left the consortium authors no blocks for it any more, unless the account holds a seat of the council besides.
pub struct NoMoreBlocks;
impl pallet_members::OnExit<AccountId> for NoMoreBlocks {
	fn on_exit(member: MemberId, manager: &AccountId) {
		let validator = Validators::id_of_member(member, manager);
		Validators::forget(member);
		if !power::SeatHolders::contains(&validator) {
			Validators::expel(&validator);
		}
	}
	fn weight() -> Weight {
		// As leaving the set by oneself, and a look at the seats of the council.
		let seats = <Runtime as frame_system::Config>::DbWeight::get().reads(1);
		<crate::weights::pallet_validators::WeightInfo<Runtime> as pallet_validators::WeightInfo>::leave()
			.saturating_add(<Runtime as frame_system::Config>::DbWeight::get().reads_writes(1, 2))
			.saturating_add(seats)
	}
}

/// A member's validator goes on under its new manager. That of an account with a seat of the council stays with the seat.
pub struct SameBlocks;
impl pallet_members::OnManagerChange<AccountId> for SameBlocks {
	fn on_manager_change(member: MemberId, old: &AccountId) {
		if !power::SeatHolders::contains(old) {
			Validators::hand_over(member, old);
		}
	}
	fn weight() -> Weight {
		let seats = <Runtime as frame_system::Config>::DbWeight::get().reads(1);
		<crate::weights::pallet_validators::WeightInfo<Runtime> as pallet_validators::WeightInfo>::hand_over()
			.saturating_add(seats)
	}
}

impl pallet_members::Config for Runtime {
	type AdmitOrigin = power::MemberAdmission;
	type SuspendOrigin = power::MemberSuspension;
	type ExitOrigin = power::MemberRemoval;
	type ForceOrigin = power::MemberRemoval;
	type PolicyOrigin = power::ConnectionPolicy;
	type CouncilMember = power::SeatHolders;
	type DelegateCalls = crate::configs::accounts::DelegateCalls;
	type WhileSuspended = crate::configs::accounts::WhileSuspended;
	type Through = crate::configs::accounts::Through;
	type OnExit = NoMoreBlocks;
	type OnManagerChange = SameBlocks;
	type MaxMembers = ConstU32<1_000>;
	type MaxNodesPerMember = ConstU32<16>;
	type MinKeyOverlap = ConstU32<MINUTES>;
	type MaxKeyOverlap = ConstU32<{ 30 * DAYS }>;
	type MaxKeyNotice = ConstU32<{ 90 * DAYS }>;
	type KeyEvidenceWindow = ConstU32<DAYS>;
	type SuspensionRest = power::Rest;
	type AllowancePerBlock = AllowancePerBlock;
	type FullShares = ConstU32<10>;
	type MaxAllowance = MaxAllowance;
	type CouncilAllowancePerBlock = CouncilAllowancePerBlock;
	type MaxCouncilAllowance = MaxCouncilAllowance;
	type WeightInfo = crate::weights::pallet_members::WeightInfo<Runtime>;
}

impl pallet_channels::Config for Runtime {
	type Members = Members;
	type Time = Timestamp;
	type Signature = Signature;
	type GrantOrigin = power::ChannelGrant;
	type SuspendOrigin = power::ChannelSuspension;
	type ResumeOrigin = power::ChannelResumption;
	type SuspensionRest = power::Rest;
	type RevokeOrigin = power::ChannelRevocation;
	type MaxIssuersPerApplication = ConstU32<32>;
	type MaxChannelsPerMember = ConstU32<1_000>;
	type MaxEndedChannelsListed = ConstU32<32>;
	type MaxInterfacesPerIssuer = ConstU32<64>;
	type MaxProductsPerIssuer = ConstU32<4_096>;
	type MaxClosedProductsListed = ConstU32<256>;
	type MaxPrefixesPerIssuer = ConstU32<32>;
	type WeightInfo = crate::weights::pallet_channels::WeightInfo<Runtime>;
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
	type WeightInfo = crate::weights::pallet_agreements::WeightInfo<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkSetup = crate::benchmarking::Setup;
}

impl pallet_calendars::Config for Runtime {
	type Members = Members;
	type Channels = Channels;
	// Long enough for nodes and terminals to hear of it, short enough for a day that is closed because of a storm.
	type MinNotice = ConstU32<HOURS>;
	type MaxLead = ConstU32<{ 365 * DAYS }>;
	type WeightInfo = crate::weights::pallet_calendars::WeightInfo<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkSetup = crate::benchmarking::Setup;
}

impl pallet_receipts::Config for Runtime {
	type Members = Members;
	type DelegateAuth = DelegateAuth;
	type ForceRevokeOrigin = power::ReceiptRevocation;
	type MaxBatch = ConstU32<1_024>;
	type WeightInfo = crate::weights::pallet_receipts::WeightInfo<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkSetup = crate::benchmarking::Setup;
}

impl pallet_anchors::Config for Runtime {
	type Members = Members;
	type Channels = Channels;
	type DelegateAuth = DelegateAuth;
	type PolicyOrigin = power::AnchorPolicySetting;
	type DisputeOrigin = power::DisputeSettlement;
	type DefaultPolicy = DefaultPolicy;
	type NodeCount = NodeCount;
	type MaxAnchorsPerBlock = ConstU32<1_000>;
	type ShortestAge = ConstU64<MINUTE_MS>;
	type LongestAge = ConstU64<{ 24 * 60 * MINUTE_MS }>;
	type ShortestDrain = ConstU32<{ DAYS }>;
	type LongestDrain = ConstU32<{ 366 * DAYS }>;
	type MaxOpenDisputes = ConstU32<16>;
	type WeightInfo = crate::weights::pallet_anchors::WeightInfo<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkSetup = crate::benchmarking::Setup;
}

// How the off-chain workers of a node sign with its delegate key.

impl SigningTypes for Runtime {
	type Public = <Signature as Verify>::Signer;
	type Signature = Signature;
}

impl<LocalCall> CreateTransactionBase<LocalCall> for Runtime
where
	RuntimeCall: From<LocalCall>,
{
	type Extrinsic = UncheckedExtrinsic;
	type RuntimeCall = RuntimeCall;
}

impl<LocalCall> CreateSignedTransaction<LocalCall> for Runtime
where
	RuntimeCall: From<LocalCall>,
{
	fn create_signed_transaction<C: AppCrypto<Self::Public, Self::Signature>>(
		call: RuntimeCall,
		public: Self::Public,
		account: AccountId,
		nonce: Nonce,
	) -> Option<UncheckedExtrinsic> {
		// Mortal, so that what no block took does not come back after the courier has offered it anew.
		let period = u64::from(MINUTES).next_power_of_two();
		let current = frame_system::Pallet::<Runtime>::block_number()
			.saturated_into::<u64>()
			.saturating_sub(1);
		let extension: TxExtension = (
			frame_system::CheckNonZeroSender::new(),
			frame_system::CheckSpecVersion::new(),
			frame_system::CheckTxVersion::new(),
			frame_system::CheckGenesis::new(),
			frame_system::CheckEra::from(Era::mortal(period, current)),
			pallet_members::CheckTransactorNonce::from(nonce),
			frame_system::CheckWeight::new(),
			pallet_transaction_payment::ChargeTransactionPayment::from(0),
			frame_metadata_hash_extension::CheckMetadataHash::new(false),
		);
		let payload = SignedPayload::new(call, extension)
			.inspect_err(|error| log::warn!(target: "runtime", "cannot build a payload to sign: {error:?}"))
			.ok()?;
		let signature = payload.using_encoded(|bytes| C::sign(bytes, public))?;
		let (call, extension, _) = payload.deconstruct();
		let address = <Runtime as frame_system::Config>::Lookup::unlookup(account);
		Some(UncheckedExtrinsic::new_signed(call, address, signature, extension))
	}
}

impl<LocalCall> frame_system::offchain::CreateBare<LocalCall> for Runtime
where
	RuntimeCall: From<LocalCall>,
{
	fn create_bare(call: RuntimeCall) -> UncheckedExtrinsic {
		UncheckedExtrinsic::new_bare(call)
	}
}
