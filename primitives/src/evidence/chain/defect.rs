// SPDX-License-Identifier: Apache-2.0

//! What can be wrong with the chain's part of a pack.

use crate::{
	evidence::pack::Signer,
	ids::{AnchorSequence, BlockNumber, Digest, NodeId},
	keys::CourierKey,
};
use std::fmt;

/// Why a justification does not make a block final.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VoteFault {
	/// A vote of somebody who is not in the validator set.
	NoValidator {
		/// The voter's key.
		key: [u8; 32],
	},
	/// A vote whose signature does not fit this round and validator set.
	Signature {
		/// The voter's key.
		key: [u8; 32],
	},
	/// The votes are not of more than two thirds of the validators, or not for this block.
	TooFew {
		/// Votes.
		votes: usize,
		/// Validators.
		validators: usize,
	},
	/// A vote is there twice.
	Duplicate,
	/// Headers that no vote needs, or one twice.
	NeedlessHeaders {
		/// Headers there.
		found: usize,
		/// Headers that the votes need.
		needed: usize,
	},
	/// The validator set is none: empty, or without weight.
	NoSet,
}

/// The first thing that is wrong with the chain's part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChainDefect {
	/// Bytes that are not what they should be.
	Encoding {
		/// Where.
		field: String,
		/// Why.
		fault: String,
	},
	/// There is no final block.
	NoFinalBlock,
	/// Final blocks out of order.
	Order {
		/// Which.
		place: usize,
		/// Its number.
		number: BlockNumber,
		/// The number of the one before it; 0 is genesis.
		after: BlockNumber,
	},
	/// A justification is for another block than its header.
	Target {
		/// Which.
		place: usize,
		/// Number and hash of the header.
		expected: (BlockNumber, Digest),
		/// Number and hash that the votes are for.
		found: (BlockNumber, Digest),
	},
	/// A justification does not make its block final.
	Votes {
		/// Which.
		place: usize,
		/// Number of its block.
		number: BlockNumber,
		/// The validator set, counted from genesis.
		set: u64,
		/// Why.
		fault: VoteFault,
	},
	/// The validator set was replaced in another way than by the set before it.
	SetChange {
		/// Which final block says so.
		place: usize,
		/// Its number.
		number: BlockNumber,
		/// In which way.
		fault: &'static str,
	},
	/// No final block is at the anchor's block or after it.
	AnchorNotCovered {
		/// The anchor's block.
		anchored: BlockNumber,
		/// The last final block.
		last: BlockNumber,
	},
	/// A final block that nothing rests on.
	NeedlessFinalBlock {
		/// Which.
		place: usize,
		/// Its number.
		number: BlockNumber,
	},
	/// Not as many headers as lie between the anchor's block and the final one.
	HeaderCount {
		/// Headers there.
		found: usize,
		/// Headers that must be there.
		expected: usize,
		/// The anchor's block.
		anchored: BlockNumber,
		/// The final block.
		finalised: BlockNumber,
	},
	/// A header is not the parent of the next.
	HeaderParent {
		/// Which.
		place: usize,
		/// Its hash.
		found: Digest,
		/// Number of the block that should be its child.
		child: BlockNumber,
		/// The hash of that block's parent.
		expected: Digest,
	},
	/// The pack names another block than the one from which the headers lead to the final block.
	AnchorBlock {
		/// Number and hash of the first header.
		expected: (BlockNumber, Digest),
		/// Number and hash in the pack.
		found: (BlockNumber, Digest),
	},
	/// The trie nodes do not lead from the state root to a value.
	StorageProof {
		/// What was looked for.
		what: String,
		/// The state root.
		root: Digest,
		/// Why.
		fault: String,
	},
	/// The chain has no such anchor.
	NoAnchor {
		/// The node.
		node: NodeId,
		/// The anchor's number.
		sequence: AnchorSequence,
	},
	/// The chain has another root in that anchor.
	Root {
		/// The root on the chain.
		expected: Digest,
		/// The root in the pack.
		found: Digest,
	},
	/// The chain has that anchor in another block.
	Block {
		/// The block on the chain.
		expected: BlockNumber,
		/// The block in the pack.
		found: BlockNumber,
	},
	/// The chain does not know a signer's key as one of its node.
	Key {
		/// Whose.
		signer: Signer,
		/// The node.
		node: NodeId,
		/// The key.
		key: [u8; 32],
	},
	/// A signer's key did not hold at the anchor's block.
	KeyNotInForce {
		/// Whose.
		signer: Signer,
		/// The node.
		node: NodeId,
		/// The keys.
		key: CourierKey,
		/// The anchor's block.
		anchored: BlockNumber,
	},
}

