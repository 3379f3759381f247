// SPDX-License-Identifier: Apache-2.0

//! What the common part of the API asks of the sales terminal: its events, figures and alarms.
//!
//! Events are no log of their own: each row has the number of the transaction that wrote it last, and the rows of all tables are read in the
//! order of these numbers. A row that changes again moves on to the end; nobody who reads on misses it.

use crate::{
	db::{RecordRow, SalesDb},
	error::{Error, Result},
};
use sealane_sdk::{types::Status, Client};
use sealane_service::{
	events::{Event, EventPage},
	metrics::Figure,
	paging, quarantine, Answer, Terminal,
};
use sealane_terminal_core::{
	from_row,
	stop::{stopped, Stop},
};
use serde::Serialize;
use serde_json::Value;
use sqlx::Row;
use std::{sync::OnceLock, time::Duration};

/// The kinds of events, in the order in which those of one transaction come.
const KINDS: [&str; 4] = ["record", "registration", "finalised", "quarantine"];

/// How often a node is asked again that does not know yet which institution it belongs to.
const ASK_EVERY: Duration = Duration::from_secs(15);

/// Where an event stands: transaction, index of its kind, key in its table.
type Place = (i64, usize, String);

/// See the module.
pub(super) struct SalesTerminal {
	db: SalesDb,
	institution: OnceLock<String>,
}

#[derive(Serialize)]
struct Registration {
	id: String,
	customer: String,
	issuer: i64,
	state: String,
	reason_code: String,
	reason_text: String,
	account: String,
	updated_at: i64,
	change: i64,
}

from_row!(Registration {
	id,
	customer,
	issuer,
	state,
	reason_code,
	reason_text,
	account,
	updated_at,
	change,
});

/// The trade records of a channel are final up to a place.
#[derive(Serialize)]
struct Finalised {
	channel: i64,
	up_to: i64,
	anchor: i64,
	block: i64,
	finalised_at: i64,
	change: i64,
}

from_row!(Finalised {
	channel,
	up_to,
	anchor,
	block,
	finalised_at,
	change,
});

#[derive(Serialize)]
struct Unreadable {
	number: i64,
	origin: String,
	channel: i64,
	id: String,
	reason: String,
	state: String,
	change: i64,
}

from_row!(Unreadable {
	number,
	origin,
	channel,
	id,
	reason,
	state,
	change,
});

/// Something that changed, and where it stands.
type Changed = (Place, Value);

impl SalesTerminal {
	pub fn new(db: SalesDb) -> Self {
		SalesTerminal {
			db,
			institution: OnceLock::new(),
		}
	}

	/// Asks the node whose terminal this is, until it knows or the terminal stops.
	pub async fn learn_institution(&self, client: Client, stop: Stop) {
		let ask = async {
			loop {
				match client.status().await {
					Ok(Status {
						member: Some(member), ..
					}) => {
						// Set here alone.
						let _ = self.institution.set(member.name);
						return;
					}
					Ok(_) => {}
					Err(error) => tracing::debug!("the node does not say whose it is: {error}"),
				}
				tokio::time::sleep(ASK_EVERY).await;
			}
		};
		tokio::select! {
			() = ask => {},
			() = stopped(stop) => {},
		}
	}

	async fn read(&self, after: Option<&str>, limit: u32) -> Result<EventPage> {
		let from: Place = match after {
			None => (0, 0, String::new()),
			Some(cursor) => paging::place_of(cursor)
				.filter(|place: &Place| place.0 >= 0 && (place.1 < KINDS.len() || place.2.is_empty()))
				.ok_or_else(|| Error::invalid("cursor", "", "a cursor of this terminal"))?,
		};
		let mut changed: Vec<Changed> = Vec::new();
		for kind in 0..KINDS.len() {
			// Of the transaction where the last page ended, the kinds before are done, this one is read on, those behind are new.
			let (number, behind) = match kind.cmp(&from.1) {
				std::cmp::Ordering::Less => (from.0, None),
				std::cmp::Ordering::Equal => (from.0, Some(from.2.as_str())),
				std::cmp::Ordering::Greater => (from.0.saturating_sub(1), None),
			};
			changed.extend(self.changed(kind, number, behind, limit).await?);
		}
		changed.sort_by(|a, b| a.0.cmp(&b.0));
		let at_end = changed.len() <= limit as usize;
		changed.truncate(limit as usize);
		let next = changed.last().map_or(&from, |(place, _)| place);
		let next = paging::cursor(next);
		let events = changed
			.into_iter()
			.map(|(place, body)| Event {
				cursor: paging::cursor(&place),
				kind: KINDS[place.1].into(),
				body,
			})
			.collect();
		Ok(EventPage { events, next, at_end })
	}

