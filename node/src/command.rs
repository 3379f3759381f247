// SPDX-License-Identifier: Apache-2.0

//! From arguments to action.

use crate::{
	chain_spec::{self, ChainSpec},
	cli::{Cli, CourierKeyCommand, Subcommand},
	service::{self, partial},
};
use sc_cli::SubstrateCli;
use sc_network::config::NetworkBackendType;
use sealane_runtime::{opaque::Block, Hash};

impl SubstrateCli for Cli {
	fn impl_name() -> String {
		"Sealane node".into()
	}

	fn impl_version() -> String {
		env!("SUBSTRATE_CLI_IMPL_VERSION").into()
	}

	fn description() -> String {
		env!("CARGO_PKG_DESCRIPTION").into()
	}

	fn author() -> String {
		env!("CARGO_PKG_AUTHORS").into()
	}

	fn support_url() -> String {
		"the consortium's operator".into()
	}

	fn copyright_start_year() -> i32 {
		2026
	}

	fn load_spec(&self, id: &str) -> Result<Box<dyn sc_service::ChainSpec>, String> {
		Ok(Box::new(match id {
			"dev" => chain_spec::development()?,
			"" | "local" => chain_spec::local()?,
			path => ChainSpec::from_json_file(path.into())?,
		}))
	}
}

/// Reads the arguments and does what they ask for.
pub fn run() -> sc_cli::Result<()> {
	let cli = Cli::from_args();

	match &cli.subcommand {
		Some(Subcommand::Key(cmd)) => cmd.run(&cli),
		Some(Subcommand::CourierKey(cmd)) => courier_key(cmd),
		Some(Subcommand::ExportChainSpec(cmd)) => {
			let chain_spec = cli.load_spec(&cmd.chain)?;
			cmd.run(chain_spec)
		}
		Some(Subcommand::CheckBlock(cmd)) => cli.create_runner(cmd)?.async_run(|config| {
			let parts = partial::build(&config)?;
			Ok((cmd.run(parts.client, parts.import_queue), parts.task_manager))
		}),
		Some(Subcommand::ExportBlocks(cmd)) => cli.create_runner(cmd)?.async_run(|config| {
			let parts = partial::build(&config)?;
			Ok((cmd.run(parts.client, config.database), parts.task_manager))
		}),
		Some(Subcommand::ExportState(cmd)) => cli.create_runner(cmd)?.async_run(|config| {
			let parts = partial::build(&config)?;
			Ok((cmd.run(parts.client, config.chain_spec), parts.task_manager))
		}),
		Some(Subcommand::ImportBlocks(cmd)) => cli.create_runner(cmd)?.async_run(|config| {
			let parts = partial::build(&config)?;
			Ok((cmd.run(parts.client, parts.import_queue), parts.task_manager))
		}),
		Some(Subcommand::PurgeChain(cmd)) => cli.create_runner(cmd)?.sync_run(|config| cmd.run(config.database)),
		Some(Subcommand::Revert(cmd)) => cli.create_runner(cmd)?.async_run(|config| {
			let parts = partial::build(&config)?;
			let revert_finality = Box::new(|client, _, blocks| {
				sc_consensus_grandpa::revert(client, blocks)?;
				Ok(())
			});
			Ok((
				cmd.run(parts.client, parts.backend, Some(revert_finality)),
				parts.task_manager,
			))
		}),
		Some(Subcommand::ChainInfo(cmd)) => cli.create_runner(cmd)?.sync_run(|config| cmd.run::<Block>(&config)),
		None => run_node(&cli),
	}
}

fn run_node(cli: &Cli) -> sc_cli::Result<()> {
	if !cli.trade.api_addr.ip().is_loopback() {
		return Err(sc_cli::Error::Input(format!(
			"--api-addr {}: the HTTP API speaks plain HTTP and binds to loopback addresses only; put a TLS proxy in front",
			cli.trade.api_addr
		)));
	}
	let trade = cli.trade.clone();
	cli.create_runner(&cli.run)?
		.run_node_until_exit(|mut config| async move {
			// Anchors, retries and revocations are driven by the off-chain worker: it runs on every member's node, not only
			// where blocks are authored.
			config.offchain_worker.enabled = true;
			match config.network.network_backend {
				NetworkBackendType::Libp2p => {
					service::start::<sc_network::NetworkWorker<Block, Hash>>(config, trade).await
				}
				NetworkBackendType::Litep2p => service::start::<sc_network::Litep2pNetworkBackend>(config, trade).await,
			}
			.map_err(sc_cli::Error::Service)
		})
}

fn courier_key(cmd: &CourierKeyCommand) -> sc_cli::Result<()> {
	use sealane_courier::keys::KeyRing;
	let keys = match cmd {
		CourierKeyCommand::Generate { file } if file.exists() => {
			return Err(sc_cli::Error::Input(format!(
				"{} exists; `courier-key add` adds a pair to it",
				file.display()
			)))
		}
		CourierKeyCommand::Generate { file } | CourierKeyCommand::Add { file } => KeyRing::append_generated(file),
		CourierKeyCommand::Show { file } => KeyRing::load(file),
	}
	.map_err(|e| sc_cli::Error::Input(e.to_string()))?;
	println!("{}", keys.public_json());
	Ok(())
}
