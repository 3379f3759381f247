// SPDX-License-Identifier: Apache-2.0

//! The two things on this chain that need root, reached through the whitelist: an upgrade of the runtime, and telling finality that it
//! stands still for good.

use super::{Arg, Call, ChainClient, ChainError};
use codec::Compact;
use sealane_primitives::ids::BlockNumber;
use sp_crypto_hashing::blake2_256;

/// Weight that the dispatch may take: half a block, which is more than replacing the code takes and less than
/// the scheduler may use of a block.
const WITNESS_REF_TIME: u64 = 500_000_000_000;
/// The chain does not limit the size of proofs; this only has to be enough.
const WITNESS_PROOF_SIZE: u64 = 10_000_000;

/// The two steps to a call with root.
#[derive(Clone, Debug)]
pub struct RootCall {
	/// Puts the call on chain as a preimage, for everybody to look at: signed by a council member.
	pub note: Call,
	/// Whitelists it and schedules its dispatch with root: for a motion of two thirds of the council.
	pub motion: Call,
}

/// Prepares the upgrade to `code` (the runtime's wasm) in block `when`.
///
/// # Errors
/// The runtime does not fit, or the node does not answer.
pub async fn upgrade(chain: &ChainClient, code: Vec<u8>, when: BlockNumber) -> Result<RootCall, ChainError> {
	let set_code = chain.call("System", "set_code", &[Arg::new("code", &code)]).await?;
	with_root(
		chain,
		&set_code,
		when,
		format!("upgrade of the runtime in block {when}"),
	)
	.await
}

/// Prepares the way out of a standstill of finality, in block `when`: with the end of the session in which it runs, the validators of
/// then take over `delay` blocks later, and vote from `finalised` on, the highest block that any of them knows to be final.
///
/// # Errors
/// The runtime does not fit, or the node does not answer.
pub async fn restore_finality(
	chain: &ChainClient,
	delay: BlockNumber,
	finalised: BlockNumber,
	when: BlockNumber,
) -> Result<RootCall, ChainError> {
	let args = [
		Arg::new("delay", &delay),
		Arg::new("best_finalized_block_number", &finalised),
	];
	let stalled = chain.call("Grandpa", "note_stalled", &args).await?;
	let name = format!("finality by the present validators, from block {finalised} on, in block {when}");
	with_root(chain, &stalled, when, name).await
}

async fn with_root(chain: &ChainClient, call: &Call, when: BlockNumber, name: String) -> Result<RootCall, ChainError> {
	let hash = blake2_256(&call.bytes);
	let length = call.bytes.len() as u32;
	let note = chain
		.call("Preimage", "note_preimage", &[Arg::new("bytes", &call.bytes)])
		.await?;
	let whitelist = chain
		.call("Whitelist", "whitelist_call", &[Arg::new("call_hash", &hash)])
		.await?;
	let witness = (Compact(WITNESS_REF_TIME), Compact(WITNESS_PROOF_SIZE));
	let dispatch = chain
		.call(
			"Whitelist",
			"dispatch_whitelisted_call",
			&[
				Arg::new("call_hash", &hash),
				Arg::new("call_encoded_len", &length),
				Arg::new("call_weight_witness", &witness),
			],
		)
		.await?;
	let schedule = chain
		.call(
			"Scheduler",
			"schedule",
			&[
				Arg::new("when", &when),
				Arg::new("maybe_periodic", &Option::<(BlockNumber, u32)>::None),
				Arg::new("priority", &0u8),
				dispatch.as_arg("call"),
			],
		)
		.await?;
	let mut motion = chain.batch(&[whitelist, schedule]).await?;
	motion.name = name;
	motion.behind = vec![call.bytes.clone()];
	Ok(RootCall { note, motion })
}
