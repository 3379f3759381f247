// SPDX-License-Identifier: Apache-2.0

//! What a pack shows by itself: *record → leaf → batch root → both signatures → anchor root*. The chain is not asked.

use crate::{
	memo::Memo,
	pack::{AnchorPart, BatchPart, EvidencePack, RecordPart, FORMAT},
	rules::{Defect, Judge, Rule},
	verdict::{Signer, Verified},
};
use alloc::format;
use sealane_primitives::{
	evidence::{anchor_leaf, record_leaf, tree},
	ids::Digest,
};

/// Most steps from a batch to an anchor's root.
pub const MAX_STEPS: usize = tree::MAX_PROOF_LEN;

/// Checks all that needs no chain, for the chain with this genesis hash.
pub(crate) fn verify(judge: Judge, pack: &EvidencePack, genesis: &Digest, memo: &Memo) -> Result<Verified, Defect> {
	let (record, batch, core) = (&pack.record, &pack.batch, &pack.batch.core);
	judge.demand(Rule::Format, pack.format == FORMAT, || {
		format!("format is {:?}, expected {FORMAT:?}", pack.format)
	})?;
	judge.demand(Rule::Genesis, core.genesis == *genesis, || {
		format!(
			"batch.core.genesis is {}, expected {}: it is of another chain",
			hex::encode(core.genesis),
			hex::encode(genesis)
		)
	})?;
	judge.demand(Rule::RecordChannel, record.channel == core.channel, || {
		format!(
			"record.channel is {}, but batch.core.channel is {}",
			record.channel, core.channel
		)
	})?;
	judge.demand(Rule::BatchSequences, core.first_sequence <= core.last_sequence, || {
		format!(
			"batch.core.last_sequence is {}, below first_sequence {}",
			core.last_sequence, core.first_sequence
		)
	})?;
	judge.demand(Rule::BatchNodes, core.issuer_node != core.seller_node, || {
		format!(
			"batch.core names node {} as the issuer's and as the seller's",
			core.issuer_node
		)
	})?;
	for (name, entry) in [("order", &record.order), ("confirmation", &record.confirmation)] {
		let fault = entry.fault();
		judge.demand(Rule::RecordParts, fault.is_none(), || {
			format!("record.{name} {}", fault.clone().unwrap_or_default())
		})?;
	}
	let leaf = batch_root(judge, record, batch)?;
	attested(judge, batch, memo)?;
	if let Some(anchor) = &pack.anchor {
		anchor_root(judge, anchor, batch)?;
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
		core: *core,
		attested: [batch.issuer.block, batch.seller.block],
		issuer: (core.issuer_node, batch.issuer.key),
		seller: (core.seller_node, batch.seller.key),
		anchor: pack.anchor.as_ref().map(|part| part.reference),
	})
}

/// Record → batch root. Returns the leaf.
fn batch_root(judge: Judge, record: &RecordPart, batch: &BatchPart) -> Result<Digest, Defect> {
	let leaf = record_leaf(
		&record.salt,
		&record.order.hash(),
		&record.confirmation.hash(),
		record.clause_version,
		record.channel,
	);
	let (count, index) = (batch.core.count, batch.index);
	let expected = tree::proof_len(count.into(), index.into());
	judge.demand(Rule::BatchPath, expected == Some(batch.path.len()), || match expected {
		Some(expected) => format!(
			"batch.path has {} hashes, {expected} are expected for place {index} of {count}",
			batch.path.len()
		),
		None => format!("batch.index is {index}, but there are only {count} places"),
	})?;
	let found = tree::root_from_proof(count.into(), index.into(), leaf, &batch.path);
	judge.demand(Rule::BatchRoot, found == Some(batch.core.root), || {
		format!(
			"record and batch.path lead from leaf {} to root {}, but batch.core.root is {}",
			hex::encode(leaf),
			found.map_or_else(|| "none".into(), hex::encode),
			hex::encode(batch.core.root)
		)
	})?;
	Ok(leaf)
}

/// Both sides' attestations of the batch, and that both agree to the record.
fn attested(judge: Judge, batch: &BatchPart, memo: &Memo) -> Result<(), Defect> {
	let core = &batch.core;
	let sides = [
		(Signer::Issuer, Rule::IssuerSignature, &batch.issuer),
		(Signer::Seller, Rule::SellerSignature, &batch.seller),
	];
	for (signer, _, by) in sides {
		judge.demand(Rule::ExcludedForm, by.excluded.fits(core.count), || {
			format!(
				"batch.{}.excluded names a record beyond the {} of the batch",
				signer.as_str(),
				core.count
			)
		})?;
	}
	for (signer, rule, by) in sides {
		let digest = by.digest(&core.genesis, &core.hash());
		let holds = memo.signature(&[&[by.suite], &by.key, &digest, &by.signature], || {
			by.is_signed(&core.genesis, &core.hash())
		});
		judge.demand(rule, holds, || {
			format!(
				"batch.{}.signature is not one of key {} over {}",
				signer.as_str(),
				hex::encode(by.key),
				hex::encode(digest)
			)
		})?;
	}
	for (signer, _, by) in sides {
		judge.demand(Rule::RecordAgreed, !by.excluded.contains(batch.index), || {
			let who = signer.as_str();
			format!(
				"batch.{who}.excluded names record {}: the {who} does not agree to it",
				batch.index
			)
		})?;
	}
	Ok(())
}

/// Batch → anchor root.
fn anchor_root(judge: Judge, part: &AnchorPart, batch: &BatchPart) -> Result<(), Defect> {
	let (reference, core) = (&part.reference, &batch.core);
	let (issuer, seller) = (core.issuer_node, core.seller_node);
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
	let halves = [&batch.issuer, &batch.seller].map(|half| Some(half.hash()));
	let leaf = anchor_leaf(&core.hash(), halves, &part.blinding);
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
