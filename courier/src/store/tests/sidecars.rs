// SPDX-License-Identifier: Apache-2.0

//! Sidecars stand for their segments, and their absence or damage changes nothing but the time it takes.

use super::{super::*, *};

/// Takes sidecars whose payload is the list of the segment's calls.
#[derive(Default)]
struct Digests {
	calls: Vec<u64>,
	records: Calls,
	taken: usize,
}

impl Visitor for Digests {
	fn sidecar(&mut self, sidecar: &Sidecar) -> bool {
		let words = sidecar
			.payload
			.chunks(8)
			.map(|word| u64::from_le_bytes(word.try_into().expect("eight bytes")));
		self.calls.extend(words);
		self.taken += 1;
		true
	}

	fn record(&mut self, record: Record) {
		self.records.add(&record);
		self.calls.append(&mut self.records.whole);
	}
}

fn found(disk: &FaultDisk) -> (Vec<u64>, usize, Recovery) {
	let mut digests = Digests::default();
	let (_, recovery) = Opened::open_with(options(disk), &mut digests).expect("opens");
	(digests.calls, digests.taken, recovery)
}

fn store_with_sidecars() -> (FaultDisk, usize) {
	let disk = FaultDisk::new();
	let (log, _) = open(&disk);
	for number in 0..60 {
		log.append_blocking(call(number)).expect("stored");
	}
	let reader = log.reader();
	let closed = reader.closed_segments();
	for segment in &closed {
		let mut calls = Calls::default();
		reader
			.scan(segment.start, segment.end)
			.for_each(|record| calls.add(&record.expect("reads")));
		let digest: Vec<u8> = calls.finish().into_iter().flat_map(u64::to_le_bytes).collect();
		reader.save_sidecar(segment.start, &digest).expect("saved");
	}
	(disk, closed.len())
}

#[test]
fn sidecars_replace_the_records_of_closed_segments() {
	let (disk, closed) = store_with_sidecars();
	let (calls, taken, recovery) = found(&disk);
	assert_eq!(calls, (0..60).collect::<Vec<_>>());
	assert!(closed > 5 && taken == closed && recovery.sidecars == closed && recovery.segments == closed + 1);
	// A visitor that takes none still sees every record.
	assert_eq!(recovered(&disk).0, calls);
}

#[test]
fn a_damaged_or_missing_sidecar_is_made_up_for_from_the_log() {
	let (disk, closed) = store_with_sidecars();
	let sidecars: Vec<_> = disk
		.paths()
		.into_iter()
		.filter(|path| path.extension().is_some_and(|it| it == "idx"))
		.collect();
	disk.flip(&sidecars[1], 400);
	disk::Disk::remove(&disk, &sidecars[3]).expect("exists");
	disk::Disk::rename(&disk, &sidecars[0], &sidecars[4]).expect("exists");
	let (calls, taken, _) = found(&disk);
	assert_eq!(calls, (0..60).collect::<Vec<_>>());
	assert_eq!(taken, closed - 4);
}

#[test]
fn only_closed_segments_have_sidecars() {
	let (disk, _) = store_with_sidecars();
	let (log, _) = open(&disk);
	let last = log.reader().closed_segments().last().expect("many").end;
	for position in [last, 1, 64] {
		let error = log.reader().save_sidecar(position, b"").expect_err("not closed");
		assert!(matches!(error, SidecarError::NotClosed { .. }), "{error}");
	}
}

#[test]
fn a_full_disk_leaves_no_half_sidecar() {
	let (disk, closed) = store_with_sidecars();
	let (log, _) = open(&disk);
	disk.set_capacity(Some(disk.used() + 100));
	let error = log.reader().save_sidecar(0, &[7; 5_000]).expect_err("no room");
	assert!(matches!(error, SidecarError::Io { .. }), "{error}");
	disk.set_capacity(None);
	drop(log);
	assert_eq!(found(&disk).1, closed);
}
