// SPDX-License-Identifier: Apache-2.0

//! The council's work through the server of its operator: seen in words, exported, signed by the command line, handed in.

use crate::common::LIMIT;
use futures::{SinkExt, StreamExt};
use reqwest::{Method, StatusCode};
use sealane_localnet::{
	consortium::Consortium,
	ports,
	process::Process,
	terminals::{Args, Terminals},
	wait::{until, Look},
	Error, Result,
};
use serde_json::{json, Value};
use std::{
	net::SocketAddr,
	path::{Path, PathBuf},
};
use tokio::{net::TcpListener, task::AbortHandle};
use tokio_tungstenite::tungstenite::{client::IntoClientRequest, http::HeaderValue, Error as WsError, Message};

/// The password of a person who reads.
const PASSWORD: &str = "a long enough password";

/// A prefix is granted to an issuer by three votes that were exported and signed elsewhere; who lacks a role does nothing; what is unsafe
/// does not pass; a node that goes away comes back.
pub async fn the_council_works_through_the_server(network: &Consortium, folder: &Path) -> Result<()> {
	let mut server = Server::start(network, folder).await?;
	server.nobody_does_what_no_role_allows().await?;
	server.the_network_is_shown(network).await?;
	server.a_motion_passes_by_exported_votes().await?;
	server.a_page_calls_what_passes_only().await?;
	server.a_node_that_goes_away_comes_back().await
}

/// Where the server finds its node: a place between the two that can be shut.
struct Gate {
	address: SocketAddr,
	to: String,
	open: Option<AbortHandle>,
}

impl Gate {
	fn shut(&mut self) {
		if let Some(open) = self.open.take() {
			open.abort();
		}
	}

	async fn open(&mut self) -> Result<()> {
		// The port of a connection that was cut is free at once for whoever listens again (SO_REUSEADDR).
		let listener = TcpListener::bind(self.address)
			.await
			.map_err(Error::io("cannot listen for the server"))?;
		let to = self.to.clone();
		let passing = tokio::spawn(async move {
			// Dropped with this task, and so are the connections.
			let mut connections = tokio::task::JoinSet::new();
			while let Ok((mut client, _)) = listener.accept().await {
				let to = to.clone();
				connections.spawn(async move {
					if let Ok(mut node) = tokio::net::TcpStream::connect(to).await {
						// Either end may go at any time.
						let _ = tokio::io::copy_bidirectional(&mut client, &mut node).await;
					}
				});
			}
		});
		self.open = Some(passing.abort_handle());
		Ok(())
	}
}

impl Drop for Gate {
	fn drop(&mut self) {
		self.shut();
	}
}

struct Server {
	terminals: Terminals,
	folder: PathBuf,
	base: String,
	db: String,
	http: reqwest::Client,
	/// May read and govern.
	governor: String,
	/// May look at the server itself.
	monitor: String,
	gate: Gate,
	_process: Process,
}

impl Server {
	async fn start(network: &Consortium, folder: &Path) -> Result<Self> {
		let folder = folder.join("operator");
		let terminals = Terminals::new(&folder)?;
		let port = ports::reserve().map_err(Error::io("no port"))?;
		let mut gate = Gate {
			address: SocketAddr::from(([127, 0, 0, 1], port)),
			to: network.institutions[0].node.rpc_url().replace("ws://", ""),
			open: None,
		};
		gate.open().await?;
		let db = format!("sqlite:{}", folder.join("operator.db").display());
		let token = |name: &'static str, roles: &'static [&'static str]| {
			let mut add = Args::new("user add --program").with(name).option("--db", &db);
			for role in roles {
				add = add.option("--role", *role);
			}
			async { Ok::<_, Error>(text(&terminals.json::<Value>(add).await?["token"])) }
		};
		let governor = token("governor", &["read", "govern"]).await?;
		let monitor = token("monitor", &["monitor"]).await?;
		let door = terminals.door("operator")?;
		let process = terminals.operator(&format!("ws://{}", gate.address), &door)?;
		let server = Server {
			terminals,
			base: door.url(),
			db,
			http: reqwest::Client::new(),
			governor,
			monitor,
			gate,
			_process: process,
			folder,
		};
		server.connected(true).await?;
		Ok(server)
	}

