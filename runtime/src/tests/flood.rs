// SPDX-License-Identifier: Apache-2.0

//! One member floods: its allowance stops it at validation, the others and the council go on in the same blocks.

use super::{
	emergency::{motion, motion_of},
	setup::*,
};
use crate::{
	configs::{
		consensus::SessionPeriod,
		system::{FeePerByte, RuntimeBlockLength, RuntimeBlockWeights},
	},
	Members, Runtime, RuntimeCall, System, TransactionPayment,
};
use codec::Encode;
use frame_support::{
	assert_ok,
	dispatch::{DispatchClass, DispatchInfo, GetDispatchInfo, Pays},
};
use sealane_primitives::business::Role;
use sp_core::sr25519;
use sp_runtime::{
	traits::One,
	transaction_validity::{InvalidTransaction, TransactionValidityError},
	FixedU128,
};

fn exhausted() -> TransactionValidityError {
	InvalidTransaction::Payment.into()
}

/// Units that all normal calls of a block may use together.
fn normal_per_block() -> u64 {
	let normal = RuntimeBlockWeights::get().get(DispatchClass::Normal).max_total;
	normal.expect("normal calls are bounded").ref_time()
}

fn max_allowance() -> u64 {
	<Runtime as pallet_members::Config>::MaxAllowance::get()
}

fn per_block() -> u64 {
	<Runtime as pallet_members::Config>::AllowancePerBlock::get()
}

fn left(who: &sr25519::Pair) -> u64 {
	Members::allowance_of(account(who)).expect("the account may transact")
}

/// A call that succeeds for a manager and weighs at least `weight`: the same contact many times.
fn heavy(weight: u64) -> RuntimeCall {
	let contact = b"operations desk".to_vec().try_into().expect("short");
	filled_with(pallet_members::Call::update_contact { contact }.into(), weight)
}

/// A call of which every part fails, and that weighs at least `weight`: only the council admits validators.
fn heavy_and_failing(weight: u64) -> RuntimeCall {
	let who = account(&key("nobody"));
	filled_with(pallet_validators::Call::add_validator { validator: who }.into(), weight)
}

fn filled_with(call: RuntimeCall, weight: u64) -> RuntimeCall {
	let one = call.get_dispatch_info().call_weight.ref_time().max(1);
	let count = weight.div_ceil(one).clamp(1, 8_000) as usize;
	pallet_utility::Call::force_batch {
		calls: vec![call; count],
	}
	.into()
}

/// Sends `call` from each account in turn until all are refused; how many went through, and the refusals.
fn flood(accounts: &[&sr25519::Pair], call: &RuntimeCall) -> (u32, Vec<TransactionValidityError>) {
	let (mut taken, mut refusals) = (0, Vec::new());
	for who in accounts {
		loop {
			let extrinsic = next_by(who, call.clone());
			match crate::Executive::apply_extrinsic(extrinsic) {
				Ok(_) => taken += 1,
				Err(error) => {
					refusals.push(error);
					break;
				}
			}
		}
	}
	(taken, refusals)
}

fn remark_of(who: &sr25519::Pair) -> Result<(), TransactionValidityError> {
	let call = frame_system::Call::remark {
		remark: b"an honest call".to_vec(),
	};
	send(who, call.into()).map(|result| {
		assert_ok!(result);
	})
}

/// Sends an anchor, as a node does. Whether the chain takes this one is the anchors' business; here, that it gets into the block.
fn anchor_of(who: &sr25519::Pair) -> Result<(), TransactionValidityError> {
	let call = pallet_anchors::Call::anchor {
		sequence: u64::from(System::block_number()),
		root: [7; 32],
	};
	send(who, call.into()).map(drop)
}

