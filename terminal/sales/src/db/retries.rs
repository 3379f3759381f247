// SPDX-License-Identifier: Apache-2.0

//! Orders that did not get to the node and may yet: which are due, and what became of them.

use super::{changes::Change, records::RecordState, SalesDb};
use crate::error::{Error, Result};
use sealane_terminal_core::db::{now_ms, Tx};
use sqlx::Row;

/// An order that is due to be checked again.
#[derive(Clone, Debug)]
pub struct Waiting {
	/// The order.
	pub id: String,
	/// Its line in its source.
	pub line: i64,
	/// As it was read.
	pub source_text: String,
	/// How often it was tried again.
	pub tries: i64,
	/// When it was read, Unix ms.
	pub read_at: i64,
}

sealane_terminal_core::from_row!(Waiting {
	id,
	line,
	source_text,
	tries,
	read_at,
});

/// What became of it.
#[derive(Clone, Debug)]
pub struct Requalified {
	/// The order.
	pub id: String,
	/// `Pending`, or `Unqualified` as before.
	pub state: RecordState,
	/// The issuer's number; −1 while no channel has the product.
	pub issuer: i64,
	/// The agreement it was checked against.
	pub clause_version: u32,
	/// The bytes for the node.
	pub text: String,
	/// Why it does not qualify, JSON; else empty.
	pub failed: String,
	/// The request that carries it; 0 for none.
	pub submission: i64,
	/// When it is tried again; 0: not by itself.
	pub retry_at: i64,
}

impl SalesDb {
	/// Orders whose time has come, oldest first.
	pub async fn due(&self, limit: u32) -> Result<Vec<Waiting>> {
		let rows = sqlx::query_as(
			"SELECT id, line, source_text, tries, read_at FROM records \
			 WHERE retry_at > 0 AND retry_at <= $1 AND held = 0 AND state IN ('unqualified', 'refused') \
			 ORDER BY retry_at, read_at, line LIMIT $2",
		)
		.bind(now_ms())
		.bind(i64::from(limit))
		.fetch_all(self.pool())
		.await?;
		Ok(rows)
	}

	/// Lets orders be tried again now, by hand: of this id, or all that `state` and `code` name. Held ones are left alone.
	pub async fn retry(&self, id: Option<&str>, state: Option<&str>, code: Option<&str>) -> Result<u64> {
		let mut tx = self.begin().await?;
		let mut statement = String::from(
			"UPDATE records SET retry_at = $1, tries = 0, change = $2 WHERE held = 0 AND state IN ('unqualified', 'refused')",
		);
		let mut values = Vec::new();
		for (column, value) in [("id", id), ("state", state), ("reason_code", code)] {
			if let Some(value) = value {
				values.push(value);
				statement.push_str(&format!(" AND {column} = ${}", values.len() + 2));
			}
		}
		let mut query = sqlx::query(&statement).bind(now_ms()).bind(tx.number());
		for value in values {
			query = query.bind(value);
		}
		let done = query.execute(&mut **tx).await?;
		tx.commit().await?;
		Ok(done.rows_affected())
	}

	/// Holds an order that was not sent, or releases it, which tries it again.
	///
	/// # Errors
	/// There is no such order, or it was sent.
	pub async fn hold(&self, id: &str, held: bool) -> Result<()> {
		let mut tx = self.begin().await?;
		let retry_at = if held { 0 } else { now_ms() };
		let done = sqlx::query(
			"UPDATE records SET held = $1, retry_at = $2, change = $3 WHERE id = $4 AND state IN ('unqualified', 'refused')",
		)
		.bind(i64::from(held))
		.bind(retry_at)
		.bind(tx.number())
		.bind(id)
		.execute(&mut **tx)
		.await?;
		tx.commit().await?;
		if done.rows_affected() == 1 {
			return Ok(());
		}
		match self.record(id).await? {
			Some(record) => Err(Error::invalid(
				"id",
				id,
				format!("an order that has not been sent; this one is {}", record.state),
			)),
			None => Err(Error::NotFound {
				what: "order",
				name: id.into(),
			}),
		}
	}

	/// How many orders wait to be tried again, and how many are held.
	pub async fn waiting(&self) -> Result<(u64, u64)> {
		let row = sqlx::query(
			"SELECT COALESCE(CAST(SUM(CASE WHEN retry_at > 0 THEN 1 ELSE 0 END) AS BIGINT), 0), \
			 COALESCE(CAST(SUM(held) AS BIGINT), 0) FROM records WHERE state IN ('unqualified', 'refused')",
		)
		.fetch_one(self.pool())
		.await?;
		Ok((row.try_get::<i64, _>(0)? as u64, row.try_get::<i64, _>(1)? as u64))
	}
}

/// Lets what waits be tried at once, because what it waits for may have come: everything, or the orders of these customers.
pub async fn awaken(tx: &mut Tx, customers: Option<&[String]>) -> Result<()> {
	let now = now_ms();
	let Some(customers) = customers else {
		sqlx::query("UPDATE records SET retry_at = $1 WHERE retry_at > $1")
			.bind(now)
			.execute(&mut **tx)
			.await?;
		return Ok(());
	};
	for customer in customers {
		sqlx::query("UPDATE records SET retry_at = $1 WHERE customer = $2 AND retry_at > $1")
			.bind(now)
			.bind(customer.as_str())
			.execute(&mut **tx)
			.await?;
	}
	Ok(())
}

/// Writes what became of orders that were checked again.
pub async fn requalified(change: &mut Change, rows: &[Requalified]) -> Result<()> {
	let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
	let waiting = "r.state IN ('unqualified', 'refused') AND r.held = 0";
	for before in change.facts_of(&ids, waiting).await? {
		if let Some(row) = rows.iter().find(|row| row.id == before.id) {
			let mut after = before.clone();
			(after.state, after.issuer) = (row.state.as_str().into(), row.issuer);
			change.became(&before, &after);
		}
	}
	for row in rows {
		sqlx::query(
			"UPDATE records SET state = $1, clause_version = $2, order_text = $3, failed = $4, submission = $5, \
			 retry_at = $6, tries = tries + 1, reason_code = '', reason_text = '', issuer = $7, change = $8 \
			 WHERE id = $9 AND state IN ('unqualified', 'refused') AND held = 0",
		)
		.bind(row.state.as_str())
		.bind(i64::from(row.clause_version))
		.bind(row.text.as_str())
		.bind(row.failed.as_str())
		.bind(row.submission)
		.bind(row.retry_at)
		.bind(row.issuer)
		.bind(change.number())
		.bind(row.id.as_str())
		.execute(&mut ***change)
		.await?;
	}
	Ok(())
}
