// SPDX-License-Identifier: Apache-2.0

//! Sessions of browsers, and passwords.

use super::{done, presented, row_of, Body};
use crate::{
	core::{Caller, Core},
	users::{set_cookie, Presented, Roles},
	Failure,
};
use axum::{
	extract::{FromRequest, Request, State},
	http::{
		header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, SET_COOKIE},
		HeaderMap, Method,
	},
	response::{Html, IntoResponse},
	Extension, Json,
};
use sealane_sdk::types::{Problem, ProblemCode};
use serde::{Deserialize, Serialize};
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
	let _under_way = core.traffic.enter(None)?;
	let mut row = row_of(&request);
	let certificate = presented(&request).certificate;
	let Body(LogIn { name, password }) = Body::from_request(request, &()).await?;
	if let Some(wait) = core.passwords.wait(&name) {
		core.audit.stranger();
		let problem = Problem::new(ProblemCode::TooManyRequests, "too many wrong passwords for this name");
		let ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
		return Err(problem.with_retry_after_ms(ms).into());
	}
	let (method, headers) = (Method::POST, HeaderMap::new());
	let shown = Presented {
		method: &method,
		headers: &headers,
		certificate,
	};
	let found = core.users.log_in(&core.passwords, &name, password, shown).await?;
	let Some((user, session)) = found else {
		core.counters.log_in_failed();
		// A name that exists is noted: its owner must see it. What is invented is counted.
		if core.users.get(&name).await.is_ok() {
			row.actor = name;
			row.status = 401;
			core.audit.note(row).await?;
		} else {
			core.audit.stranger();
		}
		return Err(Failure::new(
			ProblemCode::Unauthenticated,
			"name, password and certificate do not belong together, or the user is disabled",
		));
	};
	row.actor = user.name.clone();
	row.status = 200;
	core.audit.note(row).await?;
	let cookie = set_cookie(Some(&session), core.tls.is_some());
	let answer = LoggedIn {
		name: user.name,
		roles: user.roles,
		csrf: Some(session.csrf),
		expires_at: Some(session.expires_at),
	};
	Ok(([(SET_COOKIE, cookie), (CACHE_CONTROL, "no-store".into())], Json(answer)))
}

/// Who is logged in
#[utoipa::path(
	get, path = "/v1/session", tag = "access", operation_id = "get_session",
	responses(
		(status = 200, description = "Who makes this request", body = LoggedIn),
		(status = "default", description = "Nobody", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn get(Extension(caller): Extension<Caller>) -> Json<LoggedIn> {
	Json(LoggedIn {
		name: caller.name.to_string(),
		roles: caller.roles,
		csrf: None,
		expires_at: None,
	})
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
	if let Some(cookie) = presented(&request).cookie() {
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
		row.actor = name.clone();
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

/// The page behind a link to set a password.
pub(super) async fn page() -> impl IntoResponse {
	let policy =
		"default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src 'self'; form-action 'none'; \
		frame-ancestors 'none'; base-uri 'none'";
	(
		[(CONTENT_SECURITY_POLICY, policy), (CACHE_CONTROL, "no-store")],
		Html(include_str!("password.html")),
	)
}

/// Its script.
pub(super) async fn script() -> impl IntoResponse {
	([(CONTENT_TYPE, "text/javascript")], include_str!("password.js"))
}
