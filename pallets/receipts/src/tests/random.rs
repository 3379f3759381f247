// SPDX-License-Identifier: Apache-2.0

//! Random sequences of all calls by random accounts, with the invariants checked after each step.

use crate::{mock::*, *};
use frame_support::dispatch::DispatchResult;
use proptest::{prelude::*, test_runner::TestRunner};
use sealane_primitives::{directory::Refusal, ids::*, traits::RegistrationRegistry};
use std::{cell::RefCell, collections::BTreeMap};

/// Sequences and their length: 100,000 calls.
const CASES: u32 = 500;
const STEPS: usize = 200;
/// Kinds of steps; frequent calls have two.
const KINDS: usize = 8;

/// One step: which call, by whom, and raw material for its arguments.
type Step = (u8, u8, u8, u8);

fn origin(raw: u8) -> RuntimeOrigin {
	match raw % 16 {
		0..=4 => by_delegate(ISSUER),
		5..=8 => by(ISSUER),
		9 | 10 => by(OTHER_ISSUER),
		11 => by(SELLER),
		12 => by(STRANGER),
		13 => RuntimeOrigin::signed(council()),
		14 => RuntimeOrigin::none(),
		_ => RuntimeOrigin::root(),
	}
}

fn reason(raw: u8) -> RevocationReason {
	use RevocationReason::*;
	[IssuedInError, Duplicate, Fraud, Order, Other][raw as usize % 5]
}

/// Few customers, so that calls meet what earlier ones left.
fn customer(raw: u8) -> u8 {
	raw % 40
}

fn step((call, who, a, b): Step) -> DispatchResult {
	let (count, one) = (b as usize % 6, commitment(customer(a)));
	let some = || {
		(0..count as u8)
			.map(|n| customer(a.wrapping_add(n.wrapping_mul(b))))
			.collect::<Vec<_>>()
	};
	match call as usize % KINDS {
		0 => ReceiptsPallet::issue(origin(who), one, b % 4 != 0),
		1 | 2 => {
			let receipts: Vec<_> = some().into_iter().map(|n| (n, (n ^ b) % 4 != 0)).take(5).collect();
			ReceiptsPallet::issue_batch(origin(who), batch(&receipts))
		}
		3 => ReceiptsPallet::close(origin(who), one),
		4 => ReceiptsPallet::close_batch(origin(who), commitments(&some()[..count.min(5)])),
		5 | 6 => ReceiptsPallet::revoke(origin(who), one, reason(b)),
		_ => ReceiptsPallet::force_revoke(origin(who), issuer(b), one, reason(b)),
	}
}

fn issuer(raw: u8) -> MemberId {
	[ISSUER, OTHER_ISSUER][raw as usize % 2]
}

/// What must not change once it was said.
fn history() -> BTreeMap<(MemberId, Digest), (Outcome, BlockNumber)> {
	Receipts::<Test>::iter()
		.map(|(i, c, r)| ((i, c), (r.outcome, r.issued_at)))
		.collect()
}

#[test]
fn no_sequence_of_calls_breaks_an_invariant() {
	let config = ProptestConfig {
		cases: CASES,
		max_shrink_iters: 2_000,
		..ProptestConfig::default()
	};
	let steps = proptest::collection::vec((any::<Step>(), any::<u8>()), STEPS..=STEPS);
	// How often each kind of step was accepted and refused: a kind that never gets through tests nothing.
	let outcomes = RefCell::new([[0u32; 2]; KINDS]);
	let result = TestRunner::new(config).run(&steps, |steps| {
		test(|| {
			let mut before = history();
			for (call, between) in steps {
				// As a block would: what fails leaves nothing behind.
				let result = frame_support::storage::with_storage_layer(|| step(call));
				outcomes.borrow_mut()[call.0 as usize % KINDS][usize::from(result.is_err())] += 1;
				if let Err(broken) = ReceiptsPallet::do_try_state() {
					panic!("{broken:?} after {call:?}: {result:?}");
				}
				let after = history();
				assert!(
					before.iter().all(|(id, said)| after.get(id) == Some(said)),
					"a receipt was forgotten by {call:?}"
				);
				before = after;
				for (issuer, commitment, receipt) in Receipts::<Test>::iter() {
					assert_eq!(
						ReceiptsPallet::is_registered(issuer, &commitment),
						receipt.outcome == Outcome::Accepted && receipt.status == Status::Open
					);
				}
				meanwhile(between);
			}
		});
		Ok(())
	});
	if let Err(failure) = result {
		panic!("{failure}");
	}
	let outcomes = outcomes.into_inner();
	assert!(outcomes.iter().flatten().all(|times| *times > 0), "{outcomes:?}");
}

/// What happens outside the pallet between two calls.
fn meanwhile(between: u8) {
	match between % 8 {
		0..=3 => System::set_block_number(System::block_number() + 1),
		4 => Members::edit(ISSUER, |m| {
			m.refusal = (between % 64 == 4).then_some(Refusal::MemberSuspended)
		}),
		_ => {}
	}
}
