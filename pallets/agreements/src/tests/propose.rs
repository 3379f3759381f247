// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use codec::Decode;
use frame_support::{assert_noop, assert_ok, traits::Get, BoundedVec};
use sealane_primitives::{
	clauses::{Clauses, Condition, Rule},
	directory::{Refusal, Scope},
};
use sp_runtime::DispatchError;

fn propose(who: u64, scope: Scope) -> sp_runtime::DispatchResult {
	Agreements::propose(signed(who), CHANNEL, scope, adult(18), None)
		.map(drop)
		.map_err(|refused| refused.error)
}

#[test]
fn either_party_may() {
	run(|| {
		assert_ok!(propose(BANK_MANAGER, Scope::All));
		assert_eq!(
			last_event(),
			Event::Proposed {
				proposal: 0,
				channel: CHANNEL,
				scope: Scope::All,
				proposer: BANK,
				from: None,
				clauses: 1
			}
		);
		assert_ok!(propose(WEALTH_MANAGER, product("W1")));
		let entries = Agreements::proposals_of(CHANNEL);
		assert_eq!(
			entries.iter().map(|e| (e.id, e.proposal.proposer)).collect::<Vec<_>>(),
			[(0, BANK), (1, WEALTH)]
		);
		assert_eq!(entries[1].clauses, adult(18));
		assert_eq!(entries[1].proposal.filed_at, 1);
	});
}

#[test]
fn fails_when_not_signed_unauthorized() {
	run(|| {
		let call = Agreements::propose(RuntimeOrigin::root(), CHANNEL, Scope::All, adult(18), None);
		assert_noop!(call, DispatchError::BadOrigin);
	});
}

#[test]
fn fails_when_no_party_unauthorized() {
	run(|| {
		assert_noop!(propose(STRANGER, Scope::All), Error::<Test>::NotAuthorized);
		assert_noop!(propose(RIVAL_MANAGER, Scope::All), Error::<Test>::NotAuthorized);
		assert_noop!(propose(RATIFIER, Scope::All), Error::<Test>::NotAuthorized);
	});
}

#[test]
fn fails_when_caller_is_suspended() {
	run(|| {
		Suspended::set(vec![BANK]);
		assert_noop!(propose(BANK_MANAGER, Scope::All), Error::<Test>::NotActive);
		// The partner is not bound by that.
		assert_ok!(propose(WEALTH_MANAGER, Scope::All));
	});
}

#[test]
fn fails_when_channel_is_unknown() {
	run(|| {
		let call = Agreements::propose(signed(BANK_MANAGER), 404, Scope::All, adult(18), None);
		assert_noop!(call, Error::<Test>::ChannelNotFound);
	});
}

#[test]
fn fails_when_channel_ended() {
	run(|| {
		for refusal in [
			Refusal::Revoked,
			Refusal::Expired,
			Refusal::MemberUnknown,
			Refusal::ChannelUnknown,
		] {
			set_refusal(CHANNEL, Some(refusal));
			assert_noop!(propose(BANK_MANAGER, Scope::All), Error::<Test>::ChannelEnded);
		}
	});
}

#[test]
fn works_before_the_grant_and_while_suspended() {
	run(|| {
		for refusal in [Refusal::NotGranted, Refusal::Suspended, Refusal::MemberSuspended] {
			set_refusal(CHANNEL, Some(refusal));
			assert_ok!(propose(BANK_MANAGER, Scope::All));
		}
	});
}

#[test]
fn fails_when_product_is_unknown() {
	run(|| {
		assert_noop!(propose(BANK_MANAGER, product("W9")), Error::<Test>::ProductNotFound);
	});
}

#[test]
fn fails_when_product_is_of_another_issuer() {
	run(|| {
		assert_noop!(
			propose(BANK_MANAGER, product("R1")),
			Error::<Test>::ProductOfAnotherIssuer
		);
	});
}

