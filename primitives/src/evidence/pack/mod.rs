// SPDX-License-Identifier: Apache-2.0

//! The evidence pack: one file that proves one trade record, offline.

mod defect;
#[cfg(test)]
pub(crate) mod tests;
mod text;

pub use defect::{Defect, Signer};

use super::{
	chain::{self, Genesis, OnChain},
	hex_text,
	leaf::{record_leaf, BatchHeader},
	tree,
};
use crate::{
	ids::{AgreementId, AnchorSequence, BlockNumber, ChannelId, Digest, NodeId},
	signature,
};
use codec::Encode;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// Names format and version of a pack.
pub const FORMAT: &str = "sealane-evidence/1";
/// Largest pack that is read, in bytes of JSON.
pub const MAX_PACK_LEN: usize = 16 << 20;
/// Domain tag of a pack's checksum.
pub const PACK_TAG: &[u8] = b"sealane/1/pack";

/// Bytes that are text where they can be: `{"text": "…"}` for UTF-8, else `{"hex": "…"}`.
#[derive(Clone, PartialEq, Eq, Encode)]
pub struct Payload(pub Vec<u8>);

/// Evidence for one trade record. Made by a node, kept by the business, checked by anybody.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidencePack {
	/// [`FORMAT`].
	pub format: String,
	/// What was traded.
	pub record: RecordPart,
	/// That both nodes signed for it.
	pub batch: BatchPart,
	/// That the chain has it; absent until an anchor with the batch is in a finalised block.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub anchor: Option<AnchorPart>,
	/// What replaces a live node in checking the anchor and the keys.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub chain: Option<ChainPart>,
	/// SHA-256 of [`PACK_TAG`] and the SCALE encoding of all fields before this one. It tells a damaged file from a sound
	/// one; it is no signature.
	#[serde(with = "hex_text")]
	pub checksum: Digest,
}

/// The trade record and what its leaf is made of.
#[derive(Clone, PartialEq, Eq, Encode, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordPart {
	/// The order, byte for byte as it travelled.
	pub order: Payload,
	/// The confirmation, byte for byte as it travelled.
	pub confirmation: Payload,
	/// The record's salt.
	#[serde(with = "hex_text")]
	pub salt: Digest,
	/// The agreement under which the order was checked.
	pub clause_version: AgreementId,
	/// The channel.
	pub channel: ChannelId,
}

/// The record's place in its batch, and the signatures over the batch.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchPart {
	/// The record's place, from 0.
	pub index: u32,
	/// The hashes from the record's leaf to the batch root, lowest first.
	#[serde(with = "hex_text::list")]
	pub path: Vec<Digest>,
	/// What was signed.
	#[serde(with = "text::HeaderText")]
	pub header: BatchHeader,
	/// The issuer's node.
	pub issuer: SignedBy,
	/// The seller's node.
	pub seller: SignedBy,
}

/// A node's signature over a batch header.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedBy {
	/// The node.
	pub node: NodeId,
	/// Its courier signing key, Ed25519.
	#[serde(with = "hex_text")]
	pub key: [u8; 32],
	/// The signature (RFC 8032) over [`BatchHeader::signing_digest`].
	#[serde(with = "hex_text")]
	pub signature: [u8; 64],
}

/// The batch's place in an anchor.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnchorPart {
	/// The batch's place among the batches of the anchor, from 0.
	pub index: u64,
	/// Batches in the anchor.
	pub size: u64,
	/// The hashes from the batch's leaf to the anchor root, lowest first.
	#[serde(with = "hex_text::list")]
	pub path: Vec<Digest>,
	/// What blinds the batch's leaf.
	#[serde(with = "hex_text")]
	pub blinding: Digest,
	/// Where the chain has the anchor.
	pub reference: AnchorReference,
}

