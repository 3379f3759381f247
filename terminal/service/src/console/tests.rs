// SPDX-License-Identifier: Apache-2.0

use super::{
	archive::{MAX_BYTES, MAX_FILES},
	*,
};
use axum::{
	http::{
		header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY},
		HeaderMap, HeaderName, HeaderValue, Method, StatusCode,
	},
	response::Response,
};
use bytes::Bytes;
use tar::{Builder, EntryType, Header};

/// A header as `tar` writes it, with the name put there byte by byte: the library itself writes no bad one.
fn entry(name: &str, kind: EntryType, size: u64) -> Header {
	let mut header = Header::new_ustar();
	header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
	header.set_entry_type(kind);
	header.set_size(size);
	header.set_mode(0o644);
	header.set_cksum();
	header
}

fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
	let mut builder = Builder::new(Vec::new());
	for (name, bytes) in files {
		let header = entry(name, EntryType::Regular, bytes.len() as u64);
		builder.append(&header, *bytes).unwrap();
	}
	builder.into_inner().unwrap()
}

fn small() -> Console {
	let bytes = archive(&[
		("./index.html", b"<!DOCTYPE html>start"),
		("assets/app-1a2b.js", b"plain script"),
		("assets/app-1a2b.js.gz", b"packed script"),
		("assets/verifier.wasm", b"\0asm"),
		("assets/font.woff2", b"wOF2"),
	]);
	Console {
		archive: Some(Archive::read(bytes.into()).unwrap()),
	}
}

