// SPDX-License-Identifier: Apache-2.0

//! What an offline check trusts: the chain specification, from which the first block and the first validators follow.

use super::{
	header::{Authorities, Header},
	keys, root,
};
use crate::{
	pack::json::{self, Fields, Node},
	rules::Judge,
};
use alloc::{
	collections::BTreeMap,
	format,
	string::{String, ToString},
	vec::Vec,
};
use codec::DecodeAll;
use core::fmt;
use sealane_primitives::ids::Digest;

/// Deepest nesting of a specification.
const MAX_SPEC_DEPTH: usize = 64;

/// How a chain began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Genesis {
	/// The chain's name, for people.
	pub name: String,
	/// Hash of the genesis block. Names the chain.
	pub hash: Digest,
	/// The first validators and their weights.
	pub authorities: Authorities,
}

/// Why a file is no chain specification from which a check can start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpecError(String);

impl fmt::Display for SpecError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(&self.0)
	}
}

impl core::error::Error for SpecError {}

impl Genesis {
	/// Reads a raw chain specification (JSON, as `sealane-node export-chain-spec --raw` writes it) and computes the genesis block from the
	/// state in it, as a node does when it starts from that file. Of the file only `name` and `genesis.raw` count.
	///
	/// # Errors
	/// [`SpecError`] says what is missing.
	pub fn from_spec(file: &[u8]) -> Result<Self, SpecError> {
		let broken = |defect: crate::Defect| SpecError(format!("not a chain specification: {}", defect.found));
		let object = |path: &str, node| Fields::of(Judge::default(), path, node).map_err(broken);
		let mut spec = object("", json::read(file, MAX_SPEC_DEPTH).map_err(broken)?)?;
		let name = match spec.take("name").map_err(broken)? {
			Node::Text(name) => name,
			other => return Err(SpecError(format!("name is {}, expected a text", other.kind()))),
		};
		let mut genesis = object("genesis", spec.take("genesis").map_err(broken)?)?;
		let raw = genesis.optional("raw").map_err(broken)?;
		let raw = raw.ok_or_else(|| {
			SpecError(
				"genesis.raw is missing: a check starts from the genesis state; `sealane-node export-chain-spec --raw` writes it out"
					.to_string(),
			)
		})?;
		let mut raw = object("genesis.raw", raw)?;
		match raw.optional("childrenDefault").map_err(broken)? {
			None => {}
			Some(Node::Object(children)) if children.is_empty() => {}
			Some(_) => {
				let fault = "genesis.raw.childrenDefault has entries, none are expected: state beside the main trie is not read";
				return Err(SpecError(fault.to_string()));
			}
		}
		let top = object("genesis.raw.top", raw.take("top").map_err(broken)?)?;
		let state = top
			.into_entries()
			.map(|(key, value)| Ok((bytes(&key, &key)?, bytes(&key, value.text().unwrap_or_default())?)))
			.collect::<Result<BTreeMap<Vec<u8>, Vec<u8>>, SpecError>>()?;
		let authorities = state.get(&keys::validators()).ok_or_else(|| {
			SpecError("genesis.raw.top has no list of validators: Grandpa.Authorities is missing".into())
		})?;
		let authorities = Authorities::decode_all(&mut &authorities[..]).map_err(|error| {
			SpecError(format!(
				"genesis.raw.top has no list of validators: Grandpa.Authorities: {error}"
			))
		})?;
		Ok(Genesis {
			name,
			hash: block(&state).hash(),
			authorities,
		})
	}
}

/// The bytes of a key or value: `0x` and hexadecimal digits in lower case.
fn bytes(key: &str, text: &str) -> Result<Vec<u8>, SpecError> {
	let digits = text
		.strip_prefix("0x")
		.filter(|digits| !digits.bytes().any(|b| b.is_ascii_uppercase()));
	let fault = || {
		SpecError(format!(
			"genesis.raw.top.{key}: key and value are 0x and hexadecimal digits in lower case"
		))
	};
	hex::decode(digits.ok_or_else(fault)?).map_err(|_| fault())
}

/// The genesis block of a state. It has no parent and no extrinsics. Every runtime of this chain has had system version 1, which is version
/// 1 of the state trie.
fn block(state: &BTreeMap<Vec<u8>, Vec<u8>>) -> Header {
	Header {
		parent_hash: Digest::default(),
		number: 0,
		state_root: root::of(state),
		extrinsics_root: root::of(&BTreeMap::new()),
		digest: Vec::new(),
	}
}
