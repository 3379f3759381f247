// SPDX-License-Identifier: Apache-2.0

//! Which weights `pallet_members` needs. A runtime measures them with the benchmarks of this pallet.

use frame_support::weights::Weight;

/// Weight functions needed for `pallet_members`.
pub trait WeightInfo {
	/// Weight of [`crate::Pallet::admit`].
	fn admit() -> Weight;
	/// Weight of [`crate::Pallet::set_roles`].
	fn set_roles() -> Weight;
	/// Weight of [`crate::Pallet::suspend`].
	fn suspend() -> Weight;
	/// Weight of [`crate::Pallet::reinstate`].
	fn reinstate() -> Weight;
	/// Weight of [`crate::Pallet::exit`] of a member with `n` nodes.
	fn exit(n: u32) -> Weight;
	/// Weight of [`crate::Pallet::remove`] of a member with `n` nodes.
	fn remove(n: u32) -> Weight;
	/// Weight of [`crate::Pallet::set_manager`].
	fn set_manager() -> Weight;
	/// Weight of [`crate::Pallet::force_set_manager`].
	fn force_set_manager() -> Weight;
	/// Weight of [`crate::Pallet::update_contact`].
	fn update_contact() -> Weight;
	/// Weight of [`crate::Pallet::register_node`].
	fn register_node() -> Weight;
	/// Weight of [`crate::Pallet::set_addresses`].
	fn set_addresses() -> Weight;
	/// Weight of [`crate::Pallet::announce_keys`].
	fn announce_keys() -> Weight;
	/// Weight of [`crate::Pallet::retire_keys`].
	fn retire_keys() -> Weight;
	/// Weight of [`crate::Pallet::set_delegate`].
	fn set_delegate() -> Weight;
	/// Weight of [`crate::Pallet::remove_node`].
	fn remove_node() -> Weight;
	/// Weight of [`crate::Pallet::force_remove_node`].
	fn force_remove_node() -> Weight;
	/// Weight of [`crate::Pallet::set_connection_policy`].
	fn set_connection_policy() -> Weight;
	/// Weight of [`crate::Pallet::set_identity`].
	fn set_identity() -> Weight;
	/// Weight of [`crate::Pallet::report_compromise`].
	fn report_compromise() -> Weight;
}

/// For tests only: one round figure per call, so that they see that calls are charged and by what. Measured on nothing.
#[cfg(test)]
mod round_figures {
	use super::{Weight, WeightInfo};

	const CALL: Weight = Weight::from_parts(300_000_000, 0);
	const NODE: Weight = Weight::from_parts(200_000_000, 0);

	impl WeightInfo for () {
		fn admit() -> Weight {
			CALL
		}
		fn set_roles() -> Weight {
			CALL
		}
		fn suspend() -> Weight {
			CALL
		}
		fn reinstate() -> Weight {
			CALL
		}
		fn exit(n: u32) -> Weight {
			CALL.saturating_add(NODE.saturating_mul(n.into()))
		}
		fn remove(n: u32) -> Weight {
			CALL.saturating_add(NODE.saturating_mul(n.into()))
		}
		fn set_manager() -> Weight {
			CALL
		}
		fn force_set_manager() -> Weight {
			CALL
		}
		fn update_contact() -> Weight {
			CALL
		}
		fn register_node() -> Weight {
			CALL
		}
		fn set_addresses() -> Weight {
			CALL
		}
		fn announce_keys() -> Weight {
			CALL
		}
		fn retire_keys() -> Weight {
			CALL
		}
		fn set_delegate() -> Weight {
			CALL
		}
		fn remove_node() -> Weight {
			CALL
		}
		fn force_remove_node() -> Weight {
			CALL
		}
		fn set_connection_policy() -> Weight {
			CALL
		}
		fn set_identity() -> Weight {
			CALL
		}
		fn report_compromise() -> Weight {
			CALL
		}
	}
}
