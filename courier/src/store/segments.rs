// SPDX-License-Identifier: Apache-2.0

//! Which segment holds a position, and a bounded set of open files.

use super::{
	disk::{Disk, DiskFile},
	frame::{Marker, Position},
};
use parking_lot::{Mutex, RwLock};
use std::{
	collections::VecDeque,
	io,
	ops::Range,
	path::{Path, PathBuf},
	sync::Arc,
};

/// Files kept open for reading. A store of years has thousands of segments; a process has a thousand descriptors.
const OPEN_FILES: usize = 64;
/// Bytes between two landmarks: what has to be read to tell whether a position is the beginning of a record.
pub(super) const LANDMARK_BYTES: u64 = 256 << 10;

/// One segment of the log.
#[derive(Clone, Debug)]
pub(super) struct Segment {
	pub first: Position,
	pub path: PathBuf,
	pub marker: Marker,
}

/// All segments in order, and the ranges that a salvage gave up.
pub(super) struct Segments {
	disk: Arc<dyn Disk>,
	list: RwLock<Vec<Arc<Segment>>>,
	open: Mutex<VecDeque<(Position, Arc<dyn DiskFile>)>>,
	holes: Vec<Range<Position>>,
	/// Where some groups begin, one about every [`LANDMARK_BYTES`].
	landmarks: RwLock<Vec<Position>>,
}

impl Segments {
	pub(super) fn new(disk: Arc<dyn Disk>, list: Vec<Segment>, holes: Vec<Range<Position>>) -> Self {
		let landmarks = RwLock::new(list.iter().map(|segment| segment.first).collect());
		let list = list.into_iter().map(Arc::new).collect();
		Self {
			disk,
			list: RwLock::new(list),
			open: Mutex::default(),
			holes,
			landmarks,
		}
	}

	/// Adds the beginnings of groups that recovery came by, in order.
	pub(super) fn passed_before(&self, mut starts: Vec<Position>) {
		let mut landmarks = self.landmarks.write();
		landmarks.append(&mut starts);
		landmarks.sort_unstable();
		landmarks.dedup();
	}

	/// Notes that a group, or a segment, begins at `position`; called in order.
	pub(super) fn passed(&self, position: Position) {
		let is_far = |last: &Position| position - last >= LANDMARK_BYTES;
		if self.landmarks.read().last().is_none_or(is_far) {
			self.landmarks.write().push(position);
		}
	}

	/// A place at or before `position` from which a scan can begin.
	pub(super) fn landmark(&self, position: Position) -> Position {
		let landmarks = self.landmarks.read();
		let next = landmarks.partition_point(|landmark| *landmark <= position);
		next.checked_sub(1).map_or(0, |last| landmarks[last])
	}

	/// Adds the newest segment and its file.
	pub(super) fn push(&self, segment: Segment, file: Arc<dyn DiskFile>) {
		self.keep(segment.first, file);
		self.list.write().push(Arc::new(segment));
	}

	/// The segment that holds `position`, and where the next one begins.
	pub(super) fn locate(&self, position: Position) -> Option<(Arc<Segment>, Option<Position>)> {
		let list = self.list.read();
		let next = list.partition_point(|segment| segment.first <= position);
		let segment = list.get(next.checked_sub(1)?)?;
		Some((segment.clone(), list.get(next).map(|segment| segment.first)))
	}

	/// The positions of all segments but the one that is written.
	pub(super) fn closed(&self) -> Vec<Range<Position>> {
		self.list
			.read()
			.windows(2)
			.map(|pair| pair[0].first..pair[1].first)
			.collect()
	}

	/// The file system that they lie on.
	pub(super) fn disk(&self) -> &dyn Disk {
		self.disk.as_ref()
	}

	/// The first position that the log holds.
	pub(super) fn first(&self) -> Position {
		self.list.read().first().map_or(0, |segment| segment.first)
	}

	/// Where a range that was given up ends, if `position` lies in one.
	pub(super) fn hole_end(&self, position: Position) -> Option<Position> {
		self.holes
			.iter()
			.find(|hole| hole.contains(&position))
			.map(|hole| hole.end)
	}

	/// Where the next range that was given up begins, at or behind `position`.
	pub(super) fn next_hole(&self, position: Position) -> Option<Position> {
		self.holes
			.iter()
			.map(|hole| hole.start)
			.filter(|start| *start >= position)
			.min()
	}

	/// The file of a segment, opened if need be.
	pub(super) fn file(&self, segment: &Segment) -> io::Result<Arc<dyn DiskFile>> {
		if let Some((_, file)) = self.open.lock().iter().find(|(first, _)| *first == segment.first) {
			return Ok(file.clone());
		}
		let file = self.disk.open(&segment.path)?;
		self.keep(segment.first, file.clone());
		Ok(file)
	}

	fn keep(&self, first: Position, file: Arc<dyn DiskFile>) {
		let mut open = self.open.lock();
		if open.len() == OPEN_FILES {
			open.pop_front();
		}
		open.push_back((first, file));
	}
}

/// The name of the segment that begins at `first`.
pub(super) fn segment_path(log_folder: &Path, first: Position) -> PathBuf {
	log_folder.join(format!("{first:020}.seg"))
}

/// The position in the name of a segment; `None` for any other file.
pub(super) fn segment_first(name: &str) -> Option<Position> {
	let digits = name.strip_suffix(".seg")?;
	(digits.len() == 20 && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn names_sort_like_positions() {
		let path = segment_path(Path::new("log"), 67_108_864);
		assert_eq!(path, Path::new("log/00000000000067108864.seg"));
		assert_eq!(segment_first("00000000000067108864.seg"), Some(67_108_864));
		for other in [
			"next.new",
			"67108864.seg",
			"0000000000006710886x.seg",
			"99999999999999999999.seg",
		] {
			assert_eq!(segment_first(other), None, "{other}");
		}
	}
}
