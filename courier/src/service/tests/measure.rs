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

/// Memory that this process has in use, in bytes.
fn resident() -> u64 {
	let status = std::fs::read_to_string("/proc/self/status").expect("Linux has it");
	let line = status.lines().find(|line| line.starts_with("VmRSS:"));
	let kib = line.and_then(|line| line.split_whitespace().nth(1)).expect("is there");
	kib.parse::<u64>().expect("a number") * 1024
}

/// Round trips one by one, each order and each answer in a packet of its own, until so many are done.
async fn one_by_one(trio: &Trio, orders: std::ops::Range<u32>) {
	const AT_ONCE: u32 = 16;
	let mut first = orders.start;
	let mut cursor = trio.issuer.tail().borrow().to_owned();
	while first < orders.end {
		let end = orders.end.min(first + AT_ONCE);
		for id in first..end {
			testing::submit(&trio.seller, &[testing::order(&format!("N-{id}"), "P2")]).await;
		}
		let mut open = end - first;
		while open > 0 {
			let mut tail = trio.issuer.tail();
			tail.borrow_and_update();
			let page = trio.issuer.inbox(cursor, 1).expect("the inbox is readable");
			cursor = page.next;
			for entry in page.entries {
				let id = crate::library::id_of(&entry.bytes).expect("has an id").into_owned();
				let line = format!(r#"{{"order":"{id}","outcome":"accepted","deal":"D-{id}"}}"#);
				let (body, ranges) = lines(&[line]);
				let taken = trio
					.issuer
					.submit_confirmations(body, ranges, None)
					.await
					.expect("is taken");
				open -= taken.accepted;
			}
			if open > 0 && page.at_end {
				let _ = tokio::time::timeout(std::time::Duration::from_millis(20), tail.changed()).await;
			}
		}
		first = end;
	}
	let last = format!("N-{}", orders.end - 1);
	testing::until(&trio.issuer, "the last is signed by both", || {
		super::stage(&trio.issuer, &last) >= Some(crate::api::OrderStage::Hashed)
	})
	.await;
}

/// What an order that is settled goes on taking: memory, disk, and time at the next start. All three grow with each order today, as all of the log is
/// kept and all of it is in memory; the bounds are those of a log that lets go of what is settled.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures for minutes; what is settled is all kept today, so its bounds do not hold"]
async fn settled_orders_take_no_memory_no_disk_and_no_time() {
	const ORDERS: u32 = 20_000;
	let mut trio = Trio::start(97);
	one_by_one(&trio, 0..ORDERS).await;
	let size = |trio: &Trio| -> u64 {
		let lengths = [&trio.seller, &trio.issuer].map(|node| node.tail().borrow().position);
		lengths.iter().sum()
	};
	let (memory, disk) = (resident(), size(&trio));
	one_by_one(&trio, ORDERS..2 * ORDERS).await;
	let each = |grown: u64| grown as f64 / f64::from(ORDERS) / 2.0;
	let (memory, disk) = (each(resident().saturating_sub(memory)), each(size(&trio) - disk));
	let started = Instant::now();
	trio.restart(testing::ISSUER).await;
	let start = started.elapsed().as_secs_f64() * 1e6 / f64::from(2 * ORDERS);
	println!("per order and node: {memory:.0} B of memory, {disk:.0} B of log, {start:.2} us of each start");
	trio.stop().await;
	assert!(memory < 40.0, "{memory:.0} B of memory");
	assert!(disk < 200.0, "{disk:.0} B of log");
	assert!(start < 0.1, "{start:.2} us of each start");
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
