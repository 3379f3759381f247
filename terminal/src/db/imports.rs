// SPDX-License-Identifier: Apache-2.0

//! Order files: how far each was read, its defective lines, and the requests made of the rest.

use super::{bulk, now_ms, Cell, Db, Tx};
use crate::error::Result;
use sqlx::Row;

/// How far an order file was read, and what was found so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Import {
	/// Name and content hash of the file.
	pub source: String,
	/// Where it was.
	pub path: String,
	/// Last line whose outcome is in the database.
	pub line: u64,
	/// Lines read, blank ones not counted.
	pub read: u64,
	/// Lines that are no orders.
	pub malformed: u64,
	/// Orders whose id came before.
	pub duplicates: u64,
	/// Orders dropped by the clauses.
	pub unqualified: u64,
	/// Orders for the node.
	pub qualified: u64,
	/// When reading began, Unix ms.
	pub started_at: i64,
	/// When the last line was read, Unix ms; 0 before.
	pub finished_at: i64,
}

/// A line that is no order of its own.
#[derive(Clone, Debug)]
pub struct Defective {
	/// Its number.
	pub line: u64,
	/// `malformed` or `duplicate`.
	pub state: &'static str,
	/// What is wrong.
	pub defect: crate::orders::Defect,
	/// Its beginning.
	pub text: String,
}

/// What a request carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubmissionKind {
	/// Orders.
	Orders,
	/// Registrations.
	Registrations,
}

impl SubmissionKind {
	const fn as_str(self) -> &'static str {
		match self {
			SubmissionKind::Orders => "orders",
			SubmissionKind::Registrations => "registrations",
		}
	}
}

/// A request to the node: its entries are the records with its number, in the order of their lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
	/// Its number.
	pub number: i64,
	/// Its idempotency key.
	pub key: String,
}

/// Writes how far a file was read.
pub async fn save_import(tx: &mut Tx, import: &Import) -> Result<()> {
	sqlx::query(
		"INSERT INTO imports (source, path, line, orders_read, malformed, duplicates, unqualified, qualified, started_at, \
		 finished_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
		 ON CONFLICT (source) DO UPDATE SET path = excluded.path, line = excluded.line, \
		 orders_read = excluded.orders_read, malformed = excluded.malformed, duplicates = excluded.duplicates, \
		 unqualified = excluded.unqualified, qualified = excluded.qualified, finished_at = excluded.finished_at",
	)
	.bind(import.source.as_str())
	.bind(import.path.as_str())
	.bind(import.line as i64)
	.bind(import.read as i64)
	.bind(import.malformed as i64)
	.bind(import.duplicates as i64)
	.bind(import.unqualified as i64)
	.bind(import.qualified as i64)
	.bind(import.started_at)
	.bind(import.finished_at)
	.execute(&mut **tx)
	.await?;
	Ok(())
}

/// Writes defective lines.
pub async fn insert_defects(tx: &mut Tx, source: &str, lines: &[Defective]) -> Result<()> {
	let now = now_ms();
	let mut cells = Vec::with_capacity(lines.len() * 8);
	for line in lines {
		cells.extend([
			Cell::Text(source),
			Cell::Int(line.line as i64),
			Cell::Text(line.state),
			Cell::Text(&line.defect.field),
			Cell::Text(&line.defect.value),
			Cell::Text(line.defect.rule),
			Cell::Text(&line.text),
			Cell::Int(now),
		]);
	}
	let head = "INSERT INTO defects (source, line, state, field, value, rule, line_text, read_at)";
	bulk::run(tx, head, "ON CONFLICT (source, line) DO NOTHING", 8, &cells).await?;
	Ok(())
}

/// Writes a request that is about to be made; answers its number.
pub async fn insert_submission(tx: &mut Tx, kind: SubmissionKind, key: &str, entries: usize) -> Result<i64> {
	let row = sqlx::query("SELECT COALESCE(MAX(number), 0) + 1 FROM submissions")
		.fetch_one(&mut **tx)
		.await?;
	let number: i64 = row.try_get(0)?;
	sqlx::query(
		"INSERT INTO submissions (number, kind, idempotency_key, entries, packets, state) \
		 VALUES ($1, $2, $3, $4, 0, 'pending')",
	)
	.bind(number)
	.bind(kind.as_str())
	.bind(key)
	.bind(entries as i64)
	.execute(&mut **tx)
	.await?;
	Ok(number)
}

