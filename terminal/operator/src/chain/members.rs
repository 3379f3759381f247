// SPDX-License-Identifier: Apache-2.0

//! Calls about members and their nodes.

use super::{Arg, Call, ChainClient, ChainError};
use codec::Encode;
use sealane_primitives::{business::Roles, ids::*};

/// An account of the chain.
pub type AccountId = [u8; 32];

/// A node as it is registered.
#[derive(Clone, Debug)]
pub struct NodeSpec {
	/// Its PeerId, base58 text.
	pub peer: String,
	/// Where it can be dialled, multiaddresses.
	pub addresses: Vec<String>,
	/// Its courier keys.
	pub keys: CourierKeyPair,
	/// The account that signs its anchors.
	pub delegate: AccountId,
}

/// The public courier keys of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CourierKeyPair {
	/// Ed25519.
	pub signing: [u8; 32],
	/// X25519.
	pub sealing: [u8; 32],
}

/// UTF-8 text within a bound, as the chain takes it.
///
/// # Errors
/// Field, value and rule.
pub fn text(field: &'static str, value: &str, max_len: u32) -> Result<Vec<u8>, ChainError> {
	if value.trim().is_empty() || value.len() > max_len as usize || value.chars().any(char::is_control) {
		let rule = format!("1 to {max_len} bytes of text without control characters");
		return Err(ChainError::Invalid {
			field,
			value: value.into(),
			rule,
		});
	}
	Ok(value.as_bytes().to_vec())
}

/// An LEI (20 characters) or a unified social credit code (18) as the chain encodes it. The chain checks its characters.
///
/// # Errors
/// It is neither.
pub fn legal_id(value: &str) -> Result<Vec<u8>, ChainError> {
	let variant = match value.len() {
		20 => 0,
		18 => 1,
		_ => {
			let rule = "an LEI (20 characters) or a unified social credit code (18)".into();
			return Err(ChainError::Invalid {
				field: "legal-id",
				value: value.into(),
				rule,
			});
		}
	};
	let mut bytes = vec![variant];
	bytes.extend_from_slice(value.as_bytes());
	Ok(bytes)
}

/// The bytes (multihash) of a PeerId in base58.
///
/// # Errors
/// It is no base58 text, or too long.
pub fn peer_id_bytes(peer: &str) -> Result<PeerIdBytes, ChainError> {
	let invalid = || ChainError::Invalid {
		field: "peer",
		value: peer.into(),
		rule: "a PeerId such as 12D3KooW…, base58".into(),
	};
	let bytes = base58(peer).filter(|bytes| bytes.len() > 2).ok_or_else(invalid)?;
	PeerIdBytes::try_from(bytes).map_err(|_| invalid())
}

const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// The text of a PeerId, base58.
pub(super) fn base58_text(bytes: &[u8]) -> String {
	let mut digits: Vec<u8> = Vec::new();
	for byte in bytes {
		let mut carry = u32::from(*byte);
		for digit in digits.iter_mut() {
			carry += u32::from(*digit) << 8;
			*digit = (carry % 58) as u8;
			carry /= 58;
		}
		while carry > 0 {
			digits.push((carry % 58) as u8);
			carry /= 58;
		}
	}
	digits.extend(bytes.iter().take_while(|byte| **byte == 0).map(|_| 0));
	digits
		.iter()
		.rev()
		.map(|digit| char::from(BASE58[usize::from(*digit)]))
		.collect()
}

fn base58(text: &str) -> Option<Vec<u8>> {
	// The conversion is quadratic; a PeerId has 52 characters.
	if text.len() > 128 {
		return None;
	}
	let mut bytes: Vec<u8> = Vec::new();
	for c in text.bytes() {
		let mut carry = BASE58.iter().position(|a| *a == c)?;
		for byte in bytes.iter_mut() {
			carry += usize::from(*byte) * 58;
			*byte = (carry & 0xff) as u8;
			carry >>= 8;
		}
		while carry > 0 {
			bytes.push((carry & 0xff) as u8);
			carry >>= 8;
		}
	}
	bytes.extend(text.bytes().take_while(|c| *c == b'1').map(|_| 0));
	bytes.reverse();
	Some(bytes)
}

/// Admits a member: for a council motion.
///
/// # Errors
/// An argument breaks a rule, or the runtime does not fit.
pub async fn admit_member(
	chain: &ChainClient,
	name: &str,
	legal: &str,
	contact: &str,
	roles: Roles,
	manager: AccountId,
) -> Result<Call, ChainError> {
	if !roles.is_valid() {
		let rule = "at least one of seller, issuer, auditor, operator".into();
		return Err(ChainError::Invalid {
			field: "roles",
			value: String::new(),
			rule,
		});
	}
	let args = [
		Arg::new("name", &text("name", name, 64)?),
		Arg {
			name: "legal_id",
			bytes: legal_id(legal)?,
		},
		Arg::new("contact", &text("contact", contact, 128)?),
		Arg::new("roles", &roles),
		Arg::new("manager", &manager),
	];
	chain.call("Members", "admit", &args).await
}

/// Registers a node of the signer's member.
///
/// # Errors
/// An argument breaks a rule, or the runtime does not fit.
pub async fn register_node(chain: &ChainClient, spec: &NodeSpec) -> Result<Call, ChainError> {
	let mut addresses = Vec::new();
	for address in &spec.addresses {
		addresses.push(text("address", address, MAX_ADDRESS_LEN)?);
	}
	if addresses.len() > MAX_ADDRESSES as usize {
		let rule = format!("at most {MAX_ADDRESSES}");
		return Err(ChainError::Invalid {
			field: "address",
			value: addresses.len().to_string(),
			rule,
		});
	}
	let args = [
		Arg::new("peer", &peer_id_bytes(&spec.peer)?),
		Arg {
			name: "addresses",
			bytes: addresses.encode(),
		},
		Arg::new("signing", &spec.keys.signing),
		Arg::new("sealing", &spec.keys.sealing),
		Arg::new("delegate", &spec.delegate),
	];
	chain.call("Members", "register_node", &args).await
}

/// Announces the next courier keys of a node of the signer's member.
///
/// # Errors
/// The runtime does not fit.
pub async fn announce_keys(
	chain: &ChainClient,
	node: NodeId,
	keys: CourierKeyPair,
	valid_from: BlockNumber,
	overlap: BlockNumber,
) -> Result<Call, ChainError> {
	let args = [
		Arg::new("node", &node),
		Arg::new("signing", &keys.signing),
		Arg::new("sealing", &keys.sealing),
		Arg::new("valid_from", &valid_from),
		Arg::new("overlap", &overlap),
	];
	chain.call("Members", "announce_keys", &args).await
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn peer_ids_are_decoded() {
		// Identity multihash (00), 36 bytes (24), ed25519 public key (08 01 12 20).
		let bytes = peer_id_bytes("12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp").unwrap();
		assert_eq!(bytes.len(), 38);
		assert_eq!(bytes[..6], [0x00, 0x24, 0x08, 0x01, 0x12, 0x20]);
		assert_eq!(
			base58_text(&bytes),
			"12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp"
		);
		for bad in ["", "0OIl", "12D3KooW/", &"z".repeat(200)] {
			assert!(peer_id_bytes(bad).is_err(), "{bad}");
		}
	}

	#[test]
	fn legal_ids_are_told_apart_by_length() {
		assert_eq!(legal_id("5493001KJTIIGC8Y1R12").unwrap()[0], 0);
		assert_eq!(legal_id("91350100M000100Y43").unwrap()[0], 1);
		assert!(legal_id("123").is_err());
	}
}