	/// Waits until the server says that its node answers, or that it does not.
	async fn connected(&self, connected: bool) -> Result<Value> {
		until(&format!("the server says connected: {connected}"), LIMIT, || async {
			match self.ask(Method::GET, "/v1/node", &self.monitor, None).await {
				Ok((StatusCode::OK, node)) if node["connected"] == connected => {
					// Blocks are known a moment later.
					Ok(match node["final_block"].is_number() {
						true => Look::Found(node),
						false => Look::NotYet(node.to_string()),
					})
				}
				Ok((status, body)) => Ok(Look::NotYet(format!("{status} {body}"))),
				Err(error) => Ok(Look::NotYet(error.to_string())),
			}
		})
		.await
	}

	async fn ask(&self, method: Method, path: &str, token: &str, body: Option<Value>) -> Result<(StatusCode, Value)> {
		let failed = |error: reqwest::Error| Error::Unexpected(error.to_string());
		let request = self
			.http
			.request(method, format!("{}{path}", self.base))
			.bearer_auth(token);
		let request = match body {
			Some(body) => request.json(&body),
			None => request,
		};
		let answer = request.send().await.map_err(failed)?;
		let status = answer.status();
		let text = answer.text().await.map_err(failed)?;
		Ok((status, serde_json::from_str(&text).unwrap_or(Value::String(text))))
	}

	async fn get(&self, path: &str) -> Result<Value> {
		self.done(self.ask(Method::GET, path, &self.governor, None).await?)
	}

	async fn post(&self, path: &str, body: Value) -> Result<Value> {
		self.done(self.ask(Method::POST, path, &self.governor, Some(body)).await?)
	}

	fn done(&self, (status, body): (StatusCode, Value)) -> Result<Value> {
		match status {
			StatusCode::OK => Ok(body),
			other => Err(Error::Unexpected(format!("{other}: {body}"))),
		}
	}

	async fn nobody_does_what_no_role_allows(&self) -> Result<()> {
		for path in ["/v1/motions", "/v1/network", "/v1/emergency", "/rpc"] {
			let (status, body) = self.ask(Method::GET, path, &self.monitor, None).await?;
			assert_eq!(
				(status, &body["code"]),
				(StatusCode::FORBIDDEN, &json!("forbidden")),
				"{path}: {body}"
			);
			let (status, _) = self.ask(Method::GET, path, "nobody", None).await?;
			assert_eq!(status, StatusCode::UNAUTHORIZED, "{path}");
		}
		let vote =
			json!({ "account": "//Alice", "call": { "action": "vote", "motion": 0, "hash": "0x00", "aye": true } });
		for path in ["/v1/unsigned", "/v1/submit"] {
			let (status, _) = self.ask(Method::POST, path, &self.monitor, Some(vote.clone())).await?;
			assert_eq!(status, StatusCode::FORBIDDEN, "{path}");
		}
		// Who was refused stands in the log.
		let log: Value = self
			.terminals
			.json(Args::new("audit --actor monitor").option("--db", &self.db))
			.await?;
		assert!(log.to_string().contains("/v1/submit"), "{log}");
		Ok(())
	}

