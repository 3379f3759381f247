// SPDX-License-Identifier: Apache-2.0

//! One terminal for each database: two that number, decide and add up from the same rows would contradict each other.
//!
//! A lock that the operating system or the database server gives up with the process says whether somebody is at work. An epoch in the
//! database does the rest: a process that lost its lock without knowing (its server failed over) finds a higher epoch in its next
//! transaction, and writes no more.

use super::{lock_file, Backend, Db, Tx};
use crate::error::{Error, Result};
use sqlx::{AnyConnection, Connection, Row};
use std::{
	fs::{File, TryLockError},
	sync::{PoisonError, RwLock},
	time::Duration,
};

/// How long to wait for a predecessor that is just ending: a busy PostgreSQL server takes seconds to notice that a process is gone.
const PATIENCE: Duration = Duration::from_secs(10);
const INTERVAL: Duration = Duration::from_millis(100);

/// The role that this process works in, and its epoch.
#[derive(Debug, Default)]
pub(super) struct Fence(RwLock<Option<(&'static str, i64)>>);

impl Fence {
	fn set(&self, role: &'static str, epoch: i64) {
		*self.0.write().unwrap_or_else(PoisonError::into_inner) = Some((role, epoch));
	}

	/// Whether the role is still ours. `share`: keeps whoever would take it waiting until the transaction ends; SQLite's write lock
	/// does so anyway.
	pub async fn check(&self, tx: &mut Tx, share: bool) -> Result<()> {
		let set = *self.0.read().unwrap_or_else(PoisonError::into_inner);
		let Some((role, epoch)) = set else { return Ok(()) };
		let statement = if share {
			"SELECT epoch FROM leases WHERE role = $1 FOR SHARE"
		} else {
			"SELECT epoch FROM leases WHERE role = $1"
		};
		let found: i64 = sqlx::query(statement)
			.bind(role)
			.fetch_one(&mut **tx)
			.await?
			.try_get(0)?;
		if found == epoch {
			Ok(())
		} else {
			Err(Error::InUse { role })
		}
	}
}

enum Lock {
	File(#[allow(dead_code)] File),
	Connection(Box<AnyConnection>),
	/// A database in memory is nobody else's.
	Memory,
}

/// The right to write in a role, until it is dropped.
pub struct Lease {
	lock: Lock,
}

impl Lease {
	/// Gives the role back at once; dropped, it goes with the connection.
	pub async fn release(self) {
		if let Lock::Connection(connection) = self.lock {
			let _ = connection.close().await;
		}
	}
}

impl Db {
	/// Takes the role, whose transactions are checked from now on.
	///
	/// # Errors
	/// Another process has it, or the database fails.
	pub async fn lease(&self, role: &'static str) -> Result<Lease> {
		self.lease_within(role, PATIENCE).await
	}

	/// The same without waiting for a predecessor: `None` where another process has the role.
	///
	/// # Errors
	/// The database fails.
	pub async fn lease_now(&self, role: &'static str) -> Result<Option<Lease>> {
		match self.lease_within(role, Duration::ZERO).await {
			Ok(lease) => Ok(Some(lease)),
			Err(Error::InUse { .. }) => Ok(None),
			Err(error) => Err(error),
		}
	}

	async fn lease_within(&self, role: &'static str, patience: Duration) -> Result<Lease> {
		let lease = Lease {
			lock: self.lock(role, patience).await?,
		};
		let mut tx = self.begin().await?;
		let row = sqlx::query(
			"INSERT INTO leases (role, epoch) VALUES ($1, 1) \
			 ON CONFLICT (role) DO UPDATE SET epoch = leases.epoch + 1 RETURNING epoch",
		)
		.bind(role)
		.fetch_one(&mut *tx)
		.await?;
		let epoch: i64 = row.try_get(0)?;
		tx.commit().await?;
		self.fence.set(role, epoch);
		Ok(lease)
	}

	async fn lock(&self, role: &'static str, patience: Duration) -> Result<Lock> {
		let until = tokio::time::Instant::now() + patience;
		loop {
			let lock = match &self.backend {
				Backend::Sqlite(None) => Some(Lock::Memory),
				Backend::Sqlite(Some(path)) => {
					let file = lock_file(path, role)?;
					match file.try_lock() {
						Ok(()) => Some(Lock::File(file)),
						Err(TryLockError::WouldBlock) => None,
						Err(TryLockError::Error(error)) => return Err(Error::file(path)(error)),
					}
				}
				Backend::Postgres => self.advisory_lock(role).await?,
			};
			match lock {
				Some(lock) => return Ok(lock),
				None if tokio::time::Instant::now() >= until => return Err(Error::InUse { role }),
				None => tokio::time::sleep(INTERVAL).await,
			}
		}
	}

	/// PostgreSQL's lock of a session, held by a connection of its own.
	async fn advisory_lock(&self, role: &str) -> Result<Option<Lock>> {
		let mut connection = AnyConnection::connect(&self.url).await?;
		let taken: bool = sqlx::query("SELECT pg_try_advisory_lock(hashtextextended('sealane ' || $1, 0))")
			.bind(role)
			.fetch_one(&mut connection)
			.await?
			.try_get(0)?;
		Ok(taken.then(|| Lock::Connection(Box::new(connection))))
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[tokio::test]
	async fn one_process_for_each_role_and_the_one_of_before_writes_no_more() {
		let dir = tempfile::tempdir().unwrap();
		let url = format!("sqlite:{}", dir.path().join("t.db").display());
		let first = Db::open(&url).await.unwrap();
		let second = Db::open(&url).await.unwrap();
		let lease = first.lease("sales").await.unwrap();
		assert!(matches!(
			second.lease("sales").await,
			Err(Error::InUse { role: "sales" })
		));
		assert!(second.lease_now("sales").await.unwrap().is_none());
		// Another role, and whoever only adds something, are not in the way.
		assert!(second.begin().await.is_ok());
		lease.release().await;
		let third = Db::open(&url).await.unwrap();
		let _lease = third.lease_now("sales").await.unwrap().unwrap();
		assert!(third.begin().await.unwrap().commit().await.is_ok());
		assert!(matches!(first.begin().await, Err(Error::InUse { .. })));
	}
}