impl fmt::Display for VoteFault {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			VoteFault::NoValidator { key } => write!(f, "{} is none of the validators", hex::encode(key)),
			VoteFault::Signature { key } => write!(f, "the signature of validator {} does not fit", hex::encode(key)),
			VoteFault::TooFew { votes, validators } => write!(
				f,
				"{votes} votes of {validators} validators: not more than two thirds, or not for this block"
			),
			VoteFault::Duplicate => f.write_str("a vote is there twice"),
			VoteFault::NeedlessHeaders { found, needed } => {
				write!(f, "{found} headers are there, the votes need {needed}")
			}
			VoteFault::NoSet => f.write_str("the set has no validators"),
		}
	}
}

/// Number and hash of a block.
struct At<'a>(&'a (BlockNumber, Digest));

impl fmt::Display for At<'_> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "block {} with hash {}", self.0 .0, hex::encode(self.0 .1))
	}
}

impl fmt::Display for ChainDefect {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			ChainDefect::Encoding { field, fault } => write!(f, "{field} cannot be read: {fault}"),
			ChainDefect::NoFinalBlock => f.write_str("chain.finality is empty: no block is shown to be final"),
			ChainDefect::Order { place, number, after } => {
				write!(f, "chain.finality[{place}] is block {number}, not above block {after}")
			}
			ChainDefect::Target { place, expected, found } => write!(
				f,
				"chain.finality[{place}].justification is for {}, but its header is {}",
				At(found),
				At(expected)
			),
			ChainDefect::Votes {
				place,
				number,
				set,
				fault,
			} => write!(
				f,
				"chain.finality[{place}].justification does not make block {number} final under validator set {set}: {fault}"
			),
			ChainDefect::SetChange { place, number, fault } => write!(
				f,
				"chain.finality[{place}], block {number}, changes the validators {fault}: such a change cannot be followed offline"
			),
			ChainDefect::AnchorNotCovered { anchored, last } => write!(
				f,
				"anchor.reference.block_number is {anchored}, but the last block of chain.finality is {last}"
			),
			ChainDefect::NeedlessFinalBlock { place, number } => {
				write!(
					f,
					"chain.finality[{place}], block {number}, proves nothing that the pack needs"
				)
			}
			ChainDefect::HeaderCount {
				found,
				expected,
				anchored,
				finalised,
			} => write!(
				f,
				"chain.headers has {found} headers, {expected} are expected from block {anchored} to below block {finalised}"
			),
			ChainDefect::HeaderParent {
				place,
				found,
				child,
				expected,
			} => write!(
				f,
				"chain.headers[{place}] has hash {}, but the parent of block {child} is {}",
				hex::encode(found),
				hex::encode(expected)
			),
			ChainDefect::AnchorBlock { expected, found } => write!(
				f,
				"anchor.reference is in {}, but the headers lead to {}",
				At(found),
				At(expected)
			),
			ChainDefect::StorageProof { what, root, fault } => write!(
				f,
				"chain.storage_proof does not lead from state root {} to {what}: {fault}",
				hex::encode(root)
			),
			ChainDefect::NoAnchor { node, sequence } => {
				write!(f, "the chain has no anchor {sequence} of node {node}")
			}
			ChainDefect::Root { expected, found } => write!(
				f,
				"anchor.reference.root is {}, but the chain has {}",
				hex::encode(found),
				hex::encode(expected)
			),
			ChainDefect::Block { expected, found } => write!(
				f,
				"anchor.reference.block_number is {found}, but the chain has the anchor in block {expected}"
			),
			ChainDefect::Key { signer, node, key } => write!(
				f,
				"batch.{}.key {} is none that the chain knows of node {node}",
				signer.as_str(),
				hex::encode(key)
			),
			ChainDefect::KeyNotInForce {
				signer,
				node,
				key,
				anchored,
			} => {
				let who = signer.as_str();
				write!(f, "batch.{who}.key of node {node} holds from block {}", key.valid_from)?;
				match key.valid_until {
					Some(until) => write!(f, " to before block {until}")?,
					None => f.write_str(" on")?,
				}
				write!(f, ", but the anchor is in block {anchored}")
			}
		}
	}
}

impl std::error::Error for ChainDefect {}
