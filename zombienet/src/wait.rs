// SPDX-License-Identifier: Apache-2.0

//! Waiting for something to become true, with a limit and a word on what was seen instead.

use anyhow::{anyhow, Result};
use std::{
	future::Future,
	time::{Duration, Instant},
};

/// Longest time for anything that a network does; generous, for slow machines.
pub const LIMIT: Duration = Duration::from_secs(300);

/// How often is looked.
const PAUSE: Duration = Duration::from_millis(250);

/// Looks until `look` succeeds; an error says what is not yet as it must be.
///
/// # Errors
/// It did not come true within `limit`; says what the last look saw.
pub async fn until<T, F>(what: &str, limit: Duration, mut look: impl FnMut() -> F) -> Result<T>
where
	F: Future<Output = Result<T>>,
{
	let began = Instant::now();
	loop {
		let seen = match look().await {
			Ok(value) => return Ok(value),
			Err(seen) => seen,
		};
		if began.elapsed() >= limit {
			return Err(anyhow!("{what}: not within {} s; seen: {seen:#}", limit.as_secs()));
		}
		tokio::time::sleep(PAUSE).await;
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::cell::Cell;

	#[tokio::test]
	async fn looks_again_until_it_is_true() {
		let looks = Cell::new(0);
		let third = until("the third look", LIMIT, || {
			looks.set(looks.get() + 1);
			let look = looks.get();
			async move {
				anyhow::ensure!(look == 3, "look {look}");
				Ok(look)
			}
		});
		assert_eq!(third.await.unwrap(), 3);
	}

	#[tokio::test]
	async fn says_what_it_saw_when_the_time_is_over() {
		let nothing = until("a miracle", Duration::ZERO, || async {
			Err::<(), _>(anyhow!("an ordinary day"))
		});
		assert_eq!(
			nothing.await.unwrap_err().to_string(),
			"a miracle: not within 0 s; seen: an ordinary day"
		);
	}
}
