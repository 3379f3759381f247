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
	verdict::{KnownBlock, OnChain, Signer, Verified},
	verify::Start,
};
use alloc::{format, string::String, vec::Vec};
use finality::{FinalHeader, Followed};
use header::decode_exactly;
use sealane_primitives::{
	evidence::FinalBlockRef,
	ids::{BlockNumber, Digest},
};
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
	let way = Way {
		judge,
		blocks,
		covering,
		anchor,
		changes_from,
	};
	let ancestors = way.ancestors(part, &verified.attested)?;
	way.demand_attested(&ancestors, &verified.attested, start.hash())?;

	// Of the final blocks below the anchor's those that stand in `before` are the same.
	let lowest = ancestors.lowest(anchor.block_number);
	let below = blocks[..covering].iter().map(|block| &block.header);
	let below = below.filter(|header| header.number < lowest);
	let after = blocks[covering..].iter().map(|block| &block.header);
	let shown: Vec<&Header> = below
		.chain(ancestors.before.iter().flatten())
		.chain(&ancestors.headers)
		.chain(after)
		.collect();
	let times = slots::times(judge, &shown)?;
	let anchored = times.iter().position(|(number, _)| *number >= anchor.block_number);
	let anchored = anchored.expect("the covering block is shown, which is not below the anchor's; qed");
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
		made_at: times[anchored].1,
		attested: ancestors.before.as_ref().map(|_| {
			verified.attested.map(|block| {
				let time = times.iter().find(|(number, _)| *number == block.number);
				time.map(|(_, time)| *time)
			})
		}),
		not_before: anchored.checked_sub(1).map(|place| times[place]),
		finalised: blocks[covering].finalised(),
		headers: ancestors.headers.len(),
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

/// The headers that hang on a final block, each the parent of the next, oldest first.
struct Ancestors {
	/// From the lower of the blocks that the attestations name to below the anchor's, where the pack has them.
	before: Option<Vec<Header>>,
	/// From the anchor's block to below the final one.
	headers: Vec<Header>,
}

impl Ancestors {
	/// The number of the first of them; that of the anchor's block where they do not begin below it.
	fn lowest(&self, anchor: BlockNumber) -> BlockNumber {
		let first = self.before.iter().flatten().next();
		first.map_or(anchor, |header| header.number)
	}
}

/// From the blocks that the attestations name over the anchor's block to the first final block, by the hash of its parent that each header holds.
struct Way<'a> {
	judge: Judge,
	/// The final blocks.
	blocks: &'a [FinalHeader],
	/// The place of the one that has the anchor's among its ancestors, or is it.
	covering: usize,
	anchor: &'a AnchorReference,
	/// No header above this block changes the validators, unless it is one of `blocks`.
	changes_from: BlockNumber,
}

