// SPDX-License-Identifier: Apache-2.0

//! Tokens, limits, slow clients, starting and stopping.

#![allow(clippy::unwrap_used)]

use crate::common::{parse, Fake, Node};
use sealane_courier::api::ChainHealth;
use sealane_gateway::{serve, Config, Limits, StartError};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const NDJSON: (&str, &str) = ("content-type", "application/x-ndjson");

/// Every route with the scope that it needs.
const ROUTES: [(&str, &str, &str); 19] = [
	("POST", "/v1/orders", "sell"),
	("GET", "/v1/orders/A", "read"),
	("DELETE", "/v1/orders/A", "sell"),
	("GET", "/v1/orders/A/trace", "read"),
	("GET", "/v1/orders/A/evidence", "evidence"),
	("POST", "/v1/confirmations", "issue"),
	("POST", "/v1/registrations", "sell"),
	("POST", "/v1/registrations/results", "issue"),
	("POST", "/v1/registrations/open", "read"),
	("POST", "/v1/registrations/close", "issue"),
	("GET", "/v1/registrations/A", "read"),
	("GET", "/v1/events", "read"),
	("GET", "/v1/inbox", "read"),
	("GET", "/v1/clauses?product=BOND-A", "monitor"),
	("GET", "/v1/calendars?issuer=2", "monitor"),
	("GET", "/v1/channels", "monitor"),
	("GET", "/v1/lanes", "monitor"),
	("POST", "/v1/lanes/1/2/3/retry", "operate"),
	("GET", "/v1/status", "monitor"),
];

async fn with_tokens(tokens: &str) -> (sealane_gateway::Gateway, tempfile::TempDir, crate::common::Http) {
	use std::os::unix::fs::PermissionsExt;
	let folder = tempfile::tempdir().unwrap();
	let path = folder.path().join("gateway-tokens.json");
	std::fs::write(&path, tokens).unwrap();
	std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
	let gateway = serve(Config::new(folder.path(), 0), Fake::new(), std::future::pending())
		.await
		.unwrap();
	let http = crate::common::Http::new(gateway.address(), String::new());
	(gateway, folder, http)
}

#[tokio::test]
async fn every_route_wants_a_token() {
	let node = Node::start().await;
	for (method, target, _) in ROUTES {
		let answer = node.http.send_bare(method, target, &[NDJSON], b"").await;
		assert_eq!(
			(answer.status, answer.code().as_str()),
			(401, "unauthenticated"),
			"{method} {target}"
		);
		assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"sealane\""));
		let wrong = format!("Bearer {}", "0".repeat(64));
		let answer = node
			.http
			.send_bare(method, target, &[NDJSON, ("authorization", &wrong)], b"")
			.await;
		assert_eq!(answer.status, 401, "{method} {target}");
	}
	assert!(node.fake.get(|s| s.retried.is_empty()));
}

#[tokio::test]
async fn every_route_wants_its_scope() {
	let scopes = ["monitor", "read", "sell", "issue", "evidence", "operate"];
	let token = |scope: &str| scope.repeat(8);
	let tokens: Vec<_> = scopes
		.iter()
		.map(|scope| serde_json::json!({"name": scope, "token": token(scope), "scopes": [scope]}))
		.collect();
	let (_gateway, folder, http) = with_tokens(&serde_json::to_string(&tokens).unwrap()).await;
	assert!(!folder.path().join("gateway.json").exists(), "no token has every scope");
	for (method, target, needed) in ROUTES {
		for scope in scopes {
			let bearer = format!("Bearer {}", token(scope));
			let answer = http
				.send_bare(method, target, &[NDJSON, ("authorization", &bearer)], b"")
				.await;
			assert_eq!(
				answer.status == 403,
				scope != needed,
				"{method} {target} with {scope}: {answer:?}"
			);
			assert_ne!(answer.status, 401);
		}
	}
}

