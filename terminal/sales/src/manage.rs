// SPDX-License-Identifier: Apache-2.0

//! What people decide: cancel, hold, release, try again, and what becomes of what is in quarantine. The commands write into the
//! database; the terminal that runs on it does the rest.

use crate::{
	db::{
		cancel_unsent, confirm_records, insert_records, settle_by_hand, settle_registrations, NewRecord, RecordState,
		SalesDb,
	},
	error::{Error, Result},
	follow::confirmed,
	orders::{parse_line, Declared},
};
use sealane_primitives::clauses::{Timestamp, UtcOffset};
use sealane_sdk::types::{Cursor, Event, EventKind, LaneRef};
use sealane_terminal_core::{
	db::{now_ms, set_cursor},
	quarantine,
};
use serde::Serialize;
use serde_json::value::RawValue;

/// What a request to cancel led to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum Cancelled {
	/// The order had not been sent, and is not sent any more.
	Here,
	/// The issuer is asked, by an order of this id; its confirmation brings the decision.
	Asked {
		/// The order that asks.
		cancellation: String,
	},
}

/// Takes an order back: at once where it has not been sent, else by asking the issuer.
///
/// # Errors
/// There is no such order, it was rejected or taken back already, or it is a cancellation itself.
pub async fn cancel(db: &SalesDb, id: &str) -> Result<Cancelled> {
	let record = db.record(id).await?.ok_or_else(|| Error::NotFound {
		what: "order",
		name: id.into(),
	})?;
	let refuse = |rule: &str| Error::invalid("id", id, rule);
	if record.kind == "cancellation" {
		return Err(refuse("an order that is no cancellation itself"));
	}
	match record.state.as_str() {
		"rejected" => return Err(refuse("an order that was not rejected")),
		"cancelled" => return Err(refuse("an order that was not taken back already")),
		_ => {}
	}
	let cancellation = format!("{id}~cancel");
	let asked_before = !db.known_ids(&[cancellation.as_str()]).await?.is_empty();
	let mut tx = db.begin().await?;
	if cancel_unsent(&mut tx, id, "by hand").await? {
		tx.commit().await?;
		return Ok(Cancelled::Here);
	}
	if asked_before {
		return Err(refuse("an order whose cancellation was not asked for before"));
	}
	let now = u64::try_from(now_ms()).unwrap_or_default();
	let placed_at = Timestamp::new(now, UtcOffset::UTC).map_err(|e| Error::invalid("clock", "", e.to_string()))?;
	let line = serde_json::json!({
		"id": cancellation, "kind": "cancellation", "product": record.product, "customer": record.customer,
		"cancels": id, "placed_at": placed_at.to_string(),
	})
	.to_string();
	let order = parse_line(&line, &Declared::default())
		.map_err(|defect| Error::invalid(defect.field, defect.value, defect.rule))?;
	let record = NewRecord {
		line: 0,
		issuer: -1,
		// Checked and sent by the terminal like an order that waited.
		state: RecordState::Unqualified,
		clause_version: 0,
		text: line,
		failed: serde_json::json!([{ "code": "new", "text": "waits to be checked" }]).to_string(),
		submission: 0,
		retry_at: now_ms(),
		order,
	};
	insert_records(&mut tx, "by hand", &[record]).await?;
	tx.commit().await?;
	Ok(Cancelled::Asked { cancellation })
}

/// What to do about an entry of the quarantine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
	/// Nothing: it was settled otherwise.
	Dismiss,
	/// Read it again: this release may read what the one of before did not.
	Reread,
	/// Write into the record what the two parties agreed on: the order counts as this.
	Settle(RecordState),
}

