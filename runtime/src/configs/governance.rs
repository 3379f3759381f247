// SPDX-License-Identifier: Apache-2.0

//! Who may do what. The council votes by motion; each power of the consortium has its own origin here, and nowhere else.
//!
//! | power | share of the council |
//! |---|---|
//! | suspend members and channels, enter safe mode | at least one third: quick, undone by more, and then not again for a while |
//! | admit, grant, ratify, refuse, resume, revoke, pause calls, prolong safe mode, add or remove validators | more than one half |
//! | leave safe mode, unpause, change the council, upgrade the runtime | at least two thirds |
//!
//! Shares are of all seats, and only ayes count. What a third may do once, more than one half may do at any time.

use crate::{
	configs::system::RuntimeBlockWeights, no_token::NoToken, AccountId, BlockNumber, Council, OriginCaller, Preimage,
	Restraint, Runtime, RuntimeCall, RuntimeEvent, RuntimeOrigin, System, DAYS,
};
use alloc::vec::Vec;
use frame_support::{
	parameter_types,
	traits::{ChangeMembers, ConstU32, Contains, EitherOfDiverse, EqualPrivilegeOnly, InitializeMembers},
	weights::Weight,
};
use frame_system::EnsureRoot;
use pallet_collective::{DefaultVote, EnsureProportionAtLeast, EnsureProportionMoreThan, MemberCount};
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
/// Refuses to ratify. As much as ratifying takes: a third that is against it need not refuse, it only fails to stop the others.
pub type AgreementRefusal = Majority;
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
/// Enters safe mode; a third only where it did not end lately.
pub(super) type SafeModeEntry = pallet_restraint::EnterSafeMode<Runtime, OneThird, Majority>;
/// Prolongs safe mode.
pub(super) type SafeModeExtension = Majority;
/// Leaves safe mode early.
pub(super) type SafeModeRelease = TwoThirds;
/// Pauses single calls, evidence and the members' own defence included.
pub(super) type CallPause = Majority;
/// Lets paused calls go on.
pub(super) type CallRelease = TwoThirds;
/// Changes the council itself.
type CouncilChange = TwoThirds;
/// Lets a call be dispatched with root: upgrades of the runtime.
type RootDispatch = TwoThirds;

parameter_types! {
	pub const MotionDuration: BlockNumber = 7 * DAYS;
	pub MaxProposalWeight: Weight = Perbill::from_percent(50) * RuntimeBlockWeights::get().max_block;
	pub MaximumSchedulerWeight: Weight = Perbill::from_percent(80) * RuntimeBlockWeights::get().max_block;
	/// For how long a third of the council rests: after safe mode ended, before it suspends anew what more than it let go.
	pub const Rest: BlockNumber = 7 * DAYS;
}

/// Most seats.
const MAX_SEATS: u32 = 100;
/// Most open motions.
const MAX_MOTIONS: u32 = 100;
/// Fewest seats that motions leave to a council that has as many. Of four, three are two thirds: one may be lost.
pub const MIN_SEATS: usize = 4;

/// A seat that does not vote says neither aye nor nay. When its time is over a motion has the ayes that were cast, and no others:
/// whoever is away or asleep for a week agrees to nothing, whatever the seat that others made their prime thinks.
pub struct SilenceIsNoVote;
impl DefaultVote for SilenceIsNoVote {
	fn default_vote(_: Option<bool>, _: MemberCount, _: MemberCount, _: MemberCount) -> bool {
		false
	}
}

impl pallet_collective::Config<CouncilInstance> for Runtime {
	type RuntimeOrigin = RuntimeOrigin;
	type Proposal = RuntimeCall;
	type RuntimeEvent = RuntimeEvent;
	type MotionDuration = MotionDuration;
	type MaxProposals = ConstU32<MAX_MOTIONS>;
	type MaxMembers = ConstU32<MAX_SEATS>;
	type DefaultVote = SilenceIsNoVote;
	type WeightInfo = crate::weights::pallet_collective::WeightInfo<Runtime>;
	type SetMembersOrigin = EnsureRoot<AccountId>;
	type MaxProposalWeight = MaxProposalWeight;
	type DisapproveOrigin = TwoThirds;
	type KillOrigin = TwoThirds;
	type Consideration = pallet_restraint::Place<Runtime>;
}

