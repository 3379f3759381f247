// SPDX-License-Identifier: Apache-2.0

//! Days, their orders and totals, to look at.

use super::{
	rows::{DAY_COLUMNS, ORDER_COLUMNS},
	DayKey, DayOrder, DayRow,
};
use crate::{
	books::{BooksDb, OrderKey},
	decimal,
	error::Result,
};
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};
use sqlx::Row;
use std::collections::BTreeMap;

/// Orders that are read at once for totals.
const PAGE: u32 = 5_000;

/// A day with the number of its orders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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
	/// The price; empty where there is none.
	pub nav: String,
	/// Who released it; empty before.
	pub released_by: String,
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
	/// Only those that are held.
	pub held: bool,
	/// Behind this place.
	pub after: i64,
	/// At most so many.
	pub limit: u32,
}

/// Sums over orders of one seller, kind and outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Total {
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
	pub asked_amount: Decimal,
	/// What they ask for.
	#[serde(serialize_with = "text")]
	pub asked_units: Decimal,
	/// What is decided.
	#[serde(serialize_with = "text")]
	pub amount: Decimal,
	/// What is decided.
	#[serde(serialize_with = "text")]
	pub units: Decimal,
	/// What is decided.
	#[serde(serialize_with = "text")]
	pub fee: Decimal,
	/// What goes to the next day.
	#[serde(serialize_with = "text")]
	pub carry: Decimal,
}

fn text<S: Serializer>(value: &Decimal, serializer: S) -> std::result::Result<S::Ok, S::Error> {
	serializer.collect_str(value)
}

impl BooksDb {
	/// Days, newest first: of one date or product, or all; without the closed ones unless `closed`.
	///
	/// # Errors
	/// The database fails.
	pub async fn days(
		&self,
		day: Option<&str>,
		product: Option<&str>,
		closed: bool,
		limit: u32,
	) -> Result<Vec<Listed>> {
		let hidden = if closed { "" } else { "closed" };
		let statement = format!(
			"SELECT {DAY_COLUMNS} FROM days WHERE ($1 = '' OR day = $2) AND ($3 = '' OR product = $4) AND state <> $5 \
			 ORDER BY day DESC, product LIMIT $6"
		);
		let (day, product) = (day.unwrap_or_default(), product.unwrap_or_default());
		let days: Vec<DayRow> = sqlx::query_as(&statement)
			.bind(day)
			.bind(day)
			.bind(product)
			.bind(product)
			.bind(hidden)
			.bind(i64::from(limit))
			.fetch_all(self.pool())
			.await?;
		let mut listed = Vec::with_capacity(days.len());
		for day in days {
			listed.push(self.counted(day).await?);
		}
		Ok(listed)
	}

	/// One day.
	///
	/// # Errors
	/// The database fails.
	pub async fn day(&self, key: &DayKey) -> Result<Option<Listed>> {
		let mut found = self.days(Some(&key.day), Some(&key.product), true, 1).await?;
		Ok(found.pop())
	}

	async fn counted(&self, day: DayRow) -> Result<Listed> {
		let row = sqlx::query(
			"SELECT COUNT(*), COUNT(CASE WHEN held = 1 AND state IN ('taken', 'proposed') THEN 1 END), \
			 COUNT(CASE WHEN state IN ('taken', 'proposed') THEN 1 END), COUNT(CASE WHEN decided_by <> '' THEN 1 END) \
			 FROM day_orders WHERE product = $1 AND day = $2",
		)
		.bind(day.key.product.as_str())
		.bind(day.key.day.as_str())
		.fetch_one(self.pool())
		.await?;
		let nav = self.navs(&day.key.day, Some(&day.key.product)).await?.pop();
		Ok(Listed {
			orders: row.try_get(0)?,
			held: row.try_get(1)?,
			open: row.try_get(2)?,
			by_hand: row.try_get(3)?,
			nav: nav.as_ref().map(|nav| nav.nav.clone()).unwrap_or_default(),
			released_by: nav.map(|nav| nav.released_by).unwrap_or_default(),
			day,
		})
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
		let mut filter = Filter {
			limit: PAGE,
			..Filter::default()
		};
		loop {
			let orders = self.day_orders(key, &filter).await?;
			let Some(last) = orders.last() else { break };
			filter.after = last.place;
			for order in orders {
				let group = (order.seller, order.kind.clone(), order.outcome.clone());
				totals.entry(group).or_default().add(&order);
			}
		}
		let named = totals.into_iter().map(|((seller, kind, outcome), total)| Total {
			seller,
			kind,
			outcome,
			..total
		});
		Ok(named.collect())
	}
}

impl Total {
	fn add(&mut self, order: &DayOrder) {
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
