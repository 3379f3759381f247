// SPDX-License-Identifier: Apache-2.0

//! The presets, from the well-known development keys.

use crate::{AccountId, CouncilMembershipConfig, RuntimeGenesisConfig, SessionConfig, SessionKeys, ValidatorsConfig};
use alloc::vec::Vec;
use frame_support::build_struct_json_patch;
use serde_json::Value;
use sp_keyring::{Ed25519Keyring, Sr25519Keyring};

/// An institution of a preset: its account validates and sits in the council.
struct Institution {
	account: Sr25519Keyring,
	finality: Ed25519Keyring,
}

impl Institution {
	fn account(&self) -> AccountId {
		self.account.to_account_id()
	}

	fn session_keys(&self) -> SessionKeys {
		SessionKeys {
			aura: self.account.public().into(),
			grandpa: self.finality.public().into(),
		}
	}
}

fn genesis(institutions: &[Institution]) -> Value {
	let accounts: Vec<AccountId> = institutions.iter().map(Institution::account).collect();
	build_struct_json_patch!(RuntimeGenesisConfig {
		validators: ValidatorsConfig {
			validators: accounts.clone(),
			// Of four validators three finalise: one may be lost, and none is taken away.
			floor: (accounts.len() >= 4).then_some(4)
		},
		session: SessionConfig {
			keys: institutions
				.iter()
				.map(|i| (i.account(), i.account(), i.session_keys()))
				.collect(),
		},
		council_membership: CouncilMembershipConfig {
			members: accounts
				.try_into()
				.expect("presets have fewer institutions than the council has seats; qed"),
		},
	})
}

/// Alice alone.
pub fn development() -> Value {
	genesis(&[Institution {
		account: Sr25519Keyring::Alice,
		finality: Ed25519Keyring::Alice,
	}])
}

/// Alice and Bob will be the sellers, Charlie, Dave and Eve the issuers.
pub fn local() -> Value {
	genesis(&[
		Institution {
			account: Sr25519Keyring::Alice,
			finality: Ed25519Keyring::Alice,
		},
		Institution {
			account: Sr25519Keyring::Bob,
			finality: Ed25519Keyring::Bob,
		},
		Institution {
			account: Sr25519Keyring::Charlie,
			finality: Ed25519Keyring::Charlie,
		},
		Institution {
			account: Sr25519Keyring::Dave,
			finality: Ed25519Keyring::Dave,
		},
		Institution {
			account: Sr25519Keyring::Eve,
			finality: Ed25519Keyring::Eve,
		},
	])
}
