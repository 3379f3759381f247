// SPDX-License-Identifier: Apache-2.0

//! A transaction that writes records: it has a number, and keeps the sums right.
//!
//! Numbers are given out by a row that the transaction holds until it ends, so that they become visible in their order: whoever reads what
//! changed after number n misses nothing. The sums are changed by what moved from one state to another, and written with the commit.

use super::SalesDb;
use crate::error::Result;
use sealane_terminal_core::{
	db::{next_number, select_in, Cell, Tx},
	decimal::{scaled, sum_of, sum_text},
};
use serde::Serialize;
use std::{
	collections::BTreeMap,
	ops::{Deref, DerefMut},
};
use utoipa::ToSchema;

/// The counter of the numbers.
pub(super) const COUNTER: &str = "changes";

/// What of a record the sums count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
	pub id: String,
	pub day: String,
	pub product: String,
	pub issuer: i64,
	pub kind: String,
	pub state: String,
	pub amount: String,
	pub units: String,
	pub confirmed_amount: String,
	pub confirmed_units: String,
	pub fee: String,
}

sealane_terminal_core::from_row!(Facts {
	id,
	day,
	product,
	issuer,
	kind,
	state,
	amount,
	units,
	confirmed_amount,
	confirmed_units,
	fee,
});

const FACTS: &str = "SELECT r.id AS id, r.day AS day, r.product AS product, r.issuer AS issuer, r.kind AS kind, \
	r.state AS state, r.amount AS amount, r.units AS units, r.confirmed_amount AS confirmed_amount, \
	r.confirmed_units AS confirmed_units, r.fee AS fee FROM records r";

/// What is counted together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
	day: String,
	product: String,
	issuer: i64,
	kind: String,
	state: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Total {
	orders: i64,
	/// Amount, units, confirmed amount, confirmed units, fee; in units of 10^-8.
	values: [i128; 5],
}

/// How many orders of one day, product, issuer and kind stand in one state, and for how much.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Sum {
	/// The day of the trade once it is confirmed; before, the day on which the customer placed it.
	pub day: String,
	/// Product.
	pub product: String,
	/// The issuer's number; −1 while no channel has the product.
	pub issuer: i64,
	/// Kind of business.
	pub kind: String,
	/// See [`super::RecordState`].
	pub state: String,
	/// How many.
	pub orders: i64,
	/// Amounts asked for, in units of the currency.
	pub amount: String,
	/// Units asked for.
	pub units: String,
	/// Amounts of the confirmations.
	pub confirmed_amount: String,
	/// Units of the confirmations.
	pub confirmed_units: String,
	/// Fees.
	pub fee: String,
}

sealane_terminal_core::from_row!(Sum {
	day,
	product,
	issuer,
	kind,
	state,
	orders,
	amount,
	units,
	confirmed_amount,
	confirmed_units,
	fee,
});

/// A transaction that may write records.
pub struct Change {
	tx: Tx,
	number: i64,
	totals: BTreeMap<Key, Total>,
}

impl Deref for Change {
	type Target = Tx;

	fn deref(&self) -> &Tx {
		&self.tx
	}
}

impl DerefMut for Change {
	fn deref_mut(&mut self) -> &mut Tx {
		&mut self.tx
	}
}

impl Change {
	pub(super) async fn begin(mut tx: Tx) -> Result<Self> {
		let number = next_number(&mut tx, COUNTER).await?;
		Ok(Change {
			tx,
			number,
			totals: BTreeMap::new(),
		})
	}

	/// Its number, which every row has that it writes.
	pub(crate) fn number(&self) -> i64 {
		self.number
	}

	/// Commits, with the sums.
	///
	/// # Errors
	/// The database fails: nothing was changed, or nobody can tell.
	pub async fn commit(mut self) -> Result<()> {
		for (key, total) in std::mem::take(&mut self.totals) {
			if total != Total::default() {
				write(&mut self.tx, &key, total).await?;
			}
		}
		self.tx.commit().await?;
		Ok(())
	}

	/// The records that this condition names, which has at most one number as its parameter.
	pub(super) async fn facts(&mut self, condition: &str, number: i64) -> Result<Vec<Facts>> {
		let statement = format!("{FACTS} WHERE {condition}");
		Ok(sqlx::query_as(&statement).bind(number).fetch_all(&mut *self.tx).await?)
	}