fn write_tokens(folder: &std::path::Path, tokens: &serde_json::Value) {
	use std::os::unix::fs::PermissionsExt;
	// As an operator's editor does: a new file in the place of the old one.
	let new = folder.join("tokens.new");
	std::fs::write(&new, tokens.to_string()).unwrap();
	std::fs::set_permissions(&new, std::fs::Permissions::from_mode(0o600)).unwrap();
	std::fs::rename(new, folder.join("gateway-tokens.json")).unwrap();
}

/// Waits until a request with this token is answered with this status.
async fn until_status(http: &crate::common::Http, token: &str, status: u16) {
	let bearer = format!("Bearer {token}");
	let answered = async {
		while http
			.send_bare("GET", "/v1/status", &[("authorization", &bearer)], b"")
			.await
			.status != status
		{
			tokio::time::sleep(Duration::from_millis(50)).await;
		}
	};
	tokio::time::timeout(Duration::from_secs(60), answered)
		.await
		.unwrap_or_else(|_| panic!("never {status}"));
}

#[tokio::test]
async fn a_token_is_revoked_and_another_admitted_without_a_restart() {
	let (old, new) = ("old-".repeat(8), "new-".repeat(8));
	let entry = |name: &str, token: &str| serde_json::json!({"name": name, "token": token, "scopes": ["monitor"]});
	let (_gateway, folder, http) = with_tokens(&serde_json::json!([entry("old", &old)]).to_string()).await;
	until_status(&http, &old, 200).await;
	write_tokens(folder.path(), &serde_json::json!([entry("new", &new)]));
	until_status(&http, &new, 200).await;
	until_status(&http, &old, 401).await;
	// A file that cannot be used changes nothing, and an alarm says so until it can.
	write_tokens(folder.path(), &serde_json::json!([entry("new", "short")]));
	let bearer = format!("Bearer {new}");
	let status = || async {
		let answer = http
			.send_bare("GET", "/v1/status", &[("authorization", &bearer)], b"")
			.await;
		assert_eq!(answer.status, 200);
		answer.json()["alarms"].to_string()
	};
	let alarmed = async {
		while !status().await.contains("at least 24") {
			tokio::time::sleep(Duration::from_millis(50)).await;
		}
		write_tokens(
			folder.path(),
			&serde_json::json!([entry("new", &new), entry("old", &old)]),
		);
		while status().await.contains("at least 24") {
			tokio::time::sleep(Duration::from_millis(50)).await;
		}
	};
	tokio::time::timeout(Duration::from_secs(60), alarmed).await.unwrap();
	until_status(&http, &old, 200).await;
}

#[tokio::test]
async fn an_idempotency_key_belongs_to_its_token() {
	let entry = |name: &str| serde_json::json!({"name": name, "token": name.repeat(6), "scopes": ["sell"]});
	let (_gateway, _folder, http) =
		with_tokens(&serde_json::json!([entry("desk-a"), entry("desk-b")]).to_string()).await;
	for (name, body, status) in [
		("desk-a", "A", 200),
		("desk-b", "B", 200),
		("desk-a", "A", 200),
		("desk-a", "B", 409),
		("desk-b", "A", 409),
	] {
		let bearer = format!("Bearer {}", name.repeat(6));
		let headers = [NDJSON, ("idempotency-key", "1"), ("authorization", &bearer)];
		let body = format!("{{\"id\":\"{body}\"}}\n");
		let answer = http.send_bare("POST", "/v1/orders", &headers, body.as_bytes()).await;
		assert_eq!(answer.status, status, "{name}: {body}");
	}
}

