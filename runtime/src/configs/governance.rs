// SPDX-License-Identifier: Apache-2.0

//! Who may do what. The council votes by motion; each power of the consortium has its own origin here, and nowhere else.
//!
//! | power | share of the council |
//! |---|---|
//! | suspend, refuse, pause calls, enter safe mode | at least one third: quick, and undone by more |
//! | admit, grant, ratify, resume, revoke, add or remove validators | more than one half |
//! | leave safe mode, unpause, change the council, upgrade the runtime | at least two thirds |

use crate::{
	configs::system::RuntimeBlockWeights, no_token::NoToken, AccountId, BlockNumber, Council, OriginCaller, Preimage,
	Runtime, RuntimeCall, RuntimeEvent, RuntimeHoldReason, RuntimeOrigin, System, DAYS,
};
use frame_support::{
	parameter_types,
	traits::{ConstU32, Contains, EitherOfDiverse, EqualPrivilegeOnly},
	weights::Weight,
};
use frame_system::{EnsureRoot, EnsureWithSuccess};
use pallet_collective::{EnsureProportionAtLeast, EnsureProportionMoreThan};
use sp_runtime::Perbill;

/// The council is the first instance of `pallet-collective`.
pub type CouncilInstance = pallet_collective::Instance1;

/// At least one third of the council, or root.
type OneThird = EitherOfDiverse<EnsureRoot<AccountId>, EnsureProportionAtLeast<AccountId, CouncilInstance, 1, 3>>;
/// More than one half of the council, or root.
type Majority = EitherOfDiverse<EnsureRoot<AccountId>, EnsureProportionMoreThan<AccountId, CouncilInstance, 1, 2>>;
/// At least two thirds of the council, or root.
type TwoThirds = EitherOfDiverse<EnsureRoot<AccountId>, EnsureProportionAtLeast<AccountId, CouncilInstance, 2, 3>>;

/// Admits members, sets their roles, reinstates suspended ones.
pub type MemberAdmission = Majority;
/// Suspends members.
pub type MemberSuspension = OneThird;
/// Removes members and nodes against their will.
pub type MemberRemoval = TwoThirds;
/// Decides whether only registered nodes may connect.
pub type ConnectionPolicy = TwoThirds;
/// Grants channels, and changes the terms of grants.
pub type ChannelGrant = Majority;
/// Suspends channels.
pub type ChannelSuspension = OneThird;
/// Resumes suspended channels.
pub type ChannelResumption = Majority;
/// Revokes channels.
pub type ChannelRevocation = Majority;
/// Ratifies what two members agreed on.
pub type AgreementRatification = Majority;
/// Refuses to ratify.
pub type AgreementRefusal = OneThird;
/// Revokes registration receipts that their issuer left standing.
pub type ReceiptRevocation = Majority;
/// Sets when and how nodes anchor.
pub type AnchorPolicySetting = Majority;
/// Settles disputes.
pub type DisputeSettlement = Majority;
/// Admits validators.
pub type ValidatorAdmission = Majority;
/// Removes validators.
pub type ValidatorRemoval = Majority;
/// Sets how few validators there may be.
pub type ValidatorFloor = TwoThirds;
/// Enters and prolongs safe mode.
type SafeModeEntry = OneThird;
/// Leaves safe mode early.
type SafeModeRelease = TwoThirds;
/// Changes the council itself.
type CouncilChange = TwoThirds;
/// Lets a call be dispatched with root: upgrades of the runtime.
type RootDispatch = TwoThirds;

parameter_types! {
	pub const MotionDuration: BlockNumber = 7 * DAYS;
	pub MaxProposalWeight: Weight = Perbill::from_percent(50) * RuntimeBlockWeights::get().max_block;
	pub MaximumSchedulerWeight: Weight = Perbill::from_percent(80) * RuntimeBlockWeights::get().max_block;
	pub const SafeModeDuration: BlockNumber = DAYS;
	pub MaxMigrationWeight: Weight = Perbill::from_percent(80) * RuntimeBlockWeights::get().max_block;
}

