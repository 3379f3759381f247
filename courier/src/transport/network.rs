// SPDX-License-Identifier: Apache-2.0

//! The transport over `sc-network`: a request-response protocol named after the chain.

use super::{InboundRequest, InboundRequests, Misbehaviour, Reply, Transport, TransportError};
use crate::protocol::{MAX_REQUEST_LEN, MAX_RESPONSE_LEN};
use async_trait::async_trait;
use futures::StreamExt;
use sc_network::{
	config::{IncomingRequest, OutgoingResponse},
	request_responses::OutboundFailure,
	service::traits::{NetworkPeers, NetworkRequest},
	IfDisconnected, Multiaddr, NetworkBackend, PeerId, ProtocolName, ReputationChange, RequestFailure,
};
use sealane_primitives::ids::{Address, Digest};
use sp_runtime::traits::Block as BlockT;
use std::{sync::Arc, time::Duration};

/// Time within which a request must be answered: the transfer of 1 MiB, two checks of it and a commit, with much room.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(20);
/// Requests that wait to be looked at. More are refused by the network service itself.
pub const INBOUND_QUEUE_LEN: usize = 64;

impl Misbehaviour {
	/// What it costs. Unlike a lost block or a slow peer none of it happens by accident, except that a grant may just have ended.
	const fn reputation(self) -> ReputationChange {
		match self {
			Misbehaviour::Unauthorised => ReputationChange::new(-(1 << 12), "courier: not authorised"),
			Misbehaviour::Malformed => ReputationChange::new(-(1 << 20), "courier: malformed request"),
			Misbehaviour::Forged => ReputationChange::new(-(1 << 24), "courier: forged packet"),
			Misbehaviour::Flooding => ReputationChange::new(-(1 << 16), "courier: too many requests"),
			Misbehaviour::BadAnswer => ReputationChange::new(-(1 << 20), "courier: bad answer"),
		}
	}
}

/// Name of the protocol on the chain with this genesis hash.
pub fn protocol_name(genesis: &Digest) -> ProtocolName {
	format!("/{}/courier/1", hex::encode(genesis)).into()
}

/// The protocol's configuration for the node's network, and the requests that will come in over it.
pub fn protocol<B: BlockT, N: NetworkBackend<B, B::Hash>>(
	genesis: &Digest,
) -> (N::RequestResponseProtocolConfig, InboundRequests) {
	let (sender, receiver) = async_channel::bounded::<IncomingRequest>(INBOUND_QUEUE_LEN);
	let config = N::request_response_config(
		protocol_name(genesis),
		Vec::new(),
		MAX_REQUEST_LEN,
		MAX_RESPONSE_LEN,
		REQUEST_TIMEOUT,
		Some(sender),
	);
	(config, receiver.map(inbound).boxed())
}

fn inbound(request: IncomingRequest) -> InboundRequest {
	let IncomingRequest {
		peer,
		payload,
		pending_response,
	} = request;
	InboundRequest {
		peer: peer.to_bytes(),
		payload,
		reply: Box::new(move |Reply { answer, misbehaviour }| {
			let response = OutgoingResponse {
				result: answer.ok_or(()),
				reputation_changes: misbehaviour.map(Misbehaviour::reputation).into_iter().collect(),
				sent_feedback: None,
			};
			// The peer went away; it will ask again.
			let _ = pending_response.send(response);
		}),
	}
}

/// What the transport asks of the network service.
pub trait Network: NetworkRequest + NetworkPeers + Send + Sync {}
impl<T: NetworkRequest + NetworkPeers + Send + Sync + ?Sized> Network for T {}

/// Sends over the node's network service.
pub struct NetworkTransport<N: ?Sized> {
	protocol: ProtocolName,
	network: Arc<N>,
}

impl<N: Network + ?Sized> NetworkTransport<N> {
	/// A transport for the chain with this genesis hash.
	pub fn new(genesis: &Digest, network: Arc<N>) -> Self {
		NetworkTransport {
			protocol: protocol_name(genesis),
			network,
		}
	}
}

#[async_trait]
impl<N: Network + ?Sized + 'static> Transport for NetworkTransport<N> {
	async fn request(&self, peer: &[u8], addresses: &[Address], request: Vec<u8>) -> Result<Vec<u8>, TransportError> {
		let peer = PeerId::from_bytes(peer).map_err(|error| TransportError::Other(format!("PeerId: {error}")))?;
		for address in addresses {
			let parsed = std::str::from_utf8(address)
				.ok()
				.and_then(|text| text.parse::<Multiaddr>().ok());
			match parsed {
				Some(address) => self.network.add_known_address(peer, address),
				None => log::debug!(target: "courier", "Address of {peer} on chain does not parse"),
			}
		}
		let sent = self
			.network
			.request(peer, self.protocol.clone(), request, None, IfDisconnected::TryConnect)
			.await;
		match sent {
			Ok((response, _)) => Ok(response),
			Err(RequestFailure::NotConnected) => Err(TransportError::NotConnected),
			Err(RequestFailure::Refused) => Err(TransportError::Refused),
			Err(RequestFailure::UnknownProtocol) => Err(TransportError::Unsupported),
			Err(RequestFailure::Network(failure)) => Err(match failure {
				OutboundFailure::DialFailure => TransportError::NotConnected,
				OutboundFailure::Timeout => TransportError::Timeout,
				OutboundFailure::UnsupportedProtocols => TransportError::Unsupported,
				other => TransportError::Other(other.to_string()),
			}),
			Err(other) => Err(TransportError::Other(other.to_string())),
		}
	}

	fn report(&self, peer: &[u8], misbehaviour: Misbehaviour) {
		if let Ok(peer) = PeerId::from_bytes(peer) {
			self.network.report_peer(peer, misbehaviour.reputation());
		}
	}
}
