// SPDX-License-Identifier: Apache-2.0

//! Random sequences of all calls by random accounts: no invariant breaks, and what was anchored never changes.

use crate::{
	mock::{Anchors, *},
	*,
};
use proptest::{
	prelude::*,
	test_runner::{TestCaseError, TestRunner},
};
use sealane_primitives::{
	directory::{CourierPolicy, Refusal},
	evidence::{range::anchor_leaf, tree},
	ids::*,
	runtime_api::AnchorEntry,
};
use std::{cell::RefCell, collections::BTreeMap};

#[derive(Clone, Debug)]
enum Step {
	/// `ahead` is counted from the node's next number.
	Anchor {
		who: AccountId,
		ahead: i64,
		root: u8,
	},
	Open {
		who: AccountId,
		channel: ChannelId,
		root: u8,
	},
	Resolve {
		who: AccountId,
		back: u32,
		outcome: Outcome,
	},
	SetPolicy {
		who: AccountId,
		policy: CourierPolicy,
	},
	Pass {
		blocks: u32,
	},
	Suspend {
		member: Option<MemberId>,
	},
	Revoke {
		channel: ChannelId,
	},
	/// Give a node the delegate of the other.
	SwapDelegates,
}

const CALLS: [&str; 4] = ["anchor", "open_dispute", "resolve_dispute", "set_policy"];

fn account() -> impl Strategy<Value = AccountId> {
	prop_oneof![
		4 => Just(BANK_DELEGATE),
		3 => Just(WEALTH_DELEGATE),
		3 => Just(BANK_MANAGER),
		3 => Just(WEALTH_MANAGER),
		1 => Just(RIVAL_MANAGER),
		2 => Just(JUDGE),
		2 => Just(POLICY_MAKER),
		1 => Just(STRANGER),
	]
}

fn outcome() -> impl Strategy<Value = Outcome> {
	prop_oneof![
		Just(Outcome::Withdrawn),
		Just(Outcome::Settled),
		Just(Outcome::Upheld),
		Just(Outcome::Dismissed)
	]
}

fn policy() -> impl Strategy<Value = CourierPolicy> {
	(0u32..110, 50_000u64..4_000_000, 90u32..11_000).prop_map(|(anchors_per_block, max_age, drain)| CourierPolicy {
		anchors_per_block,
		max_age,
		drain,
	})
}

fn step() -> impl Strategy<Value = Step> {
	let ahead = || prop_oneof![5 => Just(0i64), 2 => Just(-1), 1 => Just(-2), 1 => Just(1)];
	let channel = || prop_oneof![4 => Just(CHANNEL), 1 => Just(RIVAL_CHANNEL), 1 => Just(404)];
	prop_oneof![
		8 => (account(), ahead(), 0u8..3).prop_map(|(who, ahead, root)| Step::Anchor { who, ahead, root }),
		4 => (account(), channel(), 0u8..4).prop_map(|(who, channel, root)| Step::Open { who, channel, root }),
		4 => (account(), 0u32..4, outcome())
			.prop_map(|(who, back, outcome)| Step::Resolve { who, back, outcome }),
		2 => (prop_oneof![2 => Just(POLICY_MAKER), 1 => account()], policy())
			.prop_map(|(who, policy)| Step::SetPolicy { who, policy }),
		4 => (1u32..5).prop_map(|blocks| Step::Pass { blocks }),
		1 => prop::option::of(prop_oneof![Just(BANK), Just(WEALTH)]).prop_map(|member| Step::Suspend { member }),
		1 => channel().prop_map(|channel| Step::Revoke { channel }),
		1 => Just(Step::SwapDelegates),
	]
}

