// SPDX-License-Identifier: Apache-2.0

//! Which file answers a request.

use super::{
	archive::{Asset, INDEX},
	Console,
};
use axum::{
	body::Body,
	http::{
		header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY},
		HeaderMap, HeaderValue, Method, StatusCode,
	},
	response::{Html, IntoResponse, Response},
};

/// What belongs to the API, with all that is below it: what is unknown there is a problem, never a page.
const API: [&str; 6] = ["/v1", "/rpc", "/metrics", "/healthz", "/readyz", "/openapi.json"];
/// Below it the name of a file changes with what it holds.
const HASHED: &str = "/assets/";

impl Console {
	/// The answer to a request that no resource of the API takes; `None` where it is no page either.
	pub fn answer(&self, method: &Method, path: &str, headers: &HeaderMap) -> Option<Response> {
		let is_api = |root: &&str| {
			path.strip_prefix(*root)
				.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
		};
		if !matches!(*method, Method::GET | Method::HEAD) || API.iter().any(is_api) {
			return None;
		}
		let Some(archive) = &self.archive else {
			return (path == "/").then(|| Html(include_str!("missing.html")).into_response());
		};
		let name = path.strip_prefix('/')?;
		if let Some(asset) = archive.get(name) {
			return Some(served(name, asset, path.starts_with(HASHED), headers));
		}
		if path.starts_with(HASHED) || names_a_file(name) {
			return None;
		}
		self.start(headers)
	}

	/// The page that every address of the console begins with; `None` where there is no console.
	pub fn start(&self, headers: &HeaderMap) -> Option<Response> {
		let asset = self.archive.as_ref()?.get(INDEX)?;
		Some(served(INDEX, asset, false, headers))
	}
}

/// The file in the form that the client takes, or that it has it already.
fn served(name: &str, asset: &Asset, is_hashed: bool, headers: &HeaderMap) -> Response {
	let packed = asset.packed.as_ref().filter(|_| takes_gzip(headers));
	let form = packed.unwrap_or(&asset.plain);
	let is_known = headers
		.get_all(IF_NONE_MATCH)
		.iter()
		.filter_map(|value| value.to_str().ok())
		.flat_map(|value| value.split(','))
		.map(|tag| tag.trim().trim_start_matches("W/"))
		.any(|tag| tag == form.etag || tag == "*");
	let mut response = if is_known {
		StatusCode::NOT_MODIFIED.into_response()
	} else {
		Body::from(form.bytes.clone()).into_response()
	};
	let set = response.headers_mut();
	set.insert(CONTENT_TYPE, HeaderValue::from_static(content_type(name)));
	let keep = if is_hashed {
		"public, max-age=31536000, immutable"
	} else {
		"no-cache"
	};
	set.insert(CACHE_CONTROL, HeaderValue::from_static(keep));
	if let Ok(etag) = HeaderValue::from_str(&form.etag) {
		set.insert(ETAG, etag);
	}
	if asset.packed.is_some() {
		set.insert(VARY, HeaderValue::from_static("accept-encoding"));
	}
	if packed.is_some() && !is_known {
		set.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
	}
	response
}

/// Whether the client takes gzip: it names it, and not with a weight of 0 (RFC 9110, section 12.5.3).
fn takes_gzip(headers: &HeaderMap) -> bool {
	let values = headers
		.get_all(ACCEPT_ENCODING)
		.iter()
		.filter_map(|value| value.to_str().ok());
	values.flat_map(|value| value.split(',')).any(|coding| {
		let mut parts = coding.split(';').map(str::trim);
		let is_gzip = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
		let weight = parts
			.filter_map(|part| part.split_once('='))
			.find(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
		is_gzip && weight.is_none_or(|(_, weight)| weight.trim().parse() != Ok(0.0f32))
	})
}

/// Whether the last segment ends as a file's name does; an address of a page has an id there at most.
fn names_a_file(name: &str) -> bool {
	let last = name.rsplit('/').next().unwrap_or_default();
	last.rsplit_once('.').is_some_and(|(_, extension)| {
		extension.starts_with(|first: char| first.is_ascii_alphabetic())
			&& extension.len() <= 11
			&& extension.bytes().all(|byte| byte.is_ascii_alphanumeric())
	})
}

fn content_type(name: &str) -> &'static str {
	match name.rsplit('.').next().unwrap_or_default() {
		"html" => "text/html; charset=utf-8",
		"js" | "mjs" => "text/javascript; charset=utf-8",
		"css" => "text/css; charset=utf-8",
		"json" | "map" => "application/json",
		"webmanifest" => "application/manifest+json",
		"wasm" => "application/wasm",
		"woff2" => "font/woff2",
		"woff" => "font/woff",
		"svg" => "image/svg+xml",
		"png" => "image/png",
		"jpg" | "jpeg" => "image/jpeg",
		"webp" => "image/webp",
		"ico" => "image/x-icon",
		"txt" | "md" => "text/plain; charset=utf-8",
		_ => "application/octet-stream",
	}
}