/// The flood, block by block: `call` is what the flooder sends, before everybody else.
fn flooding_hurts_nobody_else(call: RuntimeCall) {
	let mut chain = Chain::new();
	let (flooder, bank, second) = chain.look(|| {
		let flooder = join("flooder", &[Role::Seller]);
		// A second node, so that there is another delegate: all share one allowance.
		let (courier, second) = (courier_key("flooder/2/courier"), key("flooder/2"));
		assert_ok!(Members::register_node(
			flooder.origin(),
			pallet_members::network::peer_of_key(&courier),
			Default::default(),
			courier,
			courier,
			account(&second),
		));
		(flooder, join("bank", &[Role::Seller]), second)
	});
	// Its delegates may not send it; with the manager they share one allowance.
	let accounts = [&flooder.manager];
	let mut spent = 0u64;
	// Enough for the refill to count.
	let blocks = SessionPeriod::get() - 1;
	for block in 1..=blocks {
		chain.block(|| {
			let before = left(&flooder.manager);
			let (taken, refusals) = flood(&accounts, &call);
			assert!(
				// A quarter of what flows in with a block each.
				block == 1 || taken <= 4,
				"{taken} in block {block}"
			);
			assert!(
				refusals.iter().all(|error| *error == exhausted()),
				"{refusals:?} in block {block}"
			);
			// Manager and delegates share one allowance, and weight was really charged.
			let after = left(&flooder.manager);
			assert_eq!([after; 2], [left(&flooder.delegate), left(&second)]);
			spent += before - after;
			assert!(before - after <= normal_per_block() / 2, "no burst fills a block");

			// The pool says the same as the block. It takes in what is refilled until the next one.
			let too_heavy = filled_with(call.clone(), after + 2 * per_block());
			for who in accounts {
				assert_eq!(validate(next_by(who, too_heavy.clone())).map(drop), Err(exhausted()));
			}

			// Others in the same block, behind all that.
			assert_ok!(remark_of(&bank.manager));
			assert_ok!(anchor_of(&bank.delegate));
			assert_ok!(motion(3, pallet_safe_mode::Call::force_enter {}));
			assert_ok!(motion(4, pallet_safe_mode::Call::force_exit {}));
			assert_eq!(TransactionPayment::next_fee_multiplier(), FixedU128::one());
		});
	}
	let refilled = u64::from(blocks - 1) * per_block();
	assert!(
		spent <= max_allowance() + refilled,
		"{spent} spent of {}",
		max_allowance() + refilled
	);
	assert!(spent >= max_allowance(), "the flood used up a full allowance: {spent}");
	// Left alone for as long as the allowance takes to fill, the flooder may transact again as if nothing had been.
	let wait = max_allowance().div_ceil(per_block()) as u32;
	chain.pass(wait + 1);
	chain.block(|| {
		assert_eq!(left(&flooder.manager), max_allowance());
		assert_ok!(remark_of(&flooder.manager));
		assert_ok!(anchor_of(&second));
	});
}

#[test]
fn a_member_that_floods_is_stopped_and_hurts_nobody_else() {
	flooding_hurts_nobody_else(heavy(per_block() / 4));
}

#[test]
fn calls_that_fail_cost_as_well() {
	flooding_hurts_nobody_else(heavy_and_failing(per_block() / 4));
}

/// Calls for emergencies have a share of the block of their own. Whoever may not make them pays all the same, and cannot fill
/// that share.
#[test]
fn calls_of_the_operational_class_are_no_way_around() {
	let suspend: RuntimeCall = pallet_members::Call::suspend { member: 0 }.into();
	let call = filled_with(suspend, per_block() / 4);
	assert_eq!(call.get_dispatch_info().class, DispatchClass::Operational);
	flooding_hurts_nobody_else(call);
}

/// Blocks end by length as well as by weight. Long calls that weigh next to nothing fill no more of a block than heavy ones.
#[test]
fn long_calls_hurt_nobody_else_either() {
	let mut chain = Chain::new();
	let (flooder, bank) = chain.look(|| (join("flooder", &[Role::Seller]), join("bank", &[Role::Seller])));
	let long = |length: usize| {
		RuntimeCall::System(frame_system::Call::remark {
			remark: vec![0; length],
		})
	};
	let room = *RuntimeBlockLength::get().max.get(DispatchClass::Normal) as usize;
	let mut sent = 0;
	for _ in 1..SessionPeriod::get() {
		chain.block(|| {
			let (taken, refusals) = flood(&[&flooder.manager], &long(room / 64));
			// Its allowance ended it, not the block.
			assert_eq!(refusals, [exhausted()]);
			assert!(taken <= 32, "{taken} of 64 parts of a block");
			sent += taken;
			assert_ok!(send(&bank.manager, long(room / 16)).expect("there is room"));
		});
	}
	// Half a block from what was saved up, a tenth of one with each block.
	let most = 32 + 64 * (SessionPeriod::get() - 2) / 10;
	assert!(sent <= most && sent >= most / 2, "{sent} of {most}");
}

#[test]
fn a_failed_call_costs_its_weight() {
	let mut chain = Chain::new();
	let bank = chain.look(|| join("bank", &[Role::Seller]));
	chain.block(|| {
		let call = RuntimeCall::from(pallet_validators::Call::set_floor { floor: 1 });
		let before = left(&bank.manager);
		assert!(send(&bank.manager, call.clone())
			.expect("valid, though without effect")
			.is_err());
		assert!(before - left(&bank.manager) >= call.get_dispatch_info().call_weight.ref_time());
	});
}

