// SPDX-License-Identifier: Apache-2.0

//! Random sequences of all calls of the consortium's pallets, by random accounts and motions, over the composed runtime. After
//! each call every invariant of every pallet holds, and those between pallets.
//!
//! The numbers come from a seed that is printed; `SEALANE_RANDOM_SEED` sets another one, `SEALANE_RANDOM_CALLS` another number of
//! calls than 100,000.

mod calls;
pub mod world;

use super::{directory::Heard, setup::genesis_state};
use crate::{invariants, RuntimeCall};
use frame_support::traits::GetCallMetadata;
use sp_runtime::traits::Dispatchable;
use std::{collections::BTreeMap, sync::Mutex, time::Instant};
use world::{Rng, World};

/// The pallets whose calls are made.
const PALLETS: [&str; 7] = [
	"Members",
	"Channels",
	"Agreements",
	"Receipts",
	"Anchors",
	"Calendars",
	"Validators",
];
/// Calls of one sequence. The state grows with it, and with the state what a check costs.
const SEQUENCE: u64 = 100;
/// Sequences run side by side.
const THREADS: u64 = 2;

/// How often each call was accepted and refused, by pallet and name.
type Outcomes = BTreeMap<(&'static str, &'static str), [u64; 2]>;

fn setting(name: &str, default: u64) -> u64 {
	match std::env::var(name) {
		Err(_) => default,
		Ok(text) => text
			.parse()
			.unwrap_or_else(|error| panic!("{name} is {text:?}: {error}")),
	}
}

/// One sequence from a fresh chain.
fn run(seed: u64, outcomes: &mut Outcomes) {
	genesis_state().execute_with(|| {
		let mut rng = Rng::new(seed);
		let world = World::begin();
		assert_holds(seed, 0, "the beginning");
		let mut heard = Heard::default();
		for step in 0..SEQUENCE {
			let (call, origin) = calls::any(&mut rng, &world);
			let name = call.get_call_metadata();
			let key = (name.pallet_name, name.function_name);
			let text = format!("{key:?}");
			let before = rng.chance(1, 50).then(root);
			let accepted = match origin {
				calls::By::Origin(origin) => call.clone().dispatch(origin).is_ok(),
				calls::By::Motion(ayes) => world.motion(call.clone(), ayes),
			};
			outcomes.entry(key).or_default()[usize::from(!accepted)] += 1;
			// As expensive as a check, so now and then: what is refused leaves nothing behind.
			if let (Some(before), false) = (before, accepted) {
				assert_eq!(
					before,
					root(),
					"seed {seed}, step {step}: {text} was refused and left a trace"
				);
			}
			assert_holds(seed, step, &text);
			heard.listen(&format!("seed {seed}, step {step}: after {text}"));
			if rng.chance(1, 3) {
				world.meanwhile(&mut rng);
				heard.listen(&format!("seed {seed}, step {step}: after time went on"));
				// The next call's check would not tell the two apart.
				if rng.chance(1, 4) {
					assert_holds(seed, step, "time went on");
				}
			}
		}
	});
}

/// A digest of the consortium's state: motions and events aside, which a refused motion leaves.
fn root() -> [u8; 32] {
	let mut state = Vec::new();
	for pallet in PALLETS {
		let prefix = sp_io::hashing::twox_128(pallet.as_bytes()).to_vec();
		let mut key = prefix.clone();
		while let Some(next) = sp_io::storage::next_key(&key).filter(|next| next.starts_with(&prefix)) {
			state.extend_from_slice(&next);
			state.extend_from_slice(&sp_io::storage::get(&next).expect("the key was just found"));
			key = next;
		}
	}
	sp_io::hashing::blake2_256(&state)
}

fn assert_holds(seed: u64, step: u64, after: &str) {
	for (subject, check) in invariants::CHECKS {
		if let Err(broken) = check() {
			panic!("seed {seed}, step {step}: {subject}: {broken:?} after {after}");
		}
	}
}

#[test]
fn no_sequence_of_calls_breaks_an_invariant_of_the_chain() {
	let seed = setting("SEALANE_RANDOM_SEED", 0x5ea_1a9e);
	let calls = setting("SEALANE_RANDOM_CALLS", 100_000);
	let sequences = calls.div_ceil(SEQUENCE);
	println!("seed {seed}: {sequences} sequences of {SEQUENCE} calls");
	let begun = Instant::now();
	let all = Mutex::new(Outcomes::new());
	std::thread::scope(|scope| {
		for thread in 0..THREADS {
			let all = &all;
			scope.spawn(move || {
				let mut outcomes = Outcomes::new();
				for sequence in (thread..sequences).step_by(THREADS as usize) {
					run(seed.wrapping_add(sequence), &mut outcomes);
				}
				let mut all = all.lock().expect("no thread panics while it adds up");
				for (call, counts) in outcomes {
					let sum = all.entry(call).or_default();
					sum[0] += counts[0];
					sum[1] += counts[1];
				}
			});
		}
	});
	let outcomes = all.into_inner().expect("no thread panicked while it added up");
	let total: u64 = outcomes.values().flatten().sum();
	println!("{total} calls in {:?}", begun.elapsed());
	for (call, [accepted, refused]) in &outcomes {
		println!("{}.{}: {accepted} accepted, {refused} refused", call.0, call.1);
	}
	assert!(total >= calls, "{total} of {calls} calls");
	// The sequences are worth something only if every call went through and was refused often.
	let least = calls / 20_000;
	for pallet in PALLETS {
		for call in RuntimeCall::get_call_names(pallet) {
			let [accepted, refused] = outcomes.get(&(pallet, *call)).copied().unwrap_or_default();
			assert!(
				accepted >= least && refused >= least,
				"{pallet}.{call} was accepted {accepted} and refused {refused} times, at least {least} each are wanted"
			);
		}
	}
}
