// SPDX-License-Identifier: Apache-2.0

//! What is kept for how long. A purge takes away what names a person or holds a text: the customer's reference, the bytes of orders,
//! confirmations and applications, bad lines. What stays names nobody: ids, products, amounts, outcomes, sums; so that an id is still used once
//! and every figure still adds up. A legal hold keeps the records that it names.
//!
//! The node's log holds the same payloads until its own retention ends.

use crate::{
	db::SalesDb,
	error::{Error, Result},
};
use sealane_primitives::clauses::{Timestamp, UtcOffset};
use sealane_terminal_core::{
	db::{next_number, now_ms},
	from_row,
	stop::{stopped, Stop},
};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::ToSchema;

/// Records of one transaction.
const CHUNK: i64 = 2_000;
/// How often is looked for what is too old.
const INTERVAL: Duration = Duration::from_secs(3_600);
const DAY_MS: i64 = 86_400_000;

/// What a legal hold is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum On {
	/// One order, by its id.
	Order,
	/// All records of a customer, by reference.
	Customer,
	/// All records of a product.
	Product,
}

impl On {
	const fn as_str(self) -> &'static str {
		match self {
			On::Order => "order",
			On::Customer => "customer",
			On::Product => "product",
		}
	}
}

/// A legal hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LegalHold {
	/// Its number.
	pub number: i64,
	/// What it is on: `order`, `customer`, `product`.
	pub what: String,
	/// The id or reference.
	pub value: String,
	/// Why.
	pub note: String,
	/// Who set it.
	pub by_whom: String,
	/// Unix ms.
	pub since: i64,
	/// Unix ms; 0: it holds.
	pub lifted_at: i64,
}

from_row!(LegalHold {
	number,
	what,
	value,
	note,
	by_whom,
	since,
	lifted_at,
});

/// What a purge took away, or would.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Purged {
	/// Records without what names somebody.
	pub records: u64,
	/// Applications without the person's data.
	pub registrations: u64,
	/// Bad lines.
	pub defects: u64,
	/// Entries of the quarantine that were decided about.
	pub quarantine: u64,
	/// Records that a legal hold keeps.
	pub held: u64,
	/// Records that are old enough and not settled: they stay until they are.
	pub unsettled: u64,
}

/// Old enough, and not purged.
const OLD: &str = "r.day < $1 AND r.day <> '' AND r.purged_at = 0";
/// Nothing becomes of it any more.
const SETTLED: &str = "(r.state IN ('confirmed', 'partial', 'rejected', 'cancelled') OR \
	(r.state IN ('unqualified', 'refused') AND r.retry_at = 0 AND r.held = 0))";
/// Named by a legal hold.
const HELD: &str = "EXISTS (SELECT 1 FROM legal_holds h WHERE h.lifted_at = 0 AND \
	((h.what = 'order' AND h.value = r.id) OR (h.what = 'customer' AND h.value = r.customer) \
	OR (h.what = 'product' AND h.value = r.product)))";

impl SalesDb {
	/// Sets a legal hold; answers its number.
	///
	/// # Errors
	/// Value or note is empty, or the database fails.
	pub async fn set_legal_hold(&self, on: On, value: &str, note: &str, by: &str) -> Result<i64> {
		for (field, text) in [("value", value), ("note", note)] {
			if text.trim().is_empty() {
				return Err(Error::invalid(field, text, "not empty"));
			}
		}
		let mut tx = self.begin().await?;
		let number = next_number(&mut tx, "legal_holds").await?;
		sqlx::query(
			"INSERT INTO legal_holds (number, what, value, note, by_whom, since, lifted_at) VALUES ($1, $2, $3, $4, $5, $6, 0)",
		)
		.bind(number)
		.bind(on.as_str())
		.bind(value)
		.bind(note)
		.bind(by)
		.bind(now_ms())
		.execute(&mut **tx)
		.await?;
		tx.commit().await?;
		Ok(number)
	}

	/// Lifts a legal hold.
	///
	/// # Errors
	/// There is none that holds, or the database fails.
	pub async fn lift_legal_hold(&self, number: i64) -> Result<()> {
		let mut tx = self.begin().await?;
		let done = sqlx::query("UPDATE legal_holds SET lifted_at = $1 WHERE number = $2 AND lifted_at = 0")
			.bind(now_ms())
			.bind(number)
			.execute(&mut **tx)
			.await?;
		if done.rows_affected() == 0 {
			return Err(Error::NotFound {
				what: "legal hold that holds",
				name: number.to_string(),
			});
		}
		tx.commit().await
	}

