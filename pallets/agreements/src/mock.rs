// SPDX-License-Identifier: Apache-2.0

//! A runtime with this pallet alone; the other pallets are maps of this thread.

use crate as pallet_agreements;
use frame_support::{derive_impl, ord_parameter_types, parameter_types, traits::ConstU32};
use frame_system::EnsureSignedBy;
use sealane_primitives::{
	business::{BusinessKinds, Role},
	clauses::{Clause, ClauseCode, Clauses, Condition},
	directory::{Authorisation, Refusal, Scope},
	ids::*,
	traits::{ChannelRegistry, MemberRegistry},
};
use sp_runtime::BuildStorage;
use std::collections::BTreeMap;

pub type AccountId = u64;

/// Manages [`BANK`].
pub const BANK_MANAGER: AccountId = 10;
/// Manages [`WEALTH`].
pub const WEALTH_MANAGER: AccountId = 20;
/// Manages [`RIVAL`].
pub const RIVAL_MANAGER: AccountId = 30;
/// Manages nothing.
pub const STRANGER: AccountId = 99;
/// May ratify.
pub const RATIFIER: AccountId = 1;
/// May refuse.
pub const REFUSER: AccountId = 2;

/// A seller.
pub const BANK: MemberId = 1;
/// The issuer of [`CHANNEL`].
pub const WEALTH: MemberId = 2;
/// The issuer of [`RIVAL_CHANNEL`].
pub const RIVAL: MemberId = 3;

/// Between [`BANK`] and [`WEALTH`].
pub const CHANNEL: ChannelId = 7;
/// Between [`BANK`] and [`RIVAL`].
pub const RIVAL_CHANNEL: ChannelId = 8;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Agreements: pallet_agreements,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlock<Test>;
}

ord_parameter_types! {
	pub const Ratifier: AccountId = RATIFIER;
	pub const Refuser: AccountId = REFUSER;
}