	async fn the_network_is_shown(&self, network: &Consortium) -> Result<()> {
		let shown = self.get("/v1/network").await?;
		let (seller, issuer) = (
			&network.institutions[0],
			&network.institutions[sealane_sample::catalogue::SELLERS.len()],
		);
		let channel = &shown["channels"][0];
		assert_eq!(
			(&channel["seller_name"], &channel["issuer_name"]),
			(&json!(seller.name), &json!(issuer.name)),
			"{shown}"
		);
		let words = text(&channel["words"]);
		assert!(
			words.contains("purchase, redemption") && words.contains("60000 orders a minute"),
			"{words}"
		);
		let nodes = shown["nodes"].as_array().into_iter().flatten();
		let own: Vec<_> = nodes.filter(|node| node["own"] == true).collect();
		assert_eq!(own.len(), 1, "{shown}");
		assert_eq!(own[0]["peer_id"], json!(seller.node.identity().peer_id), "{shown}");
		// The issuer's node is a neighbour on this machine.
		until("both nodes are shown as connected", LIMIT, || async {
			let shown = self.get("/v1/network").await?;
			let nodes: Vec<Value> = shown["nodes"].as_array().cloned().unwrap_or_default();
			Ok(
				match nodes.len() == 2 && nodes.iter().all(|node| node["connected"] == true) {
					true => Look::Found(()),
					false => Look::NotYet(format!("{:?}: {}", nodes, shown["connections_unknown"])),
				},
			)
		})
		.await?;
		let products = self.get("/v1/products?issuer=1&limit=1").await?;
		assert_eq!(products["products"].as_array().map(Vec::len), Some(1), "{products}");
		let agreements = self.get("/v1/agreements").await?;
		let agreement = &agreements["agreements"][0];
		assert_eq!(
			(&agreement["in_force"], &agreement["versions"]),
			(&json!(1), &json!(1)),
			"{agreements}"
		);
		let id = text(&agreement["id"]);
		let rows = self
			.get(&format!("/v1/agreements/{id}/versions/0/difference/1"))
			.await?;
		assert_eq!(rows[0]["change"], "added", "{rows}");
		let versions = self.get(&format!("/v1/agreements/{id}/versions")).await?;
		assert_eq!(versions[0]["clauses"][0]["any_of"], rows[0]["after"], "{versions}");
		let validators = self.get("/v1/validators").await?;
		assert_eq!(
			validators["validators"].as_array().map(Vec::len),
			Some(network.institutions.len()),
			"{validators}"
		);
		let made = validators["validators"].as_array().into_iter().flatten();
		let made: u64 = made.filter_map(|validator| validator["made"].as_u64()).sum();
		assert!(made > 0 && validators["lag"].is_number(), "{validators}");
		for path in ["/v1/calendars", "/v1/applications", "/v1/proposals", "/v1/submissions"] {
			self.get(path).await?;
		}
		let emergency = self.get("/v1/emergency").await?;
		assert_eq!(
			(&emergency["seats"], &emergency["paused"]),
			(&json!(5), &json!([])),
			"{emergency}"
		);
		let upgrade = self.get("/v1/upgrade").await?;
		assert_eq!(
			(&upgrade["spec_name"], &upgrade["spec_version"]),
			(&json!("sealane"), &json!(1)),
			"{upgrade}"
		);
		Ok(())
	}

	/// Exports an action, signs it with the command line, hands it in, and waits until it is final.
	async fn sign(&self, who: &str, action: Value) -> Result<Value> {
		let exported = self
			.post("/v1/unsigned", json!({ "account": who, "call": action }))
			.await?;
		let (before, after) = (
			self.folder.join(format!("{}.json", &who[2..])),
			self.folder.join(format!("{}.signed", &who[2..])),
		);
		let _ = std::fs::remove_file(&after);
		std::fs::write(&before, exported["file"].to_string()).map_err(Error::io("cannot write the export"))?;
		let sign = Args::new("offline sign")
			.with(&before)
			.option("--out", &after)
			.option("--suri", who);
		let signed: Value = self.terminals.json(sign).await?;
		// What the server showed is what the machine with the key reads from the bytes.
		assert_eq!(signed["words"], exported["shown"]["words"], "{signed}");
		let file = std::fs::read_to_string(&after).map_err(Error::io("cannot read what was signed"))?;
		let file: Value = serde_json::from_str(&file).map_err(|error| Error::Unexpected(error.to_string()))?;
		let handed = self.post("/v1/submit", file.clone()).await?;
		// The same again is the same.
		let again = self.post("/v1/submit", file).await?;
		assert_eq!(handed["hash"], again["hash"], "{again}");
		let path = format!("/v1/submissions/{}", text(&handed["hash"]));
		until(&format!("{who}'s extrinsic is settled"), LIMIT, || async {
			let submission = self.get(&path).await?;
			Ok(match submission["state"] == "submitted" {
				true => Look::NotYet(submission.to_string()),
				false => Look::Found(submission),
			})
		})
		.await
	}

