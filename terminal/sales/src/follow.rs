// SPDX-License-Identifier: Apache-2.0

//! Follows the node's events and turns them into business records.

use crate::{
	db::{
		apply_cancellations, awaken, close_registrations, confirm_records, insert_records, settle_registrations,
		ConfirmedRow, NewRecord, RecordState, RegistrationState, SalesDb, SettledRow,
	},
	error::{Error, Result},
	finality::Finality,
	orders::{parse_line, without_stamp, Declared},
};
use sealane_sdk::{
	types::{Cursor, Event, EventKind, Outcome, ProblemCode},
	Client,
};
use sealane_terminal_core::{
	db::set_cursor,
	outage::Outage,
	quarantine::{self, Unreadable},
	stop::{stopped, Stop},
};
use std::{collections::HashMap, time::Duration};
use tokio::sync::watch as signal;

/// Name of the cursor in the database.
pub const CURSOR: &str = "events";
/// Most events of one page.
const PAGE: u32 = 10_000;
/// How long the node may wait for the next event.
const WAIT: Duration = Duration::from_secs(10);
/// What stands in the id of a cancellation that the node made itself.
const NODES_CANCELLATION: &str = "~cancel";
/// The code by which issuers say that a customer is not registered with them.
const NOT_REGISTERED: &str = "NOT_REGISTERED";

/// Reads events page by page; a page and the cursor behind it are one transaction.
pub struct Follower {
	client: Client,
	db: SalesDb,
	cursor: Cursor,
	/// The newest place given out, by channel.
	places: HashMap<i64, i64>,
	finality: Finality,
}

/// What a page of events says.
#[derive(Default)]
struct Page {
	confirmed: Vec<ConfirmedRow>,
	settled: Vec<SettledRow>,
	unreadable: Vec<Unreadable>,
	/// Whether an anchor became final.
	anchored: bool,
}

impl Follower {
	/// A follower that goes on behind the last page that is in the database.
	///
	/// # Errors
	/// The database fails.
	pub async fn new(client: Client, db: SalesDb) -> Result<Self> {
		let mut follower = Follower {
			finality: Finality::new(client.clone(), db.clone()),
			client,
			db,
			cursor: Cursor::start(),
			places: HashMap::new(),
		};
		follower.reload().await?;
		Ok(follower)
	}

	/// What the database knows: after a failure nobody can tell whether the last transaction took effect.
	async fn reload(&mut self) -> Result<()> {
		self.cursor = self.db.cursor(CURSOR).await?.map_or_else(Cursor::start, Cursor);
		self.places = self.db.places().await?;
		Ok(())
	}

	/// Follows until `stop` changes; counts `progress` up after each page that changed something. A node or a database that is
	/// away is waited for.
	///
	/// # Errors
	/// The node refuses us, or the database is not usable.
	pub async fn run(mut self, progress: signal::Sender<u64>, stop: Stop) -> Result<()> {
		let mut outage = Outage::new("reading the node's events");
		let stopped = stopped(stop.clone());
		tokio::pin!(stopped);
		// An anchor may have become final while the last run was between page and look-up.
		let mut look_for_anchors = true;
		loop {
			let step = async {
				if look_for_anchors {
					self.finality.settle_anchors().await?;
				}
				self.page(WAIT).await
			};
			let result = tokio::select! {
				biased;
				() = &mut stopped => return Ok(()),
				result = step => result,
			};
			match result {
				Ok(changed) => {
					outage.over();
					look_for_anchors = false;
					if changed {
						progress.send_modify(|count| *count += 1);
					}
				}
				Err(error) => {
					if !outage.wait(cursor_hint(error), &stop).await? {
						return Ok(());
					}
					look_for_anchors = true;
					if let Err(error) = self.reload().await {
						if !outage.wait(error, &stop).await? {
							return Ok(());
						}
					}
				}
			}
		}
	}

	/// Reads one page, waiting up to `wait` for its first event; answers whether there was one.
	///
	/// # Errors
	/// The node does not answer or refuses us, or the database fails.
	pub async fn page(&mut self, wait: Duration) -> Result<bool> {
		let page = self.client.events_page(&self.cursor, PAGE, wait).await?;
		if page.events.is_empty() && page.next == self.cursor {
			return Ok(false);
		}
		let mut places = self.places.clone();
		let read = read(&mut places, &page.events);
		let foreign = self.cancellations_of_the_node(&read.confirmed).await?;
		let ids: Vec<&str> = read.confirmed.iter().map(|row| row.id.as_str()).collect();
		let registered: Vec<String> = self.customers_of(&read.settled).await?;
		let mut tx = self.db.begin().await?;
		insert_records(&mut tx, "node", &foreign).await?;
		confirm_records(&mut tx, &read.confirmed).await?;
		apply_cancellations(&mut tx, &ids).await?;
		let unregistered = not_registered(&read.confirmed);
		if close_registrations(&mut tx, &unregistered).await? > 0 {
			tracing::warn!(
				"an issuer says that customers are not registered any more: see sealane sales register --correct"
			);
		}
		settle_registrations(&mut tx, &read.settled).await?;
		awaken(&mut tx, Some(&registered)).await?;
		quarantine::put(&mut tx, &read.unreadable).await?;
		set_cursor(&mut tx, CURSOR, page.next.as_str()).await?;
		tx.commit().await?;
		self.cursor = page.next;
		self.places = places;
		if read.anchored {
			self.finality.settle_anchors().await?;
		}
		Ok(true)
	}

