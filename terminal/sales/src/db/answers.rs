// SPDX-License-Identifier: Apache-2.0

//! Confirmations with their orders, as they came: what is written back as files.

use super::SalesDb;
use crate::error::Result;

/// A confirmation and its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerRow {
	/// The order's id.
	pub id: String,
	/// The order's bytes.
	pub order_text: String,
	/// The confirmation's bytes; empty where the issuer's node decided by itself.
	pub confirmation_text: String,
	/// What was decided.
	pub outcome: String,
	/// Why.
	pub reason_code: String,
	/// The same in words.
	pub reason_text: String,
}

sealane_terminal_core::from_row!(AnswerRow {
	id,
	order_text,
	confirmation_text,
	outcome,
	reason_code,
	reason_text,
});

impl SalesDb {
	/// Confirmations that came from one moment to another (Unix ms, the second not included), in the order of ids, from behind `after`.
	///
	/// # Errors
	/// The database fails.
	pub async fn answers(&self, after: &str, from_ms: i64, to_ms: i64, limit: u32) -> Result<Vec<AnswerRow>> {
		// Page by page over the key: one pass over the records, whatever their number.
		let rows = sqlx::query_as(
			"SELECT id, order_text, confirmation_text, outcome, reason_code, reason_text FROM records \
			 WHERE id > $1 AND confirmed_at >= $2 AND confirmed_at < $3 ORDER BY id LIMIT $4",
		)
		.bind(after)
		.bind(from_ms)
		.bind(to_ms)
		.bind(i64::from(limit))
		.fetch_all(self.pool())
		.await?;
		Ok(rows)
	}
}
