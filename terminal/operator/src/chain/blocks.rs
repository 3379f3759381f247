// SPDX-License-Identifier: Apache-2.0

//! Blocks as they come: heads, whose turn each was, and how the node that tells of them is.

use super::{client::storage_key, read::unexpected, AccountId, ChainClient, ChainError};
use codec::{Compact, Decode, DecodeAll};
use sealane_primitives::ids::BlockNumber;
use serde::Deserialize;
use subxt::rpcs::rpc_params;

/// The head of a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
	/// Its number.
	pub number: BlockNumber,
	/// Its hash.
	pub hash: [u8; 32],
	/// Hash of the block before it.
	pub parent: [u8; 32],
	/// Its slot; the first block has none.
	pub slot: Option<u64>,
}

/// Who makes blocks after a block, in the order of their turns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Turns {
	/// Keys for blocks.
	pub keys: Vec<[u8; 32]>,
	/// Accounts, in the same order.
	pub accounts: Vec<AccountId>,
}

/// How the node is.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NodeHealth {
	/// Nodes that it is connected to.
	pub peers: u32,
	/// Whether it still catches up.
	pub is_syncing: bool,
}

/// A node that this one is connected to.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Peer {
	/// Its PeerId.
	pub peer_id: String,
	/// Its newest block.
	pub best_number: BlockNumber,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Header {
	parent_hash: String,
	number: String,
	digest: Digest,
}

#[derive(Deserialize)]
struct Digest {
	logs: Vec<String>,
}

impl ChainClient {
	/// The newest best block.
	///
	/// # Errors
	/// The node does not answer.
	pub async fn best_head(&self) -> Result<Head, ChainError> {
		let hash = self.best_hash().await?;
		self.head(&hash).await
	}

	/// The newest final block.
	///
	/// # Errors
	/// The node does not answer.
	pub async fn final_head(&self) -> Result<Head, ChainError> {
		let hash: String = self.request("chain_getFinalizedHead", rpc_params![]).await?;
		self.head(&hash).await
	}

	/// The block with this hash.
	///
	/// # Errors
	/// The node does not have it, or does not answer.
	pub async fn head_of(&self, hash: &[u8; 32]) -> Result<Head, ChainError> {
		self.head(&format!("0x{}", hex::encode(hash))).await
	}

	async fn head(&self, hash: &str) -> Result<Head, ChainError> {
		let header: Option<Header> = self.request("chain_getHeader", rpc_params![hash]).await?;
		let header = header.ok_or_else(|| ChainError::NotFound {
			what: "block",
			id: hash.into(),
		})?;
		let number = u32::from_str_radix(header.number.trim_start_matches("0x"), 16);
		Ok(Head {
			number: number.map_err(|_| unexpected("chain_getHeader"))?,
			hash: hash_of(hash)?,
			parent: hash_of(&header.parent_hash)?,
			slot: header.digest.logs.iter().find_map(|log| slot_of(log)),
		})
	}

	/// Who makes blocks after this one.
	///
	/// # Errors
	/// The node does not answer, or no longer has the state of that block.
	pub async fn turns_after(&self, block: &[u8; 32]) -> Result<Turns, ChainError> {
		let block = format!("0x{}", hex::encode(block));
		let keys: String = self
			.request("state_call", rpc_params!["AuraApi_authorities", "0x", &block])
			.await?;
		let key = storage_key(&*self.metadata().await?, "Session", "Validators", &[])?;
		let stored = self.raw_values(vec![key], &block).await?;
		let accounts = stored
			.first()
			.map(|(_, bytes)| Vec::<AccountId>::decode_all(&mut &bytes[..]));
		Ok(Turns {
			keys: decode(&keys, "AuraApi_authorities")?,
			accounts: accounts
				.transpose()
				.map_err(|_| unexpected("Session.Validators"))?
				.unwrap_or_default(),
		})
	}

	/// How the node is.
	///
	/// # Errors
	/// The node does not answer.
	pub async fn node_health(&self) -> Result<NodeHealth, ChainError> {
		self.request("system_health", rpc_params![]).await
	}

	/// The PeerId of the node itself.
	///
	/// # Errors
	/// The node does not answer.
	pub async fn node_peer_id(&self) -> Result<String, ChainError> {
		self.request("system_localPeerId", rpc_params![]).await
	}

	/// The version of the node's program.
	///
	/// # Errors
	/// The node does not answer.
	pub async fn node_version(&self) -> Result<String, ChainError> {
		self.request("system_version", rpc_params![]).await
	}

	/// The nodes that this one is connected to.
	///
	/// # Errors
	/// The node does not tell: it does so only on its own machine, or with unsafe methods allowed.
	pub async fn peers(&self) -> Result<Vec<Peer>, ChainError> {
		self.request("system_peers", rpc_params![]).await
	}
}

impl Turns {
	/// Whose turn a slot is: its place in the lists.
	pub fn turn(&self, slot: u64) -> Option<usize> {
		usize::try_from(slot.checked_rem(self.keys.len() as u64)?).ok()
	}
}

fn hash_of(text: &str) -> Result<[u8; 32], ChainError> {
	let mut hash = [0; 32];
	hex::decode_to_slice(text.trim_start_matches("0x"), &mut hash)
		.map_err(|e| ChainError::Mismatch(format!("a block's hash {text:?}: {e}")))?;
	Ok(hash)
}

fn decode<T: Decode>(text: &str, what: &str) -> Result<T, ChainError> {
	let bytes = hex::decode(text.trim_start_matches("0x")).ok();
	bytes
		.and_then(|bytes| T::decode_all(&mut &bytes[..]).ok())
		.ok_or_else(|| unexpected(what))
}

/// The slot in an item of a digest: before the runtime runs, of Aura, 8 bytes.
fn slot_of(log: &str) -> Option<u64> {
	const PRE_RUNTIME: u8 = 6;
	let bytes = hex::decode(log.trim_start_matches("0x")).ok()?;
	let rest = bytes.strip_prefix(&[PRE_RUNTIME])?.strip_prefix(b"aura")?;
	let mut rest = rest;
	let length = Compact::<u32>::decode(&mut rest).ok()?.0;
	(length == 8 && rest.len() == 8)
		.then(|| u64::decode(&mut rest).ok())
		.flatten()
}

#[cfg(test)]
mod tests {
	use super::*;
	use codec::Encode;
	use sp_runtime::DigestItem;

	#[test]
	fn the_slot_is_found_in_a_digest() {
		let text = |item: &DigestItem| format!("0x{}", hex::encode(item.encode()));
		let slot = DigestItem::PreRuntime(*b"aura", 77u64.encode());
		assert_eq!(slot_of(&text(&slot)), Some(77));
		for other in [
			DigestItem::Seal(*b"aura", vec![0; 64]),
			DigestItem::PreRuntime(*b"BABE", 77u64.encode()),
			DigestItem::PreRuntime(*b"aura", vec![1; 7]),
			DigestItem::Other(Vec::new()),
		] {
			assert_eq!(slot_of(&text(&other)), None, "{other:?}");
		}
		assert_eq!(slot_of("0x"), None);
	}

	#[test]
	fn turns_go_round() {
		let turns = Turns {
			keys: vec![[1; 32], [2; 32], [3; 32]],
			accounts: Vec::new(),
		};
		assert_eq!((turns.turn(3), turns.turn(5)), (Some(0), Some(2)));
		assert_eq!(Turns::default().turn(3), None);
	}
}
