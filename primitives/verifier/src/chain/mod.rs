// SPDX-License-Identifier: Apache-2.0

//! The chain's part of a pack, checked from the chain specification, or a checkpoint, alone: *genesis → validator sets → final blocks → state →
//! anchor, keys, names*. No node is asked.
//!
//! [`genesis`] is what is trusted, [`finality`] carries it to a final block, [`state`] reads that block's state out of its trie nodes.

pub mod finality;
pub mod genesis;
pub mod header;
pub mod keys;
mod root;
pub mod slots;
pub mod state;
pub(crate) mod trie;
pub(crate) mod votes;

pub use finality::enacted_by;
pub use header::Header;
pub use slots::SLOT_MS;

use crate::{
	memo::Memo,
	pack::{AnchorReference, ChainPart, EvidencePack},
	rules::{Defect, Judge, Rule},
	verdict::{KnownBlock, OnChain, Verified},
	verify::Start,
};
use alloc::{format, vec::Vec};
use finality::{FinalHeader, Followed};
use header::decode_exactly;
use sealane_primitives::ids::BlockNumber;
use state::Claim;

/// Most headers between the anchor's block and the first justified block, in a pack that a node makes.
pub const MAX_HEADERS: u32 = 4_096;

/// Checks the chain's part from `start` on. `verified` is what the rest of the pack showed.
pub(crate) fn verify(
	judge: Judge,
	pack: &EvidencePack,
	verified: &Verified,
	start: Start<'_>,
	known: &[KnownBlock],
	memo: &Memo,
) -> Result<OnChain, Defect> {
	let anchor = verified.anchor.as_ref().ok_or_else(|| {
		let found = "anchor is missing: the record was in no final anchor when the pack was made";
		Defect::new(Rule::AnchorMissing, found)
	})?;
	let part = pack.chain.as_ref().ok_or_else(|| {
		let found = "chain is missing: the node that made the pack could not prove the anchor offline; a live node can still be asked";
		Defect::new(Rule::ChainMissing, found)
	})?;
	let followed = memo.finality(&part.finality, || finality::follow(judge, start, &part.finality))?;
	let covering = covering(judge, &followed, anchor)?;
	let blocks = &followed.blocks;
	// What the votes above a checkpoint cover below it is their ancestry, whoever was to vote there.
	let vouched = start.checkpoint().map(|checkpoint| checkpoint.block());
	let passed = vouched.filter(|block| blocks[covering].header.number > block.number);
	let changes_from = passed.map_or(0, |block| block.number);
	let headers = ancestry(judge, part, &blocks[covering].header, anchor, changes_from)?;

	let before = blocks[..covering].iter().map(|block| &block.header);
	let after = blocks[covering..].iter().map(|block| &block.header);
	let shown: Vec<&Header> = before.chain(&headers).chain(after).collect();
	let times = slots::times(judge, &shown)?;
	let known: Vec<KnownBlock> = known.iter().copied().chain(vouched).collect();
	let mut compared = compare(judge, &shown, &known)?;
	let last = &blocks[blocks.len() - 1];
	let checkpoint = vouched
		.map(|block| block.number)
		.filter(|number| last.header.number > *number);
	compared.extend(checkpoint);
	compared.sort_unstable();
	compared.dedup();

	let claim = Claim::of(pack).ok_or_else(|| Defect::new(Rule::AnchorMissing, "the pack has no anchor"))?;
	let state = trie::Partial::new(judge, state::PROOF, last.header.state_root, &part.storage_proof);
	let facts = state::read(judge, &state, &claim)?;
	state.demand_minimal(&part.storage_proof)?;
	Ok(OnChain {
		checkpoint,
		set_changes: blocks[..blocks.len() - 1]
			.iter()
			.filter(|block| block.changes_set)
			.map(|block| block.header.number)
			.collect(),
		block: (anchor.block_number, anchor.block_hash),
		made_at: times[covering].1,
		not_before: covering.checked_sub(1).map(|place| times[place]),
		finalised: blocks[covering].finalised(),
		headers: headers.len(),
		state: last.finalised(),
		trie_nodes: part.storage_proof.len(),
		range: claim.range.as_ref().map(Vec::len),
		compared,
		facts,
	})
}

