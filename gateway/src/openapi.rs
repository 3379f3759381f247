// SPDX-License-Identifier: Apache-2.0

//! The OpenAPI document. Paths and schemas come from the routes; what stands here is the frame around them.

use crate::auth::Scope;
use utoipa::{
	openapi::{path::PathItem, OpenApi},
	OpenApi as _,
};

#[derive(utoipa::OpenApi)]
#[openapi(
	info(
		title = "Sealane node",
		description = "The HTTP API of a member's node for its business systems. Problems are RFC 9457 documents with stable codes; cursors are opaque; amounts are decimal strings.",
		license(name = "Apache-2.0", identifier = "Apache-2.0"),
	),
	tags(
		(name = "orders", description = "For sellers: orders, where they are, and what proves them"),
		(name = "registrations", description = "For sellers: customers' registrations with issuers"),
		(name = "issuing", description = "For issuers: what came in, and the answers to it"),
		(name = "events", description = "What happened, with a cursor"),
		(name = "consortium", description = "What the chain says: channels, products, clauses"),
		(name = "operating", description = "The node itself"),
	),
	// What is read from inside other documents (a body, an answer) and therefore named by no route.
	components(schemas(
		sealane_sdk::types::Order,
		sealane_sdk::types::Confirmation,
		sealane_sdk::types::Registration,
		sealane_sdk::types::RegistrationResult,
	)),
)]
struct Base;

/// The document without its paths.
pub(crate) fn base() -> OpenApi {
	Base::openapi()
}

/// Says in each operation of a path which scope its token needs.
pub(crate) fn require(item: &mut PathItem, scope: Scope) {
	sealane_http::openapi::require(item, "x-required-scope", scope.as_str());
}

/// Adds what holds for every path.
pub(crate) fn finish(document: OpenApi) -> OpenApi {
	sealane_http::openapi::with_tokens(
		document,
		"A token of the node. Each operation names the scope that it needs in `x-required-scope`",
	)
}
