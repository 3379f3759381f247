// SPDX-License-Identifier: Apache-2.0

//! The OpenAPI document holds every route and every type of the API.

#![allow(clippy::unwrap_used)]

use serde_json::Value;
use std::collections::BTreeSet;

fn document() -> Value {
	serde_json::to_value(sealane_gateway::openapi()).unwrap()
}

#[test]
fn every_route_stands_in_the_document() {
	let document = document();
	let mut found = BTreeSet::new();
	for (path, item) in document["paths"].as_object().unwrap() {
		for method in item.as_object().unwrap().keys() {
			found.insert(format!("{} {path}", method.to_uppercase()));
		}
	}
	let expected: BTreeSet<String> = [
		"POST /v1/orders",
		"GET /v1/orders/{id}",
		"DELETE /v1/orders/{id}",
		"GET /v1/orders/{id}/trace",
		"GET /v1/orders/{id}/evidence",
		"POST /v1/confirmations",
		"POST /v1/registrations",
		"POST /v1/registrations/results",
		"POST /v1/registrations/open",
		"POST /v1/registrations/close",
		"GET /v1/registrations/{id}",
		"GET /v1/events",
		"GET /v1/inbox",
		"GET /v1/clauses",
		"GET /v1/calendars",
		"GET /v1/channels",
		"GET /v1/lanes",
		"POST /v1/lanes/{channel}/{from}/{to}/retry",
		"GET /v1/status",
		"GET /healthz",
		"GET /readyz",
		"GET /openapi.json",
	]
	.map(String::from)
	.into();
	assert_eq!(found, expected);
}

#[test]
fn every_type_stands_in_the_document() {
	let document = document();
	let schemas = document["components"]["schemas"].as_object().unwrap();
	for name in [
		"Order",
		"Confirmation",
		"Registration",
		"RegistrationResult",
		"Person",
		"IdentityDocument",
		"SubmitReport",
		"RefusedEntry",
		"Problem",
		"ProblemCode",
		"OrderStatus",
		"OrderStage",
		"Outcome",
		"Step",
		"Answer",
		"Batch",
		"Anchor",
		"CancellationReport",
		"Trace",
		"Wait",
		"WaitReason",
		"EvidencePack",
		"Event",
		"EventKind",
		"EventPage",
		"InboxEntry",
		"InboxKind",
		"InboxPage",
		"Channel",
		"Channels",
		"Product",
		"Interface",
		"Clauses",
		"ClausesInForce",
		"Agreement",
		"AgreementRef",
		"Clause",
		"Scope",
		"Lane",
		"Lanes",
		"LaneRef",
		"EntryRef",
		"Direction",
		"RetryReport",
		"Status",
		"CourierKey",
		"MemberRef",
		"Reason",
		"Cursor",
		"Health",
		"BusinessKind",
	] {
		assert!(
			schemas.contains_key(name),
			"{name} is missing; there are {:?}",
			schemas.keys().collect::<Vec<_>>()
		);
	}
}

#[test]
fn every_reference_leads_somewhere() {
	fn walk(value: &Value, document: &Value) {
		match value {
			Value::Object(map) => {
				if let Some(Value::String(reference)) = map.get("$ref") {
					let pointer = reference.strip_prefix('#').unwrap();
					assert!(document.pointer(pointer).is_some(), "{reference}");
				}
				map.values().for_each(|v| walk(v, document));
			}
			Value::Array(list) => list.iter().for_each(|v| walk(v, document)),
			_ => {}
		}
	}
	let document = document();
	walk(&document, &document);
}

#[test]
fn every_operation_has_a_name_a_summary_and_its_problems() {
	let document = document();
	assert_eq!(document["security"][0]["token"], serde_json::json!([]));
	let mut names = BTreeSet::new();
	for (path, item) in document["paths"].as_object().unwrap() {
		for (method, operation) in item.as_object().unwrap() {
			let name = operation["operationId"].as_str().unwrap();
			assert!(names.insert(name.to_owned()), "{name} comes twice");
			assert!(
				operation["summary"].as_str().is_some_and(|s| !s.is_empty()),
				"{method} {path}"
			);
			if path.starts_with("/v1/") {
				let problem = &operation["responses"]["default"]["content"]["application/problem+json"];
				assert_eq!(
					problem["schema"]["$ref"], "#/components/schemas/Problem",
					"{method} {path}"
				);
			}
		}
	}
}

#[test]
fn codes_and_kinds_are_written_as_they_are_sent() {
	let document = document();
	let values = |name: &str| document["components"]["schemas"][name].to_string();
	for code in sealane_sdk::types::ProblemCode::ALL {
		assert!(
			values("ProblemCode").contains(&format!("\"{}\"", code.as_str())),
			"{code}"
		);
	}
	for kind in sealane_sdk::types::BusinessKind::ALL {
		assert!(
			values("BusinessKind").contains(&format!("\"{}\"", kind.as_str())),
			"{kind:?}"
		);
	}
}

/// The document in the repository is that of the code: what changes in the contract is seen in a diff, and clients are made from it.
/// `SEALANE_WRITE_OPENAPI=1 cargo test -p sealane-gateway document` writes it.
#[test]
fn the_document_in_the_repository_is_the_one_that_is_served() {
	let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/integrating/node.openapi.json");
	let mut text = serde_json::to_string_pretty(&sealane_gateway::openapi()).unwrap();
	text.push('\n');
	if std::env::var_os("SEALANE_WRITE_OPENAPI").is_some() {
		std::fs::write(&path, &text).unwrap();
	}
	let kept = std::fs::read_to_string(&path).unwrap_or_default();
	let differs = kept.lines().zip(text.lines()).position(|(a, b)| a != b);
	assert!(
		kept == text,
		"{} is not of this code, from line {:?} on: write it with SEALANE_WRITE_OPENAPI=1",
		path.display(),
		differs.map(|line| line + 1)
	);
}

#[test]
fn every_operation_under_v1_names_its_scope() {
	let document = document();
	for (path, item) in document["paths"].as_object().unwrap() {
		for (method, operation) in item.as_object().unwrap() {
			let scope = operation["x-required-scope"].as_str();
			assert_eq!(scope.is_some(), path.starts_with("/v1/"), "{method} {path}");
		}
	}
}
