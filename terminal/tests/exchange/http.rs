// SPDX-License-Identifier: Apache-2.0

//! Orders, registrations and answers in; events and inboxes out.

use super::{directory, Inner, Member};
use axum::{
	body::Bytes,
	extract::{Path, Query, State},
	http::{HeaderMap, StatusCode},
	response::{IntoResponse, Response},
	routing::{get, post},
	Json, Router,
};
use sealane_sdk::types::*;
use serde::Deserialize;
use std::time::Duration;

/// The API of one node.
pub(super) fn router(member: Member) -> Router {
	Router::new()
		.route("/v1/status", get(directory::status))
		.route("/v1/channels", get(directory::channels))
		.route("/v1/clauses", get(directory::clauses_in_force))
		.route("/v1/calendars", get(directory::calendars))
		.route("/v1/orders", post(orders))
		.route("/v1/orders/{id}", get(order))
		.route("/v1/orders/{id}/evidence", get(evidence))
		.route("/v1/registrations", post(registrations))
		.route("/v1/registrations/results", post(results))
		.route("/v1/registrations/open", post(registrations_open))
		.route("/v1/confirmations", post(confirmations))
		.route("/v1/events", get(events))
		.route("/v1/inbox", get(inbox))
		.layer(axum::extract::DefaultBodyLimit::max(16 << 20))
		.with_state(member)
}

#[derive(Deserialize)]
struct Page {
	cursor: String,
	limit: usize,
	wait_ms: u64,
}

fn problem(code: ProblemCode, detail: &str) -> Response {
	let status = StatusCode::from_u16(code.status()).unwrap();
	(status, Json(Problem::new(code, detail))).into_response()
}

/// Runs a request of many lines: idempotent by its key, and broken off where the test asks for it.
fn many(
	member: &Member,
	headers: &HeaderMap,
	body: &Bytes,
	mut each: impl FnMut(&mut Inner, &str, &mut SubmitReport),
) -> Response {
	if headers.get("authorization").is_none_or(|token| token != "Bearer token") {
		return problem(ProblemCode::Unauthenticated, "no token");
	}
	let key = headers
		.get("idempotency-key")
		.and_then(|k| k.to_str().ok())
		.unwrap_or_default()
		.to_string();
	let mut inner = member.exchange.inner.lock().unwrap();
	if inner.busy > 0 {
		inner.busy -= 1;
		return problem(ProblemCode::Busy, "come back");
	}
	if inner.rejecting > 0 {
		inner.rejecting -= 1;
		return problem(ProblemCode::EmptyRequest, "the body holds no entry");
	}
	let stored = inner.nodes[member.number as usize].answered.get(&key).cloned();
	let report = match stored {
		Some((known, report)) if known == body[..] => report,
		Some(_) => return problem(ProblemCode::IdempotencyConflict, &key),
		None => {
			let mut report = SubmitReport {
				packets: 1,
				..SubmitReport::default()
			};
			for line in std::str::from_utf8(body).unwrap().lines() {
				each(&mut inner, line, &mut report);
			}
			inner.nodes[member.number as usize]
				.answered
				.insert(key, (body.to_vec(), report.clone()));
			report
		}
	};
	let broken = inner.break_after > 0;
	inner.break_after = inner.break_after.saturating_sub(1);
	drop(inner);
	member.exchange.changed.notify_waiters();
	member.exchange.answers.send_modify(|count| *count += 1);
	if broken {
		return (StatusCode::BAD_GATEWAY, "the answer is lost").into_response();
	}
	Json(report).into_response()
}

async fn orders(State(member): State<Member>, headers: HeaderMap, body: Bytes) -> Response {
	let seller = member.number;
	many(&member, &headers, &body, |inner, line, report| {
		inner.take(seller, InboxKind::Order, line, report)
	})
}

async fn registrations(State(member): State<Member>, headers: HeaderMap, body: Bytes) -> Response {
	let seller = member.number;
	many(&member, &headers, &body, |inner, line, report| {
		inner.take(seller, InboxKind::Registration, line, report)
	})
}

/// Whatever an issuer accepted is on chain at once, until a test closes it.
async fn registrations_open(
	State(member): State<Member>,
	Json(question): Json<RegistrationsQuestion>,
) -> Json<RegistrationsAnswer> {
	let inner = member.exchange.inner.lock().unwrap();
	let issued = inner.commitments();
	let open = |commitment: &String| issued.contains(commitment) && !inner.closed.contains(commitment);
	Json(RegistrationsAnswer {
		at_block: 1,
		open: question.commitments.iter().map(open).collect(),
	})
}

