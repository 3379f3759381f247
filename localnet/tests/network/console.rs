// SPDX-License-Identifier: Apache-2.0

//! The console's pages in a real browser over a real network: what is done through them, the command line sees.

use crate::common::{grown_up, open_network};
use sealane_localnet::{
	consortium::Plan,
	terminals::{Args, Door, Terminals},
	Error, Result,
};
use sealane_sample::{catalogue::ISSUERS, SampleSize};
use serde_json::{json, Value};
use std::{
	path::{Path, PathBuf},
	time::Duration,
};

/// Longest time for the browser's part: a page waits up to a minute for each thing, and nearly always not a second.
const BROWSER_LIMIT: Duration = Duration::from_secs(480);

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

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_and_an_issuer_work_through_their_pages() {
	pages().await.unwrap();
}

async fn pages() -> Result<()> {
	let temporary = tempfile::tempdir().map_err(Error::io("no folder"))?;
	let folder = temporary.path();
	let console: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../console");
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
	let (product, daily) = (&catalogue[0], catalogue[1].id);
	let rules = sample.join(issuer.key).join("rules.toml");
	let text = std::fs::read_to_string(&rules).map_err(Error::io("cannot read the rules"))?;
	std::fs::write(&rules, with_a_desk(&text, daily)).map_err(Error::io("cannot write the rules"))?;
	let issuers_door = terminals.door(issuer.key)?;
	let _issuer = terminals.issuer(issuer, &rules, Some(&issuers_door))?;

	let customers = sample.join(seller.key).join("customers.ndjson");
	let incoming = folder.join("incoming");
	std::fs::create_dir(&incoming).map_err(Error::io("no folder for orders"))?;
	let door = terminals.door(seller.key)?;
	let mut terminal = terminals.seller(seller, &customers, &incoming, &door)?;
	let link = door.link(&mut terminal).await?;
	let db = terminals.database(seller);
	let reader = invite(&terminals, &db, &door, "reader --role read").await?;

	let order = |id: &str, customer: &str| {
		json!({
			"id": id, "kind": "purchase", "product": product.id, "customer": customer,
			"amount": "5000.00", "currency": product.currency, "placed_at": "2026-03-02T10:00:00+08:00",
		})
	};
	// Two customers are in no book: their orders stay in the house.
	let orders = [
		order("WEB-1", &grown_up(&customers)?),
		order("WEB-2", "<img src=x onerror=alert(1)>"),
		order("WEB-3", "nobody"),
	];
	let file = folder.join("orders.ndjson");
	let lines: String = orders.iter().map(|order| format!("{order}\n")).collect();
	std::fs::write(&file, lines).map_err(Error::io("cannot write the orders"))?;

	let environment = vec![
		("SEALANE_TEST_URL", door.url()),
		("SEALANE_TEST_LINK", link),
		("SEALANE_TEST_READER_LINK", reader),
		("SEALANE_TEST_ORDERS", file.display().to_string()),
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

	// Two people at the issuer, of whom the first may release as well, but for what was entered by that person.
	let books = terminals.database(issuer);
	let first = invite(
		&terminals,
		&books,
		&issuers_door,
		"first --role read --role price --role approve",
	)
	.await?;
	let second = invite(&terminals, &books, &issuers_door, "second --role read --role approve").await?;
	let environment = vec![
		("SEALANE_TEST_URL", issuers_door.url()),
		("SEALANE_TEST_PRODUCT", daily.into()),
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
	Ok(())
}