/// Do a step; for a call, answers its position in [`CALLS`] and whether it succeeded.
fn apply_step(step: Step) -> Option<(usize, bool)> {
	let number = |who: &AccountId, ahead: i64| {
		let node = if *who == WEALTH_DELEGATE {
			WEALTH_NODE
		} else {
			BANK_NODE
		};
		Anchors::next_anchor(node).saturating_add_signed(ahead)
	};
	let (call, result) = match step {
		Step::Anchor { who, ahead, root } => {
			let sequence = number(&who, ahead);
			(0, Anchors::anchor(signed(who), sequence, hash(root)))
		}
		Step::Open { who, channel, root } => (
			1,
			Anchors::open_dispute(signed(who), channel, hash(root), DisputeReason::Other(root.into())),
		),
		Step::Resolve { who, back, outcome } => {
			let id = NextDispute::<Test>::get().saturating_sub(1 + back);
			(2, Anchors::resolve_dispute(signed(who), id, outcome))
		}
		Step::SetPolicy { who, policy } => (3, Anchors::set_policy(signed(who), policy)),
		Step::Pass { blocks } => {
			System::set_block_number(System::block_number() + blocks);
			return None;
		}
		Step::Suspend { member } => {
			Suspended::set(member.into_iter().collect());
			return None;
		}
		Step::Revoke { channel } => {
			set_refusal(channel, Some(Refusal::Revoked));
			return None;
		}
		Step::SwapDelegates => {
			let of = |node: NodeId| Nodes::get()[&node].1.clone();
			let (bank, wealth) = (of(BANK_NODE), of(WEALTH_NODE));
			set_delegate(BANK_NODE, wealth);
			set_delegate(WEALTH_NODE, bank);
			return None;
		}
	};
	Some((call, result.is_ok()))
}

/// All anchors that are stored.
fn anchors() -> BTreeMap<(NodeId, AnchorSequence), AnchorEntry> {
	crate::Anchors::<Test>::iter()
		.map(|(node, sequence, anchor)| ((node, sequence), anchor.into()))
		.collect()
}

/// One sequence; `done` counts the calls that succeeded and those that were refused.
fn run_sequence(steps: Vec<Step>, done: &RefCell<[(u32, u32); 4]>) -> Result<(), TestCaseError> {
	let mut known = anchors();
	for step in steps {
		let text = format!("{step:?}");
		let root = sp_io::storage::root(sp_runtime::StateVersion::V1);
		match apply_step(step) {
			Some((call, true)) => done.borrow_mut()[call].0 += 1,
			Some((call, false)) => {
				done.borrow_mut()[call].1 += 1;
				let after = sp_io::storage::root(sp_runtime::StateVersion::V1);
				prop_assert_eq!(root, after, "a refused call left a trace: {}", text);
			}
			None => {}
		}
		if let Err(error) = Anchors::do_try_state() {
			prop_assert!(false, "{:?} after {}", error, text);
		}
		// Design goal 4: what was anchored stays as it was, the last ones by themselves.
		let now = anchors();
		for (key, entry) in &known {
			let is_last = key.1 + KEPT_ANCHORS >= Anchors::next_anchor(key.0);
			prop_assert_eq!(
				now.get(key),
				is_last.then_some(entry),
				"anchor {:?} after {}",
				key,
				text
			);
		}
		known.extend(now);
	}
	all_are_proven(&known)
}

/// Every anchor that there ever was is proven by the range of its node.
fn all_are_proven(known: &BTreeMap<(NodeId, AnchorSequence), AnchorEntry>) -> Result<(), TestCaseError> {
	for node in [BANK_NODE, WEALTH_NODE] {
		let of_node: Vec<_> = known.range((node, 0)..=(node, u64::MAX)).collect();
		let leaf = |(key, entry): &(&(NodeId, AnchorSequence), &AnchorEntry)| {
			anchor_leaf(key.0, key.1, &entry.root, entry.block)
		};
		let leaves: Vec<_> = of_node.iter().map(leaf).collect();
		for (index, ((_, sequence), entry)) in of_node.iter().enumerate() {
			let path = tree::proof(&leaves, index).expect("there is such a leaf");
			prop_assert!(
				Anchors::is_anchored(node, *sequence, entry.root, entry.block, path),
				"anchor {} of node {} is not proven",
				sequence,
				node
			);
		}
	}
	Ok(())
}

#[test]
fn no_sequence_breaks_an_invariant() {
	let done = RefCell::new([(0, 0); 4]);
	let config = ProptestConfig {
		cases: 2_500,
		failure_persistence: None,
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