fn get(console: &Console, path: &str, headers: &[(HeaderName, &'static str)]) -> Option<Response> {
	let headers: HeaderMap = headers
		.iter()
		.map(|(name, value)| (name.clone(), HeaderValue::from_static(value)))
		.collect();
	console.answer(&Method::GET, path, &headers)
}

async fn body(response: Response) -> Bytes {
	axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap()
}

#[tokio::test]
async fn files_come_with_their_type_and_addresses_of_pages_with_the_start() {
	let console = small();
	for (path, kind, holds, keep) in [
		(
			"/",
			"text/html; charset=utf-8",
			&b"<!DOCTYPE html>start"[..],
			"no-cache",
		),
		(
			"/orders/A-1",
			"text/html; charset=utf-8",
			b"<!DOCTYPE html>start",
			"no-cache",
		),
		(
			"/orders/A-1.5",
			"text/html; charset=utf-8",
			b"<!DOCTYPE html>start",
			"no-cache",
		),
		("/v1x", "text/html; charset=utf-8", b"<!DOCTYPE html>start", "no-cache"),
		(
			"/assets/app-1a2b.js",
			"text/javascript; charset=utf-8",
			b"plain script",
			"immutable",
		),
		("/assets/verifier.wasm", "application/wasm", b"\0asm", "immutable"),
		("/assets/font.woff2", "font/woff2", b"wOF2", "immutable"),
	] {
		let answer = get(&console, path, &[]).unwrap();
		assert_eq!(answer.status(), StatusCode::OK, "{path}");
		assert_eq!(answer.headers()[CONTENT_TYPE], kind, "{path}");
		assert!(
			answer.headers()[CACHE_CONTROL].to_str().unwrap().contains(keep),
			"{path}"
		);
		assert_eq!(body(answer).await, holds, "{path}");
	}
	for path in [
		"/v1",
		"/v1/nothing",
		"/rpc",
		"/metrics/x",
		"/healthz/x",
		"/readyz/",
		"/openapi.json",
		"/gone.js",
		"/assets/gone",
		"/assets/app-1a2b.js.gz",
		"/../etc/passwd.txt",
	] {
		assert!(get(&console, path, &[]).is_none(), "{path}");
	}
	assert!(console.answer(&Method::POST, "/", &HeaderMap::new()).is_none());
}

#[tokio::test]
async fn packed_files_go_to_those_who_take_them_and_known_ones_to_nobody() {
	let console = small();
	let script = "/assets/app-1a2b.js";
	for (accepts, packed) in [
		("gzip, br", true),
		("br;q=1, GZIP;q=0.5", true),
		("gzip;q=0", false),
		("gzip; q=0.000, *", false),
		("br", false),
	] {
		let answer = get(&console, script, &[(ACCEPT_ENCODING, accepts)]).unwrap();
		assert_eq!(answer.headers().contains_key(CONTENT_ENCODING), packed, "{accepts}");
		assert_eq!(answer.headers()[VARY], "accept-encoding");
		let holds: &[u8] = if packed { b"packed script" } else { b"plain script" };
		assert_eq!(body(answer).await, holds, "{accepts}");
	}
	let etag = |headers: &[_]| get(&console, script, headers).unwrap().headers()[ETAG].clone();
	let plain = etag(&[]);
	assert_ne!(plain, etag(&[(ACCEPT_ENCODING, "gzip")]), "each form has its own");
	let mut headers = HeaderMap::new();
	headers.insert(
		IF_NONE_MATCH,
		HeaderValue::from_str(&format!("\"x\", W/{}", plain.to_str().unwrap())).unwrap(),
	);
	let answer = console.answer(&Method::GET, script, &headers).unwrap();
	assert_eq!(answer.status(), StatusCode::NOT_MODIFIED);
	assert!(body(answer).await.is_empty());
	headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
	let other = console.answer(&Method::GET, script, &headers).unwrap();
	assert_eq!(other.status(), StatusCode::OK, "the packed one is another");
}

#[test]
fn what_is_no_archive_of_pages_is_named() {
	let refused = |bytes: Vec<u8>| Archive::read(bytes.into()).unwrap_err();
	let index: (&str, &[u8]) = ("index.html", b"x");
	for (bad, rule) in [
		(archive(&[("app.js", b"x")]), "index.html"),
		(archive(&[index, ("../secret", b"x")]), "\"..\""),
		(archive(&[index, ("a/../../secret", b"x")]), "\"..\""),
		(archive(&[index, ("/etc/passwd", b"x")]), "names of letters"),
		(archive(&[index, ("a b", b"x")]), "names of letters"),
		(archive(&[index, index]), "twice"),
		(b"<html>no archive</html>".repeat(100), "tar archive"),
		(Vec::new(), "index.html"),
		(vec![0; MAX_BYTES as usize + 1], "at most"),
	] {
		let error = refused(bad);
		assert!(error.contains(rule), "{rule}: {error}");
	}
	let mut builder = Builder::new(Vec::new());
	let mut link = entry("assets/key", EntryType::Symlink, 0);
	link.set_link_name("/etc/shadow").unwrap();
	link.set_cksum();
	builder.append(&link, std::io::empty()).unwrap();
	assert!(refused(builder.into_inner().unwrap()).contains("regular files"));

	// Says that it has more than there is.
	let mut cut = entry("index.html", EntryType::Regular, 1 << 40).as_bytes().to_vec();
	cut.extend([b'x'; 512]);
	assert!(refused(cut).contains("archive"));

	let names: Vec<String> = (0..=MAX_FILES).map(|number| format!("f{number}")).collect();
	let many: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
	assert!(refused(archive(&many)).contains("entries"));
}

#[test]
fn one_that_is_named_must_be_there_and_whole() {
	let dir = tempfile::tempdir().unwrap();
	let path = dir.path().join("console.tar");
	let error = Console::find(Some(&path)).unwrap_err().to_string();
	assert!(error.contains("console.tar"), "{error}");
	std::fs::write(&path, archive(&[("index.html", b"x")])).unwrap();
	let console = Console::find(Some(&path)).unwrap();
	assert!(console.start(&HeaderMap::new()).is_some());
	assert!(Console::find(Some(dir.path())).is_err(), "a folder");
}

#[tokio::test]
async fn without_one_the_root_says_how_it_is_built() {
	let console = Console::default();
	let page = body(get(&console, "/", &[]).unwrap()).await;
	let text = String::from_utf8_lossy(&page);
	assert!(text.contains("--console") && text.contains("scripts/console"), "{text}");
	assert!(get(&console, "/orders", &[]).is_none());
}