/// The fee is base weight, weight and length, in every block as in the first.
#[test]
fn weight_costs_the_same_at_every_block() {
	let mut chain = Chain::new();
	let bank = chain.look(|| join("bank", &[Role::Seller]));
	let mut costs = Vec::new();
	for _ in 0..4 * SessionPeriod::get() {
		// Blocks of both kinds, with extrinsics and without, since demand moves other chains' fees.
		chain.block(|| {
			let before = left(&bank.manager);
			assert_ok!(remark_of(&bank.manager));
			costs.push(before - left(&bank.manager));
			assert_eq!(TransactionPayment::next_fee_multiplier(), FixedU128::one());
		});
		chain.pass(1);
	}
	assert!(costs.len() > 50, "{} blocks", costs.len());
	let call = RuntimeCall::System(frame_system::Call::remark {
		remark: b"an honest call".to_vec(),
	});
	let extrinsic = chain.look(|| signed_by(&bank.manager, call, 1));
	let info = extrinsic.get_dispatch_info();
	let base = RuntimeBlockWeights::get().get(info.class).base_extrinsic.ref_time();
	let least = base + info.call_weight.ref_time() + extrinsic.encoded_size() as u64 * FeePerByte::get() as u64;
	assert!(costs.iter().all(|cost| *cost == costs[0]), "{costs:?}");
	assert!(costs[0] >= least, "{} is below weight and length, {least}", costs[0]);
	assert_eq!(info.pays_fee, Pays::Yes);
}

/// No burst of a single member keeps the others out of a block, and an allowance fills within a few blocks.
#[test]
fn a_full_allowance_is_at_most_half_of_what_a_block_gives() {
	assert!(max_allowance() <= normal_per_block() / 2);
	assert!(max_allowance() >= per_block());
}

/// A stolen seat fills one block, and none after it for as long as it floods; the other seats have allowances of their own.
#[test]
fn a_councillor_that_floods_stops_at_its_own_allowance() {
	let mut chain = Chain::new();
	let councillor = COUNCIL[0].pair();
	let bank = chain.look(|| join("bank", &[Role::Seller]));
	let (max, per_block) = (
		<Runtime as pallet_members::Config>::MaxCouncilAllowance::get(),
		<Runtime as pallet_members::Config>::CouncilAllowancePerBlock::get(),
	);
	let call = heavy_and_failing(normal_per_block() / 20);
	chain.block(|| {
		assert_eq!(left(&councillor), max);
		let (taken, _) = flood(&[&councillor], &call);
		assert!(taken > 0 && left(&councillor) < max / 2);
		// Another seat has its own.
		assert_eq!(left(&COUNCIL[1].pair()), max);
		assert_ok!(motion_of(&COUNCIL[1..], pallet_safe_mode::Call::force_enter {}));
		assert_ok!(motion_of(&COUNCIL[1..], pallet_safe_mode::Call::force_exit {}));
	});
	let mut spent = max - chain.look(|| left(&councillor));
	let blocks = SessionPeriod::get() - 1;
	for _ in 2..=blocks {
		chain.block(|| {
			let before = left(&councillor);
			let (_, refusals) = flood(&[&councillor], &call);
			assert_eq!(refusals, [exhausted()]);
			spent += before - left(&councillor);
			assert_ok!(remark_of(&bank.manager));
			assert_ok!(anchor_of(&bank.delegate));
		});
	}
	assert!(spent <= max + u64::from(blocks - 1) * per_block, "{spent}");
	assert!(spent >= max, "the flood used up a full allowance: {spent}");
}

/// What governance needs is not too much for a councillor: the heaviest normal call, the heaviest motion, and the longest call, an
/// upgrade's preimage.
#[test]
fn boundary_a_councillor_can_send_what_governance_takes() {
	let max = u128::from(<Runtime as pallet_members::Config>::MaxCouncilAllowance::get());
	let normal = RuntimeBlockWeights::get().get(DispatchClass::Normal).max_extrinsic;
	let motion = crate::configs::governance::MaxProposalWeight::get();
	let heaviest = [
		(DispatchClass::Normal, normal.expect("bounded")),
		(DispatchClass::Operational, motion),
	];
	let mut chain = Chain::new();
	for (class, call_weight) in heaviest {
		let info = DispatchInfo {
			call_weight,
			class,
			..Default::default()
		};
		let fee = chain.look(|| TransactionPayment::compute_fee(4_096, &info, 0));
		assert!(fee <= max, "{class:?}: {fee} of {max}");
	}
	let room = *RuntimeBlockLength::get().max.get(DispatchClass::Normal) as usize;
	let councillor = COUNCIL[0].pair();
	let longest = |byte: u8| {
		let bytes = vec![byte; room - 1_024];
		RuntimeCall::Preimage(pallet_preimage::Call::note_preimage { bytes })
	};
	let before = chain.look(|| left(&councillor));
	chain.block(|| {
		assert_ok!(send(&councillor, longest(1)).expect("there is room, and allowance"));
	});
	chain.block(|| {
		// It is not made free afterwards, as noting is elsewhere; else a stolen seat could fill every block.
		assert!(before - left(&councillor) > before / 2);
		assert_eq!(send(&councillor, longest(2)), Err(exhausted()));
	});
}

