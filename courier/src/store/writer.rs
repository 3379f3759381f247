// SPDX-License-Identifier: Apache-2.0

//! The writer thread: take what queued, cut, write once, sync once, hand back.
//!
//! The commit clocks itself: while one `fdatasync` runs, the next group gathers in the queue. An idle log stores a single record at
//! once; a busy one stores thousands with one sync. Nothing waits for a timer.

use super::{
	cutter::{end_group, Committed, Cutter, RecordWriter},
	disk::{is_full, Disk},
	error::AppendError,
	frame::{Position, SegmentHeader, GROUP_HEADER_BYTES, MAX_GROUP_BYTES, SEGMENT_HEADER_BYTES},
	host::{LogWriter, Step},
	prepare::{write_zeros, Preparer},
	queue::{Batch, Found, Outcome, Queue, Reply, Taken},
	reader::Shared,
	recovery::OpenSegment,
	segments::{segment_path, Segment},
};
use crate::random::{self, Random};
use bytes::{Bytes, BytesMut};
use std::{
	io,
	path::PathBuf,
	sync::{atomic::Ordering, Arc},
	time::{Duration, Instant},
};

/// A segment in the making that was not prepared.
const NEW_SEGMENT_NAME: &str = "segment.new";

pub(super) struct Writer<C: Cutter> {
	pub shared: Arc<Shared>,
	pub queue: Arc<Queue<C::Submission>>,
	pub cutter: C,
	pub disk: Arc<dyn Disk>,
	pub random: Arc<dyn Random>,
	/// The folder of the segments.
	pub folder: PathBuf,
	pub segment_bytes: u64,
	pub preparer: Option<Preparer>,
	/// The segment that is written; `None` until the first one is made.
	pub open: Option<OpenSegment>,
	/// Where the next group begins.
	pub next: Position,
	/// After how long without anything to store the last records are marked as durable.
	pub mark_after: Option<Duration>,
	/// The last group on disk is such a mark.
	pub is_closed: bool,
}

/// A writer and what it has in hand.
pub(super) struct Desk<C: Cutter> {
	/// First, so that in a panic it acts before the callers in `taken` learn that nobody will answer.
	_will: LastWill<C::Submission>,
	taken: Taken<C::Submission>,
	writer: Writer<C>,
}

/// Freezes the log and lets nobody wait for ever when the thread ends, however it ends.
struct LastWill<S> {
	shared: Arc<Shared>,
	queue: Arc<Queue<S>>,
}

impl<S> Drop for LastWill<S> {
	fn drop(&mut self) {
		if std::thread::panicking() {
			let _ = self.shared.frozen.set("its writer thread panicked".into());
		}
		self.queue.close();
		let mut rest = Taken::default();
		if self.queue.try_take(&mut rest) {
			let reason = self.shared.frozen.get();
			let error = reason.map_or(AppendError::Closed, |reason| AppendError::Frozen(reason.clone()));
			for batch in rest.batches {
				batch.reply.send(Err(error.clone()));
			}
		}
	}
}

impl<C: Cutter> Desk<C> {
	pub(super) fn new(writer: Writer<C>) -> Self {
		let _will = LastWill {
			shared: writer.shared.clone(),
			queue: writer.queue.clone(),
		};
		Desk {
			_will,
			taken: Taken::default(),
			writer,
		}
	}

	fn store_taken(&mut self) {
		let Desk { taken, writer, .. } = self;
		// The cutter may leave some for another group.
		while !taken.is_empty() {
			if let Err(error) = writer.group(taken) {
				writer.refuse(taken, &error);
			}
		}
		writer.queue.give_room(std::mem::take(&mut taken.bytes));
	}
}

impl<C: Cutter> LogWriter for Desk<C> {
	fn has_work(&self) -> bool {
		self.writer.queue.has_work()
	}

	fn step(&mut self) -> Step {
		if self.writer.queue.try_take(&mut self.taken) {
			self.store_taken();
			return Step::Group;
		}
		if !self.writer.queue.is_closed() {
			return Step::Idle;
		}
		self.writer.mark_end();
		Step::Closed
	}

