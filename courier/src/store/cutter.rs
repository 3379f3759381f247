// SPDX-License-Identifier: Apache-2.0

//! How records come to be: the cutter, called once per group on the writer thread, and the writer it fills.

use super::{
	error::AppendError,
	frame::{
		self, GroupHeader, Marker, Position, Record, GROUP_HEADER_BYTES, GROUP_KIND, MAX_PAYLOAD_BYTES,
		RECORD_HEADER_BYTES,
	},
};
use bytes::{Bytes, BytesMut};
use std::{convert::Infallible, io};

/// Makes records of what was submitted while the last `fdatasync` ran.
///
/// All methods run on the writer thread, one after the other: a cutter needs no lock, and what it counts it counts without gaps. For every
/// `cut` either `committed` and `published` follow, or `refused`, before the next `cut`.
pub trait Cutter: Send + 'static {
	/// What is submitted. It carries its own way to answer the submitter, so that the log needs none per submission.
	type Submission: Send + 'static;

	/// Takes submissions out of `group`, at least the first, and writes records for them. All records of one call survive a crash together
	/// or not at all. What it leaves in `group` comes again with the next call. Answers nobody yet.
	fn cut(&mut self, group: &mut Vec<Self::Submission>, out: &mut RecordWriter<'_>);

	/// The records of the last cut are on disk and may be read. Update indexes here: the tail that others watch moves after this
	/// returns, so whoever sees a record there finds it in the indexes too. Also called for groups without submissions.
	fn committed(&mut self, group: &Committed<'_>);

	/// The tail has moved over the records of the last cut. Answer the submitters here: whatever they look at next shows their records.
	fn published(&mut self) {}

	/// The records of the last cut were not stored: take back what was counted, and answer with the error.
	fn refused(&mut self, error: &AppendError);

	/// Submissions that came too late to be cut at all.
	fn rejected(&mut self, group: &mut Vec<Self::Submission>, error: &AppendError);
}

/// A cutter for logs that only take ready records.
#[derive(Clone, Copy, Debug, Default)]
pub struct Plain;

impl Cutter for Plain {
	type Submission = Infallible;

	fn cut(&mut self, _: &mut Vec<Infallible>, _: &mut RecordWriter<'_>) {}
	fn committed(&mut self, _: &Committed<'_>) {}
	fn refused(&mut self, _: &AppendError) {}
	fn rejected(&mut self, _: &mut Vec<Infallible>, _: &AppendError) {}
}

/// A group that is on disk.
pub struct Committed<'a> {
	pub(super) segment: Position,
	pub(super) start: Position,
	pub(super) bytes: &'a Bytes,
	/// Records of the group, those of [`Log::append`](super::Log::append) included.
	pub records: u32,
}

impl Committed<'_> {
	/// The first position of the segment that the group is in. When it differs from that of the last group, the earlier segment is closed.
	pub fn segment(&self) -> Position {
		self.segment
	}

	/// The position behind the group: the durable tail.
	pub fn tail(&self) -> Position {
		self.start + self.bytes.len() as u64
	}

	/// The record at a position that the writer gave during this cut. Its payload shares memory with the group.
	pub fn record(&self, position: Position) -> Option<Record> {
		let at = usize::try_from(position.checked_sub(self.start)?).ok()?;
		if at >= self.bytes.len() {
			return None;
		}
		let rest = self.bytes.slice(at..);
		match frame::parse(&rest, false) {
			frame::Frame::Whole { kind, bytes } if kind != GROUP_KIND => Some(Record {
				position,
				kind,
				payload: rest.slice(RECORD_HEADER_BYTES..bytes),
			}),
			_ => None,
		}
	}
}

/// The records of a group in the making, one after the other in the buffer that will be written.
pub struct RecordWriter<'a> {
	buffer: &'a mut BytesMut,
	start: Position,
	records: &'a mut u32,
}

/// A place in a group in the making.
#[derive(Clone, Copy, Debug)]
pub struct Mark {
	bytes: usize,
	records: u32,
}

impl<'a> RecordWriter<'a> {
	/// Begins a group at `start` in an empty buffer.
	pub(super) fn begin_group(buffer: &'a mut BytesMut, start: Position, records: &'a mut u32) -> Self {
		buffer.clear();
		buffer.resize(GROUP_HEADER_BYTES, 0);
		*records = 0;
		Self { buffer, start, records }
	}

