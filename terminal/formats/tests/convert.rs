// SPDX-License-Identifier: Apache-2.0

//! From one format to another and back, by sets that a program in another language wrote: the same bytes come back.

mod common;

use common::{generated, profile};
use sealane_formats::{
	convert::{
		convert,
		csv::{Mapping, RowWriter, Rows},
		files::{listed, Records, SetSettings, SetWriter, Side},
		iso::{MessageWriter, Messages},
		ndjson::{LineWriter, Lines},
		Item, Sink, Source,
	},
	ids::PlainSerials,
	iso20022::orders::Settings,
	Profile,
};
use std::{
	fs::File,
	io::BufReader,
	path::{Path, PathBuf},
};

/// The index files of a folder by whose they are.
fn indexes(folder: &Path, from: Side) -> Vec<PathBuf> {
	let seller = |name: &str| name.starts_with("OFI_ZZ8") || name.starts_with("COUNT-ZZ8");
	let issuer = |name: &str| name.starts_with("OFI_XQ") || name.starts_with("COUNT-XQ");
	let mut found: Vec<PathBuf> = folder
		.read_dir()
		.expect("a folder")
		.map(|entry| entry.expect("an entry").path())
		.collect();
	found.retain(|path| {
		let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
		if from == Side::Seller {
			seller(name)
		} else {
			issuer(name)
		}
	});
	found.sort();
	found
}

fn source(folder: &Path, from: Side, profile: &Profile) -> Records<'static> {
	let files = indexes(folder, from)
		.iter()
		.flat_map(|index| listed(index, profile).expect("a whole set"))
		.collect();
	Records::new(profile.clone(), files, Box::new(PlainSerials))
}

fn sink(folder: &Path, from: Side, profile: &Profile, records_per_file: u64) -> Box<dyn Sink> {
	let settings = SetSettings {
		folder: folder.into(),
		from,
		date: if from == Side::Seller { "20261124" } else { "20261125" }.into(),
		records_per_file,
		dropped: ["StampDuty", "SHSecuritiesAccountID", "SZSecuritiesAccountID"]
			.map(String::from)
			.to_vec(),
	};
	Box::new(SetWriter::new(profile.clone(), settings, Box::new(PlainSerials)).expect("a set"))
}

fn run(mut source: impl Source, sink: Box<dyn Sink>) -> (u64, Vec<PathBuf>) {
	let mut told = 0;
	let done = convert(&mut source, sink, &mut |moved| told = moved).unwrap_or_else(|error| panic!("{error}"));
	assert_eq!(told, done.0);
	done
}

fn open(path: &Path) -> BufReader<File> {
	BufReader::new(File::open(path).expect("is there"))
}

/// Each data file of one folder is in the other with the same bytes.
fn compare(one: &Path, other: &Path, from: Side, profile: &Profile) {
	let mut files = 0;
	for index in indexes(one, from) {
		for (path, _) in listed(&index, profile).expect("a set") {
			let again = other.join(path.file_name().expect("a name"));
			assert!(
				std::fs::read(&path).expect("there") == std::fs::read(&again).expect("there"),
				"{}",
				again.display()
			);
			files += 1;
		}
	}
	assert!(files > 1);
	let left: Vec<_> = other
		.read_dir()
		.expect("a folder")
		.map(|entry| entry.expect("an entry").file_name())
		.collect();
	assert!(
		left.iter().all(|name| !name.to_string_lossy().starts_with('.')),
		"nothing half-done is left: {left:?}"
	);
}

#[test]
fn sets_go_through_lines_of_json_and_come_back() {
	for (layout, summary) in [
		("ofd-2.1", "001"),
		("ofd-2.2", "00000001"),
		("bta-2.1", "001"),
		("wdep-1.0", ""),
	] {
		let folder = tempfile::tempdir().expect("a folder");
		let there = folder.path().join("there");
		if generated(&there, layout, "blanks", "2").is_none() {
			return;
		}
		let mut profile = profile(layout, "blanks");
		profile.settings.summary = summary.into();
		for from in [Side::Seller, Side::Issuer] {
			let lines = folder.path().join(format!("{from:?}.ndjson"));
			let (moved, written) = run(
				source(&there, from, &profile),
				Box::new(LineWriter::create(lines.clone()).expect("made")),
			);
			assert_eq!(written, std::slice::from_ref(&lines));
			let again = folder.path().join(format!("{from:?}"));
			// As many records in a part as the generator wrote.
			let most = if from == Side::Seller { 150 } else { moved };
			let most = parts(&there, from, &profile).unwrap_or(most);
			assert_eq!(
				run(Lines::new(open(&lines)), sink(&again, from, &profile, most)).0,
				moved
			);
			compare(&there, &again, from, &profile);
		}
	}
}

/// Records of the first part of the set's file in parts.
fn parts(folder: &Path, from: Side, profile: &Profile) -> Option<u64> {
	let index = indexes(folder, from);
	let files = index.iter().flat_map(|index| listed(index, profile).expect("a set"));
	let (path, name) = files.min_by_key(|(_, name)| (!["03", "04", "005", "008"].contains(&&*name.kind), name.part))?;
	let records = Records::new(profile.clone(), vec![(path, name)], Box::new(PlainSerials));
	let mut records = records;
	let mut count = 0;
	while records.next_item().expect("a record").is_some() {
		count += 1;
	}
	Some(count)
}

