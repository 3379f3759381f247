// SPDX-License-Identifier: Apache-2.0

//! The network between the nodes: loses, doubles, delays, reorders, corrupts, swallows, parts.

use crate::{
	executor::{Executor, Group},
	trace::Trace,
};
use async_trait::async_trait;
use futures::{future::BoxFuture, StreamExt};
use parking_lot::Mutex;
use rand::{rngs::StdRng, Rng, SeedableRng};
use sealane_courier::{
	api::LaneId,
	protocol::{Answer, EnvelopeHead},
	testing::peer,
	transport::{InboundRequest, InboundRequests, Misbehaviour, Reply, Transport, TransportError},
};
use sealane_primitives::ids::{Address, NodeId};
use serde::{Deserialize, Serialize};
use std::{
	collections::{BTreeMap, BTreeSet, VecDeque},
	sync::Arc,
};
use tokio::sync::{mpsc, oneshot};

/// Requests of which a copy is kept for those who replay.
const KEPT: usize = 32;
/// Virtual milliseconds over which envelopes without progress are counted.
const WINDOW_MS: u64 = 5_000;

/// What the network does to a request, in thousandths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Faults {
	/// The request is lost.
	pub lose_request: u32,
	/// The response is lost.
	pub lose_response: u32,
	/// The request is never answered, and never said to have failed.
	pub swallow: u32,
	/// The request comes a second time, some time later.
	pub double: u32,
	/// One bit is flipped.
	pub corrupt: u32,
	/// Longest delay in each direction, in milliseconds; delays differ, so requests overtake each other.
	pub delay_ms: u64,
}

/// Answers the requests to a node that is no courier: the sender and the request; `None` closes the stream.
pub type Responder = Arc<dyn Fn(NodeId, &[u8]) -> Option<Vec<u8>> + Send + Sync>;

#[derive(Clone)]
enum Door {
	Courier(mpsc::Sender<InboundRequest>),
	Responder(Responder),
}

/// What went over one lane.
#[derive(Default)]
pub struct Traffic {
	/// The lane's packets before this sequence were sent at least once, whether they arrived or not.
	pub tried: u64,
	/// When envelopes were sent since the last one that was acknowledged.
	idle: VecDeque<u64>,
	/// The most of them within `WINDOW_MS`.
	pub most_idle: usize,
}

struct State {
	doors: BTreeMap<Vec<u8>, Door>,
	faults: Faults,
	parted: BTreeSet<(NodeId, NodeId)>,
	random: StdRng,
	kept: VecDeque<(NodeId, NodeId, Vec<u8>)>,
	traffic: BTreeMap<LaneId, Traffic>,
	/// Bytes of requests that each node was handed.
	received: BTreeMap<NodeId, u64>,
	requests: u64,
	reports: Vec<(NodeId, NodeId, Misbehaviour)>,
	counts: BTreeMap<&'static str, u64>,
}

/// The network; clones are the same one.
#[derive(Clone)]
pub struct Network {
	state: Arc<Mutex<State>>,
	executor: Executor,
	trace: Trace,
	/// Late copies are on their way whatever becomes of their sender.
	group: Group,
}

/// The number of the node with a PeerId.
fn node_of(peer: &[u8]) -> NodeId {
	peer.last().copied().map_or(0, NodeId::from)
}

impl Network {
	/// Closes all doors. Who is behind them may hold this network: without it neither would ever be dropped.
	pub fn end(&self) {
		let doors = std::mem::take(&mut self.state.lock().doors);
		drop(doors);
	}

	/// To look whether anybody still holds it.
	#[cfg(test)]
	pub(crate) fn held(&self) -> std::sync::Weak<impl Sized> {
		Arc::downgrade(&self.state)
	}

