// SPDX-License-Identifier: Apache-2.0

use super::{ApiState, IntakeReport, Qualified};
use crate::orders::{lines_of_array, Declared, Format, Line, Reader};
use axum::{
	extract::{Request, State},
	http::{
		header::{CONTENT_ENCODING, CONTENT_TYPE},
		HeaderMap,
	},
	Extension, Json,
};
use bytes::Bytes;
use sealane_http::limits::HeldBody;
use sealane_sdk::types::{Problem, ProblemCode};
use sealane_service::{audit::Entries, Caller, Failure};
use std::io::Cursor;

/// How the orders of a body are written.
#[derive(Clone, Copy)]
enum Written {
	/// One object, or an array of objects.
	Json,
	/// A file's lines.
	Lines(Format),
}

/// Hand orders in
///
/// Checked like orders in a file: what a file may hold, this may. JSON (one order or an array), NDJSON or CSV. What passes is written down
/// and goes to its issuer by itself; what does not pass now and may later is tried again by itself. The answer tells of each order that
/// was not simply taken. An id is taken once: whoever got no answer sends the same again, and is told `repeated`.
#[utoipa::path(
	post, path = "/v1/orders", tag = "orders", operation_id = "submit_orders",
	request_body(description = "Orders", content(
		(serde_json::Value = "application/json"), (String = "application/x-ndjson"), (String = "text/csv"),
	)),
	responses(
		(status = 200, description = "What became of them", body = IntakeReport),
		(status = "default", description = "The body is none of orders, or the node is away", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn submit(
	State(state): State<ApiState>,
	Extension(caller): Extension<Caller>,
	request: Request,
) -> Result<(Extension<Entries>, Json<IntakeReport>), Failure> {
	let (lines, _held) = lines(&state, request).await?;
	let report = state.counter.take(&format!("api {}", caller.name), lines).await?;
	let taken = report.taken + report.waits + report.unqualified;
	Ok((Extension(Entries(taken)), Json(report)))
}

/// Would these pass?
///
/// Checks orders as `POST /v1/orders` does, and writes nothing down: which clause is not met, with what was asked and what was found.
#[utoipa::path(
	post, path = "/v1/qualify", tag = "orders", operation_id = "qualify_orders",
	request_body(description = "Orders", content(
		(serde_json::Value = "application/json"), (String = "application/x-ndjson"), (String = "text/csv"),
	)),
	responses(
		(status = 200, description = "Whether each would", body = Vec<Qualified>),
		(status = "default", description = "The body is none of orders, or the node is away", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn qualify(
	State(state): State<ApiState>,
	request: Request,
) -> Result<(Extension<Entries>, Json<Vec<Qualified>>), Failure> {
	let (lines, _held) = lines(&state, request).await?;
	let answers = state.counter.qualify(lines).await?;
	Ok((Extension(Entries(answers.len() as u64)), Json(answers)))
}

/// The orders of a body, and its share of the memory, to be kept until they are done with.
async fn lines(state: &ApiState, request: Request) -> Result<(Vec<Line>, HeldBody), Failure> {
	let (head, body) = request.into_parts();
	let written = written(&head.headers)?;
	let limits = &state.core.limits;
	let body = state.core.bodies.read(&head.headers, body, limits).await?;
	let (bytes, declared, most) = (body.bytes.clone(), state.declared.clone(), limits.max_entries as usize);
	let read = tokio::task::spawn_blocking(move || read(bytes, written, declared, most));
	let lines = read
		.await
		.map_err(|error| Failure::new(ProblemCode::Internal, error.to_string()))??;
	if lines.is_empty() {
		return Err(Failure::new(ProblemCode::EmptyRequest, "the body holds no order"));
	}
	Ok((lines, body))
}

fn read(bytes: Bytes, written: Written, declared: Declared, most: usize) -> Result<Vec<Line>, Failure> {
	let broken = |detail: String| Failure::new(ProblemCode::InvalidJson, detail);
	let lines = match written {
		Written::Json => lines_of_array(&bytes, &declared).map_err(broken)?,
		Written::Lines(format) => {
			let mut reader = Reader::new(Cursor::new(bytes), format, declared).map_err(broken)?;
			// One more than allowed is enough to know.
			let lines = reader.by_ref().take(most + 1).collect::<std::io::Result<Vec<_>>>();
			lines.map_err(|error| broken(error.to_string()))?
		}
	};
	if lines.len() > most {
		let detail = format!("the body has more than {most} orders");
		return Err(Failure::new(ProblemCode::TooManyEntries, detail));
	}
	Ok(lines)
}

fn written(headers: &HeaderMap) -> Result<Written, Failure> {
	if headers.contains_key(CONTENT_ENCODING) {
		let problem = Problem::new(ProblemCode::UnsupportedMediaType, "packed bodies are not taken");
		return Err(problem.with_field("Content-Encoding").into());
	}
	let value = headers
		.get(CONTENT_TYPE)
		.and_then(|value| value.to_str().ok())
		.unwrap_or_default();
	let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
	match essence.as_str() {
		"application/json" => Ok(Written::Json),
		"application/x-ndjson" | "application/ndjson" | "application/jsonl" => Ok(Written::Lines(Format::Ndjson)),
		"text/csv" => Ok(Written::Lines(Format::Csv)),
		_ => {
			let detail = "application/json, application/x-ndjson or text/csv";
			let problem = Problem::new(ProblemCode::UnsupportedMediaType, detail);
			Err(problem.with_field("Content-Type").into())
		}
	}
}
