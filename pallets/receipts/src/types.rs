// SPDX-License-Identifier: Apache-2.0

//! What the pallet stores and what its calls take.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::PalletError;
use scale_info::TypeInfo;
use sealane_primitives::ids::{BlockNumber, Digest};

/// What the issuer decided on a customer's application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Outcome {
	/// The customer is registered.
	Accepted,
	/// The customer is not.
	Rejected,
}

impl Outcome {
	/// From what the issuer's system says.
	pub const fn of(accepted: bool) -> Self {
		if accepted {
			Outcome::Accepted
		} else {
			Outcome::Rejected
		}
	}
}

/// Whether a receipt still stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Status {
	/// It stands.
	Open,
	/// The registration ended in good order at this block: 销户.
	Closed(BlockNumber),
	/// The receipt was declared wrong at this block.
	Revoked(BlockNumber),
}

/// A registration receipt. Whose it is only the holder of the salt can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Receipt {
	/// What was decided.
	pub outcome: Outcome,
	/// Whether it stands.
	pub status: Status,
	/// Block in which it was issued.
	pub issued_at: BlockNumber,
}

impl Receipt {
	/// Whether the customer is registered.
	pub fn is_registered(&self) -> bool {
		self.outcome == Outcome::Accepted && self.status == Status::Open
	}
}

/// One receipt of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct NewReceipt {
	/// The salted commitment: [`sealane_primitives::registration::commitment`].
	pub commitment: Digest,
	/// Whether the issuer registered the customer.
	pub accepted: bool,
}

/// Why a receipt was declared wrong. A closed list and no free text, so that nobody writes a customer's story on chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum RevocationReason {
	/// It should never have been issued.
	IssuedInError,
	/// Another receipt of the same registration stands.
	Duplicate,
	/// The registration was obtained by deceit.
	Fraud,
	/// A court or a supervisor ordered it.
	Order,
	/// Anything else; the parties know.
	Other,
}

/// Who declared a receipt wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum RevokedBy {
	/// The issuer.
	Issuer,
	/// The council.
	Council,
}

/// How and by whom a receipt was declared wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Revocation {
	/// Why.
	pub reason: RevocationReason,
	/// Who.
	pub by: RevokedBy,
}

/// An issuer's receipts, counted by where they stand.
#[derive(
	Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Tally {
	/// Accepted and open: registered customers.
	pub registered: u32,
	/// Rejected and open.
	pub rejected: u32,
	/// Closed.
	pub closed: u32,
	/// Revoked.
	pub revoked: u32,
}

impl Tally {
	/// The count that a receipt of this outcome and status belongs to.
	pub fn of(&mut self, outcome: Outcome, status: Status) -> &mut u32 {
		match (status, outcome) {
			(Status::Open, Outcome::Accepted) => &mut self.registered,
			(Status::Open, Outcome::Rejected) => &mut self.rejected,
			(Status::Closed(_), _) => &mut self.closed,
			(Status::Revoked(_), _) => &mut self.revoked,
		}
	}
}

/// Where a receipt stands that does not allow what was asked for.
#[derive(
	Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, PalletError,
)]
pub enum Standing {
	/// It says that the customer was not registered.
	Rejected,
	/// It was closed before.
	Closed,
	/// It was revoked before.
	Revoked,
}
