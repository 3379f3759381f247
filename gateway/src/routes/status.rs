// SPDX-License-Identifier: Apache-2.0

use crate::{alarms, convert, problem::Failure, state::AppState};
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
	let now = time::OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000;
	let now = u64::try_from(now).unwrap_or_default();
	let (of_courier, soon) = state
		.read(move |backend| {
			let status = backend.status();
			let mut soon = alarms::of_lanes(&backend.lanes(), now);
			soon.extend(alarms::of_channels(&backend.channels(), status.block));
			Ok::<_, Failure>((status, soon))
		})
		.await?;
	let mut status = convert::status(of_courier, &state.version);
	status.alarms.extend(soon);
	status.alarms.extend(state.alarms());
	Ok(Json(status))
}
