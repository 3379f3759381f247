// SPDX-License-Identifier: Apache-2.0

//! What the OpenAPI documents of all services have in common.

use utoipa::openapi::{
	path::PathItem,
	security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme},
	OpenApi,
};

const SCHEME: &str = "token";

/// Says in each operation of a path, under `name`, what its caller needs.
pub fn require(item: &mut PathItem, name: &str, needed: &str) {
	let operations = [
		&mut item.get,
		&mut item.put,
		&mut item.post,
		&mut item.delete,
		&mut item.patch,
	];
	for operation in operations.into_iter().flatten() {
		let extensions = operation.extensions.get_or_insert_default();
		extensions.insert(name.into(), needed.into());
	}
}

/// Adds that every path takes a bearer token; `description` says whose.
pub fn with_tokens(mut document: OpenApi, description: &str) -> OpenApi {
	let components = document.components.get_or_insert_default();
	let bearer = Http::builder()
		.scheme(HttpAuthScheme::Bearer)
		.description(Some(description))
		.build();
	components.add_security_scheme(SCHEME, SecurityScheme::Http(bearer));
	document.security = Some(vec![SecurityRequirement::new(SCHEME, [] as [&str; 0])]);
	document
}
