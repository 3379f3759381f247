// SPDX-License-Identifier: Apache-2.0

//! The database over the network: PostgreSQL behind TLS.

// The other tests of the terminals need the rest of it.
#[allow(dead_code)]
mod databases;

use databases::Server;
use sealane_terminal::db::Db;
use std::net::TcpListener;

/// A certificate for `localhost` that is its own authority, and its key.
fn certificate() -> (String, String) {
	let certificate = rcgen::generate_simple_self_signed(["localhost".to_string()]).unwrap();
	(
		certificate.serialize_pem().unwrap(),
		certificate.serialize_private_key_pem(),
	)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_must_be_the_one_that_the_certificate_names() {
	let (pem, key) = certificate();
	let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
	let server = Server::start_tls(port, &pem, &key);
	server.url("bank");
	let folder = tempfile::tempdir().unwrap();
	let (ours, other) = (folder.path().join("ours.pem"), folder.path().join("other.pem"));
	std::fs::write(&ours, pem).unwrap();
	std::fs::write(&other, certificate().0).unwrap();
	let url = |host: &str, mode: &str, root: &std::path::Path| {
		format!(
			"postgres://postgres@{host}:{port}/bank?sslmode={mode}&sslrootcert={}",
			root.display()
		)
	};

	let db = Db::open(&url("localhost", "verify-full", &ours)).await.unwrap();
	assert_eq!(db.cursor("events").await.unwrap(), None);
	db.close().await;
	Db::open(&url("localhost", "verify-full", &other))
		.await
		.expect_err("another authority");
	Db::open(&url("127.0.0.1", "verify-full", &ours))
		.await
		.expect_err("another name");
	Db::open(&url("localhost", "disable", &ours))
		.await
		.expect_err("the server takes TLS alone");
}
