// SPDX-License-Identifier: Apache-2.0

//! Readers beside the writer, positions from outside, and the tail.

use super::*;
use std::{
	sync::atomic::{AtomicBool, Ordering},
	thread,
};

#[test]
fn readers_follow_the_writer() {
	let disk = FaultDisk::new();
	let (log, _) = open(&disk);
	let done = AtomicBool::new(false);
	thread::scope(|scope| {
		for _ in 0..3 {
			let (reader, log, done) = (log.reader(), &log, &done);
			scope.spawn(move || {
				let mut calls = Calls::default();
				let mut from = 0;
				loop {
					let is_last = done.load(Ordering::Acquire);
					let mut scan = reader.scan(from, Position::MAX);
					for record in scan.by_ref() {
						let record = record.expect("reads");
						assert_eq!(log.read(record.position).expect("reads"), record);
						calls.add(&record);
					}
					from = scan.position();
					if is_last {
						break;
					}
				}
				assert_eq!(calls.finish(), (0..500).collect::<Vec<_>>());
			});
		}
		for number in 0..500 {
			log.append_blocking(call(number)).expect("stored");
		}
		done.store(true, Ordering::Release);
	});
}

#[tokio::test]
async fn the_tail_tells_of_new_records() {
	let disk = FaultDisk::new();
	let (log, _) = open(&disk);
	let mut tail = log.watch();
	let before = *tail.borrow_and_update();
	let appended = tokio::spawn({
		let log = log.clone();
		async move { log.append(call(1)).await }
	});
	tail.changed().await.expect("the log lives");
	let positions = appended.await.expect("runs").expect("stored");
	assert!(positions
		.iter()
		.all(|position| *position > before && *position < log.tail()));
	assert_eq!(scanned(&log.reader()), [1]);
}

#[test]
fn positions_outside_the_log_are_refused() {
	let disk = FaultDisk::new();
	let (log, _) = open(&disk);
	assert!(matches!(log.read(0), Err(ReadError::BeyondTail { tail: 0, .. })));
	let position = log.append_blocking(call(1)).expect("stored")[0];
	let tail = log.tail();
	assert!(matches!(log.read(tail), Err(ReadError::BeyondTail { .. })));
	assert!(matches!(
		log.read(position - frame::GROUP_HEADER_BYTES as u64),
		Err(ReadError::NotARecord { .. })
	));
	drop(log);
	let (log, _) = open(&disk);
	for nowhere in [0, 10, position - frame::GROUP_HEADER_BYTES as u64] {
		assert!(
			matches!(log.read(nowhere), Err(ReadError::NotARecord { .. })),
			"{nowhere}"
		);
	}
}

#[test]
fn only_beginnings_and_ends_of_records_are_boundaries() {
	let disk = FaultDisk::new();
	let (log, _) = open(&disk);
	// A payload with a whole record inside: a reader sent there would believe it.
	let mut inner = vec![0; RECORD_HEADER_BYTES];
	inner.extend_from_slice(b"forged");
	frame::seal(&mut inner, 5);
	let outer = log
		.append_blocking(vec![RecordBuf::new(1, inner), RecordBuf::new(1, "next")])
		.expect("stored");
	let forged = outer[0] + RECORD_HEADER_BYTES as u64;
	for number in 0..40 {
		log.append_blocking(call(number)).expect("stored");
	}
	drop(log);
	let (log, _) = open(&disk);
	let reader = log.reader();
	assert_eq!(reader.read(forged).expect("it looks like a record").payload, "forged");
	assert!(!reader.is_boundary(forged).expect("reads"));
	assert!(reader.is_boundary(0).expect("reads"));
	assert!(reader.is_boundary(log.tail()).expect("reads"));
	assert!(!reader.is_boundary(log.tail() + 1).expect("reads"));
	for record in reader.scan(0, Position::MAX) {
		let record = record.expect("reads");
		assert!(reader.is_boundary(record.position).expect("reads"));
		assert!(reader.is_boundary(record.end()).expect("reads"));
		assert!(!reader.is_boundary(record.position + 1).expect("reads"));
	}
}

#[test]
fn a_scan_may_begin_and_end_anywhere_in_the_log() {
	let disk = FaultDisk::new();
	let (log, _) = open(&disk);
	let positions: Vec<_> = (0..30)
		.flat_map(|number| log.append_blocking(call(number)).expect("stored"))
		.collect();
	drop(log);
	let (log, _) = open(&disk);
	for (from, until) in [(0, 5), (3, 20), (17, 18), (9, 9)] {
		let found: Vec<_> = log
			.scan(positions[from], positions[until])
			.map(|record| record.expect("reads").position)
			.collect();
		assert_eq!(found, positions[from..until]);
	}
}

#[test]
fn opening_from_a_later_position_skips_whole_segments() {
	let disk = FaultDisk::new();
	let (log, _) = open(&disk);
	let positions: Vec<_> = (0..60)
		.flat_map(|number| log.append_blocking(call(number)).expect("stored"))
		.collect();
	drop(log);
	let from = positions[positions.len() / 2];
	let mut visited = Vec::new();
	let later = Options { from, ..options(&disk) };
	let (opened, recovery) = Opened::open(later, |record| visited.push(record.position)).expect("opens");
	assert_eq!(visited, positions[positions.len() / 2..]);
	assert!((recovery.records as usize) < positions.len());
	// What was not visited is still there to be read.
	assert_eq!(scanned(&opened.reader()), (0..60).collect::<Vec<_>>());
}

#[test]
fn two_processes_cannot_have_one_store() {
	let folder = tempfile::tempdir().expect("a folder");
	let options = || Options {
		segment_bytes: 1 << 16,
		..Options::new(folder.path())
	};
	let (log, _) = Log::open(options()).expect("opens");
	assert!(matches!(
		Log::open(options()).err().expect("in use"),
		OpenError::Locked { .. }
	));
	let reader = log.reader();
	drop(log);
	assert!(matches!(
		Log::open(options()).err().expect("still read"),
		OpenError::Locked { .. }
	));
	drop(reader);
	Log::open(options()).expect("free again");
}
