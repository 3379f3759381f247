// SPDX-License-Identifier: Apache-2.0

use super::{
	days::{DayArgs, ExportArgs, PositionsArgs, ReconcileArgs},
	DbArgs,
};
use crate::{
	error::{Error, Result},
	node::NodeArgs,
	output::{thousands, Output, Table},
};
use clap::{Args, Subcommand, ValueEnum};
use sealane_formats::Partners;
use sealane_sales::{
	self as sales,
	customers::{CustomerBook, WatchedBook},
	db::{Figures, SalesDb},
	manage::{self, Cancelled},
	orders::{Declared, Encoding},
	watch::{Completion, WatchConfig},
	RegisterConfig, Registering, SalesConfig, Source, Until, Which, Who,
};
use sealane_service::{audit, ServiceConfig};
use sealane_terminal_core::stop;
use serde::Serialize;
use std::{path::PathBuf, sync::Arc, time::Duration};

#[derive(Debug, Subcommand)]
pub enum SalesCommand {
	/// Check and send orders, turn confirmations into business records
	Run(Box<RunArgs>),
	/// Register customers with issuers: those who are named
	Register(RegisterArgs),
	/// Try orders again that did not get to the node
	Retry(RetryArgs),
	/// Take an order back: at once where it was not sent, else by asking the issuer
	Cancel(OrderId),
	/// Hold an order that was not sent: it is not tried again
	Hold(OrderId),
	/// Release an order that is held: it is tried again
	Release(OrderId),
	/// Write a day's confirmations back as files: OFD, WDEP, ISO 20022, CSV, JSON lines
	Answers(Box<super::answers::AnswersArgs>),
	/// Compare a day with what an issuer says of it
	Reconcile(ReconcileArgs),
	/// The units that a customer's confirmations add up to
	Positions(PositionsArgs),
	/// How many orders stand where on a day, and for how much
	Day(DayArgs),
	/// Write the records of a day as CSV
	Export(ExportArgs),
	/// Where in the node's events the terminal is
	#[command(subcommand)]
	Cursor(CursorCommand),
}

#[derive(Debug, Args)]
pub struct RunArgs {
	#[command(flatten)]
	node: NodeArgs,
	#[command(flatten)]
	db: DbArgs,
	/// Customer book, NDJSON; read again when it changes
	#[arg(long)]
	customers: PathBuf,
	/// One file of orders, NDJSON or CSV, or the index of a set of files of the trade; ends when they are done
	#[arg(long, conflicts_with = "watch")]
	orders: Option<PathBuf>,
	/// Folder from which files of orders are taken when they are complete; runs until it is stopped
	#[arg(long)]
	watch: Option<PathBuf>,
	/// How it is known that a file in the folder is complete
	#[arg(long, value_enum, default_value_t, requires = "watch")]
	complete: Complete,
	/// With --complete stable: length and time of change stay the same for so many milliseconds
	#[arg(long, default_value_t = 5_000)]
	stable_ms: u64,
	/// With --complete marker: what the marker's name has behind the file's
	#[arg(long, default_value = ".ok")]
	marker: String,
	/// How the files are encoded
	#[arg(long, value_enum, default_value_t)]
	encoding: Encoding,
	/// A field of the bank's own that travels to the issuer; repeatable. All other fields that no order has stay in the house
	#[arg(long = "pass-field", value_name = "FIELD")]
	pass_fields: Vec<String>,
	/// Profile of a partner whose files of the trade are taken, too (OFD, WDEP): a TOML file, or a shipped one by its name; repeatable
	#[arg(long = "profile", value_name = "PROFILE")]
	profiles: Vec<PathBuf>,
	/// When customers are registered with an issuer
	#[arg(long, value_enum, default_value_t)]
	registering: Registering,
	/// Orders that the node refuses for the time being are tried again for so many hours
	#[arg(long, default_value_t = 72)]
	retry_for_h: u32,
	/// Orders are collected for so many milliseconds before they are checked and sent; 0: a file at a time
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
	#[command(flatten)]
	service: ServiceConfig,
	/// Days after which records name their customers no more, see `sealane retention`; for ever unless given
	#[arg(long)]
	keep_days: Option<u32>,
}

/// How it is known that a file is complete.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Complete {
	/// Its length and time of change stay the same for a while
	#[default]
	Stable,
	/// Its writer renames it: until then its name begins with . or ends in .tmp
	Renamed,
	/// A second file stands beside it whose name has .ok behind it (see --marker)
	Marker,
}

