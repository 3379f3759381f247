// SPDX-License-Identifier: Apache-2.0

//! The issuer's books: orders with their confirmations, customers, holdings, daily totals, and the answers to its node.
//!
//! `write` and `read` are what the desk does; `pages` is what people look at.

mod pages;
mod question;
mod read;
mod write;

pub use pages::{BookPlace, Entry, EntryFilter, Holding, HoldingFilter, HoldingPlace, Registered, RegisteredFilter};
pub(crate) use question::Question;
pub use write::{
	answer_sent, insert_answer, insert_book_registrations, insert_orders, insert_waiting, mark_opening, remove_waiting,
	set_cancelled, set_daily, set_holdings,
};

use crate::error::{Error, Result};
use rust_decimal::Decimal;
use sealane_terminal_core::db::Db;
use sqlx::{any::AnyRow, Row};

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

/// What the chain knows a customer's registration by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
	/// Seller and the seller's reference of the customer.
	pub customer: OrderKey,
	/// The commitment of the newest registration.
	pub commitment: [u8; 32],
	/// When that was decided, Unix ms.
	pub registered_at: i64,
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

	/// The same database through connections of its own.
	///
	/// # Errors
	/// As [`Db::another`].
	pub async fn another(&self) -> Result<Self> {
		Ok(BooksDb(self.0.another().await?))
	}
}

impl std::ops::Deref for BooksDb {
	type Target = Db;

	fn deref(&self) -> &Db {
		&self.0
	}
}

/// An order that waits in the books.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
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
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
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
