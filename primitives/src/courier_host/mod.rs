// SPDX-License-Identifier: Apache-2.0

//! What the runtime's off-chain workers ask of the courier of their own node.
//!
//! There is one host function, [`courier::call`], and there will never be another: a runtime that imports a function which a node
//! lacks cannot be run by that node at all, while a *method* that a node does not know is answered with `None`. Methods have
//! numbers and are listed in [`Method`]; a number is never given to another meaning. Arguments and answers are SCALE; a method's
//! answer never changes, its argument may grow at the end, since a node ignores what follows what it knows.
//!
//! The node registers a [`CourierExt`] for each run of the off-chain worker. Where none is registered (a node without a courier, a
//! test), every method answers as an idle courier would.
//!
//! * [`ask`]: the methods as the runtime calls them.
//! * [`CourierHost`]: the same as the node implements them.

pub mod ask;
#[cfg(feature = "std")]
mod serve;

#[cfg(feature = "std")]
pub use serve::{CourierHost, HostCall};

use crate::ids::*;
use alloc::vec::Vec;
use codec::{Decode, Encode};
#[cfg(not(substrate_runtime))]
use sp_externalities::ExternalitiesExt as _;
use sp_runtime_interface::{
	pass_by::{AllocateAndReturnByCodec, PassFatPointerAndRead},
	runtime_interface,
};

/// The methods there are. What each takes and answers stands in [`ask`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Method {
	/// PeerId of this node.
	LocalPeer = 0,
	/// The channels with something due.
	DueChannels = 1,
	/// Send what waits in the lanes of a channel.
	Dispatch = 2,
	/// Hold the lanes of a channel closed.
	CloseChannel = 3,
	/// The anchor to submit now.
	ReadyAnchor = 4,
	/// The anchor was handed to the transaction pool.
	AnchorSubmitted = 5,
	/// Registration receipts to submit now.
	ReadyReceipts = 6,
	/// Registrations to close now. The number before it is not given again.
	ReadyClosings = 8,
}

impl Method {
	/// All of them.
	pub const ALL: [Method; 8] = [
		Method::LocalPeer,
		Method::DueChannels,
		Method::Dispatch,
		Method::CloseChannel,
		Method::ReadyAnchor,
		Method::AnchorSubmitted,
		Method::ReadyReceipts,
		Method::ReadyClosings,
	];

	/// The method of that number.
	pub fn of(number: u32) -> Option<Self> {
		Self::ALL.into_iter().find(|method| *method as u32 == number)
	}
}

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

/// An anchor that waits to be put on chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ReadyAnchor {
	/// The number it must have; the courier cut it against the chain's `next_anchor`.
	pub sequence: AnchorSequence,
	/// The root over what it hides (RFC 6962 tree).
	pub root: Digest,
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

#[cfg(feature = "std")]
sp_externalities::decl_extension! {
	/// Gives a run of the off-chain worker its courier.
	pub struct CourierExt(Box<dyn HostCall>);
}

/// The host function of the courier.
#[runtime_interface]
pub trait Courier {
	/// Calls the method of that number; `None` where the node has no courier, does not know the method, or cannot read the argument.
	fn call(
		&mut self,
		method: u32,
		argument: PassFatPointerAndRead<&[u8]>,
	) -> AllocateAndReturnByCodec<Option<Vec<u8>>> {
		self.extension::<CourierExt>()
			.and_then(|courier| courier.call(method, argument))
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn numbers_name_methods() {
		for method in Method::ALL {
			assert_eq!(Method::of(method as u32), Some(method));
		}
		assert_eq!((Method::of(7), Method::of(9)), (None, None));
	}
}
