// SPDX-License-Identifier: Apache-2.0

//! Random sequences of all calls by random accounts: no invariant breaks, and a plain model of the history agrees.

use crate::{mock::*, *};
use frame_support::BoundedVec;
use proptest::{
	prelude::*,
	test_runner::{TestCaseError, TestRunner},
};
use sealane_primitives::{
	clauses::Clauses,
	directory::{Refusal, Scope},
	ids::*,
};
use std::{cell::RefCell, collections::BTreeMap};

#[derive(Clone, Debug)]
enum Step {
	Propose {
		who: u64,
		channel: ChannelId,
		scope: Scope,
		years: u8,
		lead: Option<u32>,
	},
	Counter {
		who: u64,
		back: u32,
		years: u8,
		lead: Option<u32>,
	},
	Accept {
		who: u64,
		back: u32,
	},
	Withdraw {
		who: u64,
		back: u32,
	},
	Ratify {
		who: u64,
		back: u32,
	},
	Refuse {
		who: u64,
		back: u32,
	},
	Pass {
		blocks: u64,
	},
	Channel {
		channel: ChannelId,
		refusal: Option<Refusal>,
	},
	Suspend {
		member: Option<MemberId>,
	},
}

fn account() -> impl Strategy<Value = u64> {
	prop_oneof![
		6 => Just(BANK_MANAGER),
		6 => Just(WEALTH_MANAGER),
		2 => Just(RIVAL_MANAGER),
		3 => Just(RATIFIER),
		2 => Just(REFUSER),
		1 => Just(STRANGER),
	]
}

fn scope() -> impl Strategy<Value = Scope> {
	prop_oneof![
		3 => Just(Scope::All),
		1 => Just(product_type("fund.bond")),
		1 => Just(product_type("fund.stock")),
		1 => Just(product_type("")),
		1 => Just(product("W1")),
		1 => Just(product("W2")),
		1 => Just(product("R1")),
		1 => Just(product("W9")),
	]
}

fn channel() -> impl Strategy<Value = ChannelId> {
	prop_oneof![6 => Just(CHANNEL), 2 => Just(RIVAL_CHANNEL), 1 => Just(404)]
}

/// 0 stands for no clauses, 151 for an age beyond the rules.
fn years() -> impl Strategy<Value = u8> {
	prop_oneof![2 => Just(0), 8 => 1u8..=120, 1 => Just(151)]
}

fn lead() -> impl Strategy<Value = Option<u32>> {
	prop::option::of(0u32..60)
}

fn step() -> impl Strategy<Value = Step> {
	// Mostly the newest proposals, so that sequences get somewhere.
	let back = || 0u32..4;
	prop_oneof![
		6 => (account(), channel(), scope(), years(), lead())
			.prop_map(|(who, channel, scope, years, lead)| Step::Propose { who, channel, scope, years, lead }),
		3 => (account(), back(), years(), lead())
			.prop_map(|(who, back, years, lead)| Step::Counter { who, back, years, lead }),
		6 => (account(), back()).prop_map(|(who, back)| Step::Accept { who, back }),
		2 => (account(), back()).prop_map(|(who, back)| Step::Withdraw { who, back }),
		6 => (prop_oneof![4 => Just(RATIFIER), 1 => account()], back())
			.prop_map(|(who, back)| Step::Ratify { who, back }),
		2 => (prop_oneof![3 => Just(REFUSER), 1 => account()], back())
			.prop_map(|(who, back)| Step::Refuse { who, back }),
		3 => (1u64..20).prop_map(|blocks| Step::Pass { blocks }),
		1 => (channel(), prop::option::of(prop_oneof![
			Just(Refusal::NotGranted), Just(Refusal::Suspended), Just(Refusal::Revoked), Just(Refusal::Expired)
		])).prop_map(|(channel, refusal)| Step::Channel { channel, refusal }),
		1 => prop::option::of(prop_oneof![Just(BANK), Just(WEALTH)]).prop_map(|member| Step::Suspend { member }),
	]
}

/// A result without the weight that was used.
fn plain(result: frame_support::dispatch::DispatchResultWithPostInfo) -> sp_runtime::DispatchResult {
	result.map(drop).map_err(|refused| refused.error)
}

fn terms(years: u8) -> Clauses {
	if years == 0 {
		Clauses::default()
	} else {
		adult(years)
	}
}