/// Decides about an entry; `note` says who and why.
///
/// # Errors
/// There is no open entry with this number, it still cannot be read, or it names no order that waits.
pub async fn decide(db: &SalesDb, number: i64, decision: &Decision, note: &str) -> Result<()> {
	let entry = db.quarantine(number).await?;
	let mut tx = db.begin().await?;
	match decision {
		Decision::Dismiss => quarantine::decide(&mut tx, number, "dismissed", note).await?,
		Decision::Reread => {
			let event = event_of(&entry)?;
			match event.kind {
				EventKind::Registered => {
					let row = crate::follow::settled(&event).map_err(|rule| still(number, rule))?;
					settle_registrations(&mut tx, &[row]).await?;
				}
				_ => {
					let row = confirmed(&event).map_err(|rule| still(number, rule))?;
					confirm_records(&mut tx, &[row]).await?;
				}
			}
			quarantine::decide(&mut tx, number, "read", note).await?;
		}
		Decision::Settle(state) => {
			if !settle_by_hand(&mut tx, &entry.id, *state, note, &entry.body).await? {
				return Err(Error::invalid(
					"number",
					number.to_string(),
					"an entry that names an order which waits",
				));
			}
			quarantine::decide(&mut tx, number, "settled", note).await?;
		}
	}
	tx.commit().await?;
	Ok(())
}

fn still(number: i64, rule: String) -> Error {
	Error::invalid(
		"number",
		number.to_string(),
		format!("an entry that can be read now; this one breaks: {rule}"),
	)
}

fn event_of(entry: &quarantine::Quarantined) -> Result<Event> {
	let kind = if entry.origin == "result" {
		EventKind::Registered
	} else {
		EventKind::Confirmed
	};
	let mut event = Event::new(
		Cursor(entry.place.clone()),
		kind,
		u64::try_from(entry.put_at).unwrap_or_default(),
	);
	let raw = RawValue::from_string(entry.body.clone()).map_err(|e| still(entry.number, e.to_string()))?;
	if let Ok(channel) = u32::try_from(entry.channel) {
		event.lane = Some(LaneRef {
			channel,
			from: 0,
			to: 0,
		});
	}
	match kind {
		EventKind::Registered => event.result = Some(raw),
		_ => event.confirmation = Some(raw),
	}
	Ok(event)
}

