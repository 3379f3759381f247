// SPDX-License-Identifier: Apache-2.0

//! Which weights `pallet_agreements` needs. A runtime measures them with the benchmarks of this pallet.

use frame_support::weights::Weight;

/// Weight functions needed for `pallet_agreements`.
pub trait WeightInfo {
	/// Weight of [`crate::Pallet::propose`] with `c` clauses, scopes apart.
	fn propose(c: u32) -> Weight;
	/// Weight of [`crate::Pallet::counter_propose`] with `c` clauses.
	fn counter_propose(c: u32) -> Weight;
	/// Weight of [`crate::Pallet::accept`].
	fn accept() -> Weight;
	/// Weight of [`crate::Pallet::withdraw`].
	fn withdraw() -> Weight;
	/// Weight of [`crate::Pallet::ratify`] where `p` versions wait, scopes apart.
	fn ratify(p: u32) -> Weight;
	/// Weight of [`crate::Pallet::refuse`] with a reason of `r` bytes.
	fn refuse(r: u32) -> Weight;
	/// Weight of looking at `n` scopes for those that are over.
	fn sweep(n: u32) -> Weight;
}

/// For tests only: round figures, so that they see that calls are charged and by what. Measured on nothing.
#[cfg(test)]
mod round_figures {
	use super::{Weight, WeightInfo};

	const CALL: Weight = Weight::from_parts(100_000_000, 0);
	const PART: Weight = Weight::from_parts(10_000_000, 0);

	impl WeightInfo for () {
		fn propose(c: u32) -> Weight {
			CALL.saturating_add(PART.saturating_mul(c.into()))
		}
		fn counter_propose(c: u32) -> Weight {
			CALL.saturating_add(PART.saturating_mul(c.into()))
		}
		fn accept() -> Weight {
			CALL
		}
		fn withdraw() -> Weight {
			CALL
		}
		fn ratify(p: u32) -> Weight {
			CALL.saturating_add(PART.saturating_mul(p.into()))
		}
		fn refuse(r: u32) -> Weight {
			CALL.saturating_add(Weight::from_parts(r.into(), 0))
		}
		fn sweep(n: u32) -> Weight {
			PART.saturating_mul(n.into())
		}
	}
}
