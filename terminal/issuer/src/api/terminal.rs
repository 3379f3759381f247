// SPDX-License-Identifier: Apache-2.0

//! What the common part of the API asks of the issuer terminal: its events, figures and alarms.
//!
//! An event is an act on a day, by a person or by the desk: the history of the days, in its order.

use crate::{
	books::BooksDb,
	error::{Error, Result},
};
use sealane_service::{
	events::{Event, EventPage},
	metrics::Figure,
	paging, quarantine, Answer, Terminal,
};
use sealane_terminal_core::db::now_ms;
use serde_json::json;
use sqlx::Row;

/// How long after its cut-off a day may wait for its price before somebody must look.
const LATE_MS: i64 = 24 * 3_600_000;

/// The kinds of events.
const KINDS: [&str; 1] = ["day"];

/// See the module.
pub(super) struct IssuerTerminal {
	db: BooksDb,
	institution: String,
}

impl IssuerTerminal {
	/// `institution`: its name on the chain.
	pub fn new(db: BooksDb, institution: &str) -> Self {
		IssuerTerminal {
			db,
			institution: institution.into(),
		}
	}

	async fn read(&self, after: Option<&str>, limit: u32) -> Result<EventPage> {
		let from: i64 = match after {
			None => 0,
			Some(cursor) => {
				paging::place_of(cursor).ok_or_else(|| Error::invalid("cursor", "", "a cursor of this terminal"))?
			}
		};
		let rows = sqlx::query(
			"SELECT number, product, day, act, who, seller, id, note, done_at FROM day_acts WHERE number > $1 \
			 ORDER BY number LIMIT $2",
		)
		.bind(from)
		.bind(i64::from(limit) + 1)
		.fetch_all(self.db.pool())
		.await?;
		let at_end = rows.len() <= limit as usize;
		let mut events = Vec::with_capacity(rows.len());
		let mut last = from;
		for row in rows.iter().take(limit as usize) {
			last = row.try_get(0)?;
			let text = |index: usize| row.try_get::<String, _>(index);
			let seller: i64 = row.try_get(5)?;
			events.push(Event {
				cursor: paging::cursor(&last),
				kind: KINDS[0].into(),
				body: json!({
					"product": text(1)?, "day": text(2)?, "act": text(3)?, "who": text(4)?,
					"seller": (seller >= 0).then_some(seller), "order": text(6)?, "note": text(7)?,
					"done_at": row.try_get::<i64, _>(8)?,
				}),
			});
		}
		let next = paging::cursor(&last);
		Ok(EventPage { events, next, at_end })
	}

	async fn count(&self, statement: &str) -> Result<i64> {
		Ok(sqlx::query(statement).fetch_one(self.db.pool()).await?.try_get(0)?)
	}
}

const REFUSED: &str = "SELECT COUNT(*) FROM refused_answers";

impl Terminal for IssuerTerminal {
	fn name(&self) -> &'static str {
		"issuer"
	}

	fn institution(&self) -> Option<String> {
		Some(self.institution.clone())
	}

	fn kinds(&self) -> &'static [&'static str] {
		&KINDS
	}

	fn events<'a>(&'a self, after: Option<&'a str>, limit: u32) -> Answer<'a, EventPage> {
		Box::pin(self.read(after, limit))
	}

	fn tail(&self) -> Answer<'_, String> {
		Box::pin(async {
			let last = self.count("SELECT COALESCE(MAX(number), 0) FROM day_acts").await?;
			Ok(paging::cursor(&last))
		})
	}

	fn figures(&self) -> Answer<'_, Vec<Figure>> {
		Box::pin(async {
			let mut figures = Vec::new();
			let states =
				sqlx::query("SELECT state, COUNT(*) FROM days WHERE state <> 'closed' GROUP BY state ORDER BY state");
			for row in states.fetch_all(self.db.pool()).await? {
				let figure = Figure::gauge("days", "Days of products by how far they have come", row.try_get(1)?);
				figures.push(figure.with("state", row.try_get::<String, _>(0)?));
			}
			let waiting = self.count("SELECT COUNT(*) FROM book_waiting").await?;
			figures.push(Figure::gauge(
				"orders_waiting",
				"Orders that cannot be decided yet",
				waiting,
			));
			let held = "SELECT COUNT(*) FROM day_orders WHERE held = 1 AND state IN ('taken', 'proposed')";
			figures.push(Figure::gauge(
				"orders_held",
				"Orders that are held by hand",
				self.count(held).await?,
			));
			let open = self
				.count("SELECT COUNT(*) FROM answers WHERE state = 'pending'")
				.await?;
			figures.push(Figure::gauge(
				"requests_open",
				"Requests to the node without an answer",
				open,
			));
			let refused = self.count(REFUSED).await?;
			figures.push(Figure::gauge(
				"answers_refused",
				"Answers that the own node refused",
				refused,
			));
			figures.push(quarantine::figure(&self.db).await?);
			Ok(figures)
		})
	}

	fn alarms(&self) -> Answer<'_, Vec<String>> {
		Box::pin(async {
			let mut alarms = Vec::from_iter(quarantine::alarm(&self.db).await?);
			let refused = self.count(REFUSED).await?;
			if refused > 0 {
				alarms.push(format!(
					"{refused} answers were refused by the node: their sellers do not have them"
				));
			}
			// A price that is not there yet is the evening's work; one that is not there a day later is not.
			let rows = sqlx::query(
				"SELECT product, day, waits_for FROM days WHERE waits_for <> '' AND (closes_at < $1 OR \
				 (waits_for NOT LIKE '%net asset value%' AND waits_for NOT LIKE 'the day before%')) \
				 ORDER BY day, product LIMIT 20",
			)
			.bind(now_ms() - LATE_MS);
			for row in rows.fetch_all(self.db.pool()).await? {
				let text = |index: usize| row.try_get::<String, _>(index);
				alarms.push(format!("the day {} of {} waits for {}", text(1)?, text(0)?, text(2)?));
			}
			Ok(alarms)
		})
	}
}
