// SPDX-License-Identifier: Apache-2.0

//! One member floods: its allowance stops it at validation, the others and the council go on in the same blocks.

use super::{emergency::motion, setup::*};
use crate::{
	configs::{consensus::SessionPeriod, system::RuntimeBlockWeights},
	Members, Runtime, RuntimeCall, RuntimeOrigin, System, TransactionPayment,
};
use codec::Encode;
use frame_support::{
	assert_ok,
	dispatch::{DispatchClass, GetDispatchInfo, Pays},
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

/// The flood, block by block: `call` is what the flooder sends, before everybody else.
fn flooding_hurts_nobody_else(call: RuntimeCall) {
	let mut chain = Chain::new();
	let (flooder, bank, second) = chain.look(|| {
		let flooder = join("flooder", &[Role::Seller]);
		// A second node, so that there is another delegate: all share one allowance.
		let (courier, second) = (key("flooder/2/courier"), key("flooder/2"));
		use sp_core::Pair;
		let courier = courier.public().0;
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
	let accounts = [&flooder.manager, &flooder.delegate, &second];
	let mut spent = 0u64;
	// One block less than a session: the block that ends a session takes no extrinsics of anybody.
	let blocks = SessionPeriod::get() - 1;
	for block in 1..=blocks {
		chain.block(|| {
			let before = left(&flooder.manager);
			let (taken, refusals) = flood(&accounts, &call);
			assert!(
				block == 1 || taken <= 1 + refusals.len() as u32,
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
			assert_ok!(remark_of(&bank.delegate));
			assert_ok!(motion(2, pallet_safe_mode::Call::force_enter {}));
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
		assert_ok!(remark_of(&second));
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
			// The block that ends a session takes no extrinsics.
			if System::block_number().is_multiple_of(SessionPeriod::get()) {
				return;
			}
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
	let least = base + info.call_weight.ref_time() + extrinsic.encoded_size() as u64 * 1_000;
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

#[test]
fn a_councillor_that_floods_stops_at_its_own_allowance() {
	let mut chain = Chain::new();
	let councillor = COUNCIL[0].pair();
	chain.block(|| {
		let max = <Runtime as pallet_members::Config>::MaxCouncilAllowance::get();
		assert_eq!(left(&councillor), max);
		let call = heavy_and_failing(normal_per_block() / 20);
		let (taken, _) = flood(&[&councillor], &call);
		assert!(taken > 0 && left(&councillor) < max);
		// Another seat has its own.
		assert_eq!(left(&COUNCIL[1].pair()), max);
	});
	let origin = RuntimeOrigin::signed(COUNCIL[0].to_account_id());
	chain.look(|| assert!(System::remark(origin, Vec::new()).is_ok()));
}
