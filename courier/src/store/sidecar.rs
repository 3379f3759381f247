// SPDX-License-Identifier: Apache-2.0

//! What a closed segment means, in short, so that a restart need not read its payloads.
//!
//! Beside a closed segment may lie a file of the same name with the extension `idx`. Its payload is the caller's: say, the keys and
//! locations of the segment's orders and the last state of each lane, some 30 bytes per order instead of 600. At the next opening the [`Visitor`] is offered
//! it in the place of the segment's records. A closed segment never changes, so its sidecar never goes stale; one that is missing or
//! damaged costs the time to read its segment, nothing else. The log stays the truth.
//!
//! ```text
//! magic[8] "SEALSIDE" ‖ u32 version ‖ u32 CRC-32C of what follows ‖ store id[16] ‖ u64 first position ‖ u64 end ‖ payload
//! ```

use super::{
	disk::Disk,
	error::SidecarError,
	frame::{u32_at, u64_at, Position, Record, StoreId},
	reader::LogReader,
};
use bytes::Bytes;
use std::{ops::Range, path::Path};

const SIDECAR_MAGIC: [u8; 8] = *b"SEALSIDE";
const SIDECAR_VERSION: u32 = 1;
const HEADER_BYTES: usize = 48;
pub(super) const SIDECAR_EXTENSION: &str = "idx";

/// What was saved for a closed segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sidecar {
	/// The positions of the segment.
	pub range: Range<Position>,
	/// What [`LogReader::save_sidecar`] was given.
	pub payload: Bytes,
}

/// Sees what opening reads, in the order of the log.
pub trait Visitor {
	/// A sidecar that may stand for all records of its segment: `true` takes it, `false` has the records read.
	fn sidecar(&mut self, sidecar: &Sidecar) -> bool;

	/// A record. Its payload shares a buffer of some megabytes with its neighbours: copy what is kept for long.
	fn record(&mut self, record: Record);
}

/// A visitor that wants records only.
pub(super) struct Records<F>(pub F);

impl<F: FnMut(Record)> Visitor for Records<F> {
	fn sidecar(&mut self, _: &Sidecar) -> bool {
		false
	}

	fn record(&mut self, record: Record) {
		self.0(record);
	}
}

impl LogReader {
	/// The segments that are complete, in order. Each may have a sidecar.
	pub fn closed_segments(&self) -> Vec<Range<Position>> {
		self.shared.segments.closed()
	}

	/// Saves the sidecar of the closed segment that begins at `first`. Blocks for a write and two syncs; not for the writer thread.
	///
	/// # Errors
	/// [`SidecarError::NotClosed`] when no closed segment begins there. After any error there is no sidecar, or the earlier one.
	pub fn save_sidecar(&self, first: Position, payload: &[u8]) -> Result<(), SidecarError> {
		let segments = &self.shared.segments;
		let (segment, end) = segments
			.locate(first)
			.filter(|(segment, _)| segment.first == first)
			.and_then(|(segment, next)| Some((segment, next?)))
			.ok_or(SidecarError::NotClosed { position: first })?;
		let path = segment.path.with_extension(SIDECAR_EXTENSION);
		let bytes = encode(self.shared.meta.store, first..end, payload);
		write(segments.disk(), &path, &bytes).map_err(|source| SidecarError::Io { file: path, source })
	}
}

/// Whole under its name, or not there.
fn write(disk: &dyn Disk, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
	let fresh = path.with_extension("idx.new");
	let file = disk.create(&fresh)?;
	let written = file
		.write_all_at(bytes, 0)
		.and_then(|()| file.sync())
		.and_then(|()| disk.rename(&fresh, path));
	if let Err(error) = written {
		// A full disk must not stay full because of what was not finished.
		let _ = disk.remove(&fresh);
		return Err(error);
	}
	path.parent().map_or(Ok(()), |folder| disk.sync_folder(folder))
}

fn encode(store: StoreId, range: Range<Position>, payload: &[u8]) -> Vec<u8> {
	let mut out = Vec::with_capacity(HEADER_BYTES + payload.len());
	out.extend_from_slice(&SIDECAR_MAGIC);
	out.extend_from_slice(&SIDECAR_VERSION.to_le_bytes());
	out.extend_from_slice(&[0; 4]);
	out.extend_from_slice(&store.0);
	out.extend_from_slice(&range.start.to_le_bytes());
	out.extend_from_slice(&range.end.to_le_bytes());
	out.extend_from_slice(payload);
	let crc = crc32c::crc32c(&out[16..]);
	out[12..16].copy_from_slice(&crc.to_le_bytes());
	out
}

/// Reads the sidecar at `path`; `None` when it is not right in every way.
pub(super) fn load(disk: &dyn Disk, path: &Path, store: StoreId, range: Range<Position>) -> Option<Sidecar> {
	let file = disk.open(path).ok()?;
	let mut bytes = vec![0; usize::try_from(file.len().ok()?).ok()?];
	let read = file.read_at(&mut bytes, 0).ok()?;
	let is_whole = read == bytes.len() && read >= HEADER_BYTES;
	let is_right = is_whole
		&& bytes[..8] == SIDECAR_MAGIC
		&& u32_at(&bytes, 8) == SIDECAR_VERSION
		&& u32_at(&bytes, 12) == crc32c::crc32c(&bytes[16..])
		&& bytes[16..32] == store.0
		&& u64_at(&bytes, 32) == range.start
		&& u64_at(&bytes, 40) == range.end;
	is_right.then(|| Sidecar {
		range,
		payload: Bytes::from(bytes).slice(HEADER_BYTES..),
	})
}
