// SPDX-License-Identifier: Apache-2.0

use super::prelude::*;

use codec::Encode;
use frame_support::{
	dispatch::{DispatchInfo, GetDispatchInfo, Pays, PostDispatchInfo},
	weights::Weight,
};
use pallet_transaction_payment::{ChargeTransactionPayment, OnChargeTransaction};
use sp_runtime::{
	traits::DispatchTransaction,
	transaction_validity::{InvalidTransaction, TransactionValidityError},
};

type Charging = Allowance<Test>;

const FULL: u64 = BLOCK_WEIGHT / 5;
const PER_BLOCK: u64 = BLOCK_WEIGHT / 50;

fn call() -> RuntimeCall {
	frame_system::Call::remark { remark: vec![] }.into()
}

fn refused(invalid: InvalidTransaction) -> TransactionValidityError {
	invalid.into()
}

/// Takes `fee` from whoever pays for `who`.
fn charge(who: AccountId, fee: u64) -> Result<(), TransactionValidityError> {
	let info = DispatchInfo::default();
	let may = Charging::can_withdraw_fee(&who, &call(), &info, fee.into(), 0);
	let done = Charging::withdraw_fee(&who, &call(), &info, fee.into(), 0).map(|_| ());
	assert_eq!(may, done, "validation and execution must agree");
	done
}

/// Runs a call as a transaction of `who`; says whether it was valid.
fn transact(who: AccountId, call: impl Into<RuntimeCall>) -> Result<(), TransactionValidityError> {
	let call = call.into();
	let info = call.get_dispatch_info();
	let length = call.encoded_size();
	ChargeTransactionPayment::<Test>::from(0)
		.dispatch_transaction(RuntimeOrigin::signed(who), call, &info, length, 0)
		.map(|_| ())
}

#[test]
fn fails_when_an_outsider_sends_anything() {
	build_and_execute(|| {
		bank();
		for who in [OUTSIDER, ADMIT] {
			assert_eq!(transact(who, call()), Err(refused(InvalidTransaction::BadSigner)));
			// Free of fees or not.
			let free = DispatchInfo {
				pays_fee: Pays::No,
				..Default::default()
			};
			assert_eq!(
				ChargeTransactionPayment::<Test>::from(0)
					.validate_and_prepare(RuntimeOrigin::signed(who), &call(), &free, 100, 0)
					.map(|_| ())
					.unwrap_err(),
				refused(InvalidTransaction::BadSigner)
			);
		}
	});
}

#[test]
fn fails_when_the_member_is_suspended_or_gone() {
	build_and_execute(|| {
		let (bank, _) = bank();
		assert_ok!(transact(BANK, call()));
		assert_ok!(Members::suspend(RuntimeOrigin::signed(SUSPEND), bank));
		for who in [BANK, BANK_DELEGATE] {
			assert_eq!(transact(who, call()), Err(refused(InvalidTransaction::BadSigner)));
		}
		assert_ok!(Members::reinstate(RuntimeOrigin::signed(ADMIT), bank, 1));
		assert_ok!(transact(BANK, call()));
		assert_ok!(Members::remove(RuntimeOrigin::signed(EXIT), bank));
		for who in [BANK, BANK_DELEGATE] {
			assert_eq!(transact(who, call()), Err(refused(InvalidTransaction::BadSigner)));
		}
	});
}

/// Who acts through a seat or a manager draws on it, as long as that has a right itself.
#[test]
fn who_acts_through_others_draws_on_their_allowance() {
	build_and_execute(|| {
		let (bank, _) = bank();
		Hands::set(vec![
			(500, BANK),
			(501, COUNCILLOR),
			(502, BANK_DELEGATE),
			(503, OUTSIDER),
		]);
		assert_ok!(charge(500, FULL));
		assert_eq!(charge(BANK, 1), Err(refused(InvalidTransaction::Payment)));
		assert_ok!(charge(501, 1));
		assert_eq!(Members::payer_of(&501, &call()), Ok(Payer::Council(COUNCILLOR)));
		// Neither a delegate nor an outsider lends a right.
		for who in [502, 503] {
			assert_eq!(charge(who, 1), Err(refused(InvalidTransaction::BadSigner)));
		}
		assert_ok!(Members::suspend(RuntimeOrigin::signed(SUSPEND), bank));
		assert_eq!(charge(500, 1), Err(refused(InvalidTransaction::BadSigner)));
		Hands::set(Vec::new());
	});
}

#[test]
fn fails_when_a_delegate_sends_what_delegates_are_not_for() {
	build_and_execute(|| {
		bank();
		assert_ok!(transact(BANK_DELEGATE, call()));
		assert_eq!(
			transact(BANK_DELEGATE, crate::Call::exit {}),
			Err(refused(InvalidTransaction::Call))
		);
	});
}

#[test]
fn boundary_more_members_than_full_shares_share_what_those_have() {
	build_and_execute(|| {
		let shares = |members: u64| PER_BLOCK * 4 / members.max(4);
		for members in 1..=8 {
			admit(members, seller());
			assert_eq!(Members::member_limits().per_block, shares(members), "{members} members");
		}
	});
}

#[test]
fn manager_and_delegates_share_one_allowance() {
	build_and_execute(|| {
		bank();
		assert_ok!(charge(BANK, FULL - 10));
		assert_eq!(charge(BANK_DELEGATE, 11), Err(refused(InvalidTransaction::Payment)));
		assert_ok!(charge(BANK_DELEGATE, 10));
		assert_eq!(Members::allowance_of(BANK), Some(0));
	});
}