impl pallet_collective::Config<CouncilInstance> for Runtime {
	type RuntimeOrigin = RuntimeOrigin;
	type Proposal = RuntimeCall;
	type RuntimeEvent = RuntimeEvent;
	type MotionDuration = MotionDuration;
	type MaxProposals = ConstU32<100>;
	type MaxMembers = ConstU32<100>;
	type DefaultVote = pallet_collective::MoreThanMajorityThenPrimeDefaultVote;
	type WeightInfo = crate::weights::pallet_collective::WeightInfo<Runtime>;
	type SetMembersOrigin = EnsureRoot<AccountId>;
	type MaxProposalWeight = MaxProposalWeight;
	type DisapproveOrigin = TwoThirds;
	type KillOrigin = TwoThirds;
	type Consideration = ();
}

impl pallet_membership::Config<CouncilInstance> for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type AddOrigin = CouncilChange;
	type RemoveOrigin = CouncilChange;
	type SwapOrigin = CouncilChange;
	type ResetOrigin = CouncilChange;
	type PrimeOrigin = CouncilChange;
	type MembershipInitialized = CouncilSeats;
	type MembershipChanged = CouncilSeats;
	type MaxMembers = ConstU32<100>;
	type WeightInfo = crate::weights::pallet_membership::WeightInfo<Runtime>;
}

impl pallet_scheduler::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeOrigin = RuntimeOrigin;
	type PalletsOrigin = OriginCaller;
	type RuntimeCall = RuntimeCall;
	type MaximumWeight = MaximumSchedulerWeight;
	type ScheduleOrigin = TwoThirds;
	type OriginPrivilegeCmp = EqualPrivilegeOnly;
	type MaxScheduledPerBlock = ConstU32<50>;
	type WeightInfo = crate::weights::pallet_scheduler::WeightInfo<Runtime>;
	type Preimages = Preimage;
	type BlockNumberProvider = System;
}

impl pallet_preimage::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = crate::weights::pallet_preimage::WeightInfo<Runtime>;
	type Currency = NoToken;
	type ManagerOrigin = CouncilSeat;
	// Others would have to leave a deposit. There is no token, so they note nothing: up to 4 MiB each would stay for ever.
	#[cfg(not(feature = "runtime-benchmarks"))]
	type Consideration = frame_support::traits::Disabled;
	// The weight of noting with a deposit is measured all the same: it bounds what the attempt costs.
	#[cfg(feature = "runtime-benchmarks")]
	type Consideration = ();
}

// How the council upgrades the runtime: a motion of two thirds schedules `dispatch_whitelisted_call`, which runs the
// preimage with root. Nothing else on this chain reaches root.
impl pallet_whitelist::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type WhitelistOrigin = RootDispatch;
	type DispatchWhitelistedOrigin = RootDispatch;
	type Preimages = Preimage;
	type DeferredDispatchExpiration = MotionDuration;
	type BlockNumberProvider = System;
	type WeightInfo = crate::weights::pallet_whitelist::WeightInfo<Runtime>;
}

/// What goes on in safe mode: time, consensus, governance, evidence, and what the council takes away. Trading permissions are
/// not extended.
pub struct SafeModeCalls;
impl Contains<RuntimeCall> for SafeModeCalls {
	fn contains(call: &RuntimeCall) -> bool {
		takes_away(call)
			|| matches!(
				call,
				RuntimeCall::System(..)
				| RuntimeCall::Timestamp(..)
				| RuntimeCall::Session(..)
				| RuntimeCall::Grandpa(..)
				| RuntimeCall::Validators(..)
				| RuntimeCall::Council(..)
				| RuntimeCall::CouncilMembership(..)
				| RuntimeCall::Scheduler(..)
				| RuntimeCall::Preimage(..)
				| RuntimeCall::Whitelist(..)
				| RuntimeCall::SafeMode(..)
				| RuntimeCall::TxPause(..)
				| RuntimeCall::MultiBlockMigrations(..)
				| RuntimeCall::Anchors(..)
				| RuntimeCall::Utility(..)
				// A seat of the council may be an account of several, or act through a proxy. What they carry is filtered too.
				| RuntimeCall::Multisig(..)
				| RuntimeCall::Proxy(..)
			)
	}
}

