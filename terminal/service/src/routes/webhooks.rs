// SPDX-License-Identifier: Apache-2.0

use super::{done, Body};
use crate::{core::Core, webhooks::Webhook, Failure};
use axum::{extract::State, http::StatusCode, response::IntoResponse, Json};
use sealane_http::extract::Id;
use sealane_sdk::types::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Webhooks
#[utoipa::path(
	get, path = "/v1/webhooks", tag = "events", operation_id = "list_webhooks",
	responses(
		(status = 200, description = "By name", body = Vec<Webhook>),
		(status = "default", description = "The role is missing", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn list(State(core): State<Core>) -> Result<Json<Vec<Webhook>>, Failure> {
	Ok(Json(core.webhooks.list().await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewWebhook {
	/// Letters, digits and -.
	name: String,
	/// Where to post to: https, or http on this machine.
	url: String,
	/// The kinds of events that it gets; all unless given.
	#[serde(default)]
	kinds: Vec<String>,
	/// The cursor behind which it begins; what happens from now on unless given, everything where it is empty.
	#[serde(default)]
	cursor: Option<String>,
}

/// What the receiver checks signatures with.
#[derive(Serialize, ToSchema)]
pub(super) struct Secret {
	/// Shown this once.
	secret: String,
}

/// Add a webhook
///
/// Events are posted to it as `{"webhook": …, "events": […]}`, in order, again until the answer is 2xx. The header `Sealane-Signature` holds
/// `t=<unix seconds>,v1=<HMAC-SHA256 over "<t>." and the body with the secret, hexadecimal>`.
#[utoipa::path(
	post, path = "/v1/webhooks", tag = "events", operation_id = "add_webhook",
	request_body = NewWebhook,
	responses(
		(status = 201, description = "Added", body = Secret),
		(status = "default", description = "A field breaks its rule", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn add(State(core): State<Core>, Body(hook): Body<NewWebhook>) -> Result<impl IntoResponse, Failure> {
	let position = match hook.cursor {
		Some(cursor) => {
			// Tells whether it is one.
			core.terminal
				.events(Some(cursor.as_str()).filter(|cursor| !cursor.is_empty()), 1)
				.await?;
			cursor
		}
		None => core.terminal.tail().await?,
	};
	let known = core.terminal.kinds();
	let secret = core
		.webhooks
		.add(&hook.name, &hook.url, &hook.kinds, known, &position)
		.await?;
	Ok((StatusCode::CREATED, Json(Secret { secret })))
}

/// Remove a webhook
#[utoipa::path(
	delete, path = "/v1/webhooks/{name}", tag = "events", operation_id = "remove_webhook",
	params(("name" = String, Path, description = "The webhook")),
	responses(
		(status = 204, description = "Removed"),
		(status = "default", description = "There is none", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn remove(State(core): State<Core>, Id(name): Id) -> Result<impl IntoResponse, Failure> {
	core.webhooks.remove(&name).await?;
	Ok(done())
}
