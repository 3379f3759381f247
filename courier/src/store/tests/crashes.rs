// SPDX-License-Identifier: Apache-2.0

//! The machine stops at any moment: what was acknowledged is there, whole, and nothing else is there in part.

use super::{super::fault::Crash, *};
use proptest::prelude::*;

/// Appends calls one after the other, then leaves the last group unsynced.
fn disk_with_unsynced_group(calls: u64) -> (FaultDisk, u64) {
	let disk = FaultDisk::new();
	let (log, _) = open(&disk);
	for number in 0..calls {
		log.append_blocking(call(number)).expect("stored");
	}
	disk.hold_next_sync();
	log.append_nowait(call(calls)).expect("queued");
	disk.wait_for_held_sync();
	let snapshot = disk.crashed(Crash::KeepAll);
	disk.release_sync();
	drop(log);
	(snapshot, calls)
}

#[test]
fn a_crash_at_any_byte_keeps_all_acknowledged_calls_whole() {
	let (disk, calls) = disk_with_unsynced_group(23);
	let acknowledged: Vec<_> = (0..calls).collect();
	let mut cuts = 0;
	let mut kept = 0;
	for bytes in 0..3_000 {
		let crashed = disk.crashed(Crash::Prefix(bytes));
		let (found, recovery) = recovered(&crashed);
		cuts += u32::from(recovery.cut.is_some());
		match found.len() as u64 - calls {
			0 => assert_eq!(found, acknowledged),
			1 => {
				kept += 1;
				assert_eq!(found.last(), Some(&calls));
			}
			more => panic!("{more} calls that nobody made"),
		}
		// Whatever was found is durable now, and the next opening finds the same and nothing to cut.
		let (again, second) = recovered(&crashed.crashed(Crash::DropAll));
		assert_eq!((again, second.cut), (found, None), "after a crash at byte {bytes}");
	}
	assert!(cuts > 100 && kept > 100, "{cuts} cuts, {kept} whole");
}

#[test]
fn a_killed_process_loses_nothing_that_reached_the_page_cache_and_recovery_makes_it_durable() {
	let (disk, calls) = disk_with_unsynced_group(9);
	let (found, _) = recovered(&disk);
	assert_eq!(found, (0..=calls).collect::<Vec<_>>());
	// The power fails right after: had recovery not synced what it showed, the last call would be gone now.
	let (again, _) = recovered(&disk.crashed(Crash::DropAll));
	assert_eq!(again, found);
}

#[test]
fn the_log_goes_on_after_a_torn_tail() {
	let (disk, calls) = disk_with_unsynced_group(5);
	let crashed = disk.crashed(Crash::Prefix(50));
	let (log, recovery) = open(&crashed);
	let cut = recovery.cut.expect("a torn group");
	assert!((1..=50).contains(&cut.bytes), "{cut:?}");
	log.append_blocking(call(77)).expect("stored");
	drop(log);
	let (found, recovery) = recovered(&crashed.crashed(Crash::DropAll));
	assert_eq!(found, (0..calls).chain([77]).collect::<Vec<_>>());
	assert_eq!(recovery.cut, None);
}

/// One step of a random history.
#[derive(Clone, Debug)]
enum Step {
	Append,
	AppendUnwatched,
	Reopen,
	Crash(Crash),
}

fn step() -> impl Strategy<Value = Step> {
	let crash = prop_oneof![
		Just(Crash::DropAll),
		Just(Crash::KeepAll),
		(0usize..2_000).prop_map(Crash::Prefix),
		any::<u64>().prop_map(Crash::Sectors),
	];
	prop_oneof![
		12 => Just(Step::Append),
		6 => Just(Step::AppendUnwatched),
		1 => Just(Step::Reopen),
		3 => crash.prop_map(Step::Crash),
	]
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(200))]

	/// Any history of appends, restarts and crashes of every kind: the acknowledged calls are all there, in order, each whole.
	#[test]
	fn every_acknowledged_call_survives_every_history(steps in proptest::collection::vec(step(), 1..60), prepare in any::<bool>()) {
		let mut disk = FaultDisk::new();
		let mut acknowledged = Vec::new();
		let open = |disk: &FaultDisk| {
			let mut options = options(disk);
			options.prepare = prepare;
			let mut calls = Calls::default();
			let (opened, _) = Opened::open(options, |record| calls.add(&record)).expect("opens");
			(opened.start(Plain).expect("starts"), calls.finish())
		};
		let (mut log, _) = open(&disk);
		for (number, step) in steps.into_iter().enumerate() {
			match step {
				Step::Append => {
					log.append_blocking(call(number as u64)).expect("stored");
					acknowledged.push(number as u64);
				},
				Step::AppendUnwatched => log.append_nowait(call(number as u64)).expect("queued"),
				Step::Reopen | Step::Crash(_) => {
					let crashed = if let Step::Crash(crash) = step { Some(disk.crashed(crash)) } else { None };
					drop(log);
					disk = crashed.unwrap_or(disk);
					let found;
					(log, found) = open(&disk);
					let mut rest = found.iter();
					prop_assert!(
						acknowledged.iter().all(|call| rest.any(|found| found == call)),
						"{acknowledged:?} not all in {found:?}"
					);
					prop_assert_eq!(&scanned(&log.reader()), &found);
					// What was found is part of the log from now on.
					acknowledged = found;
				},
			}
		}
	}
}
