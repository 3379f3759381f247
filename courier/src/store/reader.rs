// SPDX-License-Identifier: Apache-2.0

//! Reading: single records, ranges, and the durable tail.

use super::{
	cache::Cache,
	disk::Lock,
	error::ReadError,
	frame::{self, Damage, Frame, Position, Record, GROUP_KIND, RECORD_HEADER_BYTES, SEGMENT_HEADER_BYTES},
	meta::Meta,
	segments::{Segment, Segments},
	stats::Counters,
};
use bytes::Bytes;
use std::sync::{
	atomic::{AtomicU64, Ordering},
	Arc, OnceLock,
};
use tokio::sync::watch;

/// Bytes that a single read from disk asks for before it knows the record's length.
const FIRST_READ_BYTES: u64 = 16 << 10;
/// Bytes that a scan reads at once.
const SCAN_READ_BYTES: u64 = 1 << 20;

/// What the writer thread and all readers of a log share.
pub(super) struct Shared {
	pub meta: Meta,
	pub segments: Segments,
	pub cache: Cache,
	/// Everything below is on disk and may be read.
	pub durable: AtomicU64,
	/// Everything below has also been handed back by the cutter, so that indexes know it.
	pub tail: watch::Sender<Position>,
	pub frozen: OnceLock<Arc<str>>,
	pub counters: Counters,
	/// Keeps other processes out for as long as anybody reads or writes.
	pub _lock: Box<dyn Lock>,
}

impl Shared {
	pub(super) fn durable(&self) -> Position {
		self.durable.load(Ordering::Acquire)
	}
}

/// Reads a log. Cheap to clone; works while the log is written, and after it froze.
#[derive(Clone)]
pub struct LogReader {
	pub(super) shared: Arc<Shared>,
}

impl LogReader {
	/// Which store this is, and the secret of its index.
	pub fn meta(&self) -> Meta {
		self.shared.meta
	}

	/// The durable tail: the position behind the last record that is on disk and that the cutter has been told of.
	pub fn tail(&self) -> Position {
		*self.shared.tail.borrow()
	}

	/// The durable tail, to wait for.
	pub fn watch(&self) -> watch::Receiver<Position> {
		self.shared.tail.subscribe()
	}

	/// The first position that the log holds.
	pub fn first(&self) -> Position {
		self.shared.segments.first()
	}

	/// Why the log is read-only, if it is.
	pub fn frozen(&self) -> Option<Arc<str>> {
		self.shared.frozen.get().cloned()
	}

	/// Reads the record that begins at `position`, which must come from this log: any other place may look like a record by accident, or by
	/// somebody's design; see [`LogReader::is_boundary`].
	///
	/// # Errors
	/// [`ReadError::Corrupt`] when the checksum does not match: such bytes are never served.
	pub fn read(&self, position: Position) -> Result<Record, ReadError> {
		let durable = self.shared.durable();
		if position >= durable {
			return Err(ReadError::BeyondTail {
				position,
				tail: durable,
			});
		}
		if let Some(bytes) = self.shared.cache.hot_from(position) {
			return match frame::parse(&bytes, false) {
				Frame::Whole { kind, bytes: total } if kind != GROUP_KIND => Ok(record(position, kind, &bytes, total)),
				_ => Err(ReadError::NotARecord { position }),
			};
		}
		if let Some(record) = self.shared.cache.cold(position) {
			return Ok(record);
		}
		let record = self.read_cold(position, durable)?;
		self.shared.cache.keep(&record);
		Ok(record)
	}

	fn read_cold(&self, position: Position, durable: Position) -> Result<Record, ReadError> {
		let (segment, limit) = self.extent(position, durable)?;
		if position < segment.first + SEGMENT_HEADER_BYTES as u64 {
			return Err(ReadError::NotARecord { position });
		}
		let mut bytes = self.fetch(&segment, position, FIRST_READ_BYTES.min(limit - position))?;
		if let Frame::Partial { needed } = frame::parse(&bytes, false) {
			self.check_room(&segment, position, needed, limit)?;
			bytes = self.fetch(&segment, position, needed as u64)?;
		}
		match frame::parse(&bytes, true) {
			Frame::Whole { kind: GROUP_KIND, .. } => Err(ReadError::NotARecord { position }),
			Frame::Whole { kind, bytes: total } => {
				bytes.truncate(total);
				bytes.shrink_to_fit();
				Ok(record(position, kind, &Bytes::from(bytes), total))
			}
			other => Err(corrupt(&segment, position, damage(other, bytes.len()))),
		}
	}

	/// All records from `from`, which must be 0, a record's position or end, or an earlier tail, to `until` or the present tail,
	/// whichever comes first. Records of one read share a buffer of about 1 MiB: copy a payload that is to be kept for long.
	pub fn scan(&self, from: Position, until: Position) -> Scan {
		let next = from.max(self.first());
		Scan {
			reader: self.clone(),
			next,
			until: until.min(self.tail()),
			chunk: Bytes::new(),
			start: next,
			hot: false,
		}
	}

	/// Whether `position` is one that [`LogReader::scan`] may begin at. For cursors that came from outside.
	///
	/// # Errors
	/// When the log around the position cannot be read.
	pub fn is_boundary(&self, position: Position) -> Result<bool, ReadError> {
		if position > self.tail() || position < self.first() {
			return Ok(position == 0);
		}
		let mut scan = self.scan(self.shared.segments.landmark(position), position);
		while scan.next < position {
			scan.step()?;
		}
		Ok(scan.next == position)
	}

