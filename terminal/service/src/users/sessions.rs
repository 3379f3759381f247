// SPDX-License-Identifier: Apache-2.0

//! Browsers that are logged in. The cookie holds 32 random bytes, the database their hash; a session ends when it was not used for a
//! while, after a working day, and with its user.

use super::{digest, secret, Stored, User, Users, STORED};
use sealane_terminal_core::{db::now_ms, from_row, Result};
use sha2::{Digest, Sha256};
use sqlx::Row;

/// How long a session may be left alone.
pub const IDLE_MS: i64 = 30 * 60_000;
/// How long it lasts at most.
pub const ABSOLUTE_MS: i64 = 12 * 3_600_000;
/// How often it is noted that a session was used.
const NOTE_MS: i64 = 60_000;

/// A session that was just opened.
#[derive(Clone, Debug)]
pub struct Session {
	/// What the cookie holds.
	pub cookie: String,
	/// What every request that changes something must carry in a header: a page of another origin can have the cookie sent, not read
	/// this.
	pub csrf: String,
	/// When it ends at the latest, Unix ms.
	pub expires_at: i64,
}

struct Seen {
	name: String,
	seen_at: i64,
}

from_row!(Seen { name, seen_at });

/// The header's value that belongs to a cookie.
pub(crate) fn csrf_of(cookie: &str) -> String {
	let hash = Sha256::new().chain_update(b"csrf ").chain_update(cookie.as_bytes());
	hex::encode(hash.finalize())
}

impl Users {
	/// Opens a session for a user whose password was right; `hashed` is what it was compared with. `None` where it was changed meanwhile.
	///
	/// # Errors
	/// The database fails.
	pub async fn open_session(&self, name: &str, hashed: &str) -> Result<Option<Session>> {
		let (cookie, now) = (secret(), now_ms());
		let mut tx = self.db.begin().await?;
		// Holds the row until the commit.
		let same =
			sqlx::query("UPDATE users SET changed_at = changed_at WHERE name = $1 AND password = $2 AND enabled = 1")
				.bind(name)
				.bind(hashed)
				.execute(&mut *tx)
				.await?;
		if same.rows_affected() == 0 {
			return Ok(None);
		}
		sqlx::query("DELETE FROM sessions WHERE seen_at < $1 OR created_at < $2")
			.bind(now - IDLE_MS)
			.bind(now - ABSOLUTE_MS)
			.execute(&mut *tx)
			.await?;
		sqlx::query("INSERT INTO sessions (digest, name, created_at, seen_at) VALUES ($1, $2, $3, $3)")
			.bind(digest(&cookie))
			.bind(name)
			.bind(now)
			.execute(&mut *tx)
			.await?;
		tx.commit().await?;
		Ok(Some(Session {
			csrf: csrf_of(&cookie),
			cookie,
			expires_at: now + ABSOLUTE_MS,
		}))
	}

	/// Whose session a cookie is; notes that it was used, where it was.
	///
	/// # Errors
	/// The database fails.
	pub(super) async fn session(&self, cookie: &str, is_use: bool) -> Result<Option<User>> {
		let (digest, now) = (digest(cookie), now_ms());
		let seen: Option<Seen> = sqlx::query_as(
			"SELECT name, seen_at FROM sessions WHERE digest = $1 AND seen_at >= $2 AND created_at >= $3",
		)
		.bind(digest.as_str())
		.bind(now - IDLE_MS)
		.bind(now - ABSOLUTE_MS)
		.fetch_optional(self.db.pool())
		.await?;
		let Some(Seen { name, seen_at }) = seen else {
			return Ok(None);
		};
		if is_use && now - seen_at >= NOTE_MS {
			let mut tx = self.db.begin().await?;
			sqlx::query("UPDATE sessions SET seen_at = $1 WHERE digest = $2")
				.bind(now)
				.bind(digest)
				.execute(&mut *tx)
				.await?;
			tx.commit().await?;
		}
		let statement = format!("{STORED} WHERE u.name = $1");
		let row: Option<Stored> = sqlx::query_as(&statement)
			.bind(name)
			.fetch_optional(self.db.pool())
			.await?;
		Ok(row.map(User::from))
	}

	/// When the session of a cookie ends at the latest, Unix ms; `None` where there is none.
	///
	/// # Errors
	/// The database fails.
	pub async fn session_ends_at(&self, cookie: &str) -> Result<Option<i64>> {
		let row = sqlx::query("SELECT created_at FROM sessions WHERE digest = $1")
			.bind(digest(cookie))
			.fetch_optional(self.db.pool())
			.await?;
		let created_at = row.map(|row| row.try_get::<i64, _>(0)).transpose()?;
		Ok(created_at.map(|created_at| created_at + ABSOLUTE_MS))
	}

	/// Ends a session.
	///
	/// # Errors
	/// The database fails.
	pub async fn close_session(&self, cookie: &str) -> Result<()> {
		let mut tx = self.db.begin().await?;
		sqlx::query("DELETE FROM sessions WHERE digest = $1")
			.bind(digest(cookie))
			.execute(&mut *tx)
			.await?;
		tx.commit().await?;
		Ok(())
	}
}