	/// Those of these ids that this condition holds for.
	pub(super) async fn facts_of(&mut self, ids: &[&str], condition: &str) -> Result<Vec<Facts>> {
		let cells: Vec<_> = ids.iter().map(|id| Cell::Text(id)).collect();
		let head = format!("{FACTS} WHERE {condition} AND r.id IN (");
		let rows = select_in(&mut self.tx, &head, 1, &cells).await?;
		let read = rows.iter().map(<Facts as sqlx::FromRow<'_, _>>::from_row);
		Ok(read.collect::<std::result::Result<_, _>>()?)
	}

	/// A record is there that was not.
	pub(super) fn came(&mut self, facts: &Facts) {
		self.count(facts, 1);
	}

	/// A record is in another state.
	pub(super) fn moved(&mut self, before: &Facts, state: &str) {
		self.became(
			before,
			&Facts {
				state: state.into(),
				..before.clone()
			},
		);
	}

	/// A record is another one.
	pub(super) fn became(&mut self, before: &Facts, after: &Facts) {
		self.count(before, -1);
		self.count(after, 1);
	}

	fn count(&mut self, facts: &Facts, sign: i64) {
		let key = Key {
			day: facts.day.clone(),
			product: facts.product.clone(),
			issuer: facts.issuer,
			kind: facts.kind.clone(),
			state: facts.state.clone(),
		};
		let total = self.totals.entry(key).or_default();
		total.orders += sign;
		for (value, text) in total.values.iter_mut().zip(values(facts)) {
			*value += i128::from(sign) * scaled(text);
		}
	}
}

fn values(facts: &Facts) -> [&str; 5] {
	[
		&facts.amount,
		&facts.units,
		&facts.confirmed_amount,
		&facts.confirmed_units,
		&facts.fee,
	]
}

async fn write(tx: &mut Tx, key: &Key, change: Total) -> Result<()> {
	let row: Option<Sum> = sqlx::query_as(
		"SELECT day, product, issuer, kind, state, orders, amount, units, confirmed_amount, confirmed_units, fee FROM sums \
		 WHERE day = $1 AND product = $2 AND issuer = $3 AND kind = $4 AND state = $5",
	)
	.bind(key.day.as_str())
	.bind(key.product.as_str())
	.bind(key.issuer)
	.bind(key.kind.as_str())
	.bind(key.state.as_str())
	.fetch_optional(&mut **tx)
	.await?;
	let mut total = change;
	if let Some(row) = row {
		total.orders += row.orders;
		let before = [
			row.amount,
			row.units,
			row.confirmed_amount,
			row.confirmed_units,
			row.fee,
		];
		for (value, text) in total.values.iter_mut().zip(before) {
			*value += sum_of(&text);
		}
	}
	let [amount, units, confirmed_amount, confirmed_units, fee] = total.values.map(sum_text);
	sqlx::query(
		"INSERT INTO sums (day, product, issuer, kind, state, orders, amount, units, confirmed_amount, confirmed_units, fee) \
		 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (day, product, issuer, kind, state) DO UPDATE SET \
		 orders = excluded.orders, amount = excluded.amount, units = excluded.units, \
		 confirmed_amount = excluded.confirmed_amount, confirmed_units = excluded.confirmed_units, fee = excluded.fee",
	)
	.bind(key.day.as_str())
	.bind(key.product.as_str())
	.bind(key.issuer)
	.bind(key.kind.as_str())
	.bind(key.state.as_str())
	.bind(total.orders)
	.bind(amount)
	.bind(units)
	.bind(confirmed_amount)
	.bind(confirmed_units)
	.bind(fee)
	.execute(&mut **tx)
	.await?;
	Ok(())
}

/// Which sums to show.
#[derive(Clone, Debug, Default)]
pub struct SumFilter {
	/// The first day.
	pub from: Option<String>,
	/// The last day.
	pub to: Option<String>,
	/// Only those of this product.
	pub product: Option<String>,
	/// Only those of this issuer.
	pub issuer: Option<i64>,
}

impl SalesDb {
	/// The sums, by day, product, issuer, kind and state. What came and went is left out.
	///
	/// # Errors
	/// The database fails.
	pub async fn sums(&self, filter: &SumFilter) -> Result<Vec<Sum>> {
		let rows = sqlx::query_as(
			"SELECT day, product, issuer, kind, state, orders, amount, units, confirmed_amount, confirmed_units, fee FROM sums \
			 WHERE orders > 0 AND day >= $1 AND day <= $2 AND ($3 = '' OR product = $3) AND ($4 = -2 OR issuer = $4) \
			 ORDER BY day, product, issuer, kind, state",
		)
		.bind(filter.from.as_deref().unwrap_or(""))
		.bind(filter.to.as_deref().unwrap_or("9999-12-31"))
		.bind(filter.product.as_deref().unwrap_or(""))
		.bind(filter.issuer.unwrap_or(-2));
		Ok(rows.fetch_all(self.pool()).await?)
	}

	/// Makes the sums where a release that kept none left records.
	pub(super) async fn complete_sums(&self) -> Result<()> {
		let row = sqlx::query("SELECT 1 FROM records WHERE day = '' LIMIT 1");
		if row.fetch_optional(self.pool()).await?.is_some() {
			tracing::info!("the sums are made from the records, once");
			self.rebuild_sums().await?;
		}
		Ok(())
	}

	/// Makes the sums anew, from the records: after a step from a release that kept none.
	///
	/// # Errors
	/// The database fails.
	pub async fn rebuild_sums(&self) -> Result<()> {
		let mut change = self.begin().await?;
		sqlx::query("UPDATE records SET day = CASE WHEN trade_date <> '' THEN trade_date ELSE SUBSTR(placed_at, 1, 10) END WHERE day = ''")
			.execute(&mut **change)
			.await?;
		sqlx::query("DELETE FROM sums").execute(&mut **change).await?;
		let mut last = String::new();
		loop {
			let statement = format!("{FACTS} WHERE r.id > $1 ORDER BY r.id LIMIT 10000");
			let page: Vec<Facts> = sqlx::query_as(&statement)
				.bind(last.as_str())
				.fetch_all(&mut **change)
				.await?;
			let Some(end) = page.last() else { break };
			last = end.id.clone();
			for facts in &page {
				change.came(facts);
			}
		}
		change.commit().await
	}
}
