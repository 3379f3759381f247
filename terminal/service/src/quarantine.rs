// SPDX-License-Identifier: Apache-2.0

//! What both terminals show of the quarantine: its entries, a figure, an alarm.

use crate::{audit::Entries, metrics::Figure, paging, Failure};
use axum::{Extension, Json};
use sealane_terminal_core::{db::Db, quarantine::Quarantined, Result};
use serde::Deserialize;
use utoipa::IntoParams;

/// Which entries.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct QuarantineQuery {
	/// Those too that were decided about.
	#[serde(default)]
	all: bool,
	/// Most entries; 100 unless given.
	#[param(minimum = 1, maximum = 1000)]
	limit: Option<u32>,
}

/// The entries, newest first.
///
/// # Errors
/// The limit breaks its rule, or the database fails.
pub async fn list(
	db: &Db,
	query: QuarantineQuery,
) -> std::result::Result<(Extension<Entries>, Json<Vec<Quarantined>>), Failure> {
	let entries = db.quarantined(query.all, paging::limit(query.limit)?).await?;
	Ok((Extension(Entries(entries.len() as u64)), Json(entries)))
}

/// How many entries wait for a decision.
///
/// # Errors
/// The database fails.
pub async fn figure(db: &Db) -> Result<Figure> {
	let help = "Entries of the quarantine that wait for a decision";
	Ok(Figure::gauge("quarantine_open", help, db.quarantine_open().await?))
}

/// That entries wait for a decision, where some do.
///
/// # Errors
/// The database fails.
pub async fn alarm(db: &Db) -> Result<Option<String>> {
	let open = db.quarantine_open().await?;
	Ok((open > 0).then(|| format!("quarantine: {open} entries wait for a decision")))
}
