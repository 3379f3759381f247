// SPDX-License-Identifier: Apache-2.0

//! The samples: read and written again byte for byte, mapped and back, and every single byte of them changed.

use sealane_formats::{
	business::{confirmations, confirmations::Confirmed, orders, orders_kind},
	fault::Error,
	framing::index::Index,
	ids::PlainSerials,
	name::DataName,
	set::{Listed, Set},
	Profile, Reader, Record, Writer,
};
use std::{
	io::{BufReader, Cursor},
	path::{Path, PathBuf},
};

const STREAMS: [(&str, &str); 3] = [("ofd-2.1", "ofd-2.1"), ("ofd-2.2", "ofd-2.2"), ("wdep", "wdep-1.0")];

fn folder(name: &str) -> PathBuf {
	Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples").join(name)
}

/// Data files and index files of a folder, with the profile that reads them.
fn files(name: &str, profile: &str) -> (Profile, Vec<PathBuf>, Vec<PathBuf>) {
	let party = match name {
		"wdep" => "seller = 'ZZ80000001'\nissuer = 'XQ00000001'\n",
		_ => "seller = 'ZZ8'\nissuer = 'XQ'\n",
	};
	let profile = Profile::parse(&format!("base = '{profile}'\n[parties]\n{party}distributor = 'ZZ8'\n")).unwrap();
	let mut paths: Vec<_> = std::fs::read_dir(folder(name))
		.unwrap()
		.map(|entry| entry.unwrap().path())
		.collect();
	paths.sort();
	let (indexes, data) = paths.into_iter().partition(|path| {
		let bytes = std::fs::read(path).unwrap();
		Index::is_index(bytes.split(|byte| *byte == b'\n').next().unwrap())
	});
	(profile, data, indexes)
}

fn shown(path: &Path) -> String {
	path.file_name().unwrap().to_string_lossy().into_owned()
}

fn name_of(path: &Path, profile: &Profile) -> DataName {
	DataName::parse(profile.format(), &shown(path)).unwrap()
}

fn read(bytes: &[u8], profile: &Profile, name: &DataName) -> Result<(Vec<u8>, Vec<Record>), Error> {
	let mut reader = Reader::new(BufReader::new(bytes), &profile.dictionary, Some(name))?;
	let mut records = Vec::new();
	while let Some(record) = reader.next_record()? {
		records.push(record);
	}
	let mut writer = Writer::new(Cursor::new(Vec::new()), reader.header().clone())?;
	for record in &records {
		writer.write(record)?;
	}
	Ok((writer.finish()?.into_inner(), records))
}

#[test]
fn the_samples_are_read_and_written_again_byte_for_byte() {
	for (name, profile) in STREAMS {
		let (profile, data, indexes) = files(name, profile);
		assert_eq!((data.len(), indexes.len()), (2, 2), "{name}");
		for path in data {
			let bytes = std::fs::read(&path).unwrap();
			let (again, records) = read(&bytes, &profile, &name_of(&path, &profile)).unwrap();
			assert_eq!(records.len(), 3);
			assert!(again == bytes, "{}", path.display());
		}
		for path in indexes {
			let bytes = std::fs::read(&path).unwrap();
			let index = Index::read(&bytes[..], profile.format()).unwrap();
			let mut again = Vec::new();
			index.write(&mut again).unwrap();
			assert!(again == bytes, "{}", path.display());
			assert!(matches!(Set::open(&path, profile.format()).unwrap(), Set::Complete(files) if files.len() == 1));
		}
	}
}

