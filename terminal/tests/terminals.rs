// SPDX-License-Identifier: Apache-2.0

//! The terminals against stand-ins of their nodes: the whole sample through, figures compared with the manifest; answers lost
//! on the way; the processes killed at any moment. What the database has a part in is shown with SQLite and with PostgreSQL.

mod api;
mod databases;
#[allow(dead_code)]
mod exchange;
mod files;

use databases::Databases;
use exchange::Exchange;
use sealane_issuer::{books::BooksDb, Desk, WatchedRules};
use sealane_sales::{
	self as sales,
	customers::{CustomerBook, WatchedBook},
	db::{Figures, RecordFilter, SalesDb},
	manage,
	watch::{Completion, WatchConfig},
	RegisterConfig, Registering, SalesConfig, Source, Until, Who,
};
use sealane_sample::{self as sample, catalogue, Counts, Manifest, SampleSize};
use sealane_sdk::{
	types::{EventKind, InboxKind},
	Client,
};
use sealane_terminal_core::{output::Output, Error};
use std::{
	future::Future,
	path::{Path, PathBuf},
	process::Stdio,
	sync::Arc,
	time::Duration,
};
use tokio::{io::AsyncReadExt, process::Command, sync::watch};

const QUIET: Output = Output {
	json: false,
	quiet: true,
};
/// Longest time for any step; a test that needs it has failed.
const PATIENCE: Duration = Duration::from_secs(120);

struct World {
	dir: tempfile::TempDir,
	manifest: Manifest,
	exchange: Exchange,
	urls: Vec<String>,
	databases: Databases,
}

impl World {
	async fn new(orders: u64) -> Self {
		let dir = tempfile::tempdir().unwrap();
		let databases = Databases::Sqlite(dir.path().into());
		World::with(databases, dir, orders).await
	}

	async fn with_postgres(orders: u64) -> Self {
		World::with(Databases::postgres(), tempfile::tempdir().unwrap(), orders).await
	}

	async fn with(databases: Databases, dir: tempfile::TempDir, orders: u64) -> Self {
		let manifest = sample::write(5, SampleSize { orders, customers: 200 }, dir.path()).unwrap();
		let exchange = Exchange::new(dir.path());
		let mut urls = Vec::new();
		for member in 0..5 {
			urls.push(exchange.serve(member).await);
		}
		Exchange::token_file(dir.path());
		World {
			dir,
			manifest,
			exchange,
			urls,
			databases,
		}
	}

	fn path(&self, name: &str) -> PathBuf {
		self.dir.path().join(name)
	}

	fn client(&self, member: usize) -> Client {
		Client::new(self.urls[member].as_str(), "token").unwrap()
	}

	async fn db(&self, name: &str) -> SalesDb {
		SalesDb::open(&self.databases.url(name)).await.unwrap()
	}

	fn book(&self, seller: usize) -> CustomerBook {
		CustomerBook::read(&self.path(catalogue::SELLERS[seller].key).join("customers.ndjson")).unwrap()
	}

	/// The three issuer terminals, working until the sender is dropped.
	async fn issuers(&self) -> watch::Sender<bool> {
		let (stop, stopped) = watch::channel(false);
		for (index, issuer) in catalogue::ISSUERS.iter().enumerate() {
			let rules = WatchedRules::open(&self.path(issuer.key).join("rules.toml")).unwrap();
			let db = BooksDb::open(&self.databases.url(issuer.key)).await.unwrap();
			let mut desk = Desk::open(self.client(index + 2), db, rules).await.unwrap();
			let stopped = stopped.clone();
			tokio::spawn(async move { desk.run(stopped, |_| ()).await.unwrap() });
		}
		stop
	}

