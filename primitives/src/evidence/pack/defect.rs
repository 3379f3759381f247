// SPDX-License-Identifier: Apache-2.0

//! What can be wrong with a pack.

use super::FORMAT;
use crate::{
	evidence::chain::ChainDefect,
	ids::{ChannelId, Digest, NodeId},
};
use std::fmt;

/// One of the two signers of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signer {
	/// The issuer's node.
	Issuer,
	/// The seller's node.
	Seller,
}

impl Signer {
	/// `issuer` or `seller`, as the pack's fields are called.
	pub const fn as_str(self) -> &'static str {
		match self {
			Signer::Issuer => "issuer",
			Signer::Seller => "seller",
		}
	}
}

/// The first thing that is wrong with a pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Defect {
	/// Another format or version.
	Format {
		/// The format found.
		found: String,
	},
	/// The batch belongs to another chain.
	Genesis {
		/// The genesis hash of the chain that was asked about.
		expected: Digest,
		/// The genesis hash in the batch header.
		found: Digest,
	},
	/// The record names another channel than the batch.
	Channel {
		/// The batch header's channel.
		expected: ChannelId,
		/// The record's channel.
		found: ChannelId,
	},
	/// The packets of the batch end before they begin.
	Sequences {
		/// First packet.
		first: u64,
		/// Last packet.
		last: u64,
	},
	/// The record's place is not in the batch, or the path has another length than that place has.
	BatchPath {
		/// The record's place.
		index: u32,
		/// Records in the batch.
		count: u32,
		/// Hashes in the path.
		length: usize,
		/// Hashes that it must have; `None` where there is no such place.
		expected: Option<usize>,
	},
	/// Record and path lead to another root than the one that was signed.
	BatchRoot {
		/// The record's leaf.
		leaf: Digest,
		/// The root in the batch header.
		expected: Digest,
		/// The root that record and path lead to.
		found: Digest,
	},
	/// A signature is said to be of another node than the one that the header names.
	SignerNode {
		/// Whose.
		signer: Signer,
		/// The node in the batch header.
		expected: NodeId,
		/// The node of the signature.
		found: NodeId,
	},
	/// A signature is not one of this key over the batch header.
	Signature {
		/// Whose.
		signer: Signer,
		/// The node.
		node: NodeId,
		/// The key.
		key: [u8; 32],
		/// What must have been signed.
		digest: Digest,
	},
	/// The anchor is of a node that is no party of the batch.
	AnchorNode {
		/// The node of the anchor.
		found: NodeId,
		/// The issuer's node.
		issuer: NodeId,
		/// The seller's node.
		seller: NodeId,
	},
	/// The batch's place is not in the anchor, or the path has another length than that place has.
	AnchorPath {
		/// The batch's place.
		index: u64,
		/// Batches in the anchor.
		size: u64,
		/// Hashes in the path.
		length: usize,
		/// Hashes that it must have; `None` where there is no such place.
		expected: Option<usize>,
	},
	/// Batch, blinding and path lead to another root than the anchor's.
	AnchorRoot {
		/// The batch's leaf.
		leaf: Digest,
		/// The anchor's root.
		expected: Digest,
		/// The root that batch, blinding and path lead to.
		found: Digest,
	},
	/// A chain part without an anchor that it could prove.
	ChainWithoutAnchor,
	/// All that is proven is sound, but some other part was changed since the pack was made.
	Checksum {
		/// The checksum of the pack's contents.
		expected: Digest,
		/// The checksum in the pack.
		found: Digest,
	},
	/// There is no anchor yet, so that the chain could prove nothing.
	NoAnchor,
	/// There is no chain part, so that the anchor cannot be checked offline.
	NoChain,
	/// What is wrong with the chain part.
	Chain(ChainDefect),
}

impl From<ChainDefect> for Defect {
	fn from(defect: ChainDefect) -> Self {
		Defect::Chain(defect)
	}
}

impl fmt::Display for Defect {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let hex = |bytes: &Digest| hex::encode(bytes);
		let path = |f: &mut fmt::Formatter<'_>, what, index, size, length, expected: &Option<usize>| match expected {
			Some(expected) => {
				write!(
					f,
					"{what}.path has {length} hashes, {expected} are expected for place {index} of {size}"
				)
			}
			None => write!(f, "{what}.index is {index}, but there are only {size} places"),
		};
		match self {
			Defect::Format { found } => write!(f, "format is {found:?}, expected {FORMAT:?}"),
			Defect::Genesis { expected, found } => {
				write!(
					f,
					"batch.header.genesis is {}, expected {}: it is of another chain",
					hex(found),
					hex(expected)
				)
			}
			Defect::Channel { expected, found } => {
				write!(f, "record.channel is {found}, but batch.header.channel is {expected}")
			}
			Defect::Sequences { first, last } => {
				write!(f, "batch.header.last_sequence is {last}, below first_sequence {first}")
			}
			Defect::BatchPath {
				index,
				count,
				length,
				expected,
			} => path(f, "batch", u64::from(*index), u64::from(*count), *length, expected),
			Defect::BatchRoot { leaf, expected, found } => write!(
				f,
				"record and batch.path lead from leaf {} to root {}, but batch.header.root is {}",
				hex(leaf),
				hex(found),
				hex(expected)
			),
			Defect::SignerNode {
				signer,
				expected,
				found,
			} => {
				let who = signer.as_str();
				write!(
					f,
					"batch.{who}.node is {found}, but batch.header.{who}_node is {expected}"
				)
			}
			Defect::Signature {
				signer,
				node,
				key,
				digest,
			} => write!(
				f,
				"batch.{}.signature is not one of node {node} with key {} over {}",
				signer.as_str(),
				hex(key),
				hex(digest)
			),
			Defect::AnchorNode { found, issuer, seller } => {
				write!(
					f,
					"anchor.reference.node is {found}, but the parties are {issuer} (issuer) and {seller} (seller)"
				)
			}
			Defect::AnchorPath {
				index,
				size,
				length,
				expected,
			} => path(f, "anchor", *index, *size, *length, expected),
			Defect::AnchorRoot { leaf, expected, found } => write!(
				f,
				"batch, anchor.blinding and anchor.path lead from leaf {} to root {}, but anchor.reference.root is {}",
				hex(leaf),
				hex(found),
				hex(expected)
			),
			Defect::ChainWithoutAnchor => f.write_str("chain is given without an anchor"),
			Defect::Checksum { expected, found } => write!(
				f,
				"checksum is {}, but the contents have {}: some part that proves nothing by itself was changed",
				hex(found),
				hex(expected)
			),
			Defect::NoAnchor => f.write_str("anchor is missing: the record was in no final anchor when the pack was made"),
			Defect::NoChain => f.write_str(
				"chain is missing: the node that made the pack could not prove the anchor offline; a live node can still be asked",
			),
			Defect::Chain(defect) => defect.fmt(f),
		}
	}
}

impl std::error::Error for Defect {}
