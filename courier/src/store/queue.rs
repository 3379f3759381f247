// SPDX-License-Identifier: Apache-2.0

//! The bounded queue between the callers and the writer thread.
//!
//! Callers wait for room, measured in bytes; the writer takes everything at once. One lock and at most one wake-up per call, none
//! per record.

use super::{
	error::AppendError,
	frame::{Position, GROUP_KIND, MAX_PAYLOAD_BYTES, RECORD_HEADER_BYTES},
};
use bytes::Bytes;
use parking_lot::{Condvar, Mutex};
use std::time::Duration;
use tokio::sync::{oneshot, Semaphore, TryAcquireError};

/// A record that is ready to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordBuf {
	/// What it is, 1–255.
	pub kind: u8,
	/// What to store.
	pub payload: Bytes,
}

impl RecordBuf {
	/// A record of `kind`, which must not be 0.
	pub fn new(kind: u8, payload: impl Into<Bytes>) -> Self {
		Self {
			kind,
			payload: payload.into(),
		}
	}
}

/// What the caller of an append gets.
pub(super) type Outcome = Result<Vec<Position>, AppendError>;

/// How the caller of an append is answered.
pub(super) enum Reply {
	Nobody,
	Waiter(oneshot::Sender<Outcome>),
	Callback(Box<dyn FnOnce(Outcome) + Send>),
}

impl Reply {
	pub(super) fn send(self, outcome: Outcome) {
		match self {
			Self::Nobody => {}
			// A caller that no longer waits has its records all the same.
			Self::Waiter(sender) => drop(sender.send(outcome)),
			Self::Callback(call) => call(outcome),
		}
	}
}

/// The records of one append.
pub(super) struct Batch {
	pub records: Vec<RecordBuf>,
	pub reply: Reply,
}

/// What the writer takes at once.
pub(super) struct Taken<S> {
	pub batches: Vec<Batch>,
	pub submissions: Vec<S>,
	/// Bytes that all of it took of the queue's room.
	pub bytes: usize,
}

impl<S> Default for Taken<S> {
	fn default() -> Self {
		Self {
			batches: Vec::new(),
			submissions: Vec::new(),
			bytes: 0,
		}
	}
}

impl<S> Taken<S> {
	pub(super) fn is_empty(&self) -> bool {
		self.batches.is_empty() && self.submissions.is_empty()
	}
}

/// What waiting for something to do came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
	/// Something to do.
	Work,
	/// Nothing in all that time.
	Nothing,
	/// The queue is closed and empty.
	End,
}

struct State<S> {
	waiting: Taken<S>,
	closed: bool,
	idle: bool,
}

pub(super) struct Queue<S> {
	state: Mutex<State<S>>,
	wake: Condvar,
	room: Semaphore,
	capacity: usize,
}

impl<S> Queue<S> {
	pub(super) fn new(capacity: usize) -> Self {
		let capacity = capacity.min(u32::MAX as usize).min(Semaphore::MAX_PERMITS);
		let state = State {
			waiting: Taken::default(),
			closed: false,
			idle: false,
		};
		Self {
			state: Mutex::new(state),
			wake: Condvar::new(),
			room: Semaphore::new(capacity),
			capacity,
		}
	}

	/// Waits until the queue has room for so many bytes. The room stays taken until the writer gives it back.
	pub(super) async fn room(&self, bytes: usize) -> Result<usize, AppendError> {
		let permits = self.permits(bytes)?;
		self.room
			.acquire_many(permits)
			.await
			.map_err(|_| AppendError::Closed)?
			.forget();
		Ok(permits as usize)
	}

	/// The same for callers that do not wait.
	pub(super) fn try_room(&self, bytes: usize) -> Result<usize, AppendError> {
		let permits = self.permits(bytes)?;
		match self.room.try_acquire_many(permits) {
			Ok(permit) => permit.forget(),
			Err(TryAcquireError::NoPermits) => return Err(AppendError::Busy),
			Err(TryAcquireError::Closed) => return Err(AppendError::Closed),
		}
		Ok(permits as usize)
	}

	fn permits(&self, bytes: usize) -> Result<u32, AppendError> {
		if bytes > self.capacity {
			return Err(AppendError::TooLarge {
				bytes: bytes as u64,
				limit: self.capacity as u64,
			});
		}
		// Below u32::MAX because the capacity is.
		Ok(bytes.max(1) as u32)
	}

	pub(super) fn give_room(&self, bytes: usize) {
		self.room.add_permits(bytes);
	}

	/// Hands something to the writer; `Err` gives it back when the queue is closed.
	pub(super) fn put<T>(&self, bytes: usize, item: T, add: impl FnOnce(&mut Taken<S>, T)) -> Result<(), T> {
		let mut state = self.state.lock();
		if state.closed {
			return Err(item);
		}
		state.waiting.bytes += bytes;
		add(&mut state.waiting, item);
		let wake = std::mem::take(&mut state.idle);
		drop(state);
		if wake {
			self.wake.notify_one();
		}
		Ok(())
	}

	/// Waits for something to do, no longer than `patience` where there is one, and swaps it into `taken`, which must be empty.
	pub(super) fn take(&self, taken: &mut Taken<S>, patience: Option<Duration>) -> Found {
		let mut state = self.state.lock();
		while state.waiting.is_empty() {
			if state.closed {
				return Found::End;
			}
			state.idle = true;
			let Some(patience) = patience else {
				self.wake.wait(&mut state);
				continue;
			};
			if self.wake.wait_for(&mut state, patience).timed_out() && state.waiting.is_empty() && !state.closed {
				state.idle = false;
				return Found::Nothing;
			}
		}
		state.idle = false;
		std::mem::swap(&mut state.waiting, taken);
		Found::Work
	}

	/// The same without waiting; `false` when nothing waits.
	pub(super) fn try_take(&self, taken: &mut Taken<S>) -> bool {
		let mut state = self.state.lock();
		if state.waiting.is_empty() {
			return false;
		}
		std::mem::swap(&mut state.waiting, taken);
		true
	}

	/// Whether something waits, or the queue was closed.
	pub(super) fn has_work(&self) -> bool {
		let state = self.state.lock();
		!state.waiting.is_empty() || state.closed
	}

	pub(super) fn is_closed(&self) -> bool {
		self.state.lock().closed
	}

	/// Lets nothing more in. What waits is still taken.
	pub(super) fn close(&self) {
		self.state.lock().closed = true;
		self.room.close();
		self.wake.notify_one();
	}
}

/// Bytes that the records take in the log, checked one by one.
pub(super) fn framed_bytes(records: &[RecordBuf]) -> Result<usize, AppendError> {
	let mut bytes = 0;
	for record in records {
		if record.kind == GROUP_KIND {
			return Err(AppendError::ReservedKind);
		}
		let length = record.payload.len();
		if length > MAX_PAYLOAD_BYTES {
			return Err(AppendError::TooLarge {
				bytes: length as u64,
				limit: MAX_PAYLOAD_BYTES as u64,
			});
		}
		bytes += RECORD_HEADER_BYTES + length;
	}
	Ok(bytes)
}
