// SPDX-License-Identifier: Apache-2.0

//! Problem documents (RFC 9457) as answers.

use axum::{
	http::{
		header::{CONNECTION, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE},
		HeaderValue, StatusCode,
	},
	response::{IntoResponse, Response},
};
use sealane_sdk::types::{Problem, ProblemCode};

/// An answer that is a problem document.
#[derive(Debug)]
pub struct Failure {
	problem: Box<Problem>,
	close: bool,
}

impl Failure {
	/// The problem, after which the connection is closed: bytes of the request were left unread.
	pub fn closing(problem: Problem) -> Self {
		Failure {
			problem: Box::new(problem),
			close: true,
		}
	}

	/// A problem with this code and sentence.
	pub fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
		Problem::new(code, detail).into()
	}

	/// The document.
	pub fn problem(&self) -> &Problem {
		&self.problem
	}
}

impl From<Problem> for Failure {
	fn from(problem: Problem) -> Self {
		Failure {
			problem: Box::new(problem),
			close: false,
		}
	}
}

impl IntoResponse for Failure {
	fn into_response(self) -> Response {
		let status = StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
		// A problem holds texts and numbers only: it can always be written.
		let body = serde_json::to_vec(&self.problem).unwrap_or_default();
		let mut response = (status, body).into_response();
		let headers = response.headers_mut();
		headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
		if let Some(ms) = self.problem.retry_after_ms {
			headers.insert(RETRY_AFTER, HeaderValue::from(ms.div_ceil(1000).max(1)));
		}
		if status == StatusCode::UNAUTHORIZED {
			headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"sealane\""));
		}
		if self.close {
			headers.insert(CONNECTION, HeaderValue::from_static("close"));
		}
		response
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn retry_after_is_in_whole_seconds() {
		let header = |ms| {
			let problem = Problem::new(ProblemCode::Busy, "").with_retry_after_ms(ms);
			let response = Failure::from(problem).into_response();
			response.headers()[RETRY_AFTER].to_str().unwrap().to_owned()
		};
		assert_eq!([header(1), header(1000), header(1001)], ["1", "1", "2"]);
	}
}
