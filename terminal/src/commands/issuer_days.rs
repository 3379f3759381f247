// SPDX-License-Identifier: Apache-2.0

//! The issuer's daily desk by command. Acts may be done beside the running terminal, which executes and sends.

mod text;

use super::DbArgs;
use crate::{
	error::{Error, Result},
	output::Output,
};
use clap::{Args, Subcommand};
use sealane_issuer::{
	books::{BooksDb, OrderKey},
	day::{history, ActRow, Correction, DayKey, DayState, Filter, Listed, Nav, Person, Total},
	Prices,
};
use sealane_primitives::clauses::Date;
use sealane_terminal_core::{db::now_ms, decimal};
use serde::Serialize;
use std::path::PathBuf;
use text::{days_text, navs_text, orders_text, report_text};

#[derive(Debug, Subcommand)]
pub enum DayCommand {
	/// List the days of all products, newest first
	List(ListArgs),
	/// Show a day: price, totals by seller, what was done
	Show(ShowArgs),
	/// List and search the orders of a day, with their decisions
	Orders(OrdersArgs),
	/// Freeze days whose cut-off has come (the running terminal does so by itself)
	Freeze(ActArgs),
	/// Enter net asset values
	Price(PriceArgs),
	/// Release net asset values that somebody else entered
	Release(ReleaseArgs),
	/// Note that you have looked at all decisions
	Review(ActArgs),
	/// Hold an order: its day cannot be reviewed until it is let go
	Hold(NoteArgs),
	/// Let a held order go
	LetGo(OrderArgs),
	/// Reject an order, whatever the rules propose
	Reject(RejectArgs),
	/// Correct units, money or fee of a decision
	Correct(CorrectArgs),
	/// Take a decision by hand back: the rules propose anew
	Restore(OrderArgs),
	/// Agree to the decisions that somebody else reviewed: they are executed and sent
	Confirm(ActArgs),
	/// Close days of which everything is sent
	Close(CloseArgs),
}

fn date(text: &str) -> std::result::Result<Date, String> {
	Date::parse(text.as_bytes()).map_err(|error| error.to_string())
}

/// Who acts, on which books.
#[derive(Debug, Args)]
struct Desk {
	#[command(flatten)]
	db: DbArgs,
	/// Who does this
	#[arg(long, env = "SEALANE_USER")]
	user: String,
}

impl Desk {
	async fn open(&self) -> Result<(BooksDb, Person)> {
		let who = Person::new(&self.user)?;
		Ok((BooksDb::open_existing(&self.db.db).await?, who))
	}
}

#[derive(Debug, Args)]
pub struct ListArgs {
	#[command(flatten)]
	db: DbArgs,
	/// Of this date only
	#[arg(long, value_parser = date)]
	date: Option<Date>,
	/// Of this product only
	#[arg(long)]
	product: Option<String>,
	/// Closed days too
	#[arg(long)]
	closed: bool,
	/// At most so many
	#[arg(long, default_value_t = 50)]
	limit: u32,
}

#[derive(Debug, Args)]
pub struct ShowArgs {
	/// The date
	#[arg(value_parser = date)]
	date: Date,
	/// The product
	#[arg(long)]
	product: String,
	#[command(flatten)]
	db: DbArgs,
}

#[derive(Debug, Args)]
pub struct OrdersArgs {
	/// The date
	#[arg(value_parser = date)]
	date: Date,
	/// The product
	#[arg(long)]
	product: String,
	#[command(flatten)]
	db: DbArgs,
	/// Of this seller only, by its number
	#[arg(long)]
	seller: Option<u32>,
	/// Of this customer only
	#[arg(long)]
	customer: Option<String>,
	/// With this id only
	#[arg(long)]
	id: Option<String>,
	/// Of this kind only
	#[arg(long)]
	kind: Option<String>,
	/// With this outcome only: accepted, partial, rejected
	#[arg(long)]
	outcome: Option<String>,
	/// In this state only: taken, proposed, executed, answered, withdrawn
	#[arg(long)]
	state: Option<String>,
	/// Only those that are held
	#[arg(long)]
	held: bool,
	/// Behind this place: the one of the last order of the page before
	#[arg(long, default_value_t = 0)]
	after: i64,
	/// At most so many
	#[arg(long, default_value_t = 100)]
	limit: u32,
}

#[derive(Debug, Args)]
pub struct ActArgs {
	/// The date
	#[arg(value_parser = date)]
	date: Date,
	/// The product; all of that date that are so far unless told
	#[arg(long)]
	product: Option<String>,
	#[command(flatten)]
	desk: Desk,
}

#[derive(Debug, Args)]
pub struct CloseArgs {
	#[command(flatten)]
	act: ActArgs,
	/// Although the own node refused some answers, which their sellers do not have
	#[arg(long)]
	with_refused: bool,
}

#[derive(Debug, Args)]
pub struct PriceArgs {
	/// The date
	#[arg(required_unless_present = "file", value_parser = date)]
	date: Option<Date>,
	/// The product
	#[arg(long, required_unless_present = "file", requires = "nav")]
	product: Option<String>,
	/// Net asset value of one unit
	#[arg(long)]
	nav: Option<String>,
	/// A CSV with the columns product,date,nav instead
	#[arg(long, conflicts_with_all = ["date", "product", "nav"])]
	file: Option<PathBuf>,
	#[command(flatten)]
	desk: Desk,
}

