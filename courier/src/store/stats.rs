// SPDX-License-Identifier: Apache-2.0

//! What the log did, counted once per group.

use std::{
	sync::atomic::{AtomicU64, Ordering::Relaxed},
	time::Duration,
};

/// Running totals, written by the writer thread alone.
#[derive(Default)]
pub(super) struct Counters {
	groups: AtomicU64,
	records: AtomicU64,
	bytes: AtomicU64,
	refused: AtomicU64,
	write_ns: AtomicU64,
	sync_ns: AtomicU64,
}

/// Totals since the log was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogStats {
	/// Groups stored: as many `fdatasync` calls.
	pub groups: u64,
	/// Records stored.
	pub records: u64,
	/// Bytes stored, frames included.
	pub bytes: u64,
	/// Groups refused because the disk was full.
	pub refused: u64,
	/// Time spent in writes.
	pub write_time: Duration,
	/// Time spent in `fdatasync`.
	pub sync_time: Duration,
}

impl Counters {
	pub(super) fn stored(&self, records: u64, bytes: u64, write: Duration, sync: Duration) {
		self.groups.fetch_add(1, Relaxed);
		self.records.fetch_add(records, Relaxed);
		self.bytes.fetch_add(bytes, Relaxed);
		self.write_ns.fetch_add(write.as_nanos() as u64, Relaxed);
		self.sync_ns.fetch_add(sync.as_nanos() as u64, Relaxed);
	}

	pub(super) fn refused(&self) {
		self.refused.fetch_add(1, Relaxed);
	}

	pub(super) fn read(&self) -> LogStats {
		LogStats {
			groups: self.groups.load(Relaxed),
			records: self.records.load(Relaxed),
			bytes: self.bytes.load(Relaxed),
			refused: self.refused.load(Relaxed),
			write_time: Duration::from_nanos(self.write_ns.load(Relaxed)),
			sync_time: Duration::from_nanos(self.sync_ns.load(Relaxed)),
		}
	}
}
