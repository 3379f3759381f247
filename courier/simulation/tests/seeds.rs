// SPDX-License-Identifier: Apache-2.0

//! The first seeds, each of them a run without a broken rule, and the proof that a seed is one run.

use sealane_simulation::{run, Outcome, Plan};

/// About ten seconds on one core. `scripts/simulate --seeds N` goes on from there.
const SEEDS: u64 = 40;
/// Parts in which they run, at the same time where there are cores.
const PARTS: u64 = 4;

fn seeds(part: u64) {
	for seed in (0..SEEDS).filter(|seed| seed % PARTS == part) {
		let Outcome { broken, .. } = run(&Plan::from_seed(seed, false), false);
		assert_eq!(broken, None, "again: scripts/simulate --seed {seed}");
	}
}

#[test]
fn first_part_of_the_seeds() {
	seeds(0);
}

#[test]
fn second_part_of_the_seeds() {
	seeds(1);
}

#[test]
fn third_part_of_the_seeds() {
	seeds(2);
}

#[test]
fn fourth_part_of_the_seeds() {
	seeds(3);
}

#[test]
fn a_seed_is_the_same_run_byte_for_byte() {
	for seed in [1, 2, 3, 4, 5, 6, 7, 8] {
		let plan = Plan::from_seed(seed, true);
		let (first, second) = (run(&plan, true), run(&plan, true));
		let differs = first.text.iter().zip(&second.text).position(|(a, b)| a != b);
		assert_eq!(
			differs.map(|at| (&first.text[at], &second.text[at])),
			None,
			"seed {seed}"
		);
		// The digest covers every step and every byte on the wire and on the disks.
		assert_eq!(first, second, "seed {seed}");
		assert!(first.steps > 500, "seed {seed} is a run of {} steps", first.steps);
	}
	let digest = |seed| run(&Plan::from_seed(seed, false), false).digest;
	assert_ne!(digest(1), digest(2));
}

#[test]
fn a_plan_survives_its_text() {
	for seed in 0..200 {
		let plan = Plan::from_seed(seed, true);
		assert_eq!(Plan::parse(&plan.to_text()).expect("a plan's text is a plan"), plan);
	}
	let error = Plan::parse("{\"seed\":1,\"queue_bytes\":1,\"same_ids\":false}\n\n{\"at\":1}").unwrap_err();
	assert_eq!(error.line, 3);
}
