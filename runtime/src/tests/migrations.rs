// SPDX-License-Identifier: Apache-2.0

//! A migration over several blocks fails: the chain enters safe mode and goes on taking what the council sends, evidence
//! included. Whatever a migration does, it keeps extrinsics out for a day at most.

use super::{
	emergency::{motion, name},
	setup::*,
};
use crate::{
	configs::emergency::MaxMigrationBlocks, MultiBlockMigrations, Runtime, RuntimeCall, SafeMode, System, TxPause,
};
use codec::Encode;
use frame_support::{
	assert_ok,
	migrations::{SteppedMigration, SteppedMigrationError},
	parameter_types,
	traits::SafeMode as _,
	weights::{Weight, WeightMeter},
};
use pallet_migrations::{Cursor, MbmIsOngoing, MigrationCursor};
use sealane_primitives::business::Role;
use sp_runtime::{
	traits::{BlakeTwo256, Hash},
	DispatchError, ExtrinsicInclusionMode,
};

/// What [`Faulty`] does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
	/// Is done at once.
	None,
	/// Fails in its second step.
	Fails,
	/// Takes more steps than it said.
	OutOfSteps,
	/// Needs more weight than a block has.
	TooHeavy,
	/// Never ends, and never said that it would.
	Endless,
}

parameter_types! {
	static TheFault: Fault = Fault::None;
}

/// The migration of an upgrade that goes wrong.
pub struct Faulty;

impl SteppedMigration for Faulty {
	type Cursor = u32;
	type Identifier = [u8; 6];

	fn id() -> Self::Identifier {
		*b"faulty"
	}

	fn max_steps() -> Option<u32> {
		(TheFault::get() == Fault::OutOfSteps).then_some(2)
	}

	fn step(cursor: Option<u32>, _: &mut WeightMeter) -> Result<Option<u32>, SteppedMigrationError> {
		let step = cursor.unwrap_or_default();
		match TheFault::get() {
			Fault::None => Ok(None),
			Fault::Fails if step == 1 => Err(SteppedMigrationError::Failed),
			Fault::TooHeavy => Err(SteppedMigrationError::InsufficientWeight { required: Weight::MAX }),
			Fault::Fails | Fault::OutOfSteps | Fault::Endless => Ok(Some(step + 1)),
		}
	}
}

/// A chain that was just upgraded to a runtime whose migration has this fault, with a bank and a fund on it.
fn upgraded(fault: Fault) -> (Chain, Institution, Institution) {
	let mut chain = Chain::new();
	let (bank, fund) = chain.look(|| (join("bank", &[Role::Seller]), join("fund", &[Role::Issuer])));
	TheFault::set(fault);
	// As `set_code` leaves it to the next block.
	chain.look(frame_system::LastRuntimeUpgrade::<Runtime>::kill);
	(chain, bank, fund)
}

/// Safe mode is on, members' permissions stand still, evidence and the council go on.
fn the_council_can_act(chain: &mut Chain, bank: &Institution, fund: &Institution) {
	chain.import(|| {
		assert!(SafeMode::is_entered());
		let entries = vec![cooperation(bank, fund, 30)].try_into().expect("one fits");
		let apply = pallet_channels::Call::<Runtime>::apply { cooperations: entries };
		assert_eq!(
			send(&bank.manager, apply.into()).expect("valid, though without effect"),
			Err(frame_system::Error::<Runtime>::CallFiltered.into())
		);
		let anchor = pallet_anchors::Call::<Runtime>::anchor {
			sequence: 0,
			root: [7; 32],
		};
		assert_ok!(send(&bank.delegate, anchor.into()).expect("evidence is taken"));
		// The code of the next upgrade, and the motion for it. What it dispatches with root stands for `set_code`.
		let next: RuntimeCall = frame_system::Call::set_storage {
			items: vec![(b"upgraded".to_vec(), b"again".to_vec())],
		}
		.into();
		let bytes = next.encode();
		let hash = BlakeTwo256::hash(&bytes);
		let note = pallet_preimage::Call::<Runtime>::note_preimage { bytes };
		assert_ok!(send(&COUNCIL[0].pair(), note.into()).expect("a preimage is taken"));
		let upgrade = pallet_utility::Call::<Runtime>::batch_all {
			calls: vec![
				pallet_whitelist::Call::whitelist_call { call_hash: hash }.into(),
				pallet_whitelist::Call::dispatch_whitelisted_call_with_preimage { call: Box::new(next) }.into(),
			],
		};
		assert_ok!(motion(4, upgrade));
	});
	chain.look(|| {
		assert_eq!(sp_io::storage::get(b"upgraded").as_deref(), Some(&b"again"[..]));
	});
	assert_eq!(chain.mode(), ExtrinsicInclusionMode::AllExtrinsics);
	chain.import(|| {
		assert_eq!(
			motion(3, pallet_safe_mode::Call::force_exit {}),
			Err(DispatchError::BadOrigin)
		);
		assert_ok!(motion(4, pallet_safe_mode::Call::force_exit {}));
	});
	chain.look(|| assert!(!SafeMode::is_entered()));
}

/// The block in which it failed takes inherents only; the very next takes extrinsics.
fn a_failure_leaves_the_chain_to_the_council(fault: Fault, blocks: u32) {
	let (mut chain, bank, fund) = upgraded(fault);
	for block in 1..=blocks {
		chain.import(|| ());
		assert_eq!(chain.mode(), ExtrinsicInclusionMode::OnlyInherents, "block {block}");
	}
	chain.look(|| {
		assert!(matches!(MultiBlockMigrations::ongoing_status(), MbmIsOngoing::No));
		assert_eq!(SafeMode::remaining(), Some(u32::MAX - System::block_number()));
	});
	the_council_can_act(&mut chain, &bank, &fund);
}

