// SPDX-License-Identifier: Apache-2.0

//! What the log can do on this machine. Run with `--ignored --nocapture`.

use super::{super::*, *};
use std::time::{Duration, Instant};

const ORDER_BYTES: usize = 512;
const ORDERS_PER_RECORD: usize = 1_000;

fn payload_of(orders: usize) -> Bytes {
	vec![b'o'; orders * ORDER_BYTES].into()
}

/// CPU time of this process so far, the kernel's part included.
fn cpu_time() -> Duration {
	let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux");
	let (_, fields) = stat.rsplit_once(')').expect("a command name in parentheses");
	// Fields 14 and 15 of the line, in ticks of a hundredth of a second; the first one here is field 3.
	let ticks: u64 = fields
		.split_whitespace()
		.skip(11)
		.take(2)
		.map(|field| field.parse::<u64>().expect("ticks"))
		.sum();
	Duration::from_millis(ticks * 10)
}

/// Appends for a while with so many records waiting at any time, then prints the rates.
async fn measure(what: &str, options: Options, orders: usize, waiting: usize) {
	let (log, _) = Log::open(options).expect("opens");
	log.append(vec![RecordBuf::new(1, payload_of(orders))])
		.await
		.expect("stored");
	let payload = payload_of(orders);
	let before = log.stats();
	let cpu = cpu_time();
	let started = Instant::now();
	let clients = (0..waiting).map(|_| {
		let (log, payload) = (log.clone(), payload.clone());
		tokio::spawn(async move {
			let mut times = Vec::new();
			while started.elapsed() < Duration::from_secs(3) {
				let begun = Instant::now();
				log.append(vec![RecordBuf::new(1, payload.clone())])
					.await
					.expect("stored");
				times.push(begun.elapsed());
			}
			times
		})
	});
	let clients: Vec<_> = clients.collect();
	let mut times = Vec::new();
	for client in clients {
		times.extend(client.await.expect("runs"));
	}
	let seconds = started.elapsed().as_secs_f64();
	let cpu = cpu_time() - cpu;
	let stats = log.stats();
	let (records, groups) = (stats.records - before.records, stats.groups - before.groups);
	let bytes = stats.bytes - before.bytes;
	times.sort_unstable();
	println!(
		"{what}: CPU {:.2} µs/order, {:.0} records/s, {:.0} orders/s, {:.0} MB/s, {:.0} fdatasync/s, {:.1} records per group, write {:?} and sync {:?} per \
		 group, answered in p50 {:?} p99 {:?}",
		cpu.as_secs_f64() * 1e6 / (records as f64 * orders as f64),
		records as f64 / seconds,
		records as f64 * orders as f64 / seconds,
		bytes as f64 / seconds / 1e6,
		groups as f64 / seconds,
		records as f64 / groups as f64,
		(stats.write_time - before.write_time) / groups as u32,
		(stats.sync_time - before.sync_time) / groups as u32,
		times[times.len() / 2],
		times[times.len() * 99 / 100],
	);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures; takes half a minute and writes gigabytes"]
async fn measure_appends() {
	for prepare in [true, false] {
		for (orders, waiting) in [(ORDERS_PER_RECORD, 8), (ORDERS_PER_RECORD, 1), (1, 256), (1, 1)] {
			let folder = tempfile::tempdir().expect("a folder");
			let options = Options {
				prepare,
				..Options::new(folder.path())
			};
			let kind = if prepare { "prepared" } else { "growing" };
			measure(
				&format!("{kind}, {orders} orders a record, {waiting} waiting"),
				options,
				orders,
				waiting,
			)
			.await;
		}
	}
}

#[test]
#[ignore = "measures; writes two gigabytes"]
fn measure_recovery_and_reads() {
	let folder = tempfile::tempdir().expect("a folder");
	let (log, _) = Log::open(Options::new(folder.path())).expect("opens");
	let records = 4_000;
	let mut positions = Vec::new();
	for _ in 0..records / 8 {
		let payload = payload_of(ORDERS_PER_RECORD);
		positions.extend(
			log.append_blocking(vec![RecordBuf::new(1, payload); 8])
				.expect("stored"),
		);
	}
	drop(log);
	let (opened, recovery) = Opened::open(Options::new(folder.path()), |_| {}).expect("opens");
	let bytes = recovery.tail as f64;
	println!(
		"recovery of {:.1} GB: {:?}, {:.0} MB/s",
		bytes / 1e9,
		recovery.elapsed,
		bytes / 1e6 / recovery.elapsed.as_secs_f64()
	);
	let reader = opened.reader();
	let started = Instant::now();
	let found = reader.scan(0, Position::MAX).filter(Result::is_ok).count();
	println!("scan: {:.0} MB/s", bytes / 1e6 / started.elapsed().as_secs_f64());
	assert_eq!(found, records);
	let started = Instant::now();
	let reads = 500;
	for number in 0..reads {
		reader.read(positions[number * 7_919 % positions.len()]).expect("reads");
	}
	println!(
		"read of a record of 512 KB not in memory of the process: {:?}",
		started.elapsed() / reads as u32
	);
}
