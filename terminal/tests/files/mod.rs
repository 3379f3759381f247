// SPDX-License-Identifier: Apache-2.0

//! Files of the trade through the terminal and the command line: sets in, confirmations back as files, checks and conversions.

use super::{exchange::Exchange, World};
use sealane_formats::{
	business::confirmations::{self, Confirmed},
	convert::{
		convert,
		files::{listed, Records, SetSettings, SetWriter, Side},
		Item, Sink, Source,
	},
	fault::Error as FormatError,
	ids::{PlainSerials, SerialFile},
	Partners, Profile,
};
use sealane_sales::{
	db::RecordFilter,
	orders,
	watch::{Completion, WatchConfig},
	Registering, SalesConfig, Source as From,
};
use std::{
	collections::{BTreeMap, HashSet},
	path::{Path, PathBuf},
	process::{Command, Output},
	sync::Arc,
	time::Duration,
};

const PROFILE: &str =
	"base = 'wdep-1.0'\n[parties]\nseller = 'ZZ80000001'\nissuer = 'XQ00000001'\ndistributor = 'ZZ8'\n";

fn sealane(arguments: &[&str]) -> Output {
	Command::new(env!("CARGO_BIN_EXE_sealane"))
		.args(arguments)
		.output()
		.unwrap()
}

fn text(bytes: &[u8]) -> String {
	String::from_utf8_lossy(bytes).into_owned()
}

fn samples(folder: &str) -> PathBuf {
	Path::new(env!("CARGO_MANIFEST_DIR"))
		.join("formats/tests/samples")
		.join(folder)
}

/// Orders, one by one.
struct Orders(std::vec::IntoIter<serde_json::Value>);

impl Source for Orders {
	fn next_item(&mut self) -> Result<Option<Item>, FormatError> {
		Ok(self
			.0
			.next()
			.map(|order| Item::Order(order.as_object().unwrap().clone())))
	}
}

/// The sample's orders that are ones, as a set in two parts.
fn write_set(world: &World, folder: &Path) -> u64 {
	let mut seen = HashSet::new();
	let lines = orders::read_all(&world.path("harbour-bank/orders.ndjson")).unwrap();
	let found: Vec<serde_json::Value> = lines
		.into_iter()
		.filter_map(|line| line.order.ok())
		.filter(|order| seen.insert(order.id.clone()))
		.map(|order| serde_json::from_str(&order.text).unwrap())
		.collect();
	let settings = SetSettings {
		folder: folder.into(),
		from: Side::Seller,
		date: "20260302".into(),
		records_per_file: found.len() as u64 / 2 + 1,
		dropped: ["exceed_confirmed", "sales_channel", "reason"]
			.map(String::from)
			.to_vec(),
	};
	let serials = SerialFile::open(&world.path("serials"), "S").unwrap();
	let writer = SetWriter::new(Profile::parse(PROFILE).unwrap(), settings, Box::new(serials)).unwrap();
	let sink: Box<dyn Sink> = Box::new(writer);
	let (count, written) = convert(&mut Orders(found.into_iter()), sink, &mut |_| ()).unwrap();
	assert_eq!(written.len(), 3, "two parts and their count file");
	count
}

/// Confirmations of a set by outcome, and the sum of what they confirm in hundredths.
fn confirmed(folder: &Path, profile: &Profile) -> (BTreeMap<String, u64>, i128) {
	let index = folder.read_dir().unwrap().map(|entry| entry.unwrap().path());
	let index = index
		.into_iter()
		.find(|path| path.file_name().unwrap().to_string_lossy().starts_with("COUNT"))
		.unwrap();
	let files = listed(&index, profile).unwrap();
	let mut outcomes = BTreeMap::new();
	let mut sum = 0;
	for (path, name) in files {
		let input = std::io::BufReader::new(std::fs::File::open(path).unwrap());
		for record in sealane_formats::Reader::new(input, &profile.dictionary, Some(&name)).unwrap() {
			let record = record.unwrap();
			let Confirmed::Answer(answer) = confirmations::read(&record, profile, &mut PlainSerials).unwrap() else {
				panic!("an answer")
			};
			*outcomes
				.entry(answer["outcome"].as_str().unwrap().to_string())
				.or_default() += 1;
			sum += hundredths(answer.get("amount").and_then(|amount| amount.as_str()).unwrap_or("0"));
		}
	}
	(outcomes, sum)
}