	/// The position of the next record.
	pub fn next(&self) -> Position {
		self.start + self.buffer.len() as u64
	}

	/// Bytes of the group so far.
	pub fn bytes(&self) -> usize {
		self.buffer.len()
	}

	/// This place, to come back to.
	pub fn mark(&self) -> Mark {
		Mark {
			bytes: self.buffer.len(),
			records: *self.records,
		}
	}

	/// Takes back all records since `mark`, which must be one of this group.
	pub fn rewind(&mut self, mark: Mark) {
		self.buffer.truncate(mark.bytes);
		*self.records = mark.records;
	}

	/// Writes a whole record.
	///
	/// # Errors
	/// [`AppendError::TooLarge`] and [`AppendError::ReservedKind`]; then nothing was written.
	pub fn push(&mut self, kind: u8, payload: &[u8]) -> Result<Position, AppendError> {
		let mut record = self.begin(kind)?;
		record.put(payload);
		record.finish()
	}

	/// Begins a record that is built in place. Dropped without [`RecordBuilder::finish`] it leaves nothing behind.
	///
	/// # Errors
	/// [`AppendError::ReservedKind`].
	pub fn begin(&mut self, kind: u8) -> Result<RecordBuilder<'_>, AppendError> {
		if kind == GROUP_KIND {
			return Err(AppendError::ReservedKind);
		}
		let at = self.buffer.len();
		let position = self.next();
		self.buffer.resize(at + RECORD_HEADER_BYTES, 0);
		Ok(RecordBuilder {
			buffer: self.buffer,
			records: self.records,
			at,
			position,
			kind,
			finished: false,
		})
	}
}

/// Fills in the group's header once all records are there.
pub(super) fn end_group(buffer: &mut BytesMut, start: Position, records: u32, marker: &Marker) {
	let bytes = (buffer.len() - GROUP_HEADER_BYTES) as u32;
	GroupHeader {
		position: start,
		bytes,
		records,
	}
	.write(marker, buffer);
}

/// One record in the making. Also an [`io::Write`], and so an output for SCALE.
pub struct RecordBuilder<'a> {
	buffer: &'a mut BytesMut,
	records: &'a mut u32,
	at: usize,
	position: Position,
	kind: u8,
	finished: bool,
}

impl RecordBuilder<'_> {
	/// Where the record will be.
	pub fn position(&self) -> Position {
		self.position
	}

	/// Appends to the payload.
	pub fn put(&mut self, bytes: &[u8]) {
		self.buffer.extend_from_slice(bytes);
	}

	/// Makes room for so many more bytes, so that the buffer grows once.
	pub fn reserve(&mut self, bytes: usize) {
		self.buffer.reserve(bytes);
	}

	/// The payload so far.
	pub fn payload(&self) -> &[u8] {
		&self.buffer[self.at + RECORD_HEADER_BYTES..]
	}

	/// The payload so far, to fill in what is known only at the end.
	pub fn payload_mut(&mut self) -> &mut [u8] {
		&mut self.buffer[self.at + RECORD_HEADER_BYTES..]
	}

	/// Seals the record.
	///
	/// # Errors
	/// [`AppendError::TooLarge`] when the payload is above [`MAX_PAYLOAD_BYTES`]; then the record is taken back.
	pub fn finish(mut self) -> Result<Position, AppendError> {
		let length = self.payload().len();
		if length > MAX_PAYLOAD_BYTES {
			return Err(AppendError::TooLarge {
				bytes: length as u64,
				limit: MAX_PAYLOAD_BYTES as u64,
			});
		}
		frame::seal(&mut self.buffer[self.at..], self.kind);
		*self.records += 1;
		self.finished = true;
		Ok(self.position)
	}
}

impl Drop for RecordBuilder<'_> {
	fn drop(&mut self) {
		if !self.finished {
			self.buffer.truncate(self.at);
		}
	}
}

impl io::Write for RecordBuilder<'_> {
	fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
		self.put(bytes);
		Ok(bytes.len())
	}

	fn flush(&mut self) -> io::Result<()> {
		Ok(())
	}
}
