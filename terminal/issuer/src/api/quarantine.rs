// SPDX-License-Identifier: Apache-2.0

use super::ApiState;
use axum::{extract::State, Extension, Json};
use sealane_http::extract::{Parameters, Segments};
use sealane_sdk::types::{Problem, ProblemCode};
use sealane_service::{
	audit::Entries,
	quarantine::{self, QuarantineQuery},
	Body, Caller, Failure,
};
use sealane_terminal_core::{
	quarantine::{decide, Quarantined},
	Error,
};
use serde::Deserialize;
use utoipa::ToSchema;

/// Quarantine
///
/// What came from sellers and can neither be read nor answered, newest first: kept with its bytes until somebody has seen to it.
#[utoipa::path(
	get, path = "/v1/quarantine", tag = "books", operation_id = "list_quarantine",
	params(QuarantineQuery),
	responses(
		(status = 200, description = "Entries", body = Vec<Quarantined>),
		(status = "default", description = "A parameter breaks its rule", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn list(
	State(state): State<ApiState>,
	Parameters(query): Parameters<QuarantineQuery>,
) -> Result<(Extension<Entries>, Json<Vec<Quarantined>>), Failure> {
	quarantine::list(&state.db, query).await
}

/// Why an entry needs nobody any more.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Dismissal {
	/// Why; whoever decides is noted with it.
	note: String,
}

/// Dismiss an entry of the quarantine
///
/// An order without an id has no answer: its seller sends it anew.
#[utoipa::path(
	post, path = "/v1/quarantine/{number}/dismiss", tag = "books", operation_id = "dismiss_quarantine",
	params(("number" = i64, Path, description = "The entry")),
	request_body = Dismissal,
	responses(
		(status = 200, description = "The entry as it is now", body = Quarantined),
		(status = "default", description = "There is none, or it was decided about", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn dismiss(
	State(state): State<ApiState>,
	Extension(caller): Extension<Caller>,
	Segments(number): Segments<i64>,
	Body(dismissal): Body<Dismissal>,
) -> Result<Json<Quarantined>, Failure> {
	// One that is not there is told as such.
	state.db.quarantine(number).await?;
	let note = format!("{}: {}", caller.name, dismissal.note);
	let mut tx = state.db.begin().await?;
	decide(&mut tx, number, "dismissed", &note)
		.await
		.map_err(|error| match error {
			Error::Invalid { rule, .. } => Failure::new(ProblemCode::WrongState, rule),
			other => other.into(),
		})?;
	tx.commit().await.map_err(Error::from)?;
	Ok(Json(state.db.quarantine(number).await?))
}
