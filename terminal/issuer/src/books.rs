// SPDX-License-Identifier: Apache-2.0

//! The issuer's books: orders with their confirmations, customers, holdings, daily totals, and the answers to its node.

use crate::error::{Error, Result};
use rust_decimal::Decimal;
use sealane_terminal_core::db::{self, next_number, now_ms, Cell, Db, Tx};
use sqlx::{any::AnyRow, Row};
use std::collections::{HashMap, HashSet};

/// An order of a seller: seller's number and order id.
pub type OrderKey = (u32, String);
/// Who holds what: seller's number, customer's reference, product.
pub type HoldingKey = (u32, String, String);
/// A product and a day.
pub type DailyKey = (String, String);

/// What an answer to the node carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerKind {
	/// Confirmations of orders.
	Confirmations,
	/// Results of registrations.
	Results,
}

impl AnswerKind {
	const fn as_str(self) -> &'static str {
		match self {
			AnswerKind::Confirmations => "confirmations",
			AnswerKind::Results => "results",
		}
	}
}

/// An order in the books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookOrder {
	/// The seller.
	pub seller: u32,
	/// The seller's id.
	pub id: String,
	/// The channel over which it came.
	pub channel: u32,
	/// Kind of business, JSON name.
	pub kind: String,
	/// Product.
	pub product: String,
	/// The seller's reference of the customer.
	pub customer: String,
	/// Its bytes.
	pub order_text: String,
	/// `accepted`, `partial`, `rejected`.
	pub outcome: String,
	/// Why rejected.
	pub reason_code: String,
	/// The deal.
	pub deal: String,
	/// Units moved.
	pub units: String,
	/// Money moved.
	pub amount: String,
	/// Day of the trade.
	pub trade_date: String,
	/// The order that took it back; empty while none did.
	pub cancelled_by: String,
	/// The confirmation's bytes.
	pub confirmation_text: String,
	/// When the node stored it, Unix ms.
	pub received_at: i64,
}

/// A registration in the books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookRegistration {
	/// The seller.
	pub seller: u32,
	/// The seller's id.
	pub id: String,
	/// The channel over which it came.
	pub channel: u32,
	/// The seller's reference of the customer.
	pub customer: String,
	/// Its bytes.
	pub registration_text: String,
	/// `accepted` or `rejected`.
	pub outcome: String,
	/// Why rejected.
	pub reason_code: String,
	/// The result's bytes.
	pub result_text: String,
	/// The customer it made, with an accepted one: account, salt, commitment.
	pub registered: Option<(String, String, String)>,
	/// When the node stored it, Unix ms.
	pub received_at: i64,
}

const ORDER_COLUMNS: &str =
	"seller, id, channel, kind, product, customer, order_text, outcome, reason_code, deal, units, \
	amount, trade_date, cancelled_by, confirmation_text, received_at";

/// The database of an issuer terminal.
#[derive(Clone, Debug)]
pub struct BooksDb(Db);

/// The role whose lease an issuer terminal takes.
pub const ROLE: &str = "issuer";

impl BooksDb {
	/// Opens the database, makes it where it is not there.
	///
	/// # Errors
	/// As [`Db::open`].
	pub async fn open(url: &str) -> Result<Self> {
		Ok(BooksDb(Db::open(url).await?))
	}

	/// Opens a database that must be there.
	///
	/// # Errors
	/// As [`Db::open_existing`].
	pub async fn open_existing(url: &str) -> Result<Self> {
		Ok(BooksDb(Db::open_existing(url).await?))
	}
}

impl std::ops::Deref for BooksDb {
	type Target = Db;

	fn deref(&self) -> &Db {
		&self.0
	}
}

/// An order that waits in the books.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct WaitingOrder {
	/// The seller.
	pub seller: u32,
	/// The seller's id.
	pub id: String,
	/// The channel over which it came.
	pub channel: u32,
	/// Product.
	pub product: String,
	/// The seller's reference of the customer.
	pub customer: String,
	/// Day of the trade.
	pub trade_date: String,
	/// Its bytes.
	#[serde(skip)]
	pub order_text: String,
	/// For what it waits.
	pub waits_for: String,
	/// In which order they came.
	#[serde(skip)]
	pub place: i64,
	/// When the node stored it, Unix ms.
	pub received_at: i64,
}

sealane_terminal_core::from_row!(WaitingOrder {
	seller from i64,
	id,
	channel from i64,
	product,
	customer,
	trade_date,
	order_text,
	waits_for,
	place,
	received_at,
});

const WAITING_COLUMNS: &str =
	"seller, id, channel, product, customer, trade_date, order_text, waits_for, place, received_at";

