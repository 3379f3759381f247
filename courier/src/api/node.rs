// SPDX-License-Identifier: Apache-2.0

//! The node as a whole: channels, lanes, clauses, status.

use super::{Cursor, LaneId, Waiting};
use sealane_primitives::{
	directory::{AgreementEntry, Authorisation, ProductEntry, Refusal, Scope},
	ids::{AgreementId, BlockNumber, ChannelId, Digest, InterfaceId, MemberId, Moment, NodeId},
};

/// A channel of this node's member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelView {
	/// Its number.
	pub id: ChannelId,
	/// The seller.
	pub seller: MemberId,
	/// The issuer.
	pub issuer: MemberId,
	/// The other party's number.
	pub partner: MemberId,
	/// The other party's name.
	pub partner_name: String,
	/// What is allowed at the newest block.
	pub authorisation: Result<Authorisation, Refusal>,
	/// The issuer's interfaces with the node that serves each.
	pub interfaces: Vec<(InterfaceId, NodeId)>,
	/// The issuer's products.
	pub products: Vec<ProductEntry>,
	/// The agreements in force: number, scope, version.
	pub agreements: Vec<(AgreementId, Scope, u32)>,
}

/// A lane, and how it is doing.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct LaneStatus {
	/// The lane.
	pub lane: LaneId,
	/// This node sends on it; otherwise it receives.
	pub outgoing: bool,
	/// Packets made or received so far.
	pub packets: u64,
	/// Packets on the receiver's disk.
	pub delivered: u64,
	/// Packets sent and not answered.
	pub in_flight: u32,
	/// Unix time in milliseconds since which the oldest undelivered packet waits.
	pub waiting_since: Option<Moment>,
	/// Why it waits.
	pub waiting: Option<Waiting>,
	/// Last receipt given or got, Unix milliseconds.
	pub last_receipt_at: Option<Moment>,
}

/// Clauses in force for a product or a product type over one channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClausesView {
	/// The channel.
	pub channel: ChannelId,
	/// Seller of the channel.
	pub seller: MemberId,
	/// Issuer of the channel.
	pub issuer: MemberId,
	/// The agreement that holds; `None` where nothing is agreed (`clause_version` 0).
	pub agreement: Option<AgreementEntry>,
	/// The block for which this is the answer.
	pub at: BlockNumber,
}

/// What clauses are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClauseQuery {
	/// A product's id.
	Product(String),
	/// A product type.
	ProductType(String),
}

/// Records of the log that cannot be interpreted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
	/// How many there are.
	pub records: u64,
	/// Position of the first, in bytes.
	pub position: u64,
	/// What is wrong with it.
	pub what: String,
}

/// Whether the node may go by what it knows of the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChainHealth {
	/// The newest block is young enough.
	Fresh,
	/// It is too old: nothing may be sent or taken since that moment, Unix milliseconds.
	Stale {
		/// Until then the authorisations of the newest block held.
		since: Moment,
	},
	/// The runtime cannot be read, and why: nothing may be sent or taken.
	Unreadable(String),
}

/// The node as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
	/// This node's PeerId, multihash bytes.
	pub peer: Vec<u8>,
	/// The number of this node on the chain, once registered.
	pub node: Option<NodeId>,
	/// The member that runs it.
	pub member: Option<MemberId>,
	/// The member's name.
	pub member_name: Option<String>,
	/// Newest block that the courier knows.
	pub block: BlockNumber,
	/// Hash of the genesis block.
	pub genesis: Digest,
	/// End of the log.
	pub tail: Cursor,
	/// Bytes of the log on disk.
	pub log_bytes: u64,
	/// Orders known by id.
	pub indexed: u64,
	/// Whether the node may go by what it knows of the chain.
	pub chain: ChainHealth,
	/// New orders are refused because the disk is full.
	pub store_full: bool,
	/// Why nothing is stored any more until the node is started again; `None` while the log is written.
	pub store_frozen: Option<String>,
	/// Records of the log that cannot be interpreted and have no effect.
	pub quarantined: Option<Quarantined>,
	/// Lanes on which the partner holds other packets of this node under the same numbers: this log is older than what was sent.
	pub lanes_forked: Vec<LaneId>,
	/// Batches that wait for an anchor.
	pub batches_unanchored: u64,
	/// Batches that are not delivered or not final, and attested by a key of this node that ends within the hour.
	pub batches_of_ending_keys: u64,
	/// Anchors that are not final.
	pub anchors_open: u32,
	/// Public courier keys in the key file: (signing, sealing).
	pub keys: Vec<(Digest, Digest)>,
	/// Whether a key of the file is valid on chain at the newest block.
	pub keys_valid: bool,
	/// The sender skips its own authorisation; only for conformance tests.
	pub unchecked_sender: bool,
}
