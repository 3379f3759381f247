// SPDX-License-Identifier: Apache-2.0

//! Extrinsics that are signed on a machine without a network.
//!
//! Three steps, two files. A machine with a node writes what is to be signed; the machine with the key shows it in words and signs
//! it; any machine with a node submits it. What is shown is read from the very bytes that are signed, and so are the calls of which
//! only a hash is signed, such as a motion's: their hashes must stand in what is signed.
//!
//! Words are made by the metadata in the file, and the signature does not cover it: a machine that was taken over could give
//! metadata which calls things by other names. Whoever signs compares its hash with one that another node gives.

use super::{account_text, call_in_words, parse_account, AccountId, Call, ChainClient, ChainError};
use crate::error::{Error, Result};
use codec::Encode;
use serde::{de::DeserializeOwned, Deserialize, Serialize};
use sp_crypto_hashing::blake2_256;
use std::{fs::OpenOptions, io::Write, path::Path};
use subxt::{
	client::OfflineClient,
	config::substrate::{SpecVersionForRange, SubstrateConfig, SubstrateExtrinsicParamsBuilder},
	metadata::Metadata,
	utils::H256,
};
use subxt_signer::sr25519::Keypair;
use utoipa::ToSchema;

/// Blocks for which what is signed may be submitted, unless told: a good half hour.
pub const VALID_BLOCKS: u32 = 1_024;
/// Most of them: the chain remembers the hashes of a few more blocks than this.
pub const MAX_VALID_BLOCKS: u32 = 2_048;
/// Version of the metadata that is put into files.
const METADATA_VERSION: u32 = 15;
/// Longest file that is read, in bytes.
const MAX_FILE_LEN: u64 = 32 * 1024 * 1024;

const UNSIGNED: &str = "sealane/1/unsigned";
const SIGNED: &str = "sealane/1/signed";

/// An extrinsic that is to be signed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unsigned {
	/// What the file is.
	format: String,
	/// What the call is named in messages.
	pub name: String,
	/// Genesis hash of the chain.
	#[serde(with = "hex_text")]
	genesis: Vec<u8>,
	/// Version of the runtime.
	spec_version: u32,
	/// Version of its extrinsics.
	transaction_version: u32,
	/// The block from which on it may be submitted.
	block: u32,
	/// That block's hash.
	#[serde(with = "hex_text")]
	block_hash: Vec<u8>,
	/// For how many blocks.
	valid_blocks: u32,
	/// Who is to sign, SS58.
	pub account: String,
	/// The account's nonce.
	nonce: u64,
	/// The call.
	#[serde(with = "hex_text")]
	call: Vec<u8>,
	/// Calls of which the call holds the hash.
	behind: Vec<Hex>,
	/// The runtime's metadata.
	#[serde(with = "hex_text")]
	metadata: Vec<u8>,
}

/// An extrinsic that was signed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signed {
	/// What the file is.
	format: String,
	/// What the call is named in messages.
	pub name: String,
	/// Genesis hash of the chain.
	#[serde(with = "hex_text")]
	genesis: Vec<u8>,
	/// The extrinsic.
	#[serde(with = "hex_text")]
	extrinsic: Vec<u8>,
}

/// What an [`Unsigned`] is, for people.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Shown {
	/// Who is to sign, SS58.
	pub account: String,
	/// The account's nonce.
	pub nonce: u64,
	/// Genesis hash of the chain.
	pub genesis: String,
	/// Version of the runtime.
	pub spec_version: u32,
	/// Last block in which it may stand.
	pub until_block: u32,
	/// BLAKE2b-256 of the metadata by which the words were made.
	pub metadata_hash: String,
	/// The call, a line per argument.
	pub words: String,
	/// Calls whose hashes stand in the call.
	pub behind: Vec<Behind>,
}

/// A call whose hash stands in what is signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Behind {
	/// Its hash.
	pub hash: String,
	/// The call, a line per argument.
	pub words: String,
}

impl Behind {
	pub(super) fn new(metadata: &Metadata, call: &[u8]) -> Result<Self, ChainError> {
		Ok(Behind {
			hash: format!("0x{}", hex::encode(blake2_256(call))),
			words: call_in_words(metadata, call)?,
		})
	}
}

/// Whether a hash stands in an encoded call.
pub(super) fn holds(call: &[u8], hash: &[u8; 32]) -> bool {
	call.windows(32).any(|part| part == hash)
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
struct Hex(#[serde(with = "hex_text")] Vec<u8>);

/// Bytes as `0x…`.
mod hex_text {
	use serde::{de::Error, Deserialize, Deserializer, Serializer};

	pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
		serializer.serialize_str(&format!("0x{}", hex::encode(bytes)))
	}

	pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
		let text = String::deserialize(deserializer)?;
		let digits = text
			.strip_prefix("0x")
			.ok_or_else(|| D::Error::custom("must begin with 0x"))?;
		hex::decode(digits).map_err(D::Error::custom)
	}
}

