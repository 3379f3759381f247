// SPDX-License-Identifier: Apache-2.0

//! What a pack shows by itself: *record → leaf → batch root → both signatures → anchor root*. The chain is not asked.

use crate::{
	pack::{AnchorPart, BatchPart, EvidencePack, RecordPart, SignedBy, FORMAT},
	rules::{Defect, Judge, Rule},
	verdict::{Signer, Verified},
};
use alloc::format;
use sealane_primitives::{
	evidence::{record_leaf, tree, BatchHeader},
	ids::{Digest, NodeId},
	signature,
};

/// Most steps from a batch to an anchor's root.
pub const MAX_STEPS: usize = tree::MAX_PROOF_LEN;

/// Checks all that needs no chain, for the chain with this genesis hash.
pub(crate) fn verify(judge: Judge, pack: &EvidencePack, genesis: &Digest) -> Result<Verified, Defect> {
	let (record, batch, header) = (&pack.record, &pack.batch, &pack.batch.header);
	judge.demand(Rule::Format, pack.format == FORMAT, || {
		format!("format is {:?}, expected {FORMAT:?}", pack.format)
	})?;
	judge.demand(Rule::Genesis, header.genesis == *genesis, || {
		format!(
			"batch.header.genesis is {}, expected {}: it is of another chain",
			hex::encode(header.genesis),
			hex::encode(genesis)
		)
	})?;
	judge.demand(Rule::RecordChannel, record.channel == header.channel, || {
		format!(
			"record.channel is {}, but batch.header.channel is {}",
			record.channel, header.channel
		)
	})?;
	judge.demand(
		Rule::BatchSequences,
		header.first_sequence <= header.last_sequence,
		|| {
			format!(
				"batch.header.last_sequence is {}, below first_sequence {}",
				header.last_sequence, header.first_sequence
			)
		},
	)?;
	judge.demand(Rule::BatchNodes, header.issuer_node != header.seller_node, || {
		format!(
			"batch.header names node {} as the issuer's and as the seller's",
			header.issuer_node
		)
	})?;
	let leaf = batch_root(judge, record, batch)?;
	signed(judge, Signer::Issuer, &batch.issuer, header.issuer_node, header)?;
	signed(judge, Signer::Seller, &batch.seller, header.seller_node, header)?;
	if let Some(anchor) = &pack.anchor {
		anchor_root(judge, anchor, header)?;
	}
	judge.demand(Rule::ChainAlone, pack.anchor.is_some() || pack.chain.is_none(), || {
		"chain is given without an anchor".into()
	})?;
	let checksum = pack.contents_hash();
	judge.demand(Rule::Checksum, checksum == pack.checksum, || {
		format!(
			"checksum is {}, but the contents have {}: some part was changed",
			hex::encode(pack.checksum),
			hex::encode(checksum)
		)
	})?;
	Ok(Verified {
		leaf,
		header: *header,
		issuer: (batch.issuer.node, batch.issuer.key),
		seller: (batch.seller.node, batch.seller.key),
		anchor: pack.anchor.as_ref().map(|part| part.reference),
	})
}

/// Record → batch root. Returns the leaf.
fn batch_root(judge: Judge, record: &RecordPart, batch: &BatchPart) -> Result<Digest, Defect> {
	let leaf = record_leaf(
		&record.salt,
		&record.order.0,
		&record.confirmation.0,
		record.clause_version,
		record.channel,
	);
	let (count, index) = (batch.header.count, batch.index);
	let expected = tree::proof_len(count.into(), index.into());
	judge.demand(Rule::BatchPath, expected == Some(batch.path.len()), || match expected {
		Some(expected) => format!(
			"batch.path has {} hashes, {expected} are expected for place {index} of {count}",
			batch.path.len()
		),
		None => format!("batch.index is {index}, but there are only {count} places"),
	})?;
	let found = tree::root_from_proof(count.into(), index.into(), leaf, &batch.path);
	judge.demand(Rule::BatchRoot, found == Some(batch.header.root), || {
		format!(
			"record and batch.path lead from leaf {} to root {}, but batch.header.root is {}",
			hex::encode(leaf),
			found.map_or_else(|| "none".into(), hex::encode),
			hex::encode(batch.header.root)
		)
	})?;
	Ok(leaf)
}

/// A node's signature over the batch.
fn signed(judge: Judge, signer: Signer, by: &SignedBy, expected: NodeId, header: &BatchHeader) -> Result<(), Defect> {
	let who = signer.as_str();
	judge.demand(Rule::SignerNode, by.node == expected, || {
		format!(
			"batch.{who}.node is {}, but batch.header.{who}_node is {expected}",
			by.node
		)
	})?;
	let rule = match signer {
		Signer::Issuer => Rule::IssuerSignature,
		Signer::Seller => Rule::SellerSignature,
	};
	let digest = header.signing_digest();
	judge.demand(rule, signature::verify(&by.key, &digest, &by.signature), || {
		format!(
			"batch.{who}.signature is not one of node {} with key {} over {}",
			by.node,
			hex::encode(by.key),
			hex::encode(digest)
		)
	})
}

/// Batch → anchor root.
fn anchor_root(judge: Judge, part: &AnchorPart, header: &BatchHeader) -> Result<(), Defect> {
	let reference = &part.reference;
	let (issuer, seller) = (header.issuer_node, header.seller_node);
	judge.demand(Rule::AnchorNode, [issuer, seller].contains(&reference.node), || {
		format!(
			"anchor.reference.node is {}, but the parties are {issuer} (issuer) and {seller} (seller)",
			reference.node
		)
	})?;
	judge.demand(Rule::AnchorPath, part.path.len() <= MAX_STEPS, || {
		format!(
			"anchor.path has {} steps, at most {MAX_STEPS} are possible",
			part.path.len()
		)
	})?;
	let leaf = header.anchor_leaf(&part.blinding);
	let found = part.path.iter().fold(leaf, |hash, step| step.climb(&hash));
	judge.demand(Rule::AnchorRoot, found == reference.root, || {
		format!(
			"batch, anchor.blinding and anchor.path lead from leaf {} to root {}, but anchor.reference.root is {}",
			hex::encode(leaf),
			hex::encode(found),
			hex::encode(reference.root)
		)
	})
}