/// An answer that the own node refused.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct RefusedAnswer {
	/// The answer.
	pub answer: i64,
	/// The line in it.
	pub line: i64,
	/// The order or registration.
	pub id: String,
	/// The node's code.
	pub code: String,
	/// Field and rule.
	pub reason: String,
	/// Unix ms.
	pub refused_at: i64,
}

sealane_terminal_core::from_row!(RefusedAnswer {
	answer,
	line,
	id,
	code,
	reason,
	refused_at,
});

fn book_order(row: &AnyRow) -> Result<BookOrder, sqlx::Error> {
	Ok(BookOrder {
		seller: row.try_get::<i64, _>(0)? as u32,
		id: row.try_get(1)?,
		channel: row.try_get::<i64, _>(2)? as u32,
		kind: row.try_get(3)?,
		product: row.try_get(4)?,
		customer: row.try_get(5)?,
		order_text: row.try_get(6)?,
		outcome: row.try_get(7)?,
		reason_code: row.try_get(8)?,
		deal: row.try_get(9)?,
		units: row.try_get(10)?,
		amount: row.try_get(11)?,
		trade_date: row.try_get(12)?,
		cancelled_by: row.try_get(13)?,
		confirmation_text: row.try_get(14)?,
		received_at: row.try_get(15)?,
	})
}

fn stored_decimal(text: &str) -> Result<Decimal> {
	text.parse().map_err(|_| Error::invalid("database", text, "a decimal"))
}

/// Opens a request to the node; answers its number.
pub async fn insert_answer(tx: &mut Tx, kind: AnswerKind, key: &str, entries: usize) -> Result<i64> {
	let number = next_number(tx, "answers").await?;
	sqlx::query(
		"INSERT INTO answers (number, kind, idempotency_key, entries, state, refused) \
		 VALUES ($1, $2, $3, $4, 'pending', 0)",
	)
	.bind(number)
	.bind(kind.as_str())
	.bind(key)
	.bind(entries as i64)
	.execute(&mut **tx)
	.await?;
	Ok(number)
}

/// Writes orders with their confirmations, or gives an order that is there already to this answer.
pub async fn insert_orders(tx: &mut Tx, answer: i64, orders: &[BookOrder]) -> Result<()> {
	let now = now_ms();
	let mut cells = Vec::with_capacity(orders.len() * 18);
	for order in orders {
		cells.extend([
			Cell::Int(i64::from(order.seller)),
			Cell::Text(&order.id),
			Cell::Int(i64::from(order.channel)),
			Cell::Text(&order.kind),
			Cell::Text(&order.product),
			Cell::Text(&order.customer),
			Cell::Text(&order.order_text),
			Cell::Text(&order.outcome),
			Cell::Text(&order.reason_code),
			Cell::Text(&order.deal),
			Cell::Text(&order.units),
			Cell::Text(&order.amount),
			Cell::Text(&order.trade_date),
			Cell::Text(&order.cancelled_by),
			Cell::Text(&order.confirmation_text),
			Cell::Int(order.received_at),
			Cell::Int(answer),
			Cell::Int(now),
		]);
	}
	let head = format!("INSERT INTO book_orders ({ORDER_COLUMNS}, answer, decided_at)");
	db::run(
		tx,
		&head,
		"ON CONFLICT (seller, id) DO UPDATE SET answer = excluded.answer",
		18,
		&cells,
	)
	.await?;
	Ok(())
}

/// Writes orders that wait.
pub async fn insert_waiting(tx: &mut Tx, orders: &[WaitingOrder]) -> Result<()> {
	for order in orders {
		let place = next_number(tx, "waiting").await?;
		let statement = format!(
			"INSERT INTO book_waiting ({WAITING_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
			 ON CONFLICT (seller, id) DO NOTHING"
		);
		sqlx::query(&statement)
			.bind(i64::from(order.seller))
			.bind(order.id.as_str())
			.bind(i64::from(order.channel))
			.bind(order.product.as_str())
			.bind(order.customer.as_str())
			.bind(order.trade_date.as_str())
			.bind(order.order_text.as_str())
			.bind(order.waits_for.as_str())
			.bind(place)
			.bind(order.received_at)
			.execute(&mut **tx)
			.await?;
	}
	Ok(())
}

/// Orders that wait no more: they are decided.
pub async fn remove_waiting(tx: &mut Tx, keys: &[OrderKey]) -> Result<()> {
	for (seller, id) in keys {
		sqlx::query("DELETE FROM book_waiting WHERE seller = $1 AND id = $2")
			.bind(i64::from(*seller))
			.bind(id.as_str())
			.execute(&mut **tx)
			.await?;
	}
	Ok(())
}

