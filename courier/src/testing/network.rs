// SPDX-License-Identifier: Apache-2.0

//! A network that loses, delays, doubles, reorders and corrupts what it is given.

use super::peer;
use crate::transport::{InboundRequest, InboundRequests, Misbehaviour, Reply, Transport, TransportError};
use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt;
use hashbrown::HashMap;
use parking_lot::Mutex;
use rand::{rngs::StdRng, Rng, SeedableRng};
use sealane_primitives::ids::{Address, NodeId};
use std::{sync::Arc, time::Duration};
use tokio::sync::{mpsc, oneshot};

/// What the network does to a request, in thousandths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
	/// The request is lost.
	pub lose_request: u32,
	/// The response is lost.
	pub lose_response: u32,
	/// The request is never answered, and never said to have failed.
	pub swallow: u32,
	/// The request comes twice.
	pub double: u32,
	/// One bit is flipped.
	pub corrupt: u32,
	/// Longest delay of a request, in milliseconds; delays differ, so requests overtake each other.
	pub delay_ms: u64,
}

impl Faults {
	/// Some of everything.
	pub const SOME: Faults = Faults {
		lose_request: 60,
		lose_response: 60,
		swallow: 0,
		double: 100,
		corrupt: 40,
		delay_ms: 12,
	};
}

/// Connects the nodes of a test.
pub struct MockNetwork {
	inboxes: Mutex<HashMap<Vec<u8>, mpsc::Sender<InboundRequest>>>,
	faults: Mutex<Faults>,
	down: Mutex<Vec<Vec<u8>>>,
	rng: Mutex<StdRng>,
	/// Every request as it went over the wire, when recording.
	recorded: Mutex<Option<Vec<Bytes>>>,
	reports: Mutex<Vec<(Vec<u8>, Misbehaviour)>>,
}

impl MockNetwork {
	pub(super) fn new(seed: u64) -> Self {
		MockNetwork {
			inboxes: Mutex::default(),
			faults: Mutex::default(),
			down: Mutex::default(),
			rng: Mutex::new(StdRng::seed_from_u64(seed)),
			recorded: Mutex::default(),
			reports: Mutex::default(),
		}
	}

	/// Make the network bad, or good again.
	pub fn set_faults(&self, faults: Faults) {
		*self.faults.lock() = faults;
	}

	/// Cut a node off, or bring it back.
	pub fn set_down(&self, node: NodeId, down: bool) {
		let peer = peer(node);
		let mut list = self.down.lock();
		list.retain(|p| *p != peer);
		if down {
			list.push(peer);
		}
	}

	/// Keep a copy of all requests from now on.
	pub fn record(&self) {
		*self.recorded.lock() = Some(Vec::new());
	}

	/// The requests since [`MockNetwork::record`].
	pub fn recorded(&self) -> Vec<Bytes> {
		self.recorded.lock().clone().unwrap_or_default()
	}

	/// What nodes reported about peers.
	pub fn reports(&self) -> Vec<(Vec<u8>, Misbehaviour)> {
		self.reports.lock().clone()
	}

	/// Take over the requests to a node; for partners that lie.
	pub fn attach(&self, node: NodeId) -> InboundRequests {
		let (sender, receiver) = mpsc::channel(64);
		self.inboxes.lock().insert(peer(node), sender);
		tokio_stream(receiver)
	}

	pub(super) fn detach(&self, node: NodeId) {
		self.inboxes.lock().remove(&peer(node));
	}

	/// Hand a request over as if it came from `from`; for partners that lie.
	pub async fn inject(&self, from: NodeId, to: NodeId, payload: Vec<u8>) -> Option<Reply> {
		self.deliver(&peer(from), &peer(to), payload).await
	}

	async fn deliver(&self, from: &[u8], to: &[u8], payload: Vec<u8>) -> Option<Reply> {
		let inbox = self.inboxes.lock().get(to).cloned()?;
		let (reply, response) = oneshot::channel();
		let request = InboundRequest {
			peer: from.to_vec(),
			payload,
			reply: Box::new(move |answer| drop(reply.send(answer))),
		};
		inbox.send(request).await.ok()?;
		response.await.ok()
	}

	fn chance(&self, thousandths: u32) -> bool {
		thousandths > 0 && self.rng.lock().gen_range(0..1000) < thousandths
	}
}

fn tokio_stream(receiver: mpsc::Receiver<InboundRequest>) -> InboundRequests {
	futures::stream::unfold(receiver, |mut receiver| async move {
		receiver.recv().await.map(|request| (request, receiver))
	})
	.boxed()
}

pub(super) struct NodeTransport {
	pub(super) network: Arc<MockNetwork>,
	pub(super) me: Vec<u8>,
}

#[async_trait]
impl Transport for NodeTransport {
	async fn request(&self, to: &[u8], _: &[Address], mut request: Vec<u8>) -> Result<Vec<u8>, TransportError> {
		let network = &self.network;
		{
			let down = network.down.lock();
			if down.iter().any(|p| *p == self.me || p == to) {
				return Err(TransportError::NotConnected);
			}
		}
		if let Some(recorded) = &mut *network.recorded.lock() {
			recorded.push(request.clone().into());
		}
		let faults = *network.faults.lock();
		if faults.delay_ms > 0 {
			let delay = network.rng.lock().gen_range(0..=faults.delay_ms);
			tokio::time::sleep(Duration::from_millis(delay)).await;
		}
		if network.chance(faults.swallow) {
			std::future::pending::<()>().await;
		}
		if network.chance(faults.lose_request) {
			return Err(TransportError::Timeout);
		}
		if network.chance(faults.corrupt) {
			let bit = network.rng.lock().gen_range(0..request.len() * 8);
			request[bit / 8] ^= 1 << (bit % 8);
		}
		if network.chance(faults.double) {
			network.deliver(&self.me, to, request.clone()).await;
		}
		let reply = network
			.deliver(&self.me, to, request)
			.await
			.ok_or(TransportError::NotConnected)?;
		if network.chance(faults.lose_response) {
			return Err(TransportError::Timeout);
		}
		reply.answer.ok_or(TransportError::Refused)
	}

	fn report(&self, peer: &[u8], misbehaviour: Misbehaviour) {
		self.network.reports.lock().push((peer.to_vec(), misbehaviour));
	}
}