#[test]
fn product_type_needs_no_product_but_a_name() {
	run(|| {
		assert_ok!(propose(BANK_MANAGER, product_type("fund.future")));
		assert_noop!(
			propose(BANK_MANAGER, product_type("")),
			Error::<Test>::InvalidProductType
		);
		let garbled = Scope::ProductType(BoundedVec::truncate_from(vec![0xff, 0xfe]));
		assert_noop!(propose(BANK_MANAGER, garbled), Error::<Test>::InvalidProductType);
	});
}

#[test]
fn fails_when_a_clause_breaks_a_rule_and_says_which() {
	run(|| {
		let propose = |list| Agreements::propose(signed(BANK_MANAGER), CHANNEL, Scope::All, list, None);
		let fault = |clause, alternative, rule| {
			Error::<Test>::InvalidClause(ClauseFault {
				clause,
				alternative,
				rule,
			})
		};

		let twice = clauses(&[
			("adult", Condition::AgeAtLeast(18)),
			("adult", Condition::IdentityVerified),
		]);
		assert_noop!(propose(twice), fault(1, WHOLE_CLAUSE, Rule::CodeRepeated));

		let too_old = clauses(&[("adult", Condition::AgeAtLeast(18)), ("old", Condition::AgeAtMost(151))]);
		assert_noop!(propose(too_old), fault(1, 0, Rule::AgeTooHigh));

		let mut list = adult(18).into_inner();
		list[0].any_of = BoundedVec::new();
		let unmet = Clauses::try_from(list).expect("one is within the bound");
		assert_noop!(propose(unmet), fault(0, WHOLE_CLAUSE, Rule::NoAlternative));
	});
}

#[test]
fn the_fault_survives_the_encoding_of_errors() {
	let fault = ClauseFault {
		clause: 31,
		alternative: 7,
		rule: Rule::WindowReversed,
	};
	let DispatchError::Module(module) = Error::<Test>::InvalidClause(fault).into() else {
		panic!("an error of the pallet is a module error")
	};
	assert_eq!(module.message, Some("InvalidClause"));
	assert_eq!(ClauseFault::decode(&mut &module.error[1..]), Ok(fault));
}

#[test]
fn fails_when_there_is_nothing_to_withdraw() {
	run(|| {
		let withdrawal = || Agreements::propose(signed(BANK_MANAGER), CHANNEL, Scope::All, Clauses::default(), None);
		assert_noop!(withdrawal(), Error::<Test>::NothingToWithdraw);
		ratified(Scope::All, adult(18), None);
		assert_ok!(withdrawal());
		ratified(Scope::All, Clauses::default(), None);
		assert_noop!(withdrawal(), Error::<Test>::NothingToWithdraw);
	});
}

#[test]
fn boundary_first_block() {
	run(|| {
		System::set_block_number(50);
		let propose = |from| Agreements::propose(signed(BANK_MANAGER), CHANNEL, Scope::All, adult(18), Some(from));
		assert_noop!(propose(49), Error::<Test>::FromInPast);
		assert_noop!(propose(50), Error::<Test>::FromInPast);
		assert_ok!(propose(51));
		let lead: u32 = <Test as Config>::MaxLead::get();
		assert_ok!(propose(50 + lead));
		assert_noop!(propose(51 + lead), Error::<Test>::FromTooFar);
		assert_noop!(propose(u32::MAX), Error::<Test>::FromTooFar);
	});
}

#[test]
fn boundary_open_proposals_per_party() {
	run(|| {
		for _ in 0..3 {
			assert_ok!(propose(BANK_MANAGER, Scope::All));
		}
		assert_noop!(
			propose(BANK_MANAGER, Scope::All),
			Error::<Test>::MaxOpenProposalsExceeded
		);
		// The partner has slots of its own, and so has the same party on another channel.
		assert_ok!(propose(WEALTH_MANAGER, Scope::All));
		assert_ok!(Agreements::propose(
			signed(BANK_MANAGER),
			RIVAL_CHANNEL,
			Scope::All,
			adult(18),
			None
		));
		assert_ok!(Agreements::withdraw(signed(BANK_MANAGER), 1));
		assert_ok!(propose(BANK_MANAGER, Scope::All));
	});
}

