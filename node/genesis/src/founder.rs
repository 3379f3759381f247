// SPDX-License-Identifier: Apache-2.0

//! What one founding institution hands in.

use crate::{
	files::{self, check_text, GenesisError},
	keys::{Key, KeyName, Signature},
	plan::Plan,
	well_known::is_well_known,
};
use codec::Encode;
use sealane_primitives::{
	business::{Role, Roles},
	ids::{MAX_ADDRESSES, MAX_ADDRESS_LEN},
	legal_id::LegalId,
};
use serde::{Deserialize, Serialize};
use sp_crypto_hashing::sha2_256;
use std::{collections::BTreeMap, path::Path};

const FORMAT: &str = "sealane/1/founder";
/// Longest name of an institution, in bytes.
const MAX_NAME: usize = 64;
/// Longest contact, in bytes.
const MAX_CONTACT: usize = 128;

/// A founding institution, with one node, which validates.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Founder {
	/// Its name.
	pub name: String,
	/// Its LEI or unified social credit code.
	pub legal_id: String,
	/// How to reach its operators: an office, never a person.
	pub contact: String,
	/// `seller`, `issuer`, `auditor`, `operator`.
	pub roles: Vec<String>,
	/// Where its node can be dialled, multiaddresses.
	pub addresses: Vec<String>,
	/// Its public keys.
	pub keys: Keys,
}

/// The public keys of a founder.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
	/// Account that acts for it, sr25519.
	pub manager: Key,
	/// Account of its seat, sr25519.
	pub seat: Key,
	/// Account with which its node signs, sr25519.
	pub delegate: Key,
	/// Its validator's key for blocks, sr25519.
	pub authoring: Key,
	/// Its validator's key for finality, ed25519.
	pub finality: Key,
	/// Its node's key among its peers, ed25519.
	pub node: Key,
	/// Its courier's key, ed25519.
	pub signing: Key,
	/// The key to which partners seal, x25519.
	pub sealing: Key,
}

impl Keys {
	/// Each with its name.
	pub fn named(&self) -> [(KeyName, Key); 8] {
		[
			(KeyName::Manager, self.manager),
			(KeyName::Seat, self.seat),
			(KeyName::Delegate, self.delegate),
			(KeyName::Authoring, self.authoring),
			(KeyName::Finality, self.finality),
			(KeyName::Node, self.node),
			(KeyName::Signing, self.signing),
			(KeyName::Sealing, self.sealing),
		]
	}

	/// The PeerId of its node as bytes: an identity multihash over the key in protobuf.
	pub fn peer(&self) -> Vec<u8> {
		[&[0x00, 0x24, 0x08, 0x01, 0x12, 0x20][..], &self.node.0].concat()
	}
}

impl Founder {
	/// Its roles as the chain has them.
	///
	/// # Errors
	/// There is none, or one that is none.
	pub fn roles(&self) -> Result<Roles, GenesisError> {
		roles_of(&self.roles)
	}

	/// What every key of the founder signs, as text that wallets sign as well: it stands for the plan and for all that the founder
	/// says of itself.
	pub fn statement(&self, plan: &Plan) -> String {
		let digest = sha2_256(&(FORMAT, plan.digest(), self).encode());
		format!("<Bytes>{FORMAT} 0x{}</Bytes>", hex::encode(digest))
	}

	fn check(&self) -> Result<(), GenesisError> {
		check_institution(&self.name, &self.legal_id, &self.contact, &self.roles, &self.addresses)?;
		for (key, public) in self.keys.named() {
			if is_well_known(&public.0) {
				return Err(GenesisError::WellKnown {
					founder: self.name.clone(),
					key,
					public: public.to_string(),
				});
			}
		}
		Ok(())
	}
}

fn roles_of(names: &[String]) -> Result<Roles, GenesisError> {
	let role = |name: &String| match name.as_str() {
		"seller" => Some(Role::Seller),
		"issuer" => Some(Role::Issuer),
		"auditor" => Some(Role::Auditor),
		"operator" => Some(Role::Operator),
		_ => None,
	};
	let roles: Option<Vec<_>> = names.iter().map(role).collect();
	let roles = roles.filter(|roles| !roles.is_empty());
	roles
		.map(|roles| Roles::of(&roles))
		.ok_or_else(|| GenesisError::Invalid {
			field: "roles",
			value: names.join(", "),
			rule: "at least one of seller, issuer, auditor, operator".into(),
		})
}

