// SPDX-License-Identifier: Apache-2.0

//! The methods as the node answers them.

use super::{DueChannel, Method, ReadyAnchor, ReadyReceipt};
use crate::{
	directory::{Authorisation, Refusal},
	ids::*,
};
use codec::{Decode, Encode};

/// What answers the host function.
pub trait HostCall: Send {
	/// Calls the method of that number; `None` where it is not known or its argument cannot be read.
	fn call(&mut self, method: u32, argument: &[u8]) -> Option<Vec<u8>>;
}

/// The courier as the off-chain worker sees it; see [`super::ask`] for what each method means. All calls return at once.
pub trait CourierHost: Send {
	/// PeerId of this node.
	fn local_peer(&mut self) -> Option<PeerIdBytes>;
	/// The channels with something due.
	fn due_channels(&mut self) -> Vec<DueChannel>;
	/// Send what waits in the lanes of this channel.
	fn dispatch(&mut self, authorisation: Authorisation, at: BlockNumber);
	/// Hold the lanes of this channel closed.
	fn close_channel(&mut self, channel: ChannelId, refusal: Refusal, at: BlockNumber);
	/// The anchor to submit now.
	fn ready_anchor(&mut self, next: AnchorSequence, at: BlockNumber, due: bool) -> Option<ReadyAnchor>;
	/// The anchor was handed to the transaction pool.
	fn anchor_submitted(&mut self, sequence: AnchorSequence, at: BlockNumber);
	/// Up to `max` registration receipts to submit now.
	fn ready_receipts(&mut self, at: BlockNumber, max: u32) -> Vec<ReadyReceipt>;
	/// Up to `max` registrations to close now.
	fn ready_closings(&mut self, at: BlockNumber, max: u32) -> Vec<Digest>;
}

/// The argument; what follows it was added by a later runtime and is ignored.
fn read<T: Decode>(mut argument: &[u8]) -> Option<T> {
	T::decode(&mut argument).ok()
}

impl<Host: CourierHost> HostCall for Host {
	fn call(&mut self, method: u32, argument: &[u8]) -> Option<Vec<u8>> {
		let answer = match Method::of(method)? {
			Method::LocalPeer => self.local_peer().encode(),
			Method::DueChannels => self.due_channels().encode(),
			Method::Dispatch => {
				let (authorisation, at) = read(argument)?;
				self.dispatch(authorisation, at);
				Vec::new()
			}
			Method::CloseChannel => {
				let (channel, refusal, at) = read(argument)?;
				self.close_channel(channel, refusal, at);
				Vec::new()
			}
			Method::ReadyAnchor => {
				let (next, at, due) = read(argument)?;
				self.ready_anchor(next, at, due).encode()
			}
			Method::AnchorSubmitted => {
				let (sequence, at) = read(argument)?;
				self.anchor_submitted(sequence, at);
				Vec::new()
			}
			Method::ReadyReceipts => {
				let (at, max) = read(argument)?;
				self.ready_receipts(at, max).encode()
			}
			Method::ReadyClosings => {
				let (at, max) = read(argument)?;
				self.ready_closings(at, max).encode()
			}
		};
		Some(answer)
	}
}
