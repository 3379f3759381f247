// SPDX-License-Identifier: Apache-2.0

//! What commands show of the records.

use super::SalesDb;
use crate::{error::Result, qualify::Failed};
use serde::Serialize;
use sqlx::{any::AnyRow, Row};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A business record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RecordRow {
	/// The order's id.
	pub id: String,
	/// The file it came from.
	pub source: String,
	/// Its line there.
	pub line: i64,
	/// See [`super::RecordState`].
	pub state: String,
	/// Kind of business.
	pub kind: String,
	/// Product.
	pub product: String,
	/// The issuer's number; −1 while no channel has the product.
	pub issuer: i64,
	/// The day of the trade once it is confirmed; before, the day on which the customer placed it.
	pub day: String,
	/// The customer's reference.
	pub customer: String,
	/// Amount asked for.
	pub amount: String,
	/// Units asked for.
	pub units: String,
	/// Currency.
	pub currency: String,
	/// When the customer placed it.
	pub placed_at: String,
	/// The agreement it was checked against.
	pub clause_version: i64,
	/// Why it does not qualify: each clause that it does not meet, with what was asked and what was found.
	#[serde(skip_serializing_if = "Fails::is_empty")]
	#[schema(value_type = Vec<Failed>)]
	pub failed: Fails,
	/// What the issuer decided.
	pub outcome: String,
	/// Why.
	pub reason_code: String,
	/// The same in words.
	pub reason_text: String,
	/// The issuer's reference.
	pub deal: String,
	/// Units of the confirmation.
	pub confirmed_units: String,
	/// Net asset value.
	pub nav: String,
	/// Amount of the confirmation.
	pub confirmed_amount: String,
	/// Fee.
	pub fee: String,
	/// Day of the trade.
	pub trade_date: String,
	/// The order that it takes back.
	#[serde(skip_serializing_if = "String::is_empty")]
	pub cancels: String,
	/// The order that took it back.
	#[serde(skip_serializing_if = "String::is_empty")]
	pub cancelled_by: String,
	/// When it is tried again by itself, Unix ms; 0: not at all.
	pub retry_at: i64,
	/// How often it was tried again.
	pub tries: i64,
	/// Held by hand: it is not tried again until it is released.
	#[schema(value_type = bool)]
	pub held: Yes,
	/// Whether the issuer's node decided by itself.
	#[schema(value_type = bool)]
	pub technical: Yes,
	/// Where the order stands in its lane; evidence is fetched by the order's id.
	pub entry: String,
	/// Unix ms.
	pub read_at: i64,
	/// Unix ms; 0 before.
	pub accepted_at: i64,
	/// Unix ms; 0 before.
	pub confirmed_at: i64,
	/// Unix ms; 0 before.
	pub finalised_at: i64,
	/// This node's anchor that made it final; −1 before.
	pub anchor: i64,
	/// The anchor's block; −1 before.
	pub block: i64,
	/// Counts up with each change; the order in which they happened.
	pub change: i64,
	/// The order's bytes.
	#[serde(skip_serializing_if = "String::is_empty")]
	pub order_text: String,
	/// The confirmation's bytes.
	#[serde(skip_serializing_if = "String::is_empty")]
	pub confirmation_text: String,
}

sealane_terminal_core::from_row!(RecordRow {
	id,
	source,
	line,
	state,
	kind,
	product,
	issuer,
	day,
	customer,
	amount,
	units,
	currency,
	placed_at,
	clause_version,
	failed from String,
	outcome,
	reason_code,
	reason_text,
	deal,
	confirmed_units,
	nav,
	confirmed_amount,
	fee,
	trade_date,
	cancels,
	cancelled_by,
	retry_at,
	tries,
	held from i64,
	technical from i64,
	entry,
	read_at,
	accepted_at,
	confirmed_at,
	finalised_at,
	anchor,
	block,
	change,
	order_text,
	confirmation_text,
});

/// Yes or no, which stands in the database as 1 or 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Yes(pub bool);

impl From<i64> for Yes {
	fn from(number: i64) -> Self {
		Yes(number != 0)
	}
}

/// Why a record does not qualify, as its column holds it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Fails(pub Vec<Failed>);

impl Fails {
	/// Whether it does qualify, or nothing is known of it.
	pub fn is_empty(&self) -> bool {
		self.0.is_empty()
	}
}

