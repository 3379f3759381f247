// SPDX-License-Identifier: Apache-2.0

//! What the node handed over and the terminal cannot read. Nothing that a partner says ends a terminal or is lost: it is kept
//! with its bytes, the terminal goes on behind it, and somebody decides.

use crate::{
	db::{next_number, now_ms, Db, Tx},
	error::{Error, Result},
};
use serde::Serialize;
use sqlx::Row;

/// Longest body kept, in bytes: what a node takes of one entry.
const MAX_BODY: usize = 64 * 1024;

/// Something that cannot be read.
#[derive(Clone, Debug)]
pub struct Unreadable {
	/// What it is: `confirmation`, `result`, `order`, `registration`.
	pub origin: &'static str,
	/// Where it stands in the node's log: its cursor.
	pub place: String,
	/// The channel; −1 where the node did not say.
	pub channel: i64,
	/// The order or registration that it names, as far as that can be told.
	pub id: String,
	/// The field and the rule that it breaks.
	pub reason: String,
	/// Its bytes.
	pub body: String,
}

/// An entry of the quarantine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Quarantined {
	/// Its number.
	pub number: i64,
	/// What it is.
	pub origin: String,
	/// Where it stands in the node's log.
	pub place: String,
	/// The channel; −1 where the node did not say.
	pub channel: i64,
	/// The order or registration that it names, where that can be told.
	pub id: String,
	/// The field and the rule that it breaks.
	pub reason: String,
	/// Its bytes; `hex:` before those that no database takes as text.
	pub body: String,
	/// `open`, or what was decided.
	pub state: String,
	/// Who decided and why.
	pub note: String,
	/// Unix ms.
	pub put_at: i64,
	/// Unix ms; 0 before.
	pub decided_at: i64,
}

crate::from_row!(Quarantined {
	number,
	origin,
	place,
	channel,
	id,
	reason,
	body,
	state,
	note,
	put_at,
	decided_at,
});

/// The id of an entry as far as it can be told and shown.
pub fn id_of(body: &str, name: &str) -> String {
	let value: Option<serde_json::Value> = serde_json::from_str(body).ok();
	value
		.as_ref()
		.and_then(|value| value.get(name)?.as_str())
		.filter(|id| sealane_primitives::fields::reference(id, sealane_primitives::fields::MAX_ID_LEN).is_ok())
		.unwrap_or_default()
		.to_string()
}

/// Bytes as both databases take them.
fn storable(body: &str) -> String {
	let mut end = body.len().min(MAX_BODY);
	while !body.is_char_boundary(end) {
		end -= 1;
	}
	let body = &body[..end];
	if body.contains('\0') {
		let hex: String = body.bytes().map(|byte| format!("{byte:02x}")).collect();
		return format!("hex:{hex}");
	}
	body.into()
}

/// Keeps what cannot be read, once for each place in the log, and raises the alarm.
///
/// # Errors
/// The database fails.
pub async fn put(tx: &mut Tx, list: &[Unreadable]) -> Result<()> {
	for item in list {
		let number = next_number(tx, "quarantine").await?;
		sqlx::query(
			"INSERT INTO quarantine (number, origin, place, channel, id, reason, body, state, note, put_at, decided_at, change) \
			 VALUES ($1, $2, $3, $4, $5, $6, $7, 'open', '', $8, 0, $9) ON CONFLICT (origin, place) DO NOTHING",
		)
		.bind(number)
		.bind(item.origin)
		.bind(item.place.as_str())
		.bind(item.channel)
		.bind(item.id.as_str())
		.bind(storable(&item.reason))
		.bind(storable(&item.body))
		.bind(now_ms())
		.bind(next_number(tx, "changes").await?)
		.execute(&mut **tx)
		.await?;
		tracing::error!(
			quarantine = number,
			channel = item.channel,
			"ALARM: {} {:?} cannot be read and is in quarantine ({}); the terminal goes on; see: sealane quarantine show {number}",
			item.origin,
			item.id,
			item.reason
		);
	}
	Ok(())
}

const COLUMNS: &str = "number, origin, place, channel, id, reason, body, state, note, put_at, decided_at";

