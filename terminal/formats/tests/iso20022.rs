// SPDX-License-Identifier: Apache-2.0

//! Messages of ISO 20022, written and read again by a library of other people in another language.

use sealane_formats::{
	business::Object,
	ids::PlainSerials,
	iso20022::{
		confirmations,
		orders::{self, Joiner, Read, Settings},
		xml::Documents,
		Message,
	},
};
use serde_json::{json, Value};
use std::{collections::BTreeMap, path::Path, process::Command};

/// Runs the script; `None` where the library is not installed.
fn script(arguments: &[&str]) -> Option<String> {
	let python = std::env::var("SEALANE_TEST_PYTHON").unwrap_or_else(|_| "python3".into());
	let has = Command::new(&python).args(["-c", "import python_iso20022"]).output();
	if !has.is_ok_and(|output| output.status.success()) {
		println!("skipped: {python} has no python-iso20022 (scripts/setup --tests)");
		return None;
	}
	let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/generator/iso20022.py");
	let done = Command::new(&python)
		.arg(path)
		.args(arguments)
		.output()
		.expect("python runs");
	assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
	Some(String::from_utf8(done.stdout).expect("UTF-8"))
}

fn settings() -> Settings {
	Settings {
		interface: String::new(),
		zone: time::macros::offset!(+8),
	}
}

fn message(path: &Path) -> Message {
	let bytes = std::fs::read(path).expect("is there");
	let mut documents = Documents::new(&bytes[..]);
	let document = documents.next_document().expect("XML").expect("a document");
	Message::of(&document).expect("a message")
}

fn write(folder: &Path, name: &str, message: &Message) {
	std::fs::create_dir_all(folder).expect("made");
	std::fs::write(folder.join(name), message.to_xml()).expect("written");
}

/// Reads the orders of a folder, and writes their messages again into another.
fn take(from: &Path, to: &Path) -> BTreeMap<String, Object> {
	let mut found = BTreeMap::new();
	for entry in from.read_dir().expect("a folder") {
		let path = entry.expect("an entry").path();
		if path.extension().is_none_or(|extension| extension != "xml") {
			continue;
		}
		let mut joiner = Joiner::default();
		for read in orders::read(&message(&path), &settings(), &PlainSerials).expect("orders") {
			let (Read::Order(order) | Read::Cancellation(order)) = read;
			let again = orders::write(&order, "", "", &settings(), &mut PlainSerials).expect("as it came");
			assert!(joiner.push(again).is_none(), "one message");
			found.insert(order["id"].as_str().expect("an id").to_string(), order);
		}
		let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
		write(to, name, &joiner.finish().expect("a message"));
	}
	found
}

/// What the library read in a message, by the element's name: the first of each.
fn said<'a>(checked: &'a Value, file: &str, element: &str) -> &'a str {
	let says = checked[file]["says"].as_array().unwrap_or_else(|| panic!("{file}"));
	let pair = says.iter().find(|pair| pair[0] == element && pair[1] != "");
	pair.and_then(|pair| pair[1].as_str()).unwrap_or_default()
}

#[test]
fn orders_of_another_library_are_read_and_its_messages_written_again() {
	let folder = tempfile::tempdir().expect("a folder");
	let (there, again) = (folder.path().join("in"), folder.path().join("again"));
	let shown = |path: &Path| path.to_str().expect("UTF-8").to_string();
	if script(&["write", &shown(&there)]).is_none() {
		return;
	}
	let found = take(&there, &again);
	let expected = std::fs::read(there.join("expected.json")).expect("written");
	let expected: BTreeMap<String, Object> = serde_json::from_slice(&expected).expect("JSON");
	assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
	for (id, expected) in &expected {
		for (field, value) in expected {
			let is = found[id].get(field).and_then(Value::as_str).unwrap_or_default();
			// The library writes three digits of a second's part.
			let is = is.replace(".500+", ".5+");
			assert_eq!(Some(is.as_str()), value.as_str(), "{id}: {field}");
		}
	}
	script(&["same", &shown(&there), &shown(&again)]);
}