#[derive(Debug, Args)]
pub struct ReleaseArgs {
	/// The date
	#[arg(value_parser = date)]
	date: Date,
	/// The product; all that are not released unless told
	#[arg(long)]
	product: Option<String>,
	/// The value that must have been entered
	#[arg(long, requires = "product")]
	nav: Option<String>,
	#[command(flatten)]
	desk: Desk,
}

#[derive(Debug, Args)]
pub struct OrderArgs {
	/// The order's id
	id: String,
	/// The seller's number, where two sellers use the id
	#[arg(long)]
	seller: Option<u32>,
	#[command(flatten)]
	desk: Desk,
}

impl OrderArgs {
	async fn open(&self) -> Result<(BooksDb, Person, OrderKey)> {
		let (db, who) = self.desk.open().await?;
		let order = db.order_on_desk(self.seller, &self.id).await?;
		Ok((db, who, order))
	}
}

#[derive(Debug, Args)]
pub struct NoteArgs {
	#[command(flatten)]
	order: OrderArgs,
	/// Why
	#[arg(long)]
	note: String,
}

#[derive(Debug, Args)]
pub struct RejectArgs {
	#[command(flatten)]
	order: OrderArgs,
	/// The reason's code, for programs
	#[arg(long)]
	code: String,
	/// The reason, for people: the seller reads it
	#[arg(long)]
	text: String,
}

#[derive(Debug, Args)]
pub struct CorrectArgs {
	#[command(flatten)]
	order: OrderArgs,
	/// Units
	#[arg(long)]
	units: Option<String>,
	/// Money
	#[arg(long)]
	amount: Option<String>,
	/// Fee
	#[arg(long)]
	fee: Option<String>,
	/// Why: the seller reads it where less is executed
	#[arg(long)]
	note: String,
}

#[derive(Serialize)]
struct DayReport {
	#[serde(flatten)]
	day: Listed,
	price: Option<Nav>,
	totals: Vec<Total>,
	history: Vec<ActRow>,
}

impl DayCommand {
	pub async fn run(self, output: Output) -> Result<()> {
		match self {
			DayCommand::List(args) => args.run(output).await,
			DayCommand::Show(args) => args.run(output).await,
			DayCommand::Orders(args) => args.run(output).await,
			DayCommand::Freeze(args) => args.act(DayState::Open, None, output).await,
			DayCommand::Price(args) => args.run(output).await,
			DayCommand::Release(args) => args.run(output).await,
			DayCommand::Review(args) => args.act(DayState::Priced, None, output).await,
			DayCommand::Confirm(args) => args.act(DayState::Reviewed, None, output).await,
			DayCommand::Close(args) => args.act.act(DayState::Confirmed, Some(args.with_refused), output).await,
			DayCommand::Hold(args) => {
				let (db, who, order) = args.order.open().await?;
				db.hold(&order, &who, true, &args.note).await?;
				show_order(&db, &order, output).await
			}
			DayCommand::LetGo(args) => {
				let (db, who, order) = args.open().await?;
				db.hold(&order, &who, false, "").await?;
				show_order(&db, &order, output).await
			}
			DayCommand::Reject(args) => {
				let (db, who, order) = args.order.open().await?;
				db.reject(&order, &who, &args.code, &args.text).await?;
				show_order(&db, &order, output).await
			}
			DayCommand::Correct(args) => args.run(output).await,
			DayCommand::Restore(args) => {
				let (db, who, order) = args.open().await?;
				db.restore(&order, &who).await?;
				show_order(&db, &order, output).await
			}
		}
	}
}

impl ListArgs {
	async fn run(self, output: Output) -> Result<()> {
		let db = BooksDb::open_existing(&self.db.db).await?;
		let date = self.date.map(|date| date.to_string());
		let days = db
			.days(date.as_deref(), self.product.as_deref(), self.closed, self.limit)
			.await?;
		output.result(&days, |days| days_text(days));
		Ok(())
	}
}

impl ShowArgs {
	async fn run(self, output: Output) -> Result<()> {
		let db = BooksDb::open_existing(&self.db.db).await?;
		let key = DayKey::new(self.product, self.date);
		let report = DayReport {
			day: found(&db, &key).await?,
			price: db.navs(&key.day, Some(&key.product)).await?.pop(),
			totals: db.day_totals(&key).await?,
			history: history(&db, &key, 50).await?,
		};
		output.result(&report, report_text);
		Ok(())
	}
}

impl OrdersArgs {
	async fn run(self, output: Output) -> Result<()> {
		let db = BooksDb::open_existing(&self.db.db).await?;
		let key = DayKey::new(self.product, self.date);
		let filter = Filter {
			seller: self.seller,
			customer: self.customer,
			id: self.id,
			kind: self.kind,
			outcome: self.outcome,
			state: self.state,
			held: self.held,
			after: self.after,
			limit: self.limit,
		};
		output.result(&db.day_orders(&key, &filter).await?, |orders| orders_text(orders));
		Ok(())
	}
}