impl Way<'_> {
	/// The headers of the pack, which lead from the final block down to the anchor's and to those that are `attested`.
	fn ancestors(&self, part: &ChainPart, attested: &[FinalBlockRef; 2]) -> Result<Ancestors, Defect> {
		let finalised = &self.blocks[self.covering].header;
		self.demand_counts(part, attested)?;
		let decode = |name: &str, all: &[Vec<u8>]| -> Result<Vec<Header>, Defect> {
			let decode = |(place, bytes): (usize, &Vec<u8>)| decode_exactly(bytes, || format!("chain.{name}[{place}]"));
			all.iter().enumerate().map(decode).collect()
		};
		let before = part
			.before
			.as_ref()
			.map(|before| decode("before", before))
			.transpose()?;
		let headers = decode("headers", &part.headers)?;
		let first = headers.first().unwrap_or(finalised);
		for (name, headers, after) in [
			("before", before.as_deref().unwrap_or_default(), first),
			("headers", &headers[..], finalised),
		] {
			for (place, header) in headers.iter().enumerate() {
				let child = headers.get(place + 1).unwrap_or(after);
				self.demand_link(&|| format!("chain.{name}[{place}]"), header, child)?;
			}
		}
		let hash = first.hash();
		self.judge.demand(
			Rule::AnchorBlock,
			(first.number, hash) == (self.anchor.block_number, self.anchor.block_hash),
			|| {
				format!(
					"anchor.reference is in block {} with hash {}, but the headers lead to block {} with hash {}",
					self.anchor.block_number,
					hex::encode(self.anchor.block_hash),
					first.number,
					hex::encode(hash)
				)
			},
		)?;
		Ok(Ancestors { before, headers })
	}

	/// That there is one header for each block.
	fn demand_counts(&self, part: &ChainPart, attested: &[FinalBlockRef; 2]) -> Result<(), Defect> {
		let (anchor, finalised) = (self.anchor.block_number, self.blocks[self.covering].header.number);
		let count = |rule, name, found: usize, from: BlockNumber, to: BlockNumber| {
			let expected = to.saturating_sub(from) as usize;
			if found == expected {
				return Ok(());
			}
			let found = format!(
				"chain.{name} has {found} headers, {expected} are expected from block {from} to below block {to}"
			);
			Err(Defect::new(rule, found))
		};
		count(Rule::HeadersCount, "headers", part.headers.len(), anchor, finalised)?;
		let Some(before) = &part.before else { return Ok(()) };
		let [issuer, seller] = attested;
		let lowest = issuer.number.min(seller.number).max(1);
		count(Rule::BeforeCount, "before", before.len(), lowest, anchor)
	}

	/// That one header is the parent of the next, and changes the validators only where a pack may show that.
	fn demand_link(&self, field: &dyn Fn() -> String, header: &Header, child: &Header) -> Result<(), Defect> {
		let hash = header.hash();
		self.judge.demand(Rule::HeadersParent, hash == child.parent_hash, || {
			format!(
				"{} has hash {}, but the parent of block {} is {}",
				field(),
				hex::encode(hash),
				child.number,
				hex::encode(child.parent_hash)
			)
		})?;
		let steps = header.number.checked_add(1) == Some(child.number);
		self.judge.demand(Rule::HeadersNumber, steps, || {
			format!(
				"{} is block {}, but the next one is block {}",
				field(),
				header.number,
				child.number
			)
		})?;
		let followed = self.blocks.iter().find(|block| block.header.number == header.number);
		if let Some(followed) = followed {
			return self.judge.demand(Rule::BeforeFinality, followed.header == *header, || {
				format!(
					"{}, block {}, has hash {}, but in chain.finality it has {}: the final blocks are of two branches",
					field(),
					header.number,
					hex::encode(hash),
					hex::encode(followed.header.hash())
				)
			});
		}
		match header.number > self.changes_from {
			true => {
				finality::demand_no_change(self.judge, header, &|| format!("{}, block {},", field(), header.number))
			}
			false => Ok(()),
		}
	}

	/// That both attestations name a block of this chain, where the headers down to it are shown. One that is not below the anchor's block breaks
	/// another rule.
	fn demand_attested(&self, way: &Ancestors, attested: &[FinalBlockRef; 2], genesis: &Digest) -> Result<(), Defect> {
		let Some(before) = &way.before else { return Ok(()) };
		for (signer, block) in [Signer::Issuer, Signer::Seller].into_iter().zip(attested) {
			let hash = match block.number {
				0 => Some(*genesis),
				number => {
					let header = before.iter().find(|header| header.number == number);
					header.map(Header::hash)
				}
			};
			let Some(hash) = hash else { continue };
			self.judge.demand(Rule::AttestedBlock, hash == block.hash, || {
				format!(
					"batch.{}.block_hash is {}, but block {} has hash {}",
					signer.as_str(),
					hex::encode(block.hash),
					block.number,
					hex::encode(hash)
				)
			})?;
		}
		Ok(())
	}
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
