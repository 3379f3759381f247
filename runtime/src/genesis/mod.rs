// SPDX-License-Identifier: Apache-2.0

//! How a network begins.
//!
//! | preset | what it is |
//! |---|---|
//! | `development` | one validator, which is the council's only member |
//! | `local` | five institutions (two sellers, three issuers), all of them validators and in the council |
//!
//! Neither has members or channels: institutions are admitted, nodes registered and channels granted on the running
//! chain, as in production. Keys of presets are public; a real network is made from its own genesis file.

mod presets;

use crate::configs::governance::CouncilInstance;
use alloc::{vec, vec::Vec};
use sp_genesis_builder::PresetId;

/// One node, one council member.
pub const DEVELOPMENT: &str = "development";
/// Five institutions.
pub const LOCAL: &str = "local";

/// Puts a genesis into the state.
///
/// # Errors
/// What the SDK says of the JSON; or that the council has no seats, since nobody could ever make a motion on such a chain.
pub fn build_state(config: Vec<u8>) -> sp_genesis_builder::Result {
	frame_support::genesis_builder_helper::build_state::<crate::RuntimeGenesisConfig>(config)?;
	match pallet_collective::Members::<crate::Runtime, CouncilInstance>::get().is_empty() {
		true => Err("the council has no seats: nobody could ever make a motion".into()),
		false => Ok(()),
	}
}

/// The JSON of a preset.
pub fn get_preset(id: &PresetId) -> Option<Vec<u8>> {
	let genesis = match id.as_ref() {
		DEVELOPMENT => presets::development(),
		LOCAL => presets::local(),
		_ => return None,
	};
	Some(serde_json::to_vec(&genesis).expect("a JSON value made of strings, numbers and lists serialises; qed"))
}

/// The names of all presets.
pub fn preset_names() -> Vec<PresetId> {
	vec![PresetId::from(DEVELOPMENT), PresetId::from(LOCAL)]
}
