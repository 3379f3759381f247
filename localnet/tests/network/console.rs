// SPDX-License-Identifier: Apache-2.0

//! The console's pages in a real browser over a real network: what is done through them, the command line sees.

use crate::common::{grown_up, open_network, order_at};
use sealane_localnet::{
	consortium::{Consortium, Plan},
	terminals::{Args, Door, Terminals},
	Error, Result,
};
use sealane_primitives::clauses::{Timestamp, UtcOffset};
use sealane_sample::{
	catalogue::{Product, ISSUERS},
	SampleSize,
};
use sealane_sdk::types::{Confirmation, OrderStage};
use serde_json::{json, Value};
use std::{
	path::{Path, PathBuf},
	time::{Duration, SystemTime, UNIX_EPOCH},
};

/// Longest time for the browser's part: a page waits up to a minute for each thing, and nearly always not a second; what takes blocks of
/// the chain waits longer.
const BROWSER_LIMIT: Duration = Duration::from_secs(900);

/// Blocks from now on after which an announced calendar holds.
const CALENDAR_LEAD: u32 = 10_000;

/// Exit code of a command that found nothing to do.
const NOTHING_TO_DO: i32 = 8;

/// What a browser needs is here: a test that is skipped without a word would count as passed.
fn lacks_nothing(terminals: &Terminals, console: &Path) -> Result<()> {
	let chromium = [
		"/usr/bin/chromium",
		"/usr/bin/chromium-browser",
		"/usr/bin/google-chrome",
	];
	if !terminals.has_console() || !console.join("node_modules/playwright-core").is_dir() {
		return Err(Error::Unexpected("the console was not built: scripts/console".into()));
	}
	if !chromium.iter().any(|browser| Path::new(browser).is_file()) {
		let why = "chromium is not installed: scripts/setup --tests";
		return Err(Error::Unexpected(why.into()));
	}
	Ok(())
}

/// The sample's rules, but that no registration is asked for, as no clause does, and that `product` has a daily desk.
fn with_a_desk(rules: &str, product: &str) -> String {
	let rules = rules.replace("require_registration = true", "require_registration = false");
	let head = format!("[products.{product}]\n");
	let (before, block) = rules.split_once(&head).unwrap_or((&rules, ""));
	let (block, after) = block.split_once("\n\n").unwrap_or((block, ""));
	let kept: String = block
		.lines()
		.filter(|line| !line.starts_with("nav"))
		.map(|line| format!("{line}\n"))
		.collect();
	format!("{before}{head}mode = \"daily\"\n{kept}\n{after}")
}

/// What turns a careless page around, and is long.
fn hostile() -> Value {
	json!({ "note": format!("\u{202e}{}", "<b>x</b> ".repeat(5_500)) })
}

/// Letters that are written from right to left, which every check of texts lets pass.
const HEBREW: &str = "אבגד 123 (";

fn write_orders(file: &Path, orders: &[Value]) -> Result<()> {
	let lines: String = orders.iter().map(|order| format!("{order}\n")).collect();
	std::fs::write(file, lines).map_err(Error::io("cannot write the orders"))
}

/// Gives the rules a calendar in which orders of now belong to a day that closes with the next minute; gives that day.
fn announce_cut_off(rules: &Path) -> Result<String> {
	let wrong = |error: &dyn std::fmt::Display| Error::Unexpected(format!("the clock: {error}"));
	let now = SystemTime::now()
		.duration_since(UNIX_EPOCH)
		.map_err(|error| wrong(&error))?;
	// It is about noon where the desk is: midnight is far away from now and from its cut-off.
	let hour = (now.as_secs() / 3_600) % 24;
	let offset_minutes = (12 - hour as i16) * 60;
	let offset = UtcOffset::from_minutes(offset_minutes).map_err(|_| wrong(&offset_minutes))?;
	let at = |ms| {
		let text = Timestamp::new(ms, offset).map(|moment| moment.to_string());
		text.map_err(|error| wrong(&format!("{error:?}")))
	};
	let minute = 60_000;
	let now_ms = now.as_millis() as u64;
	let (today, until) = (at(now_ms)?, at((now_ms / minute + 1) * minute)?);
	let last = at(now_ms + 30 * 86_400_000)?;
	let (day, last, until) = (&today[..10], &last[..10], &until[11..16]);
	let text = format!(
		"first = \"{day}\"\nlast = \"{last}\"\nutc_offset = \"{offset}\"\norder_until = \"{until}\"\n\
		 week = [\"monday\", \"tuesday\", \"wednesday\", \"thursday\", \"friday\", \"saturday\", \"sunday\"]\n"
	);
	let calendar = rules.with_file_name("calendar.toml");
	std::fs::write(calendar, text).map_err(Error::io("cannot write the calendar"))?;
	let rules_text = std::fs::read_to_string(rules).map_err(Error::io("cannot read the rules"))?;
	let rules_text = rules_text.replace(
		"day_of = \"seller\"",
		"day_of = \"receipt\"\ncalendar = \"calendar.toml\"",
	);
	std::fs::write(rules, rules_text).map_err(Error::io("cannot write the rules"))?;
	Ok(day.into())
}

