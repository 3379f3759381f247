// SPDX-License-Identifier: Apache-2.0

//! What the OpenAPI documents of all terminals keep; for their tests.

use sealane_http::contract::Contract;
use utoipa::openapi::OpenApi;

/// What is open to everybody: how one gets in, and whether the terminal is there.
const OPEN: [&str; 6] = [
	"GET /healthz",
	"GET /openapi.json",
	"GET /readyz",
	"GET /v1/about",
	"POST /v1/password",
	"POST /v1/session",
];

/// The document of a terminal, which keeps what all keep.
///
/// # Panics
/// It does not.
pub fn sound(document: &OpenApi) -> Contract {
	let contract = Contract::of(document);
	contract.assert_described();
	contract.assert_guarded("x-required-role");
	contract.assert_references();
	assert!(
		contract.open().iter().eq(&OPEN),
		"open to everybody: {:?}",
		contract.open()
	);
	contract
}
