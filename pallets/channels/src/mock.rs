// SPDX-License-Identifier: Apache-2.0

//! A chain with this pallet and a handful of members that exist in thread-local state.

use crate as pallet_channels;
use crate::*;
use frame_support::{
	derive_impl,
	dispatch::DispatchResult,
	parameter_types,
	traits::{EitherOfDiverse, EnsureOrigin, OnIdle, UnixTime},
	weights::Weight,
};
use frame_system::EnsureRoot;
use sealane_primitives::{
	business::{BusinessKinds, Role},
	credential::wrapped_for_wallets,
	directory::{ProductStatus, Refusal},
	ids::*,
	traits::MemberRegistry,
};
use sp_core::{sr25519, Pair};
use sp_runtime::{
	traits::{IdentifyAccount, IdentityLookup, Verify},
	AccountId32, BuildStorage, MultiSignature, MultiSigner,
};
use std::{cell::RefCell, collections::BTreeMap};

pub type AccountId = <<MultiSignature as Verify>::Signer as IdentifyAccount>::AccountId;

/// A bank and two issuers; a member that is both; a stranger that is none.
pub const SELLER: MemberId = 1;
pub const OTHER_SELLER: MemberId = 2;
pub const ISSUER: MemberId = 11;
pub const OTHER_ISSUER: MemberId = 12;
pub const BOTH: MemberId = 21;
pub const AUDITOR: MemberId = 31;
pub const STRANGER: MemberId = 99;

/// Moment of the first block of every test: 2026-01-01T00:00:30Z.
pub const START: Moment = 1_767_225_630_000;
pub const MINUTE: Moment = 60_000;
pub const HOUR: Moment = 60 * MINUTE;
/// Milliseconds between two blocks.
pub const SLOT: Moment = 2_000;

#[frame_support::runtime]
mod runtime {
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
	pub type ChannelsPallet = pallet_channels;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlockU32<Test>;
	type AccountId = AccountId;
	type Lookup = IdentityLookup<AccountId>;
}

parameter_types! {
	pub static Now: Moment = START;
	pub const MaxIssuersPerApplication: u32 = 4;
	pub const MaxChannelsPerMember: u32 = 4;
	pub const MaxEndedChannelsListed: u32 = 3;
	pub const MaxInterfacesPerIssuer: u32 = 3;
	pub const MaxProductsPerIssuer: u32 = 4;
	pub const MaxClosedProductsListed: u32 = 2;
	pub const MaxPrefixesPerIssuer: u32 = 6;
	pub GrantAccount: AccountId = council(1);
	pub SuspendAccount: AccountId = council(2);
	pub ResumeAccount: AccountId = council(3);
	pub RevokeAccount: AccountId = council(4);
}

/// The account with one of the council's powers.
pub fn council(power: u8) -> AccountId {
	AccountId32::new([200 + power; 32])
}

pub struct Clock;
impl UnixTime for Clock {
	fn now() -> core::time::Duration {
		core::time::Duration::from_millis(Now::get())
	}
}

/// Root, or the one account with the power `A`.
pub struct EnsureAccount<A>(core::marker::PhantomData<A>);
impl<A: frame_support::traits::Get<AccountId>> EnsureOrigin<RuntimeOrigin> for EnsureAccount<A> {
	type Success = ();
	fn try_origin(origin: RuntimeOrigin) -> Result<(), RuntimeOrigin> {
		match frame_system::ensure_signed(origin.clone()) {
			Ok(who) if who == A::get() => Ok(()),
			_ => Err(origin),
		}
	}
	#[cfg(feature = "runtime-benchmarks")]
	fn try_successful_origin() -> Result<RuntimeOrigin, ()> {
		Ok(RuntimeOrigin::signed(A::get()))
	}
}
type Power<A> = EitherOfDiverse<EnsureRoot<AccountId>, EnsureAccount<A>>;

