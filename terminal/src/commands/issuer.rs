// SPDX-License-Identifier: Apache-2.0

use super::{issuer_days::DayCommand, DbArgs};
use crate::{
	error::Result,
	node::NodeArgs,
	output::{thousands, time_text, Output, Table},
};
use clap::{Args, Subcommand};
use sealane_issuer::{
	api::Api,
	books::{BooksDb, RefusedAnswer, WaitingOrder, ROLE},
	Desk, IssuerFigures, Rules, WatchedRules, CURSOR,
};
use sealane_sdk::types::Cursor;
use sealane_service::ServiceConfig;
use sealane_terminal_core::{
	db::set_cursor,
	outage::{await_success, outlast},
	stop::{self, Stop},
};
use serde::Serialize;
use std::{collections::BTreeMap, future::Future, path::PathBuf, time::Duration};

#[derive(Debug, Subcommand)]
pub enum IssuerCommand {
	/// Read the inbox, decide by the rules, keep the books, confirm
	Run(RunArgs),
	/// Show what is in the books
	Books(DbArgs),
	/// The daily desk: days, their prices and decisions
	#[command(subcommand)]
	Day(DayCommand),
	/// Show the orders that wait, and for what
	Waiting(ListArgs),
	/// Show answers that the own node refused: the sellers do not have them
	Refused(ListArgs),
	/// A TA system by files: OFD, WDEP
	#[command(subcommand)]
	Ta(super::ta::TaCommand),
	/// Where in the node's inbox the terminal is
	#[command(subcommand)]
	Cursor(CursorCommand),
}

#[derive(Debug, Args)]
pub struct RunArgs {
	#[command(flatten)]
	node: NodeArgs,
	#[command(flatten)]
	db: DbArgs,
	/// Rules file, TOML; it and the file of prices are read again when they change
	#[arg(long)]
	rules: PathBuf,
	#[command(flatten)]
	service: ServiceConfig,
	/// End when the inbox has been empty for so many milliseconds; without it runs until it is stopped
	#[arg(long)]
	until_idle_ms: Option<u64>,
}

#[derive(Debug, Args)]
pub struct ListArgs {
	#[command(flatten)]
	db: DbArgs,
	/// At most so many
	#[arg(long, default_value_t = 50)]
	limit: u32,
}

#[derive(Debug, Subcommand)]
pub enum CursorCommand {
	/// Show it
	Show(DbArgs),
	/// Read the node's inbox anew, from the beginning unless told: after a move to another node
	Reset(ResetArgs),
}

#[derive(Debug, Args)]
pub struct ResetArgs {
	#[command(flatten)]
	db: DbArgs,
	/// A position that the node gave
	#[arg(long)]
	to: Option<String>,
}

#[derive(Serialize)]
struct BookFigures {
	orders: BTreeMap<String, u64>,
	registrations: BTreeMap<String, u64>,
	waiting: BTreeMap<String, u64>,
}

impl IssuerCommand {
	pub async fn run(self, output: Output) -> Result<()> {
		match self {
			IssuerCommand::Run(args) => args.run(output).await,
			IssuerCommand::Books(args) => books(args, output).await,
			IssuerCommand::Day(command) => command.run(output).await,
			IssuerCommand::Waiting(args) => {
				let db = BooksDb::open_existing(&args.db.db).await?;
				output.result(&db.waiting_after(0, args.limit).await?, |rows| waiting_text(rows));
				Ok(())
			}
			IssuerCommand::Refused(args) => {
				let db = BooksDb::open_existing(&args.db.db).await?;
				output.result(&db.refused_answers(args.limit).await?, |rows| refused_text(rows));
				Ok(())
			}
			IssuerCommand::Ta(command) => command.run(output).await,
			IssuerCommand::Cursor(CursorCommand::Show(args)) => {
				let db = BooksDb::open_existing(&args.db).await?;
				super::show_cursors(&db, output).await
			}
			IssuerCommand::Cursor(CursorCommand::Reset(args)) => {
				let db = BooksDb::open_existing(&args.db.db).await?;
				let lease = db.lease(ROLE).await?;
				let mut tx = db.begin().await?;
				let start = Cursor::start();
				set_cursor(&mut tx, CURSOR, args.to.as_deref().unwrap_or(start.as_str())).await?;
				tx.commit().await?;
				lease.release().await;
				super::show_cursors(&db, output).await
			}
		}
	}
}

