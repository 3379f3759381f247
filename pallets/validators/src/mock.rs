// SPDX-License-Identifier: Apache-2.0

//! A chain of this pallet and the real session pallets.

use crate::{self as pallet_validators, *};
use alloc::{collections::BTreeMap, vec, vec::Vec};
use codec::Encode;
use frame_support::{
	derive_impl, ord_parameter_types, parameter_types,
	traits::{
		fungible::{hold, Dust, Inspect, Mutate, Unbalanced},
		tokens::{DepositConsequence, Fortitude, Preservation, Provenance, WithdrawConsequence},
		ConstU128, ConstU32, Contains, Hooks,
	},
};
use frame_system::EnsureSignedBy;
use pallet_session::{disabling::UpToLimitDisablingStrategy, historical::NoteHistoricalRoot};
use sealane_primitives::ids::MemberId;
use sp_runtime::{
	impl_opaque_keys,
	testing::{TestSignature, UintAuthorityId},
	traits::{Convert, IdentityLookup, OpaqueKeys},
	BuildStorage, DispatchError, DispatchResult, KeyTypeId,
};
use sp_staking::SessionIndex;

pub type AccountId = u64;

/// Origins of the powers, one account each.
pub const ADD: AccountId = 901;
pub const REMOVE: AccountId = 902;
pub const FLOOR: AccountId = 903;
/// Blocks of a session.
pub const SESSION: u32 = 5;

#[frame_support::runtime]
mod test_runtime {
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
	pub struct Test;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type ValidatorSet = pallet_validators;
	#[runtime::pallet_index(2)]
	pub type Session = pallet_session;
	#[runtime::pallet_index(3)]
	pub type Historical = pallet_session::historical;
}

impl_opaque_keys! {
	/// One key is enough to see which set is in force.
	pub struct SessionKeys {
		pub dummy: UintAuthorityId,
	}
}

/// Session keys made of a number.
pub fn keys(seed: u64) -> SessionKeys {
	SessionKeys {
		dummy: UintAuthorityId(seed),
	}
}

parameter_types! {
	/// The keys that author and finalise at present.
	pub static Authorities: Vec<u64> = Vec::new();
	/// How often the authorities were told to change.
	pub static Changes: u32 = 0;
	/// The accounts that may become validators.
	pub static Eligible: Vec<AccountId> = (1..=9).collect();
	/// Which members accounts manage.
	pub static Managed: BTreeMap<AccountId, MemberId> = BTreeMap::new();
	/// Whether the runtime wants the session to end.
	pub static AlsoDue: bool = false;
}

ord_parameter_types! {
	pub const Add: AccountId = ADD;
	pub const Remove: AccountId = REMOVE;
	pub const SetFloor: AccountId = FLOOR;
}

/// Knows the accounts in [`Eligible`].
pub struct IsEligible;
impl Contains<AccountId> for IsEligible {
	fn contains(who: &AccountId) -> bool {
		Eligible::get().contains(who)
	}
}

/// Knows the accounts in [`Managed`].
pub struct MemberOf;
impl Convert<AccountId, Option<MemberId>> for MemberOf {
	fn convert(who: AccountId) -> Option<MemberId> {
		Managed::get().get(&who).copied()
	}
}

/// Stands for the consensus pallets.
pub struct Consensus;
impl pallet_session::SessionHandler<AccountId> for Consensus {
	const KEY_TYPE_IDS: &'static [KeyTypeId] = &[sp_runtime::key_types::DUMMY];

	fn on_genesis_session<Ks: OpaqueKeys>(validators: &[(AccountId, Ks)]) {
		Self::on_new_session(true, validators, validators);
		Changes::set(0);
	}
	fn on_new_session<Ks: OpaqueKeys>(changed: bool, validators: &[(AccountId, Ks)], _: &[(AccountId, Ks)]) {
		let key = |keys: &Ks| keys.get::<UintAuthorityId>(sp_runtime::key_types::DUMMY).unwrap().0;
		Authorities::set(validators.iter().map(|(_, keys)| key(keys)).collect());
		Changes::mutate(|changes| *changes += u32::from(changed));
	}
	fn on_disabled(_: u32) {}
}

/// The chain has no currency; deposits are zero.
pub struct NoToken;
impl Inspect<AccountId> for NoToken {
	type Balance = u128;
	fn total_issuance() -> u128 {
		0
	}
	fn minimum_balance() -> u128 {
		0
	}
	fn total_balance(_: &AccountId) -> u128 {
		0
	}
	fn balance(_: &AccountId) -> u128 {
		0
	}
	fn reducible_balance(_: &AccountId, _: Preservation, _: Fortitude) -> u128 {
		0
	}
	fn can_deposit(_: &AccountId, _: u128, _: Provenance) -> DepositConsequence {
		DepositConsequence::Success
	}
	fn can_withdraw(_: &AccountId, _: u128) -> WithdrawConsequence<u128> {
		WithdrawConsequence::Success
	}
}
impl Unbalanced<AccountId> for NoToken {
	fn handle_dust(_: Dust<AccountId, Self>) {}
	fn write_balance(_: &AccountId, _: u128) -> Result<Option<u128>, DispatchError> {
		Ok(None)
	}
	fn set_total_issuance(_: u128) {}
}
impl Mutate<AccountId> for NoToken {}
impl hold::Inspect<AccountId> for NoToken {
	type Reason = RuntimeHoldReason;
	fn total_balance_on_hold(_: &AccountId) -> u128 {
		0
	}
	fn balance_on_hold(_: &RuntimeHoldReason, _: &AccountId) -> u128 {
		0
	}
}
impl hold::Unbalanced<AccountId> for NoToken {
	fn set_balance_on_hold(_: &RuntimeHoldReason, _: &AccountId, _: u128) -> DispatchResult {
		Ok(())
	}
}
impl hold::Mutate<AccountId> for NoToken {}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlockU32<Test>;
	type AccountId = AccountId;
	type Lookup = IdentityLookup<AccountId>;
}

