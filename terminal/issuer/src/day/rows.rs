// SPDX-License-Identifier: Apache-2.0

//! Days and their orders in the database.

use super::{
	acts::{change, note_act, DESK},
	Act, Change, DayState,
};
use crate::{
	books::{BooksDb, OrderKey},
	error::{Error, Result},
};
use sealane_primitives::clauses::Date;
use sealane_terminal_core::db::{self, Cell, Tx};
use serde::{Deserialize, Serialize};
use sqlx::Row;
use std::collections::{BTreeMap, HashMap, HashSet};
use utoipa::{IntoParams, ToSchema};

/// The day of a product.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct DayKey {
	/// The product.
	pub product: String,
	/// `YYYY-MM-DD`.
	pub day: String,
}

impl DayKey {
	/// The day of a product.
	pub fn new(product: impl Into<String>, day: impl std::fmt::Display) -> Self {
		DayKey {
			product: product.into(),
			day: day.to_string(),
		}
	}
}

impl std::fmt::Display for DayKey {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		write!(f, "{} of {}", self.day, self.product)
	}
}

/// How far a day has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DayRow {
	/// Which.
	#[serde(flatten)]
	pub key: DayKey,
	/// How far.
	pub state: DayState,
	/// Raised by whatever happens to it.
	pub revision: i64,
	/// From when on nothing more is received for it, Unix ms.
	pub closes_at: i64,
	/// What is missing, in words.
	pub waits_for: String,
	/// All units of the product before it; empty where nobody asked.
	pub outstanding: String,
	/// The share of redemptions that is executed; empty: all of them.
	pub share: String,
	/// Whether every order is executed, and its answer stored.
	pub executed: bool,
}

impl<'r> sqlx::FromRow<'r, sqlx::any::AnyRow> for DayRow {
	fn from_row(row: &'r sqlx::any::AnyRow) -> Result<Self, sqlx::Error> {
		let state: String = row.try_get("state")?;
		Ok(DayRow {
			key: DayKey {
				product: row.try_get("product")?,
				day: row.try_get("day")?,
			},
			state: DayState::named(&state).ok_or_else(|| sqlx::Error::ColumnDecode {
				index: "state".into(),
				source: format!("{state:?}: a state of a day").into(),
			})?,
			revision: row.try_get("revision")?,
			closes_at: row.try_get("closes_at")?,
			waits_for: row.try_get("waits_for")?,
			outstanding: row.try_get("outstanding")?,
			share: row.try_get("share")?,
			executed: row.try_get::<i64, _>("executed")? != 0,
		})
	}
}

pub(super) const DAY_COLUMNS: &str =
	"product, day, state, revision, closes_at, waits_for, outstanding, share, executed";

/// Where an order of a day is.
pub struct OrderState;

impl OrderState {
	/// In the day, without a decision.
	pub const TAKEN: &'static str = "taken";
	/// With a decision that is not executed.
	pub const PROPOSED: &'static str = "proposed";
	/// Executed in part; it goes on on another day.
	pub const EXECUTED: &'static str = "executed";
	/// Executed, and its answer stored.
	pub const ANSWERED: &'static str = "answered";
	/// Taken back in time.
	pub const WITHDRAWN: &'static str = "withdrawn";
}