/// Names an anchor on the chain. What it claims is true only if the chain says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
#[derive(Clone, PartialEq, Eq, Encode, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChainPart {
	/// Headers from the anchor's block to below the first block of `finality` that is not below it, oldest first; empty where that is the
	/// anchor's block itself.
	#[serde(with = "hex_text::list")]
	pub headers: Vec<Vec<u8>>,
	/// Final blocks from genesis on: each in which the validators changed, the first at the anchor's block or after it, and the one whose state
	/// `storage_proof` reads, which is the last.
	pub finality: Vec<FinalBlock>,
	/// Trie nodes that lead from the state root of the last block of `finality` to the anchor and to the courier keys of both
	/// signers, in the order of their bytes.
	#[serde(with = "hex_text::list")]
	pub storage_proof: Vec<Vec<u8>>,
}

/// A block and the votes that made it final.
#[derive(Clone, PartialEq, Eq, Encode, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FinalBlock {
	/// Its header.
	#[serde(with = "hex_text")]
	pub header: Vec<u8>,
	/// The GRANDPA justification for it.
	#[serde(with = "hex_text")]
	pub justification: Vec<u8>,
}

/// What a sound pack shows by itself, and what remains to be asked of the chain: that `anchor` is there with that root, and that the keys were
/// those of the nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
	/// Leaf of the trade record.
	pub leaf: Digest,
	/// What both nodes signed.
	pub header: BatchHeader,
	/// The issuer's node and its key.
	pub issuer: (NodeId, [u8; 32]),
	/// The seller's node and its key.
	pub seller: (NodeId, [u8; 32]),
	/// The anchor whose root covers the record; `None` where the pack has no anchor part.
	pub anchor: Option<AnchorReference>,
}

/// Why bytes are no pack at all.
#[derive(Debug)]
pub enum Unreadable {
	/// More than [`MAX_PACK_LEN`] bytes.
	TooLong(usize),
	/// Not the JSON form.
	Json(serde_json::Error),
}

impl fmt::Display for Unreadable {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Unreadable::TooLong(len) => write!(f, "the pack has {len} bytes, at most {MAX_PACK_LEN} are read"),
			Unreadable::Json(error) => write!(f, "not an evidence pack: {error}"),
		}
	}
}

impl std::error::Error for Unreadable {}

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

	/// The pack of a JSON text.
	pub fn from_json(json: &[u8]) -> Result<Self, Unreadable> {
		if json.len() > MAX_PACK_LEN {
			return Err(Unreadable::TooLong(json.len()));
		}
		serde_json::from_slice(json).map_err(Unreadable::Json)
	}

	/// As JSON, indented for people. An error only where the header's business date is beyond year 9999.
	pub fn to_json(&self) -> Result<String, serde_json::Error> {
		serde_json::to_string_pretty(self)
	}

	/// The checksum that belongs to the contents.
	fn contents_hash(&self) -> Digest {
		let mut hash = Sha256::new();
		hash.update(PACK_TAG);
		(&self.format, &self.record, &self.batch, &self.anchor, &self.chain).using_encoded(|bytes| hash.update(bytes));
		hash.finalize().into()
	}

	/// Checks all that needs no chain: record → leaf → batch root → both signatures → anchor root, and that nothing else was changed. Returns what
	/// remains to be asked of the chain with that genesis hash; `Err` names the first defect.
	pub fn verify_local(&self, genesis: &Digest) -> Result<Verified, Defect> {
		if self.format != FORMAT {
			return Err(Defect::Format {
				found: self.format.clone(),
			});
		}
		let (record, batch, header) = (&self.record, &self.batch, &self.batch.header);
		if header.genesis != *genesis {
			return Err(Defect::Genesis {
				expected: *genesis,
				found: header.genesis,
			});
		}
		if record.channel != header.channel {
			return Err(Defect::Channel {
				expected: header.channel,
				found: record.channel,
			});
		}
		if header.last_sequence < header.first_sequence {
			return Err(Defect::Sequences {
				first: header.first_sequence,
				last: header.last_sequence,
			});
		}
		let leaf = verify_record(record, batch)?;
		verify_signature(Signer::Issuer, &batch.issuer, header.issuer_node, header)?;
		verify_signature(Signer::Seller, &batch.seller, header.seller_node, header)?;
		match (&self.anchor, &self.chain) {
			(Some(anchor), _) => verify_anchor(anchor, header)?,
			(None, Some(_)) => return Err(Defect::ChainWithoutAnchor),
			(None, None) => {}
		}
		let checksum = self.contents_hash();
		if checksum != self.checksum {
			return Err(Defect::Checksum {
				expected: checksum,
				found: self.checksum,
			});
		}
		Ok(Verified {
			leaf,
			header: *header,
			issuer: (batch.issuer.node, batch.issuer.key),
			seller: (batch.seller.node, batch.seller.key),
			anchor: self.anchor.as_ref().map(|part| part.reference),
		})
	}

	/// Checks the whole pack against the chain that began with `genesis`, and asks no node. Returns what is proven; `Err` names the first
	/// defect, a pack without anchor or chain part among them.
	pub fn verify_offline(&self, genesis: &Genesis) -> Result<(Verified, OnChain), Defect> {
		let verified = self.verify_local(&genesis.hash)?;
		let anchor = verified.anchor.ok_or(Defect::NoAnchor)?;
		let part = self.chain.as_ref().ok_or(Defect::NoChain)?;
		let on_chain = chain::verify(part, genesis, &verified, &anchor)?;
		Ok((verified, on_chain))
	}
}

