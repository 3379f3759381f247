// SPDX-License-Identifier: Apache-2.0

use crate::{self as pallet_restraint, *};
use alloc::vec::Vec;
use frame_support::{
	assert_noop, assert_ok, derive_impl, ord_parameter_types, parameter_types,
	traits::{Consideration, ConstU32, ConstU64, EnsureOrigin, MaybeConsideration, SafeModeNotify},
};
use frame_system::EnsureSignedBy;
use sp_runtime::BuildStorage;

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
	pub type Restraint = pallet_restraint;
}

type Hash = <Test as frame_system::Config>::Hash;

parameter_types! {
	static Open: Vec<Hash> = Vec::new();
	static Seats: u32 = 5;
}

ord_parameter_types! {
	pub const Third: u64 = 1;
	pub const Majority: u64 = 2;
}

pub struct Council;
impl Motions<Hash> for Council {
	fn open() -> Vec<Hash> {
		Open::get()
	}
	fn seats() -> u32 {
		Seats::get()
	}
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlock<Test>;
}

impl Config for Test {
	type Motions = Council;
	type MaxMotions = ConstU32<100>;
	type MaxEntries = ConstU32<64>;
	type Rest = ConstU64<50>;
}

type Entry = EnterSafeMode<Test, EnsureSignedBy<Third, u64>, EnsureSignedBy<Majority, u64>>;

fn ext() -> sp_io::TestExternalities {
	let storage = RuntimeGenesisConfig::default().build_storage().expect("is sound");
	let mut ext = sp_io::TestExternalities::new(storage);
	ext.execute_with(|| System::set_block_number(100));
	ext
}

fn may_enter(who: u64) -> bool {
	Entry::ensure_origin(RuntimeOrigin::signed(who)).is_ok()
}

/// Makes a motion as the council's pallet does: it stands in the list first.
fn make(who: u64, motion: u8) -> Result<(), sp_runtime::DispatchError> {
	let mut open = Open::get();
	open.push(Hash::repeat_byte(motion));
	Open::set(open.clone());
	let made = Place::<Test>::new(&who, open.len() as u32 - 1);
	if made.is_err() {
		close(motion);
	}
	made.map(|place| assert!(place.is_none()))
}

fn close(motion: u8) {
	let mut open = Open::get();
	open.retain(|hash| *hash != Hash::repeat_byte(motion));
	Open::set(open);
}

#[test]
fn the_smaller_part_rests_after_safe_mode_ended() {
	ext().execute_with(|| {
		assert!(may_enter(1) && may_enter(2) && !may_enter(3));
		<Restraint as SafeModeNotify>::entered();
		assert!(may_enter(1));
		<Restraint as SafeModeNotify>::exited();
		for block in [100, 149] {
			System::set_block_number(block);
			assert!(!may_enter(1) && may_enter(2) && !may_enter(3), "block {block}");
			assert_eq!(Restraint::safe_mode_rests_until(), Some(150));
		}
		System::set_block_number(150);
		assert!(may_enter(1) && may_enter(2) && !may_enter(3));
		assert_eq!(Restraint::safe_mode_rests_until(), None);
	});
}

#[test]
fn fails_when_a_seat_has_its_share_of_motions_open() {
	ext().execute_with(|| {
		assert_eq!(Restraint::motions_per_seat(), 10);
		for motion in 0..10 {
			assert_ok!(make(1, motion));
		}
		let full = Error::<Test>::MaxMotionsExceeded;
		assert_noop!(make(1, 10), full);
		// The others have their own.
		assert_ok!(make(2, 10));
		// One that was closed makes room.
		close(4);
		assert_ok!(make(1, 11));
		assert_noop!(make(1, 12), Error::<Test>::MaxMotionsExceeded);
		Restraint::forget(&1);
		assert!(!MotionsOf::<Test>::contains_key(1));
	});
}

#[test]
fn fails_when_an_account_leaves_more_entries_than_it_may() {
	ext().execute_with(|| {
		assert_ok!(Restraint::hold(&1, 0));
		assert!(!Entries::<Test>::contains_key(1));
		assert_ok!(Restraint::hold(&1, 60));
		assert_noop!(Restraint::hold(&1, 5), Error::<Test>::MaxEntriesExceeded);
		assert_noop!(Restraint::hold(&1, u32::MAX), Error::<Test>::MaxEntriesExceeded);
		assert_ok!(Restraint::hold(&1, 4));
		assert_ok!(Restraint::hold(&2, 64));
		Restraint::release(&1, 10);
		assert_eq!((Restraint::held(&1), Restraint::held(&2)), (54, 64));
		Restraint::release(&1, 54);
		assert!(!Entries::<Test>::contains_key(1));
	});
}

#[test]
fn boundary_every_seat_of_the_largest_council_has_a_place() {
	ext().execute_with(|| {
		for seats in 1..=100 {
			Seats::set(seats);
			let share = Restraint::motions_per_seat();
			assert!(share >= 1 && share * seats <= 100, "{share} for each of {seats}");
		}
		assert_eq!(Restraint::motions_per_seat(), 1);
	});
}
