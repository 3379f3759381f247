// SPDX-License-Identifier: Apache-2.0

//! An API that is there before its courier.

#![allow(clippy::unwrap_used)]

use crate::common::{Fake, Http};
use sealane_courier::recovery::Progress;
use sealane_gateway::{serve, Config, Courier, Phase};
use std::sync::Arc;

#[tokio::test]
async fn an_api_says_what_its_courier_does_until_it_runs() {
	let folder = tempfile::tempdir().unwrap();
	let (phase, courier) = Courier::recovering(Arc::new(Progress::default()));
	let gateway = serve(Config::new(folder.path(), 0), courier, std::future::pending())
		.await
		.unwrap();
	let file = sealane_sdk::client::read_gateway_file(folder.path()).unwrap();
	let http = Http::new(gateway.address(), file.token);
	assert_eq!(http.send("GET", "/healthz", &[], b"").await.status, 200);
	let needs = [
		("GET", "/readyz"),
		("GET", "/v1/status"),
		("GET", "/v1/channels"),
		("GET", "/v1/orders/A"),
		("GET", "/v1/events"),
		("GET", "/v1/inbox"),
		("POST", "/v1/orders"),
	];
	let refused = async |says: &str| {
		for (method, target) in needs {
			let body: &[u8] = if method == "POST" { b"{}" } else { b"" };
			let answer = http
				.send(method, target, &[("content-type", "application/x-ndjson")], body)
				.await;
			assert_eq!(
				(answer.status, answer.code().as_str()),
				(503, "not_ready"),
				"{method} {target}"
			);
			assert!(answer.body.contains(says), "{method} {target}: {}", answer.body);
		}
	};
	refused("recovering: the courier has read 0 of at most 0 MiB of its log; the chain runs").await;
	phase.send_replace(Phase::Failed("a file is damaged".into()));
	refused("the courier could not start; the chain runs: a file is damaged").await;
	phase.send_replace(Phase::Running(Arc::new(Fake::new())));
	for (_, target) in &needs[..4] {
		assert_ne!(http.send("GET", target, &[], b"").await.status, 503, "{target}");
	}
}
