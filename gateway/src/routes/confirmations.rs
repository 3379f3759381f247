// SPDX-License-Identifier: Apache-2.0

use super::submit;
use crate::{backend::Submission, problem::Failure, state::AppState};
use axum::extract::{Request, State};
use sealane_sdk::types::*;

/// Confirm orders
///
/// The issuer's answers to orders of its inbox. An order is answered once: the same bytes again count as repeated,
/// others are refused.
#[utoipa::path(
	post, path = "/v1/confirmations", tag = "issuing", operation_id = "submit_confirmations",
	params(("Idempotency-Key" = Option<String>, Header, description = "See the submission of orders")),
	request_body(description = "Confirmations", content(
		(String = "application/x-ndjson", example = "{\"order\":\"2026-000001\",\"outcome\":\"accepted\",\"units\":\"9523.81\",\"nav\":\"1.0500\",\"trade_date\":\"2026-11-24\"}\n"),
		(Vec<Confirmation> = "application/json"),
	)),
	responses(
		(status = 200, description = "At least one confirmation was accepted or known already", body = SubmitReport),
		(status = "default", description = "Nothing was taken", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn submit(State(state): State<AppState>, request: Request) -> Result<submit::Submitted, Failure> {
	submit::submit(&state, Submission::Confirmations, request).await
}
