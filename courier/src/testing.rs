// SPDX-License-Identifier: Apache-2.0

//! A consortium in one process, for tests: three members, two channels, a network that loses, delays, doubles, reorders and
//! corrupts what it is given.
//!
//! ```text
//! member 1 (seller, node 1) ── channel 1 ── member 2 (issuer, node 2): interface I2, products P2 (open), N2 (offering), C2 (closed)
//!                           └─ channel 2 ── member 3 (issuer, node 3): interface I3, product P3 (open)
//! ```

use crate::{
	api::{Cursor, IdempotencyKey, SubmitReport},
	chain::{ChainView, DirectoryAt},
	clock::SystemClock,
	config::Config,
	handle::Handle,
	keys::KeyRing,
	service::{Courier, Parts, TokioSpawner},
	transport::{InboundRequest, InboundRequests, Misbehaviour, Reply, Transport, TransportError},
};
use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt;
use hashbrown::HashMap;
use parking_lot::Mutex;
use rand::{rngs::StdRng, Rng, SeedableRng};
use sealane_primitives::{
	business::{BusinessKinds, Role, Roles},
	directory::{
		AgreementEntry, AnchorMode, AnchorPolicy, Authorisation, ChannelEntry, Directory, InterfaceEntry, MemberEntry,
		NodeEntry, ProductEntry, ProductStatus, Refusal,
	},
	ids::{Address, AnchorSequence, BlockNumber, ChannelId, Digest, MemberId, Name, NodeId},
	keys::CourierKey,
	runtime_api::AnchorEntry,
};
use std::{ops::Range, path::Path, sync::Arc, time::Duration};
use tokio::sync::{mpsc, oneshot, watch};

/// The seller's node.
pub const SELLER: NodeId = 1;
/// The first issuer's node.
pub const ISSUER: NodeId = 2;
/// The second issuer's node.
pub const OTHER_ISSUER: NodeId = 3;
/// Genesis hash of the test chain.
pub const GENESIS: Digest = [0x5e; 32];
/// Longest wait for something that must happen.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A bounded name.
pub fn name(text: &str) -> Name {
	Name::truncate_from(text.as_bytes().to_vec())
}

/// A channel as the council granted it.
#[derive(Clone, Debug)]
pub struct ChannelSpec {
	/// Its number.
	pub id: ChannelId,
	/// The seller.
	pub seller: MemberId,
	/// The issuer.
	pub issuer: MemberId,
	/// What is allowed.
	pub authorisation: Result<Authorisation, Refusal>,
	/// Interfaces and the nodes that serve them.
	pub interfaces: Vec<InterfaceEntry>,
	/// Products.
	pub products: Vec<ProductEntry>,
	/// Clauses in force.
	pub agreements: Vec<AgreementEntry>,
}

/// The state of the test chain.
#[derive(Clone, Debug)]
pub struct ChainState {
	/// Number of the newest block, which is also final.
	pub block: BlockNumber,
	/// Members with their nodes; node numbers are member numbers.
	pub members: Vec<MemberEntry>,
	/// Channels.
	pub channels: Vec<ChannelSpec>,
	/// Anchors.
	pub anchors: HashMap<(NodeId, AnchorSequence), AnchorEntry>,
}

impl ChainState {
	/// The channel with this number. Panics where there is none: tests know their channels.
	pub fn channel(&mut self, id: ChannelId) -> &mut ChannelSpec {
		self.channels
			.iter_mut()
			.find(|c| c.id == id)
			.expect("a channel of the test")
	}

	/// The number of a node's next anchor.
	pub fn next_anchor(&self, node: NodeId) -> AnchorSequence {
		self.anchors
			.keys()
			.filter(|(n, _)| *n == node)
			.map(|(_, s)| s + 1)
			.max()
			.unwrap_or(0)
	}

	/// The directory of a node.
	pub fn directory(&self, node: NodeId) -> Option<Directory> {
		let member = |id: MemberId| self.members.iter().find(|m| m.id == id).cloned();
		let owner = self
			.members
			.iter()
			.find(|m| m.nodes.iter().any(|n| n.id == node))?
			.clone();
		let mut channels = Vec::new();
		for spec in self
			.channels
			.iter()
			.filter(|c| c.seller == owner.id || c.issuer == owner.id)
		{
			let partner = if spec.seller == owner.id {
				spec.issuer
			} else {
				spec.seller
			};
			channels.push(ChannelEntry {
				id: spec.id,
				seller: spec.seller,
				issuer: spec.issuer,
				authorisation: spec.authorisation,
				partner: member(partner)?,
				interfaces: spec.interfaces.clone(),
				products: spec.products.clone(),
				agreements: spec.agreements.clone(),
			});
		}
		let anchors = AnchorPolicy {
			interval: 2,
			mode: AnchorMode::Root,
			max_packed: 0,
		};
		Some(Directory {
			node,
			member: owner,
			channels,
			anchors,
		})
	}
}

/// The chain as one node sees it.
struct NodeChain {
	world: Arc<World>,
	directory: watch::Sender<Option<Arc<DirectoryAt>>>,
	finalised: watch::Sender<BlockNumber>,
}

