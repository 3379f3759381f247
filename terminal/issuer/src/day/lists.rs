// SPDX-License-Identifier: Apache-2.0

//! Days, their orders and totals, to look at.

use super::{
	next::Known,
	rows::{DAY_COLUMNS, ORDER_COLUMNS},
	DayKey, DayOrder, DayRow, DayState, Nav, Next,
};
use crate::{
	books::{BooksDb, OrderKey, Question},
	decimal,
	error::Result,
};
use rust_decimal::Decimal;
use sealane_terminal_core::{db::now_ms, from_row};
use serde::{Serialize, Serializer};
use sqlx::Row;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Orders that are read at once for totals.
const PAGE: u32 = 5_000;

/// A day with the number of its orders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Listed {
	/// The day.
	#[serde(flatten)]
	pub day: DayRow,
	/// All orders.
	pub orders: i64,
	/// Those that are held.
	pub held: i64,
	/// Those that are neither executed nor taken back.
	pub open: i64,
	/// Those that somebody decided otherwise than the rules.
	pub by_hand: i64,
	/// Those that came too late for the day that they were meant for.
	pub late: i64,
	/// The price; empty where there is none.
	pub nav: String,
	/// Who entered it; empty before.
	pub entered_by: String,
	/// Who released it; empty before.
	pub released_by: String,
	/// What leads it on.
	pub next: Next,
}

/// Which days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DaysFilter {
	/// Of this date.
	pub day: Option<String>,
	/// Of this product.
	pub product: Option<String>,
	/// In this state.
	pub state: Option<DayState>,
	/// Closed ones too.
	pub closed: bool,
	/// Behind this date and product.
	pub behind: Option<(String, String)>,
	/// At most so many.
	pub limit: u32,
}

/// Which orders of a day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
	/// Of this seller.
	pub seller: Option<u32>,
	/// Of this customer.
	pub customer: Option<String>,
	/// With this id.
	pub id: Option<String>,
	/// Of this kind.
	pub kind: Option<String>,
	/// With this outcome.
	pub outcome: Option<String>,
	/// In this state.
	pub state: Option<String>,
	/// With this reason.
	pub reason_code: Option<String>,
	/// Only those that are held.
	pub held: bool,
	/// Only those that came too late for the day that they were meant for.
	pub late: bool,
	/// Behind this place.
	pub after: i64,
	/// At most so many.
	pub limit: u32,
}

/// Of an order of a day: its answer is not sent.
pub(super) const UNSENT: &str = "answer IN (SELECT number FROM answers WHERE state = 'pending')";
/// Of an order of a day: the own node refused its answer.
pub(super) const REFUSED: &str =
	"EXISTS (SELECT 1 FROM refused_answers r WHERE r.answer = day_orders.answer AND r.id = day_orders.id)";

/// Sums over orders of one product, seller, kind and outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Total {
	/// The product.
	pub product: String,
	/// The seller.
	pub seller: u32,
	/// The kind.
	pub kind: String,
	/// `accepted`, `partial`, `rejected`; empty before a decision.
	pub outcome: String,
	/// Orders.
	pub count: u64,
	/// What they ask for.
	#[serde(serialize_with = "text")]
	#[schema(value_type = String)]
	pub asked_amount: Decimal,
	/// What they ask for.
	#[serde(serialize_with = "text")]
	#[schema(value_type = String)]
	pub asked_units: Decimal,
	/// What is decided.
	#[serde(serialize_with = "text")]
	#[schema(value_type = String)]
	pub amount: Decimal,
	/// What is decided.
	#[serde(serialize_with = "text")]
	#[schema(value_type = String)]
	pub units: Decimal,
	/// What is decided.
	#[serde(serialize_with = "text")]
	#[schema(value_type = String)]
	pub fee: Decimal,
	/// What goes to the next day.
	#[serde(serialize_with = "text")]
	#[schema(value_type = String)]
	pub carry: Decimal,
}

fn text<S: Serializer>(value: &Decimal, serializer: S) -> std::result::Result<S::Ok, S::Error> {
	serializer.collect_str(value)
}

impl BooksDb {
	/// Days, the newest date first, then by product.
	///
	/// # Errors
	/// The database fails.
	pub async fn days(&self, filter: &DaysFilter) -> Result<Vec<Listed>> {
		let days = self.day_rows(filter).await?;
		let mut listed = Vec::with_capacity(days.len());
		for day in days {
			listed.push(self.counted(day).await?);
		}
		Ok(listed)
	}

