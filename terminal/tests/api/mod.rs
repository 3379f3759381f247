// SPDX-License-Identifier: Apache-2.0

//! The sales terminal's HTTP API against stand-ins of the nodes: orders in, confirmations back, who may do what, webhooks.

mod access;
mod lists;
mod pages;

use crate::{databases::free_port, until, World};
use axum::{
	body::Bytes,
	extract::State,
	http::{HeaderMap, StatusCode},
	routing::post,
	Router,
};
use sealane_sales::{db::SalesDb, Source, Until};
use sealane_service::{
	users::{Role, Roles, Users},
	webhooks::signature,
	ServiceConfig,
};
use serde_json::{json, Value};
use std::{
	net::{Ipv4Addr, SocketAddr},
	sync::{Arc, Mutex},
	thread::JoinHandle,
};
use tokio::sync::oneshot;

/// A sales terminal that serves its API until it is dropped.
struct Terminal {
	url: String,
	http: reqwest::Client,
	users: Users,
	stop: Option<oneshot::Sender<()>>,
	run: Option<JoinHandle<()>>,
}

impl Drop for Terminal {
	fn drop(&mut self) {
		self.stop.take();
		if let Some(run) = self.run.take() {
			// What it panicked with is in the test's output.
			let _ = run.join();
		}
	}
}

impl Terminal {
	async fn start(world: &Arc<World>, seller: usize) -> Self {
		Terminal::start_with(world, seller, ServiceConfig::default()).await
	}

	/// Over plain HTTP.
	async fn start_with(world: &Arc<World>, seller: usize, service: ServiceConfig) -> Self {
		let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
		let db = world.db(sealane_sample::catalogue::SELLERS[seller].key).await;
		let config = sealane_sales::SalesConfig {
			source: Source::None,
			timeout: None,
			service: ServiceConfig {
				listen: Some(listen),
				..service
			},
			..world.config(seller, "orders.ndjson", Until::Confirmed)
		};
		let (stop, stopped) = oneshot::channel::<()>();
		let running = world.clone();
		let run = std::thread::spawn(move || {
			let runtime = tokio::runtime::Builder::new_current_thread()
				.enable_all()
				.build()
				.unwrap();
			let ended = async { drop(stopped.await) };
			runtime.block_on(running.run(seller, config, ended)).unwrap();
		});
		let terminal = Terminal {
			url: format!("http://{listen}"),
			http: reqwest::Client::new(),
			users: Users::new((*db).clone()),
			stop: Some(stop),
			run: Some(run),
		};
		until("the API did not start", || async {
			terminal
				.http
				.get(format!("{}/readyz", terminal.url))
				.send()
				.await
				.is_ok()
		})
		.await;
		terminal
	}

	/// A program with these roles, by its token.
	async fn program(&self, name: &str, roles: &[Role]) -> String {
		self.users
			.add(name, roles.iter().copied().collect::<Roles>())
			.await
			.unwrap();
		self.users.new_token(name).await.unwrap()
	}

	async fn get(&self, token: &str, path: &str) -> (u16, Value) {
		let request = self.http.get(format!("{}{path}", self.url)).bearer_auth(token);
		read(request).await
	}

	/// A person with these roles, who is logged in: the cookie, and what `x-csrf-token` must hold.
	async fn person(&self, name: &str, roles: &[Role]) -> (String, String) {
		self.users
			.add(name, roles.iter().copied().collect::<Roles>())
			.await
			.unwrap();
		let invitation = self.users.invite(name).await.unwrap();
		let set = json!({"invitation": invitation, "password": PASSWORD});
		let set = self.http.post(format!("{}/v1/password", self.url)).json(&set);
		assert_eq!(read(set).await.0, 200);
		self.log_in(name).await
	}

