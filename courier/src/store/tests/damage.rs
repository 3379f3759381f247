// SPDX-License-Identifier: Apache-2.0

//! Bits that turned over, files that are gone: found, named, never served, never skipped in silence.

use super::{
	super::{fault::Crash, *},
	*,
};
use proptest::prelude::*;
use std::time::{Duration, Instant};

/// A store of several segments that was closed in order, and the positions of its records.
fn closed_store(calls: u64) -> (FaultDisk, Vec<Position>) {
	let disk = FaultDisk::new();
	let (log, _) = open(&disk);
	let positions = (0..calls)
		.flat_map(|number| log.append_blocking(call(number)).expect("stored"))
		.collect();
	(disk, positions)
}

fn with_salvage(disk: &FaultDisk) -> Options {
	Options {
		salvage: true,
		..options(disk)
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(300))]

	/// Any bit of a segment of a closed store: opening stops there and names the file; with salvage the rest is there, and stays.
	#[test]
	fn every_flipped_bit_stops_the_opening(file in any::<prop::sample::Index>(), bit in any::<prop::sample::Index>()) {
		let (disk, _) = closed_store(30);
		let segments: Vec<_> = disk.paths().into_iter().filter(|path| path.extension().is_some_and(|it| it == "seg")).collect();
		let path = file.get(&segments).clone();
		let bit = bit.index(disk.content(&path).expect("exists").len() * 8);
		disk.flip(&path, bit);
		let is_last = Some(&path) == segments.last();
		match Opened::open(options(&disk), |_| {}) {
			Err(OpenError::Corrupt { file, offset, .. }) => {
				prop_assert_eq!(&file, &path);
				prop_assert!(offset <= bit as u64 / 8);
			},
			// A header that says another store or position was altered with its checksum unchanged: impossible for one bit.
			Err(other) => return Err(TestCaseError::fail(format!("{other}"))),
			Ok((_, recovery)) => {
				// Only the closing group itself may be taken for torn: there is no record in it.
				prop_assert!(is_last && recovery.cut.is_some(), "{:?}", recovery);
				return Ok(());
			},
		}
		let mut found = 0;
		let (opened, recovery) = Opened::open(with_salvage(&disk), |_| found += 1).expect("salvages");
		prop_assert_eq!(recovery.salvaged.len(), 1);
		prop_assert!(found > 0);
		let hole = recovery.salvaged[0].clone();
		prop_assert_eq!(opened.reader().scan(0, Position::MAX).filter(Result::is_ok).count(), found);
		prop_assert!(opened.reader().scan(0, Position::MAX).all(|record| !hole.contains(&record.expect("reads").position)));
		let log = opened.start(Plain).expect("starts");
		let position = log.append_blocking(call(99)).expect("stored")[0];
		drop(log);
		// Remembered: an ordinary opening now goes on.
		let mut again = 0;
		let (opened, recovery) = Opened::open(options(&disk), |_| again += 1).expect("opens");
		prop_assert_eq!(recovery.salvaged, vec![hole]);
		prop_assert_eq!(again, found + call(99).len());
		prop_assert_eq!(opened.reader().read(position).expect("reads").payload, payload(99, 0, 4));
	}
}

/// The machine stops without a word, and a record that was acknowledged long before is broken on its disk: damage, and no torn tail.
#[test]
fn the_last_records_of_a_log_that_has_nothing_to_do_are_known_to_have_been_durable() {
	for mark_after in [Some(Duration::from_millis(1)), None] {
		let disk = FaultDisk::new();
		let mut options = options(&disk);
		options.mark_after = mark_after;
		let (log, _) = Log::open(options).expect("opens");
		let position = log.append_blocking(call(7)).expect("stored")[0];
		let started = Instant::now();
		while mark_after.is_some() && log.stats().groups < 2 {
			assert!(started.elapsed() < Duration::from_secs(240), "it is never marked");
			std::thread::sleep(Duration::from_millis(1));
		}
		let crashed = disk.crashed(Crash::DropAll);
		drop(log);
		crashed.flip(&segment(0), (position as usize + 12) * 8);
		match Opened::open(super::options(&crashed), |_| {}) {
			Err(OpenError::Corrupt { .. }) => assert!(mark_after.is_some()),
			Ok((_, recovery)) => assert!(mark_after.is_none() && recovery.cut.is_some()),
			Err(other) => panic!("{other}"),
		}
	}
}

