// SPDX-License-Identifier: Apache-2.0

//! What a pack that no rule refuses has proven.

use crate::pack::AnchorReference;
use alloc::{string::String, vec::Vec};
use sealane_primitives::{
	clauses::Timestamp,
	directory::Scope,
	evidence::{Core, FinalBlockRef},
	ids::{AgreementId, BlockNumber, ChannelId, Digest, MemberId, NodeId},
	keys::{Compromise, CourierKey},
};

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

/// What a sound pack shows by itself, and what remains to be asked of the chain: that `anchor` is there with that root, and that the keys were
/// those of the nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
	/// Leaf of the trade record.
	pub leaf: Digest,
	/// What both sides attest.
	pub core: Core,
	/// The final blocks that the issuer's and the seller's attestation name, by their signers' word as far as the pack goes by itself.
	pub attested: [FinalBlockRef; 2],
	/// The issuer's node and its key.
	pub issuer: (NodeId, [u8; 32]),
	/// The seller's node and its key.
	pub seller: (NodeId, [u8; 32]),
	/// The anchor whose root covers the record; `None` where the pack has no anchor part.
	pub anchor: Option<AnchorReference>,
}

/// A block whose hash the verifier has from elsewhere: a node, a newspaper, another pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownBlock {
	/// Its number.
	pub number: BlockNumber,
	/// Its hash.
	pub hash: Digest,
}

/// A block that the validators made final.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finalised {
	/// Its number.
	pub number: BlockNumber,
	/// Its hash.
	pub hash: Digest,
	/// The validator set that voted, counted from genesis.
	pub set: u64,
	/// How many validators voted for it.
	pub votes: usize,
	/// How many there were.
	pub validators: usize,
}

/// An institution's number under the law.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LegalNumber {
	/// Legal Entity Identifier, ISO 17442.
	Lei(String),
	/// 统一社会信用代码, GB 32100-2015.
	CreditCode(String),
}

impl LegalNumber {
	/// The name of the standard and the number.
	pub fn parts(&self) -> (&'static str, &str) {
		match self {
			LegalNumber::Lei(number) => ("LEI", number),
			LegalNumber::CreditCode(number) => ("统一社会信用代码", number),
		}
	}
}

/// One of the two parties, as the chain knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
	/// The node that signed.
	pub node: NodeId,
	/// The member that runs it, or ran it.
	pub member: MemberId,
	/// Whether the node was removed by the block whose state was read.
	pub removed: bool,
	/// The member's name.
	pub name: String,
	/// Its legal number.
	pub number: LegalNumber,
	/// The key with which it signed, and the blocks in which it held.
	pub key: CourierKey,
	/// That this key was declared stolen, after the anchor's block and by the one whose state was read.
	pub compromise: Option<Compromise>,
}

/// Where a channel stood, and what was granted to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
	/// Number of its state: 2 granted, 3 suspended, 6 revoked, 7 left, 8 expired.
	pub state: u8,
	/// The kinds of business that may travel, one bit each.
	pub kinds: u16,
	/// First block in which it no longer holds.
	pub valid_until: Option<BlockNumber>,
	/// Most orders in a minute.
	pub orders_per_minute: Option<u32>,
}

/// One ratified version of clauses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgreedVersion {
	/// Its number on the chain, which the record names.
	pub id: AgreementId,
	/// What it covers.
	pub scope: Scope,
	/// Counts the versions of this channel and scope, from 1.
	pub number: u32,
	/// First block in which it holds.
	pub from: BlockNumber,
	/// Block in which it was ratified.
	pub ratified_at: BlockNumber,
	/// The clauses (SCALE, `docs/clauses.md`); `None` where the version takes the scope out of force.
	pub clauses: Option<Vec<u8>>,
}

/// A product as the chain knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownProduct {
	/// Its type.
	pub product_type: String,
	/// Its risk, 1 (R1) to 5 (R5).
	pub risk: u8,
	/// Its currency.
	pub currency: String,
}

/// The runtime whose state was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuntimeFacts {
	/// Its name.
	pub name: String,
	/// Its version.
	pub version: u32,
	/// BLAKE2b-256 of its code.
	pub code_hash: Digest,
}

/// What the state of one block says about a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
	/// The issuer.
	pub issuer: Party,
	/// The seller.
	pub seller: Party,
	/// The channel between the two.
	pub channel: ChannelId,
	/// What is granted to it.
	pub grant: Grant,
	/// The clauses that the record names; `None` where it names none.
	pub agreed: Option<AgreedVersion>,
	/// The product that the order names; `None` where it names none, or one that the chain does not know.
	pub product: Option<KnownProduct>,
	/// The runtime.
	pub runtime: RuntimeFacts,
}

/// What the chain's own proof shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnChain {
	/// The checkpoint from which the validators were followed at the end; `None` where no block above one was shown.
	pub checkpoint: Option<BlockNumber>,
	/// Blocks in which the validator set changed, on the way from the start.
	pub set_changes: Vec<BlockNumber>,
	/// The block of the anchor.
	pub block: (BlockNumber, Digest),
	/// When that block was made, as its author wrote and all validators had to accept.
	pub made_at: Timestamp,
	/// When the blocks were made that the issuer's and the seller's attestation name, which are older than these: `None` where the pack does not
	/// show them, and the genesis block has no time.
	pub attested: Option<[Option<Timestamp>; 2]>,
	/// When the block shown before it was made, where one is shown: the anchor's was made after it.
	pub not_before: Option<(BlockNumber, Timestamp)>,
	/// The final block that has the anchor's among its ancestors, or is it.
	pub finalised: Finalised,
	/// Headers from the anchor's block up to that one.
	pub headers: usize,
	/// The final block whose state was read.
	pub state: Finalised,
	/// Trie nodes that were read.
	pub trie_nodes: usize,
	/// Hashes from the anchor to the root of its node's range; `None` where the state has the anchor by itself.
	pub range: Option<usize>,
	/// Blocks that the verifier knew from elsewhere and found among those shown.
	pub compared: Vec<BlockNumber>,
	/// What that state says.
	pub facts: Facts,
}
