// SPDX-License-Identifier: Apache-2.0

//! What a confirmed round trip costs on this machine: two real nodes, the load generator beside them.
//!
//! A round trip is: the order accepted by the seller's node (on its disk), packed, sealed, delivered, on the issuer's node's disk,
//! handed to the issuer's business system, confirmed, back, and on the seller's node's disk with its leaf in a batch that both
//! sides signed. The issuer's business system is a loop that confirms everything, so that the figures are about the nodes.

mod load;
mod machine;

use crate::{
	consortium::{Consortium, Plan},
	error::{Error, Result},
};
use load::{Load, Run};
use machine::cpu_us;
use sealane_terminal::{
	output::{thousands, Table},
	sample::{self, SampleSize},
};
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
	/// Single orders for the latency
	#[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(10..=100_000))]
	singles: u32,
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
	runs: Vec<Run>,
	/// Median over the runs.
	orders_per_second: f64,
	/// Median over the runs: CPU time of both node processes.
	cpu_us_per_order: f64,
	/// Median over the runs: share of the machine's processors that nodes and load generator used, 0 to 1.
	processors_used: f64,
	/// Single orders, from the acknowledgement to the confirmation at the seller, in milliseconds.
	latency_p50_ms: f64,
	latency_p99_ms: f64,
	singles: u32,
	/// CPU milliseconds per second that both nodes take without any load; included in the figures above.
	idle_cpu_ms_per_second: f64,
}

/// How long the nodes are watched without load.
const IDLE: Duration = Duration::from_secs(6);

/// Measures and prints.
///
/// # Errors
/// The network does not start, or an order is not confirmed.
pub async fn run(args: BenchArgs) -> Result<()> {
	let say = |text: &str| eprintln!("{text}");
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

	say(&format!("idle for {} s", IDLE.as_secs()));
	let before = cpu_us(&pids)?;
	tokio::time::sleep(IDLE).await;
	let idle = (cpu_us(&pids)?.iter().sum::<u64>() - before.iter().sum::<u64>()) as f64 / IDLE.as_secs_f64() / 1e3;

	let mut load = Load::start(&consortium, pids).await?;
	say("warming up");
	load.run("warm", args.orders.min(20_000), args.batch).await?;
	let mut runs = Vec::new();
	for number in 1..=args.runs {
		say(&format!(
			"run {number} of {}: {} orders",
			args.runs,
			thousands(args.orders)
		));
		runs.push(load.run(&number.to_string(), args.orders, args.batch).await?);
	}
	say(&format!("{} single orders, one at a time", args.singles));
	let mut latencies = load.singles(args.singles).await?;
	latencies.sort_by(f64::total_cmp);
	consortium.ensure_running()?;

	let report = Report {
		machine: machine::describe(),
		load_before,
		clauses: clause_count,
		order_bytes: load::ORDER_BYTES,
		orders_per_request: args.batch,
		orders_per_second: median(runs.iter().map(|r| r.orders_per_second)),
		cpu_us_per_order: median(runs.iter().map(|r| r.cpu_us_per_order)),
		processors_used: median(runs.iter().map(processors_used)),
		runs,
		latency_p50_ms: percentile(&latencies, 0.50),
		latency_p99_ms: percentile(&latencies, 0.99),
		singles: args.singles,
		idle_cpu_ms_per_second: idle,
	};
	if args.json {
		let line = serde_json::to_string(&report).map_err(|e| Error::Unexpected(format!("report: {e}")))?;
		println!("{line}");
	} else {
		println!("{}", text(&report));
	}
	Ok(())
}

/// The share of the machine's processors that a run used.
fn processors_used(run: &Run) -> f64 {
	let cores = std::thread::available_parallelism().map_or(1, usize::from);
	(run.cpu_us_per_order + run.generator_us_per_order) * run.orders_per_second / 1e6 / cores as f64
}

fn text(report: &Report) -> String {
	let mut table = Table::new(&[
		"run",
		">orders",
		">seconds",
		">orders/s",
		">CPU µs/order",
		">seller",
		">issuer",
		">generator",
	]);
	for (number, run) in report.runs.iter().enumerate() {
		table.row([
			(number + 1).to_string(),
			thousands(run.orders),
			format!("{:.2}", run.seconds),
			thousands(run.orders_per_second as u64),
			format!("{:.2}", run.cpu_us_per_order),
			format!("{:.2}", run.seller_us_per_order),
			format!("{:.2}", run.issuer_us_per_order),
			format!("{:.2}", run.generator_us_per_order),
		]);
	}
	format!(
		"\nConfirmed round trips: accepted, delivered, confirmed, back, durable on both sides\n\n\
		 machine    {}; load average before: {:.1}\n\
		 processes  seller's node (the only validator, 2 s blocks), issuer's node, load generator with the issuer's loop\n\
		 orders     {} bytes with facts that both sides check against {} clauses, {} per request; confirmations ~100 bytes\n\n\
		 {table}\n\n\
		 median of {}: {} orders/s, {:.2} CPU µs per order of both nodes together\n\
		 nodes and generator used {:.0} % of the processors: {}\n\
		 one order at a time, acknowledgement to confirmation at the seller: p50 {:.2} ms, p99 {:.2} ms ({} orders)\n\
		 both nodes without load: {:.0} CPU ms per second, included above\n\n\
		 Measured on this machine at this time; a figure of another machine, or of one with other work, is another figure.",
		report.machine,
		report.load_before,
		report.order_bytes,
		report.clauses,
		thousands(report.orders_per_request),
		report.runs.len(),
		thousands(report.orders_per_second as u64),
		report.cpu_us_per_order,
		report.processors_used * 100.0,
		if report.processors_used > 0.75 { "they are what bounds the rate" } else { "the rate is bounded by waiting, not by them" },
		report.latency_p50_ms,
		report.latency_p99_ms,
		report.singles,
		report.idle_cpu_ms_per_second,
	)
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
