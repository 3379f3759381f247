// SPDX-License-Identifier: Apache-2.0

//! TLS: real handshakes of the client of the SDK with certificates made here.

#![allow(clippy::unwrap_used)]

use crate::common::{
	certificates::{files, write, Authority},
	Fake, Node,
};
use sealane_gateway::{serve, Config, Limits, StartError, TlsFiles};
use sealane_sdk::{types::ProblemCode, ClientBuilder, Error};
use std::{future::pending, path::Path};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// A node with TLS that listens at every address of the machine.
async fn node(folder: &Path, change: impl FnOnce(&mut TlsFiles)) -> (Node, Authority) {
	let authority = Authority::new("of the node");
	let mut tls = files(folder, &authority.server("127.0.0.1"));
	change(&mut tls);
	let node = Node::configured(|config| {
		config.listen = "0.0.0.0:0".parse().unwrap();
		config.tls = Some(tls);
		config.limits = Limits {
			handshake_timeout_ms: 200,
			..Limits::default()
		};
	})
	.await;
	(node, authority)
}

fn client(node: &Node) -> ClientBuilder {
	ClientBuilder::new(&node.file.url, &node.file.token).attempts(1)
}

#[tokio::test]
async fn a_client_that_trusts_the_authority_gets_through() {
	let folder = tempfile::tempdir().unwrap();
	let (node, authority) = node(folder.path(), |_| {}).await;
	let port = node.gateway.address().port();
	assert_eq!(node.file.url, format!("https://127.0.0.1:{port}"));
	let trusting = client(&node).trust(authority.pem()).build().unwrap();
	assert_eq!(trusting.status().await.unwrap().node, Some(2));

	// The token is wanted as ever.
	let stranger = ClientBuilder::new(&node.file.url, "0".repeat(64))
		.trust(authority.pem())
		.attempts(1)
		.build()
		.unwrap();
	assert_eq!(
		stranger.status().await.unwrap_err().code(),
		Some(ProblemCode::Unauthenticated)
	);

	// Nobody else may pose as the node: not another authority, not the ones that browsers know, not another name.
	for wary in [client(&node).trust(Authority::new("other").pem()), client(&node)] {
		let error = wary.build().unwrap().status().await.unwrap_err();
		assert!(matches!(&error, Error::Transport(_)), "{error}");
		assert!(error.to_string().contains("certificate"), "{error}");
	}
	let other_name = ClientBuilder::new(format!("https://localhost:{port}"), &node.file.token)
		.trust(authority.pem())
		.attempts(1);
	let error = other_name.build().unwrap().status().await.unwrap_err();
	assert!(matches!(&error, Error::Transport(_)), "{error}");
}

#[tokio::test]
async fn a_client_certificate_is_wanted_where_the_operator_says_so() {
	let folder = tempfile::tempdir().unwrap();
	let clients = Authority::new("of clients");
	let client_ca = write(folder.path(), "clients.pem", &clients.pem());
	let (node, authority) = node(folder.path(), |tls| tls.client_ca = Some(client_ca)).await;
	let client = || client(&node).trust(authority.pem());

	let (certificate, key) = clients.client("order desk");
	let known = client().identify(certificate, key).build().unwrap();
	assert_eq!(known.status().await.unwrap().node, Some(2));

	let (certificate, key) = Authority::new("other").client("order desk");
	let (server_certificate, server_key) = clients.server("order desk");
	for unknown in [
		client(),
		client().identify(certificate, key),
		// A certificate for servers is none for clients.
		client().identify(server_certificate, server_key),
	] {
		let error = unknown.build().unwrap().status().await.unwrap_err();
		assert!(matches!(&error, Error::Transport(_)), "{error}");
	}
	// Those who were turned away left nothing behind.
	assert_eq!(known.status().await.unwrap().node, Some(2));
}

#[tokio::test]
async fn who_speaks_no_tls_or_says_nothing_is_turned_away() {
	let folder = tempfile::tempdir().unwrap();
	let (node, authority) = node(folder.path(), |_| {}).await;
	for said in [&b""[..], b"GET /healthz HTTP/1.1\r\nhost: node\r\n\r\n", &[0x16; 4_000]] {
		let mut stream = node.http.connect().await;
		stream.write_all(said).await.unwrap();
		let mut answer = Vec::new();
		// Ends by itself, with an alert or without.
		let _ = stream.read_to_end(&mut answer).await;
		assert!(!answer.starts_with(b"HTTP"), "{:?}", String::from_utf8_lossy(&answer));
	}
	let client = client(&node).trust(authority.pem()).build().unwrap();
	assert!(client.is_ready().await.unwrap());
}

#[tokio::test]
async fn an_address_that_others_reach_wants_tls() {
	let folder = tempfile::tempdir().unwrap();
	let mut config = Config::new(folder.path(), 0);
	config.listen = "0.0.0.0:0".parse().unwrap();
	let error = serve(config, Fake::new(), pending()).await.unwrap_err();
	assert!(matches!(error, StartError::NotLoopback(_)), "{error}");
	assert!(error.to_string().contains("certificate"), "{error}");
	assert!(!folder.path().join("gateway.json").exists());
}

#[tokio::test]
async fn files_that_cannot_be_used_are_named_with_the_rule() {
	use std::os::unix::fs::PermissionsExt;
	let folder = tempfile::tempdir().unwrap();
	let authority = Authority::new("of the node");
	let (mine, other) = (authority.server("127.0.0.1"), authority.server("127.0.0.1"));
	let good = files(folder.path(), &mine);
	let open = write(folder.path(), "open.key", &mine.1);
	std::fs::set_permissions(&open, std::fs::Permissions::from_mode(0o644)).unwrap();
	let nothing = write(folder.path(), "nothing.pem", "");
	let other_key = write(folder.path(), "other.key", &other.1);
	let absent = folder.path().join("absent.pem");
	let cases = [
		(
			"absent.pem",
			"No such file",
			TlsFiles {
				certificate: absent,
				..good.clone()
			},
		),
		(
			"nothing.pem",
			"at least one certificate",
			TlsFiles {
				certificate: nothing.clone(),
				..good.clone()
			},
		),
		(
			"nothing.pem",
			"one private key",
			TlsFiles {
				key: nothing.clone(),
				..good.clone()
			},
		),
		(
			"open.key",
			"mode is 644",
			TlsFiles {
				key: open,
				..good.clone()
			},
		),
		(
			"node.pem",
			"",
			TlsFiles {
				key: other_key,
				..good.clone()
			},
		),
		(
			"nothing.pem",
			"at least one certificate",
			TlsFiles {
				client_ca: Some(nothing),
				..good.clone()
			},
		),
	];
	for (file, rule, tls) in cases {
		let mut config = Config::new(folder.path(), 0);
		config.tls = Some(tls);
		let error = serve(config, Fake::new(), pending()).await.unwrap_err();
		assert!(matches!(error, StartError::Tls(_)), "{error}");
		let text = error.to_string();
		assert!(text.contains(file) && text.contains(rule), "{text}");
		assert!(!text.contains("PRIVATE"), "{text}");
	}
}
