// SPDX-License-Identifier: Apache-2.0

//! A day at the issuer's desk: orders of two sellers, prices by two persons, a large redemption that goes on the next day, decisions by
//! hand, an order that comes too late; the desk is killed in every state. With SQLite and with PostgreSQL.

#[allow(dead_code)]
mod databases;
#[allow(dead_code)]
mod exchange;
mod issuer_api;
mod registered;

use databases::Databases;
use exchange::Exchange;
use rust_decimal::Decimal;
use sealane_issuer::{
	books::BooksDb,
	day::{Correction, DayKey, DayOrder, DayState, Filter, Person},
};
use sealane_sample::{self as sample, catalogue, SampleSize};
use sealane_sdk::{
	types::{Confirmation, Cursor, EventKind, Outcome},
	Client,
};
use serde_json::{json, Value};
use std::{
	collections::{BTreeMap, HashMap},
	future::Future,
	path::PathBuf,
	process::Stdio,
	time::Duration,
};
use tokio::process::{Child, Command};

/// Longest time for any step; a test that needs it has failed.
const PATIENCE: Duration = Duration::from_secs(240);
const PRODUCT: &str = "BD1201";
/// Everything reaches the issuer on the evening of 2 March.
const DAY: &str = "2026-03-03";
const NEXT: &str = "2026-03-04";
/// The agreement in force for the product in the stand-in of the node.
const AGREEMENT: u32 = 3;
const PURCHASES: usize = 4_500;
const REDEMPTIONS: usize = 500;

struct World {
	dir: tempfile::TempDir,
	exchange: Exchange,
	urls: Vec<String>,
	databases: Databases,
}

fn order(id: &str, kind: &str, customer: &str, fields: Value) -> Value {
	let mut order = json!({
		"id": id, "kind": kind, "product": PRODUCT, "customer": customer, "placed_at": "2026-03-02T17:00:00+08:00",
		"clause_version": AGREEMENT,
	});
	order
		.as_object_mut()
		.unwrap()
		.extend(fields.as_object().unwrap().clone());
	order
}

fn purchase(id: &str, customer: &str) -> Value {
	order(id, "purchase", customer, json!({ "amount": "1.00", "currency": "CNY" }))
}

fn person(name: &str) -> Person {
	Person::new(name).unwrap()
}

/// Waits until something holds.
async fn until<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
	let waited = async {
		while !holds().await {
			tokio::time::sleep(Duration::from_millis(20)).await;
		}
	};
	tokio::time::timeout(PATIENCE, waited)
		.await
		.unwrap_or_else(|_| panic!("{what}"));
}

impl World {
	async fn new(databases: impl FnOnce(&tempfile::TempDir) -> Databases) -> Self {
		let dir = tempfile::tempdir().unwrap();
		let size = SampleSize {
			orders: 200,
			customers: 200,
		};
		sample::write(5, size, dir.path()).unwrap();
		let exchange = Exchange::new(dir.path());
		let mut urls = Vec::new();
		for member in 0..5 {
			urls.push(exchange.serve(member).await);
		}
		Exchange::token_file(dir.path());
		let world = World {
			databases: databases(&dir),
			dir,
			exchange,
			urls,
		};
		world.write(
			"calendar.toml",
			"first = \"2026-01-01\"\nlast = \"2026-12-31\"\nutc_offset = \"+08:00\"\norder_until = \"15:00\"\n",
		);
		world.write(
			"rules.toml",
			&format!(
				"cut_off = \"15:00\"\nutc_offset = \"+08:00\"\ncalendar = \"calendar.toml\"\nrequire_registration = false\ncheck_holdings = true\n\
				 opening_holdings = \"holdings.csv\"\n[products.{PRODUCT}]\nstatus = \"open\"\nmode = \"daily\"\n\
				 currency = \"CNY\"\nredemption_limit = \"0.1\"\n"
			),
		);
		let seller = catalogue::SELLERS[0].name;
		let mut holdings = format!("seller,customer,product,units\n{seller},LARGE,{PRODUCT},250000\n");
		for i in 0..REDEMPTIONS {
			holdings += &format!("{seller},R{i},{PRODUCT},100\n");
		}
		world.write("holdings.csv", &holdings);
		world
	}

