// SPDX-License-Identifier: Apache-2.0

use crate::{convert, problem::Failure, state::AppState};
use axum::{
	extract::{rejection::PathRejection, Path, State},
	Json,
};
use sealane_courier::api::LaneId;
use sealane_sdk::types::*;

/// Lanes
///
/// The lanes of this node, how far each is, and why it waits.
#[utoipa::path(
	get, path = "/v1/lanes", tag = "operating", operation_id = "get_lanes",
	responses(
		(status = 200, description = "The lanes", body = Lanes),
		(status = "default", description = "No valid token", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn get(State(state): State<AppState>) -> Result<Json<Lanes>, Failure> {
	Ok(Json(Lanes {
		lanes: state.backend()?.lanes().into_iter().map(convert::lane).collect(),
	}))
}

/// Retry a lane
///
/// Sends what waits on a lane now instead of after its back-off. A closed lane stays closed.
#[utoipa::path(
	post, path = "/v1/lanes/{channel}/{from}/{to}/retry", tag = "operating", operation_id = "retry_lane",
	params(
		("channel" = u32, Path, description = "Number of the channel"),
		("from" = u32, Path, description = "Number of the sending node"),
		("to" = u32, Path, description = "Number of the receiving node"),
	),
	responses(
		(status = 200, description = "Whether something waited", body = RetryReport),
		(status = "default", description = "The token lacks the scope `operate`", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn retry(
	State(state): State<AppState>,
	path: Result<Path<(u32, u32, u32)>, PathRejection>,
) -> Result<Json<RetryReport>, Failure> {
	let Path((channel, from, to)) =
		path.map_err(|error| Failure::new(ProblemCode::InvalidParameter, error.body_text()))?;
	Ok(Json(RetryReport {
		retried: state.backend()?.retry_lane(LaneId { channel, from, to }),
	}))
}
