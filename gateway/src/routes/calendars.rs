// SPDX-License-Identifier: Apache-2.0

use crate::{convert, extract::Parameters, problem::Failure, state::AppState};
use axum::{extract::State, Json};
use sealane_primitives::ids::ProductId;
use sealane_sdk::types::*;
use serde::Deserialize;
use utoipa::IntoParams;

/// Whose calendars are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct CalendarsQuery {
	/// Number of the issuer.
	issuer: u32,
	/// One of its products; without it, the calendar of all products that have none of their own.
	product: Option<String>,
}

/// Calendars
///
/// On which days an issuer takes orders and until when, as it announced on chain: what holds now, and what is to follow.
#[utoipa::path(
	get, path = "/v1/calendars", tag = "consortium", operation_id = "get_calendars",
	params(CalendarsQuery),
	responses(
		(status = 200, description = "The calendars; neither where nothing was announced", body = Calendars),
		(status = "default", description = "A parameter breaks its rule", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn get(
	State(state): State<AppState>,
	Parameters(query): Parameters<CalendarsQuery>,
) -> Result<Json<Calendars>, Failure> {
	let product = query.product.map(|product| ProductId::try_from(product.into_bytes()));
	let product = product.transpose().map_err(|_| {
		Problem::new(
			ProblemCode::InvalidParameter,
			"product: a product's id has at most 32 bytes",
		)
		.with_field("product")
	})?;
	let timetable = state
		.read(move |backend| backend.timetable(query.issuer, product))
		.await?;
	Ok(Json(convert::calendars(timetable)))
}
