// SPDX-License-Identifier: Apache-2.0

//! The OpenAPI document. Paths and schemas come from the routes; what stands here is the frame around them.

use crate::auth::Scope;
use utoipa::{
	openapi::{
		path::PathItem,
		security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme},
		OpenApi,
	},
	OpenApi as _,
};

const SCHEME: &str = "token";

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
	let operations = [
		&mut item.get,
		&mut item.put,
		&mut item.post,
		&mut item.delete,
		&mut item.patch,
	];
	for operation in operations.into_iter().flatten() {
		let extensions = operation.extensions.get_or_insert_default();
		extensions.insert("x-required-scope".into(), scope.as_str().into());
	}
}

/// Adds what holds for every path.
pub(crate) fn finish(mut document: OpenApi) -> OpenApi {
	let components = document.components.get_or_insert_default();
	let bearer = Http::builder()
		.scheme(HttpAuthScheme::Bearer)
		.description(Some(
			"A token of the node. Each operation names the scope that it needs in `x-required-scope`",
		))
		.build();
	components.add_security_scheme(SCHEME, SecurityScheme::Http(bearer));
	document.security = Some(vec![SecurityRequirement::new(SCHEME, [] as [&str; 0])]);
	document
}