/// Begins to read the node's events anew, from the beginning or from `position`. Records that are confirmed stay as they are.
///
/// # Errors
/// Another process works with the database, or it fails.
pub async fn reset_cursor(db: &SalesDb, position: Option<&str>) -> Result<()> {
	let lease = db.lease(crate::db::ROLE).await?;
	let mut tx = db.begin().await?;
	set_cursor(&mut tx, crate::CURSOR, position.unwrap_or(Cursor::start().as_str())).await?;
	tx.commit().await?;
	lease.release().await;
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::db::{tests::temporary, ConfirmedRow};
	use sealane_sdk::types::{Confirmation, Outcome};

	async fn put(db: &SalesDb, id: &str, state: RecordState, cancels: Option<&str>) {
		let kind = if cancels.is_some() { "cancellation" } else { "purchase" };
		let amount = if cancels.is_some() {
			""
		} else {
			r#","amount":"1","currency":"CNY""#
		};
		let cancels = cancels.map(|id| format!(r#","cancels":"{id}""#)).unwrap_or_default();
		let line = format!(
			r#"{{"id":"{id}","kind":"{kind}","product":"P","customer":"C","placed_at":"2026-03-02T10:00:00Z"{amount}{cancels}}}"#
		);
		let record = NewRecord {
			order: parse_line(&line, &Declared::default()).unwrap(),
			line: 1,
			issuer: 2,
			state,
			clause_version: 0,
			text: line,
			failed: String::new(),
			submission: 0,
			retry_at: 0,
		};
		let mut tx = db.begin().await.unwrap();
		insert_records(&mut tx, "f", &[record]).await.unwrap();
		tx.commit().await.unwrap();
	}

	async fn confirm(db: &SalesDb, id: &str) {
		let row = ConfirmedRow {
			id: id.into(),
			state: RecordState::Confirmed,
			outcome: "accepted",
			confirmation: Confirmation::new(id, Outcome::Accepted),
			text: String::new(),
			technical: false,
			channel: 1,
			entry: String::new(),
			place: 1,
			at_ms: 5,
		};
		let mut tx = db.begin().await.unwrap();
		confirm_records(&mut tx, &[row]).await.unwrap();
		crate::db::apply_cancellations(&mut tx, &[id]).await.unwrap();
		tx.commit().await.unwrap();
	}

	#[tokio::test]
	async fn an_order_that_was_taken_back_says_so() {
		let (db, _dir) = temporary().await;
		put(&db, "A-1", RecordState::Accepted, None).await;
		confirm(&db, "A-1").await;
		put(&db, "A-2", RecordState::Accepted, Some("A-1")).await;
		confirm(&db, "A-2").await;
		let record = db.record("A-1").await.unwrap().unwrap();
		assert_eq!(
			(record.state.as_str(), record.cancelled_by.as_str()),
			("cancelled", "A-2")
		);
		let figures = db.figures(None).await.unwrap();
		assert_eq!((figures.submitted, figures.confirmed, figures.cancelled), (2, 2, 1));
	}

	#[tokio::test]
	async fn what_was_not_sent_is_taken_back_here_and_the_rest_is_asked_for() {
		let (db, _dir) = temporary().await;
		put(&db, "A-1", RecordState::Unqualified, None).await;
		put(&db, "A-2", RecordState::Accepted, None).await;
		assert_eq!(cancel(&db, "A-1").await.unwrap(), Cancelled::Here);
		assert_eq!(db.record("A-1").await.unwrap().unwrap().state, "cancelled");
		let asked = Cancelled::Asked {
			cancellation: "A-2~cancel".into(),
		};
		assert_eq!(cancel(&db, "A-2").await.unwrap(), asked);
		assert_eq!(db.due(10).await.unwrap().len(), 1, "the terminal sends it");
		assert!(cancel(&db, "A-2").await.is_err(), "asked for once");
		assert!(cancel(&db, "A-1").await.is_err() && cancel(&db, "none").await.is_err());
	}

	#[tokio::test]
	async fn what_is_held_waits_until_it_is_released() {
		let (db, _dir) = temporary().await;
		put(&db, "A-1", RecordState::Refused, None).await;
		assert_eq!(db.retry(None, Some("refused"), None).await.unwrap(), 1);
		assert_eq!(db.due(10).await.unwrap().len(), 1);
		db.hold("A-1", true).await.unwrap();
		assert!(db.due(10).await.unwrap().is_empty());
		assert_eq!(db.retry(Some("A-1"), None, None).await.unwrap(), 0);
		assert_eq!(db.waiting().await.unwrap(), (0, 1));
		db.hold("A-1", false).await.unwrap();
		assert_eq!(db.due(10).await.unwrap().len(), 1);
		put(&db, "A-2", RecordState::Accepted, None).await;
		assert!(db.hold("A-2", true).await.is_err());
	}

	#[tokio::test]
	async fn what_is_in_quarantine_is_settled_by_hand() {
		let (db, _dir) = temporary().await;
		put(&db, "A-1", RecordState::Accepted, None).await;
		let item = quarantine::Unreadable {
			origin: "confirmation",
			place: "9-0".into(),
			channel: 1,
			id: "A-1".into(),
			reason: "deal".into(),
			body: r#"{"order":"A-1","outcome":"accepted","deal":7}"#.into(),
		};
		let mut tx = db.begin().await.unwrap();
		quarantine::put(&mut tx, &[item]).await.unwrap();
		tx.commit().await.unwrap();
		assert!(decide(&db, 1, &Decision::Reread, "").await.is_err(), "still unreadable");
		decide(&db, 1, &Decision::Settle(RecordState::Confirmed), "by telephone")
			.await
			.unwrap();
		let record = db.record("A-1").await.unwrap().unwrap();
		assert_eq!(
			(record.state.as_str(), record.reason_code.as_str()),
			("confirmed", "BY_HAND")
		);
		assert_eq!(db.quarantine(1).await.unwrap().state, "settled");
	}
}