/// Adds a user; gives the link that sets the password.
async fn invite(terminals: &Terminals, db: &str, door: &Door, user: &str) -> Result<String> {
	let add = Args::new(&format!("user add {user}")).option("--db", db);
	let added: Value = terminals.json(add).await?;
	let link = added["link"].as_str();
	let link = link.ok_or_else(|| Error::Unexpected(format!("{user}: no link in {added}")))?;
	Ok(format!("{}{link}", door.url()))
}

/// Runs a file of the console's tests; its output is shown where it fails.
async fn browse(console: &Path, name: &str, environment: Vec<(&str, String)>) -> Result<()> {
	let mut command = tokio::process::Command::new("node");
	command
		.args(["tools/tests.mjs", "network", name])
		.current_dir(console)
		.envs(environment)
		.kill_on_drop(true);
	let done = tokio::time::timeout(BROWSER_LIMIT, command.output())
		.await
		.map_err(|_| Error::Unexpected(format!("{name}: the pages were not done within {BROWSER_LIMIT:?}")))?
		.map_err(Error::io("cannot run node"))?;
	if done.status.success() {
		return Ok(());
	}
	let text = [done.stdout, done.stderr].concat();
	Err(Error::Unexpected(format!("{name}: {}", String::from_utf8_lossy(&text))))
}