	async fn log_in(&self, name: &str) -> (String, String) {
		let request = self.http.post(format!("{}/v1/session", self.url));
		let answer = request
			.json(&json!({"name": name, "password": PASSWORD}))
			.send()
			.await
			.unwrap();
		assert_eq!(answer.status(), 200);
		let cookie = answer.headers()["set-cookie"].to_str().unwrap();
		let cookie = cookie.split(';').next().unwrap().to_string();
		let session: Value = answer.json().await.unwrap();
		(cookie, session["csrf"].as_str().unwrap().to_string())
	}

	async fn post(&self, token: &str, path: &str, kind: &str, body: Vec<u8>) -> (u16, Value) {
		let request = self.http.post(format!("{}{path}", self.url)).bearer_auth(token);
		read(request.header("content-type", kind).body(body)).await
	}
}

async fn read(request: reqwest::RequestBuilder) -> (u16, Value) {
	let answer = request.send().await.unwrap();
	let status = answer.status().as_u16();
	let text = answer.text().await.unwrap();
	(status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

const PASSWORD: &str = "correct horse battery";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_days_orders_go_in_over_http_and_come_back_confirmed() {
	orders_go_in_over_http(World::new(600).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_days_orders_go_in_over_http_with_postgresql() {
	orders_go_in_over_http(World::with_postgres(600).await).await;
}

async fn orders_go_in_over_http(world: World) {
	let world = Arc::new(world);
	let _issuers = world.issuers().await;
	world.register(0).await;
	let terminal = Terminal::start(&world, 0).await;
	let core = terminal
		.program("core system", &[Role::Trade, Role::Read, Role::Export])
		.await;
	let file = std::fs::read(world.path("harbour-bank").join("orders.ndjson")).unwrap();
	let expected = world.counts(0, "orders.ndjson").clone();

	// What would become of them, and nothing is written down.
	let (status, answers) = terminal
		.post(&core, "/v1/qualify", "application/x-ndjson", file.clone())
		.await;
	assert_eq!(status, 200, "{answers}");
	let answers = answers.as_array().unwrap().clone();
	assert_eq!(answers.len() as u64, expected.read);
	let failed = answers
		.iter()
		.find(|answer| answer["failed"][0]["code"].is_string())
		.unwrap();
	assert!(failed["failed"][0]["text"].as_str().unwrap().len() > 10, "{failed}");
	assert_eq!(terminal.get(&core, "/v1/records").await.1["records"], json!([]));

	let (status, report) = terminal
		.post(&core, "/v1/orders", "application/x-ndjson", file.clone())
		.await;
	assert_eq!(status, 200, "{report}");
	let number = |name: &str| report[name].as_u64().unwrap();
	assert_eq!(number("received"), expected.read);
	assert_eq!(number("taken"), expected.submitted, "{report}");
	assert_eq!(number("waits") + number("unqualified"), expected.unqualified);
	assert_eq!(
		number("refused") + number("repeated"),
		expected.malformed + expected.duplicates
	);

	// The same again is harmless, and says where each order stands.
	let (_, again) = terminal.post(&core, "/v1/orders", "application/x-ndjson", file).await;
	assert_eq!(
		(again["taken"].as_u64(), again["unqualified"].as_u64()),
		(Some(0), Some(0))
	);
	assert!(
		again["repeated"].as_u64().unwrap() >= expected.submitted + expected.unqualified,
		"{again}"
	);

	let settled = expected.confirmed + expected.rejected;
	let db: SalesDb = world.db("harbour-bank").await;
	until("not everything was confirmed", || async {
		db.figures(None).await.unwrap().records == settled
	})
	.await;

	events_tell_of_every_record(&terminal, &core, &db).await;
	sums_are_those_of_the_records(&terminal, &core, &db).await;
	lists_are_complete(&terminal, &core, expected.submitted + expected.unqualified).await;
}

/// Read in pages, every record comes, and each in the state in which it is.
async fn events_tell_of_every_record(terminal: &Terminal, token: &str, db: &SalesDb) {
	let mut cursor = String::new();
	let mut states = std::collections::HashMap::new();
	loop {
		let from = if cursor.is_empty() {
			String::new()
		} else {
			format!("&cursor={cursor}")
		};
		let (status, page) = terminal.get(token, &format!("/v1/events?limit=97{from}")).await;
		assert_eq!(status, 200, "{page}");
		for event in page["events"].as_array().unwrap() {
			if event["kind"] == "record" {
				states.insert(
					event["body"]["id"].as_str().unwrap().to_string(),
					event["body"]["state"].clone(),
				);
			}
		}
		cursor = page["next"].as_str().unwrap().to_string();
		if page["at_end"] == true {
			break;
		}
	}
	for (id, state) in &states {
		let record = db.record(id).await.unwrap().unwrap();
		assert_eq!(*state, record.state, "{id}");
	}
	let figures = db.figures(None).await.unwrap();
	assert_eq!(states.len() as u64, figures.submitted + figures.unqualified);

	// A stream goes on behind the cursor; there is nothing yet, so that it only says that it is there.
	let stream = terminal
		.http
		.get(format!("{}/v1/events?cursor={cursor}", terminal.url))
		.bearer_auth(token)
		.header("accept", "text/event-stream")
		.send()
		.await
		.unwrap();
	assert_eq!(stream.headers()["content-type"], "text/event-stream");
	assert_eq!(
		terminal.get(token, "/v1/events?cursor=00").await.1["code"],
		"invalid_cursor"
	);
}

async fn sums_are_those_of_the_records(terminal: &Terminal, token: &str, db: &SalesDb) {
	let (_, sums) = terminal.get(token, "/v1/days?from=2000-01-01&to=2100-01-01").await;
	let sums = sums.as_array().unwrap();
	let of = |state: &str| -> i64 {
		let rows = sums.iter().filter(|sum| sum["state"] == state);
		rows.map(|sum| sum["orders"].as_i64().unwrap()).sum()
	};
	let figures = db.figures(None).await.unwrap();
	assert_eq!(of("rejected") as u64, figures.rejected);
	assert_eq!(
		(of("confirmed") + of("partial") + of("cancelled")) as u64,
		figures.confirmed
	);
	assert_eq!(of("pending") + of("accepted"), 0);
	let kept = db.sums(&Default::default()).await.unwrap();
	db.rebuild_sums().await.unwrap();
	assert_eq!(
		db.sums(&Default::default()).await.unwrap(),
		kept,
		"kept with each write, and counted anew"
	);
}

async fn lists_are_complete(terminal: &Terminal, token: &str, expected: u64) {
	let (mut cursor, mut ids) = (String::new(), std::collections::HashSet::new());
	loop {
		let (_, page) = terminal.get(token, &format!("/v1/records?limit=100{cursor}")).await;
		for record in page["records"].as_array().unwrap() {
			assert!(ids.insert(record["id"].as_str().unwrap().to_string()), "twice");
			assert!(record.get("order_text").is_none());
		}
		match page["next"].as_str() {
			Some(next) => cursor = format!("&cursor={next}"),
			None => break,
		}
	}
	assert_eq!(ids.len() as u64, expected);
	let (_, confirmed) = terminal.get(token, "/v1/records?state=confirmed&limit=1").await;
	let record = &confirmed["records"][0];
	let (_, whole) = terminal
		.get(token, &format!("/v1/records/{}", record["id"].as_str().unwrap()))
		.await;
	assert!(whole["order_text"].as_str().unwrap().contains("clause_version"));
	let customer = record["customer"].as_str().unwrap();
	let (status, positions) = terminal.get(token, &format!("/v1/positions?customer={customer}")).await;
	assert_eq!(status, 200, "{positions}");
	let day = record["day"].as_str().unwrap();
	let (status, file) = terminal.get(token, &format!("/v1/exports/records.csv?day={day}")).await;
	assert_eq!(status, 200);
	assert!(file.as_str().unwrap().starts_with("id,day,state,"), "{file}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_does_what_his_roles_allow_and_it_is_written_down() {
	let world = Arc::new(World::new(100).await);
	let terminal = Terminal::start(&world, 0).await;
	let viewer = terminal.program("viewer", &[Role::Read]).await;
	let admin = terminal.program("auditor", &[Role::Administer]).await;
	assert_eq!(terminal.get(&viewer, "/v1/records").await.0, 200);
	let (status, problem) = terminal
		.post(&viewer, "/v1/orders", "application/json", b"[]".to_vec())
		.await;
	assert_eq!((status, problem["code"].as_str()), (403, Some("forbidden")));
	assert_eq!(terminal.get("no token of ours", "/v1/records").await.0, 401);
	assert_eq!(terminal.get(&viewer, "/v1/nothing").await.0, 404);
	assert_eq!(
		terminal.get(&admin, "/v1/records/A-1").await.0,
		403,
		"each role stands for itself"
	);
	assert_eq!(
		terminal.get(&viewer, "/v1/records/none").await.1["code"],
		"order_unknown"
	);

	let (_, page) = terminal.get(&admin, "/v1/audit?actor=viewer").await;
	let rows: Vec<_> = page["rows"]
		.as_array()
		.unwrap()
		.iter()
		.map(|row| (row["path"].as_str().unwrap(), row["status"].as_i64().unwrap()))
		.collect();
	assert_eq!(
		rows,
		[("/v1/records/none", 404), ("/v1/orders", 403)],
		"a list without entries shows nothing"
	);
	let (_, page) = terminal.get(&admin, "/v1/audit?actor=auditor").await;
	assert_eq!(page["rows"][0]["path"], "/v1/audit?actor=viewer");

	// A person: invited, with a password, a session and a header that another page cannot read.
	let send = |method: reqwest::Method, path: &str, body: Value| {
		terminal
			.http
			.request(method, format!("{}{path}", terminal.url))
			.json(&body)
	};
	let add = send(
		reqwest::Method::POST,
		"/v1/users",
		json!({"name": "li", "roles": ["read", "decide"]}),
	);
	assert_eq!(read(add.bearer_auth(&admin)).await.0, 201);
	let invite = send(reqwest::Method::POST, "/v1/users/li/invitation", json!({}));
	let (_, invitation) = read(invite.bearer_auth(&admin)).await;
	let secret = invitation["link"]
		.as_str()
		.unwrap()
		.split('#')
		.nth(1)
		.unwrap()
		.to_string();
	let set = json!({"invitation": secret, "password": "correct horse battery"});
	assert_eq!(read(send(reqwest::Method::POST, "/v1/password", set)).await.0, 200);
	let wrong = json!({"name": "li", "password": "correct horse"});
	assert_eq!(read(send(reqwest::Method::POST, "/v1/session", wrong)).await.0, 401);
	let right = json!({"name": "li", "password": "correct horse battery"});
	let answer = send(reqwest::Method::POST, "/v1/session", right).send().await.unwrap();
	let cookie = answer.headers()["set-cookie"].to_str().unwrap().to_string();
	assert!(
		cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"),
		"{cookie}"
	);
	let session = cookie.split(';').next().unwrap().to_string();
	let csrf = answer.json::<Value>().await.unwrap()["csrf"]
		.as_str()
		.unwrap()
		.to_string();
	let look = terminal
		.http
		.get(format!("{}/v1/records", terminal.url))
		.header("cookie", &session);
	assert_eq!(read(look).await.0, 200);
	let hold = |csrf: &str| {
		let request = terminal.http.post(format!("{}/v1/records/none/hold", terminal.url));
		request.header("cookie", &session).header("x-csrf-token", csrf)
	};
	assert_eq!(read(hold("guessed")).await.0, 403);
	assert_eq!(read(hold(&csrf)).await.0, 404);
	let disable = send(reqwest::Method::PATCH, "/v1/users/li", json!({"enabled": false}));
	assert_eq!(read(disable.bearer_auth(&admin)).await.0, 200);
	assert_eq!(read(hold(&csrf)).await.0, 401, "from the next request on");
}

/// What a receiver of webhooks got, and how often it still refuses.
#[derive(Default)]
struct Received {
	refuse: u32,
	secret: String,
	kinds: Vec<String>,
	ids: std::collections::BTreeSet<String>,
	/// The numbers of the changes, as they came.
	changes: Vec<i64>,
}

async fn receive(State(received): State<Arc<Mutex<Received>>>, headers: HeaderMap, body: Bytes) -> StatusCode {
	let mut received = received.lock().unwrap();
	if received.refuse > 0 {
		received.refuse -= 1;
		return StatusCode::INTERNAL_SERVER_ERROR;
	}
	let signed = headers["sealane-signature"].to_str().unwrap();
	let at: i64 = signed
		.split(',')
		.next()
		.unwrap()
		.trim_start_matches("t=")
		.parse()
		.unwrap();
	assert_eq!(signed, signature(&received.secret, at, &body));
	let delivery: Value = serde_json::from_slice(&body).unwrap();
	for event in delivery["events"].as_array().unwrap() {
		let change = event["body"]["change"].as_i64().unwrap();
		// An answer that was late on its way back makes that everything comes once more.
		if received.changes.contains(&change) {
			continue;
		}
		received.changes.push(change);
		received.kinds.push(event["kind"].as_str().unwrap().into());
		received.ids.insert(event["body"]["id"].as_str().unwrap().into());
	}
	StatusCode::OK
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn webhooks_come_signed_in_order_and_again_until_they_are_taken() {
	let world = Arc::new(World::new(100).await);
	let terminal = Terminal::start(&world, 0).await;
	let admin = terminal
		.program("admin of hooks", &[Role::Administer, Role::Trade])
		.await;
	let received = Arc::new(Mutex::new(Received {
		refuse: 2,
		..Received::default()
	}));
	let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
	let url = format!("http://{}/hook", listener.local_addr().unwrap());
	let router = Router::new().route("/hook", post(receive)).with_state(received.clone());
	let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
	let add = |body: Value| {
		let request = terminal
			.http
			.post(format!("{}/v1/webhooks", terminal.url))
			.bearer_auth(&admin);
		read(request.json(&body))
	};
	assert_eq!(add(json!({"name": "core", "url": "http://bank.example/"})).await.0, 422);
	assert_eq!(
		add(json!({"name": "core", "url": url, "kinds": ["nonsense"]})).await.0,
		422
	);
	let (status, added) = add(json!({"name": "core", "url": url, "kinds": ["record"]})).await;
	assert_eq!(status, 201, "{added}");
	received.lock().unwrap().secret = added["secret"].as_str().unwrap().into();

	// Nobody is registered: the orders wait, which is something that happened.
	let order = |id: &str| {
		json!({"id": id, "kind": "purchase", "product": "none", "customer": "C", "amount": "1", "currency": "CNY",
			"placed_at": "2026-03-02T10:00:00+08:00"})
	};
	for id in ["W-1", "W-2", "W-3"] {
		let body = serde_json::to_vec(&order(id)).unwrap();
		let (status, report) = terminal.post(&admin, "/v1/orders", "application/json", body).await;
		assert_eq!((status, report["waits"].as_u64()), (200, Some(1)), "{report}");
	}
	until("the webhook was not called", || async {
		received.lock().unwrap().ids.len() == 3
	})
	.await;
	let got = received.lock().unwrap();
	assert!(got.ids.iter().eq(["W-1", "W-2", "W-3"]), "{:?}", got.ids);
	assert!(
		got.changes.windows(2).all(|pair| pair[0] < pair[1]),
		"in order: {:?}",
		got.changes
	);
	assert_eq!(got.refuse, 0);
	assert!(got.kinds.iter().all(|kind| kind == "record"));
	serving.abort();
}