/// Keeps what the own node refused of an answer, and notes that the node has the rest.
pub async fn answer_sent(tx: &mut Tx, number: i64, refused: &[RefusedAnswer]) -> Result<()> {
	for entry in refused {
		sqlx::query(
			"INSERT INTO refused_answers (answer, line, id, code, reason, refused_at) VALUES ($1, $2, $3, $4, $5, $6) \
			 ON CONFLICT (answer, line) DO NOTHING",
		)
		.bind(number)
		.bind(entry.line)
		.bind(entry.id.as_str())
		.bind(entry.code.as_str())
		.bind(entry.reason.as_str())
		.bind(entry.refused_at)
		.execute(&mut **tx)
		.await?;
	}
	sqlx::query("UPDATE answers SET state = 'sent', refused = $1 WHERE number = $2")
		.bind(refused.len() as i64)
		.bind(number)
		.execute(&mut **tx)
		.await?;
	Ok(())
}

/// Notes that orders were taken back: key and the cancelling order's id.
pub async fn set_cancelled(tx: &mut Tx, cancelled: &[(OrderKey, String)]) -> Result<()> {
	for ((seller, id), by) in cancelled {
		sqlx::query("UPDATE book_orders SET cancelled_by = $1 WHERE seller = $2 AND id = $3")
			.bind(by.as_str())
			.bind(i64::from(*seller))
			.bind(id.as_str())
			.execute(&mut **tx)
			.await?;
	}
	Ok(())
}

/// Writes registrations with their results, and the customers they made.
pub async fn insert_book_registrations(tx: &mut Tx, answer: i64, rows: &[BookRegistration]) -> Result<()> {
	let now = now_ms();
	let mut cells = Vec::with_capacity(rows.len() * 11);
	let mut customers = Vec::new();
	for row in rows {
		cells.extend([
			Cell::Int(i64::from(row.seller)),
			Cell::Text(&row.id),
			Cell::Int(i64::from(row.channel)),
			Cell::Text(&row.customer),
			Cell::Text(&row.registration_text),
			Cell::Text(&row.outcome),
			Cell::Text(&row.reason_code),
			Cell::Text(&row.result_text),
			Cell::Int(answer),
			Cell::Int(row.received_at),
			Cell::Int(now),
		]);
		if let Some((account, salt, commitment)) = &row.registered {
			customers.extend([
				Cell::Int(i64::from(row.seller)),
				Cell::Text(&row.customer),
				Cell::Text(account),
				Cell::Text(salt),
				Cell::Text(commitment),
				Cell::Int(now),
			]);
		}
	}
	let head =
		"INSERT INTO book_registrations (seller, id, channel, customer, registration_text, outcome, reason_code, \
		result_text, answer, received_at, decided_at)";
	db::run(
		tx,
		head,
		"ON CONFLICT (seller, id) DO UPDATE SET answer = excluded.answer",
		11,
		&cells,
	)
	.await?;
	let head = "INSERT INTO book_customers (seller, customer, account, salt, commitment, registered_at)";
	db::run(tx, head, "ON CONFLICT (seller, customer) DO NOTHING", 6, &customers).await?;
	Ok(())
}

/// Writes holdings as they are now.
pub async fn set_holdings(tx: &mut Tx, holdings: &[(HoldingKey, Decimal)]) -> Result<()> {
	let mut cells = Vec::with_capacity(holdings.len() * 4);
	for ((seller, customer, product), units) in holdings {
		cells.extend([
			Cell::Int(i64::from(*seller)),
			Cell::Text(customer),
			Cell::Text(product),
			Cell::Owned(units.to_string()),
		]);
	}
	let tail = "ON CONFLICT (seller, customer, product) DO UPDATE SET units = excluded.units";
	db::run(
		tx,
		"INSERT INTO book_holdings (seller, customer, product, units)",
		tail,
		4,
		&cells,
	)
	.await?;
	Ok(())
}

/// Writes daily totals as they are now.
pub async fn set_daily(tx: &mut Tx, daily: &[(DailyKey, Decimal)]) -> Result<()> {
	let mut cells = Vec::with_capacity(daily.len() * 3);
	for ((product, date), amount) in daily {
		cells.extend([Cell::Text(product), Cell::Text(date), Cell::Owned(amount.to_string())]);
	}
	let tail = "ON CONFLICT (product, trade_date) DO UPDATE SET amount = excluded.amount";
	db::run(
		tx,
		"INSERT INTO book_daily (product, trade_date, amount)",
		tail,
		3,
		&cells,
	)
	.await?;
	Ok(())
}

/// Notes that an opening file was loaded; `false` where it had been before.
pub async fn mark_opening(tx: &mut Tx, source: &str) -> Result<bool> {
	let done =
		sqlx::query("INSERT INTO book_openings (source, loaded_at) VALUES ($1, $2) ON CONFLICT (source) DO NOTHING")
			.bind(source)
			.bind(now_ms())
			.execute(&mut **tx)
			.await?;
	Ok(done.rows_affected() > 0)
}

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
