// SPDX-License-Identifier: Apache-2.0

use super::{parameters, ApiState};
use crate::{
	db::{RecordFilter, RecordRow, Unqualified},
	manage::{self, Cancelled},
};
use axum::{extract::State, http::StatusCode, Extension, Json};
use sealane_http::extract::{Id, Parameters};
use sealane_sdk::types::{Problem, ProblemCode};
use sealane_service::{audit::Entries, paging, Failure};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct RecordsQuery {
	/// Only those in this state: unqualified, pending, refused, accepted, confirmed, partial, rejected, cancelled, finalised.
	state: Option<String>,
	/// Only those of this customer.
	customer: Option<String>,
	/// Only those of this product.
	product: Option<String>,
	/// Only those of this issuer, by its number.
	issuer: Option<i64>,
	/// Only those of this kind of business.
	kind: Option<String>,
	/// Only those of this day, YYYY-MM-DD.
	day: Option<String>,
	/// Only those of this file, or `api <user>`.
	source: Option<String>,
	/// Only those that do not meet the clause with this code.
	clause: Option<String>,
	/// The `next` of the page before.
	cursor: Option<String>,
	/// Most records of the page; 100 unless given.
	#[param(minimum = 1, maximum = 1000)]
	limit: Option<u32>,
}

/// Some records.
#[derive(Serialize, ToSchema)]
pub(super) struct RecordPage {
	/// Newest first, without the bytes of order and confirmation.
	records: Vec<RecordRow>,
	/// Where the next page begins; absent on the last.
	#[serde(skip_serializing_if = "Option::is_none")]
	next: Option<String>,
}

