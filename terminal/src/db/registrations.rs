// SPDX-License-Identifier: Apache-2.0

//! The seller's side of registrations: which customer is registered with which issuer.

use super::{bulk, now_ms, Cell, Db, Tx};
use crate::error::Result;
use sqlx::Row;
use std::collections::HashSet;

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
pub async fn insert_registrations(tx: &mut Tx, rows: &[RegistrationRow]) -> Result<()> {
	let now = now_ms();
	let mut cells = Vec::with_capacity(rows.len() * 13);
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
			Cell::Int(now),
		]);
	}
	let head =
		"INSERT INTO registrations (id, customer, issuer, seller, state, reason_code, reason_text, commitment, salt, \
		account, registration_text, submission, updated_at)";
	bulk::run(tx, head, "ON CONFLICT (id) DO NOTHING", 13, &cells).await?;
	Ok(())
}

/// Writes results; answers how many registrations were settled that were not before.
pub async fn settle_registrations(tx: &mut Tx, rows: &[SettledRow]) -> Result<u64> {
	let now = now_ms();
	let mut cells = Vec::with_capacity(rows.len() * 8);
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
		]);
	}
	bulk::run(
		tx,
		"WITH v (id, state, reason_code, reason_text, commitment, salt, account, updated_at) AS (",
		") UPDATE registrations SET state = v.state, reason_code = v.reason_code, reason_text = v.reason_text, \
		 commitment = v.commitment, salt = v.salt, account = v.account, updated_at = v.updated_at \
		 FROM v WHERE registrations.id = v.id AND registrations.state IN ('pending', 'accepted')",
		8,
		&cells,
	)
	.await
}

impl Db {
	/// Customer and issuer of every registration that holds.
	pub async fn registered(&self) -> Result<HashSet<(String, u32)>> {
		let rows = sqlx::query("SELECT customer, issuer FROM registrations WHERE state = 'registered'")
			.fetch_all(self.pool())
			.await?;
		rows.iter()
			.map(|row| Ok((row.try_get(0)?, row.try_get::<i64, _>(1)? as u32)))
			.collect()
	}

	/// Customer and issuer of every registration that holds, waits, or was decided against.
	pub async fn applied(&self) -> Result<HashSet<(String, u32)>> {
		let rows = sqlx::query("SELECT customer, issuer FROM registrations WHERE state <> 'refused'")
			.fetch_all(self.pool())
			.await?;
		rows.iter()
			.map(|row| Ok((row.try_get(0)?, row.try_get::<i64, _>(1)? as u32)))
			.collect()
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
}
