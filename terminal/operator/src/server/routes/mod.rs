// SPDX-License-Identifier: Apache-2.0

//! The resources, one file each, on top of what all terminals have in common.

mod agreements;
mod calendars;
mod emergency;
mod motions;
mod network;
mod rpc;
mod signing;
mod system;
mod validators;

use super::state::Shared;
use axum::{extract::FromRef, Router};
use sealane_service::{guarded, users::Role, Core};
use std::sync::Arc;
use utoipa::openapi::{tag::TagBuilder, OpenApi};
use utoipa_axum::{router::OpenApiRouter, routes};

/// What every handler has.
#[derive(Clone)]
struct ApiState {
	core: Core,
	shared: Arc<Shared>,
}

impl FromRef<ApiState> for Core {
	fn from_ref(state: &ApiState) -> Core {
		state.core.clone()
	}
}

/// Every resource, and the document that describes it. The core is needed for those who may use them only.
fn router(core: Option<&Core>) -> (Router<ApiState>, OpenApi) {
	let monitor = |route| guarded(core, Role::Monitor, route);
	let read = |route| guarded(core, Role::Read, route);
	let govern = |route| guarded(core, Role::Govern, route);
	let mut frame = sealane_service::base(
		"Sealane operator",
		"The HTTP API of a consortium's operator and its council: a node's state behind users and roles. It holds no key and signs nothing. \
		 Problems are RFC 9457 documents with stable codes; cursors are opaque; times are Unix milliseconds; blocks are those of the \
		 node's best chain unless said otherwise.",
	);
	let tag = |name: &str, description: &str| TagBuilder::new().name(name).description(Some(description)).build();
	frame.tags.get_or_insert_default().extend([
		tag("network", "Who is in the consortium, and who may trade what with whom"),
		tag(
			"council",
			"Motions, and what is exported for signing and handed in signed",
		),
		tag("agreements", "Clauses, their versions and how they differ; calendars"),
		tag("chain", "Validators, finality, emergencies, upgrades; the node itself"),
	]);
	let (router, document) = OpenApiRouter::with_openapi(frame)
		.routes(read(routes!(network::get)))
		.routes(read(routes!(network::products)))
		.routes(read(routes!(network::applications)))
		.routes(read(routes!(motions::list)))
		.routes(read(routes!(motions::get)))
		.routes(read(routes!(agreements::list)))
		.routes(read(routes!(agreements::versions)))
		.routes(read(routes!(agreements::difference)))
		.routes(read(routes!(agreements::proposals)))
		.routes(read(routes!(calendars::list)))
		.routes(read(routes!(validators::get)))
		.routes(read(routes!(emergency::get)))
		.routes(read(routes!(emergency::upgrade)))
		.routes(monitor(routes!(system::node)))
		.routes(monitor(routes!(system::alarms)))
		.routes(govern(routes!(signing::unsigned)))
		.routes(govern(routes!(signing::submit)))
		.routes(read(routes!(signing::submissions)))
		.routes(read(routes!(signing::submission)))
		.routes(read(routes!(rpc::get)))
		.merge(sealane_service::router(core))
		.split_for_parts();
	(router, sealane_service::finish(document))
}

/// The OpenAPI document of this version, as a running server serves it.
pub fn openapi() -> OpenApi {
	router(None).1
}

/// Every resource, of a server.
pub(super) fn resources(core: &Core, shared: Arc<Shared>) -> Router {
	let state = ApiState {
		core: core.clone(),
		shared,
	};
	router(Some(core)).0.with_state(state)
}

#[cfg(test)]
mod tests {
	use super::*;
	use sealane_http::contract::assert_kept;
	use sealane_service::contract::sound;

	/// `SEALANE_WRITE_OPENAPI=1 cargo test -p sealane-operator document` writes it.
	#[test]
	fn the_document_in_the_repository_is_the_one_that_is_served() {
		let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/integrating");
		assert_kept(&openapi(), &folder.join("operator.openapi.json"));
	}

	#[test]
	fn every_operation_is_described_and_says_who_may() {
		let contract = sound(&openapi());
		let mut governing = 0;
		for (name, operation) in contract.operations() {
			if operation["tags"][0] == "council" && !name.starts_with("GET ") {
				assert_eq!(operation["x-required-role"], "govern", "{name}");
				governing += 1;
			}
		}
		assert!(governing > 0);
	}
}
