// SPDX-License-Identifier: Apache-2.0

//! What the records add up to: sums of days, positions of a customer, and the comparison with what the issuer says of a day.

use super::{parameters, ApiState};
use crate::{
	db::{Sum, SumFilter},
	positions::Position,
	reconcile::{self, Reconciliation, Said},
};
use axum::{
	extract::{Request, State},
	Extension, Json,
};
use sealane_http::extract::Parameters;
use sealane_sdk::types::{Problem, ProblemCode};
use sealane_service::{audit::Entries, Failure};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct DaysQuery {
	/// The first day, YYYY-MM-DD.
	from: String,
	/// The last day; the first unless given.
	to: Option<String>,
	/// Only those of this product.
	product: Option<String>,
	/// Only those of this issuer, by its number.
	issuer: Option<i64>,
}

/// Sums of days
///
/// How many orders stand where and for how much, by day, product, issuer, kind and state. The day is that of the trade once it is confirmed;
/// before, the one on which the customer placed the order.
#[utoipa::path(
	get, path = "/v1/days", tag = "records", operation_id = "get_days",
	params(DaysQuery),
	responses(
		(status = 200, description = "Sums", body = Vec<Sum>),
		(status = "default", description = "A parameter breaks its rule", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn list(
	State(state): State<ApiState>,
	Parameters(query): Parameters<DaysQuery>,
) -> Result<(Extension<Entries>, Json<Vec<Sum>>), Failure> {
	parameters::day("from", Some(&query.from))?;
	parameters::day("to", query.to.as_deref())?;
	let filter = SumFilter {
		to: Some(query.to.unwrap_or_else(|| query.from.clone())),
		from: Some(query.from),
		product: query.product,
		issuer: query.issuer,
	};
	let sums = state.db.sums(&filter).await?;
	Ok((Extension(Entries(sums.len() as u64)), Json(sums)))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PositionsQuery {
	/// The customer's reference.
	customer: String,
	/// Only this product.
	product: Option<String>,
}

/// Positions of a customer
///
/// The units that a customer's confirmations add up to, by product. What the issuer did without an order is not in it: the issuer's register is
/// what counts.
#[utoipa::path(
	get, path = "/v1/positions", tag = "records", operation_id = "get_positions",
	params(PositionsQuery),
	responses(
		(status = 200, description = "By product", body = Vec<Position>),
		(status = "default", description = "A parameter breaks its rule", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn positions(
	State(state): State<ApiState>,
	Parameters(query): Parameters<PositionsQuery>,
) -> Result<(Extension<Entries>, Json<Vec<Position>>), Failure> {
	let positions = state.db.positions(&query.customer, query.product.as_deref()).await?;
	Ok((Extension(Entries(positions.len() as u64)), Json(positions)))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReconcileRequest {
	/// The day of the trades, YYYY-MM-DD.
	day: String,
	/// The issuer's number.
	issuer: i64,
	/// What the issuer says that it confirmed on that day.
	confirmations: Vec<Said>,
}

/// Compare a day with the issuer
///
/// Counts and sums per product, kind and outcome on both sides, and each order on which they differ. Nothing is changed.
#[utoipa::path(
	post, path = "/v1/reconciliations", tag = "records", operation_id = "reconcile",
	request_body = ReconcileRequest,
	responses(
		(status = 200, description = "Where both agree and where not", body = Reconciliation),
		(status = "default", description = "A field breaks its rule", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn reconcile(
	State(state): State<ApiState>,
	request: Request,
) -> Result<(Extension<Entries>, Json<Reconciliation>), Failure> {
	let (head, body) = request.into_parts();
	let body = state.core.bodies.read(&head.headers, body, &state.core.limits).await?;
	let request: ReconcileRequest = serde_json::from_slice(&body.bytes)
		.map_err(|error| Failure::new(ProblemCode::InvalidJson, error.to_string()))?;
	let result = reconcile::reconcile(&state.db, &request.day, request.issuer, &request.confirmations).await?;
	Ok((Extension(Entries(result.orders)), Json(result)))
}
