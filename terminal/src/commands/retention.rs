// SPDX-License-Identifier: Apache-2.0

//! What a terminal keeps of its records, and for how long.

use super::DbArgs;
use crate::{
	error::Result,
	output::{thousands, time_text, Output, Table},
};
use clap::{Args, Subcommand};
use sealane_sales::{
	db::SalesDb,
	retention::{LegalHold, On, Purged},
};
use sealane_service::audit;

#[derive(Debug, Subcommand)]
pub enum RetentionCommand {
	/// Take away what names somebody in everything before a day; ids, products, amounts and sums stay
	Purge(PurgeArgs),
	/// Set a legal hold: what it names is not purged
	Hold(HoldArgs),
	/// Lift a legal hold
	Lift(LiftArgs),
	/// List the legal holds
	List(ListArgs),
}

#[derive(Debug, Args)]
pub struct PurgeArgs {
	#[command(flatten)]
	db: DbArgs,
	/// Everything before this day, YYYY-MM-DD
	#[arg(long)]
	before: String,
	/// Only tell what it would take away
	#[arg(long)]
	dry_run: bool,
}

#[derive(Debug, Args)]
pub struct HoldArgs {
	/// What it is on
	#[arg(value_enum)]
	on: On,
	/// The order's id, the customer's reference or the product
	value: String,
	#[command(flatten)]
	db: DbArgs,
	/// Who wants it, and why
	#[arg(long)]
	note: String,
}

#[derive(Debug, Args)]
pub struct LiftArgs {
	/// The hold's number
	number: i64,
	#[command(flatten)]
	db: DbArgs,
}

#[derive(Debug, Args)]
pub struct ListArgs {
	#[command(flatten)]
	db: DbArgs,
	/// Those too that were lifted
	#[arg(long)]
	all: bool,
}

impl RetentionCommand {
	pub async fn run(self, output: Output) -> Result<()> {
		match self {
			RetentionCommand::Purge(args) => {
				let db = SalesDb::open_existing(&args.db.db).await?;
				let purged = if args.dry_run {
					db.would_purge(&args.before).await?
				} else {
					audit::note_command(&db, &format!("retention purge --before {}", args.before)).await?;
					db.purge(&args.before).await?
				};
				output.result(&purged, purged_text);
			}
			RetentionCommand::Hold(args) => {
				let db = SalesDb::open_existing(&args.db.db).await?;
				let by = std::env::var("USER").unwrap_or_else(|_| "unknown".into());
				audit::note_command(&db, &format!("retention hold: {}", args.note)).await?;
				db.set_legal_hold(args.on, &args.value, &args.note, &format!("shell:{by}"))
					.await?;
				output.result(&db.legal_holds(false).await?, |holds| holds_text(holds));
			}
			RetentionCommand::Lift(args) => {
				let db = SalesDb::open_existing(&args.db.db).await?;
				audit::note_command(&db, &format!("retention lift {}", args.number)).await?;
				db.lift_legal_hold(args.number).await?;
				output.result(&db.legal_holds(false).await?, |holds| holds_text(holds));
			}
			RetentionCommand::List(args) => {
				let db = SalesDb::open_existing(&args.db.db).await?;
				output.result(&db.legal_holds(args.all).await?, |holds| holds_text(holds));
			}
		}
		Ok(())
	}
}

fn purged_text(purged: &Purged) -> String {
	let mut table = Table::new(&["", ">"]);
	for (name, count) in [
		("records without what names somebody", purged.records),
		("applications without the person's data", purged.registrations),
		("bad lines", purged.defects),
		("entries of the quarantine", purged.quarantine),
		("kept by a legal hold", purged.held),
		("kept until they are settled", purged.unsettled),
	] {
		table.row([name.to_string(), thousands(count)]);
	}
	format!("{table}\nThe audit log is not touched: it ends after its own days.")
}

fn holds_text(holds: &[LegalHold]) -> String {
	let mut table = Table::new(&[">number", "on", "", "why", "by", "since", "lifted"]);
	for hold in holds {
		table.row([
			hold.number.to_string(),
			hold.what.clone(),
			hold.value.clone(),
			hold.note.clone(),
			hold.by_whom.clone(),
			time_text(hold.since),
			time_text(hold.lifted_at),
		]);
	}
	table.to_string()
}
