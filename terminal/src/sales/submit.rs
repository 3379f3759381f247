// SPDX-License-Identifier: Apache-2.0

//! Makes the requests, one after the other: an order and its cancellation must reach the node in this order.

use crate::{
	db::{accept_submission, refuse_records, Db, Submission, SubmissionKind},
	error::{Error, Result},
};
use sealane_sdk::{
	types::{RefusedEntry, SubmitReport},
	Client,
};
use sha2::{Digest, Sha256};
use tokio::{
	sync::{mpsc, oneshot},
	task::JoinHandle,
};

/// Requests that may wait while one is under way.
const QUEUE: usize = 2;

/// What the submitter is asked to do.
enum Work {
	/// Make this request of these entries.
	Request(Submission, Vec<(String, String)>),
	/// Say when everything before is done.
	Flush(oneshot::Sender<()>),
}

/// Sends what it is given, in order.
pub struct Submitter {
	queue: mpsc::Sender<Work>,
	task: JoinHandle<Result<()>>,
}

impl Submitter {
	/// Starts, and first repeats the requests whose answer is not known.
	///
	/// # Errors
	/// As [`submit`].
	pub async fn start(client: Client, db: Db) -> Result<Self> {
		for pending in db.pending_submissions(SubmissionKind::Orders).await? {
			let entries = db.submission_entries(SubmissionKind::Orders, pending.number).await?;
			submit(&client, &db, SubmissionKind::Orders, &pending, &entries).await?;
		}
		let (queue, mut waiting) = mpsc::channel(QUEUE);
		let task = tokio::spawn(async move {
			while let Some(work) = waiting.recv().await {
				match work {
					Work::Request(submission, entries) => {
						submit(&client, &db, SubmissionKind::Orders, &submission, &entries).await?;
					}
					Work::Flush(done) => {
						// Whoever asked may have gone.
						let _ = done.send(());
					}
				}
			}
			Ok(())
		});
		Ok(Submitter { queue, task })
	}

	/// Queues a request that is in the database already; waits while the queue is full.
	///
	/// # Errors
	/// An earlier request failed for good.
	pub async fn send(&mut self, submission: Submission, entries: Vec<(String, String)>) -> Result<()> {
		if self.queue.send(Work::Request(submission, entries)).await.is_ok() {
			return Ok(());
		}
		Err(self.failure().await)
	}

	/// Waits until everything queued so far is on the node's disk.
	///
	/// # Errors
	/// A request failed for good.
	pub async fn flush(&mut self) -> Result<()> {
		let (done, flushed) = oneshot::channel();
		if self.queue.send(Work::Flush(done)).await.is_ok() && flushed.await.is_ok() {
			return Ok(());
		}
		Err(self.failure().await)
	}

	/// Why the task has ended. To be asked once.
	async fn failure(&mut self) -> Error {
		match (&mut self.task).await {
			Ok(Err(error)) => error,
			Ok(Ok(())) => Error::Node("the submitter has ended".into()),
			Err(panic) => Error::Node(panic.to_string()),
		}
	}

	/// Waits until everything queued is on the node's disk.
	///
	/// # Errors
	/// A request failed for good.
	pub async fn finish(self) -> Result<()> {
		drop(self.queue);
		self.task.await.map_err(|panic| Error::Node(panic.to_string()))?
	}
}

/// The idempotency key of a request: the hash of its bytes.
pub fn key_of(body: &[u8]) -> String {
	hex::encode(&Sha256::digest(body)[..16])
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

/// Makes one request and writes down what came of it.
///
/// # Errors
/// The node refuses us, stays unreachable, or the database fails. The request stays pending and is repeated at the next
/// start.
pub async fn submit(
	client: &Client,
	db: &Db,
	kind: SubmissionKind,
	submission: &Submission,
	entries: &[(String, String)],
) -> Result<SubmitReport> {
	let body = body_of(entries);
	let report = match kind {
		SubmissionKind::Orders => client.submit_orders_ndjson(body, &submission.key).await?,
		SubmissionKind::Registrations => client.submit_registrations_ndjson(body, &submission.key).await?,
	};
	let refused: Vec<_> = report
		.refused_entries
		.iter()
		.filter_map(|entry| refusal(entry, entries))
		.collect();
	let mut tx = db.begin().await?;
	refuse_records(&mut tx, kind, submission.number, &refused).await?;
	accept_submission(&mut tx, kind, submission.number, report.packets).await?;
	tx.commit().await?;
	Ok(report)
}

/// Field, value and rule of a refused entry.
pub fn reason_of(refused: &RefusedEntry) -> String {
	format!("{}: {:?}: {}", refused.field, refused.value, refused.rule)
}

/// Id, code and text of a refused entry; the line says which it was.
fn refusal(refused: &RefusedEntry, entries: &[(String, String)]) -> Option<(String, String, String)> {
	let (id, _) = entries.get((refused.line as usize).checked_sub(1)?)?;
	Some((id.clone(), refused.code.clone(), reason_of(refused)))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_same_entries_give_the_same_key() {
		let entries = vec![
			("a".to_string(), "{1}".to_string()),
			("b".to_string(), "{2}".to_string()),
		];
		assert_eq!(body_of(&entries), b"{1}\n{2}\n");
		assert_eq!(key_of(&body_of(&entries)), key_of(b"{1}\n{2}\n"));
		assert_ne!(key_of(b"{1}\n"), key_of(b"{2}\n"));
	}

	#[test]
	fn refusals_are_found_by_line() {
		let entries = vec![("a".to_string(), String::new())];
		let refused = |line| RefusedEntry {
			line,
			id: None,
			code: "channel_closed".into(),
			field: "product".into(),
			value: "P".into(),
			rule: "r".into(),
		};
		let expected = ("a".into(), "channel_closed".into(), "product: \"P\": r".into());
		assert_eq!(refusal(&refused(1), &entries), Some(expected));
		assert_eq!(refusal(&refused(0), &entries), None);
		assert_eq!(refusal(&refused(2), &entries), None);
	}
}
