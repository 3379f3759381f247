// SPDX-License-Identifier: Apache-2.0

//! What the chain says of customers' registrations.

use sealane_primitives::ids::BlockNumber;

/// Whether registrations are open in one block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrationsOpen {
	/// Number of the block, the newest that the node knows.
	pub block: BlockNumber,
	/// For each commitment that was asked for, in their order.
	pub open: Vec<bool>,
}

/// What becomes of a registration that its issuer's business system ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClosingState {
	/// It is being closed on chain.
	Closing,
	/// It is closed or revoked already.
	Closed,
	/// The issuer rejected it: there is nothing to close.
	Rejected,
	/// This issuer has no receipt with this commitment, on chain or on the way there.
	Unknown,
}
