// SPDX-License-Identifier: Apache-2.0

//! What the runtime's off-chain workers ask of the courier of their own node.
//!
//! The node registers a [`CourierExt`] for each run of the off-chain worker. Where none is registered
//! (a node without a courier, a test), every function answers as an idle courier would.

use crate::{
	directory::{Authorisation, Refusal},
	ids::*,
};
use alloc::vec::Vec;
use codec::{Decode, Encode};
#[cfg(not(substrate_runtime))]
use sp_externalities::ExternalitiesExt as _;
use sp_runtime_interface::{
	pass_by::{AllocateAndReturnByCodec, PassFatPointerAndDecode},
	runtime_interface,
};

/// A channel with something waiting in a lane of this node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct DueChannel {
	/// The channel.
	pub channel: ChannelId,
	/// Packets that wait or are in flight.
	pub packets: u32,
	/// Unix time since which the oldest of them waits.
	pub waiting_since: Moment,
	/// Whether the courier holds the channel's lanes closed.
	pub closed: bool,
}

/// Hashes that wait to be anchored.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ReadyAnchor {
	/// The number it must have; the courier cut it against the chain's `next_anchor`.
	pub sequence: AnchorSequence,
	/// The root over `hashes` (RFC 6962 tree).
	pub root: Digest,
	/// The hashes themselves, for packed anchors; empty otherwise.
	pub hashes: Vec<Digest>,
}

/// A registration's outcome that waits to be put on chain as a receipt.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ReadyReceipt {
	/// The salted commitment.
	pub commitment: Digest,
	/// The seller through which the customer came.
	pub seller: MemberId,
	/// Whether the issuer registered the customer.
	pub accepted: bool,
}

/// The courier as the off-chain worker sees it. All calls return at once.
#[cfg(feature = "std")]
pub trait CourierHost: Send {
	/// PeerId of this node.
	fn local_peer(&mut self) -> Option<PeerIdBytes>;
	/// The channels with something due.
	fn due_channels(&mut self) -> Vec<DueChannel>;
	/// Send what waits in the lanes of this channel; it was authorised at block `at`.
	fn dispatch(&mut self, authorisation: Authorisation, at: BlockNumber);
	/// Hold the lanes of this channel closed since block `at`.
	fn close_channel(&mut self, channel: ChannelId, refusal: Refusal, at: BlockNumber);
	/// The anchor to submit now, if one is ready. `next` is the chain's next number for this node, `interval` and
	/// `max_hashes` (0: one root) are policy.
	fn ready_anchor(
		&mut self,
		next: AnchorSequence,
		at: BlockNumber,
		interval: BlockNumber,
		max_hashes: u32,
	) -> Option<ReadyAnchor>;
	/// The anchor was handed to the transaction pool at block `at`.
	fn anchor_submitted(&mut self, sequence: AnchorSequence, at: BlockNumber);
	/// Up to `max` registration receipts to submit now.
	fn ready_receipts(&mut self, at: BlockNumber, max: u32) -> Vec<ReadyReceipt>;
	/// These receipts are on chain at block `at` and settled: no fork takes them back, so they need not be offered again. The
	/// worker never says so of what merely waits in a pool.
	fn receipts_submitted(&mut self, commitments: Vec<Digest>, at: BlockNumber);
}

#[cfg(feature = "std")]
sp_externalities::decl_extension! {
	/// Gives a run of the off-chain worker its courier.
	pub struct CourierExt(Box<dyn CourierHost>);
}

/// Host functions of the courier.
#[runtime_interface]
pub trait Courier {
	/// PeerId of this node.
	fn local_peer(&mut self) -> AllocateAndReturnByCodec<Option<PeerIdBytes>> {
		self.extension::<CourierExt>().and_then(|c| c.local_peer())
	}

	/// The channels with something due.
	fn due_channels(&mut self) -> AllocateAndReturnByCodec<Vec<DueChannel>> {
		self.extension::<CourierExt>()
			.map(|c| c.due_channels())
			.unwrap_or_default()
	}

	/// Send what waits in the lanes of this channel.
	fn dispatch(&mut self, authorisation: PassFatPointerAndDecode<Authorisation>, at: u32) {
		if let Some(courier) = self.extension::<CourierExt>() {
			courier.dispatch(authorisation, at)
		}
	}

	/// Hold the lanes of this channel closed.
	fn close_channel(&mut self, channel: u32, refusal: PassFatPointerAndDecode<Refusal>, at: u32) {
		if let Some(courier) = self.extension::<CourierExt>() {
			courier.close_channel(channel, refusal, at)
		}
	}

	/// The anchor to submit now.
	fn ready_anchor(
		&mut self,
		next: u64,
		at: u32,
		interval: u32,
		max_hashes: u32,
	) -> AllocateAndReturnByCodec<Option<ReadyAnchor>> {
		self.extension::<CourierExt>()
			.and_then(|c| c.ready_anchor(next, at, interval, max_hashes))
	}

	/// The anchor was handed to the transaction pool.
	fn anchor_submitted(&mut self, sequence: u64, at: u32) {
		if let Some(courier) = self.extension::<CourierExt>() {
			courier.anchor_submitted(sequence, at)
		}
	}

	/// Registration receipts to submit now.
	fn ready_receipts(&mut self, at: u32, max: u32) -> AllocateAndReturnByCodec<Vec<ReadyReceipt>> {
		self.extension::<CourierExt>()
			.map(|c| c.ready_receipts(at, max))
			.unwrap_or_default()
	}

	/// These receipts are on chain and settled.
	fn receipts_submitted(&mut self, commitments: PassFatPointerAndDecode<Vec<Digest>>, at: u32) {
		if let Some(courier) = self.extension::<CourierExt>() {
			courier.receipts_submitted(commitments, at)
		}
	}
}
