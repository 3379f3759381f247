// SPDX-License-Identifier: Apache-2.0

//! The disk refuses: no room, failed writes, failed syncs.

use super::{
	super::fault::{Call, Crash},
	*,
};
use std::io::ErrorKind;

#[test]
fn a_full_disk_refuses_and_goes_on_when_there_is_room_again() {
	for prepare in [false, true] {
		let disk = FaultDisk::new();
		let mut small = options(&disk);
		small.prepare = prepare;
		let (log, _) = Log::open(small).expect("opens");
		let mut stored = Vec::new();
		let mut refused = 0;
		for round in 0..6 {
			// The room that is left differs each time, so that groups break off at different places, new segments among them.
			disk.set_capacity(Some(disk.used() + 1_000 * round));
			for number in 0..40 {
				let number = round as u64 * 100 + number;
				match log.append_blocking(call(number)) {
					Ok(_) => stored.push(number),
					Err(AppendError::Full { .. }) => refused += 1,
					Err(other) => panic!("{other}"),
				}
			}
			assert_eq!(scanned(&log.reader()), stored);
			disk.set_capacity(None);
			log.append_blocking(call(round as u64 * 100 + 99))
				.expect("there is room again");
			stored.push(round as u64 * 100 + 99);
		}
		assert!(refused > 50, "{refused}");
		assert_eq!(log.frozen(), None);
		drop(log);
		assert_eq!(recovered(&disk.crashed(Crash::DropAll)).0, stored);
	}
}

#[test]
fn a_crash_while_the_disk_is_full_loses_nothing() {
	let disk = FaultDisk::new();
	let (log, _) = open(&disk);
	log.append_blocking(call(1)).expect("stored");
	let used = disk.used();
	disk.set_capacity(Some(used + 40));
	assert!(matches!(log.append_blocking(call(3)), Err(AppendError::Full { .. })));
	assert_eq!(disk.used(), used, "what was written of the group is given back");
	for crash in [
		Crash::DropAll,
		Crash::KeepAll,
		Crash::Prefix(40),
		Crash::Sectors(1),
		Crash::Sectors(2),
	] {
		assert_eq!(recovered(&disk.crashed(crash)).0, [1], "{crash:?}");
	}
}

#[test]
fn a_failed_sync_freezes_the_log_and_is_never_tried_again() {
	let disk = FaultDisk::new();
	let (log, _) = open(&disk);
	for number in 0..2 {
		log.append_blocking(call(number)).expect("stored");
	}
	let (tail, syncs) = (log.tail(), disk.syncs());
	disk.fail(Call::Sync, 0, ErrorKind::Other);
	let error = log.append_blocking(call(4)).expect_err("not durable");
	assert!(
		matches!(&error, AppendError::Frozen(reason) if reason.contains("a sync failed at position")),
		"{error}"
	);
	assert_eq!(log.append_blocking(call(5)), Err(error));
	assert!(log.frozen().is_some());
	assert_eq!((log.tail(), disk.syncs()), (tail, syncs));
	// What was acknowledged can still be read; what was not is not shown.
	assert_eq!(scanned(&log.reader()), [0, 1]);
	drop(log);
	assert_eq!(disk.syncs(), syncs, "closing must not sync either");
	// The page cache shows the lost group to the next process. If that accepts it, it must make it durable first.
	let (found, _) = recovered(&disk);
	assert_eq!(recovered(&disk.crashed(Crash::DropAll)).0, found);
	assert_eq!(found[..2], [0, 1]);
}

#[test]
fn a_failed_write_freezes_the_log() {
	let disk = FaultDisk::new();
	let (log, _) = open(&disk);
	log.append_blocking(call(0)).expect("stored");
	disk.fail(Call::Write, 0, ErrorKind::Other);
	assert!(matches!(log.append_blocking(call(1)), Err(AppendError::Frozen(_))));
	drop(log);
	let (found, recovery) = recovered(&disk.crashed(Crash::KeepAll));
	assert_eq!(found, [0]);
	assert!(recovery.cut.is_some());
}

#[test]
fn failures_while_a_segment_begins_lose_nothing() {
	for call_to_fail in [Call::Create, Call::Write, Call::Sync, Call::Rename, Call::SyncFolder] {
		let disk = FaultDisk::new();
		let (log, _) = open(&disk);
		let mut stored = Vec::new();
		let fill = |log: &Log, stored: &mut Vec<u64>| {
			for number in stored.len() as u64.. {
				log.append_blocking(call(number))?;
				stored.push(number);
				if number > 60 {
					break;
				}
			}
			Ok::<_, AppendError>(())
		};
		// From the first group of a segment on, count to where the next segment begins.
		for number in 0..3 {
			log.append_blocking(call(number)).expect("stored");
			stored.push(number);
		}
		let nth = if matches!(call_to_fail, Call::Write | Call::Sync) {
			4
		} else {
			0
		};
		disk.fail(call_to_fail, nth, ErrorKind::Other);
		assert!(
			matches!(fill(&log, &mut stored), Err(AppendError::Frozen(_))),
			"{call_to_fail:?}"
		);
		drop(log);
		for crash in [Crash::DropAll, Crash::KeepAll, Crash::Sectors(7)] {
			let disk = disk.crashed(crash);
			let (found, _) = recovered(&disk);
			assert_eq!(found[..stored.len()], stored, "{call_to_fail:?} {crash:?}");
			let (log, _) = open(&disk);
			log.append_blocking(call(80)).expect("goes on after a restart");
		}
	}
}

#[test]
fn a_full_disk_while_a_segment_begins_is_only_full() {
	let disk = FaultDisk::new();
	let (log, _) = open(&disk);
	disk.fail(Call::Create, 0, ErrorKind::StorageFull);
	assert!(matches!(log.append_blocking(call(0)), Err(AppendError::Full { .. })));
	log.append_blocking(call(0)).expect("room again");
	disk.fail(Call::Create, 0, ErrorKind::StorageFull);
	let mut refused = 0;
	for number in 1..30 {
		refused += u32::from(log.append_blocking(call(number)).is_err());
	}
	assert_eq!((refused, log.frozen()), (1, None));
}

#[test]
fn a_read_error_is_reported_and_passes() {
	let disk = FaultDisk::new();
	let (log, _) = open(&disk);
	let position = log.append_blocking(call(0)).expect("stored")[0];
	drop(log);
	let (log, _) = open(&disk);
	disk.fail(Call::Read, 0, ErrorKind::Other);
	assert!(matches!(log.read(position), Err(ReadError::Io { .. })));
	assert!(log.read(position).is_ok());
}
