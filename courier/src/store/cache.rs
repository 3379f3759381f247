// SPDX-License-Identifier: Apache-2.0

//! What is kept in memory of the log: the newest groups, a few records that were read from disk, and buffers to write with.
//!
//! Almost every read follows soon after the write: a lane sends what was just accepted, the event stream tells of it, a
//! confirmation is matched with its order. Those reads are slices of the buffer that was written.

use super::frame::{Position, Record};
use bytes::{Bytes, BytesMut};
use parking_lot::{Mutex, RwLock};
use std::collections::VecDeque;

/// Records kept after a read from disk.
const COLD_RECORDS: usize = 64;
/// Buffers kept for reuse; more than one because readers may hold slices of an older one.
const SPARE_BUFFERS: usize = 4;
/// A buffer that grew beyond this is given back to the allocator.
const SPARE_BUFFER_BYTES: usize = 8 << 20;

struct Group {
	start: Position,
	bytes: Bytes,
}

impl Group {
	fn end(&self) -> Position {
		self.start + self.bytes.len() as u64
	}
}

#[derive(Default)]
struct Hot {
	groups: VecDeque<Group>,
	bytes: usize,
}

#[derive(Default)]
struct Cold {
	records: VecDeque<Record>,
	bytes: usize,
}

/// Recent bytes of the log, bounded.
pub(super) struct Cache {
	limit_bytes: usize,
	hot: RwLock<Hot>,
	cold: Mutex<Cold>,
	spare: Mutex<Vec<BytesMut>>,
}

impl Cache {
	/// Keeps up to `limit_bytes` of written groups and half as many of records read from disk.
	pub(super) fn new(limit_bytes: usize) -> Self {
		Self {
			limit_bytes,
			hot: RwLock::default(),
			cold: Mutex::default(),
			spare: Mutex::default(),
		}
	}

	/// An empty buffer to build a group in.
	pub(super) fn buffer(&self) -> BytesMut {
		self.spare.lock().pop().unwrap_or_default()
	}

	/// Takes back a buffer that was not stored.
	pub(super) fn give_back(&self, mut buffer: BytesMut) {
		let mut spare = self.spare.lock();
		if spare.len() < SPARE_BUFFERS && buffer.capacity() <= SPARE_BUFFER_BYTES {
			buffer.clear();
			spare.push(buffer);
		}
	}

	/// Turns the buffer of a group into shared bytes. A small group is copied so that it does not pin a large buffer.
	pub(super) fn share(&self, buffer: BytesMut) -> Bytes {
		if buffer.len() >= buffer.capacity() / 2 {
			return buffer.freeze();
		}
		let bytes = Bytes::copy_from_slice(&buffer);
		self.give_back(buffer);
		bytes
	}

	/// Adds the group that was just written; `start` is the position of its header.
	pub(super) fn push(&self, start: Position, bytes: Bytes) {
		let mut evicted = Vec::new();
		{
			let mut hot = self.hot.write();
			hot.bytes += bytes.len();
			hot.groups.push_back(Group { start, bytes });
			while hot.bytes > self.limit_bytes {
				let Some(group) = hot.groups.pop_front() else { break };
				hot.bytes -= group.bytes.len();
				evicted.push(group.bytes);
			}
		}
		for bytes in evicted {
			// A buffer that nobody reads any more is written into again: it costs no page faults.
			if let Ok(buffer) = bytes.try_into_mut() {
				self.give_back(buffer);
			}
		}
	}

	/// The written bytes from `position` to the end of its group.
	pub(super) fn hot_from(&self, position: Position) -> Option<Bytes> {
		let hot = self.hot.read();
		let next = hot.groups.partition_point(|group| group.start <= position);
		let group = hot.groups.get(next.checked_sub(1)?)?;
		(position < group.end()).then(|| group.bytes.slice((position - group.start) as usize..))
	}

	/// A record read from disk not long ago.
	pub(super) fn cold(&self, position: Position) -> Option<Record> {
		self.cold
			.lock()
			.records
			.iter()
			.find(|record| record.position == position)
			.cloned()
	}

	/// Remembers a record that was read from disk.
	pub(super) fn keep(&self, record: &Record) {
		let limit = self.limit_bytes / 2;
		if record.payload.len() > limit {
			return;
		}
		let mut cold = self.cold.lock();
		cold.bytes += record.payload.len();
		cold.records.push_back(record.clone());
		while cold.records.len() > COLD_RECORDS || cold.bytes > limit {
			let Some(old) = cold.records.pop_front() else { break };
			cold.bytes -= old.payload.len();
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn finds_positions_in_the_newest_groups_only() {
		let cache = Cache::new(100);
		for start in (0..300).step_by(30) {
			cache.push(start, Bytes::from(vec![start as u8; 30]));
		}
		assert_eq!(cache.hot_from(209), None);
		assert_eq!(
			cache.hot_from(215).map(|bytes| (bytes[0], bytes.len())),
			Some((210, 25))
		);
		assert_eq!(cache.hot_from(299).map(|bytes| bytes.len()), Some(1));
		assert_eq!(cache.hot_from(300), None);
	}

	#[test]
	fn reuses_the_buffer_of_an_evicted_group() {
		let cache = Cache::new(10);
		let mut buffer = BytesMut::with_capacity(1 << 16);
		buffer.resize(1 << 16, 1);
		let address = buffer.as_ptr();
		let bytes = cache.share(buffer);
		cache.push(0, bytes);
		let again = cache.buffer();
		assert_eq!((again.as_ptr(), again.len(), again.capacity()), (address, 0, 1 << 16));
	}
}