	/// A good network; `group` is that of its own tasks.
	pub fn new(executor: Executor, trace: Trace, group: Group, seed: u64) -> Self {
		let state = State {
			doors: BTreeMap::new(),
			faults: Faults::default(),
			parted: BTreeSet::new(),
			random: StdRng::seed_from_u64(seed),
			kept: VecDeque::new(),
			traffic: BTreeMap::new(),
			received: BTreeMap::new(),
			requests: 0,
			reports: Vec::new(),
			counts: BTreeMap::new(),
		};
		Network {
			state: Arc::new(Mutex::new(state)),
			executor,
			trace,
			group,
		}
	}

	/// Makes the network bad, or good again.
	pub fn set_faults(&self, faults: Faults) {
		self.state.lock().faults = faults;
	}

	/// Parts two nodes, or brings them together.
	pub fn part(&self, a: NodeId, b: NodeId, parted: bool) {
		let mut state = self.state.lock();
		let pair = (a.min(b), a.max(b));
		if parted {
			state.parted.insert(pair);
		} else {
			state.parted.remove(&pair);
		}
	}

	/// Brings all together.
	pub fn heal(&self) {
		let mut state = self.state.lock();
		state.parted.clear();
		state.faults = Faults::default();
	}

	/// Lets a courier in; gives the requests that come to it.
	pub fn attach(&self, node: NodeId) -> InboundRequests {
		let (sender, receiver) = mpsc::channel(64);
		self.state.lock().doors.insert(peer(node), Door::Courier(sender));
		let requests = futures::stream::unfold(receiver, |mut receiver| async move {
			receiver.recv().await.map(|request| (request, receiver))
		});
		requests.boxed()
	}

	/// Lets a node in that answers by itself.
	pub fn attach_responder(&self, node: NodeId, responder: Responder) {
		self.state.lock().doors.insert(peer(node), Door::Responder(responder));
	}

	/// A node is gone: requests to it, also those that it has not answered, fail.
	pub fn detach(&self, node: NodeId) {
		self.state.lock().doors.remove(&peer(node));
	}

	/// A courier's way out.
	pub fn transport(&self, node: NodeId) -> Arc<dyn Transport> {
		Arc::new(Way {
			network: self.clone(),
			from: node,
		})
	}

	/// Requests that were sent not long ago: from, to, bytes.
	pub fn kept(&self) -> Vec<(NodeId, NodeId, Vec<u8>)> {
		self.state.lock().kept.iter().cloned().collect()
	}

	/// What went over a lane, as `look` sees it.
	pub fn traffic<T>(&self, look: impl FnOnce(&BTreeMap<LaneId, Traffic>) -> T) -> T {
		look(&self.state.lock().traffic)
	}

	/// Bytes of requests that a node was handed, and requests in the whole network.
	pub fn received(&self, node: NodeId) -> (u64, u64) {
		let state = self.state.lock();
		(state.received.get(&node).copied().unwrap_or(0), state.requests)
	}

	/// Who reported whom for what.
	pub fn reports(&self) -> Vec<(NodeId, NodeId, Misbehaviour)> {
		self.state.lock().reports.clone()
	}