	async fn register(&self, seller: usize) {
		let db = self.db(catalogue::SELLERS[seller].key).await;
		let config = RegisterConfig {
			who: Who::All,
			wait: true,
			timeout: Some(PATIENCE),
			..RegisterConfig::default()
		};
		let figures = sales::register(self.client(seller), db, &self.book(seller), &config, QUIET)
			.await
			.unwrap();
		let expected = &self.manifest.sellers[seller];
		assert_eq!(figures.applied, expected.registrations);
		assert_eq!(
			figures.states.get("rejected").copied().unwrap_or(0),
			expected.registrations_rejected
		);
		assert_eq!(
			figures.states["registered"],
			expected.registrations - expected.registrations_rejected
		);
	}

	/// How a file of a seller is sold; nobody is registered by the way.
	fn config(&self, seller: usize, file: &str, until: Until) -> SalesConfig {
		let key = catalogue::SELLERS[seller].key;
		SalesConfig {
			window: Duration::from_millis(50),
			window_orders: 300,
			registering: Registering::ByHand,
			until,
			timeout: Some(PATIENCE),
			..SalesConfig::new(Source::File(self.path(key).join(file)))
		}
	}

	async fn sell(&self, seller: usize, file: &str, until: Until) -> Figures {
		self.run(seller, self.config(seller, file, until), std::future::pending())
			.await
			.unwrap()
	}

	/// Runs the sales terminal until it is done, or `end` is.
	async fn run(&self, seller: usize, config: SalesConfig, end: impl Future<Output = ()>) -> Result<Figures, Error> {
		let (stop, stopping) = watch::channel(false);
		let db = self.db(catalogue::SELLERS[seller].key).await;
		let book = || Ok(WatchedBook::fixed(self.book(seller)));
		let run = sales::run(self.client(seller), db, book, config, QUIET, stopping);
		tokio::pin!(run);
		tokio::select! {
			figures = &mut run => return figures,
			() = end => {}
		}
		stop.send(true).unwrap();
		run.await
	}

	fn counts(&self, seller: usize, file: &str) -> &Counts {
		let key = catalogue::SELLERS[seller].key;
		&self
			.manifest
			.files
			.iter()
			.find(|f| f.seller == key && f.file == file)
			.unwrap()
			.counts
	}
}

