// SPDX-License-Identifier: Apache-2.0

use super::{person, refused, ApiState};
use crate::day::{history, ActRow, DayKey, DayState, DaysFilter, Listed, Nav, Total};
use axum::{extract::State, Extension, Json};
use sealane_http::extract::{Parameters, Segments};
use sealane_sdk::types::{Problem, ProblemCode};
use sealane_service::{audit::Entries, paging, Body, Caller, Failure};
use sealane_terminal_core::{db::now_ms, Error};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Acts that are shown with a day.
const HISTORY: u32 = 200;
/// Most products whose totals one request adds up.
const MAX_PRODUCTS: u32 = 1_000;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct DaysQuery {
	/// Only those of this date, YYYY-MM-DD.
	day: Option<String>,
	/// Only those of this product.
	product: Option<String>,
	/// Only those in this state.
	#[param(inline)]
	state: Option<DayState>,
	/// Closed days too.
	#[serde(default)]
	closed: bool,
	/// The `next` of the page before.
	cursor: Option<String>,
	/// Most days of the page; 100 unless given.
	#[param(minimum = 1, maximum = 1000)]
	limit: Option<u32>,
}

/// Some days.
#[derive(Serialize, ToSchema)]
pub(super) struct DayPage {
	/// The newest date first, then by product.
	days: Vec<Listed>,
	/// Where the next page begins; absent on the last.
	#[serde(skip_serializing_if = "Option::is_none")]
	next: Option<String>,
}

/// A day with its price and history.
#[derive(Serialize, ToSchema)]
pub(super) struct Day {
	/// How far it has come.
	#[serde(flatten)]
	day: Listed,
	/// Its price.
	#[serde(skip_serializing_if = "Option::is_none")]
	price: Option<Nav>,
	/// What was done, newest first; the last 200 acts.
	history: Vec<ActRow>,
}

/// What one looked at before.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Seen {
	/// The revision of the day that was looked at: nobody agrees to a day that has changed since.
	revision: i64,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Closing {
	/// Although the own node refused some answers, which their sellers do not have.
	#[serde(default)]
	with_refused: bool,
}