	/// The segment of a position and the position at which its readable bytes end.
	fn extent(&self, position: Position, durable: Position) -> Result<(Arc<Segment>, Position), ReadError> {
		if let Some(end) = self.shared.segments.hole_end(position) {
			return Err(ReadError::Salvaged { position, end });
		}
		let Some((segment, next)) = self.shared.segments.locate(position) else {
			return Err(ReadError::BeforeFirst {
				position,
				first: self.first(),
			});
		};
		let hole = self.shared.segments.next_hole(position).unwrap_or(Position::MAX);
		Ok((segment, next.unwrap_or(durable).min(durable).min(hole)))
	}

	fn check_room(
		&self,
		segment: &Segment,
		position: Position,
		needed: usize,
		limit: Position,
	) -> Result<(), ReadError> {
		let (needed, available) = (needed as u64, limit - position);
		match needed > available {
			true => Err(corrupt(segment, position, Damage::Short { needed, available })),
			false => Ok(()),
		}
	}

	fn fetch(&self, segment: &Segment, position: Position, bytes: u64) -> Result<Vec<u8>, ReadError> {
		let offset = position - segment.first;
		let io = |source| ReadError::Io {
			file: segment.path.clone(),
			offset,
			source,
		};
		let file = self.shared.segments.file(segment).map_err(io)?;
		let mut out = vec![0; bytes as usize];
		let read = file.read_at(&mut out, offset).map_err(io)?;
		if read < out.len() {
			let damage = Damage::Short {
				needed: bytes,
				available: read as u64,
			};
			return Err(corrupt(segment, position, damage));
		}
		Ok(out)
	}
}

/// All records of a range, in order. Ends after the first error.
pub struct Scan {
	reader: LogReader,
	next: Position,
	until: Position,
	/// Bytes of the log from `start` on.
	chunk: Bytes,
	start: Position,
	/// The chunk never left memory: its checksums need no second look.
	hot: bool,
}

impl Scan {
	/// Where the next record is looked for: after the end of the scan, where a later one goes on.
	pub fn position(&self) -> Position {
		self.next
	}

	/// Moves over one record, or over what lies between records.
	fn step(&mut self) -> Result<Option<Record>, ReadError> {
		if let Some(end) = self.reader.shared.segments.hole_end(self.next) {
			self.next = end;
			return Ok(None);
		}
		let offset = self.next.wrapping_sub(self.start);
		if offset >= self.chunk.len() as u64 {
			self.refill(RECORD_HEADER_BYTES)?;
			return Ok(None);
		}
		let bytes = self.chunk.slice(offset as usize..);
		match frame::parse(&bytes, !self.hot) {
			Frame::Whole { kind, bytes: total } => {
				let position = self.next;
				self.next += total as u64;
				Ok((kind != GROUP_KIND).then(|| record(position, kind, &bytes, total)))
			}
			Frame::Partial { needed } if !self.hot => self.refill(needed).map(|()| None),
			_ if self.hot => Err(ReadError::NotARecord { position: self.next }),
			other => {
				let (segment, _) = self.reader.extent(self.next, self.reader.shared.durable())?;
				Err(corrupt(&segment, self.next, damage(other, bytes.len())))
			}
		}
	}

	/// Gets at least `needed` bytes from the present position on, or steps over a segment's header.
	fn refill(&mut self, needed: usize) -> Result<(), ReadError> {
		if let Some(bytes) = self.reader.shared.cache.hot_from(self.next) {
			(self.chunk, self.start, self.hot) = (bytes, self.next, true);
			return Ok(());
		}
		let (segment, limit) = self.reader.extent(self.next, self.reader.shared.durable())?;
		let data = segment.first + SEGMENT_HEADER_BYTES as u64;
		if self.next < data {
			self.next = data;
			return Ok(());
		}
		self.reader.check_room(&segment, self.next, needed, limit)?;
		let bytes = SCAN_READ_BYTES.max(needed as u64).min(limit - self.next);
		self.chunk = self.reader.fetch(&segment, self.next, bytes)?.into();
		(self.start, self.hot) = (self.next, false);
		Ok(())
	}
}

impl Iterator for Scan {
	type Item = Result<Record, ReadError>;

	fn next(&mut self) -> Option<Self::Item> {
		while self.next < self.until {
			match self.step() {
				Ok(None) => {}
				Ok(Some(record)) => return Some(Ok(record)),
				Err(error) => {
					self.until = self.next;
					return Some(Err(error));
				}
			}
		}
		None
	}
}

fn record(position: Position, kind: u8, bytes: &Bytes, total: usize) -> Record {
	Record {
		position,
		kind,
		payload: bytes.slice(RECORD_HEADER_BYTES..total),
	}
}

fn corrupt(segment: &Segment, position: Position, damage: Damage) -> ReadError {
	ReadError::Corrupt {
		file: segment.path.clone(),
		offset: position - segment.first,
		position,
		damage,
	}
}

/// The damage that a frame which is not whole stands for.
fn damage(frame: Frame, available: usize) -> Damage {
	match frame {
		Frame::Damaged(damage) => damage,
		Frame::Partial { needed } => Damage::Short {
			needed: needed as u64,
			available: available as u64,
		},
		Frame::Vacant | Frame::Whole { .. } => Damage::Vacant,
	}
}
