// SPDX-License-Identifier: Apache-2.0

//! One file per call, one each for expulsion, changes of managers, sessions, offences and genesis, and random sequences of everything.

mod add_validator;
mod expel;
mod genesis;
mod hand_over;
mod leave;
mod offences;
mod pardon;
mod random_calls;
mod remove_validator;
mod sessions;
mod set_floor;

/// What all of them use.
mod prelude {
	pub use crate::{mock::*, *};
	pub use alloc::{collections::BTreeMap, vec, vec::Vec};
	pub use frame_support::{assert_noop, assert_ok};
	pub use sealane_primitives::ids::MemberId;
	pub use sp_runtime::{traits::BadOrigin, Perbill};
}
