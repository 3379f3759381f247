// SPDX-License-Identifier: Apache-2.0

//! What a confirmed round trip costs on this machine: two real nodes, the load generator beside them.
//!
//! A round trip is: the order accepted by the seller's node (on its disk), packed, sealed, delivered, on the issuer's node's disk,
//! handed to the issuer's business system, confirmed, back, and on the seller's node's disk with its leaf in a batch that both
//! sides signed. The issuer's business system is a loop that confirms everything, so that the figures are about the nodes.
//!
//! * `load`: orders, the issuer's loop, one run.
//! * `further`: latencies, lookups.
//! * `finality`: the wait for a final anchor, against how often nodes anchor.
//! * `machine`: CPU time and memory of processes.
//! * `report`: what was measured, for people.

mod finality;
mod further;
mod load;
mod machine;
mod report;

use crate::{
	consortium::{Consortium, Plan},
	error::{Error, Result},
};
use further::{Steady, Times};
use load::{Load, Run, Shape};
use machine::cpu_us;
use sealane_sample::{self as sample, SampleSize};
use sealane_terminal_core::output::thousands;
use serde::Serialize;
use std::time::Duration;

/// How to measure.
#[derive(Clone, Debug, clap::Args)]
pub struct BenchArgs {
	/// Orders of one run
	#[arg(long, default_value_t = 200_000, value_parser = clap::value_parser!(u64).range(1_000..=100_000_000))]
	orders: u64,
	/// Runs; the median is reported
	#[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=99))]
	runs: u32,
	/// Orders of one request
	#[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u64).range(1..=20_000))]
	batch: u64,
	/// Most orders under way: sent, and not confirmed yet
	#[arg(long, default_value_t = 40_000, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
	window: u64,
	/// Single orders for the latency
	#[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(10..=100_000))]
	singles: u32,
	/// Leave out what is measured beside the rate and the latency of single orders
	#[arg(long)]
	short: bool,
	/// Orders to trade and keep before orders are looked up, beside those of the runs
	#[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=100_000_000))]
	stored: u64,
	/// Measure instead how long a confirmed record waits until its anchor is final, with nodes that anchor once in so many blocks: 1 as up to 25 nodes
	/// do, 4 as 100, 20 as 500; several with commas
	#[arg(long, value_name = "BLOCKS", value_delimiter = ',', value_parser = clap::value_parser!(u32).range(1..=20))]
	finality: Vec<u32>,
	/// Orders that are followed to their final anchor, with each interval
	#[arg(long, default_value_t = 600, value_parser = clap::value_parser!(u64).range(10..=100_000))]
	followed: u64,
	/// Print one JSON object as the last line of stdout, and nothing else there
	#[arg(long)]
	json: bool,
}

/// Everything that was measured.
#[derive(Clone, Debug, Serialize)]
struct Report {
	machine: String,
	/// Processes that wanted to run in the minute before the first run, as the kernel averages them: other work on the machine.
	load_before: f64,
	/// Clauses that both sides check each order against.
	clauses: usize,
	order_bytes: usize,
	orders_per_request: u64,
	/// Most orders under way.
	window: u64,
	runs: Vec<Run>,
	/// Median over the runs.
	orders_per_second: f64,
	/// Median over the runs: CPU time of both node processes.
	cpu_us_per_order: f64,
	/// Median over the runs: share of the machine's processors that nodes and load generator used, 0 to 1.
	processors_used: f64,
	/// Single orders, from the acknowledgement to the confirmation at the seller.
	singles: Times,
	further: Option<Further>,
	/// CPU milliseconds per second that both nodes take without any load; included in the figures above.
	idle_cpu_ms_per_second: f64,
}

/// What is measured beside the rate.
#[derive(Clone, Debug, Serialize)]
struct Further {
	/// Half the median rate.
	half: Steady,
	/// One order per request.
	single_requests: Run,
	/// Most memory of the seller's node and the issuer's node up to here, MiB.
	peak_memory_mib: Vec<u64>,
	/// The rate at which the orders of `--stored` were traded.
	storing: Option<Run>,
	/// Most memory of both with them, MiB.
	storing_memory_mib: Option<Vec<u64>>,
	/// Orders found by id over HTTP, one after the other.
	lookups: Times,
	/// Orders on the seller's node then.
	orders_stored: u64,
}

/// How long the nodes are watched without load.
const IDLE: Duration = Duration::from_secs(6);
/// Connections that send single orders.
const SINGLE_CONNECTIONS: usize = 64;
/// Requests of one order.
const SINGLE_REQUESTS: u64 = 100_000;
/// Orders that are looked up.
const LOOKUPS: u32 = 5_000;

