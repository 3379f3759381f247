// SPDX-License-Identifier: Apache-2.0

//! Checks an evidence pack: by itself; then the chain's part of it from the chain specification alone, or the anchor and the keys against
//! the chain state of another node.

mod steps;

pub use steps::Step;

use crate::{
	chain::ChainClient,
	error::{Error, Result},
};
use sealane_primitives::{
	evidence::{
		chain::{Genesis, OnChain},
		EvidencePack, Verified,
	},
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
	/// What the chain's own proof shows, where a chain specification was given.
	pub offline: Option<OfflineReport>,
	/// Each thing that was checked, in words, in the order in which one rests on the other.
	pub steps: Vec<Step>,
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

/// What follows from the chain specification without any node.
#[derive(Clone, Debug, Serialize)]
pub struct OfflineReport {
	/// The chain's name in its specification.
	pub network: String,
	/// Its genesis block.
	pub genesis: String,
	/// Blocks in which the validators changed, on the way.
	pub validator_changes: Vec<BlockNumber>,
	/// When the anchor's block was made, in UTC.
	pub made_at: Option<String>,
	/// The block whose votes make the anchor's block final.
	pub final_block: BlockNumber,
	/// Votes for it.
	pub votes: usize,
	/// Validators that could have voted.
	pub validators: usize,
	/// The final block whose state has the anchor and both keys.
	pub state_block: BlockNumber,
}

impl OfflineReport {
	fn new(genesis: &Genesis, proven: &OnChain) -> Self {
		OfflineReport {
			network: genesis.name.clone(),
			genesis: hex::encode(genesis.hash),
			validator_changes: proven.set_changes.clone(),
			made_at: proven.made_at.map(|time| time.to_string()),
			final_block: proven.finalised.number,
			votes: proven.finalised.votes,
			validators: proven.finalised.validators,
			state_block: proven.state.number,
		}
	}
}

/// Reads a raw chain specification.
///
/// # Errors
/// The file cannot be read, or no check can start from it.
pub fn read_spec(path: &Path) -> Result<Genesis> {
	let bytes = std::fs::read(path).map_err(Error::file(path))?;
	Genesis::from_spec(&bytes).map_err(|e| Error::Format {
		path: path.into(),
		line: 0,
		reason: e.to_string(),
	})
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
	let mut report = report_of(pack, &verified);
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
	let hash = chain.block_hash(anchor.block_number).await?;
	if hash != Some(anchor.block_hash) {
		return Err(Error::NotVerified(format!(
			"anchor.reference.block_hash is {}, but block {} of {} has {}",
			hex::encode(anchor.block_hash),
			anchor.block_number,
			chain.url(),
			hash.map_or_else(|| "no hash there".into(), hex::encode)
		)));
	}
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
	report.steps.push(Step {
		about: "chain",
		holds: format!(
			"{}, asked just now, has that anchor in block {} with the same root, and both keys; final at block {}",
			chain.url(),
			anchor.block_number,
			state.read_at
		),
	});
	report.chain = Some(ChainReport {
		url: chain.url().into(),
		at_block: state.read_at,
		anchor_found: true,
		issuer_key_found: true,
		seller_key_found: true,
	});
	Ok(report)
}

/// Checks a whole pack from the chain specification alone; no node is asked.
///
/// # Errors
/// [`Error::NotVerified`] names the first thing that does not hold.
pub fn verify_offline(pack: &EvidencePack, genesis: &Genesis) -> Result<EvidenceReport> {
	let (verified, proven) = pack
		.verify_offline(genesis)
		.map_err(|defect| Error::NotVerified(defect.to_string()))?;
	let mut report = report_of(pack, &verified);
	if let Some(anchor) = &verified.anchor {
		report.steps.extend(steps::offline(genesis, anchor, &proven));
	}
	report.offline = Some(OfflineReport::new(genesis, &proven));
	Ok(report)
}

fn report_of(pack: &EvidencePack, verified: &Verified) -> EvidenceReport {
	EvidenceReport {
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
		offline: None,
		steps: steps::by_itself(pack, verified),
	}
}

/// The key must have been the node's when the batch was anchored.
async fn ensure_key(
	chain: &ChainClient,
	who: &str,
	node: NodeId,
	key: &[u8; 32],
	anchored_at: BlockNumber,
) -> Result<()> {
	let keys = chain.courier_keys(node).await?;
	match keys.iter().find(|k| k.signing == *key) {
		Some(found) if found.is_valid_at(anchored_at) => Ok(()),
		Some(found) => Err(Error::NotVerified(format!(
			"batch.{who}.key of node {node} holds from block {}{}, but the anchor is in block {anchored_at}",
			found.valid_from,
			found
				.valid_until
				.map_or_else(|| " on".into(), |until| format!(" to before block {until}"))
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

#[cfg(test)]
mod tests {
	use super::*;

	/// The files of the documentation: a network of four validators, two of them replaced since genesis.
	fn example() -> (EvidencePack, Genesis) {
		let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/evidence");
		let pack = read(&folder.join("offline.json")).expect("a pack");
		(
			pack,
			read_spec(&folder.join("chain-spec.json")).expect("a raw specification"),
		)
	}

	#[test]
	fn the_documented_pack_is_proven_from_the_specification_alone() {
		let (pack, genesis) = example();
		let report = verify_offline(&pack, &genesis).expect("sound");
		let abouts: Vec<_> = report.steps.iter().map(|step| step.about).collect();
		assert_eq!(
			abouts,
			[
				"record",
				"batch",
				"signatures",
				"anchor",
				"genesis",
				"validators",
				"finality",
				"block",
				"later block",
				"state",
				"keys"
			]
		);
		let holds = |about| &report.steps.iter().find(|step| step.about == about).expect(about).holds;
		assert!(holds("validators").ends_with("changed 2 times since the genesis block; each time more than two thirds of those before signed the block that names their successors: 3, 9"));
		assert!(holds("block").ends_with("is its ancestor, 2 headers up; it was made at 2025-11-24T10:00:12Z"));
		assert!(holds("keys").ends_with("held at block 6: the issuer's from block 1 on, the seller's from block 1 on"));
		let offline = report.offline.expect("offline");
		assert_eq!((offline.final_block, offline.state_block), (8, 12));
		assert_eq!((offline.votes, offline.validators), (3, 4));
	}

	#[test]
	fn the_first_defect_is_named() {
		let (pack, genesis) = example();
		let mut part = pack.chain.clone().expect("a chain part");
		part.storage_proof[0][9] ^= 1;
		let error = verify_offline(&pack.clone().with_chain(Some(part)), &genesis).expect_err("forged");
		assert!(
			error
				.to_string()
				.starts_with("not verified: chain.storage_proof does not lead from state root "),
			"{error}"
		);
		assert_eq!(error.exit_code(), 9);
		let error = verify_offline(&pack.with_chain(None), &genesis).expect_err("no proof");
		assert!(
			error.to_string().starts_with("not verified: chain is missing"),
			"{error}"
		);
	}
}
