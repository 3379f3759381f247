// SPDX-License-Identifier: Apache-2.0

//! The chain over RPC: reading state, submitting extrinsics, council motions.
//!
//! Calls are built as the bytes that the chain will see: each argument is encoded by the type that the chain's own crates use
//! and then read back against the node's metadata, so that a runtime which expects something else is told apart before
//! anything is signed. Bytes also make calls that carry calls (a motion, a batch) plain.

mod call;
mod client;
mod council;
mod error;
mod members;
mod networks;
mod read;
mod signer;
mod upgrade;

pub use call::{Arg, Call};
pub use client::{ChainClient, Happened, Submitted, Until};
pub use council::{Motion, MotionView};
pub use error::ChainError;
pub use members::{
	admit_member, announce_keys, legal_id, peer_id_bytes, register_node, text, AccountId, CourierKeyPair, NodeSpec,
};
pub use networks::{
	accept_agreement, apply, countersign, credential_signature, grant, grant_prefix, propose_agreement,
	ratify_agreement, register_interface, register_product, resume, revoke, suspend, CooperationFile, Terms,
};
pub use read::{AnchorState, ChannelState, ChannelView, MemberView, NodeView, ProposalView};
pub use signer::{account_text, parse_account, SignerArgs};
pub use upgrade::{upgrade, Upgrade};
