// SPDX-License-Identifier: Apache-2.0

//! Keys whose secrets everybody knows: those of development accounts.

use sp_core::{ed25519, sr25519, Pair};
use std::{collections::HashSet, sync::OnceLock};

/// The paths under the development phrase that tools and guides use, and what is commonly derived from each.
const NAMES: [&str; 17] = [
	"",
	"//Alice",
	"//Bob",
	"//Charlie",
	"//Dave",
	"//Eve",
	"//Ferdie",
	"//One",
	"//Two",
	"//Alice//stash",
	"//Bob//stash",
	"//Charlie//stash",
	"//Dave//stash",
	"//Eve//stash",
	"//Ferdie//stash",
	"//Sudo",
	"//0",
];
const UNDER: [&str; 6] = ["", "//delegate", "//session", "//aura", "//grandpa", "//node"];

fn all() -> &'static HashSet<[u8; 32]> {
	static ALL: OnceLock<HashSet<[u8; 32]>> = OnceLock::new();
	ALL.get_or_init(|| {
		let mut keys = HashSet::new();
		keys.extend(sp_keyring::Sr25519Keyring::iter().map(|key| key.to_raw_public()));
		keys.extend(sp_keyring::Ed25519Keyring::iter().map(|key| key.to_raw_public()));
		for name in NAMES {
			for under in UNDER {
				let uri = format!("{}{name}{under}", sp_core::crypto::DEV_PHRASE);
				keys.extend(sr25519::Pair::from_string(&uri, None).map(|pair| pair.public().0));
				keys.extend(ed25519::Pair::from_string(&uri, None).map(|pair| pair.public().0));
			}
		}
		keys
	})
}

/// Whether the secret of this public key, sr25519 or ed25519, is in every copy of the SDK or in guides.
pub fn is_well_known(key: &[u8; 32]) -> bool {
	all().contains(key)
}

/// The first well-known key that stands in these bytes of a chain's state.
pub fn holds_well_known(bytes: &[u8]) -> Option<[u8; 32]> {
	let known = all();
	bytes
		.windows(32)
		.filter_map(|window| <[u8; 32]>::try_from(window).ok())
		.find(|window| known.contains(window))
}