fn hundredths(decimal: &str) -> i128 {
	let (whole, fraction) = decimal.split_once('.').unwrap_or((decimal, ""));
	format!("{whole}{:0<2}", &fraction[..fraction.len().min(2)])
		.parse()
		.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_set_goes_in_and_its_confirmations_come_back_as_one() {
	let world = World::new(900).await;
	let _issuers = world.issuers().await;
	world.register(0).await;
	let folder = world.path("in");
	let count = write_set(&world, &folder);
	// The index of another partner: named, and in nobody's way.
	let other = "OFI_ZZ8_XQ_20261124.TXT";
	std::fs::copy(samples("ofd-2.2").join(other), folder.join(other)).unwrap();
	let watch = WatchConfig {
		completion: Completion::Renamed,
		window: Duration::from_millis(20),
	};
	let config = SalesConfig {
		window: Duration::from_millis(20),
		window_orders: 100,
		registering: Registering::ByHand,
		partners: Arc::new(Partners::new(vec![Profile::parse(PROFILE).unwrap()])),
		..SalesConfig::new(From::Folder(folder.clone(), watch))
	};
	let db = world.db("harbour-bank").await;
	let index = "COUNT-ZZ80000001-XQ00000001-005-20260302.txt";
	let worked_off = super::until("the set was not worked off", || async {
		let figures = db.figures(None).await.unwrap();
		let moved = folder.join("done").join(index).exists() && folder.join("failed").join(other).exists();
		moved && figures.orders_read == count && figures.submitted == figures.records
	});
	let figures = world.run(0, config, worked_off).await.unwrap();
	assert!(figures.confirmed > 100 && figures.rejected > 0, "{figures:?}");
	assert_eq!(figures.malformed, 0);
	assert!(folder.join("done/ZZ80000001-XQ00000001-005-20260302-02.txt").exists());

	// Back as files, by the command line.
	let profile = world.path("partner.toml");
	std::fs::write(&profile, PROFILE).unwrap();
	let (profile, url, out) = (
		profile.to_string_lossy().into_owned(),
		world.databases.url("harbour-bank"),
		world.path("out"),
	);
	let out_text = out.to_string_lossy().into_owned();
	let serials = world.path("serials-back").to_string_lossy().into_owned();
	// When the stand-in's events happen, whatever day it is.
	let today = "2026-03-02";
	let mut arguments = vec![
		"sales",
		"answers",
		"--json",
		"--db",
		&url,
		"--day",
		today,
		"--profile",
		&profile,
	];
	arguments.extend(["--serials", &serials, "--serial-prefix", "D", &out_text]);
	let written = sealane(&arguments);
	assert!(written.status.success(), "{}", text(&written.stderr));
	let report: serde_json::Value = serde_json::from_slice(&written.stdout).unwrap();
	assert_eq!(report["confirmations"].as_u64(), Some(figures.records));
	let (outcomes, sum) = confirmed(&out, &Profile::parse(PROFILE).unwrap());
	assert_eq!(outcomes.get("rejected"), Some(&figures.rejected));
	let all = RecordFilter {
		limit: 10_000,
		..RecordFilter::default()
	};
	let records = db.records(&all).await.unwrap();
	let expected: i128 = records
		.iter()
		.filter(|record| !record.confirmed_amount.is_empty())
		.map(|r| hundredths(&r.confirmed_amount))
		.sum();
	assert_eq!(sum, expected);
	let checked = sealane(&["formats", "check", "--json", "--profile", &profile, &out_text]);
	assert!(
		checked.status.success(),
		"{}{}",
		text(&checked.stdout),
		text(&checked.stderr)
	);
	// What is there is not overwritten.
	assert_eq!(sealane(&arguments).status.code(), Some(4));
}

/// The issuer's TA system by files: applications out of the inbox, its confirmations back to the seller.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ta_system_gets_orders_as_files_and_answers_with_files() {
	let world = World::new(300).await;
	let issuers = world.issuers().await;
	world.register(0).await;
	// From here on the TA answers, not the terminals.
	issuers.send(true).unwrap();
	issuers.closed().await;
	let mut config = world.config(0, "orders.ndjson", sealane_sales::Until::Submitted);
	config.registering = Registering::ByHand;
	let figures = world.run(0, config, std::future::pending()).await.unwrap();
	assert!(figures.submitted > 50);
	let path = |name: &str| world.path(name).to_string_lossy().into_owned();
	std::fs::write(path("partner.toml"), PROFILE).unwrap();
	let token = Exchange::token_file(world.dir.path()).to_string_lossy().into_owned();
	let (mut taken, mut answered) = (0, 0);
	for (issuer, url) in world.urls.iter().enumerate().skip(2) {
		let out = path(&format!("ta-{issuer}"));
		let node = ["--node", url, "--token-file", &token, "--seller", "0"];
		let shared = [
			"--profile",
			&path("partner.toml"),
			"--serials",
			&path(&format!("ta-{issuer}.serials")),
		]
		.map(String::from);
		let shared: Vec<&str> = shared.iter().map(String::as_str).collect();
		let cursor = path(&format!("ta-{issuer}.cursor"));
		let fetch = |out: &str| {
			let mut arguments = vec![
				"issuer",
				"ta",
				"orders",
				"--json",
				"--date",
				"20260302",
				"--cursor-file",
				&cursor,
			];
			arguments.extend(node.iter().chain(&shared));
			arguments.extend([
				"--drop",
				"reason",
				"--drop",
				"exceed_confirmed",
				"--drop",
				"sales_channel",
				out,
			]);
			let output = sealane(&arguments);
			assert!(output.status.success(), "{}", text(&output.stderr));
			serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()["orders"]
				.as_u64()
				.unwrap()
		};
		let orders = fetch(&out);
		taken += orders;
		// The next time goes on where this one ended.
		assert_eq!(fetch(&format!("{out}-again")), 0);
		if orders == 0 {
			continue;
		}
		let back = path(&format!("ta-{issuer}-back"));
		confirm_all(Path::new(&out), Path::new(&back));
		let index = Path::new(&back).join("COUNT-XQ00000001-ZZ80000001-008-20260303.txt");
		let confirm = || {
			let index = index.to_string_lossy().into_owned();
			let mut arguments = vec!["issuer", "ta", "confirm", "--json"];
			arguments.extend(node.iter().chain(&shared));
			arguments.push(&index);
			let output = sealane(&arguments);
			assert!(output.status.success(), "{}", text(&output.stderr));
			serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()
		};
		let first = confirm();
		answered += first["accepted"].as_u64().unwrap();
		assert_eq!(first["accepted"].as_u64(), Some(orders));
		// The same file again: the same requests, and nothing is taken twice.
		let again = confirm();
		assert_eq!(again["refused"], serde_json::json!([]));
	}
	assert_eq!((taken, answered), (figures.submitted, figures.submitted));
	assert_eq!(world.exchange.contradictions(), 0);
}

