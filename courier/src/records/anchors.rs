// SPDX-License-Identifier: Apache-2.0

//! Anchors: what is in one, and what became of it.

use crate::api::LaneId;
use codec::{Decode, Encode};
use sealane_primitives::{
	evidence::{Attestation, Side},
	ids::{AnchorSequence, BlockNumber, Digest, Moment},
};

/// An anchor.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct AnchorCut {
	/// When, Unix milliseconds.
	pub at: Moment,
	/// Block at which it was cut.
	pub block: BlockNumber,
	/// The node's number of the anchor.
	pub sequence: AnchorSequence,
	/// Seed of the blindings: that of batch *i* is `evidence::salt(seed, i)`.
	pub blinding_seed: [u8; 32],
	/// The batches, in the order of the leaves.
	pub batches: Vec<CutBatch>,
	/// Attestations that this node made anew for this anchor: index of the batch, attestation.
	pub renewed: Vec<(u32, Attestation)>,
	/// Root over the leaves.
	pub root: Digest,
}

/// A batch in an anchor. With its leaf nothing else need be read to prove another batch of the same anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct CutBatch {
	/// The lane of the answers.
	pub lane: LaneId,
	/// The packet's sequence.
	pub sequence: u64,
	/// The attestations in the leaf: bit 0 the issuer's, bit 1 the seller's. Two bits higher: those that were here and are left out of it, because
	/// their key was over for too long.
	pub halves: u8,
	/// The blinded leaf.
	pub leaf: Digest,
}

impl CutBatch {
	/// The batch.
	pub fn id(&self) -> (LaneId, u64) {
		(self.lane, self.sequence)
	}

	/// Whether both attestations are in the leaf.
	pub fn is_whole(&self) -> bool {
		self.halves & 0b11 == 0b11
	}

	/// Whether the side's attestation is in the leaf.
	pub fn has(&self, side: Side) -> bool {
		self.halves >> (side as u8) & 1 == 1
	}

	/// The attestations that were here when the anchor was cut.
	pub fn known(&self) -> u8 {
		(self.halves | self.halves >> 2) & 0b11
	}
}

/// What became of an anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum AnchorEnd {
	/// It is final.
	#[codec(index = 0)]
	Final,
	/// The chain holds another root under this number: the batches go into a later anchor.
	#[codec(index = 1)]
	Foreign,
	/// It came on chain so late that keys of its attestations may be over for too long: the batches go into a later anchor.
	#[codec(index = 2)]
	Lapsed,
}

/// An anchor is final.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct AnchorFinal {
	/// When this node learned it, Unix milliseconds.
	pub at: Moment,
	/// The anchor.
	pub sequence: AnchorSequence,
	/// The block in which it is.
	pub block: BlockNumber,
	/// Whether it counts.
	pub how: AnchorEnd,
}
