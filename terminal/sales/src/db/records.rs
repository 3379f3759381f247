// SPDX-License-Identifier: Apache-2.0

//! Business records: one row per order, from reading to confirmation, and how far the chain made them final.
//!
//! The confirmations of one channel reach the node in the order of their lane, and its anchors cover them in that order.
//! So each confirmed record gets a *place*, counted per channel, and one number per channel and anchor says up to which
//! place the trade records are final.

use super::{
	changes::{Change, Facts},
	SalesDb,
};
use crate::error::Result;
use sealane_terminal_core::db::{self, now_ms, Cell};
use sqlx::Row;
use std::collections::{HashMap, HashSet};

/// Where an order stands in the seller's books. Whether the chain has made its trade record final
/// is read by joining.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordState {
	/// Dropped: the customer does not meet the clauses.
	Unqualified,
	/// Written down, not yet known to be on the node's disk.
	Pending,
	/// Refused by the node itself.
	Refused,
	/// On the node's disk.
	Accepted,
	/// Confirmed as asked.
	Confirmed,
	/// Confirmed in part.
	Partial,
	/// Rejected by the issuer.
	Rejected,
	/// Taken back: by the issuer's consent, or before it was sent.
	Cancelled,
}

impl RecordState {
	/// Every state, in the order in which a record comes through them.
	pub const ALL: [RecordState; 8] = [
		RecordState::Unqualified,
		RecordState::Pending,
		RecordState::Refused,
		RecordState::Accepted,
		RecordState::Confirmed,
		RecordState::Partial,
		RecordState::Rejected,
		RecordState::Cancelled,
	];

	/// As in the database and in output.
	pub const fn as_str(self) -> &'static str {
		match self {
			RecordState::Unqualified => "unqualified",
			RecordState::Pending => "pending",
			RecordState::Refused => "refused",
			RecordState::Accepted => "accepted",
			RecordState::Confirmed => "confirmed",
			RecordState::Partial => "partial",
			RecordState::Rejected => "rejected",
			RecordState::Cancelled => "cancelled",
		}
	}
}

/// An order as it was read.
#[derive(Clone, Debug)]
pub struct NewRecord {
	/// The checked order.
	pub order: crate::orders::Order,
	/// Line in its source.
	pub line: u64,
	/// `Unqualified` or `Pending`.
	pub state: RecordState,
	/// The issuer's number; −1 while no channel has the product.
	pub issuer: i64,
	/// The agreement it was checked against; 0 for none.
	pub clause_version: u32,
	/// The bytes for the node, or those read where it goes nowhere.
	pub text: String,
	/// Why it does not qualify, JSON; else empty.
	pub failed: String,
	/// The request that carries it; 0 for none.
	pub submission: i64,
	/// When it is checked again by itself, Unix ms; 0: not at all.
	pub retry_at: i64,
}

/// A confirmation for a record.
#[derive(Clone, Debug)]
pub struct ConfirmedRow {
	/// The order.
	pub id: String,
	/// What became of it.
	pub state: RecordState,
	/// `accepted`, `partial`, `rejected`.
	pub outcome: &'static str,
	/// The confirmation.
	pub confirmation: sealane_sdk::types::Confirmation,
	/// Its bytes as they came.
	pub text: String,
	/// Made by the issuer's node, without the issuer's business system.
	pub technical: bool,
	/// The channel; −1 where the node did not say.
	pub channel: i64,
	/// Where the order stands in its lane: `channel/from/to/sequence/ordinal`.
	pub entry: String,
	/// Counts the confirmations of the channel, from 1.
	pub place: i64,
	/// When the node stored it.
	pub at_ms: i64,
}

const RECORD_COLUMNS: &str = "id, source, line, state, kind, product, customer, amount, units, currency, placed_at, \
	clause_version, order_text, source_text, failed, submission, retry_at, tries, held, cancels, cancelled_by, outcome, reason_code, reason_text, deal, confirmed_units, nav, \
	confirmed_amount, fee, trade_date, confirmation_text, technical, channel, entry, place, read_at, accepted_at, confirmed_at, \
	issuer, day, change";

/// How many they are.
const COLUMNS: usize = 41;

