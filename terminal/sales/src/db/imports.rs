// SPDX-License-Identifier: Apache-2.0

//! Order files: how far each was read, its defective lines, and the requests made of the rest.

use super::{changes::Change, records::RecordState, SalesDb};
use crate::error::Result;
use sealane_terminal_core::db::{self, next_number, now_ms, Cell, Tx};
use sqlx::Row;

/// How far an order file was read, and what was found so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
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

sealane_terminal_core::from_row!(Import {
	source,
	path,
	line from i64,
	read = "orders_read" from i64,
	malformed from i64,
	duplicates from i64,
	unqualified from i64,
	qualified from i64,
	started_at,
	finished_at,
});

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

impl TryFrom<String> for SubmissionKind {
	type Error = String;

	fn try_from(name: String) -> Result<Self, String> {
		match name.as_str() {
			"orders" => Ok(SubmissionKind::Orders),
			"registrations" => Ok(SubmissionKind::Registrations),
			_ => Err(format!("{name:?}: no kind of submission")),
		}
	}
}

/// A request to the node: its entries are the records with its number, in the order of their lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
	/// Its number.
	pub number: i64,
	/// What it carries.
	pub kind: SubmissionKind,
	/// Its idempotency key.
	pub key: String,
}

sealane_terminal_core::from_row!(Submission {
	number,
	kind from String,
	key = "idempotency_key",
});

/// An entry that the node refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
	/// The order or registration.
	pub id: String,
	/// The code.
	pub code: String,
	/// Field, value and rule.
	pub text: String,
	/// When it is tried again by itself; 0: not at all.
	pub retry_at: i64,
}

/// The records of a request whose answer is not known.
const PENDING: &str = "r.submission = $1 AND r.state = 'pending'";

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
			Cell::Text(&line.defect.rule),
			Cell::Text(&line.text),
			Cell::Int(now),
		]);
	}
	let head = "INSERT INTO defects (source, line, state, field, value, rule, line_text, read_at)";
	db::run(tx, head, "ON CONFLICT (source, line) DO NOTHING", 8, &cells).await?;
	Ok(())
}

/// Writes a request that is about to be made; answers its number and key. The number is part of the key: what was refused and
/// comes again with the same bytes is another request, and not the old one whose report the node remembers.
pub async fn insert_submission(tx: &mut Tx, kind: SubmissionKind, body: &[u8], entries: usize) -> Result<Submission> {
	let number = next_number(tx, "submissions").await?;
	let submission = Submission {
		number,
		kind,
		key: crate::submit::key_of(number, body),
	};
	sqlx::query(
		"INSERT INTO submissions (number, kind, idempotency_key, entries, packets, state) \
		 VALUES ($1, $2, $3, $4, 0, 'pending')",
	)
	.bind(number)
	.bind(kind.as_str())
	.bind(submission.key.as_str())
	.bind(entries as i64)
	.execute(&mut **tx)
	.await?;
	Ok(submission)
}

/// Notes the node's answer to a request of orders: all its pending records are on the node's disk now.
pub async fn accept_submission(change: &mut Change, kind: SubmissionKind, number: i64, packets: u32) -> Result<()> {
	sqlx::query("UPDATE submissions SET state = 'accepted', packets = $1 WHERE number = $2")
		.bind(i64::from(packets))
		.bind(number)
		.execute(&mut ***change)
		.await?;
	if kind == SubmissionKind::Orders {
		for before in change.facts(PENDING, number).await? {
			change.moved(&before, RecordState::Accepted.as_str());
		}
	}
	let statement = match kind {
		SubmissionKind::Orders => {
			"UPDATE records SET state = 'accepted', accepted_at = $1, source_text = '', retry_at = 0, change = $2 \
			 WHERE submission = $3 AND state = 'pending'"
		}
		SubmissionKind::Registrations => {
			"UPDATE registrations SET state = 'accepted', updated_at = $1, change = $2 \
			 WHERE submission = $3 AND state = 'pending'"
		}
	};
	sqlx::query(statement)
		.bind(now_ms())
		.bind(change.number())
		.bind(number)
		.execute(&mut ***change)
		.await?;
	// A confirmation may have come before the answer: its record was on the node's disk all the same.
	if kind == SubmissionKind::Orders {
		sqlx::query("UPDATE records SET accepted_at = confirmed_at WHERE submission = $1 AND accepted_at = 0 AND confirmed_at > 0")
			.bind(number)
			.execute(&mut ***change)
			.await?;
	}
	Ok(())
}

