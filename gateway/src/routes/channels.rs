// SPDX-License-Identifier: Apache-2.0

use crate::{convert, problem::Failure, state::AppState};
use axum::{extract::State, Json};
use sealane_sdk::types::*;

/// Channels
///
/// The channels of this node's member at the newest block: partner, grant, interfaces, products, agreements.
#[utoipa::path(
	get, path = "/v1/channels", tag = "consortium", operation_id = "get_channels",
	responses(
		(status = 200, description = "The channels", body = Channels),
		(status = "default", description = "No valid token", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn get(State(state): State<AppState>) -> Result<Json<Channels>, Failure> {
	Ok(Json(Channels {
		channels: state.backend()?.channels().into_iter().map(convert::channel).collect(),
	}))
}
