// SPDX-License-Identifier: Apache-2.0

//! What the chain adds to evidence: final blocks, and the proof that an anchor and the keys of its signers are in one.

use super::{FullBackend, FullClient};
use codec::{Decode, Encode};
use sc_client_api::{Backend as _, BlockBackend, HeaderBackend, ProofProvider, StorageKey, StorageProvider};
use sc_consensus_grandpa::{best_justification, GrandpaJustification, SharedAuthoritySet};
use sealane_gateway::{EvidenceChain, PathToRange};
use sealane_primitives::{
	evidence::range::Range,
	ids::{BlockNumber, Digest},
};
use sealane_runtime::{opaque::Block, Hash, Header};
use sealane_verifier::{
	chain::{enacted_by, keys, state, MAX_HEADERS},
	pack::{ChainPart, EvidencePack, FinalBlock},
	Rule,
};
use sp_consensus_grandpa::GRANDPA_ENGINE_ID;
use std::sync::Arc;

/// Answers from the node's own database.
pub struct FinalChain {
	/// The client.
	pub client: Arc<FullClient>,
	/// Its database.
	pub backend: Arc<FullBackend>,
	/// The validators, and in which blocks they changed.
	pub authorities: SharedAuthoritySet<Hash, BlockNumber>,
}

/// A final block with the votes for it.
struct Justified {
	header: Header,
	justification: Vec<u8>,
}

/// Where the validators changed.
#[derive(Default)]
struct SetChanges {
	/// Each block that names the next ones, after the last change by force.
	votes: Vec<Justified>,
	/// The last block before that change. What is above it is proven from a checkpoint.
	by_force: Option<BlockNumber>,
}

impl From<Justified> for FinalBlock {
	fn from(block: Justified) -> Self {
		FinalBlock {
			header: block.header.encode(),
			justification: block.justification,
		}
	}
}

impl EvidenceChain for FinalChain {
	fn block_hash(&self, number: BlockNumber) -> Option<Digest> {
		if number > self.client.info().finalized_number {
			return None;
		}
		self.client.block_hash(number).ok().flatten().map(Into::into)
	}

	fn prove(&self, pack: EvidencePack, path: PathToRange<'_>) -> Result<Option<EvidencePack>, String> {
		let anchor = pack.anchor.as_ref().ok_or("the pack has no anchor")?.reference;
		let Some(covering) = self.first_justified(anchor.block_number)? else {
			return Ok(None);
		};
		let headers = self.headers(anchor.block_number, covering.header.number)?;
		let before = self.before(&pack, anchor.block_number)?;
		// The state next to the anchor where it is still there, else that of the newest justified block: keys stay in the state for ever, anchors
		// in their node's range.
		let covering_number = covering.header.number;
		let has_state = |header: &Header| self.backend.have_state_at(header.hash(), header.number);
		let mut last = None;
		if !has_state(&covering.header) {
			match self.newest_justified()? {
				Some(newest) if newest.header.number > covering_number && has_state(&newest.header) => {
					last = Some(newest)
				}
				_ => return Ok(None),
			}
		}
		let proven = last.as_ref().unwrap_or(&covering).header.clone();
		let Some(pack) = self.in_state(&proven, pack, path)? else {
			return Ok(None);
		};
		let storage_proof = self.read_proof(&proven, &pack)?;

		let mut finality = self.set_changes(0, covering_number)?.votes;
		finality.push(covering);
		if let Some(last) = last {
			let changes = self.set_changes(covering_number, last.header.number)?;
			if changes.by_force.is_some() {
				// No checkpoint is below the votes for the anchor and above that change.
				return Ok(None);
			}
			finality.extend(changes.votes);
			finality.push(last);
		}
		Ok(Some(pack.with_chain(Some(ChainPart {
			headers: headers.iter().map(Encode::encode).collect(),
			before,
			finality: finality.into_iter().map(Into::into).collect(),
			storage_proof,
		}))))
	}
}

impl FinalChain {
	fn header(&self, number: BlockNumber) -> Result<Header, String> {
		let hash = self.client.block_hash(number).map_err(|e| e.to_string())?;
		let hash = hash.ok_or_else(|| format!("final block {number} is unknown"))?;
		self.client
			.header(hash)
			.map_err(|e| e.to_string())?
			.ok_or_else(|| format!("the header of final block {number} is not there"))
	}

	/// The final headers from block `from` to below block `to`, oldest first.
	fn headers(&self, from: BlockNumber, to: BlockNumber) -> Result<Vec<Header>, String> {
		(from..to).map(|number| self.header(number)).collect()
	}

	/// The headers down to the blocks that the attestations name. `None` where these are too far below the anchor's, or not of this chain: then
	/// the pack holds without, and they are their signers' word.
	fn before(&self, pack: &EvidencePack, anchored: BlockNumber) -> Result<Option<Vec<Vec<u8>>>, String> {
		let named = [&pack.batch.issuer, &pack.batch.seller].map(|by| by.block);
		let lowest = named[0].number.min(named[1].number);
		if anchored.saturating_sub(lowest) > MAX_HEADERS {
			return Ok(None);
		}
		for block in named {
			let hash = self.client.block_hash(block.number).map_err(|e| e.to_string())?;
			if block.number >= anchored || hash.map(|hash| hash.0) != Some(block.hash) {
				log::warn!(
					"Evidence for anchor block {anchored}: an attestation names block {} with hash {}, which is not below it on this chain",
					block.number,
					Hash::from(block.hash)
				);
				return Ok(None);
			}
		}
		let headers = self.headers(lowest.max(1), anchored)?;
		Ok(Some(headers.iter().map(Encode::encode).collect()))
	}

