// SPDX-License-Identifier: Apache-2.0

//! What the node asks of the runtime.

use crate::{
	directory::{AgreementEntry, AnchorPolicy, Authorisation, Directory, Refusal},
	ids::*,
};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use scale_info::TypeInfo;

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

sp_api::decl_runtime_apis! {
	/// The courier's view of the chain.
	pub trait CourierApi {
		/// What the node with this PeerId must know to trade; `None` where no such node is registered.
		fn directory(peer: PeerIdBytes) -> Option<Directory>;
		/// What is allowed over `channel` in this block.
		fn authorise(channel: ChannelId) -> Result<Authorisation, Refusal>;
		/// The agreement with this number, in force or past.
		fn agreement(id: AgreementId) -> Option<(ChannelId, AgreementEntry)>;
		/// The anchor of `node` with this number.
		fn anchor(node: NodeId, sequence: AnchorSequence) -> Option<AnchorEntry>;
		/// The number that the next anchor of `node` must have.
		fn next_anchor(node: NodeId) -> AnchorSequence;
		/// The policy for anchors.
		fn anchor_policy() -> AnchorPolicy;
		/// Whether `commitment` stands for an open registration with `issuer`.
		fn is_registered(issuer: MemberId, commitment: Digest) -> bool;
		/// The PeerIds that may be connected, sorted; `None` while anybody may.
		fn authorised_peers() -> Option<Vec<PeerIdBytes>>;
	}
}
