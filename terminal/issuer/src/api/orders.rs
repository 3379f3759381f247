// SPDX-License-Identifier: Apache-2.0

//! Orders of a day and their decisions.

use super::{books::OrderView, outcome_text, person, refused, ApiState};
use crate::{
	books::OrderKey,
	day::{Correction, DayKey, DayOrder, Filter, OrderState},
};
use axum::{extract::State, Extension, Json};
use rust_decimal::Decimal;
use sealane_http::extract::{Parameters, Segments};
use sealane_sdk::types::{BusinessKind, Outcome, Problem};
use sealane_service::{audit::Entries, paging, Body, Caller, Failure};
use sealane_terminal_core::{decimal, Error};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct OrdersQuery {
	/// Only those of this seller, by its number.
	seller: Option<u32>,
	/// Only those of this customer.
	customer: Option<String>,
	/// Only those with this id.
	id: Option<String>,
	/// Only those of this kind of business.
	#[param(inline)]
	kind: Option<BusinessKind>,
	/// Only those with this outcome.
	#[param(inline)]
	outcome: Option<Outcome>,
	/// Only those in this state.
	#[param(inline)]
	state: Option<Stage>,
	/// Only those with this reason, e.g. LARGE_REDEMPTION.
	reason_code: Option<String>,
	/// Only those that are held.
	#[serde(default)]
	held: bool,
	/// Only those that came too late for the day that they were meant for.
	#[serde(default)]
	late: bool,
	/// The `next` of the page before.
	cursor: Option<String>,
	/// Most orders of the page; 100 unless given.
	#[param(minimum = 1, maximum = 1000)]
	limit: Option<u32>,
}

/// Where an order of a day is.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Stage {
	/// In the day, without a decision.
	Taken,
	/// With a decision that is not executed.
	Proposed,
	/// Executed in part; it goes on on another day.
	Executed,
	/// Executed, and its answer stored.
	Answered,
	/// Taken back in time.
	Withdrawn,
}

impl Stage {
	const fn as_str(self) -> &'static str {
		match self {
			Stage::Taken => OrderState::TAKEN,
			Stage::Proposed => OrderState::PROPOSED,
			Stage::Executed => OrderState::EXECUTED,
			Stage::Answered => OrderState::ANSWERED,
			Stage::Withdrawn => OrderState::WITHDRAWN,
		}
	}
}

