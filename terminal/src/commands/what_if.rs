// SPDX-License-Identifier: Apache-2.0

use super::{networks::read_clauses, ChainArgs, DbArgs};
use crate::{
	error::{Error, Result},
	node::NodeArgs,
	output::{thousands, Output, Table},
};
use clap::Args;
use sealane_primitives::{
	clauses::Date,
	ids::{ChannelId, ProposalId},
};
use sealane_sales::{
	customers::CustomerBook,
	db::SalesDb,
	what_if::{what_if, Proposed, WhatIf},
};
use std::path::PathBuf;

/// Clauses over one's own past orders.
#[derive(Debug, Args)]
pub struct WhatIfArgs {
	/// The proposal's number
	#[arg(required_unless_present = "clauses")]
	proposal: Option<ProposalId>,
	/// A JSON list of clauses that nobody has proposed yet, instead of a proposal
	#[arg(long, value_name = "FILE", conflicts_with = "proposal", requires = "channel")]
	clauses: Option<PathBuf>,
	/// The channel that they would be for
	#[arg(long, requires = "clauses")]
	channel: Option<ChannelId>,
	/// For one product; without product and type for everything over the channel
	#[arg(long, requires = "clauses", conflicts_with = "product_type")]
	product: Option<String>,
	/// For the products of one type
	#[arg(long, requires = "clauses")]
	product_type: Option<String>,
	/// Only orders placed from this day on, e.g. 2026-01-01
	#[arg(long, value_parser = day)]
	since: Option<Date>,
	/// Customer book, NDJSON: what the orders themselves do not say of their customers
	#[arg(long)]
	customers: PathBuf,
	#[command(flatten)]
	db: DbArgs,
	#[command(flatten)]
	node: NodeArgs,
	#[command(flatten)]
	chain: ChainArgs,
}

fn day(text: &str) -> std::result::Result<Date, String> {
	text.parse::<Date>().map_err(|e| e.to_string())
}

impl WhatIfArgs {
	pub async fn run(self, output: Output) -> Result<()> {
		let proposed = self.proposed().await?;
		let db = SalesDb::open_existing(&self.db.db).await?;
		let book = CustomerBook::read(&self.customers)?;
		let found = what_if(self.node.client()?, &db, &book, &proposed, self.since).await?;
		output.result(&found, text);
		Ok(())
	}

	async fn proposed(&self) -> Result<Proposed> {
		if let Some(proposal) = self.proposal {
			let (channel, scope, clauses) = self.chain.connect().await?.proposed_clauses(proposal).await?;
			return Ok(Proposed {
				channel,
				scope,
				clauses,
			});
		}
		match (&self.clauses, self.channel) {
			(Some(file), Some(channel)) => Ok(Proposed {
				channel,
				scope: super::networks::scope(self.product.as_deref(), self.product_type.as_deref())?,
				clauses: read_clauses(file)?,
			}),
			_ => Err(Error::invalid("proposal", "", "given, or clauses and channel")),
		}
	}
}

fn text(found: &WhatIf) -> String {
	let mut text = format!(
		"{} orders for {} products: {} would fail, {} of them newly; {} that fail now would pass",
		thousands(found.orders),
		found.products.len(),
		thousands(found.fail),
		thousands(found.newly),
		thousands(found.freed),
	);
	if found.strangers > 0 {
		text.push_str(&format!(
			"\n{} are of customers who are not in the book: of them only what was sent is known",
			thousands(found.strangers)
		));
	}
	if found.unreadable > 0 {
		text.push_str(&format!(
			"\n{} cannot be read by this release",
			thousands(found.unreadable)
		));
	}
	if found.clauses.is_empty() {
		return text;
	}
	let mut table = Table::new(&["clause", ">orders", ">customers", "for example", ""]);
	for clause in &found.clauses {
		let example = clause.examples.first();
		table.row([
			clause.code.clone(),
			thousands(clause.orders),
			thousands(clause.customers),
			example.map(|e| e.order.clone()).unwrap_or_default(),
			example.map(|e| e.text.clone()).unwrap_or_default(),
		]);
	}
	format!("{text}\n\n{table}")
}