/// Writes new records. An id that is there already is left alone; callers ask [`SalesDb::known_ids`] before.
pub async fn insert_records(change: &mut Change, source: &str, records: &[NewRecord]) -> Result<u64> {
	let now = now_ms();
	let text = |value: Option<rust_decimal::Decimal>| Cell::Owned(value.map(|v| v.to_string()).unwrap_or_default());
	let mut cells = Vec::with_capacity(records.len() * COLUMNS);
	for record in records {
		let order = &record.order;
		cells.extend([
			Cell::Text(&order.id),
			Cell::Text(source),
			Cell::Int(record.line as i64),
			Cell::Text(record.state.as_str()),
			Cell::Text(order.kind.as_str()),
			Cell::Text(&order.product),
			Cell::Text(&order.customer),
			text(order.amount),
			text(order.units),
			Cell::Text(&order.currency),
			Cell::Text(&order.placed_at),
			Cell::Int(i64::from(record.clause_version)),
			Cell::Text(&record.text),
			Cell::Text(&order.text),
			Cell::Text(&record.failed),
			Cell::Int(record.submission),
			Cell::Int(record.retry_at),
			Cell::Int(0),
			Cell::Int(0),
			Cell::Text(order.cancels.as_deref().unwrap_or("")),
			Cell::Text(""),
		]);
		cells.extend((0..10).map(|_| Cell::Text("")));
		cells.extend([Cell::Int(0), Cell::Int(-1), Cell::Text(""), Cell::Int(0)]);
		cells.extend([Cell::Int(now), Cell::Int(0), Cell::Int(0)]);
		cells.extend([
			Cell::Int(record.issuer),
			Cell::Text(day_of(&order.placed_at)),
			Cell::Int(change.number()),
		]);
	}
	let head = format!("INSERT INTO records ({RECORD_COLUMNS})");
	let inserted = db::run(change, &head, "ON CONFLICT (id) DO NOTHING", COLUMNS, &cells).await?;
	let came: Vec<Facts> = if inserted == records.len() as u64 {
		records.iter().map(facts_of).collect()
	} else {
		// Some were there: those that were not have this change's number.
		let ids: Vec<&str> = records.iter().map(|record| record.order.id.as_str()).collect();
		let number = change.number();
		change.facts_of(&ids, &format!("r.change = {number}")).await?
	};
	for facts in &came {
		change.came(facts);
	}
	Ok(inserted)
}

/// The civil date of a time stamp, in its own time.
fn day_of(placed_at: &str) -> &str {
	placed_at.get(..10).unwrap_or_default()
}

fn facts_of(record: &NewRecord) -> Facts {
	let order = &record.order;
	let text = |value: Option<rust_decimal::Decimal>| value.map(|v| v.to_string()).unwrap_or_default();
	Facts {
		id: order.id.clone(),
		day: day_of(&order.placed_at).into(),
		product: order.product.clone(),
		issuer: record.issuer,
		kind: order.kind.as_str().into(),
		state: record.state.as_str().into(),
		amount: text(order.amount),
		units: text(order.units),
		..Facts::default()
	}
}

/// A record once this confirmation is in it.
fn confirmed_facts(before: &Facts, row: &ConfirmedRow) -> Facts {
	let c = &row.confirmation;
	let day = c.trade_date.clone().filter(|day| !day.is_empty());
	Facts {
		day: day.unwrap_or_else(|| before.day.clone()),
		state: row.state.as_str().into(),
		confirmed_amount: c.amount.clone().unwrap_or_default(),
		confirmed_units: c.units.clone().unwrap_or_default(),
		fee: c.fee.clone().unwrap_or_default(),
		..before.clone()
	}
}