/// Measures and prints.
///
/// # Errors
/// The network does not start, or an order is not confirmed.
pub async fn run(args: BenchArgs) -> Result<()> {
	let load_before = machine::load_average();
	say("starting two nodes, the seller's being the only validator");
	let folder = tempfile::Builder::new().prefix("sealane-bench-").tempdir();
	let folder = folder.map_err(Error::io("cannot make a temporary folder"))?;
	let manifest = sample::write(1, SampleSize::of_orders(100), &folder.path().join("sample"))?;
	let mut consortium = Consortium::start(folder.path(), Plan::Pair).await?;
	let clauses: Vec<_> = manifest.clauses.iter().filter(|f| f.scope == "all").cloned().collect();
	let clause_count = clauses
		.iter()
		.map(|f| f.clauses().map(|list| list.len()))
		.sum::<Result<usize, _>>()?;
	consortium.set_up(&clauses).await?;
	let pids = consortium
		.institutions
		.iter()
		.map(|i| i.node.pid())
		.collect::<Option<Vec<_>>>();
	let pids = pids.ok_or_else(|| Error::Unexpected("a node does not run".into()))?;

	if !args.finality.is_empty() {
		let mut load = Load::start(&consortium, pids).await?;
		let mut intervals = args.finality.clone();
		intervals.sort_unstable();
		intervals.dedup();
		let waits = finality::run(&consortium, &mut load, &intervals, args.followed).await?;
		consortium.ensure_running()?;
		return print(args.json, &waits, |waits| report::waits(waits, load_before));
	}
	say(&format!("idle for {} s", IDLE.as_secs()));
	let before = cpu_us(&pids)?;
	tokio::time::sleep(IDLE).await;
	let idle = (cpu_us(&pids)?.iter().sum::<u64>() - before.iter().sum::<u64>()) as f64 / IDLE.as_secs_f64() / 1e3;

	let mut load = Load::start(&consortium, pids).await?;
	let shape = Shape::batches(args.batch, args.window);
	say("warming up");
	load.run("warm", args.orders.min(20_000), shape).await?;
	let mut runs = Vec::new();
	for number in 1..=args.runs {
		say(&format!(
			"run {number} of {}: {} orders",
			args.runs,
			thousands(args.orders)
		));
		runs.push(load.run(&number.to_string(), args.orders, shape).await?);
	}
	say(&format!("{} single orders, one at a time", args.singles));
	let singles = further::singles(&mut load, args.singles).await?;
	let rate = median(runs.iter().map(|r| r.orders_per_second));
	let further = match args.short {
		true => None,
		false => Some(measure_further(&mut load, &args, &runs, rate).await?),
	};
	consortium.ensure_running()?;

	let report = Report {
		machine: machine::describe(),
		load_before,
		clauses: clause_count,
		order_bytes: load::ORDER_BYTES,
		orders_per_request: args.batch,
		window: args.window,
		orders_per_second: rate,
		cpu_us_per_order: median(runs.iter().map(|r| r.cpu_us_per_order)),
		processors_used: median(runs.iter().map(processors_used)),
		runs,
		singles,
		further,
		idle_cpu_ms_per_second: idle,
	};
	print(args.json, &report, report::text)
}

/// As JSON or for people.
fn print<T: Serialize + ?Sized>(json: bool, report: &T, text: impl Fn(&T) -> String) -> Result<()> {
	if json {
		let line = serde_json::to_string(report).map_err(|e| Error::Unexpected(format!("report: {e}")))?;
		println!("{line}");
	} else {
		println!("{}", text(report));
	}
	Ok(())
}

fn say(text: &str) {
	eprintln!("{text}");
}

async fn measure_further(load: &mut Load, args: &BenchArgs, runs: &[Run], rate: f64) -> Result<Further> {
	say(&format!(
		"half the load, {} orders/s, and its way to a final block",
		thousands(rate as u64 / 2)
	));
	let half = further::steady(load, rate / 2.0).await?;
	say(&format!(
		"{} requests of one order over {SINGLE_CONNECTIONS} connections",
		thousands(SINGLE_REQUESTS)
	));
	let shape = Shape::single_requests(SINGLE_CONNECTIONS);
	let single_requests = load.run("single", SINGLE_REQUESTS, shape).await?;
	let peak_memory_mib = machine::peak_memory_mib(&load.pids)?;
	let mut known: Vec<_> = (1..).map(|n: u32| n.to_string()).zip(runs.iter().cloned()).collect();
	let (mut storing, mut storing_memory_mib) = (None, None);
	if args.stored > 0 {
		say(&format!("{} orders more, to be kept", thousands(args.stored)));
		let shape = Shape::batches(args.batch, args.window);
		let run = load.run("stored", args.stored, shape).await?;
		known.push(("stored".into(), run.clone()));
		storing = Some(run);
		storing_memory_mib = Some(machine::peak_memory_mib(&load.pids)?);
	}
	say(&format!("{} orders looked up", thousands(LOOKUPS.into())));
	let (lookups, orders_stored) = further::lookups(load, &known, LOOKUPS).await?;
	Ok(Further {
		half,
		single_requests,
		peak_memory_mib,
		storing,
		storing_memory_mib,
		lookups,
		orders_stored,
	})
}

/// The share of the machine's processors that a run used.
fn processors_used(run: &Run) -> f64 {
	let cores = std::thread::available_parallelism().map_or(1, usize::from);
	(run.cpu_us_per_order + run.generator_us_per_order) * run.orders_per_second / 1e6 / cores as f64
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
	let mut values: Vec<f64> = values.collect();
	values.sort_by(f64::total_cmp);
	let middle = values.len() / 2;
	match values.len() % 2 {
		1 => values[middle],
		_ if middle > 0 => (values[middle - 1] + values[middle]) / 2.0,
		_ => 0.0,
	}
}

/// Of sorted values, the smallest that is at least as large as the share `p` of them.
fn percentile(sorted: &[f64], p: f64) -> f64 {
	let rank = (sorted.len() as f64 * p).ceil() as usize;
	sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn percentiles_are_values_that_were_measured() {
		let values: Vec<f64> = (1..=100).map(f64::from).collect();
		assert_eq!(percentile(&values, 0.5), 50.0);
		assert_eq!(percentile(&values, 0.99), 99.0);
		assert_eq!(percentile(&[], 0.5), 0.0);
		assert_eq!(median([3.0, 1.0, 2.0].into_iter()), 2.0);
		assert_eq!(median([3.0, 1.0].into_iter()), 2.0);
		assert_eq!(median([].into_iter()), 0.0);
	}
}
