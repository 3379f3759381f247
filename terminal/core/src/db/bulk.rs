// SPDX-License-Identifier: Apache-2.0

//! Many rows in one statement.

use super::{Db, Tx};
use crate::error::Result;
use sqlx::{any::AnyRow, AnyConnection};
use std::fmt::Write;

/// A value of a row.
#[derive(Clone, Debug)]
pub enum Cell<'a> {
	/// Text.
	Text(&'a str),
	/// Text that was made for this row.
	Owned(String),
	/// A number.
	Int(i64),
}

/// Rows of one statement. SQLite takes 32,766 parameters, PostgreSQL 65,535; more rows gain nothing.
const ROWS: usize = 256;

/// How a parameter is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
	/// `$1`, `$2`, …: PostgreSQL. SQLite takes it as a name, and looks each name up among all others: with thousands of
	/// parameters that costs more than the insertion.
	Numbered,
	/// `?`: SQLite.
	Plain,
}

impl Style {
	fn of(connection: &AnyConnection) -> Self {
		if connection.backend_name() == "SQLite" {
			Style::Plain
		} else {
			Style::Numbered
		}
	}
}

/// Runs `head VALUES (…), … tail` over all rows of `columns` cells each; answers how many rows it touched.
///
/// # Errors
/// The database fails.
pub async fn run(tx: &mut Tx, head: &str, tail: &str, columns: usize, cells: &[Cell<'_>]) -> Result<u64> {
	debug_assert_eq!(cells.len() % columns, 0);
	let style = Style::of(tx);
	let mut touched = 0;
	let mut full = String::new();
	for chunk in cells.chunks(ROWS * columns) {
		let rows = chunk.len() / columns;
		let whole = rows == ROWS;
		let partial;
		let statement = if whole {
			if full.is_empty() {
				full = text(style, head, tail, columns, rows);
			}
			&full
		} else {
			partial = text(style, head, tail, columns, rows);
			&partial
		};
		// The full size is prepared once and kept; odd sizes would only crowd the cache.
		let mut query = sqlx::query(statement).persistent(whole);
		for cell in chunk {
			query = match cell {
				Cell::Text(text) => query.bind(*text),
				Cell::Owned(text) => query.bind(text.as_str()),
				Cell::Int(number) => query.bind(*number),
			};
		}
		touched += query.execute(&mut **tx).await?.rows_affected();
	}
	Ok(touched)
}

/// Runs `head VALUES (…), …)` over all keys of `columns` cells each: `head` ends in `IN (`. Answers all rows.
///
/// # Errors
/// The database fails.
pub async fn select(db: &Db, head: &str, columns: usize, cells: &[Cell<'_>]) -> Result<Vec<AnyRow>> {
	if cells.is_empty() {
		return Ok(Vec::new());
	}
	let mut connection = db.pool().acquire().await?;
	select_on(&mut connection, head, columns, cells).await
}

/// The same inside a transaction.
///
/// # Errors
/// The database fails.
pub async fn select_in(tx: &mut Tx, head: &str, columns: usize, cells: &[Cell<'_>]) -> Result<Vec<AnyRow>> {
	select_on(tx, head, columns, cells).await
}

async fn select_on(
	connection: &mut AnyConnection,
	head: &str,
	columns: usize,
	cells: &[Cell<'_>],
) -> Result<Vec<AnyRow>> {
	let mut rows = Vec::new();
	let style = Style::of(connection);
	for chunk in cells.chunks(ROWS * columns) {
		let count = chunk.len() / columns;
		let statement = text(style, head, ")", columns, count);
		let mut query = sqlx::query(&statement).persistent(count == ROWS);
		for cell in chunk {
			query = match cell {
				Cell::Text(text) => query.bind(*text),
				Cell::Owned(text) => query.bind(text.as_str()),
				Cell::Int(number) => query.bind(*number),
			};
		}
		rows.extend(query.fetch_all(&mut *connection).await?);
	}
	Ok(rows)
}

fn text(style: Style, head: &str, tail: &str, columns: usize, rows: usize) -> String {
	let mut out = String::with_capacity(head.len() + tail.len() + rows * columns * 7 + 16);
	out.push_str(head);
	out.push_str(" VALUES ");
	let mut parameter = 0;
	for row in 0..rows {
		out.push_str(if row == 0 { "(" } else { ",(" });
		for column in 0..columns {
			parameter += 1;
			// Writing to a String cannot fail.
			let comma = if column == 0 { "" } else { "," };
			let _ = match style {
				Style::Plain => write!(out, "{comma}?"),
				Style::Numbered => write!(out, "{comma}${parameter}"),
			};
		}
		out.push(')');
	}
	out.push(' ');
	out.push_str(tail);
	out
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn statement_text() {
		assert_eq!(
			text(Style::Numbered, "INSERT INTO t (a, b)", "ON CONFLICT DO NOTHING", 2, 2),
			"INSERT INTO t (a, b) VALUES ($1,$2),($3,$4) ON CONFLICT DO NOTHING"
		);
	}
}