#[tokio::test]
async fn who_did_or_saw_what_is_written_down() {
	let token = |name: &str| format!("{name}-{}", "x".repeat(24));
	let entry = |name: &str, scopes: &[&str]| serde_json::json!({"name": name, "token": token(name), "scopes": scopes});
	let tokens = serde_json::json!([entry("desk", &["sell", "read"]), entry("watch", &["monitor"])]);
	let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
	let folder = tempfile::tempdir().unwrap();
	write_tokens(folder.path(), &tokens);
	let gateway = serve(Config::new(folder.path(), 0), Fake::new(), async {
		let _ = stopped.await;
	})
	.await
	.unwrap();
	let http = crate::common::Http::new(gateway.address(), String::new());
	let order = br#"{"id":"A","kind":"purchase","product":"BOND-A","customer":"C-secret"}"#;
	for (name, method, target, body) in [
		("desk", "POST", "/v1/orders", &order[..]),
		("desk", "GET", "/v1/orders/A?seller=4", b""),
		("desk", "GET", "/v1/events?cursor=0-0", b""),
		("watch", "GET", "/v1/status", b""),
		("watch", "GET", "/v1/orders/A/evidence", b""),
		("nobody", "GET", "/v1/orders/A", b""),
	] {
		let bearer = format!("Bearer {}", token(name));
		http.send_bare(method, target, &[NDJSON, ("authorization", &bearer)], body)
			.await;
	}
	stop.send(()).unwrap();
	gateway.stopped().await;
	let files: Vec<_> = std::fs::read_dir(folder.path().join("audit")).unwrap().collect();
	let text: String = files
		.into_iter()
		.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
		.collect();
	assert!(
		!text.contains("C-secret") && !text.contains("xxxxxx"),
		"neither payload nor token: {text}"
	);
	let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
	let seen: Vec<_> = lines
		.iter()
		.map(|line| {
			(
				line["token"].as_str(),
				line["method"].as_str().unwrap(),
				line["path"].as_str().unwrap(),
			)
		})
		.collect();
	assert!(seen.contains(&(Some("desk"), "POST", "/v1/orders")), "{text}");
	assert!(seen.contains(&(Some("desk"), "GET", "/v1/orders/A?seller=4")), "{text}");
	assert!(
		seen.contains(&(Some("watch"), "GET", "/v1/orders/A/evidence")),
		"what was tried without a right: {text}"
	);
	assert!(
		!seen.iter().any(|(_, _, path)| path.contains("status")),
		"monitoring shows nothing: {text}"
	);
	let refused = lines
		.iter()
		.find(|line| line["path"] == "/v1/orders/A/evidence")
		.unwrap();
	assert_eq!(refused["status"], 403);
	let strangers = lines.last().unwrap();
	assert_eq!(
		(&strangers["token"], &strangers["count"]),
		(&serde_json::Value::Null, &1.into())
	);
	let taken = lines.iter().find(|line| line["method"] == "POST").unwrap();
	assert_eq!((&taken["status"], &taken["entries"]), (&200.into(), &1.into()));
}

#[tokio::test]
async fn health_and_the_document_want_no_token() {
	let node = Node::start().await;
	assert_eq!(
		node.http.send_bare("GET", "/healthz", &[], b"").await.body,
		r#"{"status":"ok"}"#
	);
	assert_eq!(node.http.send_bare("GET", "/readyz", &[], b"").await.status, 200);
	assert!(node.client().is_ready().await.unwrap());
	assert_eq!(
		node.http.send_bare("GET", "/openapi.json", &[], b"").await.json()["info"]["title"],
		"Sealane node"
	);
	for change in [
		(|s: &mut sealane_courier::api::Status| s.store_full = true) as fn(&mut _),
		|s: &mut sealane_courier::api::Status| s.node = None,
		|s: &mut sealane_courier::api::Status| s.keys_valid = false,
		|s: &mut sealane_courier::api::Status| s.store_frozen = Some("a sync failed".into()),
		|s: &mut sealane_courier::api::Status| s.chain = ChainHealth::Stale { since: 7 },
		|s: &mut sealane_courier::api::Status| s.chain = ChainHealth::Unreadable("no such method".into()),
	] {
		let mut status = crate::common::ready();
		change(&mut status);
		node.fake.set(|s| s.status = Some(status));
		let answer = node.http.send_bare("GET", "/readyz", &[], b"").await;
		assert_eq!((answer.status, answer.code().as_str()), (503, "not_ready"));
		assert!(!node.client().is_ready().await.unwrap());
	}
}

