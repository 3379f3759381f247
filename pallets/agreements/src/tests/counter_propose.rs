// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sealane_primitives::{
	clauses::Clauses,
	directory::{Refusal, Scope},
};

fn counter(who: u64, id: u32, years: u8) -> sp_runtime::DispatchResult {
	Agreements::counter_propose(signed(who), id, adult(years), None)
}

#[test]
fn takes_the_place_of_what_it_answers() {
	run(|| {
		let first = proposed(product("W1"), adult(18), None);
		assert_ok!(Agreements::counter_propose(
			signed(WEALTH_MANAGER),
			first,
			adult(21),
			Some(20)
		));
		let second = first + 1;
		assert_eq!(
			last_event(),
			Event::Countered {
				proposal: second,
				replaces: first,
				channel: CHANNEL,
				proposer: WEALTH,
				from: Some(20),
				clauses: 1,
			}
		);
		let entries = Agreements::proposals_of(CHANNEL);
		assert_eq!(entries.len(), 1);
		assert_eq!(entries[0].clauses, adult(21));
		assert_eq!(entries[0].proposal.scope, product("W1"));
		assert_eq!(entries[0].proposal.counters, Some(first));
		assert_eq!(entries[0].proposal.from, Some(20));
		// Nobody can accept what is off the table: an acceptance never hits other clauses than those that were read.
		assert_noop!(
			Agreements::accept(signed(WEALTH_MANAGER), first),
			Error::<Test>::ProposalNotFound
		);
	});
}

#[test]
fn goes_back_and_forth() {
	run(|| {
		let first = proposed(Scope::All, adult(18), None);
		assert_ok!(counter(WEALTH_MANAGER, first, 25));
		assert_ok!(counter(BANK_MANAGER, first + 1, 20));
		assert_ok!(counter(WEALTH_MANAGER, first + 2, 21));
		assert_ok!(Agreements::accept(signed(BANK_MANAGER), first + 3));
		assert_ok!(Agreements::ratify(signed(RATIFIER), first + 3));
		let (_, entry) = Agreements::version(1).expect("ratified");
		assert_eq!(entry.clauses, adult(21));
	});
}

#[test]
fn fails_when_proposal_is_own() {
	run(|| {
		let first = proposed(Scope::All, adult(18), None);
		assert_noop!(counter(BANK_MANAGER, first, 20), Error::<Test>::OwnProposal);
		assert_ok!(counter(WEALTH_MANAGER, first, 20));
		assert_noop!(counter(WEALTH_MANAGER, first + 1, 20), Error::<Test>::OwnProposal);
	});
}

#[test]
fn fails_when_joint() {
	run(|| {
		let first = joint(Scope::All, adult(18), None);
		assert_noop!(counter(WEALTH_MANAGER, first, 20), Error::<Test>::AlreadyJoint);
		assert_noop!(counter(BANK_MANAGER, first, 20), Error::<Test>::AlreadyJoint);
	});
}

#[test]
fn fails_when_no_party_unauthorized() {
	run(|| {
		let first = proposed(Scope::All, adult(18), None);
		assert_noop!(counter(RIVAL_MANAGER, first, 20), Error::<Test>::NotAuthorized);
		assert_noop!(counter(STRANGER, first, 20), Error::<Test>::NotAuthorized);
		Suspended::set(vec![WEALTH]);
		assert_noop!(counter(WEALTH_MANAGER, first, 20), Error::<Test>::NotActive);
	});
}

#[test]
fn fails_when_not_found_or_channel_ended() {
	run(|| {
		assert_noop!(counter(WEALTH_MANAGER, 5, 20), Error::<Test>::ProposalNotFound);
		let first = proposed(Scope::All, adult(18), None);
		set_refusal(CHANNEL, Some(Refusal::Revoked));
		assert_noop!(counter(WEALTH_MANAGER, first, 20), Error::<Test>::ChannelEnded);
	});
}

#[test]
fn fails_when_terms_are_not_well_formed() {
	run(|| {
		let first = proposed(Scope::All, adult(18), None);
		let answer = |clauses, from| Agreements::counter_propose(signed(WEALTH_MANAGER), first, clauses, from);
		assert_noop!(answer(Clauses::default(), None), Error::<Test>::NothingToWithdraw);
		assert_noop!(answer(adult(20), Some(1)), Error::<Test>::FromInPast);
		assert_noop!(answer(adult(20), Some(1_002)), Error::<Test>::FromTooFar);
		assert_ok!(answer(adult(20), Some(1_001)));
	});
}

#[test]
fn boundary_open_proposals_of_the_answering_party() {
	run(|| {
		for _ in 0..3 {
			assert_ok!(Agreements::propose(
				signed(WEALTH_MANAGER),
				CHANNEL,
				Scope::All,
				adult(18),
				None
			));
		}
		let first = proposed(Scope::All, adult(18), None);
		assert_noop!(
			counter(WEALTH_MANAGER, first, 20),
			Error::<Test>::MaxOpenProposalsExceeded
		);
		// What it cannot counter, it can decline.
		assert_ok!(Agreements::withdraw(signed(WEALTH_MANAGER), first));
	});
}
