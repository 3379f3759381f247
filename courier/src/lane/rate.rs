// SPDX-License-Identifier: Apache-2.0

//! A token bucket in whole milliseconds of the steady clock.

use crate::clock::Ticks;

/// Allows `per_minute` tokens a minute on average and as many at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
	per_minute: u64,
	/// In 60,000ths of a token, so that refilling is exact in milliseconds.
	level: u64,
	at: Ticks,
}

const UNIT: u64 = 60_000;

impl Bucket {
	/// A full bucket at time `now`.
	pub fn new(per_minute: u32, now: Ticks) -> Self {
		Bucket {
			per_minute: per_minute.into(),
			level: u64::from(per_minute) * UNIT,
			at: now,
		}
	}

	/// The tokens per minute that the bucket allows.
	pub fn per_minute(&self) -> u32 {
		self.per_minute as u32
	}

	fn refill(&mut self, now: Ticks) {
		// Whoever looked at the clock a moment before another one gets nothing for it.
		let passed = now.saturating_sub(self.at).min(UNIT);
		self.at = self.at.max(now);
		self.level = (self.level + passed * self.per_minute).min(self.per_minute * UNIT);
	}

	/// Take `tokens`; otherwise the milliseconds after which to try again. More tokens than fit into the bucket are
	/// given when it is full, so that one large packet is late and not stuck.
	pub fn take(&mut self, tokens: u32, now: Ticks) -> Result<(), u64> {
		self.refill(now);
		let wanted = u64::from(tokens).min(self.per_minute) * UNIT;
		if wanted <= self.level && self.per_minute > 0 {
			self.level -= wanted;
			return Ok(());
		}
		match self.per_minute {
			0 => Err(UNIT),
			rate => Err((wanted - self.level).div_ceil(rate)),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	#[test]
	fn waits_exactly_as_long_as_it_says() {
		let mut bucket = Bucket::new(60, 0);
		assert_eq!(bucket.take(60, 0), Ok(()));
		assert_eq!(bucket.take(1, 0), Err(1000));
		assert_eq!(bucket.take(1, 999), Err(1));
		assert_eq!(bucket.take(1, 1000), Ok(()));
	}

	#[test]
	fn zero_rate_gives_nothing() {
		assert!(Bucket::new(0, 0).take(1, 1_000_000).is_err());
	}

	proptest! {
		#[test]
		fn never_gives_more_than_the_rate(
			rate in 1u32..5000,
			asks in proptest::collection::vec((0u64..500, 1u32..200), 1..200),
		) {
			let mut bucket = Bucket::new(rate, 0);
			let (mut now, mut given) = (0, 0u64);
			for (wait, tokens) in asks {
				now += wait;
				if bucket.take(tokens, now).is_ok() {
					given += u64::from(tokens.min(rate));
				}
			}
			prop_assert!(given <= u64::from(rate) + u64::from(rate) * now / UNIT + 1);
		}
	}
}
