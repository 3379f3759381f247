// SPDX-License-Identifier: Apache-2.0

//! The courier and the HTTP API in front of it.

use super::{chain_view::ClientView, evidence::FinalChain, network::Network, trade::Trade, FullClient};
use crate::cli::TradeArgs;
use sc_client_api::HeaderBackend;
use sc_network::NetworkBackend;
use sc_service::{error::Error as ServiceError, Configuration, TaskManager};
use sealane_courier::{
	error::StartError,
	recovery::Progress,
	store::OpenError,
	transport::{
		network::{protocol, NetworkTransport},
		InboundRequests,
	},
	Handle, Machine, Parts,
};
use sealane_gateway::{Alarms, Phase};
use sealane_primitives::ids::PeerIdBytes;
use sealane_runtime::{opaque::Block, Hash};
use std::{
	sync::{Arc, OnceLock},
	time::Duration,
};
use tokio::sync::oneshot;

/// What has to exist before the network does.
pub struct Prepared<N: NetworkBackend<Block, Hash>> {
	/// The courier's protocol, for the network; `None` for a node that does not trade.
	pub protocol: Option<N::RequestResponseProtocolConfig>,
	/// Where its requests come out.
	pub inbound: Option<InboundRequests>,
}

/// Makes the courier's protocol.
pub fn prepare<N: NetworkBackend<Block, Hash>>(trade: &TradeArgs, client: &FullClient) -> Prepared<N> {
	if trade.no_courier {
		return Prepared {
			protocol: None,
			inbound: None,
		};
	}
	let (config, inbound) = protocol::<Block, N>(&client.info().genesis_hash.into());
	Prepared {
		protocol: Some(config),
		inbound: Some(inbound),
	}
}

/// How long the node waits for the courier before it goes on without it. A log that is read within that is there before the API is.
const PATIENCE: Duration = Duration::from_secs(5);

/// Starts courier and HTTP API. The chain does not wait for the courier, and does without it where it cannot start. `alarms`: what else of
/// the node its operator must look at.
pub async fn start(
	inbound: InboundRequests,
	config: &Configuration,
	trade: &TradeArgs,
	task_manager: &TaskManager,
	chain: FinalChain,
	net: &Network,
	alarms: Alarms,
) -> Result<Trade, ServiceError> {
	let client = chain.client.clone();
	let local_peer = net.network.local_peer_id().to_bytes();
	let peer = PeerIdBytes::try_from(local_peer.clone())
		.map_err(|bytes| ServiceError::Other(format!("a PeerId of {} bytes fits no chain", bytes.len())))?;
	let folder = config.base_path.path();
	let mut settings = sealane_courier::Config::new(folder.join("courier"));
	if let Some(file) = &trade.courier_key_file {
		settings.key_file = file.clone();
	}
	settings.unchecked_sender = trade.unchecked_sender;
	settings.salvage = trade.salvage_log;
	settings.take_over = trade.take_over;

	let parts = Parts {
		config: settings,
		local_peer,
		keys: None,
		chain: ClientView::start(task_manager, client.clone(), chain.backend.clone(), peer),
		transport: Arc::new(NetworkTransport::new(
			&client.info().genesis_hash.into(),
			net.network.clone(),
		)),
		inbound,
		machine: Machine::real(Arc::new(task_manager.spawn_handle())),
		registry: config.prometheus_registry().cloned(),
	};
	let (progress, running) = (Arc::new(Progress::default()), Arc::new(OnceLock::new()));
	let (phase, courier) = sealane_gateway::Courier::recovering(progress.clone());
	let (started, start) = oneshot::channel::<()>();
	let slot = running.clone();
	let opening = tokio::task::spawn_blocking(move || Handle::start_watched(parts, &progress));
	task_manager
		.spawn_handle()
		.spawn("courier-start", "courier", async move {
			let end = match opening.await {
				Ok(Ok(handle)) => {
					// Nobody else sets it.
					let _ = slot.set(handle.clone());
					Phase::Running(Arc::new(handle))
				}
				Ok(Err(error)) => Phase::Failed(explained(&error)),
				Err(error) => Phase::Failed(format!("it ended early: {error}")),
			};
			if let Phase::Failed(why) = &end {
				log::error!("The courier could not start, the chain goes on without it: {why}");
			}
			phase.send_replace(end);
			// Nobody may wait any longer.
			let _ = started.send(());
		});
	if tokio::time::timeout(PATIENCE, start).await.is_err() {
		log::info!("Courier: it reads its log; the chain does not wait for it");
	}

	let mut settings = sealane_gateway::Config::new(folder, trade.api_addr.port());
	settings.listen = trade.api_addr;
	settings.tls = trade.tls();
	settings.version = env!("CARGO_PKG_VERSION").into();
	settings.limits.stop_timeout_ms = u64::from(trade.stop_timeout) * 1_000;
	settings.chain = Some(Arc::new(chain));
	settings.alarms = Some(alarms);
	Trade::start(settings, courier, running)
		.await
		.map_err(|error| ServiceError::Application(Box::new(error)))
}

/// Why the courier does not start, and what the operator can do.
fn explained(error: &StartError) -> String {
	match error {
		StartError::Store(OpenError::Corrupt { .. }) => format!(
			"{error}; put a copy of the file in its place; only where there is none, --salvage-log gives up what was lost \
			 (docs/operating/recovery.md); then start the node again"
		),
		_ => error.to_string(),
	}
}