	/// How often each kind of fault happened.
	pub fn counts(&self) -> BTreeMap<&'static str, u64> {
		self.state.lock().counts.clone()
	}

	fn chance(&self, what: &'static str, thousandths: u32) -> bool {
		let mut state = self.state.lock();
		let hit = thousandths > 0 && state.random.gen_range(0..1000) < thousandths;
		if hit {
			*state.counts.entry(what).or_default() += 1;
		}
		hit
	}

	fn below(&self, bound: u64) -> u64 {
		self.state.lock().random.gen_range(0..bound.max(1))
	}

	/// Nothing is there at once: without this, two nodes that always have an answer would never let the clock move.
	async fn delay(&self, faults: &Faults) {
		let ms = 1 + self.below(faults.delay_ms + 1);
		self.executor.sleep(ms).await;
	}

	/// Hands a request over; `None` where nobody answers it.
	pub fn deliver(&self, from: NodeId, to: NodeId, request: Vec<u8>) -> BoxFuture<'static, Option<Reply>> {
		let network = self.clone();
		Box::pin(async move {
			let door = {
				let mut state = network.state.lock();
				let door = state.doors.get(&peer(to)).cloned()?;
				*state.received.entry(to).or_default() += request.len() as u64;
				door
			};
			network.trace.bytes(from, to, "request", &request);
			let reply = match door {
				Door::Responder(responder) => Reply {
					answer: responder(from, &request),
					misbehaviour: None,
				},
				Door::Courier(inbox) => {
					let (reply, response) = oneshot::channel();
					let request = InboundRequest {
						peer: peer(from),
						payload: request,
						reply: Box::new(move |answer| drop(reply.send(answer))),
					};
					inbox.send(request).await.ok()?;
					response.await.ok()?
				}
			};
			if let Some(what) = reply.misbehaviour {
				network.state.lock().reports.push((to, from, what));
			}
			if let Some(answer) = &reply.answer {
				network.trace.bytes(to, from, "answer", answer);
			}
			Some(reply)
		})
	}

	/// Counts an envelope that is sent.
	fn sent(&self, from: NodeId, to: NodeId, request: &[u8]) {
		let now = self.executor.now();
		let mut state = self.state.lock();
		state.requests += 1;
		if state.kept.len() == KEPT {
			state.kept.pop_front();
		}
		state.kept.push_back((from, to, request.to_vec()));
		let Ok(head) = EnvelopeHead::parse(request) else { return };
		if head.count == 0 {
			return;
		}
		let lane = state.traffic.entry(head.lane).or_default();
		lane.tried = lane.tried.max(head.last_sequence() + 1);
		lane.idle.push_back(now);
		while lane.idle.front().is_some_and(|at| at + WINDOW_MS < now) {
			lane.idle.pop_front();
		}
		lane.most_idle = lane.most_idle.max(lane.idle.len());
	}

	/// Notes what an envelope was answered.
	fn answered(&self, request: &[u8], answer: &[u8]) {
		let (Ok(head), Ok(Answer::Stored(_))) = (EnvelopeHead::parse(request), Answer::parse(answer)) else {
			return;
		};
		if let Some(lane) = self.state.lock().traffic.get_mut(&head.lane) {
			lane.idle.clear();
		}
	}
}

struct Way {
	network: Network,
	from: NodeId,
}

#[async_trait]
impl Transport for Way {
	async fn request(&self, to: &[u8], _: &[Address], mut request: Vec<u8>) -> Result<Vec<u8>, TransportError> {
		let (network, from, to) = (&self.network, self.from, node_of(to));
		network.sent(from, to, &request);
		let faults = {
			let state = network.state.lock();
			if state.parted.contains(&(from.min(to), from.max(to))) {
				return Err(TransportError::NotConnected);
			}
			state.faults
		};
		network.delay(&faults).await;
		if network.chance("swallowed", faults.swallow) {
			std::future::pending::<()>().await;
		}
		if network.chance("request lost", faults.lose_request) {
			return Err(TransportError::Timeout);
		}
		if network.chance("corrupted", faults.corrupt) && !request.is_empty() {
			let bit = network.below(request.len() as u64 * 8) as usize;
			request[bit / 8] ^= 1 << (bit % 8);
		}
		if network.chance("doubled", faults.double) {
			let late = network.below(faults.delay_ms * 4 + 1);
			let copy = network.deliver(from, to, request.clone());
			let executor = network.executor.clone();
			let again = async move {
				executor.sleep(late).await;
				copy.await;
			};
			network.executor.spawn(network.group, "late copy", Box::pin(again));
		}
		let reply = network
			.deliver(from, to, request.clone())
			.await
			.ok_or(TransportError::NotConnected)?;
		network.delay(&faults).await;
		if network.chance("response lost", faults.lose_response) {
			return Err(TransportError::Timeout);
		}
		let answer = reply.answer.ok_or(TransportError::Refused)?;
		network.answered(&request, &answer);
		Ok(answer)
	}

	fn report(&self, peer: &[u8], misbehaviour: Misbehaviour) {
		self.network
			.state
			.lock()
			.reports
			.push((self.from, node_of(peer), misbehaviour));
	}
}