/// Whether what an institution says of itself may stand on the chain: before it has made a key for it, and when its file is read.
///
/// # Errors
/// Field, value and rule.
pub fn check_institution(
	name: &str,
	legal_id: &str,
	contact: &str,
	roles: &[String],
	addresses: &[String],
) -> Result<(), GenesisError> {
	check_text("name", name, MAX_NAME)?;
	LegalId::parse(legal_id).map_err(|fault| GenesisError::Invalid {
		field: "legal_id",
		value: legal_id.into(),
		rule: fault.to_string(),
	})?;
	check_text("contact", contact, MAX_CONTACT)?;
	roles_of(roles)?;
	if addresses.is_empty() || addresses.len() > MAX_ADDRESSES as usize {
		return Err(GenesisError::Invalid {
			field: "addresses",
			value: addresses.len().to_string(),
			rule: format!("1 to {MAX_ADDRESSES}"),
		});
	}
	for address in addresses {
		check_text("addresses", address, MAX_ADDRESS_LEN as usize)?;
	}
	Ok(())
}

/// A founder with the proofs that somebody holds its keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FounderFile {
	/// What the file is.
	format: String,
	/// Who it is.
	pub founder: Founder,
	/// Signatures over its [statement](Founder::statement), by the name of the key.
	pub proofs: BTreeMap<String, Signature>,
}

impl FounderFile {
	/// Without proofs yet.
	pub fn new(founder: Founder) -> Self {
		FounderFile {
			format: FORMAT.into(),
			founder,
			proofs: BTreeMap::new(),
		}
	}

	/// Reads a file.
	///
	/// # Errors
	/// It cannot be read, or is something else.
	pub fn read(path: &Path) -> Result<Self, GenesisError> {
		let file: FounderFile = files::read(path)?;
		match file.format == FORMAT {
			true => Ok(file),
			false => Err(GenesisError::Malformed {
				path: path.into(),
				what: format!("format is {:?}, must be {FORMAT:?}", file.format),
			}),
		}
	}

	/// Writes a new file; `replace`: in the place of the one that is there.
	///
	/// # Errors
	/// It cannot be written.
	pub fn write(&self, path: &Path, replace: bool) -> Result<(), GenesisError> {
		files::write(path, self, !replace)
	}

	/// Adds the proof of a key.
	///
	/// # Errors
	/// It does not hold.
	pub fn prove(&mut self, plan: &Plan, key: KeyName, signature: Signature) -> Result<(), GenesisError> {
		let statement = self.founder.statement(plan);
		self.check_proof(&statement, key, &signature)?;
		self.proofs.insert(key.as_str().into(), signature);
		Ok(())
	}

	fn check_proof(&self, statement: &str, name: KeyName, signature: &Signature) -> Result<(), GenesisError> {
		let keys = self.founder.keys.named();
		let holds = keys
			.iter()
			.any(|(key, public)| *key == name && name.verify(public, statement.as_bytes(), signature));
		match holds {
			true => Ok(()),
			false => Err(GenesisError::ProofInvalid {
				founder: self.founder.name.clone(),
				key: name,
			}),
		}
	}

	/// Whether a network may begin with this founder.
	///
	/// # Errors
	/// A value breaks a rule, a key is well known, or a proof is missing, is none, or does not hold.
	pub fn check(&self, plan: &Plan) -> Result<(), GenesisError> {
		self.founder.check()?;
		if let Some(name) = self.proofs.keys().find(|name| KeyName::from_name(name).is_none()) {
			return Err(GenesisError::Invalid {
				field: "proofs",
				value: name.clone(),
				rule: "the name of a key".into(),
			});
		}
		let statement = self.founder.statement(plan);
		for (key, public) in self.founder.keys.named() {
			// It cannot sign. It is under the signature of the courier's signing key, as in a key file.
			if key == KeyName::Sealing {
				continue;
			}
			let proof = self
				.proofs
				.get(key.as_str())
				.ok_or_else(|| GenesisError::ProofMissing {
					founder: self.founder.name.clone(),
					key,
					public: public.to_string(),
				})?;
			self.check_proof(&statement, key, proof)?;
		}
		Ok(())
	}
}