impl Db {
	/// The entries, newest first; only the open ones unless `all`.
	///
	/// # Errors
	/// The database fails.
	pub async fn quarantined(&self, all: bool, limit: u32) -> Result<Vec<Quarantined>> {
		let which = if all { "1 = 1" } else { "state = 'open'" };
		let statement = format!("SELECT {COLUMNS} FROM quarantine WHERE {which} ORDER BY number DESC LIMIT $1");
		let rows = sqlx::query_as(&statement).bind(i64::from(limit));
		Ok(rows.fetch_all(self.pool()).await?)
	}

	/// How many entries are open.
	///
	/// # Errors
	/// The database fails.
	pub async fn quarantine_open(&self) -> Result<i64> {
		let count = sqlx::query("SELECT COUNT(*) FROM quarantine WHERE state = 'open'");
		Ok(count.fetch_one(self.pool()).await?.try_get(0)?)
	}

	/// One entry.
	///
	/// # Errors
	/// There is none with this number, or the database fails.
	pub async fn quarantine(&self, number: i64) -> Result<Quarantined> {
		let statement = format!("SELECT {COLUMNS} FROM quarantine WHERE number = $1");
		sqlx::query_as(&statement)
			.bind(number)
			.fetch_optional(self.pool())
			.await?
			.ok_or_else(|| Error::NotFound {
				what: "quarantine entry",
				name: number.to_string(),
			})
	}
}

/// Notes what was decided about an open entry.
///
/// # Errors
/// It was decided about before, or the database fails.
pub async fn decide(tx: &mut Tx, number: i64, state: &str, note: &str) -> Result<()> {
	let done = sqlx::query(
		"UPDATE quarantine SET state = $1, note = $2, decided_at = $3, change = $4 WHERE number = $5 AND state = 'open'",
	)
	.bind(state)
	.bind(note)
	.bind(now_ms())
	.bind(next_number(tx, "changes").await?)
	.bind(number)
	.execute(&mut **tx)
	.await?;
	if done.rows_affected() == 1 {
		return Ok(());
	}
	Err(Error::invalid(
		"number",
		number.to_string(),
		"an entry that is still open",
	))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[tokio::test]
	async fn kept_once_with_its_bytes_and_decided_once() {
		let dir = tempfile::tempdir().unwrap();
		let db = Db::open(&format!("sqlite:{}", dir.path().join("t.db").display()))
			.await
			.unwrap();
		let item = Unreadable {
			origin: "confirmation",
			place: "7-0".into(),
			channel: 3,
			id: id_of(r#"{"order":"A-1","deal":7}"#, "order"),
			reason: "deal: a text".into(),
			body: "{\"x\":\"\0\"}".into(),
		};
		for _ in 0..2 {
			let mut tx = db.begin().await.unwrap();
			put(&mut tx, std::slice::from_ref(&item)).await.unwrap();
			tx.commit().await.unwrap();
		}
		let list = db.quarantined(false, 10).await.unwrap();
		assert_eq!((list.len(), list[0].id.as_str()), (1, "A-1"));
		assert_eq!(list[0].body, "hex:7b2278223a2200227d");
		assert_eq!(db.quarantine_open().await.unwrap(), 1);
		let number = list[0].number;
		let mut tx = db.begin().await.unwrap();
		decide(&mut tx, number, "dismissed", "by hand").await.unwrap();
		assert!(decide(&mut tx, number, "dismissed", "again").await.is_err());
		tx.commit().await.unwrap();
		assert!(db.quarantined(false, 10).await.unwrap().is_empty());
		assert_eq!(db.quarantine_open().await.unwrap(), 0);
		assert_eq!(db.quarantine(number).await.unwrap().state, "dismissed");
	}

	#[test]
	fn ids_are_told_where_they_can_be_shown() {
		assert_eq!(id_of(r#"{"order":"A\u0000"}"#, "order"), "");
		assert_eq!(id_of(r#"{"order":7}"#, "order"), "");
		assert_eq!(id_of("nonsense", "order"), "");
	}
}
