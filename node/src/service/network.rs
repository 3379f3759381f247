// SPDX-License-Identifier: Apache-2.0

//! The peer-to-peer network: protocols, and who may be connected.

use super::{partial::GrandpaLink, FullBackend, FullClient, Pool};
use futures::StreamExt;
use sc_client_api::{BlockBackend, BlockchainEvents, HeaderBackend};
use sc_network::{
	config::FullNetworkConfiguration,
	service::traits::{NetworkService, NotificationService},
	NetworkBackend, PeerId, ProtocolName, ReputationChange,
};
use sc_network_sync::{SyncEvent, SyncEventStream, SyncingService};
use sc_service::{error::Error as ServiceError, Configuration, TaskManager, WarpSyncConfig};
use sc_utils::mpsc::TracingUnboundedSender;
use sealane_primitives::{ids::PeerIdBytes, runtime_api::CourierApi};
use sealane_runtime::{opaque::Block, Hash};
use sp_api::ProvideRuntimeApi;
use std::{collections::HashSet, sync::Arc, time::Duration};

const LOG_TARGET: &str = "sealane::network";

/// The network and what hangs on it.
pub struct Network {
	/// The network.
	pub network: Arc<dyn NetworkService>,
	/// Follows the chain.
	pub sync: Arc<SyncingService<Block>>,
	/// Answers `system_*` RPC.
	pub system_rpc_tx: TracingUnboundedSender<sc_rpc::system::Request<Block>>,
	/// Spreads transactions.
	pub tx_handler_controller: sc_network_transactions::TransactionsHandlerController<Hash>,
	/// GRANDPA's gossip.
	pub grandpa_notifications: Box<dyn NotificationService>,
	/// Its name.
	pub grandpa_protocol: ProtocolName,
}

/// Builds the network with the protocols of chain, finality and courier.
#[allow(clippy::too_many_arguments)]
pub fn build<N: NetworkBackend<Block, Hash>>(
	config: &Configuration,
	task_manager: &TaskManager,
	client: Arc<FullClient>,
	backend: Arc<FullBackend>,
	transaction_pool: Arc<Pool>,
	import_queue: impl sc_consensus::ImportQueue<Block> + 'static,
	grandpa_link: &GrandpaLink,
	courier_protocol: Option<N::RequestResponseProtocolConfig>,
) -> Result<Network, ServiceError> {
	let mut net_config =
		FullNetworkConfiguration::<Block, Hash, N>::new(&config.network, config.prometheus_registry().cloned());
	let metrics = N::register_notification_metrics(config.prometheus_registry());

	let genesis = client
		.block_hash(0)?
		.ok_or_else(|| ServiceError::Other("the database has no genesis block".into()))?;
	let grandpa_protocol = sc_consensus_grandpa::protocol_standard_name(&genesis, &config.chain_spec);
	let (grandpa_config, grandpa_notifications) = sc_consensus_grandpa::grandpa_peers_set_config::<_, N>(
		grandpa_protocol.clone(),
		metrics.clone(),
		net_config.peer_store_handle(),
	);
	net_config.add_notification_protocol(grandpa_config);
	if let Some(protocol) = courier_protocol {
		net_config.add_request_response_protocol(protocol);
	}

	let warp_sync = Arc::new(sc_consensus_grandpa::warp_proof::NetworkProvider::new(
		backend,
		grandpa_link.shared_authority_set().clone(),
		Vec::new(),
	));
	let (network, system_rpc_tx, tx_handler_controller, sync, _bitswap) =
		sc_service::build_network(sc_service::BuildNetworkParams {
			config,
			net_config,
			client,
			transaction_pool,
			spawn_handle: task_manager.spawn_handle(),
			spawn_essential_handle: task_manager.spawn_essential_handle(),
			import_queue,
			block_announce_validator_builder: None,
			warp_sync_config: Some(WarpSyncConfig::WithProvider(warp_sync)),
			block_relay: None,
			metrics,
			gap_sync_body_policy: None,
		})?;
	Ok(Network {
		network,
		sync,
		system_rpc_tx,
		tx_handler_controller,
		grandpa_notifications,
		grandpa_protocol,
	})
}

/// Keeps the peers that are connected within those that the chain authorises: from the block in which it decides, and whenever
/// somebody connects. While the chain does not restrict connections, anybody may connect.
pub fn follow_authorised_peers(
	task_manager: &TaskManager,
	client: Arc<FullClient>,
	network: Arc<dyn NetworkService>,
	sync: Arc<SyncingService<Block>>,
) {
	let follow = async move {
		// All that came while the last block was looked at is one piece of news: only the newest block counts.
		let imports = client.import_notification_stream();
		let mut imports = imports
			.filter(|block| futures::future::ready(block.is_new_best))
			.ready_chunks(MAX_NEWS);
		let mut connections = sync.event_stream("authorised-peers");
		let mut gate = Gate::new(network, sync);
		gate.adopt(&client, client.info().best_hash).await;
		loop {
			tokio::select! {
				news = imports.next() => match news {
					Some(_) => gate.adopt(&client, client.info().best_hash).await,
					None => break,
				},
				event = connections.next() => match event {
					Some(SyncEvent::PeerConnected { peer_id, .. }) => gate.judge([peer_id]),
					Some(SyncEvent::PeerDisconnected(_)) => {},
					None => break,
				},
			}
		}
	};
	task_manager
		.spawn_handle()
		.spawn("authorised-peers", Some("networking"), follow);
}

