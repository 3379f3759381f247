// SPDX-License-Identifier: Apache-2.0

//! What the pages of the files' people read: files and their bad lines, the clauses that are not met, events from now on.

use super::Terminal;
use crate::{World, PATIENCE};
use sealane_sales::Until;
use sealane_service::users::Role;
use serde_json::{json, Value};
use std::{collections::BTreeMap, sync::Arc};

const GOOD: &str = r#"{"id":"L-1","kind":"purchase","product":"none","customer":"C","amount":"1","currency":"CNY","placed_at":"2026-03-02T10:00:00+08:00"}"#;
/// Lines that are no orders, with the field that each is blamed on.
const BAD: [(&str, &str); 3] = [
	(r#"{"id":"L-2","kind":"gift","product":"P","customer":"C"}"#, "kind"),
	("no JSON at all", ""),
	(
		r#"{"id":"L-3","kind":"purchase","product":"none","customer":"C","amount":"1,000","currency":"CNY","placed_at":"2026-03-02T10:00:00+08:00"}"#,
		"amount",
	),
];

/// A terminal that has read two files: the sample's, and one with an order, that order again, and the bad lines.
async fn with_files() -> (Arc<World>, Terminal, String) {
	let world = Arc::new(World::new(300).await);
	{
		let _issuers = world.issuers().await;
		world.register(0).await;
		world.sell(0, "orders.ndjson", Until::Confirmed).await;
	}
	let lines = [GOOD, GOOD].into_iter().chain(BAD.map(|(line, _)| line));
	let text: Vec<&str> = lines.collect();
	std::fs::write(world.path("harbour-bank").join("bad.ndjson"), text.join("\n")).unwrap();
	world.sell(0, "bad.ndjson", Until::Submitted).await;
	let terminal = Terminal::start(&world, 0).await;
	let reader = terminal.program("reader", &[Role::Read]).await;
	(world, terminal, reader)
}

/// All entries of a list, read in pages of `limit`.
async fn all(terminal: &Terminal, token: &str, path: &str, list: &str, limit: u32) -> Vec<Value> {
	let joined = if path.contains('?') { '&' } else { '?' };
	let (mut entries, mut cursor) = (Vec::new(), String::new());
	loop {
		let (status, page) = terminal
			.get(token, &format!("{path}{joined}limit={limit}{cursor}"))
			.await;
		assert_eq!(status, 200, "{page}");
		let found = page[list].as_array().unwrap();
		assert!(found.len() <= limit as usize);
		entries.extend(found.iter().cloned());
		match page["next"].as_str() {
			Some(next) => cursor = format!("&cursor={next}"),
			None => return entries,
		}
	}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_are_listed_with_their_bad_lines() {
	let (world, terminal, reader) = with_files().await;
	let files = all(&terminal, &reader, "/v1/files", "files", 1).await;
	let of = |name: &str| {
		let found = files.iter().find(|file| file["path"].as_str().unwrap().ends_with(name));
		found.unwrap_or_else(|| panic!("{name}: {files:?}"))
	};
	assert_eq!(files.len(), 2, "each once: {files:?}");
	let number = |file: &Value, field: &str| file[field].as_u64().unwrap();
	let (sample, expected) = (of("/orders.ndjson"), world.counts(0, "orders.ndjson"));
	assert_eq!(
		(
			number(sample, "read"),
			number(sample, "malformed"),
			number(sample, "duplicates")
		),
		(expected.read, expected.malformed, expected.duplicates)
	);
	assert_eq!(
		(number(sample, "qualified"), number(sample, "unqualified")),
		(expected.submitted, expected.unqualified)
	);
	let bad = of("/bad.ndjson");
	assert_eq!(
		(
			number(bad, "read"),
			number(bad, "malformed"),
			number(bad, "duplicates"),
			number(bad, "unqualified")
		),
		(5, 3, 1, 1)
	);
	assert!(bad["finished_at"].as_i64() >= bad["started_at"].as_i64());

	let defects_of = |file: &Value| format!("/v1/defects?source={}", file["source"].as_str().unwrap());
	let defects = all(&terminal, &reader, &defects_of(bad), "defects", 2).await;
	let found: Vec<_> = defects
		.iter()
		.map(|it| (it["line"].as_u64().unwrap(), it["state"].as_str().unwrap()))
		.collect();
	assert_eq!(
		found,
		[(2, "duplicate"), (3, "malformed"), (4, "malformed"), (5, "malformed")]
	);
	for (defect, (_, field)) in defects[1..].iter().zip(BAD) {
		assert!(!defect["rule"].as_str().unwrap().is_empty(), "{defect}");
		assert!(field.is_empty() || defect["field"] == field, "{defect}");
	}
	let defects = all(&terminal, &reader, &defects_of(sample), "defects", 1_000).await;
	assert_eq!(defects.len() as u64, expected.malformed + expected.duplicates);

	assert!(all(&terminal, &reader, "/v1/defects?source=none", "defects", 10)
		.await
		.is_empty());
	let trader = terminal.program("trader", &[Role::Trade]).await;
	let bad_cursor = defects_of(bad) + "&cursor=00";
	for (token, path, status, code) in [
		(&reader, "/v1/files?cursor=00", 400, "invalid_cursor"),
		(&reader, "/v1/files?limit=0", 400, "invalid_parameter"),
		(&reader, "/v1/defects", 400, "invalid_parameter"),
		(&reader, &bad_cursor, 400, "invalid_cursor"),
		(&trader, "/v1/files", 403, "forbidden"),
		(&trader, "/v1/defects?source=none", 403, "forbidden"),
		(&trader, "/v1/unqualified", 403, "forbidden"),
	] {
		let (answered, problem) = terminal.get(token, path).await;
		assert_eq!(
			(answered, problem["code"].as_str()),
			(status, Some(code)),
			"{path}: {problem}"
		);
	}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_clauses_that_are_not_met_are_those_of_the_records() {
	let (world, terminal, reader) = with_files().await;
	let (status, answer) = terminal.get(&reader, "/v1/unqualified").await;
	assert_eq!(status, 200, "{answer}");
	let mut expected = world.counts(0, "orders.ndjson").unqualified_by_clause.clone();
	// The order of the other file.
	*expected.entry("product_unknown".into()).or_default() += 1;
	let clauses: BTreeMap<String, u64> = serde_json::from_value(answer["clauses"].clone()).unwrap();
	assert_eq!(clauses, expected);
	let records = all(&terminal, &reader, "/v1/records?state=unqualified", "records", 1_000).await;
	assert_eq!(
		(answer["orders"].as_u64(), answer["is_all"].as_bool()),
		(Some(records.len() as u64), Some(true))
	);
	for (clause, count) in clauses {
		let failing = all(
			&terminal,
			&reader,
			&format!("/v1/records?clause={clause}"),
			"records",
			7,
		)
		.await;
		assert_eq!(failing.len() as u64, count, "{clause}");
	}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_the_end_on_only_what_happens_later_is_told() {
	let world = Arc::new(World::new(100).await);
	let terminal = Terminal::start(&world, 0).await;
	let token = terminal
		.program("core system", &[Role::Read, Role::Trade, Role::Decide])
		.await;
	let hand_in = |id: &str| {
		let order = json!({"id": id, "kind": "purchase", "product": "none", "customer": "C", "amount": "1", "currency": "CNY",
			"placed_at": "2026-03-02T10:00:00+08:00"});
		terminal.post(&token, "/v1/orders", "application/json", order.to_string().into_bytes())
	};
	assert_eq!(hand_in("BEFORE").await.0, 200);
	// It is not tried again, which would be something that happens.
	let taken_back = terminal.post(&token, "/v1/records/BEFORE/cancel", "application/json", Vec::new());
	assert_eq!(taken_back.await.0, 200);
	let (status, page) = terminal.get(&token, "/v1/events?cursor=end").await;
	assert_eq!(
		(status, &page["events"], &page["at_end"]),
		(200, &json!([]), &json!(true)),
		"{page}"
	);
	let stream = terminal
		.http
		.get(format!("{}/v1/events?cursor=end", terminal.url))
		.bearer_auth(&token);
	let mut stream = stream.header("accept", "text/event-stream").send().await.unwrap();
	assert_eq!(stream.status(), 200);
	assert_eq!(hand_in("AFTER").await.0, 200);

	// Behind the page's cursor, and in the stream.
	let next = page["next"].as_str().unwrap();
	let (_, page) = terminal
		.get(&token, &format!("/v1/events?cursor={next}&wait_ms=30000"))
		.await;
	let told: Vec<&str> = page["events"]
		.as_array()
		.unwrap()
		.iter()
		.map(|it| it["body"]["id"].as_str().unwrap())
		.collect();
	assert_eq!(told, ["AFTER"]);
	let mut text = String::new();
	let read = async {
		while !text.contains("AFTER") {
			let chunk = stream.chunk().await.unwrap().expect("the stream ended");
			text += std::str::from_utf8(&chunk).unwrap();
		}
	};
	tokio::time::timeout(PATIENCE, read)
		.await
		.expect("the stream tells nothing");
	assert!(!text.contains("BEFORE"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn evidence_is_the_nodes_bytes_for_who_may_take_data_out() {
	let (world, terminal, reader) = with_files().await;
	let archive = terminal.program("archive", &[Role::Export]).await;
	let auditor = terminal.program("boss", &[Role::Administer]).await;
	let (_, page) = terminal.get(&reader, "/v1/records?state=confirmed&limit=1").await;
	let id = page["records"][0]["id"].as_str().unwrap().to_string();
	let path = format!("/v1/records/{id}/evidence");
	let refused = |token: String, path: String| {
		let terminal = &terminal;
		async move {
			let (status, problem) = terminal.get(&token, &path).await;
			(status, problem["code"].as_str().unwrap_or_default().to_string())
		}
	};
	assert_eq!(refused(reader, path.clone()).await, (403, "forbidden".into()));
	assert_eq!(
		refused(archive.clone(), "/v1/records/nobody/evidence".into()).await,
		(404, "order_unknown".into())
	);
	assert_eq!(
		refused(archive.clone(), path.clone()).await,
		(409, "evidence_not_ready".into())
	);

	world.exchange.finalise();
	let answer = terminal
		.http
		.get(format!("{}{path}", terminal.url))
		.bearer_auth(&archive)
		.send()
		.await
		.unwrap();
	assert_eq!(answer.status(), 200);
	assert_eq!(answer.headers()["content-type"], "application/json");
	let name = answer.headers()["content-disposition"].to_str().unwrap().to_string();
	assert!(name.starts_with("attachment; filename=\"evidence-"), "{name}");
	assert_eq!(
		answer.text().await.unwrap(),
		format!("{{\"format\" : \"stand-in\",\"order\":\"{id}\" }}")
	);
	// Who took it out stands in the log, and who tried to.
	let (_, log) = terminal.get(&auditor, "/v1/audit?limit=100").await;
	for (who, status) in [("archive", 200), ("reader", 403)] {
		let noted = log["rows"]
			.as_array()
			.into_iter()
			.flatten()
			.any(|row| row["actor"] == who && row["status"] == status && row["path"] == json!(path));
		assert!(noted, "{who}: {log}");
	}
}
