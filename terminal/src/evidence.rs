// SPDX-License-Identifier: Apache-2.0

//! Checks an evidence pack: what can be checked offline, and the rest against the chain state of another node.

use crate::{
	chain::ChainClient,
	error::{Error, Result},
};
use sealane_primitives::{
	evidence::EvidencePack,
	ids::{BlockNumber, Digest, NodeId},
};
use serde::Serialize;
use std::path::Path;

/// What was found out about a pack. Everything in it holds; what does not is an error.
#[derive(Clone, Debug, Serialize)]
pub struct EvidenceReport {
	/// Leaf of the trade record.
	pub leaf: String,
	/// Root that both sides signed.
	pub batch_root: String,
	/// The channel.
	pub channel: u32,
	/// The issuer's node.
	pub issuer_node: NodeId,
	/// The seller's node.
	pub seller_node: NodeId,
	/// The anchor, where the pack has one.
	pub anchor: Option<AnchorReport>,
	/// What the chain was asked, where a node was given.
	pub chain: Option<ChainReport>,
}

/// The anchor that the pack names.
#[derive(Clone, Debug, Serialize)]
pub struct AnchorReport {
	/// The node that anchored.
	pub node: NodeId,
	/// The anchor's number.
	pub sequence: u64,
	/// Its root.
	pub root: String,
	/// Its block.
	pub block: BlockNumber,
}

/// What another node's final state says.
#[derive(Clone, Debug, Serialize)]
pub struct ChainReport {
	/// The node asked.
	pub url: String,
	/// Final block at which it was asked.
	pub at_block: BlockNumber,
	/// The anchor is there, with this root and in this block.
	pub anchor_found: bool,
	/// The issuer's key was that of its node when the batch was anchored.
	pub issuer_key_found: bool,
	/// The seller's key was that of its node when the batch was anchored.
	pub seller_key_found: bool,
}

/// Reads a pack.
///
/// # Errors
/// The file cannot be read, or is none.
pub fn read(path: &Path) -> Result<EvidencePack> {
	let bytes = std::fs::read(path).map_err(Error::file(path))?;
	EvidencePack::from_json(&bytes).map_err(|e| Error::Format {
		path: path.into(),
		line: 0,
		reason: e.to_string(),
	})
}

/// Checks a pack by itself, for the chain with this genesis hash; then against the final state of `node`, which should be
/// neither of the two that signed.
///
/// # Errors
/// [`Error::NotVerified`] names the first thing that does not hold.
pub async fn verify(pack: &EvidencePack, genesis: &Digest, node: Option<&ChainClient>) -> Result<EvidenceReport> {
	let verified = pack
		.verify_local(genesis)
		.map_err(|defect| Error::NotVerified(defect.to_string()))?;
	let mut report = EvidenceReport {
		leaf: hex::encode(verified.leaf),
		batch_root: hex::encode(verified.header.root),
		channel: verified.header.channel,
		issuer_node: verified.issuer.0,
		seller_node: verified.seller.0,
		anchor: verified.anchor.map(|a| AnchorReport {
			node: a.node,
			sequence: a.sequence,
			root: hex::encode(a.root),
			block: a.block_number,
		}),
		chain: None,
	};
	let Some(chain) = node else { return Ok(report) };
	if chain.genesis() != *genesis {
		return Err(Error::NotVerified(format!(
			"{} is on the chain {}, the pack on {}",
			chain.url(),
			hex::encode(chain.genesis()),
			hex::encode(genesis)
		)));
	}
	let anchor = verified
		.anchor
		.ok_or_else(|| Error::NotVerified("the pack has no anchor yet: nothing to ask of the chain".into()))?;
	let state = chain
		.anchor(anchor.node, anchor.sequence)
		.await
		.map_err(|error| match error {
			crate::chain::ChainError::NotFound { .. } => Error::NotVerified(format!("anchor.reference: {error}")),
			other => other.into(),
		})?;
	for (what, expected, found) in [
		("root", hex::encode(anchor.root), hex::encode(state.entry.root)),
		(
			"block_number",
			anchor.block_number.to_string(),
			state.entry.block.to_string(),
		),
	] {
		if expected != found {
			return Err(Error::NotVerified(format!(
				"anchor.reference.{what} is {expected}, but {} has {found}",
				chain.url()
			)));
		}
	}
	for (who, (node, key)) in [("issuer", verified.issuer), ("seller", verified.seller)] {
		ensure_key(chain, who, node, &key, anchor.block_number).await?;
	}
	report.chain = Some(ChainReport {
		url: chain.url().into(),
		at_block: state.read_at,
		anchor_found: true,
		issuer_key_found: true,
		seller_key_found: true,
	});
	Ok(report)
}

/// The key must have been the node's, and not only since after the anchor.
async fn ensure_key(
	chain: &ChainClient,
	who: &str,
	node: NodeId,
	key: &[u8; 32],
	anchored_at: BlockNumber,
) -> Result<()> {
	let keys = chain.courier_keys(node).await?;
	match keys.iter().find(|k| k.signing == *key) {
		Some(found) if found.valid_from <= anchored_at => Ok(()),
		Some(found) => Err(Error::NotVerified(format!(
			"batch.{who}.key of node {node} holds from block {} on, after the anchor in block {anchored_at}",
			found.valid_from
		))),
		None => Err(Error::NotVerified(format!(
			"batch.{who}.key {} is none that node {node} ever had, says {}",
			hex::encode(key),
			chain.url()
		))),
	}
}

/// The genesis hash that a pack names.
pub fn genesis_of(pack: &EvidencePack) -> Digest {
	pack.batch.header.genesis
}
