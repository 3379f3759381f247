// SPDX-License-Identifier: Apache-2.0

//! A runtime with this pallet alone; the other pallets are maps of this thread, the courier and the transaction pool are fakes
//! that the tests look into.

#[path = "../../testing/offchain.rs"]
mod offchain;

use crate as pallet_anchors;
#[cfg(feature = "runtime-benchmarks")]
use codec::Encode;
use frame_support::{
	derive_impl, ord_parameter_types, parameter_types,
	traits::{ConstU32, ConstU64},
};
use frame_system::EnsureSignedBy;
pub use offchain::{apply, signer, AccountId, Block, FakePool};
use sealane_primitives::{
	business::{BusinessKinds, Role},
	courier_host::{CourierExt, CourierHost, DueChannel, ReadyAnchor, ReadyReceipt},
	delegate::DelegateAuth,
	directory::{Authorisation, CourierPolicy, Refusal},
	ids::*,
	traits::{ChannelRegistry, MemberRegistry},
};
use sp_runtime::{traits::IdentityLookup, BuildStorage, DispatchResult};
use std::{
	collections::BTreeMap,
	sync::{Arc, Mutex},
};

/// Manages [`BANK`].
pub const BANK_MANAGER: AccountId = AccountId::new([10; 32]);
/// Manages [`WEALTH`].
pub const WEALTH_MANAGER: AccountId = AccountId::new([20; 32]);
/// Manages [`RIVAL`].
pub const RIVAL_MANAGER: AccountId = AccountId::new([30; 32]);
/// Delegate of [`BANK_NODE`] in tests of calls; the off-chain worker's tests replace it by a key of the keystore.
pub const BANK_DELEGATE: AccountId = AccountId::new([11; 32]);
/// Delegate of [`WEALTH_NODE`].
pub const WEALTH_DELEGATE: AccountId = AccountId::new([21; 32]);
/// Nobody.
pub const STRANGER: AccountId = AccountId::new([99; 32]);
/// May set the policy.
pub const POLICY_MAKER: AccountId = AccountId::new([1; 32]);
/// May resolve any dispute.
pub const JUDGE: AccountId = AccountId::new([2; 32]);

/// A seller.
pub const BANK: MemberId = 1;
/// The issuer of [`CHANNEL`].
pub const WEALTH: MemberId = 2;
/// The issuer of [`RIVAL_CHANNEL`].
pub const RIVAL: MemberId = 3;
/// The bank's node.
pub const BANK_NODE: NodeId = 100;
/// The wealth company's node.
pub const WEALTH_NODE: NodeId = 200;
/// Between [`BANK`] and [`WEALTH`].
pub const CHANNEL: ChannelId = 7;
/// Between [`BANK`] and [`RIVAL`].
pub const RIVAL_CHANNEL: ChannelId = 8;
/// Between [`WEALTH`] and [`RIVAL`].
pub const FOREIGN_CHANNEL: ChannelId = 9;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Anchors: pallet_anchors,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type AccountId = AccountId;
	type Lookup = IdentityLookup<AccountId>;
}

ord_parameter_types! {
	pub const PolicyMaker: AccountId = POLICY_MAKER;
	pub const Judge: AccountId = JUDGE;
}

/// Channel to seller, issuer and what stands against it.
type ChannelMap = BTreeMap<ChannelId, (MemberId, MemberId, Option<Refusal>)>;

parameter_types! {
	/// With [`NodeCount`] an interval of 4 blocks, in which [`BANK_NODE`] and [`WEALTH_NODE`] have their turns at multiples of 4.
	pub const DefaultPolicy: CourierPolicy = CourierPolicy { anchors_per_block: 2, max_age: 600_000, drain: 1_000 };
	pub static NodeCount: u32 = 8;
	pub static Managed: BTreeMap<AccountId, MemberId> = managed();
	pub static Suspended: Vec<MemberId> = Vec::new();
	/// Node to member, delegate and PeerId.
	pub static Nodes: BTreeMap<NodeId, (MemberId, AccountId, Vec<u8>)> = nodes();
	pub static Channels: ChannelMap = channels();
}

fn managed() -> BTreeMap<AccountId, MemberId> {
	BTreeMap::from([(BANK_MANAGER, BANK), (WEALTH_MANAGER, WEALTH), (RIVAL_MANAGER, RIVAL)])
}

fn nodes() -> BTreeMap<NodeId, (MemberId, AccountId, Vec<u8>)> {
	BTreeMap::from([
		(BANK_NODE, (BANK, BANK_DELEGATE, b"bank".to_vec())),
		(WEALTH_NODE, (WEALTH, WEALTH_DELEGATE, b"wealth".to_vec())),
	])
}