/// What a TA system does in a line: every application of a set is rejected, in a set of its own.
fn confirm_all(from: &Path, to: &Path) {
	struct Rejected<'a>(Records<'a>);
	impl Source for Rejected<'_> {
		fn next_item(&mut self) -> Result<Option<Item>, FormatError> {
			let Some(item) = self.0.next_item()? else {
				return Ok(None);
			};
			let Item::Order(order) = item else { panic!("an order") };
			let confirmation = serde_json::json!({
				"order": order["id"], "outcome": "rejected", "reason": {"code": "wdep.0355", "text": "不受理"},
				"trade_date": "2026-03-02",
			});
			let confirmation = confirmation.as_object().unwrap().clone();
			Ok(Some(Item::Answer { order, confirmation }))
		}
	}
	let profile = Profile::parse(PROFILE).unwrap();
	let index = from.join("COUNT-ZZ80000001-XQ00000001-005-20260302.txt");
	// The TA knows the numbers in the files alone.
	let records = Records::new(
		profile.clone(),
		listed(&index, &profile).unwrap(),
		Box::new(PlainSerials),
	);
	let settings = SetSettings {
		folder: to.into(),
		from: Side::Issuer,
		date: "20260303".into(),
		records_per_file: 1_000,
		dropped: Vec::new(),
	};
	let writer = SetWriter::new(profile, settings, Box::new(PlainSerials)).unwrap();
	convert(&mut Rejected(records), Box::new(writer), &mut |_| ()).unwrap();
}

