// SPDX-License-Identifier: Apache-2.0

//! Who makes a request, told by what it carries.

use super::{digest, sessions::csrf_of, Passwords, Role, Roles, Session, Stored, User, Users, STORED};
use axum::http::{
	header::{HeaderMap, AUTHORIZATION, COOKIE, HOST, ORIGIN, UPGRADE},
	HeaderName, HeaderValue, Method,
};
use sealane_http::{extract::bearer, Failure};
use sealane_sdk::types::{Problem, ProblemCode};
use sealane_terminal_core::Result;
use subtle::ConstantTimeEq;

/// The header that a browser's request must carry which changes something.
pub(crate) const CSRF_HEADER: &str = "x-csrf-token";
/// Name of the cookie over TLS: the browser sees to it that no other host set it.
const SECURE_COOKIE: &str = "__Host-sealane";
/// Name of the cookie on this machine, without TLS.
const PLAIN_COOKIE: &str = "sealane";

/// What a request carries that may tell who makes it.
#[derive(Clone, Copy, Debug)]
pub struct Presented<'a> {
	/// Its method.
	pub method: &'a Method,
	/// Its headers.
	pub headers: &'a HeaderMap,
	/// SHA-256 of the client certificate of its connection.
	pub certificate: Option<[u8; 32]>,
	/// Whether it came over TLS: another host can set a cookie without the prefix `__Host-`, and there it counts for nothing.
	pub tls: bool,
	/// Whether it counts as use of a session: following events alone does not, or a page that is left open would keep it for a day.
	pub is_use: bool,
}

/// What somebody was let in with, to ask again later: a stream ends when it would not be opened any more.
#[derive(Clone, Debug)]
pub struct Pass {
	headers: HeaderMap,
	certificate: Option<[u8; 32]>,
	tls: bool,
	role: Option<Role>,
}

/// Why a request may not be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
	/// It tells of nobody who is known and may come in; says what is missing.
	Unknown(&'static str),
	/// Who makes it lacks the role, or a browser was led to make it.
	Forbidden {
		/// Who.
		name: String,
		/// What it may do.
		roles: Roles,
		/// What is missing.
		detail: String,
	},
}

impl From<Refused> for Failure {
	fn from(refused: Refused) -> Self {
		match refused {
			Refused::Unknown(detail) => Problem::new(ProblemCode::Unauthenticated, detail).into(),
			Refused::Forbidden { detail, .. } => Problem::new(ProblemCode::Forbidden, detail).into(),
		}
	}
}

impl Presented<'_> {
	/// What to ask again with, whether it still lets in with `role`.
	pub fn pass(&self, role: Option<Role>) -> Pass {
		let mut headers = HeaderMap::new();
		for name in [AUTHORIZATION, COOKIE] {
			for value in self.headers.get_all(&name) {
				headers.append(&name, value.clone());
			}
		}
		Pass {
			headers,
			certificate: self.certificate,
			tls: self.tls,
			role,
		}
	}

	/// The session's cookie.
	pub fn cookie(&self) -> Option<&str> {
		let lines = || {
			self.headers
				.get_all(COOKIE)
				.iter()
				.filter_map(|value| value.to_str().ok())
		};
		let called = |name| {
			let mut pairs = lines().flat_map(|line| line.split(';'));
			pairs.find_map(|pair| pair.trim().split_once('=').filter(|(found, _)| *found == name))
		};
		let (_, value) = called(if self.tls { SECURE_COOKIE } else { PLAIN_COOKIE })?;
		Some(value)
	}

	fn changes(&self) -> bool {
		!matches!(*self.method, Method::GET | Method::HEAD)
	}

	/// Fails where a browser says that a page of another origin is behind a request that changes something or opens a connection.
	pub(crate) fn must_be_of_this_origin(&self) -> std::result::Result<(), &'static str> {
		let matters = self.changes() || self.headers.contains_key(UPGRADE);
		if matters && self.is_cross_site() {
			return Err("a page of another origin made this request");
		}
		Ok(())
	}

	fn is_cross_site(&self) -> bool {
		let value = |name| self.headers.get(name).map(|value: &HeaderValue| value.as_bytes());
		if let Some(site) = value(HeaderName::from_static("sec-fetch-site")) {
			return !matches!(site, b"same-origin" | b"none");
		}
		// Older browsers send this alone. Programs send none.
		value(ORIGIN).is_some_and(|origin| {
			let host = [&b"https://"[..], b"http://"]
				.into_iter()
				.find_map(|scheme| origin.strip_prefix(scheme));
			host.is_none() || host != value(HOST)
		})
	}

	fn shows(&self, user: &User) -> bool {
		user.certificate.is_empty()
			|| self
				.certificate
				.is_some_and(|shown| hex::encode(shown) == user.certificate)
	}
}

/// The header that sets the cookie of a session, or takes it away.
pub fn set_cookie(session: Option<&Session>, tls: bool) -> String {
	let (name, secure) = if tls {
		(SECURE_COOKIE, "; Secure")
	} else {
		(PLAIN_COOKIE, "")
	};
	let (value, age) = session.map_or(("", 0), |session| (session.cookie.as_str(), super::ABSOLUTE_MS / 1_000));
	format!("{name}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Strict{secure}")
}

