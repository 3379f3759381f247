// SPDX-License-Identifier: Apache-2.0

//! The node's JSON-RPC for pages.

use super::ApiState;
use crate::server::rpc;
use axum::{
	extract::{
		ws::{rejection::WebSocketUpgradeRejection, WebSocketUpgrade},
		State,
	},
	http::{
		header::{AUTHORIZATION, HOST, ORIGIN},
		HeaderMap,
	},
	response::Response,
	Extension,
};
use sealane_http::Client;
use sealane_sdk::types::{Problem, ProblemCode};
use sealane_service::{audit::Row, users::Role, Caller, Core, Failure};

/// JSON-RPC of the node
///
/// A WebSocket, for a light client in a page: `chainHead_v1_*`, `chainSpec_v1_*`, `archive_v1_*`, a few of `system_*`, and with the role to govern
/// `transaction_v1_broadcast`. Every other method is answered by an error that names it. One request per message, with an id; at most 8 subscriptions and
/// broadcasts are open, 50 messages a second are taken, messages have at most 1 MiB. A browser must be on a page of this server.
#[utoipa::path(
	get, path = "/rpc", tag = "chain", operation_id = "rpc",
	responses(
		(status = 101, description = "The connection is a WebSocket from now on"),
		(status = "default", description = "No request for a WebSocket, of another origin, or too many connections", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn get(
	State(state): State<ApiState>,
	Extension(caller): Extension<Caller>,
	client: Option<Extension<Client>>,
	headers: HeaderMap,
	upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Failure> {
	ensure_own_page(&headers)?;
	let upgrade = upgrade.map_err(|rejection| Failure::new(ProblemCode::InvalidParameter, rejection.body_text()))?;
	let node = state.shared.link.connected_url()?;
	let place = state.shared.sockets.enter(&caller.name)?;
	let under_way = state.core.traffic.enter(None)?;
	let address = client
		.map(|Extension(client)| client.address.to_string())
		.unwrap_or_default();
	let (checked, noted, stopping) = (state.core.clone(), state.core.clone(), state.core.clone());
	let may_govern = caller.roles.has(Role::Govern);
	let (stays, governs) = (caller.clone(), caller);
	let user = rpc::User {
		may_govern,
		check: move || {
			let (core, caller) = (checked.clone(), stays.clone());
			async move { may_stay(&core, &caller).await }
		},
		note: move |method: &'static str| {
			let (core, name, address) = (noted.clone(), governs.name.clone(), address.clone());
			async move { note(&core, &name, address, method).await }
		},
	};
	let upgrade = upgrade
		.max_message_size(rpc::MAX_MESSAGE)
		.max_frame_size(rpc::MAX_MESSAGE);
	Ok(upgrade.on_upgrade(move |socket| async move {
		let stopped = async { stopping.traffic.stopped().await };
		rpc::serve(socket, node, user, stopped, place, under_way).await;
	}))
}

/// Whether who opened the connection may still come in.
async fn may_stay(core: &Core, caller: &Caller) -> bool {
	caller.may_stay(core).await.unwrap_or_else(|error| {
		// A database that is away is no reason to end it.
		tracing::warn!("a page's session cannot be looked at: {error}");
		true
	})
}

/// Notes that a user calls a method for which the role to govern is needed. False where it has that no more, or it cannot be noted.
async fn note(core: &Core, name: &str, address: String, method: &'static str) -> bool {
	let Ok(user) = core.users.get(name).await else {
		return false;
	};
	let mut row = Row::new("RPC", method, 0);
	row.of(&user.name, user.roles);
	row.client = address;
	user.enabled && user.roles.has(Role::Govern) && core.audit.note(row).await.is_ok()
}

/// Cookies go with a WebSocket that any page opens, so a browser says which page it is; a program with a token has none.
fn ensure_own_page(headers: &HeaderMap) -> Result<(), Failure> {
	let text = |name| {
		headers
			.get(name)
			.and_then(|value: &axum::http::HeaderValue| value.to_str().ok())
	};
	let origin = text(ORIGIN).map(|origin| origin.split_once("://").map_or(origin, |(_, rest)| rest));
	let is_own = match origin {
		Some(origin) => Some(origin) == text(HOST),
		None => headers.contains_key(AUTHORIZATION),
	};
	if is_own {
		return Ok(());
	}
	Err(Problem::new(
		ProblemCode::Forbidden,
		"only a page of this server may open this connection",
	)
	.into())
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn only_a_page_of_this_server_or_a_program_with_a_token_comes_in() {
		let headers = |pairs: &[(&'static str, &str)]| {
			let mut headers = HeaderMap::new();
			for (name, value) in pairs {
				headers.insert(*name, value.parse().unwrap());
			}
			headers
		};
		let ours = [("origin", "https://op.example:9967"), ("host", "op.example:9967")];
		assert!(ensure_own_page(&headers(&ours)).is_ok());
		assert!(ensure_own_page(&headers(&[("authorization", "Bearer x"), ("host", "op.example")])).is_ok());
		for others in [
			&[("origin", "https://evil.example"), ("host", "op.example:9967")][..],
			&[("origin", "null"), ("host", "op.example:9967")],
			&[("origin", "https://op.example:9967"), ("host", "op.example")],
			// A token does not excuse a page of another origin.
			&[
				("origin", "https://evil.example"),
				("host", "op.example"),
				("authorization", "Bearer x"),
			],
			&[("host", "op.example:9967")],
		] {
			assert!(ensure_own_page(&headers(others)).is_err(), "{others:?}");
		}
	}
}
