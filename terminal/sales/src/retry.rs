// SPDX-License-Identifier: Apache-2.0

//! Tries again, by itself, what did not get to the node for a reason that may have passed: qualified anew, under the same id.

use crate::{
	checker::{Checked, Checker},
	db::{
		insert_registrations, insert_submission, requalified, Change, RecordState, Requalified, SalesDb,
		SubmissionKind, Waiting,
	},
	error::Result,
	orders::{parse_line, Declared},
	submit::body_of,
};
use sealane_terminal_core::{
	outage::Outage,
	stop::{stopped, Stop},
};
use std::time::Duration;

/// How often is looked for orders whose time has come.
const INTERVAL: Duration = Duration::from_millis(500);
/// Most orders of one look.
const MOST: u32 = 1_000;

/// Tries again until `stop` changes.
///
/// # Errors
/// The node refuses us, or the database is not usable.
pub async fn run(mut checker: Checker, db: SalesDb, stop: Stop) -> Result<()> {
	let mut outage = Outage::new("trying again");
	let stopped = stopped(stop.clone());
	tokio::pin!(stopped);
	loop {
		let pause = match round(&mut checker, &db).await {
			Ok(found) => {
				outage.over();
				if found == MOST as usize {
					Duration::ZERO
				} else {
					INTERVAL
				}
			}
			Err(error) => {
				if !outage.wait(error, &stop).await? {
					return Ok(());
				}
				Duration::ZERO
			}
		};
		tokio::select! {
			biased;
			() = &mut stopped => return Ok(()),
			() = tokio::time::sleep(pause) => {},
		}
	}
}

async fn round(checker: &mut Checker, db: &SalesDb) -> Result<usize> {
	checker.look().await?;
	let due = db.due(MOST).await?;
	if due.is_empty() {
		return Ok(0);
	}
	let found = due.len();
	let mut orders = Vec::with_capacity(found);
	let mut rows = Vec::new();
	for Waiting {
		id,
		line,
		source_text,
		tries,
		read_at,
	} in due
	{
		// What was declared at its time is all that is left in it.
		match parse_line(&source_text, &Declared::of(&source_text)) {
			Ok(order) => orders.push((line as u64, order, tries, read_at)),
			// Rules may be stricter than they were.
			Err(defect) => rows.push(Requalified {
				id,
				issuer: -1,
				state: RecordState::Unqualified,
				clause_version: 0,
				text: source_text,
				failed: serde_json::json!([{ "code": "malformed", "text": defect.to_string() }]).to_string(),
				submission: 0,
				retry_at: 0,
			}),
		}
	}
	let Checked { records, applications } = checker.check(orders).await?;
	rows.extend(records.into_iter().map(|record| Requalified {
		id: record.order.id,
		issuer: record.issuer,
		state: record.state,
		clause_version: record.clause_version,
		text: record.text,
		failed: record.failed,
		submission: 0,
		retry_at: record.retry_at,
	}));
	let entries: Vec<(String, String)> = rows
		.iter()
		.filter(|row| row.state == RecordState::Pending)
		.map(|row| (row.id.clone(), row.text.clone()))
		.collect();
	let mut tx = db.begin().await?;
	if !entries.is_empty() {
		let submission = insert_submission(&mut tx, SubmissionKind::Orders, &body_of(&entries), entries.len()).await?;
		for row in rows.iter_mut().filter(|row| row.state == RecordState::Pending) {
			row.submission = submission.number;
		}
		tracing::info!("{} orders that waited qualify now and are sent", entries.len());
	}
	requalified(&mut tx, &rows).await?;
	insert_applications(&mut tx, applications).await?;
	tx.commit().await?;
	Ok(found)
}

/// Writes applications down as one request.
pub(crate) async fn insert_applications(
	change: &mut Change,
	mut applications: Vec<crate::db::RegistrationRow>,
) -> Result<Option<i64>> {
	if applications.is_empty() {
		return Ok(None);
	}
	let entries: Vec<_> = applications
		.iter()
		.map(|row| (row.id.clone(), row.text.clone()))
		.collect();
	let body = body_of(&entries);
	let submission = insert_submission(change, SubmissionKind::Registrations, &body, entries.len()).await?;
	for row in &mut applications {
		row.submission = submission.number;
	}
	insert_registrations(change, &applications).await?;
	Ok(Some(submission.number))
}
