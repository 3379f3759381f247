// SPDX-License-Identifier: Apache-2.0

//! What founders agree on before anybody makes keys.

use crate::{
	files::{self, check_text, GenesisError},
	founding::MIN_FOUNDERS,
	keys::Key,
};
use codec::Encode;
use serde::{Deserialize, Serialize};
use sp_crypto_hashing::sha2_256;
use std::path::Path;

const FORMAT: &str = "sealane/1/plan";

/// The frame of a network that is to be founded. Its [digest](Plan::digest) is under every founder's signature.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
	/// What the file is.
	format: String,
	/// Name of the network, for people.
	pub name: String,
	/// Its id: names folders, never changes.
	pub id: String,
	/// BLAKE2b-256 of the runtime with which it begins.
	pub runtime: Key,
	/// Fewest validators that motions may leave.
	pub floor: u32,
	/// Whether only registered nodes may stay connected.
	pub connections_restricted: bool,
}

impl Plan {
	/// A plan.
	///
	/// # Errors
	/// A value breaks a rule.
	pub fn new(
		name: &str,
		id: &str,
		runtime: [u8; 32],
		floor: u32,
		connections_restricted: bool,
	) -> Result<Self, GenesisError> {
		let plan = Plan {
			format: FORMAT.into(),
			name: name.into(),
			id: id.into(),
			runtime: Key(runtime),
			floor,
			connections_restricted,
		};
		plan.check()?;
		Ok(plan)
	}

	/// Reads a file.
	///
	/// # Errors
	/// It cannot be read, is something else, or a value breaks a rule.
	pub fn read(path: &Path) -> Result<Self, GenesisError> {
		let plan: Plan = files::read(path)?;
		plan.check()?;
		Ok(plan)
	}

	/// Writes a new file.
	///
	/// # Errors
	/// It exists, or cannot be written.
	pub fn write(&self, path: &Path) -> Result<(), GenesisError> {
		files::write(path, self, true)
	}

	fn check(&self) -> Result<(), GenesisError> {
		let invalid = |field, value: &str, rule: &str| GenesisError::Invalid {
			field,
			value: value.into(),
			rule: rule.into(),
		};
		if self.format != FORMAT {
			return Err(invalid("format", &self.format, FORMAT));
		}
		check_text("name", &self.name, 64)?;
		let allowed = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
		if self.id.is_empty() || self.id.len() > 32 || !self.id.chars().all(allowed) {
			return Err(invalid("id", &self.id, "1 to 32 of a to z, 0 to 9 and _"));
		}
		if ["dev", "local", "sealane_dev", "sealane_local"].contains(&self.id.as_str()) {
			return Err(invalid("id", &self.id, "not that of a development chain"));
		}
		if (self.floor as usize) < MIN_FOUNDERS {
			let rule = format!("at least {MIN_FOUNDERS}");
			return Err(invalid("floor", &self.floor.to_string(), &rule));
		}
		Ok(())
	}

	/// The 32 bytes that stand for the plan under founders' signatures.
	pub fn digest(&self) -> [u8; 32] {
		sha2_256(&self.encode())
	}
}
