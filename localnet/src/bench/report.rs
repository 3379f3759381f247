// SPDX-License-Identifier: Apache-2.0

//! What was measured, for people.

use super::{finality::Wait, machine, Further, Report, SINGLE_CONNECTIONS};
use sealane_terminal_core::output::{thousands, Table};

pub(super) fn text(report: &Report) -> String {
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
		 orders     {} bytes with facts that both sides check against {} clauses, {} per request, at most {} under way;\n           \
		 confirmations ~100 bytes\n\n\
		 {table}\n\n\
		 median of {}: {} orders/s, {:.2} CPU µs per order of both nodes together\n\
		 nodes and generator used {:.0} % of the processors: {}\n\
		 one order at a time, acknowledgement to confirmation at the seller: p50 {:.2} ms, p99 {:.2} ms ({} orders)\n\
		 both nodes without load: {:.0} CPU ms per second, included above\n\
		 {}\n\
		 Measured on this machine at this time; a figure of another machine, or of one with other work, is another figure.",
		report.machine,
		report.load_before,
		report.order_bytes,
		report.clauses,
		thousands(report.orders_per_request),
		thousands(report.window),
		report.runs.len(),
		thousands(report.orders_per_second as u64),
		report.cpu_us_per_order,
		report.processors_used * 100.0,
		if report.processors_used > 0.75 {
			"they are what bounds the rate"
		} else {
			"the rate is bounded by waiting, not by them"
		},
		report.singles.p50_ms,
		report.singles.p99_ms,
		report.singles.count,
		report.idle_cpu_ms_per_second,
		report.further.as_ref().map(further).unwrap_or_default(),
	)
}

pub(super) fn waits(waits: &Vec<Wait>, load_before: f64) -> String {
	let mut table = Table::new(&[
		">blocks",
		">orders",
		">to cut p50",
		">p99",
		">to final p50",
		">p99",
		">both p50",
		">p99",
		">most",
	]);
	for it in waits {
		let seconds = |ms: f64| format!("{:.1} s", ms / 1e3);
		table.row([
			it.interval.to_string(),
			thousands(it.both.count as u64),
			seconds(it.until_cut.p50_ms),
			seconds(it.until_cut.p99_ms),
			seconds(it.until_final.p50_ms),
			seconds(it.until_final.p99_ms),
			seconds(it.both.p50_ms),
			seconds(it.both.p99_ms),
			seconds(it.both.most_ms),
		]);
	}
	format!(
		"\nFrom the confirmation on the seller's disk until its node knows the anchor to be final; a node anchors once in so many blocks of 2 s\n\n\
		 machine    {}; load average before: {load_before:.1}\n\n\
		 {table}\n\n\
		 Measured on this machine at this time; a figure of another machine, or of one with other work, is another figure.",
		machine::describe(),
	)
}

fn further(it: &Further) -> String {
	let half = &it.half;
	let mut text = format!(
		"at half load, {} orders/s: acknowledgement to confirmation p50 {:.2} ms, p99 {:.2} ms; \
		 confirmation to final anchor p50 {:.1} s, p99 {:.1} s\n\
		 one order per request over {SINGLE_CONNECTIONS} connections: {} round trips/s, {:.2} CPU µs each\n\
		 most memory of a node until here: seller's {} MiB, issuer's {} MiB\n",
		thousands(half.orders_per_second as u64),
		half.latency.p50_ms,
		half.latency.p99_ms,
		half.finalised.p50_ms / 1e3,
		half.finalised.p99_ms / 1e3,
		thousands(it.single_requests.orders_per_second as u64),
		it.single_requests.cpu_us_per_order,
		it.peak_memory_mib[0],
		it.peak_memory_mib[1],
	);
	if let (Some(run), Some(memory)) = (&it.storing, &it.storing_memory_mib) {
		text += &format!(
			"{} orders more: {} round trips/s, {:.2} CPU µs each; memory then {} and {} MiB\n",
			thousands(run.orders),
			thousands(run.orders_per_second as u64),
			run.cpu_us_per_order,
			memory[0],
			memory[1],
		);
	}
	text += &format!(
		"an order found by id over HTTP among {}: p50 {:.2} ms, p99 {:.2} ms ({} lookups)\n",
		thousands(it.orders_stored),
		it.lookups.p50_ms,
		it.lookups.p99_ms,
		it.lookups.count,
	);
	text
}
