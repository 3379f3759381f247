// SPDX-License-Identifier: Apache-2.0

use super::stop_signal;
use crate::{
	customers::CustomerBook,
	db::{Db, Figures},
	error::{Error, Result},
	node::NodeArgs,
	output::{thousands, Output, Table},
	sales::{self, RegisterConfig, SalesConfig, Source, Until},
};
use clap::{Args, Subcommand};
use std::{path::PathBuf, time::Duration};

#[derive(Debug, Subcommand)]
pub enum SalesCommand {
	/// Check and send orders, turn confirmations into business records
	Run(RunArgs),
	/// Register customers with issuers
	Register(RegisterArgs),
}

#[derive(Debug, Args)]
pub struct RunArgs {
	#[command(flatten)]
	node: NodeArgs,
	/// Database with the records: sqlite:PATH or postgres://…
	#[arg(long, env = "SEALANE_DB")]
	db: String,
	/// Customer book, NDJSON
	#[arg(long)]
	customers: PathBuf,
	/// One file of orders, NDJSON or CSV; ends when they are done
	#[arg(long, conflicts_with = "watch")]
	orders: Option<PathBuf>,
	/// Folder into which complete files of orders are renamed; runs until it is stopped
	#[arg(long)]
	watch: Option<PathBuf>,
	/// Orders are collected for so many milliseconds before they are checked and sent
	#[arg(long, default_value_t = 200)]
	window_ms: u64,
	/// Most orders of one window
	#[arg(long, default_value_t = 5_000)]
	window_orders: usize,
	/// When a single file counts as done
	#[arg(long, value_enum, default_value_t = Until::Confirmed)]
	until: Until,
	/// Longest time to wait for that, in seconds; without it for ever
	#[arg(long)]
	timeout_s: Option<u64>,
}

#[derive(Debug, Args)]
pub struct RegisterArgs {
	#[command(flatten)]
	node: NodeArgs,
	/// Database with the records: sqlite:PATH or postgres://…
	#[arg(long, env = "SEALANE_DB")]
	db: String,
	/// Customer book, NDJSON
	#[arg(long)]
	customers: PathBuf,
	/// Only with these issuers, by their number on the chain; repeatable
	#[arg(long = "issuer")]
	issuers: Vec<u32>,
	/// Do not wait for the results
	#[arg(long)]
	no_wait: bool,
	/// Longest time to wait, in seconds
	#[arg(long)]
	timeout_s: Option<u64>,
}

impl SalesCommand {
	pub async fn run(self, output: Output) -> Result<()> {
		match self {
			SalesCommand::Run(args) => args.run(output).await,
			SalesCommand::Register(args) => args.run(output).await,
		}
	}
}

impl RunArgs {
	async fn run(self, output: Output) -> Result<()> {
		if self.window_orders == 0 || self.window_orders > 100_000 {
			return Err(Error::invalid(
				"window-orders",
				self.window_orders.to_string(),
				"1 to 100000",
			));
		}
		let source = match (self.orders, self.watch) {
			(Some(file), _) => Source::File(file),
			(None, Some(folder)) => Source::Folder(folder),
			(None, None) => Source::None,
		};
		let customers = CustomerBook::read(&self.customers)?;
		let client = self.node.client()?;
		let db = Db::open(&self.db).await?;
		let config = SalesConfig {
			source,
			window: Duration::from_millis(self.window_ms),
			window_orders: self.window_orders,
			until: self.until,
			timeout: self.timeout_s.map(Duration::from_secs),
		};
		let figures = sales::run(client, db.clone(), customers, config, output, stop_signal()).await;
		db.close().await;
		output.result(&figures?, figures_table);
		Ok(())
	}
}

/// The figures of a run, one per line.
pub fn figures_table(figures: &Figures) -> String {
	let mut table = Table::new(&["", ">"]);
	let mut row = |name: &str, count: u64| table.row([name.to_string(), thousands(count)]);
	row("read", figures.orders_read);
	row("malformed", figures.malformed);
	row("duplicates", figures.duplicates);
	row("unqualified", figures.unqualified);
	for (clause, count) in &figures.unqualified_by_clause {
		row(&format!("  by clause {clause}"), *count);
	}
	row("refused by the node", figures.refused);
	row("submitted", figures.submitted);
	row("requests", figures.requests);
	row("packets", figures.packets);
	row("confirmed", figures.confirmed);
	row("rejected", figures.rejected);
	row("business records", figures.records);
	row("final on chain", figures.finalised);
	table.to_string()
}

impl RegisterArgs {
	async fn run(self, output: Output) -> Result<()> {
		let customers = CustomerBook::read(&self.customers)?;
		let client = self.node.client()?;
		let db = Db::open(&self.db).await?;
		let config = RegisterConfig {
			issuers: self.issuers,
			wait: !self.no_wait,
			timeout: self.timeout_s.map(Duration::from_secs),
		};
		let figures = sales::register(client, db.clone(), &customers, &config, output).await;
		db.close().await;
		output.result(&figures?, |f| {
			let mut table = Table::new(&["", ">"]);
			table.row(["customers".to_string(), thousands(f.customers)]);
			table.row(["applied now".to_string(), thousands(f.applied)]);
			for (state, count) in &f.states {
				table.row([state.clone(), thousands(*count)]);
			}
			table.to_string()
		});
		Ok(())
	}
}
