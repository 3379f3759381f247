// SPDX-License-Identifier: Apache-2.0

//! A day at the desk over the issuer terminal's HTTP API: each person with the role that the act needs, four eyes kept by the server,
//! nobody agreeing to what has changed, a line in the audit log for everything.

use crate::{
	databases::{free_port, Databases},
	order, purchase, until, World, AGREEMENT, DAY, PRODUCT,
};
use sealane_issuer::books::BooksDb;
use sealane_primitives::calendar::json::from_json;
use sealane_service::users::{Role, Roles, Users};
use serde_json::{json, Value};
use std::{
	collections::HashMap,
	net::{Ipv4Addr, SocketAddr},
	process::Stdio,
};
use tokio::process::Child;

/// The running terminal, and those who work with it.
struct Office<'a> {
	world: &'a World,
	url: String,
	http: reqwest::Client,
	tokens: HashMap<&'static str, String>,
	db: BooksDb,
	_terminal: Child,
}

/// 14:00 in +08:00 on the day.
const CLOSES_AT_MS: i64 = 1_772_517_600_000;

/// Everybody at the desk; chen may only look.
const STAFF: [(&str, &[Role]); 5] = [
	("li", &[Role::Read, Role::Price, Role::Approve]),
	("wang", &[Role::Read, Role::Approve]),
	("zhao", &[Role::Read, Role::Decide, Role::Approve]),
	("chen", &[Role::Read]),
	("boss", &[Role::Administer]),
];

impl<'a> Office<'a> {
	async fn open(world: &'a World) -> Self {
		let db = BooksDb::open(&world.databases.url("desk")).await.unwrap();
		let users = Users::new((*db).clone());
		let mut tokens = HashMap::new();
		for (name, roles) in STAFF {
			users.add(name, roles.iter().copied().collect::<Roles>()).await.unwrap();
			tokens.insert(name, users.new_token(name).await.unwrap());
		}
		let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
		let terminal = world
			.command(&["-q", "issuer", "run", "--node", world.issuer()])
			.args(["--listen", &listen.to_string()])
			.arg("--token-file")
			.arg(world.path("token"))
			.arg("--rules")
			.arg(world.path("rules.toml"))
			.stdout(Stdio::null())
			.spawn()
			.unwrap();
		let office = Office {
			world,
			url: format!("http://{listen}"),
			http: reqwest::Client::new(),
			tokens,
			db,
			_terminal: terminal,
		};
		until("the API answers", || async {
			let ready = office.http.get(format!("{}/readyz", office.url)).send().await;
			ready.is_ok_and(|answer| answer.status().is_success())
		})
		.await;
		office
	}

	async fn get(&self, who: &str, path: &str) -> (u16, Value) {
		read(
			self.http
				.get(format!("{}{path}", self.url))
				.bearer_auth(&self.tokens[who]),
		)
		.await
	}

	async fn post(&self, who: &str, path: &str, body: Value) -> (u16, Value) {
		let request = self.http.post(format!("{}{path}", self.url));
		read(request.bearer_auth(&self.tokens[who]).json(&body)).await
	}

	/// Is refused with this status and code.
	async fn refused(&self, who: &str, path: &str, body: Value, status: u16, code: &str) {
		let (got, problem) = self.post(who, path, body).await;
		assert_eq!(
			(got, problem["code"].as_str()),
			(status, Some(code)),
			"{path}: {problem}"
		);
	}

	async fn done(&self, who: &str, path: &str, body: Value) -> Value {
		let (status, answer) = self.post(who, path, body).await;
		assert_eq!(status, 200, "{path}: {answer}");
		answer
	}

	async fn day(&self) -> Value {
		let (status, day) = self.get("chen", &format!("/v1/days/{PRODUCT}/{DAY}")).await;
		assert!(status == 200 || status == 404, "{day}");
		day
	}

	/// Waits until the day is in a state, and what leads it on is this step.
	async fn day_is(&self, state: &str, step: &str) -> Value {
		until(&format!("the day is {state}, next {step}"), || async {
			let day = self.day().await;
			day["state"] == state && day["next"]["step"] == step
		})
		.await;
		self.day().await
	}
}

