// SPDX-License-Identifier: Apache-2.0

use crate::{
	audit::Entries,
	core::{Caller, Core},
	events::{self, Event, EventPage},
	paging, Failure,
};
use axum::{
	extract::State,
	http::HeaderMap,
	response::{IntoResponse, Response},
	Extension, Json,
};
use sealane_http::extract::{accepts_stream, cursor, Parameters};
use sealane_sdk::types::Problem;
use serde::Deserialize;
use std::time::Duration;
use utoipa::IntoParams;

/// Instead of a cursor: behind everything that has happened.
const END: &str = "end";

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct EventsQuery {
	/// Where to begin: the `next` of the page before, or the `cursor` of the last event that was taken over; `end` for what happens from
	/// now on. The beginning unless given.
	cursor: Option<String>,
	/// Most events of the page; 100 unless given.
	#[param(minimum = 1, maximum = 1000)]
	limit: Option<u32>,
	/// How long to wait for an event where there is none yet, in milliseconds; cut to 30,000.
	wait_ms: Option<u64>,
}

/// Events
///
/// What happened in this terminal, from a cursor on, oldest first. With `Accept: text/event-stream` a stream whose `id` is the cursor; it
/// ends after ten minutes, and when its reader may not come in any more; whoever connects again with the last cursor misses nothing. Else one page, after a wait where there is nothing yet. An event holds the thing as it is now: what changed twice
/// before it was read is one event.
#[utoipa::path(
	get, path = "/v1/events", tag = "events", operation_id = "get_events",
	params(EventsQuery, ("Last-Event-ID" = Option<String>, Header, description = "The cursor of a stream that connects again; goes before `cursor`")),
	responses(
		(status = 200, description = "Events", content((EventPage = "application/json"), (Event = "text/event-stream"))),
		(status = "default", description = "The cursor is none of this terminal", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn get(
	State(core): State<Core>,
	Extension(caller): Extension<Caller>,
	headers: HeaderMap,
	Parameters(query): Parameters<EventsQuery>,
) -> Result<Response, Failure> {
	let after = match cursor(&headers, query.cursor.as_deref())? {
		Some(END) => Some(core.terminal.tail().await?),
		given => given.map(str::to_string),
	};
	if accepts_stream(&headers) {
		return events::stream(core, caller, after).await;
	}
	let wait = query.wait_ms.unwrap_or(0).min(core.limits.max_wait_ms);
	let limit = paging::limit(query.limit)?;
	let page = events::page(&core, &caller, after.as_deref(), limit, Duration::from_millis(wait)).await?;
	let shown = Entries(page.events.len() as u64);
	Ok((Extension(shown), Json(page)).into_response())
}
