// SPDX-License-Identifier: Apache-2.0

//! Business calendars.

use super::{
	network::{cursor_in_state, place_in_state},
	ApiState,
};
use crate::chain::{CalendarView, ChainClient};
use axum::{extract::State, Extension, Json};
use sealane_http::extract::Parameters;
use sealane_sdk::types::Problem;
use sealane_service::{audit::Entries, paging, Failure};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct CalendarsQuery {
	/// The `next` of the page before.
	cursor: Option<String>,
	/// Most calendars of the page; 100 unless given.
	#[param(minimum = 1, maximum = 1000)]
	limit: Option<u32>,
}

/// A calendar, with its issuer's name.
#[derive(Serialize, ToSchema)]
pub(super) struct IssuerCalendar {
	#[serde(flatten)]
	calendar: CalendarView,
	/// The issuer's name.
	issuer_name: String,
}

/// Some calendars.
#[derive(Serialize, ToSchema)]
pub(super) struct CalendarPage {
	/// In no order that means something.
	calendars: Vec<IssuerCalendar>,
	/// Where the next page begins; absent on the last.
	#[serde(skip_serializing_if = "Option::is_none")]
	next: Option<String>,
}

/// Calendars
///
/// On which days issuers take orders, and until when: what holds in the newest final block, and what was announced to follow.
#[utoipa::path(
	get, path = "/v1/calendars", tag = "agreements", operation_id = "get_calendars",
	params(CalendarsQuery),
	responses(
		(status = 200, description = "A page", body = CalendarPage),
		(status = "default", description = "A parameter breaks its rule, or the node does not answer", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn list(
	State(state): State<ApiState>,
	Parameters(query): Parameters<CalendarsQuery>,
) -> Result<(Extension<Entries>, Json<CalendarPage>), Failure> {
	let limit = paging::limit(query.limit)?;
	let after = place_in_state(query.cursor.as_deref())?;
	let consortium = state.shared.consortium().await?;
	let ask = |chain: ChainClient| async move { chain.calendars(after.as_deref(), limit).await };
	let (calendars, next) = state.shared.link.ask(ask).await?;
	let calendars = calendars.into_iter().map(|calendar| IssuerCalendar {
		issuer_name: consortium.names.member(calendar.issuer),
		calendar,
	});
	let page = CalendarPage {
		calendars: calendars.collect(),
		next: cursor_in_state(next),
	};
	Ok((Extension(Entries(page.calendars.len() as u64)), Json(page)))
}