impl Config for Test {
	type Members = Members;
	type Time = Clock;
	type Signature = MultiSignature;
	type GrantOrigin = Power<GrantAccount>;
	type SuspendOrigin = Power<SuspendAccount>;
	type ResumeOrigin = Power<ResumeAccount>;
	type RevokeOrigin = Power<RevokeAccount>;
	type SuspensionRest = frame_support::traits::ConstU32<20>;
	type MaxIssuersPerApplication = MaxIssuersPerApplication;
	type MaxChannelsPerMember = MaxChannelsPerMember;
	type MaxEndedChannelsListed = MaxEndedChannelsListed;
	type MaxInterfacesPerIssuer = MaxInterfacesPerIssuer;
	type MaxProductsPerIssuer = MaxProductsPerIssuer;
	type MaxClosedProductsListed = MaxClosedProductsListed;
	type MaxPrefixesPerIssuer = MaxPrefixesPerIssuer;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkSetup = Members;
}

/// What the mock knows of a member. The delegate is that of its first node.
#[derive(Clone)]
pub struct Institution {
	pub manager: AccountId,
	pub delegate: AccountId,
	pub roles: Vec<Role>,
	pub refusal: Option<Refusal>,
}

thread_local! {
	static MEMBERS: RefCell<BTreeMap<MemberId, Institution>> = const { RefCell::new(BTreeMap::new()) };
}

/// The members of the mock. A member's nodes are ten times its number and the nine that follow.
pub struct Members;

impl Members {
	pub fn edit(member: MemberId, edit: impl FnOnce(&mut Institution)) {
		MEMBERS.with_borrow_mut(|m| edit(m.get_mut(&member).expect("is a member")))
	}

	fn get(member: MemberId) -> Option<Institution> {
		MEMBERS.with_borrow(|m| m.get(&member).cloned())
	}

	fn reset() {
		let members = [
			(SELLER, vec![Role::Seller]),
			(OTHER_SELLER, vec![Role::Seller]),
			(ISSUER, vec![Role::Issuer]),
			(OTHER_ISSUER, vec![Role::Issuer]),
			(BOTH, vec![Role::Seller, Role::Issuer]),
			(AUDITOR, vec![Role::Auditor]),
		];
		MEMBERS.with_borrow_mut(|m| {
			*m = members
				.into_iter()
				.map(|(id, roles)| {
					(
						id,
						Institution {
							manager: account(id),
							delegate: account(id + 1_000),
							roles,
							refusal: None,
						},
					)
				})
				.collect()
		});
	}
}

#[cfg(feature = "runtime-benchmarks")]
impl sealane_primitives::traits::BenchmarkSetup<AccountId> for Members {
	fn member(manager: &AccountId, delegate: &AccountId) -> MemberId {
		MEMBERS.with_borrow_mut(|members| {
			if let Some((id, _)) = members.iter().find(|(_, m)| &m.manager == manager) {
				return *id;
			}
			let id = 1_000 + members.len() as MemberId;
			let (manager, delegate) = (manager.clone(), delegate.clone());
			members.insert(
				id,
				Institution {
					manager,
					delegate,
					roles: vec![Role::Seller, Role::Issuer],
					refusal: None,
				},
			);
			id
		})
	}
	fn channel(seller: MemberId, issuer: MemberId) -> ChannelId {
		ChannelsPallet::benchmark_channel(seller, issuer)
	}
}

