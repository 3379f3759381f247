// SPDX-License-Identifier: Apache-2.0

//! The resources, one file each, put together by the scope that their token needs.

mod calendars;
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

use crate::{
	audit::{Entries, Line},
	auth::{Caller, Scope},
	openapi,
	problem::Failure,
	state::AppState,
};
use axum::{
	extract::{DefaultBodyLimit, Request, State},
	http::{Method, StatusCode},
	middleware::{from_fn_with_state, Next},
	response::Response,
	Router,
};
use sealane_http::{Client, Connection};
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
	let monitor = |route| guarded(state, Scope::Monitor, route);
	let sell = |route| guarded(state, Scope::Sell, route);
	let issue = |route| guarded(state, Scope::Issue, route);
	let evidence = |route| guarded(state, Scope::Evidence, route);
	let operate = |route| guarded(state, Scope::Operate, route);
	let (router, document) = OpenApiRouter::with_openapi(openapi::base())
		.routes(sell(routes!(orders::submit)))
		.routes(read(routes!(orders::get)))
		.routes(sell(routes!(orders::cancel)))
		.routes(read(routes!(orders::trace)))
		.routes(evidence(routes!(orders::evidence)))
		.routes(issue(routes!(confirmations::submit)))
		.routes(sell(routes!(registrations::submit)))
		.routes(issue(routes!(registrations::submit_results)))
		.routes(read(routes!(registrations::open)))
		.routes(issue(routes!(registrations::close)))
		.routes(read(routes!(registrations::get)))
		.routes(read(routes!(events::get)))
		.routes(read(routes!(inbox::get)))
		.routes(monitor(routes!(clauses::get)))
		.routes(monitor(routes!(calendars::get)))
		.routes(monitor(routes!(channels::get)))
		.routes(monitor(routes!(lanes::get)))
		.routes(operate(routes!(lanes::retry)))
		.routes(monitor(routes!(status::get)))
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

/// The route, open to tokens with this scope only; its operations say so in the document.
fn guarded(
	state: Option<&AppState>,
	scope: Scope,
	mut route: UtoipaMethodRouter<AppState>,
) -> UtoipaMethodRouter<AppState> {
	for item in route.1.paths.values_mut() {
		openapi::require(item, scope);
	}
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
	let client: Option<&Client> = request.extensions().get();
	let (address, certificate) = client.map(|client| (client.address, client.certificate)).unzip();
	let checked = state
		.tokens
		.get()
		.check(request.headers(), certificate.flatten().as_ref(), scope);
	let method = request.method().clone();
	let path = request
		.uri()
		.path_and_query()
		.map(ToString::to_string)
		.unwrap_or_default();
	let note = |status: StatusCode, caller: Option<Caller>, entries: Option<Entries>| {
		let mut line = Line::now(method.as_str(), &path, status.as_u16());
		line.token = caller.map(|caller| caller.name);
		line.client = address;
		line.entries = entries.map(|entries| entries.0);
		line
	};
	let caller = match checked {
		Ok(caller) => caller,
		Err(refused) => {
			match refused.caller() {
				// A known token without the scope: somebody tries what he may not do.
				Some(caller) => {
					state
						.audit
						.note(note(StatusCode::FORBIDDEN, Some(caller.clone()), None))
						.await
				}
				None => state.audit.stranger(),
			}
			return Err(refused.into());
		}
	};
	let connection: Option<&Arc<Connection>> = request.extensions().get();
	let under_way = state.traffic.enter(connection.cloned())?;
	let answer = next.run(request).await;
	let entries = answer.extensions().get::<Entries>().copied();
	// A poll that shows nothing is nothing that anybody did or saw.
	let is_empty =
		method == Method::GET && answer.status().is_success() && entries.is_some_and(|entries| entries.0 == 0);
	if scope != Scope::Monitor && !is_empty {
		state.audit.note(note(answer.status(), Some(caller), entries)).await;
	}
	Ok(under_way.until_written(answer))
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
