// SPDX-License-Identifier: Apache-2.0

//! Opening the log, and the handle that appends to it.

use super::{
	cache::Cache,
	cutter::{Cutter, Plain},
	disk::{Disk, RealDisk},
	error::{io_error, AppendError, OpenError, ReadError},
	frame::{Position, Record},
	host::{Hosted, OwnThread, WriterHost},
	meta::Meta,
	prepare::Preparer,
	queue::{framed_bytes, Batch, Queue, RecordBuf, Reply},
	reader::{LogReader, Scan, Shared},
	recovery::{recover, OpenSegment, Plan, Recovery},
	segments::Segments,
	sidecar::{Records, Visitor},
	stats::{Counters, LogStats},
	writer::{Desk, Writer},
};
use crate::random::{Random, SystemRandom};
use parking_lot::Mutex;
use std::{
	io,
	path::{Path, PathBuf},
	sync::{atomic::AtomicU64, Arc, OnceLock},
	time::Duration,
};
use tokio::sync::{oneshot, watch};

/// How a store is opened.
#[derive(Clone)]
pub struct Options {
	/// The folder of the store; made if need be.
	pub folder: PathBuf,
	/// The file system it lies on.
	pub disk: Arc<dyn Disk>,
	/// Where the store's id and secrets come from.
	pub random: Arc<dyn Random>,
	/// What runs the writer.
	pub writers: Arc<dyn WriterHost>,
	/// Size at which a segment is followed by the next, in bytes. One group may go beyond it.
	pub segment_bytes: u64,
	/// What may wait to be written, in bytes; callers wait when more would. Also the largest single append.
	pub queue_bytes: usize,
	/// Bytes of the newest groups that are kept in memory; half as much again is kept of records read from disk.
	pub cache_bytes: usize,
	/// Write zeros to the next segment ahead of time, which makes every sync a third shorter.
	pub prepare: bool,
	/// After how long without anything to store the last records are marked as durable, as they are when the log is closed; `None`: then alone. Until
	/// then damage to them cannot be told from what a crash left half written.
	pub mark_after: Option<Duration>,
	/// Segments that end at or before this position are neither checked nor visited: what an index kept elsewhere knows already.
	pub from: Position,
	/// Give up damaged ranges instead of refusing to open. What was given up is reported and remembered.
	pub salvage: bool,
}

impl Options {
	/// The defaults for a store in `folder`.
	pub fn new(folder: impl Into<PathBuf>) -> Self {
		Self {
			folder: folder.into(),
			disk: Arc::new(RealDisk),
			random: Arc::new(SystemRandom),
			writers: Arc::new(OwnThread),
			segment_bytes: 64 << 20,
			queue_bytes: 16 << 20,
			cache_bytes: 32 << 20,
			prepare: true,
			mark_after: None,
			from: 0,
			salvage: false,
		}
	}
}

/// A log that was recovered and can be read, and that nobody writes yet: the time to build a cutter from what it holds.
pub struct Opened {
	reader: LogReader,
	open: Option<OpenSegment>,
	options: Options,
	folder: PathBuf,
	is_closed: bool,
}

impl Opened {
	/// Opens the store, recovers it and hands every record, in order, to `visit`. No record of a torn group is among them. Blocks.
	///
	/// # Errors
	/// See [`OpenError`]; damage stops the opening unless [`Options::salvage`] is set.
	pub fn open(options: Options, visit: impl FnMut(Record)) -> Result<(Self, Recovery), OpenError> {
		Self::open_with(options, &mut Records(visit))
	}

	/// The same for a visitor that may take a sidecar in the place of a closed segment's records.
	///
	/// # Errors
	/// As [`Opened::open`].
	pub fn open_with(options: Options, visitor: &mut dyn Visitor) -> Result<(Self, Recovery), OpenError> {
		let disk = options.disk.as_ref();
		let folder = log_folder(&options.folder);
		disk.create_folder(&options.folder)
			.map_err(io_error("creating", &options.folder))?;
		let lock = disk.lock(&options.folder).map_err(|error| match error.kind() {
			io::ErrorKind::WouldBlock => OpenError::Locked {
				path: options.folder.clone(),
			},
			_ => io_error("locking", &options.folder)(error),
		})?;
		disk.create_folder(&folder).map_err(io_error("creating", &folder))?;
		let meta = Meta::load_or_create(disk, &options.folder, options.random.as_ref())?;
		let plan = Plan {
			disk,
			folder: &folder,
			store: meta.store,
			from: options.from,
			salvage: options.salvage,
		};
		let found = recover(&plan, visitor)?;

		let segments = Segments::new(options.disk.clone(), found.segments, found.recovery.salvaged.clone());
		segments.passed_before(found.landmarks);
		let tail = found.recovery.tail;
		let shared = Arc::new(Shared {
			meta,
			segments,
			cache: Cache::new(options.cache_bytes),
			durable: AtomicU64::new(tail),
			tail: watch::Sender::new(tail),
			frozen: OnceLock::new(),
			counters: Counters::default(),
			_lock: lock,
		});
		let is_closed = found.recovery.was_closed;
		let opened = Self {
			reader: LogReader { shared },
			open: found.open,
			options,
			folder,
			is_closed,
		};
		Ok((opened, found.recovery))
	}

