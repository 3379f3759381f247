// SPDX-License-Identifier: Apache-2.0

//! Parameters and headers, with problem documents for those that break a rule.

use crate::problem::Failure;
use axum::{
	extract::{FromRequestParts, Path, Query},
	http::{
		header::{ACCEPT, AUTHORIZATION},
		request::Parts,
		HeaderMap,
	},
};
use sealane_sdk::types::{Problem, ProblemCode};
use serde::de::DeserializeOwned;

/// Longest id in a path, in bytes: an order's, and what is put behind it.
const MAX_ID_BYTES: usize = 192;

/// The query of a request.
pub struct Parameters<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Parameters<T> {
	type Rejection = Failure;

	async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
		Query::from_request_parts(parts, state)
			.await
			.map(|Query(query)| Parameters(query))
			.map_err(|error| Failure::new(ProblemCode::InvalidParameter, error.body_text()))
	}
}

/// The id in a path, unescaped.
pub struct Id(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Id {
	type Rejection = Failure;

	async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
		let Path(id): Path<String> = Path::from_request_parts(parts, state).await.map_err(|error| {
			Problem::new(ProblemCode::InvalidParameter, format!("id: {}", error.body_text())).with_field("id")
		})?;
		if id.is_empty() || id.len() > MAX_ID_BYTES {
			let detail = format!("id has {} bytes; 1 to {MAX_ID_BYTES} are allowed", id.len());
			return Err(Problem::new(ProblemCode::InvalidParameter, detail)
				.with_field("id")
				.into());
		}
		Ok(Id(id))
	}
}

/// Several segments of a path, unescaped.
pub struct Segments<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Segments<T> {
	type Rejection = Failure;

	async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
		let segments = Path::from_request_parts(parts, state).await;
		segments
			.map(|Path(segments)| Segments(segments))
			.map_err(|error| Failure::new(ProblemCode::InvalidParameter, error.body_text()))
	}
}

/// The `Idempotency-Key` of a request, where it has one.
///
/// # Errors
/// It comes twice, is empty, too long or no visible ASCII.
pub fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Failure> {
	const NAME: &str = "idempotency-key";
	const MAX: usize = 128;
	let mut values = headers.get_all(NAME).iter();
	let Some(value) = values.next() else { return Ok(None) };
	let invalid = |detail: &str| {
		Problem::new(ProblemCode::IdempotencyKeyInvalid, detail)
			.with_field("Idempotency-Key")
			.into()
	};
	if values.next().is_some() {
		return Err(invalid("the header `Idempotency-Key` comes more than once"));
	}
	match value.to_str() {
		Ok(key) if (1..=MAX).contains(&key.len()) => Ok(Some(key.into())),
		Ok(key) => Err(invalid(&format!(
			"the key has {} characters; 1 to {MAX} are allowed",
			key.len()
		))),
		Err(_) => Err(invalid("the key must be visible ASCII")),
	}
}

/// The cursor of a stream that connects again goes before the one of the query: where it cannot be read the stream must not begin anew
/// in silence.
///
/// # Errors
/// `Last-Event-ID` comes twice or is no visible ASCII.
pub fn cursor<'a>(headers: &'a HeaderMap, query: Option<&'a str>) -> Result<Option<&'a str>, Failure> {
	let broken = |detail: &str| Failure::from(Problem::new(ProblemCode::InvalidCursor, detail).with_field("cursor"));
	let mut last = headers.get_all("last-event-id").iter();
	match (last.next(), last.next()) {
		(None, _) => Ok(query),
		(Some(last), None) => last
			.to_str()
			.map(Some)
			.map_err(|_| broken("the header `Last-Event-ID` is no cursor: it must be visible ASCII")),
		(Some(_), Some(_)) => Err(broken("the header `Last-Event-ID` comes more than once")),
	}
}

/// The token of the one `Authorization` header, if it is a bearer token.
pub fn bearer(headers: &HeaderMap) -> Option<&[u8]> {
	let mut values = headers.get_all(AUTHORIZATION).iter();
	let value = values.next()?.as_bytes();
	if values.next().is_some() {
		return None;
	}
	let (scheme, token) = value.split_at_checked(7)?;
	scheme.eq_ignore_ascii_case(b"bearer ").then_some(token)
}

/// Whether the client takes a stream: it names it, and not with a weight of 0 (RFC 9110, section 12.4.2).
pub fn accepts_stream(headers: &HeaderMap) -> bool {
	let values = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
	values.flat_map(|value| value.split(',')).any(|range| {
		let mut parts = range.split(';').map(str::trim);
		let is_stream = parts
			.next()
			.is_some_and(|essence| essence.eq_ignore_ascii_case("text/event-stream"));
		let is_refused = parts.any(|parameter| {
			let weight = parameter
				.split_once('=')
				.filter(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
			weight.is_some_and(|(_, weight)| weight.trim().parse() == Ok(0.0f32))
		});
		is_stream && !is_refused
	})
}

#[cfg(test)]
mod tests {
	use super::*;
	use axum::http::HeaderValue;

	#[test]
	fn a_stream_is_for_those_who_take_one() {
		for (accept, taken) in [
			("text/event-stream", true),
			("application/json, Text/Event-Stream;q=0.5", true),
			("text/event-stream;q=0", false),
			("text/event-stream; q=0.000", false),
			("text/*", false),
			("*/*", false),
		] {
			let mut headers = HeaderMap::new();
			headers.insert(ACCEPT, HeaderValue::from_static(accept));
			assert_eq!(accepts_stream(&headers), taken, "{accept}");
		}
	}
}