	fn path(&self, name: &str) -> PathBuf {
		self.dir.path().join(name)
	}

	fn write(&self, name: &str, text: &str) {
		std::fs::write(self.path(name), text).unwrap();
	}

	fn client(&self, member: usize) -> Client {
		Client::new(self.urls[member].as_str(), "token").unwrap()
	}

	fn issuers_client(&self) -> Client {
		Client::new(self.issuer(), "token").unwrap()
	}

	async fn sell(&self, seller: usize, orders: &[Value], key: &str) {
		let mut body = Vec::new();
		for order in orders {
			body.extend(order.to_string().into_bytes());
			body.push(b'\n');
		}
		let report = self.client(seller).submit_orders_ndjson(body, key).await.unwrap();
		assert_eq!(report.accepted as usize, orders.len(), "{:?}", report.refused_entries);
	}

	fn command(&self, args: &[&str]) -> Command {
		let mut command = Command::new(env!("CARGO_BIN_EXE_sealane"));
		command
			.args(args)
			.args(["--db", &self.databases.url("desk")])
			.kill_on_drop(true);
		command
	}

	/// The node of the product's issuer: two sellers come before the issuers.
	fn issuer(&self) -> &str {
		let (issuer, _) = catalogue::products()
			.find(|(_, product)| product.id == PRODUCT)
			.unwrap();
		&self.urls[2 + issuer]
	}

	/// The terminal's process.
	fn desk(&self) -> Child {
		self.command(&["-q", "issuer", "run", "--node", self.issuer()])
			.arg("--token-file")
			.arg(self.path("token"))
			.arg("--rules")
			.arg(self.path("rules.toml"))
			.stdout(Stdio::null())
			.spawn()
			.unwrap()
	}

	/// Runs the terminal until something holds, then kills it (SIGKILL).
	async fn desk_until<F: Future<Output = bool>>(&self, what: &str, mut holds: impl FnMut() -> F) {
		let mut desk = self.desk();
		until(what, || {
			assert!(desk.try_wait().unwrap().is_none(), "the desk ended before {what}");
			holds()
		})
		.await;
		desk.kill().await.unwrap();
	}

	/// Runs a command on the books: exit code, output, errors.
	async fn sealane(&self, args: &[&str]) -> (i32, Value, String) {
		let args = [&["--json"][..], args].concat();
		let output = self.command(&args).output().await.unwrap();
		let text = String::from_utf8(output.stderr).unwrap();
		let value = serde_json::from_slice(&output.stdout).unwrap_or_default();
		(output.status.code().unwrap(), value, text)
	}

	/// All confirmations that a seller has got, by order.
	async fn confirmations(&self, seller: usize) -> BTreeMap<String, Confirmation> {
		let mut found = BTreeMap::new();
		let mut cursor = Cursor::start();
		loop {
			let page = self
				.client(seller)
				.events_page(&cursor, 5_000, Duration::ZERO)
				.await
				.unwrap();
			for event in page
				.events
				.into_iter()
				.filter(|event| event.kind == EventKind::Confirmed)
			{
				let confirmation: Confirmation = serde_json::from_str(event.confirmation.unwrap().get()).unwrap();
				assert_eq!(confirmation.check(), Ok(()));
				let twice = found.insert(confirmation.order.clone(), confirmation);
				assert!(twice.is_none(), "{twice:?}");
			}
			cursor = page.next;
			if page.at_end {
				return found;
			}
		}
	}
}

async fn state(db: &BooksDb, day: &str) -> Option<(DayState, i64, bool)> {
	let listed = db.day(&DayKey::new(PRODUCT, day)).await.unwrap()?;
	Some((listed.day.state, listed.orders, listed.day.executed))
}

