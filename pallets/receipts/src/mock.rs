// SPDX-License-Identifier: Apache-2.0

//! A chain with this pallet alone. The members are a map of this thread; courier and transaction pool are fakes that the
//! tests look into.

#[path = "../../testing/offchain.rs"]
mod offchain;

use crate as pallet_receipts;
use crate::*;
use frame_support::{
	derive_impl, parameter_types,
	traits::{EitherOfDiverse, EnsureOrigin},
};
use frame_system::EnsureRoot;
pub use offchain::{signer, AccountId, Block, FakePool};
use sealane_primitives::{
	business::Role,
	courier_host::{CourierExt, CourierHost, DueChannel, ReadyAnchor, ReadyReceipt},
	delegate::DelegateAuth,
	directory::{Authorisation, Refusal},
	ids::*,
	registration,
	traits::MemberRegistry,
};
use sp_runtime::{traits::IdentityLookup, BuildStorage, DispatchResult};
use std::{
	cell::RefCell,
	collections::BTreeMap,
	sync::{Arc, Mutex, MutexGuard},
};

/// Two issuers, a bank, and nobody.
pub const ISSUER: MemberId = 1;
pub const OTHER_ISSUER: MemberId = 2;
pub const SELLER: MemberId = 3;
pub const STRANGER: MemberId = 9;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		ReceiptsPallet: pallet_receipts,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type AccountId = AccountId;
	type Lookup = IdentityLookup<AccountId>;
}

parameter_types! {
	pub const MaxBatch: u32 = 5;
}

/// The account of the council.
pub fn council() -> AccountId {
	AccountId::new([200; 32])
}

pub struct EnsureCouncil;
impl EnsureOrigin<RuntimeOrigin> for EnsureCouncil {
	type Success = ();
	fn try_origin(origin: RuntimeOrigin) -> Result<(), RuntimeOrigin> {
		match frame_system::ensure_signed(origin.clone()) {
			Ok(who) if who == council() => Ok(()),
			_ => Err(origin),
		}
	}
	#[cfg(feature = "runtime-benchmarks")]
	fn try_successful_origin() -> Result<RuntimeOrigin, ()> {
		Ok(RuntimeOrigin::signed(council()))
	}
}

impl Config for Test {
	type Members = Members;
	type DelegateAuth = DelegateAuth;
	type ForceRevokeOrigin = EitherOfDiverse<EnsureRoot<AccountId>, EnsureCouncil>;
	type MaxBatch = MaxBatch;
	type WeightInfo = crate::weights::SubstrateWeight<Test>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkSetup = Members;
}

/// What the mock knows of a member. Each has one node, ten times its number.
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

pub struct Members;

impl Members {
	pub fn edit(member: MemberId, edit: impl FnOnce(&mut Institution)) {
		MEMBERS.with_borrow_mut(|m| edit(m.get_mut(&member).expect("is a member")))
	}

	fn get(member: MemberId) -> Option<Institution> {
		MEMBERS.with_borrow(|m| m.get(&member).cloned())
	}

	fn find(is: impl Fn(&Institution) -> bool) -> Option<MemberId> {
		MEMBERS.with_borrow(|m| m.iter().find(|(_, i)| is(i)).map(|(id, _)| *id))
	}

	fn reset() {
		let members = [
			(ISSUER, Role::Issuer),
			(OTHER_ISSUER, Role::Issuer),
			(SELLER, Role::Seller),
		];
		MEMBERS.with_borrow_mut(|m| {
			*m = members
				.into_iter()
				.map(|(id, role)| {
					let (manager, delegate) = (manager(id), delegate(id));
					(
						id,
						Institution {
							manager,
							delegate,
							roles: vec![role],
							refusal: None,
						},
					)
				})
				.collect()
		});
	}
}

impl MemberRegistry<AccountId> for Members {
	fn member_of(who: &AccountId) -> Option<MemberId> {
		Self::find(|i| &i.manager == who)
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
		Self::find(|i| &i.delegate == who).map(|member| (member, member * 10))
	}
	fn delegate(node: NodeId) -> Option<AccountId> {
		Self::get(node / 10).map(|i| i.delegate)
	}
	fn owner_of(node: NodeId) -> Option<MemberId> {
		Self::get(node / 10).map(|_| node / 10)
	}
	fn node_by_peer(peer: &PeerIdBytes) -> Option<(MemberId, NodeId)> {
		let member = peer.first().copied().map(MemberId::from)?;
		Self::get(member).map(|_| (member, member * 10))
	}
}

#[cfg(feature = "runtime-benchmarks")]
impl sealane_primitives::traits::BenchmarkSetup<AccountId> for Members {
	fn member(manager: &AccountId, delegate: &AccountId) -> MemberId {
		MEMBERS.with_borrow_mut(|members| {
			let id = 1_000;
			let (manager, delegate) = (manager.clone(), delegate.clone());
			members.insert(
				id,
				Institution {
					manager,
					delegate,
					roles: vec![Role::Issuer],
					refusal: None,
				},
			);
			id
		})
	}
	fn channel(_: MemberId, _: MemberId) -> ChannelId {
		unreachable!("receipts need no channel")
	}
}

/// The account that manages `member`.
pub fn manager(member: MemberId) -> AccountId {
	AccountId::new([member as u8; 32])
}

/// The account of the delegate of the node of `member`.
pub fn delegate(member: MemberId) -> AccountId {
	AccountId::new([100 + member as u8; 32])
}

/// The origin of the manager of `member`.
pub fn by(member: MemberId) -> RuntimeOrigin {
	RuntimeOrigin::signed(manager(member))
}

/// The origin of the delegate of the node of `member`.
pub fn by_delegate(member: MemberId) -> RuntimeOrigin {
	RuntimeOrigin::signed(delegate(member))
}

