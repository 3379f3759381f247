// SPDX-License-Identifier: Apache-2.0

use crate::{
	extract::{PageQuery, Parameters},
	feed::{self, Feed},
	problem::Failure,
	state::AppState,
};
use axum::{extract::State, http::HeaderMap, response::Response};
use sealane_sdk::types::*;

/// Inbox
///
/// Orders and registrations that came to this issuer's node and want an answer, from a cursor on. Those that the node
/// rejected by itself are left out. Keep the cursor together with what was made of the entries.
#[utoipa::path(
	get, path = "/v1/inbox", tag = "issuing", operation_id = "get_inbox",
	params(PageQuery),
	responses(
		(status = 200, description = "Entries, oldest first", body = InboxPage),
		(status = "default", description = "The cursor is none of this node", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn get(
	State(state): State<AppState>,
	headers: HeaderMap,
	Parameters(query): Parameters<PageQuery>,
) -> Result<Response, Failure> {
	let cursor = query.cursor(&headers)?;
	let limit = query.limit(state.limits.max_page_entries)?;
	feed::page(state, Feed::Inbox, cursor, limit, query.wait_ms.unwrap_or(0)).await
}
