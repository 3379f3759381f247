// SPDX-License-Identifier: Apache-2.0

//! What an order costs, both nodes in one process over a network that costs nothing. Not part of the test run:
//! `cargo test --release -p sealane-courier measure -- --ignored --nocapture`.

use super::Trio;
use crate::{
	api::Cursor,
	testing::{self, lines},
};
use std::time::Instant;

/// User and system time of this process, in microseconds.
fn cpu_us() -> u64 {
	let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux has it");
	let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
	let ticks: u64 = [11, 12]
		.iter()
		.map(|i| fields[*i].parse::<u64>().expect("a number"))
		.sum();
	// The kernel counts in hundredths of a second.
	ticks * 10_000
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures; takes some seconds"]
async fn cpu_per_round_trip() {
	const BATCHES: usize = 200;
	const BATCH: usize = 2_000;
	let trio = Trio::start(99);
	let filler = "x".repeat(300);
	let batches: Vec<_> = (0..BATCHES)
		.map(|b| {
			let orders: Vec<_> = (0..BATCH)
				.map(|i| {
					let order = testing::order(&format!("M-{b}-{i}"), "P2");
					order.replace(
						"\"placed_at\"",
						&format!("\"details\":{{\"note\":\"{filler}\"}},\"placed_at\""),
					)
				})
				.collect();
			lines(&orders)
		})
		.collect();
	let bytes: usize = batches.iter().map(|(body, _)| body.len()).sum();
	let (seller, issuer) = (trio.seller.clone(), trio.issuer.clone());
	let (cpu, started) = (cpu_us(), Instant::now());
	let confirming = tokio::spawn(async move {
		let (mut cursor, mut confirmed) = (Cursor::default(), 0);
		let mut tail = issuer.tail();
		while (confirmed as usize) < BATCHES * BATCH {
			tail.borrow_and_update();
			let (next, count) = testing::confirm(&issuer, cursor).await;
			confirmed += count;
			if next == cursor {
				let _ = tail.changed().await;
			}
			cursor = next;
		}
	});
	for (body, ranges) in batches {
		let report = seller.submit_orders(body, ranges, None).await.expect("taken");
		assert_eq!(report.accepted as usize, BATCH);
	}
	confirming.await.expect("confirms");
	let lane = crate::api::LaneId {
		channel: 1,
		from: testing::ISSUER,
		to: testing::SELLER,
	};
	testing::until(&trio.issuer, "all is delivered", || {
		trio.issuer
			.lanes()
			.iter()
			.any(|l| l.lane == lane && l.delivered == l.packets)
	})
	.await;
	let (cpu, elapsed) = (cpu_us() - cpu, started.elapsed());
	let count = (BATCHES * BATCH) as u64;
	println!(
		"{count} round trips of {} B orders in {elapsed:?}: {:.0}/s, {:.2} us CPU each (load generator included)",
		bytes / BATCHES / BATCH,
		count as f64 / elapsed.as_secs_f64(),
		cpu as f64 / count as f64,
	);
	trio.stop().await;
}

#[test]
#[ignore = "measures"]
fn reading_one_order() {
	const TIMES: u32 = 1_000_000;
	let pad = "x".repeat(130);
	let line = format!(
		"{{\"id\":\"B1-000000001\",\"kind\":\"purchase\",\"product\":\"JP5104\",\"customer\":\"HCB-000001\",\"amount\":\"10000.00\",\
		 \"currency\":\"CNY\",\"placed_at\":\"2026-03-02T10:00:00+08:00\",\"clause_version\":3,\"facts\":{{\
		 \"birth_date\":\"1985-06-15\",\"identity_verified\":true,\"registered\":true,\"risk_class\":\"C3\",\
		 \"risk_assessed_on\":\"2025-09-01\",\"investor_category\":\"ordinary\",\"region\":\"CN-SH\"}},\"details\":{{\"pad\":\"{pad}\"}}}}"
	);
	// The same with one escape, which is more than the plain parser reads.
	let escaped = line.replace("\"pad\":\"x", "\"pad\":\"\\u0078");
	for (what, line) in [("plain", &line), ("with an escape", &escaped)] {
		let started = Instant::now();
		let mut amounts = 0;
		for _ in 0..TIMES {
			let order = crate::order::Order::parse(std::hint::black_box(line.as_bytes())).expect("an order");
			amounts += usize::from(order.amount.is_some());
		}
		println!("{} bytes, {what}: {:?} each", line.len(), started.elapsed() / TIMES);
		assert_eq!(amounts, TIMES as usize);
	}
}
