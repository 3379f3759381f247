// SPDX-License-Identifier: Apache-2.0

//! Writing orders down: what files and the HTTP API have in common.

use crate::{
	db::{
		cancel_unsent, insert_records, insert_submission, Change, NewRecord, RecordState, RegistrationRow,
		SubmissionKind,
	},
	error::Result,
	retry::insert_applications,
	submit::body_of,
};
use std::sync::Arc;
use tokio::sync::Mutex;

/// One at a time looks which ids are new and writes them down: files and the API take orders side by side.
pub type Gate = Arc<Mutex<()>>;

/// Writes checked orders down: as a request what qualifies, with the applications that the others wait for. Answers the newest request.
///
/// # Errors
/// The database fails.
pub async fn write_down(
	change: &mut Change,
	source: &str,
	records: &mut [NewRecord],
	applications: Vec<RegistrationRow>,
) -> Result<Option<i64>> {
	let entries: Vec<(String, String)> = records
		.iter()
		.filter(|r| r.state == RecordState::Pending)
		.map(|r| (r.order.id.clone(), r.text.clone()))
		.collect();
	let mut written = None;
	if !entries.is_empty() {
		let body = body_of(&entries);
		let submission = insert_submission(change, SubmissionKind::Orders, &body, entries.len()).await?;
		for record in records.iter_mut().filter(|r| r.state == RecordState::Pending) {
			record.submission = submission.number;
		}
		written = Some(submission.number);
	}
	insert_records(change, source, records).await?;
	take_back_unsent(change, records).await?;
	let applied = insert_applications(change, applications).await?;
	Ok(written.max(applied))
}

/// A cancellation of an order that has not been sent takes it back here: it will not be sent any more.
async fn take_back_unsent(change: &mut Change, records: &[NewRecord]) -> Result<()> {
	for record in records {
		if let Some(target) = &record.order.cancels {
			if cancel_unsent(change, target, &record.order.id).await? {
				tracing::info!("{target:?} is taken back before it was sent");
			}
		}
	}
	Ok(())
}
