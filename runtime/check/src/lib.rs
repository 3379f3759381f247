// SPDX-License-Identifier: Apache-2.0

//! # Checks over the state of a network
//!
//! Loads the state of a block and checks every invariant that the pallets promise, natively and without a node:
//!
//! ```text
//! sealane-node export-state --base-path … --chain … [BLOCK] > state.json
//! sealane-check-state state.json
//! ```
//!
//! `export-state` needs the node's database for itself, so the node must be stopped. Over a running network, take the pairs
//! by RPC (`state_getKeysPaged`, `state_getStorage`, all at one block hash) and write them as an array of pairs:
//! `[["0x<key>", "0x<value>"], …]`. Both forms are told apart by themselves.
//!
//! The state must be that of the same runtime version as the tool, else what is stored may mean something else; a state of
//! another version is refused.

use sealane_runtime::{invariants, Runtime, VERSION};
use serde::Deserialize;
use sp_storage::{Storage, StorageMap};
use std::collections::BTreeMap;

/// Why a state could not be checked, or what does not hold in it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
	/// The text is neither a raw chain specification nor an array of pairs.
	#[error("neither a raw chain specification nor an array of [key, value] pairs: {0}")]
	Form(#[from] serde_json::Error),
	/// A key or value is not `0x` and hexadecimal digits.
	#[error("{what} {text:?}: {error}")]
	Hex {
		/// Key or value.
		what: &'static str,
		/// The text, shortened.
		text: String,
		/// What is wrong with it.
		error: hex::FromHexError,
	},
	/// A key that is given twice, so that it is not clear what is stored there.
	#[error("key 0x{0} is given twice")]
	Duplicate(String),
	/// The state is of another runtime, or of none.
	#[error("the state is of runtime {found}, this tool checks {expected}")]
	Version {
		/// Name and version found.
		found: String,
		/// Name and version of this tool's runtime.
		expected: String,
	},
	/// Invariants that do not hold.
	#[error("{} of the checks failed: {}", .0.len(), .0.join("; "))]
	Broken(Vec<String>),
}

/// What was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
	/// Number of the block whose state it is.
	pub block: u32,
	/// Number of keys of each pallet that has any, and of what belongs to none.
	pub keys: BTreeMap<String, usize>,
	/// Names of the checks that hold.
	pub checks: Vec<&'static str>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Text {
	Pairs(Vec<(String, String)>),
	Specification { genesis: Genesis },
}

#[derive(Deserialize)]
struct Genesis {
	raw: Raw,
}

#[derive(Deserialize)]
struct Raw {
	top: BTreeMap<String, String>,
}

fn bytes(what: &'static str, text: &str) -> Result<Vec<u8>, Error> {
	hex::decode(text.strip_prefix("0x").unwrap_or(text)).map_err(|error| Error::Hex {
		what,
		text: text.chars().take(80).collect(),
		error,
	})
}

/// Reads a state from JSON: a raw chain specification as `sealane-node export-state` prints it, or an array of pairs.
///
/// # Errors
/// [`Error::Form`], [`Error::Hex`], [`Error::Duplicate`].
pub fn read(json: &[u8]) -> Result<StorageMap, Error> {
	let pairs = match serde_json::from_slice(json)? {
		Text::Pairs(pairs) => pairs,
		Text::Specification { genesis } => genesis.raw.top.into_iter().collect(),
	};
	let mut state = StorageMap::new();
	for (key, value) in pairs {
		let key = bytes("key", &key)?;
		let value = bytes("value", &value)?;
		if state.insert(key.clone(), value).is_some() {
			return Err(Error::Duplicate(hex::encode(key)));
		}
	}
	Ok(state)
}

/// Runs every check over a state.
///
/// # Errors
/// [`Error::Version`] where the state is another runtime's; [`Error::Broken`] naming every check that does not hold.
pub fn check(state: StorageMap) -> Result<Report, Error> {
	let keys = census(&state);
	let mut ext = sp_io::TestExternalities::new(Storage {
		top: state,
		children_default: Default::default(),
	});
	ext.execute_with(|| {
		check_version()?;
		let (checks, broken): (Vec<_>, Vec<_>) = invariants::CHECKS
			.iter()
			.map(|(name, check)| (*name, check()))
			.partition(|(_, result)| result.is_ok());
		if broken.is_empty() {
			return Ok(Report {
				block: sealane_runtime::System::block_number(),
				keys,
				checks: checks.into_iter().map(|(name, _)| name).collect(),
			});
		}
		let lines = broken.into_iter().map(|(name, result)| match result {
			Err(error) => format!("{name}: {error:?}"),
			Ok(()) => unreachable!("only failures were kept; qed"),
		});
		Err(Error::Broken(lines.collect()))
	})
}

fn check_version() -> Result<(), Error> {
	let expected = format!("{} {}", VERSION.spec_name, VERSION.spec_version);
	let found = match frame_system::LastRuntimeUpgrade::<Runtime>::get() {
		Some(last) => format!("{} {}", last.spec_name, last.spec_version.0),
		None => "unknown".to_owned(),
	};
	if found == expected {
		Ok(())
	} else {
		Err(Error::Version { found, expected })
	}
}

/// How many keys each pallet has.
fn census(state: &StorageMap) -> BTreeMap<String, usize> {
	let pallets = invariants::pallets();
	let mut keys = BTreeMap::new();
	for key in state.keys() {
		let owner = pallets.iter().find(|(_, prefix)| key.starts_with(prefix));
		let name = match owner {
			Some((name, _)) => *name,
			// `:code`, `:extrinsic_index` and their like.
			None if key.starts_with(b":") => "well-known keys",
			None => "no pallet",
		};
		*keys.entry(name.to_owned()).or_default() += 1;
	}
	keys
}

#[cfg(test)]
mod tests;
