// SPDX-License-Identifier: Apache-2.0

//! Which weights `pallet_validators` needs. A runtime measures them with the benchmarks of this pallet.

use frame_support::weights::Weight;

/// Weight functions needed for `pallet_validators`.
pub trait WeightInfo {
	/// Weight of [`crate::Pallet::add_validator`].
	fn add_validator() -> Weight;
	/// Weight of [`crate::Pallet::remove_validator`].
	fn remove_validator() -> Weight;
	/// Weight of [`crate::Pallet::leave`].
	fn leave() -> Weight;
	/// Weight of [`crate::Pallet::pardon`].
	fn pardon() -> Weight;
	/// Weight of [`crate::Pallet::set_floor`].
	fn set_floor() -> Weight;
	/// Weight of handing a validator over to another manager.
	fn hand_over() -> Weight;
}

/// For tests only: round figures, so that they see that calls are charged and by what. Measured on nothing.
#[cfg(test)]
mod round_figures {
	use super::{Weight, WeightInfo};

	const CALL: Weight = Weight::from_parts(100_000_000, 0);

	impl WeightInfo for () {
		fn add_validator() -> Weight {
			CALL
		}
		fn remove_validator() -> Weight {
			CALL
		}
		fn leave() -> Weight {
			CALL
		}
		fn pardon() -> Weight {
			CALL
		}
		fn set_floor() -> Weight {
			CALL
		}
		fn hand_over() -> Weight {
			CALL
		}
	}
}
