// SPDX-License-Identifier: Apache-2.0

//! Sessions of browsers, and passwords.

use super::{done, presented, row_of, Body};
use crate::{
	core::{Caller, Core},
	users::{csrf_of, set_cookie, Presented, Roles},
	Failure,
};
use axum::{
	extract::{FromRequest, Request, State},
	http::{
		header::{AUTHORIZATION, CONTENT_TYPE, SET_COOKIE},
		HeaderMap, Method,
	},
	response::{Html, IntoResponse, Response},
	Extension, Json,
};
use sealane_http::Client;
use sealane_sdk::types::{Problem, ProblemCode};
use serde::{Deserialize, Serialize};
use std::{net::Ipv4Addr, time::Duration};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LogIn {
	/// The user.
	name: String,
	/// The password.
	password: String,
}

/// Who is logged in.
#[derive(Serialize, ToSchema)]
pub(super) struct LoggedIn {
	/// The user.
	name: String,
	/// What it may do.
	roles: Roles,
	/// What the header `x-csrf-token` must hold in requests that change something.
	#[serde(skip_serializing_if = "Option::is_none")]
	csrf: Option<String>,
	/// When the session ends at the latest, Unix ms.
	#[serde(skip_serializing_if = "Option::is_none")]
	expires_at: Option<i64>,
}

