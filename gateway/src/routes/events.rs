// SPDX-License-Identifier: Apache-2.0

use crate::{
	extract::{PageQuery, Parameters},
	feed::{self, Feed},
	problem::Failure,
	state::AppState,
};
use axum::{extract::State, http::HeaderMap, response::Response};
use sealane_http::extract::accepts_stream;
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
