// SPDX-License-Identifier: Apache-2.0

//! Time, behind a trait so that tests own it: a wall clock for stamps, a steady one for waiting.

use futures::future::BoxFuture;
use sealane_primitives::ids::Moment;
use std::{
	future::Future,
	sync::LazyLock,
	time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// Milliseconds of a steady clock. They compare with ticks of the same process only.
pub type Ticks = u64;

/// Tells the time, and waits.
pub trait Clock: Send + Sync + 'static {
	/// Unix time in milliseconds: for stamps. Somebody may set it back.
	fn now_ms(&self) -> Moment;
	/// Time since some moment before the process began to wait for anything: for waiting. Never goes back.
	fn ticks(&self) -> Ticks;
	/// Ends when so much time has passed.
	fn sleep(&self, pause: Duration) -> BoxFuture<'static, ()>;
}

/// The system's clocks. Sleeping needs a tokio runtime.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
	fn now_ms(&self) -> Moment {
		// A clock before 1970 is as wrong as one at 1970.
		SystemTime::now()
			.duration_since(UNIX_EPOCH)
			.map_or(0, |d| d.as_millis() as u64)
	}

	fn ticks(&self) -> Ticks {
		static START: LazyLock<Instant> = LazyLock::new(Instant::now);
		START.elapsed().as_millis() as u64
	}

	fn sleep(&self, pause: Duration) -> BoxFuture<'static, ()> {
		Box::pin(tokio::time::sleep(pause))
	}
}

/// What `work` gives, or `None` when it takes longer than `limit`.
pub async fn timeout<W: Future>(clock: &dyn Clock, limit: Duration, work: W) -> Option<W::Output> {
	let expired = clock.sleep(limit);
	tokio::select! {
		biased;
		done = work => Some(done),
		() = expired => None,
	}
}

/// The wall clock's time at a time of the steady clock, as far as the wall clock of now can tell: for people.
pub fn moment_of(clock: &dyn Clock, ticks: Ticks) -> Moment {
	let (moment, now) = (clock.now_ms(), clock.ticks());
	moment
		.saturating_add(ticks.saturating_sub(now))
		.saturating_sub(now.saturating_sub(ticks))
}

#[cfg(test)]
mod tests {
	use super::*;

	struct At(Moment, Ticks);

	impl Clock for At {
		fn now_ms(&self) -> Moment {
			self.0
		}

		fn ticks(&self) -> Ticks {
			self.1
		}

		fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
			Box::pin(futures::future::ready(()))
		}
	}

	#[test]
	fn people_see_moments_whatever_was_done_to_the_wall_clock() {
		let clock = At(1_000_000, 500);
		assert_eq!(moment_of(&clock, 500), 1_000_000);
		assert_eq!(moment_of(&clock, 1_700), 1_001_200, "in a while");
		assert_eq!(moment_of(&clock, 100), 999_600, "a while ago");
		assert_eq!(moment_of(&clock, u64::MAX), u64::MAX, "never");
		// The steady clock began anew with the process; the wall clock was never set.
		assert_eq!(moment_of(&At(300, 500), 0), 0);
	}

	#[test]
	fn the_steady_clock_goes_on() {
		let before = SystemClock.ticks();
		while SystemClock.ticks() == before {
			std::hint::spin_loop();
		}
		assert!(SystemClock.ticks() > before);
	}
}
