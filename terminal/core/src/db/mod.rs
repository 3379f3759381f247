// SPDX-License-Identifier: Apache-2.0

//! The terminals' database: SQLite by default, PostgreSQL by URL.
//!
//! One set of statements serves both, through sqlx's `Any` driver: the statements keep to what both understand (`$n`
//! placeholders, `ON CONFLICT`, `WITH … (VALUES …) UPDATE … FROM`, `TEXT` and `BIGINT` columns). Two typed paths would double
//! every statement and every test, for types that the terminals do not need; the price of `Any` is about a microsecond per
//! row. Absent text is the empty string, absent numbers are 0 or, where 0 has a meaning, −1: no column is nullable.
//!
//! Whatever belongs together (records and the cursor they came from) is written in one transaction, so that a kill at
//! any moment leaves a state from which the terminal goes on. A transaction that writes takes SQLite's write lock when it begins:
//! one that reads first and writes then would fail, and not wait, where another process wrote in between.

mod bulk;
mod lease;
mod migrations;
mod rows;

pub use bulk::{run, select, select_in, Cell};
pub use lease::Lease;

use crate::{
	error::{Error, Result},
	files,
};
use lease::Fence;
use migrations::Steps;
use sqlx::{
	any::{Any, AnyPoolOptions},
	migrate::{MigrateError, Migrator},
	sqlite::SqliteConnectOptions,
	Executor, Pool, Row, Transaction,
};
use std::{
	fs::{File, OpenOptions},
	path::{Path, PathBuf},
	str::FromStr,
	sync::Arc,
	time::Duration,
};

/// A transaction.
pub type Tx = Transaction<'static, Any>;

/// A handle to the database; cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
	pool: Pool<Any>,
	backend: Backend,
	url: Arc<str>,
	/// Set once this process holds the lease of a role.
	fence: Arc<Fence>,
}

/// Which database it is.
#[derive(Clone, Debug)]
enum Backend {
	/// The file; none for one in memory.
	Sqlite(Option<PathBuf>),
	Postgres,
}