impl From<String> for Fails {
	fn from(column: String) -> Self {
		if column.is_empty() {
			return Fails::default();
		}
		// What another release wrote is shown as it is.
		let read = serde_json::from_str(&column);
		Fails(read.unwrap_or_else(|_| {
			vec![Failed {
				code: "unknown".into(),
				text: column,
			}]
		}))
	}
}

/// A line that is no order of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DefectRow {
	/// The file.
	pub source: String,
	/// The line.
	pub line: i64,
	/// `malformed` or `duplicate`.
	pub state: String,
	/// The field.
	pub field: String,
	/// The value found.
	pub value: String,
	/// The rule it breaks.
	pub rule: String,
}

sealane_terminal_core::from_row!(DefectRow {
	source,
	line,
	state,
	field,
	value,
	rule,
});

/// Which records to show.
#[derive(Clone, Debug, Default)]
pub struct RecordFilter {
	/// Only those in this state.
	pub state: Option<String>,
	/// Only those of this customer.
	pub customer: Option<String>,
	/// Only those of this product.
	pub product: Option<String>,
	/// Only those of this issuer.
	pub issuer: Option<i64>,
	/// Only those of this kind.
	pub kind: Option<String>,
	/// Only those of this day.
	pub day: Option<String>,
	/// Only those of this file, or this source otherwise.
	pub source: Option<String>,
	/// Only those that do not meet the clause with this code.
	pub clause: Option<String>,
	/// Only those behind this place: when one was read, and its id.
	pub behind: Option<(i64, String)>,
	/// With the bytes of order and confirmation.
	pub texts: bool,
	/// At most so many, newest first.
	pub limit: u32,
}

impl RecordFilter {
	/// The newest, whatever they are.
	pub fn newest(limit: u32) -> Self {
		RecordFilter {
			texts: true,
			limit,
			..RecordFilter::default()
		}
	}
}

/// How many records stand where.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Figures {
	/// Lines read, blank ones not counted.
	pub orders_read: u64,
	/// Lines that are no orders.
	pub malformed: u64,
	/// Orders whose id came before.
	pub duplicates: u64,
	/// Orders dropped by the clauses.
	pub unqualified: u64,
	/// The same by clause. An order that fails several counts for each.
	pub unqualified_by_clause: BTreeMap<String, u64>,
	/// Orders that the node itself refused.
	pub refused: u64,
	/// Orders that went to the node.
	pub submitted: u64,
	/// Requests that they went in.
	pub requests: u64,
	/// Packets that the node made of them.
	pub packets: u64,
	/// Confirmed, in full or in part.
	pub confirmed: u64,
	/// Taken back: after they were confirmed (those count as confirmed, too), or before they were sent.
	pub cancelled: u64,
	/// Rejected by the issuer.
	pub rejected: u64,
	/// Business records with a confirmation.
	pub records: u64,
	/// Records whose trade record is final on chain.
	pub finalised: u64,
}

/// Orders that do not qualify, by the clause that they fail.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Unqualified {
	/// Orders that were looked at.
	pub orders: u64,
	/// Whether these are all; else they are the newest.
	pub is_all: bool,
	/// How many fail the clause of this code. An order that fails several counts for each.
	pub clauses: BTreeMap<String, u64>,
}

const COLUMNS: &str = "r.id, r.source, r.line, r.state, r.kind, r.product, r.issuer, r.day, r.customer, r.amount, r.units, r.currency, \
	r.placed_at, r.clause_version, r.failed, r.outcome, r.reason_code, r.reason_text, r.deal, r.confirmed_units, r.nav, \
	r.confirmed_amount, r.fee, r.trade_date, r.cancels, r.cancelled_by, r.retry_at, r.tries, r.held, r.technical, r.entry, \
	r.read_at, r.accepted_at, r.confirmed_at, COALESCE(f.finalised_at, 0) AS finalised_at, \
	COALESCE(f.anchor, -1) AS anchor, COALESCE(f.block, -1) AS block, r.change";

/// The bytes, where they are asked for.
const TEXTS: &str = "r.order_text, r.confirmation_text";

/// As empty as where there are none.
const NO_TEXTS: &str = "'' AS order_text, '' AS confirmation_text";

/// The first anchor that reaches a record's place.
const WITH_FINALITY: &str = "FROM records r LEFT JOIN finalised f ON f.channel = r.channel AND r.place > 0 \
	AND f.up_to = (SELECT MIN(g.up_to) FROM finalised g WHERE g.channel = r.channel AND g.up_to >= r.place)";