#[test]
fn a_flipped_bit_under_a_running_log_is_never_served() {
	let (disk, positions) = closed_store(40);
	let (log, _) = open(&disk);
	let position = positions[3];
	disk.flip(&segment(0), (position as usize + 12) * 8);
	let error = log.read(position).expect_err("damaged");
	assert!(
		matches!(&error, ReadError::Corrupt { file, offset, .. } if *file == segment(0) && *offset == position),
		"{error}"
	);
	assert!(
		error
			.to_string()
			.contains("00000000000000000000.seg is damaged at offset"),
		"{error}"
	);
	let mut scan = log.scan(0, Position::MAX);
	assert_eq!(scan.by_ref().filter(Result::is_ok).count(), 3);
	assert!(scan.next().is_none(), "a scan ends at damage");
}

#[test]
fn a_salvaged_position_says_so() {
	let (disk, positions) = closed_store(40);
	disk.flip(&segment(0), (positions[3] as usize + 12) * 8);
	let (opened, recovery) = Opened::open(with_salvage(&disk), |_| {}).expect("salvages");
	let hole = &recovery.salvaged[0];
	assert_eq!(hole.start, positions[3]);
	let error = opened.reader().read(positions[3]).expect_err("given up");
	assert!(matches!(error, ReadError::Salvaged { end, .. } if end == hole.end));
	assert!(opened.reader().read(positions[2]).is_ok());
}

#[test]
fn a_segment_that_is_gone_or_short_stops_the_opening() {
	let (disk, _) = closed_store(40);
	let firsts: Vec<_> = disk
		.paths()
		.iter()
		.filter_map(|path| path.file_stem()?.to_str()?.parse::<u64>().ok())
		.collect();
	for gone in [firsts[0], firsts[1]] {
		let disk = disk.crashed(super::super::fault::Crash::KeepAll);
		disk::Disk::remove(&disk, &segment(gone)).expect("exists");
		let error = Opened::open(options(&disk), |_| {}).err().expect("incomplete");
		assert!(
			matches!(error, OpenError::Missing { expected, .. } if expected == gone),
			"{error}"
		);
	}
	let file = disk::Disk::open(&disk, &segment(firsts[1])).expect("exists");
	file.set_len(100).expect("cuts");
	let error = Opened::open(options(&disk), |_| {}).err().expect("incomplete");
	assert!(
		matches!(error, OpenError::Missing { expected, .. } if expected == firsts[1] + 100),
		"{error}"
	);
}

#[test]
fn a_segment_of_another_store_is_refused() {
	let (disk, _) = closed_store(40);
	let (other, _) = closed_store(40);
	let bytes = other.content(&segment(0)).expect("exists");
	let length = disk.content(&segment(0)).expect("exists").len();
	let file = disk::Disk::open(&disk, &segment(0)).expect("exists");
	file.write_all_at(&bytes[..length], 0).expect("writes");
	let error = Opened::open(options(&disk), |_| {}).err().expect("foreign");
	assert!(matches!(error, OpenError::Foreign { .. }), "{error}");
}

#[test]
fn a_payload_that_looks_like_a_group_does_not_turn_a_torn_tail_into_damage() {
	let disk = FaultDisk::new();
	let (log, _) = open(&disk);
	log.append_blocking(call(1)).expect("stored");
	let tail = log.tail();
	// A well-formed group header for the very place at which it will lie, but with a marker that only a guess can give.
	let mut group = [0; frame::GROUP_HEADER_BYTES];
	let at = tail + (frame::GROUP_HEADER_BYTES + RECORD_HEADER_BYTES) as u64;
	frame::GroupHeader {
		position: at,
		bytes: 0,
		records: 0,
	}
	.write(b"guessed!", &mut group);
	disk.hold_next_sync();
	log.append_nowait(vec![RecordBuf::new(1, group.to_vec()), RecordBuf::new(1, vec![1; 500])])
		.expect("queued");
	disk.wait_for_held_sync();
	let crashed = disk.crashed(super::super::fault::Crash::Prefix(200));
	disk.release_sync();
	let (_, recovery) = recovered(&crashed);
	assert_eq!((recovery.tail, recovery.cut.expect("torn").bytes), (tail, 200));
}

#[test]
fn a_damaged_meta_file_stops_the_opening() {
	let (disk, _) = closed_store(2);
	disk.flip(std::path::Path::new("/store/meta"), 200);
	let error = Opened::open(options(&disk), |_| {}).err().expect("damaged");
	assert!(matches!(error, OpenError::Corrupt { .. }), "{error}");
}
