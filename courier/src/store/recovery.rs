// SPDX-License-Identifier: Apache-2.0

//! What opening a log finds on the disk, and how it decides between a torn tail and damage.
//!
//! A group is written only after the group before it was synced. So at most the last group can be incomplete after a crash, and
//! nobody was told that it is stored: it is cut. A broken place with a later group, or a later segment, behind it was durable once:
//! that is damage, which stops the opening. A store that was closed in order, or had nothing to store for a moment, ends with an empty group,
//! so there even the last records are known to have been durable.
//!
//! What was found whole may still be only in the page cache of a process that was killed before its `fdatasync`. Recovery
//! therefore writes the last group once more and syncs it before anybody sees it; all groups before it were synced already.

use super::{
	disk::{Disk, DiskFile},
	error::{io_error, OpenError},
	frame::{Damage, Position, Record, SegmentHeader, StoreId, SEGMENT_HEADER_BYTES},
	segments::{segment_first, segment_path, Segment, LANDMARK_BYTES},
	sidecar::{self, Visitor, SIDECAR_EXTENSION},
	walk::{Group, Stop, Walk},
};
use std::{
	fmt::Write,
	ops::Range,
	path::{Path, PathBuf},
	sync::Arc,
	time::{Duration, Instant},
};

/// File in which salvages are remembered: a line `start end` of positions for each range given up.
const HOLES_FILE: &str = "salvaged";

/// A tail that was cut because its group was not complete. Nobody was told that it was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
	/// The file that was cut.
	pub file: PathBuf,
	/// Offset in the file at which it was cut, in bytes.
	pub offset: u64,
	/// Bytes that were written behind that offset.
	pub bytes: u64,
	/// What was wrong with them.
	pub damage: Damage,
}

/// What opening found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovery {
	/// The log is new.
	pub created: bool,
	/// The store was closed in order the last time.
	pub was_closed: bool,
	/// The first position that the log holds.
	pub first: Position,
	/// The durable tail.
	pub tail: Position,
	/// Segments of the log.
	pub segments: usize,
	/// Segments that were not read because their sidecars were taken.
	pub sidecars: usize,
	/// Groups that were read and checked.
	pub groups: u64,
	/// Records that were read and checked.
	pub records: u64,
	/// The torn tail that was cut, if there was one.
	pub cut: Option<Cut>,
	/// Ranges that this or an earlier salvage gave up.
	pub salvaged: Vec<Range<Position>>,
	/// How long it took.
	pub elapsed: Duration,
}

/// The segment that goes on being written.
pub(super) struct OpenSegment {
	pub segment: Segment,
	pub file: Arc<dyn DiskFile>,
}

/// All that the log needs to go on.
pub(super) struct Found {
	pub segments: Vec<Segment>,
	pub landmarks: Vec<Position>,
	pub open: Option<OpenSegment>,
	pub recovery: Recovery,
}

/// What recovery is to do.
pub(super) struct Plan<'a> {
	pub disk: &'a dyn Disk,
	/// The folder of the segments.
	pub folder: &'a Path,
	pub store: StoreId,
	/// Segments that end at or before this position are not read.
	pub from: Position,
	/// Give up what is damaged instead of stopping.
	pub salvage: bool,
}

/// Reads the log and hands every record at or behind `plan.from` to `visit`.
pub(super) fn recover(plan: &Plan<'_>, visit: &mut dyn Visitor) -> Result<Found, OpenError> {
	let started = Instant::now();
	let firsts = list_segments(plan)?;
	let mut run = Run {
		plan,
		holes: load_holes(plan)?,
		new_holes: false,
		found: Found {
			segments: Vec::with_capacity(firsts.len()),
			landmarks: Vec::new(),
			open: None,
			recovery: Recovery {
				created: firsts.is_empty(),
				was_closed: false,
				first: 0,
				tail: 0,
				segments: firsts.len(),
				sidecars: 0,
				groups: 0,
				records: 0,
				cut: None,
				salvaged: Vec::new(),
				elapsed: Duration::ZERO,
			},
		},
		last_group: None,
	};
	for (index, first) in firsts.iter().enumerate() {
		let expected = run.found.recovery.tail;
		if *first != expected {
			return Err(OpenError::Missing {
				folder: plan.folder.into(),
				expected,
				found: Some(*first),
			});
		}
		run.segment(*first, firsts.get(index + 1).copied(), visit)?;
	}
	run.settle()?;
	run.found.recovery.elapsed = started.elapsed();
	Ok(run.found)
}

struct Run<'a> {
	plan: &'a Plan<'a>,
	holes: Vec<Range<Position>>,
	new_holes: bool,
	found: Found,
	/// The newest group of the last segment.
	last_group: Option<Group>,
}

