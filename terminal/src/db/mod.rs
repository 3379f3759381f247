// SPDX-License-Identifier: Apache-2.0

//! The terminals' database: SQLite by default, PostgreSQL by URL.
//!
//! One set of statements serves both, through sqlx's `Any` driver: the statements keep to what both understand (`$n`
//! placeholders, `ON CONFLICT`, `WITH … (VALUES …) UPDATE … FROM`, `TEXT` and `BIGINT` columns). Two typed paths would double
//! every statement and every test, for types that the terminals do not need; the price of `Any` is about a microsecond per
//! row. Absent text is the empty string, absent numbers are 0 or, where 0 has a meaning, −1: no column is nullable.
//!
//! Whatever belongs together (records and the cursor they came from) is written in one transaction, so that a kill at
//! any moment leaves a state from which the terminal goes on.

pub mod books;
mod bulk;
mod imports;
mod query;
mod records;
mod registrations;
mod schema;

pub use imports::{
	accept_submission, insert_defects, insert_submission, refuse_records, save_import, Defective, Import, Submission,
	SubmissionKind,
};
pub use query::{DefectRow, Figures, RecordFilter, RecordRow};
pub use records::{confirm_records, insert_records, set_finalised, ConfirmedRow, NewRecord, OpenPlaces, RecordState};
pub use registrations::{insert_registrations, settle_registrations, RegistrationRow, RegistrationState, SettledRow};

use crate::error::{Error, Result};
use bulk::Cell;
use sqlx::{
	any::{Any, AnyPoolOptions},
	Executor, Pool, Row, Transaction,
};
use std::time::Duration;

/// A transaction.
pub type Tx = Transaction<'static, Any>;

/// A handle to the database; cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
	pool: Pool<Any>,
}

/// Unix milliseconds now.
pub fn now_ms() -> i64 {
	let since = std::time::SystemTime::now()
		.duration_since(std::time::UNIX_EPOCH)
		.unwrap_or_default();
	i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

impl Db {
	/// Opens a database by URL, creates it (SQLite) and brings its schema up to date.
	///
	/// `sqlite:path` or `postgres://…`. SQLite runs in WAL mode with `synchronous=FULL`: a commit is on disk when it returns.
	///
	/// # Errors
	/// The URL is of another kind, the database does not answer, or a newer release made it.
	pub async fn open(url: &str) -> Result<Self> {
		sqlx::any::install_default_drivers();
		let sqlite = url.starts_with("sqlite:");
		if !sqlite && !url.starts_with("postgres:") && !url.starts_with("postgresql:") {
			return Err(Error::invalid(
				"db",
				without_password(url),
				"sqlite:PATH or postgres://…",
			));
		}
		let full = if sqlite && !url.contains("mode=") && !url.contains(":memory:") {
			format!("{url}{}mode=rwc", if url.contains('?') { "&" } else { "?" })
		} else {
			url.to_string()
		};
		// SQLite has one writer at a time; one connection makes writers queue here instead of failing there.
		let connections = if sqlite { 1 } else { 4 };
		let pool = AnyPoolOptions::new()
			.max_connections(connections)
			.acquire_timeout(Duration::from_secs(60))
			.after_connect(move |connection, _| {
				Box::pin(async move {
					if sqlite {
						for pragma in [
							"PRAGMA busy_timeout = 30000",
							"PRAGMA journal_mode = WAL",
							"PRAGMA synchronous = FULL",
							"PRAGMA cache_size = -65536",
							"PRAGMA temp_store = MEMORY",
						] {
							connection.execute(pragma).await?;
						}
					}
					Ok(())
				})
			})
			.connect(&full)
			.await?;
		let db = Db { pool };
		schema::migrate(&db).await?;
		Ok(db)
	}

	/// Begins a transaction; dropped without commit it is rolled back.
	pub async fn begin(&self) -> Result<Tx> {
		Ok(self.pool.begin().await?)
	}

	/// Waits for what is under way and closes.
	pub async fn close(&self) {
		self.pool.close().await
	}

	pub(crate) fn pool(&self) -> &Pool<Any> {
		&self.pool
	}

	/// The stored position called `name`.
	pub async fn cursor(&self, name: &str) -> Result<Option<String>> {
		let row = sqlx::query("SELECT position FROM cursors WHERE name = $1")
			.bind(name)
			.fetch_optional(&self.pool)
			.await?;
		Ok(row.map(|row| row.try_get(0)).transpose()?)
	}
}

/// Stores a position.
pub async fn set_cursor(tx: &mut Tx, name: &str, position: &str) -> Result<()> {
	sqlx::query(
		"INSERT INTO cursors (name, position) VALUES ($1, $2) \
		 ON CONFLICT (name) DO UPDATE SET position = excluded.position",
	)
	.bind(name)
	.bind(position)
	.execute(&mut **tx)
	.await?;
	Ok(())
}

/// The URL without what stands between `//` and `@`.
fn without_password(url: &str) -> String {
	match (url.find("//"), url.rfind('@')) {
		(Some(from), Some(to)) if from + 2 < to => format!("{}…{}", &url[..from + 2], &url[to..]),
		_ => url.to_string(),
	}
}

#[cfg(test)]
pub(crate) mod tests {
	use super::*;

	/// A database in a folder that lives as long as the second value.
	pub async fn temporary() -> (Db, tempfile::TempDir) {
		let dir = tempfile::tempdir().unwrap();
		let db = Db::open(&format!("sqlite:{}", dir.path().join("t.db").display()))
			.await
			.unwrap();
		(db, dir)
	}

	#[tokio::test]
	async fn schema_is_made_once_and_a_newer_one_refused() {
		let (db, dir) = temporary().await;
		db.close().await;
		let url = format!("sqlite:{}", dir.path().join("t.db").display());
		let db = Db::open(&url).await.unwrap();
		sqlx::query("UPDATE schema_version SET version = 999")
			.execute(db.pool())
			.await
			.unwrap();
		db.close().await;
		assert!(matches!(
			Db::open(&url).await,
			Err(Error::SchemaTooNew { found: 999, .. })
		));
	}

	#[tokio::test]
	async fn cursors_move_only_with_a_commit() {
		let (db, _dir) = temporary().await;
		assert_eq!(db.cursor("events").await.unwrap(), None);
		let mut tx = db.begin().await.unwrap();
		set_cursor(&mut tx, "events", "7").await.unwrap();
		drop(tx);
		assert_eq!(db.cursor("events").await.unwrap(), None);
		for position in ["7", "8"] {
			let mut tx = db.begin().await.unwrap();
			set_cursor(&mut tx, "events", position).await.unwrap();
			tx.commit().await.unwrap();
		}
		assert_eq!(db.cursor("events").await.unwrap().as_deref(), Some("8"));
	}

	#[tokio::test]
	async fn other_urls_are_refused_without_their_password() {
		let error = Db::open("mysql://me:secret@host/db").await.unwrap_err().to_string();
		assert!(error.contains("sqlite:PATH") && !error.contains("secret"), "{error}");
	}
}
