// SPDX-License-Identifier: Apache-2.0

//! The seller's side of registrations: which customer is registered with which issuer.

use super::{changes::Change, SalesDb};
use crate::error::Result;
use sealane_primitives::registration::Stated;
use sealane_terminal_core::db::{self, now_ms, Cell};
use serde::Serialize;
use sqlx::{any::AnyRow, Row};
use std::collections::HashMap;
use utoipa::ToSchema;

/// Where a registration stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegistrationState {
	/// Written down, not yet known to be on the node's disk.
	Pending,
	/// On the node's disk.
	Accepted,
	/// The issuer registered the customer.
	Registered,
	/// The issuer did not.
	Rejected,
	/// The node refused the application.
	Refused,
	/// It held once: the issuer said of an order that its customer is not registered any more.
	Closed,
}

impl RegistrationState {
	/// As in the database and in output.
	pub const fn as_str(self) -> &'static str {
		match self {
			RegistrationState::Pending => "pending",
			RegistrationState::Accepted => "accepted",
			RegistrationState::Registered => "registered",
			RegistrationState::Rejected => "rejected",
			RegistrationState::Refused => "refused",
			RegistrationState::Closed => "closed",
		}
	}
}

/// A registration about to be applied for.
#[derive(Clone, Debug)]
pub struct RegistrationRow {
	/// Its id.
	pub id: String,
	/// The customer's reference.
	pub customer: String,
	/// The issuer's number.
	pub issuer: u32,
	/// The seller's number.
	pub seller: u32,
	/// The bytes for the node.
	pub text: String,
	/// The request that carries it.
	pub submission: i64,
}

/// The newest application of a customer to an issuer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
	/// Its id.
	pub id: String,
	/// The customer's reference.
	pub customer: String,
	/// The issuer's number.
	pub issuer: u32,
	/// See [`RegistrationState`].
	pub state: String,
	/// When it may be applied for again by itself, Unix ms; 0: not by itself.
	pub retry_at: i64,
}

/// A registration as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Registration {
	/// Its id.
	pub id: String,
	/// The customer's reference.
	pub customer: String,
	/// The issuer's number.
	pub issuer: i64,
	/// See [`RegistrationState`].
	pub state: String,
	/// Why not.
	pub reason_code: String,
	/// The same in words.
	pub reason_text: String,
	/// The issuer's account number.
	pub account: String,
	/// When it was applied for, Unix ms.
	pub applied_at: i64,
	/// When it changed last, Unix ms.
	pub updated_at: i64,
	/// When it is applied for again by itself, Unix ms; 0: not at all.
	pub retry_at: i64,
	/// Counts up with each change; the order in which they happened.
	pub change: i64,
}

sealane_terminal_core::from_row!(Registration {
	id,
	customer,
	issuer,
	state,
	reason_code,
	reason_text,
	account,
	applied_at,
	updated_at,
	retry_at,
	change,
});

/// Which registrations to show.
#[derive(Clone, Debug, Default)]
pub struct RegistrationFilter {
	/// Only those in this state.
	pub state: Option<String>,
	/// Only those of this customer.
	pub customer: Option<String>,
	/// Only those behind this place: the change that wrote one, and its id.
	pub behind: Option<(i64, String)>,
	/// At most so many.
	pub limit: u32,
}

sealane_terminal_core::from_row!(Application {
	id,
	customer,
	issuer from i64,
	state,
	retry_at,
});

/// A registration's result.
#[derive(Clone, Debug)]
pub struct SettledRow {
	/// The registration.
	pub id: String,
	/// `Registered` or `Rejected`.
	pub state: RegistrationState,
	/// Why not.
	pub reason_code: String,
	/// The same in words.
	pub reason_text: String,
	/// 64 hexadecimal digits; empty where there is none.
	pub commitment: String,
	/// 64 hexadecimal digits; empty where there is none.
	pub salt: String,
	/// The issuer's account number.
	pub account: String,
}

/// Writes applications.
pub async fn insert_registrations(change: &mut Change, rows: &[RegistrationRow]) -> Result<()> {
	let now = now_ms();
	let mut cells = Vec::with_capacity(rows.len() * 17);
	for row in rows {
		cells.extend([
			Cell::Text(&row.id),
			Cell::Text(&row.customer),
			Cell::Int(i64::from(row.issuer)),
			Cell::Int(i64::from(row.seller)),
			Cell::Text(RegistrationState::Pending.as_str()),
			Cell::Text(""),
			Cell::Text(""),
			Cell::Text(""),
			Cell::Text(""),
			Cell::Text(""),
			Cell::Text(&row.text),
			Cell::Int(row.submission),
			Cell::Int(0),
			Cell::Int(0),
			Cell::Int(now),
			Cell::Int(now),
			Cell::Int(change.number()),
		]);
	}
	let head =
		"INSERT INTO registrations (id, customer, issuer, seller, state, reason_code, reason_text, commitment, salt, \
		account, registration_text, submission, retry_at, tries, applied_at, updated_at, change)";
	// One that the node refused is applied for again under its id, with the data of now.
	let tail = "ON CONFLICT (id) DO UPDATE SET state = excluded.state, reason_code = '', reason_text = '', \
		registration_text = excluded.registration_text, submission = excluded.submission, retry_at = 0, \
		applied_at = excluded.applied_at, updated_at = excluded.updated_at, change = excluded.change WHERE registrations.state = 'refused'";
	db::run(change, head, tail, 17, &cells).await?;
	Ok(())
}