#[test]
fn a_set_waits_for_its_files() {
	let (profile, data, indexes) = files("ofd-2.2", "ofd-2.2");
	let folder = tempfile::tempdir().unwrap();
	let index = folder.path().join(shown(&indexes[0]));
	std::fs::copy(&indexes[0], &index).unwrap();
	let Set::Incomplete(missing) = Set::open(&index, profile.format()).unwrap() else {
		panic!("nothing is there yet")
	};
	let file = data.iter().find(|path| shown(path) == missing[0]).unwrap();
	std::fs::copy(file, folder.path().join(missing[0].to_lowercase())).unwrap();
	assert!(
		matches!(Set::open(&index, profile.format()).unwrap(), Set::Complete(_)),
		"case does not count"
	);
	// A listed name that leaves the folder.
	let text = std::fs::read_to_string(&index).unwrap();
	std::fs::write(&index, text.replace(&missing[0], "../OFD_ZZ8_XQ_20261124_03.TXT")).unwrap();
	let error = Set::open(&index, profile.format()).unwrap_err();
	assert!(error.to_string().contains("it must be a plain name"), "{error}");
}

#[test]
fn applications_become_orders_and_the_same_records_again() {
	for (name, profile) in STREAMS {
		let (profile, data, _) = files(name, profile);
		let path = data
			.iter()
			.find(|path| name_of(path, &profile).kind == orders_kind(profile.format()))
			.unwrap();
		let (_, records) = read(&std::fs::read(path).unwrap(), &profile, &name_of(path, &profile)).unwrap();
		let read: Vec<_> = records
			.iter()
			.map(|record| orders::read(record, &profile, &mut PlainSerials).unwrap())
			.collect();
		let kinds: Vec<_> = read.iter().map(|order| order["kind"].as_str().unwrap()).collect();
		assert_eq!(kinds, ["purchase", "redemption", "cancellation"], "{name}");
		assert_eq!(
			(&read[0]["amount"], &read[0]["currency"]),
			(&"10000.00".into(), &"CNY".into())
		);
		assert_eq!(
			(&read[1]["units"], &read[1]["placed_at"]),
			(&"500.00".into(), &"2026-11-24T09:30:02+08:00".into())
		);
		assert!(read[2]["cancels"].as_str().unwrap().ends_with("000000"));
		for (record, order) in records.iter().zip(&read) {
			let again = orders::write(order, record.layout(), &profile, &mut PlainSerials).unwrap();
			assert_eq!(&again, record, "{order:?}");
		}
	}
}

#[test]
fn confirmations_become_answers_and_the_same_records_again() {
	for (name, profile) in STREAMS {
		let (profile, data, _) = files(name, profile);
		let is_applications = |path: &&PathBuf| name_of(path, &profile).kind == orders_kind(profile.format());
		let applications = data.iter().find(is_applications).unwrap();
		let confirmed = data.iter().find(|path| *path != applications).unwrap();
		let records_of = |path: &Path| {
			read(&std::fs::read(path).unwrap(), &profile, &name_of(path, &profile))
				.unwrap()
				.1
		};
		let (applied, records) = (records_of(applications), records_of(confirmed));
		let outcomes = ["accepted", "rejected", "accepted"];
		for ((record, application), outcome) in records.iter().zip(&applied).zip(outcomes) {
			let order = orders::read(application, &profile, &mut PlainSerials).unwrap();
			let Confirmed::Answer(answer) = confirmations::read(record, &profile, &mut PlainSerials).unwrap() else {
				panic!("{name}: an answer")
			};
			assert_eq!(
				(&answer["order"], answer["outcome"].as_str()),
				(&order["id"], Some(outcome)),
				"{name}"
			);
			if outcome == "rejected" {
				assert!(answer["reason"]["code"].as_str().unwrap().ends_with(".0001"));
				assert!(!answer["reason"]["text"].as_str().unwrap().is_ascii());
			}
			let again = confirmations::write(&order, &answer, record.layout(), &profile, &mut PlainSerials).unwrap();
			assert_eq!(&again, record, "{name}: {answer:?}");
		}
		let Confirmed::Answer(first) = confirmations::read(&records[0], &profile, &mut PlainSerials).unwrap() else {
			panic!("{name}: an answer")
		};
		let decimal = |field: &str| first[field].as_str().unwrap().trim_end_matches('0').to_string();
		assert_eq!(
			(decimal("units"), decimal("nav"), decimal("amount"), decimal("fee")),
			("9509.52".into(), "1.05".into(), "9985.".into(), "15.".into())
		);
		assert_eq!(
			(&first["trade_date"], &first["details"]["confirmed_on"]),
			(&"2026-11-24".into(), &"2026-11-25".into())
		);
	}
}