	/// Reads the log.
	pub fn reader(&self) -> LogReader {
		self.reader.clone()
	}

	/// Starts the writer.
	///
	/// # Errors
	/// When nothing can run it.
	pub fn start<C: Cutter>(self, cutter: C) -> Result<Log<C>, OpenError> {
		let Self {
			reader,
			open,
			options,
			folder,
			is_closed,
		} = self;
		let queue = Arc::new(Queue::new(options.queue_bytes));
		let preparer = match options.prepare {
			true => Some(
				Preparer::start(options.disk.clone(), &folder, options.segment_bytes)
					.map_err(io_error("starting a thread for", &folder))?,
			),
			false => None,
		};
		let writer = Writer {
			shared: reader.shared.clone(),
			queue: queue.clone(),
			cutter,
			disk: options.disk,
			random: options.random,
			folder: folder.clone(),
			segment_bytes: options.segment_bytes,
			preparer,
			open,
			next: reader.tail(),
			mark_after: options.mark_after,
			is_closed,
		};
		let hosted = options
			.writers
			.host(Box::new(Desk::new(writer)))
			.map_err(io_error("starting a thread for", &folder))?;
		Ok(Log {
			inner: Arc::new(Inner {
				reader,
				queue,
				writer: Mutex::new(Some(hosted)),
			}),
		})
	}
}

/// How many bytes the files of a log have; 0 where they cannot be looked at.
pub fn bytes_on_disk(options: &Options) -> u64 {
	let folder = log_folder(&options.folder);
	let len = |name: &String| {
		let file = options.disk.open(&folder.join(name)).ok()?;
		file.len().ok()
	};
	let names = options.disk.list(&folder).unwrap_or_default();
	names.iter().filter(|name| name.ends_with(".seg")).filter_map(len).sum()
}

fn log_folder(store: &Path) -> PathBuf {
	store.join("log")
}

struct Inner<S> {
	reader: LogReader,
	queue: Arc<Queue<S>>,
	writer: Mutex<Option<Box<dyn Hosted>>>,
}

impl<S> Inner<S> {
	fn close(&self) {
		self.queue.close();
		let writer = self.writer.lock().take();
		if let Some(writer) = writer {
			writer.join();
		}
	}
}

impl<S> Drop for Inner<S> {
	fn drop(&mut self) {
		self.close();
	}
}

/// Appends to the log and reads it. Cheap to clone; the log is closed when the last clone is dropped.
pub struct Log<C: Cutter = Plain> {
	inner: Arc<Inner<C::Submission>>,
}

impl<C: Cutter> Clone for Log<C> {
	fn clone(&self) -> Self {
		Self {
			inner: self.inner.clone(),
		}
	}
}

impl Log<Plain> {
	/// Opens a log that takes ready records only.
	///
	/// # Errors
	/// As [`Opened::open`].
	pub fn open(options: Options) -> Result<(Self, Recovery), OpenError> {
		let (opened, recovery) = Opened::open(options, |_| {})?;
		Ok((opened.start(Plain)?, recovery))
	}
}

impl<C: Cutter> Log<C> {
	/// Stores the records of one call, together, and returns their positions once they are on disk. Waits while the queue is full.
	///
	/// Within a group these records stand before those that the cutter makes. Dropping the future after its first wait does not
	/// take the records back.
	///
	/// # Errors
	/// See [`AppendError`]; after [`AppendError::Full`] nothing of the call was stored.
	pub async fn append(&self, records: Vec<RecordBuf>) -> Result<Vec<Position>, AppendError> {
		let (sender, receiver) = oneshot::channel();
		let room = self
			.inner
			.queue
			.room(framed_bytes(&records)?)
			.await
			.map_err(|error| self.reason(error))?;
		self.put_batch(
			room,
			Batch {
				records,
				reply: Reply::Waiter(sender),
			},
		)?;
		receiver.await.map_err(|_| self.reason(AppendError::Closed))?
	}

	/// The same for threads that may block; must not be called from async code.
	///
	/// # Errors
	/// As [`Log::append`].
	pub fn append_blocking(&self, records: Vec<RecordBuf>) -> Result<Vec<Position>, AppendError> {
		futures::executor::block_on(self.append(records))
	}