	async fn day_rows(&self, filter: &DaysFilter) -> Result<Vec<DayRow>> {
		let hidden = if filter.closed { "" } else { "closed" };
		let state = filter.state.map(|state| state.as_str().to_string());
		let question = Question::new(&format!("SELECT {DAY_COLUMNS} FROM days"))
			.with("state <> ?", &[hidden])
			.is("day", &filter.day)
			.is("product", &filter.product)
			.is("state", &state);
		let question = match &filter.behind {
			Some((day, product)) => question.with("(day < ? OR (day = ? AND product > ?))", &[day, day, product]),
			None => question,
		};
		question.ask(self, "day DESC, product", filter.limit).await
	}

	/// One day.
	///
	/// # Errors
	/// The database fails.
	pub async fn day(&self, key: &DayKey) -> Result<Option<Listed>> {
		let filter = DaysFilter {
			day: Some(key.day.clone()),
			product: Some(key.product.clone()),
			closed: true,
			limit: 1,
			..DaysFilter::default()
		};
		Ok(self.days(&filter).await?.pop())
	}

	/// Which days there are, as [`BooksDb::days`] lists them.
	///
	/// # Errors
	/// The database fails.
	pub async fn day_keys(&self, filter: &DaysFilter) -> Result<Vec<DayKey>> {
		Ok(self.day_rows(filter).await?.into_iter().map(|day| day.key).collect())
	}

	async fn counted(&self, day: DayRow) -> Result<Listed> {
		let row = sqlx::query(
			"SELECT COUNT(*), COUNT(CASE WHEN held = 1 AND state IN ('taken', 'proposed') THEN 1 END), \
			 COUNT(CASE WHEN state IN ('taken', 'proposed') THEN 1 END), COUNT(CASE WHEN decided_by <> '' THEN 1 END), \
			 COUNT(CASE WHEN late_for <> '' THEN 1 END) FROM day_orders WHERE product = $1 AND day = $2",
		)
		.bind(day.key.product.as_str())
		.bind(day.key.day.as_str())
		.fetch_one(self.pool())
		.await?;
		let nav = self.navs(&day.key.day, Some(&day.key.product)).await?.pop();
		let held = row.try_get(1)?;
		let next = self.next(&day, nav.as_ref(), held).await?;
		let nav = nav.unwrap_or_default();
		Ok(Listed {
			orders: row.try_get(0)?,
			held,
			open: row.try_get(2)?,
			by_hand: row.try_get(3)?,
			late: row.try_get(4)?,
			nav: nav.nav,
			entered_by: nav.entered_by,
			released_by: nav.released_by,
			next,
			day,
		})
	}

	/// What leads a day on. What only one state needs is asked for in that state only.
	async fn next(&self, day: &DayRow, nav: Option<&Nav>, held: i64) -> Result<Next> {
		let (mut unsent, mut refused, mut deciders) = (0, 0, Vec::new());
		match day.state {
			DayState::Reviewed => deciders = self.deciders(&day.key).await?,
			DayState::Confirmed if day.executed => (unsent, refused) = self.unsent(&day.key).await?,
			_ => {}
		}
		let known = Known {
			state: day.state,
			closes_at: day.closes_at,
			waits_for: &day.waits_for,
			executed: day.executed,
			entered: nav.map(|nav| nav.entered_by.as_str()),
			released: nav.is_some_and(|nav| !nav.released_by.is_empty()),
			held,
			deciders,
			unsent,
			refused,
		};
		Ok(Next::of(known, now_ms()))
	}

	/// Who reviewed a day or decided on its orders: they do not confirm it.
	async fn deciders(&self, key: &DayKey) -> Result<Vec<String>> {
		let rows = sqlx::query(
			"SELECT DISTINCT who FROM day_acts WHERE product = $1 AND day = $2 AND act IN ('review', 'decide', 'hold') \
			 ORDER BY who",
		)
		.bind(key.product.as_str())
		.bind(key.day.as_str())
		.fetch_all(self.pool())
		.await?;
		rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
	}

	/// How many answers of a day are not sent, and how many the own node refused.
	async fn unsent(&self, key: &DayKey) -> Result<(i64, i64)> {
		let statement = format!(
			"SELECT COUNT(CASE WHEN {UNSENT} THEN 1 END), COUNT(CASE WHEN {REFUSED} THEN 1 END) FROM day_orders \
			 WHERE product = $1 AND day = $2"
		);
		let row = sqlx::query(&statement)
			.bind(key.product.as_str())
			.bind(key.day.as_str())
			.fetch_one(self.pool())
			.await?;
		Ok((row.try_get(0)?, row.try_get(1)?))
	}