/// Most blocks that are looked at as one.
const MAX_NEWS: usize = 1_024;
/// Most peers that are kept banned. Beyond that all are forgotten, and dropped again when they come.
const MAX_OUTCASTS: usize = 1_024;
/// Time between two looks at the reserved peers, and the most looks: a change is there after milliseconds.
const RESERVED_PAUSE: Duration = Duration::from_millis(5);
const RESERVED_LOOKS: u32 = 200;

const NOT_REGISTERED: ReputationChange = ReputationChange::new_fatal("not a registered node");
/// Lifts a ban at once.
const REGISTERED_AGAIN: ReputationChange = ReputationChange::new(i32::MAX, "a registered node");

/// Who may be connected.
///
/// The network's mode for reserved peers only would do the same at less cost, but switching it on marks every open connection as
/// closing, those to reserved peers too, without closing them (`sc-network` 0.60, litep2p): none of them can be dropped any
/// more. Here registered nodes are reserved peers, so that they find room always, and everybody else is banned when seen.
struct Gate {
	network: Arc<dyn NetworkService>,
	sync: Arc<SyncingService<Block>>,
	/// As the chain has them; `None` while anybody may connect.
	authorised: Option<Vec<PeerIdBytes>>,
	/// The same.
	allowed: HashSet<PeerId>,
	/// Who was dropped. A ban fades in a minute; theirs is renewed with each block.
	outcasts: HashSet<PeerId>,
}

impl Gate {
	fn new(network: Arc<dyn NetworkService>, sync: Arc<SyncingService<Block>>) -> Self {
		Gate {
			network,
			sync,
			authorised: None,
			allowed: HashSet::new(),
			outcasts: HashSet::new(),
		}
	}

	/// Takes over what the chain says at this block.
	async fn adopt(&mut self, client: &FullClient, hash: Hash) {
		match client.runtime_api().authorised_peers(hash) {
			Ok(peers) if peers != self.authorised => self.change(peers).await,
			Ok(_) => {}
			Err(error) => log::warn!(target: LOG_TARGET, "cannot read the authorised peers at {hash:?}: {error}"),
		}
		for peer in &self.outcasts {
			self.network.report_peer(*peer, NOT_REGISTERED);
		}
	}

	async fn change(&mut self, peers: Option<Vec<PeerIdBytes>>) {
		let own = self.network.local_peer_id();
		let parsed = peers.iter().flatten().filter_map(|peer| PeerId::from_bytes(peer).ok());
		let allowed: HashSet<PeerId> = parsed.filter(|peer| *peer != own).collect();
		match &peers {
			Some(peers) => log::info!(target: LOG_TARGET, "the chain authorises {} peers", peers.len()),
			None => log::info!(target: LOG_TARGET, "the chain lets any peer connect"),
		}
		self.network.set_authorized_peers(allowed.clone());
		let open = peers.is_none();
		self.outcasts.retain(|peer| {
			let back = open || allowed.contains(peer);
			if back {
				self.network.report_peer(*peer, REGISTERED_AGAIN);
			}
			!back
		});
		self.authorised = peers;
		self.allowed = allowed;
		self.await_reserved().await;
		let connected = self.sync.peers_info().await.unwrap_or_default();
		self.judge(connected.into_iter().map(|(peer, _)| peer));
	}

	/// Another task changes the reserved peers; nobody who still is one can be dropped.
	async fn await_reserved(&self) {
		for _ in 0..RESERVED_LOOKS {
			match self.network.reserved_peers().await {
				Ok(reserved) if reserved.iter().any(|peer| !self.allowed.contains(peer)) => {
					tokio::time::sleep(RESERVED_PAUSE).await;
				}
				_ => return,
			}
		}
		log::warn!(target: LOG_TARGET, "the network is slow to take over the authorised peers");
	}

	/// Drops those of `connected` who may not be.
	fn judge(&mut self, connected: impl IntoIterator<Item = PeerId>) {
		if self.authorised.is_none() {
			return;
		}
		for peer in connected {
			if self.allowed.contains(&peer) {
				continue;
			}
			if self.outcasts.len() >= MAX_OUTCASTS {
				self.outcasts.clear();
			}
			if self.outcasts.insert(peer) {
				log::info!(target: LOG_TARGET, "dropping {peer}: not a registered node");
			}
			self.network.report_peer(peer, NOT_REGISTERED);
		}
	}
}
