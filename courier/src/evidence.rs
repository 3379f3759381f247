// SPDX-License-Identifier: Apache-2.0

//! What a node holds to prove a trade record: everything but the proofs over chain state, which the node's client adds.

use crate::{
	api::LaneId,
	chain::Snapshot,
	keys,
	library::{Library, LookupError},
	protocol::{PacketKind, Signature},
	records::{kind, AnchorCut, Delivered, PacketView},
};
use bytes::Bytes;
use codec::{Decode, Encode};
use sealane_primitives::{
	evidence::{self, BatchHeader},
	ids::{AgreementId, AnchorSequence, BlockNumber, ChannelId, Digest, MemberId, NodeId},
	keys::{CourierKey, Purpose},
};
use sealane_verifier::pack::{
	AnchorPart, AnchorReference, BatchPart, EvidencePack, Payload, RecordPart, SignedBy, Step,
};
use std::sync::Arc;

/// The record, and what leads from it to the batch root and on to the anchor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvidenceParts {
	/// The order's bytes.
	pub order: Bytes,
	/// The confirmation's bytes.
	pub confirmation: Bytes,
	/// Clause version stamped on the order.
	pub clause_version: AgreementId,
	/// The channel.
	pub channel: ChannelId,
	/// The seller.
	pub seller: MemberId,
	/// The record's salt.
	pub salt: Digest,
	/// Its leaf.
	pub leaf: Digest,
	/// Index of the leaf in the batch.
	pub index: u32,
	/// Path from the leaf to the batch root.
	pub path: Vec<Digest>,
	/// What both sides signed.
	pub batch: BatchHeader,
	/// The issuer's node's signature.
	pub issuer_signature: Signature,
	/// The key that made it; `None` where the chain lists it no more.
	pub issuer_key: Option<[u8; 32]>,
	/// The seller's node's signature; `None` while it has not come, or where the batch is disputed.
	pub seller_signature: Option<Signature>,
	/// The key that made it.
	pub seller_key: Option<[u8; 32]>,
	/// The anchor of this node, once the batch is in one.
	pub anchor: Option<AnchorParts>,
}

impl EvidenceParts {
	/// The parts as a pack without the chain's own proof; `None` while a signature, or its key, is missing. `block_hash` is the hash of
	/// the block with the anchor; without it the pack has no anchor part.
	pub fn pack(&self, block_hash: Option<Digest>) -> Option<EvidencePack> {
		let signed_by = |node, key, signature| {
			Some(SignedBy {
				node,
				key: key?,
				signature: signature?,
			})
		};
		let record = RecordPart {
			order: Payload(self.order.to_vec()),
			confirmation: Payload(self.confirmation.to_vec()),
			salt: self.salt,
			clause_version: self.clause_version,
			channel: self.channel,
		};
		let batch = BatchPart {
			index: self.index,
			path: self.path.clone(),
			header: self.batch,
			issuer: signed_by(self.batch.issuer_node, self.issuer_key, Some(self.issuer_signature))?,
			seller: signed_by(self.batch.seller_node, self.seller_key, self.seller_signature)?,
		};
		let anchor = self.anchor.as_ref().and_then(|anchor| {
			let (block_number, block_hash) = (anchor.block?, block_hash?);
			let (node, sequence, root) = (anchor.node, anchor.sequence, anchor.root);
			Some(AnchorPart {
				path: Step::path(anchor.count.into(), anchor.index.into(), &anchor.path)?,
				blinding: anchor.blinding,
				reference: AnchorReference {
					node,
					sequence,
					root,
					block_number,
					block_hash,
				},
			})
		});
		Some(EvidencePack::new(record, batch, anchor, None))
	}
}

/// What leads from a batch to an anchor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnchorParts {
	/// This node.
	pub node: NodeId,
	/// Its number of the anchor.
	pub sequence: AnchorSequence,
	/// The anchor's root.
	pub root: Digest,
	/// Blinding of the batch.
	pub blinding: Digest,
	/// Index of the batch in the anchor.
	pub index: u32,
	/// Batches in the anchor.
	pub count: u32,
	/// Path from the blinded batch to the root.
	pub path: Vec<Digest>,
	/// Block with the anchor, once it is final.
	pub block: Option<BlockNumber>,
}

/// The leaf hashes of an answer packet; `None` where an answered order is not there.
pub fn leaves(library: &Library, answers: &PacketView) -> Result<Option<Vec<Digest>>, LookupError> {
	let header = &answers.packet.header;
	let Some(seed) = header.salt_seed else { return Ok(None) };
	let orders = header.lane.opposite();
	let mut leaves = Vec::with_capacity(answers.entries.len());
	let mut last: Option<Arc<PacketView>> = None;
	for (i, entry) in answers.entries.iter().enumerate() {
		let view = match last.take().filter(|v| v.packet.header.sequence == entry.sequence) {
			Some(view) => view,
			None => match library.packet(&orders, entry.sequence)? {
				Some(view) => view,
				None => return Ok(None),
			},
		};
		let (Some(order), Some(answer)) = (view.entry(entry.ordinal), answers.entry(i as u32)) else {
			return Ok(None);
		};
		let salt = evidence::salt(&seed, i as u32);
		let version = view.version_of(entry.ordinal);
		leaves.push(evidence::record_leaf(
			&salt,
			order,
			answer,
			version,
			header.lane.channel,
		));
		last = Some(view);
	}
	Ok(Some(leaves))
}

