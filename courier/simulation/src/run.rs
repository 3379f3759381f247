// SPDX-License-Identifier: Apache-2.0

//! One run from beginning to end, and the shortest plan that breaks the same rule.

use crate::{
	chain::Change,
	checks,
	plan::Plan,
	world::{broken, Broken, Checked, World},
};
use sealane_primitives::{business::BusinessKind, ids::Digest};
use std::{
	collections::BTreeMap,
	panic::{catch_unwind, AssertUnwindSafe},
};

/// Virtual milliseconds between the last action and the end of all trouble.
const AFTERMATH_MS: u64 = 5_000;
/// Virtual milliseconds in which everything that may flow must flow: some times the longest back-off.
const FLOWS_WITHIN_MS: u64 = 300_000;
/// Virtual milliseconds in which everything must be settled and final.
const SETTLES_WITHIN_MS: u64 = 600_000;
/// Virtual milliseconds between two looks whether it is.
const LOOK_MS: u64 = 5_000;

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
	/// The rule that was broken; `None` for a good run.
	pub broken: Option<Broken>,
	/// Digest of everything that happened.
	pub digest: Digest,
	/// Steps that were taken.
	pub steps: u64,
	/// Virtual milliseconds that passed.
	pub ms: u64,
	/// Orders that nodes took.
	pub orders: usize,
	/// How often each kind of trouble happened.
	pub counts: BTreeMap<&'static str, u64>,
	/// What happened in words, where it was kept.
	pub text: Vec<String>,
}

/// Runs a plan; keeps its text if `keep_text`.
pub fn run(plan: &Plan, keep_text: bool) -> Outcome {
	let mut world = None;
	let ran = catch_unwind(AssertUnwindSafe(|| {
		let world = world.insert(World::new(plan, keep_text)?);
		let result = play(world, plan);
		for node in world.nodes.values() {
			for path in node.hands.disk.paths() {
				world.trace.fold(&node.hands.disk.content(&path).unwrap_or_default());
			}
		}
		result
	}));
	let result = ran.unwrap_or_else(|panic| {
		let text = panic.downcast_ref::<String>().cloned();
		let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
		Err(broken("panics", text.unwrap_or_default()))
	});
	let Some(world) = world else {
		return Outcome {
			broken: result.err(),
			digest: [0; 32],
			steps: 0,
			ms: 0,
			orders: 0,
			counts: BTreeMap::new(),
			text: Vec::new(),
		};
	};
	Outcome {
		broken: result.err(),
		digest: world.trace.digest(),
		steps: world.steps,
		ms: world.executor.now(),
		orders: world.business.memory(|m| m.placed.len()),
		counts: world.counts(),
		text: world.trace.text(),
	}
}

fn play(world: &mut World, plan: &Plan) -> Checked {
	let last = plan.entries.iter().map(|entry| entry.at).max().unwrap_or(0);
	world.run_until(last + AFTERMATH_MS)?;
	world.heal();
	wait(world, FLOWS_WITHIN_MS, checks::flows)?;
	for channel in world.chain.head().channels {
		if channel
			.authorisation
			.is_ok_and(|grant| grant.kinds == sealane_primitives::business::BusinessKinds::ALL)
		{
			continue;
		}
		world.chain.submit(Change::Grant {
			channel: channel.id,
			kinds: BusinessKind::ALL.to_vec(),
			rate: None,
		});
	}
	wait(world, SETTLES_WITHIN_MS, checks::settles)?;
	checks::at_the_end(world)
}

/// Runs until `holds` holds, at most so many virtual milliseconds.
fn wait(world: &mut World, most_ms: u64, holds: fn(&World) -> Checked) -> Checked {
	let end = world.executor.now() + most_ms;
	loop {
		let next = world.executor.now() + LOOK_MS;
		world.run_until(next)?;
		match holds(world) {
			Err(_) if next < end => (),
			result => return result,
		}
	}
}

/// Takes actions out of a plan as long as the same rule is broken without them; at most `attempts` runs.
pub fn shrink(plan: &Plan, rule: &str, attempts: usize) -> Plan {
	let mut best = plan.clone();
	let (mut size, mut left) = (best.entries.len().div_ceil(2).max(1), attempts);
	loop {
		let mut at = 0;
		let mut shorter = false;
		while at < best.entries.len() {
			if left == 0 {
				return best;
			}
			left -= 1;
			let mut candidate = best.clone();
			candidate.entries.drain(at..best.entries.len().min(at + size));
			if run(&candidate, false).broken.is_some_and(|broken| broken.rule == rule) {
				best = candidate;
				shorter = true;
			} else {
				at += size;
			}
		}
		if size == 1 && !shorter {
			return best;
		}
		size = size.div_ceil(2).max(1);
	}
}
