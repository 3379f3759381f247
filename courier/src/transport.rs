// SPDX-License-Identifier: Apache-2.0

//! How bytes get to a partner's node: a request and its response, behind a trait so that tests need no network.

pub mod network;

use crate::protocol::Answer;
use async_trait::async_trait;
use codec::Encode;
use futures::stream::BoxStream;
use sealane_primitives::ids::Address;

/// Why a request got no response.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
	/// No connection, and none could be made.
	#[error("not connected")]
	NotConnected,
	/// Connected, but no answer in time.
	#[error("no answer in time")]
	Timeout,
	/// The partner speaks no such protocol: it runs no courier, or another chain's.
	#[error("the partner does not speak this protocol")]
	Unsupported,
	/// The partner closed the stream without an answer.
	#[error("the partner closed the stream without an answer")]
	Refused,
	/// The network service of this node has ended.
	#[error("the network of this node has ended")]
	Closed,
	/// Anything else.
	#[error("{0}")]
	Other(String),
}

/// What a partner did that a node doing its duty does not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Misbehaviour {
	/// Sends what nobody registered or granted may send.
	Unauthorised,
	/// Sends what cannot be decoded.
	Malformed,
	/// Sends what it did not sign.
	Forged,
	/// Sends more than it may.
	Flooding,
	/// Gives receipts or refusals that it did not sign, or that are about something else.
	BadAnswer,
}

impl Misbehaviour {
	/// Name of the metric's label.
	pub const fn as_str(self) -> &'static str {
		match self {
			Misbehaviour::Unauthorised => "unauthorised",
			Misbehaviour::Malformed => "malformed",
			Misbehaviour::Forged => "forged",
			Misbehaviour::Flooding => "flooding",
			Misbehaviour::BadAnswer => "bad_answer",
		}
	}
}

/// Sends requests.
#[async_trait]
pub trait Transport: Send + Sync + 'static {
	/// Send `request` to the node with this PeerId (multihash bytes), dialling `addresses` where it is not connected, and
	/// wait for its response.
	async fn request(&self, peer: &[u8], addresses: &[Address], request: Vec<u8>) -> Result<Vec<u8>, TransportError>;

	/// Lower the reputation of a peer.
	fn report(&self, peer: &[u8], misbehaviour: Misbehaviour);
}

/// What is said to a request.
#[derive(Debug)]
pub struct Reply {
	/// The response; `None` closes the stream without one.
	pub answer: Option<Vec<u8>>,
	/// What the peer did wrong.
	pub misbehaviour: Option<Misbehaviour>,
}

impl Reply {
	/// An answer to somebody who did nothing wrong.
	pub fn said(answer: &Answer) -> Self {
		Reply {
			answer: Some(answer.encode()),
			misbehaviour: None,
		}
	}

	/// No answer.
	pub fn silence(what: Misbehaviour) -> Self {
		Reply {
			answer: None,
			misbehaviour: Some(what),
		}
	}
}

/// A request of a partner.
pub struct InboundRequest {
	/// PeerId of the sender (multihash bytes), as the connection proves it.
	pub peer: Vec<u8>,
	/// The request.
	pub payload: Vec<u8>,
	/// Takes the response.
	pub reply: Box<dyn FnOnce(Reply) + Send>,
}

/// The requests of all partners.
pub type InboundRequests = BoxStream<'static, InboundRequest>;