async fn revision(db: &BooksDb, key: &DayKey) -> i64 {
	db.day(key).await.unwrap().unwrap().day.revision
}

async fn find(db: &BooksDb, day: &str, id: &str) -> DayOrder {
	let filter = Filter {
		id: Some(id.into()),
		limit: 1,
		..Filter::default()
	};
	let mut found = db.day_orders(&DayKey::new(PRODUCT, day), &filter).await.unwrap();
	found.pop().unwrap_or_else(|| panic!("{id} is not in {day}"))
}

/// Enters and releases the price of a day.
async fn price(db: &BooksDb, day: &str, nav: &str) {
	let key = DayKey::new(PRODUCT, day);
	db.enter_navs(&[(key.clone(), nav.into())], &person("li"), "")
		.await
		.unwrap();
	assert!(db
		.release_nav(&key, nav.parse().unwrap(), &person("wang"))
		.await
		.unwrap());
}

fn number(text: &Option<String>) -> Decimal {
	text.as_deref().unwrap_or("0").parse().unwrap()
}

async fn a_day_at_the_desk(world: World) {
	let db = BooksDb::open(&world.databases.url("desk")).await.unwrap();
	let (day, next) = (DayKey::new(PRODUCT, DAY), DayKey::new(PRODUCT, NEXT));
	let mut orders: Vec<Value> = (0..PURCHASES)
		.map(|i| purchase(&format!("P{i}"), &format!("C{i}")))
		.collect();
	for i in 0..REDEMPTIONS {
		orders.push(order(
			&format!("R{i}"),
			"redemption",
			&format!("R{i}"),
			json!({ "units": "100" }),
		));
	}
	world.sell(0, &orders, "first").await;
	let mut others: Vec<Value> = (0..300).map(|i| purchase(&format!("P{i}"), &format!("D{i}"))).collect();
	others.push(order("TAKE-BACK", "cancellation", "D7", json!({ "cancels": "P7" })));
	world.sell(1, &others, "second").await;

	// Open: killed while it reads, then when it has read everything.
	world
		.desk_until("reads", || async {
			state(&db, DAY).await.is_some_and(|(_, orders, _)| orders > 0)
		})
		.await;
	let all = (PURCHASES + REDEMPTIONS + 300 - 1) as i64;
	world
		.desk_until("is frozen", || async {
			state(&db, DAY)
				.await
				.is_some_and(|(state, orders, _)| state == DayState::Frozen && orders == all)
		})
		.await;
	assert_eq!(
		world.exchange.unanswered() as i64,
		all,
		"only what was taken back is answered"
	);

	// Frozen: it says for what it waits; a price of one person alone is none.
	world
		.desk_until("waits", || async {
			let listed = db.day(&day).await.unwrap().unwrap();
			listed
				.day
				.waits_for
				.contains("net asset value of BD1201 for 2026-03-03")
		})
		.await;
	let enter = [
		"issuer",
		"day",
		"price",
		DAY,
		"--product",
		PRODUCT,
		"--nav",
		"1.0000",
		"--user",
		"Li",
	];
	assert_eq!(world.sealane(&enter).await.0, 0);
	let (code, _, error) = world.sealane(&["issuer", "day", "release", DAY, "--user", "li"]).await;
	assert_eq!((code, error.contains("a second person")), (3, true), "{error}");
	let (code, navs, error) = world
		.sealane(&["issuer", "day", "release", DAY, "--user", "wang"])
		.await;
	assert_eq!((code, &navs[0]["released_by"]), (0, &json!("wang")), "{error}");
	// Killed while it proposes, and when it has.
	world
		.desk_until("proposes", || async { !find(&db, DAY, "P0").await.outcome.is_empty() })
		.await;
	world
		.desk_until("is priced", || async {
			state(&db, DAY).await.unwrap().0 == DayState::Priced
		})
		.await;

	// Priced: looked at, and decided otherwise here and there.
	let listed = db.day(&day).await.unwrap().unwrap();
	assert_eq!(listed.day.outstanding, "300000");
	let executed = find(&db, DAY, "R3").await;
	assert_eq!(
		(executed.outcome.as_str(), executed.reason_code.as_str()),
		("partial", "LARGE_REDEMPTION")
	);
	let (p1, p2) = ((0, "P1".to_string()), (0, "P2".to_string()));
	let zhao = person("zhao");
	db.hold(&p1, &zhao, true, "look at it").await.unwrap();
	let held = db.review(&day, &zhao, revision(&db, &day).await).await;
	assert!(held.unwrap_err().to_string().contains("held"));
	db.hold(&p1, &zhao, false, "").await.unwrap();
	db.reject(&p1, &zhao, "SUSPICIOUS", "asked back").await.unwrap();
	let correction = Correction {
		amount: Some("0.50".parse().unwrap()),
		units: Some("0.50".parse().unwrap()),
		fee: None,
	};
	db.correct(&p2, &zhao, &correction, "half of it was paid")
		.await
		.unwrap();
	db.review(&day, &zhao, revision(&db, &day).await).await.unwrap();
	// Reviewed: nothing is sent before somebody else agrees.
	let mut desk = world.desk();
	tokio::time::sleep(Duration::from_secs(1)).await;
	assert_eq!(world.exchange.unanswered() as i64, all);
	desk.kill().await.unwrap();
	let seen = revision(&db, &day).await;
	let (code, error) = confirm(&world, "zhao", seen).await;
	assert_eq!((code, error.contains("a second person")), (3, true), "{error}");
	// Whoever looked before the last decision agrees to nothing.
	let (code, error) = confirm(&world, "qian", seen - 1).await;
	assert_eq!((code, error.contains("look again")), (3, true), "{error}");
	let totals = db.day_totals(&day).await.unwrap();
	assert_eq!(confirm(&world, "qian", seen).await.0, 0);
	// Too late for the day: received in time, but read when it was over.
	world.sell(0, &[purchase("LATE", "C0")], "third").await;

	// Confirmed: killed between its answers.
	for _ in 0..3 {
		let before = world.exchange.unanswered();
		world
			.desk_until("answers", || async {
				world.exchange.unanswered() < before || state(&db, DAY).await.unwrap().2
			})
			.await;
	}
	world
		.desk_until("is executed", || async { state(&db, DAY).await.unwrap().2 })
		.await;
	until_carried(&world, &db).await;
	assert_eq!(find(&db, NEXT, "LATE").await.late_for, DAY);
	assert_eq!(find(&db, NEXT, "R3").await.part, 2);

	// The next day: what was carried, at another price.
	price(&db, NEXT, "1.0200").await;
	world
		.desk_until("is priced", || async {
			state(&db, NEXT).await.unwrap().0 == DayState::Priced
		})
		.await;
	db.review(&next, &zhao, revision(&db, &next).await).await.unwrap();
	db.confirm(&next, &person("qian"), revision(&db, &next).await)
		.await
		.unwrap();
	world
		.desk_until("is executed", || async { state(&db, NEXT).await.unwrap().2 })
		.await;
	for date in [DAY, NEXT] {
		let (code, days, error) = world.sealane(&["issuer", "day", "close", date, "--user", "li"]).await;
		assert_eq!((code, &days[0]["state"]), (0, &json!("closed")), "{error}");
	}
	assert_eq!((world.exchange.unanswered(), world.exchange.contradictions()), (0, 0));
	everything_adds_up(&world, &db, &totals).await;
}

