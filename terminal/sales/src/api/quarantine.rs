// SPDX-License-Identifier: Apache-2.0

use super::{records::wrong_state, ApiState};
use crate::{
	db::RecordState,
	manage::{self, Decision},
};
use axum::{extract::State, Extension, Json};
use sealane_http::extract::{Id, Parameters};
use sealane_sdk::types::Problem;
use sealane_service::{
	audit::Entries,
	quarantine::{self, QuarantineQuery},
	Body, Caller, Failure,
};
use sealane_terminal_core::quarantine::Quarantined;
use serde::Deserialize;
use utoipa::ToSchema;

/// Quarantine
///
/// What came from the node and cannot be read, newest first: kept with its bytes until somebody decides.
#[utoipa::path(
	get, path = "/v1/quarantine", tag = "deciding", operation_id = "list_quarantine",
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

/// An entry of the quarantine
#[utoipa::path(
	get, path = "/v1/quarantine/{number}", tag = "deciding", operation_id = "get_quarantine",
	params(("number" = i64, Path, description = "The entry")),
	responses(
		(status = 200, description = "The entry", body = Quarantined),
		(status = "default", description = "There is none", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn get(State(state): State<ApiState>, Id(number): Id) -> Result<Json<Quarantined>, Failure> {
	Ok(Json(state.db.quarantine(number_of(&number)?).await?))
}

/// What becomes of an entry.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum What {
	/// Nothing: it was settled otherwise.
	Dismissed,
	/// It is read again: this release may read what the one of before did not.
	Read,
	/// The order that it names counts as confirmed, as the two parties agreed.
	Confirmed,
	/// The order that it names counts as confirmed in part.
	Partial,
	/// The order that it names counts as rejected.
	Rejected,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Decide {
	/// What becomes of it.
	decision: What,
	/// Why; whoever decides is noted with it.
	note: String,
}

/// Decide about an entry of the quarantine
#[utoipa::path(
	post, path = "/v1/quarantine/{number}", tag = "deciding", operation_id = "decide_quarantine",
	params(("number" = i64, Path, description = "The entry")),
	request_body = Decide,
	responses(
		(status = 200, description = "The entry as it is now", body = Quarantined),
		(status = "default", description = "It was decided about, still cannot be read, or names no order that waits", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn decide(
	State(state): State<ApiState>,
	Extension(caller): Extension<Caller>,
	Id(number): Id,
	Body(decide): Body<Decide>,
) -> Result<Json<Quarantined>, Failure> {
	let number = number_of(&number)?;
	let decision = match decide.decision {
		What::Dismissed => Decision::Dismiss,
		What::Read => Decision::Reread,
		What::Confirmed => Decision::Settle(RecordState::Confirmed),
		What::Partial => Decision::Settle(RecordState::Partial),
		What::Rejected => Decision::Settle(RecordState::Rejected),
	};
	let note = format!("{}: {}", caller.name, decide.note);
	manage::decide(&state.db, number, &decision, &note)
		.await
		.map_err(wrong_state)?;
	Ok(Json(state.db.quarantine(number).await?))
}

fn number_of(text: &str) -> Result<i64, Failure> {
	text.parse().map_err(|_| Failure::parameter("number", "a number"))
}