impl ChainClient {
	/// What `account` is to sign so that `call` may be submitted for the next `valid_blocks` blocks.
	///
	/// # Errors
	/// `valid_blocks` is out of range, or the node does not answer.
	pub async fn unsigned(&self, call: &Call, account: &AccountId, valid_blocks: u32) -> Result<Unsigned> {
		check_valid_blocks(valid_blocks)?;
		let at = self.at_final().await?;
		let (block, block_hash) = self.birth_block().await?;
		let account = account_text(account);
		Ok(Unsigned {
			format: UNSIGNED.into(),
			name: call.name.clone(),
			genesis: self.genesis().to_vec(),
			spec_version: at.spec_version(),
			transaction_version: at.transaction_version(),
			block,
			block_hash: block_hash.to_vec(),
			valid_blocks,
			nonce: self.next_nonce(&account).await?,
			account,
			call: call.bytes.clone(),
			behind: call.behind.iter().cloned().map(Hex).collect(),
			metadata: self.encoded_metadata().await?,
		})
	}

	/// The extrinsic of a file, for this chain.
	///
	/// # Errors
	/// It was signed for another chain.
	pub fn extrinsic(&self, signed: Signed) -> Result<Vec<u8>> {
		if signed.genesis != self.genesis() {
			let rule = format!("of the chain 0x{}", hex::encode(self.genesis()));
			return Err(Error::invalid("genesis", hex::encode(signed.genesis), rule));
		}
		Ok(signed.extrinsic)
	}

	/// BLAKE2b-256 of the runtime's metadata, which files of [`Unsigned`] extrinsics carry.
	///
	/// # Errors
	/// The node does not answer.
	pub async fn metadata_hash(&self) -> Result<[u8; 32]> {
		Ok(blake2_256(&self.encoded_metadata().await?))
	}

	async fn encoded_metadata(&self) -> Result<Vec<u8>> {
		let metadata: Option<Vec<u8>> = self
			.runtime_api("Metadata_metadata_at_version", &METADATA_VERSION.encode())
			.await?;
		let missing = || ChainError::Mismatch(format!("the runtime gives no metadata of version {METADATA_VERSION}"));
		Ok(metadata.ok_or_else(missing)?)
	}
}

fn check_valid_blocks(valid_blocks: u32) -> Result<()> {
	match (4..=MAX_VALID_BLOCKS).contains(&valid_blocks) && valid_blocks.is_power_of_two() {
		true => Ok(()),
		false => Err(Error::invalid(
			"valid-blocks",
			valid_blocks.to_string(),
			format!("a power of two from 4 to {MAX_VALID_BLOCKS}"),
		)),
	}
}

impl Unsigned {
	/// Reads a file.
	///
	/// # Errors
	/// It cannot be read, or is something else.
	pub fn read(path: &Path) -> Result<Self> {
		let unsigned: Unsigned = read(path)?;
		let format = |reason: &str| Error::Format {
			path: path.into(),
			line: 0,
			reason: reason.into(),
		};
		if unsigned.format != UNSIGNED {
			return Err(format(&format!("format: must be {UNSIGNED:?}")));
		}
		if unsigned.genesis.len() != 32 || unsigned.block_hash.len() != 32 {
			return Err(format("genesis and block_hash: must have 32 bytes"));
		}
		check_valid_blocks(unsigned.valid_blocks)?;
		Ok(unsigned)
	}

	/// Writes a new file.
	///
	/// # Errors
	/// It exists, or cannot be written.
	pub fn write(&self, path: &Path) -> Result<()> {
		write_new(path, self)
	}

	fn read_metadata(&self) -> Result<Metadata> {
		let metadata = Metadata::decode_from(&self.metadata);
		metadata.map_err(|e| ChainError::Mismatch(format!("metadata of the file: {e}")).into())
	}

