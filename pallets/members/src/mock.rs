// SPDX-License-Identifier: Apache-2.0

//! A chain of this pallet and the payment of transactions.

use crate::{self as pallet_members, legal_id::sample_lei, network, *};
use alloc::{vec, vec::Vec};
use frame_support::{
	derive_impl, ord_parameter_types, parameter_types,
	traits::{ConstU32, ConstU64, ConstU8, Contains},
	weights::{ConstantMultiplier, IdentityFee, Weight},
};
use frame_system::{limits::BlockWeights, EnsureSignedBy};
use sealane_primitives::{
	business::{Role, Roles},
	ids::*,
	keys::CourierKey,
};
use sp_runtime::{traits::IdentityLookup, BuildStorage, FixedU128};

pub type AccountId = u64;

/// Origins of the powers, one account each, so that a test sees when two are mixed up.
pub const ADMIT: AccountId = 901;
pub const SUSPEND: AccountId = 902;
pub const EXIT: AccountId = 903;
pub const FORCE: AccountId = 904;
pub const POLICY: AccountId = 905;

/// The bank, its node's delegate, and the issuer.
pub const BANK: AccountId = 1;
pub const BANK_DELEGATE: AccountId = 11;
pub const ISSUER: AccountId = 2;
pub const ISSUER_DELEGATE: AccountId = 12;
/// On the council from the first block on.
pub const COUNCILLOR: AccountId = 800;
/// Nobody.
pub const OUTSIDER: AccountId = 999;

/// Weight of a block of the mock, in picoseconds.
pub const BLOCK_WEIGHT: u64 = 1_000_000_000_000;

/// What [`Leavers`] weighs.
pub const EXIT_WEIGHT: Weight = Weight::from_parts(7_000_000, 0);

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
	pub type TransactionPayment = pallet_transaction_payment;
	#[runtime::pallet_index(2)]
	pub type Members = pallet_members;
}

parameter_types! {
	pub Weights: BlockWeights = BlockWeights::simple_max(Weight::from_parts(BLOCK_WEIGHT, u64::MAX));
	pub const One: FixedU128 = FixedU128::from_u32(1);
	/// The accounts on the council.
	pub static Council: Vec<AccountId> = vec![COUNCILLOR];
	/// Who acts through whom.
	pub static Hands: Vec<(AccountId, AccountId)> = Vec::new();
	/// The members that left and their managers, in this order.
	pub static Left: Vec<(MemberId, AccountId)> = Vec::new();
	/// The members that changed their managers, and who the old ones were, in this order.
	pub static HandedOver: Vec<(MemberId, AccountId)> = Vec::new();
}

ord_parameter_types! {
	pub const Admit: AccountId = ADMIT;
	pub const Suspend: AccountId = SUSPEND;
	pub const Exit: AccountId = EXIT;
	pub const Force: AccountId = FORCE;
	pub const Policy: AccountId = POLICY;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlockU32<Test>;
	type BlockWeights = Weights;
	type AccountId = AccountId;
	type Lookup = IdentityLookup<AccountId>;
}

impl pallet_transaction_payment::Config for Test {
	type RuntimeEvent = RuntimeEvent;
	type OnChargeTransaction = Allowance<Test>;
	type WeightToFee = IdentityFee<u128>;
	type LengthToFee = ConstantMultiplier<u128, frame_support::traits::ConstU128<1_000>>;
	type FeeMultiplierUpdate = pallet_transaction_payment::ConstFeeMultiplier<One>;
	type OperationalFeeMultiplier = ConstU8<1>;
	type WeightInfo = ();
}

/// Knows the accounts in [`Council`].
pub struct OnCouncil;
impl Contains<AccountId> for OnCouncil {
	fn contains(who: &AccountId) -> bool {
		Council::get().contains(who)
	}
}

/// What delegates may send here.
pub struct Remarks;
impl Contains<RuntimeCall> for Remarks {
	fn contains(call: &RuntimeCall) -> bool {
		matches!(call, RuntimeCall::System(frame_system::Call::remark { .. }))
	}
}

/// Whoever is named in [`Hands`] acts through the account beside it, with any call.
pub struct Through;
impl ActsThrough<AccountId, RuntimeCall> for Through {
	fn find<R>(who: &AccountId, _: &RuntimeCall, right: impl Fn(&AccountId) -> Option<R>) -> Option<R> {
		let (_, principal) = Hands::get().into_iter().find(|(hand, _)| hand == who)?;
		right(&principal)
	}
	fn weight(_: &RuntimeCall) -> Weight {
		Weight::zero()
	}
}

/// Notes in [`Left`] whose membership ended.
pub struct Leavers;
impl OnExit<AccountId> for Leavers {
	fn on_exit(member: MemberId, manager: &AccountId) {
		Left::mutate(|left| left.push((member, *manager)));
	}
	fn weight() -> Weight {
		EXIT_WEIGHT
	}
}

/// Notes in [`HandedOver`] who had managed a member.
pub struct Successions;
impl OnManagerChange<AccountId> for Successions {
	fn on_manager_change(member: MemberId, old: &AccountId) {
		HandedOver::mutate(|all| all.push((member, *old)));
	}
	fn weight() -> Weight {
		EXIT_WEIGHT
	}
}

