// SPDX-License-Identifier: Apache-2.0

//! Time, behind a trait so that tests own it.

use sealane_primitives::ids::Moment;
use std::time::{SystemTime, UNIX_EPOCH};

/// Tells the time.
pub trait Clock: Send + Sync + 'static {
	/// Unix time in milliseconds.
	fn now_ms(&self) -> Moment;
}

/// The system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
	fn now_ms(&self) -> Moment {
		// A clock before 1970 is as wrong as one at 1970.
		SystemTime::now()
			.duration_since(UNIX_EPOCH)
			.map_or(0, |d| d.as_millis() as u64)
	}
}