fn channels() -> ChannelMap {
	BTreeMap::from([
		(CHANNEL, (BANK, WEALTH, None)),
		(RIVAL_CHANNEL, (BANK, RIVAL, None)),
		(FOREIGN_CHANNEL, (WEALTH, RIVAL, None)),
	])
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
	fn delegate_of(who: &AccountId) -> Option<(MemberId, NodeId)> {
		Nodes::get()
			.into_iter()
			.find(|(_, (_, delegate, _))| delegate == who)
			.map(|(id, (member, ..))| (member, id))
	}
	fn delegate(node: NodeId) -> Option<AccountId> {
		Nodes::get().get(&node).map(|(_, delegate, _)| delegate.clone())
	}
	fn owner_of(node: NodeId) -> Option<MemberId> {
		Nodes::get().get(&node).map(|(member, ..)| *member)
	}
	fn node_by_peer(peer: &PeerIdBytes) -> Option<(MemberId, NodeId)> {
		Nodes::get()
			.into_iter()
			.find(|(_, (.., id))| id[..] == peer[..])
			.map(|(id, (member, ..))| (member, id))
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
			Some(_) => Ok(authorisation(channel)),
		}
	}
	fn is_closed(_: &ProductId) -> bool {
		true
	}
	fn product(_: &ProductId) -> Option<(MemberId, ProductType)> {
		None
	}
}

/// What the mock grants.
pub fn authorisation(channel: ChannelId) -> Authorisation {
	Authorisation {
		channel,
		kinds: BusinessKinds::ALL,
		valid_until: None,
		orders_per_minute: None,
	}
}

#[cfg(feature = "runtime-benchmarks")]
pub struct Setup;
#[cfg(feature = "runtime-benchmarks")]
impl sealane_primitives::traits::BenchmarkSetup<AccountId> for Setup {
	fn member(manager: &AccountId, delegate: &AccountId) -> MemberId {
		let member = Managed::mutate(|managed| {
			let member = 1 + managed.values().max().copied().unwrap_or_default();
			managed.insert(manager.clone(), member);
			member
		});
		Nodes::mutate(|nodes| {
			// These maps outlive the storage of the measurement before this one.
			nodes.retain(|_, (_, other, _)| other != delegate);
			nodes.insert(1_000 + member, (member, delegate.clone(), member.encode()));
		});
		member
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
	type DelegateAuth = DelegateAuth;
	type PolicyOrigin = EnsureSignedBy<PolicyMaker, AccountId>;
	type DisputeOrigin = EnsureSignedBy<Judge, AccountId>;
	type DefaultPolicy = DefaultPolicy;
	type NodeCount = NodeCount;
	type MaxAnchorsPerBlock = ConstU32<100>;
	type ShortestAge = ConstU64<60_000>;
	type LongestAge = ConstU64<3_600_000>;
	type ShortestDrain = ConstU32<100>;
	type LongestDrain = ConstU32<10_000>;
	type MaxOpenDisputes = ConstU32<2>;
	type WeightInfo = crate::weights::SubstrateWeight<Test>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkSetup = Setup;
}

/// What happened to a fake courier, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
	Dispatch(ChannelId, BlockNumber),
	Close(ChannelId, Refusal, BlockNumber),
	/// next, at, due
	Asked(AnchorSequence, BlockNumber, bool),
	Submitted(AnchorSequence, BlockNumber),
}

/// What a fake courier answers and was told.
#[derive(Default)]
pub struct CourierState {
	pub peer: Option<Vec<u8>>,
	pub due: Vec<DueChannel>,
	/// Offered whenever the worker asks, whatever it asks for.
	pub ready: Option<ReadyAnchor>,
	pub told: Vec<Told>,
}

/// A courier that is a list of what it was told.
#[derive(Clone, Default)]
pub struct FakeCourier(pub Arc<Mutex<CourierState>>);

impl FakeCourier {
	/// Look into the courier, or set what it answers.
	pub fn with<R>(&self, f: impl FnOnce(&mut CourierState) -> R) -> R {
		f(&mut self.0.lock().expect("no test panics while it holds the lock"))
	}

	/// What it was told since it was last asked.
	pub fn told(&self) -> Vec<Told> {
		self.with(|state| std::mem::take(&mut state.told))
	}
}