	/// The legal holds, newest first; those too that were lifted, with `all`.
	///
	/// # Errors
	/// The database fails.
	pub async fn legal_holds(&self, all: bool) -> Result<Vec<LegalHold>> {
		let which = if all { "1 = 1" } else { "lifted_at = 0" };
		let statement = format!(
			"SELECT number, what, value, note, by_whom, since, lifted_at FROM legal_holds WHERE {which} ORDER BY number DESC"
		);
		Ok(sqlx::query_as(&statement).fetch_all(self.pool()).await?)
	}

	/// What a purge of everything before a day would take away.
	///
	/// # Errors
	/// The day is none, or the database fails.
	pub async fn would_purge(&self, before: &str) -> Result<Purged> {
		let before_ms = begin_of(before)?;
		let records =
			|rest: String| self.count_text(format!("SELECT COUNT(*) FROM records r WHERE {OLD} AND {rest}"), before);
		Ok(Purged {
			records: records(format!("{SETTLED} AND NOT {HELD}")).await?,
			held: records(format!("{SETTLED} AND {HELD}")).await?,
			unsettled: records(format!("NOT {SETTLED}")).await?,
			registrations: self
				.count_number(
					format!("SELECT COUNT(*) FROM registrations r {APPLICATIONS}"),
					before_ms,
				)
				.await?,
			defects: self
				.count_number("SELECT COUNT(*) FROM defects WHERE read_at < $1".into(), before_ms)
				.await?,
			quarantine: self
				.count_number(format!("SELECT COUNT(*) FROM quarantine {DECIDED}"), before_ms)
				.await?,
		})
	}

	/// Takes away what names somebody in everything before a day, in steps: killed in between, the next purge does the rest.
	///
	/// # Errors
	/// The day is none or in the future, or the database fails.
	pub async fn purge(&self, before: &str) -> Result<Purged> {
		let before_ms = begin_of(before)?;
		if before_ms > now_ms() {
			return Err(Error::invalid("before", before, "a day that has begun"));
		}
		let mut purged = self.would_purge(before).await?;
		purged.records = 0;
		loop {
			let mut change = self.begin().await?;
			let statement = format!(
				"UPDATE records SET customer = '', order_text = '', source_text = '', confirmation_text = '', reason_text = '', \
				 failed = '', purged_at = $2, change = $3 \
				 WHERE id IN (SELECT r.id FROM records r WHERE {OLD} AND {SETTLED} AND NOT {HELD} ORDER BY r.id LIMIT $4)"
			);
			let done = sqlx::query(&statement)
				.bind(before)
				.bind(now_ms())
				.bind(change.number())
				.bind(CHUNK)
				.execute(&mut **change)
				.await?
				.rows_affected();
			change.commit().await?;
			purged.records += done;
			if done == 0 {
				break;
			}
		}
		let mut change = self.begin().await?;
		let number = change.number();
		let applications = format!(
			"UPDATE registrations SET registration_text = '', reason_text = '', change = {number} \
			 WHERE id IN (SELECT r.id FROM registrations r {APPLICATIONS})"
		);
		for statement in [
			applications,
			"DELETE FROM defects WHERE read_at < $1".into(),
			format!("DELETE FROM quarantine {DECIDED}"),
		] {
			sqlx::query(&statement).bind(before_ms).execute(&mut **change).await?;
		}
		change.commit().await?;
		Ok(purged)
	}

	async fn count_text(&self, statement: String, value: &str) -> Result<u64> {
		let row = sqlx::query(&statement).bind(value).fetch_one(self.pool()).await?;
		Ok(sqlx::Row::try_get::<i64, _>(&row, 0)? as u64)
	}

	async fn count_number(&self, statement: String, value: i64) -> Result<u64> {
		let row = sqlx::query(&statement).bind(value).fetch_one(self.pool()).await?;
		Ok(sqlx::Row::try_get::<i64, _>(&row, 0)? as u64)
	}
}

/// Applications whose person's data nobody needs any more: they were answered, and no legal hold is on the customer.
const APPLICATIONS: &str =
	"WHERE r.state IN ('registered', 'rejected', 'closed') AND r.updated_at < $1 AND r.registration_text <> '' \
	AND NOT EXISTS (SELECT 1 FROM legal_holds h WHERE h.lifted_at = 0 AND h.what = 'customer' AND h.value = r.customer)";
