// SPDX-License-Identifier: Apache-2.0

//! The resources that both terminals have, one file each, and what guards every resource.

mod audit;
mod events;
mod sessions;
mod system;
mod users;
mod webhooks;

use crate::{
	audit::{Entries, Row},
	console::headers,
	core::{Caller, Core},
	users::{Presented, Refused, Role},
	Failure,
};
use axum::{
	extract::{rejection::JsonRejection, DefaultBodyLimit, FromRef, FromRequest, Request, State},
	http::{Method, StatusCode},
	middleware::{from_fn_with_state, map_response, Next},
	response::{IntoResponse, Response},
	Json, Router,
};
use sealane_http::{openapi::with_tokens, Client, Connection};
use sealane_sdk::types::{Problem, ProblemCode};
use serde::de::DeserializeOwned;
use std::{sync::Arc, time::Duration};
use utoipa::{
	openapi::{
		security::{ApiKey, ApiKeyValue, SecurityRequirement, SecurityScheme},
		OpenApi,
	},
	OpenApi as _,
};
use utoipa_axum::{
	router::{OpenApiRouter, UtoipaMethodRouter, UtoipaMethodRouterExt},
	routes,
};

/// Where events are followed.
const EVENTS: &str = "/v1/events";
/// Longest body of what is neither orders nor files, in bytes.
const MAX_SMALL_BODY: usize = 64 << 10;

#[derive(utoipa::OpenApi)]
#[openapi(
	info(
		title = "Sealane terminal",
		license(name = "Apache-2.0", identifier = "Apache-2.0"),
	),
	tags(
		(name = "access", description = "Sessions of browsers, users, who did or saw what"),
		(name = "events", description = "What happened, with a cursor; webhooks"),
		(name = "operating", description = "The terminal itself"),
	),
)]
struct Base;

/// The frame of a terminal's OpenAPI document.
pub fn base(title: &str, description: &str) -> OpenApi {
	let mut document = Base::openapi();
	document.info.title = title.into();
	document.info.description = Some(description.into());
	document
}

/// Adds what holds for every path.
pub fn finish(document: OpenApi) -> OpenApi {
	let mut document = with_tokens(
		document,
		"A token of a user of the terminal. Each operation names the role that it needs in `x-required-role`",
	);
	let cookie = ApiKey::Cookie(ApiKeyValue::with_description(
		"sealane",
		"The session of a browser (`__Host-sealane` over TLS). What changes something carries the header `x-csrf-token` that the login \
		 gave, too",
	));
	let components = document.components.get_or_insert_default();
	components.add_security_scheme("session", SecurityScheme::ApiKey(cookie));
	let either = document.security.get_or_insert_default();
	either.push(SecurityRequirement::new("session", [] as [&str; 0]));
	document
}

/// The resources that both terminals have. The core is needed for those who may use them only: the document needs none.
pub fn router<S>(core: Option<&Core>) -> OpenApiRouter<S>
where
	S: Clone + Send + Sync + 'static,
	Core: FromRef<S>,
{
	let any = |route| checked(core, None, route);
	let monitor = |route| guarded(core, Role::Monitor, route);
	let read = |route| guarded(core, Role::Read, route);
	let administer = |route| guarded(core, Role::Administer, route);
	OpenApiRouter::new()
		.routes(routes!(sessions::log_in))
		.routes(any(routes!(sessions::get)))
		.routes(any(routes!(sessions::log_out)))
		.routes(routes!(sessions::set_password))
		.routes(any(routes!(sessions::change_password)))
		.routes(administer(routes!(users::list, users::add)))
		.routes(administer(routes!(users::change)))
		.routes(administer(routes!(users::invite)))
		.routes(administer(routes!(users::token)))
		.routes(administer(routes!(audit::get)))
		.routes(read(routes!(events::get)))
		.routes(administer(routes!(webhooks::list, webhooks::add)))
		.routes(administer(routes!(webhooks::remove)))
		.routes(monitor(routes!(system::status)))
		.routes(monitor(routes!(system::metrics)))
		.routes(routes!(system::about))
		.routes(routes!(system::healthz))
		.routes(routes!(system::readyz))
		.routes(routes!(system::openapi))
		.route("/password", axum::routing::get(sessions::page))
		.route("/password.js", axum::routing::get(sessions::script))
		.route("/password.css", axum::routing::get(sessions::style))
}

/// What holds for every resource of a terminal, once they are all there.
pub(crate) fn closed<S: Clone + Send + Sync + 'static>(core: &Core, router: Router<S>) -> Router<S> {
	let pages = core.clone();
	router
		.fallback(move |request: Request| async move { page_or_nothing(&pages, &request) })
		.method_not_allowed_fallback(method_not_allowed)
		// Bodies of orders have their own limit, see `sealane_http::limits`.
		.layer(DefaultBodyLimit::max(MAX_SMALL_BODY))
		.layer(from_fn_with_state(core.clone(), counted))
		.layer(map_response(|mut answer: Response| async move {
			headers::add(answer.headers_mut());
			answer
		}))
}

/// The route, open to users with this role only; its operations say so in the document.
pub fn guarded<S: Clone + Send + Sync + 'static>(
	core: Option<&Core>,
	role: Role,
	route: UtoipaMethodRouter<S>,
) -> UtoipaMethodRouter<S> {
	checked(core, Some(role), route)
}