#[test]
fn confirmations_keep_to_the_schemas_and_say_what_they_should() {
	let folder = tempfile::tempdir().expect("a folder");
	let (there, again, out) = (
		folder.path().join("in"),
		folder.path().join("again"),
		folder.path().join("out"),
	);
	let shown = |path: &Path| path.to_str().expect("UTF-8").to_string();
	if script(&["write", &shown(&there)]).is_none() {
		return;
	}
	let orders = take(&there, &again);
	let fresh =
		json!({"id": "A-9", "kind": "purchase", "product": "P9", "customer": "C9", "amount": "1", "currency": "CNY"});
	let done = |outcome: &str| {
		json!({
			"outcome": outcome, "deal": "20261125-99000000000000000001", "units": "9509.52", "nav": "1.05000000",
			"amount": "9985.00", "fee": "15.00", "trade_date": "2026-11-24",
		})
	};
	let refused = |code: &str, text: &str| json!({"outcome": "rejected", "reason": {"code": code, "text": text}});
	let own = |id: &str| Value::Object(orders[id].clone());
	let cases = [
		("purchase", own("A-1"), done("accepted")),
		("subscription", own("A-2"), done("partial")),
		("redemption", own("A-3"), done("accepted")),
		("fresh", fresh.clone(), done("accepted")),
		("refused", own("A-1"), refused("ofd.0309", "低于最低申购金额 <100>")),
		("refused-own", own("A-3"), refused("INSUFFICIENT_UNITS", "")),
		("refused-digits", fresh.clone(), refused("wdep.0355", "x")),
		("refused-other", fresh, refused("", "")),
		("taken-back", own("A-1"), refused("CANCELLED", "by X-1")),
		("cancelled", own("X-1"), json!({"outcome": "accepted"})),
		("not-cancelled", own("X-3"), refused("TOO_LATE", "too late")),
	];
	for (name, order, confirmation) in &cases {
		let object = |value: &Value| value.as_object().expect("an object").clone();
		let created = "2026-11-25T18:00:00+08:00";
		let written = confirmations::write(&object(order), &object(confirmation), "M-1", created, &mut PlainSerials);
		write(
			&out,
			&format!("{name}.xml"),
			&written.unwrap_or_else(|error| panic!("{name}: {error}")),
		);
	}
	let checked: Value = serde_json::from_str(&script(&["check", &shown(&out)]).expect("installed")).expect("JSON");
	for (file, message) in [
		("purchase", "setr.012.001.05"),
		("subscription", "setr.012.001.05"),
		("redemption", "setr.006.001.05"),
		("refused", "setr.016.001.04"),
		("taken-back", "setr.016.001.04"),
		("cancelled", "setr.017.001.04"),
	] {
		assert_eq!(checked[file]["message"], message, "{file}");
	}
	for (file, element, value) in [
		("purchase", "OrdrRef", "A-1"),
		("purchase", "ClntRef", "C-1"),
		("purchase", "DealRef", "20261125-99000000000000000001"),
		("purchase", "AcctNm", "王 <小> 明"),
		("purchase", "ISIN", "CNE100000000"),
		("purchase", "UnitsNb", "9509.52"),
		("purchase", "NetAmt", "9985"),
		("purchase", "Amt", "1.05"),
		("purchase", "TtlFees", "15"),
		("purchase", "PrtlyExctdInd", "false"),
		("subscription", "PrtlyExctdInd", "true"),
		("subscription", "Issr", "SEAL"),
		("fresh", "AcctId", "C9"),
		("refused", "Cd", "BMIN"),
		("refused", "AddtlInf", "BELOW_MINIMUM 低于最低申购金额 <100>"),
		("refused-own", "Cd", "SECU"),
		("refused-digits", "Issr", "WDEP"),
		("cancelled", "Sts", "CAND"),
		("cancelled", "CxlRef", "X-1"),
		("not-cancelled", "AddtlInf", "TOO_LATE too late"),
	] {
		assert_eq!(said(&checked, file, element), value, "{file}: {element}");
	}
}