	/// Rows of one kind that changed after a transaction, or in it behind a key.
	async fn changed(&self, kind: usize, number: i64, behind: Option<&str>, limit: u32) -> Result<Vec<Changed>> {
		match KINDS[kind] {
			"record" => {
				let rows = self.db.changed(number, behind, limit + 1).await?;
				rows.iter()
					.map(|row: &RecordRow| placed(kind, row.change, &row.id, row))
					.collect()
			}
			"registration" => {
				let rows: Vec<Registration> = self
					.rows(
						"SELECT id, customer, issuer, state, reason_code, reason_text, account, updated_at, change FROM registrations",
						("id", "''"),
						(number, behind),
						limit,
					)
					.await?;
				rows.iter().map(|row| placed(kind, row.change, &row.id, row)).collect()
			}
			"finalised" => {
				let rows: Vec<Finalised> = self
					.rows(
						"SELECT channel, up_to, anchor, block, finalised_at, change FROM finalised",
						("channel", "-1"),
						(number, behind),
						limit,
					)
					.await?;
				rows.iter()
					.map(|row| placed(kind, row.change, padded(row.channel), row))
					.collect()
			}
			_ => {
				let rows: Vec<Unreadable> = self
					.rows(
						"SELECT number, origin, channel, id, reason, state, change FROM quarantine",
						("number", "-1"),
						(number, behind),
						limit,
					)
					.await?;
				rows.iter()
					.map(|row| placed(kind, row.change, padded(row.number), row))
					.collect()
			}
		}
	}

	/// `select` behind a place, in the order of changes; `key` is the column that tells rows of one transaction apart, with a value before
	/// all others.
	async fn rows<T>(&self, select: &str, key: (&str, &str), place: (i64, Option<&str>), limit: u32) -> Result<Vec<T>>
	where
		T: for<'r> sqlx::FromRow<'r, sqlx::any::AnyRow> + Send + Unpin,
	{
		let (column, first) = key;
		let is_text = first == "''";
		let (number, behind) = match place {
			(number, None) => (number.saturating_add(1), None),
			(number, Some(behind)) => (number, Some(behind)),
		};
		let bound = if behind.is_some() { "$2" } else { first };
		let statement = format!("{select} WHERE (change, {column}) > ($1, {bound}) ORDER BY change, {column} LIMIT $3");
		let statement = if behind.is_some() {
			statement
		} else {
			statement.replace("$3", "$2")
		};
		let query = sqlx::query_as(&statement).bind(number);
		let query = match behind {
			None => query,
			Some(behind) if is_text => query.bind(behind),
			Some(behind) => query.bind(behind.parse::<i64>().unwrap_or(-1)),
		};
		Ok(query.bind(i64::from(limit) + 1).fetch_all(self.db.pool()).await?)
	}

	async fn count(&self, statement: &str) -> Result<i64> {
		Ok(sqlx::query(statement).fetch_one(self.db.pool()).await?.try_get(0)?)
	}
}

/// Numbers as keys that are ordered like them.
fn padded(number: i64) -> String {
	format!("{number:020}")
}

fn placed<T: Serialize>(kind: usize, change: i64, key: impl ToString, row: &T) -> Result<Changed> {
	let body = serde_json::to_value(row).map_err(|error| Error::node(error.to_string()))?;
	Ok(((change, kind, key.to_string()), body))
}

const REFUSED: &str = "SELECT COUNT(*) FROM records WHERE state = 'refused' AND retry_at = 0 AND held = 0";

