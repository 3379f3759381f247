// SPDX-License-Identifier: Apache-2.0

use crate::{
	extract::{PageQuery, Parameters},
	feed::{self, Feed},
	problem::Failure,
	state::AppState,
};
use axum::{
	extract::State,
	http::{header::ACCEPT, HeaderMap},
	response::Response,
};
use sealane_sdk::types::*;

/// Events
///
/// Everything that happens to this node's lanes, orders and anchors, from a cursor on. With `Accept: text/event-stream` a
/// stream that goes on for ever, whose `id` is the cursor; else one page, after a wait where there is nothing yet. Hand
/// the cursor back to go on without a gap and without a repeat: that acknowledges what was taken over.
#[utoipa::path(
	get, path = "/v1/events", tag = "events", operation_id = "get_events",
	params(PageQuery, ("Last-Event-ID" = Option<String>, Header, description = "The cursor of a stream that connects again; goes before `cursor`")),
	responses(
		(status = 200, description = "Events, oldest first", content(
			(EventPage = "application/json"),
			(Event = "text/event-stream"),
		)),
		(status = "default", description = "The cursor is none of this node", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn get(
	State(state): State<AppState>,
	headers: HeaderMap,
	Parameters(query): Parameters<PageQuery>,
) -> Result<Response, Failure> {
	let cursor = query.cursor(&headers)?;
	if accepts_stream(&headers) {
		return feed::event_stream(state, cursor).await;
	}
	let limit = query.limit(state.limits.max_page_entries)?;
	feed::page(state, Feed::Events, cursor, limit, query.wait_ms.unwrap_or(0)).await
}

/// Whether the client takes a stream: it names it, and not with a weight of 0 (RFC 9110, section 12.4.2).
fn accepts_stream(headers: &HeaderMap) -> bool {
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
