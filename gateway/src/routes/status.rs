// SPDX-License-Identifier: Apache-2.0

use crate::{convert, problem::Failure, state::AppState};
use axum::{extract::State, Json};
use sealane_sdk::types::*;

/// Status
///
/// How this node is, and what an operator must look at.
#[utoipa::path(
	get, path = "/v1/status", tag = "operating", operation_id = "get_status",
	responses(
		(status = 200, description = "How it is", body = Status),
		(status = "default", description = "No valid token", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn get(State(state): State<AppState>) -> Result<Json<Status>, Failure> {
	let mut status = convert::status(state.backend()?.status(), &state.version);
	status.alarms.extend(state.alarms());
	Ok(Json(status))
}
