// SPDX-License-Identifier: Apache-2.0

//! Time that passes when a test says so.

use crate::clock::{Clock, SystemClock, Ticks};
use futures::future::BoxFuture;
use sealane_primitives::ids::Moment;
use std::{
	sync::atomic::{AtomicU64, Ordering},
	time::Duration,
};

/// The system's clocks, ahead by what a test let pass. Pauses take as long as they take.
#[derive(Debug, Default)]
pub struct ShiftedClock {
	ahead_ms: AtomicU64,
}

impl ShiftedClock {
	/// Let so many milliseconds pass at once.
	pub fn pass(&self, ms: u64) {
		self.ahead_ms.fetch_add(ms, Ordering::SeqCst);
	}

	/// Unix time in milliseconds.
	pub fn now(&self) -> Moment {
		SystemClock.now_ms() + self.ahead_ms.load(Ordering::SeqCst)
	}
}

impl Clock for ShiftedClock {
	fn now_ms(&self) -> Moment {
		self.now()
	}

	fn ticks(&self) -> Ticks {
		SystemClock.ticks() + self.ahead_ms.load(Ordering::SeqCst)
	}

	fn sleep(&self, pause: Duration) -> BoxFuture<'static, ()> {
		SystemClock.sleep(pause)
	}
}
