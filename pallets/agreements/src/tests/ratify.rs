// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sealane_primitives::{
	clauses::Clauses,
	directory::{Refusal, Scope},
};
use sp_runtime::DispatchError;

#[docify::export]
#[test]
fn clauses_come_into_force() {
	run(|| {
		// The bank proposes that customers be adults; the wealth company wants 21 years; the bank agrees.
		assert_ok!(Agreements::propose(
			signed(BANK_MANAGER),
			CHANNEL,
			Scope::All,
			adult(18),
			None
		));
		assert_ok!(Agreements::counter_propose(signed(WEALTH_MANAGER), 0, adult(21), None));
		assert_ok!(Agreements::accept(signed(BANK_MANAGER), 1));

		// The council ratifies in block 9: the clauses hold from block 10 on.
		System::set_block_number(9);
		assert_ok!(Agreements::ratify(signed(RATIFIER), 1));
		assert_eq!(Agreements::in_force(CHANNEL, &Scope::All, 9), None);
		assert_eq!(Agreements::in_force(CHANNEL, &Scope::All, 10), Some(1));
	});
}

#[test]
fn emits_numbers_block_and_what_is_replaced() {
	run(|| {
		ratified(product("W1"), adult(18), None);
		assert_eq!(
			last_event(),
			Event::Ratified {
				agreement: 1,
				proposal: 0,
				channel: CHANNEL,
				scope: product("W1"),
				version: 1,
				from: 2,
				replaces: None,
			}
		);
		System::set_block_number(5);
		ratified(Scope::All, adult(18), None);
		ratified(product("W1"), adult(19), Some(30));
		assert_eq!(
			last_event(),
			Event::Ratified {
				agreement: 3,
				proposal: 2,
				channel: CHANNEL,
				scope: product("W1"),
				version: 2,
				from: 30,
				replaces: Some(1),
			}
		);
		assert!(Agreements::proposals_of(CHANNEL).is_empty());
	});
}

#[test]
fn fails_when_not_both_submitted_it() {
	run(|| {
		let id = proposed(Scope::All, adult(18), None);
		assert_noop!(Agreements::ratify(signed(RATIFIER), id), Error::<Test>::NotJoint);
		assert_ok!(Agreements::counter_propose(signed(WEALTH_MANAGER), id, adult(21), None));
		assert_noop!(
			Agreements::ratify(signed(RATIFIER), id),
			Error::<Test>::ProposalNotFound
		);
		assert_noop!(Agreements::ratify(signed(RATIFIER), id + 1), Error::<Test>::NotJoint);
	});
}

#[test]
fn fails_when_another_origin_unauthorized() {
	run(|| {
		let id = joint(Scope::All, adult(18), None);
		for who in [REFUSER, BANK_MANAGER, WEALTH_MANAGER, STRANGER] {
			assert_noop!(Agreements::ratify(signed(who), id), DispatchError::BadOrigin);
		}
		assert_noop!(Agreements::ratify(RuntimeOrigin::root(), id), DispatchError::BadOrigin);
	});
}

#[test]
fn fails_when_ratified_twice() {
	run(|| {
		let id = joint(Scope::All, adult(18), None);
		assert_ok!(Agreements::ratify(signed(RATIFIER), id));
		assert_noop!(
			Agreements::ratify(signed(RATIFIER), id),
			Error::<Test>::ProposalNotFound
		);
	});
}

#[test]
fn fails_when_channel_ended() {
	run(|| {
		let id = joint(Scope::All, adult(18), None);
		set_refusal(CHANNEL, Some(Refusal::Revoked));
		assert_noop!(Agreements::ratify(signed(RATIFIER), id), Error::<Test>::ChannelEnded);
		// Suspension is not the end.
		set_refusal(CHANNEL, Some(Refusal::Suspended));
		assert_ok!(Agreements::ratify(signed(RATIFIER), id));
	});
}

#[test]
fn boundary_block_wanted_is_past_when_ratified() {
	run(|| {
		let wanted = joint(Scope::All, adult(18), Some(10));
		System::set_block_number(10);
		assert_ok!(Agreements::ratify(signed(RATIFIER), wanted));
		let (_, entry) = Agreements::version(1).expect("ratified");
		assert_eq!(
			entry.from, 11,
			"the block of the ratification itself is already the past"
		);
	});
}

#[test]
fn boundary_block_wanted_is_the_next() {
	run(|| {
		let wanted = joint(Scope::All, adult(18), Some(10));
		System::set_block_number(9);
		assert_ok!(Agreements::ratify(signed(RATIFIER), wanted));
		let (_, entry) = Agreements::version(1).expect("ratified");
		assert_eq!(entry.from, 10);
	});
}

