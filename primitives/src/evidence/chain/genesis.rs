// SPDX-License-Identifier: Apache-2.0

//! What an offline check trusts: the chain specification, from which the first block and the first validators follow.

use super::Header;
use crate::ids::Digest;
use codec::DecodeAll;
use frame_support::storage::storage_prefix;
use serde::Deserialize;
use sp_consensus_grandpa::AuthorityList;
use sp_core::storage::StateVersion;
use sp_runtime::traits::{BlakeTwo256, Hash};
use std::{collections::BTreeMap, fmt};

/// How a chain began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Genesis {
	/// The chain's name, for people.
	pub name: String,
	/// Hash of the genesis block. Names the chain.
	pub hash: Digest,
	/// The first validators and their weights.
	pub authorities: AuthorityList,
}

/// Why a file is no chain specification from which a check can start.
#[derive(Debug)]
pub enum SpecError {
	/// Not the JSON form.
	Json(serde_json::Error),
	/// It holds a recipe for the genesis state in place of the state.
	NotRaw,
	/// State beside the main trie.
	ChildTries(usize),
	/// A key or value is not `0x` and hexadecimal digits.
	Hex {
		/// The key as it is written.
		key: String,
		/// Why.
		fault: hex::FromHexError,
	},
	/// No validators, or not in the form known.
	Validators(String),
}

impl fmt::Display for SpecError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			SpecError::Json(error) => write!(f, "not a chain specification: {error}"),
			SpecError::NotRaw => f.write_str(
				"genesis.raw is missing: a check starts from the genesis state; `sealane-node export-chain-spec --raw` writes it out",
			),
			SpecError::ChildTries(count) => write!(f, "genesis.raw.childrenDefault has {count} entries, none are expected"),
			SpecError::Hex { key, fault } => write!(f, "genesis.raw.top.{key}: key and value are 0x and hex: {fault}"),
			SpecError::Validators(fault) => write!(f, "genesis.raw.top has no list of validators: {fault}"),
		}
	}
}

impl std::error::Error for SpecError {}

#[derive(Deserialize)]
struct SpecFile {
	name: String,
	genesis: GenesisField,
}

#[derive(Deserialize)]
struct GenesisField {
	raw: Option<RawState>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawState {
	top: BTreeMap<String, String>,
	#[serde(default)]
	children_default: BTreeMap<String, serde_json::Value>,
}

impl Genesis {
	/// Reads a raw chain specification (JSON, as `sealane-node export-chain-spec --raw` writes it) and computes the genesis block from the
	/// state in it, as a node does when it starts from that file.
	///
	/// # Errors
	/// [`SpecError`] names what is missing.
	pub fn from_spec(json: &[u8]) -> Result<Self, SpecError> {
		let spec: SpecFile = serde_json::from_slice(json).map_err(SpecError::Json)?;
		let raw = spec.genesis.raw.ok_or(SpecError::NotRaw)?;
		if !raw.children_default.is_empty() {
			return Err(SpecError::ChildTries(raw.children_default.len()));
		}
		let bytes = |key: &str, text: &str| {
			hex::decode(text.strip_prefix("0x").unwrap_or(text))
				.map_err(|fault| SpecError::Hex { key: key.into(), fault })
		};
		let state = raw
			.top
			.iter()
			.map(|(key, value)| Ok((bytes(key, key)?, bytes(key, value)?)))
			.collect::<Result<BTreeMap<_, _>, SpecError>>()?;
		let authorities = state
			.get(&storage_prefix(b"Grandpa", b"Authorities")[..])
			.ok_or_else(|| SpecError::Validators("Grandpa.Authorities is missing".into()))?;
		let authorities = AuthorityList::decode_all(&mut &authorities[..])
			.map_err(|error| SpecError::Validators(format!("Grandpa.Authorities: {error}")))?;
		Ok(Genesis {
			name: spec.name,
			hash: header_of(state).hash().into(),
			authorities,
		})
	}
}

/// The genesis block of a state. It has no parent and no extrinsics.
fn header_of(state: BTreeMap<Vec<u8>, Vec<u8>>) -> Header {
	// Every runtime of this chain has had system version 1, which is version 1 of the state trie.
	let root = |entries| BlakeTwo256::trie_root(entries, StateVersion::V1);
	Header {
		parent_hash: Default::default(),
		number: 0,
		state_root: root(state.into_iter().collect()),
		extrinsics_root: root(Vec::new()),
		digest: Default::default(),
	}
}