async fn confirmations(State(member): State<Member>, headers: HeaderMap, body: Bytes) -> Response {
	many(&member, &headers, &body, |inner, line, report| {
		inner.answer(EventKind::Confirmed, line, report)
	})
}

async fn results(State(member): State<Member>, headers: HeaderMap, body: Bytes) -> Response {
	many(&member, &headers, &body, |inner, line, report| {
		inner.answer(EventKind::Registered, line, report)
	})
}

/// A page of `list` from the cursor on, waiting for the first entry where there is none; `None`: the cursor is another node's.
async fn page<T: Clone>(
	member: &Member,
	page: &Page,
	list: impl Fn(&Inner) -> Vec<T>,
) -> Option<(Vec<T>, Cursor, bool)> {
	let from: usize = match page.cursor == Cursor::start().0 {
		true => 0,
		false => page.cursor.parse().ok()?,
	};
	let deadline = tokio::time::Instant::now() + Duration::from_millis(page.wait_ms);
	loop {
		let changed = member.exchange.changed.notified();
		tokio::pin!(changed);
		// Registered before the look: what comes in between is not missed.
		changed.as_mut().enable();
		let all = list(&member.exchange.inner.lock().unwrap());
		let to = all.len().min(from + page.limit);
		if to > from || tokio::time::timeout_at(deadline, changed).await.is_err() {
			if to > from {
				member.exchange.answers.send_modify(|count| *count += 1);
			}
			return Some((all[from..to].to_vec(), Cursor(to.to_string()), to == all.len()));
		}
	}
}

async fn events(State(member): State<Member>, Query(query): Query<Page>) -> Response {
	let number = member.number as usize;
	match page(&member, &query, |inner| inner.nodes[number].events.clone()).await {
		Some((events, next, at_end)) => Json(EventPage { events, next, at_end }).into_response(),
		None => problem(ProblemCode::InvalidCursor, &query.cursor),
	}
}

async fn inbox(State(member): State<Member>, Query(query): Query<Page>) -> Response {
	let number = member.number as usize;
	match page(&member, &query, |inner| inner.nodes[number].inbox.clone()).await {
		Some((entries, next, at_end)) => Json(InboxPage { entries, next, at_end }).into_response(),
		None => problem(ProblemCode::InvalidCursor, &query.cursor),
	}
}

/// The bytes of a pack: no JSON writer would write them so again.
async fn evidence(State(member): State<Member>, Path(id): Path<String>) -> Response {
	let inner = member.exchange.inner.lock().unwrap();
	let Some(entry) = inner.entries.get(&(member.number, id.clone())) else {
		return problem(ProblemCode::OrderUnknown, &id);
	};
	match entry.answer.is_some() && inner.finalised {
		true => format!("{{\"format\" : \"stand-in\",\"order\":\"{id}\" }}").into_response(),
		false => problem(
			ProblemCode::EvidenceNotReady,
			&format!("the batch of order `{id}` is not signed"),
		),
	}
}

async fn order(State(member): State<Member>, Path(id): Path<String>) -> Response {
	let inner = member.exchange.inner.lock().unwrap();
	let Some(entry) = inner.entries.get(&(member.number, id.clone())) else {
		return problem(ProblemCode::OrderUnknown, &id);
	};
	let read: Order = serde_json::from_str(entry.body.get()).unwrap();
	let stage = match (&entry.answer, inner.finalised) {
		(Some(_), true) => OrderStage::Finalised,
		(Some(_), false) => OrderStage::Confirmed,
		(None, _) => OrderStage::Delivered,
	};
	let anchor = (stage == OrderStage::Finalised).then(|| Anchor {
		sequence: 0,
		root: "00".repeat(32),
		block: Some(77),
		finalised: true,
	});
	Json(OrderStatus {
		id,
		kind: read.kind,
		stage,
		outcome: entry.outcome,
		seller: member.number,
		interface: String::new(),
		clause_version: 1,
		entry: entry.place,
		steps: Vec::new(),
		body: entry.body.clone(),
		answer: None,
		batch: None,
		anchor,
		extra: Extra::new(),
	})
	.into_response()
}