/// Days
///
/// The board: how far the day of each product has come, what leads it on (`next`), who may take that step, and what stands in its way.
#[utoipa::path(
	get, path = "/v1/days", tag = "days", operation_id = "list_days",
	params(DaysQuery),
	responses(
		(status = 200, description = "Days, the newest date first", body = DayPage),
		(status = "default", description = "A parameter breaks its rule", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn list(
	State(state): State<ApiState>,
	Parameters(query): Parameters<DaysQuery>,
) -> Result<(Extension<Entries>, Json<DayPage>), Failure> {
	let filter = DaysFilter {
		day: query.day,
		product: query.product,
		closed: query.closed || query.state == Some(DayState::Closed),
		state: query.state,
		behind: query.cursor.as_deref().map(paging::place).transpose()?,
		limit: paging::limit(query.limit)?,
	};
	let days = state.db.days(&filter).await?;
	let last = days.last().filter(|_| days.len() == filter.limit as usize);
	let next = last.map(|last| paging::cursor(&(&last.day.key.day, &last.day.key.product)));
	Ok((Extension(Entries(days.len() as u64)), Json(DayPage { days, next })))
}

async fn found(state: &ApiState, key: &DayKey) -> Result<Listed, Failure> {
	let found = state.db.day(key).await?;
	found.ok_or_else(|| Failure::new(ProblemCode::NotFound, format!("there is no day {key}")))
}

/// The day after an act.
async fn as_it_is_now(state: &ApiState, key: &DayKey, done: Result<(), Error>) -> Result<Json<Listed>, Failure> {
	done.map_err(refused)?;
	Ok(Json(found(state, key).await?))
}

/// A day
///
/// With its price and history.
#[utoipa::path(
	get, path = "/v1/days/{product}/{day}", tag = "days", operation_id = "get_day",
	params(DayKey),
	responses(
		(status = 200, description = "The day", body = Day),
		(status = "default", description = "There is none", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn get(State(state): State<ApiState>, Segments(key): Segments<DayKey>) -> Result<Json<Day>, Failure> {
	Ok(Json(Day {
		day: found(&state, &key).await?,
		price: state.db.navs(&key.day, Some(&key.product)).await?.pop(),
		history: history(&state.db, &key, HISTORY).await?,
	}))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct TotalsQuery {
	/// The date, YYYY-MM-DD.
	day: String,
	/// Only those of this product.
	product: Option<String>,
}

/// Totals of a date
///
/// Sums by product, seller, kind and outcome: what is asked for, what is decided, what goes to the next day. They are added up when asked for.
#[utoipa::path(
	get, path = "/v1/totals", tag = "days", operation_id = "get_totals",
	params(TotalsQuery),
	responses(
		(status = 200, description = "Sums", body = Vec<Total>),
		(status = "default", description = "A parameter breaks its rule", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn totals(
	State(state): State<ApiState>,
	Parameters(query): Parameters<TotalsQuery>,
) -> Result<(Extension<Entries>, Json<Vec<Total>>), Failure> {
	let filter = DaysFilter {
		day: Some(query.day),
		product: query.product,
		closed: true,
		limit: MAX_PRODUCTS,
		..DaysFilter::default()
	};
	let mut totals = Vec::new();
	for key in state.db.day_keys(&filter).await? {
		totals.extend(state.db.day_totals(&key).await?);
	}
	Ok((Extension(Entries(totals.len() as u64)), Json(totals)))
}

/// Freeze a day
///
/// One whose cut-off has come. The terminal does so by itself.
#[utoipa::path(
	post, path = "/v1/days/{product}/{day}/freeze", tag = "days", operation_id = "freeze_day",
	params(DayKey),
	responses(
		(status = 200, description = "It is frozen: the day as it is now", body = Listed),
		(status = "default", description = "It is not open, or its cut-off has not come", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn freeze(
	State(state): State<ApiState>,
	Extension(caller): Extension<Caller>,
	Segments(key): Segments<DayKey>,
) -> Result<Json<Listed>, Failure> {
	let done = state.db.freeze(&key, &person(&caller)?, now_ms()).await;
	as_it_is_now(&state, &key, done).await
}

/// Review a day
///
/// Says that one has looked at all decisions. Whoever does so cannot confirm the day.
#[utoipa::path(
	post, path = "/v1/days/{product}/{day}/review", tag = "days", operation_id = "review_day",
	params(DayKey),
	request_body = Seen,
	responses(
		(status = 200, description = "It is reviewed: the day as it is now", body = Listed),
		(status = "default", description = "It is not priced, has changed, or orders are held", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn review(
	State(state): State<ApiState>,
	Extension(caller): Extension<Caller>,
	Segments(key): Segments<DayKey>,
	Body(seen): Body<Seen>,
) -> Result<Json<Listed>, Failure> {
	let done = state.db.review(&key, &person(&caller)?, seen.revision).await;
	as_it_is_now(&state, &key, done).await
}

/// Confirm a day
///
/// Agrees to the decisions: they are executed and sent. Refused to whoever reviewed the day or decided on one of its orders.
#[utoipa::path(
	post, path = "/v1/days/{product}/{day}/confirm", tag = "days", operation_id = "confirm_day",
	params(DayKey),
	request_body = Seen,
	responses(
		(status = 200, description = "It is confirmed: the day as it is now", body = Listed),
		(status = "default", description = "It is not reviewed, has changed, or this user decided on it", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn confirm(
	State(state): State<ApiState>,
	Extension(caller): Extension<Caller>,
	Segments(key): Segments<DayKey>,
	Body(seen): Body<Seen>,
) -> Result<Json<Listed>, Failure> {
	let done = state.db.confirm(&key, &person(&caller)?, seen.revision).await;
	as_it_is_now(&state, &key, done).await
}

/// Close a day
///
/// One of which everything is sent. Nothing changes any more.
#[utoipa::path(
	post, path = "/v1/days/{product}/{day}/close", tag = "days", operation_id = "close_day",
	params(DayKey),
	request_body = Closing,
	responses(
		(status = 200, description = "It is closed: the day as it is now", body = Listed),
		(status = "default", description = "Something is not sent, or was refused by the node", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn close(
	State(state): State<ApiState>,
	Extension(caller): Extension<Caller>,
	Segments(key): Segments<DayKey>,
	Body(closing): Body<Closing>,
) -> Result<Json<Listed>, Failure> {
	let done = state.db.close_day(&key, &person(&caller)?, closing.with_refused).await;
	as_it_is_now(&state, &key, done).await
}