	/// What it is, in words.
	///
	/// # Errors
	/// A call is none of the runtime's, or a call that is said to be behind a hash is behind none.
	pub fn shown(&self) -> Result<Shown> {
		let metadata = self.read_metadata()?;
		let mut behind = Vec::new();
		let mut shown = vec![&self.call];
		for Hex(call) in &self.behind {
			let hash = blake2_256(call);
			if !shown.iter().any(|holder| holds(holder, &hash)) {
				let rule = "the hash of each must stand in the call that is signed, or in one before it";
				return Err(Error::invalid("behind", hex::encode(hash), rule));
			}
			behind.push(Behind::new(&metadata, call)?);
			shown.push(call);
		}
		Ok(Shown {
			account: self.account.clone(),
			nonce: self.nonce,
			genesis: format!("0x{}", hex::encode(&self.genesis)),
			spec_version: self.spec_version,
			until_block: self.block.saturating_add(self.valid_blocks - 1),
			metadata_hash: format!("0x{}", hex::encode(blake2_256(&self.metadata))),
			words: call_in_words(&metadata, &self.call)?,
			behind,
		})
	}

	/// Signs it; needs no network.
	///
	/// # Errors
	/// The key is another account's, or the runtime does not fit.
	pub fn sign(&self, key: &Keypair) -> Result<Signed> {
		if parse_account(&self.account)? != key.public_key().0 {
			let rule = format!("that of the account {}", self.account);
			return Err(Error::invalid("key", account_text(&key.public_key().0), rule));
		}
		let mismatch = |e: &dyn std::fmt::Display| ChainError::Mismatch(format!("{}: {e}", self.name));
		let hash = |bytes: &[u8]| H256(bytes.try_into().unwrap_or_default());
		let config = SubstrateConfig::builder()
			.set_genesis_hash(hash(&self.genesis))
			.set_metadata_for_spec_versions([(self.spec_version, self.read_metadata()?.arc())])
			.set_spec_version_for_block_ranges([SpecVersionForRange {
				block_range: 0..u64::MAX,
				spec_version: self.spec_version,
				transaction_version: self.transaction_version,
			}])
			.build();
		let at = OfflineClient::new_with_config(config)
			.at_block(self.block)
			.map_err(|e| mismatch(&e))?;
		let transactions = at.transactions();
		let payload = transactions
			.from_call_data_bytes(&self.call)
			.map_err(|e| mismatch(&e))?;
		if transactions.call_data(&payload).map_err(|e| mismatch(&e))? != self.call {
			return Err(mismatch(&"the call is not encoded in the one way that there is").into());
		}
		let params = SubstrateExtrinsicParamsBuilder::new()
			.nonce(self.nonce)
			.mortal_from_unchecked(self.valid_blocks.into(), self.block.into(), hash(&self.block_hash))
			.build();
		let signed = transactions
			.create_signable_offline(&payload, params)
			.and_then(|mut signable| signable.sign(key))
			.map_err(|e| mismatch(&e))?;
		Ok(Signed {
			format: SIGNED.into(),
			name: self.name.clone(),
			genesis: self.genesis.clone(),
			extrinsic: signed.into_encoded(),
		})
	}
}

impl Signed {
	/// Reads a file.
	///
	/// # Errors
	/// It cannot be read, or is something else.
	pub fn read(path: &Path) -> Result<Self> {
		let signed: Signed = read(path)?;
		signed.checked().map_err(|reason| Error::Format {
			path: path.into(),
			line: 0,
			reason,
		})
	}

	/// Takes what stands in such a file.
	///
	/// # Errors
	/// It is something else.
	pub fn from_json(value: serde_json::Value) -> Result<Self, String> {
		let signed: Signed = serde_json::from_value(value).map_err(|error| error.to_string())?;
		signed.checked()
	}

	fn checked(self) -> Result<Self, String> {
		match self.format == SIGNED {
			true => Ok(self),
			false => Err(format!("format: must be {SIGNED:?}")),
		}
	}

	/// Writes a new file.
	///
	/// # Errors
	/// It exists, or cannot be written.
	pub fn write(&self, path: &Path) -> Result<()> {
		write_new(path, self)
	}
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<T> {
	let length = std::fs::metadata(path).map_err(Error::file(path))?.len();
	if length > MAX_FILE_LEN {
		let rule = format!("at most {MAX_FILE_LEN} bytes");
		return Err(Error::invalid(path.display().to_string(), length.to_string(), rule));
	}
	let bytes = std::fs::read(path).map_err(Error::file(path))?;
	serde_json::from_slice(&bytes).map_err(|e| Error::Format {
		path: path.into(),
		line: e.line() as u64,
		reason: e.to_string(),
	})
}

fn write_new<T: Serialize>(path: &Path, value: &T) -> Result<()> {
	let text = serde_json::to_string_pretty(value).map_err(|e| Error::invalid("file", "", e.to_string()))?;
	let mut file = OpenOptions::new()
		.write(true)
		.create_new(true)
		.open(path)
		.map_err(Error::file(path))?;
	file.write_all(text.as_bytes())
		.and_then(|()| file.write_all(b"\n"))
		.map_err(Error::file(path))
}

#[cfg(test)]
mod tests;