	/// Whose registrations these results settle.
	async fn customers_of(&self, settled: &[SettledRow]) -> Result<Vec<String>> {
		let ids: Vec<&str> = settled
			.iter()
			.filter(|row| row.state == RegistrationState::Registered)
			.map(|row| row.id.as_str())
			.collect();
		self.db.customers_of(&ids).await
	}

	/// Cancellations that were asked of the node itself have no record here yet: they get one, so that what they take back can be
	/// told from what stands.
	async fn cancellations_of_the_node(&self, confirmed: &[ConfirmedRow]) -> Result<Vec<NewRecord>> {
		let ids: Vec<&str> = confirmed
			.iter()
			.map(|row| row.id.as_str())
			.filter(|id| id.contains(NODES_CANCELLATION))
			.collect();
		if ids.is_empty() {
			return Ok(Vec::new());
		}
		let known = self.db.known_ids(&ids).await?;
		let mut records = Vec::new();
		for id in ids.into_iter().filter(|id| !known.contains(*id)) {
			let Some(status) = self.client.order(id, None).await? else {
				continue;
			};
			let body = status.body.get().to_string();
			// What the node stamped is not part of an order as a bank writes it.
			let stripped = without_stamp(&body);
			let Ok(order) = parse_line(&stripped, &Declared::default()) else {
				continue;
			};
			records.push(NewRecord {
				line: 0,
				issuer: -1,
				state: RecordState::Accepted,
				clause_version: status.clause_version,
				text: body,
				failed: String::new(),
				submission: 0,
				retry_at: 0,
				order,
			});
		}
		Ok(records)
	}
}

/// The orders whose customers, the issuer says, are not registered.
fn not_registered(confirmed: &[ConfirmedRow]) -> Vec<&str> {
	let says_so = |row: &&ConfirmedRow| {
		row.confirmation
			.reason
			.as_ref()
			.is_some_and(|r| r.code == NOT_REGISTERED)
	};
	confirmed.iter().filter(says_so).map(|row| row.id.as_str()).collect()
}

/// A cursor of another node comes after a move to a new one: says how to go on.
fn cursor_hint(error: Error) -> Error {
	match error {
		Error::Node { reason, code, passes } if code == Some(ProblemCode::InvalidCursor.as_str()) => Error::Node {
			reason: format!(
				"{reason}; after a move to another node: sealane sales cursor reset (what is in the records stays and is not \
				 confirmed twice)"
			),
			code,
			passes,
		},
		other => other,
	}
}

/// Everything on a page. What a partner says and cannot be read goes to the quarantine: nothing that comes behind it waits.
fn read(places: &mut HashMap<i64, i64>, events: &[Event]) -> Page {
	let mut page = Page::default();
	for event in events {
		match event.kind {
			EventKind::Confirmed => match confirmed(event) {
				Ok(mut row) => {
					let place = places.entry(row.channel).or_insert(0);
					*place += 1;
					row.place = *place;
					page.confirmed.push(row);
				}
				Err(reason) => page.unreadable.push(unreadable(event, "confirmation", reason)),
			},
			EventKind::Registered => match settled(event) {
				Ok(row) => page.settled.push(row),
				Err(reason) => page.unreadable.push(unreadable(event, "result", reason)),
			},
			EventKind::AnchorFinalised => page.anchored = true,
			_ => {}
		}
	}
	page
}

fn channel_of(event: &Event) -> i64 {
	event.lane.map_or(-1, |lane| i64::from(lane.channel))
}

fn unreadable(event: &Event, origin: &'static str, reason: String) -> Unreadable {
	let body = event
		.confirmation
		.as_ref()
		.or(event.result.as_ref())
		.map_or("", |raw| raw.get());
	Unreadable {
		origin,
		place: event.cursor.to_string(),
		channel: channel_of(event),
		id: quarantine::id_of(body, "order"),
		reason,
		body: body.into(),
	}
}