impl MemberRegistry<AccountId> for Members {
	fn member_of(who: &AccountId) -> Option<MemberId> {
		MEMBERS.with_borrow(|m| m.iter().find(|(_, i)| &i.manager == who).map(|(id, _)| *id))
	}
	fn manager(member: MemberId) -> Option<AccountId> {
		Self::get(member).map(|i| i.manager)
	}
	fn ensure_active(member: MemberId) -> Result<(), Refusal> {
		Self::get(member)
			.ok_or(Refusal::MemberUnknown)?
			.refusal
			.map_or(Ok(()), Err)
	}
	fn has_role(member: MemberId, role: Role) -> bool {
		Self::get(member).is_some_and(|i| i.roles.contains(&role))
	}
	fn delegate_of(who: &AccountId) -> Option<(MemberId, NodeId)> {
		MEMBERS.with_borrow(|m| {
			m.iter()
				.find(|(_, i)| &i.delegate == who)
				.map(|(id, _)| (*id, *id * 10))
		})
	}
	fn delegate(node: NodeId) -> Option<AccountId> {
		Self::get(node / 10).map(|i| i.delegate)
	}
	fn owner_of(node: NodeId) -> Option<MemberId> {
		Some(node / 10).filter(|m| Self::get(*m).is_some())
	}
	fn node_by_peer(_: &PeerIdBytes) -> Option<(MemberId, NodeId)> {
		None
	}
}

/// The key pair of the account that manages `member` at the start.
pub fn pair(member: MemberId) -> sr25519::Pair {
	let mut seed = [0; 32];
	seed[..4].copy_from_slice(&member.to_le_bytes());
	sr25519::Pair::from_seed(&seed)
}

pub fn account(member: MemberId) -> AccountId {
	MultiSigner::from(pair(member).public()).into_account()
}

/// The origin of the manager of `member`.
pub fn by(member: MemberId) -> RuntimeOrigin {
	RuntimeOrigin::signed(account(member))
}

pub fn reason() -> Reason {
	b"as the supervisor asked".to_vec().try_into().expect("is short")
}

pub fn name(text: &str) -> Name {
	text.as_bytes().to_vec().try_into().expect("is short")
}

pub fn terms() -> Terms {
	Terms {
		kinds: BusinessKinds::ALL,
		valid_until: None,
		orders_per_minute: Some(60_000),
	}
}

/// What `signer` signs for an agreement of the two that holds for a day from the start on.
pub fn sign(signer: MemberId, seller: MemberId, issuer: MemberId) -> MultiSignature {
	sign_for(signer, seller, issuer, START - HOUR, START + 24 * HOUR)
}

pub fn sign_for(
	signer: MemberId,
	seller: MemberId,
	issuer: MemberId,
	valid_from: Moment,
	valid_until: Moment,
) -> MultiSignature {
	let digest = ChannelsPallet::credential_digest(seller, issuer, agreement_hash(issuer), valid_from, valid_until);
	pair(signer).sign(&wrapped_for_wallets(&digest)).into()
}

pub fn agreement_hash(issuer: MemberId) -> Digest {
	[issuer as u8; 32]
}

/// A cooperation of `seller` with `issuer` that holds for a day from the start on.
pub fn cooperation(seller: MemberId, issuer: MemberId) -> Cooperation<MultiSignature> {
	cooperation_for(seller, issuer, START - HOUR, START + 24 * HOUR)
}

pub fn cooperation_for(
	seller: MemberId,
	issuer: MemberId,
	valid_from: Moment,
	valid_until: Moment,
) -> Cooperation<MultiSignature> {
	let seller_signature = sign_for(seller, seller, issuer, valid_from, valid_until);
	Cooperation {
		issuer,
		credential: Credential {
			agreement_hash: agreement_hash(issuer),
			valid_from,
			valid_until,
			seller_signature,
		},
	}
}

pub fn apply(seller: MemberId, cooperations: Vec<Cooperation<MultiSignature>>) -> DispatchResult {
	ChannelsPallet::apply(by(seller), cooperations.try_into().expect("few enough"))
}

/// A channel between the two that the seller applied for.
pub fn applied(seller: MemberId, issuer: MemberId) -> ChannelId {
	apply(seller, vec![cooperation(seller, issuer)]).expect("can apply");
	NewestChannel::<Test>::get(seller, issuer).expect("has a channel")
}

/// A channel between the two that both signed.
pub fn countersigned(seller: MemberId, issuer: MemberId) -> ChannelId {
	let id = applied(seller, issuer);
	ChannelsPallet::countersign(by(issuer), id, sign(issuer, seller, issuer)).expect("can countersign");
	id
}