#[derive(Debug, Args)]
pub struct RegisterArgs {
	#[command(flatten)]
	node: NodeArgs,
	#[command(flatten)]
	db: DbArgs,
	/// Customer book, NDJSON
	#[arg(long)]
	customers: PathBuf,
	/// A customer to register, by reference; repeatable
	#[arg(long = "customer", value_name = "REFERENCE")]
	who: Vec<String>,
	/// Register everybody in the book, with every issuer or those that --issuer names
	#[arg(long, conflicts_with = "who")]
	all: bool,
	/// Only with these issuers, by their number on the chain; repeatable
	#[arg(long = "issuer")]
	issuers: Vec<u32>,
	/// Apply again for those whom the issuer rejected, with the data of now and under a new id
	#[arg(long)]
	correct: bool,
	/// Apply again for those whose application the own node refused, with the data of now
	#[arg(long, conflicts_with = "correct")]
	retry: bool,
	/// Do not wait for the results
	#[arg(long)]
	no_wait: bool,
	/// Longest time to wait, in seconds
	#[arg(long)]
	timeout_s: Option<u64>,
}

#[derive(Debug, Args)]
pub struct RetryArgs {
	#[command(flatten)]
	db: DbArgs,
	/// The order's id
	#[arg(required_unless_present = "all")]
	id: Option<String>,
	/// All that are in a state, or were refused with a code
	#[arg(long, conflicts_with = "id")]
	all: bool,
	/// With --all: only those in this state: unqualified or refused
	#[arg(long, requires = "all")]
	state: Option<String>,
	/// With --all: only those that the node refused with this code
	#[arg(long, requires = "all")]
	code: Option<String>,
}

#[derive(Debug, Args)]
pub struct OrderId {
	/// The order's id
	id: String,
	#[command(flatten)]
	db: DbArgs,
}

#[derive(Debug, Subcommand)]
pub enum CursorCommand {
	/// Show it
	Show(DbArgs),
	/// Read the node's events anew, from the beginning unless told: after a move to another node
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
struct Retried {
	orders: u64,
}

#[derive(Serialize)]
struct Held {
	order: String,
	held: bool,
}

impl SalesCommand {
	pub async fn run(self, output: Output) -> Result<()> {
		match self {
			SalesCommand::Run(args) => args.run(output).await,
			SalesCommand::Register(args) => args.run(output).await,
			SalesCommand::Retry(args) => args.run(output).await,
			SalesCommand::Cancel(args) => cancel(args, output).await,
			SalesCommand::Hold(args) => hold(args, true, output).await,
			SalesCommand::Release(args) => hold(args, false, output).await,
			SalesCommand::Answers(args) => args.run(output).await,
			SalesCommand::Reconcile(args) => args.run(output).await,
			SalesCommand::Positions(args) => args.run(output).await,
			SalesCommand::Day(args) => args.run(output).await,
			SalesCommand::Export(args) => args.run(output).await,
			SalesCommand::Cursor(CursorCommand::Show(args)) => {
				let db = SalesDb::open_existing(&args.db).await?;
				super::show_cursors(&db, output).await
			}
			SalesCommand::Cursor(CursorCommand::Reset(args)) => {
				let db = SalesDb::open_existing(&args.db.db).await?;
				manage::reset_cursor(&db, args.to.as_deref()).await?;
				super::show_cursors(&db, output).await
			}
		}
	}
}

impl RunArgs {
	fn config(&self) -> Result<SalesConfig> {
		if self.window_orders == 0 || self.window_orders > 100_000 {
			return Err(Error::invalid(
				"window-orders",
				self.window_orders.to_string(),
				"1 to 100000",
			));
		}
		if self.complete == Complete::Marker && self.marker.is_empty() {
			return Err(Error::invalid(
				"marker",
				"",
				"what the marker's name has behind the file's",
			));
		}
		let profiles = self.profiles.iter().map(|path| super::formats::profile(path));
		let partners = Partners::new(profiles.collect::<Result<_>>()?);
		let window = Duration::from_millis(self.window_ms);
		let completion = match self.complete {
			Complete::Renamed => Completion::Renamed,
			Complete::Stable => Completion::Stable(Duration::from_millis(self.stable_ms)),
			Complete::Marker => Completion::Marker(self.marker.clone()),
		};
		let source = match (&self.orders, &self.watch) {
			(Some(file), _) => Source::File(file.clone()),
			(None, Some(folder)) => Source::Folder(folder.clone(), WatchConfig { completion, window }),
			(None, None) => Source::None,
		};
		Ok(SalesConfig {
			encoding: self.encoding,
			declared: Declared(self.pass_fields.clone()),
			partners: Arc::new(partners),
			window,
			window_orders: self.window_orders,
			registering: self.registering,
			retry_for: Duration::from_secs(u64::from(self.retry_for_h) * 3_600),
			until: self.until,
			timeout: self.timeout_s.map(Duration::from_secs),
			service: self.service.clone(),
			keep_days: self.keep_days,
			..SalesConfig::new(source)
		})
	}