impl CourierHost for FakeCourier {
	fn local_peer(&mut self) -> Option<PeerIdBytes> {
		self.with(|state| {
			state
				.peer
				.clone()
				.map(|peer| peer.try_into().expect("PeerIds in tests are short"))
		})
	}
	fn due_channels(&mut self) -> Vec<DueChannel> {
		self.with(|state| state.due.clone())
	}
	fn dispatch(&mut self, authorisation: Authorisation, at: BlockNumber) {
		self.with(|state| state.told.push(Told::Dispatch(authorisation.channel, at)))
	}
	fn close_channel(&mut self, channel: ChannelId, refusal: Refusal, at: BlockNumber) {
		self.with(|state| state.told.push(Told::Close(channel, refusal, at)))
	}
	fn ready_anchor(&mut self, next: AnchorSequence, at: BlockNumber, due: bool) -> Option<ReadyAnchor> {
		self.with(|state| {
			state.told.push(Told::Asked(next, at, due));
			state.ready
		})
	}
	fn anchor_submitted(&mut self, sequence: AnchorSequence, at: BlockNumber) {
		self.with(|state| state.told.push(Told::Submitted(sequence, at)))
	}
	fn ready_receipts(&mut self, _: BlockNumber, _: u32) -> Vec<ReadyReceipt> {
		Vec::new()
	}
	fn ready_closings(&mut self, _: BlockNumber, _: u32) -> Vec<Digest> {
		Vec::new()
	}
}

/// A node of the bank with courier, pool and keystore.
pub struct World {
	pub ext: sp_io::TestExternalities,
	pub courier: FakeCourier,
	pub pool: FakePool,
	/// The account of the delegate key in the keystore, registered for [`BANK_NODE`].
	pub delegate: AccountId,
}

impl World {
	pub fn new() -> Self {
		let mut ext = new_ext();
		let courier = FakeCourier::default();
		courier.with(|state| state.peer = Some(b"bank".to_vec()));
		ext.register_extension(CourierExt(Box::new(courier.clone())));
		let (pool, delegate) = offchain::equip(&mut ext, "//bank");
		set_delegate(BANK_NODE, delegate.clone());
		World {
			ext,
			courier,
			pool,
			delegate,
		}
	}

	/// Run the off-chain worker on the state of block `at`.
	pub fn work(&mut self, at: BlockNumber) {
		offchain::work::<Anchors>(&mut self.ext, at)
	}

	/// Author block `at` from the pool. Answers the results.
	pub fn author(&mut self, at: BlockNumber) -> Vec<DispatchResult> {
		offchain::author(&mut self.ext, &self.pool, at)
	}
}

/// A state at block 1, with the registries as they are at first: the maps outlive a test on the same thread.
pub fn new_ext() -> sp_io::TestExternalities {
	genesis(None)
}

/// The same with a policy at genesis.
pub fn genesis(policy: Option<CourierPolicy>) -> sp_io::TestExternalities {
	Managed::set(managed());
	Suspended::set(Vec::new());
	Nodes::set(nodes());
	NodeCount::set(8);
	Channels::set(channels());
	let storage = RuntimeGenesisConfig {
		system: Default::default(),
		anchors: pallet_anchors::GenesisConfig {
			policy,
			..Default::default()
		},
	}
	.build_storage()
	.expect("the genesis builds");
	let mut ext: sp_io::TestExternalities = storage.into();
	ext.execute_with(|| System::set_block_number(1));
	ext
}

/// Run a test at block 1, then check the invariants.
pub fn run(test: impl FnOnce()) {
	new_ext().execute_with(|| {
		test();
		Anchors::do_try_state().expect("the invariants hold after the test");
	})
}

pub fn signed(who: AccountId) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

/// Go on to the next block in which [`BANK_NODE`] and [`WEALTH_NODE`] have their turn.
pub fn next_turn() {
	System::set_block_number((System::block_number() / 4 + 1) * 4)
}

/// Replace a node's delegate.
pub fn set_delegate(node: NodeId, delegate: AccountId) {
	Nodes::mutate(|nodes| {
		if let Some(entry) = nodes.get_mut(&node) {
			entry.1 = delegate;
		}
	})
}

/// Set what stands against a channel.
pub fn set_refusal(channel: ChannelId, refusal: Option<Refusal>) {
	Channels::mutate(|channels| {
		if let Some(entry) = channels.get_mut(&channel) {
			entry.2 = refusal;
		}
	})
}

/// The events of this pallet in this block.
pub fn events() -> Vec<crate::Event<Test>> {
	System::events()
		.into_iter()
		.filter_map(|record| match record.event {
			RuntimeEvent::Anchors(event) => Some(event),
			_ => None,
		})
		.collect()
}

/// The last event of this pallet.
pub fn last_event() -> crate::Event<Test> {
	events().pop().expect("an event was emitted")
}

/// A hash that is told from others by one byte.
pub fn hash(byte: u8) -> Digest {
	[byte; 32]
}
