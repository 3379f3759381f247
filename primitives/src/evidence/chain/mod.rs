// SPDX-License-Identifier: Apache-2.0

//! The chain's part of a pack, checked from the chain specification alone: *genesis → validator sets → final blocks → state → anchor and
//! keys*. No node is asked.
//!
//! [`Genesis`] is what is trusted, [`finality`](follow) carries it to a final block, [`state`] reads that block's state. Hashes,
//! signatures and tries are those of the SDK's own crates.

mod defect;
mod finality;
mod genesis;
#[cfg(test)]
mod sample;
pub mod state;
#[cfg(test)]
mod tests;

pub use defect::{ChainDefect, VoteFault};
pub use finality::{enacted_by, follow, FinalHeader};
pub use genesis::{Genesis, SpecError};

use super::pack::{AnchorReference, ChainPart, Signer, Verified};
use crate::{
	clauses::{Timestamp, UtcOffset},
	ids::{BlockNumber, Digest},
	keys::CourierKey,
};
use codec::{Decode, DecodeAll, Encode};
use sp_consensus_grandpa::SetId;
use sp_runtime::{generic, traits::BlakeTwo256, DigestItem};

/// A block's header.
pub type Header = generic::Header<BlockNumber, BlakeTwo256>;

/// Length of a slot in milliseconds: an author may make one block in each, and the header says in which.
pub const SLOT_MS: u64 = 2_000;
/// Names the slot in a header: the engine of `sp-consensus-aura`.
const AURA: sp_runtime::ConsensusEngineId = *b"aura";
/// Most headers between the anchor's block and the first justified block, in a pack that a node makes.
pub const MAX_HEADERS: u32 = 4_096;

/// A block that the validators made final.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finalised {
	/// Its number.
	pub number: BlockNumber,
	/// Its hash.
	pub hash: Digest,
	/// The validator set that voted, counted from genesis.
	pub set: SetId,
	/// How many validators voted for it.
	pub votes: usize,
	/// How many there were.
	pub validators: usize,
}

/// What the chain's own proof shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnChain {
	/// Blocks in which the validator set changed, on the way from genesis.
	pub set_changes: Vec<BlockNumber>,
	/// The block of the anchor.
	pub block: (BlockNumber, Digest),
	/// When that block was made, as all validators had to agree; `None` where its header names no slot.
	pub made_at: Option<Timestamp>,
	/// The final block that has the anchor's among its ancestors, or is it.
	pub finalised: Finalised,
	/// Headers from the anchor's block up to that one.
	pub headers: usize,
	/// The final block whose state was read.
	pub state: Finalised,
	/// Trie nodes that were read.
	pub trie_nodes: usize,
	/// The issuer's keys as the chain holds them.
	pub issuer: CourierKey,
	/// The seller's keys as the chain holds them.
	pub seller: CourierKey,
}

/// Checks the chain's part against the chain that began with `genesis`. `verified` is what the rest of the pack showed, `anchor` what it claims of
/// the chain. Returns what is proven; `Err` names the first defect.
pub fn verify(
	part: &ChainPart,
	genesis: &Genesis,
	verified: &Verified,
	anchor: &AnchorReference,
) -> Result<OnChain, ChainDefect> {
	let blocks = follow(genesis, &part.finality)?;
	let last = blocks.last().ok_or(ChainDefect::NoFinalBlock)?;
	let covering = blocks
		.iter()
		.position(|block| block.header.number >= anchor.block_number)
		.ok_or(ChainDefect::AnchorNotCovered {
			anchored: anchor.block_number,
			last: last.header.number,
		})?;
	let needless =
		|&(place, block): &(usize, &FinalHeader)| !block.changes_set && place != covering && place + 1 != blocks.len();
	if let Some((place, block)) = blocks.iter().enumerate().find(needless) {
		return Err(ChainDefect::NeedlessFinalBlock {
			place,
			number: block.header.number,
		});
	}
	let made_at = ancestry(&part.headers, &blocks[covering], anchor)?;
	let [issuer, seller] = state::read(
		last.header.state_root,
		&part.storage_proof,
		anchor,
		[(Signer::Issuer, verified.issuer), (Signer::Seller, verified.seller)],
	)?;
	Ok(OnChain {
		set_changes: blocks[..blocks.len() - 1]
			.iter()
			.filter(|block| block.changes_set)
			.map(|block| block.header.number)
			.collect(),
		block: (anchor.block_number, anchor.block_hash),
		made_at,
		finalised: blocks[covering].finalised(),
		headers: part.headers.len(),
		state: last.finalised(),
		trie_nodes: part.storage_proof.len(),
		issuer,
		seller,
	})
}

/// Anchor's block → final block, by the hash of its parent that each header holds. Returns when the anchor's block was made.
fn ancestry(
	headers: &[Vec<u8>],
	finalised: &FinalHeader,
	anchor: &AnchorReference,
) -> Result<Option<Timestamp>, ChainDefect> {
	let expected = (finalised.header.number - anchor.block_number) as usize;
	if headers.len() != expected {
		return Err(ChainDefect::HeaderCount {
			found: headers.len(),
			expected,
			anchored: anchor.block_number,
			finalised: finalised.header.number,
		});
	}
	let mut child = finalised.header.clone();
	for (place, bytes) in headers.iter().enumerate().rev() {
		let header: Header = decode_exactly(bytes, || format!("chain.headers[{place}]"))?;
		if header.hash() != child.parent_hash {
			return Err(ChainDefect::HeaderParent {
				place,
				found: header.hash().into(),
				child: child.number,
				expected: child.parent_hash.into(),
			});
		}
		child = header;
	}
	// The number is that of the anchor: each header is one below its child, or the validators would not have taken the child.
	let found: Digest = child.hash().into();
	if child.number != anchor.block_number || found != anchor.block_hash {
		return Err(ChainDefect::AnchorBlock {
			expected: (child.number, found),
			found: (anchor.block_number, anchor.block_hash),
		});
	}
	Ok(slot_of(&child).and_then(|slot| Timestamp::new(slot.checked_mul(SLOT_MS)?, UtcOffset::UTC).ok()))
}

/// The slot in which a block's author made it.
fn slot_of(header: &Header) -> Option<u64> {
	header.digest.logs.iter().find_map(|log| match log {
		DigestItem::PreRuntime(AURA, bytes) => u64::decode_all(&mut &bytes[..]).ok(),
		_ => None,
	})
}

/// A value whose encoding is all of `bytes`, in the one spelling that it has.
fn decode_exactly<T: Decode + Encode>(bytes: &[u8], field: impl FnOnce() -> String) -> Result<T, ChainDefect> {
	let fault = match T::decode_all(&mut &bytes[..]) {
		Ok(value) if value.encode() == bytes => return Ok(value),
		Ok(_) => "not its canonical encoding".to_string(),
		Err(error) => error.to_string(),
	};
	Err(ChainDefect::Encoding { field: field(), fault })
}