	async fn a_motion_passes_by_exported_votes(&self) -> Result<()> {
		let grant = json!({ "call": "grant_prefix", "issuer": 1, "prefix": "operator." });
		let proposed = self
			.sign("//Alice", json!({ "action": "propose", "proposal": grant }))
			.await?;
		assert_eq!(proposed["state"], "final", "{proposed}");
		assert!(
			proposed["events"].to_string().contains("Council.Proposed"),
			"{proposed}"
		);

		let motions = self.get("/v1/motions").await?;
		let motion = &motions["motions"][0];
		assert_eq!(
			(&motion["threshold"], &motion["needed"]),
			(&json!(3), &json!(3)),
			"{motions}"
		);
		assert_eq!(
			(&motion["closing"], motion["silent"].as_array().map(Vec::len)),
			(&json!("too_early"), Some(5)),
			"{motions}"
		);
		let sentence = text(&motion["effects"][0]["words"]);
		assert!(
			sentence.contains("register interfaces and products whose ids begin with \"operator.\""),
			"{sentence}"
		);
		assert!(text(&motion["words"]).contains("prefix: \"operator.\""), "{motions}");
		let (index, hash) = (motion["index"].clone(), motion["hash"].clone());
		assert_eq!(self.get(&format!("/v1/motions/{}", text(&hash))).await?["index"], index);
		// A vote is for what was shown.
		let other = json!({ "action": "vote", "motion": index, "hash": format!("0x{}", "ab".repeat(32)), "aye": true });
		let body = json!({ "account": "//Bob", "call": other });
		let (status, problem) = self
			.ask(Method::POST, "/v1/unsigned", &self.governor, Some(body))
			.await?;
		assert_eq!(
			(status, &problem["field"]),
			(StatusCode::UNPROCESSABLE_ENTITY, &json!("hash")),
			"{problem}"
		);

		let vote = || json!({ "action": "vote", "motion": index, "hash": hash, "aye": true });
		let votes = ["//Alice", "//Bob", "//Charlie"].map(|who| self.sign(who, vote()));
		for voted in futures::future::try_join_all(votes).await? {
			assert!(voted["events"].to_string().contains("Council.Voted"), "{voted}");
		}
		// What failed says why, in the chain's words.
		let twice = self.sign("//Bob", vote()).await?;
		assert_eq!(twice["state"], "failed", "{twice}");
		assert!(text(&twice["error"]).contains("DuplicateVote"), "{twice}");
		let ready = self.get("/v1/motions").await?;
		assert_eq!(ready["motions"][0]["closing"], "runs", "{ready}");
		let (status, _) = self.ask(Method::GET, "/v1/alarms", &self.governor, None).await?;
		assert_eq!(status, StatusCode::FORBIDDEN, "each role stands for itself");
		// It is noticed with a look at the chain of its own.
		until("there is an alarm for the motion that may be closed", LIMIT, || async {
			let (_, alarms) = self.ask(Method::GET, "/v1/alarms", &self.monitor, None).await?;
			let mut of_all = alarms.as_array().into_iter().flatten();
			Ok(match of_all.any(|alarm| alarm["code"] == "motion_ready") {
				true => Look::Found(()),
				false => Look::NotYet(alarms.to_string()),
			})
		})
		.await?;

		let closed = self
			.sign("//Dave", json!({ "action": "close", "motion": index, "hash": hash }))
			.await?;
		assert!(
			closed["events"].to_string().contains("Channels.PrefixGranted"),
			"{closed}"
		);
		// What the server says is what the chain says.
		let rpc = &self.gate.to;
		let open: Value = self
			.terminals
			.json(Args::new("council list").option("--rpc", format!("ws://{rpc}")))
			.await?;
		assert_eq!(open, json!([]));
		let events = self.get("/v1/events?limit=1000").await?;
		let kinds: Vec<_> = events["events"]
			.as_array()
			.into_iter()
			.flatten()
			.map(|event| text(&event["kind"]))
			.collect();
		for kind in ["block", "motions", "submission"] {
			assert!(kinds.contains(&kind.to_string()), "{kind}: {kinds:?}");
		}
		Ok(())
	}

