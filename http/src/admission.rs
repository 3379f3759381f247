// SPDX-License-Identifier: Apache-2.0

//! Which connections may be open: as many as the limit says, and when one more comes, the one goes that has been quiet
//! the longest.
//!
//! Quiet is a connection without a request that was let in by its token. So clients that open connections and say
//! nothing, or say it very slowly, keep nobody out; and a request under way is never cut off for a newcomer.

use std::{
	collections::HashMap,
	sync::{
		atomic::{AtomicU64, AtomicUsize, Ordering},
		Arc, Mutex, MutexGuard, PoisonError,
	},
};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// One connection; in the extensions of each request.
pub struct Connection {
	/// Its place in the order in which connections came, or were answered last.
	last: AtomicU64,
	/// Requests that were let in and are not answered to the end.
	under_way: AtomicUsize,
	cut: Notify,
	admission: Arc<Admission>,
}

impl Connection {
	/// A request of it was let in.
	pub(crate) fn begin(&self) {
		self.under_way.fetch_add(1, Ordering::SeqCst);
	}

	/// It was answered to the end.
	pub(crate) fn end(&self) {
		self.last.store(self.admission.next(), Ordering::SeqCst);
		self.under_way.fetch_sub(1, Ordering::SeqCst);
		self.admission.quiet.notify_waiters();
	}

	/// Waits until it has to go.
	pub(crate) async fn cut(&self) {
		self.cut.notified().await;
	}

	fn is_quiet(&self) -> bool {
		self.under_way.load(Ordering::SeqCst) == 0
	}
}

impl std::fmt::Debug for Connection {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.debug_struct("Connection")
			.field("under_way", &self.under_way)
			.finish_non_exhaustive()
	}
}

/// The connections that are open.
pub(crate) struct Admission {
	slots: Arc<Semaphore>,
	open: Mutex<HashMap<u64, Arc<Connection>>>,
	count: AtomicU64,
	/// A connection has become quiet.
	quiet: Notify,
}

/// The place of a connection, until it is dropped.
pub(crate) struct Place {
	pub connection: Arc<Connection>,
	number: u64,
	_slot: OwnedSemaphorePermit,
}

impl Admission {
	/// For at most `max` connections.
	pub fn new(max: u32) -> Arc<Self> {
		Arc::new(Admission {
			slots: Arc::new(Semaphore::new(max as usize)),
			open: Mutex::default(),
			count: AtomicU64::new(0),
			quiet: Notify::new(),
		})
	}

	/// A place for one more connection. Where all are taken the quietest connection goes; where none is quiet, waits.
	pub async fn place(self: &Arc<Self>) -> Place {
		let slot = loop {
			let mut quiet = std::pin::pin!(self.quiet.notified());
			// From here on, so that nobody becomes quiet unseen.
			quiet.as_mut().enable();
			if let Ok(slot) = self.slots.clone().try_acquire_owned() {
				break slot;
			}
			// Nobody closes the semaphore: what it gives is a slot.
			let free = self.slots.clone().acquire_owned();
			if self.cut_quietest() {
				if let Ok(slot) = free.await {
					break slot;
				}
				continue;
			}
			tokio::select! {
				Ok(slot) = free => break slot,
				_ = quiet => (),
			}
		};
		let number = self.next();
		let connection = Arc::new(Connection {
			last: AtomicU64::new(number),
			under_way: AtomicUsize::new(0),
			cut: Notify::new(),
			admission: self.clone(),
		});
		self.open().insert(number, connection.clone());
		Place {
			connection,
			number,
			_slot: slot,
		}
	}

	/// Tells the quietest connection to go; false where none is quiet.
	fn cut_quietest(&self) -> bool {
		let mut open = self.open();
		let quiet = open.iter().filter(|(_, connection)| connection.is_quiet());
		let quietest = quiet.min_by_key(|(_, connection)| connection.last.load(Ordering::SeqCst));
		// It is gone from the list at once, so that the next newcomer takes another's place.
		let number = quietest.map(|(number, _)| *number);
		let gone = number.and_then(|number| open.remove(&number));
		if let Some(connection) = &gone {
			connection.cut.notify_one();
		}
		gone.is_some()
	}

	fn next(&self) -> u64 {
		self.count.fetch_add(1, Ordering::SeqCst)
	}

	fn open(&self) -> MutexGuard<'_, HashMap<u64, Arc<Connection>>> {
		// What a thread that panicked left is whole: every change is one call.
		self.open.lock().unwrap_or_else(PoisonError::into_inner)
	}
}

impl Drop for Place {
	fn drop(&mut self) {
		self.connection.admission.open().remove(&self.number);
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use futures::FutureExt;

	#[tokio::test]
	async fn the_quietest_goes_and_who_is_served_stays() {
		let admission = Admission::new(3);
		let (a, b, c) = (
			admission.place().await,
			admission.place().await,
			admission.place().await,
		);
		a.connection.begin();
		b.connection.begin();
		b.connection.end();
		// a is served, b was answered after c came.
		let newcomer = admission.place();
		tokio::pin!(newcomer);
		assert!(newcomer.as_mut().now_or_never().is_none());
		assert!(c.connection.cut().now_or_never().is_some());
		assert!(a.connection.cut().now_or_never().is_none() && b.connection.cut().now_or_never().is_none());
		drop(c);
		let d = newcomer.await;

		b.connection.begin();
		d.connection.begin();
		let newcomer = admission.place();
		tokio::pin!(newcomer);
		assert!(newcomer.as_mut().now_or_never().is_none(), "nobody is quiet");
		a.connection.end();
		assert!(newcomer.as_mut().now_or_never().is_none());
		assert!(a.connection.cut().now_or_never().is_some(), "now somebody is");
		drop(a);
		let e = newcomer.await;
		drop((b, d, e));
		assert!(admission.open().is_empty());
	}
}