impl SalesDb {
	/// The record of one order.
	pub async fn record(&self, id: &str) -> Result<Option<RecordRow>> {
		let statement = format!("SELECT {COLUMNS}, {TEXTS} {WITH_FINALITY} WHERE r.id = $1");
		let row = sqlx::query_as(&statement).bind(id).fetch_optional(self.pool()).await?;
		Ok(row)
	}

	/// Records, newest first.
	pub async fn records(&self, filter: &RecordFilter) -> Result<Vec<RecordRow>> {
		let mut conditions = Vec::new();
		let mut values = Vec::new();
		let finalised = filter.state.as_deref() == Some("finalised");
		let state = filter.state.as_ref().filter(|_| !finalised);
		for (column, value) in [
			("state", state),
			("customer", filter.customer.as_ref()),
			("product", filter.product.as_ref()),
			("kind", filter.kind.as_ref()),
			("day", filter.day.as_ref()),
			("source", filter.source.as_ref()),
		] {
			if let Some(value) = value {
				values.push(value.as_str());
				conditions.push(format!(" AND r.{column} = ${}", values.len() + 3));
			}
		}
		if let Some(issuer) = filter.issuer {
			conditions.push(format!(" AND r.issuer = {issuer}"));
		}
		if finalised {
			conditions.push(" AND f.finalised_at > 0".into());
		}
		let named = filter.clause.as_ref().map(|code| format!("\"code\":\"{code}\""));
		if let Some(named) = &named {
			values.push(named);
			conditions.push(format!(" AND r.failed LIKE '%' || ${} || '%'", values.len() + 3));
		}
		let texts = if filter.texts { TEXTS } else { NO_TEXTS };
		let statement = format!(
			"SELECT {COLUMNS}, {texts} {WITH_FINALITY} WHERE (r.read_at, r.id) < ($1, $2){} \
			 ORDER BY r.read_at DESC, r.id DESC LIMIT $3",
			conditions.concat(),
		);
		let (at, id) = filter.behind.as_ref().map_or((i64::MAX, ""), |(at, id)| (*at, id));
		let mut query = sqlx::query_as(&statement)
			.bind(at)
			.bind(id)
			.bind(i64::from(filter.limit));
		for value in values {
			query = query.bind(value);
		}
		Ok(query.fetch_all(self.pool()).await?)
	}

	/// Records that changed after a change, or in it behind an id; in the order of changes.
	pub async fn changed(&self, after: i64, behind: Option<&str>, limit: u32) -> Result<Vec<RecordRow>> {
		let statement = format!(
			"SELECT {COLUMNS}, {NO_TEXTS} {WITH_FINALITY} WHERE (r.change, r.id) > ($1, $2) ORDER BY r.change, r.id LIMIT $3"
		);
		let (after, behind) = behind.map_or((after.saturating_add(1), ""), |id| (after, id));
		let rows = sqlx::query_as(&statement)
			.bind(after)
			.bind(behind)
			.bind(i64::from(limit));
		Ok(rows.fetch_all(self.pool()).await?)
	}

	/// Orders for a product behind an id, by id: the id, and the order's bytes as they were read or sent.
	pub async fn past_orders(&self, product: &str, after: &str, limit: u32) -> Result<Vec<(String, String)>> {
		let rows = sqlx::query_as(
			"SELECT id, order_text FROM records WHERE product = $1 AND id > $2 AND order_text <> '' ORDER BY id LIMIT $3",
		)
		.bind(product)
		.bind(after)
		.bind(i64::from(limit))
		.fetch_all(self.pool())
		.await?;
		Ok(rows)
	}

	/// How many of the newest orders that do not qualify fail which clause.
	pub async fn unqualified(&self, limit: u32) -> Result<Unqualified> {
		let rows = sqlx::query(
			"SELECT failed FROM records WHERE state = 'unqualified' ORDER BY read_at DESC, id DESC LIMIT $1",
		)
		.bind(i64::from(limit))
		.fetch_all(self.pool())
		.await?;
		let mut clauses = BTreeMap::new();
		for row in &rows {
			for code in crate::qualify::failed_codes(&row.try_get::<String, _>(0)?) {
				*clauses.entry(code).or_default() += 1;
			}
		}
		Ok(Unqualified {
			orders: rows.len() as u64,
			is_all: rows.len() < limit as usize,
			clauses,
		})
	}

