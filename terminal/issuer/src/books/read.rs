// SPDX-License-Identifier: Apache-2.0

//! Questions to the books.

use super::*;
use futures::TryStreamExt;
use sealane_terminal_core::db::{self, Cell};
use std::collections::{HashMap, HashSet};

impl BooksDb {
	/// The orders with these keys that are in the books.
	pub async fn book_orders(&self, keys: &HashSet<OrderKey>) -> Result<HashMap<OrderKey, BookOrder>> {
		let cells: Vec<_> = keys
			.iter()
			.flat_map(|(seller, id)| [Cell::Int(i64::from(*seller)), Cell::Text(id)])
			.collect();
		let head = format!("SELECT {ORDER_COLUMNS} FROM book_orders WHERE (seller, id) IN (");
		let rows = db::select(self, &head, 2, &cells).await?;
		rows.iter()
			.map(|row| {
				book_order(row)
					.map(|o| ((o.seller, o.id.clone()), o))
					.map_err(Error::from)
			})
			.collect()
	}

	/// The results of registrations with these keys that are in the books.
	pub async fn book_results(&self, keys: &HashSet<OrderKey>) -> Result<HashMap<OrderKey, BookRegistration>> {
		let cells: Vec<_> = keys
			.iter()
			.flat_map(|(seller, id)| [Cell::Int(i64::from(*seller)), Cell::Text(id)])
			.collect();
		let head =
			"SELECT seller, id, channel, customer, registration_text, outcome, reason_code, result_text, received_at \
			FROM book_registrations WHERE (seller, id) IN (";
		let rows = db::select(self, head, 2, &cells).await?;
		let registration = |row: &AnyRow| -> Result<(OrderKey, BookRegistration)> {
			let found = BookRegistration {
				seller: row.try_get::<i64, _>(0)? as u32,
				id: row.try_get(1)?,
				channel: row.try_get::<i64, _>(2)? as u32,
				customer: row.try_get(3)?,
				registration_text: row.try_get(4)?,
				outcome: row.try_get(5)?,
				reason_code: row.try_get(6)?,
				result_text: row.try_get(7)?,
				registered: None,
				received_at: row.try_get(8)?,
			};
			Ok(((found.seller, found.id.clone()), found))
		};
		rows.iter().map(registration).collect()
	}

	/// Which of these customers are registered, with their account.
	pub async fn book_customers(&self, keys: &HashSet<OrderKey>) -> Result<HashMap<OrderKey, String>> {
		let cells: Vec<_> = keys
			.iter()
			.flat_map(|(seller, id)| [Cell::Int(i64::from(*seller)), Cell::Text(id)])
			.collect();
		let head = "SELECT seller, customer, account FROM book_customers WHERE (seller, customer) IN (";
		let rows = db::select(self, head, 2, &cells).await?;
		rows.iter()
			.map(|row| Ok(((row.try_get::<i64, _>(0)? as u32, row.try_get(1)?), row.try_get(2)?)))
			.collect()
	}

	/// What the chain knows these customers' registrations by.
	pub async fn receipts(&self, keys: &HashSet<OrderKey>) -> Result<Vec<Receipt>> {
		let cells: Vec<_> = keys
			.iter()
			.flat_map(|(seller, customer)| [Cell::Int(i64::from(*seller)), Cell::Text(customer)])
			.collect();
		let head =
			"SELECT seller, customer, commitment, registered_at FROM book_customers WHERE (seller, customer) IN (";
		let rows = db::select(self, head, 2, &cells).await?;
		let receipt = |row: &AnyRow| -> Result<Receipt> {
			let text: String = row.try_get(2)?;
			let mut commitment = [0; 32];
			hex::decode_to_slice(&text, &mut commitment)
				.map_err(|_| Error::invalid("database", text.as_str(), "a commitment: 64 hexadecimal digits"))?;
			Ok(Receipt {
				customer: (row.try_get::<i64, _>(0)? as u32, row.try_get(1)?),
				commitment,
				registered_at: row.try_get(3)?,
			})
		};
		rows.iter().map(receipt).collect()
	}

	/// The holdings with these keys.
	pub async fn holdings(&self, keys: &HashSet<HoldingKey>) -> Result<HashMap<HoldingKey, Decimal>> {
		let cells: Vec<_> = keys
			.iter()
			.flat_map(|(seller, customer, product)| {
				[Cell::Int(i64::from(*seller)), Cell::Text(customer), Cell::Text(product)]
			})
			.collect();
		let head = "SELECT seller, customer, product, units FROM book_holdings WHERE (seller, customer, product) IN (";
		let rows = db::select(self, head, 3, &cells).await?;
		let holding = |row: &AnyRow| -> Result<(HoldingKey, Decimal)> {
			let key = (row.try_get::<i64, _>(0)? as u32, row.try_get(1)?, row.try_get(2)?);
			Ok((key, stored_decimal(&row.try_get::<String, _>(3)?)?))
		};
		rows.iter().map(holding).collect()
	}

	/// All units of a product that the books have.
	pub async fn outstanding(&self, product: &str) -> Result<Decimal> {
		let mut rows = sqlx::query("SELECT units FROM book_holdings WHERE product = $1")
			.bind(product)
			.fetch(self.pool());
		let mut sum = Decimal::ZERO;
		while let Some(row) = rows.try_next().await? {
			sum += stored_decimal(&row.try_get::<String, _>(0)?)?;
		}
		Ok(sum)
	}

