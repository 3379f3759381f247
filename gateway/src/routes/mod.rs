// SPDX-License-Identifier: Apache-2.0

//! The resources, one file each, put together by the scope that their token needs.

mod channels;
mod clauses;
mod confirmations;
mod events;
mod health;
mod inbox;
mod lanes;
mod lookup;
mod orders;
mod registrations;
mod status;
mod submit;

use crate::{admission::Connection, auth::Scope, openapi, problem::Failure, state::AppState};
use axum::{
	extract::{DefaultBodyLimit, Request, State},
	middleware::{from_fn_with_state, Next},
	response::Response,
	Router,
};
use sealane_sdk::types::ProblemCode;
use std::sync::Arc;
use utoipa::openapi::OpenApi;
use utoipa_axum::{
	router::{OpenApiRouter, UtoipaMethodRouter, UtoipaMethodRouterExt},
	routes,
};

/// Every resource, and the document that describes it. The state is needed for the tokens only.
pub(crate) fn router(state: Option<&AppState>) -> (Router<AppState>, OpenApi) {
	let read = |route| guarded(state, Scope::Read, route);
	let trade = |route| guarded(state, Scope::Trade, route);
	let operate = |route| guarded(state, Scope::Operate, route);
	let (router, document) = OpenApiRouter::with_openapi(openapi::base())
		.routes(trade(routes!(orders::submit)))
		.routes(read(routes!(orders::get)))
		.routes(trade(routes!(orders::cancel)))
		.routes(read(routes!(orders::trace)))
		.routes(read(routes!(orders::evidence)))
		.routes(trade(routes!(confirmations::submit)))
		.routes(trade(routes!(registrations::submit)))
		.routes(trade(routes!(registrations::submit_results)))
		.routes(read(routes!(registrations::get)))
		.routes(read(routes!(events::get)))
		.routes(read(routes!(inbox::get)))
		.routes(read(routes!(clauses::get)))
		.routes(read(routes!(channels::get)))
		.routes(read(routes!(lanes::get)))
		.routes(operate(routes!(lanes::retry)))
		.routes(read(routes!(status::get)))
		.routes(routes!(health::healthz))
		.routes(routes!(health::readyz))
		.routes(routes!(health::openapi))
		.split_for_parts();
	let router = router
		.fallback(not_found)
		.method_not_allowed_fallback(method_not_allowed)
		// Bodies have their own limit, see `limits`.
		.layer(DefaultBodyLimit::disable());
	(router, openapi::finish(document))
}

/// The route, open to tokens with this scope only.
fn guarded(
	state: Option<&AppState>,
	scope: Scope,
	route: UtoipaMethodRouter<AppState>,
) -> UtoipaMethodRouter<AppState> {
	match state {
		Some(state) => route.layer(from_fn_with_state((state.clone(), scope), authorise)),
		None => route,
	}
}

async fn authorise(
	State((state, scope)): State<(AppState, Scope)>,
	request: Request,
	next: Next,
) -> Result<Response, Failure> {
	state.tokens.check(request.headers(), scope)?;
	let connection: Option<&Arc<Connection>> = request.extensions().get();
	let under_way = state.enter(connection.cloned())?;
	Ok(under_way.until_written(next.run(request).await))
}

async fn not_found(request: Request) -> Failure {
	// The path may hold a customer's or an order's id: it is not repeated.
	Failure::new(
		ProblemCode::NotFound,
		format!("there is no resource for this {} request", request.method()),
	)
}

async fn method_not_allowed(request: Request) -> Failure {
	Failure::new(
		ProblemCode::MethodNotAllowed,
		format!("the resource does not take {}", request.method()),
	)
}