/// Some orders of a day.
#[derive(Serialize, ToSchema)]
pub(super) struct OrderPage {
	/// In the order in which they came.
	orders: Vec<DayOrder>,
	/// Where the next page begins; absent on the last.
	#[serde(skip_serializing_if = "Option::is_none")]
	next: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Note {
	/// Why.
	note: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Rejection {
	/// The reason's code, for programs.
	code: String,
	/// The reason, for people: the seller reads it.
	text: String,
}

/// What is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CorrectionRequest {
	/// Units.
	units: Option<String>,
	/// Money.
	amount: Option<String>,
	/// Fee.
	fee: Option<String>,
	/// Why: the seller reads it where less is executed.
	note: String,
}

/// Orders of a day
#[utoipa::path(
	get, path = "/v1/days/{product}/{day}/orders", tag = "orders", operation_id = "list_day_orders",
	params(DayKey, OrdersQuery),
	responses(
		(status = 200, description = "Orders, in the order in which they came", body = OrderPage),
		(status = "default", description = "The cursor is none of this list", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn list(
	State(state): State<ApiState>,
	Segments(key): Segments<DayKey>,
	Parameters(query): Parameters<OrdersQuery>,
) -> Result<(Extension<Entries>, Json<OrderPage>), Failure> {
	let limit = paging::limit(query.limit)?;
	let filter = Filter {
		seller: query.seller,
		customer: query.customer,
		id: query.id,
		kind: query.kind.map(|kind| kind.as_str().into()),
		outcome: query.outcome.map(|outcome| outcome_text(outcome).into()),
		state: query.state.map(|stage| stage.as_str().into()),
		reason_code: query.reason_code,
		held: query.held,
		late: query.late,
		after: query.cursor.as_deref().map(paging::place).transpose()?.unwrap_or(0),
		limit,
	};
	let orders = state.db.day_orders(&key, &filter).await?;
	let last = orders.last().filter(|_| orders.len() == limit as usize);
	let next = last.map(|order| paging::cursor(&order.place));
	let shown = Entries(orders.len() as u64);
	Ok((Extension(shown), Json(OrderPage { orders, next })))
}

/// Hold an order
///
/// Its day cannot be reviewed until it is let go or rejected.
#[utoipa::path(
	post, path = "/v1/orders/{seller}/{id}/hold", tag = "orders", operation_id = "hold_order",
	params(("seller" = u32, Path, description = "The seller's number"), ("id" = String, Path, description = "The order's id")),
	request_body = Note,
	responses(
		(status = 200, description = "It is held", body = OrderView),
		(status = "default", description = "It is not on the desk, or its day is over", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn hold(
	State(state): State<ApiState>,
	Extension(caller): Extension<Caller>,
	Segments(order): Segments<OrderKey>,
	Body(note): Body<Note>,
) -> Result<Json<OrderView>, Failure> {
	let done = state.db.hold(&order, &person(&caller)?, true, &note.note).await;
	done.map_err(refused)?;
	Ok(Json(OrderView::find(&state, &order).await?))
}

/// Let a held order go
#[utoipa::path(
	post, path = "/v1/orders/{seller}/{id}/let-go", tag = "orders", operation_id = "let_order_go",
	params(("seller" = u32, Path, description = "The seller's number"), ("id" = String, Path, description = "The order's id")),
	responses(
		(status = 200, description = "It is held no more", body = OrderView),
		(status = "default", description = "It is not on the desk, or its day is over", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn let_go(
	State(state): State<ApiState>,
	Extension(caller): Extension<Caller>,
	Segments(order): Segments<OrderKey>,
) -> Result<Json<OrderView>, Failure> {
	state
		.db
		.hold(&order, &person(&caller)?, false, "")
		.await
		.map_err(refused)?;
	Ok(Json(OrderView::find(&state, &order).await?))
}

/// Reject an order
///
/// Whatever the rules propose.
#[utoipa::path(
	post, path = "/v1/orders/{seller}/{id}/reject", tag = "orders", operation_id = "reject_order",
	params(("seller" = u32, Path, description = "The seller's number"), ("id" = String, Path, description = "The order's id")),
	request_body = Rejection,
	responses(
		(status = 200, description = "It is rejected, once its day is confirmed", body = OrderView),
		(status = "default", description = "It is not on the desk, or its day has no proposals or is over", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn reject(
	State(state): State<ApiState>,
	Extension(caller): Extension<Caller>,
	Segments(order): Segments<OrderKey>,
	Body(reason): Body<Rejection>,
) -> Result<Json<OrderView>, Failure> {
	let done = state
		.db
		.reject(&order, &person(&caller)?, &reason.code, &reason.text)
		.await;
	done.map_err(refused)?;
	Ok(Json(OrderView::find(&state, &order).await?))
}

/// Correct a decision
///
/// Within what was asked; units that a customer gives up can only become fewer.
#[utoipa::path(
	post, path = "/v1/orders/{seller}/{id}/correct", tag = "orders", operation_id = "correct_order",
	params(("seller" = u32, Path, description = "The seller's number"), ("id" = String, Path, description = "The order's id")),
	request_body = CorrectionRequest,
	responses(
		(status = 200, description = "It is corrected", body = OrderView),
		(status = "default", description = "A figure breaks its rule, or the day has no proposals or is over", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn correct(
	State(state): State<ApiState>,
	Extension(caller): Extension<Caller>,
	Segments(order): Segments<OrderKey>,
	Body(request): Body<CorrectionRequest>,
) -> Result<Json<OrderView>, Failure> {
	let to = Correction {
		units: number("units", request.units)?,
		amount: number("amount", request.amount)?,
		fee: number("fee", request.fee)?,
	};
	if to == Correction::default() {
		return Err(Error::invalid("units", "", "units, amount or fee: at least one of them").into());
	}
	let done = state.db.correct(&order, &person(&caller)?, &to, &request.note).await;
	done.map_err(refused)?;
	Ok(Json(OrderView::find(&state, &order).await?))
}

fn number(name: &str, value: Option<String>) -> Result<Option<Decimal>, Failure> {
	let rule = "a decimal, at most 18 digits before and 8 after the point";
	let parse = |text: String| decimal::parse(&text).ok_or_else(|| Error::invalid(name, text, rule));
	Ok(value.map(parse).transpose()?)
}

/// Take a decision by hand back
///
/// The rules propose anew.
#[utoipa::path(
	post, path = "/v1/orders/{seller}/{id}/restore", tag = "orders", operation_id = "restore_order",
	params(("seller" = u32, Path, description = "The seller's number"), ("id" = String, Path, description = "The order's id")),
	responses(
		(status = 200, description = "The day is proposed anew", body = OrderView),
		(status = "default", description = "It is not on the desk, or its day has no proposals or is over", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn restore(
	State(state): State<ApiState>,
	Extension(caller): Extension<Caller>,
	Segments(order): Segments<OrderKey>,
) -> Result<Json<OrderView>, Failure> {
	state.db.restore(&order, &person(&caller)?).await.map_err(refused)?;
	Ok(Json(OrderView::find(&state, &order).await?))
}