/// Notes entries that the node refused.
pub async fn refuse_records(change: &mut Change, kind: SubmissionKind, number: i64, refused: &[Refusal]) -> Result<()> {
	let statement = match kind {
		SubmissionKind::Orders => {
			"UPDATE records SET state = 'refused', reason_code = $1, reason_text = $2, retry_at = $3, tries = tries + 1, \
			 change = $4 WHERE id = $5 AND submission = $6 AND state = 'pending'"
		}
		SubmissionKind::Registrations => {
			"UPDATE registrations SET state = 'refused', reason_code = $1, reason_text = $2, retry_at = $3, \
			 tries = tries + 1, change = $4 WHERE id = $5 AND submission = $6 AND state = 'pending'"
		}
	};
	if kind == SubmissionKind::Orders {
		let ids: Vec<&str> = refused.iter().map(|refusal| refusal.id.as_str()).collect();
		let pending = format!("r.submission = {number} AND r.state = 'pending'");
		for before in change.facts_of(&ids, &pending).await? {
			change.moved(&before, RecordState::Refused.as_str());
		}
	}
	for refusal in refused {
		sqlx::query(statement)
			.bind(refusal.code.as_str())
			.bind(refusal.text.as_str())
			.bind(refusal.retry_at)
			.bind(change.number())
			.bind(refusal.id.as_str())
			.bind(number)
			.execute(&mut ***change)
			.await?;
	}
	Ok(())
}

/// Sets a request aside that the node will not take as it is: its entries are refused, and what comes behind it goes on.
pub async fn fail_submission(change: &mut Change, submission: &Submission, code: &str, text: &str) -> Result<()> {
	sqlx::query("UPDATE submissions SET state = 'failed' WHERE number = $1")
		.bind(submission.number)
		.execute(&mut ***change)
		.await?;
	if submission.kind == SubmissionKind::Orders {
		for before in change.facts(PENDING, submission.number).await? {
			change.moved(&before, RecordState::Refused.as_str());
		}
	}
	let statement = match submission.kind {
		SubmissionKind::Orders => {
			"UPDATE records SET state = 'refused', reason_code = $1, reason_text = $2, retry_at = 0, change = $3 \
			 WHERE submission = $4 AND state = 'pending'"
		}
		SubmissionKind::Registrations => {
			"UPDATE registrations SET state = 'refused', reason_code = $1, reason_text = $2, retry_at = 0, change = $3 \
			 WHERE submission = $4 AND state = 'pending'"
		}
	};
	sqlx::query(statement)
		.bind(code)
		.bind(text)
		.bind(change.number())
		.bind(submission.number)
		.execute(&mut ***change)
		.await?;
	Ok(())
}

const IMPORTS: &str =
	"SELECT source, path, line, orders_read, malformed, duplicates, unqualified, qualified, started_at, \
	finished_at FROM imports";

impl SalesDb {
	/// How far the file `source` was read; `None` for a new one.
	pub async fn import(&self, source: &str) -> Result<Option<Import>> {
		let statement = format!("{IMPORTS} WHERE source = $1");
		let import = sqlx::query_as(&statement)
			.bind(source)
			.fetch_optional(self.pool())
			.await?;
		Ok(import)
	}

	/// Files, newest first, behind one: when its reading began, and its source.
	pub async fn imports(&self, behind: Option<&(i64, String)>, limit: u32) -> Result<Vec<Import>> {
		let (at, source) = behind.map_or((i64::MAX, ""), |(at, source)| (*at, source));
		let statement =
			format!("{IMPORTS} WHERE (started_at, source) < ($1, $2) ORDER BY started_at DESC, source DESC LIMIT $3");
		let imports = sqlx::query_as(&statement)
			.bind(at)
			.bind(source)
			.bind(i64::from(limit))
			.fetch_all(self.pool())
			.await?;
		Ok(imports)
	}

	/// The oldest request whose answer is not known.
	pub async fn pending_submission(&self) -> Result<Option<Submission>> {
		let submission = sqlx::query_as(
			"SELECT number, kind, idempotency_key FROM submissions WHERE state = 'pending' ORDER BY number LIMIT 1",
		)
		.fetch_optional(self.pool())
		.await?;
		Ok(submission)
	}

	/// How many requests have no answer yet.
	pub async fn open_submissions(&self) -> Result<u64> {
		let row = sqlx::query("SELECT COUNT(*) FROM submissions WHERE state = 'pending'")
			.fetch_one(self.pool())
			.await?;
		Ok(row.try_get::<i64, _>(0)? as u64)
	}

	/// The ids and bytes of a request, in its order.
	pub async fn submission_entries(&self, kind: SubmissionKind, number: i64) -> Result<Vec<(String, String)>> {
		let statement = match kind {
			SubmissionKind::Orders => "SELECT id, order_text FROM records WHERE submission = $1 ORDER BY line, id",
			SubmissionKind::Registrations => {
				"SELECT id, registration_text FROM registrations WHERE submission = $1 ORDER BY id"
			}
		};
		let rows = sqlx::query(statement).bind(number).fetch_all(self.pool()).await?;
		rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
	}
}
