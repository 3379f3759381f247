// SPDX-License-Identifier: Apache-2.0

use super::Body;
use crate::{
	core::Core,
	users::{Roles, User},
	Failure,
};
use axum::{extract::State, http::StatusCode, response::IntoResponse, Json};
use sealane_http::extract::Id;
use sealane_sdk::types::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Users
///
/// Everybody who may use the API, without secrets.
#[utoipa::path(
	get, path = "/v1/users", tag = "access", operation_id = "list_users",
	responses(
		(status = 200, description = "By name", body = Vec<User>),
		(status = "default", description = "The role is missing", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn list(State(core): State<Core>) -> Result<Json<Vec<User>>, Failure> {
	Ok(Json(core.users.list().await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewUser {
	/// A name that nobody has or had.
	name: String,
	/// What it may do.
	roles: Roles,
}

/// Add a user
///
/// Who can do nothing before it has a password (invitation), a token or a certificate.
#[utoipa::path(
	post, path = "/v1/users", tag = "access", operation_id = "add_user",
	request_body = NewUser,
	responses(
		(status = 201, description = "Added", body = User),
		(status = "default", description = "A field breaks its rule", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn add(State(core): State<Core>, Body(user): Body<NewUser>) -> Result<impl IntoResponse, Failure> {
	core.users.add(&user.name, user.roles).await?;
	Ok((StatusCode::CREATED, Json(core.users.get(&user.name).await?)))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UserChange {
	/// Other roles.
	#[serde(default)]
	roles: Option<Roles>,
	/// Whether it may do anything at all.
	#[serde(default)]
	enabled: Option<bool>,
}

/// Change a user
///
/// Holds from its next request on. A user is never removed: the audit log names it.
#[utoipa::path(
	patch, path = "/v1/users/{name}", tag = "access", operation_id = "change_user",
	params(("name" = String, Path, description = "The user")),
	request_body = UserChange,
	responses(
		(status = 200, description = "As it is now", body = User),
		(status = "default", description = "There is no such user", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn change(
	State(core): State<Core>,
	Id(name): Id,
	Body(change): Body<UserChange>,
) -> Result<Json<User>, Failure> {
	if let Some(roles) = change.roles {
		core.users.set_roles(&name, roles).await?;
	}
	if let Some(enabled) = change.enabled {
		core.users.set_enabled(&name, enabled).await?;
	}
	Ok(Json(core.users.get(&name).await?))
}

/// What a person needs to set a password.
#[derive(Serialize, ToSchema)]
pub(super) struct Invitation {
	/// Path and fragment of the link: put the API's address before it. It holds once and for a day, and is shown this once.
	link: String,
}

/// Invite a person
///
/// Gives a link by which the person sets a password. Its old password holds until then.
#[utoipa::path(
	post, path = "/v1/users/{name}/invitation", tag = "access", operation_id = "invite_user",
	params(("name" = String, Path, description = "The user")),
	responses(
		(status = 200, description = "The link", body = Invitation),
		(status = "default", description = "There is no such person", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn invite(State(core): State<Core>, Id(name): Id) -> Result<Json<Invitation>, Failure> {
	let invitation = core.users.invite(&name).await?;
	Ok(Json(Invitation {
		link: crate::serve::link("", &invitation),
	}))
}

/// What a program sends with each request.
#[derive(Serialize, ToSchema)]
pub(super) struct Token {
	/// Shown this once.
	token: String,
}

/// Give a program a token
///
/// In the place of its old one.
#[utoipa::path(
	post, path = "/v1/users/{name}/token", tag = "access", operation_id = "new_token",
	params(("name" = String, Path, description = "The user")),
	responses(
		(status = 200, description = "The token", body = Token),
		(status = "default", description = "There is no such program", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn token(State(core): State<Core>, Id(name): Id) -> Result<Json<Token>, Failure> {
	Ok(Json(Token {
		token: core.users.new_token(&name).await?,
	}))
}
