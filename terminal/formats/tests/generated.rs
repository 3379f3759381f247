// SPDX-License-Identifier: Apache-2.0

//! Sets of files that a program in another language wrote from descriptions of the formats, and what that program says is in them:
//! every number, order and confirmation is found, and every file is written again byte for byte.

mod common;

use common::{generated, profile};
use sealane_formats::{
	business::{
		confirmations::{self, Confirmed},
		confirmations_kind, orders, orders_kind, Object,
	},
	check::check,
	codes,
	ids::PlainSerials,
	name::DataName,
	value::FieldKind,
	Profile, Reader, Record, Writer,
};
use serde_json::Value;
use std::{
	collections::{BTreeMap, HashMap},
	io::{BufReader, Cursor},
	path::{Path, PathBuf},
};

const LAYOUTS: [&str; 5] = ["ofd-2.0", "ofd-2.1", "ofd-2.2", "bta-2.1", "wdep-1.0"];

/// A decimal in units of its last place.
fn scaled(text: &str, decimals: usize) -> i128 {
	let (sign, plain) = text.strip_prefix('-').map_or((1, text), |plain| (-1, plain));
	let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
	let digits = format!("{whole}{fraction:0<decimals$}");
	sign * digits.parse::<i128>().unwrap_or_else(|_| panic!("{text}: a decimal"))
}

struct Read {
	name: DataName,
	records: Vec<Record>,
}

/// The records of a file, which is written again to the same bytes.
fn read(path: &Path, profile: &Profile) -> Read {
	let bytes = std::fs::read(path).expect("is there");
	let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
	let name = DataName::parse(profile.format(), name).expect("a name of the format");
	let mut reader = Reader::new(BufReader::new(&bytes[..]), &profile.dictionary, Some(&name)).expect("a header");
	let mut writer = Writer::new(Cursor::new(Vec::new()), reader.header().clone()).expect("a header");
	let mut records = Vec::new();
	while let Some(record) = reader.next_record().expect("a record") {
		writer.write(&record).expect("written");
		records.push(record);
	}
	let again = writer.finish().expect("whole").into_inner();
	assert!(again == bytes, "{}: written again it has other bytes", path.display());
	Read { name, records }
}

/// The sum of each number of a file, compared with what the generator summed.
fn compare_sums(file: &Value, read: &Read) {
	let shown = &file["name"];
	assert_eq!(file["records"].as_u64(), Some(read.records.len() as u64), "{shown}");
	let layout = read.records[0].layout();
	assert_eq!(file["fields"].as_u64(), Some(layout.places().len() as u64), "{shown}");
	let mut numbers = 0;
	for place in layout.places() {
		let FieldKind::Number { decimals } = place.field_type.kind else {
			continue;
		};
		numbers += 1;
		let decimals = usize::from(decimals);
		let found: i128 = read
			.records
			.iter()
			.filter_map(|record| record.get(&place.name))
			.map(|value| scaled(&value, decimals))
			.sum();
		let expected = file["sums"][&place.name]
			.as_str()
			.unwrap_or_else(|| panic!("{shown}: {}", place.name));
		assert_eq!(found, scaled(expected, decimals), "{shown}: sum of {}", place.name);
	}
	assert_eq!(
		file["sums"].as_object().map(serde_json::Map::len),
		Some(numbers),
		"{shown}"
	);
}

/// Count, and sums of amounts, units and fees in hundredths.
type Sums = BTreeMap<(String, String, String), [i128; 4]>;

fn add(sums: &mut Sums, kind: &str, product: &str, outcome: &str, values: [Option<&Value>; 3]) {
	let sum = sums.entry((kind.into(), product.into(), outcome.into())).or_default();
	sum[0] += 1;
	for (sum, value) in sum[1..].iter_mut().zip(values) {
		*sum += value.and_then(Value::as_str).map_or(0, |value| scaled(value, 2));
	}
}

fn expected(rows: &Value) -> Sums {
	let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
	let number = |value: &Value| scaled(value.as_str().expect("a decimal"), 2);
	let rows = rows.as_array().expect("rows");
	let sums: Sums = rows
		.iter()
		.map(|row| {
			let key = (text(&row["kind"]), text(&row["product"]), text(&row["outcome"]));
			let count = i128::from(row["count"].as_u64().expect("a count"));
			(
				key,
				[
					count,
					number(&row["amount"]),
					number(&row["units"]),
					number(&row["fee"]),
				],
			)
		})
		.collect();
	assert_eq!(sums.len(), rows.len());
	sums
}

/// Orders by id, and their sums.
fn take_orders(read: &Read, profile: &Profile, orders: &mut HashMap<String, Object>, sums: &mut Sums) {
	for record in &read.records {
		let order = orders::read(record, profile, &mut PlainSerials).expect("an order");
		let again = orders::write(&order, record.layout(), profile, &mut PlainSerials).expect("a record");
		assert_eq!(&again, record, "{order:?}");
		let text = |name: &str| order[name].as_str().expect("text").to_string();
		add(
			sums,
			&text("kind"),
			&text("product"),
			"",
			[order.get("amount"), order.get("units"), None],
		);
		assert!(orders.insert(text("id"), order).is_none());
	}
}

