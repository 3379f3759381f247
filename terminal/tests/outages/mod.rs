// SPDX-License-Identifier: Apache-2.0

//! What goes away: nodes, databases, and the terminals themselves, killed at any moment. Nothing is lost and nothing is done twice.

use crate::{assert_figures, databases::Databases, until, World, PATIENCE};
use sealane_sales::{manage, SalesConfig, Source, Until};
use sealane_sample::catalogue;
use sealane_terminal_core::Error;
use std::{
	path::Path,
	process::Stdio,
	sync::{Arc, Mutex},
	time::Duration,
};
use tokio::{
	io::{AsyncBufReadExt, AsyncReadExt, BufReader},
	process::{Child, Command},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_terminal_for_each_database() {
	for world in [World::new(200).await, World::with_postgres(200).await] {
		let _issuers = world.issuers().await;
		let second = async {
			let db = world.db("harbour-bank").await;
			until("the first took no lease", || async {
				let lease = sqlx::query("SELECT epoch FROM leases WHERE role = 'sales'");
				lease.fetch_optional(db.pool()).await.unwrap().is_some()
			})
			.await;
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

/// A log belongs to one node: after a move to another the old place in it says nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cursor_of_another_node_is_named_with_the_way_on() {
	let world = &World::new(200).await;
	let reset = |place| async move {
		let db = world.db("harbour-bank").await;
		manage::reset_cursor(&db, place).await.unwrap();
	};
	reset(Some("the other node's")).await;
	let service = || SalesConfig::new(Source::None);
	let ended = world.run(0, service(), std::future::pending()).await.unwrap_err();
	assert!(ended.to_string().contains("sealane sales cursor reset"), "{ended}");
	reset(None).await;
	world.run(0, service(), async {}).await.unwrap();
}

/// A sales terminal as a service that watches a folder; it ends with the test.
fn service(world: &World, node: &Path, folder: &Path) -> Child {
	Command::new(env!("CARGO_BIN_EXE_sealane"))
		.args(["sales", "run", "--complete", "renamed", "--node"])
		.arg(node)
		.args(["--db", &world.databases.url("harbour-bank"), "--customers"])
		.arg(world.path("harbour-bank").join("customers.ndjson"))
		.arg("--watch")
		.arg(folder)
		.stdout(Stdio::null())
		.stderr(Stdio::piped())
		.kill_on_drop(true)
		.spawn()
		.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_that_goes_away_comes_back() {
	let world = World::new(100).await;
	let (node, folder, away) = (world.path("node"), world.path("in"), world.path("away"));
	for path in [&node, &folder] {
		std::fs::create_dir(path).unwrap();
	}
	let (url, _node) = world.exchange.serve_until_dropped(0).await;
	announce(&node, &url);
	let mut child = service(&world, &node, &folder);
	let journal = journal_of(&mut child);
	until("the folder is not watched", || async { folder.join("done").exists() }).await;
	std::fs::rename(&folder, &away).unwrap();
	until("nothing says that the folder is away", || async {
		journal.lock().unwrap().contains("the watched folder waits")
	})
	.await;
	std::fs::rename(&away, &folder).unwrap();
	std::fs::copy(world.path("harbour-bank/orders.ndjson"), folder.join(".new")).unwrap();
	std::fs::rename(folder.join(".new"), folder.join("a.ndjson")).unwrap();
	until("the file was not taken", || async {
		folder.join("done/a.ndjson").exists()
	})
	.await;
	child.kill().await.unwrap();
}

/// Writes the file by which a node on this machine is found.
fn announce(folder: &Path, url: &str) {
	use std::os::unix::fs::PermissionsExt;
	let path = folder.join("gateway.json.new");
	std::fs::write(&path, format!(r#"{{"url":"{url}","token":"token"}}"#)).unwrap();
	std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
	std::fs::rename(path, folder.join("gateway.json")).unwrap();
}

/// What a process writes to its standard error, as it comes.
fn journal_of(child: &mut Child) -> Arc<Mutex<String>> {
	let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
	let journal = Arc::new(Mutex::new(String::new()));
	let written = Arc::clone(&journal);
	tokio::spawn(async move {
		while let Ok(Some(line)) = lines.next_line().await {
			*written.lock().unwrap() += &(line + "\n");
		}
	});
	journal
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
	let mut child = service(&world, &node, &folder);
	let journal = journal_of(&mut child);
	// The node is not there yet, comes, goes, and comes back at another address.
	until("an outage is silent", || async {
		journal.lock().unwrap().contains("waits")
	})
	.await;
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
	let journal = journal.lock().unwrap();
	for private in ["张", "王", "990000"] {
		assert!(!journal.contains(private), "no personal data: {journal}");
	}
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
