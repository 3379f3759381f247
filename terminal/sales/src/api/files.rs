// SPDX-License-Identifier: Apache-2.0

//! Files of orders as the terminal read them, and their lines that are no orders.

use super::ApiState;
use crate::db::{DefectRow, Import};
use axum::{extract::State, Extension, Json};
use sealane_http::extract::Parameters;
use sealane_sdk::types::Problem;
use sealane_service::{audit::Entries, paging, Failure};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct FilesQuery {
	/// The `next` of the page before.
	cursor: Option<String>,
	/// Most files of the page; 100 unless given.
	#[param(minimum = 1, maximum = 1000)]
	limit: Option<u32>,
}

/// Some files.
#[derive(Serialize, ToSchema)]
pub(super) struct FilePage {
	/// Newest first.
	files: Vec<Import>,
	/// Where the next page begins; absent on the last.
	#[serde(skip_serializing_if = "Option::is_none")]
	next: Option<String>,
}

/// Files of orders
///
/// How far each was read, and what was found in it.
#[utoipa::path(
	get, path = "/v1/files", tag = "records", operation_id = "list_files",
	params(FilesQuery),
	responses(
		(status = 200, description = "Files, newest first", body = FilePage),
		(status = "default", description = "A parameter breaks its rule", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn list(
	State(state): State<ApiState>,
	Parameters(query): Parameters<FilesQuery>,
) -> Result<(Extension<Entries>, Json<FilePage>), Failure> {
	let limit = paging::limit(query.limit)?;
	let behind = query.cursor.as_deref().map(paging::place).transpose()?;
	let files = state.db.imports(behind.as_ref(), limit).await?;
	let last = files.last().filter(|_| files.len() == limit as usize);
	let next = last.map(|file| paging::cursor(&(file.started_at, &file.source)));
	let shown = Entries(files.len() as u64);
	Ok((Extension(shown), Json(FilePage { files, next })))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct DefectsQuery {
	/// The file, as `GET /v1/files` names it.
	source: String,
	/// The `next` of the page before.
	cursor: Option<String>,
	/// Most lines of the page; 100 unless given.
	#[param(minimum = 1, maximum = 1000)]
	limit: Option<u32>,
}

/// Some lines that are no orders.
#[derive(Serialize, ToSchema)]
pub(super) struct DefectPage {
	/// In the order of the file.
	defects: Vec<DefectRow>,
	/// Where the next page begins; absent on the last.
	#[serde(skip_serializing_if = "Option::is_none")]
	next: Option<String>,
}

/// Bad lines of a file
///
/// Field, value and rule of each line that is no order, or whose order came before.
#[utoipa::path(
	get, path = "/v1/defects", tag = "records", operation_id = "list_defects",
	params(DefectsQuery),
	responses(
		(status = 200, description = "Lines, in the order of the file", body = DefectPage),
		(status = "default", description = "A parameter breaks its rule", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn defects(
	State(state): State<ApiState>,
	Parameters(query): Parameters<DefectsQuery>,
) -> Result<(Extension<Entries>, Json<DefectPage>), Failure> {
	let limit = paging::limit(query.limit)?;
	let after: (i64,) = query.cursor.as_deref().map(paging::place).transpose()?.unwrap_or((-1,));
	let defects = state.db.defects_of(&query.source, after.0, limit).await?;
	let last = defects.last().filter(|_| defects.len() == limit as usize);
	let next = last.map(|defect| paging::cursor(&(defect.line,)));
	let shown = Entries(defects.len() as u64);
	Ok((Extension(shown), Json(DefectPage { defects, next })))
}
