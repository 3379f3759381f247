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
	day::{history, ActRow, Correction, DayKey, DayState, DaysFilter, Filter, Listed, Nav, Person, Total},
	Prices,
};
use sealane_primitives::clauses::Date;
use sealane_service::{
	audit,
	users::{Role, Users},
};
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
	Review(SeenArgs),
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
	Confirm(SeenArgs),
	/// Close days of which everything is sent
	Close(CloseArgs),
}

/// Most products of a date that one command acts on.
const MAX_DAYS: u32 = 100_000;

fn date(text: &str) -> std::result::Result<Date, String> {
	Date::parse(text.as_bytes()).map_err(|error| error.to_string())
}

/// Who acts, on which books.
#[derive(Debug, Args)]
struct Desk {
	#[command(flatten)]
	db: DbArgs,
	/// Who does this: a user of the terminal, once it has users
	#[arg(long, env = "SEALANE_USER")]
	user: String,
}

impl Desk {
	/// The books and the person, who may do what `role` may. What is done stands in the audit log before it is done.
	async fn open(&self, role: Role, command: &str) -> Result<(BooksDb, Person)> {
		let who = Person::new(&self.user)?;
		let db = BooksDb::open_existing(&self.db.db).await?;
		may(&db, &who, role).await?;
		audit::note_command(&db, &format!("issuer day {command} --user {who}")).await?;
		Ok((db, who))
	}
}

/// Checks that a person may do what `role` may. Books without users leave it to who may write to the database.
async fn may(db: &BooksDb, who: &Person, role: Role) -> Result<()> {
	let users = Users::new((**db).clone()).list().await?;
	if users.is_empty() {
		return Ok(());
	}
	let is_meant = |name: &str| Person::new(name).is_ok_and(|person| person == *who);
	let meant: Vec<_> = users.iter().filter(|user| is_meant(&user.name)).collect();
	if meant.iter().any(|user| user.enabled && user.roles.has(role)) {
		return Ok(());
	}
	let rule = match meant.is_empty() {
		true => "a user of the terminal: sealane user list".into(),
		false => format!("a user who is enabled and has the role `{}`", role.as_str()),
	};
	Err(Error::invalid("user", who.as_str(), rule))
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
	/// With this reason code only, e.g. LARGE_REDEMPTION
	#[arg(long)]
	reason: Option<String>,
	/// Only those that are held
	#[arg(long)]
	held: bool,
	/// Only those that came too late for the day that they were meant for
	#[arg(long)]
	late: bool,
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

/// An act on a day as somebody saw it.
#[derive(Debug, Args)]
pub struct SeenArgs {
	/// The date
	#[arg(value_parser = date)]
	date: Date,
	/// The product
	#[arg(long)]
	product: String,
	/// The revision of the day that you looked at (`day show`); nothing is done if it has changed since
	#[arg(long)]
	revision: i64,
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
	async fn open(&self, act: &str) -> Result<(BooksDb, Person, OrderKey)> {
		let seller = self
			.seller
			.map(|seller| format!(" --seller {seller}"))
			.unwrap_or_default();
		let command = format!("{act} {}{seller}", self.id);
		let (db, who) = self.desk.open(Role::Decide, &command).await?;
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
			DayCommand::Freeze(args) => args.act(Act::Freeze, output).await,
			DayCommand::Price(args) => args.run(output).await,
			DayCommand::Release(args) => args.run(output).await,
			DayCommand::Review(args) => args.run(false, output).await,
			DayCommand::Confirm(args) => args.run(true, output).await,
			DayCommand::Close(args) => {
				let with_refused = args.with_refused;
				args.act.act(Act::Close { with_refused }, output).await
			}
			DayCommand::Hold(args) => {
				let (db, who, order) = args.order.open("hold").await?;
				db.hold(&order, &who, true, &args.note).await?;
				show_order(&db, &order, output).await
			}
			DayCommand::LetGo(args) => {
				let (db, who, order) = args.open("let-go").await?;
				db.hold(&order, &who, false, "").await?;
				show_order(&db, &order, output).await
			}
			DayCommand::Reject(args) => {
				let (db, who, order) = args.order.open(&format!("reject --code {}", args.code)).await?;
				db.reject(&order, &who, &args.code, &args.text).await?;
				show_order(&db, &order, output).await
			}
			DayCommand::Correct(args) => args.run(output).await,
			DayCommand::Restore(args) => {
				let (db, who, order) = args.open("restore").await?;
				db.restore(&order, &who).await?;
				show_order(&db, &order, output).await
			}
		}
	}
}