/// Notes the node's answer to a request of orders: all its pending records are on the node's disk now.
pub async fn accept_submission(tx: &mut Tx, kind: SubmissionKind, number: i64, packets: u32) -> Result<()> {
	sqlx::query("UPDATE submissions SET state = 'accepted', packets = $1 WHERE number = $2")
		.bind(i64::from(packets))
		.bind(number)
		.execute(&mut **tx)
		.await?;
	let statement = match kind {
		SubmissionKind::Orders => {
			"UPDATE records SET state = 'accepted', accepted_at = $1 WHERE submission = $2 AND state = 'pending'"
		}
		SubmissionKind::Registrations => {
			"UPDATE registrations SET state = 'accepted', updated_at = $1 WHERE submission = $2 AND state = 'pending'"
		}
	};
	sqlx::query(statement)
		.bind(now_ms())
		.bind(number)
		.execute(&mut **tx)
		.await?;
	// A confirmation may have come before the answer: its record was on the node's disk all the same.
	if kind == SubmissionKind::Orders {
		sqlx::query("UPDATE records SET accepted_at = confirmed_at WHERE submission = $1 AND accepted_at = 0 AND confirmed_at > 0")
			.bind(number)
			.execute(&mut **tx)
			.await?;
	}
	Ok(())
}

/// Notes entries that the node refused: `(id, code, text)`.
pub async fn refuse_records(
	tx: &mut Tx,
	kind: SubmissionKind,
	number: i64,
	refused: &[(String, String, String)],
) -> Result<()> {
	let statement = match kind {
		SubmissionKind::Orders => {
			"UPDATE records SET state = 'refused', reason_code = $1, reason_text = $2 \
			 WHERE id = $3 AND submission = $4 AND state = 'pending'"
		}
		SubmissionKind::Registrations => {
			"UPDATE registrations SET state = 'refused', reason_code = $1, reason_text = $2 \
			 WHERE id = $3 AND submission = $4 AND state = 'pending'"
		}
	};
	for (id, code, text) in refused {
		sqlx::query(statement)
			.bind(code.as_str())
			.bind(text.as_str())
			.bind(id.as_str())
			.bind(number)
			.execute(&mut **tx)
			.await?;
	}
	Ok(())
}

impl Db {
	/// How far the file `source` was read; `None` for a new one.
	pub async fn import(&self, source: &str) -> Result<Option<Import>> {
		let row = sqlx::query(
			"SELECT path, line, orders_read, malformed, duplicates, unqualified, qualified, started_at, finished_at \
			 FROM imports WHERE source = $1",
		)
		.bind(source)
		.fetch_optional(self.pool())
		.await?;
		let Some(row) = row else { return Ok(None) };
		let number = |index: usize| row.try_get::<i64, _>(index).map(|n| n as u64);
		Ok(Some(Import {
			source: source.into(),
			path: row.try_get(0)?,
			line: number(1)?,
			read: number(2)?,
			malformed: number(3)?,
			duplicates: number(4)?,
			unqualified: number(5)?,
			qualified: number(6)?,
			started_at: row.try_get(7)?,
			finished_at: row.try_get(8)?,
		}))
	}

	/// Requests whose answer is not known, oldest first.
	pub async fn pending_submissions(&self, kind: SubmissionKind) -> Result<Vec<Submission>> {
		let rows = sqlx::query(
			"SELECT number, idempotency_key FROM submissions WHERE state = 'pending' AND kind = $1 ORDER BY number",
		)
		.bind(kind.as_str())
		.fetch_all(self.pool())
		.await?;
		rows.iter()
			.map(|row| {
				Ok(Submission {
					number: row.try_get(0)?,
					key: row.try_get(1)?,
				})
			})
			.collect()
	}

	/// The ids and bytes of a request, in its order.
	pub async fn submission_entries(&self, kind: SubmissionKind, number: i64) -> Result<Vec<(String, String)>> {
		let statement = match kind {
			SubmissionKind::Orders => "SELECT id, order_text FROM records WHERE submission = $1 ORDER BY line",
			SubmissionKind::Registrations => {
				"SELECT id, registration_text FROM registrations WHERE submission = $1 ORDER BY id"
			}
		};
		let rows = sqlx::query(statement).bind(number).fetch_all(self.pool()).await?;
		rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
	}

	/// How many records of the file `source` wait for a confirmation.
	pub async fn unconfirmed(&self, source: &str) -> Result<u64> {
		let row = sqlx::query("SELECT COUNT(*) FROM records WHERE source = $1 AND state IN ('pending', 'accepted')")
			.bind(source)
			.fetch_one(self.pool())
			.await?;
		Ok(row.try_get::<i64, _>(0)? as u64)
	}
}
