// SPDX-License-Identifier: Apache-2.0

//! The evidence pack: one file that proves one trade record, offline.

mod entry;
pub(crate) mod hex_text;
pub(crate) mod json;
pub(crate) mod read;
mod text;

pub use entry::Entry;
pub use json::text_field;
pub use text::date_text;

use crate::rules::{Defect, Judge};
use alloc::{
	string::{String, ToString},
	vec::Vec,
};
use codec::Encode;
use core::fmt;
use sealane_primitives::{
	evidence::{entry::Part, tree, Attestation, Core},
	ids::{AgreementId, AnchorSequence, BlockNumber, ChannelId, Digest, NodeId},
};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// Names format and version of a pack.
pub const FORMAT: &str = "sealane-evidence/2";
/// Largest pack that is read, in bytes of JSON.
pub const MAX_PACK_LEN: usize = 16 << 20;
/// Domain tag of a pack's checksum.
pub const PACK_TAG: &[u8] = b"sealane/2/pack";

/// Bytes that are text where they can be: `{"text": "…"}` for UTF-8, else `{"hex": "…"}`.
#[derive(Clone, PartialEq, Eq, Encode)]
pub struct Payload(pub Vec<u8>);

/// Evidence for one trade record. Made by a node, kept by the business, checked by anybody.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Serialize)]
pub struct EvidencePack {
	/// [`FORMAT`].
	pub format: String,
	/// What was traded.
	pub record: RecordPart,
	/// That both nodes signed for it.
	pub batch: BatchPart,
	/// That the chain has it; absent until an anchor with the batch is in a finalised block.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub anchor: Option<AnchorPart>,
	/// What replaces a live node in checking the anchor and the keys.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub chain: Option<ChainPart>,
	/// SHA-256 of [`PACK_TAG`] and the SCALE encoding of all fields before this one. It tells a damaged file from a sound
	/// one; it is no signature.
	#[serde(with = "hex_text")]
	pub checksum: Digest,
}

/// The trade record and what its leaf is made of.
#[derive(Clone, PartialEq, Eq, Encode, Serialize)]
pub struct RecordPart {
	/// The order, byte for byte as it travelled but for what is withheld.
	pub order: Entry,
	/// The confirmation, likewise.
	pub confirmation: Entry,
	/// The record's salt.
	#[serde(with = "hex_text")]
	pub salt: Digest,
	/// The agreement under which the order was checked.
	pub clause_version: AgreementId,
	/// The channel.
	pub channel: ChannelId,
}

/// The record's place in its batch, and both sides' attestations of the batch.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Serialize)]
pub struct BatchPart {
	/// The record's place, from 0.
	pub index: u32,
	/// The hashes from the record's leaf to the batch root, lowest first.
	#[serde(with = "hex_text::list")]
	pub path: Vec<Digest>,
	/// What both sides attest.
	#[serde(with = "text::CoreText")]
	pub core: Core,
	/// The issuer's attestation.
	#[serde(with = "text::attested")]
	pub issuer: Attestation,
	/// The seller's attestation.
	#[serde(with = "text::attested")]
	pub seller: Attestation,
}

/// One step from a leaf towards a root: the hash that stands beside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode)]
pub enum Step {
	/// It stands to the left.
	Left(Digest),
	/// It stands to the right.
	Right(Digest),
}

impl Step {
	/// The steps of an inclusion proof for leaf `index` of a tree of `size` leaves; `None` where it has another length than that place has.
	pub fn path(size: u64, index: u64, proof: &[Digest]) -> Option<Vec<Step>> {
		if tree::proof_len(size, index)? != proof.len() {
			return None;
		}
		let (mut at, mut last) = (index, size - 1);
		let mut steps = Vec::with_capacity(proof.len());
		for sibling in proof {
			if at & 1 == 1 || at == last {
				steps.push(Step::Left(*sibling));
				// A last node without sibling is carried up unchanged.
				while at & 1 == 0 && at != 0 {
					at >>= 1;
					last >>= 1;
				}
			} else {
				steps.push(Step::Right(*sibling));
			}
			at >>= 1;
			last >>= 1;
		}
		Some(steps)
	}

	/// The hash one level up.
	pub fn climb(&self, hash: &Digest) -> Digest {
		match self {
			Step::Left(left) => tree::node(left, hash),
			Step::Right(right) => tree::node(hash, right),
		}
	}
}

/// The batch's way into an anchor.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Serialize)]
pub struct AnchorPart {
	/// The hashes from the batch's leaf to the anchor root, lowest first, each with the side on which it stands. How many batches the anchor
	/// has, and which place this one has, is nothing that a root proves, and is not said.
	pub path: Vec<Step>,
	/// What blinds the batch's leaf.
	#[serde(with = "hex_text")]
	pub blinding: Digest,
	/// Where the chain has the anchor.
	pub reference: AnchorReference,
	/// The hashes from the anchor's leaf to the root of its node's range, lowest first. The chain keeps the last anchors of a node one by
	/// one and all of them as that range: without this the anchor is one of the last in the state that `chain` proves.
	#[codec(skip)]
	#[serde(with = "hex_text::list_if", skip_serializing_if = "Option::is_none")]
	pub range: Option<Vec<Digest>>,
}

/// Names an anchor on the chain. What it claims is true only if the chain says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Serialize)]
pub struct AnchorReference {
	/// The node that anchored: one of the two that signed.
	pub node: NodeId,
	/// The anchor's number.
	pub sequence: AnchorSequence,
	/// Its root.
	#[serde(with = "hex_text")]
	pub root: Digest,
	/// The block in which it was anchored.
	pub block_number: BlockNumber,
	/// That block's hash.
	#[serde(with = "hex_text")]
	pub block_hash: Digest,
}

