// SPDX-License-Identifier: Apache-2.0

use super::*;
use sealane_primitives::clauses::json;

fn clauses(text: &str) -> Clauses {
	json::from_json(text.as_bytes()).unwrap()
}

fn terms(in_force: &str) -> Terms {
	Terms {
		issuer: 2,
		risk: None,
		status: None,
		currency: Some(*b"CNY"),
		clause_version: 1,
		clauses: Ok(clauses(in_force)),
	}
}

fn customer(reference: &str, birth_date: &str) -> Customer {
	serde_json::from_value(serde_json::json!({
		"reference": reference, "name": "王五", "document": { "kind": "resident_id", "number": "110101198001011237", "country": "CN" },
		"identity_verified": true, "birth_date": birth_date, "risk_class": "C2", "risk_assessed_on": "2026-01-01",
		"investor_category": "ordinary", "investor_entity": "individual", "region": "CN-SH",
	}))
	.unwrap()
}

fn order(customer: &str, amount: &str, placed_at: &str, facts: &str) -> String {
	format!(
		r#"{{"id":"A","kind":"purchase","product":"P1","customer":"{customer}","amount":"{amount}","currency":"CNY","placed_at":"{placed_at}","branch":"x","clause_version":1,"facts":{facts}}}"#
	)
}

/// Sums over these orders.
fn looked(proposed: &str, in_force: &str, since: Option<&str>, orders: &[String]) -> WhatIf {
	let proposed = Proposed {
		channel: 1,
		scope: Scope::All,
		clauses: clauses(proposed),
	};
	let mut book = CustomerBook::default();
	book.add(customer("OLD", "1950-05-01")).unwrap();
	book.add(customer("YOUNG", "2010-05-01")).unwrap();
	let (terms, registered) = (terms(in_force), HashMap::new());
	let looked = Looked {
		proposed: &proposed,
		terms: &terms,
		book: &book,
		registered: &registered,
		since: since.map(|date| date.parse().unwrap()),
	};
	let mut sums = Sums::new(&proposed.clauses);
	for (number, text) in orders.iter().enumerate() {
		sums.add(&format!("A-{number}"), looked.at(text));
	}
	sums.figures(vec!["P1".into()])
}

const AT: &str = "2026-03-02T10:00:00+08:00";
const ADULT: &str = r#"[{"code":"adult","any_of":[{"age_at_least":18}]}]"#;
const NONE: &str = "[]";

#[test]
fn each_clause_is_counted_with_orders_and_customers() {
	let proposed = r#"[{"code":"large","any_of":[{"amount_at_most":{"amount":"5000","currency":"CNY"}}]},
		{"code":"adult","any_of":[{"age_at_least":18}]}]"#;
	let orders = [
		order("OLD", "1000.00", AT, "{}"),
		order("OLD", "6000.00", AT, "{}"),
		order("YOUNG", "6000.00", AT, "{}"),
		order("YOUNG", "1000.00", AT, "{}"),
	];
	let found = looked(proposed, NONE, None, &orders);
	assert_eq!((found.orders, found.fail, found.newly, found.freed), (4, 3, 3, 0));
	let counted: Vec<_> = found
		.clauses
		.iter()
		.map(|c| (c.code.as_str(), c.orders, c.customers))
		.collect();
	assert_eq!(counted, [("large", 2, 2), ("adult", 2, 1)]);
	let example = &found.clauses[1].examples[0];
	assert_eq!(example.order, "A-2");
	assert!(example.text.contains("age is 15"), "{}", example.text);
}

#[test]
fn what_the_clauses_in_force_say_is_told_apart() {
	let orders = [order("YOUNG", "1", AT, "{}"), order("OLD", "1", AT, "{}")];
	let same = looked(ADULT, ADULT, None, &orders);
	assert_eq!((same.fail, same.newly, same.freed), (1, 0, 0));
	let freed = looked(NONE, ADULT, None, &orders);
	assert_eq!((freed.fail, freed.newly, freed.freed), (0, 0, 1));
	assert!(freed.clauses.is_empty());
}

#[test]
fn what_was_told_then_precedes_the_book_of_now() {
	// The book has been corrected since.
	let told = order("OLD", "1", AT, r#"{"birth_date":"2015-01-01"}"#);
	assert_eq!(looked(ADULT, NONE, None, &[told]).fail, 1);
	let stranger = order("GONE", "1", AT, r#"{"birth_date":"1970-01-01"}"#);
	let found = looked(ADULT, NONE, None, &[stranger, order("GONE", "1", AT, "{}")]);
	assert_eq!((found.strangers, found.fail), (2, 1));
}

#[test]
fn older_and_unreadable_ones_are_left_out_and_said() {
	let orders = [
		order("OLD", "1", "2025-12-31T10:00:00+08:00", "{}"),
		order("OLD", "1", AT, "{}"),
		"{}".to_string(),
		"no order".to_string(),
	];
	let found = looked(ADULT, NONE, Some("2026-01-01"), &orders);
	assert_eq!((found.orders, found.unreadable), (1, 2));
}

#[test]
fn closer_agreements_precede() {
	let channel = |agreements: serde_json::Value| -> Channel {
		let product = |id: &str, product_type: &str| {
			serde_json::json!({ "id": id, "product_type": product_type, "risk": 2, "currency": "CNY", "status": "open",
				"interface": "i" })
		};
		serde_json::from_value(serde_json::json!({
			"id": 1, "seller": 0, "issuer": 2, "side": "seller", "partner": { "id": 2, "name": "Issuer" },
			"authorised": true, "kinds": [], "interfaces": [], "agreements": agreements,
			"products": [product("P1", "fund.bond"), product("P2", "fund.bond"), product("P3", "fund.stock")],
		}))
		.unwrap()
	};
	let name = |text: &str| text.as_bytes().to_vec().try_into().unwrap();
	let none = channel(serde_json::json!([]));
	assert_eq!(covered(&none, &Scope::All), ["P1", "P2", "P3"]);
	assert_eq!(covered(&none, &Scope::ProductType(name("fund.bond"))), ["P1", "P2"]);
	assert_eq!(covered(&none, &Scope::Product(name("P3"))), ["P3"]);
	let some = channel(serde_json::json!([
		{ "id": 1, "scope": { "product": "P1" }, "version": 1 },
		{ "id": 2, "scope": { "product_type": "fund.stock" }, "version": 1 },
		{ "id": 3, "scope": "all", "version": 1 },
	]));
	assert_eq!(covered(&some, &Scope::All), ["P2"]);
	assert_eq!(covered(&some, &Scope::ProductType(name("fund.bond"))), ["P2"]);
	assert_eq!(covered(&some, &Scope::Product(name("P1"))), ["P1"]);
}
