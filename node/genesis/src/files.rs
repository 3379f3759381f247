// SPDX-License-Identifier: Apache-2.0

//! Files of a genesis: read within bounds, never overwritten.

use crate::keys::KeyName;
use serde::{de::DeserializeOwned, Serialize};
use std::{
	fs::OpenOptions,
	io::{self, Read, Write},
	path::{Path, PathBuf},
};

/// Longest file that is read, in bytes.
const MAX_FILE_LEN: u64 = 64 * 1024;

/// Why there is no genesis.
#[derive(Debug, thiserror::Error)]
pub enum GenesisError {
	/// A file cannot be read or written.
	#[error("{path}: {source}")]
	Io {
		/// The file.
		path: PathBuf,
		/// Why.
		source: io::Error,
	},
	/// A file is not what it must be.
	#[error("{path}: {what}")]
	Malformed {
		/// The file.
		path: PathBuf,
		/// What is wrong.
		what: String,
	},
	/// A value breaks a rule.
	#[error("{field}: {value:?}: {rule}")]
	Invalid {
		/// The field.
		field: &'static str,
		/// Its value.
		value: String,
		/// The rule.
		rule: String,
	},
	/// A file is for another plan, or was changed after it was signed, or somebody else signed it.
	#[error(
		"{founder}: the signature by the {key} key does not hold: the file is for another plan, was changed after it was signed, \
		 or is signed with another key"
	)]
	ProofInvalid {
		/// The founder.
		founder: String,
		/// The key.
		key: KeyName,
	},
	/// Nobody has shown that he holds a key.
	#[error("{founder}: there is no signature by the {key} key {public}")]
	ProofMissing {
		/// The founder.
		founder: String,
		/// The key.
		key: KeyName,
		/// The public key.
		public: String,
	},
	/// A key whose secret everybody knows.
	#[error("{founder}: the {key} key {public} is a development key, whose secret everybody knows")]
	WellKnown {
		/// The founder.
		founder: String,
		/// The key.
		key: KeyName,
		/// The public key.
		public: String,
	},
	/// One key in two places.
	#[error(
		"{public} is the {key} key of {founder} and the {other_key} key of {other}; every key must stand in one place"
	)]
	Double {
		/// The public key.
		public: String,
		/// A founder.
		founder: String,
		/// What it is there.
		key: KeyName,
		/// The other founder, or the same.
		other: String,
		/// What it is there.
		other_key: KeyName,
	},
	/// Too few founders.
	#[error("{found} founders, so as many seats and validators; fewer than {least} cannot lose one and go on")]
	TooFew {
		/// How many there are.
		found: usize,
		/// How many there must be.
		least: usize,
	},
}

pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> Result<T, GenesisError> {
	let io = |source| GenesisError::Io {
		path: path.into(),
		source,
	};
	let mut text = Vec::new();
	let file = std::fs::File::open(path).map_err(io)?;
	file.take(MAX_FILE_LEN + 1).read_to_end(&mut text).map_err(io)?;
	let malformed = |what: String| GenesisError::Malformed {
		path: path.into(),
		what,
	};
	if text.len() as u64 > MAX_FILE_LEN {
		return Err(malformed(format!("longer than {MAX_FILE_LEN} bytes")));
	}
	serde_json::from_slice(&text).map_err(|e| malformed(e.to_string()))
}

/// Writes a file; `new`: only where there is none.
pub(crate) fn write<T: Serialize>(path: &Path, value: &T, new: bool) -> Result<(), GenesisError> {
	let io = |source| GenesisError::Io {
		path: path.into(),
		source,
	};
	let text = serde_json::to_string_pretty(value).map_err(|e| io(e.into()))?;
	let mut options = OpenOptions::new();
	options.write(true);
	match new {
		true => options.create_new(true),
		false => options.create(true).truncate(true),
	};
	let mut file = options.open(path).map_err(io)?;
	file.write_all(text.as_bytes())
		.and_then(|()| file.write_all(b"\n"))
		.map_err(io)
}

/// Text that is shown to people and goes on chain.
pub(crate) fn check_text(field: &'static str, value: &str, most: usize) -> Result<(), GenesisError> {
	let shown = sealane_primitives::fields::text(value, most);
	match (value.trim() == value && !value.is_empty(), shown) {
		(true, Ok(())) => Ok(()),
		(_, shown) => Err(GenesisError::Invalid {
			field,
			value: value.into(),
			rule: match shown {
				Err(fault) => fault.to_string(),
				Ok(()) => "must neither be empty nor have spaces around it".into(),
			},
		}),
	}
}
