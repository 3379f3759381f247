// SPDX-License-Identifier: Apache-2.0

//! What the browser is told with every answer: what a page may load and whom it may talk to, and that nothing of the API is kept.

use axum::http::{
	header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS},
	HeaderMap, HeaderName, HeaderValue,
};

/// Scripts, styles, pictures and connections of this origin alone; no frame, no form that a browser sends by itself. Evidence is verified in
/// the page, by a program in WebAssembly.
const POLICY: &str =
	"default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
	font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Headers and values that every answer has.
const ALWAYS: [(HeaderName, &str); 5] = [
	(CONTENT_SECURITY_POLICY, POLICY),
	(X_CONTENT_TYPE_OPTIONS, "nosniff"),
	(REFERRER_POLICY, "no-referrer"),
	(HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
	(HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Adds what every answer has. What says nothing else of it is kept by no cache.
pub(crate) fn add(headers: &mut HeaderMap) {
	for (name, value) in ALWAYS {
		headers.insert(name, HeaderValue::from_static(value));
	}
	headers
		.entry(CACHE_CONTROL)
		.or_insert(HeaderValue::from_static("no-store"));
}