#[test]
fn a_member_that_floods_stops_itself_and_nobody_else() {
	build_and_execute(|| {
		bank();
		issuer_with_node();
		let flood = frame_system::Call::remark {
			remark: vec![0; 1_000_000],
		};
		let mut sent = 0;
		while transact(BANK, flood.clone()).is_ok() {
			sent += 1;
			assert!(sent < 10_000, "the allowance never ran out");
		}
		assert!(sent > 0);
		assert_eq!(transact(BANK, flood.clone()), Err(refused(InvalidTransaction::Payment)));
		assert_ok!(transact(ISSUER, flood.clone()));
		assert_ok!(transact(COUNCILLOR, flood.clone()));
		run_to(2);
		assert_ok!(transact(BANK, flood));
	});
}

#[test]
fn refills_with_every_block_up_to_the_limit() {
	build_and_execute(|| {
		bank();
		assert_eq!(Members::allowance_of(BANK), Some(FULL));
		assert_ok!(charge(BANK, FULL));
		run_to(3);
		assert_eq!(Members::allowance_of(BANK), Some(2 * PER_BLOCK));
		run_to(1_000);
		assert_eq!(Members::allowance_of(BANK), Some(FULL));
	});
}

/// What a call that was taken for a weight of 1,000,000 gives back with this outcome.
fn returned(outcome: PostDispatchInfo) -> u64 {
	let info = DispatchInfo {
		call_weight: Weight::from_parts(1_000_000, 0),
		..Default::default()
	};
	let (pre, _) = ChargeTransactionPayment::<Test>::from(0)
		.validate_and_prepare(RuntimeOrigin::signed(BANK), &call(), &info, 0, 0)
		.unwrap();
	let before = Members::allowance_of(BANK).unwrap();
	let mut outcome = outcome;
	<ChargeTransactionPayment<Test> as sp_runtime::traits::TransactionExtension<RuntimeCall>>::post_dispatch(
		pre,
		&info,
		&mut outcome,
		0,
		&Ok(()),
	)
	.unwrap();
	Members::allowance_of(BANK).unwrap() - before
}

#[test]
fn what_a_call_did_not_use_comes_back() {
	build_and_execute(|| {
		bank();
		let outcome = |actual: Option<u64>| PostDispatchInfo {
			actual_weight: actual.map(|weight| Weight::from_parts(weight, 0)),
			pays_fee: Pays::Yes,
		};
		assert_eq!(returned(outcome(Some(400_000))), 600_000);
		assert_eq!(returned(outcome(None)), 0);
	});
}

#[test]
fn a_call_made_free_afterwards_costs_all_the_same() {
	build_and_execute(|| {
		bank();
		let outcome = |actual: Option<u64>| PostDispatchInfo {
			actual_weight: actual.map(|weight| Weight::from_parts(weight, 0)),
			pays_fee: Pays::No,
		};
		assert_eq!(returned(outcome(Some(400_000))), 600_000);
		assert_eq!(returned(outcome(None)), 0);
	});
}

#[test]
fn a_tip_is_paid_from_the_allowance() {
	build_and_execute(|| {
		bank();
		let tip = 5_000_000u128;
		let info = DispatchInfo::default();
		let spent = |tip| {
			let before = Members::allowance_of(BANK).unwrap();
			assert_ok!(ChargeTransactionPayment::<Test>::from(tip).validate_and_prepare(
				RuntimeOrigin::signed(BANK),
				&call(),
				&info,
				0,
				0,
			));
			before - Members::allowance_of(BANK).unwrap()
		};
		assert_eq!(spent(tip) - spent(0), tip as u64);
	});
}

#[test]
fn leaving_the_consortium_leaves_no_allowance_behind() {
	build_and_execute(|| {
		let (bank, _) = bank();
		// Takes part of what was withdrawn back after the membership has ended.
		assert_ok!(transact(BANK, crate::Call::exit {}));
		assert_eq!(Members::member_of(&BANK), None);
		assert!(!MemberAllowances::<Test>::contains_key(bank));
	});
}

#[test]
fn a_councillor_who_acts_for_a_member_pays_alone() {
	build_and_execute(|| {
		let (bank, _) = bank();
		Council::set(vec![BANK]);
		assert_ok!(charge(BANK_DELEGATE, FULL));
		assert_eq!(Members::payer(&BANK), Some(Payer::Council(BANK)));
		assert_ok!(charge(BANK, 1));
		// Suspension takes the institution's voice, not the councillor's.
		assert_ok!(Members::suspend(RuntimeOrigin::signed(SUSPEND), bank));
		assert_ok!(charge(BANK, 1));
	});
}

#[test]
fn boundary_fees_beyond_all_numbers_are_refused() {
	build_and_execute(|| {
		bank();
		assert_eq!(
			Charging::can_withdraw_fee(&BANK, &call(), &DispatchInfo::default(), u128::MAX, 0),
			Err(refused(InvalidTransaction::Payment))
		);
	});
}

#[test]
fn boundary_a_councillor_can_send_a_call_that_weighs_a_whole_block() {
	build_and_execute(|| {
		assert_eq!(
			charge(COUNCILLOR, BLOCK_WEIGHT + 1),
			Err(refused(InvalidTransaction::Payment))
		);
		assert_ok!(charge(COUNCILLOR, BLOCK_WEIGHT));
	});
}