	/// Queues the records and returns at once. That they are on disk shows in the tail, or in their absence after a crash.
	///
	/// # Errors
	/// [`AppendError::Busy`] when the queue is full.
	pub fn append_nowait(&self, records: Vec<RecordBuf>) -> Result<(), AppendError> {
		let room = self
			.inner
			.queue
			.try_room(framed_bytes(&records)?)
			.map_err(|error| self.reason(error))?;
		self.put_batch(
			room,
			Batch {
				records,
				reply: Reply::Nobody,
			},
		)
	}

	/// Queues the records and calls `done` on the writer thread when they are on disk or refused. `done` must not block.
	///
	/// # Errors
	/// [`AppendError::Busy`] when the queue is full; then `done` is not called.
	pub fn append_then(
		&self,
		records: Vec<RecordBuf>,
		done: impl FnOnce(Result<Vec<Position>, AppendError>) + Send + 'static,
	) -> Result<(), AppendError> {
		let room = self
			.inner
			.queue
			.try_room(framed_bytes(&records)?)
			.map_err(|error| self.reason(error))?;
		self.put_batch(
			room,
			Batch {
				records,
				reply: Reply::Callback(Box::new(done)),
			},
		)
	}

	fn put_batch(&self, room: usize, batch: Batch) -> Result<(), AppendError> {
		self.inner
			.queue
			.put(room, batch, |waiting, batch| waiting.batches.push(batch))
			.map_err(|_| self.reason(AppendError::Closed))
	}

	/// Hands a submission to the cutter, which answers it. `bytes` is what it will about take in the log. Waits while the queue is full.
	///
	/// # Errors
	/// When the log is closed or frozen, or `bytes` is more than the queue ever holds.
	pub async fn submit(&self, submission: C::Submission, bytes: usize) -> Result<(), AppendError> {
		let room = self.inner.queue.room(bytes).await.map_err(|error| self.reason(error))?;
		self.put_submission(room, submission).map_err(|(error, _)| error)
	}

	/// The same for several that the cutter takes at once, however busy the machine is. `bytes` is what all of them take.
	///
	/// # Errors
	/// As [`Log::submit`]; then none of them is queued.
	pub async fn submit_all(&self, submissions: Vec<C::Submission>, bytes: usize) -> Result<(), AppendError> {
		let room = self.inner.queue.room(bytes).await.map_err(|error| self.reason(error))?;
		self.inner
			.queue
			.put(room, submissions, |waiting, all| waiting.submissions.extend(all))
			.map_err(|_| self.reason(AppendError::Closed))
	}

	/// [`Log::submit`] for callers that do not wait; gives the submission back when it cannot be queued.
	///
	/// # Errors
	/// [`AppendError::Busy`] when the queue is full, else as [`Log::submit`].
	pub fn try_submit(&self, submission: C::Submission, bytes: usize) -> Result<(), (AppendError, C::Submission)> {
		match self.inner.queue.try_room(bytes) {
			Ok(room) => self.put_submission(room, submission),
			Err(error) => Err((self.reason(error), submission)),
		}
	}

	fn put_submission(&self, room: usize, submission: C::Submission) -> Result<(), (AppendError, C::Submission)> {
		self.inner
			.queue
			.put(room, submission, |waiting, submission| {
				waiting.submissions.push(submission)
			})
			.map_err(|submission| (self.reason(AppendError::Closed), submission))
	}

	/// A log that closed because it froze says so.
	fn reason(&self, error: AppendError) -> AppendError {
		match (&error, self.inner.reader.frozen()) {
			(AppendError::Closed, Some(reason)) => AppendError::Frozen(reason),
			_ => error,
		}
	}

	/// Reads the log without appending to it.
	pub fn reader(&self) -> LogReader {
		self.inner.reader.clone()
	}

	/// See [`LogReader::read`].
	///
	/// # Errors
	/// See [`ReadError`].
	pub fn read(&self, position: Position) -> Result<Record, ReadError> {
		self.inner.reader.read(position)
	}

	/// See [`LogReader::scan`].
	pub fn scan(&self, from: Position, until: Position) -> Scan {
		self.inner.reader.scan(from, until)
	}

	/// See [`LogReader::tail`].
	pub fn tail(&self) -> Position {
		self.inner.reader.tail()
	}

	/// See [`LogReader::watch`].
	pub fn watch(&self) -> watch::Receiver<Position> {
		self.inner.reader.watch()
	}

	/// Why the log is read-only, if it is.
	pub fn frozen(&self) -> Option<Arc<str>> {
		self.inner.reader.frozen()
	}

	/// Totals since the log was opened.
	pub fn stats(&self) -> LogStats {
		self.inner.reader.shared.counters.read()
	}

	/// Stores what is queued, then closes the log for all its handles; returns when that is done. Blocks.
	pub fn close(&self) {
		self.inner.close();
	}
}
