// SPDX-License-Identifier: Apache-2.0

//! What the pallet stores and answers.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec, PalletError};
use scale_info::TypeInfo;
use sealane_primitives::{evidence::tree, ids::*, runtime_api::AnchorEntry};

/// Counts the disputes of the chain, from 0.
pub type DisputeId = u32;

/// One anchor as it is stored: 32 bytes that nobody can change any more, and where they came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Anchor {
	/// The root of the RFC 6962 tree.
	pub root: Digest,
	/// The block in which it was anchored.
	pub block: BlockNumber,
	/// Always `None`: a root hides how much is under it. The byte is part of the form that verifiers read.
	pub packed: Option<u32>,
}

impl Anchor {
	/// The anchor of `block`.
	pub const fn new(root: Digest, block: BlockNumber) -> Self {
		Anchor {
			root,
			block,
			packed: None,
		}
	}
}

impl From<Anchor> for AnchorEntry {
	fn from(anchor: Anchor) -> Self {
		AnchorEntry {
			root: anchor.root,
			block: anchor.block,
			packed: anchor.packed,
		}
	}
}

/// Shows that a leaf is in the tree under a root (RFC 6962, section 2.1.1).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct InclusionProof {
	/// Number of leaves of the tree.
	pub size: u64,
	/// Position of the leaf, from 0.
	pub index: u64,
	/// The sibling hashes from the leaf up.
	pub path: BoundedVec<Digest, ConstU32<{ tree::MAX_PROOF_LEN as u32 }>>,
}

/// What a party holds against the other's records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum DisputeReason {
	/// The two parties computed different roots for the batch.
	RootsDiffer,
	/// A record that should be in the batch is not.
	RecordMissing,
	/// A record in the batch is not what was traded.
	RecordWrong,
	/// The batch was not countersigned, or not anchored.
	NotConfirmed,
	/// What the two agreed to call by this number.
	Other(u16),
}

/// How a dispute ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Outcome {
	/// The opener gave it up.
	Withdrawn,
	/// The parties settled it between themselves.
	Settled,
	/// The council found the opener right.
	Upheld,
	/// The council found the opener wrong.
	Dismissed,
}

impl Outcome {
	/// Whether the party that opened the dispute may end it this way; the council may end it in any.
	pub const fn is_for_opener(self) -> bool {
		matches!(self, Outcome::Withdrawn | Outcome::Settled)
	}
}

/// The end of a dispute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Resolution {
	/// How it ended.
	pub outcome: Outcome,
	/// The block in which it ended.
	pub at: BlockNumber,
	/// The party that ended it; `None` is the council.
	pub by: Option<MemberId>,
}

/// A dispute over one batch. It stays readable when it is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Dispute {
	/// The channel over which the batch went.
	pub channel: ChannelId,
	/// The root of the batch.
	pub root: Digest,
	/// The party that opened it.
	pub opened_by: MemberId,
	/// What it holds against the other's records.
	pub reason: DisputeReason,
	/// The block in which it was opened.
	pub opened_at: BlockNumber,
	/// How it ended; `None` while it is open.
	pub resolution: Option<Resolution>,
}

/// Which rule a policy breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo, PalletError)]
pub enum PolicyFault {
	/// `anchors_per_block` is 0.
	NoAnchors,
	/// `anchors_per_block` is above `MaxAnchorsPerBlock`.
	TooManyAnchors,
	/// `max_age` is below `ShortestAge`.
	AgeTooShort,
	/// `max_age` is above `LongestAge`.
	AgeTooLong,
	/// `drain` is below `ShortestDrain`.
	DrainTooShort,
	/// `drain` is above `LongestDrain`.
	DrainTooLong,
}