/// The folder of the console's sources.
fn sources() -> PathBuf {
	Path::new(env!("CARGO_MANIFEST_DIR")).join("../console")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_and_an_issuer_work_through_their_pages() {
	pages().await.unwrap();
}

async fn pages() -> Result<()> {
	let temporary = tempfile::tempdir().map_err(Error::io("no folder"))?;
	let folder = temporary.path();
	let console = sources();
	let terminals = Terminals::new(&folder.join("terminals"))?;
	lacks_nothing(&terminals, &console)?;
	let network = open_network(folder, Plan::Pair).await?;
	let (seller, issuer) = (&network.institutions[0], &network.institutions[1]);
	let sample = folder.join("sample");
	let size = SampleSize {
		orders: 200,
		customers: 40,
	};
	sealane_sample::write(3, size, &sample)?;
	let catalogue = ISSUERS[issuer.catalogue.unwrap_or(0)].products;
	let (product, daily) = (&catalogue[0], &catalogue[1]);
	let rules = sample.join(issuer.key).join("rules.toml");
	let text = std::fs::read_to_string(&rules).map_err(Error::io("cannot read the rules"))?;
	std::fs::write(&rules, with_a_desk(&text, daily.id)).map_err(Error::io("cannot write the rules"))?;
	let customers = sample.join(seller.key).join("customers.ndjson");
	let known = grown_up(&customers)?;
	let incoming = folder.join("incoming");
	std::fs::create_dir(&incoming).map_err(Error::io("no folder for orders"))?;
	let door = terminals.door(seller.key)?;
	let mut terminal = terminals.seller(seller, &customers, &incoming, &door)?;
	let link = door.link(&mut terminal).await?;
	let db = terminals.database(seller);
	let reader = invite(&terminals, &db, &door, "reader --role read").await?;

	let order = |id: &str, product: &Product, customer: &str| {
		json!({
			"id": id, "kind": "purchase", "product": product.id, "customer": customer,
			"amount": "5000.00", "currency": product.currency, "placed_at": "2026-03-02T10:00:00+08:00",
		})
	};
	let mut harmful = order("WEB-HOSTILE", product, &known);
	harmful["details"] = hostile();
	write_orders(&folder.join("hostile.ndjson"), &[harmful])?;
	// The folder is looked at all the time: a file has to come whole.
	std::fs::rename(folder.join("hostile.ndjson"), incoming.join("hostile.ndjson"))
		.map_err(Error::io("cannot move"))?;
	let (node, issuers_node) = (seller.client()?, issuer.client()?);
	order_at(&node, "WEB-HOSTILE", OrderStage::Delivered).await?;
	let mut answer = Confirmation::rejected("WEB-HOSTILE", "ASKED_BACK", HEBREW.repeat(200));
	answer.seller = Some(seller.member);
	answer.details = Some(hostile());
	let report = issuers_node.submit_confirmations(&[answer], "hostile").await?;
	assert_eq!(report.accepted, 1, "{report:?}");
	let issuers_door = terminals.door(issuer.key)?;
	let _issuer = terminals.issuer(issuer, &rules, Some(&issuers_door))?;

	// Two customers are in no book: their orders stay in the house. One order is for the daily desk, which has no calendar yet.
	let mut of_the_desk = order("WEB-4", daily, &known);
	of_the_desk["details"] = hostile();
	let mut unreadable = order("WEB-5", product, &known);
	unreadable["kind"] = hostile()["note"].clone();
	let orders = [
		order("WEB-1", product, &known),
		order("WEB-2", product, "<img src=x onerror=alert(1)>"),
		order("WEB-3", product, "nobody"),
		of_the_desk,
		unreadable,
	];
	let file = folder.join("orders.ndjson");
	write_orders(&file, &orders)?;
	let evidence = folder.join("evidence.json");
	let specification = network.chain_spec();

	let environment = vec![
		("SEALANE_TEST_URL", door.url()),
		("SEALANE_TEST_LINK", link),
		("SEALANE_TEST_READER_LINK", reader),
		("SEALANE_TEST_ORDERS", file.display().to_string()),
		("SEALANE_TEST_SPECIFICATION", specification.display().to_string()),
		("SEALANE_TEST_EVIDENCE", evidence.display().to_string()),
		("SEALANE_TEST_SELLER_NAME", seller.name.into()),
		("SEALANE_TEST_ISSUER_NAME", issuer.name.into()),
	];
	browse(&console, "seller", environment).await?;

	let seen = |id: &'static str| {
		let args = Args::new("order")
			.with(id)
			.option("--node", seller.node.folder())
			.option("--db", db.as_str());
		terminals.json::<Value>(args)
	};
	let first = seen("WEB-1").await?;
	assert_eq!(first["record"]["state"], "confirmed", "{first}");
	assert!(first["record"]["finalised_at"].as_i64() > Some(0), "{first}");
	let second = seen("WEB-2").await?;
	assert_eq!(second["record"]["state"], "cancelled", "{second}");
	let third = seen("WEB-3").await?;
	assert_eq!(third["record"]["held"], true, "{third}");

	// What the page saved is evidence for everybody.
	let verify = Args::new("evidence verify")
		.with(&evidence)
		.option("--chain", &specification);
	let verified = terminals.output(&verify).await?;
	assert!(verified.status.success(), "{verified:?}");

	// The calendar comes: the order that waits is of the day on which it was received, whose cut-off is a minute away at most.
	order_at(&node, "WEB-4", OrderStage::Delivered).await?;
	let day = announce_cut_off(&rules)?;

	// Two people at the issuer, of whom the first may release as well, but for what was entered by that person.
	let books = terminals.database(issuer);
	let first = invite(
		&terminals,
		&books,
		&issuers_door,
		"first --role read --role price --role approve --role decide --role export",
	)
	.await?;
	let second = invite(&terminals, &books, &issuers_door, "second --role read --role approve").await?;
	let environment = vec![
		("SEALANE_TEST_URL", issuers_door.url()),
		(
			"SEALANE_TEST_PROGRAM",
			terminals.command().get_program().to_string_lossy().into_owned(),
		),
		("SEALANE_TEST_DB", books.clone()),
		("SEALANE_TEST_PRODUCT", daily.id.into()),
		("SEALANE_TEST_DAY", day),
		("SEALANE_TEST_SELLER", seller.member.to_string()),
		("SEALANE_TEST_FIRST_LINK", first),
		("SEALANE_TEST_SECOND_LINK", second),
	];
	browse(&console, "issuer", environment).await?;
	let audit: Value = terminals
		.json(Args::new("audit --actor second --limit 1000").option("--db", books.as_str()))
		.await?;
	let released = audit.as_array().into_iter().flatten().any(|row| {
		row["method"] == "POST"
			&& row["status"] == 200
			&& row["path"].as_str().is_some_and(|path| path.ends_with("/release"))
	});
	assert!(released, "{audit}");
	// Nothing is left for the command line to release.
	let again = Args::new("issuer day release 2026-03-02 --user second").option("--db", books.as_str());
	let again = terminals.output(&again).await?;
	assert_eq!(again.status.code(), Some(NOTHING_TO_DO), "{again:?}");
	// What the day decided is at the bank.
	order_at(&node, "WEB-4", OrderStage::Confirmed).await?;
	Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_works_through_its_pages() {
	operators_pages().await.unwrap();
}

async fn operators_pages() -> Result<()> {
	let temporary = tempfile::tempdir().map_err(Error::io("no folder"))?;
	let folder = temporary.path();
	let console = sources();
	let terminals = Terminals::new(&folder.join("terminals"))?;
	lacks_nothing(&terminals, &console)?;
	// Everything up to the council's grant, which is the pages' part.
	let mut network = Consortium::start(folder, Plan::Five).await?;
	network.admit().await?;
	network.register_nodes().await?;
	network.publish_and_apply().await?;
	network.countersign().await?;
	let nobody = || Error::Unexpected("the network has no such institution".into());
	let seller = network.sellers().next().ok_or_else(nobody)?;
	let issuer = network.issuers().next().ok_or_else(nobody)?;
	let channel = network.channel_between(seller, issuer).await?;
	let names: Vec<_> = network.institutions.iter().map(|who| who.name).collect();
	let rpc = seller.node.rpc_url();
	let door = terminals.door("operator")?;
	let mut server = terminals.operator(&rpc, &door)?;
	let link = door.link(&mut server).await?;
	let calendar = console.join("../docs/integrating/calendars/china-2026.json");
	let (block, _) = network.chain().final_block().await?;
	let from_block = block + CALENDAR_LEAD;
	let files = folder.join("signing");
	std::fs::create_dir(&files).map_err(Error::io("no folder for files"))?;

	let environment = vec![
		("SEALANE_TEST_URL", door.url()),
		("SEALANE_TEST_LINK", link),
		(
			"SEALANE_TEST_PROGRAM",
			terminals.command().get_program().to_string_lossy().into_owned(),
		),
		("SEALANE_TEST_RPC", rpc.clone()),
		("SEALANE_TEST_FOLDER", files.display().to_string()),
		("SEALANE_TEST_MEMBERS", names.join("|")),
		("SEALANE_TEST_CHANNEL", channel.to_string()),
		("SEALANE_TEST_SELLER", seller.name.into()),
		("SEALANE_TEST_ISSUER", issuer.name.into()),
		("SEALANE_TEST_ISSUER_SURI", issuer.suri.clone()),
		("SEALANE_TEST_CALENDAR", calendar.display().to_string()),
		("SEALANE_TEST_FROM_BLOCK", from_block.to_string()),
	];
	browse(&console, "operator", environment).await?;

	let channels: Value = terminals
		.json(Args::new("channel list").option("--rpc", rpc.as_str()))
		.await?;
	let granted: Vec<_> = channels
		.as_array()
		.into_iter()
		.flatten()
		.filter(|channel| channel["state"] == "Granted")
		.map(|channel| channel["id"].clone())
		.collect();
	assert_eq!(granted, [json!(channel)], "{channels}");
	let show = Args::new("calendar show")
		.option("--issuer", issuer.member.to_string())
		.option("--rpc", rpc.as_str());
	let calendars: Value = terminals.json(show).await?;
	assert_eq!(calendars[0]["from_block"], json!(from_block), "{calendars}");
	Ok(())
}
