// SPDX-License-Identifier: Apache-2.0

//! The books: orders with their confirmations, what waits, what the own node refused, registrations, holdings.

use super::{outcome_text, ApiState};
use crate::{
	books::{
		Entry, EntryFilter, Holding, HoldingFilter, OrderKey, RefusedAnswer, Registered, RegisteredFilter, WaitingOrder,
	},
	day::DayOrder,
};
use axum::{extract::State, response::Response, Extension, Json};
use sealane_http::extract::{Parameters, Segments};
use sealane_sdk::types::{BusinessKind, EvidencePack, Outcome, Problem, ProblemCode};
use sealane_service::{audit::Entries, evidence, paging, Failure};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashSet;
use utoipa::{IntoParams, ToSchema};

/// An order, wherever it is.
#[derive(Serialize, ToSchema)]
pub(super) struct OrderView {
	/// The order as its seller wrote it.
	order: Value,
	/// Its parts on the daily desk: one for each day on which it was, the first one first.
	parts: Vec<DayOrder>,
	/// It cannot be decided yet.
	#[serde(skip_serializing_if = "Option::is_none")]
	waiting: Option<WaitingOrder>,
	/// The confirmation, once it is in the books.
	#[serde(skip_serializing_if = "Option::is_none")]
	confirmation: Option<Value>,
	/// The order that took it back.
	#[serde(skip_serializing_if = "String::is_empty")]
	cancelled_by: String,
}

impl OrderView {
	/// The order with this key.
	///
	/// # Errors
	/// There is none, or the database fails.
	pub(super) async fn find(state: &ApiState, key: &OrderKey) -> Result<Self, Failure> {
		let wanted = HashSet::from([key.clone()]);
		let parts = state.db.order_parts(key).await?;
		let waiting = state.db.waiting_among(&wanted).await?.remove(key);
		let book = state.db.book_orders(&wanted).await?.remove(key);
		let text = parts.first().map(|part| part.order_text.as_str());
		let text = text.or(waiting.as_ref().map(|waiting| waiting.order_text.as_str()));
		let text = text.or(book.as_ref().map(|book| book.order_text.as_str()));
		let Some(text) = text else {
			return Err(Failure::new(
				ProblemCode::OrderUnknown,
				"the terminal has no such order",
			));
		};
		// What is no JSON is shown as the text that it is.
		let value = |text: &str| serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.into()));
		Ok(OrderView {
			order: value(text),
			confirmation: book.as_ref().map(|book| value(&book.confirmation_text)),
			cancelled_by: book.map(|book| book.cancelled_by).unwrap_or_default(),
			parts,
			waiting,
		})
	}
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct EntriesQuery {
	/// Only those of this seller, by its number.
	seller: Option<u32>,
	/// Only those of this customer.
	customer: Option<String>,
	/// Only those of this product.
	product: Option<String>,
	/// Only those of this kind of business.
	#[param(inline)]
	kind: Option<BusinessKind>,
	/// Only those with this outcome.
	#[param(inline)]
	outcome: Option<Outcome>,
	/// Only those of this day of the trade, YYYY-MM-DD.
	trade_date: Option<String>,
	/// The `next` of the page before.
	cursor: Option<String>,
	/// Most orders of the page; 100 unless given.
	#[param(minimum = 1, maximum = 1000)]
	limit: Option<u32>,
}

/// Some orders of the books.
#[derive(Serialize, ToSchema)]
pub(super) struct EntryPage {
	/// Those decided last first.
	orders: Vec<Entry>,
	/// Where the next page begins; absent on the last.
	#[serde(skip_serializing_if = "Option::is_none")]
	next: Option<String>,
}