/// The council's motions, for [`pallet_restraint`].
pub struct CouncilMotions;
impl pallet_restraint::Motions<crate::Hash> for CouncilMotions {
	fn open() -> Vec<crate::Hash> {
		pallet_collective::Proposals::<Runtime, CouncilInstance>::get().into_inner()
	}
	fn seats() -> u32 {
		seats() as u32
	}
}

impl pallet_restraint::Config for Runtime {
	type Motions = CouncilMotions;
	type MaxMotions = ConstU32<MAX_MOTIONS>;
	// All proxies and announcements that an account may have, and thirty operations of accounts of several that wait.
	type MaxEntries = ConstU32<64>;
	type Rest = Rest;
}

impl pallet_membership::Config<CouncilInstance> for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type AddOrigin = CouncilChange;
	type RemoveOrigin = CouncilChange;
	type SwapOrigin = CouncilChange;
	type ResetOrigin = CouncilChange;
	// A prime would speak for those who are silent. Nobody does.
	#[cfg(not(feature = "runtime-benchmarks"))]
	type PrimeOrigin = frame_support::traits::NeverEnsureOrigin<()>;
	// The benchmarks of the other calls set one.
	#[cfg(feature = "runtime-benchmarks")]
	type PrimeOrigin = CouncilChange;
	type MembershipInitialized = CouncilSeats;
	type MembershipChanged = CouncilSeats;
	type MaxMembers = ConstU32<MAX_SEATS>;
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
	fn sorted_members() -> Vec<AccountId> {
		pallet_collective::Members::<Runtime, CouncilInstance>::get()
	}
}

/// Number of seats.
fn seats() -> usize {
	pallet_membership::Members::<Runtime, CouncilInstance>::decode_len().unwrap_or_default()
}

/// Keeps a council that can decide. Nothing but a motion changes it, so one without seats, or whose seats are one account many
/// times over, would stay so for ever. A seat goes to another account by motion (`swap_member`) and not by the seat alone: whoever
/// stole its key could give it away. A seat whose key changes at will is an account with proxies.
pub struct SeatsKept;
impl Contains<RuntimeCall> for SeatsKept {
	fn contains(call: &RuntimeCall) -> bool {
		use pallet_membership::Call;
		let RuntimeCall::CouncilMembership(call) = call else {
			return true;
		};
		match call {
			Call::remove_member { .. } => seats() > MIN_SEATS,
			Call::reset_members { members } => {
				let mut distinct = members.clone();
				distinct.sort();
				distinct.dedup();
				distinct.len() == members.len() && members.len() >= seats().min(MIN_SEATS)
			}
			Call::change_key { .. } => false,
			_ => true,
		}
	}
}

/// What follows a change of seats: the collective's members, the right to transact, the places for motions.
pub struct CouncilSeats;

type Accounts = pallet_members::CouncilAccounts<Runtime, Council>;

impl InitializeMembers<AccountId> for CouncilSeats {
	fn initialize_members(members: &[AccountId]) {
		Accounts::initialize_members(members);
	}
}

impl ChangeMembers<AccountId> for CouncilSeats {
	fn change_members_sorted(incoming: &[AccountId], outgoing: &[AccountId], sorted_new: &[AccountId]) {
		outgoing.iter().for_each(Restraint::forget);
		Accounts::change_members_sorted(incoming, outgoing, sorted_new);
	}

	fn set_prime(prime: Option<AccountId>) {
		Accounts::set_prime(prime);
	}

	fn get_prime() -> Option<AccountId> {
		Accounts::get_prime()
	}
}
