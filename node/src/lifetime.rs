// SPDX-License-Identifier: Apache-2.0

//! From the start of the node's process to its end in order.
//!
//! SIGTERM or SIGINT asks for the end: requests under way are answered, the courier closes its log, then the chain's tasks
//! end. Each further signal ends the wait that is on. The waits are bounded anyway, and whatever ends them, nothing that
//! was acknowledged is lost: it was on disk before.

use crate::{
	cli::Cli,
	service::{self, Node},
	signals::Signals,
};
use sc_cli::{CliConfiguration, SubstrateCli};
use sc_network::config::NetworkBackendType;
use sc_service::{Configuration, TaskManager};
use sealane_runtime::{opaque::Block, Hash};
use std::time::Duration;
use tokio::{runtime::Runtime, sync::oneshot};

/// How long the chain's tasks may take to end.
const TASKS_LIMIT: Duration = Duration::from_secs(60);

/// Runs the node until a signal, or until a part that it cannot do without has ended.
pub fn run(cli: &Cli) -> sc_cli::Result<()> {
	// Waits for signals and for the node's own runtime, so it must outlive that one.
	let waiting = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
	// Caught from here on, so that none comes too early.
	let mut signals = {
		let _inside = waiting.enter();
		Signals::catch()?
	};
	let runtime = sc_cli::build_runtime()?;
	let config = cli.run.create_configuration(cli, runtime.handle().clone())?;
	cli.run.init(&Cli::support_url(), &Cli::impl_version(), |_| {})?;
	sc_cli::print_node_infos::<Cli>(&config);
	let mut node = runtime.block_on(start(config, cli))?;

	let result = waiting.block_on(until_asked(&mut node, &mut signals));
	let Node { tasks, trade } = node;
	waiting.block_on(async {
		if let Some(trade) = trade {
			trade.stop(&mut signals).await;
		}
		end(runtime, tasks, &mut signals).await;
	});
	result
}

async fn start(mut config: Configuration, cli: &Cli) -> sc_cli::Result<Node> {
	// Anchors, retries and revocations are driven by the off-chain worker: it runs on every member's node, not only where
	// blocks are authored.
	config.offchain_worker.enabled = true;
	let trade = cli.trade.clone();
	match config.network.network_backend {
		NetworkBackendType::Libp2p => service::start::<sc_network::NetworkWorker<Block, Hash>>(config, trade).await,
		NetworkBackendType::Litep2p => service::start::<sc_network::Litep2pNetworkBackend>(config, trade).await,
	}
	.map_err(sc_cli::Error::Service)
}

/// Waits for a signal. An error where a part ended that the node cannot do without.
async fn until_asked(node: &mut Node, signals: &mut Signals) -> sc_cli::Result<()> {
	let trade = node.trade.as_mut();
	let api_ended = async {
		match trade {
			Some(trade) => trade.api_ended().await,
			None => std::future::pending().await,
		}
	};
	tokio::select! {
		signal = signals.next() => {
			log::info!("{signal}: stopping; another signal ends the wait that is on");
			Ok(())
		},
		result = node.tasks.future() => {
			log::error!("A task that the node cannot do without has ended: stopping");
			result.map_err(Into::into)
		},
		_ = api_ended => {
			log::error!("The HTTP API has ended: stopping");
			Err(sc_cli::Error::Input("the HTTP API ended by itself".into()))
		},
	}
}

/// Ends the chain's tasks, and names those that did not end in time.
async fn end(runtime: Runtime, tasks: TaskManager, signals: &mut Signals) {
	// Dropping the rest of the manager tells all tasks to end.
	let registry = tasks.into_task_registry();
	let (ended, end) = oneshot::channel();
	std::thread::spawn(move || {
		runtime.shutdown_timeout(TASKS_LIMIT);
		// Nobody waits any more after a signal.
		let _ = ended.send(());
	});
	tokio::select! {
		_ = end => (),
		signal = signals.next() => log::warn!("{signal}: not waiting for the chain's tasks"),
	}
	for (task, count) in registry.running_tasks() {
		log::warn!("Task \"{}\" has not ended, {count} of it", task.name);
	}
}