impl Config for Test {
	type AdmitOrigin = EnsureSignedBy<Admit, AccountId>;
	type SuspendOrigin = EnsureSignedBy<Suspend, AccountId>;
	type ExitOrigin = EnsureSignedBy<Exit, AccountId>;
	type ForceOrigin = EnsureSignedBy<Force, AccountId>;
	type PolicyOrigin = EnsureSignedBy<Policy, AccountId>;
	type CouncilMember = OnCouncil;
	type DelegateCalls = Remarks;
	type WhileSuspended = frame_support::traits::Nothing;
	type Through = Through;
	type OnExit = Leavers;
	type OnManagerChange = Successions;
	type MaxMembers = ConstU32<8>;
	type MaxNodesPerMember = ConstU32<4>;
	type MinKeyOverlap = ConstU32<5>;
	type MaxKeyOverlap = ConstU32<100>;
	type MaxKeyNotice = ConstU32<200>;
	type KeyEvidenceWindow = ConstU32<50>;
	type AllowancePerBlock = ConstU64<{ BLOCK_WEIGHT / 50 }>;
	type SuspensionRest = ConstU32<20>;
	type FullShares = ConstU32<4>;
	type MaxAllowance = ConstU64<{ BLOCK_WEIGHT / 5 }>;
	type CouncilAllowancePerBlock = ConstU64<{ BLOCK_WEIGHT / 20 }>;
	type MaxCouncilAllowance = ConstU64<BLOCK_WEIGHT>;
	type WeightInfo = ();
}

/// A key that no other number gives, and that signatures can be checked against.
pub fn key(seed: u8) -> [u8; 32] {
	(0..=u8::MAX)
		.map(|attempt| sp_io::hashing::sha2_256(&[seed, attempt]))
		.find(sealane_primitives::signature::is_strict_key)
		.expect("every other hash is a point")
}

/// A PeerId that no other number gives.
pub fn peer(seed: u8) -> PeerIdBytes {
	network::peer_of_key(&key(seed))
}

/// One address on this machine.
pub fn addresses(port: u16) -> Addresses {
	let address = alloc::format!("/ip4/127.0.0.1/tcp/{port}")
		.into_bytes()
		.try_into()
		.unwrap();
	vec![address].try_into().unwrap()
}

pub fn name(text: &str) -> MemberName {
	text.as_bytes().to_vec().try_into().unwrap()
}

pub fn contact(text: &str) -> Contact {
	text.as_bytes().to_vec().try_into().unwrap()
}

pub fn seller() -> Roles {
	Roles::of(&[Role::Seller])
}

pub fn issuer() -> Roles {
	Roles::of(&[Role::Issuer])
}

/// Admits a member whose legal number is made of its manager's.
pub fn admit(manager: AccountId, roles: Roles) -> MemberId {
	let member = NextMemberId::<Test>::get();
	Members::admit(
		RuntimeOrigin::signed(ADMIT),
		name("银行 Bank"),
		sample_lei(manager as u32),
		contact("ops@bank.example"),
		roles,
		manager,
	)
	.unwrap();
	member
}

/// Registers a node whose PeerId and keys are made of `seed`.
pub fn register(manager: AccountId, seed: u8, delegate: AccountId) -> NodeId {
	let node = NextNodeId::<Test>::get();
	Members::register_node(
		RuntimeOrigin::signed(manager),
		peer(seed),
		addresses(30_000 + u16::from(seed)),
		key(seed),
		key(seed),
		delegate,
	)
	.unwrap();
	node
}

/// The bank with its node: member and node.
pub fn bank() -> (MemberId, NodeId) {
	(admit(BANK, seller()), register(BANK, 1, BANK_DELEGATE))
}

/// The issuer with its node: member and node.
pub fn issuer_with_node() -> (MemberId, NodeId) {
	(admit(ISSUER, issuer()), register(ISSUER, 2, ISSUER_DELEGATE))
}

pub fn run_to(block: BlockNumber) {
	System::set_block_number(block);
}

/// The keys in a node's ring.
pub fn ring(node: NodeId) -> Vec<CourierKey> {
	Nodes::<Test>::get(node).unwrap().keys.into_inner()
}

/// The last event of this pallet.
pub fn last_event() -> Event<Test> {
	System::events()
		.into_iter()
		.rev()
		.find_map(|record| match record.event {
			RuntimeEvent::Members(event) => Some(event),
			_ => None,
		})
		.expect("an event was expected")
}

/// State of block 1 with nobody in it.
pub fn ext() -> sp_io::TestExternalities {
	ext_with(GenesisConfig::default())
}

/// State of block 1 after this genesis.
pub fn ext_with(members: GenesisConfig<Test>) -> sp_io::TestExternalities {
	let storage = RuntimeGenesisConfig {
		members,
		..Default::default()
	}
	.build_storage()
	.unwrap();
	Left::set(Vec::new());
	HandedOver::set(Vec::new());
	let mut ext = sp_io::TestExternalities::new(storage);
	ext.execute_with(|| System::set_block_number(1));
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
		Members::do_try_state().unwrap();
	});
}
