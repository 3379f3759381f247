// SPDX-License-Identifier: Apache-2.0

use super::{
	lookup::{find, Sought},
	submit,
};
use crate::{
	audit::Entries,
	backend::Submission,
	convert,
	extract::{Id, Parameters, SellerQuery},
	problem::Failure,
	state::AppState,
};
use axum::{
	extract::{Request, State},
	Extension, Json,
};
use sealane_courier::api::ClosingState;
use sealane_primitives::ids::Digest;
use sealane_sdk::types::*;
use serde::de::DeserializeOwned;

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

/// Ask whether registrations are open
///
/// Whether a customer's registration counts now: a receipt that says accepted stands on chain, neither closed nor revoked. An order that
/// states another is rejected by the issuer's node where the clauses demand a registration.
#[utoipa::path(
	post, path = "/v1/registrations/open", tag = "registrations", operation_id = "are_registrations_open",
	request_body = RegistrationsQuestion,
	responses(
		(status = 200, description = "The answers, in the order of the question", body = RegistrationsAnswer),
		(status = "default", description = "The question breaks a rule", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn open(
	State(state): State<AppState>,
	request: Request,
) -> Result<Json<RegistrationsAnswer>, Failure> {
	let question: RegistrationsQuestion = read(&state, request).await?;
	let commitments = digests(&question.commitments)?;
	let answer = state
		.read(move |backend| backend.registrations_open(question.issuer, commitments))
		.await?;
	Ok(Json(RegistrationsAnswer {
		at_block: answer.block,
		open: answer.open,
	}))
}

/// End registrations
///
/// For issuers: customers who leave. What is open is closed on chain as soon as a block takes it, and orders of these customers stop
/// within two blocks. Asking again is harmless. A receipt that was wrong from the beginning is revoked instead, which takes the manager's
/// key: `sealane receipt revoke`.
#[utoipa::path(
	post, path = "/v1/registrations/close", tag = "issuing", operation_id = "close_registrations",
	request_body = RegistrationsEnd,
	responses(
		(status = 200, description = "What becomes of each, in the order of the request", body = RegistrationsEndReport),
		(status = "default", description = "Nothing was taken", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn close(
	State(state): State<AppState>,
	request: Request,
) -> Result<(Extension<Entries>, Json<RegistrationsEndReport>), Failure> {
	let end: RegistrationsEnd = read(&state, request).await?;
	let commitments = digests(&end.commitments)?;
	let states = state.backend()?.close_registrations(commitments).await?;
	let state = |state: &ClosingState| match state {
		ClosingState::Closing => RegistrationEnd::Closing,
		ClosingState::Closed => RegistrationEnd::Closed,
		ClosingState::Rejected => RegistrationEnd::Rejected,
		ClosingState::Unknown => RegistrationEnd::Unknown,
	};
	let report = RegistrationsEndReport {
		states: states.iter().map(state).collect(),
	};
	Ok((Extension(Entries(report.states.len() as u64)), Json(report)))
}

/// A small document in the body.
async fn read<T: DeserializeOwned>(state: &AppState, request: Request) -> Result<T, Failure> {
	let (head, body) = request.into_parts();
	let body = state.bodies.read(&head.headers, body, &state.limits).await?;
	serde_json::from_slice(&body.bytes).map_err(|error| Failure::new(ProblemCode::InvalidJson, error.to_string()))
}

/// Commitments from their hexadecimal digits.
fn digests(texts: &[String]) -> Result<Vec<Digest>, Failure> {
	let wrong = |detail: String| Problem::new(ProblemCode::InvalidParameter, detail).with_field("commitments");
	if texts.is_empty() || texts.len() > MAX_REGISTRATIONS {
		let count = texts.len();
		return Err(wrong(format!(
			"commitments are {count}; 1 to {MAX_REGISTRATIONS} are taken at once"
		))
		.into());
	}
	let digest = |(place, text): (usize, &String)| {
		let mut digest = [0; 32];
		hex::decode_to_slice(text, &mut digest)
			.map(|()| digest)
			.map_err(|error| wrong(format!("commitments[{place}] must be 64 hexadecimal digits: {error}")).into())
	};
	texts.iter().enumerate().map(digest).collect()
}