	fn run(mut self: Box<Self>) {
		self.writer.prepare_open_segment();
		loop {
			let patience = self.writer.mark_after.filter(|_| !self.writer.is_closed);
			match self.writer.queue.take(&mut self.taken, patience) {
				Found::Work => self.store_taken(),
				Found::Nothing => self.writer.mark_end(),
				Found::End => break,
			}
		}
		self.writer.mark_end();
	}
}

impl<C: Cutter> Writer<C> {
	/// An empty group: the next opening then knows that even the last records were durable, and takes what is broken of them for damage.
	fn mark_end(&mut self) {
		if !self.is_closed && self.shared.frozen.get().is_none() && self.open.is_some() {
			let _ = self.group(&mut Taken::default());
		}
	}

	/// Stores one group and answers for it. On an error nobody was answered yet.
	fn group(&mut self, taken: &mut Taken<C::Submission>) -> Result<(), AppendError> {
		if let Some(reason) = self.shared.frozen.get() {
			return Err(AppendError::Frozen(reason.clone()));
		}
		self.roll_if_due(taken.bytes)?;
		let start = self.next;
		let is_close = taken.is_empty();
		let mut records = 0;
		let mut buffer = self.shared.cache.buffer();
		let mut out = RecordWriter::begin_group(&mut buffer, start, &mut records);
		let outcomes: Vec<Outcome> = taken.batches.iter().map(|batch| write_batch(batch, &mut out)).collect();
		self.cutter.cut(&mut taken.submissions, &mut out);

		let bytes = if records > 0 || is_close {
			if let Err(error) = self.store(&mut buffer, start, records) {
				self.shared.cache.give_back(buffer);
				self.cutter.refused(&error);
				return Err(error);
			}
			self.is_closed = is_close;
			let bytes = self.shared.cache.share(buffer);
			self.shared.cache.push(start, bytes.clone());
			self.shared.segments.passed(start);
			self.next += bytes.len() as u64;
			self.shared.durable.store(self.next, Ordering::Release);
			bytes
		} else {
			self.shared.cache.give_back(buffer);
			Bytes::new()
		};
		let segment = self.open.as_ref().map_or(start, |open| open.segment.first);
		self.cutter.committed(&Committed {
			segment,
			start,
			bytes: &bytes,
			records,
		});
		if !bytes.is_empty() {
			self.shared.tail.send_replace(self.next);
		}
		self.cutter.published();
		for (batch, outcome) in taken.batches.drain(..).zip(outcomes) {
			batch.reply.send(outcome);
		}
		Ok(())
	}

	/// Writes and syncs the buffer at `start`.
	fn store(&mut self, buffer: &mut BytesMut, start: Position, records: u32) -> Result<(), AppendError> {
		let Some(OpenSegment { segment, file }) = &self.open else {
			return Err(self.freeze("it has no segment to write to", io::ErrorKind::NotFound.into()));
		};
		let bytes = buffer.len();
		if bytes > MAX_GROUP_BYTES {
			return Err(AppendError::TooLarge {
				bytes: bytes as u64,
				limit: MAX_GROUP_BYTES as u64,
			});
		}
		end_group(buffer, start, records, &segment.marker);
		let offset = start - segment.first;
		let begun = Instant::now();
		if let Err(error) = file.write_all_at(buffer, offset) {
			if !is_full(&error) {
				return Err(self.freeze("a write failed", error));
			}
			// What was written of the group goes; the space it took may be what others wait for.
			if let Err(error) = file.set_len(offset) {
				return Err(self.freeze("cutting a partial write failed", error));
			}
			self.shared.counters.refused();
			return Err(AppendError::Full { bytes: bytes as u64 });
		}
		let written = Instant::now();
		// Never tried again: after a failed sync the kernel may hold the pages for clean though they never reached the disk, and a second sync
		// would succeed without them.
		if let Err(error) = file.sync() {
			return Err(self.freeze("a sync failed", error));
		}
		self.shared
			.counters
			.stored(records as u64, bytes as u64, written - begun, written.elapsed());
		Ok(())
	}

	fn roll_if_due(&mut self, bytes: usize) -> Result<(), AppendError> {
		if let Some(OpenSegment { segment, .. }) = &self.open {
			let used = self.next - segment.first;
			let wanted = (GROUP_HEADER_BYTES + bytes) as u64;
			if used <= SEGMENT_HEADER_BYTES as u64 || used + wanted <= self.segment_bytes {
				return Ok(());
			}
		}
		self.roll()
	}

