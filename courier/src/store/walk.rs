// SPDX-License-Identifier: Apache-2.0

//! One segment, group by group, as recovery sees it.

use super::{
	disk::DiskFile,
	frame::{self, Damage, Frame, GroupHeader, Position, Record, GROUP_HEADER_BYTES, GROUP_KIND, RECORD_HEADER_BYTES},
	segments::Segment,
};
use bytes::Bytes;
use std::{io, sync::Arc};

/// Bytes read at once.
const WINDOW_BYTES: u64 = 4 << 20;
static ZEROS: [u8; 64 << 10] = [0; 64 << 10];

/// A group with all its records right.
pub(super) struct Group {
	/// Offset of the group in its file.
	pub offset: u64,
	/// Header and records.
	pub bytes: Bytes,
	/// The records, sharing memory with `bytes`.
	pub records: Vec<Record>,
}

impl Group {
	/// Offset behind the group.
	pub(super) fn end(&self) -> u64 {
		self.offset + self.bytes.len() as u64
	}
}

/// Why the walk cannot go on.
pub(super) enum Stop {
	/// The disk refused to read.
	Io(io::Error),
	/// Bytes at `offset` are not what was written; the records of the group before that place are right.
	Broken {
		offset: u64,
		damage: Damage,
		before: Vec<Record>,
	},
}

/// What lies behind a broken place.
pub(super) struct Behind {
	/// Offset of the next group, if there is one. Then what broke was durable: a group is written only after the one before was synced.
	pub next_group: Option<u64>,
	/// Bytes up to the last one that is not zero.
	pub written: u64,
}

/// Reads a segment from its first group to `limit`.
pub(super) struct Walk<'a> {
	file: &'a Arc<dyn DiskFile>,
	segment: &'a Segment,
	/// Offset at which the segment's bytes end.
	limit: u64,
	window: Bytes,
	window_offset: u64,
}

impl<'a> Walk<'a> {
	pub(super) fn new(file: &'a Arc<dyn DiskFile>, segment: &'a Segment, limit: u64) -> Self {
		Self {
			file,
			segment,
			limit,
			window: Bytes::new(),
			window_offset: 0,
		}
	}

	/// The group at `offset`; `None` exactly at the end of the segment.
	pub(super) fn group(&mut self, offset: u64) -> Result<Option<Group>, Stop> {
		if offset == self.limit {
			return Ok(None);
		}
		let broken = |damage| Stop::Broken {
			offset,
			damage,
			before: Vec::new(),
		};
		let bytes = self.window(offset, GROUP_HEADER_BYTES as u64).map_err(Stop::Io)?;
		let position = self.segment.first + offset;
		let header = GroupHeader::read(&bytes, &self.segment.marker, position).map_err(broken)?;
		let whole = header.end() - position;
		let available = self.limit - offset;
		if whole > available {
			return Err(broken(Damage::Short {
				needed: whole,
				available,
			}));
		}
		let mut bytes = self.window(offset, whole).map_err(Stop::Io)?;
		if (bytes.len() as u64) < whole {
			return Err(broken(Damage::Short {
				needed: whole,
				available: bytes.len() as u64,
			}));
		}
		bytes.truncate(whole as usize);
		let records = self.records(&header, &bytes, offset)?;
		Ok(Some(Group { offset, bytes, records }))
	}

	fn records(&self, header: &GroupHeader, bytes: &Bytes, offset: u64) -> Result<Vec<Record>, Stop> {
		let mut records = Vec::with_capacity(header.records as usize);
		let mut at = GROUP_HEADER_BYTES;
		while at < bytes.len() || records.len() < header.records as usize {
			let rest = bytes.slice(at..);
			let damage = match frame::parse(&rest, true) {
				Frame::Whole { kind, bytes: total }
					if kind != GROUP_KIND && records.len() < header.records as usize =>
				{
					let position = header.position + at as u64;
					records.push(Record {
						position,
						kind,
						payload: rest.slice(RECORD_HEADER_BYTES..total),
					});
					at += total;
					continue;
				}
				Frame::Whole { .. } => Damage::Group("the group holds another number of records than it says"),
				Frame::Partial { needed } => Damage::Short {
					needed: needed as u64,
					available: rest.len() as u64,
				},
				Frame::Vacant => Damage::Vacant,
				Frame::Damaged(damage) => damage,
			};
			return Err(Stop::Broken {
				offset: offset + at as u64,
				damage,
				before: records,
			});
		}
		Ok(records)
	}

	/// At least `bytes` from `offset` on, or fewer where the segment ends.
	fn window(&mut self, offset: u64, bytes: u64) -> io::Result<Bytes> {
		let inside = offset.wrapping_sub(self.window_offset);
		if inside.saturating_add(bytes) > self.window.len() as u64 {
			let wanted = WINDOW_BYTES.max(bytes).min(self.limit.saturating_sub(offset));
			let mut fresh = vec![0; wanted as usize];
			let read = self.file.read_at(&mut fresh, offset)?;
			fresh.truncate(read);
			self.window = fresh.into();
			self.window_offset = offset;
			return Ok(self.window.clone());
		}
		Ok(self.window.slice(inside as usize..))
	}

	/// Looks behind `offset`, where the walk stopped, for a later group and for bytes that are not zero.
	pub(super) fn behind(&self, offset: u64) -> io::Result<Behind> {
		let mut written = offset;
		let mut start = offset;
		let mut buffer = vec![0; WINDOW_BYTES.min(self.limit - offset) as usize];
		while start < self.limit {
			let read = self.file.read_at(&mut buffer, start)?;
			let bytes = &buffer[..read.min((self.limit - start) as usize)];
			if bytes.is_empty() {
				break;
			}
			if let Some(last) = last_written(bytes) {
				written = written.max(start + last as u64 + 1);
				if let Some(next) = self.group_header_in(bytes, start, offset) {
					return Ok(Behind {
						next_group: Some(next),
						written,
					});
				}
			}
			// Windows overlap, so that a header on their border is seen whole.
			let step = bytes.len().saturating_sub(GROUP_HEADER_BYTES).max(1);
			start += if start + bytes.len() as u64 >= self.limit {
				bytes.len()
			} else {
				step
			} as u64;
		}
		Ok(Behind {
			next_group: None,
			written,
		})
	}

	fn group_header_in(&self, bytes: &[u8], start: u64, after: u64) -> Option<u64> {
		memchr::memmem::find_iter(bytes, &self.segment.marker).find_map(|found| {
			let at = found.checked_sub(RECORD_HEADER_BYTES)?;
			let offset = start + at as u64;
			let position: Position = self.segment.first + offset;
			let is_header = GroupHeader::read(&bytes[at..], &self.segment.marker, position).is_ok();
			(offset > after && is_header).then_some(offset)
		})
	}
}

/// Index of the last byte that is not zero.
fn last_written(bytes: &[u8]) -> Option<usize> {
	// Most of what is read here are the zeros of a prepared segment: compared by the piece they cost next to nothing.
	let mut end = bytes.len();
	for piece in bytes.rchunks(ZEROS.len()) {
		if piece != &ZEROS[..piece.len()] {
			break;
		}
		end -= piece.len();
	}
	bytes[..end].iter().rposition(|byte| *byte != 0)
}