#[tokio::test]
async fn a_check_names_what_is_wrong_and_ends_with_its_code() {
	let dir = tempfile::tempdir().unwrap();
	for entry in samples("ofd-2.2").read_dir().unwrap() {
		let path = entry.unwrap().path();
		std::fs::copy(&path, dir.path().join(path.file_name().unwrap())).unwrap();
	}
	let folder = dir.path().to_string_lossy().into_owned();
	let sound = sealane(&["formats", "check", &folder]);
	assert!(sound.status.success(), "{}", text(&sound.stderr));
	let name = "OFD_ZZ8_XQ_20261124_03.TXT";
	let file = dir.path().join(name);
	let bytes = std::fs::read(&file).unwrap();
	let at = bytes
		.windows(16)
		.position(|found| found == b"0000000000050000")
		.unwrap();
	let mut broken = bytes.clone();
	broken[at + 3] = b'x';
	std::fs::write(&file, &broken).unwrap();
	let found = sealane(&["formats", "check", "--json", &folder]);
	assert_eq!(found.status.code(), Some(3), "{}", text(&found.stderr));
	let reports: serde_json::Value = serde_json::from_slice(&found.stdout).unwrap();
	let report = reports
		.as_array()
		.unwrap()
		.iter()
		.find(|report| report["file"] == name)
		.unwrap();
	let fault = &report["faults"][0];
	assert_eq!(
		(&fault["record"], &fault["field"], &fault["byte"], &fault["value"]),
		(
			&2.into(),
			&"APPLICATIONVOL".into(),
			&at.into(),
			&"000x000000050000".into()
		)
	);
	assert!(fault["rule"].as_str().unwrap().contains("digits"));
	// Business without a kind of order is a remark; a date that is none is a fault, although it is digits.
	let mut odd = bytes.clone();
	let place = |text: &[u8]| bytes.windows(text.len()).position(|found| found == text).unwrap();
	let code = place(b"024990000000018");
	odd[code..code + 3].copy_from_slice(b"021");
	std::fs::write(&file, &odd).unwrap();
	let remarked = sealane(&["formats", "check", &folder]);
	assert!(
		remarked.status.success() && text(&remarked.stdout).contains("no kind of order"),
		"{}",
		text(&remarked.stdout)
	);
	let date = place(b"20261124093000");
	odd[date + 4] = b'9';
	std::fs::write(&file, &odd).unwrap();
	let undated = sealane(&["formats", "check", &folder]);
	assert_eq!(undated.status.code(), Some(3));
	assert!(
		text(&undated.stdout).contains(&format!("TransactionDate at byte {date}")),
		"{}",
		text(&undated.stdout)
	);
	assert_eq!(
		sealane(&["formats", "check", &format!("{folder}/none")]).status.code(),
		Some(4)
	);
	assert_eq!(
		sealane(&["formats", "check", "--profile", "none.toml", &folder])
			.status
			.code(),
		Some(3)
	);
}

#[tokio::test]
async fn files_are_converted_by_the_command_line() {
	let dir = tempfile::tempdir().unwrap();
	let path = |name: &str| dir.path().join(name).to_string_lossy().into_owned();
	std::fs::write(path("wdep.toml"), PROFILE).unwrap();
	let index = samples("wdep").join("COUNT-ZZ80000001-XQ00000001-005-20261124.txt");
	let index = index.to_string_lossy().into_owned();
	let done = |arguments: &[&str]| {
		let output = sealane(arguments);
		assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
	};
	let (profile, lines, again) = (path("wdep.toml"), path("orders.ndjson"), path("again"));
	done(&["convert", &index, &lines, "--profile", &profile]);
	done(&["convert", &lines, &again, "--profile", &profile, "--date", "20261124"]);
	let name = "ZZ80000001-XQ00000001-005-20261124-01.txt";
	assert_eq!(
		std::fs::read(samples("wdep").join(name)).unwrap(),
		std::fs::read(Path::new(&again).join(name)).unwrap()
	);
	done(&["convert", &lines, &path("orders.csv")]);
	let lines_of = |name: &str| text(&std::fs::read(path(name)).unwrap()).lines().count();
	assert_eq!((lines_of("orders.ndjson"), lines_of("orders.csv")), (3, 4));
	// A cancellation has no message of its own making; what stops a conversion is named, and nothing is left under its name.
	let messages = path("orders.xml");
	let unplaced = sealane(&["convert", &lines, &messages]);
	assert!(text(&unplaced.stderr).contains("wdep"), "{}", text(&unplaced.stderr));
	let refused = sealane(&[
		"convert",
		&lines,
		&messages,
		"--drop",
		"wdep",
		"--drop",
		"large_redemption",
	]);
	assert_eq!(refused.status.code(), Some(3));
	assert!(text(&refused.stderr).contains("record 3"), "{}", text(&refused.stderr));
	assert!(!Path::new(&messages).exists());
	let left = dir.path().read_dir().unwrap().map(|entry| entry.unwrap().file_name());
	assert!(
		left.into_iter().all(|name| !name.to_string_lossy().starts_with('.')),
		"nothing half-done is left"
	);
	assert_eq!(sealane(&["convert", &lines, &path("x.dat")]).status.code(), Some(3));
	assert_eq!(
		sealane(&["convert", &path("none.csv"), &path("x.ndjson")])
			.status
			.code(),
		Some(4)
	);
	assert_eq!(
		sealane(&["convert", &lines, &lines, "--to", "ndjson"]).status.code(),
		Some(4)
	);
}
