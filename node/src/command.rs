// SPDX-License-Identifier: Apache-2.0

//! From arguments to action.

use crate::{
	chain_spec::{self, ChainSpec},
	cli::{Cli, CourierKeyCommand, KeyCommand, Subcommand},
	genesis, lifetime,
	service::partial,
};
use sc_cli::SubstrateCli;
use sealane_runtime::opaque::Block;

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
			"local" => chain_spec::local()?,
			"" => {
				return Err(
					"--chain is missing: the chain specification of the network, or `dev` or `local` for development"
						.into(),
				)
			}
			path => {
				let spec = ChainSpec::from_json_file(path.into())?;
				genesis::refuse_well_known(&spec).map_err(|e| format!("{path}: {e}"))?;
				spec
			}
		}))
	}
}

/// Reads the arguments and does what they ask for.
pub fn run() -> sc_cli::Result<()> {
	let cli = Cli::from_args();

	match &cli.subcommand {
		Some(Subcommand::Key(cmd)) => key(cmd, &cli),
		Some(Subcommand::Genesis(cmd)) => cmd.run(),
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

fn key(cmd: &KeyCommand, cli: &Cli) -> sc_cli::Result<()> {
	match cmd {
		KeyCommand::GenerateNodeKey(cmd) => cmd.run(),
		KeyCommand::Generate(cmd) => cmd.run(),
		KeyCommand::Inspect(cmd) => cmd.run(),
		KeyCommand::InspectNodeKey(cmd) => cmd.run(),
		KeyCommand::Insert(cmd) => cmd.run(cli),
	}
}

fn run_node(cli: &Cli) -> sc_cli::Result<()> {
	if cli.trade.tls().is_none() && !cli.trade.api_addr.ip().is_loopback() {
		return Err(sc_cli::Error::Input(format!(
			"--api-addr {}: other machines reach this address, and a token must not cross a network in the clear; give \
			 --api-tls-cert and --api-tls-key, or a loopback address",
			cli.trade.api_addr
		)));
	}
	lifetime::run(cli)
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
		CourierKeyCommand::Remove { file, signing } => {
			let mut key = [0; 32];
			hex::decode_to_slice(signing.trim_start_matches("0x"), &mut key).map_err(|e| {
				sc_cli::Error::Input(format!("signing key `{signing}`: must be 64 hexadecimal digits: {e}"))
			})?;
			KeyRing::remove(file, &key)
		}
		CourierKeyCommand::Show { file } => KeyRing::load(file),
	}
	.map_err(|e| sc_cli::Error::Input(e.to_string()))?;
	println!("{}", keys.public_json());
	Ok(())
}
