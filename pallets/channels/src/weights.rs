// SPDX-License-Identifier: Apache-2.0

//! Which weights `pallet_channels` needs. A runtime measures them with the benchmarks of this pallet.

use frame_support::weights::Weight;

/// Weight functions needed for `pallet_channels`.
pub trait WeightInfo {
	/// Weight of [`crate::Pallet::apply`] with `n` issuers.
	fn apply(n: u32) -> Weight;
	/// Weight of [`crate::Pallet::countersign`].
	fn countersign() -> Weight;
	/// Weight of [`crate::Pallet::refuse`].
	fn refuse() -> Weight;
	/// Weight of [`crate::Pallet::withdraw`].
	fn withdraw() -> Weight;
	/// Weight of [`crate::Pallet::grant`].
	fn grant() -> Weight;
	/// Weight of [`crate::Pallet::set_terms`].
	fn set_terms() -> Weight;
	/// Weight of [`crate::Pallet::suspend`].
	fn suspend() -> Weight;
	/// Weight of [`crate::Pallet::resume`].
	fn resume() -> Weight;
	/// Weight of [`crate::Pallet::revoke`].
	fn revoke() -> Weight;
	/// Weight of [`crate::Pallet::leave`].
	fn leave() -> Weight;
	/// Weight of [`crate::Pallet::register_interface`].
	fn register_interface() -> Weight;
	/// Weight of [`crate::Pallet::set_interface_node`].
	fn set_interface_node() -> Weight;
	/// Weight of [`crate::Pallet::retire_interface`].
	fn retire_interface() -> Weight;
	/// Weight of [`crate::Pallet::register_product`].
	fn register_product() -> Weight;
	/// Weight of [`crate::Pallet::update_product`].
	fn update_product() -> Weight;
	/// Weight of [`crate::Pallet::set_product_status`].
	fn set_product_status() -> Weight;
	/// Weight of [`crate::Pallet::grant_prefix`].
	fn grant_prefix() -> Weight;
	/// Weight of [`crate::Pallet::revoke_prefix`].
	fn revoke_prefix() -> Weight;
	/// Weight of looking whether anything is due.
	fn agenda_base() -> Weight;
	/// Weight of looking whether a page holds a note.
	fn agenda_page() -> Weight;
	/// Weight of ending one channel that a page names.
	fn agenda_end() -> Weight;
}

/// For tests only: round figures, so that they see that calls are charged and by what. Measured on nothing.
#[cfg(test)]
mod round_figures {
	use super::{Weight, WeightInfo};

	const CALL: Weight = Weight::from_parts(100_000_000, 0);
	const STEP: Weight = Weight::from_parts(10_000_000, 0);

	impl WeightInfo for () {
		fn apply(n: u32) -> Weight {
			CALL.saturating_mul(n.into())
		}
		fn countersign() -> Weight {
			CALL
		}
		fn refuse() -> Weight {
			CALL
		}
		fn withdraw() -> Weight {
			CALL
		}
		fn grant() -> Weight {
			CALL
		}
		fn set_terms() -> Weight {
			CALL
		}
		fn suspend() -> Weight {
			CALL
		}
		fn resume() -> Weight {
			CALL
		}
		fn revoke() -> Weight {
			CALL
		}
		fn leave() -> Weight {
			CALL
		}
		fn register_interface() -> Weight {
			CALL
		}
		fn set_interface_node() -> Weight {
			CALL
		}
		fn retire_interface() -> Weight {
			CALL
		}
		fn register_product() -> Weight {
			CALL
		}
		fn update_product() -> Weight {
			CALL
		}
		fn set_product_status() -> Weight {
			CALL
		}
		fn grant_prefix() -> Weight {
			CALL
		}
		fn revoke_prefix() -> Weight {
			CALL
		}
		fn agenda_base() -> Weight {
			STEP
		}
		fn agenda_page() -> Weight {
			STEP
		}
		fn agenda_end() -> Weight {
			CALL
		}
	}
}
