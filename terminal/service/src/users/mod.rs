// SPDX-License-Identifier: Apache-2.0

//! Who may use a terminal's HTTP API. They stand in the terminal's database: what a command or an administrator changes holds from the
//! next request on.

mod access;
mod attempts;
mod passwords;
mod roles;
mod sessions;

pub(crate) use access::set_cookie;
pub use access::{Pass, Presented, Refused};
pub(crate) use attempts::Attempts;
pub use passwords::{Passwords, MAX_PASSWORD, MIN_PASSWORD};
pub use roles::{Role, Roles};
pub(crate) use sessions::csrf_of;
pub use sessions::{Session, ABSOLUTE_MS, IDLE_MS};

use rand::{rngs::OsRng, RngCore};
use rustls_pki_types::{pem::PemObject, CertificateDer};
use sealane_terminal_core::{
	db::{now_ms, Db, Tx},
	from_row, Error, Result,
};
use serde::Serialize;
use sha2::{Digest, Sha256};
use sqlx::Row;
use utoipa::ToSchema;

/// Longest name, in bytes.
const MAX_NAME: usize = 64;
/// How long a link to set a password holds.
const INVITATION_MS: i64 = 24 * 3_600_000;
/// Who is there before anybody is.
const FIRST: &str = "admin";

/// A person or a program, without its secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct User {
	/// Its name; stands in the audit log.
	pub name: String,
	/// What it may do.
	pub roles: Roles,
	/// Whether it may do anything at all.
	pub enabled: bool,
	/// Whether it has a password: a person.
	pub has_password: bool,
	/// Whether it has a token: a program.
	pub has_token: bool,
	/// SHA-256 of the client certificate that it must show, hexadecimal; empty where it needs none.
	pub certificate: String,
	/// Until when its link to set a password holds, Unix ms; 0 where there is none.
	pub invited_until: i64,
	/// Unix ms.
	pub created_at: i64,
	/// Unix ms.
	pub changed_at: i64,
}

struct Stored {
	name: String,
	roles: String,
	password: String,
	token: String,
	certificate: String,
	enabled: i64,
	created_at: i64,
	changed_at: i64,
	invited_until: i64,
}

from_row!(Stored {
	name,
	roles,
	password,
	token,
	certificate,
	enabled,
	created_at,
	changed_at,
	invited_until,
});

const STORED: &str =
	"SELECT u.name, u.roles, u.password, u.token, u.certificate, u.enabled, u.created_at, u.changed_at, \
	COALESCE((SELECT MAX(i.expires_at) FROM invitations i WHERE i.name = u.name), 0) AS invited_until FROM users u";

impl From<Stored> for User {
	fn from(row: Stored) -> Self {
		User {
			roles: Roles::read(&row.roles),
			enabled: row.enabled != 0,
			has_password: !row.password.is_empty(),
			has_token: !row.token.is_empty(),
			certificate: row.certificate,
			invited_until: if row.invited_until > now_ms() {
				row.invited_until
			} else {
				0
			},
			created_at: row.created_at,
			changed_at: row.changed_at,
			name: row.name,
		}
	}
}

/// The users of a database.
#[derive(Clone, Debug)]
pub struct Users {
	db: Db,
}

impl Users {
	/// Those of `db`.
	pub fn new(db: Db) -> Self {
		Users { db }
	}

	/// All, by name.
	///
	/// # Errors
	/// The database fails.
	pub async fn list(&self) -> Result<Vec<User>> {
		let statement = format!("{STORED} ORDER BY u.name");
		let rows: Vec<Stored> = sqlx::query_as(&statement).fetch_all(self.db.pool()).await?;
		Ok(rows.into_iter().map(User::from).collect())
	}

	/// One.
	///
	/// # Errors
	/// There is none, or the database fails.
	pub async fn get(&self, name: &str) -> Result<User> {
		Ok(self
			.stored("u.name = $1", name)
			.await?
			.ok_or_else(|| unknown(name))?
			.into())
	}

	/// Adds one, who can do nothing before it has a password, a token or a certificate.
	///
	/// # Errors
	/// The name is none or taken, no role is given, or the database fails.
	pub async fn add(&self, name: &str, roles: Roles) -> Result<()> {
		check_name(name)?;
		check_roles(roles)?;
		let mut tx = self.db.begin().await?;
		let now = now_ms();
		let done = sqlx::query(
			"INSERT INTO users (name, roles, password, token, certificate, enabled, created_at, changed_at) \
			 VALUES ($1, $2, '', '', '', 1, $3, $3) ON CONFLICT (name) DO NOTHING",
		)
		.bind(name)
		.bind(roles.to_string())
		.bind(now)
		.execute(&mut *tx)
		.await?;
		if done.rows_affected() == 0 {
			return Err(Error::invalid("name", name, "a name that nobody has or had"));
		}
		tx.commit().await?;
		Ok(())
	}