impl Users {
	/// Who makes a request, and that it has `role`, where one is needed.
	///
	/// # Errors
	/// The database fails.
	pub async fn check(
		&self,
		presented: Presented<'_>,
		role: Option<Role>,
	) -> Result<std::result::Result<User, Refused>> {
		let user = match self.identify(presented).await? {
			Ok(user) => user,
			Err(refused) => return Ok(Err(refused)),
		};
		if !user.enabled {
			return Ok(Err(Refused::Unknown("the user is disabled")));
		}
		if !presented.shows(&user) {
			return Ok(Err(Refused::Unknown(
				"the user is bound to a client certificate, and this connection has another one or none",
			)));
		}
		if let Some(role) = role.filter(|role| !user.roles.has(*role)) {
			return Ok(Err(Refused::Forbidden {
				detail: format!("the user lacks the role `{}`", role.as_str()),
				roles: user.roles,
				name: user.name,
			}));
		}
		Ok(Ok(user))
	}

	/// Whether somebody who was let in would be now. Asking is no use of a session.
	///
	/// # Errors
	/// The database fails.
	pub async fn still_lets_in(&self, pass: &Pass) -> Result<bool> {
		let presented = Presented {
			method: &Method::GET,
			headers: &pass.headers,
			certificate: pass.certificate,
			tls: pass.tls,
			is_use: false,
		};
		Ok(self.check(presented, pass.role).await?.is_ok())
	}

	async fn identify(&self, presented: Presented<'_>) -> Result<std::result::Result<User, Refused>> {
		let nobody = |detail| Ok(Err(Refused::Unknown(detail)));
		if presented.headers.contains_key(AUTHORIZATION) {
			let Some(token) = bearer(presented.headers).and_then(|token| std::str::from_utf8(token).ok()) else {
				return nobody("the header `Authorization` must be `Bearer <token>`, once");
			};
			// Looked up by its hash: how long that takes tells nothing about the token.
			return Ok(match self.by("u.token = $1", &digest(token)).await? {
				Some(user) => Ok(user),
				None => Err(Refused::Unknown("the terminal does not know this token")),
			});
		}
		let user = match presented.cookie() {
			Some(cookie) => {
				let Some(user) = self.session(cookie, presented.is_use).await? else {
					return nobody("the session is over: log in again");
				};
				let given = presented
					.headers
					.get(CSRF_HEADER)
					.map_or(&b""[..], |value| value.as_bytes());
				if presented.changes() && !bool::from(csrf_of(cookie).as_bytes().ct_eq(given)) {
					let detail = format!("the header `{CSRF_HEADER}` must be what the login gave");
					return Ok(Err(Refused::Forbidden {
						roles: user.roles,
						name: user.name,
						detail,
					}));
				}
				user
			}
			None => {
				let Some(certificate) = presented.certificate else {
					return nobody("log in, or send the header `Authorization: Bearer <token>`");
				};
				let found = self.by("u.certificate = $1", &hex::encode(certificate)).await?;
				// With a password or a token the certificate alone is not enough.
				match found.filter(|user| !user.has_password && !user.has_token) {
					Some(user) => user,
					None => return nobody("the certificate alone lets nobody in: log in, or send a token"),
				}
			}
		};
		if let Err(detail) = presented.must_be_of_this_origin() {
			return Ok(Err(Refused::Forbidden {
				roles: user.roles,
				name: user.name,
				detail: detail.into(),
			}));
		}
		Ok(Ok(user))
	}

	/// Logs a person in; `None` where name, password and certificate do not belong together.
	///
	/// # Errors
	/// The database fails.
	pub async fn log_in(
		&self,
		passwords: &Passwords,
		name: &str,
		password: String,
		presented: Presented<'_>,
	) -> Result<Option<(User, Session)>> {
		let stored = self.stored("u.name = $1", name).await?;
		let hashed = stored.as_ref().map(|stored| stored.password.clone());
		let right = passwords.verify(name, hashed.clone(), password).await?;
		let user = stored.map(User::from);
		let Some(user) = user.filter(|user| right && user.enabled && presented.shows(user)) else {
			return Ok(None);
		};
		let session = self.open_session(&user.name, &hashed.unwrap_or_default()).await?;
		Ok(session.map(|session| (user, session)))
	}

	/// The stored hash, where this is the password of a user.
	///
	/// # Errors
	/// The database fails.
	pub async fn has_password(&self, passwords: &Passwords, name: &str, password: String) -> Result<Option<String>> {
		let stored = self.stored("u.name = $1", name).await?;
		let hashed = stored.map(|stored| stored.password);
		let right = passwords.verify(name, hashed.clone(), password).await?;
		Ok(hashed.filter(|_| right))
	}

	async fn by(&self, condition: &str, value: &str) -> Result<Option<User>> {
		let statement = format!("{STORED} WHERE {condition}");
		let row: Option<Stored> = sqlx::query_as(&statement)
			.bind(value)
			.fetch_optional(self.db.pool())
			.await?;
		Ok(row.map(User::from))
	}
}