/// A stolen seat floods with all that it has for two minutes, from a fresh account as often as `changes` in every block.
fn a_flooding_seat_keeps_the_others_out_of_no_block(call: RuntimeCall, changes: u32) {
	let mut chain = Chain::new();
	let bank = chain.look(|| join("bank", &[Role::Seller]));
	let (max, refilled) = (
		<Runtime as pallet_members::Config>::MaxCouncilAllowance::get(),
		<Runtime as pallet_members::Config>::CouncilAllowancePerBlock::get(),
	);
	let (mut holder, mut spent) = (COUNCIL[0].pair(), 0);
	let blocks = 60u32;
	for block in 1..=blocks {
		chain.block(|| {
			for change in 0..=changes {
				let before = left(&holder);
				flood(&[&holder], &call);
				spent += before - left(&holder);
				if change < changes {
					let fresh = key(&format!("fresh {block}/{change}"));
					let (old, new) = (account(&holder).into(), account(&fresh).into());
					assert_ok!(crate::CouncilMembership::swap_member(council(4), old, new));
					holder = fresh;
				}
			}
			let restricted = block % 2 == 0;
			let decided = motion_of(
				&COUNCIL[1..],
				pallet_members::Call::set_connection_policy { restricted },
			);
			assert_eq!(decided, Ok(()), "block {block}: a motion of four");
			// The block that ends a session has no room for normal calls of anybody.
			if block > 1 && !block.is_multiple_of(SessionPeriod::get()) {
				assert_eq!(remark_of(&bank.manager), Ok(()), "block {block}");
				assert_eq!(anchor_of(&bank.delegate), Ok(()), "block {block}");
			}
		});
	}
	let most = max + u64::from(blocks) * refilled;
	assert!(spent <= most, "{spent} of {most}");
	assert!(spent >= max / 2, "it did flood: {spent}");
}

#[test]
fn a_stolen_seat_keeps_the_others_out_of_no_block() {
	let normal = heavy_and_failing(per_block() / 8);
	let operational = filled_with(pallet_members::Call::suspend { member: 0 }.into(), per_block() / 8);
	assert_eq!(operational.get_dispatch_info().class, DispatchClass::Operational);
	let long = RuntimeCall::System(frame_system::Call::remark {
		remark: vec![0; 100_000],
	});
	for call in [normal, operational, long] {
		for changes in [0, 1, 2] {
			a_flooding_seat_keeps_the_others_out_of_no_block(call.clone(), changes);
		}
	}
}

/// However many members flood at the same time, all of them together use no more of the blocks than normal calls may.
#[test]
fn all_members_together_have_what_normal_calls_may_use() {
	local().execute_with(|| {
		let per_block = || Members::member_limits().per_block;
		let mut members = 0u64;
		let mut last = per_block();
		while members < 30 {
			join(&format!("member {members}"), &[Role::Seller]);
			members += 1;
			assert!(per_block() <= last && per_block() > 0, "{members} members");
			assert!(per_block() * members <= normal_per_block(), "{members} members");
			last = per_block();
		}
		assert_eq!(last, normal_per_block() / 30);
	});
}

/// Nobody else leaves megabytes in the state.
#[test]
fn only_councillors_note_preimages() {
	let mut chain = Chain::new();
	let bank = chain.look(|| join("bank", &[Role::Seller]));
	let note = |byte: u8| RuntimeCall::Preimage(pallet_preimage::Call::note_preimage { bytes: vec![byte; 100] });
	chain.block(|| {
		assert!(send(&bank.manager, note(1))
			.expect("valid, though without effect")
			.is_err());
		assert_eq!(pallet_preimage::PreimageFor::<Runtime>::iter_keys().count(), 0);
		assert_ok!(send(&COUNCIL[0].pair(), note(2)).expect("valid"));
		assert_eq!(pallet_preimage::PreimageFor::<Runtime>::iter_keys().count(), 1);
	});
}