	/// Gives other roles.
	///
	/// # Errors
	/// There is no such user, no role is given, or the database fails.
	pub async fn set_roles(&self, name: &str, roles: Roles) -> Result<()> {
		check_roles(roles)?;
		self.change(name, "roles", &roles.to_string(), false).await
	}

	/// Lets a user in again, or keeps it out: from the next request on, and its sessions end.
	///
	/// # Errors
	/// There is no such user, or the database fails.
	pub async fn set_enabled(&self, name: &str, enabled: bool) -> Result<()> {
		let mut tx = self.db.begin().await?;
		let done = sqlx::query("UPDATE users SET enabled = $1, changed_at = $2 WHERE name = $3")
			.bind(i64::from(enabled))
			.bind(now_ms())
			.bind(name)
			.execute(&mut *tx)
			.await?;
		if done.rows_affected() == 0 {
			return Err(unknown(name));
		}
		if !enabled {
			shut_out(&mut tx, name).await?;
		}
		tx.commit().await?;
		Ok(())
	}

	/// A new token in the place of the old one. It is shown this once: only its hash is kept.
	///
	/// # Errors
	/// There is no such user, or it has a password: a person has no token. Or the database fails.
	pub async fn new_token(&self, name: &str) -> Result<String> {
		if self.get(name).await?.has_password {
			return Err(Error::invalid(
				"name",
				name,
				"a program: this is a person with a password",
			));
		}
		let token = secret();
		self.change(name, "token", &digest(&token), true).await?;
		Ok(token)
	}

	/// Binds a user to a client certificate, by the SHA-256 of its DER form; with nothing else it lets the user in by itself.
	///
	/// # Errors
	/// There is no such user, another has the certificate, or the database fails.
	pub async fn set_certificate(&self, name: &str, certificate: Option<[u8; 32]>) -> Result<()> {
		let certificate = certificate.map(hex::encode).unwrap_or_default();
		if !certificate.is_empty() {
			let other = self.stored("u.certificate = $1", &certificate).await?;
			if let Some(other) = other.filter(|other| other.name != name) {
				return Err(Error::invalid(
					"certificate",
					other.name,
					"a certificate that no other user has",
				));
			}
		}
		self.change(name, "certificate", &certificate, true).await
	}

	/// A link by which a person sets its password, once and within a day. Its old password and sessions end when it does.
	///
	/// # Errors
	/// There is no such user, it is a program with a token, or the database fails.
	pub async fn invite(&self, name: &str) -> Result<String> {
		if self.get(name).await?.has_token {
			return Err(Error::invalid("name", name, "a person: this is a program with a token"));
		}
		let invitation = secret();
		let mut tx = self.db.begin().await?;
		sqlx::query("DELETE FROM invitations WHERE name = $1 OR expires_at < $2")
			.bind(name)
			.bind(now_ms())
			.execute(&mut *tx)
			.await?;
		sqlx::query("INSERT INTO invitations (digest, name, expires_at) VALUES ($1, $2, $3)")
			.bind(digest(&invitation))
			.bind(name)
			.bind(now_ms() + INVITATION_MS)
			.execute(&mut *tx)
			.await?;
		tx.commit().await?;
		Ok(invitation)
	}

	/// Where nobody is there yet: makes the first user, with every role, and answers its link.
	///
	/// # Errors
	/// The database fails.
	pub async fn invite_first(&self) -> Result<Option<String>> {
		let users = self.list().await?;
		let waits =
			|user: &User| user.name == FIRST && !user.has_password && !user.has_token && user.certificate.is_empty();
		match users.as_slice() {
			[] => self.add(FIRST, Roles::all()).await?,
			// The link of the last start was not used.
			[only] if waits(only) => {}
			_ => return Ok(None),
		}
		self.invite(FIRST).await.map(Some)
	}

	async fn stored(&self, condition: &str, value: &str) -> Result<Option<Stored>> {
		let statement = format!("{STORED} WHERE {condition}");
		Ok(sqlx::query_as(&statement)
			.bind(value)
			.fetch_optional(self.db.pool())
			.await?)
	}