/// What is done to all days of a date that are so far.
#[derive(Clone, Copy)]
enum Act {
	Freeze,
	Close { with_refused: bool },
}

impl ListArgs {
	async fn run(self, output: Output) -> Result<()> {
		let db = BooksDb::open_existing(&self.db.db).await?;
		let filter = DaysFilter {
			day: self.date.map(|date| date.to_string()),
			product: self.product,
			closed: self.closed,
			limit: self.limit,
			..DaysFilter::default()
		};
		let days = db.days(&filter).await?;
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
			late: self.late,
			reason_code: self.reason,
			after: self.after,
			limit: self.limit,
		};
		output.result(&db.day_orders(&key, &filter).await?, |orders| orders_text(orders));
		Ok(())
	}
}

impl ActArgs {
	/// Does it, for the product that is named or for all that are so far.
	async fn act(self, act: Act, output: Output) -> Result<()> {
		let (role, name, state) = match act {
			Act::Freeze => (Role::Decide, "freeze", DayState::Open),
			Act::Close { .. } => (Role::Approve, "close", DayState::Confirmed),
		};
		let date = self.date.to_string();
		let product = self.product.as_ref().map(|product| format!(" --product {product}"));
		let command = format!("{name} {date}{}", product.unwrap_or_default());
		let (db, who) = self.desk.open(role, &command).await?;
		let mut filter = DaysFilter {
			day: Some(date.clone()),
			product: self.product.clone(),
			closed: true,
			limit: MAX_DAYS,
			..DaysFilter::default()
		};
		// One that is named is tried, and says why not.
		filter.state = self.product.is_none().then_some(state);
		let keys = db.day_keys(&filter).await?;
		if keys.is_empty() {
			let (what, name) = match self.product {
				Some(product) => ("day", DayKey::new(product, date).to_string()),
				None if state == DayState::Open => ("open day", date),
				None => ("confirmed day", date),
			};
			return Err(Error::NotFound { what, name });
		}
		for key in &keys {
			match act {
				Act::Freeze => db.freeze(key, &who, now_ms()).await?,
				Act::Close { with_refused } => db.close_day(key, &who, with_refused).await?,
			}
		}
		filter.state = None;
		output.result(&db.days(&filter).await?, |days| days_text(days));
		Ok(())
	}
}

impl SeenArgs {
	async fn run(self, agrees: bool, output: Output) -> Result<()> {
		let (role, name) = match agrees {
			true => (Role::Approve, "confirm"),
			false => (Role::Decide, "review"),
		};
		let key = DayKey::new(self.product, self.date);
		let command = format!(
			"{name} {} --product {} --revision {}",
			key.day, key.product, self.revision
		);
		let (db, who) = self.desk.open(role, &command).await?;
		match agrees {
			true => db.confirm(&key, &who, self.revision).await?,
			false => db.review(&key, &who, self.revision).await?,
		}
		output.result(&[found(&db, &key).await?], |days| days_text(days));
		Ok(())
	}
}

impl PriceArgs {
	async fn run(self, output: Output) -> Result<()> {
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
		let what = match (navs.as_slice(), source.as_str()) {
			([(key, nav)], "") => format!("{} --product {} --nav {nav}", key.day, key.product),
			_ => format!("--file {source}: {} values", navs.len()),
		};
		let (db, who) = self.desk.open(Role::Price, &format!("price {what}")).await?;
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
		let day = self.date.to_string();
		let product = self.product.as_ref().map(|product| format!(" --product {product}"));
		let command = format!("release {day}{}", product.unwrap_or_default());
		let (db, who) = self.desk.open(Role::Approve, &command).await?;
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
		let waiting: Vec<_> = entered.iter().filter(|nav| nav.released_by.is_empty()).collect();
		if waiting.is_empty() {
			return Err(Error::NotFound {
				what: "net asset value that is not released",
				name: day,
			});
		}
		let mut refused = None;
		for nav in waiting {
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
		let mut act = "correct".to_string();
		for (name, value) in [("units", self.units), ("amount", self.amount), ("fee", self.fee)] {
			if let Some(value) = value {
				act += &format!(" --{name} {value}");
			}
		}
		let (db, who, order) = self.order.open(&act).await?;
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