	/// Orders of a day, in the order in which they came.
	///
	/// # Errors
	/// The database fails.
	pub async fn day_orders(&self, key: &DayKey, filter: &Filter) -> Result<Vec<DayOrder>> {
		let texts: Vec<(&str, &str)> = [
			("customer", &filter.customer),
			("id", &filter.id),
			("kind", &filter.kind),
			("outcome", &filter.outcome),
			("state", &filter.state),
			("reason_code", &filter.reason_code),
		]
		.into_iter()
		.filter_map(|(column, value)| value.as_deref().map(|value| (column, value)))
		.collect();
		let mut statement =
			format!("SELECT {ORDER_COLUMNS} FROM day_orders WHERE product = $1 AND day = $2 AND place > $3");
		for (index, (column, _)) in texts.iter().enumerate() {
			statement += &format!(" AND {column} = ${}", index + 5);
		}
		if let Some(seller) = filter.seller {
			statement += &format!(" AND seller = {seller}");
		}
		if filter.held {
			statement += " AND held = 1";
		}
		if filter.late {
			statement += " AND late_for <> ''";
		}
		statement += " ORDER BY place LIMIT $4";
		let mut query = sqlx::query_as(&statement)
			.bind(key.product.as_str())
			.bind(key.day.as_str())
			.bind(filter.after)
			.bind(i64::from(filter.limit));
		for (_, value) in texts {
			query = query.bind(value);
		}
		Ok(query.fetch_all(self.pool()).await?)
	}

	/// All parts of an order of the daily desk, the first one first.
	///
	/// # Errors
	/// The database fails.
	pub async fn order_parts(&self, order: &OrderKey) -> Result<Vec<DayOrder>> {
		let statement = format!("SELECT {ORDER_COLUMNS} FROM day_orders WHERE seller = $1 AND id = $2 ORDER BY part");
		Ok(sqlx::query_as(&statement)
			.bind(i64::from(order.0))
			.bind(order.1.as_str())
			.fetch_all(self.pool())
			.await?)
	}

	/// The sums of a day by seller, kind and outcome.
	///
	/// # Errors
	/// The database fails.
	pub async fn day_totals(&self, key: &DayKey) -> Result<Vec<Total>> {
		let mut totals: BTreeMap<(u32, String, String), Total> = BTreeMap::new();
		let mut after = 0;
		loop {
			// Without the bytes of orders and decisions, which are most of a row.
			let rows: Vec<Figures> = sqlx::query_as(
				"SELECT place, seller, kind, outcome, asked_amount, asked_units, amount, units, fee, carry FROM day_orders \
				 WHERE product = $1 AND day = $2 AND place > $3 ORDER BY place LIMIT $4",
			)
			.bind(key.product.as_str())
			.bind(key.day.as_str())
			.bind(after)
			.bind(i64::from(PAGE))
			.fetch_all(self.pool())
			.await?;
			let Some(last) = rows.last() else { break };
			after = last.place;
			for row in rows {
				let group = (row.seller, row.kind.clone(), row.outcome.clone());
				totals.entry(group).or_default().add(&row);
			}
		}
		let named = totals.into_iter().map(|((seller, kind, outcome), total)| Total {
			product: key.product.clone(),
			seller,
			kind,
			outcome,
			..total
		});
		Ok(named.collect())
	}
}

/// What totals need of an order.
struct Figures {
	place: i64,
	seller: u32,
	kind: String,
	outcome: String,
	asked_amount: String,
	asked_units: String,
	amount: String,
	units: String,
	fee: String,
	carry: String,
}

from_row!(Figures {
	place,
	seller from i64,
	kind,
	outcome,
	asked_amount,
	asked_units,
	amount,
	units,
	fee,
	carry,
});

impl Total {
	fn add(&mut self, order: &Figures) {
		let number = |text: &str| decimal::parse(text).unwrap_or_default();
		self.count += 1;
		for (sum, text) in [
			(&mut self.asked_amount, &order.asked_amount),
			(&mut self.asked_units, &order.asked_units),
			(&mut self.amount, &order.amount),
			(&mut self.units, &order.units),
			(&mut self.fee, &order.fee),
			(&mut self.carry, &order.carry),
		] {
			*sum += number(text);
		}
	}
}
