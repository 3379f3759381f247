// SPDX-License-Identifier: Apache-2.0

//! The evidence pack of an order: what the courier holds, and what the chain adds.

use crate::{backend::Backend, problem::Failure};
use sealane_courier::evidence::EvidenceParts;
use sealane_primitives::{
	evidence::range::Range,
	ids::{AnchorSequence, BlockNumber, Digest, MemberId},
};
use sealane_sdk::types::ProblemCode;
use sealane_verifier::pack::EvidencePack;

/// The hashes that lead from an anchor of this node to the root of its range, as it stood when that was read; `None` where they are not known.
pub type PathToRange<'a> = &'a dyn Fn(AnchorSequence, &Range) -> Option<Vec<Digest>>;

/// What the chain adds to evidence. The node implements it over its client. May block.
pub trait EvidenceChain: Send + Sync + 'static {
	/// Hash of the final block with this number; `None` where the node does not know it.
	fn block_hash(&self, number: BlockNumber) -> Option<Digest>;

	/// The pack with the chain's own proof of it: that the anchor, the signers' keys, their institutions, the channel, the clauses and the product
	/// are there, from genesis to a justified block. `path` gives the way into the range of this node for an anchor of its own that the state has
	/// no longer by itself. `None` where the node cannot make a proof, for example because it has pruned that state: the pack is then
	/// checked against a live node.
	///
	/// Fails with a text for the log when the proof should be possible and is not.
	fn prove(&self, pack: EvidencePack, path: PathToRange<'_>) -> Result<Option<EvidencePack>, String>;
}

/// The evidence pack of an order, as JSON. May block.
pub(crate) fn of_order(
	backend: &dyn Backend,
	chain: Option<&dyn EvidenceChain>,
	id: &str,
	seller: Option<MemberId>,
) -> Result<String, Failure> {
	let Some(parts) = backend.evidence(id, seller)? else {
		return Err(match backend.order(id, seller)? {
			None => Failure::new(ProblemCode::OrderUnknown, format!("this node holds no order `{id}`")),
			Some(order) => not_ready(format!(
				"order `{id}` is {}; evidence begins with its answer",
				order.stage
			)),
		});
	};
	let pack = assemble(backend, chain, id, parts)?;
	pack.to_json().map_err(|error| {
		Failure::new(
			ProblemCode::Internal,
			format!("the evidence of order `{id}` cannot be written: {error}"),
		)
	})
}

fn assemble(
	backend: &dyn Backend,
	chain: Option<&dyn EvidenceChain>,
	id: &str,
	parts: EvidenceParts,
) -> Result<EvidencePack, Failure> {
	if parts.is_excluded() {
		return Err(not_ready(format!(
			"the seller's node does not agree to the answer of order `{id}`"
		)));
	}
	// The anchor is part of the evidence once it is in a final block that the node knows.
	let block_hash = parts
		.anchor
		.as_ref()
		.and_then(|anchor| chain?.block_hash(anchor.block?));
	let pack = parts
		.pack(block_hash)
		.ok_or_else(|| not_ready(format!("the batch of order `{id}` is not attested by both nodes")))?;
	let (Some(chain), Some(anchor)) = (chain, &pack.anchor) else {
		return Ok(pack);
	};
	let sequence = anchor.reference.sequence;
	let proven = chain.prove(pack.clone(), &|sequence, range| backend.anchor_path(sequence, range));
	let proven = proven.unwrap_or_else(|error| {
		log::warn!("no proof of anchor {sequence} by the chain: {error}");
		None
	});
	Ok(proven.unwrap_or(pack))
}

fn not_ready(detail: String) -> Failure {
	Failure::new(ProblemCode::EvidenceNotReady, detail)
}
