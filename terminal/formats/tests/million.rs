// SPDX-License-Identifier: Apache-2.0

//! A million records through each format, in memory for one record. By hand:
//! `cargo test --release -p sealane-formats --test million -- --ignored --nocapture --test-threads 1`.

use sealane_formats::{
	business::{orders, orders_kind},
	convert::{
		convert,
		csv::{Mapping, RowWriter, Rows},
		files::Records,
		iso::{MessageWriter, Messages},
		ndjson::{LineWriter, Lines},
		Sink, Source,
	},
	framing::header::{Header, Parties},
	ids::PlainSerials,
	iso20022::orders::Settings,
	name::DataName,
	Layout, Profile, Reader, Record, Writer,
};
use serde_json::json;
use std::{
	fs::File,
	io::{BufReader, BufWriter},
	path::Path,
	time::Instant,
};

const RECORDS: u64 = 1_000_000;

/// Most memory that this process ever had, in MiB.
fn peak_mib() -> u64 {
	let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
	let line = status.lines().find(|line| line.starts_with("VmHWM:"));
	let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
	kib.unwrap_or_default() / 1024
}

fn order(number: u64) -> serde_json::Map<String, serde_json::Value> {
	let order = json!({
		"id": format!("{number:024}"),
		"kind": if number.is_multiple_of(4) { "redemption" } else { "purchase" },
		"product": "990001",
		"customer": format!("{:017}", number % 50_000),
		"currency": "CNY",
		"placed_at": "2026-11-24T09:30:00+08:00",
	});
	let mut order = order.as_object().expect("an object").clone();
	let field = if number.is_multiple_of(4) { "units" } else { "amount" };
	let value = format!("{}.{:02}", 1_000 + number % 90_000, number % 100);
	order.insert(field.into(), value.into());
	order
}

fn write(path: &Path, profile: &Profile, name: &DataName, records: u64) {
	let layout = Layout::of_kind(&profile.dictionary, &name.kind).expect("a kind of the format");
	let header = Header {
		format: profile.format(),
		parties: Some(Parties {
			creator: name.creator.clone(),
			receiver: name.receiver.clone(),
			date: name.date.clone(),
			summary: profile.settings.summary.clone(),
			kind: name.kind.clone(),
			..Parties::default()
		}),
		layout: layout.clone(),
		records,
		digits: profile.digits,
	};
	let mut writer = Writer::new(BufWriter::new(File::create(path).expect("made")), header).expect("a header");
	for number in 0..records {
		let record = orders::write(&order(number), &layout, profile, &mut PlainSerials).expect("an order fits");
		writer.write(&record).expect("written");
	}
	writer.finish().expect("finished");
}

fn read(path: &Path, profile: &Profile, name: &DataName, mut each: impl FnMut(Record)) -> u64 {
	let input = BufReader::new(File::open(path).expect("is there"));
	let mut reader = Reader::new(input, &profile.dictionary, Some(name)).expect("a header");
	let mut count = 0;
	while let Some(record) = reader.next_record().expect("a record") {
		each(record);
		count += 1;
	}
	count
}

#[test]
#[ignore = "takes some minutes and a few gigabytes of disk; its figures stand in docs/performance.md"]
fn a_million_records_through_each_format() {
	let folder = tempfile::tempdir().expect("a folder");
	for base in ["ofd-2.1", "ofd-2.2", "wdep-1.0"] {
		let (seller, issuer) = match base {
			"wdep-1.0" => ("ZZ80000001", "XQ00000001"),
			_ => ("ZZ8", "XQ"),
		};
		let text =
			format!("base = '{base}'\n[parties]\nseller = '{seller}'\nissuer = '{issuer}'\ndistributor = 'ZZ8'\n");
		let profile = Profile::parse(&text).expect("a profile");
		let name = DataName {
			creator: seller.into(),
			receiver: issuer.into(),
			date: "20261124".into(),
			kind: orders_kind(profile.format()).into(),
			part: None,
		};
		let path = folder.path().join(name.format(profile.format()));
		let started = Instant::now();
		write(&path, &profile, &name, RECORDS);
		let written = started.elapsed();
		let started = Instant::now();
		assert_eq!(read(&path, &profile, &name, drop), RECORDS);
		let checked = started.elapsed();
		let started = Instant::now();
		let mut amounts = 0u64;
		let read_back = read(&path, &profile, &name, |record| {
			let order = orders::read(&record, &profile, &mut PlainSerials).expect("an order");
			amounts += u64::from(order.contains_key("amount") || order.contains_key("units"));
		});
		assert_eq!((read_back, amounts), (RECORDS, RECORDS));
		println!(
			"{base}: {} MB; orders written {:.1} s, checked {:.1} s, read as orders {:.1} s; peak memory {} MiB",
			std::fs::metadata(&path).expect("is there").len() / 1_000_000,
			written.as_secs_f64(),
			checked.as_secs_f64(),
			started.elapsed().as_secs_f64(),
			peak_mib()
		);
		if base == "wdep-1.0" {
			through_the_others(folder.path(), &path, &profile, &name);
		}
		std::fs::remove_file(&path).expect("removed");
	}
}

/// The same orders from one format to the next.
fn through_the_others(folder: &Path, path: &Path, profile: &Profile, name: &DataName) {
	let settings = || Settings {
		interface: String::new(),
		zone: time::macros::offset!(+8),
	};
	let open = |path: &Path| BufReader::with_capacity(256 * 1024, File::open(path).expect("is there"));
	let run = |what: &str, source: &mut dyn Source, sink: Box<dyn Sink>| {
		let started = Instant::now();
		let (moved, written) = convert(source, sink, &mut |_| ()).unwrap_or_else(|error| panic!("{what}: {error}"));
		assert_eq!(moved, RECORDS, "{what}");
		println!(
			"{what}: {:.1} s, {} MB; peak memory {} MiB",
			started.elapsed().as_secs_f64(),
			std::fs::metadata(&written[0]).expect("is there").len() / 1_000_000,
			peak_mib()
		);
	};
	let serials = || Box::new(PlainSerials);
	let [lines, rows, messages, again] = ["a.ndjson", "a.csv", "a.xml", "b.ndjson"].map(|name| folder.join(name));
	let lines_to = |path: &Path| Box::new(LineWriter::create(path.into()).expect("made"));
	let files = vec![(path.to_path_buf(), name.clone())];
	run(
		"WDEP to JSON lines",
		&mut Records::new(profile.clone(), files, serials()),
		lines_to(&lines),
	);
	let to_rows = RowWriter::create(rows.clone(), Mapping::default()).expect("made");
	run("JSON lines to CSV", &mut Lines::new(open(&lines)), Box::new(to_rows));
	let created = "2026-11-24T18:00:00+08:00";
	let to_messages = MessageWriter::create(
		messages.clone(),
		"M",
		created,
		settings(),
		["wdep", "large_redemption"].map(String::from).to_vec(),
		serials(),
	)
	.expect("made");
	let mut from_rows = Rows::new(open(&rows), Mapping::default()).expect("a header");
	run("CSV to ISO 20022", &mut from_rows, Box::new(to_messages));
	let mut from_messages = Messages::new(open(&messages), settings(), serials());
	run("ISO 20022 to JSON lines", &mut from_messages, lines_to(&again));
}