/// The headers of batches, in order.
pub fn batch_headers(library: &Library, batches: &[(LaneId, u64)]) -> Result<Vec<BatchHeader>, LookupError> {
	let mut headers = Vec::with_capacity(batches.len());
	for (lane, sequence) in batches {
		let Some(view) = library.packet(lane, *sequence)? else {
			continue;
		};
		headers.extend(view.packet.header.batch.as_ref().map(|b| b.header));
	}
	Ok(headers)
}

/// The blinded leaves of an anchor.
pub fn anchor_leaves(headers: &[BatchHeader], blinding_seed: &[u8; 32]) -> Vec<Digest> {
	let blinded = headers.iter().enumerate();
	blinded
		.map(|(i, header)| header.anchor_leaf(&evidence::salt(blinding_seed, i as u32)))
		.collect()
}

/// The countersignature of a batch: in the packet's own record at the seller, in the receipt at the issuer.
pub fn countersignature(library: &Library, view: &PacketView) -> Result<Option<Signature>, LookupError> {
	if view.trailer.countersignature.is_some() {
		return Ok(view.trailer.countersignature);
	}
	let header = &view.packet.header;
	let receipt = library
		.book
		.read()
		.lanes
		.get(&header.lane)
		.and_then(|l| l.receipt_of(header.sequence));
	let Some(position) = receipt else { return Ok(None) };
	let record = library.reader().read(position)?;
	if record.kind != kind::DELIVERED {
		return Ok(None);
	}
	let delivered = Delivered::decode(&mut &record.payload[..]).ok();
	Ok(delivered.and_then(|delivered| delivered.countersignature(header.sequence)))
}

/// Which of a node's listed keys made a signature over a batch, whenever that key was valid.
fn signing_key(snapshot: &Snapshot, node: NodeId, header: &BatchHeader, signature: &Signature) -> Option<[u8; 32]> {
	let partners = snapshot
		.directory
		.channels
		.iter()
		.flat_map(|channel| &channel.partner.nodes);
	let node = partners
		.chain(&snapshot.directory.member.nodes)
		.find(|n| n.id == node)?;
	let message = header.encode();
	let made_it = |key: &&CourierKey| {
		let key = std::slice::from_ref(*key);
		keys::verify(
			key,
			key[0].valid_from,
			Purpose::Batch,
			&header.genesis,
			&message,
			signature,
		)
	};
	node.keys.iter().find(made_it).map(|key| key.signing)
}

/// Collect the evidence for an order: entry `ordinal` of `order`.
pub fn collect(
	library: &Library,
	snapshot: &Snapshot,
	order: &PacketView,
	ordinal: u32,
) -> Result<Option<EvidenceParts>, LookupError> {
	let header = &order.packet.header;
	debug_assert!(matches!(header.kind, PacketKind::Orders | PacketKind::Registrations));
	let Some((answers, index)) = library.answer(&header.lane, header.sequence, ordinal)? else {
		return Ok(None);
	};
	let (Some(order_bytes), Some(confirmation)) = (order.share(ordinal), answers.share(index)) else {
		return Ok(None);
	};
	let (Some(seed), Some(batch)) = (answers.packet.header.salt_seed, answers.packet.header.batch.clone()) else {
		return Ok(None);
	};
	let Some(leaves) = leaves(library, &answers)? else {
		return Ok(None);
	};
	let Some(path) = evidence::proof(&leaves, index as usize) else {
		return Ok(None);
	};
	let seller_signature = countersignature(library, &answers)?;
	Ok(Some(EvidenceParts {
		order: order_bytes,
		confirmation,
		clause_version: order.version_of(ordinal),
		channel: header.lane.channel,
		seller: order.trailer.seller,
		salt: evidence::salt(&seed, index),
		leaf: leaves[index as usize],
		index,
		path,
		batch: batch.header,
		issuer_signature: batch.signature,
		issuer_key: signing_key(snapshot, batch.header.issuer_node, &batch.header, &batch.signature),
		seller_signature,
		seller_key: seller_signature.and_then(|s| signing_key(snapshot, batch.header.seller_node, &batch.header, &s)),
		anchor: anchor(library, snapshot.directory.node, &answers)?,
	}))
}

fn anchor(library: &Library, node: NodeId, answers: &PacketView) -> Result<Option<AnchorParts>, LookupError> {
	let header = &answers.packet.header;
	let batch = (header.lane, header.sequence);
	let (position, block) = {
		let book = library.book.read();
		let Some(slot) = book.slot(&batch.0, batch.1) else {
			return Ok(None);
		};
		let crate::book::BatchMark::Anchored(sequence) = slot.batch else {
			return Ok(None);
		};
		let Some(anchor) = book.anchors.get(&sequence) else {
			return Ok(None);
		};
		(anchor.position, anchor.final_at.and(anchor.block))
	};
	let record = library.reader().read(position)?;
	let Ok(cut) = AnchorCut::decode(&mut &record.payload[..]) else {
		return Ok(None);
	};
	let Some(index) = cut.batches.iter().position(|b| *b == batch) else {
		return Ok(None);
	};
	let headers = batch_headers(library, &cut.batches)?;
	if headers.len() != cut.batches.len() {
		// A packet of another batch was given up in a salvage: no path from what is left leads to the root.
		return Ok(None);
	}
	let leaves = anchor_leaves(&headers, &cut.blinding_seed);
	let Some(path) = evidence::proof(&leaves, index) else {
		return Ok(None);
	};
	Ok(Some(AnchorParts {
		node,
		sequence: cut.sequence,
		root: cut.root,
		blinding: evidence::salt(&cut.blinding_seed, index as u32),
		index: index as u32,
		count: leaves.len() as u32,
		path,
		block,
	}))
}
