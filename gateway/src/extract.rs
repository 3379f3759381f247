// SPDX-License-Identifier: Apache-2.0

//! Parameters, with problem documents for those that break a rule.

use crate::problem::Failure;
use axum::{
	extract::{FromRequestParts, Path, Query},
	http::{request::Parts, HeaderMap},
};
use sealane_courier::api;
use sealane_sdk::types::{Problem, ProblemCode};
use serde::{de::DeserializeOwned, Deserialize};
use utoipa::IntoParams;

/// The query of a request.
pub(crate) struct Parameters<T>(pub T);

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
pub(crate) struct Id(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Id {
	type Rejection = Failure;

	async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
		let Path(id): Path<String> = Path::from_request_parts(parts, state).await.map_err(|error| {
			Problem::new(ProblemCode::InvalidParameter, format!("id: {}", error.body_text())).with_field("id")
		})?;
		if id.is_empty() || id.len() > 192 {
			let detail = format!("id has {} bytes; 1 to 192 are allowed", id.len());
			return Err(Problem::new(ProblemCode::InvalidParameter, detail)
				.with_field("id")
				.into());
		}
		Ok(Id(id))
	}
}

/// Which seller's order is meant.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SellerQuery {
	/// Number of the seller. Needed on an issuer's node only, where two sellers use the same id.
	pub seller: Option<u32>,
}

/// Where a page begins and how large it is.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
	/// Where to begin: the `next` of the page before, or the `cursor` of the last entry that was taken over. The
	/// beginning of the log unless given.
	pub cursor: Option<String>,
	/// Most entries of the page. 1,000 unless given; the node may give fewer.
	#[param(minimum = 1)]
	pub limit: Option<u32>,
	/// How long to wait for an entry where there is none yet, in milliseconds. 0 unless given; the node cuts longer
	/// waits short.
	pub wait_ms: Option<u64>,
}

/// Entries of a page whose request does not say.
const DEFAULT_LIMIT: u32 = 1_000;

impl PageQuery {
	/// The cursor; `Last-Event-ID` of a stream that connects again goes first.
	pub fn cursor(&self, headers: &HeaderMap) -> Result<api::Cursor, Failure> {
		let broken =
			|detail: String| Failure::from(Problem::new(ProblemCode::InvalidCursor, detail).with_field("cursor"));
		let mut last = headers.get_all("last-event-id").iter();
		let text = match (last.next(), last.next()) {
			(None, _) => self.cursor.as_deref(),
			// Where it cannot be read the stream must not begin anew in silence.
			(Some(last), None) => Some(
				last.to_str()
					.map_err(|_| broken("the header `Last-Event-ID` is no cursor: it must be visible ASCII".into()))?,
			),
			(Some(_), Some(_)) => return Err(broken("the header `Last-Event-ID` comes more than once".into())),
		};
		match text {
			None => Ok(api::Cursor::default()),
			Some(text) => text
				.parse()
				.map_err(|error: api::CursorError| broken(error.to_string())),
		}
	}

	/// The limit, within the gateway's.
	pub fn limit(&self, max: u32) -> Result<usize, Failure> {
		match self.limit {
			Some(0) => Err(
				Problem::new(ProblemCode::InvalidParameter, "limit is 0; it must be at least 1")
					.with_field("limit")
					.into(),
			),
			limit => Ok(limit.unwrap_or(DEFAULT_LIMIT).min(max) as usize),
		}
	}
}

/// The `Idempotency-Key` of a request, where it has one.
pub(crate) fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Failure> {
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
