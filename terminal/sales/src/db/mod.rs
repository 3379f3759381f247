// SPDX-License-Identifier: Apache-2.0

//! The seller's tables: order files, requests, business records, registrations.

mod answers;
mod changes;
mod imports;
mod query;
mod records;
mod registrations;
mod retries;

pub use answers::AnswerRow;
pub use changes::{Change, Sum, SumFilter};
pub use imports::{
	accept_submission, fail_submission, insert_defects, insert_submission, refuse_records, save_import, Defective,
	Import, Refusal, Submission, SubmissionKind,
};
pub use query::{DefectRow, Fails, Figures, RecordFilter, RecordRow, Unqualified};
pub use records::{
	apply_cancellations, cancel_unsent, confirm_records, insert_records, set_finalised, settle_by_hand, ConfirmedRow,
	NewRecord, OpenPlaces, RecordState,
};
pub use registrations::{
	close_registrations, insert_registrations, settle_registrations, Application, Registration, RegistrationFilter,
	RegistrationRow, RegistrationState, SettledRow,
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
		let db = SalesDb(Db::open(url).await?);
		db.complete_sums().await?;
		Ok(db)
	}

	/// Opens a database that must be there.
	///
	/// # Errors
	/// As [`Db::open_existing`].
	pub async fn open_existing(url: &str) -> Result<Self> {
		Ok(SalesDb(Db::open_existing(url).await?))
	}
}

impl SalesDb {
	/// The same database through connections of its own, see [`Db::another`].
	///
	/// # Errors
	/// As [`Db::another`].
	pub async fn another(&self) -> Result<Self> {
		Ok(SalesDb(self.0.another().await?))
	}

	/// Begins a transaction that may write records.
	///
	/// # Errors
	/// As [`Db::begin`].
	pub async fn begin(&self) -> Result<Change> {
		Change::begin(self.0.begin().await?).await
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

	/// A purchase from issuer 2 that was confirmed on a day.
	pub async fn confirmed_purchase(db: &SalesDb, id: &str, customer: &str, day: &str, units: &str, amount: &str) {
		let line = format!(
			r#"{{"id":"{id}","kind":"purchase","product":"P","customer":"{customer}","amount":"{amount}","currency":"CNY","placed_at":"2026-03-02T10:00:00Z"}}"#
		);
		let order = crate::orders::parse_line(&line, &crate::orders::Declared::default()).unwrap();
		let record = NewRecord {
			order,
			line: 1,
			issuer: 2,
			state: RecordState::Accepted,
			clause_version: 0,
			text: line,
			failed: String::new(),
			submission: 0,
			retry_at: 0,
		};
		let mut change = db.begin().await.unwrap();
		insert_records(&mut change, "f", &[record]).await.unwrap();
		change.commit().await.unwrap();
		let mut confirmation = sealane_sdk::types::Confirmation::new(id, sealane_sdk::types::Outcome::Accepted);
		confirmation.units = Some(units.into());
		confirmation.amount = Some(amount.into());
		confirmation.fee = Some("0".into());
		confirmation.trade_date = Some(day.into());
		let row = ConfirmedRow {
			id: id.into(),
			state: RecordState::Confirmed,
			outcome: "accepted",
			text: "{}".into(),
			confirmation,
			technical: false,
			channel: 1,
			entry: String::new(),
			place: 1,
			at_ms: 5,
		};
		let mut change = db.begin().await.unwrap();
		confirm_records(&mut change, &[row]).await.unwrap();
		change.commit().await.unwrap();
	}

	/// A database in a folder that lives as long as the second value.
	pub async fn temporary() -> (SalesDb, tempfile::TempDir) {
		let dir = tempfile::tempdir().unwrap();
		let db = SalesDb::open(&format!("sqlite:{}", dir.path().join("t.db").display()))
			.await
			.unwrap();
		(db, dir)
	}
}