async fn read(request: reqwest::RequestBuilder) -> (u16, Value) {
	let answer = request.send().await.unwrap();
	let status = answer.status().as_u16();
	let text = answer.text().await.unwrap();
	(status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_day_is_worked_off_over_http_by_those_who_may() {
	let world = World::new(|dir| Databases::Sqlite(dir.path().into())).await;
	// The chain's calendar goes before the file's, by which the day would close an hour later.
	let announced = from_json(
		br#"{"first": "2026-01-01", "last": "2026-12-31", "utc_offset": "+08:00", "open_days": ["mon", "tue", "wed", "thu", "fri"],
		     "hours": {"order_until": "14:00", "deliver_until": "14:00"}, "exceptions": []}"#,
	)
	.unwrap();
	world.exchange.announce(PRODUCT, announced);
	let office = Office::open(&world).await;
	let mut orders: Vec<Value> = (0..5).map(|i| purchase(&format!("P{i}"), &format!("C{i}"))).collect();
	orders.push(order("R0", "redemption", "R0", json!({ "units": "100" })));
	world.sell(0, &orders, "first").await;
	priced(&office).await;
	decided(&office).await;
	looked_at(&office).await;
}

/// Prices by two persons; what each may not is refused by the server.
async fn priced(office: &Office<'_>) {
	let day = office.day_is("frozen", "enter_price").await;
	assert_eq!(
		(&day["orders"], &day["next"]["by"]),
		(&json!(6), &json!("price")),
		"{day}"
	);
	assert_eq!(day["closes_at"], CLOSES_AT_MS, "{day}");
	let nav = json!([{ "product": PRODUCT, "day": DAY, "nav": "1.0000" }]);
	office.refused("chen", "/v1/navs", nav.clone(), 403, "forbidden").await;
	let entered = office.done("li", "/v1/navs", nav).await;
	assert_eq!(entered["changed"], 1);
	let day = office.day_is("frozen", "release_price").await;
	assert_eq!(day["next"]["not_by"], json!(["li"]));
	let release = format!("/v1/navs/{PRODUCT}/{DAY}/release");
	let seen = json!({ "nav": "1.0000" });
	office.refused("li", &release, seen.clone(), 403, "second_person").await;
	office
		.refused("wang", &release, json!({ "nav": "1.0001" }), 422, "invalid_field")
		.await;
	let released = office.done("wang", &release, seen).await;
	assert_eq!(
		(&released["entered_by"], &released["released_by"]),
		(&json!("li"), &json!("wang"))
	);
}

/// Decisions by hand, review and confirmation of what was looked at.
async fn decided(office: &Office<'_>) {
	let day = office.day_is("priced", "review").await;
	let path = |act: &str| format!("/v1/days/{PRODUCT}/{DAY}/{act}");
	let before = json!({ "revision": day["revision"] });
	let held = office
		.done("zhao", "/v1/orders/0/P1/hold", json!({ "note": "look at it" }))
		.await;
	assert_eq!(
		(&held["parts"][0]["held"], &held["order"]["id"]),
		(&json!(true), &json!("P1"))
	);
	let day = office.day().await;
	assert_eq!(day["next"]["missing"][0]["what"], "orders_held");
	office
		.refused(
			"zhao",
			&path("review"),
			json!({ "revision": day["revision"] }),
			409,
			"wrong_state",
		)
		.await;
	office.done("zhao", "/v1/orders/0/P1/let-go", json!({})).await;
	office
		.refused("zhao", "/v1/orders/0/P1/let-go", json!({}), 404, "not_found")
		.await;
	let reason = json!({ "code": "SUSPICIOUS", "text": "asked back" });
	office.done("zhao", "/v1/orders/0/P1/reject", reason).await;
	office
		.refused(
			"zhao",
			"/v1/orders/0/P2/correct",
			json!({ "note": "nothing" }),
			422,
			"invalid_field",
		)
		.await;
	let correction = json!({ "amount": "0.50", "units": "0.50", "note": "half of it was paid" });
	let corrected = office.done("zhao", "/v1/orders/0/P2/correct", correction).await;
	assert_eq!(corrected["parts"][0]["outcome"], "partial");
	// What was seen before is reviewed by nobody, nor confirmed.
	office
		.refused("zhao", &path("review"), before, 409, "wrong_state")
		.await;
	let seen = office.day().await["revision"].clone();
	let reviewed = office.done("zhao", &path("review"), json!({ "revision": seen })).await;
	assert_eq!(reviewed["next"]["not_by"], json!(["zhao"]));
	office
		.refused(
			"wang",
			&path("confirm"),
			json!({ "revision": seen }),
			409,
			"wrong_state",
		)
		.await;
	let seen = json!({ "revision": reviewed["revision"] });
	office
		.refused("zhao", &path("confirm"), seen.clone(), 403, "second_person")
		.await;
	office
		.refused("chen", &path("confirm"), seen.clone(), 403, "forbidden")
		.await;
	office.done("wang", &path("confirm"), seen).await;
	let sent = || async {
		let day = office.day().await;
		day["next"]["step"] == "close" && day["next"]["missing"] == json!([])
	};
	until("everything is sent", sent).await;
	let closed = office.done("li", &path("close"), json!({})).await;
	assert_eq!(closed["next"]["step"], "none");
}

/// Lists, the books, events, and the audit log.
async fn looked_at(office: &Office<'_>) {
	let get = |path: String| async move {
		let (status, answer) = office.get("chen", &path).await;
		assert_eq!(status, 200, "{path}: {answer}");
		answer
	};
	let totals = get(format!("/v1/totals?day={DAY}")).await;
	let rejected = totals
		.as_array()
		.unwrap()
		.iter()
		.find(|total| total["outcome"] == "rejected");
	assert_eq!(rejected.unwrap()["count"], 1, "{totals}");
	let orders = get(format!("/v1/days/{PRODUCT}/{DAY}/orders?limit=4&kind=purchase")).await;
	let next = orders["next"].as_str().unwrap();
	let rest = get(format!(
		"/v1/days/{PRODUCT}/{DAY}/orders?limit=4&kind=purchase&cursor={next}"
	))
	.await;
	assert_eq!(rest["orders"].as_array().unwrap().len(), 1, "{rest}");
	let order = get("/v1/orders/0/P2".into()).await;
	assert_eq!(order["confirmation"]["reason"]["text"], "half of it was paid");
	assert_eq!(order["order"]["clause_version"], AGREEMENT);
	let books = get("/v1/orders?outcome=rejected".into()).await;
	assert_eq!(books["orders"][0]["id"], "P1", "{books}");
	let holdings = get("/v1/holdings?customer=C3".into()).await;
	assert_eq!(holdings["holdings"][0]["units"], "1.00", "{holdings}");
	let products = get("/v1/products".into()).await;
	let calendar = &products[0]["calendar"];
	assert_eq!(
		(&calendar["source"], &calendar["version"]),
		(&json!("chain"), &json!(1)),
		"{products}"
	);
	assert!(get("/v1/days".into()).await["days"].as_array().unwrap().is_empty());
	assert_eq!(get("/v1/days?state=closed".into()).await["days"][0]["product"], PRODUCT);
	let (status, problem) = office.get("chen", "/v1/days?state=nonsense").await;
	assert_eq!((status, &problem["code"]), (400, &json!("invalid_parameter")));
	let events = get("/v1/events?limit=1000".into()).await;
	let acts: Vec<&str> = events["events"]
		.as_array()
		.unwrap()
		.iter()
		.map(|event| event["body"]["act"].as_str().unwrap())
		.collect();
	for act in [
		"freeze", "price", "propose", "hold", "decide", "review", "confirm", "close",
	] {
		assert!(acts.contains(&act), "{act}: {acts:?}");
	}
	for (who, path, status) in [
		("li", "/release", 403),
		("wang", "/release", 200),
		("zhao", "/P1/reject", 200),
		("zhao", "/confirm", 403),
		("wang", "/confirm", 200),
	] {
		let (answered, log) = office.get("boss", &format!("/v1/audit?actor={who}&limit=1000")).await;
		assert_eq!(answered, 200, "{log}");
		let rows = log["rows"].as_array().unwrap();
		let is_noted = rows
			.iter()
			.any(|row| row["status"] == status && row["path"].as_str().unwrap().ends_with(path));
		assert!(is_noted, "{who} {path} {status}: {log}");
	}
	commands_ask_who(office).await;
}

/// Once there are users a command acts for one of them, with the role, and stands in the audit log.
async fn commands_ask_who(office: &Office<'_>) {
	let command = |who: &'static str| {
		let args = [
			"issuer",
			"day",
			"price",
			DAY,
			"--product",
			"OTHER",
			"--nav",
			"1",
			"--user",
			who,
		];
		async move { office.world.sealane(&args).await }
	};
	let (code, _, error) = command("nobody").await;
	assert_eq!((code, error.contains("a user of the terminal")), (3, true), "{error}");
	let (code, _, error) = command("wang").await;
	assert_eq!((code, error.contains("`price`")), (3, true), "{error}");
	assert_eq!(command("LI").await.0, 0);
	let release = |who: &'static str| {
		let args = ["issuer", "day", "release", DAY, "--product", "OTHER", "--user", who];
		async move { office.world.sealane(&args).await }
	};
	assert_eq!(release("wang").await.0, 0);
	let (code, _, error) = release("wang").await;
	assert_eq!((code, error.contains("not released")), (8, true), "{error}");
	let (code, _, error) = office
		.world
		.sealane(&["issuer", "day", "freeze", DAY, "--user", "zhao"])
		.await;
	assert_eq!((code, error.contains("open day")), (8, true), "{error}");
	let rows = sealane_service::audit::rows(
		&office.db,
		&sealane_service::audit::Which {
			limit: 100,
			..Default::default()
		},
	)
	.await
	.unwrap();
	let is_noted = rows.iter().any(|row| {
		row.method == "COMMAND" && row.path == format!("issuer day price {DAY} --product OTHER --nav 1 --user li")
	});
	assert!(is_noted, "{rows:?}");
}