fn assert_figures(found: &Figures, expected: &Counts) {
	assert_eq!(found.orders_read, expected.read);
	assert_eq!(found.malformed, expected.malformed);
	assert_eq!(found.duplicates, expected.duplicates);
	assert_eq!(found.unqualified, expected.unqualified);
	assert_eq!(found.unqualified_by_clause, expected.unqualified_by_clause);
	assert_eq!((found.refused, found.submitted), (0, expected.submitted));
	assert_eq!(
		(found.confirmed, found.rejected),
		(expected.confirmed, expected.rejected)
	);
	assert_eq!(found.records, expected.submitted);
	// Every cancellation of the sample is agreed to, and says so in the record of what it took back.
	let cancellations = expected.submitted_by_kind.get("cancellation").copied().unwrap_or(0);
	assert_eq!(found.cancelled, cancellations);
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sample_goes_through_and_every_figure_adds_up() {
	the_sample_goes_through(World::new(3_000).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sample_goes_through_with_postgresql() {
	the_sample_goes_through(World::with_postgres(3_000).await).await;
}

async fn the_sample_goes_through(world: World) {
	let _issuers = world.issuers().await;
	for seller in 0..2 {
		world.register(seller).await;
	}
	for (seller, file) in [(0, "orders.ndjson"), (1, "orders.ndjson"), (1, "orders.csv")] {
		let figures = world.sell(seller, file, Until::Confirmed).await;
		assert_figures(&figures, world.counts(seller, file));
		assert_eq!(figures.finalised, 0);
	}
	world.exchange.finalise();
	let figures = world.sell(0, "orders.ndjson", Until::Finalised).await;
	assert_figures(&figures, world.counts(0, "orders.ndjson"));
	assert_eq!(figures.finalised, figures.records);
	assert_eq!(world.exchange.contradictions(), 0);

	let db = world.db("harbour-bank").await;
	let rejected = RecordFilter {
		state: Some("rejected".into()),
		..RecordFilter::newest(1)
	};
	let record = db.records(&rejected).await.unwrap().remove(0);
	assert!(!record.reason_code.is_empty() && record.deal.is_empty());
	let confirmed = RecordFilter {
		state: Some("confirmed".into()),
		..RecordFilter::newest(1)
	};
	let record = db.records(&confirmed).await.unwrap().remove(0);
	let sent: serde_json::Value = serde_json::from_str(&record.order_text).unwrap();
	assert_eq!(sent["clause_version"], record.clause_version);
	assert!(sent["facts"]["registered"].as_bool().unwrap() && sent["facts"].get("name").is_none());
	assert!(
		sent.get("branch").is_none(),
		"a field that nobody declared stays in the house"
	);
	for order in world.exchange.orders(2) {
		let facts: Vec<&String> = order["facts"].as_object().unwrap().keys().collect();
		assert!(
			!facts.contains(&&"investor_entity".to_string()),
			"no clause asks for it: {facts:?}"
		);
	}
	assert_eq!((record.anchor, record.block), (0, 77));
	assert!(record.accepted_at > 0 && record.confirmed_at > 0 && record.finalised_at > 0);
	assert_eq!(record.entry.split('/').count(), 5);
	let defects = db.defects("malformed", 10).await.unwrap();
	assert_eq!(defects.len() as u64, world.counts(0, "orders.ndjson").malformed);
	assert!(defects
		.iter()
		.all(|d| d.line > 0 && !d.field.is_empty() && !d.rule.is_empty()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_registration_nothing_is_sent() {
	let world = World::new(300).await;
	let figures = world.sell(0, "orders.ndjson", Until::Confirmed).await;
	let expected = world.counts(0, "orders.ndjson");
	assert_eq!(figures.submitted, 0);
	let not_sent = figures.unqualified + figures.cancelled;
	assert_eq!(not_sent, expected.unqualified + expected.submitted);
	assert!(figures.unqualified_by_clause["registered"] + figures.cancelled >= expected.submitted);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lost_answers_and_busy_nodes_change_nothing() {
	let world = World::new(1_200).await;
	let _issuers = world.issuers().await;
	world.exchange.break_after(3);
	world.exchange.busy(3);
	world.register(0).await;
	world.exchange.busy(2);
	world.exchange.break_after(8);
	let figures = world.sell(0, "orders.ndjson", Until::Confirmed).await;
	assert_figures(&figures, world.counts(0, "orders.ndjson"));
	assert_eq!(world.exchange.contradictions(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_watched_folder_is_worked_off() {
	let world = World::new(600).await;
	let _issuers = world.issuers().await;
	world.register(0).await;
	let folder = world.path("in");
	std::fs::create_dir(&folder).unwrap();
	std::fs::write(folder.join("bad.csv"), "no,such,header\n").unwrap();
	let orders = world.path("harbour-bank").join("orders.ndjson");
	std::fs::copy(&orders, folder.join("orders.ndjson.tmp")).unwrap();
	std::fs::rename(folder.join("orders.ndjson.tmp"), folder.join("orders.ndjson")).unwrap();
	let watch = WatchConfig {
		completion: Completion::Renamed,
		window: Duration::from_millis(20),
	};
	let config = SalesConfig {
		window: Duration::from_millis(20),
		window_orders: 100,
		registering: Registering::ByHand,
		..SalesConfig::new(Source::Folder(folder.clone(), watch))
	};
	let db = world.db("harbour-bank").await;
	let expected = world.counts(0, "orders.ndjson").clone();
	let worked_off = until("the folder was not worked off", || async {
		let moved = folder.join("done/orders.ndjson").exists() && folder.join("failed/bad.csv.error").exists();
		moved && db.figures(None).await.unwrap().records == expected.submitted
	});
	let figures = world.run(0, config, worked_off).await;
	assert_figures(&figures.unwrap(), &expected);
	assert!(!folder.join("orders.ndjson").exists());
}

/// Confirmations and results that an honest node would have refused, in the words of a dishonest or careless one.
const UNREADABLE: [(EventKind, &str); 8] = [
	(
		EventKind::Confirmed,
		r#"{"order":"X-1","outcome":"accepted","deal":20260302001}"#,
	),
	(
		EventKind::Confirmed,
		r#"{"order":"X-2","outcome":"accepted","deal":"D\u0000"}"#,
	),
	(
		EventKind::Confirmed,
		r#"{"order":"X-3","outcome":"rejected","reason":{"code":"A\u0000"}}"#,
	),
	(
		EventKind::Confirmed,
		r#"{"order":"X-4","outcome":"rejected","reason":{"code":"A","text":5}}"#,
	),
	(EventKind::Confirmed, r#"{"order":"X\u0000","outcome":"accepted"}"#),
	(
		EventKind::Registered,
		r#"{"order":"R-1","outcome":"accepted","account":9001}"#,
	),
	(
		EventKind::Registered,
		r#"{"order":"R-2","outcome":"accepted","salt":5}"#,
	),
	(
		EventKind::Registered,
		r#"{"order":"R-3","registration":"R-3","outcome":"accepted"}"#,
	),
];

async fn what_a_partner_says_ends_no_terminal(world: World) {
	for (kind, body) in UNREADABLE {
		world.exchange.say_to_seller(0, kind, body);
	}
	for (kind, body) in [
		(
			InboxKind::Order,
			r#"{"id":"A","kind":"purchase","product":"BD1201","customer":"C\u0000","placed_at":"2026-03-02T10:00:00Z"}"#,
		),
		(
			InboxKind::Order,
			r#"{"id":"B","kind":"non_trade_transfer","product":"BD1201","customer":"C","units":"1","placed_at":"2026-03-02T10:00:00Z","details":{"to_customer":"A\u0000B"}}"#,
		),
		(InboxKind::Order, r#"{"id":"N\u0000","kind":"purchase"}"#),
		(InboxKind::Order, r#"{"id":7}"#),
		(
			InboxKind::Registration,
			r#"{"id":"R","customer":"K\u0000","person":{"name":"x"}}"#,
		),
		(InboxKind::Registration, r#"{"customer":"K"}"#),
	] {
		world.exchange.say_to_issuer(2, kind, body);
	}
	let _issuers = world.issuers().await;
	world.register(0).await;
	let figures = world.sell(0, "orders.ndjson", Until::Confirmed).await;
	assert_figures(&figures, world.counts(0, "orders.ndjson"));
	let seller = world.db("harbour-bank").await;
	let kept = seller.quarantined(false, 100).await.unwrap();
	assert_eq!(kept.len(), UNREADABLE.len());
	for (kept, (_, body)) in kept.iter().rev().zip(UNREADABLE) {
		assert_eq!(kept.body, body);
		assert!(!kept.reason.is_empty());
	}
	let issuer = world.db(catalogue::ISSUERS[0].key).await;
	// Those without an id that could be answered; the others were rejected by name.
	assert_eq!(issuer.quarantined(false, 100).await.unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_partner_says_is_kept_and_ends_nothing() {
	what_a_partner_says_ends_no_terminal(World::new(400).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_partner_says_is_kept_and_ends_nothing_with_postgresql() {
	what_a_partner_says_ends_no_terminal(World::with_postgres(400).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_suspension_and_new_clauses_are_waited_for() {
	let world = World::new(400).await;
	let _issuers = world.issuers().await;
	world.register(0).await;
	world.exchange.suspend(true);
	let expected = world.counts(0, "orders.ndjson").clone();
	let figures = world.sell(0, "orders.ndjson", Until::Confirmed).await;
	// An order whose cancellation came after it was refused is taken back here: it is not sent any more.
	assert_eq!(
		(figures.refused + figures.cancelled, figures.submitted),
		(expected.submitted, 0)
	);
	// Resumed, under clauses that were agreed on meanwhile: every order is qualified anew and goes, under its id.
	world.exchange.suspend(false);
	world.exchange.renew_clauses();
	let db = world.db("harbour-bank").await;
	let taken_back = figures.cancelled;
	let all_confirmed = until("what was refused did not come back", || async {
		db.figures(None).await.unwrap().records == expected.submitted - taken_back
	});
	let service = SalesConfig {
		registering: Registering::ByHand,
		..SalesConfig::new(Source::None)
	};
	let figures = world.run(0, service, all_confirmed).await.unwrap();
	assert_eq!(
		(figures.refused, figures.submitted),
		(0, expected.submitted - taken_back)
	);
	assert!(figures.confirmed > 0, "{figures:?}");
	assert_eq!(world.exchange.contradictions(), 0);
	assert_eq!(db.waiting().await.unwrap().0, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn customers_are_registered_with_their_first_order_and_nobody_else() {
	let world = World::new(400).await;
	let _issuers = world.issuers().await;
	let config = SalesConfig {
		registering: Registering::OnFirstOrder,
		..world.config(0, "orders.ndjson", Until::Confirmed)
	};
	world.run(0, config, std::future::pending()).await.unwrap();
	let expected = world.counts(0, "orders.ndjson").clone();
	let db = world.db("harbour-bank").await;
	let settled = until("the orders did not follow their registrations", || async {
		let figures = db.figures(None).await.unwrap();
		db.waiting().await.unwrap().0 == 0 && figures.submitted > 0 && figures.submitted == figures.records
	});
	let figures = world.run(0, SalesConfig::new(Source::None), settled).await.unwrap();
	// Some orders were taken back before they were sent, because their cancellation stood in the same file; all others went.
	let sent = figures.submitted + figures.cancelled;
	assert!(figures.confirmed > 0 && sent >= expected.submitted, "{figures:?}");
	for issuer in 2..5 {
		let mut customers: Vec<String> = Vec::new();
		for order in world.exchange.orders(issuer) {
			customers.push(order["customer"].as_str().unwrap().into());
		}
		customers.sort();
		customers.dedup();
		let registered = world.exchange.registrations(issuer);
		assert!(
			registered > 0 && registered < world.book(0).len(),
			"not everybody: {registered}"
		);
		// Whose order was taken back after the registration and before it was sent is registered, and no order of theirs came. How
		// many those are is a matter of time.
		let most = customers.len() + 10 + figures.cancelled as usize;
		assert!(
			(customers.len()..=most).contains(&registered),
			"those who ordered: {registered} of {} to {most}",
			customers.len()
		);
	}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orders_state_the_registration_and_wait_where_the_chain_has_closed_it() {
	let world = World::new(200).await;
	let _issuers = world.issuers().await;
	world.register(0).await;
	world.sell(0, "orders.ndjson", Until::Confirmed).await;
	let stated = |order: &serde_json::Value| {
		let registration = order["facts"]["registration"].clone();
		serde_json::from_value::<sealane_primitives::registration::Stated>(registration)
	};
	let mut sent = 0;
	for issuer in 2..5 {
		for order in world.exchange.orders(issuer) {
			let stated = stated(&order).unwrap_or_else(|error| panic!("{order}: {error}"));
			let customer = order["customer"].as_str().unwrap();
			assert!(stated.is_of(issuer, 0, customer.as_bytes()), "{order}");
			sent += 1;
		}
	}
	assert!(sent > 0);

	// Another seller's customers all leave before they order.
	world.register(1).await;
	world.exchange.close_registrations();
	let db = world.db(catalogue::SELLERS[1].key).await;
	let read = until("the file was not read", || async {
		let imports = db.figures(None).await.unwrap();
		imports.unqualified > 0 && imports.orders_read == world.counts(1, "orders.ndjson").read
	});
	let config = world.config(1, "orders.ndjson", Until::Confirmed);
	let figures = world.run(1, config, read).await.unwrap();
	assert_eq!((figures.submitted, figures.confirmed), (0, 0), "{figures:?}");
	assert!(figures.unqualified_by_clause["registered"] > 0, "{figures:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_is_cancelled_by_hand_on_both_sides() {
	let world = World::new(200).await;
	let _issuers = world.issuers().await;
	world.register(0).await;
	world.sell(0, "orders.ndjson", Until::Confirmed).await;
	let db = world.db("harbour-bank").await;
	let purchases = RecordFilter {
		state: Some("confirmed".into()),
		limit: 1_000,
		..RecordFilter::default()
	};
	let records = db.records(&purchases).await.unwrap();
	let id = records.into_iter().find(|r| r.kind == "purchase").unwrap().id;
	// By the sample's rules the day that the seller states counts: today is another one, and the issuer says so.
	manage::cancel(&db, &id).await.unwrap();
	let cancellation = format!("{id}~cancel");
	let answered = until("the cancellation was not answered", || async {
		db.record(&cancellation)
			.await
			.unwrap()
			.is_some_and(|r| r.confirmed_at > 0)
	});
	world.run(0, SalesConfig::new(Source::None), answered).await.unwrap();
	let record = db.record(&cancellation).await.unwrap().unwrap();
	assert_eq!(record.cancels, id);
	assert_eq!(
		(record.state.as_str(), record.reason_code.as_str()),
		("rejected", "PLACED_IN_FUTURE")
	);
	assert_eq!(
		db.record(&id).await.unwrap().unwrap().state,
		"confirmed",
		"a refused cancellation takes nothing back"
	);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_terminal_for_each_database() {
	for world in [World::new(200).await, World::with_postgres(200).await] {
		let _issuers = world.issuers().await;
		let second = async {
			// The first has its lease when it has read the node's events.
			tokio::time::sleep(Duration::from_secs(1)).await;
			let started = world
				.run(0, SalesConfig::new(Source::None), std::future::pending())
				.await;
			assert!(matches!(started, Err(Error::InUse { .. })), "{started:?}");
		};
		world.run(0, SalesConfig::new(Source::None), second).await.unwrap();
		// Given back: the next one starts.
		world.run(0, SalesConfig::new(Source::None), async {}).await.unwrap();
	}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_goes_away_comes_back() {
	let world = World::with_postgres(600).await;
	let Databases::Postgres(server) = &world.databases else {
		panic!("PostgreSQL was asked for");
	};
	let _issuers = world.issuers().await;
	world.register(0).await;
	let expected = world.counts(0, "orders.ndjson").clone();
	let config = SalesConfig {
		window_orders: 20,
		..world.config(0, "orders.ndjson", Until::Confirmed)
	};
	let cuts = async {
		// While the terminal starts, and while it works.
		for pause in [0, 2, 20, 700, 700, 700] {
			tokio::time::sleep(Duration::from_millis(pause)).await;
			tokio::task::block_in_place(|| {
				server.halt();
				std::thread::sleep(Duration::from_millis(500));
				server.resume();
			});
		}
		std::future::pending::<()>().await;
	};
	let figures = world.run(0, config, cuts).await.unwrap();
	assert_figures(&figures, &expected);
	assert_eq!((world.exchange.contradictions(), world.exchange.unanswered()), (0, 0));
}

/// Writes the file by which a node on this machine is found.
fn announce(folder: &Path, url: &str) {
	use std::os::unix::fs::PermissionsExt;
	let path = folder.join("gateway.json.new");
	std::fs::write(&path, format!(r#"{{"url":"{url}","token":"token"}}"#)).unwrap();
	std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
	std::fs::rename(path, folder.join("gateway.json")).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_outlives_its_node() {
	let world = World::new(400).await;
	let _issuers = world.issuers().await;
	world.register(0).await;
	let (node, folder) = (world.path("node"), world.path("in"));
	for path in [&node, &folder] {
		std::fs::create_dir(path).unwrap();
	}
	let bank = world.path("harbour-bank");
	let mut child = Command::new(env!("CARGO_BIN_EXE_sealane"))
		.args(["sales", "run", "--complete", "renamed", "--node"])
		.arg(&node)
		.args(["--db", &world.databases.url("harbour-bank"), "--customers"])
		.arg(bank.join("customers.ndjson"))
		.arg("--watch")
		.arg(&folder)
		.stdout(Stdio::null())
		.stderr(Stdio::piped())
		.kill_on_drop(true)
		.spawn()
		.unwrap();
	// The node is not there yet, comes, goes, and comes back at another address.
	tokio::time::sleep(Duration::from_millis(500)).await;
	let (url, first) = world.exchange.serve_until_dropped(0).await;
	announce(&node, &url);
	let text = std::fs::read_to_string(bank.join("orders.ndjson")).unwrap();
	let (early, late): (Vec<_>, Vec<_>) = text.lines().enumerate().partition(|(n, _)| *n < 200);
	let drop_file = |name: &str, lines: Vec<(usize, &str)>| {
		let lines: Vec<&str> = lines.into_iter().map(|(_, line)| line).collect();
		std::fs::write(folder.join(".new"), lines.join("\n")).unwrap();
		std::fs::rename(folder.join(".new"), folder.join(name)).unwrap();
	};
	drop_file("a.ndjson", early);
	until("the first file was not taken", || async {
		folder.join("done/a.ndjson").exists()
	})
	.await;
	first.abort();
	std::fs::remove_file(node.join("gateway.json")).unwrap();
	drop_file("b.ndjson", late);
	tokio::time::sleep(Duration::from_secs(2)).await;
	assert!(child.try_wait().unwrap().is_none(), "the service ended with its node");
	let (url, _second) = world.exchange.serve_until_dropped(0).await;
	announce(&node, &url);
	let db = world.db("harbour-bank").await;
	let expected = world.counts(0, "orders.ndjson").clone();
	until("the second file was not confirmed", || async {
		db.figures(None).await.unwrap().records == expected.submitted
	})
	.await;
	child.kill().await.unwrap();
	let mut journal = String::new();
	child.stderr.take().unwrap().read_to_string(&mut journal).await.unwrap();
	assert!(journal.contains("waits"), "an outage is not silent: {journal}");
	for private in ["张", "王", "990000"] {
		assert!(!journal.contains(private), "no personal data: {journal}");
	}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orders_wait_for_the_price_of_their_day() {
	let world = World::new(200).await;
	world.exchange.say_to_issuer(
		2,
		InboxKind::Order,
		r#"{"id":"A","kind":"purchase","product":"P1","customer":"C","amount":"1000","currency":"CNY","placed_at":"2026-03-02T10:00:00Z"}"#,
	);
	let rules = world.path("daily.toml");
	let text = "cut_off = \"15:00\"\nutc_offset = \"+08:00\"\nnav_file = \"nav.csv\"\n\
		[products.P1]\nstatus = \"open\"\ncurrency = \"CNY\"\n";
	std::fs::write(&rules, text).unwrap();
	let db = BooksDb::open(&world.databases.url("daily")).await.unwrap();
	let mut desk = Desk::open(world.client(2), db.clone(), WatchedRules::open(&rules).unwrap())
		.await
		.unwrap();
	assert!(desk.page(Duration::from_millis(100)).await.unwrap());
	let waiting = db.waiting_after(0, 10).await.unwrap();
	// Received in the evening: of the next day, whatever the seller says.
	assert_eq!((waiting.len(), waiting[0].trade_date.as_str()), (1, "2026-03-03"));
	assert_eq!(desk.figures().answers, 0);
	std::fs::write(
		world.path("nav.csv"),
		"product,date,nav\nP1,2026-03-02,9\nP1,2026-03-03,2\n",
	)
	.unwrap();
	let began = std::time::Instant::now();
	while desk.figures().answers == 0 {
		assert!(began.elapsed() < PATIENCE, "the price did not execute the order");
		desk.page(Duration::from_millis(50)).await.unwrap();
	}
	assert!(db.waiting_after(0, 10).await.unwrap().is_empty());
	let key = (0, "A".to_string());
	let order = db
		.book_orders(&[key.clone()].into())
		.await
		.unwrap()
		.remove(&key)
		.unwrap();
	assert_eq!(
		(order.units.as_str(), order.trade_date.as_str()),
		("500.00", "2026-03-03")
	);
}

/// Runs the binary; kills it (SIGKILL) after so many more answers of the nodes, or lets it end. Its output where it ended.
async fn run(world: &World, args: &[String], kill_after: Option<u64>) -> Option<String> {
	let mut answers = world.exchange.answers.subscribe();
	let until = *answers.borrow_and_update() + kill_after.unwrap_or(u64::MAX / 2);
	let mut child = Command::new(env!("CARGO_BIN_EXE_sealane"))
		.args(args)
		.stdout(Stdio::piped())
		.kill_on_drop(true)
		.spawn()
		.unwrap();
	let reached = async {
		// The guard that this returns must not live on.
		let _ = answers.wait_for(|count| *count >= until).await.is_ok();
	};
	tokio::select! {
		() = reached => {
			child.kill().await.unwrap();
			None
		},
		output = child.wait() => {
			let mut text = String::new();
			child.stdout.take().unwrap().read_to_string(&mut text).await.unwrap();
			assert!(output.unwrap().success(), "{args:?}: {text}");
			Some(text)
		},
	}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn terminals_killed_at_any_moment_lose_and_double_nothing() {
	terminals_are_killed(World::new(1_600).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn terminals_killed_at_any_moment_lose_and_double_nothing_with_postgresql() {
	terminals_are_killed(World::with_postgres(1_600).await).await;
}

async fn terminals_are_killed(world: World) {
	let world = Arc::new(world);
	let texts = |args: &[&str]| args.iter().map(|a| (*a).to_string()).collect::<Vec<_>>();
	let token = world.path("token").display().to_string();
	for (index, issuer) in catalogue::ISSUERS.iter().enumerate() {
		let rules = world.path(issuer.key).join("rules.toml").display().to_string();
		let db = world.databases.url(issuer.key);
		let node = world.urls[index + 2].clone();
		let args = texts(&[
			"-q",
			"issuer",
			"run",
			"--node",
			&node,
			"--token-file",
			&token,
			"--db",
			&db,
			"--rules",
			&rules,
		]);
		let world = world.clone();
		tokio::spawn(async move {
			for kill_after in (1..12).map(Some).chain([None]) {
				run(&world, &args, kill_after).await;
			}
		});
	}
	let folder = world.path("harbour-bank");
	let (customers, orders) = (folder.join("customers.ndjson"), folder.join("orders.ndjson"));
	let db = world.databases.url("harbour-bank");
	let common = [
		"--node",
		&world.urls[0],
		"--token-file",
		&token,
		"--db",
		&db,
		"--customers",
	];
	let mut register = texts(&["-q", "--json", "sales", "register"]);
	register.extend(texts(&common));
	register.push(customers.display().to_string());
	register.push("--all".into());
	let mut sell = texts(&["-q", "--json", "sales", "run"]);
	sell.extend(texts(&common));
	sell.push(customers.display().to_string());
	sell.extend(texts(&["--orders", orders.to_str().unwrap(), "--window-orders", "100"]));
	sell.extend(texts(&["--registering", "by-hand"]));
	for args in [register, sell] {
		let ended = async {
			for kill_after in (1..10).map(Some).chain([None]) {
				if let Some(text) = run(&world, &args, kill_after).await {
					return text;
				}
			}
			String::new()
		};
		let text = tokio::time::timeout(PATIENCE, ended)
			.await
			.expect("the terminal did not come to an end");
		assert!(text.starts_with('{'), "{text}");
	}
	let figures = world.db("harbour-bank").await.figures(None).await.unwrap();
	assert_figures(&figures, world.counts(0, "orders.ndjson"));
	assert_eq!(world.exchange.contradictions(), 0);
	assert_eq!(world.exchange.unanswered(), 0);
}
