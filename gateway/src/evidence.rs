// SPDX-License-Identifier: Apache-2.0

//! The evidence pack of an order: what the courier holds, the keys that signed, and what the chain adds.

use crate::{backend::Backend, problem::Failure};
use codec::Encode;
use sealane_courier::{
	evidence::{AnchorParts, EvidenceParts},
	keys,
};
use sealane_primitives::{
	evidence::{
		pack::{AnchorPart, AnchorReference, BatchPart, ChainPart, Payload, RecordPart, SignedBy},
		EvidencePack,
	},
	ids::{BlockNumber, Digest, MemberId, NodeId},
	keys::Purpose,
};
use sealane_sdk::types::{Problem, ProblemCode};

/// What the chain adds to evidence. The node implements it over its client. May block.
pub trait EvidenceChain: Send + Sync + 'static {
	/// Hash of the final block with this number; `None` where the node does not know it.
	fn block_hash(&self, number: BlockNumber) -> Option<Digest>;

	/// The chain's own proof that the anchor and the courier keys of these two nodes (issuer, seller) are there, up to a
	/// finality justification. `None` where the node cannot make one, for example because it has pruned that state:
	/// the pack is then checked against a live node.
	///
	/// Fails with a text for the log when the proof should be possible and is not.
	fn prove(&self, anchor: &AnchorReference, nodes: [NodeId; 2]) -> Result<Option<ChainPart>, String> {
		let _ = (anchor, nodes);
		Ok(None)
	}
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
	let header = parts.batch;
	let Some(seller_signature) = parts.seller_signature else {
		return Err(not_ready(format!(
			"the batch of order `{id}` is not signed by the seller's node"
		)));
	};
	let signed_by = |node: NodeId, signature: [u8; 64]| {
		// Whether a key held at the right time is for the verifier to say; here it is enough to find the one that signed.
		let signed = backend.courier_keys(node).into_iter().find(|key| {
			let message = header.encode();
			keys::verify(
				std::slice::from_ref(key),
				key.valid_from,
				Purpose::Batch,
				&header.genesis,
				&message,
				&signature,
			)
		});
		signed
			.map(|key| SignedBy {
				node,
				key: key.signing,
				signature,
			})
			.ok_or_else(|| {
				let detail = format!("the chain holds no key of node {node} that signed the batch of order `{id}`");
				Failure::from(Problem::new(ProblemCode::EvidenceKeyUnknown, detail))
			})
	};
	let batch = BatchPart {
		index: parts.index,
		path: parts.path,
		issuer: signed_by(header.issuer_node, parts.issuer_signature)?,
		seller: signed_by(header.seller_node, seller_signature)?,
		header,
	};
	let record = RecordPart {
		order: Payload(parts.order.to_vec()),
		confirmation: Payload(parts.confirmation.to_vec()),
		salt: parts.salt,
		clause_version: parts.clause_version,
		channel: parts.channel,
	};
	let anchor = parts.anchor.and_then(|anchor| anchor_part(chain?, anchor));
	let proof = match (chain, &anchor) {
		(Some(chain), Some(anchor)) => {
			let nodes = [batch.issuer.node, batch.seller.node];
			chain.prove(&anchor.reference, nodes).unwrap_or_else(|error| {
				log::warn!("no proof of anchor {} by the chain: {error}", anchor.reference.sequence);
				None
			})
		}
		_ => None,
	};
	Ok(EvidencePack::new(record, batch, anchor, proof))
}

/// The anchor, once it is in a final block that the node knows.
fn anchor_part(chain: &dyn EvidenceChain, anchor: AnchorParts) -> Option<AnchorPart> {
	let block_number = anchor.block?;
	Some(AnchorPart {
		index: anchor.index.into(),
		size: anchor.count.into(),
		path: anchor.path,
		blinding: anchor.blinding,
		reference: AnchorReference {
			node: anchor.node,
			sequence: anchor.sequence,
			root: anchor.root,
			block_number,
			block_hash: chain.block_hash(block_number)?,
		},
	})
}

fn not_ready(detail: String) -> Failure {
	Failure::new(ProblemCode::EvidenceNotReady, detail)
}