impl RunArgs {
	async fn run(self, output: Output) -> Result<()> {
		// What is wrong with them is said before anything is waited for.
		Rules::read(&self.rules)?;
		let stop = stop::on_signals();
		let Some(client) = self.node.await_client(&stop).await? else {
			return Ok(());
		};
		let Some(db) = super::await_db(&stop, || BooksDb::open(&self.db.db)).await? else {
			return Ok(());
		};
		let opened = outlast("the desk", &stop, || async {
			Desk::open(client.clone(), db.clone(), WatchedRules::open(&self.rules)?).await
		});
		let Some(mut desk) = opened.await? else { return Ok(()) };
		let bar = output.progress("decided", 0);
		let show = |f: &IssuerFigures| bar.set_position(f.orders + f.registered + f.registrations_rejected);
		let api = Api::new(&self.service, &db, &desk, stop.clone()).await?;
		if let Some(api) = &api {
			await_success("the desk", &stop, || api.announce(output)).await?;
		}
		let serve = async {
			match api {
				Some(api) => api.serve().await,
				None => std::future::pending().await,
			}
		};
		let stopping = stop.clone();
		let work = async {
			let Some(idle_ms) = self.until_idle_ms else {
				return desk.run(stop, show).await;
			};
			while desk.page(Duration::from_millis(idle_ms)).await? {
				show(desk.figures());
			}
			Ok(())
		};
		let done = beside(work, serve, &stopping, self.service.listen.is_some()).await;
		bar.finish_and_clear();
		let figures = desk.close().await;
		db.close().await;
		done?;
		output.result(&figures, |f| {
			let mut table = Table::new(&["", ">"]);
			for (name, count) in [
				("orders", f.orders),
				("accepted", f.accepted),
				("partly executed", f.partial),
				("rejected", f.rejected),
				("put by: they wait", f.waiting),
				("taken for a day", f.taken),
				("answered again", f.repeated),
				("customers registered", f.registered),
				("registrations rejected", f.registrations_rejected),
				("unreadable, in quarantine", f.quarantined),
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

/// Works, and serves the API beside it. Asked to stop, the API answers what is under way.
async fn beside(
	work: impl Future<Output = Result<()>>,
	serve: impl Future<Output = ()>,
	stop: &Stop,
	serves: bool,
) -> Result<()> {
	tokio::pin!(work, serve);
	tokio::select! {
		done = &mut work => {
			if serves && *stop.borrow() {
				serve.await;
			}
			done
		}
		() = &mut serve => work.await,
	}
}

async fn books(args: DbArgs, output: Output) -> Result<()> {
	let db = BooksDb::open_existing(&args.db).await?;
	let (orders, registrations) = db.book_figures().await?;
	let figures = BookFigures {
		orders: orders.into_iter().collect(),
		registrations: registrations.into_iter().collect(),
		waiting: db.waits().await?.into_iter().collect(),
	};
	output.result(&figures, |f| {
		let mut table = Table::new(&["", "outcome", ">count"]);
		for (what, counts) in [
			("orders", &f.orders),
			("registrations", &f.registrations),
			("waiting for", &f.waiting),
		] {
			for (outcome, count) in counts {
				table.row([what.to_string(), outcome.clone(), thousands(*count)]);
			}
		}
		table.to_string()
	});
	Ok(())
}

fn waiting_text(rows: &[WaitingOrder]) -> String {
	let mut table = Table::new(&[
		">seller",
		"order",
		"product",
		"customer",
		"trade date",
		"waits for",
		"received",
	]);
	for row in rows {
		table.row([
			row.seller.to_string(),
			row.id.clone(),
			row.product.clone(),
			row.customer.clone(),
			row.trade_date.clone(),
			row.waits_for.clone(),
			time_text(row.received_at),
		]);
	}
	table.to_string()
}

fn refused_text(rows: &[RefusedAnswer]) -> String {
	let mut table = Table::new(&[">answer", ">line", "order", "code", "reason", "refused"]);
	for row in rows {
		table.row([
			row.answer.to_string(),
			row.line.to_string(),
			row.id.clone(),
			row.code.clone(),
			row.reason.clone(),
			time_text(row.refused_at),
		]);
	}
	table.to_string()
}