impl Run<'_> {
	/// One segment; afterwards `tail` is where the next one must begin.
	fn segment(&mut self, first: Position, next: Option<Position>, visit: &mut dyn Visitor) -> Result<(), OpenError> {
		let path = segment_path(self.plan.folder, first);
		let file = self.plan.disk.open(&path).map_err(io_error("opening", &path))?;
		let length = file.len().map_err(io_error("reading the length of", &path))?;
		let extent = next.map_or(length, |next| next - first);
		if extent > length {
			let expected = first + length;
			return Err(OpenError::Missing {
				folder: self.plan.folder.into(),
				expected,
				found: next,
			});
		}
		self.last_group = None;
		self.found.recovery.was_closed = false;
		self.found.recovery.tail = first + extent;

		let header = match read_header(file.as_ref(), &path)? {
			Ok(header) if header.store != self.plan.store => return Err(OpenError::Foreign { file: path }),
			Ok(header) if header.first != first => Err(Damage::Group("the segment's name is another position")),
			other => other,
		};
		let marker = match header {
			Ok(header) => header.marker,
			Err(damage) => {
				self.give_up(&path, first, 0, extent, damage)?;
				self.found.segments.push(Segment {
					first,
					path,
					marker: Default::default(),
				});
				self.found.open = None;
				return Ok(());
			}
		};
		let segment = Segment { first, path, marker };
		let is_read = match next {
			Some(next) if next <= self.plan.from => false,
			Some(next) => !self.takes_sidecar(&segment, next, visit),
			None => true,
		};
		if is_read {
			self.walk(&segment, &file, extent, next.is_none(), visit)?;
		}
		self.found.segments.push(segment.clone());
		self.found.open = Some(OpenSegment { segment, file });
		Ok(())
	}

	/// Offers the segment's sidecar, if it has one, in the place of its records.
	fn takes_sidecar(&mut self, segment: &Segment, end: Position, visit: &mut dyn Visitor) -> bool {
		let path = segment.path.with_extension(SIDECAR_EXTENSION);
		let sidecar = sidecar::load(self.plan.disk, &path, self.plan.store, segment.first..end);
		let is_taken = sidecar.is_some_and(|sidecar| visit.sidecar(&sidecar));
		self.found.recovery.sidecars += usize::from(is_taken);
		is_taken
	}

	fn walk(
		&mut self,
		segment: &Segment,
		file: &Arc<dyn DiskFile>,
		extent: u64,
		is_last: bool,
		visit: &mut dyn Visitor,
	) -> Result<(), OpenError> {
		let mut walk = Walk::new(file, segment, extent);
		let mut at = SEGMENT_HEADER_BYTES as u64;
		loop {
			match walk.group(at) {
				Ok(None) => break,
				Ok(Some(group)) => {
					at = group.end();
					self.group(segment, group, visit);
				}
				Err(Stop::Io(source)) => return Err(io_error("reading", &segment.path)(source)),
				Err(Stop::Broken { offset, damage, before }) => {
					let known = self.known_hole(segment.first + offset);
					let behind = walk
						.behind(at.max(offset))
						.map_err(io_error("reading", &segment.path))?;
					if is_last && known.is_none() && behind.next_group.is_none() {
						self.cut(segment, at, behind.written, damage);
						break;
					}
					let next = known
						.map(|end| end - segment.first)
						.or(behind.next_group)
						.unwrap_or(extent);
					self.give_up(&segment.path, segment.first, offset, next, damage)?;
					for record in before {
						self.record(record, visit);
					}
					at = next;
				}
			}
		}
		self.found.recovery.tail = segment.first + at;
		Ok(())
	}

	fn group(&mut self, segment: &Segment, group: Group, visit: &mut dyn Visitor) {
		let position = segment.first + group.offset;
		if self
			.found
			.landmarks
			.last()
			.is_none_or(|last| position - last >= LANDMARK_BYTES)
		{
			self.found.landmarks.push(position);
		}
		self.found.recovery.groups += 1;
		self.found.recovery.was_closed = group.records.is_empty();
		for record in &group.records {
			self.record(record.clone(), visit);
		}
		self.last_group = Some(group);
	}

	fn record(&mut self, record: Record, visit: &mut dyn Visitor) {
		self.found.recovery.records += 1;
		if record.position >= self.plan.from {
			visit.record(record);
		}
	}

	/// Notes that the last segment ends at `at`: with zeros, which is as it should be, or with a torn group.
	fn cut(&mut self, segment: &Segment, at: u64, written: u64, damage: Damage) {
		if written > at {
			let file = segment.path.clone();
			self.found.recovery.cut = Some(Cut {
				file,
				offset: at,
				bytes: written - at,
				damage,
			});
		}
	}

	fn known_hole(&self, position: Position) -> Option<Position> {
		self.holes
			.iter()
			.find(|hole| hole.start == position)
			.map(|hole| hole.end)
	}

	/// Stops at damage, or gives the range up where that is wanted or was done before.
	fn give_up(
		&mut self,
		path: &Path,
		first: Position,
		offset: u64,
		end: u64,
		damage: Damage,
	) -> Result<(), OpenError> {
		let position = first + offset;
		if self.known_hole(position).is_some() {
			return Ok(());
		}
		if !self.plan.salvage {
			return Err(OpenError::Corrupt {
				file: path.into(),
				offset,
				position,
				damage,
			});
		}
		log::warn!(
			target: "courier",
			"{}: {} bytes from offset {offset} on (position {position}) are given up: {damage}",
			path.display(),
			end - offset
		);
		self.holes.push(position..first + end);
		self.new_holes = true;
		Ok(())
	}

	/// Makes what was found durable and whole, so that it can be read and written on.
	fn settle(&mut self) -> Result<(), OpenError> {
		if let Some(OpenSegment { segment, file }) = &self.found.open {
			let path = &segment.path;
			if let Some(cut) = &self.found.recovery.cut {
				// The torn bytes must be gone before anything is written over them, or a part of them could be taken for a group later.
				file.set_len(cut.offset).map_err(io_error("cutting", path))?;
			}
			if let Some(group) = &self.last_group {
				file.write_all_at(&group.bytes, group.offset)
					.map_err(io_error("writing", path))?;
			}
			file.sync().map_err(io_error("syncing", path))?;
		}
		if self.new_holes {
			self.save_holes()?;
		}
		let folder = self.plan.folder;
		self.plan
			.disk
			.sync_folder(folder)
			.map_err(io_error("syncing", folder))?;
		self.found.recovery.salvaged = std::mem::take(&mut self.holes);
		Ok(())
	}

	fn save_holes(&mut self) -> Result<(), OpenError> {
		self.holes.sort_by_key(|hole| hole.start);
		let mut text = String::new();
		for hole in &self.holes {
			let _ = writeln!(text, "{} {}", hole.start, hole.end);
		}
		let (fresh, path) = (self.plan.folder.join("salvaged.new"), self.plan.folder.join(HOLES_FILE));
		let file = self.plan.disk.create(&fresh).map_err(io_error("creating", &fresh))?;
		file.write_all_at(text.as_bytes(), 0)
			.map_err(io_error("writing", &fresh))?;
		file.sync().map_err(io_error("syncing", &fresh))?;
		self.plan.disk.rename(&fresh, &path).map_err(io_error("naming", &path))
	}
}

