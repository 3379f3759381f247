// SPDX-License-Identifier: Apache-2.0

//! Three members with their nodes, a chain and a network between them.

use super::{
	chain::{directory_at, granted, ChainState, ChannelSpec, NodeChain},
	clock::ShiftedClock,
	name,
	network::{MockNetwork, NodeTransport},
	peer, RIVAL,
};
use crate::{
	config::Config,
	handle::Handle,
	keys::KeyRing,
	machine::{Machine, TokioSpawner},
	service::Parts,
};
use hashbrown::HashMap;
use parking_lot::Mutex;
use sealane_primitives::{
	business::{Role, Roles},
	directory::{InterfaceEntry, MemberEntry, NodeEntry, ProductEntry, ProductStatus},
	ids::{BlockNumber, MemberId, NodeId},
	keys::{Compromise, CourierKey},
};
use std::{
	path::Path,
	sync::{atomic::AtomicUsize, Arc},
};
use tokio::sync::watch;

/// A consortium in one process.
pub struct World {
	/// The chain.
	pub state: Mutex<ChainState>,
	/// While finality stands: the state of the newest final block.
	pub(super) stands: Mutex<Option<ChainState>>,
	/// The network.
	pub network: Arc<MockNetwork>,
	/// The clock of all nodes.
	pub clock: Arc<ShiftedClock>,
	/// Of how many registrations the nodes asked the chain.
	pub asked: AtomicUsize,
	/// The courier keys of each node.
	pub keys: HashMap<NodeId, KeyRing>,
	chains: Mutex<HashMap<NodeId, Arc<NodeChain>>>,
}

impl World {
	/// The consortium described at the top of this module.
	pub fn new(seed: u64) -> Arc<Self> {
		Self::of(seed, false)
	}

	/// The same with a second seller: member and node 4, which has channel 3 to member 2.
	pub fn with_rival(seed: u64) -> Arc<Self> {
		Self::of(seed, true)
	}

	/// The consortium with a second pair of keys in each node's ring, which the chain does not list yet: see [`World::rotate`].
	pub fn with_spare_keys(seed: u64) -> Arc<Self> {
		let pair = || KeyRing::generate().pairs()[0].clone();
		let ring = |node| (node, KeyRing::new(vec![pair(), pair()]));
		Self::with_keys(seed, false, (1..=4).map(ring).collect())
	}

	fn of(seed: u64, rival: bool) -> Arc<Self> {
		Self::with_keys(seed, rival, (1..=4).map(|node| (node, KeyRing::generate())).collect())
	}

	fn with_keys(seed: u64, rival: bool, keys: HashMap<NodeId, KeyRing>) -> Arc<Self> {
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
			unread: Vec::new(),
		};
		let mut state = ChainState {
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
			ranges: Default::default(),
			stolen: Default::default(),
			receipts: Default::default(),
			ended: Default::default(),
			timetables: Default::default(),
			holds_until: u64::MAX,
			drain: 302_400,
			unreadable: None,
			branch: None,
		};
		if rival {
			let products = state.channels[0].products.clone();
			let channel = channel(3, 2, "I2", products);
			state.members.push(member(RIVAL, Role::Seller));
			state.channels.push(ChannelSpec {
				seller: RIVAL,
				..channel
			});
		}
		Arc::new(World {
			state: Mutex::new(state),
			stands: Mutex::default(),
			network: Arc::new(MockNetwork::new(seed)),
			clock: Arc::default(),
			asked: AtomicUsize::new(0),
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
		let finalised = self.stands.lock().as_ref().map_or(state.block, |stands| stands.block);
		for (node, chain) in self.chains.lock().iter() {
			chain
				.directory
				.send_replace(Some(Arc::new(directory_at(&state, *node))));
			chain.finalised.send_replace(finalised);
		}
	}

	/// No block after the newest becomes final any more.
	pub fn stop_finality(&self) {
		let newest = self.state.lock().clone();
		*self.stands.lock() = Some(newest);
	}

	/// All blocks become final with the next one, and so does each after it.
	pub fn resume_finality(&self) {
		*self.stands.lock() = None;
		self.block(|_| {});
	}

	/// Make a block in which a node's second pair of keys begins, and end the first at block `end`.
	pub fn rotate(&self, node: NodeId, end: BlockNumber) {
		let (signing, sealing) = self.keys[&node].public()[1];
		self.block(|state| {
			let valid_from = state.block;
			let nodes = state.members.iter_mut().flat_map(|member| &mut member.nodes);
			for entry in nodes.filter(|entry| entry.id == node) {
				entry.keys[0].valid_until = Some(end);
				let second = CourierKey {
					signing,
					sealing,
					valid_from,
					valid_until: None,
				};
				entry.keys.try_push(second).expect("a second key fits");
			}
		});
	}

	/// Make a block in which a node's first pair of keys is declared stolen, since the block before. Where it holds it does so to the end of this block.
	pub fn declare_stolen(&self, node: NodeId) {
		let (signing, _) = self.keys[&node].public()[0];
		self.block(|state| {
			let declared = state.block;
			let nodes = state.members.iter_mut().flat_map(|member| &mut member.nodes);
			for key in nodes.filter(|entry| entry.id == node).flat_map(|entry| &mut entry.keys) {
				if key.signing == signing && key.is_valid_at(declared) {
					key.valid_until = Some(declared + 1);
				}
			}
			let since = declared - 1;
			state.stolen.insert(signing, Compromise { since, declared });
		});
	}

	/// Start the courier of a node with its files in `folder`.
	pub fn start(self: &Arc<Self>, node: NodeId, folder: &Path) -> Handle {
		self.start_with(node, folder, |_| {})
	}

	/// The same with other settings.
	pub fn start_with(self: &Arc<Self>, node: NodeId, folder: &Path, set: impl FnOnce(&mut Config)) -> Handle {
		let spawner = Arc::new(TokioSpawner(tokio::runtime::Handle::current()));
		let machine = Machine {
			clock: self.clock.clone(),
			..Machine::real(spawner)
		};
		self.start_on(machine, node, folder, set)
	}

	/// The same on another machine.
	pub fn start_on(
		self: &Arc<Self>,
		machine: Machine,
		node: NodeId,
		folder: &Path,
		set: impl FnOnce(&mut Config),
	) -> Handle {
		let state = self.state.lock().clone();
		let chain = Arc::new(NodeChain {
			world: self.clone(),
			directory: watch::Sender::new(Some(Arc::new(directory_at(&state, node)))),
			finalised: watch::Sender::new(state.block),
		});
		self.chains.lock().insert(node, chain.clone());
		let mut config = Config {
			// Tests do not wait as long as a network may take.
			request_patience_ms: 2_000,
			park_ms: 1_000,
			// Tests count and hold commits.
			mark_after_ms: None,
			..Config::new(folder)
		};
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
			machine,
			registry: None,
		};
		Handle::start(parts).expect("the courier of a test starts")
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
		let Some(ready) = host.ready_anchor(next, block, true) else {
			return false;
		};
		host.anchor_submitted(ready.sequence, block);
		self.block(|state| state.put_anchor(node, ready.root));
		true
	}
}
