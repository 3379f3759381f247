// SPDX-License-Identifier: Apache-2.0

//! What the POSTs of orders, confirmations, registrations and results have in common.

use crate::{
	audit::Entries,
	backend::Submission,
	framing::{frame, Format, Framed},
	problem::Failure,
	state::AppState,
};
use axum::{
	extract::Request,
	http::{
		header::{CONTENT_ENCODING, CONTENT_TYPE},
		HeaderMap, Method,
	},
	Extension, Json,
};
use sealane_courier::api::{self, IdempotencyKey};
use sealane_http::{
	extract::{bearer, idempotency_key},
	limits::HeldBody,
};
use sealane_sdk::types::{Cursor, Problem, ProblemCode, RefusedEntry, SubmitReport};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::borrow::Cow;

/// Bodies from this size on are cut and hashed on a thread that may block: a megabyte takes about a millisecond.
const LARGE_BODY_BYTES: usize = 256 << 10;

/// A report, and the number of accepted entries for the audit log.
pub(super) type Submitted = (Extension<Entries>, Json<SubmitReport>);

/// Reads the body, cuts it, hands it to the courier, and tells what became of each entry.
pub(super) async fn submit(state: &AppState, what: Submission, request: Request) -> Result<Submitted, Failure> {
	let (head, body) = request.into_parts();
	let headers = &head.headers;
	let format = format_of(headers)?;
	let key = idempotency_key(headers)?.map(|key| (key, scope(&head.method, head.uri.path(), headers)));
	let body = state.bodies.read(headers, body, &state.limits).await?;
	let (framed, idempotency) = prepare(state, &body, format, key).await?;

	let report = if framed.ranges.is_empty() {
		api::SubmitReport::default()
	} else {
		// The ranges are needed again only to number lines that the courier refuses.
		state
			.backend()?
			.submit(what, body.bytes.clone(), framed.ranges.clone(), idempotency)
			.await?
	};
	let report = merge(state, &body, framed, report);
	if report.accepted == 0 && report.repeated == 0 {
		let first = report
			.refused_entries
			.first()
			.map(ToString::to_string)
			.unwrap_or_default();
		let mut problem = Problem::new(
			ProblemCode::AllRefused,
			format!("all {} entries were refused; the first: {first}", report.received),
		);
		problem.report = Some(Box::new(report));
		return Err(problem.into());
	}
	Ok((Extension(Entries(report.accepted.into())), Json(report)))
}

/// Who uses a key, and for what: two systems that count their requests from 1 never meet, nor do two addresses.
fn scope(method: &Method, path: &str, headers: &HeaderMap) -> [u8; 32] {
	let mut hash = Sha256::new();
	for part in [
		method.as_str().as_bytes(),
		path.as_bytes(),
		bearer(headers).unwrap_or_default(),
	] {
		hash.update((part.len() as u64).to_le_bytes());
		hash.update(part);
	}
	hash.finalize().into()
}

fn format_of(headers: &HeaderMap) -> Result<Format, Failure> {
	// A body that must be unpacked first could grow beyond every limit.
	if let Some(encoding) = headers.get(CONTENT_ENCODING).filter(|value| *value != "identity") {
		let detail = format!(
			"the content encoding is `{}`; bodies are taken as they are only",
			String::from_utf8_lossy(encoding.as_bytes())
		);
		let problem = Problem::new(ProblemCode::UnsupportedMediaType, detail);
		return Err(Failure::closing(problem.with_field("Content-Encoding")));
	}
	let content_type = headers
		.get(CONTENT_TYPE)
		.and_then(|value| value.to_str().ok())
		.unwrap_or_default();
	Format::of_content_type(content_type).ok_or_else(|| {
		Failure::closing(
			Problem::new(
				ProblemCode::UnsupportedMediaType,
				format!("the content type is `{content_type}`; application/x-ndjson and application/json are taken"),
			)
			.with_field("Content-Type"),
		)
	})
}

/// Cuts the body and takes the digest that a repeated key is compared by.
async fn prepare(
	state: &AppState,
	body: &HeldBody,
	format: Format,
	key: Option<(String, [u8; 32])>,
) -> Result<(Framed, Option<IdempotencyKey>), Failure> {
	let work = {
		let (state, bytes) = (state.clone(), body.bytes.clone());
		move || -> Result<_, Problem> {
			let framed = frame(&bytes, format, &state.limits)?;
			let idempotency = key.map(|(key, scope)| IdempotencyKey {
				key,
				scope,
				body_digest: Sha256::digest(&bytes).into(),
			});
			Ok((framed, idempotency))
		}
	};
	if body.bytes.len() < LARGE_BODY_BYTES {
		return Ok(work()?);
	}
	match tokio::task::spawn_blocking(work).await {
		Ok(result) => Ok(result?),
		Err(error) => {
			log::error!("cutting a body ended early: {error}");
			Err(Failure::new(ProblemCode::Internal, "the body could not be cut"))
		}
	}
}

/// One report of what the gateway and what the courier refused, in the order of the request.
fn merge(state: &AppState, body: &HeldBody, framed: Framed, mut report: api::SubmitReport) -> SubmitReport {
	report.refused.sort_by_key(|(index, _)| *index);
	let lines = framed.lines_of(&body.bytes, report.refused.iter().map(|(index, _)| *index));
	let mut refused: Vec<RefusedEntry> = Vec::with_capacity(framed.refused.len() + lines.len());
	for line in &framed.refused {
		refused.push(RefusedEntry {
			line: line.line,
			id: None,
			code: line.why.code().as_str().into(),
			field: String::new(),
			value: String::new(),
			rule: line.why.rule(&state.limits),
		});
	}
	for (line, (index, problem)) in lines.into_iter().zip(report.refused) {
		let bytes = framed
			.ranges
			.get(index as usize)
			.map(|r| &body.bytes[r.start as usize..r.end as usize]);
		refused.push(RefusedEntry {
			line,
			id: bytes.and_then(id_of),
			code: problem.code.into_owned(),
			field: problem.field.into_owned(),
			value: problem.value,
			rule: problem.rule.into_owned(),
		});
	}
	if !framed.refused.is_empty() {
		refused.sort_by_key(|entry| entry.line);
	}
	SubmitReport {
		received: framed.received() as u32,
		accepted: report.accepted,
		repeated: report.repeated,
		refused: refused.len() as u32,
		packets: report.packets,
		log_end: Cursor(
			api::Cursor {
				position: report.position,
				entry: 0,
			}
			.to_string(),
		),
		refused_entries: refused,
	}
}

/// The id in an entry that was refused, where it can be read.
fn id_of(entry: &[u8]) -> Option<String> {
	#[derive(Deserialize)]
	struct Ids<'a> {
		#[serde(borrow)]
		id: Option<Cow<'a, str>>,
		#[serde(borrow)]
		order: Option<Cow<'a, str>>,
	}
	let ids: Ids<'_> = serde_json::from_slice(entry).ok()?;
	// Longer ones are refused for their length: they are no ids.
	ids.id.or(ids.order).filter(|id| id.len() <= 128).map(Cow::into_owned)
}
