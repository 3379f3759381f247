// SPDX-License-Identifier: Apache-2.0

//! What an order costs, both nodes in one process over a network that costs nothing. Not part of the test run:
//! `cargo test --release -p sealane-courier measure -- --ignored --nocapture`.

use super::Trio;
use crate::{
	api::Cursor,
	testing::{self, lines, World},
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

/// Orders of one submission.
const BATCH: usize = 2_000;

/// A submission of orders of these products, in turn; 512 bytes each.
fn submission(number: usize, products: &[String]) -> (bytes::Bytes, Vec<std::ops::Range<u32>>) {
	let filler = "x".repeat(300);
	let orders: Vec<_> = (0..BATCH)
		.map(|i| {
			let order = testing::order(&format!("M-{number}-{i}"), &products[i % products.len()]);
			order.replace(
				"\"placed_at\"",
				&format!("\"details\":{{\"note\":\"{filler}\"}},\"placed_at\""),
			)
		})
		.collect();
	lines(&orders)
}

/// Trades and prints what it cost; `products` of as many lanes.
async fn round_trips(trio: Trio, batches: usize, products: &[String]) {
	let batches: Vec<_> = (0..batches).map(|number| submission(number, products)).collect();
	let bytes: usize = batches.iter().map(|(body, _)| body.len()).sum();
	let count = batches.len() * BATCH;
	let (seller, issuer) = (trio.seller.clone(), trio.issuer.clone());
	let (cpu, started) = (cpu_us(), Instant::now());
	let confirming = tokio::spawn(async move {
		let (mut cursor, mut confirmed) = (Cursor::default(), 0);
		let mut tail = issuer.tail();
		while confirmed < count {
			tail.borrow_and_update();
			let (next, accepted) = testing::confirm(&issuer, cursor).await;
			confirmed += accepted as usize;
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
	testing::until(&trio.issuer, "all is delivered", || {
		let lanes = trio.issuer.lanes();
		let out: Vec<_> = lanes.iter().filter(|l| l.outgoing).collect();
		out.len() == products.len() && out.iter().all(|l| l.delivered == l.packets)
	})
	.await;
	let (cpu, elapsed) = (cpu_us() - cpu, started.elapsed());
	println!(
		"{count} round trips of {} B orders over {} lanes each way in {elapsed:?}: {:.0}/s, {:.2} us CPU each (load generator included)",
		bytes / count,
		products.len(),
		count as f64 / elapsed.as_secs_f64(),
		cpu as f64 / count as f64,
	);
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures; takes some seconds"]
async fn cpu_per_round_trip() {
	round_trips(Trio::start(99), 200, &["P2".into()]).await;
}

/// The same orders over 1, 10 and 100 channels of the same two nodes, and so over as many lanes each way.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures; takes some seconds"]
async fn cpu_per_round_trip_over_many_lanes() {
	for lanes in [1u32, 10, 100, 1] {
		let world = World::new(98);
		world.block(|state| {
			let model = state.channel(1).clone();
			for number in 0..lanes {
				let mut channel = model.clone();
				channel.id = 1_000 + number;
				channel.authorisation = Ok(testing::granted(channel.id));
				channel.interfaces[0].id = testing::name(&format!("J{number}"));
				channel.products.truncate(1);
				channel.products[0].id = testing::name(&format!("L{number}"));
				channel.products[0].interface = channel.interfaces[0].id.clone();
				state.channels.push(channel);
			}
		});
		let products: Vec<_> = (0..lanes).map(|number| format!("L{number}")).collect();
		round_trips(Trio::start_in(world), 100, &products).await;
	}
}

#[test]
#[ignore = "measures"]
fn reading_one_order() {
	const TIMES: u32 = 1_000_000;
	let (pad, commitment) = ("x".repeat(130), "7c".repeat(32));
	let line = format!(
		"{{\"id\":\"B1-000000001\",\"kind\":\"purchase\",\"product\":\"JP5104\",\"customer\":\"HCB-000001\",\"amount\":\"10000.00\",\
		 \"currency\":\"CNY\",\"placed_at\":\"2026-03-02T10:00:00+08:00\",\"clause_version\":3,\"facts\":{{\
		 \"birth_date\":\"1985-06-15\",\"identity_verified\":true,\"registration\":{{\"commitment\":\"{commitment}\",\"salt\":\"{commitment}\"}},\"risk_class\":\"C3\",\
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
