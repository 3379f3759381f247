// SPDX-License-Identifier: Apache-2.0

//! One file per call, one for genesis, accounts and allowances each, and random sequences of all calls.

mod admit;
mod allowance;
mod announce_keys;
mod council_accounts;
mod exit;
mod force_remove_node;
mod force_set_manager;
mod genesis;
mod random_calls;
mod reads;
mod register_node;
mod reinstate;
mod remove;
mod remove_node;
mod report_compromise;
mod retire_keys;
mod set_addresses;
mod set_connection_policy;
mod set_delegate;
mod set_identity;
mod set_manager;
mod set_roles;
mod suspend;
mod update_contact;

/// What all of them use.
mod prelude {
	// The pallet of the mock, not the storage of the same name.
	pub use crate::mock::Members;
	pub use crate::{
		keyring::KeysFault,
		legal_id::{sample_lei, LegalIdFault},
		mock::*,
		network::{AddressFault, PeerFault},
		*,
	};
	pub use alloc::{vec, vec::Vec};
	pub use frame_support::{assert_noop, assert_ok};
	pub use sealane_primitives::{
		business::{Role, Roles},
		directory::Refusal,
		ids::*,
		keys::{Compromise, CourierKey},
		text::TextFault,
		traits::MemberRegistry,
	};
	pub use sp_runtime::traits::BadOrigin;
}
