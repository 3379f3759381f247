// SPDX-License-Identifier: Apache-2.0

//! Which problem document each error of a terminal becomes.

use axum::response::{IntoResponse, Response};
use sealane_sdk::types::{Problem, ProblemCode};
use sealane_terminal_core::Error;

/// An answer that is a problem document.
#[derive(Debug)]
pub struct Failure(sealane_http::Failure);

impl Failure {
	/// A problem with this code and sentence.
	pub fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
		Problem::new(code, detail).into()
	}

	/// A parameter that breaks its rule.
	pub fn parameter(name: &str, rule: impl Into<String>) -> Self {
		Problem::new(ProblemCode::InvalidParameter, rule)
			.with_field(name)
			.into()
	}

	/// The document.
	pub fn problem(&self) -> &Problem {
		self.0.problem()
	}
}

impl From<Problem> for Failure {
	fn from(problem: Problem) -> Self {
		Failure(problem.into())
	}
}

impl From<sealane_http::Failure> for Failure {
	fn from(failure: sealane_http::Failure) -> Self {
		Failure(failure)
	}
}

impl IntoResponse for Failure {
	fn into_response(self) -> Response {
		self.0.into_response()
	}
}

impl From<Error> for Failure {
	fn from(error: Error) -> Self {
		let passes = error.passes();
		match error {
			Error::Invalid { field, rule, .. } if field == "cursor" => {
				Problem::new(ProblemCode::InvalidCursor, rule).with_field(field).into()
			}
			Error::Invalid { field, value, rule } => {
				let detail = if value.is_empty() {
					rule
				} else {
					format!("{value:?}: {rule}")
				};
				Problem::new(ProblemCode::InvalidField, detail).with_field(field).into()
			}
			Error::SecondPerson { .. } => Failure::new(ProblemCode::SecondPerson, error.to_string()),
			Error::NotFound { .. } => Failure::new(ProblemCode::NotFound, error.to_string()),
			_ if passes => Problem::new(ProblemCode::NotReady, error.to_string())
				.with_retry_after_ms(2_000)
				.into(),
			Error::Database(_) | Error::Schema(_) | Error::InUse { .. } => {
				tracing::error!("a request failed: {error}");
				// What the database says may quote values.
				Failure::new(
					ProblemCode::StoreFailed,
					"the terminal's database failed; its journal says how",
				)
			}
			Error::Node { .. } => Failure::new(ProblemCode::NotReady, error.to_string()),
			other => {
				tracing::error!("a request failed: {other}");
				Failure::new(ProblemCode::Internal, "the terminal's journal says what failed")
			}
		}
	}
}
