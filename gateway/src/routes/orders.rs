// SPDX-License-Identifier: Apache-2.0

use super::{
	lookup::{find, Sought},
	submit,
};
use crate::{
	backend::Submission,
	convert, evidence,
	extract::{Id, Parameters, SellerQuery},
	problem::Failure,
	state::AppState,
};
use axum::{
	extract::{Request, State},
	http::{header::CONTENT_TYPE, StatusCode},
	response::{IntoResponse, Response},
	Json,
};
use sealane_sdk::types::*;

/// Submit orders
///
/// What the report calls accepted is on the node's disk and will be delivered. Refused entries stop nothing. An order
/// that is sent again with the same bytes counts as repeated and takes effect once.
#[utoipa::path(
	post, path = "/v1/orders", tag = "orders", operation_id = "submit_orders",
	params(("Idempotency-Key" = Option<String>, Header, description = "Names this request, 1 to 128 visible ASCII characters. The same key with the same body has no further effect and gives the same report; with another body it is refused with 409.")),
	request_body(description = "Orders", content(
		(String = "application/x-ndjson", example = "{\"id\":\"2026-000001\",\"kind\":\"purchase\",\"product\":\"BOND-A\",\"customer\":\"C-17\",\"amount\":\"10000.00\",\"currency\":\"CNY\",\"placed_at\":\"2026-11-24T09:30:00+08:00\"}\n"),
		(Vec<Order> = "application/json"),
	)),
	responses(
		(status = 200, description = "At least one order was accepted or known already", body = SubmitReport),
		(status = "default", description = "Nothing was taken", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn submit(State(state): State<AppState>, request: Request) -> Result<submit::Submitted, Failure> {
	submit::submit(&state, Submission::Orders, request).await
}

/// An order
///
/// The order as it was accepted, how far it has come, and the issuer's answer.
#[utoipa::path(
	get, path = "/v1/orders/{id}", tag = "orders", operation_id = "get_order",
	params(("id" = String, Path, description = "The seller's reference"), SellerQuery),
	responses(
		(status = 200, description = "The order", body = OrderStatus),
		(status = "default", description = "There is none", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn get(
	State(state): State<AppState>,
	id: Id,
	query: Parameters<SellerQuery>,
) -> Result<Json<OrderStatus>, Failure> {
	let found = find(&state, Sought::Order, id, query, |backend, id, seller| {
		backend.order(id, seller)
	});
	Ok(Json(convert::order(found.await?)?))
}

/// Cancel an order
///
/// Asks the issuer to take an order back, by an order of kind `cancellation`. Whether it is cancelled is the issuer's
/// decision; it comes as the confirmation of that order. Asking again changes nothing.
#[utoipa::path(
	delete, path = "/v1/orders/{id}", tag = "orders", operation_id = "cancel_order",
	params(("id" = String, Path, description = "The seller's reference")),
	responses(
		(status = 202, description = "The issuer is asked", body = CancellationReport),
		(status = "default", description = "It cannot be asked", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn cancel(
	State(state): State<AppState>,
	Id(id): Id,
) -> Result<(StatusCode, Json<CancellationReport>), Failure> {
	let cancellation = state.backend()?.cancel(&id).await?;
	Ok((StatusCode::ACCEPTED, Json(CancellationReport { cancellation })))
}

/// Where an order is
///
/// The hop that the order has reached, and why it goes no further.
#[utoipa::path(
	get, path = "/v1/orders/{id}/trace", tag = "orders", operation_id = "trace_order",
	params(("id" = String, Path, description = "The seller's reference"), SellerQuery),
	responses(
		(status = 200, description = "Where it is", body = Trace),
		(status = "default", description = "There is no such order", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn trace(
	State(state): State<AppState>,
	id: Id,
	query: Parameters<SellerQuery>,
) -> Result<Json<Trace>, Failure> {
	let found = find(&state, Sought::Order, id, query, |backend, id, seller| {
		backend.trace(id, seller)
	});
	Ok(Json(convert::trace(found.await?)?))
}

/// Evidence of an order
///
/// What proves the order's trade record: its bytes, salt and paths, both signatures, and the anchor. Store the bytes as
/// they are.
#[utoipa::path(
	get, path = "/v1/orders/{id}/evidence", tag = "orders", operation_id = "get_evidence",
	params(("id" = String, Path, description = "The seller's reference"), SellerQuery),
	responses(
		(status = 200, description = "The evidence", body = EvidencePack),
		(status = 409, description = "The order is not answered, or its batch is not signed by both sides yet", body = Problem, content_type = "application/problem+json"),
		(status = "default", description = "There is no such order", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn evidence(
	State(state): State<AppState>,
	Id(id): Id,
	Parameters(query): Parameters<SellerQuery>,
) -> Result<Response, Failure> {
	let chain = state.chain.clone();
	let body = state
		.read(move |backend| evidence::of_order(backend, chain.as_deref(), &id, query.seller))
		.await?;
	Ok(([(CONTENT_TYPE, "application/json")], body).into_response())
}