	/// Writes one column; `shut_out` ends the sessions, too.
	async fn change(&self, name: &str, column: &str, value: &str, ends_sessions: bool) -> Result<()> {
		let mut tx = self.db.begin().await?;
		let statement = format!("UPDATE users SET {column} = $1, changed_at = $2 WHERE name = $3");
		let done = sqlx::query(&statement)
			.bind(value)
			.bind(now_ms())
			.bind(name)
			.execute(&mut *tx)
			.await?;
		if done.rows_affected() == 0 {
			return Err(unknown(name));
		}
		if ends_sessions {
			shut_out(&mut tx, name).await?;
		}
		tx.commit().await?;
		Ok(())
	}

	/// Whether an invitation holds: told before a password is hashed for it.
	///
	/// # Errors
	/// The database fails.
	pub async fn is_invited(&self, invitation: &str) -> Result<bool> {
		let row = sqlx::query("SELECT name FROM invitations WHERE digest = $1 AND expires_at >= $2")
			.bind(digest(invitation))
			.bind(now_ms())
			.fetch_optional(self.db.pool())
			.await?;
		Ok(row.is_some())
	}

	/// Sets the password by an invitation, which it uses up; answers whose.
	///
	/// # Errors
	/// There is no such invitation any more, or the database fails.
	pub async fn accept(&self, invitation: &str, hashed: String) -> Result<String> {
		let mut tx = self.db.begin().await?;
		let row = sqlx::query("DELETE FROM invitations WHERE digest = $1 AND expires_at >= $2 RETURNING name")
			.bind(digest(invitation))
			.bind(now_ms())
			.fetch_optional(&mut *tx)
			.await?;
		let Some(row) = row else {
			return Err(Error::NotFound {
				what: "invitation that holds",
				name: String::new(),
			});
		};
		let name: String = row.try_get(0)?;
		set_password(&mut tx, &name, &hashed).await?;
		tx.commit().await?;
		Ok(name)
	}

	/// Sets the password of a person who knows the old one, whose hash is `was`; says whether that is still so.
	///
	/// # Errors
	/// The database fails.
	pub async fn replace_password(&self, name: &str, was: &str, hashed: &str) -> Result<bool> {
		let mut tx = self.db.begin().await?;
		// Holds the row until the commit.
		let same = sqlx::query("UPDATE users SET changed_at = changed_at WHERE name = $1 AND password = $2")
			.bind(name)
			.bind(was)
			.execute(&mut *tx)
			.await?;
		if same.rows_affected() == 0 {
			return Ok(false);
		}
		set_password(&mut tx, name, hashed).await?;
		tx.commit().await?;
		Ok(true)
	}
}

async fn set_password(tx: &mut Tx, name: &str, hashed: &str) -> Result<()> {
	sqlx::query("UPDATE users SET password = $1, changed_at = $2 WHERE name = $3")
		.bind(hashed)
		.bind(now_ms())
		.bind(name)
		.execute(&mut **tx)
		.await?;
	shut_out(tx, name).await
}

/// Ends the sessions and links of a user.
async fn shut_out(tx: &mut Tx, name: &str) -> Result<()> {
	for statement in [
		"DELETE FROM sessions WHERE name = $1",
		"DELETE FROM invitations WHERE name = $1",
	] {
		sqlx::query(statement).bind(name).execute(&mut **tx).await?;
	}
	Ok(())
}

fn unknown(name: &str) -> Error {
	Error::NotFound {
		what: "user",
		name: name.into(),
	}
}

fn check_name(name: &str) -> Result<()> {
	let is_name = !name.is_empty()
		&& name.len() <= MAX_NAME
		&& name.trim() == name
		&& !name.contains(['/', ':'])
		&& sealane_terminal_core::output::shown(name) == name;
	if is_name {
		return Ok(());
	}
	Err(Error::invalid(
		"name",
		name,
		"1 to 64 bytes that can be shown, no / or :, no space at the ends",
	))
}

fn check_roles(roles: Roles) -> Result<()> {
	if roles.is_empty() {
		return Err(Error::invalid("roles", "", format!("at least one of {}", Roles::all())));
	}
	Ok(())
}

/// What a client certificate in PEM is known by: the SHA-256 of its DER form.
pub fn fingerprint(pem: &[u8]) -> Option<[u8; 32]> {
	let certificate = CertificateDer::from_pem_slice(pem).ok()?;
	Some(Sha256::digest(&certificate).into())
}

/// 32 random bytes in hexadecimal digits.
pub(crate) fn secret() -> String {
	let mut bytes = [0; 32];
	OsRng.fill_bytes(&mut bytes);
	hex::encode(bytes)
}

/// What is kept of a secret of 32 random bytes: nobody finds those by trying, so that one round of SHA-256 is enough.
pub(crate) fn digest(secret: &str) -> String {
	hex::encode(Sha256::digest(secret.as_bytes()))
}

#[cfg(test)]
mod tests;
