// SPDX-License-Identifier: Apache-2.0

use crate::{
	audit::{Row, Which},
	core::Core,
	paging, Failure,
};
use axum::{extract::State, Json};
use sealane_http::extract::Parameters;
use sealane_sdk::types::Problem;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct AuditQuery {
	/// Only what this user did or saw.
	actor: Option<String>,
	/// Only from then on, Unix ms.
	from: Option<i64>,
	/// The `next` of the page before.
	cursor: Option<String>,
	/// Most rows of the page; 100 unless given.
	#[param(minimum = 1, maximum = 1000)]
	limit: Option<u32>,
}

/// A part of the log.
#[derive(Serialize, ToSchema)]
pub(super) struct AuditPage {
	/// Newest first.
	rows: Vec<Row>,
	/// Where the next page begins; absent on the last.
	#[serde(skip_serializing_if = "Option::is_none")]
	next: Option<String>,
}

/// Who did or saw what
#[utoipa::path(
	get, path = "/v1/audit", tag = "access", operation_id = "get_audit",
	params(AuditQuery),
	responses(
		(status = 200, description = "Rows, newest first", body = AuditPage),
		(status = "default", description = "The cursor is none of this list", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn get(
	State(core): State<Core>,
	Parameters(query): Parameters<AuditQuery>,
) -> Result<Json<AuditPage>, Failure> {
	let limit = paging::limit(query.limit)?;
	let which = Which {
		actor: query.actor,
		from: query.from,
		before: query.cursor.as_deref().map(paging::place).transpose()?,
		limit,
	};
	let rows = core.audit.rows(&which).await?;
	let next = rows.last().filter(|_| rows.len() == limit as usize);
	let next = next.map(|row| paging::cursor(&row.number));
	Ok(Json(AuditPage { rows, next }))
}