/// Where the segments begin, in order. Files that were never finished are removed.
fn list_segments(plan: &Plan<'_>) -> Result<Vec<Position>, OpenError> {
	let names = plan.disk.list(plan.folder).map_err(io_error("listing", plan.folder))?;
	let mut firsts = Vec::with_capacity(names.len());
	for name in names {
		if let Some(first) = segment_first(&name) {
			firsts.push(first);
		} else if name.ends_with(".new") {
			let path = plan.folder.join(&name);
			plan.disk.remove(&path).map_err(io_error("removing", path))?;
		}
	}
	firsts.sort_unstable();
	Ok(firsts)
}

fn load_holes(plan: &Plan<'_>) -> Result<Vec<Range<Position>>, OpenError> {
	let names = plan.disk.list(plan.folder).map_err(io_error("listing", plan.folder))?;
	if !names.iter().any(|name| name == HOLES_FILE) {
		return Ok(Vec::new());
	}
	let path = plan.folder.join(HOLES_FILE);
	let file = plan.disk.open(&path).map_err(io_error("opening", &path))?;
	let length = file.len().map_err(io_error("reading the length of", &path))?;
	let mut bytes = vec![0; length as usize];
	file.read_at(&mut bytes, 0).map_err(io_error("reading", &path))?;
	let hole = |line: &str| {
		let (start, end) = line.split_once(' ')?;
		Some(start.parse().ok()?..end.parse().ok()?)
	};
	let holes = String::from_utf8_lossy(&bytes)
		.lines()
		.map(hole)
		.collect::<Option<Vec<_>>>();
	holes.ok_or(OpenError::Corrupt {
		file: path,
		offset: 0,
		position: 0,
		damage: Damage::Group("a line is not two positions"),
	})
}

fn read_header(file: &dyn DiskFile, path: &Path) -> Result<Result<SegmentHeader, Damage>, OpenError> {
	let mut bytes = [0; SEGMENT_HEADER_BYTES];
	let read = file.read_at(&mut bytes, 0).map_err(io_error("reading", path))?;
	if read < bytes.len() {
		return Ok(Err(Damage::Short {
			needed: bytes.len() as u64,
			available: read as u64,
		}));
	}
	Ok(SegmentHeader::decode(&bytes))
}