impl Terminal for SalesTerminal {
	fn name(&self) -> &'static str {
		"sales"
	}

	fn institution(&self) -> Option<String> {
		self.institution.get().cloned()
	}

	fn kinds(&self) -> &'static [&'static str] {
		&KINDS
	}

	fn events<'a>(&'a self, after: Option<&'a str>, limit: u32) -> Answer<'a, EventPage> {
		Box::pin(self.read(after, limit))
	}

	fn tail(&self) -> Answer<'_, String> {
		Box::pin(async {
			let number = self
				.count("SELECT COALESCE((SELECT value FROM counters WHERE name = 'changes'), 0)")
				.await?;
			Ok(paging::cursor(&(number, KINDS.len(), "")))
		})
	}

	fn figures(&self) -> Answer<'_, Vec<Figure>> {
		Box::pin(async {
			let mut figures = Vec::new();
			let states =
				sqlx::query("SELECT state, CAST(SUM(orders) AS BIGINT) FROM sums GROUP BY state ORDER BY state");
			for row in states.fetch_all(self.db.pool()).await? {
				let figure = Figure::gauge("records", "Orders by where they stand", row.try_get(1)?);
				figures.push(figure.with("state", row.try_get::<String, _>(0)?));
			}
			let (waiting, held) = self.db.waiting().await?;
			let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
			figures.push(Figure::gauge(
				"orders_waiting",
				"Orders that are tried again by themselves",
				number(waiting),
			));
			figures.push(Figure::gauge(
				"orders_held",
				"Orders that are held by hand",
				number(held),
			));
			let open = number(self.db.open_submissions().await?);
			figures.push(Figure::gauge(
				"requests_open",
				"Requests to the node without an answer",
				open,
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
					"{refused} orders were refused by the node and are not tried again by themselves"
				));
			}
			Ok(alarms)
		})
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::db::tests::{confirmed_purchase, temporary};

	#[tokio::test]
	async fn what_changed_is_read_once_in_its_order_whatever_the_page() {
		let (db, _dir) = temporary().await;
		let terminal = SalesTerminal::new(db.clone());
		let start = terminal.tail().await.unwrap();
		for number in 0..7 {
			confirmed_purchase(&db, &format!("A-{number}"), "C", "2026-03-03", "1", "2").await;
		}
		for limit in [1, 3, 100] {
			let (mut cursor, mut ids) = (start.clone(), Vec::new());
			loop {
				let page = terminal.events(Some(&cursor), limit).await.unwrap();
				ids.extend(
					page.events
						.iter()
						.map(|event| event.body["id"].as_str().unwrap().to_string()),
				);
				cursor = page.next;
				if page.at_end {
					break;
				}
			}
			// Written when it came and when it was confirmed: one event, as it is now.
			assert_eq!(
				ids,
				(0..7).map(|number| format!("A-{number}")).collect::<Vec<_>>(),
				"{limit}"
			);
			assert!(terminal.events(Some(&cursor), limit).await.unwrap().events.is_empty());
			assert_ne!(cursor, start);
		}
		let all = terminal.events(None, 100).await.unwrap();
		assert_eq!(all.events.len(), 7);
		assert_eq!(all.events[0].body["state"], "confirmed");
		assert!(terminal.events(Some("00"), 5).await.is_err());
		for number in [i64::MIN, -1] {
			let forged = paging::cursor(&(number, KINDS.len(), ""));
			assert!(terminal.events(Some(&forged), 5).await.is_err(), "{number}");
		}
		let far = paging::cursor(&(i64::MAX, KINDS.len(), ""));
		assert!(terminal.events(Some(&far), 5).await.unwrap().events.is_empty());

		let tail = terminal.tail().await.unwrap();
		let item = sealane_terminal_core::quarantine::Unreadable {
			origin: "confirmation",
			place: "9-0".into(),
			channel: 1,
			id: "A-1".into(),
			reason: "deal".into(),
			body: "{}".into(),
		};
		let mut change = db.begin().await.unwrap();
		sealane_terminal_core::quarantine::put(&mut change, &[item])
			.await
			.unwrap();
		crate::db::set_finalised(&mut change, 1, 7, 3, 9, 5).await.unwrap();
		change.commit().await.unwrap();
		let page = terminal.events(Some(&tail), 100).await.unwrap();
		let kinds: Vec<_> = page.events.iter().map(|event| event.kind.as_str()).collect();
		assert_eq!(kinds, ["finalised", "quarantine"]);
		assert_eq!(terminal.alarms().await.unwrap().len(), 1);
		let figures = terminal.figures().await.unwrap();
		assert!(
			figures.iter().any(|f| f.name == "records" && f.value == 7),
			"{figures:?}"
		);
	}
}