/// Log in
///
/// Opens a session for a browser: the answer sets its cookie (HttpOnly, SameSite=Strict) and gives the value of the header
/// `x-csrf-token`. Programs need no session: they send their token with each request.
#[utoipa::path(
	post, path = "/v1/session", tag = "access", operation_id = "log_in", security(()),
	request_body = LogIn,
	responses(
		(status = 200, description = "Logged in", body = LoggedIn),
		(status = "default", description = "Name, password and certificate do not belong together", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn log_in(State(core): State<Core>, request: Request) -> Result<impl IntoResponse, Failure> {
	let under_way = core.traffic.enter(None)?;
	let mut row = row_of(&request);
	let client: Option<&Client> = request.extensions().get();
	let address = client.map_or(Ipv4Addr::UNSPECIFIED.into(), |client| client.address.ip());
	let shown = presented(&core, &request);
	let certificate = shown.certificate;
	shown.must_be_of_this_origin().map_err(led)?;
	let Body(LogIn { name, password }) = Body::from_request(request, &()).await?;
	let later = |detail: &str, wait: Duration| -> Failure {
		core.audit.stranger();
		let ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
		Problem::new(ProblemCode::TooManyRequests, detail)
			.with_retry_after_ms(ms)
			.into()
	};
	let place = core.attempts.enter(address);
	let place = place.map_err(|wait| later("too many passwords are tried from this address", wait))?;
	if let Some(wait) = core.passwords.wait(&name) {
		return Err(later("too many wrong passwords for this name", wait));
	}
	let (method, headers) = (Method::POST, HeaderMap::new());
	let shown = Presented {
		method: &method,
		headers: &headers,
		certificate,
		tls: core.tls.is_some(),
		is_use: true,
	};
	let found = core.users.log_in(&core.passwords, &name, password, shown).await?;
	let Some((user, session)) = found else {
		core.counters.log_in_failed();
		// A name that exists is noted: its owner must see it. What is invented is counted. The answer waits for neither, or it would tell
		// which one it was.
		if let Ok(user) = core.users.get(&name).await {
			row.status = 401;
			row.of(&user.name, user.roles);
			tokio::spawn(async move {
				let _under_way = under_way;
				// What goes wrong is an alarm of the log's own.
				let _ = core.audit.note(row).await;
			});
		} else {
			core.audit.stranger();
		}
		return Err(Failure::new(
			ProblemCode::Unauthenticated,
			"name, password and certificate do not belong together, or the user is disabled",
		));
	};
	place.right();
	row.of(&user.name, user.roles);
	row.status = 200;
	core.audit.note(row).await?;
	let cookie = set_cookie(Some(&session), core.tls.is_some());
	let answer = LoggedIn {
		name: user.name,
		roles: user.roles,
		csrf: Some(session.csrf),
		expires_at: Some(session.expires_at),
	};
	Ok(([(SET_COOKIE, cookie)], Json(answer)))
}

/// A page of another origin would log somebody in, or set a password.
fn led(detail: &'static str) -> Failure {
	Failure::new(ProblemCode::Forbidden, detail)
}

/// Who is logged in
///
/// A page that is loaded anew learns from it who works with it, and the value of the header `x-csrf-token`: no page of another origin can read it.
#[utoipa::path(
	get, path = "/v1/session", tag = "access", operation_id = "get_session",
	responses(
		(status = 200, description = "Who makes this request", body = LoggedIn),
		(status = "default", description = "Nobody", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn get(
	State(core): State<Core>,
	Extension(caller): Extension<Caller>,
	request: Request,
) -> Result<Json<LoggedIn>, Failure> {
	let shown = presented(&core, &request);
	// With a token the cookie says nothing.
	let cookie = shown.cookie().filter(|_| !shown.headers.contains_key(AUTHORIZATION));
	let expires_at = match cookie {
		Some(cookie) => core.users.session_ends_at(cookie).await?,
		None => None,
	};
	Ok(Json(LoggedIn {
		name: caller.name.to_string(),
		roles: caller.roles,
		csrf: cookie.map(csrf_of),
		expires_at,
	}))
}

/// Log out
#[utoipa::path(
	delete, path = "/v1/session", tag = "access", operation_id = "log_out",
	responses(
		(status = 204, description = "The session has ended"),
		(status = "default", description = "There was none", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn log_out(State(core): State<Core>, request: Request) -> Result<impl IntoResponse, Failure> {
	if let Some(cookie) = presented(&core, &request).cookie() {
		core.users.close_session(cookie).await?;
	}
	Ok(([(SET_COOKIE, set_cookie(None, core.tls.is_some()))], done()))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SetPassword {
	/// What stands behind # in the link.
	invitation: String,
	/// The new password: at least 12 characters.
	password: String,
}

/// Whose password it is now.
#[derive(Serialize, ToSchema)]
pub(super) struct PasswordSet {
	/// The user.
	name: String,
}

/// Set a password by invitation
///
/// With the link that an administrator, `sealane user invite` or the first start gave. It holds once and for a day.
#[utoipa::path(
	post, path = "/v1/password", tag = "access", operation_id = "set_password", security(()),
	request_body = SetPassword,
	responses(
		(status = 200, description = "It is set", body = PasswordSet),
		(status = "default", description = "The invitation does not hold, or the password breaks the rule", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn set_password(State(core): State<Core>, request: Request) -> Result<Json<PasswordSet>, Failure> {
	let under_way = core.traffic.enter(None)?;
	presented(&core, &request).must_be_of_this_origin().map_err(led)?;
	let mut row = row_of(&request);
	let Body(SetPassword { invitation, password }) = Body::from_request(request, &()).await?;
	if !core.users.is_invited(&invitation).await? {
		core.audit.stranger();
		return Err(Failure::new(
			ProblemCode::NotFound,
			"the invitation was used, or is over",
		));
	}
	let hashed = core.passwords.hash(password).await?;
	// A task of its own: who hangs up before the answer leaves a line all the same.
	let work = tokio::spawn(async move {
		let _under_way = under_way;
		let name = core.users.accept(&invitation, hashed).await?;
		let user = core.users.get(&name).await?;
		row.of(&user.name, user.roles);
		row.status = 200;
		core.audit.note(row).await?;
		Ok::<_, Failure>(Json(PasswordSet { name }))
	});
	work.await
		.unwrap_or_else(|error| Err(Failure::new(ProblemCode::Internal, error.to_string())))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangePassword {
	/// The password of now.
	old: String,
	/// The new one: at least 12 characters.
	new: String,
}

/// Change one's own password
///
/// All sessions of the user end, this one too.
#[utoipa::path(
	put, path = "/v1/session/password", tag = "access", operation_id = "change_password",
	request_body = ChangePassword,
	responses(
		(status = 204, description = "It is changed"),
		(status = "default", description = "The old one is wrong, or the new one breaks the rule", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn change_password(
	State(core): State<Core>,
	Extension(caller): Extension<Caller>,
	Body(passwords): Body<ChangePassword>,
) -> Result<impl IntoResponse, Failure> {
	let other = || {
		Failure::new(
			ProblemCode::Forbidden,
			"the old password is another, or too many were tried",
		)
	};
	let was = core
		.users
		.has_password(&core.passwords, &caller.name, passwords.old)
		.await?;
	let was = was.ok_or_else(other)?;
	let hashed = core.passwords.hash(passwords.new).await?;
	if !core.users.replace_password(&caller.name, &was, &hashed).await? {
		return Err(other());
	}
	Ok(done())
}

/// The page behind a link to set a password: the console's, where there is one.
pub(super) async fn page(State(core): State<Core>, headers: HeaderMap) -> Response {
	let own = core.console.start(&headers);
	own.unwrap_or_else(|| Html(include_str!("password.html")).into_response())
}

/// Its script.
pub(super) async fn script() -> impl IntoResponse {
	([(CONTENT_TYPE, "text/javascript")], include_str!("password.js"))
}

/// Its style.
pub(super) async fn style() -> impl IntoResponse {
	([(CONTENT_TYPE, "text/css")], include_str!("password.css"))
}