/// The chain's own proof: what replaces a live node. All bytes are SCALE encodings as the chain's clients make them.
#[derive(Clone, PartialEq, Eq, Encode, Serialize)]
pub struct ChainPart {
	/// Headers from the anchor's block to below the first block of `finality` that is not below it, oldest first; empty where that is the
	/// anchor's block itself.
	#[serde(with = "hex_text::list")]
	pub headers: Vec<Vec<u8>>,
	/// Headers from the lower of the blocks that the two attestations name, or block 1, to below the anchor's block, oldest first. They prove
	/// that both named blocks are of this chain, so that neither attestation is older than its block; without them that is its signer's word.
	#[codec(skip)]
	#[serde(with = "hex_text::list_if", skip_serializing_if = "Option::is_none")]
	pub before: Option<Vec<Vec<u8>>>,
	/// Final blocks from genesis on: each in which the validators changed, the first at the anchor's block or after it, and the one whose state
	/// `storage_proof` reads, which is the last.
	pub finality: Vec<FinalBlock>,
	/// Trie nodes that lead from the state root of the last block of `finality` to the anchor and to the courier keys of both
	/// signers, in the order of their bytes.
	#[serde(with = "hex_text::list")]
	pub storage_proof: Vec<Vec<u8>>,
}

/// A block and the votes that made it final.
#[derive(Clone, PartialEq, Eq, Encode, Serialize)]
pub struct FinalBlock {
	/// Its header.
	#[serde(with = "hex_text")]
	pub header: Vec<u8>,
	/// The GRANDPA justification for it.
	#[serde(with = "hex_text")]
	pub justification: Vec<u8>,
}

impl EvidencePack {
	/// The pack of these parts, with its checksum. It is not verified.
	pub fn new(record: RecordPart, batch: BatchPart, anchor: Option<AnchorPart>, chain: Option<ChainPart>) -> Self {
		let format = FORMAT.to_string();
		let mut pack = EvidencePack {
			format,
			record,
			batch,
			anchor,
			chain,
			checksum: [0; 32],
		};
		pack.checksum = pack.contents_hash();
		pack
	}

	/// The same pack with another chain part.
	pub fn with_chain(self, chain: Option<ChainPart>) -> Self {
		Self::new(self.record, self.batch, self.anchor, chain)
	}

	/// The same record for eyes that need not see everything: order and confirmation without the values of these parts. It verifies as the whole
	/// pack does.
	#[must_use]
	pub fn without(self, parts: &[Part]) -> Self {
		let record = RecordPart {
			order: self.record.order.without(parts),
			confirmation: self.record.confirmation.without(parts),
			..self.record
		};
		Self::new(record, self.batch, self.anchor, self.chain)
	}

	/// The same pack with another way from the anchor into the range of its node; unchanged where it has no anchor.
	pub fn with_range(self, range: Option<Vec<Digest>>) -> Self {
		let anchor = self.anchor.map(|anchor| AnchorPart { range, ..anchor });
		Self::new(self.record, self.batch, anchor, self.chain)
	}

	/// The pack of a JSON text.
	///
	/// # Errors
	/// The first rule of the file's form that is broken.
	pub fn from_json(json: &[u8]) -> Result<Self, Defect> {
		read::pack(Judge::default(), json)
	}

	/// As JSON, indented for people. An error only where the header's business date is beyond year 9999.
	pub fn to_json(&self) -> Result<String, serde_json::Error> {
		serde_json::to_string_pretty(self)
	}

	/// The product that the order names, where it names one.
	pub fn product(&self) -> Option<String> {
		text_field(&self.record.order.bytes.0, "product")
	}

	/// The checksum that belongs to the contents.
	pub(crate) fn contents_hash(&self) -> Digest {
		let mut hash = Sha256::new();
		hash.update(PACK_TAG);
		(&self.format, &self.record, &self.batch, &self.anchor, &self.chain).using_encoded(|bytes| hash.update(bytes));
		// Last, and only where they are there: a pack without them has the checksum that it had before there were any.
		if let Some(range) = self.anchor.as_ref().and_then(|anchor| anchor.range.as_ref()) {
			range.using_encoded(|bytes| hash.update(bytes));
		}
		if let Some(before) = self.chain.as_ref().and_then(|chain| chain.before.as_ref()) {
			before.using_encoded(|bytes| hash.update(bytes));
		}
		hash.finalize().into()
	}
}

/// Debug output shows no payload: it may end up in a log.
impl fmt::Debug for Payload {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{} bytes", self.0.len())
	}
}

/// Neither payload nor salt: with the salt a payload could be guessed.
impl fmt::Debug for RecordPart {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("RecordPart")
			.field("order", &self.order)
			.field("confirmation", &self.confirmation)
			.field("clause_version", &self.clause_version)
			.field("channel", &self.channel)
			.finish_non_exhaustive()
	}
}

impl fmt::Debug for ChainPart {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("ChainPart")
			.field("headers", &self.headers.len())
			.field("before", &self.before.as_ref().map(Vec::len))
			.field("finality", &self.finality)
			.field("storage_proof", &self.storage_proof.len())
			.finish()
	}
}

impl fmt::Debug for FinalBlock {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("FinalBlock")
			.field("header", &hex::encode(&self.header))
			.field("justification", &self.justification.len())
			.finish()
	}
}
