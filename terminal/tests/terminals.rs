// SPDX-License-Identifier: Apache-2.0

//! The terminals against stand-ins of their nodes: the whole sample through, figures compared with the manifest; answers lost
//! on the way, refused and unreadable ones. What the database has a part in is shown with SQLite and with PostgreSQL.

mod api;
mod databases;
#[allow(dead_code)]
mod exchange;
mod files;
mod outages;
mod registering;

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
use std::{future::Future, path::PathBuf, time::Duration};
use tokio::sync::watch;

const QUIET: Output = Output {
	json: false,
	quiet: true,
};
/// Longest time for any step; a test that needs it has failed.
const PATIENCE: Duration = Duration::from_secs(240);

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
	for order in world.exchange.entries(2, InboxKind::Order) {
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
async fn a_request_that_the_node_will_not_take_stands_in_nobodys_way() {
	let world = World::new(1_200).await;
	let _issuers = world.issuers().await;
	world.register(0).await;
	world.exchange.reject(1);
	let figures = world.sell(0, "orders.ndjson", Until::Confirmed).await;
	assert!(figures.refused > 0 && figures.confirmed > 0, "{figures:?}");
	assert_eq!(figures.submitted, figures.records, "those behind it are answered");
	let refused = RecordFilter {
		state: Some("refused".into()),
		limit: 10_000,
		..RecordFilter::default()
	};
	let db = world.db("harbour-bank").await;
	let refused = db.records(&refused).await.unwrap();
	assert_eq!(refused.len() as u64, figures.refused);
	// They are not tried again by themselves, and go when somebody says so.
	assert!(refused.iter().all(|record| record.retry_at == 0));
	assert_eq!(db.retry(None, Some("refused"), None).await.unwrap(), figures.refused);
	let all_went = until("what was refused did not go", || async {
		let figures = db.figures(None).await.unwrap();
		figures.refused == 0 && figures.submitted == figures.records
	});
	world.run(0, SalesConfig::new(Source::None), all_went).await.unwrap();
	assert_eq!((world.exchange.contradictions(), world.exchange.unanswered()), (0, 0));
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

/// Somebody else answered first, through the node's API: the seller has that answer, and not the desk's.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_the_own_node_refuses_is_kept_and_counted() {
	let world = World::new(200).await;
	let (issuer, _) = catalogue::products()
		.find(|(_, product)| product.id == "BD1201")
		.unwrap();
	let order = r#"{"id":"A","kind":"purchase","product":"BD1201","customer":"C","amount":"1000","currency":"CNY","placed_at":"2026-03-02T10:00:00Z","clause_version":3}"#;
	let report = world.client(0).submit_orders_ndjson(order, "order").await.unwrap();
	assert_eq!(report.accepted, 1, "{:?}", report.refused_entries);
	let by_hand = r#"{"order":"A","seller":0,"outcome":"rejected","reason":{"code":"BY_HAND"}}"#;
	let report = world
		.client(2 + issuer)
		.submit_confirmations_ndjson(by_hand, "by hand")
		.await
		.unwrap();
	assert_eq!(report.accepted, 1, "{:?}", report.refused_entries);
	let _issuers = world.issuers().await;
	let db = BooksDb::open(&world.databases.url(catalogue::ISSUERS[issuer].key))
		.await
		.unwrap();
	until("the refusal was not written down", || async {
		!db.refused_answers(10).await.unwrap().is_empty()
	})
	.await;
	let refused = db.refused_answers(10).await.unwrap();
	assert_eq!(
		(refused.len(), refused[0].id.as_str(), refused[0].code.as_str()),
		(1, "A", "already_answered")
	);
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
