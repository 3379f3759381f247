// SPDX-License-Identifier: Apache-2.0

//! The peer-to-peer network: protocols, and who may be connected.

use super::{partial::GrandpaLink, FullBackend, FullClient, Pool};
use futures::StreamExt;
use sc_client_api::{BlockBackend, BlockchainEvents};
use sc_network::{
	config::FullNetworkConfiguration,
	service::traits::{NetworkService, NotificationService},
	NetworkBackend, PeerId, ProtocolName, ReputationChange,
};
use sc_network_sync::SyncingService;
use sc_service::{error::Error as ServiceError, Configuration, TaskManager, WarpSyncConfig};
use sc_utils::mpsc::TracingUnboundedSender;
use sealane_primitives::{ids::PeerIdBytes, runtime_api::CourierApi};
use sealane_runtime::{opaque::Block, Hash};
use sp_api::ProvideRuntimeApi;
use std::{collections::HashSet, sync::Arc};

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

/// Keeps the set of peers that may be connected equal to the chain's, from the block in which it changes.
///
/// Nothing is done at a block that changes nothing. While the chain does not restrict connections, anybody may connect.
pub fn follow_authorised_peers(
	task_manager: &TaskManager,
	client: Arc<FullClient>,
	network: Arc<dyn NetworkService>,
	sync: Arc<SyncingService<Block>>,
) {
	let follow = async move {
		let mut imports = client.import_notification_stream();
		let mut applied: Option<Vec<PeerIdBytes>> = None;
		while let Some(block) = imports.next().await {
			if !block.is_new_best {
				continue;
			}
			let peers = match client.runtime_api().authorised_peers(block.hash) {
				Ok(peers) => peers,
				Err(error) => {
					log::warn!(target: LOG_TARGET, "cannot read the authorised peers at {:?}: {error}", block.hash);
					continue;
				}
			};
			if peers != applied {
				apply(&*network, &sync, applied.as_deref(), peers.as_deref()).await;
				applied = peers;
			}
		}
	};
	task_manager
		.spawn_handle()
		.spawn("authorised-peers", Some("networking"), follow);
}

async fn apply(
	network: &dyn NetworkService,
	sync: &SyncingService<Block>,
	before: Option<&[PeerIdBytes]>,
	now: Option<&[PeerIdBytes]>,
) {
	let parse = |peers: &[PeerIdBytes]| -> HashSet<PeerId> {
		peers.iter().filter_map(|peer| PeerId::from_bytes(peer).ok()).collect()
	};
	let Some(now) = now else {
		log::info!(target: LOG_TARGET, "the chain lets any peer connect");
		network.set_authorized_only(false);
		return;
	};
	let allowed = parse(now);
	log::info!(target: LOG_TARGET, "the chain authorises {} peers", allowed.len());
	network.set_authorized_peers(allowed.clone());
	network.set_authorized_only(true);

	// The reserved set keeps strangers out of the chain's protocols; whoever is connected and does not belong is also
	// dropped from the transport at once.
	let connected = sync
		.peers_info()
		.await
		.map(|peers| peers.into_iter().map(|(id, _)| id).collect::<Vec<_>>());
	let gone = before
		.map(parse)
		.unwrap_or_default()
		.into_iter()
		.chain(connected.unwrap_or_default());
	for peer in gone.filter(|peer| !allowed.contains(peer)).collect::<HashSet<_>>() {
		log::info!(target: LOG_TARGET, "dropping {peer}: not a registered node");
		network.report_peer(peer, ReputationChange::new_fatal("not a registered node"));
	}
}