	/// The votes for a block that are stored with it.
	fn justification(&self, hash: Hash) -> Result<Option<Vec<u8>>, String> {
		let all = self.client.justifications(hash).map_err(|e| e.to_string())?;
		Ok(all.and_then(|all| all.into_justification(GRANDPA_ENGINE_ID)))
	}

	/// The first block from `number` on whose votes are stored; where there is none yet, the newest final block. `None` where that is too
	/// far away, or not final by votes that this node has.
	fn first_justified(&self, number: BlockNumber) -> Result<Option<Justified>, String> {
		let last = self
			.client
			.info()
			.finalized_number
			.min(number.saturating_add(MAX_HEADERS));
		for at in number..=last {
			let header = self.header(at)?;
			if let Some(justification) = self.justification(header.hash())? {
				return Ok(Some(Justified { header, justification }));
			}
		}
		let newest = self.newest_justified()?;
		Ok(newest.filter(|block| (number..=last).contains(&block.header.number)))
	}

	/// The newest block that this node saw voted final.
	fn newest_justified(&self) -> Result<Option<Justified>, String> {
		let newest: Option<GrandpaJustification<Block>> =
			best_justification(&*self.backend).map_err(|e| e.to_string())?;
		let Some(newest) = newest else {
			return Ok(None);
		};
		Ok(Some(Justified {
			header: self.header(newest.target().0)?,
			justification: newest.encode(),
		}))
	}

	/// The blocks above `after` and below `before` in which the validators changed; of those up to a change by force, none.
	fn set_changes(&self, after: BlockNumber, before: BlockNumber) -> Result<SetChanges, String> {
		let changes = self.authorities.authority_set_changes();
		// `None` where the node did not follow the chain from genesis.
		let changes = changes
			.iter_from(after)
			.ok_or("this node does not know all changes of the validators since genesis")?;
		let mut followed = SetChanges::default();
		for number in changes.map(|(_, last)| *last).take_while(|last| *last < before) {
			match self.scheduled_change(number)? {
				Some(change) => followed.votes.push(change),
				None => {
					followed = SetChanges {
						votes: Vec::new(),
						by_force: Some(number),
					}
				}
			}
		}
		Ok(followed)
	}

	/// Block `number`, the last of a set of validators, with the votes for it; `None` where it does not name the next set: those were put in by
	/// force, and no votes lead to them.
	fn scheduled_change(&self, number: BlockNumber) -> Result<Option<Justified>, String> {
		let header = self.header(number)?;
		match enacted_by(&seen(&header)?) {
			Ok(Some(_)) => {}
			Ok(None) => return Ok(None),
			Err(defect) if defect.rule == Rule::ChangeForced => return Ok(None),
			Err(defect) => return Err(defect.found),
		}
		let justification = self.justification(header.hash())?;
		let justification = justification
			.ok_or_else(|| format!("the votes for block {number}, a change of validators, are not there"))?;
		Ok(Some(Justified { header, justification }))
	}

	/// The pack with the way by which its anchor is found in the state of `block`: by itself, or in the range of its node. `None` where it is
	/// none of the last any more, and this node does not have the hashes that lead into the range.
	fn in_state(
		&self,
		block: &Header,
		pack: EvidencePack,
		path: PathToRange<'_>,
	) -> Result<Option<EvidencePack>, String> {
		let anchor = pack.anchor.as_ref().ok_or("the pack has no anchor")?.reference;
		if self
			.storage(block, &keys::anchor(anchor.node, anchor.sequence))?
			.is_some()
		{
			return Ok(Some(pack.with_range(None)));
		}
		let Some(bytes) = self.storage(block, &keys::range(anchor.node))? else {
			return Ok(None);
		};
		let range = Range::decode(&mut &bytes[..]).map_err(|e| format!("the range of node {}: {e}", anchor.node))?;
		Ok(path(anchor.sequence, &range).map(|path| pack.with_range(Some(path))))
	}

	fn storage(&self, block: &Header, key: &[u8]) -> Result<Option<Vec<u8>>, String> {
		let value = self.client.storage(block.hash(), &StorageKey(key.to_vec()));
		value.map(|value| value.map(|value| value.0)).map_err(|e| e.to_string())
	}

	/// Trie nodes from the block's state root to all that a check of this pack reads.
	fn read_proof(&self, block: &Header, pack: &EvidencePack) -> Result<Vec<Vec<u8>>, String> {
		let hash = block.hash();
		let get = |key: &[u8]| self.storage(block, key);
		let (_, keys) = state::ask(pack, get).map_err(|defect| format!("block {}: {defect}", block.number))?;
		let proof = self
			.client
			.read_proof(hash, &mut keys.iter().map(|key| &key[..]))
			.map_err(|e| e.to_string())?;
		let proof: Vec<_> = proof.into_iter_nodes().collect();
		state::minimal(block.state_root.into(), &proof, pack).map_err(|defect| defect.to_string())
	}
}

/// A header as a verifier sees it.
fn seen(header: &Header) -> Result<sealane_verifier::chain::Header, String> {
	Decode::decode(&mut &header.encode()[..]).map_err(|e| format!("the header of block {}: {e}", header.number))
}
