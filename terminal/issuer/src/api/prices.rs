// SPDX-License-Identifier: Apache-2.0

use super::{person, refused, ApiState};
use crate::day::{DayKey, Nav};
use axum::{extract::State, Extension, Json};
use sealane_http::extract::{Parameters, Segments};
use sealane_sdk::types::Problem;
use sealane_service::{audit::Entries, Body, Caller, Failure};
use sealane_terminal_core::{decimal, Error};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Most values of one request.
const MAX_NAVS: usize = 1_000;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct NavsQuery {
	/// The date, YYYY-MM-DD.
	day: String,
	/// Only that of this product.
	product: Option<String>,
}

/// A net asset value to enter.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EnteredNav {
	/// The product.
	product: String,
	/// The date, YYYY-MM-DD.
	day: String,
	/// The value of one unit, a decimal above zero.
	nav: String,
}

/// What came of it.
#[derive(Serialize, ToSchema)]
pub(super) struct Entered {
	/// How many are new or changed; the others said the same.
	changed: u64,
}

/// The value that one has seen.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SeenNav {
	/// It must be the one that was entered.
	nav: String,
}

/// Net asset values
#[utoipa::path(
	get, path = "/v1/navs", tag = "prices", operation_id = "list_navs",
	params(NavsQuery),
	responses(
		(status = 200, description = "Of a date", body = Vec<Nav>),
		(status = "default", description = "A parameter breaks its rule", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn list(
	State(state): State<ApiState>,
	Parameters(query): Parameters<NavsQuery>,
) -> Result<(Extension<Entries>, Json<Vec<Nav>>), Failure> {
	let navs = state.db.navs(&query.day, query.product.as_deref()).await?;
	Ok((Extension(Entries(navs.len() as u64)), Json(navs)))
}

/// Enter net asset values
///
/// All or none. One that was entered before is replaced, must be released anew, and takes its day back to `frozen`.
#[utoipa::path(
	post, path = "/v1/navs", tag = "prices", operation_id = "enter_navs",
	request_body = Vec<EnteredNav>,
	responses(
		(status = 200, description = "Entered", body = Entered),
		(status = "default", description = "A value breaks its rule, or its day is confirmed", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn enter(
	State(state): State<ApiState>,
	Extension(caller): Extension<Caller>,
	Body(navs): Body<Vec<EnteredNav>>,
) -> Result<(Extension<Entries>, Json<Entered>), Failure> {
	if navs.is_empty() || navs.len() > MAX_NAVS {
		let rule = format!("from 1 to {MAX_NAVS} values");
		return Err(Error::invalid("navs", navs.len().to_string(), rule).into());
	}
	let shown = Entries(navs.len() as u64);
	let navs: Vec<_> = navs
		.into_iter()
		.map(|nav| (DayKey::new(nav.product, nav.day), nav.nav))
		.collect();
	let changed = state
		.db
		.enter_navs(&navs, &person(&caller)?, "")
		.await
		.map_err(refused)?;
	Ok((Extension(shown), Json(Entered { changed })))
}

/// Release a net asset value
///
/// As somebody who did not enter it.
#[utoipa::path(
	post, path = "/v1/navs/{product}/{day}/release", tag = "prices", operation_id = "release_nav",
	params(DayKey),
	request_body = SeenNav,
	responses(
		(status = 200, description = "It is released, now or before", body = Nav),
		(status = "default", description = "There is none, it is another one, or this user entered it", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn release(
	State(state): State<ApiState>,
	Extension(caller): Extension<Caller>,
	Segments(key): Segments<DayKey>,
	Body(seen): Body<SeenNav>,
) -> Result<Json<Nav>, Failure> {
	let rule = "a decimal above zero";
	let nav = decimal::parse_quantity(&seen.nav).ok_or_else(|| Error::invalid("nav", seen.nav, rule))?;
	state
		.db
		.release_nav(&key, nav, &person(&caller)?)
		.await
		.map_err(refused)?;
	let released = state.db.navs(&key.day, Some(&key.product)).await?.pop();
	Ok(Json(released.unwrap_or_default()))
}
