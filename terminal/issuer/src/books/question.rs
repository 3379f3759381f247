// SPDX-License-Identifier: Apache-2.0

//! Questions of lists: conditions that may be there or not.

use super::{BookPlace, BooksDb};
use crate::error::Result;
use sqlx::{any::AnyRow, FromRow};

/// A question with conditions; only what is asked for stands in it, so that an index serves it.
pub(crate) struct Question {
	statement: String,
	texts: Vec<String>,
}

impl Question {
	/// Without conditions yet.
	pub fn new(select: &str) -> Self {
		Question {
			statement: format!("{select} WHERE 1 = 1"),
			texts: Vec::new(),
		}
	}

	/// `condition`: each `?` stands for a text.
	pub fn with(mut self, condition: &str, texts: &[&str]) -> Self {
		let mut condition = condition.to_string();
		for text in texts {
			self.texts.push((*text).into());
			condition = condition.replacen('?', &format!("${}", self.texts.len()), 1);
		}
		self.statement += &format!(" AND {condition}");
		self
	}

	/// The column has this value, where one is given.
	pub fn is(self, column: &str, value: &Option<String>) -> Self {
		match value {
			Some(value) => self.with(&format!("{column} = ?"), &[value]),
			None => self,
		}
	}

	/// Of this seller, where one is given.
	pub fn of(self, seller: Option<u32>) -> Self {
		match seller {
			Some(seller) => self.with(&format!("seller = {seller}"), &[]),
			None => self,
		}
	}

	/// Behind a place of a list whose newest entries come first.
	pub fn behind(self, place: &Option<BookPlace>) -> Self {
		match place {
			Some((at, seller, id)) => self.with(
				&format!("(decided_at < {at} OR (decided_at = {at} AND (seller > {seller} OR (seller = {seller} AND id > ?))))"),
				&[id],
			),
			None => self,
		}
	}

	/// The first `limit` rows in this order.
	pub async fn ask<T>(self, db: &BooksDb, order: &str, limit: u32) -> Result<Vec<T>>
	where
		T: for<'r> FromRow<'r, AnyRow> + Send + Unpin,
	{
		let statement = format!("{} ORDER BY {order} LIMIT {limit}", self.statement);
		let mut query = sqlx::query_as(&statement);
		for text in &self.texts {
			query = query.bind(text.as_str());
		}
		Ok(query.fetch_all(db.pool()).await?)
	}
}
