// SPDX-License-Identifier: Apache-2.0

//! Public keys and signatures in files.

use codec::Encode;
use serde::{de::Error as _, Deserialize, Deserializer, Serialize, Serializer};
use sp_core::{ed25519, sr25519, Pair};
use std::fmt;

/// A public key, 32 bytes; `0x…` in files.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode)]
pub struct Key(pub [u8; 32]);

/// A signature, 64 bytes; `0x…` in files.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature(pub [u8; 64]);

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyName {
	/// Account that acts for the institution, sr25519.
	Manager,
	/// Account of its seat in the council, sr25519.
	Seat,
	/// Account with which its node signs, sr25519.
	Delegate,
	/// Key of its validator for blocks, sr25519.
	Authoring,
	/// Key of its validator for finality, ed25519.
	Finality,
	/// Key of its node among its peers, ed25519.
	Node,
	/// Key of its courier, ed25519.
	Signing,
	/// Key to which partners seal, x25519: it cannot sign, the signing key stands for it.
	Sealing,
}

impl KeyName {
	/// All of them.
	pub const ALL: [KeyName; 8] = [
		KeyName::Manager,
		KeyName::Seat,
		KeyName::Delegate,
		KeyName::Authoring,
		KeyName::Finality,
		KeyName::Node,
		KeyName::Signing,
		KeyName::Sealing,
	];

	/// Its name in files and messages.
	pub const fn as_str(self) -> &'static str {
		match self {
			KeyName::Manager => "manager",
			KeyName::Seat => "seat",
			KeyName::Delegate => "delegate",
			KeyName::Authoring => "authoring",
			KeyName::Finality => "finality",
			KeyName::Node => "node",
			KeyName::Signing => "signing",
			KeyName::Sealing => "sealing",
		}
	}

	/// The key of this name.
	pub fn from_name(name: &str) -> Option<Self> {
		Self::ALL.into_iter().find(|key| key.as_str() == name)
	}

	/// Whether `signature` over `message` is by `key` of this kind; `false` for a key that cannot sign.
	pub(crate) fn verify(self, key: &Key, message: &[u8], signature: &Signature) -> bool {
		match self {
			KeyName::Manager | KeyName::Seat | KeyName::Delegate | KeyName::Authoring => {
				let signature = sr25519::Signature::from_raw(signature.0);
				sr25519::Pair::verify(&signature, message, &sr25519::Public::from_raw(key.0))
			}
			KeyName::Finality | KeyName::Node | KeyName::Signing => {
				let signature = ed25519::Signature::from_raw(signature.0);
				ed25519::Pair::verify(&signature, message, &ed25519::Public::from_raw(key.0))
			}
			KeyName::Sealing => false,
		}
	}
}

impl fmt::Display for KeyName {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(self.as_str())
	}
}

impl fmt::Display for Key {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "0x{}", hex::encode(self.0))
	}
}

impl fmt::Debug for Key {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		fmt::Display::fmt(self, f)
	}
}

impl fmt::Debug for Signature {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "0x{}", hex::encode(self.0))
	}
}

impl Serialize for Key {
	fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		serializer.serialize_str(&self.to_string())
	}
}

impl Serialize for Signature {
	fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		serializer.serialize_str(&format!("{self:?}"))
	}
}

impl<'de> Deserialize<'de> for Key {
	fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
		from_hex(&String::deserialize(deserializer)?)
			.map(Key)
			.map_err(D::Error::custom)
	}
}

impl<'de> Deserialize<'de> for Signature {
	fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
		let text = String::deserialize(deserializer)?;
		from_hex(&text).map(Signature).map_err(D::Error::custom)
	}
}

impl std::str::FromStr for Signature {
	type Err = String;

	/// `0x` and 128 digits; 130 where a wallet puts the kind of signature (1, sr25519) in front.
	fn from_str(text: &str) -> Result<Self, String> {
		match text.strip_prefix("0x01").filter(|rest| rest.len() == 128) {
			Some(rest) => from_hex(&format!("0x{rest}")).map(Signature),
			None => from_hex(text).map(Signature),
		}
	}
}

fn from_hex<const N: usize>(text: &str) -> Result<[u8; N], String> {
	let mut bytes = [0; N];
	let digits = text.strip_prefix("0x").unwrap_or_default();
	hex::decode_to_slice(digits, &mut bytes).map_err(|e| format!("{text:?}: must be 0x and {} digits: {e}", 2 * N))?;
	Ok(bytes)
}