/// Writes results; answers how many registrations were settled that were not before.
pub async fn settle_registrations(change: &mut Change, rows: &[SettledRow]) -> Result<u64> {
	let now = now_ms();
	let mut cells = Vec::with_capacity(rows.len() * 9);
	for row in rows {
		cells.extend([
			Cell::Text(&row.id),
			Cell::Text(row.state.as_str()),
			Cell::Text(&row.reason_code),
			Cell::Text(&row.reason_text),
			Cell::Text(&row.commitment),
			Cell::Text(&row.salt),
			Cell::Text(&row.account),
			Cell::Int(now),
			Cell::Int(change.number()),
		]);
	}
	db::run(
		change,
		"WITH v (id, state, reason_code, reason_text, commitment, salt, account, updated_at, change) AS (",
		") UPDATE registrations SET state = v.state, reason_code = v.reason_code, reason_text = v.reason_text, \
		 commitment = v.commitment, salt = v.salt, account = v.account, updated_at = v.updated_at, change = v.change \
		 FROM v WHERE registrations.id = v.id AND registrations.state IN ('pending', 'accepted', 'refused')",
		9,
		&cells,
	)
	.await
}

/// Closes the registrations of the customers of these orders with the issuers that say that they are not registered: what is not so is
/// stated no more.
pub async fn close_registrations(change: &mut Change, orders: &[&str]) -> Result<u64> {
	let mut closed = 0;
	for order in orders {
		let done = sqlx::query(
			"UPDATE registrations SET state = 'closed', updated_at = $1, change = $2 WHERE state = 'registered' AND EXISTS \
			 (SELECT 1 FROM records r WHERE r.id = $3 AND r.customer = registrations.customer AND r.issuer = registrations.issuer)",
		)
		.bind(now_ms())
		.bind(change.number())
		.bind(*order)
		.execute(&mut ***change)
		.await?;
		closed += done.rows_affected();
	}
	Ok(closed)
}

const STATED: &str =
	"SELECT customer, issuer, commitment, salt, applied_at, id FROM registrations WHERE state = 'registered'";

/// Rows of [`STATED`], oldest first.
fn stated(rows: &[AnyRow]) -> Result<HashMap<(String, u32), Stated>> {
	let mut registered = HashMap::with_capacity(rows.len());
	for row in rows {
		let key = (row.try_get(0)?, row.try_get::<i64, _>(1)? as u32);
		let (mut commitment, mut salt) = ([0; 32], [0; 32]);
		let readable = hex::decode_to_slice(row.try_get::<String, _>(2)?, &mut commitment).is_ok()
			&& hex::decode_to_slice(row.try_get::<String, _>(3)?, &mut salt).is_ok();
		if readable {
			registered.insert(key, Stated { commitment, salt });
		}
	}
	Ok(registered)
}

impl SalesDb {
	/// What orders state of every registration that the issuer accepted, by customer and issuer: of the newest, where there are several.
	/// One whose commitment and salt are none is left out: no receipt on chain can stand for it.
	pub async fn registered(&self) -> Result<HashMap<(String, u32), Stated>> {
		let statement = format!("{STATED} ORDER BY applied_at, id");
		let rows = sqlx::query(&statement).fetch_all(self.pool()).await?;
		stated(&rows)
	}

	/// The same of these customers.
	pub async fn registered_of(&self, customers: &[&str]) -> Result<HashMap<(String, u32), Stated>> {
		let cells: Vec<_> = customers.iter().map(|customer| Cell::Text(customer)).collect();
		let head = format!("SELECT * FROM ({STATED}) s WHERE customer IN (");
		let mut rows = db::select(self, &head, 1, &cells).await?;
		rows.sort_by_cached_key(|row| (row.try_get::<i64, _>(4).ok(), row.try_get::<String, _>(5).ok()));
		stated(&rows)
	}

	/// The newest application of each customer to each issuer.
	pub async fn applications(&self) -> Result<HashMap<(String, u32), Application>> {
		let rows: Vec<Application> =
			sqlx::query_as("SELECT id, customer, issuer, state, retry_at FROM registrations ORDER BY applied_at, id")
				.fetch_all(self.pool())
				.await?;
		Ok(rows
			.into_iter()
			.map(|row| ((row.customer.clone(), row.issuer), row))
			.collect())
	}

	/// The newest application of one customer to one issuer.
	pub async fn application(&self, customer: &str, issuer: u32) -> Result<Option<Application>> {
		let found = sqlx::query_as(
			"SELECT id, customer, issuer, state, retry_at FROM registrations WHERE customer = $1 AND issuer = $2 \
			 ORDER BY applied_at DESC, id DESC LIMIT 1",
		)
		.bind(customer)
		.bind(i64::from(issuer))
		.fetch_optional(self.pool())
		.await?;
		Ok(found)
	}