/// An order of a day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct DayOrder {
	/// The seller.
	pub seller: u32,
	/// The seller's id.
	pub id: String,
	/// Which part of it, from 1.
	pub part: i64,
	/// The product on whose desk it is.
	pub product: String,
	/// The day.
	pub day: String,
	/// The day that it was meant for, where it came too late for that.
	pub late_for: String,
	/// In which order they came.
	pub place: i64,
	/// The channel over which it came.
	pub channel: u32,
	/// Kind of business, JSON name.
	pub kind: String,
	/// The seller's reference of the customer.
	pub customer: String,
	/// Units that this part asks for.
	pub asked_units: String,
	/// Money that it asks for.
	pub asked_amount: String,
	/// Its bytes.
	#[serde(skip)]
	pub order_text: String,
	/// When the node stored it, Unix ms.
	pub received_at: i64,
	/// See [`OrderState`].
	pub state: String,
	/// 1: somebody wants to look at it first.
	#[serde(serialize_with = "is_set")]
	#[schema(value_type = bool)]
	pub held: i64,
	/// The confirmation that the rules propose.
	#[serde(skip)]
	pub proposal: String,
	/// The confirmation that is decided.
	#[serde(skip)]
	pub decision: String,
	/// Who decided otherwise than the rules.
	pub decided_by: String,
	/// `accepted`, `partial`, `rejected`; empty before.
	pub outcome: String,
	/// Why not, or not in full.
	pub reason_code: String,
	/// Units moved.
	pub units: String,
	/// Money moved.
	pub amount: String,
	/// Fee.
	pub fee: String,
	/// Units that go to the next day.
	pub carry: String,
	/// The answer that carries its confirmation.
	#[serde(skip)]
	pub answer: i64,
}

fn is_set<S: serde::Serializer>(value: &i64, serializer: S) -> std::result::Result<S::Ok, S::Error> {
	serializer.serialize_bool(*value != 0)
}

sealane_terminal_core::from_row!(DayOrder {
	seller from i64,
	id,
	part,
	product,
	day,
	late_for,
	place,
	channel from i64,
	kind,
	customer,
	asked_units,
	asked_amount,
	order_text,
	received_at,
	state,
	held,
	proposal,
	decision,
	decided_by,
	outcome,
	reason_code,
	units,
	amount,
	fee,
	carry,
	answer,
});

pub(super) const ORDER_COLUMNS: &str =
	"seller, id, part, product, day, late_for, place, channel, kind, customer, asked_units, asked_amount, order_text, \
	 received_at, state, held, proposal, decision, decided_by, outcome, reason_code, units, amount, fee, carry, answer";
const ORDER_WIDTH: usize = 26;

impl DayOrder {
	/// The key of the order.
	pub fn key(&self) -> OrderKey {
		(self.seller, self.id.clone())
	}

	/// The day that it is in.
	pub fn day_key(&self) -> DayKey {
		DayKey::new(self.product.as_str(), &self.day)
	}

	/// Whether it is neither executed nor taken back.
	pub fn is_open(&self) -> bool {
		self.state == OrderState::TAKEN || self.state == OrderState::PROPOSED
	}

	fn cells(&self) -> [Cell<'_>; ORDER_WIDTH] {
		[
			Cell::Int(i64::from(self.seller)),
			Cell::Text(&self.id),
			Cell::Int(self.part),
			Cell::Text(&self.product),
			Cell::Text(&self.day),
			Cell::Text(&self.late_for),
			Cell::Int(self.place),
			Cell::Int(i64::from(self.channel)),
			Cell::Text(&self.kind),
			Cell::Text(&self.customer),
			Cell::Text(&self.asked_units),
			Cell::Text(&self.asked_amount),
			Cell::Text(&self.order_text),
			Cell::Int(self.received_at),
			Cell::Text(&self.state),
			Cell::Int(self.held),
			Cell::Text(&self.proposal),
			Cell::Text(&self.decision),
			Cell::Text(&self.decided_by),
			Cell::Text(&self.outcome),
			Cell::Text(&self.reason_code),
			Cell::Text(&self.units),
			Cell::Text(&self.amount),
			Cell::Text(&self.fee),
			Cell::Text(&self.carry),
			Cell::Int(self.answer),
		]
	}
}

/// Somebody confirmed a day while orders for it were read: they are read again, and go to the next one.
fn over_meanwhile(key: &DayKey) -> Error {
	Error::Node {
		reason: format!("the day {key} was confirmed while orders for it were read: they are read again"),
		code: None,
		passes: true,
	}
}

async fn take(tx: &mut Tx, key: &DayKey, closes_at: i64) -> Result<()> {
	let statement = format!(
		"INSERT INTO days ({DAY_COLUMNS}) VALUES ($1, $2, 'open', 0, $3, '', '', '', 0) ON CONFLICT (product, day) DO NOTHING"
	);
	sqlx::query(&statement)
		.bind(key.product.as_str())
		.bind(key.day.as_str())
		.bind(closes_at)
		.execute(&mut **tx)
		.await?;
	match change(tx, key, Act::Take).await? {
		Change::Done { .. } => Ok(()),
		Change::Refused(_) | Change::Unknown => Err(over_meanwhile(key)),
	}
}

