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
mod offline;
mod read;
mod registers;
mod root;
mod signer;
mod submit;
mod validators;
mod words;

pub use call::{Arg, Call};
pub use client::ChainClient;
pub use council::{Motion, MotionView};
pub use error::ChainError;
pub use members::{
	admit_member, announce_keys, legal_id, peer_id_bytes, register_node, text, AccountId, CourierKeyPair, NodeSpec,
};
pub use networks::{
	accept_agreement, apply, countersign, credential_signature, grant, grant_prefix, grants, propose_agreement,
	ratify_agreement, register_interface, register_product, resume, revoke, suspend, CooperationFile, GrantFile, Terms,
};
pub use offline::{Behind, Shown, Signed, Unsigned, MAX_VALID_BLOCKS, VALID_BLOCKS};
pub use read::{AnchorState, ChannelState, ChannelView, MemberView, NodeView, ProposalView};
pub use registers::{
	announce_calendar, close_receipts, commitment, force_revoke_receipt, revoke_receipt, withdraw_calendar,
	RevocationReason,
};
pub use root::{restore_finality, upgrade, RootCall};
pub use signer::{account_text, parse_account, SignerArgs};
pub use submit::{Happened, Submitted, Until};
pub use validators::{add_validator, remove_validator, set_floor, ValidatorView};
pub use words::call_in_words;