/// Writes confirmations into their records; of two for one order the first counts. Answers how many records were confirmed that were not
/// before.
pub async fn confirm_records(change: &mut Change, rows: &[ConfirmedRow]) -> Result<u64> {
	let mut first = HashMap::with_capacity(rows.len());
	for row in rows {
		first.entry(row.id.as_str()).or_insert(row);
	}
	let ids: Vec<&str> = first.keys().copied().collect();
	let waiting = "r.confirmed_at = 0 AND r.state IN ('pending', 'accepted')";
	for before in change.facts_of(&ids, waiting).await? {
		if let Some(row) = first.get(before.id.as_str()) {
			change.became(&before, &confirmed_facts(&before, row));
		}
	}
	let mut cells = Vec::with_capacity(first.len() * 18);
	for row in rows.iter().filter(|row| std::ptr::eq(first[row.id.as_str()], *row)) {
		let c = &row.confirmation;
		let reason = c.reason.as_ref();
		let optional = |value: &Option<String>| Cell::Owned(value.clone().unwrap_or_default());
		cells.extend([
			Cell::Text(&row.id),
			Cell::Text(row.state.as_str()),
			Cell::Text(row.outcome),
			Cell::Text(reason.map_or("", |r| &r.code)),
			Cell::Text(reason.map_or("", |r| &r.text)),
			optional(&c.deal),
			optional(&c.units),
			optional(&c.nav),
			optional(&c.amount),
			optional(&c.fee),
			optional(&c.trade_date),
			Cell::Text(&row.text),
			Cell::Int(i64::from(row.technical)),
			Cell::Int(row.channel),
			Cell::Text(&row.entry),
			Cell::Int(row.place),
			Cell::Int(row.at_ms),
			Cell::Int(change.number()),
		]);
	}
	db::run(
		change,
		"WITH v (id, state, outcome, reason_code, reason_text, deal, confirmed_units, nav, confirmed_amount, fee, trade_date, \
		 confirmation_text, technical, channel, entry, place, confirmed_at, change) AS (",
		") UPDATE records SET state = v.state, outcome = v.outcome, reason_code = v.reason_code, \
		 reason_text = v.reason_text, deal = v.deal, confirmed_units = v.confirmed_units, nav = v.nav, \
		 confirmed_amount = v.confirmed_amount, fee = v.fee, trade_date = v.trade_date, \
		 confirmation_text = v.confirmation_text, technical = v.technical, channel = v.channel, entry = v.entry, \
		 place = v.place, confirmed_at = v.confirmed_at, change = v.change, \
		 day = CASE WHEN v.trade_date <> '' THEN v.trade_date ELSE records.day END \
		 FROM v WHERE records.id = v.id AND records.confirmed_at = 0 \
		 AND records.state IN ('pending', 'accepted')",
		18,
		&cells,
	)
	.await
}

/// Writes into the records that were taken back by which cancellation: of those confirmed orders of `ids` that are cancellations the
/// issuer agreed to. Whichever way the cancellation was made, it is a record like any other.
pub async fn apply_cancellations(change: &mut Change, ids: &[&str]) -> Result<u64> {
	let cells: Vec<_> = ids.iter().map(|id| Cell::Text(id)).collect();
	let agreed = "SELECT cancels FROM records WHERE cancels <> '' AND state IN ('confirmed', 'partial') AND id IN (";
	let rows = db::select_in(change, agreed, 1, &cells).await?;
	let targets: HashSet<String> = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
	let targets: Vec<&str> = targets.iter().map(String::as_str).collect();
	for before in change
		.facts_of(&targets, "r.state IN ('accepted', 'confirmed', 'partial')")
		.await?
	{
		change.moved(&before, RecordState::Cancelled.as_str());
	}
	let number = change.number();
	let cells: Vec<_> = ids.iter().flat_map(|id| [Cell::Text(id), Cell::Int(number)]).collect();
	db::run(
		change,
		"WITH v (id, change) AS (",
		") UPDATE records SET state = 'cancelled', cancelled_by = c.id, change = v.change \
		 FROM v JOIN records c ON c.id = v.id \
		 WHERE records.id = c.cancels AND c.cancels <> '' AND c.state IN ('confirmed', 'partial') \
		 AND records.state IN ('accepted', 'confirmed', 'partial')",
		2,
		&cells,
	)
	.await
}

/// Takes back an order that has not been sent; answers whether there was one.
pub async fn cancel_unsent(change: &mut Change, id: &str, by: &str) -> Result<bool> {
	for before in change.facts_of(&[id], "r.state IN ('unqualified', 'refused')").await? {
		change.moved(&before, RecordState::Cancelled.as_str());
	}
	let done = sqlx::query(
		"UPDATE records SET state = 'cancelled', cancelled_by = $1, retry_at = 0, held = 0, change = $2 \
		 WHERE id = $3 AND state IN ('unqualified', 'refused')",
	)
	.bind(by)
	.bind(change.number())
	.bind(id)
	.execute(&mut ***change)
	.await?;
	Ok(done.rows_affected() > 0)
}