/// A changed byte is named, or changes one field of one record and nothing else.
#[test]
fn every_changed_byte_is_named_or_changes_one_field_only() {
	for (name, profile) in STREAMS {
		let (profile, data, _) = files(name, profile);
		for path in data {
			let bytes = std::fs::read(&path).unwrap();
			let file = name_of(&path, &profile);
			let (_, records) = read(&bytes, &profile, &file).unwrap();
			let (mut named, mut changed) = (0, 0);
			for at in 0..bytes.len() {
				for flip in (0..8).map(|bit| 1 << bit) {
					let mut hostile = bytes.clone();
					hostile[at] ^= flip;
					match read(&hostile, &profile, &file) {
						Err(error) => {
							let fault = error.fault().unwrap_or_else(|| panic!("byte {at}: {error}"));
							assert!(!fault.rule.is_empty() && fault.byte.is_some(), "byte {at}: {fault}");
							named += 1;
						}
						Ok((again, other)) => {
							let differing: usize =
								records.iter().zip(&other).map(|(a, b)| a.differences(b).len()).sum();
							// Letter case of a field's name counts for nothing.
							let same = |(a, b): (&Record, &Record)| a.bytes() == b.bytes();
							let header_only = records.len() == other.len() && records.iter().zip(&other).all(same);
							assert!(
								other.len() == records.len() && (differing == 1 || header_only),
								"byte {at}"
							);
							// What is kept is written back. A line end without CR comes back with it.
							assert!(again == hostile || bytes[at] == b'\r' || header_only, "byte {at}");
							changed += 1;
						}
					}
				}
			}
			assert!(
				named > 1_000 && changed > 1_000,
				"{}: {named} named, {changed} changed",
				path.display()
			);
		}
	}
}

/// A changed byte of an index is named with its place, or the file that it listed is not there, or only letter case has changed.
#[test]
fn every_changed_byte_of_an_index_is_named() {
	for (name, profile) in STREAMS {
		let (profile, data, indexes) = files(name, profile);
		for index in indexes {
			let folder = tempfile::tempdir().unwrap();
			for file in &data {
				std::fs::copy(file, folder.path().join(shown(file))).unwrap();
			}
			let path = folder.path().join(shown(&index));
			let bytes = std::fs::read(&index).unwrap();
			let sound = Set::open(&index, profile.format()).unwrap();
			let Set::Complete(sound) = sound else {
				panic!("a whole set")
			};
			for at in 0..bytes.len() {
				for bit in 0..8 {
					let mut hostile = bytes.clone();
					hostile[at] ^= 1 << bit;
					std::fs::write(&path, &hostile).unwrap();
					match Set::open(&path, profile.format()) {
						Err(Error::Fault(fault)) => {
							assert!(!fault.rule.is_empty() && !fault.field.is_empty(), "byte {at}")
						}
						Err(error) => panic!("byte {at}: {error}"),
						Ok(Set::Incomplete(missing)) => assert!(!missing.is_empty(), "byte {at}"),
						Ok(Set::Complete(listed)) => {
							let kinds =
								|files: &[Listed]| files.iter().map(|file| file.name.kind.clone()).collect::<Vec<_>>();
							assert_eq!(kinds(&listed), kinds(&sound), "byte {at} bit {bit}");
						}
					}
				}
			}
		}
	}
}

/// Whoever names the wrong folder must not read that all is well.
#[test]
fn a_folder_without_files_is_a_fault() {
	let folder = tempfile::tempdir().unwrap();
	std::fs::create_dir(folder.path().join("inside")).unwrap();
	let error = sealane_formats::check::check(folder.path(), None, &mut |_| ()).unwrap_err();
	let fault = error.fault().expect("a fault");
	assert_eq!(fault.field, "folder");
	assert!(fault.rule.contains("at least one file"), "{fault}");
}