	/// Begins the next segment. Its name appears only when its header is durable, and groups are written only when its name is.
	fn roll(&mut self) -> Result<(), AppendError> {
		let first = self.next;
		let marker = random::bytes(self.random.as_ref());
		let header = SegmentHeader {
			store: self.shared.meta.store,
			first,
			marker,
		}
		.encode();
		let prepared = self.preparer.as_ref().and_then(|preparer| preparer.take());
		let (file, temporary) = match prepared {
			Some((file, path)) => (file, path.to_path_buf()),
			None => {
				let path = self.folder.join(NEW_SEGMENT_NAME);
				let file = self
					.disk
					.create(&path)
					.map_err(|error| self.full_or_freeze("creating a segment failed", error))?;
				(file, path)
			}
		};
		if let Err(error) = file.write_all_at(&header, 0) {
			let _ = self.disk.remove(&temporary);
			return Err(self.full_or_freeze("writing a segment's header failed", error));
		}
		let path = segment_path(&self.folder, first);
		let named = file.sync().and_then(|()| self.disk.rename(&temporary, &path));
		named
			.and_then(|()| self.disk.sync_folder(&self.folder))
			.map_err(|error| self.freeze("beginning a segment failed", error))?;

		if let Some(OpenSegment { segment, file }) = self.open.take() {
			// Gives back the zeros that were not needed. Nothing depends on it: the next segment's name says where this one ends.
			let _ = file.set_len(first - segment.first);
		}
		let segment = Segment { first, path, marker };
		self.shared.segments.push(segment.clone(), file.clone());
		self.next = first + SEGMENT_HEADER_BYTES as u64;
		self.open = Some(OpenSegment { segment, file });
		if let Some(preparer) = &self.preparer {
			preparer.next();
		}
		Ok(())
	}

	/// Fills the rest of the segment with zeros before the first group comes.
	fn prepare_open_segment(&mut self) {
		if self.preparer.is_none() || (self.open.is_none() && self.roll().is_err()) {
			return;
		}
		let Some(OpenSegment { file, .. }) = &self.open else {
			return;
		};
		let filled = file
			.len()
			.and_then(|length| write_zeros(file.as_ref(), length, self.segment_bytes, || true));
		if let Err(error) = filled {
			if !is_full(&error) {
				self.freeze("preparing a segment failed", error);
			}
		}
	}

	fn full_or_freeze(&self, what: &str, error: io::Error) -> AppendError {
		if is_full(&error) {
			self.shared.counters.refused();
			return AppendError::Full {
				bytes: SEGMENT_HEADER_BYTES as u64,
			};
		}
		self.freeze(what, error)
	}

	/// Makes the log read-only: what is on the disk is no longer known.
	fn freeze(&self, what: &str, error: io::Error) -> AppendError {
		let segment = self
			.open
			.as_ref()
			.map_or(self.folder.as_path(), |open| open.segment.path.as_path());
		let reason = format!("{what} at position {} in {}: {error}", self.next, segment.display());
		log::error!(target: "courier", "The store is read-only until the node is started again: {reason}");
		AppendError::Frozen(self.shared.frozen.get_or_init(|| reason.into()).clone())
	}

	/// Answers everybody whose group was not stored. Submissions that were cut already were answered by the cutter.
	fn refuse(&mut self, taken: &mut Taken<C::Submission>, error: &AppendError) {
		if !taken.submissions.is_empty() {
			self.cutter.rejected(&mut taken.submissions, error);
			taken.submissions.clear();
		}
		for batch in taken.batches.drain(..) {
			batch.reply.send(Err(error.clone()));
		}
	}
}

fn write_batch(batch: &Batch, out: &mut RecordWriter<'_>) -> Outcome {
	let wants_positions = !matches!(batch.reply, Reply::Nobody);
	let mut positions = Vec::with_capacity(if wants_positions { batch.records.len() } else { 0 });
	for record in &batch.records {
		let position = out.push(record.kind, &record.payload)?;
		if wants_positions {
			positions.push(position);
		}
	}
	Ok(positions)
}
