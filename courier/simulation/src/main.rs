// SPDX-License-Identifier: Apache-2.0

//! Runs the simulation: many seeds, or one, or a plan that was kept.

use clap::Parser;
use sealane_simulation::{run, shrink, Outcome, Plan};
use std::{collections::BTreeMap, path::PathBuf, process::ExitCode, time::Instant};

/// Runs couriers, their partners and their world from a seed.
#[derive(Parser)]
struct Args {
	/// First seed.
	#[arg(long, default_value_t = 0)]
	from: u64,
	/// How many seeds.
	#[arg(long, default_value_t = 1)]
	seeds: u64,
	/// This seed alone.
	#[arg(long, conflicts_with_all = ["from", "seeds", "plan"])]
	seed: Option<u64>,
	/// The plan in this file instead of a seed's.
	#[arg(long)]
	plan: Option<PathBuf>,
	/// The plans in this folder first, then the seeds.
	#[arg(long)]
	cases: Option<PathBuf>,
	/// Write the shortest plan that breaks the same rule to this file.
	#[arg(long)]
	keep: Option<PathBuf>,
	/// Shrink every plan that breaks a rule, with at most so many runs.
	#[arg(long, default_value_t = 300)]
	attempts: usize,
	/// Go on after a broken rule, and count how often each is broken.
	#[arg(long)]
	all: bool,
	/// All kinds of trouble, also those of faults that are known and not mended.
	#[arg(long)]
	everything: bool,
	/// Print what happened.
	#[arg(long)]
	trace: bool,
	/// Print the plan.
	#[arg(long)]
	show: bool,
}

fn main() -> ExitCode {
	let args = Args::parse();
	if !args.trace {
		// A panic is reported as a broken rule.
		std::panic::set_hook(Box::new(|_| ()));
	}
	let seeds = match args.seed {
		Some(seed) => seed..seed + 1,
		None => args.from..args.from + args.seeds,
	};
	let seeds = seeds
		.filter(|_| args.plan.is_none())
		.map(|seed| Ok(Plan::from_seed(seed, args.everything)));
	let kept = match &args.cases {
		Some(folder) => files(folder),
		None => Ok(args.plan.clone().into_iter().collect()),
	};
	let kept = match kept {
		Ok(kept) => kept,
		Err(error) => {
			eprintln!("{error}");
			return ExitCode::from(2);
		}
	};
	let plans = kept.iter().map(read).chain(seeds);
	let (started, mut sum, mut rules) = (Instant::now(), Sum::default(), BTreeMap::<&str, Vec<u64>>::new());
	for plan in plans {
		let plan = match plan {
			Ok(plan) => plan,
			Err(error) => {
				eprintln!("{error}");
				return ExitCode::from(2);
			}
		};
		if args.show {
			print!("{}", plan.to_text());
		}
		let outcome = run(&plan, args.trace);
		outcome.text.iter().for_each(|line| println!("{line}"));
		sum.add(&outcome);
		let Some(broken) = &outcome.broken else { continue };
		let seed = plan.setting.seed;
		let count = rules.entry(broken.rule).or_default();
		count.push(seed);
		if !args.all || count.len() == 1 {
			report(&args, &plan, &outcome);
		}
		if !args.all {
			break;
		}
	}
	sum.print(started.elapsed().as_secs_f64());
	for (rule, seeds) in &rules {
		let first: Vec<_> = seeds.iter().take(8).collect();
		println!("rule `{rule}` is broken by {} seeds, first {first:?}", seeds.len());
	}
	ExitCode::from(u8::from(!rules.is_empty()))
}

/// The plans of a folder, by name.
fn files(folder: &PathBuf) -> Result<Vec<PathBuf>, String> {
	let error = |e: std::io::Error| format!("{}: {e}", folder.display());
	let mut files = Vec::new();
	for entry in std::fs::read_dir(folder).map_err(error)? {
		files.push(entry.map_err(error)?.path());
	}
	files.retain(|file| file.extension().is_some_and(|e| e == "plan"));
	files.sort();
	Ok(files)
}

fn read(file: &PathBuf) -> Result<Plan, String> {
	let text = std::fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?;
	Plan::parse(&text).map_err(|e| format!("{}: {e}", file.display()))
}

/// Tells of a broken rule: the command that shows it again, and the shortest plan.
fn report(args: &Args, plan: &Plan, outcome: &Outcome) {
	let Some(broken) = &outcome.broken else { return };
	println!(
		"BROKEN `{}` after {} steps, {} ms: {}",
		broken.rule, outcome.steps, outcome.ms, broken.what
	);
	match &args.plan {
		Some(file) => println!("again: scripts/simulate --plan {}", file.display()),
		None => {
			let everything = if args.everything { " --everything" } else { "" };
			println!("again: scripts/simulate --seed {}{everything}", plan.setting.seed);
		}
	}
	if args.attempts == 0 {
		return;
	}
	let short = shrink(plan, broken.rule, args.attempts);
	println!(
		"{} of {} actions are enough:\n{}",
		short.entries.len(),
		plan.entries.len(),
		short.to_text()
	);
	if let Some(file) = &args.keep {
		if let Err(error) = std::fs::write(file, short.to_text()) {
			eprintln!("{}: {error}", file.display());
		}
	}
}

#[derive(Default)]
struct Sum {
	runs: u64,
	steps: u64,
	ms: u64,
	orders: usize,
	counts: BTreeMap<&'static str, u64>,
}

impl Sum {
	fn add(&mut self, outcome: &Outcome) {
		self.runs += 1;
		self.steps += outcome.steps;
		self.ms += outcome.ms;
		self.orders += outcome.orders;
		for (what, n) in &outcome.counts {
			*self.counts.entry(what).or_default() += n;
		}
	}

	fn print(&self, seconds: f64) {
		println!(
			"{} runs, {} steps ({:.0} per second), {} orders, {:.1} virtual hours in {seconds:.1} s",
			self.runs,
			self.steps,
			self.steps as f64 / seconds.max(0.001),
			self.orders,
			self.ms as f64 / 3_600_000.0,
		);
		let counts: Vec<_> = self.counts.iter().map(|(what, n)| format!("{what} {n}")).collect();
		println!("trouble: {}", counts.join(", "));
	}
}
