// SPDX-License-Identifier: Apache-2.0

//! The stop: who was let in is answered, who comes later is told, and nobody can hold it up for ever.

#![allow(clippy::unwrap_used)]

use crate::common::{parse, Http, Node};
use sealane_gateway::Limits;
use std::time::{Duration, Instant};
use tokio::{
	io::{AsyncReadExt, AsyncWriteExt},
	net::TcpStream,
};

const ENTRY: &[u8] = b"{\"id\":\"A\"}";
const NDJSON: (&str, &str) = ("content-type", "application/x-ndjson");

async fn node(stop_timeout_ms: u64) -> Node {
	Node::with(Limits {
		stop_timeout_ms,
		..Limits::default()
	})
	.await
}

/// A request that was let in and whose body has not come.
async fn under_way(node: &Node) -> TcpStream {
	let mut stream = node.http.connect().await;
	let head = format!(
		"POST /v1/orders HTTP/1.1\r\nhost: node\r\nauthorization: Bearer {}\r\ncontent-type: application/x-ndjson\r\n\
		 content-length: {}\r\nexpect: 100-continue\r\n\r\n",
		node.file.token,
		ENTRY.len()
	);
	stream.write_all(head.as_bytes()).await.unwrap();
	// The gateway asks for the body once it has let the request in.
	let mut buf = [0; 64];
	let read = stream.read(&mut buf).await.unwrap();
	assert!(buf[..read].starts_with(b"HTTP/1.1 100"));
	stream
}

/// Waits until the node says that it is stopping.
async fn until_stopping(http: &Http) {
	loop {
		let answer = http.send_bare("GET", "/readyz", &[], b"").await;
		if answer.status == 503 {
			assert_eq!(answer.code(), "not_ready");
			assert!(answer.body.contains("stopping"), "{}", answer.body);
			return;
		}
		tokio::task::yield_now().await;
	}
}

#[tokio::test]
async fn who_was_let_in_is_answered_and_who_comes_later_is_told() {
	let node = node(60_000).await;
	let (http, fake, address) = (node.http.clone(), node.fake.clone(), node.gateway.address());
	let mut early = under_way(&node).await;
	// Connected, and nothing asked yet: nobody waits for it.
	let _idle = node.http.connect().await;
	let stopping = tokio::spawn(node.stop());
	until_stopping(&http).await;

	let late = http.send("POST", "/v1/orders", &[NDJSON], ENTRY).await;
	assert_eq!((late.status, late.code().as_str()), (503, "not_ready"));
	assert_eq!(late.header("retry-after"), Some("2"));
	assert_eq!(late.header("connection"), Some("close"));
	assert_eq!(http.send_bare("GET", "/healthz", &[], b"").await.status, 200);
	// Whoever has no token learns nothing new.
	assert_eq!(http.send_bare("GET", "/v1/status", &[], b"").await.status, 401);
	assert!(!stopping.is_finished());
	assert!(fake.get(|s| s.taken.is_empty()));

	early.write_all(ENTRY).await.unwrap();
	let mut bytes = Vec::new();
	early.read_to_end(&mut bytes).await.unwrap();
	let answer = parse(&bytes);
	assert_eq!((answer.status, answer.json()["accepted"].as_u64()), (200, Some(1)));
	assert_eq!(fake.get(|s| s.taken.len()), 1);
	let folder = stopping.await.unwrap();
	assert!(!folder.path().join("gateway.json").exists());
	assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn the_wait_is_bounded() {
	let node = node(300).await;
	let fake = node.fake.clone();
	let mut early = under_way(&node).await;
	let started = Instant::now();
	node.stop().await;
	assert!(
		started.elapsed() >= Duration::from_millis(300),
		"{:?}",
		started.elapsed()
	);
	let mut bytes = Vec::new();
	let _ = early.read_to_end(&mut bytes).await;
	assert!(bytes.is_empty(), "cut off: {:?}", String::from_utf8_lossy(&bytes));
	assert!(fake.get(|s| s.taken.is_empty()));
}

#[tokio::test]
async fn giving_up_the_wait_cuts_off_at_once() {
	let node = node(3_600_000).await;
	let http = node.http.clone();
	let mut early = under_way(&node).await;
	let stopping = tokio::spawn(node.stop());
	until_stopping(&http).await;
	stopping.abort();
	// Ends although an hour is left.
	let mut bytes = Vec::new();
	let _ = early.read_to_end(&mut bytes).await;
	assert!(bytes.is_empty(), "cut off: {:?}", String::from_utf8_lossy(&bytes));
}