	/// Bad lines of one file behind a line, in their order.
	pub async fn defects_of(&self, source: &str, after: i64, limit: u32) -> Result<Vec<DefectRow>> {
		let rows = sqlx::query_as(
			"SELECT source, line, state, field, value, rule FROM defects WHERE source = $1 AND line > $2 ORDER BY line LIMIT $3",
		)
		.bind(source)
		.bind(after)
		.bind(i64::from(limit))
		.fetch_all(self.pool())
		.await?;
		Ok(rows)
	}

	/// Defective lines, newest first; `state` is `malformed` or `duplicate`.
	pub async fn defects(&self, state: &str, limit: u32) -> Result<Vec<DefectRow>> {
		let rows = sqlx::query_as(
			"SELECT source, line, state, field, value, rule FROM defects WHERE state = $1 \
			 ORDER BY read_at DESC, source, line LIMIT $2",
		)
		.bind(state)
		.bind(i64::from(limit))
		.fetch_all(self.pool())
		.await?;
		Ok(rows)
	}

	/// The figures of all files, or of one.
	pub async fn figures(&self, source: Option<&str>) -> Result<Figures> {
		let only = |column: &str| {
			if source.is_some() {
				format!("{column} = $1")
			} else {
				"$1 = ''".into()
			}
		};
		let bound = source.unwrap_or("");
		let mut figures = Figures::default();
		let statement = format!(
			"SELECT COALESCE(CAST(SUM(orders_read) AS BIGINT), 0), COALESCE(CAST(SUM(malformed) AS BIGINT), 0), \
			 COALESCE(CAST(SUM(duplicates) AS BIGINT), 0) FROM imports WHERE {}",
			only("source")
		);
		let row = sqlx::query(&statement).bind(bound).fetch_one(self.pool()).await?;
		let number = |row: &AnyRow, index: usize| row.try_get::<i64, _>(index).map(|n| n as u64);
		figures.orders_read = number(&row, 0)?;
		figures.malformed = number(&row, 1)?;
		figures.duplicates = number(&row, 2)?;

		let statement = format!(
			"SELECT state, COUNT(*), CASE WHEN confirmed_at > 0 THEN 1 ELSE 0 END AS sent FROM records WHERE {} \
			 GROUP BY state, sent",
			only("source")
		);
		for row in sqlx::query(&statement).bind(bound).fetch_all(self.pool()).await? {
			let count = number(&row, 1)?;
			match row.try_get::<String, _>(0)?.as_str() {
				"unqualified" => figures.unqualified += count,
				"refused" => figures.refused += count,
				// Taken back after it was confirmed, or before it was sent.
				"cancelled" if number(&row, 2)? == 1 => {
					figures.submitted += count;
					figures.confirmed += count;
					figures.cancelled += count;
				}
				"cancelled" => figures.cancelled += count,
				"confirmed" | "partial" => {
					figures.submitted += count;
					figures.confirmed += count;
				}
				"rejected" => {
					figures.submitted += count;
					figures.rejected += count;
				}
				_ => figures.submitted += count,
			}
		}
		figures.records = figures.confirmed + figures.rejected;

		let statement = format!(
			"SELECT failed FROM records WHERE state = 'unqualified' AND {}",
			only("source")
		);
		for row in sqlx::query(&statement).bind(bound).fetch_all(self.pool()).await? {
			for code in crate::qualify::failed_codes(&row.try_get::<String, _>(0)?) {
				*figures.unqualified_by_clause.entry(code).or_default() += 1;
			}
		}

		let statement = format!(
			"SELECT COUNT(*), COALESCE(CAST(SUM(packets) AS BIGINT), 0) FROM submissions WHERE kind = 'orders' \
			 AND state = 'accepted' AND number IN (SELECT submission FROM records WHERE {})",
			only("source")
		);
		let row = sqlx::query(&statement).bind(bound).fetch_one(self.pool()).await?;
		figures.requests = number(&row, 0)?;
		figures.packets = number(&row, 1)?;

		let statement = format!(
			"SELECT COUNT(*) FROM records r WHERE r.place > 0 AND r.place <= \
			 COALESCE((SELECT MAX(g.up_to) FROM finalised g WHERE g.channel = r.channel), 0) AND {}",
			only("r.source")
		);
		let row = sqlx::query(&statement).bind(bound).fetch_one(self.pool()).await?;
		figures.finalised = number(&row, 0)?;
		Ok(figures)
	}
}