#[test]
fn a_migration_that_fails_leaves_the_chain_to_the_council() {
	a_failure_leaves_the_chain_to_the_council(Fault::Fails, 2);
}

#[test]
fn a_migration_that_runs_out_of_steps_leaves_the_chain_to_the_council() {
	a_failure_leaves_the_chain_to_the_council(Fault::OutOfSteps, 3);
}

#[test]
fn a_migration_heavier_than_a_block_leaves_the_chain_to_the_council() {
	a_failure_leaves_the_chain_to_the_council(Fault::TooHeavy, 1);
}

#[test]
fn a_migration_that_fails_in_safe_mode_prolongs_it() {
	let (mut chain, bank, fund) = upgraded(Fault::None);
	chain.look(|| {
		assert_ok!(SafeMode::force_enter(council(2)));
	});
	TheFault::set(Fault::Fails);
	chain.pass(2);
	chain.look(|| assert_eq!(SafeMode::remaining(), Some(u32::MAX - System::block_number())));
	the_council_can_act(&mut chain, &bank, &fund);
}

#[test]
fn a_migration_that_is_done_leaves_nothing_behind() {
	let (mut chain, ..) = upgraded(Fault::None);
	chain.import(|| ());
	assert_eq!(chain.mode(), ExtrinsicInclusionMode::OnlyInherents);
	chain.import(|| {
		assert_ok!(motion(2, pallet_safe_mode::Call::force_enter {}));
	});
	assert_eq!(chain.mode(), ExtrinsicInclusionMode::AllExtrinsics);
}

/// Nobody could stop it: no block takes an extrinsic while it runs.
#[test]
fn a_migration_that_never_ends_is_given_up_after_a_day() {
	let (mut chain, bank, fund) = upgraded(Fault::Endless);
	chain.pass(3);
	chain.skip(MaxMigrationBlocks::get() - 5);
	chain.import(|| ());
	chain.import(|| ());
	assert_eq!(chain.mode(), ExtrinsicInclusionMode::OnlyInherents);
	chain.look(|| assert!(!Cursor::<Runtime>::exists()));
	the_council_can_act(&mut chain, &bank, &fund);
}

/// Whatever left it stuck: a handler that keeps it so, an upgrade into a running migration, root.
#[test]
fn a_stuck_migration_is_given_up_at_once() {
	let (mut chain, bank, fund) = upgraded(Fault::None);
	chain.pass(1);
	chain.look(|| Cursor::<Runtime>::put(MigrationCursor::Stuck));
	chain.import(|| ());
	assert_eq!(chain.mode(), ExtrinsicInclusionMode::OnlyInherents);
	the_council_can_act(&mut chain, &bank, &fund);
}

/// The way back that a motion schedules together with an upgrade, for a runtime that would keep the chain frozen: it needs no
/// extrinsic when its time comes.
#[test]
fn a_way_back_that_was_scheduled_before_the_upgrade_comes_by_itself() {
	let mut chain = Chain::new();
	let (bank, fund) = chain.look(|| (join("bank", &[Role::Seller]), join("fund", &[Role::Issuer])));
	let way_back: RuntimeCall = pallet_utility::Call::force_batch {
		calls: vec![
			pallet_safe_mode::Call::force_enter {}.into(),
			pallet_safe_mode::Call::force_extend {}.into(),
			pallet_migrations::Call::force_set_cursor { cursor: None }.into(),
		],
	}
	.into();
	let at = 12;
	chain.import(|| {
		let hash = BlakeTwo256::hash_of(&way_back);
		let schedule = pallet_scheduler::Call::<Runtime>::schedule_named {
			id: [1; 32],
			when: at,
			maybe_periodic: None,
			priority: 0,
			call: Box::new(
				pallet_whitelist::Call::dispatch_whitelisted_call_with_preimage {
					call: Box::new(way_back.clone()),
				}
				.into(),
			),
		};
		let both = pallet_utility::Call::<Runtime>::batch_all {
			calls: vec![
				pallet_whitelist::Call::whitelist_call { call_hash: hash }.into(),
				schedule.into(),
			],
		};
		assert_ok!(motion(4, both));
	});
	TheFault::set(Fault::Endless);
	chain.look(frame_system::LastRuntimeUpgrade::<Runtime>::kill);
	for block in 2..at {
		chain.import(|| ());
		assert_eq!(chain.mode(), ExtrinsicInclusionMode::OnlyInherents, "block {block}");
	}
	chain.import(|| ());
	assert_eq!(chain.mode(), ExtrinsicInclusionMode::AllExtrinsics);
	the_council_can_act(&mut chain, &bank, &fund);
}

/// The council's way out of a failed migration cannot be paused away beforehand.
#[test]
fn what_the_council_needs_after_a_failure_goes_although_all_is_paused() {
	let (mut chain, bank, fund) = upgraded(Fault::Fails);
	chain.look(|| {
		for (pallet, call) in [("Preimage", "note_preimage"), ("Utility", "batch_all")] {
			assert_ok!(TxPause::pause(council(3), name(pallet, call)));
		}
	});
	chain.pass(2);
	chain.import(|| {
		for (pallet, call) in [("Preimage", "note_preimage"), ("Utility", "batch_all")] {
			let ident = name(pallet, call);
			assert_ok!(motion(4, pallet_tx_pause::Call::unpause { ident }));
		}
	});
	the_council_can_act(&mut chain, &bank, &fund);
}