/// Unix milliseconds now.
pub fn now_ms() -> i64 {
	let since = std::time::SystemTime::now()
		.duration_since(std::time::UNIX_EPOCH)
		.unwrap_or_default();
	i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

impl Db {
	/// The file, of a database that is one.
	pub fn file(&self) -> Option<&Path> {
		match &self.backend {
			Backend::Sqlite(file) => file.as_deref(),
			Backend::Postgres => None,
		}
	}

	/// Opens a database by URL, creates it (SQLite, for its owner alone) and brings its schema up to date.
	///
	/// `sqlite:path` or `postgres://…`. SQLite runs in WAL mode with `synchronous=FULL`: a commit is on disk when it returns.
	///
	/// # Errors
	/// The URL is of another kind, the database does not answer, has another encoding than UTF-8, or a newer release made it.
	pub async fn open(url: &str) -> Result<Self> {
		Db::connect(url, true).await
	}

	/// The same for a database that must be there already: whoever only reads must not make one by a slip of the pen.
	///
	/// # Errors
	/// As [`Db::open`], or there is no such file.
	pub async fn open_existing(url: &str) -> Result<Self> {
		Db::connect(url, false).await
	}

	/// The same database through connections of its own, without this one's lease: what is read there waits for nothing that is written
	/// here.
	///
	/// # Errors
	/// As [`Db::open_existing`].
	pub async fn another(&self) -> Result<Self> {
		Db::connect(&self.url, false).await
	}

	async fn connect(url: &str, create: bool) -> Result<Self> {
		sqlx::any::install_default_drivers();
		let backend = Backend::of(url)?;
		let sqlite = matches!(backend, Backend::Sqlite(_));
		let _opening = match &backend {
			Backend::Sqlite(Some(path)) => {
				if !create && !path.exists() {
					return Err(Error::NotFound {
						what: "database",
						name: path.display().to_string(),
					});
				}
				private(path)?;
				// Held while the schema is made: two processes that start together make it once.
				let (lock, file) = (lock_file(path, "lock")?, path.clone());
				// Waits for another process, and must not keep the rest of this one waiting.
				let locked = tokio::task::spawn_blocking(move || lock.lock().map(|()| lock)).await;
				let lock = locked
					.map_err(|panic| Error::node(panic.to_string()))?
					.map_err(Error::file(file))?;
				Some(lock)
			}
			_ => None,
		};
		let full = if sqlite && !url.contains("mode=") && !url.contains(":memory:") {
			format!("{url}{}mode=rwc", if url.contains('?') { "&" } else { "?" })
		} else {
			url.to_string()
		};
		// SQLite has one writer at a time; one connection makes writers queue here instead of failing there.
		let connections = if sqlite { 1 } else { 4 };
		let pool = AnyPoolOptions::new()
			.max_connections(connections)
			.acquire_timeout(Duration::from_secs(if sqlite { 60 } else { 10 }))
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
		let db = Db {
			pool,
			backend,
			url: full.into(),
			fence: Arc::default(),
		};
		db.check_encoding().await?;
		db.migrate().await?;
		Ok(db)
	}

	async fn check_encoding(&self) -> Result<()> {
		let ask = match self.backend {
			Backend::Sqlite(_) => "PRAGMA encoding",
			Backend::Postgres => "SELECT current_setting('server_encoding')",
		};
		let encoding: String = sqlx::query(ask).fetch_one(&self.pool).await?.try_get(0)?;
		if encoding.replace('-', "").eq_ignore_ascii_case("UTF8") {
			return Ok(());
		}
		Err(Error::Schema(format!(
			"its encoding is {encoding}; it must be UTF-8 (createdb --encoding=UTF8 --template=template0)"
		)))
	}

	async fn migrate(&self) -> Result<()> {
		let unusable = |error| Error::Schema(format!("its schema cannot be brought up to date: {error}"));
		let migrator = Migrator::new(Steps).await.map_err(unusable)?;
		match migrator.run(&self.pool).await {
			Ok(()) => Ok(()),
			Err(MigrateError::Execute(error)) => Err(error.into()),
			Err(MigrateError::VersionMissing(found)) => {
				let known = Steps::newest();
				Err(Error::Schema(format!(
					"schema version {found} is newer than {known}, the newest that this release knows"
				)))
			}
			Err(error) => Err(unusable(error)),
		}
	}

	/// Begins a transaction that writes; dropped without commit it is rolled back.
	///
	/// # Errors
	/// The database fails, or another process has taken the role of this one.
	pub async fn begin(&self) -> Result<Tx> {
		let mut tx = match self.backend {
			Backend::Sqlite(_) => self.pool.begin_with("BEGIN IMMEDIATE").await?,
			Backend::Postgres => self.pool.begin().await?,
		};
		self.fence
			.check(&mut tx, matches!(self.backend, Backend::Postgres))
			.await?;
		Ok(tx)
	}

	/// Waits for what is under way and closes.
	pub async fn close(&self) {
		self.pool.close().await
	}

	/// The connections.
	pub fn pool(&self) -> &Pool<Any> {
		&self.pool
	}

	/// The stored position called `name`.
	///
	/// # Errors
	/// The database fails.
	pub async fn cursor(&self, name: &str) -> Result<Option<String>> {
		let row = sqlx::query("SELECT position FROM cursors WHERE name = $1")
			.bind(name)
			.fetch_optional(&self.pool)
			.await?;
		Ok(row.map(|row| row.try_get(0)).transpose()?)
	}

	/// All stored positions by name.
	///
	/// # Errors
	/// The database fails.
	pub async fn cursors(&self) -> Result<Vec<(String, String)>> {
		let rows = sqlx::query_as("SELECT name, position FROM cursors ORDER BY name");
		Ok(rows.fetch_all(&self.pool).await?)
	}
}

/// Stores a position.
///
/// # Errors
/// The database fails.
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

/// The next number called `name`, from 1. Whoever asks at the same time waits for this transaction and gets the next.
///
/// # Errors
/// The database fails.
pub async fn next_number(tx: &mut Tx, name: &str) -> Result<i64> {
	let row = sqlx::query(
		"INSERT INTO counters (name, value) VALUES ($1, 1) \
		 ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value",
	)
	.bind(name)
	.fetch_one(&mut **tx)
	.await?;
	Ok(row.try_get(0)?)
}

impl Backend {
	fn of(url: &str) -> Result<Self> {
		if url.starts_with("postgres:") || url.starts_with("postgresql:") {
			return Ok(Backend::Postgres);
		}
		if !url.starts_with("sqlite:") {
			return Err(Error::invalid(
				"db",
				without_password(url),
				"sqlite:PATH or postgres://…",
			));
		}
		if url.contains(":memory:") {
			return Ok(Backend::Sqlite(None));
		}
		let options = SqliteConnectOptions::from_str(url)?;
		Ok(Backend::Sqlite(Some(options.get_filename().to_path_buf())))
	}
}

/// Makes the file where there is none, and takes others' rights away: it holds names and document numbers. What SQLite makes
/// beside it gets the same mode.
///
/// A file that is there is never opened: closing it would drop the locks that SQLite holds on it elsewhere in this process, and the next
/// process would take itself for the only one (fcntl(2), advisory record locks; sqlite.org, "How to corrupt", 2.2).
fn private(path: &Path) -> Result<()> {
	match OpenOptions::new().write(true).create_new(true).open(path) {
		Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => return Err(Error::file(path)(error)),
		_ => (),
	}
	if let Err(error) = files::make_private(path) {
		tracing::warn!("{}: others may be able to read it: {error}", path.display());
	}
	Ok(())
}

/// A file beside the database that processes lock; it holds nothing.
fn lock_file(path: &Path, suffix: &str) -> Result<File> {
	let mut name = path.as_os_str().to_owned();
	name.push(".");
	name.push(suffix);
	let name = PathBuf::from(name);
	let file = OpenOptions::new()
		.create(true)
		.append(true)
		.open(&name)
		.map_err(Error::file(&name))?;
	files::make_private(&name).map_err(Error::file(&name))?;
	Ok(file)
}

/// The URL without what stands between `//` and `@`.
fn without_password(url: &str) -> String {
	match (url.find("//"), url.rfind('@')) {
		(Some(from), Some(to)) if from + 2 < to => format!("{}…{}", &url[..from + 2], &url[to..]),
		_ => url.to_string(),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn url(dir: &tempfile::TempDir) -> String {
		format!("sqlite:{}", dir.path().join("t.db").display())
	}

	async fn temporary() -> (Db, tempfile::TempDir) {
		let dir = tempfile::tempdir().unwrap();
		let db = Db::open(&url(&dir)).await.unwrap();
		(db, dir)
	}

	/// Locks that this process has on a file, as the kernel lists them.
	#[cfg(target_os = "linux")]
	fn locks_on(path: &Path) -> usize {
		use std::os::unix::fs::MetadataExt;
		let (pid, inode) = (std::process::id().to_string(), std::fs::metadata(path).unwrap().ino());
		let locks = std::fs::read_to_string("/proc/locks").unwrap();
		let ours = |line: &&str| {
			let words: Vec<_> = line.split_whitespace().collect();
			words.contains(&"POSIX") && words.contains(&pid.as_str()) && line.contains(&format!(":{inode} "))
		};
		locks.lines().filter(ours).count()
	}

	#[cfg(target_os = "linux")]
	#[tokio::test]
	async fn a_second_pool_leaves_the_locks_of_the_first() {
		let (db, dir) = temporary().await;
		let path = dir.path().join("t.db");
		sqlx::query("SELECT 1").execute(db.pool()).await.unwrap();
		let before = locks_on(&path);
		assert!(
			before > 0,
			"a database that is open is locked against being taken for closed"
		);
		let another = db.another().await.unwrap();
		assert!(locks_on(&path) >= before);
		another.close().await;
		db.close().await;
	}

	#[tokio::test]
	async fn schema_is_made_once_and_a_newer_one_refused() {
		let (db, dir) = temporary().await;
		db.close().await;
		let db = Db::open(&url(&dir)).await.unwrap();
		sqlx::query("UPDATE _sqlx_migrations SET version = 999 WHERE version = 1")
			.execute(db.pool())
			.await
			.unwrap();
		db.close().await;
		let error = Db::open(&url(&dir)).await.unwrap_err();
		assert!(matches!(&error, Error::Schema(text) if text.contains("999")), "{error}");
	}

	#[tokio::test]
	async fn processes_that_start_together_make_the_schema_once() {
		let dir = tempfile::tempdir().unwrap();
		let opened = (0..8).map(|_| {
			let url = url(&dir);
			tokio::spawn(async move { Db::open(&url).await.map(drop) })
		});
		for opened in opened.collect::<Vec<_>>() {
			opened.await.unwrap().unwrap();
		}
	}

	#[cfg(unix)]
	#[tokio::test]
	async fn the_files_are_their_owners_alone() {
		use std::os::unix::fs::PermissionsExt;
		let (db, dir) = temporary().await;
		let mut tx = db.begin().await.unwrap();
		set_cursor(&mut tx, "events", "7").await.unwrap();
		tx.commit().await.unwrap();
		let mut seen = 0;
		for entry in std::fs::read_dir(dir.path()).unwrap() {
			let entry = entry.unwrap();
			let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
			assert_eq!(mode, 0o600, "{:?}", entry.file_name());
			seen += 1;
		}
		assert!(seen >= 3, "database, write-ahead log and lock");
	}

	#[tokio::test]
	async fn a_database_that_is_not_there_is_not_made_by_a_reader() {
		let dir = tempfile::tempdir().unwrap();
		let error = Db::open_existing(&url(&dir)).await.unwrap_err();
		assert!(matches!(error, Error::NotFound { .. }), "{error}");
		assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
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

	#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
	async fn two_processes_that_read_and_then_write_wait_for_each_other() {
		let (db, dir) = temporary().await;
		let other = Db::open(&url(&dir)).await.unwrap();
		let count = |db: Db| async move {
			for _ in 0..200 {
				let mut tx = db.begin().await.unwrap();
				next_number(&mut tx, "test").await.unwrap();
				tx.commit().await.unwrap();
			}
		};
		tokio::try_join!(tokio::spawn(count(db.clone())), tokio::spawn(count(other))).unwrap();
		let mut tx = db.begin().await.unwrap();
		assert_eq!(next_number(&mut tx, "test").await.unwrap(), 401);
	}

	#[tokio::test]
	async fn other_urls_are_refused_without_their_password() {
		let error = Db::open("mysql://me:secret@host/db").await.unwrap_err().to_string();
		assert!(error.contains("sqlite:PATH") && !error.contains("secret"), "{error}");
	}
}
