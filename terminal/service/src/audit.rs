// SPDX-License-Identifier: Apache-2.0

//! Who did or saw what: a row per request that changes or shows business data, in the terminal's database.
//!
//! A row is on disk before its answer leaves: what cannot be noted is not shown. Rows that come together are one commit. A row holds
//! user, client, method, path and query (which may name an order), status and how many entries were taken or shown, and no payload.
//! What came from nobody who is known is counted, once a minute, so that a stranger cannot fill the disk.

use crate::{users::Roles, Failure};
use sealane_sdk::types::ProblemCode;
use sealane_terminal_core::{
	db::{next_number, now_ms, Db},
	from_row,
	output::shown,
	Error, Result,
};
use serde::Serialize;
use std::{
	sync::{
		atomic::{AtomicU64, Ordering},
		Arc,
	},
	time::Duration,
};
use tokio::sync::{mpsc, oneshot};
use utoipa::ToSchema;

/// Rows of one commit.
const BATCH: usize = 256;
/// Rows that may wait; a request waits while there is no room.
const QUEUE: usize = 1_024;
/// How often requests of strangers are counted.
const COUNT_EVERY: Duration = Duration::from_secs(60);
/// Longest path that a row repeats, in bytes.
const MAX_PATH: usize = 512;
/// Days for which rows are kept unless told: a year, and time to look at it.
pub const DEFAULT_DAYS: u32 = 400;

/// A row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Row {
	/// Its number; they are given without gaps.
	pub number: i64,
	/// Unix ms.
	pub at: i64,
	/// The user; `shell:NAME` of a command; empty where `entries` counts requests of strangers.
	pub actor: String,
	/// What it might do then; empty of a command, and in rows of earlier releases.
	pub roles: String,
	/// Address of the client; of a command the machine and the number of the system's user.
	pub client: String,
	/// Method; `COMMAND` of a command.
	pub method: String,
	/// Path and query, or the command.
	pub path: String,
	/// Status of the answer.
	pub status: i64,
	/// Entries taken or shown; −1 where that has no meaning.
	pub entries: i64,
}

from_row!(Row {
	number,
	at,
	actor,
	roles,
	client,
	method,
	path,
	status,
	entries,
});

/// How many entries an answer took or shows; put into its extensions by those who know.
#[derive(Clone, Copy, Debug)]
pub struct Entries(pub u64);

/// Which rows to show.
#[derive(Clone, Debug, Default)]
pub struct Which {
	/// Only those of this actor.
	pub actor: Option<String>,
	/// Only those before this number: they come newest first.
	pub before: Option<i64>,
	/// Only those from then on, Unix ms.
	pub from: Option<i64>,
	/// At most so many.
	pub limit: u32,
}

type Waiting = (Row, oneshot::Sender<bool>);

/// The log. Cloning gives the same.
#[derive(Clone, Debug)]
pub struct Audit {
	db: Db,
	sender: mpsc::Sender<Waiting>,
	strangers: Arc<AtomicU64>,
}

impl Audit {
	/// Starts writing. The task ends with the last clone.
	pub fn start(db: Db) -> Self {
		let (sender, receiver) = mpsc::channel(QUEUE);
		let strangers = Arc::default();
		tokio::spawn(write(db.clone(), receiver, Arc::clone(&strangers)));
		Audit { db, sender, strangers }
	}

	/// Writes a row down.
	///
	/// # Errors
	/// The database fails.
	pub async fn note(&self, row: Row) -> std::result::Result<(), Failure> {
		let (done, written) = oneshot::channel();
		let sent = self.sender.send((row, done)).await.is_ok();
		if sent && written.await == Ok(true) {
			return Ok(());
		}
		Err(Failure::new(
			ProblemCode::StoreFailed,
			"the request cannot be noted in the audit log: what it did or showed is withheld; its repeat is harmless",
		))
	}

	/// Counts a request of nobody who is known.
	pub fn stranger(&self) {
		self.strangers.fetch_add(1, Ordering::Relaxed);
	}

	/// Rows, newest first.
	///
	/// # Errors
	/// The database fails.
	pub async fn rows(&self, which: &Which) -> Result<Vec<Row>> {
		rows(&self.db, which).await
	}
}

impl Row {
	/// A row of a request of this moment.
	pub fn new(method: &str, path: &str, status: u16) -> Self {
		let mut end = path.len().min(MAX_PATH);
		while !path.is_char_boundary(end) {
			end -= 1;
		}
		Row {
			at: now_ms(),
			method: method.into(),
			path: path[..end].into(),
			status: status.into(),
			entries: -1,
			..Row::default()
		}
	}

	/// Says whose it is, and what that user may do.
	pub fn of(&mut self, name: &str, roles: Roles) {
		self.actor = name.into();
		self.roles = roles.to_string();
	}
}

/// Rows, newest first.
///
/// # Errors
/// The database fails.
pub async fn rows(db: &Db, which: &Which) -> Result<Vec<Row>> {
	let actor = if which.actor.is_some() { "actor = $3" } else { "$3 = ''" };
	let statement = format!(
		"SELECT number, at, actor, roles, client, method, path, status, entries FROM audit \
		 WHERE number < $1 AND at >= $2 AND {actor} ORDER BY number DESC LIMIT $4"
	);
	let rows = sqlx::query_as(&statement)
		.bind(which.before.unwrap_or(i64::MAX))
		.bind(which.from.unwrap_or(0))
		.bind(which.actor.as_deref().unwrap_or(""))
		.bind(i64::from(which.limit));
	Ok(rows.fetch_all(db.pool()).await?)
}