parameter_types! {
	/// Manager account to member.
	pub static Managed: BTreeMap<AccountId, MemberId> = managed();
	/// Members that are suspended.
	pub static Suspended: Vec<MemberId> = Vec::new();
	/// Channel to seller, issuer and what stands against it.
	pub static Channels: BTreeMap<ChannelId, (MemberId, MemberId, Option<Refusal>)> = channels();
	/// Product to issuer and type.
	pub static Products: BTreeMap<Vec<u8>, (MemberId, &'static str)> = products();
	/// Products that are closed.
	pub static Closed: Vec<Vec<u8>> = Vec::new();
}

fn managed() -> BTreeMap<AccountId, MemberId> {
	BTreeMap::from([(BANK_MANAGER, BANK), (WEALTH_MANAGER, WEALTH), (RIVAL_MANAGER, RIVAL)])
}

fn products() -> BTreeMap<Vec<u8>, (MemberId, &'static str)> {
	BTreeMap::from([
		(b"W1".to_vec(), (WEALTH, "fund.bond")),
		(b"W2".to_vec(), (WEALTH, "fund.stock")),
		(b"R1".to_vec(), (RIVAL, "fund.bond")),
	])
}

fn channels() -> BTreeMap<ChannelId, (MemberId, MemberId, Option<Refusal>)> {
	BTreeMap::from([(CHANNEL, (BANK, WEALTH, None)), (RIVAL_CHANNEL, (BANK, RIVAL, None))])
}

pub struct MockMembers;
impl MemberRegistry<AccountId> for MockMembers {
	fn member_of(who: &AccountId) -> Option<MemberId> {
		Managed::get().get(who).copied()
	}
	fn manager(member: MemberId) -> Option<AccountId> {
		Managed::get()
			.into_iter()
			.find(|(_, managed)| *managed == member)
			.map(|(who, _)| who)
	}
	fn ensure_active(member: MemberId) -> Result<(), Refusal> {
		if Suspended::get().contains(&member) {
			return Err(Refusal::MemberSuspended);
		}
		Self::manager(member).map(|_| ()).ok_or(Refusal::MemberUnknown)
	}
	fn has_role(_: MemberId, _: Role) -> bool {
		true
	}
	fn delegate_of(_: &AccountId) -> Option<(MemberId, NodeId)> {
		None
	}
	fn delegate(_: NodeId) -> Option<AccountId> {
		None
	}
	fn owner_of(_: NodeId) -> Option<MemberId> {
		None
	}
	fn node_by_peer(_: &PeerIdBytes) -> Option<(MemberId, NodeId)> {
		None
	}
}

pub struct MockChannels;
impl ChannelRegistry for MockChannels {
	fn parties(channel: ChannelId) -> Option<(MemberId, MemberId)> {
		Channels::get()
			.get(&channel)
			.map(|(seller, issuer, _)| (*seller, *issuer))
	}
	fn between(seller: MemberId, issuer: MemberId) -> Option<ChannelId> {
		Channels::get()
			.into_iter()
			.find(|(_, c)| (c.0, c.1) == (seller, issuer))
			.map(|(id, _)| id)
	}
	fn authorise(channel: ChannelId) -> Result<Authorisation, Refusal> {
		match Channels::get().get(&channel) {
			None => Err(Refusal::ChannelUnknown),
			Some((_, _, Some(refusal))) => Err(*refusal),
			Some(_) => Ok(Authorisation {
				channel,
				kinds: BusinessKinds::ALL,
				valid_until: None,
				orders_per_minute: None,
			}),
		}
	}
	fn product(product: &ProductId) -> Option<(MemberId, ProductType)> {
		Products::get()
			.get(&product[..])
			.map(|(issuer, class)| (*issuer, name(class)))
	}
	fn is_closed(product: &ProductId) -> bool {
		!Products::get().contains_key(&product[..]) || Closed::get().contains(product.as_ref())
	}
}

#[cfg(feature = "runtime-benchmarks")]
pub struct Setup;
#[cfg(feature = "runtime-benchmarks")]
impl sealane_primitives::traits::BenchmarkSetup<AccountId> for Setup {
	fn member(manager: &AccountId, _: &AccountId) -> MemberId {
		Managed::mutate(|managed| {
			let member = 1 + managed.values().max().copied().unwrap_or_default();
			managed.insert(*manager, member);
			member
		})
	}
	fn channel(seller: MemberId, issuer: MemberId) -> ChannelId {
		Channels::mutate(|channels| {
			let channel = 1 + channels.keys().max().copied().unwrap_or_default();
			channels.insert(channel, (seller, issuer, None));
			channel
		})
	}
}

impl crate::Config for Test {
	type Members = MockMembers;
	type Channels = MockChannels;
	type RatifyOrigin = EnsureSignedBy<Ratifier, AccountId>;
	type RefuseOrigin = EnsureSignedBy<Refuser, AccountId>;
	type MaxOpenProposals = ConstU32<3>;
	type MaxScopes = ConstU32<4>;
	type MaxPending = ConstU32<3>;
	type MaxLead = ConstU32<1_000>;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkSetup = Setup;
}

/// A state at block 1, with the registries as they are at first: the maps outlive a test on the same thread.
pub fn new_ext() -> sp_io::TestExternalities {
	Managed::set(managed());
	Suspended::set(Vec::new());
	Channels::set(channels());
	Products::set(products());
	Closed::set(Vec::new());
	let storage = frame_system::GenesisConfig::<Test>::default()
		.build_storage()
		.expect("the default genesis builds");
	let mut ext: sp_io::TestExternalities = storage.into();
	ext.execute_with(|| System::set_block_number(1));
	ext
}

/// Run a test at block 1, then check the invariants.
pub fn run(test: impl FnOnce()) {
	new_ext().execute_with(|| {
		test();
		Agreements::do_try_state().expect("the invariants hold after the test");
	})
}

pub fn signed(who: AccountId) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

/// A name of at most 32 bytes.
pub fn name(text: &str) -> Name {
	text.as_bytes().to_vec().try_into().expect("names in tests are short")
}

pub fn product(id: &str) -> Scope {
	Scope::Product(name(id))
}

pub fn product_type(id: &str) -> Scope {
	Scope::ProductType(name(id))
}

/// One clause: the customer is at least this old.
pub fn adult(years: u8) -> Clauses {
	clauses(&[("adult", Condition::AgeAtLeast(years))])
}

/// A clause for each condition.
pub fn clauses(list: &[(&str, Condition)]) -> Clauses {
	let list: Vec<_> = list
		.iter()
		.map(|(code, condition)| Clause {
			code: ClauseCode::try_from(*code).expect("codes in tests are well-formed"),
			any_of: vec![condition.clone()].try_into().expect("one is within the bound"),
		})
		.collect();
	list.try_into().expect("clauses in tests are few")
}

/// The number that the next proposal gets.
pub fn next_proposal() -> ProposalId {
	crate::NextProposal::<Test>::get()
}

/// The bank proposes; answers the proposal's number.
pub fn proposed(scope: Scope, clauses: Clauses, from: Option<BlockNumber>) -> ProposalId {
	let id = next_proposal();
	frame_support::assert_ok!(Agreements::propose(signed(BANK_MANAGER), CHANNEL, scope, clauses, from));
	id
}

/// The bank proposes and the issuer accepts; answers the proposal's number.
pub fn joint(scope: Scope, clauses: Clauses, from: Option<BlockNumber>) -> ProposalId {
	let id = proposed(scope, clauses, from);
	frame_support::assert_ok!(Agreements::accept(signed(WEALTH_MANAGER), id));
	id
}

/// All steps up to a version; answers its number.
pub fn ratified(scope: Scope, clauses: Clauses, from: Option<BlockNumber>) -> AgreementId {
	let id = joint(scope, clauses, from);
	frame_support::assert_ok!(Agreements::ratify(signed(RATIFIER), id));
	crate::LastAgreement::<Test>::get()
}

/// Set what stands against a channel.
pub fn set_refusal(channel: ChannelId, refusal: Option<Refusal>) {
	Channels::mutate(|channels| {
		if let Some(entry) = channels.get_mut(&channel) {
			entry.2 = refusal;
		}
	})
}

/// The last event of this pallet.
pub fn last_event() -> crate::Event<Test> {
	events().pop().expect("an event was emitted")
}

/// The events of this pallet in this block.
pub fn events() -> Vec<crate::Event<Test>> {
	System::events()
		.into_iter()
		.filter_map(|record| match record.event {
			RuntimeEvent::Agreements(event) => Some(event),
			_ => None,
		})
		.collect()
}