/// Record → batch root. Returns the leaf.
fn verify_record(record: &RecordPart, batch: &BatchPart) -> Result<Digest, Defect> {
	let RecordPart {
		order,
		confirmation,
		salt,
		clause_version,
		channel,
	} = record;
	let leaf = record_leaf(salt, &order.0, &confirmation.0, *clause_version, *channel);
	let (count, index, header) = (batch.header.count, batch.index, &batch.header);
	let found = tree::root_from_proof(count.into(), index.into(), leaf, &batch.path).ok_or_else(|| {
		let expected = tree::proof_len(count.into(), index.into());
		Defect::BatchPath {
			index,
			count,
			length: batch.path.len(),
			expected,
		}
	})?;
	if found != header.root {
		return Err(Defect::BatchRoot {
			leaf,
			expected: header.root,
			found,
		});
	}
	Ok(leaf)
}

/// Batch → anchor root.
fn verify_anchor(part: &AnchorPart, header: &BatchHeader) -> Result<(), Defect> {
	let AnchorPart {
		index,
		size,
		path,
		blinding,
		reference,
	} = part;
	if reference.node != header.issuer_node && reference.node != header.seller_node {
		return Err(Defect::AnchorNode {
			found: reference.node,
			issuer: header.issuer_node,
			seller: header.seller_node,
		});
	}
	let leaf = header.anchor_leaf(blinding);
	let found = tree::root_from_proof(*size, *index, leaf, path).ok_or_else(|| {
		let expected = tree::proof_len(*size, *index);
		Defect::AnchorPath {
			index: *index,
			size: *size,
			length: path.len(),
			expected,
		}
	})?;
	if found != reference.root {
		return Err(Defect::AnchorRoot {
			leaf,
			expected: reference.root,
			found,
		});
	}
	Ok(())
}

fn verify_signature(signer: Signer, by: &SignedBy, expected: NodeId, header: &BatchHeader) -> Result<(), Defect> {
	if by.node != expected {
		return Err(Defect::SignerNode {
			signer,
			expected,
			found: by.node,
		});
	}
	let digest = header.signing_digest();
	if !signature::verify(&by.key, &digest, &by.signature) {
		return Err(Defect::Signature {
			signer,
			node: by.node,
			key: by.key,
			digest,
		});
	}
	Ok(())
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
