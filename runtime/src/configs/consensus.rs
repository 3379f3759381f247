// SPDX-License-Identifier: Apache-2.0

//! Who authors and finalises: Aura and GRANDPA over the permissioned validator set.

use crate::{
	configs::governance::{SeatHolders, ValidatorAdmission, ValidatorFloor, ValidatorRemoval},
	no_token::NoToken,
	AccountId, Aura, Grandpa, Historical, Members, Offences, Runtime, RuntimeEvent, SessionKeys, Validators, DAYS,
	MINUTES, SLOT_DURATION_MS,
};
use frame_support::{
	parameter_types,
	traits::{ConstBool, ConstU128, ConstU32, ConstU64, Get, KeyOwnerProofSystem},
};
use sealane_primitives::{ids::MemberId, traits::MemberRegistry};
use sp_consensus_aura::sr25519::AuthorityId as AuraId;
use sp_core::crypto::KeyTypeId;
use sp_runtime::traits::{Convert, OpaqueKeys};

/// Most validators of the chain.
pub const MAX_VALIDATORS: u32 = 64;

parameter_types! {
	/// A session ends at multiples of half a minute, if set or keys changed. An admitted validator begins with the second session
	/// after its admission, so within a minute. A block that ends a session takes no calls of members, and evidence has to prove
	/// each change of authorities: a quiet network has neither.
	pub const SessionPeriod: u32 = MINUTES / 2;
	/// For how long an equivocation can be reported, in blocks: a week. Not in sessions, of which one may last for months.
	pub const EquivocationReportLongevity: u64 = (7 * DAYS) as u64;
	/// For how many sets of GRANDPA's authorities the chain remembers their sessions: as many as a week can have.
	pub const MaxSetIdSessionEntries: u64 = EquivocationReportLongevity::get() / SessionPeriod::get() as u64;
}

/// The member that an account manages.
pub struct MemberOf;
impl Convert<AccountId, Option<MemberId>> for MemberOf {
	fn convert(who: AccountId) -> Option<MemberId> {
		<Members as MemberRegistry<AccountId>>::member_of(&who)
	}
}

/// GRANDPA was told that it stands still: the new authorities take over with the end of a session.
pub struct GrandpaStalled;
impl Get<bool> for GrandpaStalled {
	fn get() -> bool {
		Grandpa::stalled().is_some()
	}
}

impl pallet_authorship::Config for Runtime {
	type FindAuthor = pallet_session::FindAccountFromAuthorIndex<Self, Aura>;
	type EventHandler = ();
}

impl pallet_aura::Config for Runtime {
	type AuthorityId = AuraId;
	type DisabledValidators = crate::Session;
	type MaxAuthorities = ConstU32<MAX_VALIDATORS>;
	type AllowMultipleBlocksPerSlot = ConstBool<false>;
	type SlotDuration = ConstU64<SLOT_DURATION_MS>;
}

impl pallet_validators::Config for Runtime {
	type AddOrigin = ValidatorAdmission;
	type RemoveOrigin = ValidatorRemoval;
	type FloorOrigin = ValidatorFloor;
	// A validator's account belongs to a member or a councillor; a delegate's key lives on a node and must not reach this.
	type Candidates = (pallet_members::ActiveManagers<Self>, SeatHolders);
	type MemberOf = MemberOf;
	type AlsoDue = GrandpaStalled;
	type SessionPeriod = SessionPeriod;
	type MinValidators = ConstU32<1>;
	type MaxValidators = ConstU32<MAX_VALIDATORS>;
	type WeightInfo = crate::weights::pallet_validators::WeightInfo<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkSetup = crate::benchmarking::Setup;
}

impl pallet_session::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type ValidatorId = AccountId;
	type ValidatorIdOf = pallet_validators::ValidatorOf<Self>;
	type ShouldEndSession = pallet_validators::OnDemand<Self>;
	type NextSessionRotation = pallet_validators::OnDemand<Self>;
	type SessionManager = pallet_session::historical::NoteHistoricalRoot<Self, Validators>;
	type SessionHandler = <SessionKeys as OpaqueKeys>::KeyTypeIdProviders;
	type Keys = SessionKeys;
	type DisablingStrategy = pallet_session::disabling::UpToLimitDisablingStrategy;
	type WeightInfo = crate::weights::pallet_session::WeightInfo<Runtime>;
	type Currency = NoToken;
	type KeyDeposit = ConstU128<0>;
}

impl pallet_session::historical::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type FullIdentification = ();
	type FullIdentificationOf = pallet_validators::UnitIdentification;
}

impl pallet_offences::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type IdentificationTuple = pallet_session::historical::IdentificationTuple<Self>;
	type OnOffenceHandler = Validators;
}

impl pallet_grandpa::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	// The SDK's, from what it measured of the parts: its benchmarks do not cover the whole of a report.
	type WeightInfo = ();
	type MaxAuthorities = ConstU32<MAX_VALIDATORS>;
	type MaxNominators = ConstU32<0>;
	type MaxSetIdSessionEntries = MaxSetIdSessionEntries;
	type KeyOwnerProof = <Historical as KeyOwnerProofSystem<(KeyTypeId, pallet_grandpa::AuthorityId)>>::Proof;
	type EquivocationReportSystem =
		pallet_grandpa::EquivocationReportSystem<Self, Offences, Historical, EquivocationReportLongevity>;
}
