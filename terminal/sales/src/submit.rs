// SPDX-License-Identifier: Apache-2.0

//! Makes the requests, one after the other: an order and its cancellation must reach the node in this order.
//!
//! The queue is the database: whoever wrote a request down, this process or a command beside it, has it sent.

use crate::{
	checker::{is_later, next_retry},
	db::{accept_submission, fail_submission, refuse_records, Refusal, SalesDb, Submission, SubmissionKind},
	error::{Error, Result},
};
use sealane_sdk::{
	types::{ProblemCode, RefusedEntry, SubmitReport},
	Client,
};
use sealane_terminal_core::{
	db::now_ms,
	outage::Outage,
	stop::{stopped, Stop},
};
use sha2::{Digest, Sha256};
use std::{sync::Arc, time::Duration};
use tokio::{
	sync::{watch, Notify},
	task::JoinHandle,
};

/// Requests that may wait while one is under way.
const QUEUE: i64 = 2;
/// How often the database is looked at for requests that others wrote.
const INTERVAL: Duration = Duration::from_secs(1);

/// Sends what stands in the database, in order.
pub struct Submitter {
	written: Arc<Notify>,
	/// The newest request that has its answer.
	answered: watch::Receiver<i64>,
	stop: Option<watch::Sender<bool>>,
	task: JoinHandle<Result<()>>,
}

impl Submitter {
	/// Starts, with the requests whose answer is not known.
	pub fn start(client: Client, db: SalesDb, retry_for_ms: i64) -> Self {
		let written = Arc::new(Notify::new());
		let (answered_tx, answered) = watch::channel(0);
		let (stop, stopping) = watch::channel(false);
		let sender = Sender {
			client,
			db,
			retry_for_ms,
			written: written.clone(),
			answered: answered_tx,
		};
		Submitter {
			written,
			answered,
			stop: Some(stop),
			task: tokio::spawn(sender.run(stopping)),
		}
	}

	/// Wakes the task: somebody else wrote a request down.
	pub fn waker(&self) -> Arc<Notify> {
		self.written.clone()
	}

	/// A request is in the database; waits while the queue is full.
	///
	/// # Errors
	/// An earlier request failed for good.
	pub async fn hand_on(&mut self, number: i64) -> Result<()> {
		self.written.notify_one();
		self.until_answered(number - QUEUE).await
	}

	/// Waits until everything up to this request is on the node's disk.
	///
	/// # Errors
	/// A request failed for good.
	pub async fn until_answered(&mut self, number: i64) -> Result<()> {
		if self.answered.wait_for(|answered| *answered >= number).await.is_ok() {
			return Ok(());
		}
		// The task has ended, and says why once.
		match (&mut self.task).await {
			Ok(Err(error)) => Err(error),
			Ok(Ok(())) => Err(Error::Stopped("requests wait in the database".into())),
			Err(panic) => Err(Error::node(panic.to_string())),
		}
	}

	/// Sends what is in the database and ends. What cannot be sent now is sent at the next start.
	///
	/// # Errors
	/// A request failed for good.
	pub async fn finish(mut self) -> Result<()> {
		self.stop.take();
		self.written.notify_one();
		self.task.await.map_err(|panic| Error::node(panic.to_string()))?
	}
}

struct Sender {
	client: Client,
	db: SalesDb,
	retry_for_ms: i64,
	written: Arc<Notify>,
	answered: watch::Sender<i64>,
}

impl Sender {
	async fn run(self, stop: Stop) -> Result<()> {
		let mut outage = Outage::new("sending");
		let stopped = stopped(stop.clone());
		tokio::pin!(stopped);
		loop {
			match self.next().await {
				Ok(true) => outage.over(),
				Ok(false) => {
					outage.over();
					tokio::select! {
						() = &mut stopped => return Ok(()),
						() = self.written.notified() => {},
						() = tokio::time::sleep(INTERVAL) => {},
					}
				}
				Err(error) => {
					if !outage.wait(error, &stop).await? {
						return Ok(());
					}
				}
			}
		}
	}

	/// Sends the oldest request; says whether there was one.
	async fn next(&self) -> Result<bool> {
		let Some(submission) = self.db.pending_submission().await? else {
			return Ok(false);
		};
		submit(&self.client, &self.db, &submission, self.retry_for_ms).await?;
		self.answered.send_replace(submission.number);
		Ok(true)
	}
}

/// The idempotency key of a request: its number and the hash of its bytes.
pub fn key_of(number: i64, body: &[u8]) -> String {
	let hash = Sha256::new()
		.chain_update(number.to_le_bytes())
		.chain_update(body)
		.finalize();
	format!("{number}-{}", hex::encode(&hash[..16]))
}

