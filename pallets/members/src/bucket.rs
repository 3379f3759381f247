// SPDX-License-Identifier: Apache-2.0

//! The token bucket behind the weight allowance: refills with every block, never above its limit.
//!
//! Pure arithmetic over block numbers; it knows neither storage nor accounts. Units are those of the fee, one unit
//! being one picosecond of reference time.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sealane_primitives::ids::BlockNumber;

/// How fast a bucket fills and how much it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
	/// Units that flow in with each block.
	pub per_block: u64,
	/// Units that a full bucket holds.
	pub max: u64,
}

/// What was left at one block. The level at a later block follows from it, so nothing has to run when time passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Bucket {
	/// Units left at block `at`.
	pub level: u64,
	/// The block of the last change.
	pub at: BlockNumber,
}

/// A bucket holds less than what was asked of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shortage {
	/// Units asked for.
	pub wanted: u64,
	/// Units there.
	pub level: u64,
}

impl Bucket {
	/// A full bucket.
	pub const fn full(limits: Limits, now: BlockNumber) -> Self {
		Bucket {
			level: limits.max,
			at: now,
		}
	}

	/// An empty bucket.
	pub const fn empty(now: BlockNumber) -> Self {
		Bucket { level: 0, at: now }
	}

	/// Units in the bucket at block `now`. A block before the last change counts as that of the last change.
	pub fn level_at(&self, limits: Limits, now: BlockNumber) -> u64 {
		let blocks = u64::from(now.saturating_sub(self.at));
		self.level
			.saturating_add(limits.per_block.saturating_mul(blocks))
			.min(limits.max)
	}

	/// The bucket after `amount` was taken out at block `now`.
	///
	/// # Errors
	/// [`Shortage`] where it holds less; nothing is taken then.
	pub fn take(&self, amount: u64, limits: Limits, now: BlockNumber) -> Result<Self, Shortage> {
		let level = self.level_at(limits, now);
		let left = level.checked_sub(amount).ok_or(Shortage { wanted: amount, level })?;
		Ok(Bucket {
			level: left,
			at: now.max(self.at),
		})
	}

	/// The bucket after `amount` was given back at block `now`. What does not fit is lost.
	pub fn give_back(&self, amount: u64, limits: Limits, now: BlockNumber) -> Self {
		let level = self.level_at(limits, now).saturating_add(amount).min(limits.max);
		Bucket {
			level,
			at: now.max(self.at),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	const LIMITS: Limits = Limits {
		per_block: 10,
		max: 100,
	};

	#[test]
	fn refills_per_block_up_to_the_limit() {
		let bucket = Bucket::full(LIMITS, 5).take(95, LIMITS, 5).unwrap();
		assert_eq!(bucket.level_at(LIMITS, 5), 5);
		assert_eq!(bucket.level_at(LIMITS, 8), 35);
		assert_eq!(bucket.level_at(LIMITS, 1_000), 100);
	}

	#[test]
	fn fails_when_short_and_keeps_the_level() {
		let bucket = Bucket { level: 5, at: 0 };
		assert_eq!(bucket.take(16, LIMITS, 1), Err(Shortage { wanted: 16, level: 15 }));
		assert_eq!(bucket.take(15, LIMITS, 1), Ok(Bucket { level: 0, at: 1 }));
	}

	#[test]
	fn boundary_extreme_numbers_saturate() {
		let limits = Limits {
			per_block: u64::MAX,
			max: u64::MAX,
		};
		let empty = Bucket { level: 0, at: 0 };
		assert_eq!(empty.level_at(limits, u32::MAX), u64::MAX);
		assert_eq!(empty.give_back(u64::MAX, limits, 0).level, u64::MAX);
	}

	#[derive(Clone, Debug)]
	enum Step {
		Pass(u16),
		Take(u64),
		GiveBack(u64),
	}

	fn step() -> impl Strategy<Value = Step> {
		prop_oneof![
			any::<u16>().prop_map(Step::Pass),
			(0..2_000u64).prop_map(Step::Take),
			(0..2_000u64).prop_map(Step::GiveBack),
		]
	}

	proptest! {
		/// However it is used, a bucket stays within its limit, and nobody gets more out of it than it held at first,
		/// what flowed in, and what was given back.
		#[test]
		fn never_gives_more_than_flowed_in(
			per_block in 0..50u64, max in 1..5_000u64, steps in prop::collection::vec(step(), 0..200),
		) {
			let limits = Limits { per_block, max };
			let mut now: BlockNumber = 0;
			let mut bucket = Bucket::full(limits, now);
			let (mut taken, mut returned) = (0u128, 0u128);
			for step in steps {
				match step {
					Step::Pass(blocks) => now += BlockNumber::from(blocks),
					Step::Take(amount) => {
						let before = bucket.level_at(limits, now);
						match bucket.take(amount, limits, now) {
							Ok(after) => {
								prop_assert_eq!(after.level, before - amount);
								taken += u128::from(amount);
								bucket = after;
							},
							Err(shortage) => {
								prop_assert!(amount > before);
								prop_assert_eq!(shortage, Shortage { wanted: amount, level: before });
							},
						}
					},
					Step::GiveBack(amount) => {
						bucket = bucket.give_back(amount, limits, now);
						returned += u128::from(amount);
					},
				}
				prop_assert!(bucket.level <= limits.max);
				prop_assert!(bucket.at <= now);
				prop_assert!(taken <= u128::from(max) + u128::from(per_block) * u128::from(now) + returned);
			}
		}

		/// Taking and giving back in the same block changes nothing.
		#[test]
		fn give_back_undoes_take(level in 0..=1_000u64, at in 0..100u32, now in 0..200u32, amount in 0..=1_000u64) {
			let limits = Limits { per_block: 7, max: 1_000 };
			let bucket = Bucket { level, at };
			if let Ok(taken) = bucket.take(amount, limits, now) {
				let back = taken.give_back(amount, limits, now);
				prop_assert_eq!(back.level, bucket.level_at(limits, now));
			}
		}
	}
}
