// SPDX-License-Identifier: Apache-2.0

//! Waiting for something to become true, with a limit and a word on what was seen instead.

use crate::error::{Error, Result};
use std::{
	future::Future,
	time::{Duration, Instant},
};

/// How often a condition is looked at.
const PAUSE: Duration = Duration::from_millis(100);

/// What a look found.
#[derive(Debug)]
pub enum Look<T> {
	/// What was waited for.
	Found(T),
	/// Something else, in words.
	NotYet(String),
}

/// Looks until `look` finds what is waited for.
///
/// Errors of the API that may pass by themselves (a node that restarts) count as "not yet".
///
/// # Errors
/// `limit` is over, or a look failed for good.
pub async fn until<T, F>(what: &str, limit: Duration, mut look: impl FnMut() -> F) -> Result<T>
where
	F: Future<Output = Result<Look<T>>>,
{
	let started = Instant::now();
	loop {
		let seen = match look().await {
			Ok(Look::Found(value)) => return Ok(value),
			Ok(Look::NotYet(seen)) => seen,
			Err(Error::Api(error)) if error.is_transient() => error.to_string(),
			Err(error) => return Err(error),
		};
		if started.elapsed() >= limit {
			let hint = if seen.is_empty() {
				String::new()
			} else {
				format!("; seen: {seen}")
			};
			return Err(Error::TooSlow {
				what: what.into(),
				seconds: limit.as_secs(),
				hint,
			});
		}
		tokio::time::sleep(PAUSE).await;
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::cell::Cell;

	#[tokio::test]
	async fn looks_again_until_it_is_found() {
		let looks = Cell::new(0);
		let found = until("the third look", Duration::from_secs(30), || {
			looks.set(looks.get() + 1);
			let n = looks.get();
			async move {
				Ok(if n == 3 {
					Look::Found(n)
				} else {
					Look::NotYet(String::new())
				})
			}
		});
		assert_eq!(found.await.unwrap(), 3);
	}

	#[tokio::test]
	async fn says_what_was_seen_when_the_time_is_over() {
		let error = until("a miracle", Duration::ZERO, || async {
			Ok(Look::<()>::NotYet("nothing".into()))
		});
		assert_eq!(
			error.await.unwrap_err().to_string(),
			"a miracle did not happen within 0 s; seen: nothing"
		);
	}
}
