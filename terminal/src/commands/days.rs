// SPDX-License-Identifier: Apache-2.0

//! What the seller's records add up to.

use super::DbArgs;
use crate::{
	error::{Error, Result},
	output::{thousands, time_text, Output, Table},
};
use clap::Args;
use sealane_sales::{
	db::{SalesDb, Sum, SumFilter},
	export::Export,
	reconcile::{self, Reconciliation},
};
use std::path::PathBuf;
use tokio::io::AsyncWriteExt;

#[derive(Debug, Args)]
pub struct ReconcileArgs {
	#[command(flatten)]
	db: DbArgs,
	/// The day of the trades, YYYY-MM-DD
	#[arg(long)]
	day: String,
	/// The issuer's number
	#[arg(long)]
	issuer: i64,
	/// What the issuer says of the day: CSV or NDJSON with order, outcome, units, amount, fee and, where it has them, nav, deal, trade_date
	#[arg(long)]
	file: PathBuf,
}

#[derive(Debug, Args)]
pub struct PositionsArgs {
	/// The customer's reference
	customer: String,
	#[command(flatten)]
	db: DbArgs,
	/// Only this product
	#[arg(long)]
	product: Option<String>,
}

#[derive(Debug, Args)]
pub struct DayArgs {
	/// The day, YYYY-MM-DD: of the trade once an order is confirmed, before the one on which the customer placed it
	day: String,
	#[command(flatten)]
	db: DbArgs,
	/// Up to this day
	#[arg(long)]
	to: Option<String>,
	/// Only this product
	#[arg(long)]
	product: Option<String>,
	/// Only this issuer, by its number
	#[arg(long)]
	issuer: Option<i64>,
}

#[derive(Debug, Args)]
pub struct ExportArgs {
	/// The day, YYYY-MM-DD
	day: String,
	#[command(flatten)]
	db: DbArgs,
	/// Where to write it; made for its owner alone
	#[arg(long)]
	file: PathBuf,
	/// Only this product
	#[arg(long)]
	product: Option<String>,
	/// Only this issuer, by its number
	#[arg(long)]
	issuer: Option<i64>,
}

impl ReconcileArgs {
	pub async fn run(self, output: Output) -> Result<()> {
		let said = reconcile::read(&self.file)?;
		let db = SalesDb::open_existing(&self.db.db).await?;
		let result = reconcile::reconcile(&db, &self.day, self.issuer, &said).await?;
		output.result(&result, reconciliation_text);
		Ok(())
	}
}

fn reconciliation_text(result: &Reconciliation) -> String {
	let columns = [
		"product",
		"kind",
		"outcome",
		">here",
		">issuer",
		">units here",
		">units issuer",
		">amount here",
		">amount issuer",
		"",
	];
	let mut groups = Table::new(&columns);
	for group in &result.groups {
		groups.row([
			group.product.clone(),
			group.kind.clone(),
			group.outcome.clone(),
			thousands(group.here.orders),
			thousands(group.issuer.orders),
			group.here.units.clone(),
			group.issuer.units.clone(),
			group.here.amount.clone(),
			group.issuer.amount.clone(),
			if group.agrees { "" } else { "differs" }.to_string(),
		]);
	}
	let mut differences = Table::new(&["order", "what", "here", "issuer"]);
	for difference in &result.differences {
		differences.row([
			difference.order.clone(),
			difference.field.clone(),
			difference.here.clone(),
			difference.issuer.clone(),
		]);
	}
	let verdict = match result.count {
		0 => format!("{}: {} orders, both sides agree", result.day, thousands(result.orders)),
		count => format!(
			"{}: {} orders, {} differences",
			result.day,
			thousands(result.orders),
			thousands(count)
		),
	};
	if result.count == 0 {
		return format!("{groups}\n\n{verdict}");
	}
	format!("{groups}\n\n{differences}\n\n{verdict}")
}

impl PositionsArgs {
	pub async fn run(self, output: Output) -> Result<()> {
		let db = SalesDb::open_existing(&self.db.db).await?;
		let positions = db.positions(&self.customer, self.product.as_deref()).await?;
		output.result(&positions, |positions| {
			let mut table = Table::new(&["product", ">units", ">orders", "as of"]);
			for position in positions {
				table.row([
					position.product.clone(),
					position.units.clone(),
					thousands(position.orders),
					time_text(position.as_of),
				]);
			}
			table.to_string()
		});
		Ok(())
	}
}

impl DayArgs {
	pub async fn run(self, output: Output) -> Result<()> {
		let db = SalesDb::open_existing(&self.db.db).await?;
		let filter = SumFilter {
			to: Some(self.to.unwrap_or_else(|| self.day.clone())),
			from: Some(self.day),
			product: self.product,
			issuer: self.issuer,
		};
		output.result(&db.sums(&filter).await?, |sums| sums_text(sums));
		Ok(())
	}
}

fn sums_text(sums: &[Sum]) -> String {
	let columns = [
		"day",
		"product",
		">issuer",
		"kind",
		"state",
		">orders",
		">amount",
		">units",
		">confirmed amount",
		">confirmed units",
		">fee",
	];
	let mut table = Table::new(&columns);
	for sum in sums {
		table.row([
			sum.day.clone(),
			sum.product.clone(),
			sum.issuer.to_string(),
			sum.kind.clone(),
			sum.state.clone(),
			thousands(u64::try_from(sum.orders).unwrap_or_default()),
			sum.amount.clone(),
			sum.units.clone(),
			sum.confirmed_amount.clone(),
			sum.confirmed_units.clone(),
			sum.fee.clone(),
		]);
	}
	table.to_string()
}

impl ExportArgs {
	pub async fn run(self, output: Output) -> Result<()> {
		let db = SalesDb::open_existing(&self.db.db).await?;
		sealane_terminal_core::files::write_private(&self.file, b"")?;
		let failed = |error| Error::file(&self.file)(error);
		let mut options = tokio::fs::OpenOptions::new();
		let mut file = options.append(true).open(&self.file).await.map_err(failed)?;
		let mut export = Export::new(db, self.day, self.issuer, self.product);
		while let Some(piece) = export.next().await? {
			file.write_all(&piece).await.map_err(failed)?;
		}
		file.sync_all().await.map_err(failed)?;
		output.remark(format!("{} is written", self.file.display()));
		Ok(())
	}
}
