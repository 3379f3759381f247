// SPDX-License-Identifier: Apache-2.0

//! The evidence of an order, as the institution's node makes it.

use crate::Failure;
use axum::{
	http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
	response::{IntoResponse, Response},
};
use sealane_sdk::{types::ProblemCode, Client};
use sealane_terminal_core::Error;

/// The evidence of an order as a file, in the node's own bytes. `seller` tells orders of several sellers apart at an issuer's node.
///
/// # Errors
/// The node holds no such order, its batch is not signed by both sides yet, or the node does not answer.
pub async fn file(node: &Client, id: &str, seller: Option<u32>) -> Result<Response, Failure> {
	let pack = node.evidence(id, seller).await.map_err(refused)?;
	// An id is anybody's text, a name of a file is not.
	let name = id.replace(|c: char| !c.is_ascii_alphanumeric() && c != '-', "_");
	let headers = [
		(CONTENT_TYPE, "application/json".to_string()),
		(
			CONTENT_DISPOSITION,
			format!("attachment; filename=\"evidence-{name}.json\""),
		),
	];
	Ok((headers, pack.0.get().to_owned()).into_response())
}

/// What the node says of the order is the answer; that it does not answer is the terminal's own state.
fn refused(error: sealane_sdk::Error) -> Failure {
	match error {
		sealane_sdk::Error::Problem(problem)
			if matches!(problem.code, ProblemCode::OrderUnknown | ProblemCode::EvidenceNotReady) =>
		{
			Failure::from(*problem)
		}
		other => Error::from(other).into(),
	}
}
