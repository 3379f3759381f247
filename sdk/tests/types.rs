// SPDX-License-Identifier: Apache-2.0

//! The JSON form of the types: what integrators see.

use sealane_sdk::types::*;
use serde_json::{json, Value};

fn round_trip<T: serde::Serialize + serde::de::DeserializeOwned>(value: Value) -> T {
	let read: T = serde_json::from_value(value.clone()).unwrap();
	assert_eq!(serde_json::to_value(&read).unwrap(), value);
	read
}

#[test]
fn an_order_keeps_unknown_fields() {
	let order: Order = round_trip(json!({
		"id": "2026-000001", "kind": "purchase", "product": "BOND-A", "customer": "C-17", "amount": "10000.00",
		"currency": "CNY", "placed_at": "2026-11-24T09:30:00+08:00", "facts": {"risk_class": "C3"},
		"clause_version": 7, "details": {"branch": "Pudong"}, "future": [1, {"deep": null}]
	}));
	assert_eq!(order.kind, BusinessKind::Purchase);
	assert_eq!(order.extra["future"], json!([1, {"deep": null}]));
}

#[test]
fn confirmations_and_results_have_their_json_names() {
	let built = Confirmation::rejected("A", "LIMIT", "above the limit");
	assert_eq!(
		serde_json::to_value(built).unwrap(),
		json!({"order": "A", "outcome": "rejected", "reason": {"code": "LIMIT", "text": "above the limit"}})
	);
	let result: RegistrationResult = round_trip(json!({
		"order": "R-1", "outcome": "accepted", "commitment": "ab", "salt": "cd", "account": "9-1"
	}));
	assert_eq!(result.registration, "R-1");
}

#[test]
fn kinds_have_the_names_of_the_chain() {
	for kind in BusinessKind::ALL {
		assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
	}
}

#[test]
fn words_of_later_versions_are_read() {
	assert_eq!(
		serde_json::from_value::<ProblemCode>(json!("from_tomorrow")).unwrap(),
		ProblemCode::Unknown
	);
	assert_eq!(
		serde_json::from_value::<EventKind>(json!("from_tomorrow")).unwrap(),
		EventKind::Unknown
	);
	assert_eq!(
		serde_json::from_value::<OrderStage>(json!("from_tomorrow")).unwrap(),
		OrderStage::Unknown
	);
	assert_eq!(
		serde_json::from_value::<WaitReason>(json!("from_tomorrow")).unwrap(),
		WaitReason::Unknown
	);
}

#[test]
fn problem_codes_are_stable_words_and_statuses() {
	for code in ProblemCode::ALL {
		let text = code.as_str();
		assert!(
			text.bytes()
				.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'),
			"{text}"
		);
		assert_eq!(serde_json::to_value(code).unwrap(), text);
		assert_eq!(serde_json::from_value::<ProblemCode>(json!(text)).unwrap(), *code);
		assert!((400..600).contains(&code.status()), "{text}");
	}
	let problem: Problem = round_trip(json!({
		"type": "urn:sealane:problem:busy", "title": "Busy", "status": 503, "code": "busy", "detail": "later",
		"retry_after_ms": 30, "trace_id": "x"
	}));
	assert_eq!(problem, {
		let mut expected = Problem::new(ProblemCode::Busy, "later").with_retry_after_ms(30);
		expected.extra.insert("trace_id".into(), json!("x"));
		expected
	});
}

#[test]
fn bytes_inside_events_and_entries_stay_as_they_are() {
	let body = r#"{ "order":"A",  "outcome" : "accepted" }"#;
	let text = format!(r#"{{"cursor":"9-1","kind":"confirmed","at_ms":1,"confirmation":{body}}}"#);
	let event: Event = serde_json::from_str(&text).unwrap();
	assert_eq!(event.confirmation.as_ref().unwrap().get(), body);
	assert_eq!(event.read_confirmation().unwrap().unwrap().order, "A");
	assert_eq!(serde_json::to_string(&event).unwrap(), text);
}

#[test]
fn personal_data_and_tokens_do_not_reach_debug_output() {
	let person = Person {
		name: "王小明".into(),
		document: Some(IdentityDocument {
			kind: "passport".into(),
			number: "E123".into(),
			valid_until: None,
		}),
		..Person::default()
	};
	let registration = Registration::new("R-1", "X.FUNDS", "C-17", person);
	let shown = format!("{registration:?} {:?}", registration.person.document);
	assert!(
		shown.contains("C-17") && !shown.contains("王小明") && !shown.contains("E123"),
		"{shown}"
	);
	let file = GatewayFile {
		url: "http://127.0.0.1:1".into(),
		token: "secret".into(),
	};
	assert!(!format!("{file:?}").contains("secret"));
}
