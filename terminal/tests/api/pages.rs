// SPDX-License-Identifier: Apache-2.0

//! The console's pages beside the API, and who may act through a browser.

use super::{read, Terminal, PASSWORD};
use crate::{until, World};
use sealane_service::{users::Role, ServiceConfig};
use serde_json::{json, Value};
use std::{path::Path, sync::Arc};

/// An archive of pages, as the console's build writes it: names and sizes in a header of 512 bytes, the bytes padded to as many.
fn archive(path: &Path, files: &[(&str, &[u8])]) {
	let mut tar = Vec::new();
	for (name, bytes) in files {
		let mut header = [0u8; 512];
		header[..name.len()].copy_from_slice(name.as_bytes());
		header[100..108].copy_from_slice(b"0000644\0");
		header[124..136].copy_from_slice(format!("{:011o}\0", bytes.len()).as_bytes());
		header[148..156].fill(b' ');
		header[156] = b'0';
		header[257..265].copy_from_slice(b"ustar\x0000");
		let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
		header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
		tar.extend(header);
		tar.extend(*bytes);
		tar.resize(tar.len().next_multiple_of(512), 0);
	}
	tar.resize(tar.len() + 1024, 0);
	std::fs::write(path, tar).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_come_from_the_archive_and_every_answer_says_what_they_may() {
	let world = Arc::new(World::new(100).await);
	let dir = tempfile::tempdir().unwrap();
	let path = dir.path().join("console.tar");
	archive(
		&path,
		&[("index.html", b"<!DOCTYPE html>start"), ("assets/app-1.js", b"go()")],
	);
	let service = ServiceConfig {
		console: Some(path),
		..ServiceConfig::default()
	};
	let terminal = Terminal::start_with(&world, 0, service).await;
	let get = |path: &str| terminal.http.get(format!("{}{path}", terminal.url)).send();
	for (path, status, cached, holds) in [
		("/", 200, "no-cache", "start"),
		("/orders/A-1", 200, "no-cache", "start"),
		("/assets/app-1.js", 200, "immutable", "go()"),
		("/password", 200, "no-cache", "start"),
		("/assets/gone.js", 404, "no-store", "not_found"),
		("/v1/nothing", 404, "no-store", "not_found"),
		("/v1/records", 401, "no-store", "unauthenticated"),
		("/v1/about", 200, "no-store", "Asia/Shanghai"),
	] {
		let answer = get(path).await.unwrap();
		assert_eq!(answer.status(), status, "{path}");
		let headers = answer.headers().clone();
		let header = |name: &str| headers[name].to_str().unwrap();
		assert!(
			header("cache-control").contains(cached),
			"{path}: {}",
			header("cache-control")
		);
		let policy = header("content-security-policy");
		assert!(
			policy.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self';")
				&& policy.contains("connect-src 'self'")
				&& policy.contains("frame-ancestors 'none'")
				&& !policy.contains("unsafe-inline"),
			"{path}: {policy}"
		);
		assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
		assert_eq!(header("referrer-policy"), "no-referrer", "{path}");
		assert_eq!(header("cross-origin-opener-policy"), "same-origin", "{path}");
		let text = answer.text().await.unwrap();
		assert!(text.contains(holds), "{path}: {text}");
	}
	// Whose terminal it is comes from the node, a moment after the start.
	until("the node was not asked whose terminal it is", || async {
		let about: Value = get("/v1/about").await.unwrap().json().await.unwrap();
		assert_eq!(
			(about["terminal"].as_str(), about["tls"].as_bool()),
			(Some("sales"), Some(false))
		);
		about["name"].as_str().is_some_and(|name| !name.is_empty())
	})
	.await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_is_loaded_anew_can_act_and_one_of_another_origin_cannot() {
	let world = Arc::new(World::new(100).await);
	let terminal = Terminal::start(&world, 0).await;
	let (cookie, csrf) = terminal.person("li", &[Role::Read, Role::Decide]).await;
	let looked = terminal
		.http
		.get(format!("{}/v1/session", terminal.url))
		.header("cookie", &cookie);
	let (status, session) = read(looked).await;
	assert_eq!(
		(status, session["csrf"].as_str()),
		(200, Some(csrf.as_str())),
		"{session}"
	);
	assert!(session["expires_at"].as_i64().unwrap() > 0);

	let own = terminal.url.as_str();
	let hold = |from: &[(&str, &str)]| {
		let mut request = terminal
			.http
			.post(format!("{own}/v1/records/none/hold"))
			.header("cookie", &cookie)
			.header("x-csrf-token", &csrf);
		for (name, value) in from {
			request = request.header(*name, *value);
		}
		read(request)
	};
	for here in [
		&[][..],
		&[("sec-fetch-site", "same-origin")],
		&[("origin", own)],
		&[("origin", own), ("sec-fetch-site", "same-origin")],
	] {
		assert_eq!(hold(here).await.0, 404, "{here:?}: there is no such record");
	}
	for elsewhere in [
		&[("sec-fetch-site", "cross-site")][..],
		&[("sec-fetch-site", "same-site"), ("origin", own)],
		&[("origin", "https://evil.example")],
		&[("origin", "null")],
		// Another port of this machine.
		&[("origin", "http://127.0.0.1:1")],
	] {
		let (status, problem) = hold(elsewhere).await;
		assert_eq!(status, 403, "{elsewhere:?}");
		assert!(
			problem["detail"].as_str().unwrap().contains("another origin"),
			"{problem}"
		);
	}
	// Nor can it log somebody in, set a password, or send a form.
	let from_elsewhere = |path: &str, body: Value| {
		let request = terminal.http.post(format!("{own}{path}")).json(&body);
		read(request.header("origin", "https://evil.example"))
	};
	let log_in = json!({"name": "li", "password": PASSWORD});
	assert_eq!(from_elsewhere("/v1/session", log_in.clone()).await.0, 403);
	let set = json!({"invitation": "00", "password": PASSWORD});
	assert_eq!(from_elsewhere("/v1/password", set).await.0, 403);
	let form = terminal.http.post(format!("{own}/v1/session"));
	let form = form.header("content-type", "text/plain").body(log_in.to_string());
	assert_eq!(read(form).await.0, 415);
}
