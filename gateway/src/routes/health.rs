// SPDX-License-Identifier: Apache-2.0

//! What needs no token: it tells nothing about the business.

use crate::{convert, problem::Failure, state::AppState};
use axum::{extract::State, http::header::CONTENT_TYPE, response::IntoResponse, Json};
use sealane_sdk::types::*;

/// Alive
///
/// Whether the process answers. Needs no token.
#[utoipa::path(
	get, path = "/healthz", tag = "operating", operation_id = "healthz", security(()),
	responses((status = 200, description = "It answers", body = Health)),
)]
pub(super) async fn healthz() -> Json<Health> {
	Json(Health { status: "ok".into() })
}

/// Ready
///
/// Whether the node can take orders now. Needs no token.
#[utoipa::path(
	get, path = "/readyz", tag = "operating", operation_id = "readyz", security(()),
	responses(
		(status = 200, description = "It can", body = Health),
		(status = 503, description = "It cannot", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn readyz(State(state): State<AppState>) -> Result<Json<Health>, Failure> {
	let _under_way = state.traffic.enter(None)?;
	let status = state.backend()?.status();
	if convert::is_ready(&status) {
		return Ok(Json(Health { status: "ok".into() }));
	}
	let detail = if let Some(alarm) = convert::chain_alarm(&status) {
		alarm
	} else if status.node.is_none() {
		"the node is not registered on chain".into()
	} else if status.store_frozen.is_some() {
		"the store is read-only until the node is started again".into()
	} else if status.store_full {
		"the disk is full".into()
	} else {
		"no courier key of the node is valid on chain".into()
	};
	Err(Problem::new(ProblemCode::NotReady, detail)
		.with_retry_after_ms(2_000)
		.into())
}

/// This document
///
/// The description of the API, generated from the node's code. Needs no token.
#[utoipa::path(
	get, path = "/openapi.json", tag = "operating", operation_id = "openapi", security(()),
	responses((status = 200, description = "The document", content_type = "application/json")),
)]
pub(super) async fn openapi(State(state): State<AppState>) -> impl IntoResponse {
	([(CONTENT_TYPE, "application/json")], state.openapi.clone())
}