/// Orders in the books
///
/// Each order that has a confirmation, of the daily desk or decided at once; those decided last first.
#[utoipa::path(
	get, path = "/v1/orders", tag = "books", operation_id = "list_orders",
	params(EntriesQuery),
	responses(
		(status = 200, description = "Orders", body = EntryPage),
		(status = "default", description = "A parameter breaks its rule", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn orders(
	State(state): State<ApiState>,
	Parameters(query): Parameters<EntriesQuery>,
) -> Result<(Extension<Entries>, Json<EntryPage>), Failure> {
	let filter = EntryFilter {
		seller: query.seller,
		customer: query.customer,
		product: query.product,
		kind: query.kind.map(|kind| kind.as_str().into()),
		outcome: query.outcome.map(|outcome| outcome_text(outcome).into()),
		trade_date: query.trade_date,
		behind: query.cursor.as_deref().map(paging::place).transpose()?,
		limit: paging::limit(query.limit)?,
	};
	let orders = state.db.entries(&filter).await?;
	let last = orders.last().filter(|_| orders.len() == filter.limit as usize);
	let next = last.map(|last| paging::cursor(&(last.decided_at, last.seller, &last.id)));
	Ok((
		Extension(Entries(orders.len() as u64)),
		Json(EntryPage { orders, next }),
	))
}

/// An order
///
/// As its seller wrote it, where it is, and its confirmation.
#[utoipa::path(
	get, path = "/v1/orders/{seller}/{id}", tag = "books", operation_id = "get_order",
	params(("seller" = u32, Path, description = "The seller's number"), ("id" = String, Path, description = "The order's id")),
	responses(
		(status = 200, description = "The order", body = OrderView),
		(status = "default", description = "There is none", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn order(
	State(state): State<ApiState>,
	Segments(order): Segments<OrderKey>,
) -> Result<(Extension<Entries>, Json<OrderView>), Failure> {
	Ok((Extension(Entries(1)), Json(OrderView::find(&state, &order).await?)))
}

/// Evidence of an order
///
/// What proves the order's trade record, as the node makes it: store the bytes as they are. `sealane evidence verify` checks it.
#[utoipa::path(
	get, path = "/v1/orders/{seller}/{id}/evidence", tag = "books", operation_id = "get_evidence",
	params(("seller" = u32, Path, description = "The seller's number"), ("id" = String, Path, description = "The order's id")),
	responses(
		(status = 200, description = "The evidence", body = EvidencePack),
		(status = 409, description = "The order is not answered, or its batch is not signed by both sides yet", body = Problem, content_type = "application/problem+json"),
		(status = "default", description = "There is no such order", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn evidence(
	State(state): State<ApiState>,
	Segments((seller, id)): Segments<OrderKey>,
) -> Result<Response, Failure> {
	evidence::file(&state.node, &id, Some(seller)).await
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct WaitingQuery {
	/// The `next` of the page before.
	cursor: Option<String>,
	/// Most orders of the page; 100 unless given.
	#[param(minimum = 1, maximum = 1000)]
	limit: Option<u32>,
}

/// Some orders that wait.
#[derive(Serialize, ToSchema)]
pub(super) struct WaitingPage {
	/// In the order in which they came.
	orders: Vec<WaitingOrder>,
	/// Where the next page begins; absent on the last.
	#[serde(skip_serializing_if = "Option::is_none")]
	next: Option<String>,
}

/// Orders that wait
///
/// Those that cannot be decided yet, and for what they wait: a price, a calendar.
#[utoipa::path(
	get, path = "/v1/waiting", tag = "books", operation_id = "list_waiting",
	params(WaitingQuery),
	responses(
		(status = 200, description = "Orders, in the order in which they came", body = WaitingPage),
		(status = "default", description = "A parameter breaks its rule", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn waiting(
	State(state): State<ApiState>,
	Parameters(query): Parameters<WaitingQuery>,
) -> Result<(Extension<Entries>, Json<WaitingPage>), Failure> {
	let limit = paging::limit(query.limit)?;
	let after = query.cursor.as_deref().map(paging::place).transpose()?;
	let orders = state.db.waiting_after(after.unwrap_or(0), limit).await?;
	let last = orders.last().filter(|_| orders.len() == limit as usize);
	let next = last.map(|last| paging::cursor(&last.place));
	Ok((
		Extension(Entries(orders.len() as u64)),
		Json(WaitingPage { orders, next }),
	))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct RefusedQuery {
	/// Most answers; 100 unless given.
	#[param(minimum = 1, maximum = 1000)]
	limit: Option<u32>,
}

/// Answers that the own node refused
///
/// Their sellers do not have them. Newest first.
#[utoipa::path(
	get, path = "/v1/answers/refused", tag = "books", operation_id = "list_refused_answers",
	params(RefusedQuery),
	responses(
		(status = 200, description = "Answers", body = Vec<RefusedAnswer>),
		(status = "default", description = "A parameter breaks its rule", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn refused_answers(
	State(state): State<ApiState>,
	Parameters(query): Parameters<RefusedQuery>,
) -> Result<(Extension<Entries>, Json<Vec<RefusedAnswer>>), Failure> {
	let answers = state.db.refused_answers(paging::limit(query.limit)?).await?;
	Ok((Extension(Entries(answers.len() as u64)), Json(answers)))
}

/// Whether a customer was registered.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Registering {
	/// The customer has an account.
	Accepted,
	/// It has none by this registration.
	Rejected,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct RegistrationsQuery {
	/// Only those of this seller, by its number.
	seller: Option<u32>,
	/// Only those of this customer.
	customer: Option<String>,
	/// Only those with this outcome.
	#[param(inline)]
	outcome: Option<Registering>,
	/// The `next` of the page before.
	cursor: Option<String>,
	/// Most registrations of the page; 100 unless given.
	#[param(minimum = 1, maximum = 1000)]
	limit: Option<u32>,
}

/// Some registrations.
#[derive(Serialize, ToSchema)]
pub(super) struct RegistrationPage {
	/// Those decided last first.
	registrations: Vec<Registered>,
	/// Where the next page begins; absent on the last.
	#[serde(skip_serializing_if = "Option::is_none")]
	next: Option<String>,
}

/// Registrations of customers
#[utoipa::path(
	get, path = "/v1/registrations", tag = "books", operation_id = "list_registrations",
	params(RegistrationsQuery),
	responses(
		(status = 200, description = "Registrations, those decided last first", body = RegistrationPage),
		(status = "default", description = "A parameter breaks its rule", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn registrations(
	State(state): State<ApiState>,
	Parameters(query): Parameters<RegistrationsQuery>,
) -> Result<(Extension<Entries>, Json<RegistrationPage>), Failure> {
	let outcome = query.outcome.map(|outcome| match outcome {
		Registering::Accepted => "accepted".to_string(),
		Registering::Rejected => "rejected".to_string(),
	});
	let filter = RegisteredFilter {
		seller: query.seller,
		customer: query.customer,
		outcome,
		behind: query.cursor.as_deref().map(paging::place).transpose()?,
		limit: paging::limit(query.limit)?,
	};
	let registrations = state.db.registered(&filter).await?;
	let last = registrations
		.last()
		.filter(|_| registrations.len() == filter.limit as usize);
	let next = last.map(|last| paging::cursor(&(last.decided_at, last.seller, &last.id)));
	let shown = Entries(registrations.len() as u64);
	Ok((Extension(shown), Json(RegistrationPage { registrations, next })))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct HoldingsQuery {
	/// Only those of this product.
	product: Option<String>,
	/// Only those of this seller's customers, by its number.
	seller: Option<u32>,
	/// Only those of this customer.
	customer: Option<String>,
	/// The `next` of the page before.
	cursor: Option<String>,
	/// Most holdings of the page; 100 unless given.
	#[param(minimum = 1, maximum = 1000)]
	limit: Option<u32>,
}

/// Some holdings.
#[derive(Serialize, ToSchema)]
pub(super) struct HoldingPage {
	/// By product, seller and customer.
	holdings: Vec<Holding>,
	/// Where the next page begins; absent on the last.
	#[serde(skip_serializing_if = "Option::is_none")]
	next: Option<String>,
}

/// Holdings
///
/// Who holds how many units of what, as the books have it.
#[utoipa::path(
	get, path = "/v1/holdings", tag = "books", operation_id = "list_holdings",
	params(HoldingsQuery),
	responses(
		(status = 200, description = "Holdings, by product, seller and customer", body = HoldingPage),
		(status = "default", description = "A parameter breaks its rule", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn holdings(
	State(state): State<ApiState>,
	Parameters(query): Parameters<HoldingsQuery>,
) -> Result<(Extension<Entries>, Json<HoldingPage>), Failure> {
	let filter = HoldingFilter {
		product: query.product,
		seller: query.seller,
		customer: query.customer,
		behind: query.cursor.as_deref().map(paging::place).transpose()?,
		limit: paging::limit(query.limit)?,
	};
	let holdings = state.db.holding_page(&filter).await?;
	let last = holdings.last().filter(|_| holdings.len() == filter.limit as usize);
	let next = last.map(|last| paging::cursor(&(&last.product, last.seller, &last.customer)));
	let shown = Entries(holdings.len() as u64);
	Ok((Extension(shown), Json(HoldingPage { holdings, next })))
}