	/// Opens the node's JSON-RPC as somebody; `origin` as a browser gives it.
	async fn socket(&self, header: (&'static str, &str), origin: Option<&str>) -> std::result::Result<Socket, WsError> {
		let mut request = format!("{}/rpc", self.base.replace("http://", "ws://")).into_client_request()?;
		let value = |text: &str| HeaderValue::from_str(text).unwrap();
		request.headers_mut().insert(header.0, value(header.1));
		if let Some(origin) = origin {
			request.headers_mut().insert("origin", value(origin));
		}
		Ok(tokio_tungstenite::connect_async(request).await?.0)
	}

	/// Logs a person in by password: the cookie of its session.
	async fn log_in(&self) -> Result<String> {
		let add = Args::new("user add li --role read").option("--db", &self.db);
		let link = text(&self.terminals.json::<Value>(add).await?["link"]);
		let invitation = link.split('#').nth(1).unwrap_or_default().to_string();
		let set = json!({ "invitation": invitation, "password": PASSWORD });
		self.done(self.ask(Method::POST, "/v1/password", "", Some(set)).await?)?;
		let failed = |error: reqwest::Error| Error::Unexpected(error.to_string());
		let body = json!({ "name": "li", "password": PASSWORD });
		let answer = self
			.http
			.post(format!("{}/v1/session", self.base))
			.json(&body)
			.send()
			.await
			.map_err(failed)?;
		let cookie = answer
			.headers()
			.get("set-cookie")
			.and_then(|cookie| cookie.to_str().ok());
		let cookie = cookie.and_then(|cookie| cookie.split(';').next());
		cookie
			.map(Into::into)
			.ok_or_else(|| Error::Unexpected("no cookie".into()))
	}

	async fn a_page_calls_what_passes_only(&self) -> Result<()> {
		let cookie = self.log_in().await?;
		for origin in [None, Some("https://evil.example"), Some("null")] {
			let refused = self.socket(("cookie", &cookie), origin).await;
			assert!(
				matches!(&refused, Err(WsError::Http(answer)) if answer.status() == 403),
				"{origin:?}: {refused:?}"
			);
		}
		let mut page = self
			.socket(("cookie", &cookie), Some(&self.base))
			.await
			.map_err(|error| Error::Unexpected(error.to_string()))?;
		let genesis = call(&mut page, "chainSpec_v1_genesisHash", json!([])).await?;
		let node = self.ask(Method::GET, "/v1/node", &self.monitor, None).await?.1;
		assert_eq!(genesis["result"], node["genesis"], "{genesis}");
		for method in ["author_rotateKeys", "system_addReservedPeer", "state_call"] {
			let refused = call(&mut page, method, json!([])).await?;
			assert_eq!(refused["error"]["code"], -32_601, "{refused}");
			assert!(text(&refused["error"]["message"]).contains(method), "{refused}");
		}
		// A reader broadcasts nothing.
		let refused = call(&mut page, "transaction_v1_broadcast", json!(["0x00"])).await?;
		assert_eq!(refused["error"]["code"], -32_003, "{refused}");
		let followed = call(&mut page, "chainHead_v1_follow", json!([true])).await?;
		assert!(followed["result"].is_string(), "{followed}");
		let event = next(&mut page).await?;
		assert_eq!(event["method"], "chainHead_v1_followEvent", "{event}");
		let governor = format!("Bearer {}", self.governor);
		let mut program = self
			.socket(("authorization", &governor), None)
			.await
			.map_err(|error| Error::Unexpected(error.to_string()))?;
		let sent = call(&mut program, "transaction_v1_broadcast", json!(["0x00"])).await?;
		assert!(sent["error"]["code"] != -32_003, "{sent}");
		let log: Value = self
			.terminals
			.json(Args::new("audit --actor governor").option("--db", &self.db))
			.await?;
		assert!(log.to_string().contains("transaction_v1_broadcast"), "{log}");
		Ok(())
	}

	async fn a_node_that_goes_away_comes_back(&mut self) -> Result<()> {
		self.gate.shut();
		let away = self.connected(false).await?;
		assert!(away["fault"].is_string() && away["since"].as_i64() > Some(0), "{away}");
		let (status, problem) = self.ask(Method::GET, "/v1/motions", &self.governor, None).await?;
		assert_eq!(
			(status, &problem["code"]),
			(StatusCode::SERVICE_UNAVAILABLE, &json!("not_ready")),
			"{problem}"
		);
		// Who is in the consortium is shown as it was.
		assert!(self.get("/v1/network").await?["members"].is_array());
		let (_, alarms) = self.ask(Method::GET, "/v1/alarms", &self.monitor, None).await?;
		assert_eq!(alarms[0]["code"], "node_away", "{alarms}");
		self.gate.open().await?;
		self.connected(true).await?;
		self.get("/v1/motions").await.map(drop)
	}
}

type Socket = tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

fn text(value: &Value) -> String {
	value.as_str().unwrap_or_default().into()
}

async fn call(socket: &mut Socket, method: &str, params: Value) -> Result<Value> {
	let request = json!({ "jsonrpc": "2.0", "id": method, "method": method, "params": params });
	let sent = socket.send(Message::text(request.to_string())).await;
	sent.map_err(|error| Error::Unexpected(error.to_string()))?;
	loop {
		let answer = next(socket).await?;
		if answer["id"] == method {
			return Ok(answer);
		}
	}
}

/// The next message that is one.
async fn next(socket: &mut Socket) -> Result<Value> {
	let waited = tokio::time::timeout(LIMIT, async {
		loop {
			match socket.next().await {
				Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).map_err(|error| error.to_string()),
				Some(Ok(Message::Close(frame))) => return Err(format!("closed: {frame:?}")),
				Some(Ok(_)) => {}
				Some(Err(error)) => return Err(error.to_string()),
				None => return Err("the connection ended".into()),
			}
		}
	});
	let answer = waited.await.map_err(|_| Error::Unexpected("no message came".into()))?;
	answer.map_err(Error::Unexpected)
}
