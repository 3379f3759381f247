// SPDX-License-Identifier: Apache-2.0

//! The JSON form: what people write, what they are told, and that nothing is lost.

use super::*;
use crate::clauses::json::{from_json, to_json};

const WRITTEN: &str = r#"[
	{"code": "adult", "any_of": [{"age_at_least": 18}, {"kind_in": ["redemption", "cancellation"]}]},
	{"code": "known", "any_of": ["identity_verified"]},
	{"code": "customer", "any_of": ["registered"]},
	{"code": "suitable", "any_of": [
		{"risk_covers": {"exceed_with_confirmation": true}},
		{"investor_category": "professional"},
		{"investor_entity": "institution"}
	]},
	{"code": "assessed", "any_of": [{"risk_assessed_within_days": 365}]},
	{"code": "class", "any_of": [{"risk_class_at_least": "C1_lowest"}]},
	{"code": "large", "any_of": [{"amount_at_most": {"amount": "5000000.00", "currency": "CNY"}}]},
	{"code": "small", "any_of": [{"amount_at_least": {"amount": "0.01", "currency": "CNY"}}, {"units_at_least": "1"}]},
	{"code": "place", "any_of": [{"region_in": ["CN", "HK"]}]},
	{"code": "not_there", "any_of": [{"region_not_in": ["CN-65"]}]},
	{"code": "money", "any_of": [{"currency_in": ["CNY", "USD"]}]},
	{"code": "cut_off", "any_of": [{"placed_before": {"time": "15:00", "utc_offset": "+08:00"}}]},
	{"code": "window", "any_of": [{"placed_within": {"from": "2025-11-01", "until": "2025-11-30", "utc_offset": "+08:00"}}]},
	{"code": "open", "any_of": [{"product_status_in": ["open", "offering"]}]},
	{"code": "through", "any_of": [{"sales_channel_in": ["mobile", "counter"]}]}
]"#;

#[test]
fn reads_what_people_write() {
	let clauses = from_json(WRITTEN.as_bytes()).expect("valid");
	assert_eq!(clauses.len(), 15);
	assert_eq!(
		clauses[6].any_of[0],
		Condition::AmountAtMost {
			amount: decimal("5000000"),
			currency: *b"CNY"
		}
	);
	assert!(
		evaluate(&clauses, &good()).qualifies(),
		"{}",
		evaluate(&clauses, &good())
	);
	let written = to_json(&clauses).expect("serialises");
	assert_eq!(from_json(written.as_bytes()).expect("valid"), clauses);
}

#[test]
fn reads_what_the_documentation_shows() {
	let documented = include_str!("../../../../docs/clauses.md");
	let (_, rest) = documented.split_once("```json\n").expect("an example");
	let (example, _) = rest.split_once("```").expect("its end");
	let clauses = from_json(example.as_bytes()).expect("valid");
	assert!(evaluate(&clauses, &good()).qualifies());
	// Each condition of the table, in its first column between back quotes.
	let rows = documented
		.lines()
		.filter(|line| line.starts_with("| `{\"") || line.starts_with("| `\""));
	let conditions: Vec<Condition> = rows
		.map(|row| row.split('`').nth(1).expect("quoted"))
		.map(|json| serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}")))
		.collect();
	assert_eq!(conditions.len(), 18);
}

