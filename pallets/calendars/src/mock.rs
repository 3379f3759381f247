// SPDX-License-Identifier: Apache-2.0

//! A chain with this pallet alone: two issuers with a product each, a seller, and nobody.

use crate as pallet_calendars;
use crate::*;
use frame_support::{derive_impl, parameter_types};
use sealane_primitives::{
	business::Role,
	calendar::{Calendar, Hours, Week},
	directory::{Authorisation, Refusal},
	ids::*,
	traits::{ChannelRegistry, MemberRegistry},
};
use sp_runtime::{traits::IdentityLookup, BuildStorage};
use std::cell::Cell;

pub const ISSUER: MemberId = 1;
pub const OTHER_ISSUER: MemberId = 2;
pub const SELLER: MemberId = 3;
pub const STRANGER: MemberId = 9;
/// Blocks of notice, and the most ahead.
pub const NOTICE: BlockNumber = 10;
pub const LEAD: BlockNumber = 100;

pub type AccountId = u64;
type Block = frame_system::mocking::MockBlock<Test>;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		CalendarsPallet: pallet_calendars,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type AccountId = AccountId;
	type Lookup = IdentityLookup<AccountId>;
}

parameter_types! {
	pub const MinNotice: BlockNumber = NOTICE;
	pub const MaxLead: BlockNumber = LEAD;
}

impl Config for Test {
	type Members = Registry;
	type Channels = Registry;
	type MinNotice = MinNotice;
	type MaxLead = MaxLead;
	type WeightInfo = crate::weights::SubstrateWeight<Test>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkSetup = Registry;
}

thread_local! {
	/// Whether the first issuer is suspended.
	static SUSPENDED: Cell<bool> = const { Cell::new(false) };
}

/// Members and channels.
pub struct Registry;

impl Registry {
	pub fn suspend(suspended: bool) {
		SUSPENDED.set(suspended);
	}
}

/// The benchmarks' manager stands for the first issuer.
fn member_of(who: &AccountId) -> Option<MemberId> {
	match *who {
		1..=3 => Some(*who as MemberId),
		#[cfg(feature = "runtime-benchmarks")]
		other if other > 1_000 => Some(ISSUER),
		_ => None,
	}
}

impl MemberRegistry<AccountId> for Registry {
	fn member_of(who: &AccountId) -> Option<MemberId> {
		member_of(who)
	}
	fn manager(member: MemberId) -> Option<AccountId> {
		(1..=3).contains(&member).then_some(member.into())
	}
	fn ensure_active(member: MemberId) -> Result<(), Refusal> {
		match member == ISSUER && SUSPENDED.get() {
			true => Err(Refusal::MemberSuspended),
			false => Ok(()),
		}
	}
	fn has_role(member: MemberId, role: Role) -> bool {
		(role == Role::Issuer) == (member != SELLER)
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

impl ChannelRegistry for Registry {
	fn parties(_: ChannelId) -> Option<(MemberId, MemberId)> {
		None
	}
	fn between(_: MemberId, _: MemberId) -> Option<ChannelId> {
		None
	}
	fn authorise(_: ChannelId) -> Result<Authorisation, Refusal> {
		Err(Refusal::ChannelUnknown)
	}
	fn product(product: &ProductId) -> Option<(MemberId, ProductType)> {
		let issuer = match &product[..] {
			b"ONE" => ISSUER,
			b"TWO" => OTHER_ISSUER,
			_ => return None,
		};
		Some((issuer, id("fund")))
	}
	fn is_closed(_: &ProductId) -> bool {
		false
	}
}

#[cfg(feature = "runtime-benchmarks")]
impl sealane_primitives::traits::BenchmarkSetup<AccountId> for Registry {
	fn member(_: &AccountId, _: &AccountId) -> MemberId {
		ISSUER
	}
	fn channel(_: MemberId, _: MemberId) -> ChannelId {
		unreachable!("calendars need no channel")
	}
}

pub fn id(text: &str) -> Name {
	text.as_bytes().to_vec().try_into().expect("is short")
}

/// The origin of the manager of `member`.
pub fn by(member: MemberId) -> RuntimeOrigin {
	RuntimeOrigin::signed(member.into())
}

/// A calendar of 2026 whose days end at this hour.
pub fn until(hour: u8) -> Calendar {
	let time = |hour| sealane_primitives::clauses::TimeOfDay::new(hour, 0).expect("an hour of the day");
	Calendar {
		first: "2026-01-01".parse().expect("a date"),
		last: "2026-12-31".parse().expect("a date"),
		offset: Default::default(),
		offsets: Default::default(),
		week: Week::WORKING_DAYS,
		hours: Hours {
			order_until: time(hour),
			deliver_until: time(23),
		},
		exceptions: Default::default(),
	}
}

/// Announces a calendar whose days end at this hour.
pub fn announce(issuer: MemberId, product: Option<&str>, hour: u8, from: BlockNumber) -> sp_runtime::DispatchResult {
	CalendarsPallet::announce(by(issuer), product.map(id), Box::new(until(hour)), from)
}

/// Scope (whether the product's own), version and hour of what holds and of what is next.
pub fn timetable(product: Option<&str>) -> [Option<(bool, u32, u8)>; 2] {
	let timetable = CalendarsPallet::timetable(ISSUER, product.map(id));
	[timetable.in_force, timetable.next].map(|version| {
		version.map(|it| {
			let hour = it.calendar.hours.order_until.ms_since_midnight() / 3_600_000;
			(it.product.is_some(), it.version, hour as u8)
		})
	})
}

pub fn at(block: BlockNumber) {
	System::set_block_number(block.into());
}

pub fn new_test_ext() -> sp_io::TestExternalities {
	Registry::suspend(false);
	let storage = RuntimeGenesisConfig::default().build_storage().expect("is sound");
	let mut ext: sp_io::TestExternalities = storage.into();
	ext.execute_with(|| at(1));
	ext
}

/// Runs a test from block 1 on and checks the invariants at its end.
pub fn test(run: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		run();
		CalendarsPallet::do_try_state().expect("invariants hold");
	});
}
