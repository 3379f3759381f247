// SPDX-License-Identifier: Apache-2.0

//! The OpenAPI document holds every route and every type of the API.

#![allow(clippy::unwrap_used)]

use sealane_http::contract::{assert_kept, Contract};
use std::path::Path;

/// What is open to everybody: whether the node is there, and what it can be asked.
const OPEN: [&str; 3] = ["GET /healthz", "GET /openapi.json", "GET /readyz"];

fn contract() -> Contract {
	Contract::of(&sealane_gateway::openapi())
}

#[test]
fn the_document_keeps_what_all_keep() {
	let contract = contract();
	contract.assert_described();
	contract.assert_guarded("x-required-scope");
	contract.assert_references();
	assert!(
		contract.open().iter().eq(&OPEN),
		"open to everybody: {:?}",
		contract.open()
	);
	assert_eq!(contract.document()["security"][0]["token"], serde_json::json!([]));
}

#[test]
fn every_route_stands_in_the_document() {
	let contract = contract();
	let found: Vec<_> = contract.operations().into_keys().collect();
	let mut expected = [
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
	];
	expected.sort_unstable();
	assert_eq!(found, expected);
}

#[test]
fn every_type_stands_in_the_document() {
	let contract = contract();
	let schemas = contract.document()["components"]["schemas"].as_object().unwrap();
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
fn codes_and_kinds_are_written_as_they_are_sent() {
	let contract = contract();
	let values = |name: &str| contract.document()["components"]["schemas"][name].to_string();
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

/// `SEALANE_WRITE_OPENAPI=1 cargo test -p sealane-gateway document` writes it.
#[test]
fn the_document_in_the_repository_is_the_one_that_is_served() {
	let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/integrating/node.openapi.json");
	assert_kept(&sealane_gateway::openapi(), &path);
}