#[test]
fn errors_name_clause_field_value_and_rule() {
	let one = |condition: &str| format!(r#"[{{"code": "a", "any_of": ["registered", {condition}]}}]"#);
	let cases = [
		(
			one(r#"{"age_at_least": 300}"#),
			"clauses[0]: any_of[1]: invalid value: integer `300`, expected u8",
		),
		(
			one(r#"{"age_at_least": 160}"#),
			"clauses[0].any_of[1]: an age is at most 150 years",
		),
		(
			one(r#"{"units_at_least": 5}"#),
			"a decimal number in a string, such as \"1234.56\"",
		),
		(one(r#"{"units_at_least": "1e5"}"#), "\"1e5\": not a decimal number"),
		(
			one(r#"{"units_at_least": "0.123456789"}"#),
			"\"0.123456789\": more than 8 digits after the point",
		),
		(
			one(r#"{"amount_at_least": {"amount": "1"}}"#),
			"missing field `currency`",
		),
		(
			one(r#"{"amount_at_least": {"amount": "1", "currency": "yuan"}}"#),
			"\"yuan\": a currency is three letters A-Z",
		),
		(
			one(r#"{"amount_at_least": {"amount": "1", "currency": "CNY", "x": 1}}"#),
			"unknown field `x`",
		),
		(
			one(r#"{"older_than": 18}"#),
			"unknown variant `older_than`, expected one of `age_at_least`",
		),
		(
			one(r#"{"kind_in": ["buy"]}"#),
			"unknown variant `buy`, expected one of `subscription`",
		),
		(
			one(r#"{"kind_in": ["switch", "switch"]}"#),
			"the list of kinds repeats one",
		),
		(
			one(r#"{"region_in": ["Province of Beijing"]}"#),
			"text has 19 bytes, at most 8 are allowed",
		),
		(
			one(r#"{"region_in": []}"#),
			"clauses[0].any_of[1]: a set must not be empty",
		),
		(
			one(r#"{"placed_before": {"time": "25:00", "utc_offset": "Z"}}"#),
			"\"25:00\": the hour must be 00 to 23",
		),
		(
			one(r#"{"placed_before": {"time": "15:00", "utc_offset": "CST"}}"#),
			"\"CST\": not of the form Z or +HH:MM",
		),
		(
			one(r#"{"placed_within": {"from": "2025-02-30", "utc_offset": "Z"}}"#),
			"\"2025-02-30\": the month has no such day",
		),
		(
			r#"[{"code": "a", "any_of": [], "note": ""}]"#.into(),
			"clauses[0]: unknown field `note`",
		),
		(
			r#"[{"code": "a b", "any_of": []}]"#.into(),
			"byte 1 is not printable ASCII without spaces",
		),
		(
			r#"{"code": "a"}"#.into(),
			"expected clauses to be a list of at most 32 entries",
		),
		(
			format!("[{}]", vec![r#"{"code":"a","any_of":["registered"]}"#; 33].join(",")),
			"clauses has more than 32 entries",
		),
		(
			format!(r#"[{{"code":"a","any_of":[{}]}}]"#, [r#""registered""#; 9].join(",")),
			"any_of has more than 8 entries",
		),
		("[] x".into(), "trailing characters"),
	];
	for (json, expected) in cases {
		let error = from_json(json.as_bytes()).expect_err(&json).to_string();
		assert!(error.contains(expected), "{json}\n{error}\nlacks {expected}");
	}
}

#[test]
fn errors_keep_the_line_once() {
	let error = from_json(b"[\n{\"code\": \"a\",\n\"any_of\": [{\"units_at_least\": \"x\"}]}]")
		.expect_err("invalid")
		.to_string();
	assert_eq!(error.matches(" at line ").count(), 1, "{error}");
	assert!(error.contains("at line 3"), "{error}");
}

#[test]
fn facts_of_an_order_are_read_in_place() {
	let json = r#"{
		"birth_date": "1990-05-20", "identity_verified": true, "registered": true, "risk_class": "C3",
		"risk_assessed_on": "2025-06-01", "exceed_confirmed": false, "investor_category": "ordinary",
		"investor_entity": "individual", "region": "\u0043N-11", "sales_channel": "mobile",
		"of_the_partners": {"deep": [1, 2, {"er": null}]}
	}"#;
	assert_eq!(
		serde_json::from_str::<CustomerFacts>(json).expect("valid"),
		good().customer
	);
	let json = r#"{
		"id": "A-1", "kind": "purchase", "amount": "10000.00", "units": "500.5", "currency": "CNY",
		"placed_at": "2025-11-24T14:30:00+08:00", "product_risk": "R3", "product_status": "open"
	}"#;
	assert_eq!(serde_json::from_str::<OrderFacts>(json).expect("valid"), good().order);
	let missing = r#"{"birth_date": null}"#;
	assert_eq!(
		serde_json::from_str::<CustomerFacts>(missing).expect("valid"),
		CustomerFacts::default()
	);
}

#[test]
fn errors_in_facts_name_field_value_and_rule() {
	let cases = [
		(
			r#"{"birth_date": "2001-13-01"}"#,
			"birth_date: \"2001-13-01\": the month must be 01 to 12",
		),
		(
			r#"{"birth_date": 20010101}"#,
			"birth_date: invalid type: integer `20010101`, expected a date in a string",
		),
		(
			r#"{"identity_verified": "yes"}"#,
			"identity_verified: invalid type: string \"yes\", expected a boolean",
		),
		(
			r#"{"risk_class": "C6"}"#,
			"risk_class: unknown variant `C6`, expected one of `C1_lowest`, `C1`",
		),
		(r#"{"region": ""}"#, "region: \"\": text is empty"),
		(r#"{"region": "CN", "region": "HK"}"#, "duplicate field `region`"),
		(r#"[]"#, "expected an object of facts about a customer"),
	];
	for (json, expected) in cases {
		let error = serde_json::from_str::<CustomerFacts>(json).expect_err(json).to_string();
		assert!(error.contains(expected), "{json}\n{error}\nlacks {expected}");
	}
	let error = serde_json::from_str::<OrderFacts>(r#"{"amount": 12.5}"#)
		.expect_err("a float")
		.to_string();
	assert!(
		error.starts_with("amount: ") && error.contains("a decimal number in a string"),
		"{error}"
	);
}

#[test]
fn facts_in_files_admit_no_unknown_part() {
	let error = serde_json::from_str::<Facts>(r#"{"client": {}}"#)
		.expect_err("unknown")
		.to_string();
	assert!(
		error.contains("unknown field `client`, expected `customer` or `order`"),
		"{error}"
	);
	assert_eq!(serde_json::from_str::<Facts>("{}").expect("valid"), Facts::default());
}

proptest! {
	#[test]
	fn clauses_round_trip(list in any_clauses()) {
		let json = to_json(&list).expect("serialises");
		prop_assert_eq!(from_json(json.as_bytes()).expect("valid"), list);
	}

	#[test]
	fn facts_round_trip(facts in any_facts()) {
		let json = serde_json::to_string(&facts).expect("serialises");
		prop_assert_eq!(serde_json::from_str::<Facts>(&json).expect("valid"), facts);
	}

	#[test]
	fn damaged_json_is_read_or_refused(list in any_clauses(), at: proptest::sample::Index, byte: u8) {
		let mut json = to_json(&list).expect("serialises").into_bytes();
		let place = at.index(json.len());
		json[place] = byte;
		if let Ok(read) = from_json(&json) {
			prop_assert_eq!(validate(&read), Ok(()));
		}
	}

	#[test]
	fn any_text_is_read_or_refused(text in "\\PC{0,120}") {
		let _ = (from_json(text.as_bytes()), serde_json::from_str::<Facts>(&text));
	}
}
