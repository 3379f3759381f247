// SPDX-License-Identifier: Apache-2.0

//! The chain over RPC: reading state, submitting extrinsics, council motions.
//!
//! Calls are built as the bytes that the chain will see: each argument is encoded by the type that the chain's own crates use
//! and then read back against the node's metadata, so that a runtime which expects something else is told apart before
//! anything is signed. Bytes also make calls that carry calls (a motion, a batch) plain.

mod agreements;
mod blocks;
mod call;
mod client;
mod consortium;
mod council;
mod effects;
mod emergency;
mod error;
mod members;
mod networks;
mod offline;
mod powers;
mod read;
mod registers;
mod root;
mod signer;
mod submit;
mod validators;
mod words;

pub use agreements::{
	agreement_id, clauses_view, difference, parse_agreement_id, scope_in_words, AgreementView, ClauseChange,
	ClauseView, Compared, DifferenceRow, VersionView,
};
pub use blocks::{Head, NodeHealth, Peer, Turns};
pub use call::{Arg, Call};
pub use client::ChainClient;
pub use consortium::{role_names, ChannelState, ChannelView, MemberView, NodeView, ProductView, TermsView};
pub use council::{Closing, Motion, MotionTally, MotionView};
pub use effects::{effects, share_of_effects, terms_in_words, Effect, Mentioned, Names};
pub use emergency::{
	enter_safe_mode, extend_safe_mode, leave_safe_mode, pause_call, reinstate_member, suspend_member, unpause_call,
	RuntimeState, ScheduledCall, StandsStill,
};
pub use error::ChainError;
pub use members::{
	admit_member, announce_keys, legal_id, peer_id_bytes, register_node, text, AccountId, CourierKeyPair, NodeSpec,
};
pub use networks::{
	accept_agreement, apply, countersign, credential_signature, grant, grant_prefix, grants, propose_agreement,
	ratify_agreement, register_interface, register_product, resume, revoke, suspend, CooperationFile, GrantFile, Terms,
};
pub use offline::{Behind, Shown, Signed, Unsigned, MAX_VALID_BLOCKS, VALID_BLOCKS};
pub use powers::{share_of, Share};
pub use read::{AnchorState, ProposalView};
pub use registers::{
	announce_calendar, close_receipts, commitment, force_revoke_receipt, revoke_receipt, withdraw_calendar,
	CalendarVersion, CalendarView, RevocationReason,
};
pub use root::{restore_finality, upgrade, RootCall};
pub use signer::{account_text, parse_account, SignerArgs};
pub use submit::{Happened, Submitted, Until};
pub use validators::{add_validator, remove_validator, set_floor, ValidatorView};
pub use words::call_in_words;

#[cfg(test)]
mod tests {
	use subxt::{
		ext::scale_value::{scale::decode_as_type, Value},
		metadata::Metadata,
	};

	/// The metadata of this release's runtime.
	pub fn metadata() -> Metadata {
		Metadata::decode_from(&sealane_runtime::Runtime::metadata_at_version(15).unwrap()).unwrap()
	}

	/// What stands in storage, as it is read by name.
	pub fn storage_value(pallet: &str, entry: &str, bytes: &[u8]) -> Value<u32> {
		let metadata = metadata();
		let storage = metadata.pallet_by_name(pallet).unwrap().storage().unwrap();
		let value_type = storage.entry_by_name(entry).unwrap().value_ty();
		let mut rest = bytes;
		let value = decode_as_type(&mut rest, value_type, metadata.types()).unwrap();
		assert!(rest.is_empty(), "{} bytes too many", rest.len());
		value
	}
}
