// SPDX-License-Identifier: Apache-2.0

use super::DbArgs;
use crate::{error::Result, output::Output};
use clap::{Args, Subcommand};
use sealane_operator::server;
use sealane_service::ServiceConfig;
use sealane_terminal_core::{db::Db, stop};

#[derive(Debug, Subcommand)]
pub enum OperatorCommand {
	/// Serve a node's state and the council's work to people with users and roles; holds no key
	Run(RunArgs),
}

#[derive(Debug, Args)]
pub struct RunArgs {
	/// RPC URL of a node: ws://… on this machine, wss://… elsewhere; repeatable: the next one is tried where one does not answer
	#[arg(
		long = "node",
		env = "SEALANE_RPC",
		value_delimiter = ',',
		default_value = "ws://127.0.0.1:9944"
	)]
	nodes: Vec<String>,
	/// Users, sessions and audit log
	#[command(flatten)]
	db: DbArgs,
	#[command(flatten)]
	service: ServiceConfig,
}

impl OperatorCommand {
	pub async fn run(self, output: Output) -> Result<()> {
		let OperatorCommand::Run(args) = self;
		let stop = stop::on_signals();
		let Some(db) = super::await_db(&stop, || Db::open(&args.db.db)).await? else {
			return Ok(());
		};
		let served = server::run(db.clone(), args.nodes, &args.service, output, stop).await;
		db.close().await;
		served
	}
}