#[test]
fn ofd_becomes_wdep_and_comes_back() {
	let folder = tempfile::tempdir().expect("a folder");
	let there = folder.path().join("there");
	if generated(&there, "ofd-2.2", "zeros", "1").is_none() {
		return;
	}
	let mut ofd = profile("ofd-2.2", "zeros");
	ofd.settings.summary = "00000001".into();
	let wdep = profile("wdep-1.0", "zeros");
	let (between, again) = (folder.path().join("between"), folder.path().join("again"));
	let orders = |item: &Item| matches!(item, Item::Order(_));
	let (moved, written) = run(
		Only(source(&there, Side::Seller, &ofd), orders),
		sink(&between, Side::Seller, &wdep, 1_000),
	);
	assert_eq!((moved, written.len()), (300, 2), "one data file and its count file");
	assert_eq!(
		run(
			source(&between, Side::Seller, &wdep),
			sink(&again, Side::Seller, &ofd, 1_000)
		)
		.0,
		300
	);
	let name = "OFD_ZZ8_XQ_20261124_03.TXT";
	assert!(std::fs::read(there.join(name)).expect("there") == std::fs::read(again.join(name)).expect("there"));
}

/// Items of one kind only.
struct Only<S>(S, fn(&Item) -> bool);

impl<S: Source> Source for Only<S> {
	fn next_item(&mut self) -> Result<Option<Item>, sealane_formats::fault::Error> {
		loop {
			match self.0.next_item()? {
				Some(item) if !self.1(&item) => {}
				item => return Ok(item),
			}
		}
	}
}

#[test]
fn orders_go_through_csv_and_messages() {
	let folder = tempfile::tempdir().expect("a folder");
	let there = folder.path().join("there");
	if generated(&there, "wdep-1.0", "zeros", "1").is_none() {
		return;
	}
	let profile = profile("wdep-1.0", "zeros");
	let settings = Settings {
		interface: String::new(),
		zone: time::macros::offset!(+8),
	};
	let rows = folder.path().join("orders.csv");
	let orders = |item: &Item| matches!(item, Item::Order(_));
	let from_files = Only(source(&there, Side::Seller, &profile), orders);
	let (moved, _) = run(
		from_files,
		Box::new(RowWriter::create(rows.clone(), Mapping::default()).expect("made")),
	);
	let again = folder.path().join("again");
	let from_rows = || Rows::new(open(&rows), Mapping::default()).expect("a header");
	assert_eq!(run(from_rows(), sink(&again, Side::Seller, &profile, 1_000)).0, moved);
	let name = "ZZ80000001-XQ00000001-005-20261124-01.txt";
	assert!(std::fs::read(there.join(name)).expect("there") == std::fs::read(again.join(name)).expect("there"));

	// Messages have three of the kinds; what they say comes back.
	let in_messages = |item: &Item| match item {
		Item::Order(order) => {
			["purchase", "subscription", "redemption"].contains(&order["kind"].as_str().unwrap_or_default())
		}
		_ => false,
	};
	let messages = folder.path().join("orders.xml");
	let writer = MessageWriter::create(
		messages.clone(),
		"M",
		"2026-11-24T18:00:00+08:00",
		settings.clone(),
		["wdep", "large_redemption"].map(String::from).to_vec(),
		Box::new(PlainSerials),
	);
	let (moved, _) = run(Only(from_rows(), in_messages), Box::new(writer.expect("made")));
	let mut read = Messages::new(open(&messages), settings, Box::new(PlainSerials));
	let mut from_rows = Only(from_rows(), in_messages);
	let mut count = 0;
	while let (Some(Item::Order(mut read)), Some(Item::Order(mut row))) = (
		read.next_item().expect("a message"),
		from_rows.next_item().expect("a row"),
	) {
		count += 1;
		for order in [&mut read, &mut row] {
			order.remove("details");
		}
		for name in ["amount", "units"] {
			for order in [&mut read, &mut row] {
				if let Some(value) = order.get(name).and_then(|value| value.as_str()) {
					let shortest = value.trim_end_matches('0').trim_end_matches('.').to_string();
					order.insert(name.into(), shortest.into());
				}
			}
		}
		assert_eq!(read, row);
	}
	assert_eq!(count, moved);
	assert!(moved > 50);
}

#[test]
fn what_stops_a_conversion_is_named_and_leaves_no_set() {
	let folder = tempfile::tempdir().expect("a folder");
	let profile = profile("ofd-2.2", "zeros");
	let order = r#"{"id":"A-1","kind":"purchase","product":"P1","customer":"C1","amount":"1","currency":"CNY","placed_at":"2026-11-24T09:30:00+08:00"}"#;
	for (line, named) in [
		("{", "record 1"),
		(order, "without a table of serials"),
		(r#"{"order":{},"confirmation":{}}"#, "confirmations in the issuer's"),
		(r#"{"file":"99","fields":{}}"#, "no such kind of file"),
		(r#"{"file":"03","fields":{"NoSuch":"1"}}"#, "NoSuch"),
		(r#"{"file":"03"}"#, "AppSheetSerialNo"),
	] {
		let error = convert(
			&mut Lines::new(line.as_bytes()),
			sink(folder.path(), Side::Seller, &profile, 10),
			&mut |_| (),
		);
		let error = error.err().map(|error| error.to_string()).unwrap_or_default();
		assert!(
			error.contains(named) || named == "AppSheetSerialNo" && !error.is_empty(),
			"{line}: {error}"
		);
		assert!(indexes(folder.path(), Side::Seller).is_empty());
	}
}

#[test]
fn a_file_that_is_there_is_not_overwritten_and_that_is_said_in_words() {
	let folder = tempfile::tempdir().expect("a folder");
	let path = folder.path().join("orders.ndjson");
	std::fs::write(&path, "kept").expect("written");
	let error = LineWriter::create(path.clone()).err().expect("refused");
	assert!(error.to_string().contains("nothing is overwritten"), "{error}");
	assert_eq!(std::fs::read(&path).expect("there"), b"kept");
}
