// SPDX-License-Identifier: Apache-2.0

//! Asks a running node for what a pack claims of the chain, by the same function that reads a proof.

use crate::{
	chain::{ChainClient, ChainError},
	error::{Error, Result},
};
use sealane_primitives::ids::BlockNumber;
use sealane_verifier::{chain::state, verdict::Facts, EvidencePack};
use std::{cell::RefCell, collections::HashMap};
use subxt::rpcs::rpc_params;

/// What the newest final state of `chain` says of a pack, and the number of its block.
///
/// # Errors
/// [`Error::NotVerified`] where it does not bear the pack out; the node does not answer.
pub async fn ask(pack: &EvidencePack, chain: &ChainClient) -> Result<(Facts, BlockNumber)> {
	let anchor = pack.anchor.as_ref().map(|part| part.reference);
	let anchor =
		anchor.ok_or_else(|| Error::NotVerified("the pack has no anchor yet: nothing to ask of the chain".into()))?;
	let (at_block, at) = chain.final_block().await?;
	if at_block < anchor.block_number {
		return Err(Error::NotVerified(format!(
			"the anchor is in block {}, but the newest final block of {} is {at_block}",
			anchor.block_number,
			chain.url()
		)));
	}
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
	let mut known: HashMap<Vec<u8>, Option<Vec<u8>>> = HashMap::new();
	// Which key comes next depends on what stands under the last one: one more is known after each round.
	loop {
		let wanted = RefCell::new(None);
		let get = |key: &[u8]| match known.get(key) {
			Some(value) => Ok(value.clone()),
			None => {
				wanted.replace(Some(key.to_vec()));
				Err("it is not known yet".to_string())
			}
		};
		let said = state::ask(pack, get);
		match (said, wanted.into_inner()) {
			(Ok((facts, _)), _) => return Ok((facts, at_block)),
			(Err(defect), None) => return Err(Error::NotVerified(format!("{}: {defect}", chain.url()))),
			(Err(_), Some(key)) => {
				let value = storage(chain, &key, &at).await?;
				known.insert(key, value);
			}
		}
	}
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