/// Takes orders into their days, which are made where they are not there yet: each with the moment at which its day closes.
///
/// # Errors
/// A day is over: it passes, the orders are to be decided on anew; or the database fails.
pub(crate) async fn insert_orders(tx: &mut Tx, orders: &[(DayOrder, i64)]) -> Result<()> {
	if orders.is_empty() {
		return Ok(());
	}
	let days: BTreeMap<DayKey, i64> = orders.iter().map(|(order, at)| (order.day_key(), *at)).collect();
	for (key, closes_at) in &days {
		take(tx, key, *closes_at).await?;
	}
	let row = sqlx::query(
		"INSERT INTO counters (name, value) VALUES ('places', $1) \
		 ON CONFLICT (name) DO UPDATE SET value = counters.value + excluded.value RETURNING value",
	)
	.bind(orders.len() as i64)
	.fetch_one(&mut **tx)
	.await?;
	let last: i64 = row.try_get(0)?;
	let first = last - orders.len() as i64 + 1;
	let mut cells = Vec::with_capacity(orders.len() * ORDER_WIDTH);
	for (index, (order, _)) in orders.iter().enumerate() {
		let mut row = order.cells();
		row[6] = Cell::Int(first + index as i64);
		cells.extend(row);
	}
	insert(tx, &cells).await
}