fn take_confirmations(read: &Read, profile: &Profile, orders: &HashMap<String, Object>, sums: &mut Sums) {
	for record in &read.records {
		let found = confirmations::read(record, profile, &mut PlainSerials).expect("a confirmation");
		let Confirmed::Answer(answer) = found else {
			panic!("{found:?}: an answer")
		};
		let order = &orders[answer["order"].as_str().expect("an id")];
		let code = record.text("BusinessCode").expect("a code");
		let kind = &codes::by_confirmation(&code).expect("a kind").kind;
		assert_eq!(order["kind"].as_str(), Some(&**kind));
		// A receipt is no outcome yet.
		let outcome = match answer.get("final") {
			Some(Value::Bool(false)) => "",
			_ => answer["outcome"].as_str().expect("an outcome"),
		};
		let product = order["product"].as_str().expect("a product");
		let values = [answer.get("amount"), answer.get("units"), answer.get("fee")];
		add(sums, kind, product, outcome, values);
		let again = confirmations::write(order, &answer, record.layout(), profile, &mut PlainSerials);
		assert_eq!(&again.expect("a record"), record, "{answer:?}");
	}
}

fn compare(layout: &str, empty: &str, parts: &str) {
	let folder = tempfile::tempdir().expect("a folder");
	let Some(said) = generated(folder.path(), layout, empty, parts) else {
		return;
	};
	let profile = profile(layout, empty);
	let (mut orders, mut ordered, mut confirmed) = (HashMap::new(), Sums::new(), Sums::new());
	let mut answers = Vec::new();
	for file in said["files"].as_array().expect("files") {
		let path: PathBuf = folder.path().join(file["name"].as_str().expect("a name"));
		let read = read(&path, &profile);
		compare_sums(file, &read);
		if read.name.kind == orders_kind(profile.format()) {
			take_orders(&read, &profile, &mut orders, &mut ordered);
		} else if read.name.kind == confirmations_kind(profile.format()) {
			answers.push(read);
		}
	}
	for read in &answers {
		take_confirmations(read, &profile, &orders, &mut confirmed);
	}
	assert_eq!(ordered, expected(&said["orders"]), "{layout}");
	assert_eq!(confirmed, expected(&said["confirmations"]), "{layout}");

	// Nobody says which dialect it is: the length of the records does.
	for profile in [None, Some(&profile)] {
		let reports = check(folder.path(), profile, &mut |_| ()).expect("a folder");
		for report in &reports {
			assert!(report.is_sound() && report.remarks.is_empty(), "{layout}: {report:?}");
			assert!(
				profile.is_some() || report.profile == layout || report.profile == "ofd-2.1",
				"{report:?}"
			);
		}
		let records: u64 = reports.iter().map(|report| report.records).sum();
		let said = said["files"].as_array().expect("files").iter();
		assert_eq!(records, said.filter_map(|file| file["records"].as_u64()).sum::<u64>());
	}
}

#[test]
fn sets_of_another_program_are_read_and_written_as_it_meant_them() {
	for layout in LAYOUTS {
		compare(layout, "zeros", "1");
	}
}

#[test]
fn empty_numbers_may_be_blanks_and_files_come_in_parts() {
	for layout in LAYOUTS {
		compare(layout, "blanks", "3");
	}
}

/// What a check must name, by what was done to a sound set.
#[test]
fn a_set_that_is_not_whole_is_named() {
	for layout in ["ofd-2.2", "wdep-1.0"] {
		let folder = tempfile::tempdir().expect("a folder");
		let Some(said) = generated(folder.path(), layout, "zeros", "2") else {
			return;
		};
		let name = |at: usize| said["files"][at]["name"].as_str().expect("a name").to_string();
		let (first, second) = (name(0), name(1));
		std::fs::remove_file(folder.path().join(&first)).expect("removed");
		let unlisted = second.replace("20261124", "20261123");
		std::fs::rename(folder.path().join(&second), folder.path().join(&unlisted)).expect("renamed");
		let reports = check(folder.path(), None, &mut |_| ()).expect("a folder");
		let rules: Vec<(String, String)> = reports
			.iter()
			.flat_map(|report| &report.faults)
			.map(|fault| (fault.value.clone(), fault.rule.clone()))
			.collect();
		for (value, rule) in [
			(&first, "the file is not there"),
			(&second, "the file is not there"),
			(
				&unlisted,
				"no index of the folder lists this file: it would never be taken",
			),
		] {
			assert!(
				rules.contains(&(value.clone(), rule.into())),
				"{value}: {rule}: {rules:?}"
			);
		}
	}
}