	async fn run(self, output: Output) -> Result<()> {
		let config = self.config()?;
		// What is wrong with it is said before anything is waited for.
		CustomerBook::read(&self.customers)?;
		let stop = stop::on_signals();
		let Some(client) = self.node.await_client(&stop).await? else {
			return Ok(());
		};
		let Some(db) = super::await_db(&stop, || SalesDb::open(&self.db.db)).await? else {
			return Ok(());
		};
		let book = || WatchedBook::open(&self.customers);
		let figures = sales::run(client, db.clone(), book, config, output, stop).await;
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
	row("cancelled", figures.cancelled);
	row("business records", figures.records);
	row("final on chain", figures.finalised);
	table.to_string()
}

impl RegisterArgs {
	async fn run(self, output: Output) -> Result<()> {
		let who = match (self.all, self.who.is_empty()) {
			(true, _) => Who::All,
			(false, false) => Who::These(self.who),
			(false, true) => {
				return Err(Error::invalid(
					"customer",
					"",
					"given, or --all: an issuer learns only of customers who are named (sealane sales run registers each with \
					 the first order that needs it)",
				))
			}
		};
		let which = match (self.retry, self.correct) {
			(_, true) => Which::Rejected,
			(true, false) => Which::Refused,
			(false, false) => Which::New,
		};
		let customers = CustomerBook::read(&self.customers)?;
		let client = self.node.client()?;
		let db = SalesDb::open(&self.db.db).await?;
		let config = RegisterConfig {
			who,
			which,
			issuers: self.issuers,
			wait: !self.no_wait,
			timeout: self.timeout_s.map(Duration::from_secs),
			retry_for_ms: 0,
		};
		let figures = sales::register(client, db.clone(), &customers, &config, output).await;
		db.close().await;
		output.result(&figures?, |f| {
			let mut table = Table::new(&["", ">"]);
			table.row(["customers".to_string(), thousands(f.customers)]);
			table.row(["applied now".to_string(), thousands(f.applied)]);
			table.row(["applied before".to_string(), thousands(f.applied_before)]);
			table.row(["channels that are not open".to_string(), thousands(f.closed_channels)]);
			for (state, count) in &f.states {
				table.row([state.clone(), thousands(*count)]);
			}
			table.to_string()
		});
		Ok(())
	}
}

impl RetryArgs {
	async fn run(self, output: Output) -> Result<()> {
		if let Some(state) = self
			.state
			.as_deref()
			.filter(|s| !["unqualified", "refused"].contains(s))
		{
			return Err(Error::invalid("state", state, "unqualified or refused"));
		}
		let db = SalesDb::open_existing(&self.db.db).await?;
		let which = [&self.id, &self.state, &self.code].into_iter().flatten();
		let which: Vec<&str> = which.map(String::as_str).collect();
		audit::note_command(&db, &format!("sales retry {}", which.join(" "))).await?;
		let orders = db
			.retry(self.id.as_deref(), self.state.as_deref(), self.code.as_deref())
			.await?;
		if let (Some(id), 0) = (&self.id, orders) {
			return Err(Error::NotFound {
				what: "order that was not sent and is not held",
				name: id.clone(),
			});
		}
		output.result(&Retried { orders }, |r| {
			format!(
				"{} orders are tried again by the terminal that runs on this database",
				thousands(r.orders)
			)
		});
		Ok(())
	}
}

async fn cancel(args: OrderId, output: Output) -> Result<()> {
	let db = SalesDb::open_existing(&args.db.db).await?;
	audit::note_command(&db, &format!("sales cancel {}", args.id)).await?;
	let cancelled = manage::cancel(&db, &args.id).await?;
	output.result(&cancelled, |c| match c {
		Cancelled::Here => format!("{}: taken back; it had not been sent", args.id),
		Cancelled::Asked { cancellation } => format!(
			"{}: the issuer is asked by the order {cancellation}, which the terminal that runs on this database sends",
			args.id
		),
	});
	Ok(())
}

async fn hold(args: OrderId, held: bool, output: Output) -> Result<()> {
	let db = SalesDb::open_existing(&args.db.db).await?;
	let what = if held { "hold" } else { "release" };
	audit::note_command(&db, &format!("sales {what} {}", args.id)).await?;
	db.hold(&args.id, held).await?;
	let done = Held { order: args.id, held };
	output.result(&done, |d| {
		let what = if d.held { "held" } else { "released, and tried again" };
		format!("{}: {what}", d.order)
	});
	Ok(())
}