impl pallet_session::Config for Test {
	type RuntimeEvent = RuntimeEvent;
	type ValidatorId = AccountId;
	type ValidatorIdOf = ValidatorOf<Test>;
	type ShouldEndSession = OnDemand<Test>;
	type NextSessionRotation = OnDemand<Test>;
	type SessionManager = NoteHistoricalRoot<Test, ValidatorSet>;
	type SessionHandler = Consensus;
	type Keys = SessionKeys;
	type DisablingStrategy = UpToLimitDisablingStrategy;
	type WeightInfo = ();
	type Currency = NoToken;
	type KeyDeposit = ConstU128<0>;
}

impl pallet_session::historical::Config for Test {
	type RuntimeEvent = RuntimeEvent;
	type FullIdentification = ();
	type FullIdentificationOf = UnitIdentification;
}

impl Config for Test {
	type AddOrigin = EnsureSignedBy<Add, AccountId>;
	type RemoveOrigin = EnsureSignedBy<Remove, AccountId>;
	type FloorOrigin = EnsureSignedBy<SetFloor, AccountId>;
	type Candidates = IsEligible;
	type MemberOf = MemberOf;
	type AlsoDue = AlsoDue;
	type SessionPeriod = ConstU32<SESSION>;
	type MinValidators = ConstU32<2>;
	type MaxValidators = ConstU32<6>;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkSetup = Setup;
}

/// Makes anybody a candidate.
#[cfg(feature = "runtime-benchmarks")]
pub struct Setup;
#[cfg(feature = "runtime-benchmarks")]
impl sealane_primitives::traits::BenchmarkSetup<AccountId> for Setup {
	fn member(manager: &AccountId, _: &AccountId) -> u32 {
		Eligible::mutate(|eligible| eligible.push(*manager));
		0
	}
	fn channel(_: u32, _: u32) -> u32 {
		0
	}
}

/// Sets the session keys made of `seed` for `who`, as its operator would.
pub fn set_keys(who: AccountId, seed: u64) -> DispatchResult {
	let proof = TestSignature(seed, who.encode()).encode();
	Session::set_keys(RuntimeOrigin::signed(who), keys(seed), proof)
}

/// Adds a validator whose keys are made of its own number.
pub fn add(who: AccountId) {
	set_keys(who, who).unwrap();
	ValidatorSet::add_validator(RuntimeOrigin::signed(ADD), who).unwrap();
}

/// Begins as many blocks.
pub fn run_blocks(blocks: u32) {
	for _ in 0..blocks {
		let block = System::block_number() + 1;
		System::set_block_number(block);
		Session::on_initialize(block);
	}
}

/// Runs through the blocks up to the first of that session.
///
/// # Panics
/// Nothing asks for that session.
pub fn run_to_session(session: SessionIndex) {
	// Two periods for each.
	for _ in 0..2 * SESSION * (session + 1) {
		if Session::current_index() >= session {
			return;
		}
		run_blocks(1);
	}
	assert!(
		Session::current_index() >= session,
		"nothing ended session {}",
		Session::current_index()
	);
}

/// Reports that these committed an offence in the session under way.
pub fn report(offenders: &[AccountId], severity: sp_runtime::Perbill) {
	let details: Vec<_> = offenders
		.iter()
		.map(|who| sp_staking::offence::OffenceDetails {
			offender: (*who, ()),
			reporters: Vec::<AccountId>::new(),
		})
		.collect();
	let severities = vec![severity; offenders.len()];
	<ValidatorSet as sp_staking::offence::OnOffenceHandler<_, _, _>>::on_offence(
		&details,
		&severities,
		Session::current_index(),
	);
}

/// The events of this pallet since the last time this was asked.
pub fn events() -> Vec<Event<Test>> {
	let events = System::read_events_for_pallet::<Event<Test>>();
	System::reset_events();
	events
}

/// State of block 1 with the validators 1 to 4 and a floor of 3.
pub fn ext() -> sp_io::TestExternalities {
	ext_with(vec![1, 2, 3, 4], Some(3))
}

/// State of block 1 with these validators.
pub fn ext_with(validators: Vec<AccountId>, floor: Option<u32>) -> sp_io::TestExternalities {
	Eligible::set((1..=9).collect());
	Managed::set(BTreeMap::new());
	AlsoDue::set(false);
	let storage = RuntimeGenesisConfig {
		session: pallet_session::GenesisConfig {
			keys: validators.iter().map(|who| (*who, *who, keys(*who))).collect(),
			non_authority_keys: Vec::new(),
		},
		validator_set: GenesisConfig { validators, floor },
		..Default::default()
	}
	.build_storage()
	.unwrap();
	let mut ext = sp_io::TestExternalities::new(storage);
	ext.execute_with(|| {
		System::set_block_number(1);
		// Whoever acts for a member has a provider reference.
		(1..=9).for_each(|who| {
			System::inc_providers(&who);
		});
	});
	ext
}

/// Runs a test and checks all invariants after it.
pub fn build_and_execute(test: impl FnOnce()) {
	check_after(ext(), test);
}

/// Runs a test on this state and checks all invariants after it.
pub fn check_after(mut ext: sp_io::TestExternalities, test: impl FnOnce()) {
	ext.execute_with(|| {
		test();
		ValidatorSet::do_try_state().unwrap();
	});
}
