// SPDX-License-Identifier: Apache-2.0

//! Changes of the books, each within a transaction of the caller's.

use super::*;
use sealane_terminal_core::db::{self, next_number, now_ms, Cell, Tx};
use std::collections::BTreeMap;

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
	let cells: Vec<_> = keys
		.iter()
		.flat_map(|(seller, id)| [Cell::Int(i64::from(*seller)), Cell::Text(id)])
		.collect();
	db::run(tx, "DELETE FROM book_waiting WHERE (seller, id) IN (", ")", 2, &cells).await?;
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
	// By customer: one who is registered twice on a page is written once.
	let mut customers = BTreeMap::new();
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
			customers.insert(
				(row.seller, &row.customer),
				[
					Cell::Int(i64::from(row.seller)),
					Cell::Text(&row.customer),
					Cell::Text(account),
					Cell::Text(salt),
					Cell::Text(commitment),
					Cell::Int(now),
				],
			);
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
	// Who is registered anew keeps the account; the receipt that counts is the new one.
	let tail = "ON CONFLICT (seller, customer) DO UPDATE SET salt = excluded.salt, commitment = excluded.commitment, \
		registered_at = excluded.registered_at";
	let customers: Vec<_> = customers.into_values().flatten().collect();
	db::run(tx, head, tail, 6, &customers).await?;
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
