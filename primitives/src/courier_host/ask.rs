// SPDX-License-Identifier: Apache-2.0

//! The methods as the runtime calls them. Where a node does not know one, it is as if its courier had nothing to do.

use super::{courier, DueChannel, Method, ReadyAnchor, ReadyReceipt};
use crate::{
	directory::{Authorisation, Refusal},
	ids::*,
};
use alloc::vec::Vec;
use codec::{Decode, Encode};

/// `None` where the node does not know the method, or answers what is no `Answer`.
fn call<Answer: Decode>(method: Method, argument: impl Encode) -> Option<Answer> {
	let answer = courier::call(method as u32, &argument.encode())?;
	Answer::decode(&mut &answer[..]).ok()
}

/// PeerId of this node; `None` for a node without a courier.
pub fn local_peer() -> Option<PeerIdBytes> {
	call::<Option<PeerIdBytes>>(Method::LocalPeer, ()).flatten()
}

/// The channels with something due.
pub fn due_channels() -> Vec<DueChannel> {
	call(Method::DueChannels, ()).unwrap_or_default()
}

/// Send what waits in the lanes of this channel; it was authorised at block `at`.
pub fn dispatch(authorisation: Authorisation, at: BlockNumber) {
	// Nothing is answered; a courier without the method goes by its own reading of the directory.
	let _ = call::<()>(Method::Dispatch, (authorisation, at));
}

/// Hold the lanes of this channel closed since block `at`.
pub fn close_channel(channel: ChannelId, refusal: Refusal, at: BlockNumber) {
	// As for `dispatch`.
	let _ = call::<()>(Method::CloseChannel, (channel, refusal, at));
}

/// The anchor to submit at block `at`, if one is ready. `next` is the chain's next number for this node; `due` says whether it is the
/// node's turn, so that a new one may be cut.
pub fn ready_anchor(next: AnchorSequence, at: BlockNumber, due: bool) -> Option<ReadyAnchor> {
	call::<Option<ReadyAnchor>>(Method::ReadyAnchor, (next, at, due)).flatten()
}

/// The anchor was handed to the transaction pool at block `at`.
pub fn anchor_submitted(sequence: AnchorSequence, at: BlockNumber) {
	// A courier without the method offers the anchor again, which is harmless.
	let _ = call::<()>(Method::AnchorSubmitted, (sequence, at));
}

/// Up to `max` registration receipts to submit at block `at`.
pub fn ready_receipts(at: BlockNumber, max: u32) -> Vec<ReadyReceipt> {
	call(Method::ReadyReceipts, (at, max)).unwrap_or_default()
}

/// Up to `max` registrations to close at block `at`, by their commitments.
pub fn ready_closings(at: BlockNumber, max: u32) -> Vec<Digest> {
	call(Method::ReadyClosings, (at, max)).unwrap_or_default()
}