/// Entries of the quarantine that were decided about.
const DECIDED: &str = "WHERE state <> 'open' AND decided_at < $1";

/// Midnight of a day in UTC, Unix ms.
pub(crate) fn begin_of(day: &str) -> Result<i64> {
	let none = || Error::invalid("before", day, "a day, YYYY-MM-DD");
	if day.len() != 10 {
		return Err(none());
	}
	let midnight = Timestamp::parse(format!("{day}T00:00:00Z").as_bytes()).map_err(|_| none())?;
	i64::try_from(midnight.unix_ms()).map_err(|_| none())
}

/// The day so many days ago.
fn days_ago(days: u32) -> Option<String> {
	let at = u64::try_from(now_ms() - i64::from(days) * DAY_MS).ok()?;
	let at = Timestamp::new(at, UtcOffset::UTC).ok()?;
	at.to_string().get(..10).map(str::to_string)
}

/// Purges every hour what is older than so many days, until `stop` changes.
pub(crate) async fn run(db: SalesDb, keep_days: Option<u32>, stop: Stop) -> Result<()> {
	let Some(keep_days) = keep_days else {
		stopped(stop).await;
		return Ok(());
	};
	loop {
		if let Some(before) = days_ago(keep_days) {
			match db.purge(&before).await {
				Ok(purged) if purged.records + purged.registrations > 0 => tracing::info!(
					"{} records and {} applications from before {before} hold nothing any more that names somebody",
					purged.records,
					purged.registrations
				),
				Ok(_) => {}
				Err(error) => tracing::warn!("what is older than {keep_days} days cannot be purged now: {error}"),
			}
		}
		tokio::select! {
			() = tokio::time::sleep(INTERVAL) => {},
			() = stopped(stop.clone()) => return Ok(()),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::db::tests::{confirmed_purchase, temporary};

	#[tokio::test]
	async fn what_is_old_names_nobody_any_more_and_every_figure_stays() {
		let (db, _dir) = temporary().await;
		for (id, customer, day) in [
			("A-1", "C-1", "2020-03-03"),
			("A-2", "C-2", "2020-03-03"),
			("A-3", "C-3", "2020-03-03"),
			("A-4", "C-1", "2026-03-03"),
		] {
			confirmed_purchase(&db, id, customer, day, "95.5", "100").await;
		}
		let sums = db.sums(&Default::default()).await.unwrap();
		let figures = db.figures(None).await.unwrap();
		let hold = db.set_legal_hold(On::Customer, "C-2", "court", "li").await.unwrap();
		db.set_legal_hold(On::Order, "A-3", "court", "li").await.unwrap();
		assert!(db.set_legal_hold(On::Order, "A-3", " ", "li").await.is_err());
		let would = db.would_purge("2021-01-01").await.unwrap();
		assert_eq!((would.records, would.held, would.unsettled), (1, 2, 0));
		assert_eq!(db.purge("2021-01-01").await.unwrap(), would);
		let record = |id: &'static str| {
			let db = db.clone();
			async move { db.record(id).await.unwrap().unwrap() }
		};
		let purged = record("A-1").await;
		assert_eq!((purged.customer.as_str(), purged.order_text.as_str()), ("", ""));
		assert_eq!(
			(purged.state.as_str(), purged.confirmed_units.as_str()),
			("confirmed", "95.5")
		);
		assert!(!record("A-2").await.order_text.is_empty() && !record("A-3").await.customer.is_empty());
		assert!(!record("A-4").await.order_text.is_empty(), "not old enough");
		assert_eq!(db.sums(&Default::default()).await.unwrap(), sums);
		assert_eq!(db.figures(None).await.unwrap(), figures);
		assert_eq!(db.known_ids(&["A-1"]).await.unwrap().len(), 1, "its id is used up");

		db.lift_legal_hold(hold).await.unwrap();
		assert!(db.lift_legal_hold(hold).await.is_err());
		assert_eq!(db.purge("2021-01-01").await.unwrap().records, 1);
		assert_eq!(
			(
				db.legal_holds(false).await.unwrap().len(),
				db.legal_holds(true).await.unwrap().len()
			),
			(1, 2)
		);
		for bad in ["2021-1-1", "2021-13-01", "", "9999-01-01"] {
			assert!(db.purge(bad).await.is_err(), "{bad}");
		}
		assert!(days_ago(0).unwrap() > days_ago(400).unwrap());
	}
}