/// NDJSON of these entries.
pub fn body_of(entries: &[(String, String)]) -> Vec<u8> {
	let mut body = Vec::with_capacity(entries.iter().map(|(_, text)| text.len() + 1).sum());
	for (_, text) in entries {
		body.extend_from_slice(text.as_bytes());
		body.push(b'\n');
	}
	body
}

/// Makes one request and writes down what came of it. A request that the node will not take as it is, is set aside with an
/// alarm: it must not stand in the way of those behind it.
///
/// # Errors
/// The node refuses us, is away, or the database fails: the request stays pending and is repeated.
pub async fn submit(client: &Client, db: &SalesDb, submission: &Submission, retry_for_ms: i64) -> Result<()> {
	let kind = submission.kind;
	let entries = db.submission_entries(kind, submission.number).await?;
	if entries.is_empty() {
		let mut tx = db.begin().await?;
		fail_submission(&mut tx, submission, "empty", "no entry has its number").await?;
		return tx.commit().await;
	}
	let body = body_of(&entries);
	let sent = match kind {
		SubmissionKind::Orders => client.submit_orders_ndjson(body, &submission.key).await,
		SubmissionKind::Registrations => client.submit_registrations_ndjson(body, &submission.key).await,
	};
	let report: SubmitReport = match sent {
		Ok(report) => report,
		Err(error) if error.blames_request() => {
			let code = error.code().map_or("problem", ProblemCode::as_str);
			tracing::error!(
				submission = submission.number,
				"ALARM: the node will not take a request of {} entries, they are refused: {error}",
				entries.len()
			);
			let mut tx = db.begin().await?;
			fail_submission(&mut tx, submission, code, &error.to_string()).await?;
			return tx.commit().await;
		}
		Err(error) => return Err(error.into()),
	};
	let retry_at = next_retry(0, now_ms(), retry_for_ms);
	let refused: Vec<_> = report
		.refused_entries
		.iter()
		.filter_map(|entry| refusal(entry, &entries, retry_at))
		.collect();
	for refusal in &refused {
		let again = if refusal.retry_at > 0 {
			"; tried again by itself"
		} else {
			""
		};
		tracing::warn!("{:?}: the node refuses it ({}){again}", refusal.id, refusal.code);
	}
	let mut tx = db.begin().await?;
	refuse_records(&mut tx, kind, submission.number, &refused).await?;
	accept_submission(&mut tx, kind, submission.number, report.packets).await?;
	tx.commit().await
}

/// Field, value and rule of a refused entry.
fn reason_of(refused: &RefusedEntry) -> String {
	match (refused.field.is_empty(), refused.value.is_empty()) {
		(true, true) => refused.rule.clone(),
		(false, true) => format!("{}: {}", refused.field, refused.rule),
		_ => format!("{}: {:?}: {}", refused.field, refused.value, refused.rule),
	}
}

/// A refused entry; the line says which it was.
fn refusal(refused: &RefusedEntry, entries: &[(String, String)], retry_at: i64) -> Option<Refusal> {
	let (id, _) = entries.get((refused.line as usize).checked_sub(1)?)?;
	Some(Refusal {
		id: id.clone(),
		code: refused.code.clone(),
		text: reason_of(refused),
		retry_at: if is_later(&refused.code) { retry_at } else { 0 },
	})
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_same_entries_in_another_request_have_another_key() {
		let entries = vec![
			("a".to_string(), "{1}".to_string()),
			("b".to_string(), "{2}".to_string()),
		];
		assert_eq!(body_of(&entries), b"{1}\n{2}\n");
		assert_eq!(key_of(1, &body_of(&entries)), key_of(1, b"{1}\n{2}\n"));
		assert_ne!(key_of(1, b"{1}\n"), key_of(2, b"{1}\n"));
		assert_ne!(key_of(1, b"{1}\n"), key_of(1, b"{2}\n"));
	}

	#[test]
	fn refusals_are_found_by_line() {
		let entries = vec![("a".to_string(), String::new())];
		let refused = |line, code: &str| RefusedEntry {
			line,
			id: None,
			code: code.into(),
			field: "product".into(),
			value: "P".into(),
			rule: "r".into(),
		};
		let found = refusal(&refused(1, "channel_closed"), &entries, 7).unwrap();
		assert_eq!(
			(found.id.as_str(), found.text.as_str(), found.retry_at),
			("a", "product: \"P\": r", 7)
		);
		assert_eq!(refusal(&refused(1, "field_decimal"), &entries, 7).unwrap().retry_at, 0);
		assert_eq!(refusal(&refused(0, "x"), &entries, 7), None);
		assert_eq!(refusal(&refused(2, "x"), &entries, 7), None);
		let bare = RefusedEntry {
			field: String::new(),
			value: String::new(),
			..refused(1, "malformed")
		};
		assert_eq!(reason_of(&bare), "r");
	}
}