	/// The daily totals with these keys.
	pub async fn daily(&self, keys: &HashSet<DailyKey>) -> Result<HashMap<DailyKey, Decimal>> {
		let cells: Vec<_> = keys
			.iter()
			.flat_map(|(product, date)| [Cell::Text(product), Cell::Text(date)])
			.collect();
		let head = "SELECT product, trade_date, amount FROM book_daily WHERE (product, trade_date) IN (";
		let rows = db::select(self, head, 2, &cells).await?;
		let total = |row: &AnyRow| -> Result<(DailyKey, Decimal)> {
			Ok((
				(row.try_get(0)?, row.try_get(1)?),
				stored_decimal(&row.try_get::<String, _>(2)?)?,
			))
		};
		rows.iter().map(total).collect()
	}

	/// Answers that the node is not known to have, oldest first: number, kind, key.
	pub async fn pending_answers(&self) -> Result<Vec<(i64, AnswerKind, String)>> {
		let rows =
			sqlx::query("SELECT number, kind, idempotency_key FROM answers WHERE state = 'pending' ORDER BY number")
				.fetch_all(self.pool())
				.await?;
		rows.iter()
			.map(|row| {
				let kind = match row.try_get::<String, _>(1)?.as_str() {
					"confirmations" => AnswerKind::Confirmations,
					_ => AnswerKind::Results,
				};
				Ok((row.try_get(0)?, kind, row.try_get(2)?))
			})
			.collect()
	}

	/// The lines of an answer: ordered by seller and id, which is the order in which they are sent.
	pub async fn answer_lines(&self, kind: AnswerKind, number: i64) -> Result<Vec<String>> {
		let statement = match kind {
			AnswerKind::Confirmations => "SELECT confirmation_text, seller, id FROM book_orders WHERE answer = $1",
			AnswerKind::Results => "SELECT result_text, seller, id FROM book_registrations WHERE answer = $1",
		};
		let mut lines = Vec::new();
		for row in sqlx::query(statement).bind(number).fetch_all(self.pool()).await? {
			lines.push((
				row.try_get::<i64, _>(1)?,
				row.try_get::<String, _>(2)?,
				row.try_get::<String, _>(0)?,
			));
		}
		// Sorted here: the two databases collate text differently.
		lines.sort();
		Ok(lines.into_iter().map(|(_, _, text)| text).collect())
	}

	/// Orders that wait, in the order in which they came, behind the place `after`.
	pub async fn waiting_after(&self, after: i64, limit: u32) -> Result<Vec<WaitingOrder>> {
		let statement = format!("SELECT {WAITING_COLUMNS} FROM book_waiting WHERE place > $1 ORDER BY place LIMIT $2");
		let rows = sqlx::query_as(&statement).bind(after).bind(i64::from(limit));
		Ok(rows.fetch_all(self.pool()).await?)
	}

	/// Those of these orders that wait.
	pub async fn waiting_among(&self, keys: &HashSet<OrderKey>) -> Result<HashMap<OrderKey, WaitingOrder>> {
		let cells: Vec<_> = keys
			.iter()
			.flat_map(|(seller, id)| [Cell::Int(i64::from(*seller)), Cell::Text(id)])
			.collect();
		let head = format!("SELECT {WAITING_COLUMNS} FROM book_waiting WHERE (seller, id) IN (");
		let rows = db::select(self, &head, 2, &cells).await?;
		let waiting = |row: &AnyRow| -> Result<(OrderKey, WaitingOrder)> {
			let order = <WaitingOrder as sqlx::FromRow<_>>::from_row(row)?;
			Ok(((order.seller, order.id.clone()), order))
		};
		rows.iter().map(waiting).collect()
	}

	/// For what orders wait, and how many.
	pub async fn waits(&self) -> Result<Vec<(String, u64)>> {
		let rows = sqlx::query("SELECT waits_for, COUNT(*) FROM book_waiting GROUP BY waits_for ORDER BY waits_for")
			.fetch_all(self.pool())
			.await?;
		rows.iter()
			.map(|row| Ok((row.try_get(0)?, row.try_get::<i64, _>(1)? as u64)))
			.collect()
	}

	/// Answers that the own node refused, newest first.
	pub async fn refused_answers(&self, limit: u32) -> Result<Vec<RefusedAnswer>> {
		let rows = sqlx::query_as(
			"SELECT answer, line, id, code, reason, refused_at FROM refused_answers ORDER BY refused_at DESC, answer, line \
			 LIMIT $1",
		);
		Ok(rows.bind(i64::from(limit)).fetch_all(self.pool()).await?)
	}

	/// How many orders and registrations are in the books, by outcome.
	pub async fn book_figures(&self) -> Result<(Vec<(String, u64)>, Vec<(String, u64)>)> {
		let mut both = Vec::new();
		for table in ["book_orders", "book_registrations"] {
			let statement = format!("SELECT outcome, COUNT(*) FROM {table} GROUP BY outcome ORDER BY outcome");
			let mut counts = Vec::new();
			for row in sqlx::query(&statement).fetch_all(self.pool()).await? {
				counts.push((row.try_get(0)?, row.try_get::<i64, _>(1)? as u64));
			}
			both.push(counts);
		}
		let registrations = both.pop().unwrap_or_default();
		Ok((both.pop().unwrap_or_default(), registrations))
	}
}
