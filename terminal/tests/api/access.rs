// SPDX-License-Identifier: Apache-2.0

//! Who gets in, how long he stays, and what strangers can cost.

use super::{read, Terminal, PASSWORD};
use crate::{World, PATIENCE};
use sealane_service::users::Role;
use serde_json::json;
use std::{
	sync::Arc,
	time::{Duration, Instant},
};

/// A stream of events of a session; its answer is open when this comes back.
async fn stream(terminal: &Terminal, cookie: &str) -> reqwest::Response {
	let request = terminal.http.get(format!("{}/v1/events", terminal.url));
	let answer = request
		.header("cookie", cookie)
		.header("accept", "text/event-stream")
		.send()
		.await
		.unwrap();
	assert_eq!(answer.status(), 200);
	answer
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_ends_with_its_session_and_with_its_user() {
	let world = Arc::new(World::new(100).await);
	let terminal = Terminal::start(&world, 0).await;
	let (first, csrf) = terminal.person("li", &[Role::Read]).await;
	let (second, _) = terminal.log_in("li").await;
	let (out, disabled) = (stream(&terminal, &first).await, stream(&terminal, &second).await);
	let log_out = terminal.http.delete(format!("{}/v1/session", terminal.url));
	let log_out = log_out.header("cookie", &first).header("x-csrf-token", csrf);
	assert_eq!(read(log_out).await.0, 204);
	let ended = |answer: reqwest::Response| async {
		// A stream lasts ten minutes by itself.
		tokio::time::timeout(PATIENCE, answer.bytes())
			.await
			.expect("the stream goes on")
			.unwrap()
	};
	ended(out).await;
	terminal.users.set_enabled("li", false).await.unwrap();
	ended(disabled).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strangers_get_their_share_of_tries_and_a_wait_that_is_named() {
	let world = Arc::new(World::new(100).await);
	let terminal = Terminal::start(&world, 0).await;
	terminal.person("li", &[Role::Read]).await;
	let try_one = |name: String, password: &'static str| {
		let request = terminal.http.post(format!("{}/v1/session", terminal.url));
		request.json(&json!({"name": name, "password": password})).send()
	};
	let tries = (0..64).map(|number| try_one(format!("nobody {number}"), "a wrong password"));
	let answers = futures::future::try_join_all(tries).await.unwrap();
	let mut refused = 0;
	for answer in answers {
		match answer.status().as_u16() {
			401 => {}
			429 => {
				refused += 1;
				assert!(answer.headers().contains_key("retry-after"));
				let problem: serde_json::Value = answer.json().await.unwrap();
				assert_eq!(problem["code"], "too_many_requests");
				assert!(
					problem["detail"].as_str().unwrap().contains("this address"),
					"{problem}"
				);
			}
			other => panic!("{other}"),
		}
	}
	// Eight at a time and twenty in a row; a slow machine pays a few more back meanwhile.
	assert!(refused > 0, "64 tries of one address were all compared");
	// The right one comes in once the address may try again.
	let began = Instant::now();
	loop {
		let answer = try_one("li".into(), PASSWORD).await.unwrap();
		if answer.status() == 200 {
			return;
		}
		assert_eq!(answer.status(), 429);
		assert!(began.elapsed() < PATIENCE, "the address is shut out");
		tokio::time::sleep(Duration::from_millis(500)).await;
	}
}

/// While nothing can be written, the answer to a wrong password is the same at once, whether somebody has the name or nobody: it does not wait
/// for the line in the audit log that only one of them gets.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_password_tells_nothing_of_the_name() {
	let world = Arc::new(World::new(100).await);
	let terminal = Terminal::start(&world, 0).await;
	terminal.person("li", &[Role::Read]).await;
	let db = world.db(sealane_sample::catalogue::SELLERS[0].key).await;
	let writing = db.begin().await.unwrap();
	// The line of the one that exists waits for the API's only connection: it comes last.
	for name in ["nobody", "li"] {
		let request = terminal.http.post(format!("{}/v1/session", terminal.url));
		let request = request.json(&json!({"name": name, "password": "a wrong password"}));
		// An answer that waits for the log is 503 in the end.
		assert_eq!(read(request).await.0, 401, "{name}");
	}
	drop(writing);
	// The line comes all the same.
	crate::until("the try of a name that exists is not in the audit log", || async {
		let which = sealane_service::audit::Which {
			actor: Some("li".into()),
			limit: 100,
			..Default::default()
		};
		let rows = sealane_service::audit::rows(&db, &which).await.unwrap();
		rows.iter()
			.any(|row| row.status == 401 && row.roles == "read" && row.path == "/v1/session")
	})
	.await;
}
