// SPDX-License-Identifier: Apache-2.0

//! Asks a running node for what a pack claims of the chain, by the same function that reads a proof.

use crate::{
	chain::{ChainClient, ChainError},
	error::{Error, Result},
};
use sealane_primitives::ids::BlockNumber;
use sealane_verifier::{
	chain::{keys, state},
	verdict::{Facts, KnownBlock},
	EvidencePack,
};
use std::{cell::RefCell, collections::HashMap};
use subxt::rpcs::rpc_params;

/// What a node says of a pack.
pub struct Asked {
	/// What the chain says of the parties and the terms.
	pub facts: Facts,
	/// Number of the block in whose state it stands: the newest final one.
	pub at_block: BlockNumber,
	/// Number of the block in whose state the pack shows its anchor; `None` where the pack shows none, and the newest final one has it.
	pub anchored_at: Option<BlockNumber>,
}

/// What the newest final state of `chain` says of a pack. A state has the last anchors of a node one by one and the others in a range that
/// grows on: so the anchor is looked up in the state that the pack shows, of a block that `chain` must have.
///
/// # Errors
/// [`Error::NotVerified`] where it does not bear the pack out; the node does not answer.
pub async fn ask(pack: &EvidencePack, chain: &ChainClient) -> Result<Asked> {
	let refused = |defect| Error::NotVerified(format!("{}: {defect}", chain.url()));
	let anchor = pack.anchor.as_ref().map(|part| part.reference);
	let anchor =
		anchor.ok_or_else(|| Error::NotVerified("the pack has no anchor yet: nothing to ask of the chain".into()))?;
	let (at_block, at) = chain.final_block().await?;
	let shown = state::Shown::of(pack).map_err(refused)?;
	let anchored = KnownBlock {
		number: anchor.block_number,
		hash: anchor.block_hash,
	};
	demand(chain, at_block, "anchor.reference.block_hash", &anchored).await?;
	for (field, named) in [
		("batch.issuer.block_hash", pack.batch.issuer.block),
		("batch.seller.block_hash", pack.batch.seller.block),
	] {
		let block = KnownBlock {
			number: named.number,
			hash: named.hash,
		};
		demand(chain, at_block, field, &block).await?;
	}
	if let Some(shown) = &shown {
		demand(
			chain,
			at_block,
			"the hash of the last block of chain.finality",
			&shown.block,
		)
		.await?;
	}
	let of_anchor = [keys::anchor(anchor.node, anchor.sequence), keys::range(anchor.node)];
	let mut known: HashMap<Vec<u8>, Option<Vec<u8>>> = HashMap::new();
	// Which key comes next depends on what stands under the last one: one more is known after each round.
	loop {
		let wanted = RefCell::new(None);
		let get = |key: &[u8]| match (&shown, known.get(key)) {
			(Some(shown), _) if of_anchor.iter().any(|own| own == key) => shown.get(key).map_err(|defect| defect.found),
			(_, Some(value)) => Ok(value.clone()),
			(_, None) => {
				wanted.replace(Some(key.to_vec()));
				Err("it is not known yet".to_string())
			}
		};
		let said = state::ask(pack, get);
		match (said, wanted.into_inner()) {
			(Ok((facts, _)), _) => {
				return Ok(Asked {
					facts,
					at_block,
					anchored_at: shown.map(|shown| shown.block.number),
				})
			}
			(Err(defect), None) => return Err(refused(defect)),
			(Err(_), Some(key)) => {
				let value = storage(chain, &key, &at).await?;
				known.insert(key, value);
			}
		}
	}
}

/// That the chain, whose newest final block is `newest`, has this block.
async fn demand(chain: &ChainClient, newest: BlockNumber, field: &str, block: &KnownBlock) -> Result<()> {
	if newest < block.number {
		return Err(Error::NotVerified(format!(
			"{field} is that of block {}, but the newest final block of {} is {newest}",
			block.number,
			chain.url()
		)));
	}
	let hash = chain.block_hash(block.number).await?;
	if hash != Some(block.hash) {
		return Err(Error::NotVerified(format!(
			"{field} is {}, but block {} of {} has {}",
			hex::encode(block.hash),
			block.number,
			chain.url(),
			hash.map_or_else(|| "no hash there".into(), hex::encode)
		)));
	}
	Ok(())
}

/// The bytes under a key in the state of block `at`.
async fn storage(chain: &ChainClient, key: &[u8], at: &[u8; 32]) -> Result<Option<Vec<u8>>> {
	let hex = |bytes: &[u8]| format!("0x{}", hex::encode(bytes));
	let value: Option<String> = chain
		.request("state_getStorage", rpc_params![hex(key), hex(at)])
		.await?;
	value
		.map(|text| {
			hex::decode(text.trim_start_matches("0x"))
				.map_err(|e| ChainError::Mismatch(format!("state_getStorage: {e}")).into())
		})
		.transpose()
}