/// A confirmation, or the rule that it breaks.
pub(crate) fn confirmed(event: &Event) -> Result<ConfirmedRow, String> {
	let confirmation = event
		.read_confirmation()
		.ok_or("an event without confirmation")?
		.map_err(|e| rule_of(&e))?;
	confirmation.check().map_err(|broken| broken.to_string())?;
	let (state, outcome) = match confirmation.outcome {
		Outcome::Accepted => (RecordState::Confirmed, "accepted"),
		Outcome::Partial => (RecordState::Partial, "partial"),
		Outcome::Rejected => (RecordState::Rejected, "rejected"),
	};
	let entry = match (event.lane, event.sequence, event.ordinal) {
		(Some(lane), Some(sequence), Some(ordinal)) => {
			format!("{}/{}/{}/{sequence}/{ordinal}", lane.channel, lane.from, lane.to)
		}
		_ => String::new(),
	};
	Ok(ConfirmedRow {
		id: confirmation.order.clone(),
		state,
		outcome,
		text: event
			.confirmation
			.as_ref()
			.map(|raw| raw.get().to_string())
			.unwrap_or_default(),
		confirmation,
		technical: event.technical.unwrap_or(false),
		channel: channel_of(event),
		entry,
		place: 0,
		at_ms: event.at_ms as i64,
	})
}

/// serde's message without the value that it quotes.
fn rule_of(error: &serde_json::Error) -> String {
	let message = error.to_string();
	match message.split_once("expected ") {
		Some((_, expected)) => format!("a field has another type than the format: expected {expected}"),
		None => message,
	}
}

/// A registration's result, or the rule that it breaks.
pub(crate) fn settled(event: &Event) -> Result<SettledRow, String> {
	let result = event
		.read_result()
		.ok_or("an event without result")?
		.map_err(|e| rule_of(&e))?;
	result.check().map_err(|broken| broken.to_string())?;
	let state = match result.outcome {
		Outcome::Accepted => RegistrationState::Registered,
		Outcome::Partial | Outcome::Rejected => RegistrationState::Rejected,
	};
	let (reason_code, reason_text) = result.reason.map(|r| (r.code, r.text)).unwrap_or_default();
	Ok(SettledRow {
		id: result.registration,
		state,
		reason_code,
		reason_text,
		commitment: result.commitment.unwrap_or_default(),
		salt: result.salt.unwrap_or_default(),
		account: result.account.unwrap_or_default(),
	})
}

#[cfg(test)]
mod tests {
	use super::*;
	use sealane_sdk::types::LaneRef;
	use serde_json::value::RawValue;

	fn event(kind: EventKind, body: &str) -> Event {
		let mut event = Event::new(Cursor("7-0".into()), kind, 1);
		event.lane = Some(LaneRef {
			channel: 3,
			from: 1,
			to: 2,
		});
		let raw = RawValue::from_string(body.into()).unwrap();
		match kind {
			EventKind::Registered => event.result = Some(raw),
			_ => event.confirmation = Some(raw),
		}
		event
	}

	#[test]
	fn what_a_partner_says_ends_nothing() {
		let good = event(
			EventKind::Confirmed,
			r#"{"order":"A-2","outcome":"accepted","deal":null}"#,
		);
		for bad in [
			r#"{"order":"A-1","outcome":"accepted","deal":20260302001}"#,
			r#"{"order":"A-1","outcome":"accepted","deal":"D\u0000"}"#,
			r#"{"order":"A-1","outcome":"rejected","reason":{"code":"X","text":5}}"#,
			r#"{"order":"A-1","outcome":"rejected","reason":{"code":"\u001b[2J"}}"#,
			r#"{"order":"A-1","outcome":"accepted","units":"1e9"}"#,
			r#"{"order":"A-1","outcome":"perhaps"}"#,
			r#"{"order":7}"#,
			"[]",
		] {
			let mut places = HashMap::new();
			let page = read(&mut places, &[event(EventKind::Confirmed, bad), good.clone()]);
			assert_eq!((page.confirmed.len(), page.unreadable.len()), (1, 1), "{bad}");
			assert_eq!(page.confirmed[0].place, 1);
			assert_eq!(page.unreadable[0].body, bad);
			assert!(!page.unreadable[0].reason.contains("20260302001"));
		}
		for bad in [
			r#"{"order":"R-1","outcome":"accepted","account":9001}"#,
			r#"{"order":"R-1","outcome":"accepted","salt":5}"#,
			r#"{"order":"R-1","registration":"R-1","outcome":"accepted"}"#,
		] {
			let page = read(&mut HashMap::new(), &[event(EventKind::Registered, bad)]);
			assert_eq!((page.settled.len(), page.unreadable.len()), (0, 1), "{bad}");
		}
		let null = event(
			EventKind::Confirmed,
			r#"{"order":"A","outcome":"rejected","reason":{"code":"X","text":null}}"#,
		);
		assert_eq!(read(&mut HashMap::new(), &[null]).confirmed.len(), 1);
	}
}
