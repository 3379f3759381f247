// SPDX-License-Identifier: Apache-2.0

//! What every handler has.

use crate::{
	audit::Audit,
	console::Console,
	events::EventPage,
	metrics::{Counters, Figure},
	users::{Attempts, Pass, Passwords, Role, Roles, User, Users},
	webhooks::Webhooks,
	Failure,
};
use bytes::Bytes;
use futures::future::BoxFuture;
use sealane_http::{
	limits::{BodyBudget, Limits},
	TlsAcceptor, Traffic, Watched,
};
use sealane_sdk::types::ProblemCode;
use sealane_terminal_core::{db::Db, Result};
use std::sync::Arc;

/// What a terminal is asked for takes a while.
pub type Answer<'a, T> = BoxFuture<'a, Result<T>>;

/// What is asked of a terminal by what both have in common.
pub trait Terminal: Send + Sync + 'static {
	/// Its name in metrics: `sales`, `issuer`.
	fn name(&self) -> &'static str;

	/// The name of the institution whose terminal it is, where it is known yet: as on the chain.
	fn institution(&self) -> Option<String> {
		None
	}

	/// The kinds of its events.
	fn kinds(&self) -> &'static [&'static str];

	/// What happened after a cursor, oldest first; from the beginning without one.
	///
	/// # Errors
	/// The cursor is none, or the database fails.
	fn events<'a>(&'a self, after: Option<&'a str>, limit: u32) -> Answer<'a, EventPage>;

	/// The cursor behind everything that happened.
	///
	/// # Errors
	/// The database fails.
	fn tail(&self) -> Answer<'_, String>;

	/// Its figures, for Prometheus.
	///
	/// # Errors
	/// The database fails.
	fn figures(&self) -> Answer<'_, Vec<Figure>>;

	/// What people must look at.
	///
	/// # Errors
	/// The database fails.
	fn alarms(&self) -> Answer<'_, Vec<String>>;
}

/// What every handler has. Cloning gives the same.
#[derive(Clone)]
pub struct Core(Arc<Inner>);

/// See [`Core`].
pub struct Inner {
	/// The database, by connections of the API's own: what is read here waits for no window of orders.
	pub db: Db,
	/// Who may use the API.
	pub users: Users,
	/// Compares passwords.
	pub passwords: Passwords,
	/// Who tries how many of them.
	pub(crate) attempts: Attempts,
	/// Who did or saw what.
	pub audit: Audit,
	/// Where changes are posted to.
	pub webhooks: Webhooks,
	/// What is under way, and that the terminal stops.
	pub traffic: Traffic,
	/// Bounds on requests.
	pub limits: Limits,
	/// Memory for bodies.
	pub bodies: BodyBudget,
	/// The terminal.
	pub terminal: Arc<dyn Terminal>,
	/// What was counted since the start.
	pub counters: Counters,
	/// TLS, where there is one.
	pub tls: Option<Arc<Watched<TlsAcceptor>>>,
	/// The OpenAPI document, written once.
	pub openapi: Bytes,
	/// The zone in which the institution's people read times, as browsers know it.
	pub zone: String,
	/// The pages that people work with.
	pub(crate) console: Console,
}

impl std::ops::Deref for Core {
	type Target = Inner;

	fn deref(&self) -> &Inner {
		&self.0
	}
}

impl Core {
	pub(crate) fn new(inner: Inner) -> Self {
		Core(Arc::new(inner))
	}

	/// What people must look at.
	///
	/// # Errors
	/// The database fails.
	pub async fn alarms(&self) -> Result<Vec<String>> {
		let mut alarms = self.terminal.alarms().await?;
		alarms.extend(self.tls.as_ref().and_then(|tls| tls.fault()));
		alarms.extend(self.webhooks.faults().await?);
		Ok(alarms)
	}
}

/// Who makes a request; in its extensions.
#[derive(Clone, Debug)]
pub struct Caller {
	/// The user's name.
	pub name: Arc<str>,
	/// What it may do.
	pub roles: Roles,
	/// What it was let in with; a request that stays for long asks again.
	pub(crate) pass: Option<Arc<Pass>>,
}

impl Caller {
	/// Whether it would still be let in.
	///
	/// # Errors
	/// The database fails.
	pub async fn may_stay(&self, core: &Core) -> Result<bool> {
		match &self.pass {
			Some(pass) => core.users.still_lets_in(pass).await,
			None => Ok(true),
		}
	}

	/// Fails where the role is missing that only a part of a resource needs.
	///
	/// # Errors
	/// It is.
	pub fn must(&self, role: Role) -> std::result::Result<(), Failure> {
		if self.roles.has(role) {
			return Ok(());
		}
		let detail = format!("the user lacks the role `{}`", role.as_str());
		Err(Failure::new(ProblemCode::Forbidden, detail))
	}
}

impl From<&User> for Caller {
	fn from(user: &User) -> Self {
		Caller {
			name: user.name.as_str().into(),
			roles: user.roles,
			pass: None,
		}
	}
}
