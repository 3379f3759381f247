// SPDX-License-Identifier: Apache-2.0

//! Tests of the whole store: one file per thing that must hold.

mod appending;
mod crashes;
mod damage;
mod failures;
mod figures;
mod kill;
mod reading;
mod sidecars;

use super::{fault::FaultDisk, *};
use bytes::Bytes;
use std::{path::PathBuf, sync::Arc};

/// A small store on a disk in memory.
fn options(disk: &FaultDisk) -> Options {
	let mut options = Options::new("/store");
	options.disk = Arc::new(disk.clone());
	options.segment_bytes = 4 << 10;
	options.cache_bytes = 8 << 10;
	options.prepare = false;
	options
}

fn open(disk: &FaultDisk) -> (Log, Recovery) {
	Log::open(options(disk)).expect("opens")
}

/// The file of the segment that begins at `first`.
fn segment(first: Position) -> PathBuf {
	PathBuf::from(format!("/store/log/{first:020}.seg"))
}

/// The records of call number `call`: how many, how long and of which bytes follows from the number.
fn call(call: u64) -> Vec<RecordBuf> {
	let count = call % 4 + 1;
	(0..count)
		.map(|index| RecordBuf::new(call as u8 | 1, payload(call, index, count)))
		.collect()
}

fn payload(call: u64, index: u64, count: u64) -> Bytes {
	let length = (call * 7_919 + index * 104_729) % 700;
	let mut payload = [call.to_le_bytes(), index.to_le_bytes(), count.to_le_bytes()].concat();
	payload.resize(24 + length as usize, (call ^ index) as u8);
	payload.into()
}

/// Reads calls back from records in the order of the log; panics on a call of which only a part is there.
#[derive(Default)]
struct Calls {
	whole: Vec<u64>,
	expects: Option<(u64, u64)>,
}

impl Calls {
	fn add(&mut self, record: &Record) {
		let word = |at: usize| u64::from_le_bytes(record.payload[at..at + 8].try_into().expect("eight bytes"));
		let (call, index, count) = (word(0), word(8), word(16));
		assert_eq!(
			record.payload,
			payload(call, index, count),
			"record at {}",
			record.position
		);
		assert_eq!(record.kind, call as u8 | 1);
		assert_eq!(
			self.expects.unwrap_or((call, 0)),
			(call, index),
			"half a call at {}",
			record.position
		);
		self.expects = (index + 1 < count).then_some((call, index + 1));
		if self.expects.is_none() {
			self.whole.push(call);
		}
	}

	fn finish(self) -> Vec<u64> {
		assert_eq!(self.expects, None, "half a call at the end");
		self.whole
	}
}

/// The calls that opening finds, in order.
fn recovered(disk: &FaultDisk) -> (Vec<u64>, Recovery) {
	let mut calls = Calls::default();
	let (_, recovery) = Opened::open(options(disk), |record| calls.add(&record)).expect("opens");
	(calls.finish(), recovery)
}

/// The calls that a scan of everything finds.
fn scanned(reader: &LogReader) -> Vec<u64> {
	let mut calls = Calls::default();
	reader
		.scan(0, Position::MAX)
		.for_each(|record| calls.add(&record.expect("reads")));
	calls.finish()
}
