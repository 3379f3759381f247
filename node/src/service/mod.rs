// SPDX-License-Identifier: Apache-2.0

//! The node's parts, in the order in which they are built. Each part has its own file.

mod chain_view;
pub mod consensus;
mod courier;
mod evidence;
mod network;
mod offchain;
mod own_anchors;
pub mod partial;
pub mod trade;
mod validators;

use crate::cli::TradeArgs;
use sc_consensus_grandpa::{FinalityProofProvider, SharedVoterState};
use sc_network::NetworkBackend;
use sc_service::{error::Error as ServiceError, Configuration, TaskManager};
use sealane_runtime::{apis::RuntimeApi, opaque::Block, Hash};

/// What the runtime may call: the usual functions and the courier's.
pub type HostFunctions = (
	sp_io::SubstrateHostFunctions,
	sealane_primitives::courier_host::courier::HostFunctions,
);
/// The client.
pub type FullClient = sc_service::TFullClient<Block, RuntimeApi, sc_executor::WasmExecutor<HostFunctions>>;
/// The database.
pub type FullBackend = sc_service::TFullBackend<Block>;
/// The longest chain is built on.
pub type FullSelectChain = sc_consensus::LongestChain<FullBackend, Block>;
/// The transaction pool.
pub type Pool = sc_transaction_pool::TransactionPoolHandle<Block, FullClient>;

/// A node that runs.
pub struct Node {
	/// Its tasks. They end when this is dropped.
	pub tasks: TaskManager,
	/// Courier and HTTP API; `None` for a node that does not trade.
	pub trade: Option<trade::Trade>,
}

/// Starts everything.
pub async fn start<N: NetworkBackend<Block, Hash>>(
	config: Configuration,
	trade: TradeArgs,
) -> Result<Node, ServiceError> {
	let sc_service::PartialComponents {
		client,
		backend,
		mut task_manager,
		import_queue,
		keystore_container,
		select_chain,
		transaction_pool,
		other: (grandpa_import, grandpa_link, mut telemetry),
	} = partial::build(&config)?;

	let prepared = courier::prepare::<N>(&trade, &client);
	let net = network::build::<N>(
		&config,
		&task_manager,
		client.clone(),
		backend.clone(),
		transaction_pool.clone(),
		import_queue,
		&grandpa_link,
		prepared.protocol,
	)?;
	let alarms = validators::start(&task_manager, client.clone(), config.prometheus_registry())?;
	let trade = match prepared.inbound {
		Some(inbound) => {
			let chain = evidence::FinalChain {
				client: client.clone(),
				backend: backend.clone(),
				authorities: grandpa_link.shared_authority_set().clone(),
			};
			Some(courier::start(inbound, &config, &trade, &task_manager, chain, &net, alarms).await?)
		}
		None => None,
	};
	offchain::start(
		&task_manager,
		client.clone(),
		&backend,
		transaction_pool.clone(),
		keystore_container.keystore(),
		net.network.clone(),
		config.role.is_authority(),
		trade.as_ref().map(|trade| trade.courier().clone()),
	)?;
	network::follow_authorised_peers(&task_manager, client.clone(), net.network.clone(), net.sync.clone());

	let role = config.role;
	let force_authoring = config.force_authoring;
	let name = config.network.node_name.clone();
	let registry = config.prometheus_registry().cloned();
	let shared_voter_state = SharedVoterState::empty();
	let rpc_builder = {
		let client = client.clone();
		let pool = transaction_pool.clone();
		let voter_state = shared_voter_state.clone();
		let authority_set = grandpa_link.shared_authority_set().clone();
		let justifications = grandpa_link.justification_stream();
		let finality_provider = FinalityProofProvider::new_for_service(backend.clone(), Some(authority_set.clone()));
		Box::new(move |subscription_executor| {
			crate::rpc::create_full(crate::rpc::FullDeps {
				client: client.clone(),
				pool: pool.clone(),
				grandpa: crate::rpc::GrandpaDeps {
					shared_voter_state: voter_state.clone(),
					shared_authority_set: authority_set.clone(),
					justification_stream: justifications.clone(),
					subscription_executor,
					finality_provider: finality_provider.clone(),
				},
			})
			.map_err(Into::into)
		})
	};
	sc_service::spawn_tasks(sc_service::SpawnTasksParams {
		config,
		client: client.clone(),
		backend,
		task_manager: &mut task_manager,
		keystore: keystore_container.keystore(),
		transaction_pool: transaction_pool.clone(),
		rpc_builder,
		network: net.network.clone(),
		system_rpc_tx: net.system_rpc_tx,
		tx_handler_controller: net.tx_handler_controller,
		sync_service: net.sync.clone(),
		telemetry: telemetry.as_mut(),
		tracing_execute_block: None,
	})?;

	let consensus = consensus::Consensus {
		task_manager: &task_manager,
		client,
		pool: transaction_pool,
		keystore: keystore_container.keystore(),
		sync: net.sync,
		registry,
		telemetry: telemetry.as_ref().map(|t| t.handle()),
	};
	if role.is_authority() {
		consensus.author(select_chain, grandpa_import, force_authoring)?;
	}
	consensus.finalise(
		grandpa_link,
		net.network,
		net.grandpa_notifications,
		net.grandpa_protocol,
		shared_voter_state,
		role,
		name,
	)?;
	Ok(Node {
		tasks: task_manager,
		trade,
	})
}