/// Confirms the day by command, as it was at a revision: exit code and errors.
async fn confirm(world: &World, who: &str, revision: i64) -> (i32, String) {
	let revision = revision.to_string();
	let mut args = vec!["issuer", "day", "confirm", DAY, "--product", PRODUCT];
	args.extend(["--user", who, "--revision", &revision]);
	let (code, _, error) = world.sealane(&args).await;
	(code, error)
}

/// Runs the desk until what is carried, and what came late, is in the next day.
async fn until_carried(world: &World, db: &BooksDb) {
	world
		.desk_until("carries over", || async {
			state(db, NEXT)
				.await
				.is_some_and(|(state, orders, _)| state == DayState::Frozen && orders == REDEMPTIONS as i64 + 1)
		})
		.await;
}

async fn everything_adds_up(world: &World, db: &BooksDb, totals: &[sealane_issuer::day::Total]) {
	let (first, second) = (world.confirmations(0).await, world.confirmations(1).await);
	assert_eq!((first.len(), second.len()), (PURCHASES + REDEMPTIONS + 1, 301));
	assert_eq!(second["P7"].reason.as_ref().unwrap().code, "CANCELLED");
	assert_eq!(second["TAKE-BACK"].outcome, Outcome::Accepted);
	assert_eq!(first["P1"].reason.as_ref().unwrap().code, "SUSPICIOUS");
	assert_eq!(
		(first["P2"].outcome, first["P2"].amount.as_deref()),
		(Outcome::Partial, Some("0.50"))
	);
	assert_eq!(first["LATE"].trade_date.as_deref(), Some(NEXT));
	// What the desk saw before it agreed is what the sellers have.
	let mut seen: HashMap<(u32, bool), (u64, Decimal)> = HashMap::new();
	for total in totals.iter().filter(|total| total.kind == "purchase") {
		let sums = seen.entry((total.seller, total.outcome == "rejected")).or_default();
		sums.0 += total.count;
		sums.1 += total.units;
	}
	for (seller, confirmations) in [(0, &first), (1, &second)] {
		let mut got: HashMap<(u32, bool), (u64, Decimal)> = HashMap::new();
		for confirmation in confirmations.values().filter(|it| it.order.starts_with('P')) {
			// What was taken back on the page on which it came was never on the desk.
			if confirmation
				.reason
				.as_ref()
				.is_some_and(|reason| reason.code == "CANCELLED")
			{
				continue;
			}
			let sums = got
				.entry((seller, confirmation.outcome == Outcome::Rejected))
				.or_default();
			sums.0 += 1;
			sums.1 += number(&confirmation.units);
		}
		for (key, sums) in got {
			assert_eq!(Some(&sums), seen.get(&key), "{key:?}");
		}
	}
	// A redemption that went on for two days has one answer with both executions.
	let mut redeemed = Decimal::ZERO;
	for i in 0..REDEMPTIONS {
		let confirmation = &first[&format!("R{i}")];
		assert_eq!(
			(confirmation.outcome, confirmation.nav.as_deref()),
			(Outcome::Accepted, None)
		);
		let executions = confirmation.details.as_ref().unwrap()["executions"].as_array().unwrap();
		let navs: Vec<&Value> = executions.iter().map(|execution| &execution["nav"]).collect();
		assert_eq!(navs, [&json!("1.0000"), &json!("1.0200")]);
		redeemed += number(&confirmation.units);
	}
	assert_eq!(redeemed, Decimal::from(100 * REDEMPTIONS));
	let bought: Decimal = first
		.iter()
		.chain(&second)
		.filter(|(id, _)| !id.starts_with('R'))
		.map(|(_, confirmation)| number(&confirmation.units))
		.sum();
	assert_eq!(db.outstanding(PRODUCT).await.unwrap(), Decimal::from(250_000) + bought);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_day_is_worked_off_and_the_desk_killed_in_every_state() {
	a_day_at_the_desk(World::new(|dir| Databases::Sqlite(dir.path().into())).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_day_is_worked_off_and_the_desk_killed_in_every_state_with_postgresql() {
	a_day_at_the_desk(World::new(|_| Databases::postgres()).await).await;
}
