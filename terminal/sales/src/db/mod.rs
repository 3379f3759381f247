// SPDX-License-Identifier: Apache-2.0

//! The seller's tables: order files, requests, business records, registrations.

mod answers;
mod imports;
mod query;
mod records;
mod registrations;
mod retries;

pub use answers::AnswerRow;
pub use imports::{
	accept_submission, fail_submission, insert_defects, insert_submission, refuse_records, save_import, Defective,
	Import, Refusal, Submission, SubmissionKind,
};
pub use query::{DefectRow, Figures, RecordFilter, RecordRow};
pub use records::{
	apply_cancellations, cancel_unsent, confirm_records, insert_records, set_finalised, ConfirmedRow, NewRecord,
	OpenPlaces, RecordState,
};
pub use registrations::{
	insert_registrations, settle_registrations, Application, RegistrationRow, RegistrationState, SettledRow,
};
pub use retries::{awaken, requalified, Requalified, Waiting};

use crate::error::Result;
use sealane_terminal_core::db::Db;

/// The database of a sales terminal.
#[derive(Clone, Debug)]
pub struct SalesDb(Db);

/// The role whose lease a sales terminal takes: it submits, and follows the node's events.
pub const ROLE: &str = "sales";

impl SalesDb {
	/// Opens the database, makes it where it is not there.
	///
	/// # Errors
	/// As [`Db::open`].
	pub async fn open(url: &str) -> Result<Self> {
		Ok(SalesDb(Db::open(url).await?))
	}

	/// Opens a database that must be there.
	///
	/// # Errors
	/// As [`Db::open_existing`].
	pub async fn open_existing(url: &str) -> Result<Self> {
		Ok(SalesDb(Db::open_existing(url).await?))
	}
}

impl std::ops::Deref for SalesDb {
	type Target = Db;

	fn deref(&self) -> &Db {
		&self.0
	}
}

#[cfg(test)]
pub(crate) mod tests {
	use super::*;

	/// A database in a folder that lives as long as the second value.
	pub async fn temporary() -> (SalesDb, tempfile::TempDir) {
		let dir = tempfile::tempdir().unwrap();
		let db = SalesDb::open(&format!("sqlite:{}", dir.path().join("t.db").display()))
			.await
			.unwrap();
		(db, dir)
	}
}
