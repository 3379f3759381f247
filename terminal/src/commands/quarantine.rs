// SPDX-License-Identifier: Apache-2.0

use super::DbArgs;
use crate::{
	error::{Error, Result},
	output::{time_text, Output, Table},
};
use clap::{Args, Subcommand, ValueEnum};
use sealane_sales::{
	db::{RecordState, SalesDb},
	manage::{self, Decision},
};
use sealane_service::audit;
use sealane_terminal_core::{
	db::Db,
	quarantine::{self, Quarantined},
};

#[derive(Debug, Subcommand)]
pub enum QuarantineCommand {
	/// List what is open
	List(ListArgs),
	/// Show one entry with its bytes
	Show(ShowArgs),
	/// Decide what becomes of an entry
	Decide(DecideArgs),
}

#[derive(Debug, Args)]
pub struct ListArgs {
	#[command(flatten)]
	db: DbArgs,
	/// Those too that were decided about
	#[arg(long)]
	all: bool,
	/// At most so many
	#[arg(long, default_value_t = 50)]
	limit: u32,
}

#[derive(Debug, Args)]
pub struct ShowArgs {
	/// The entry's number
	number: i64,
	#[command(flatten)]
	db: DbArgs,
}

#[derive(Debug, Args)]
pub struct DecideArgs {
	/// The entry's number
	number: i64,
	#[command(flatten)]
	db: DbArgs,
	/// What becomes of it
	#[arg(long = "as", value_enum)]
	decision: What,
	/// Who decides, and why
	#[arg(long)]
	note: String,
}

/// What becomes of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
	/// Nothing: it was settled otherwise
	Dismissed,
	/// It is read again: this release may read what the one of before did not
	Read,
	/// The order that it names counts as confirmed, as the two parties agreed
	Confirmed,
	/// The order that it names counts as confirmed in part
	Partial,
	/// The order that it names counts as rejected
	Rejected,
}

impl QuarantineCommand {
	pub async fn run(self, output: Output) -> Result<()> {
		match self {
			QuarantineCommand::List(args) => {
				let db = Db::open_existing(&args.db.db).await?;
				output.result(&db.quarantined(args.all, args.limit).await?, |rows| list_text(rows));
			}
			QuarantineCommand::Show(args) => {
				let db = Db::open_existing(&args.db.db).await?;
				output.result(&db.quarantine(args.number).await?, entry_text);
			}
			QuarantineCommand::Decide(args) => {
				let entry = args.run().await?;
				output.result(&entry, entry_text);
			}
		}
		Ok(())
	}
}

impl DecideArgs {
	async fn run(self) -> Result<Quarantined> {
		let db = SalesDb::open_existing(&self.db.db).await?;
		let entry = db.quarantine(self.number).await?;
		audit::note_command(
			&db,
			&format!("quarantine decide {} as {:?}", self.number, self.decision),
		)
		.await?;
		let of_a_seller = matches!(entry.origin.as_str(), "confirmation" | "result");
		let decision = match self.decision {
			What::Dismissed => Decision::Dismiss,
			What::Read => Decision::Reread,
			What::Confirmed => Decision::Settle(RecordState::Confirmed),
			What::Partial => Decision::Settle(RecordState::Partial),
			What::Rejected => Decision::Settle(RecordState::Rejected),
		};
		if !of_a_seller && decision != Decision::Dismiss {
			return Err(Error::invalid(
				"as",
				entry.origin,
				"dismissed: an order without an id has no answer; its seller sends it anew",
			));
		}
		if of_a_seller {
			manage::decide(&db, self.number, &decision, &self.note).await?;
		} else {
			let mut tx = db.begin().await?;
			quarantine::decide(&mut tx, self.number, "dismissed", &self.note).await?;
			tx.commit().await?;
		}
		db.quarantine(self.number).await
	}
}

fn list_text(rows: &[Quarantined]) -> String {
	let mut table = Table::new(&[">number", "what", "order", ">channel", "reason", "state", "since"]);
	for row in rows {
		table.row([
			row.number.to_string(),
			row.origin.clone(),
			row.id.clone(),
			row.channel.to_string(),
			row.reason.clone(),
			row.state.clone(),
			time_text(row.put_at),
		]);
	}
	table.to_string()
}

fn entry_text(entry: &Quarantined) -> String {
	let mut table = Table::new(&["", ""]);
	for (name, value) in [
		("number", entry.number.to_string()),
		("what", entry.origin.clone()),
		("order", entry.id.clone()),
		("channel", entry.channel.to_string()),
		("place in the node's log", entry.place.clone()),
		("reason", entry.reason.clone()),
		("state", entry.state.clone()),
		("note", entry.note.clone()),
		("since", time_text(entry.put_at)),
		("decided", time_text(entry.decided_at)),
	] {
		if !value.is_empty() {
			table.row([name.to_string(), value]);
		}
	}
	format!("{table}\n\n{}", crate::output::shown(&entry.body))
}
