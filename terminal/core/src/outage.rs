// SPDX-License-Identifier: Apache-2.0

//! Waiting for what comes back by itself: a node that is started again, a database that fails over.

use crate::{
	error::{Error, Result},
	stop::{stopped, Stop},
};
use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use std::{
	future::Future,
	time::{Duration, Instant},
};

/// How often a wait says that it still waits.
const REMINDER: Duration = Duration::from_secs(60);

/// Waits of a service between attempts at something that is away.
pub struct Outage {
	what: &'static str,
	pauses: ExponentialBackoff,
	since: Option<Instant>,
	told: Option<Instant>,
}

fn pauses() -> ExponentialBackoff {
	ExponentialBuilder::new()
		.with_min_delay(Duration::from_millis(200))
		.with_max_delay(Duration::from_secs(10))
		.without_max_times()
		.with_jitter()
		.build()
}

impl Outage {
	/// `what` cannot go on while it lasts.
	pub fn new(what: &'static str) -> Self {
		Outage {
			what,
			pauses: pauses(),
			since: None,
			told: None,
		}
	}

	/// An attempt succeeded.
	pub fn over(&mut self) {
		if let Some(since) = self.since.take() {
			if self.told.take().is_some() {
				tracing::info!("{} goes on after {} s", self.what, since.elapsed().as_secs());
			}
			self.pauses = pauses();
		}
	}

	/// An attempt failed: says so, at once and then every minute, and pauses. Answers `false` where the process is asked to
	/// stop.
	///
	/// # Errors
	/// The error itself, where it does not pass.
	pub async fn wait(&mut self, error: Error, stop: &Stop) -> Result<bool> {
		if !error.passes() {
			return Err(error);
		}
		Ok(self.pause(&error.to_string(), stop).await)
	}

	/// An attempt failed for this reason: says so, at once and then every minute, and pauses. Answers `false` where the process is
	/// asked to stop.
	pub async fn pause(&mut self, why: &str, stop: &Stop) -> bool {
		let since = *self.since.get_or_insert_with(Instant::now);
		if self.told.is_none_or(|told| told.elapsed() >= REMINDER) {
			tracing::warn!(
				"{} waits, for {} s now: {why}; it goes on by itself",
				self.what,
				since.elapsed().as_secs()
			);
			self.told = Some(Instant::now());
		}
		let pause = self.pauses.next().unwrap_or(Duration::from_secs(10));
		tokio::select! {
			() = tokio::time::sleep(pause) => true,
			() = stopped(stop.clone()) => false,
		}
	}
}

/// Does `work` until it succeeds, waiting as long as it fails for a reason that passes; `None` where the process is asked to stop
/// first.
///
/// # Errors
/// `work` fails for a reason that does not pass.
pub async fn outlast<T, F: Future<Output = Result<T>>>(
	what: &'static str,
	stop: &Stop,
	mut work: impl FnMut() -> F,
) -> Result<Option<T>> {
	let mut outage = Outage::new(what);
	loop {
		match work().await {
			Ok(done) => {
				outage.over();
				return Ok(Some(done));
			}
			Err(error) => {
				if !outage.wait(error, stop).await? {
					return Ok(None);
				}
			}
		}
	}
}

/// As [`outlast`], for work without which nothing can go on: at a start, or before an end.
///
/// # Errors
/// `work` fails for a reason that does not pass, or the process is asked to stop first.
pub async fn await_success<T, F: Future<Output = Result<T>>>(
	what: &'static str,
	stop: &Stop,
	work: impl FnMut() -> F,
) -> Result<T> {
	let done = outlast(what, stop, work).await?;
	done.ok_or_else(|| Error::Stopped(format!("{what}: asked to stop while it waited")))
}

#[cfg(test)]
mod tests {
	use super::*;
	use tokio::sync::watch;

	fn away() -> Error {
		Error::Node {
			reason: "away".into(),
			code: None,
			passes: true,
		}
	}

	#[tokio::test]
	async fn goes_on_by_itself_and_ends_at_what_stays() {
		let (_keep, stop) = watch::channel(false);
		let mut tried = 0;
		let done = outlast("test", &stop, || {
			tried += 1;
			let result = if tried < 4 { Err(away()) } else { Ok(tried) };
			async { result }
		})
		.await
		.unwrap();
		assert_eq!(done, Some(4));
		let refused = outlast("test", &stop, || async { Err::<(), _>(Error::node("wrong token")) }).await;
		assert!(refused.is_err());
	}

	#[tokio::test]
	async fn a_stop_ends_the_wait() {
		let (stop, stopping) = watch::channel(false);
		// The stop comes during the first pause, or right before it.
		let done = outlast("test", &stopping, || {
			stop.send_replace(true);
			async { Err::<(), _>(away()) }
		})
		.await
		.unwrap();
		assert_eq!(done, None);
	}
}