/// Writes into a record that waits what the two parties agreed on otherwise; answers whether there was one.
pub async fn settle_by_hand(change: &mut Change, id: &str, state: RecordState, note: &str, body: &str) -> Result<bool> {
	for before in change.facts_of(&[id], "r.state IN ('pending', 'accepted')").await? {
		change.moved(&before, state.as_str());
	}
	let settled = sqlx::query(
		"UPDATE records SET state = $1, reason_code = 'BY_HAND', reason_text = $2, confirmation_text = $3, \
		 confirmed_at = $4, change = $5 WHERE id = $6 AND state IN ('pending', 'accepted')",
	)
	.bind(state.as_str())
	.bind(format!("settled by hand: {note}"))
	.bind(body)
	.bind(now_ms())
	.bind(change.number())
	.bind(id)
	.execute(&mut ***change)
	.await?;
	Ok(settled.rows_affected() == 1)
}

/// Notes that the trade records of `channel` are final up to `up_to`, by this anchor in this block.
pub async fn set_finalised(
	change: &mut Change,
	channel: i64,
	up_to: i64,
	anchor: i64,
	block: i64,
	at_ms: i64,
) -> Result<()> {
	sqlx::query(
		"INSERT INTO finalised (channel, up_to, anchor, block, finalised_at, change) VALUES ($1, $2, $3, $4, $5, $6) \
		 ON CONFLICT (channel, up_to) DO NOTHING",
	)
	.bind(channel)
	.bind(up_to)
	.bind(anchor)
	.bind(block)
	.bind(at_ms)
	.bind(change.number())
	.execute(&mut ***change)
	.await?;
	Ok(())
}

/// The places of one channel that are not known to be final.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenPlaces {
	/// The channel.
	pub channel: i64,
	/// Final up to here.
	pub final_to: i64,
	/// The newest confirmation.
	pub newest: i64,
}

impl SalesDb {
	/// Which of these ids have a record already.
	pub async fn known_ids(&self, ids: &[&str]) -> Result<std::collections::HashSet<String>> {
		let cells: Vec<_> = ids.iter().map(|id| Cell::Text(id)).collect();
		let rows = db::select(self, "SELECT id FROM records WHERE id IN (", 1, &cells).await?;
		Ok(rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?)
	}

	/// The newest place of each channel.
	pub async fn places(&self) -> Result<std::collections::HashMap<i64, i64>> {
		let rows = sqlx::query("SELECT channel, MAX(place) FROM records WHERE place > 0 GROUP BY channel")
			.fetch_all(self.pool())
			.await?;
		rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
	}

	/// The channels with confirmations that are not known to be final.
	pub async fn open_places(&self) -> Result<Vec<OpenPlaces>> {
		let rows = sqlx::query("SELECT channel, MAX(up_to) FROM finalised GROUP BY channel")
			.fetch_all(self.pool())
			.await?;
		let mut final_to = std::collections::HashMap::new();
		for row in rows {
			final_to.insert(row.try_get::<i64, _>(0)?, row.try_get::<i64, _>(1)?);
		}
		let mut open: Vec<OpenPlaces> = self
			.places()
			.await?
			.into_iter()
			.map(|(channel, newest)| OpenPlaces {
				channel,
				final_to: final_to.get(&channel).copied().unwrap_or(0),
				newest,
			})
			.filter(|open| open.newest > open.final_to)
			.collect();
		open.sort_by_key(|open| open.channel);
		Ok(open)
	}

	/// The order with the least place of `channel` above `above`, with that place.
	pub async fn first_order_above(&self, channel: i64, above: i64) -> Result<Option<(String, i64)>> {
		let row = sqlx::query("SELECT id, place FROM records WHERE channel = $1 AND place > $2 ORDER BY place LIMIT 1")
			.bind(channel)
			.bind(above)
			.fetch_optional(self.pool())
			.await?;
		row.map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).transpose()
	}

	/// The order with the greatest place of `channel` from `above` (exclusive) to `up_to` (inclusive), with that place.
	pub async fn order_at(&self, channel: i64, above: i64, up_to: i64) -> Result<Option<(String, i64)>> {
		let row = sqlx::query(
			"SELECT id, place FROM records WHERE channel = $1 AND place > $2 AND place <= $3 ORDER BY place DESC LIMIT 1",
		)
		.bind(channel)
		.bind(above)
		.bind(up_to)
		.fetch_optional(self.pool())
		.await?;
		row.map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).transpose()
	}
}

#[cfg(test)]
mod tests;
