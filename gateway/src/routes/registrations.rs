// SPDX-License-Identifier: Apache-2.0

use super::{
	lookup::{find, Sought},
	submit,
};
use crate::{
	backend::Submission,
	convert,
	extract::{Id, Parameters, SellerQuery},
	problem::Failure,
	state::AppState,
};
use axum::{
	extract::{Request, State},
	Json,
};
use sealane_sdk::types::*;

/// Register customers
///
/// Applications of a seller's customers, sealed to the issuer that `interface` or `product` names.
#[utoipa::path(
	post, path = "/v1/registrations", tag = "registrations", operation_id = "submit_registrations",
	params(("Idempotency-Key" = Option<String>, Header, description = "See the submission of orders")),
	request_body(description = "Registrations", content(
		(String = "application/x-ndjson", example = "{\"id\":\"R-2026-000017\",\"interface\":\"X.FUNDS\",\"customer\":\"C-17\",\"person\":{\"name\":\"王小明\",\"birth_date\":\"1990-05-01\"}}\n"),
		(Vec<Registration> = "application/json"),
	)),
	responses(
		(status = 200, description = "At least one registration was accepted or known already", body = SubmitReport),
		(status = "default", description = "Nothing was taken", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn submit(State(state): State<AppState>, request: Request) -> Result<submit::Submitted, Failure> {
	submit::submit(&state, Submission::Registrations, request).await
}

/// Answer registrations
///
/// The issuer's results. One with a `commitment` goes on chain as a receipt; personal data never does.
#[utoipa::path(
	post, path = "/v1/registrations/results", tag = "issuing", operation_id = "submit_registration_results",
	params(("Idempotency-Key" = Option<String>, Header, description = "See the submission of orders")),
	request_body(description = "Results", content(
		(String = "application/x-ndjson", example = "{\"order\":\"R-2026-000017\",\"outcome\":\"accepted\",\"account\":\"9001\"}\n"),
		(Vec<RegistrationResult> = "application/json"),
	)),
	responses(
		(status = 200, description = "At least one result was accepted or known already", body = SubmitReport),
		(status = "default", description = "Nothing was taken", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn submit_results(
	State(state): State<AppState>,
	request: Request,
) -> Result<submit::Submitted, Failure> {
	submit::submit(&state, Submission::RegistrationResults, request).await
}

/// A registration
///
/// The application as it was accepted, how far it has come, and the issuer's result.
#[utoipa::path(
	get, path = "/v1/registrations/{id}", tag = "registrations", operation_id = "get_registration",
	params(("id" = String, Path, description = "The seller's reference"), SellerQuery),
	responses(
		(status = 200, description = "The registration", body = OrderStatus),
		(status = "default", description = "There is none", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn get(
	State(state): State<AppState>,
	id: Id,
	query: Parameters<SellerQuery>,
) -> Result<Json<OrderStatus>, Failure> {
	let found = find(&state, Sought::Registration, id, query, |backend, id, seller| {
		backend.registration(id, seller)
	});
	Ok(Json(convert::order(found.await?)?))
}
