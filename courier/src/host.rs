// SPDX-License-Identifier: Apache-2.0

//! What the runtime's off-chain worker asks: [`CourierHost`] over a running courier. Every call returns at once.

use crate::service::{anchoring, Courier};
use sealane_primitives::{
	courier_host::{CourierHost, DueChannel, ReadyAnchor, ReadyReceipt},
	directory::{Authorisation, Refusal},
	ids::{AnchorSequence, BlockNumber, ChannelId, Digest, PeerIdBytes},
};
use std::sync::Arc;

/// The courier for one run of the off-chain worker.
pub struct Host {
	courier: Arc<Courier>,
}

impl Host {
	pub(crate) fn new(courier: Arc<Courier>) -> Self {
		Host { courier }
	}
}

impl CourierHost for Host {
	fn local_peer(&mut self) -> Option<PeerIdBytes> {
		PeerIdBytes::try_from(self.courier.local_peer.clone()).ok()
	}

	fn due_channels(&mut self) -> Vec<DueChannel> {
		self.courier.due()
	}

	fn dispatch(&mut self, authorisation: Authorisation, at: BlockNumber) {
		self.courier.open_channel(authorisation.channel, at);
		self.courier
			.senders
			.dispatch(authorisation.channel, self.courier.clock.ticks());
	}

	fn close_channel(&mut self, channel: ChannelId, refusal: Refusal, at: BlockNumber) {
		if !self.courier.config.unchecked_sender {
			self.courier.close_channel(channel, refusal, at);
		}
	}

	fn ready_anchor(&mut self, next: AnchorSequence, at: BlockNumber, due: bool) -> Option<ReadyAnchor> {
		anchoring::ready(&self.courier, next, at, due)
	}

	fn anchor_submitted(&mut self, sequence: AnchorSequence, at: BlockNumber) {
		anchoring::submitted(&self.courier, sequence, at);
	}

	fn ready_receipts(&mut self, _: BlockNumber, max: u32) -> Vec<ReadyReceipt> {
		// All of them at every block: the off-chain worker compares with the chain. Those that are final are offered no more.
		self.courier.library.book.read().receipts.oldest(max as usize)
	}

	fn ready_closings(&mut self, _: BlockNumber, max: u32) -> Vec<Digest> {
		// As the receipts: the off-chain worker takes those that are open in its block.
		self.courier.library.book.read().closings.oldest(max as usize)
	}
}