#[tokio::test]
async fn status_and_readiness_say_when_the_chain_is_stale_or_unreadable() {
	let node = Node::start().await;
	for (chain, code) in [
		(ChainHealth::Stale { since: 7 }, "chain.directory_stale"),
		(
			ChainHealth::Unreadable("no such method".into()),
			"chain.directory_unreadable",
		),
	] {
		let status = sealane_courier::api::Status {
			chain,
			..crate::common::ready()
		};
		node.fake.set(|s| s.status = Some(status));
		let answer = node.http.send_bare("GET", "/readyz", &[], b"").await;
		assert_eq!(answer.status, 503);
		assert!(answer.body.contains(code), "{}", answer.body);
		let status = node.client().status().await.unwrap();
		assert!(!status.ready);
		assert!(
			status.alarms.iter().any(|alarm| alarm.contains(code)),
			"{:?}",
			status.alarms
		);
	}
}

#[tokio::test]
async fn unknown_addresses_and_methods_have_problems() {
	let node = Node::start().await;
	let answer = node.http.send("GET", "/v1/secrets/王", &[], b"").await;
	assert_eq!((answer.status, answer.code().as_str()), (404, "not_found"));
	let answer = node.http.send("PUT", "/v1/orders", &[], b"").await;
	assert_eq!((answer.status, answer.code().as_str()), (405, "method_not_allowed"));
}

#[tokio::test]
async fn large_bodies_are_refused_before_they_are_read() {
	let node = Node::with(Limits {
		max_body_bytes: 1_000,
		..Limits::default()
	})
	.await;
	// Announced, and never sent.
	let answer = node
		.http
		.send("POST", "/v1/orders", &[NDJSON, ("content-length", "1001")], b"")
		.await;
	assert_eq!((answer.status, answer.code().as_str()), (413, "body_too_large"));
	assert_eq!(answer.header("connection"), Some("close"));
	// Not announced.
	let chunk = format!("3e9\r\n{}\r\n", "x".repeat(1_001));
	let token = format!("Bearer {}", node.file.token);
	let mut stream = node.http.connect().await;
	let head = format!(
		"POST /v1/orders HTTP/1.1\r\nhost: node\r\nauthorization: {token}\r\ncontent-type: application/x-ndjson\r\n\
		 transfer-encoding: chunked\r\n\r\n{chunk}"
	);
	stream.write_all(head.as_bytes()).await.unwrap();
	let mut bytes = Vec::new();
	stream.read_to_end(&mut bytes).await.unwrap();
	let answer = parse(&bytes);
	assert_eq!((answer.status, answer.code().as_str()), (413, "body_too_large"));
	// The limit itself is fine.
	let body = format!("{{\"a\":\"{}\"}}", "x".repeat(992));
	assert_eq!(body.len(), 1_000);
	assert_eq!(
		node.http
			.send("POST", "/v1/orders", &[NDJSON], body.as_bytes())
			.await
			.status,
		200
	);
}

#[tokio::test]
async fn slow_bodies_and_slow_headers_are_given_up() {
	let node = Node::with(Limits {
		body_timeout_ms: 100,
		header_timeout_ms: 300,
		..Limits::default()
	})
	.await;
	let answer = node
		.http
		.send("POST", "/v1/orders", &[NDJSON, ("content-length", "10")], b"{")
		.await;
	assert_eq!((answer.status, answer.code().as_str()), (408, "request_timeout"));
	let mut stream = node.http.connect().await;
	stream.write_all(b"GET /healthz HTTP/1.1\r\nhost").await.unwrap();
	// Ends by itself: the gateway closes the connection.
	let mut bytes = Vec::new();
	let _ = stream.read_to_end(&mut bytes).await;
	assert!(!bytes.starts_with(b"HTTP/1.1 200"));
}