/// The place of the first final block that has the anchor's among its ancestors, or is it. All others must be needed, too.
fn covering(judge: Judge, followed: &Followed, anchor: &AnchorReference) -> Result<usize, Defect> {
	let Followed {
		blocks,
		passed,
		passed_to,
	} = followed;
	if *passed > 0 && (*passed_to >= anchor.block_number || blocks.is_empty()) {
		let found = format!(
			"chain.finality[{}], block {passed_to}, is needed and is not above the checkpoint: a check of this pack needs the chain specification",
			passed - 1
		);
		return Err(Defect::new(Rule::CheckpointAfter, found));
	}
	let covers = |block: &FinalHeader| block.header.number >= anchor.block_number;
	let covering = blocks.iter().position(covers).ok_or_else(|| {
		let last = blocks.last().map_or(0, |block| block.header.number);
		let found = format!(
			"anchor.reference.block_number is {}, but the last block of chain.finality is {last}",
			anchor.block_number
		);
		Defect::new(Rule::AnchorCovered, found)
	})?;
	for (place, block) in blocks.iter().enumerate() {
		let needed = block.changes_set || place == covering || place + 1 == blocks.len();
		judge.demand(Rule::FinalityNeedless, needed, || {
			format!(
				"chain.finality[{}], block {}, proves nothing that the pack needs",
				passed + place,
				block.header.number
			)
		})?;
	}
	Ok(covering)
}

/// Anchor's block → final block, by the hash of its parent that each header holds. No header above block `changes_from` changes the validators.
/// Returns the headers, oldest first.
fn ancestry(
	judge: Judge,
	part: &ChainPart,
	finalised: &Header,
	anchor: &AnchorReference,
	changes_from: BlockNumber,
) -> Result<Vec<Header>, Defect> {
	let expected = (finalised.number - anchor.block_number) as usize;
	let found = part.headers.len();
	if found != expected {
		let found = format!(
			"chain.headers has {found} headers, {expected} are expected from block {} to below block {}",
			anchor.block_number, finalised.number
		);
		return Err(Defect::new(Rule::HeadersCount, found));
	}
	let decode = |(place, bytes): (usize, &Vec<u8>)| decode_exactly(bytes, || format!("chain.headers[{place}]"));
	let headers: Vec<Header> = part.headers.iter().enumerate().map(decode).collect::<Result<_, _>>()?;
	for (place, header) in headers.iter().enumerate() {
		let child = headers.get(place + 1).unwrap_or(finalised);
		let hash = header.hash();
		judge.demand(Rule::HeadersParent, hash == child.parent_hash, || {
			format!(
				"chain.headers[{place}] has hash {}, but the parent of block {} is {}",
				hex::encode(hash),
				child.number,
				hex::encode(child.parent_hash)
			)
		})?;
		judge.demand(
			Rule::HeadersNumber,
			header.number.checked_add(1) == Some(child.number),
			|| {
				format!(
					"chain.headers[{place}] is block {}, but the next one is block {}",
					header.number, child.number
				)
			},
		)?;
		if header.number > changes_from {
			finality::demand_no_change(judge, header, place)?;
		}
	}
	let first = headers.first().unwrap_or(finalised);
	let hash = first.hash();
	judge.demand(
		Rule::AnchorBlock,
		(first.number, hash) == (anchor.block_number, anchor.block_hash),
		|| {
			format!(
				"anchor.reference is in block {} with hash {}, but the headers lead to block {} with hash {}",
				anchor.block_number,
				hex::encode(anchor.block_hash),
				first.number,
				hex::encode(hash)
			)
		},
	)?;
	Ok(headers)
}

/// Compares what is shown with what the verifier knows from elsewhere. Returns the blocks that were found.
fn compare(judge: Judge, shown: &[&Header], known: &[KnownBlock]) -> Result<Vec<BlockNumber>, Defect> {
	let mut compared = Vec::new();
	for block in known {
		let Some(header) = shown.iter().find(|header| header.number == block.number) else {
			continue;
		};
		let hash = header.hash();
		judge.demand(Rule::KnownBlock, hash == block.hash, || {
			format!(
				"block {} has hash {} in the pack, but is known to have {}: they are two histories",
				block.number,
				hex::encode(hash),
				hex::encode(block.hash)
			)
		})?;
		compared.push(block.number);
	}
	Ok(compared)
}

/// The root of a state, for tests against the SDK.
#[cfg(test)]
pub(crate) fn root_of(entries: &alloc::collections::BTreeMap<Vec<u8>, Vec<u8>>) -> [u8; 32] {
	root::of(entries)
}

/// A part of a state, for tests against the SDK.
#[cfg(test)]
pub(crate) fn partial(root: [u8; 32], nodes: &[Vec<u8>]) -> trie::Partial<'_> {
	trie::Partial::new(Judge::default(), state::PROOF, root, nodes)
}