/// Records
///
/// What became of each order. Changes are polled with `GET /v1/events`.
#[utoipa::path(
	get, path = "/v1/records", tag = "records", operation_id = "list_records",
	params(RecordsQuery),
	responses(
		(status = 200, description = "Records, newest first", body = RecordPage),
		(status = "default", description = "The cursor is none of this list", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn list(
	State(state): State<ApiState>,
	Parameters(query): Parameters<RecordsQuery>,
) -> Result<(Extension<Entries>, Json<RecordPage>), Failure> {
	let limit = paging::limit(query.limit)?;
	parameters::state(query.state.as_deref())?;
	parameters::kind(query.kind.as_deref())?;
	parameters::day("day", query.day.as_deref())?;
	let filter = RecordFilter {
		state: query.state,
		customer: query.customer,
		product: query.product,
		issuer: query.issuer,
		kind: query.kind,
		day: query.day,
		source: query.source,
		clause: query.clause.map(code_of).transpose()?,
		behind: query.cursor.as_deref().map(paging::place).transpose()?,
		texts: false,
		limit,
	};
	let records = state.db.records(&filter).await?;
	let last = records.last().filter(|_| records.len() == limit as usize);
	let next = last.map(|record| paging::cursor(&(record.read_at, &record.id)));
	let shown = Entries(records.len() as u64);
	Ok((Extension(shown), Json(RecordPage { records, next })))
}

/// The code of a clause, which is looked for in a text: nothing of it may mean something else there.
fn code_of(code: String) -> Result<String, Failure> {
	let is_code = !code.is_empty()
		&& code
			.bytes()
			.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
	if !is_code {
		return Err(Failure::parameter(
			"clause",
			"the code of a clause: small letters, digits and _",
		));
	}
	Ok(code)
}

/// Orders at once that are looked at to tell which clauses they fail.
const LOOKED_AT: u32 = 10_000;

/// Which clauses are not met
///
/// How many of the newest 10,000 orders that do not qualify fail which clause.
#[utoipa::path(
	get, path = "/v1/unqualified", tag = "records", operation_id = "get_unqualified",
	responses(
		(status = 200, description = "By clause", body = Unqualified),
		(status = "default", description = "The database fails", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn unqualified(State(state): State<ApiState>) -> Result<Json<Unqualified>, Failure> {
	Ok(Json(state.db.unqualified(LOOKED_AT).await?))
}

/// A record
///
/// With the bytes of order and confirmation.
#[utoipa::path(
	get, path = "/v1/records/{id}", tag = "records", operation_id = "get_record",
	params(("id" = String, Path, description = "The order's id")),
	responses(
		(status = 200, description = "The record", body = RecordRow),
		(status = "default", description = "There is none", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn get(State(state): State<ApiState>, Id(id): Id) -> Result<Json<RecordRow>, Failure> {
	state.db.record(&id).await?.map(Json).ok_or_else(unknown)
}

fn unknown() -> Failure {
	Failure::new(ProblemCode::OrderUnknown, "there is no order with this id")
}

async fn ensure_known(state: &ApiState, id: &str) -> Result<(), Failure> {
	match state.db.known_ids(&[id]).await?.is_empty() {
		true => Err(unknown()),
		false => Ok(()),
	}
}

/// Cancel an order
///
/// At once where it was not sent, else by asking the issuer: its answer comes as an event.
#[utoipa::path(
	post, path = "/v1/records/{id}/cancel", tag = "deciding", operation_id = "cancel_record",
	params(("id" = String, Path, description = "The order's id")),
	responses(
		(status = 200, description = "Taken back, or asked for", body = Cancelled),
		(status = "default", description = "It cannot be", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn cancel(State(state): State<ApiState>, Id(id): Id) -> Result<Json<Cancelled>, Failure> {
	ensure_known(&state, &id).await?;
	manage::cancel(&state.db, &id).await.map(Json).map_err(wrong_state)
}

/// Hold an order
///
/// One that was not sent: it is not tried again until it is released.
#[utoipa::path(
	post, path = "/v1/records/{id}/hold", tag = "deciding", operation_id = "hold_record",
	params(("id" = String, Path, description = "The order's id")),
	responses(
		(status = 204, description = "It is held"),
		(status = "default", description = "It was sent", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn hold(State(state): State<ApiState>, Id(id): Id) -> Result<StatusCode, Failure> {
	state.db.hold(&id, true).await.map_err(wrong_state)?;
	Ok(StatusCode::NO_CONTENT)
}

/// Release an order
///
/// One that is held: it is tried again.
#[utoipa::path(
	post, path = "/v1/records/{id}/release", tag = "deciding", operation_id = "release_record",
	params(("id" = String, Path, description = "The order's id")),
	responses(
		(status = 204, description = "It is tried again"),
		(status = "default", description = "It was sent", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn release(State(state): State<ApiState>, Id(id): Id) -> Result<StatusCode, Failure> {
	state.db.hold(&id, false).await.map_err(wrong_state)?;
	Ok(StatusCode::NO_CONTENT)
}

/// Try an order again
///
/// One that did not pass or that the node refused; a held one must be released.
#[utoipa::path(
	post, path = "/v1/records/{id}/retry", tag = "deciding", operation_id = "retry_record",
	params(("id" = String, Path, description = "The order's id")),
	responses(
		(status = 204, description = "It is tried again"),
		(status = "default", description = "It was sent, or is held", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn retry(State(state): State<ApiState>, Id(id): Id) -> Result<StatusCode, Failure> {
	ensure_known(&state, &id).await?;
	if state.db.retry(Some(&id), None, None).await? == 0 {
		let detail = "an order that was not sent and is not held";
		return Err(Failure::new(ProblemCode::WrongState, detail));
	}
	Ok(StatusCode::NO_CONTENT)
}

/// What breaks a rule here is the state of a record, not a field of a body.
pub(super) fn wrong_state(error: crate::error::Error) -> Failure {
	match error {
		crate::error::Error::Invalid { rule, .. } => {
			Failure::new(ProblemCode::WrongState, format!("it must be {rule}"))
		}
		other => other.into(),
	}
}
