// SPDX-License-Identifier: Apache-2.0

//! POSTs: framing, reports, idempotency, back-pressure.

#![allow(clippy::unwrap_used)]

use crate::common::{Node, Taken};
use sealane_courier::api::{Problem, SubmitError};
use sealane_gateway::backend::Submission;
use sealane_sdk::types::*;

const NDJSON: (&str, &str) = ("content-type", "application/x-ndjson");
const JSON: (&str, &str) = ("content-type", "application/json");

fn no_amount(entry: &str) -> Option<Problem> {
	(!entry.contains("amount")).then(|| Problem {
		code: "field_missing".into(),
		field: "amount".into(),
		value: String::new(),
		rule: "this kind of order has `amount` or `units`".into(),
	})
}

#[tokio::test]
async fn each_address_hands_its_entries_over_byte_for_byte() {
	let node = Node::start().await;
	let body = "{\"id\":\"A\" }\r\n\n {\"id\":\"B\",\"x\":[1, 2]}\n";
	let cases = [
		("/v1/orders", Submission::Orders),
		("/v1/confirmations", Submission::Confirmations),
		("/v1/registrations", Submission::Registrations),
		("/v1/registrations/results", Submission::RegistrationResults),
	];
	for (target, what) in cases {
		let answer = node.http.send("POST", target, &[NDJSON], body.as_bytes()).await;
		assert_eq!(answer.status, 200, "{answer:?}");
		let report: SubmitReport = serde_json::from_str(&answer.body).unwrap();
		assert_eq!((report.received, report.accepted, report.refused), (2, 2, 0));
		assert_eq!((report.packets, report.log_end.as_str()), (1, "42-0"));
		let entries = vec!["{\"id\":\"A\" }".to_owned(), "{\"id\":\"B\",\"x\":[1, 2]}".to_owned()];
		assert_eq!(
			node.fake.get(|s| s.taken.last().cloned()),
			Some(Taken {
				what,
				entries,
				key: None
			})
		);
	}
}

#[tokio::test]
async fn an_array_and_a_single_object_are_taken() {
	let node = Node::start().await;
	for (body, count) in [("[{\"id\":\"A\"},{\"id\":\"B\"}]", 2), ("{\"id\":\"C\"}", 1)] {
		let answer = node.http.send("POST", "/v1/orders", &[JSON], body.as_bytes()).await;
		assert_eq!(answer.json()["accepted"], count, "{answer:?}");
	}
}

#[tokio::test]
async fn refused_entries_are_named_by_line_and_id_and_stop_nothing() {
	let node = Node::start().await;
	node.fake.set(|s| s.judge = Some(Box::new(no_amount)));
	let long = format!("{{\"id\":\"{}\"}}", "x".repeat(70_000));
	let mut body = Vec::new();
	for line in [
		b"{\"id\":\"A\",\"amount\":\"1\"}".as_slice(),
		b"",
		b"{\"id\":\"B\"}",
		long.as_bytes(),
		b"{\"\xff\"}",
	] {
		body.extend_from_slice(line);
		body.push(b'\n');
	}
	body.extend_from_slice(b"not json\n{\"id\":\"D\",\"amount\":\"1\"}");
	let report: SubmitReport =
		serde_json::from_str(&node.http.send("POST", "/v1/orders", &[NDJSON], &body).await.body).unwrap();
	assert_eq!((report.received, report.accepted, report.refused), (6, 2, 4));
	let refused: Vec<_> = report
		.refused_entries
		.iter()
		.map(|e| (e.line, e.id.as_deref(), e.code.as_str(), e.field.as_str()))
		.collect();
	assert_eq!(
		refused,
		[
			(3, Some("B"), "field_missing", "amount"),
			(4, None, "entry_too_large", ""),
			(5, None, "invalid_utf8", ""),
			(6, None, "field_missing", "amount"),
		]
	);
}

