// SPDX-License-Identifier: Apache-2.0

use super::ApiState;
use crate::retention::{LegalHold, On, Purged};
use axum::{extract::State, http::StatusCode, Extension, Json};
use sealane_http::extract::{Id, Parameters};
use sealane_sdk::types::Problem;
use sealane_service::{Body, Caller, Failure};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct HoldsQuery {
	/// Those too that were lifted.
	#[serde(default)]
	all: bool,
}

/// Legal holds
#[utoipa::path(
	get, path = "/v1/legal-holds", tag = "retention", operation_id = "list_legal_holds",
	params(HoldsQuery),
	responses(
		(status = 200, description = "Newest first", body = Vec<LegalHold>),
		(status = "default", description = "The role is missing", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn list(
	State(state): State<ApiState>,
	Parameters(query): Parameters<HoldsQuery>,
) -> Result<Json<Vec<LegalHold>>, Failure> {
	Ok(Json(state.db.legal_holds(query.all).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewHold {
	/// What it is on.
	on: On,
	/// The id or reference.
	value: String,
	/// Why.
	note: String,
}

/// The number of a new hold.
#[derive(Serialize, ToSchema)]
pub(super) struct HoldSet {
	/// Its number.
	number: i64,
}

/// Set a legal hold
///
/// What it names is not purged until it is lifted.
#[utoipa::path(
	post, path = "/v1/legal-holds", tag = "retention", operation_id = "set_legal_hold",
	request_body = NewHold,
	responses(
		(status = 201, description = "It holds", body = HoldSet),
		(status = "default", description = "A field breaks its rule", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn set(
	State(state): State<ApiState>,
	Extension(caller): Extension<Caller>,
	Body(hold): Body<NewHold>,
) -> Result<(StatusCode, Json<HoldSet>), Failure> {
	let number = state
		.db
		.set_legal_hold(hold.on, &hold.value, &hold.note, &caller.name)
		.await?;
	Ok((StatusCode::CREATED, Json(HoldSet { number })))
}

/// Lift a legal hold
#[utoipa::path(
	delete, path = "/v1/legal-holds/{number}", tag = "retention", operation_id = "lift_legal_hold",
	params(("number" = i64, Path, description = "The hold")),
	responses(
		(status = 204, description = "It holds no more"),
		(status = "default", description = "There is none that holds", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn lift(State(state): State<ApiState>, Id(number): Id) -> Result<StatusCode, Failure> {
	let number = number.parse().map_err(|_| Failure::parameter("number", "a number"))?;
	state.db.lift_legal_hold(number).await?;
	Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Purge {
	/// Everything before this day, YYYY-MM-DD.
	before: String,
	/// Only tell what it would take away.
	#[serde(default)]
	dry_run: bool,
}

/// Purge
///
/// Takes away what names somebody in everything before a day that is settled and that no legal hold names. Ids, products, amounts, outcomes
/// and sums stay. So does the audit log, whose paths name the orders and customers that were asked for: it ends after its own days.
#[utoipa::path(
	post, path = "/v1/purges", tag = "retention", operation_id = "purge",
	request_body = Purge,
	responses(
		(status = 200, description = "What it took away, or would", body = Purged),
		(status = "default", description = "The day is none", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn purge(State(state): State<ApiState>, Body(purge): Body<Purge>) -> Result<Json<Purged>, Failure> {
	let purged = if purge.dry_run {
		state.db.would_purge(&purge.before).await?
	} else {
		state.db.purge(&purge.before).await?
	};
	Ok(Json(purged))
}