	/// Registrations, those that changed last first.
	pub async fn registrations(&self, filter: &RegistrationFilter) -> Result<Vec<Registration>> {
		let (at, id) = filter.behind.as_ref().map_or((i64::MAX, ""), |(at, id)| (*at, id));
		let rows = sqlx::query_as(
			"SELECT id, customer, issuer, state, reason_code, reason_text, account, applied_at, updated_at, retry_at, change \
			 FROM registrations WHERE (change, id) < ($1, $2) AND ($3 = '' OR state = $3) AND ($4 = '' OR customer = $4) \
			 ORDER BY change DESC, id DESC LIMIT $5",
		)
		.bind(at)
		.bind(id)
		.bind(filter.state.as_deref().unwrap_or_default())
		.bind(filter.customer.as_deref().unwrap_or_default())
		.bind(i64::from(filter.limit))
		.fetch_all(self.pool())
		.await?;
		Ok(rows)
	}

	/// How many registrations stand in each state.
	pub async fn registration_states(&self) -> Result<Vec<(String, u64)>> {
		let rows = sqlx::query("SELECT state, COUNT(*) FROM registrations GROUP BY state ORDER BY state")
			.fetch_all(self.pool())
			.await?;
		rows.iter()
			.map(|row| Ok((row.try_get(0)?, row.try_get::<i64, _>(1)? as u64)))
			.collect()
	}

	/// The customers of these registrations.
	pub async fn customers_of(&self, ids: &[&str]) -> Result<Vec<String>> {
		let cells: Vec<_> = ids.iter().map(|id| Cell::Text(id)).collect();
		let rows = db::select(self, "SELECT customer FROM registrations WHERE id IN (", 1, &cells).await?;
		Ok(rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::db::tests::{confirmed_purchase, temporary};

	#[tokio::test]
	async fn what_the_issuer_says_is_over_is_stated_no_more() {
		let (db, _dir) = temporary().await;
		let row = RegistrationRow {
			id: "R-1".into(),
			customer: "C-1".into(),
			issuer: 2,
			seller: 0,
			text: "{}".into(),
			submission: 1,
		};
		let settled = SettledRow {
			id: "R-1".into(),
			state: RegistrationState::Registered,
			reason_code: String::new(),
			reason_text: String::new(),
			commitment: "ab".repeat(32),
			salt: "cd".repeat(32),
			account: String::new(),
		};
		confirmed_purchase(&db, "A-1", "C-1", "2026-03-03", "1", "1").await;
		let mut change = db.begin().await.unwrap();
		insert_registrations(&mut change, &[row]).await.unwrap();
		settle_registrations(&mut change, &[settled]).await.unwrap();
		change.commit().await.unwrap();
		let registered = db.registered_of(&["C-1", "C-2"]).await.unwrap();
		assert_eq!(registered.len(), 1);
		assert_eq!(registered[&("C-1".to_string(), 2)].commitment, [0xab; 32]);
		let mut change = db.begin().await.unwrap();
		assert_eq!(close_registrations(&mut change, &["A-1", "A-9"]).await.unwrap(), 1);
		change.commit().await.unwrap();
		assert!(db.registered_of(&["C-1"]).await.unwrap().is_empty());
		assert_eq!(db.application("C-1", 2).await.unwrap().unwrap().state, "closed");
	}

	#[tokio::test]
	async fn each_registration_is_shown_once_whatever_the_page() {
		let (db, _dir) = temporary().await;
		for number in 0..5 {
			let row = RegistrationRow {
				id: format!("R-{number}"),
				customer: format!("C-{}", number % 2),
				issuer: 2,
				seller: 0,
				text: "{}".into(),
				submission: 1,
			};
			let mut change = db.begin().await.unwrap();
			insert_registrations(&mut change, &[row]).await.unwrap();
			change.commit().await.unwrap();
		}
		for limit in [1, 2, 5, 9] {
			let mut filter = RegistrationFilter {
				limit,
				..RegistrationFilter::default()
			};
			let mut ids = Vec::new();
			loop {
				let page = db.registrations(&filter).await.unwrap();
				let Some(last) = page.last() else { break };
				filter.behind = Some((last.change, last.id.clone()));
				ids.extend(page.into_iter().map(|row| row.id));
			}
			assert_eq!(ids, ["R-4", "R-3", "R-2", "R-1", "R-0"], "{limit}");
		}
		let count = |state: Option<&str>, customer: Option<&str>| {
			let filter = RegistrationFilter {
				state: state.map(Into::into),
				customer: customer.map(Into::into),
				limit: 9,
				..RegistrationFilter::default()
			};
			let db = db.clone();
			async move { db.registrations(&filter).await.unwrap().len() }
		};
		assert_eq!(count(Some("pending"), None).await, 5);
		assert_eq!(count(Some("registered"), None).await, 0);
		assert_eq!(count(Some("pending"), Some("C-1")).await, 2);
	}
}