/// The commitment to the registration of customer number `n` of the bank with the issuer.
pub fn commitment(n: u8) -> Digest {
	registration::commitment(&[n; 32], ISSUER, SELLER, &[n])
}

/// The list of what is issued at once.
pub fn batch(receipts: &[(u8, bool)]) -> NewReceiptsOf<Test> {
	let receipts: Vec<_> = receipts
		.iter()
		.map(|(n, accepted)| NewReceipt {
			commitment: commitment(*n),
			accepted: *accepted,
		})
		.collect();
	receipts.try_into().expect("few enough")
}

/// The list of what is closed at once.
pub fn commitments(numbers: &[u8]) -> CommitmentsOf<Test> {
	numbers
		.iter()
		.map(|n| commitment(*n))
		.collect::<Vec<_>>()
		.try_into()
		.expect("few enough")
}

pub fn status(n: u8) -> Option<Status> {
	ReceiptsPallet::receipt(ISSUER, commitment(n)).map(|r| r.status)
}

/// The events since this was called last.
pub fn events() -> Vec<Event<Test>> {
	let events = System::events()
		.into_iter()
		.filter_map(|record| match record.event {
			RuntimeEvent::ReceiptsPallet(event) => Some(event),
			_ => None,
		})
		.collect();
	System::reset_events();
	events
}

/// A chain at block 1, with the members as they are at first: the map outlives a test on the same thread.
pub fn new_test_ext() -> sp_io::TestExternalities {
	Members::reset();
	let storage = RuntimeGenesisConfig::default().build_storage().expect("is sound");
	let mut ext: sp_io::TestExternalities = storage.into();
	ext.execute_with(|| System::set_block_number(1));
	ext
}

/// Runs a test from block 1 on and checks the invariants at its end.
pub fn test(run: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		run();
		ReceiptsPallet::do_try_state().expect("invariants hold");
	});
}

/// What a fake courier holds.
#[derive(Default)]
pub struct CourierState {
	/// The member whose node this is; none where there is no courier.
	pub member: Option<MemberId>,
	/// The outcomes that wait.
	pub ready: Vec<ReadyReceipt>,
	/// The registrations that are to be closed.
	pub closing: Vec<Digest>,
	/// The greatest number of receipts that was asked for.
	pub asked: u32,
}

#[derive(Clone, Default)]
pub struct FakeCourier(Arc<Mutex<CourierState>>);

impl FakeCourier {
	pub fn state(&self) -> MutexGuard<'_, CourierState> {
		self.0.lock().expect("no test panics while it holds the lock")
	}
}

impl CourierHost for FakeCourier {
	fn local_peer(&mut self) -> Option<PeerIdBytes> {
		self.state().member.map(|m| vec![m as u8].try_into().expect("is short"))
	}
	fn due_channels(&mut self) -> Vec<DueChannel> {
		Vec::new()
	}
	fn dispatch(&mut self, _: Authorisation, _: BlockNumber) {}
	fn close_channel(&mut self, _: ChannelId, _: Refusal, _: BlockNumber) {}
	fn ready_anchor(&mut self, _: AnchorSequence, _: BlockNumber, _: bool) -> Option<ReadyAnchor> {
		None
	}
	fn anchor_submitted(&mut self, _: AnchorSequence, _: BlockNumber) {}
	/// Offers what waits until it hears that it is final, as the real one does.
	fn ready_receipts(&mut self, _: BlockNumber, max: u32) -> Vec<ReadyReceipt> {
		let mut state = self.state();
		state.asked = state.asked.max(max);
		state.ready.iter().take(max as usize).cloned().collect()
	}
	/// Offers what is to be closed until it hears that it is final, as the real one does.
	fn ready_closings(&mut self, _: BlockNumber, max: u32) -> Vec<Digest> {
		self.state().closing.iter().take(max as usize).copied().collect()
	}
}

/// The issuer's node with courier, pool and keystore.
pub struct World {
	pub ext: sp_io::TestExternalities,
	pub courier: FakeCourier,
	pub pool: FakePool,
	/// The account of the delegate key in the keystore, registered for the issuer's node.
	pub delegate: AccountId,
}

impl World {
	pub fn new() -> Self {
		let mut ext = new_test_ext();
		let courier = FakeCourier::default();
		courier.state().member = Some(ISSUER);
		ext.register_extension(CourierExt(Box::new(courier.clone())));
		let (pool, delegate) = offchain::equip(&mut ext, "//issuer");
		Members::edit(ISSUER, |m| m.delegate = delegate.clone());
		World {
			ext,
			courier,
			pool,
			delegate,
		}
	}

	/// Lets outcomes wait in the courier.
	pub fn ready(&self, receipts: &[(u8, bool)]) {
		self.courier
			.state()
			.ready
			.extend(receipts.iter().map(|(n, accepted)| ReadyReceipt {
				commitment: commitment(*n),
				seller: SELLER,
				accepted: *accepted,
			}));
	}

	/// Runs the off-chain worker on the state of block `at`.
	pub fn work(&mut self, at: BlockNumber) {
		offchain::work::<ReceiptsPallet>(&mut self.ext, at)
	}

	/// Authors block `at` from the pool and checks the invariants. Answers the results.
	pub fn author(&mut self, at: BlockNumber) -> Vec<DispatchResult> {
		let results = offchain::author(&mut self.ext, &self.pool, at);
		self.ext
			.execute_with(|| ReceiptsPallet::do_try_state().expect("invariants hold"));
		results
	}

	/// The commitments on chain.
	pub fn on_chain(&mut self) -> usize {
		self.ext.execute_with(|| Receipts::<Test>::iter().count())
	}
}