#[tokio::test]
async fn a_request_of_which_everything_is_refused_is_a_problem_with_the_report() {
	let node = Node::start().await;
	node.fake.set(|s| s.judge = Some(Box::new(no_amount)));
	let answer = node
		.http
		.send("POST", "/v1/orders", &[NDJSON], b"{\"id\":\"A\"}\n")
		.await;
	assert_eq!((answer.status, answer.code().as_str()), (422, "all_refused"));
	assert_eq!(answer.json()["report"]["refused_entries"][0]["id"], "A");
	// The client gives the report in both cases.
	let order = Order::new(
		"A",
		BusinessKind::DividendMethod,
		"BOND-A",
		"C-1",
		"2026-11-24T09:30:00+08:00",
	);
	let report = node.client().submit_orders(&[order], "key").await.unwrap();
	assert_eq!((report.accepted, report.refused), (0, 1));
}

#[tokio::test]
async fn bodies_that_are_none_have_their_problem() {
	let node = Node::start().await;
	let deep = "[".repeat(200_000);
	let cases: [(&[u8], _, _, _); 9] = [
		(b"", NDJSON, 400, "empty_request"),
		(b" \n\n", NDJSON, 400, "empty_request"),
		(b"[]", JSON, 400, "empty_request"),
		(b"[{},", JSON, 400, "invalid_json"),
		(b"[{\"a\":\"\xff\"}]", JSON, 400, "invalid_utf8"),
		(deep.as_bytes(), JSON, 400, "too_deep"),
		(b"{}", ("content-type", "text/csv"), 415, "unsupported_media_type"),
		(b"{}", ("x-other", "1"), 415, "unsupported_media_type"),
		(b"\x00\x01\x02", JSON, 400, "invalid_json"),
	];
	for (body, header, status, code) in cases {
		let answer = node.http.send("POST", "/v1/orders", &[header], body).await;
		assert_eq!(
			(answer.status, answer.code().as_str()),
			(status, code),
			"{:?}",
			&body[..body.len().min(20)]
		);
	}
	assert!(node.fake.get(|s| s.taken.is_empty()));
}

#[tokio::test]
async fn deep_lines_are_refused_by_themselves() {
	let node = Node::start().await;
	let body = format!("{{\"a\":{}{}}}\n{{}}\n", "[".repeat(5_000), "]".repeat(5_000));
	let answer = node.http.send("POST", "/v1/orders", &[NDJSON], body.as_bytes()).await;
	assert_eq!(answer.json()["accepted"], 1);
	assert_eq!(answer.json()["refused_entries"][0]["code"], "too_deep");
}

#[tokio::test]
async fn a_repeated_key_replays_and_another_body_conflicts() {
	let node = Node::start().await;
	let client = node.client();
	let first = client
		.submit_orders_ndjson("{\"id\":\"A\"}\n", "window-1")
		.await
		.unwrap();
	let again = client
		.submit_orders_ndjson("{\"id\":\"A\"}\n", "window-1")
		.await
		.unwrap();
	assert_eq!(first, again);
	assert_eq!(node.fake.get(|s| s.taken.len()), 1);
	let error = client
		.submit_orders_ndjson("{\"id\":\"B\"}\n", "window-1")
		.await
		.unwrap_err();
	assert_eq!(error.code(), Some(ProblemCode::IdempotencyConflict));
	assert_eq!(node.fake.get(|s| s.taken.len()), 1);
}

#[tokio::test]
async fn a_key_belongs_to_its_address() {
	let node = Node::start().await;
	let headers = [NDJSON, ("idempotency-key", "1")];
	for (target, what) in [
		("/v1/orders", Submission::Orders),
		("/v1/registrations", Submission::Registrations),
		("/v1/confirmations", Submission::Confirmations),
		("/v1/registrations/results", Submission::RegistrationResults),
	] {
		for body in [b"{\"id\":\"A\"}\n".as_slice(), b"{\"id\":\"B\"}\n"] {
			let answer = node.http.send("POST", target, &headers, body).await;
			let expected = if body.contains(&b'A') { 200 } else { 409 };
			assert_eq!(answer.status, expected, "{target}");
		}
		assert_eq!(node.fake.get(|s| s.taken.last().map(|taken| taken.what)), Some(what));
	}
	assert_eq!(node.fake.get(|s| s.taken.len()), 4);
}