#[tokio::test]
async fn bodies_together_are_bounded() {
	let node = Node::with(Limits {
		max_body_bytes: 1_000,
		max_held_bytes: 1_500,
		..Limits::default()
	})
	.await;
	// Holds 1,000 bytes of the budget for as long as it stays open.
	let mut first = node.http.connect().await;
	let head = format!(
		"POST /v1/orders HTTP/1.1\r\nhost: node\r\nauthorization: Bearer {}\r\ncontent-type: application/x-ndjson\r\n\
		 content-length: 1000\r\nexpect: 100-continue\r\n\r\n",
		node.file.token
	);
	first.write_all(head.as_bytes()).await.unwrap();
	// The gateway asks for the body once it has taken its share.
	let mut buf = [0; 64];
	let read = first.read(&mut buf).await.unwrap();
	assert!(
		buf[..read].starts_with(b"HTTP/1.1 100"),
		"{:?}",
		String::from_utf8_lossy(&buf[..read])
	);
	let answer = node.http.send("POST", "/v1/orders", &[NDJSON], &[b' '; 600]).await;
	assert_eq!((answer.status, answer.code().as_str()), (503, "busy"));
	assert_eq!(answer.header("retry-after"), Some("1"));
	// A small one has room.
	assert_eq!(node.http.send("POST", "/v1/orders", &[NDJSON], b"{}").await.status, 200);
	let body = format!("{{\"a\":\"{}\"}}", "x".repeat(992));
	first.write_all(body.as_bytes()).await.unwrap();
	let read = first.read(&mut buf).await.unwrap();
	assert!(buf[..read].starts_with(b"HTTP/1.1 200"));
	// The share is given back with the answer.
	assert_eq!(
		node.http
			.send("POST", "/v1/orders", &[NDJSON], body.as_bytes())
			.await
			.status,
		200
	);
}

/// Connects, and says so much of a request.
async fn begin(node: &Node, said: &str) -> tokio::net::TcpStream {
	let mut stream = node.http.connect().await;
	stream.write_all(said.as_bytes()).await.unwrap();
	stream
}

#[tokio::test]
async fn a_newcomer_waits_where_every_connection_has_a_request_under_way() {
	let node = Node::with(Limits {
		max_connections: 1,
		..Limits::default()
	})
	.await;
	let head = format!(
		"POST /v1/orders HTTP/1.1\r\nhost: node\r\nauthorization: Bearer {}\r\ncontent-type: application/x-ndjson\r\n\
		 content-length: 2\r\nexpect: 100-continue\r\n\r\n",
		node.file.token
	);
	let mut first = begin(&node, &head).await;
	let mut buf = [0; 1024];
	let read = first.read(&mut buf).await.unwrap();
	assert!(buf[..read].starts_with(b"HTTP/1.1 100"));
	let http = node.http.clone();
	let mut second = tokio::spawn(async move { http.send_bare("GET", "/healthz", &[], b"").await.status });
	assert!(
		tokio::time::timeout(Duration::from_millis(200), &mut second)
			.await
			.is_err(),
		"the only place is taken"
	);
	first.write_all(b"{}").await.unwrap();
	let read = first.read(&mut buf).await.unwrap();
	assert!(buf[..read].starts_with(b"HTTP/1.1 200"), "it was not cut off");
	// Answered, it makes room although it stays open.
	assert_eq!(second.await.unwrap(), 200);
}

#[tokio::test]
async fn slow_clients_keep_nobody_out() {
	let node = Node::with(Limits {
		max_connections: 8,
		..Limits::default()
	})
	.await;
	let mut slow = Vec::new();
	for round in 0..50 {
		for said in [
			"",
			"GET /v1/status HTTP/1.1\r\nhost",
			"POST /v1/orders HTTP/1.1\r\nhost: n\r\ncontent-length: 9\r\n\r\n",
		] {
			slow.push(begin(&node, said).await);
		}
		let answer = node.http.send("GET", "/v1/status", &[], b"").await;
		assert_eq!(answer.status, 200, "round {round}");
	}
	// All but the newest were closed by the gateway, long before any deadline. A third of them ended by themselves, refused
	// for want of a token, so those that fill the 8 places are among the last 24.
	let newest = slow.split_off(slow.len() - 24);
	for mut stream in slow {
		let _ = stream.read_to_end(&mut Vec::new()).await;
	}
	drop(newest);
}

