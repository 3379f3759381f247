// SPDX-License-Identifier: Apache-2.0

//! What the node asks of the runtime.
//!
//! How it may change: a method keeps its name, its arguments and the outermost type of its answer for ever; what may grow inside is
//! an [`Open`]. What cannot be said that way is a new method with `#[api_version]` one higher, and the node asks an older one where
//! the runtime has none of it. So nodes and runtimes of different ages understand each other, in both directions.

use crate::{
	calendar::Timetable,
	directory::{
		AgreementRecord, Authorisation, InForce, InterfaceEntry, MemberRecord, Page, ProductEntry, Refusal, Standing,
	},
	evidence::range::Range,
	ids::*,
	keys::CourierKey,
	open::Open,
};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use scale_info::TypeInfo;

/// Most entries of one [`Page`]; the last page of products is longer by those that were closed last.
pub const PAGE: u32 = 256;

/// How many anchors of a node the chain keeps one by one, the last ones; all are in the node's [`Range`].
pub const KEPT_ANCHORS: u64 = 64;

/// An anchor as the chain keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct AnchorEntry {
	/// The root.
	pub root: Digest,
	/// The block in which it was anchored.
	pub block: BlockNumber,
	/// Number of hashes of a packed anchor; `None` for a root that hides it.
	pub packed: Option<u32>,
}

/// A courier key under its number among all that its node ever had.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct NumberedKey {
	/// The number, from 0.
	pub number: u32,
	/// The keys, and the blocks in which they hold.
	pub key: CourierKey,
}

sp_api::decl_runtime_apis! {
	/// The courier's view of the chain.
	#[api_version(2)]
	pub trait CourierApi {
		/// Where the node with this PeerId stands in this block; `None` where no such node is registered. Small: for every block.
		fn standing(peer: PeerIdBytes) -> Option<Open<Standing>>;
		/// A member with its nodes, former members too.
		fn member(member: MemberId) -> Option<Open<MemberRecord>>;
		/// The interfaces of an issuer that are in use, sorted by id.
		fn interfaces(issuer: MemberId) -> Vec<Open<InterfaceEntry>>;
		/// The products of an issuer, in no order; the last page has those that were closed last. `after` is [`Page::next`].
		fn products(issuer: MemberId, after: Option<Vec<u8>>) -> Page<ProductEntry>;
		/// The agreements in force on a channel in this block.
		fn agreements_in_force(channel: ChannelId) -> InForce;
		/// The agreement with this number, in force or past.
		fn agreement(id: AgreementId) -> Option<Open<AgreementRecord>>;
		/// What is allowed over `channel` in this block.
		fn authorise(channel: ChannelId) -> Open<Result<Authorisation, Refusal>>;
		/// The keys of a node that held in block `at`; of nodes that are gone too.
		fn keys_at(node: NodeId, at: BlockNumber) -> Vec<Open<NumberedKey>>;
		/// The node that a signing key belongs or belonged to, and the number of the keys.
		fn key_owner(signing: [u8; 32]) -> Option<(NodeId, u32)>;
		/// The anchor of `node` with this number, one of its last [`KEPT_ANCHORS`].
		fn anchor(node: NodeId, sequence: AnchorSequence) -> Option<Open<AnchorEntry>>;
		/// The number that the next anchor of `node` must have.
		fn next_anchor(node: NodeId) -> AnchorSequence;
		/// All anchors of `node`.
		#[api_version(3)]
		fn anchor_range(node: NodeId) -> Open<Range>;
		/// Whether each of `commitments` stands for an open registration with `issuer`, in their order.
		fn are_registered(issuer: MemberId, commitments: Vec<Digest>) -> Vec<bool>;
		/// The registrations with `issuer` that ended, from the one with number `from` on, the first having number 0; `None` where one of
		/// them ended so long ago that the chain keeps it no longer. What follows [`Standing::ends`] of an earlier block.
		fn ended_registrations(issuer: MemberId, from: u32) -> Option<Vec<Digest>>;
		/// Whether the receipt of `issuer` for each of `commitments` says accepted, wherever it stands now; `None` where there is none.
		fn receipt_outcomes(issuer: MemberId, commitments: Vec<Digest>) -> Vec<Option<bool>>;
		/// The calendars of an issuer, or of one of its products where that has its own, that hold in this block and next.
		fn timetable(issuer: MemberId, product: Option<ProductId>) -> Open<Timetable>;
		/// The PeerIds that may be connected, sorted; `None` while anybody may.
		fn authorised_peers() -> Option<Vec<PeerIdBytes>>;
	}
}