#[tokio::test]
async fn boundary_of_the_entries_of_a_request() {
	let node = Node::start().await;
	for (count, status) in [(100_000, 200), (100_001, 413)] {
		let answer = node
			.http
			.send("POST", "/v1/orders", &[NDJSON], "{}\n".repeat(count).as_bytes())
			.await;
		assert_eq!(answer.status, status, "{count} entries");
	}
}

#[tokio::test]
async fn keys_that_are_none_are_refused() {
	let node = Node::start().await;
	let long = "k".repeat(129);
	for headers in [
		vec![NDJSON, ("idempotency-key", "")],
		vec![NDJSON, ("idempotency-key", long.as_str())],
		vec![NDJSON, ("idempotency-key", "a"), ("idempotency-key", "b")],
		vec![NDJSON, ("idempotency-key", "schl\u{fc}ssel")],
	] {
		let answer = node.http.send("POST", "/v1/orders", &headers, b"{}").await;
		assert_eq!(
			(answer.status, answer.code().as_str()),
			(400, "idempotency_key_invalid"),
			"{headers:?}"
		);
	}
	assert!(node.fake.get(|s| s.taken.is_empty()));
}

#[tokio::test]
async fn back_pressure_reaches_the_client() {
	let node = Node::start().await;
	for (error, status, code, retry_after) in [
		(SubmitError::Busy { retry_after_ms: 1_500 }, 503, "busy", Some("2")),
		(SubmitError::StoreFull, 507, "store_full", Some("10")),
		(SubmitError::NotReady, 503, "not_ready", Some("1")),
		(SubmitError::NotAMember, 503, "not_a_member", Some("10")),
		(
			SubmitError::TooLarge {
				what: "lines",
				value: 9,
				max: 1,
			},
			413,
			"too_many_entries",
			None,
		),
	] {
		node.fake.set(|s| s.fails = Some(error));
		let answer = node.http.send("POST", "/v1/orders", &[NDJSON], b"{}").await;
		assert_eq!((answer.status, answer.code().as_str()), (status, code));
		assert_eq!(answer.header("retry-after"), retry_after);
	}
}

#[tokio::test]
async fn the_client_waits_out_a_busy_node() {
	let node = Node::start().await;
	node.fake
		.set(|s| s.fails = Some(SubmitError::Busy { retry_after_ms: 50 }));
	let client = sealane_sdk::ClientBuilder::new(&node.file.url, &node.file.token)
		.attempts(100)
		.build()
		.unwrap();
	let submitted = tokio::spawn(async move { client.submit_orders_ndjson("{}\n", "k").await });
	// The first refusal is seen by the time that another client gets one.
	assert!(node.client().submit_orders_ndjson("{}\n", "other").await.is_err());
	node.fake.set(|s| s.fails = None);
	assert_eq!(submitted.await.unwrap().unwrap().accepted, 1);
}

#[tokio::test]
async fn thousands_of_orders_go_in_one_request() {
	let node = Node::start().await;
	let orders: Vec<Order> = (0..20_000)
		.map(|n| {
			Order::new(
				format!("O-{n}"),
				BusinessKind::Purchase,
				"BOND-A",
				"C-1",
				"2026-11-24T09:30:00+08:00",
			)
			.with_amount("1.00", "CNY")
		})
		.collect();
	let report = node.client().submit_orders(&orders, "window").await.unwrap();
	assert_eq!((report.received, report.accepted), (20_000, 20_000));
	assert_eq!(node.fake.get(|s| s.taken[0].entries.len()), 20_000);
}