/// Do a step; for a call, answers its position in [`CALLS`] and whether it succeeded.
fn apply(step: Step) -> Option<(usize, bool)> {
	let now = System::block_number() as u32;
	let nth = |back: u32| next_proposal().saturating_sub(1 + back);
	let (call, result) = match step {
		Step::Propose {
			who,
			channel,
			scope,
			years,
			lead,
		} => (
			0,
			plain(Agreements::propose(
				signed(who),
				channel,
				scope,
				terms(years),
				lead.map(|lead| now + lead),
			)),
		),
		Step::Counter { who, back, years, lead } => (
			1,
			Agreements::counter_propose(signed(who), nth(back), terms(years), lead.map(|lead| now + lead)),
		),
		Step::Accept { who, back } => (2, Agreements::accept(signed(who), nth(back))),
		Step::Withdraw { who, back } => (3, Agreements::withdraw(signed(who), nth(back))),
		Step::Ratify { who, back } => (4, plain(Agreements::ratify(signed(who), nth(back)))),
		Step::Refuse { who, back } => (
			5,
			Agreements::refuse(signed(who), nth(back), BoundedVec::truncate_from(b"no".to_vec())),
		),
		Step::Pass { blocks } => {
			System::set_block_number(System::block_number() + blocks);
			return None;
		}
		Step::Channel { channel, refusal } => {
			set_refusal(channel, refusal);
			return None;
		}
		Step::Suspend { member } => {
			Suspended::set(member.into_iter().collect());
			return None;
		}
	};
	Some((call, result.is_ok()))
}

const CALLS: [&str; 6] = ["propose", "counter_propose", "accept", "withdraw", "ratify", "refuse"];

/// What the newest ratified version with a first block up to `at` says, found by walking over all versions.
fn model(versions: &[(AgreementId, Version)], channel: ChannelId, scope: &Scope, at: u32) -> Option<AgreementId> {
	versions
		.iter()
		.filter(|(_, v)| v.channel == channel && &v.scope == scope && v.from <= at)
		.max_by_key(|(id, _)| *id)
		.filter(|(_, v)| !v.withdraws)
		.map(|(id, _)| *id)
}

/// One sequence; `done` counts the calls that succeeded and those that were refused.
fn run_sequence(steps: Vec<Step>, done: &RefCell<[(u32, u32); 6]>) -> Result<(), TestCaseError> {
	let mut history = BTreeMap::new();
	for step in steps {
		let text = format!("{step:?}");
		let root = sp_io::storage::root(sp_runtime::StateVersion::V1);
		match apply(step) {
			Some((call, true)) => done.borrow_mut()[call].0 += 1,
			Some((call, false)) => {
				done.borrow_mut()[call].1 += 1;
				let after = sp_io::storage::root(sp_runtime::StateVersion::V1);
				prop_assert_eq!(root, after, "a refused call left a trace: {}", text);
			}
			None => {}
		}
		if let Err(error) = Agreements::do_try_state() {
			prop_assert!(false, "{:?} after {}", error, text);
		}
		// Design goal 2: the answer for the present block never changes afterwards.
		let now = System::block_number() as u32;
		history
			.entry(now)
			.or_insert_with(|| Agreements::in_force(CHANNEL, &Scope::All, now));
	}
	for (at, answer) in history {
		prop_assert_eq!(
			Agreements::in_force(CHANNEL, &Scope::All, at),
			answer,
			"the past of block {}",
			at
		);
	}
	let versions: Vec<_> = Versions::<Test>::iter().collect();
	let end = System::block_number() as u32 + 70;
	for (channel, scope, _) in Scopes::<Test>::iter() {
		for at in 0..end {
			prop_assert_eq!(
				Agreements::in_force(channel, &scope, at),
				model(&versions, channel, &scope, at),
				"{:?} at {}",
				scope,
				at
			);
		}
	}
	Ok(())
}

#[test]
fn no_sequence_breaks_an_invariant() {
	let done = RefCell::new([(0, 0); 6]);
	let config = ProptestConfig {
		cases: 2_500,
		..ProptestConfig::default()
	};
	let result = TestRunner::new(config).run(&prop::collection::vec(step(), 1..120), |steps| {
		new_ext().execute_with(|| run_sequence(steps, &done))
	});
	if let Err(error) = result {
		panic!("{error}");
	}
	// The sequences are worth something only if every call went through and was refused often.
	let done = done.into_inner();
	for (call, (succeeded, refused)) in CALLS.iter().zip(done) {
		assert!(
			succeeded > 200 && refused > 200,
			"{call} succeeded {succeeded} and was refused {refused} times"
		);
	}
	assert!(done.iter().map(|(yes, no)| yes + no).sum::<u32>() > 100_000, "{done:?}");
}
