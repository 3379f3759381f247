// SPDX-License-Identifier: Apache-2.0

//! The terminals against stand-ins of their nodes: the whole sample through, figures compared with the manifest; answers lost
//! on the way; the processes killed at any moment. What the database has a part in is shown with SQLite and with PostgreSQL.

mod databases;
mod exchange;

use databases::Databases;
use exchange::Exchange;
use sealane_sdk::Client;
use sealane_terminal::{
	customers::CustomerBook,
	db::{Db, Figures, RecordFilter},
	issuer::{Desk, Rules},
	output::Output,
	sales::{self, RegisterConfig, SalesConfig, Source, Until},
	sample::{self, catalogue, Counts, Manifest, SampleSize},
};
use std::{path::PathBuf, process::Stdio, sync::Arc, time::Duration};
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

	async fn db(&self, name: &str) -> Db {
		Db::open(&self.databases.url(name)).await.unwrap()
	}

	fn book(&self, seller: usize) -> CustomerBook {
		CustomerBook::read(&self.path(catalogue::SELLERS[seller].key).join("customers.ndjson")).unwrap()
	}

	/// The three issuer terminals, working until the sender is dropped.
	async fn issuers(&self) -> watch::Sender<bool> {
		let (stop, stopped) = watch::channel(false);
		for (index, issuer) in catalogue::ISSUERS.iter().enumerate() {
			let rules = Rules::read(&self.path(issuer.key).join("rules.toml")).unwrap();
			let db = self.db(issuer.key).await;
			let mut desk = Desk::open(self.client(index + 2), db, rules).await.unwrap();
			let stopped = stopped.clone();
			tokio::spawn(async move { desk.run(stopped, |_| ()).await.unwrap() });
		}
		stop
	}

	async fn register(&self, seller: usize) {
		let db = self.db(catalogue::SELLERS[seller].key).await;
		let config = RegisterConfig {
			issuers: vec![],
			wait: true,
			timeout: Some(PATIENCE),
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

	async fn sell(&self, seller: usize, file: &str, until: Until) -> Figures {
		let key = catalogue::SELLERS[seller].key;
		let config = SalesConfig {
			source: Source::File(self.path(key).join(file)),
			window: Duration::from_millis(50),
			window_orders: 300,
			until,
			timeout: Some(PATIENCE),
		};
		let (_keep, stop) = watch::channel(false);
		let db = self.db(key).await;
		sales::run(self.client(seller), db, self.book(seller), config, QUIET, stop)
			.await
			.unwrap()
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
		limit: 1,
		..RecordFilter::default()
	};
	let record = db.records(&rejected).await.unwrap().remove(0);
	assert!(!record.reason_code.is_empty() && record.deal.is_empty());
	let confirmed = RecordFilter {
		state: Some("confirmed".into()),
		limit: 1,
		..RecordFilter::default()
	};
	let record = db.records(&confirmed).await.unwrap().remove(0);
	let sent: serde_json::Value = serde_json::from_str(&record.order_text).unwrap();
	assert_eq!(sent["clause_version"], record.clause_version);
	assert!(sent["facts"]["registered"].as_bool().unwrap() && sent["facts"].get("name").is_none());
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
	assert_eq!(figures.unqualified, expected.unqualified + expected.submitted);
	assert!(figures.unqualified_by_clause["registered"] >= expected.submitted);
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
	let (stop, stopped) = watch::channel(false);
	let config = SalesConfig {
		source: Source::Folder(folder.clone()),
		window: Duration::from_millis(20),
		window_orders: 100,
		until: Until::Confirmed,
		timeout: None,
	};
	let db = world.db("harbour-bank").await;
	let run = sales::run(world.client(0), db.clone(), world.book(0), config, QUIET, stopped);
	let expected = world.counts(0, "orders.ndjson").clone();
	let wait = async {
		let all_done = || async {
			let moved = folder.join("done/orders.ndjson").exists() && folder.join("failed/bad.csv.error").exists();
			moved && db.figures(None).await.unwrap().records == expected.submitted
		};
		while !all_done().await {
			tokio::time::sleep(Duration::from_millis(20)).await;
		}
		stop.send(true).unwrap();
	};
	let (figures, ()) = tokio::time::timeout(PATIENCE, async { tokio::join!(run, wait) })
		.await
		.expect("the folder was not worked off");
	assert_figures(&figures.unwrap(), &expected);
	assert!(!folder.join("orders.ndjson").exists());
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
	let mut sell = texts(&["-q", "--json", "sales", "run"]);
	sell.extend(texts(&common));
	sell.push(customers.display().to_string());
	sell.extend(texts(&["--orders", orders.to_str().unwrap(), "--window-orders", "100"]));
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