fn checked<S: Clone + Send + Sync + 'static>(
	core: Option<&Core>,
	role: Option<Role>,
	mut route: UtoipaMethodRouter<S>,
) -> UtoipaMethodRouter<S> {
	for item in route.1.paths.values_mut() {
		let needed = role.map_or("any", Role::as_str);
		sealane_http::openapi::require(item, "x-required-role", needed);
	}
	match core {
		Some(core) => route.layer(from_fn_with_state((core.clone(), role), authorise)),
		None => route,
	}
}

/// What a request carries that may tell who makes it.
pub(super) fn presented<'a>(core: &Core, request: &'a Request) -> Presented<'a> {
	let client: Option<&Client> = request.extensions().get();
	Presented {
		method: request.method(),
		headers: request.headers(),
		certificate: client.and_then(|client| client.certificate),
		tls: core.tls.is_some(),
		is_use: request.uri().path() != EVENTS,
	}
}

async fn authorise(
	State((core, role)): State<(Core, Option<Role>)>,
	mut request: Request,
	next: Next,
) -> Result<Response, Failure> {
	let mut row = row_of(&request);
	let user = match core.users.check(presented(&core, &request), role).await? {
		Ok(user) => user,
		Err(refused) => {
			match &refused {
				// Somebody who is known tries what he may not do.
				Refused::Forbidden { name, roles, .. } => {
					row.of(name, *roles);
					row.status = StatusCode::FORBIDDEN.as_u16().into();
					core.audit.note(row).await?;
				}
				Refused::Unknown(_) => core.audit.stranger(),
			}
			return Err(sealane_http::Failure::from(refused).into());
		}
	};
	let connection: Option<&Arc<Connection>> = request.extensions().get();
	let under_way = core.traffic.enter(connection.cloned())?;
	let changes = *request.method() != Method::GET;
	let pass = presented(&core, &request).pass(role);
	request.extensions_mut().insert(Caller {
		pass: Some(Arc::new(pass)),
		..Caller::from(&user)
	});
	let work = async move {
		let answer = next.run(request).await;
		let entries = answer.extensions().get::<Entries>().map(|entries| entries.0);
		row.of(&user.name, user.roles);
		row.status = answer.status().as_u16().into();
		row.entries = entries.map_or(-1, |entries| i64::try_from(entries).unwrap_or(i64::MAX));
		// A poll that shows nothing is nothing that anybody did or saw.
		let is_empty = !changes && answer.status().is_success() && entries == Some(0);
		if role != Some(Role::Monitor) && !is_empty {
			core.audit.note(row).await?;
		}
		Ok::<_, Failure>(under_way.until_written(answer))
	};
	if !changes {
		return work.await;
	}
	// A task of its own: who hangs up before the answer leaves a line all the same.
	let done = tokio::spawn(work).await;
	done.unwrap_or_else(|error| Err(Failure::new(ProblemCode::Internal, error.to_string())))
}

/// The row of a request in the audit log, without who and what came of it.
fn row_of(request: &Request) -> Row {
	let path = request
		.uri()
		.path_and_query()
		.map(ToString::to_string)
		.unwrap_or_default();
	let mut row = Row::new(request.method().as_str(), &path, 0);
	let client: Option<&Client> = request.extensions().get();
	row.client = client.map(|client| client.address.to_string()).unwrap_or_default();
	row
}

async fn counted(State(core): State<Core>, request: Request, next: Next) -> Response {
	let answer = next.run(request).await;
	core.counters.answered(answer.status().as_u16());
	answer
}

/// A page of the console, where it is one.
fn page_or_nothing(core: &Core, request: &Request) -> Response {
	let page = core
		.console
		.answer(request.method(), request.uri().path(), request.headers());
	page.unwrap_or_else(|| {
		// The path may hold an order's id: it is not repeated.
		let detail = format!("there is no resource for this {} request", request.method());
		Failure::new(ProblemCode::NotFound, detail).into_response()
	})
}

async fn method_not_allowed(request: Request) -> Failure {
	let detail = format!("the resource does not take {}", request.method());
	Failure::new(ProblemCode::MethodNotAllowed, detail)
}

/// How long a client may take to send a small body.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// A small body of JSON, with a problem document where it is none.
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
	type Rejection = Failure;

	async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
		let read = tokio::time::timeout(BODY_TIMEOUT, Json::from_request(request, state)).await;
		let Ok(read) = read else {
			let problem = Problem::new(ProblemCode::RequestTimeout, "the body was not complete in time");
			return Err(sealane_http::Failure::closing(problem).into());
		};
		match read {
			Ok(Json(value)) => Ok(Body(value)),
			Err(rejection) => {
				let code = match &rejection {
					JsonRejection::JsonDataError(_) => ProblemCode::InvalidField,
					JsonRejection::MissingJsonContentType(_) => ProblemCode::UnsupportedMediaType,
					JsonRejection::BytesRejection(_) => ProblemCode::BodyTooLarge,
					_ => ProblemCode::InvalidJson,
				};
				Err(Problem::new(code, rejection.body_text()).into())
			}
		}
	}
}

/// What says that something was done.
fn done() -> impl IntoResponse {
	StatusCode::NO_CONTENT
}