impl ChainView for NodeChain {
	fn genesis(&self) -> Digest {
		GENESIS
	}

	fn directory(&self) -> watch::Receiver<Option<Arc<DirectoryAt>>> {
		self.directory.subscribe()
	}

	fn finalised(&self) -> watch::Receiver<BlockNumber> {
		self.finalised.subscribe()
	}

	fn anchor(&self, node: NodeId, sequence: AnchorSequence, _: bool) -> Result<Option<AnchorEntry>, String> {
		Ok(self.world.state.lock().anchors.get(&(node, sequence)).copied())
	}
}

/// What the network does to a request, in thousandths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
	/// The request is lost.
	pub lose_request: u32,
	/// The response is lost.
	pub lose_response: u32,
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
	fn new(seed: u64) -> Self {
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

	fn attach(&self, node: NodeId) -> InboundRequests {
		let (sender, receiver) = mpsc::channel(64);
		self.inboxes.lock().insert(peer(node), sender);
		tokio_stream(receiver)
	}

	fn detach(&self, node: NodeId) {
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

struct NodeTransport {
	network: Arc<MockNetwork>,
	me: Vec<u8>,
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

/// The PeerId of a node.
pub fn peer(node: NodeId) -> Vec<u8> {
	// An identity multihash of 36 bytes, as PeerIds of ed25519 keys are; the courier compares the bytes only.
	let mut peer = vec![0x00, 0x24, 0x08, 0x01, 0x12, 0x20];
	peer.extend([node as u8; 32]);
	peer
}

/// A consortium in one process.
pub struct World {
	/// The chain.
	pub state: Mutex<ChainState>,
	/// The network.
	pub network: Arc<MockNetwork>,
	/// The courier keys of each node.
	pub keys: HashMap<NodeId, KeyRing>,
	chains: Mutex<HashMap<NodeId, Arc<NodeChain>>>,
}

impl World {
	/// The consortium described at the top of this module.
	pub fn new(seed: u64) -> Arc<Self> {
		let keys: HashMap<_, _> = (1..=3).map(|node| (node, KeyRing::generate())).collect();
		let member = |id: MemberId, role| {
			let (signing, sealing) = keys[&id].public()[0];
			let key = CourierKey {
				signing,
				sealing,
				valid_from: 0,
				valid_until: None,
			};
			MemberEntry {
				id,
				name: format!("Member {id}").into_bytes(),
				roles: Roles::of(&[role]),
				active: true,
				nodes: vec![NodeEntry {
					id,
					peer: peer(id).try_into().expect("38 bytes fit a PeerId"),
					addresses: Default::default(),
					keys: vec![key].try_into().expect("one key fits"),
				}],
			}
		};
		let product = |id: &str, interface: &str, status| ProductEntry {
			id: name(id),
			product_type: name("fund"),
			risk: 2,
			currency: *b"CNY",
			status,
			interface: name(interface),
		};
		let channel = |id, issuer, interface: &str, products| ChannelSpec {
			id,
			seller: 1,
			issuer,
			authorisation: Ok(granted(id)),
			interfaces: vec![InterfaceEntry {
				id: name(interface),
				node: issuer,
			}],
			products,
			agreements: Vec::new(),
		};
		let state = ChainState {
			block: 1,
			members: vec![
				member(1, Role::Seller),
				member(2, Role::Issuer),
				member(3, Role::Issuer),
			],
			channels: vec![
				channel(
					1,
					2,
					"I2",
					vec![
						product("P2", "I2", ProductStatus::Open),
						product("N2", "I2", ProductStatus::Offering),
						product("C2", "I2", ProductStatus::Closed),
					],
				),
				channel(2, 3, "I3", vec![product("P3", "I3", ProductStatus::Open)]),
			],
			anchors: HashMap::new(),
		};
		Arc::new(World {
			state: Mutex::new(state),
			network: Arc::new(MockNetwork::new(seed)),
			keys,
			chains: Mutex::default(),
		})
	}

	/// Make a block that changes the chain's state.
	pub fn block(&self, change: impl FnOnce(&mut ChainState)) {
		let state = {
			let mut state = self.state.lock();
			state.block += 1;
			change(&mut state);
			state.clone()
		};
		for (node, chain) in self.chains.lock().iter() {
			chain
				.directory
				.send_replace(Some(Arc::new(directory_at(&state, *node))));
			chain.finalised.send_replace(state.block);
		}
	}

	/// Start the courier of a node with its files in `folder`.
	pub fn start(self: &Arc<Self>, node: NodeId, folder: &Path) -> Handle {
		self.start_with(node, folder, |_| {})
	}

	/// The same with other settings.
	pub fn start_with(self: &Arc<Self>, node: NodeId, folder: &Path, set: impl FnOnce(&mut Config)) -> Handle {
		let state = self.state.lock().clone();
		let chain = Arc::new(NodeChain {
			world: self.clone(),
			directory: watch::Sender::new(Some(Arc::new(directory_at(&state, node)))),
			finalised: watch::Sender::new(state.block),
		});
		self.chains.lock().insert(node, chain.clone());
		let mut config = Config::new(folder);
		set(&mut config);
		let parts = Parts {
			config,
			local_peer: peer(node),
			keys: Some(self.keys[&node].clone()),
			chain,
			transport: Arc::new(NodeTransport {
				network: self.network.clone(),
				me: peer(node),
			}),
			inbound: self.network.attach(node),
			clock: Arc::new(SystemClock),
			spawner: Arc::new(TokioSpawner(tokio::runtime::Handle::current())),
			registry: None,
		};
		Courier::start(parts).expect("the courier of a test starts")
	}

	/// Stop a node: store what is queued, forget the rest.
	pub async fn stop(&self, node: NodeId, handle: Handle) {
		self.network.detach(node);
		self.chains.lock().remove(&node);
		handle.shutdown().await;
	}

	/// Put the anchor that a node offers on chain, as the off-chain worker does. Gives false where none is ready.
	pub fn anchor(&self, node: NodeId, handle: &Handle) -> bool {
		use sealane_primitives::courier_host::CourierHost;
		let (next, block) = {
			let state = self.state.lock();
			(state.next_anchor(node), state.block)
		};
		let mut host = handle.host();
		let Some(ready) = host.ready_anchor(next, block, 1, 0) else {
			return false;
		};
		host.anchor_submitted(ready.sequence, block);
		self.block(|state| {
			let entry = AnchorEntry {
				root: ready.root,
				block: state.block,
				packed: None,
			};
			state.anchors.insert((node, ready.sequence), entry);
		});
		true
	}
}

fn directory_at(state: &ChainState, node: NodeId) -> DirectoryAt {
	DirectoryAt {
		block: state.block,
		hash: [state.block as u8; 32],
		directory: state.directory(node),
	}
}

/// A grant of everything.
pub fn granted(channel: ChannelId) -> Authorisation {
	Authorisation {
		channel,
		kinds: BusinessKinds::ALL,
		valid_until: None,
		orders_per_minute: None,
	}
}

/// A purchase of `product`.
pub fn order(id: &str, product: &str) -> String {
	format!(
		r#"{{"id":"{id}","kind":"purchase","product":"{product}","customer":"c-{id}","amount":"1000.00","currency":"CNY","placed_at":"2025-11-24T10:00:00+08:00"}}"#
	)
}

/// The body of a submission and the ranges of its lines.
pub fn lines<T: AsRef<str>>(lines: &[T]) -> (Bytes, Vec<Range<u32>>) {
	let (mut body, mut ranges) = (Vec::new(), Vec::new());
	for line in lines {
		let start = body.len() as u32;
		body.extend_from_slice(line.as_ref().as_bytes());
		ranges.push(start..body.len() as u32);
		body.push(b'\n');
	}
	(body.into(), ranges)
}

/// Submit orders; panics where the submission as a whole fails.
pub async fn submit<T: AsRef<str>>(handle: &Handle, orders: &[T]) -> SubmitReport {
	let (body, ranges) = lines(orders);
	handle
		.submit_orders(body, ranges, None)
		.await
		.expect("the submission is taken")
}

/// A key for requests.
pub fn key(text: &str, body: &[u8]) -> IdempotencyKey {
	use sha2::Digest as _;
	IdempotencyKey {
		key: text.into(),
		body_digest: sha2::Sha256::digest(body).into(),
	}
}

/// Confirm what is in the inbox from `cursor` on: once, without waiting. Gives the next cursor and how many were confirmed.
pub async fn confirm(handle: &Handle, cursor: Cursor) -> (Cursor, u32) {
	let page = handle.inbox(cursor, 1 << 20).expect("the inbox is readable");
	let answers: Vec<String> = page
		.entries
		.iter()
		.filter(|entry| !entry.registration)
		.map(|entry| {
			let id = crate::library::id_of(&entry.bytes)
				.expect("orders in the inbox have ids")
				.into_owned();
			format!(r#"{{"order":"{id}","outcome":"accepted","deal":"D-{id}","units":"950.11","nav":"1.0525"}}"#)
		})
		.collect();
	if answers.is_empty() {
		return (page.next, 0);
	}
	let (body, ranges) = lines(&answers);
	let report = handle
		.submit_confirmations(body, ranges, None)
		.await
		.expect("confirmations are taken");
	assert_eq!(report.refused, Vec::new());
	(page.next, report.accepted)
}

/// Wait until `holds`, looking again whenever the node's log grows.
pub async fn until(handle: &Handle, what: &str, mut holds: impl FnMut() -> bool) {
	let mut tail = handle.tail();
	let waited = tokio::time::timeout(PATIENCE, async {
		loop {
			tail.borrow_and_update();
			if holds() {
				return;
			}
			// Some conditions are about memory and not about the log; those change within moments.
			let _ = tokio::time::timeout(Duration::from_millis(20), tail.changed()).await;
		}
	});
	assert!(waited.await.is_ok(), "still not: {what}");
}