async fn insert(tx: &mut Tx, cells: &[Cell<'_>]) -> Result<()> {
	let head = format!("INSERT INTO day_orders ({ORDER_COLUMNS})");
	let tail = "ON CONFLICT (seller, id, part) DO NOTHING";
	db::run(tx, &head, tail, ORDER_WIDTH, cells).await?;
	Ok(())
}

/// Puts the rest of orders into the next day, at the places that they have.
///
/// # Errors
/// That day is over, or the database fails.
pub(crate) async fn carry_over(tx: &mut Tx, rests: &[DayOrder], closes_at: i64) -> Result<()> {
	let Some(first) = rests.first() else { return Ok(()) };
	take(tx, &first.day_key(), closes_at).await?;
	let cells: Vec<_> = rests.iter().flat_map(DayOrder::cells).collect();
	insert(tx, &cells).await
}

/// Takes orders off the desk: their last parts, by the cancellations' ids.
///
/// # Errors
/// Their day is over, or the database fails.
pub(crate) async fn take_off(tx: &mut Tx, orders: &[(Vec<DayOrder>, String)]) -> Result<()> {
	for (parts, by) in orders {
		let Some(part) = parts.last() else { continue };
		match change(tx, &part.day_key(), Act::Take).await? {
			Change::Done { .. } => {}
			Change::Refused(_) | Change::Unknown => return Err(over_meanwhile(&part.day_key())),
		}
		sqlx::query(
			"UPDATE day_orders SET state = 'withdrawn', held = 0, decided_by = '', outcome = 'rejected', reason_code = 'CANCELLED', \
			 units = '', amount = '', fee = '', carry = '', decision = '' WHERE seller = $1 AND id = $2 AND part = $3",
		)
		.bind(i64::from(part.seller))
		.bind(part.id.as_str())
		.bind(part.part)
		.execute(&mut **tx)
		.await?;
		let note = format!("taken back by {by:?}");
		note_act(tx, &part.day_key(), Act::Take, DESK, Some(&part.key()), &note).await?;
	}
	Ok(())
}

/// Writes what is proposed and decided for orders that are not executed.
///
/// # Errors
/// The database fails.
pub(crate) async fn set_proposals(tx: &mut Tx, orders: &[DayOrder]) -> Result<()> {
	let mut cells = Vec::with_capacity(orders.len() * 12);
	for order in orders {
		cells.extend([
			Cell::Int(i64::from(order.seller)),
			Cell::Text(&order.id),
			Cell::Int(order.part),
			Cell::Text(&order.proposal),
			Cell::Text(&order.decision),
			Cell::Text(&order.decided_by),
			Cell::Text(&order.outcome),
			Cell::Text(&order.reason_code),
			Cell::Text(&order.units),
			Cell::Text(&order.amount),
			Cell::Text(&order.fee),
			Cell::Text(&order.carry),
		]);
	}
	let head = "WITH v (seller, id, part, proposal, decision, decided_by, outcome, reason_code, units, amount, fee, carry) AS (";
	let tail = ") UPDATE day_orders SET proposal = v.proposal, decision = v.decision, decided_by = v.decided_by, \
		outcome = v.outcome, reason_code = v.reason_code, units = v.units, amount = v.amount, fee = v.fee, carry = v.carry, \
		state = 'proposed' FROM v WHERE day_orders.seller = v.seller AND day_orders.id = v.id AND day_orders.part = v.part \
		AND day_orders.state IN ('taken', 'proposed')";
	db::run(tx, head, tail, 12, &cells).await?;
	Ok(())
}

/// Notes that parts of orders are executed: with the answer that carries the confirmation, or 0 where the order goes on.
///
/// # Errors
/// The database fails.
pub(crate) async fn set_executed(tx: &mut Tx, orders: &[DayOrder], answer: i64) -> Result<()> {
	let mut cells = Vec::with_capacity(orders.len() * 5);
	for order in orders {
		let goes_on = !order.carry.is_empty();
		cells.extend([
			Cell::Int(i64::from(order.seller)),
			Cell::Text(&order.id),
			Cell::Int(order.part),
			Cell::Text(if goes_on {
				OrderState::EXECUTED
			} else {
				OrderState::ANSWERED
			}),
			Cell::Int(if goes_on { 0 } else { answer }),
		]);
	}
	let tail = ") UPDATE day_orders SET state = v.state, answer = v.answer FROM v WHERE day_orders.seller = v.seller \
		AND day_orders.id = v.id AND day_orders.part = v.part";
	db::run(tx, "WITH v (seller, id, part, state, answer) AS (", tail, 5, &cells).await?;
	Ok(())
}

/// All parts of those of these orders that are on the desk.
///
/// # Errors
/// The database fails.
pub(crate) async fn load_parts(db: &BooksDb, keys: &HashSet<OrderKey>) -> Result<HashMap<OrderKey, Vec<DayOrder>>> {
	let cells: Vec<_> = keys
		.iter()
		.flat_map(|(seller, id)| [Cell::Int(i64::from(*seller)), Cell::Text(id)])
		.collect();
	let head = format!("SELECT {ORDER_COLUMNS} FROM day_orders WHERE (seller, id) IN (");
	let mut found: HashMap<OrderKey, Vec<DayOrder>> = HashMap::new();
	for row in &db::select(db, &head, 2, &cells).await? {
		let order = <DayOrder as sqlx::FromRow<_>>::from_row(row)?;
		found.entry(order.key()).or_default().push(order);
	}
	for parts in found.values_mut() {
		parts.sort_by_key(|part| part.part);
	}
	found.retain(|_, parts| parts.last().is_some_and(DayOrder::is_open));
	Ok(found)
}

/// Orders of a day that are neither executed nor taken back, in the order in which they came, behind the place `after`.
///
/// # Errors
/// The database fails.
pub(crate) async fn orders_after(db: &BooksDb, key: &DayKey, after: i64, limit: u32) -> Result<Vec<DayOrder>> {
	let statement = format!(
		"SELECT {ORDER_COLUMNS} FROM day_orders WHERE product = $1 AND day = $2 AND place > $3 \
		 AND state IN ('taken', 'proposed') ORDER BY place LIMIT $4"
	);
	let rows = sqlx::query_as(&statement)
		.bind(key.product.as_str())
		.bind(key.day.as_str())
		.bind(after)
		.bind(i64::from(limit));
	Ok(rows.fetch_all(db.pool()).await?)
}

/// The last day of each of these products that takes no more orders.
///
/// # Errors
/// The database fails.
pub(crate) async fn last_over(db: &BooksDb, products: &HashSet<String>) -> Result<HashMap<String, Date>> {
	let mut over = HashMap::new();
	for product in products {
		let row = sqlx::query(
			"SELECT COALESCE(MAX(day), '') FROM days WHERE product = $1 AND state IN ('confirmed', 'closed')",
		)
		.bind(product.as_str())
		.fetch_one(db.pool())
		.await?;
		let day: String = row.try_get(0)?;
		if !day.is_empty() {
			let date = Date::parse(day.as_bytes()).map_err(|_| Error::invalid("database", day, "a date"))?;
			over.insert(product.clone(), date);
		}
	}
	Ok(over)
}

/// Open days whose last moment was before `now_ms`.
///
/// # Errors
/// The database fails.
pub(crate) async fn due(db: &BooksDb, now_ms: i64) -> Result<Vec<DayRow>> {
	let statement =
		format!("SELECT {DAY_COLUMNS} FROM days WHERE state = 'open' AND closes_at <= $1 ORDER BY day, product");
	Ok(sqlx::query_as(&statement).bind(now_ms).fetch_all(db.pool()).await?)
}

/// Days in this state, oldest first.
///
/// # Errors
/// The database fails.
pub(crate) async fn with_state(db: &BooksDb, state: DayState) -> Result<Vec<DayRow>> {
	let statement = format!("SELECT {DAY_COLUMNS} FROM days WHERE state = $1 ORDER BY day, product");
	Ok(sqlx::query_as(&statement)
		.bind(state.as_str())
		.fetch_all(db.pool())
		.await?)
}

/// Confirmed days of which something is not executed, oldest first.
///
/// # Errors
/// The database fails.
pub(crate) async fn under_way(db: &BooksDb) -> Result<Vec<DayRow>> {
	let statement =
		format!("SELECT {DAY_COLUMNS} FROM days WHERE state = 'confirmed' AND executed = 0 ORDER BY day, product");
	Ok(sqlx::query_as(&statement).fetch_all(db.pool()).await?)
}

/// The earliest day before this one, of the same product, that is not executed.
///
/// # Errors
/// The database fails.
pub(crate) async fn unfinished_before(db: &BooksDb, key: &DayKey) -> Result<Option<String>> {
	let row = sqlx::query("SELECT COALESCE(MIN(day), '') FROM days WHERE product = $1 AND day < $2 AND executed = 0")
		.bind(key.product.as_str())
		.bind(key.day.as_str())
		.fetch_one(db.pool())
		.await?;
	let day: String = row.try_get(0)?;
	Ok(Some(day).filter(|day| !day.is_empty()))
}

/// Says for what a day waits.
///
/// # Errors
/// The database fails.
pub(crate) async fn set_waits(tx: &mut Tx, key: &DayKey, waits_for: &str) -> Result<()> {
	sqlx::query("UPDATE days SET waits_for = $1 WHERE product = $2 AND day = $3")
		.bind(waits_for)
		.bind(key.product.as_str())
		.bind(key.day.as_str())
		.execute(&mut **tx)
		.await?;
	Ok(())
}

/// Notes how much of a day's redemptions is executed, and of how many units that was decided.
///
/// # Errors
/// The database fails.
pub(crate) async fn set_share(tx: &mut Tx, key: &DayKey, outstanding: &str, share: &str) -> Result<()> {
	sqlx::query("UPDATE days SET outstanding = $1, share = $2 WHERE product = $3 AND day = $4")
		.bind(outstanding)
		.bind(share)
		.bind(key.product.as_str())
		.bind(key.day.as_str())
		.execute(&mut **tx)
		.await?;
	Ok(())
}

/// Notes that every order of a day is executed, and its answer stored.
///
/// # Errors
/// The database fails.
pub(crate) async fn set_done(tx: &mut Tx, key: &DayKey) -> Result<()> {
	sqlx::query(
		"UPDATE days SET executed = 1, waits_for = '', revision = revision + 1 WHERE product = $1 AND day = $2",
	)
	.bind(key.product.as_str())
	.bind(key.day.as_str())
	.execute(&mut **tx)
	.await?;
	Ok(())
}
