// SPDX-License-Identifier: Apache-2.0

//! What a node holds to prove a trade record: everything but the proofs over chain state, which the node's client adds.

use crate::{
	batches::BatchMark,
	library::{Library, LookupError},
	protocol::PacketKind,
	records::{kind, AnchorCut, Completed, Delivered, PacketView},
};
use codec::Decode;
use sealane_primitives::{
	evidence::{self, Attestation, Core, Side},
	ids::{AgreementId, AnchorSequence, BlockNumber, ChannelId, Digest, MemberId, NodeId},
};
use sealane_verifier::pack::{AnchorPart, AnchorReference, BatchPart, Entry, EvidencePack, RecordPart, Step};
use std::sync::Arc;

/// The record, and what leads from it to the batch root and on to the anchor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvidenceParts {
	/// The order, all parts shown.
	pub order: Entry,
	/// The confirmation, all parts shown.
	pub confirmation: Entry,
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
	/// What both sides attest.
	pub core: Core,
	/// The issuer's attestation: the one in the anchor, once there is one. `None` where the anchor has the other alone.
	pub issuers: Option<Attestation>,
	/// The seller's attestation, likewise; `None` while it has not come, or where the batch is disputed.
	pub sellers: Option<Attestation>,
	/// The anchor of this node, once the batch is in one.
	pub anchor: Option<AnchorParts>,
}

impl EvidenceParts {
	/// Whether a side does not agree to this record.
	pub fn is_excluded(&self) -> bool {
		let halves = [&self.issuers, &self.sellers];
		halves
			.into_iter()
			.flatten()
			.any(|half| half.excluded.contains(self.index))
	}

	/// The parts as a pack without the chain's own proof; `None` while an attestation is missing, or does not agree to this record. `block_hash` is the
	/// hash of the block with the anchor; without it the pack has no anchor part.
	pub fn pack(&self, block_hash: Option<Digest>) -> Option<EvidencePack> {
		if self.is_excluded() {
			return None;
		}
		let record = RecordPart {
			order: self.order.clone(),
			confirmation: self.confirmation.clone(),
			salt: self.salt,
			clause_version: self.clause_version,
			channel: self.channel,
		};
		let batch = BatchPart {
			index: self.index,
			path: self.path.clone(),
			core: self.core,
			issuer: self.issuers.clone()?,
			seller: self.sellers.clone()?,
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
				range: None,
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
		let (Some(order), Some(answer)) = (view.hash_of(entry.ordinal), answers.hash_of(i as u32)) else {
			return Ok(None);
		};
		let salt = evidence::salt(&header.seed, i as u32);
		let version = view.version_of(entry.ordinal);
		leaves.push(evidence::record_leaf(
			&salt,
			&order,
			&answer,
			version,
			header.lane.channel,
		));
		last = Some(view);
	}
	Ok(Some(leaves))
}

/// Both sides' attestations of a batch as they came first: the issuer's, the seller's. The seller's is in the packet's own record at the seller, at the issuer
/// in the receipt, or in a record of its own where it came later.
pub fn attestations(library: &Library, view: &PacketView) -> Result<[Option<Attestation>; 2], LookupError> {
	let issuers = view.packet.attestation.clone();
	if view.trailer.attestation.is_some() {
		return Ok([issuers, view.trailer.attestation.clone()]);
	}
	let header = &view.packet.header;
	let id = (header.lane, header.sequence);
	let (later, receipt) = {
		let book = library.book.read();
		let lane = book.lanes.get(&header.lane);
		let receipt = lane.and_then(|lane| lane.receipt_of(header.sequence));
		(book.batches.given_later(&id), receipt)
	};
	let Some(position) = later.or(receipt) else {
		return Ok([issuers, None]);
	};
	let record = library.reader().read(position)?;
	let payload = &mut &record.payload[..];
	let sellers = match record.kind {
		kind::DELIVERED => Delivered::decode(payload)
			.ok()
			.and_then(|it| it.attestation(header.sequence).cloned()),
		kind::COMPLETED => Completed::decode(payload).ok().map(|it| it.attestation),
		_ => None,
	};
	Ok([issuers, sellers])
}

/// Collect the evidence for an order: entry `ordinal` of `order`.
pub fn collect(
	library: &Library,
	node: NodeId,
	order: &PacketView,
	ordinal: u32,
) -> Result<Option<EvidenceParts>, LookupError> {
	let header = &order.packet.header;
	debug_assert!(matches!(header.kind, PacketKind::Orders | PacketKind::Registrations));
	let Some((answers, index)) = library.answer(&header.lane, header.sequence, ordinal)? else {
		return Ok(None);
	};
	let (Some(order_bytes), Some(confirmation)) = (order.entry(ordinal), answers.entry(index)) else {
		return Ok(None);
	};
	let seed = answers.packet.header.seed;
	let Some(core) = answers.packet.header.core else {
		return Ok(None);
	};
	let Some(leaves) = leaves(library, &answers)? else {
		return Ok(None);
	};
	let Some(path) = evidence::proof(&leaves, index as usize) else {
		return Ok(None);
	};
	let mut attestations = attestations(library, &answers)?;
	let anchor = anchor(library, node, &answers, &mut attestations)?;
	let [issuers, sellers] = attestations;
	Ok(Some(EvidenceParts {
		order: Entry::shown(order_bytes, &order.packet.header.seed, ordinal),
		confirmation: Entry::shown(confirmation, &seed, index),
		clause_version: order.version_of(ordinal),
		channel: header.lane.channel,
		seller: order.trailer.seller,
		salt: evidence::salt(&seed, index),
		leaf: leaves[index as usize],
		index,
		path,
		core,
		issuers,
		sellers,
		anchor,
	}))
}

/// The anchor with a batch. `attestations` become those that are in its leaf.
fn anchor(
	library: &Library,
	node: NodeId,
	answers: &PacketView,
	attestations: &mut [Option<Attestation>; 2],
) -> Result<Option<AnchorParts>, LookupError> {
	let header = &answers.packet.header;
	let id = (header.lane, header.sequence);
	let (position, block) = {
		let book = library.book.read();
		let Some(BatchMark::Anchored(sequence) | BatchMark::AnchoredAlone(sequence)) =
			book.slot(&id.0, id.1).map(|slot| slot.batch)
		else {
			return Ok(None);
		};
		let Some(anchor) = book.batches.anchors.get(&sequence) else {
			return Ok(None);
		};
		(anchor.position, anchor.final_at.and(anchor.block))
	};
	let record = library.reader().read(position)?;
	let Ok(cut) = AnchorCut::decode(&mut &record.payload[..]) else {
		return Ok(None);
	};
	let Some(index) = cut.batches.iter().position(|batch| batch.id() == id) else {
		return Ok(None);
	};
	let leaves: Vec<_> = cut.batches.iter().map(|batch| batch.leaf).collect();
	let Some(path) = evidence::proof(&leaves, index) else {
		return Ok(None);
	};
	for side in Side::BOTH {
		if !cut.batches[index].has(side) {
			attestations[side as usize] = None;
		}
	}
	for (_, renewed) in cut.renewed.iter().filter(|(at, _)| *at as usize == index) {
		attestations[renewed.side as usize] = Some(renewed.clone());
	}
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