#[tokio::test]
async fn packed_bodies_are_refused_and_not_unpacked() {
	let node = Node::start().await;
	for encoding in ["gzip", "br", "identity, gzip"] {
		let headers = [NDJSON, ("content-encoding", encoding)];
		let answer = node.http.send("POST", "/v1/orders", &headers, b"\x1f\x8b").await;
		assert_eq!((answer.status, answer.code().as_str()), (415, "unsupported_media_type"));
		assert_eq!(answer.json()["field"], "Content-Encoding");
	}
	let headers = [NDJSON, ("content-encoding", "identity")];
	assert_eq!(node.http.send("POST", "/v1/orders", &headers, b"{}").await.status, 200);
}

#[tokio::test]
async fn a_stream_does_not_begin_anew_because_its_cursor_is_broken() {
	let node = Node::start().await;
	let stream = ("accept", "text/event-stream");
	for last in [
		&[("last-event-id", "\u{e7}")][..],
		&[("last-event-id", "0-0"), ("last-event-id", "0-0")],
		&[("last-event-id", "")],
	] {
		let mut headers = vec![stream];
		headers.extend_from_slice(last);
		let answer = node.http.send("GET", "/v1/events?cursor=0-0", &headers, b"").await;
		assert_eq!(
			(answer.status, answer.code().as_str()),
			(400, "invalid_cursor"),
			"{last:?}"
		);
	}
}

#[tokio::test]
async fn parameters_that_break_a_rule_are_named() {
	let node = Node::start().await;
	for (target, code) in [
		("/v1/events?cursor=nonsense", "invalid_cursor"),
		("/v1/events?cursor=99-0", "invalid_cursor"),
		("/v1/events?limit=0", "invalid_parameter"),
		("/v1/events?limit=many", "invalid_parameter"),
		("/v1/events?curser=0-0", "invalid_parameter"),
		("/v1/inbox?wait_ms=-1", "invalid_parameter"),
		("/v1/orders/A?seller=bank", "invalid_parameter"),
		("/v1/orders/%ff", "invalid_parameter"),
		("/v1/clauses", "invalid_parameter"),
		("/v1/clauses?product=a&product_type=b", "invalid_parameter"),
	] {
		let answer = node.http.send("GET", target, &[], b"").await;
		assert_eq!((answer.status, answer.code().as_str()), (400, code), "{target}");
	}
	let answer = node.http.send("POST", "/v1/lanes/1/2/x/retry", &[], b"").await;
	assert_eq!((answer.status, answer.code().as_str()), (400, "invalid_parameter"));
}

#[tokio::test]
async fn only_loopback_addresses_are_taken() {
	let folder = tempfile::tempdir().unwrap();
	let mut config = Config::new(folder.path(), 0);
	config.listen = "0.0.0.0:0".parse().unwrap();
	let error = serve(config, Fake::new(), std::future::pending()).await.unwrap_err();
	assert!(matches!(error, StartError::NotLoopback(_)), "{error}");
}

#[tokio::test]
async fn the_startup_file_is_private_and_goes_with_the_gateway() {
	use std::os::unix::fs::PermissionsExt;
	let node = Node::start().await;
	let path = node.folder.path().join("gateway.json");
	assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
	let client = sealane_sdk::Client::from_path(node.folder.path()).unwrap();
	assert_eq!(client.status().await.unwrap().node, Some(2));
	let folder = node.stop().await;
	assert!(!path.exists());
	assert!(
		folder.path().join("gateway-tokens.json").exists(),
		"tokens stay for the next start"
	);
	assert!(client.status().await.is_err());
}