impl ActArgs {
	/// Does what leads on from `state`, for the product that is named or for all that are there.
	async fn act(self, state: DayState, close: Option<bool>, output: Output) -> Result<()> {
		let (db, who) = self.desk.open().await?;
		let date = self.date.to_string();
		let days = match &self.product {
			Some(product) => vec![found(&db, &DayKey::new(product.as_str(), &date)).await?],
			None => {
				let mut days = db.days(Some(&date), None, true, u32::MAX).await?;
				if days.is_empty() {
					return Err(Error::NotFound {
						what: "day",
						name: date,
					});
				}
				days.retain(|day| day.day.state == state);
				days
			}
		};
		for Listed { day, .. } in &days {
			match state {
				DayState::Open => db.freeze(&day.key, &who, now_ms()).await?,
				DayState::Priced => db.review(&day.key, &who).await?,
				DayState::Reviewed => db.confirm(&day.key, &who, Some(day.revision)).await?,
				_ => db.close_day(&day.key, &who, close.unwrap_or(false)).await?,
			}
		}
		if days.is_empty() {
			output.remark(format!("no day of {date} is {}", state.as_str()));
		}
		let days = db.days(Some(&date), self.product.as_deref(), true, u32::MAX).await?;
		output.result(&days, |days| days_text(days));
		Ok(())
	}
}

impl PriceArgs {
	async fn run(self, output: Output) -> Result<()> {
		let (db, who) = self.desk.open().await?;
		let (navs, source) = match (&self.file, self.date, self.product, self.nav) {
			(Some(file), ..) => {
				let prices = Prices::read(file)?;
				let mut navs: Vec<_> = prices
					.iter()
					.map(|(product, day, nav)| (DayKey::new(product, day), nav.to_string()))
					.collect();
				navs.sort();
				(navs, file.display().to_string())
			}
			(None, Some(date), Some(product), Some(nav)) => (vec![(DayKey::new(product, date), nav)], String::new()),
			_ => return Err(Error::invalid("nav", "", "date, --product and --nav, or --file")),
		};
		let changed = db.enter_navs(&navs, &who, &source).await?;
		output.remark(format!(
			"{changed} of {} entered; somebody else releases them",
			navs.len()
		));
		let mut days: Vec<String> = navs.into_iter().map(|(key, _)| key.day).collect();
		days.sort();
		days.dedup();
		let mut all = Vec::new();
		for day in days {
			all.extend(db.navs(&day, None).await?);
		}
		output.result(&all, |navs| navs_text(navs));
		Ok(())
	}
}

impl ReleaseArgs {
	async fn run(self, output: Output) -> Result<()> {
		let (db, who) = self.desk.open().await?;
		let day = self.date.to_string();
		let number = |text: &str| {
			decimal::parse_quantity(text).ok_or_else(|| Error::invalid("nav", text, "a decimal above zero"))
		};
		let entered = db.navs(&day, self.product.as_deref()).await?;
		if entered.is_empty() {
			return Err(Error::NotFound {
				what: "net asset value",
				name: self
					.product
					.map_or(day.clone(), |product| DayKey::new(product, &day).to_string()),
			});
		}
		let mut refused = None;
		for nav in entered.iter().filter(|nav| nav.released_by.is_empty()) {
			let seen = number(self.nav.as_deref().unwrap_or(&nav.nav))?;
			// Those that somebody else entered are released, whatever else is among them.
			if let Err(error) = db
				.release_nav(&DayKey::new(nav.product.as_str(), &day), seen, &who)
				.await
			{
				refused.get_or_insert(error);
			}
		}
		output.result(&db.navs(&day, self.product.as_deref()).await?, |navs| navs_text(navs));
		refused.map_or(Ok(()), Err)
	}
}

impl CorrectArgs {
	async fn run(self, output: Output) -> Result<()> {
		let number = |name: &str, value: &Option<String>| {
			let rule = "a decimal, at most 18 digits before and 8 after the point";
			let parse = |text: &String| decimal::parse(text).ok_or_else(|| Error::invalid(name, text.as_str(), rule));
			value.as_ref().map(parse).transpose()
		};
		let to = Correction {
			units: number("units", &self.units)?,
			amount: number("amount", &self.amount)?,
			fee: number("fee", &self.fee)?,
		};
		if to == Correction::default() {
			return Err(Error::invalid("units", "", "units, amount or fee"));
		}
		let (db, who, order) = self.order.open().await?;
		db.correct(&order, &who, &to, &self.note).await?;
		show_order(&db, &order, output).await
	}
}

async fn found(db: &BooksDb, key: &DayKey) -> Result<Listed> {
	db.day(key).await?.ok_or_else(|| Error::NotFound {
		what: "day",
		name: key.to_string(),
	})
}

async fn show_order(db: &BooksDb, order: &OrderKey, output: Output) -> Result<()> {
	output.result(&db.order_parts(order).await?, |orders| orders_text(orders));
	Ok(())
}
