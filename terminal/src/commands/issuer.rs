// SPDX-License-Identifier: Apache-2.0

use super::stop_signal;
use crate::{
	db::Db,
	error::Result,
	issuer::{Desk, IssuerFigures, Rules},
	node::NodeArgs,
	output::{thousands, Output, Table},
};
use clap::{Args, Subcommand};
use serde::Serialize;
use std::{collections::BTreeMap, path::PathBuf, time::Duration};

#[derive(Debug, Subcommand)]
pub enum IssuerCommand {
	/// Read the inbox, decide by the rules, keep the books, confirm
	Run(RunArgs),
	/// Show what is in the books
	Books(BooksArgs),
}

#[derive(Debug, Args)]
pub struct RunArgs {
	#[command(flatten)]
	node: NodeArgs,
	/// Database with the books: sqlite:PATH or postgres://…
	#[arg(long, env = "SEALANE_DB")]
	db: String,
	/// Rules file, TOML
	#[arg(long)]
	rules: PathBuf,
	/// End when the inbox has been empty for so many milliseconds; without it runs until it is stopped
	#[arg(long)]
	until_idle_ms: Option<u64>,
}

#[derive(Debug, Args)]
pub struct BooksArgs {
	/// Database with the books: sqlite:PATH or postgres://…
	#[arg(long, env = "SEALANE_DB")]
	db: String,
}

#[derive(Serialize)]
struct BookFigures {
	orders: BTreeMap<String, u64>,
	registrations: BTreeMap<String, u64>,
}

impl IssuerCommand {
	pub async fn run(self, output: Output) -> Result<()> {
		match self {
			IssuerCommand::Run(args) => args.run(output).await,
			IssuerCommand::Books(args) => args.run(output).await,
		}
	}
}

impl RunArgs {
	async fn run(self, output: Output) -> Result<()> {
		let rules = Rules::read(&self.rules)?;
		let client = self.node.client()?;
		let db = Db::open(&self.db).await?;
		let mut desk = Desk::open(client, db.clone(), rules).await?;
		let bar = output.progress("decided", 0);
		let show = |f: &IssuerFigures| bar.set_position(f.orders + f.registered + f.registrations_rejected);
		let done = match self.until_idle_ms {
			Some(idle_ms) => loop {
				match desk.page(Duration::from_millis(idle_ms)).await {
					Ok(true) => show(desk.figures()),
					Ok(false) => break Ok(()),
					Err(error) => break Err(error),
				}
			},
			None => desk.run(stop_signal(), show).await,
		};
		bar.finish_and_clear();
		db.close().await;
		done?;
		output.result(desk.figures(), |f| {
			let mut table = Table::new(&["", ">"]);
			for (name, count) in [
				("orders", f.orders),
				("accepted", f.accepted),
				("partly executed", f.partial),
				("rejected", f.rejected),
				("answered again", f.repeated),
				("customers registered", f.registered),
				("registrations rejected", f.registrations_rejected),
				("answers sent", f.answers),
				("refused by the node", f.refused),
			] {
				table.row([name.to_string(), thousands(count)]);
			}
			table.to_string()
		});
		Ok(())
	}
}

impl BooksArgs {
	async fn run(self, output: Output) -> Result<()> {
		let db = Db::open(&self.db).await?;
		let (orders, registrations) = db.book_figures().await?;
		let figures = BookFigures {
			orders: orders.into_iter().collect(),
			registrations: registrations.into_iter().collect(),
		};
		output.result(&figures, |f| {
			let mut table = Table::new(&["", "outcome", ">count"]);
			for (what, counts) in [("orders", &f.orders), ("registrations", &f.registrations)] {
				for (outcome, count) in counts {
					table.row([what.to_string(), outcome.clone(), thousands(*count)]);
				}
			}
			table.to_string()
		});
		Ok(())
	}
}
