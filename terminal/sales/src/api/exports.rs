// SPDX-License-Identifier: Apache-2.0

use super::{parameters, ApiState};
use crate::export::Export;
use axum::{
	body::Body,
	extract::State,
	http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
	response::{IntoResponse, Response},
};
use sealane_http::extract::{Id, Parameters};
use sealane_sdk::types::{EvidencePack, Problem};
use sealane_service::{evidence, Failure};
use serde::Deserialize;
use utoipa::IntoParams;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ExportQuery {
	/// The day, YYYY-MM-DD.
	day: String,
	/// Only those of this issuer, by its number.
	issuer: Option<i64>,
	/// Only those of this product.
	product: Option<String>,
}

/// The records of a day as a file
///
/// CSV in UTF-8 with a header; a cell that a spreadsheet would take for a formula begins with an apostrophe. It is written while it is read.
#[utoipa::path(
	get, path = "/v1/exports/records.csv", tag = "records", operation_id = "export_records",
	params(ExportQuery),
	responses(
		(status = 200, description = "The file", body = String, content_type = "text/csv"),
		(status = "default", description = "A parameter breaks its rule", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn records(
	State(state): State<ApiState>,
	Parameters(query): Parameters<ExportQuery>,
) -> Result<Response, Failure> {
	parameters::day("day", Some(&query.day))?;
	let name = format!(
		"attachment; filename=\"records-{}.csv\"",
		query.day.replace(|c: char| !c.is_ascii_digit(), "-")
	);
	let export = Export::new(state.db, query.day, query.issuer, query.product);
	let pieces = futures::stream::unfold(export, |mut export| async move {
		let piece = export.next().await.transpose()?;
		Some((piece, export))
	});
	let headers = [
		(CONTENT_TYPE, "text/csv; charset=utf-8".to_string()),
		(CONTENT_DISPOSITION, name),
	];
	Ok((headers, Body::from_stream(pieces)).into_response())
}

/// Evidence of an order
///
/// What proves the order's trade record, as the node makes it: store the bytes as they are. `sealane evidence verify` checks it.
#[utoipa::path(
	get, path = "/v1/records/{id}/evidence", tag = "records", operation_id = "get_evidence",
	params(("id" = String, Path, description = "The order's id")),
	responses(
		(status = 200, description = "The evidence", body = EvidencePack),
		(status = 409, description = "The order is not answered, or its batch is not signed by both sides yet", body = Problem, content_type = "application/problem+json"),
		(status = "default", description = "There is no such order", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn evidence(State(state): State<ApiState>, Id(id): Id) -> Result<Response, Failure> {
	evidence::file(&state.node, &id, None).await
}