#[test]
fn a_version_that_begins_earlier_supersedes_those_that_wait() {
	run(|| {
		let first = ratified(Scope::All, adult(18), None);
		let second = ratified(Scope::All, adult(20), Some(100));
		let third = ratified(Scope::All, adult(30), Some(200));
		let fourth = ratified(Scope::All, adult(25), Some(100));
		let superseded: Vec<_> = events()
			.into_iter()
			.filter_map(|event| match event {
				Event::Superseded { agreement, by, from } => Some((agreement, by, from)),
				_ => None,
			})
			.collect();
		assert_eq!(superseded, [(third, fourth, 200), (second, fourth, 100)]);
		assert!(matches!(last_event(), Event::Ratified { replaces, .. } if replaces == Some(first)));

		assert_eq!(Agreements::in_force(CHANNEL, &Scope::All, 99), Some(first));
		assert_eq!(Agreements::in_force(CHANNEL, &Scope::All, 100), Some(fourth));
		assert_eq!(Agreements::in_force(CHANNEL, &Scope::All, 500), Some(fourth));
		// What never held stays readable.
		let (_, entry) = Agreements::version(third).expect("kept");
		assert_eq!((entry.version, entry.from, entry.clauses), (3, 200, adult(30)));
	});
}

#[test]
fn the_past_is_fixed() {
	run(|| {
		let first = ratified(Scope::All, adult(18), None);
		System::set_block_number(50);
		let answers = |until: u32| {
			(0..=until)
				.map(|at| Agreements::in_force(CHANNEL, &Scope::All, at))
				.collect::<Vec<_>>()
		};
		let before = answers(50);
		assert_eq!(before[2..], [Some(first); 49]);
		ratified(Scope::All, adult(19), None);
		ratified(Scope::All, Clauses::default(), Some(60));
		assert_eq!(answers(50), before);
	});
}

#[test]
fn empty_clauses_take_the_scope_out_of_force() {
	run(|| {
		let all = ratified(Scope::All, adult(18), None);
		let own = ratified(product("W1"), adult(30), None);
		let none = ratified(product("W1"), Clauses::default(), Some(40));
		let at = |block| Agreements::in_force_at(CHANNEL, name("W1"), block).map(|entry| entry.id);
		assert_eq!(at(39), Some(own));
		assert_eq!(at(40), Some(all), "the wider scope decides again");
		assert_eq!(Agreements::in_force(CHANNEL, &product("W1"), 40), None);
		let (_, entry) = Agreements::version(none).expect("a withdrawal is a version");
		assert_eq!((entry.version, entry.clauses), (2, Clauses::default()));
		// And comes back into force with the next version.
		let again = ratified(product("W1"), adult(35), Some(50));
		assert_eq!(at(50), Some(again));
	});
}

#[test]
fn fails_when_a_second_withdrawal_was_ratified_first() {
	run(|| {
		ratified(Scope::All, adult(18), None);
		let first = joint(Scope::All, Clauses::default(), None);
		let second = joint(Scope::All, Clauses::default(), None);
		assert_ok!(Agreements::ratify(signed(RATIFIER), first));
		assert_noop!(
			Agreements::ratify(signed(RATIFIER), second),
			Error::<Test>::NothingToWithdraw
		);
	});
}

#[test]
fn boundary_versions_that_wait() {
	run(|| {
		for from in [100, 200, 300] {
			ratified(Scope::All, adult(18), Some(from));
		}
		let fourth = joint(Scope::All, adult(18), Some(400));
		assert_noop!(
			Agreements::ratify(signed(RATIFIER), fourth),
			Error::<Test>::MaxPendingExceeded
		);
		// Once one of them holds there is room again.
		System::set_block_number(100);
		assert_ok!(Agreements::ratify(signed(RATIFIER), fourth));
		// One that supersedes needs none.
		ratified(Scope::All, adult(18), Some(400));
	});
}

#[test]
fn boundary_scopes_filled_up_meanwhile() {
	run(|| {
		let late = joint(Scope::All, adult(18), None);
		for class in ["a", "b", "c", "d"] {
			ratified(product_type(class), adult(18), None);
		}
		assert_noop!(
			Agreements::ratify(signed(RATIFIER), late),
			Error::<Test>::MaxScopesExceeded
		);
	});
}

#[test]
fn fails_when_numbers_are_exhausted() {
	run(|| {
		let id = joint(Scope::All, adult(18), None);
		LastAgreement::<Test>::put(u32::MAX);
		assert_noop!(
			Agreements::ratify(signed(RATIFIER), id),
			Error::<Test>::NumbersExhausted
		);
		LastAgreement::<Test>::put(0);
	});
}