/// A granted channel between the two.
pub fn granted(seller: MemberId, issuer: MemberId, terms: Terms) -> ChannelId {
	let id = countersigned(seller, issuer);
	ChannelsPallet::grant(RuntimeOrigin::signed(council(1)), id, terms).expect("can be granted");
	id
}

/// How ids of the issuers' products and interfaces begin in tests.
pub const PREFIXES: [(MemberId, &str); 6] = [
	(ISSUER, "F"),
	(ISSUER, "wm"),
	(ISSUER, "x"),
	(ISSUER, "d"),
	(OTHER_ISSUER, "o"),
	(BOTH, "b"),
];

/// Lets `issuer` register ids that begin so.
pub fn prefix(issuer: MemberId, text: &str) -> DispatchResult {
	ChannelsPallet::grant_prefix(RuntimeOrigin::signed(council(1)), issuer, name(text))
}

/// An interface of `issuer`, served by its first node.
pub fn interface(issuer: MemberId, id: &str) -> InterfaceId {
	ChannelsPallet::register_interface(by(issuer), name(id), issuer * 10).expect("can register");
	name(id)
}

pub fn spec(interface: &str) -> ProductSpec {
	ProductSpec {
		product_type: name("fund.bond"),
		risk: 2,
		currency: *b"CNY",
		interface: name(interface),
		status: ProductStatus::Open,
		offering: None,
	}
}

/// A product of `issuer` at one of its interfaces.
pub fn product(issuer: MemberId, id: &str, interface: &str) -> ProductId {
	ChannelsPallet::register_product(by(issuer), name(id), spec(interface)).expect("can register");
	name(id)
}

/// Ends the block and begins the next one, a slot later.
pub fn next_block() {
	advance(1, SLOT);
}

/// Ends the block and goes on `blocks` blocks and `millis` later.
pub fn advance(blocks: BlockNumber, millis: Moment) {
	let now = System::block_number();
	<ChannelsPallet as OnIdle<BlockNumber>>::on_idle(now, Weight::MAX);
	System::set_block_number(now + blocks);
	Now::mutate(|moment| *moment += millis);
}

pub fn state(channel: ChannelId) -> Option<State> {
	ChannelsPallet::state_of(channel)
}

/// The events since this was called last.
pub fn events() -> Vec<Event<Test>> {
	let events = System::events()
		.into_iter()
		.filter_map(|record| match record.event {
			RuntimeEvent::ChannelsPallet(event) => Some(event),
			_ => None,
		})
		.collect();
	System::reset_events();
	events
}

pub fn new_test_ext(genesis: GenesisConfig<Test>) -> sp_io::TestExternalities {
	RuntimeGenesisConfig {
		channels_pallet: genesis,
		..Default::default()
	}
	.build_storage()
	.expect("is sound")
	.into()
}

/// Where the benchmarks run as tests: with a keystore.
#[cfg(feature = "runtime-benchmarks")]
pub fn benchmark_ext() -> sp_io::TestExternalities {
	use sp_keystore::{testing::MemoryKeystore, KeystoreExt};
	Members::reset();
	Now::set(START);
	let mut ext = new_test_ext(GenesisConfig::default());
	ext.register_extension(KeystoreExt::new(MemoryKeystore::new()));
	ext.execute_with(|| System::set_block_number(1));
	ext
}

/// Runs a test from block 1 on and checks the invariants at its end.
pub fn test(run: impl FnOnce()) {
	test_with(GenesisConfig::default(), run)
}

pub fn test_with(genesis: GenesisConfig<Test>, run: impl FnOnce()) {
	Members::reset();
	Now::set(START);
	new_test_ext(genesis).execute_with(|| {
		System::set_block_number(1);
		for (issuer, text) in PREFIXES {
			if Prefixes::<Test>::get(name(text)).is_none() {
				prefix(issuer, text).expect("can be granted");
			}
		}
		System::reset_events();
		run();
		ChannelsPallet::do_try_state().expect("invariants hold");
	});
}