/// Notes what a command did, before it says so.
///
/// # Errors
/// The database fails.
pub async fn note_command(db: &Db, command: &str) -> Result<()> {
	let user = std::env::var("USER").unwrap_or_else(|_| "unknown".into());
	let mut row = Row::new("COMMAND", command, 0);
	row.actor = format!("shell:{user}");
	row.client = here();
	insert(db, &[row]).await
}

/// The machine, and the number of the system's user: a name in the environment can be any.
fn here() -> String {
	let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
	let mut text = shown(host.trim()).into_owned();
	#[cfg(unix)]
	if let Ok(process) = std::fs::metadata("/proc/self") {
		use std::os::unix::fs::MetadataExt;
		text.push_str(&format!(" uid {}", process.uid()));
	}
	text.trim().into()
}

/// Removes rows that are older than `days`.
///
/// # Errors
/// The database fails.
pub async fn drop_old(db: &Db, days: u32) -> Result<u64> {
	let mut tx = db.begin().await?;
	let done = sqlx::query("DELETE FROM audit WHERE at < $1")
		.bind(now_ms() - i64::from(days) * 86_400_000)
		.execute(&mut *tx)
		.await?;
	tx.commit().await?;
	Ok(done.rows_affected())
}

async fn write(db: Db, mut receiver: mpsc::Receiver<Waiting>, strangers: Arc<AtomicU64>) {
	let mut batch: Vec<Waiting> = Vec::with_capacity(BATCH);
	let mut counted = tokio::time::interval(COUNT_EVERY);
	counted.tick().await;
	loop {
		let over = tokio::select! {
			received = receiver.recv_many(&mut batch, BATCH) => received == 0,
			_ = counted.tick() => false,
		};
		let (mut rows, waiting): (Vec<Row>, Vec<_>) = batch.drain(..).unzip();
		let count = if over || rows.is_empty() {
			strangers.swap(0, Ordering::Relaxed)
		} else {
			0
		};
		if count > 0 {
			let mut row = Row::new("", "", 401);
			row.entries = i64::try_from(count).unwrap_or(i64::MAX);
			rows.push(row);
		}
		if !rows.is_empty() {
			let written = insert(&db, &rows).await;
			if let Err(error) = &written {
				tracing::error!("ALARM: the audit log cannot be written, requests are refused: {error}");
			}
			for done in waiting {
				// Whoever waited may be gone.
				let _ = done.send(written.is_ok());
			}
		}
		if over {
			return;
		}
	}
}

async fn insert(db: &Db, rows: &[Row]) -> Result<(), Error> {
	let mut tx = db.begin().await?;
	for row in rows {
		let number = next_number(&mut tx, "audit").await?;
		sqlx::query(
			"INSERT INTO audit (number, at, actor, roles, client, method, path, status, entries) \
			 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		)
		.bind(number)
		.bind(row.at)
		.bind(row.actor.as_str())
		.bind(row.roles.as_str())
		.bind(row.client.as_str())
		.bind(row.method.as_str())
		.bind(row.path.as_str())
		.bind(row.status)
		.bind(row.entries)
		.execute(&mut *tx)
		.await?;
	}
	tx.commit().await?;
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;

	#[tokio::test]
	async fn what_is_answered_was_noted_and_old_rows_go() {
		let dir = tempfile::tempdir().unwrap();
		let db = Db::open(&format!("sqlite:{}", dir.path().join("t.db").display()))
			.await
			.unwrap();
		let audit = Audit::start(db.clone());
		let notes = (0..600).map(|entries| {
			let mut row = Row::new("GET", "/v1/records", 200);
			row.actor = if entries % 2 == 0 { "li" } else { "wang" }.into();
			row.entries = entries;
			let audit = audit.clone();
			async move { audit.note(row).await }
		});
		futures::future::try_join_all(notes).await.unwrap();
		note_command(&db, "user add li").await.unwrap();
		let which = Which {
			actor: Some("wang".into()),
			before: Some(100),
			limit: 10,
			..Which::default()
		};
		let rows = audit.rows(&which).await.unwrap();
		assert_eq!(rows.len(), 10);
		assert!(rows.iter().all(|row| row.actor == "wang" && row.number < 100));
		let all = Which {
			limit: 1_000,
			..Which::default()
		};
		let rows = audit.rows(&all).await.unwrap();
		assert_eq!((rows.len(), rows[0].method.as_str()), (601, "COMMAND"));
		assert!(
			rows.windows(2).all(|pair| pair[0].number == pair[1].number + 1),
			"no gaps"
		);
		assert_eq!(drop_old(&db, 1).await.unwrap(), 0);
		sqlx::query("UPDATE audit SET at = 5 WHERE actor = 'li'")
			.execute(db.pool())
			.await
			.unwrap();
		assert_eq!(drop_old(&db, 1).await.unwrap(), 300);
		db.close().await;
		assert!(
			audit.note(Row::new("GET", "/v1/records", 200)).await.is_err(),
			"not noted, not shown"
		);
	}
}