impl pallet_safe_mode::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type Currency = NoToken;
	type RuntimeHoldReason = RuntimeHoldReason;
	type WhitelistedCalls = SafeModeCalls;
	type EnterDuration = SafeModeDuration;
	type ExtendDuration = SafeModeDuration;
	// Nobody enters by deposit: only the council.
	type EnterDepositAmount = ();
	type ExtendDepositAmount = ();
	type ForceEnterOrigin = EnsureWithSuccess<SafeModeEntry, AccountId, SafeModeDuration>;
	type ForceExtendOrigin = EnsureWithSuccess<SafeModeEntry, AccountId, SafeModeDuration>;
	type ForceExitOrigin = SafeModeRelease;
	type ForceDepositOrigin = EnsureRoot<AccountId>;
	type Notify = ();
	type ReleaseDelay = ();
	type WeightInfo = crate::weights::pallet_safe_mode::WeightInfo<Runtime>;
}

/// Calls that must never be paused, lest a pause could not be undone.
pub struct NeverPaused;
impl Contains<pallet_tx_pause::RuntimeCallNameOf<Runtime>> for NeverPaused {
	fn contains(name: &pallet_tx_pause::RuntimeCallNameOf<Runtime>) -> bool {
		const PALLETS: [&[u8]; 6] = [
			b"System",
			b"Timestamp",
			b"Council",
			b"CouncilMembership",
			b"SafeMode",
			b"Grandpa",
		];
		PALLETS.contains(&name.0.as_slice())
	}
}

impl pallet_tx_pause::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type PauseOrigin = OneThird;
	type UnpauseOrigin = TwoThirds;
	type WhitelistedCalls = NeverPaused;
	type MaxNameLen = ConstU32<64>;
	type WeightInfo = crate::weights::pallet_tx_pause::WeightInfo<Runtime>;
}

impl pallet_migrations::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	#[cfg(not(feature = "runtime-benchmarks"))]
	type Migrations = crate::migrations::MultiBlock;
	#[cfg(feature = "runtime-benchmarks")]
	type Migrations = pallet_migrations::mock_helpers::MockedMigrations;
	type CursorMaxLen = ConstU32<65_536>;
	type IdentifierMaxLen = ConstU32<256>;
	type MigrationStatusHandler = ();
	// A failed migration must not leave a chain that trades on half-moved state: safe mode until the council acts.
	type FailedMigrationHandler = frame_support::migrations::EnterSafeModeOnFailedMigration<crate::SafeMode, KeepStuck>;
	type MaxServiceWeight = MaxMigrationWeight;
	type WeightInfo = crate::weights::pallet_migrations::WeightInfo<Runtime>;
}

/// What happens where even safe mode cannot be entered: nothing moves until the council forces it.
pub type KeepStuck = frame_support::migrations::FreezeChainOnFailedMigration;

/// Calls of the council that end or hold something. Channels carry payloads in safe mode too, so it must be possible to close
/// them without opening everything first.
fn takes_away(call: &RuntimeCall) -> bool {
	use pallet_channels::Call as Channel;
	use pallet_members::Call as Member;
	matches!(
		call,
		RuntimeCall::Members(Member::suspend { .. } | Member::remove { .. } | Member::force_remove_node { .. })
			| RuntimeCall::Channels(Channel::suspend { .. } | Channel::revoke { .. })
	)
}

/// A single member of the council, for noting preimages without a trace of deposits.
pub type CouncilSeat = frame_system::EnsureSignedBy<SeatHolders, AccountId>;

/// The accounts that sit in the council.
pub struct SeatHolders;
impl Contains<AccountId> for SeatHolders {
	fn contains(who: &AccountId) -> bool {
		pallet_collective::Members::<Runtime, CouncilInstance>::get().contains(who)
	}
}
impl frame_support::traits::SortedMembers<AccountId> for SeatHolders {
	fn sorted_members() -> alloc::vec::Vec<AccountId> {
		pallet_collective::Members::<Runtime, CouncilInstance>::get()
	}
}

/// What follows a change of seats: the collective's members, and the right to transact.
pub type CouncilSeats = pallet_members::CouncilAccounts<Runtime, Council>;