#[test]
fn boundary_scopes_of_a_channel() {
	run(|| {
		for class in ["a", "b", "c", "d"] {
			ratified(product_type(class), adult(18), None);
		}
		assert_noop!(propose(BANK_MANAGER, Scope::All), Error::<Test>::MaxScopesExceeded);
		assert_ok!(propose(BANK_MANAGER, product_type("a")));
	});
}

/// Products come and go by the thousand in a year; what was agreed of those that are closed takes no room.
#[test]
fn closed_products_make_room() {
	run(|| {
		for number in 0..40u8 {
			let id = format!("P{number}");
			Products::mutate(|products| products.insert(id.clone().into_bytes(), (WEALTH, "fund.bond")));
			assert_eq!(ratified(product(&id), adult(18), None), u32::from(number) + 1);
			// Three are open at any time, and there are four places.
			if let Some(old) = number.checked_sub(2) {
				Closed::mutate(|closed| closed.push(format!("P{old}").into_bytes()));
			}
			System::set_block_number(System::block_number() + 1);
		}
		// The past stays readable.
		for number in 0..40u8 {
			let held = Agreements::scope_in_force_at(CHANNEL, product(&format!("P{number}")), 1_000);
			assert_eq!(held.map(|entry| entry.id), Some(u32::from(number) + 1));
		}
	});
}

#[test]
fn scopes_out_of_force_make_room_once_they_are() {
	run(|| {
		for class in ["a", "b", "c", "d"] {
			ratified(product_type(class), adult(18), None);
		}
		System::set_block_number(10);
		ratified(product_type("b"), clauses(&[]), Some(20));
		// Until then it holds.
		assert_noop!(propose(BANK_MANAGER, Scope::All), Error::<Test>::MaxScopesExceeded);
		System::set_block_number(20);
		assert_ok!(propose(BANK_MANAGER, Scope::All));
		assert_eq!(ScopeCount::<Test>::get(CHANNEL), 3);
		// It may come back, while there is room.
		ratified(product_type("b"), adult(21), None);
		assert_eq!(Agreements::agreements_in_force(CHANNEL, 21).len(), 4);
		assert_noop!(propose(BANK_MANAGER, Scope::All), Error::<Test>::MaxScopesExceeded);
	});
}

#[test]
fn looking_for_room_is_charged_only_where_it_was_done() {
	run(|| {
		let weight = || {
			let info = Agreements::propose(signed(BANK_MANAGER), CHANNEL, Scope::All, adult(18), None);
			info.expect("there is room").actual_weight.expect("it is told")
		};
		let plain = <Test as Config>::WeightInfo::propose(1);
		assert_eq!(weight(), plain);
		for class in ["a", "b", "c", "d"] {
			ratified(product_type(class), adult(18), None);
		}
		ratified(product_type("d"), clauses(&[]), None);
		System::set_block_number(2);
		assert_eq!(weight(), plain + <Test as Config>::WeightInfo::sweep(4));
	});
}

#[test]
fn numbers_are_never_used_twice() {
	run(|| {
		let first = proposed(Scope::All, adult(18), None);
		assert_ok!(Agreements::withdraw(signed(BANK_MANAGER), first));
		assert_eq!(proposed(Scope::All, adult(18), None), first + 1);
	});
}

#[test]
fn fails_when_numbers_are_exhausted() {
	run(|| {
		NextProposal::<Test>::put(u32::MAX);
		assert_noop!(propose(BANK_MANAGER, Scope::All), Error::<Test>::NumbersExhausted);
	});
}
