// SPDX-License-Identifier: Apache-2.0

//! Problem documents (RFC 9457), and which one each error of the courier becomes.

use axum::response::{IntoResponse, Response};
use sealane_courier::api::{CancelError, ReadError, SubmitError};
use sealane_sdk::types::{Problem, ProblemCode};

/// An answer that is a problem document.
#[derive(Debug)]
pub struct Failure(sealane_http::Failure);

impl Failure {
	/// The problem, after which the connection is closed: bytes of the request were left unread.
	pub fn closing(problem: Problem) -> Self {
		Failure(sealane_http::Failure::closing(problem))
	}

	/// A problem with this code and sentence.
	pub fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
		Problem::new(code, detail).into()
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

impl From<SubmitError> for Failure {
	fn from(error: SubmitError) -> Self {
		let detail = error.to_string();
		let problem = match error {
			SubmitError::IdempotencyConflict { .. } => {
				Problem::new(ProblemCode::IdempotencyConflict, detail).with_field("Idempotency-Key")
			}
			SubmitError::IdempotencyKeyInvalid { .. } => {
				Problem::new(ProblemCode::IdempotencyKeyInvalid, detail).with_field("Idempotency-Key")
			}
			SubmitError::Busy { retry_after_ms } => {
				Problem::new(ProblemCode::Busy, detail).with_retry_after_ms(retry_after_ms.into())
			}
			SubmitError::StoreFull => Problem::new(ProblemCode::StoreFull, detail).with_retry_after_ms(10_000),
			SubmitError::NotAMember => Problem::new(ProblemCode::NotAMember, detail).with_retry_after_ms(10_000),
			SubmitError::NotReady => Problem::new(ProblemCode::NotReady, detail).with_retry_after_ms(1_000),
			SubmitError::TooLarge { what: "lines", .. } => Problem::new(ProblemCode::TooManyEntries, detail),
			SubmitError::TooLarge { .. } => Problem::new(ProblemCode::BodyTooLarge, detail),
			SubmitError::Store(_) => {
				log::error!("a submission could not be stored: {detail}");
				Problem::new(ProblemCode::StoreFailed, detail)
			}
			SubmitError::Closed => Problem::new(ProblemCode::NotReady, detail).with_retry_after_ms(2_000),
			// The gateway cut the ranges from this very body.
			SubmitError::LineOutOfBody { .. } => {
				log::error!("the courier refused a range of the gateway: {detail}");
				Problem::new(ProblemCode::Internal, detail)
			}
		};
		problem.into()
	}
}

impl From<ReadError> for Failure {
	fn from(error: ReadError) -> Self {
		let detail = error.to_string();
		match error {
			ReadError::CursorUnknown(_) => Problem::new(ProblemCode::InvalidCursor, detail)
				.with_field("cursor")
				.into(),
			ReadError::Ambiguous { .. } => Problem::new(ProblemCode::OrderAmbiguous, detail)
				.with_field("seller")
				.into(),
			ReadError::Store(_) => {
				log::error!("a read failed: {detail}");
				Failure::new(ProblemCode::StoreFailed, detail)
			}
		}
	}
}

impl From<CancelError> for Failure {
	fn from(error: CancelError) -> Self {
		let detail = error.to_string();
		match error {
			CancelError::NotFound(_) => Failure::new(ProblemCode::OrderUnknown, detail),
			CancelError::AlreadyConfirmed { .. } => Failure::new(ProblemCode::AlreadyConfirmed, detail),
			CancelError::NotCancellable { .. } | CancelError::Refused(_) => {
				Failure::new(ProblemCode::NotCancellable, detail)
			}
			CancelError::Submit(error) => error.into(),
			CancelError::Read(error) => error.into(),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use sealane_courier::api::{Cursor, OrderStage, Problem as Refusal};

	fn of(error: impl Into<Failure>) -> (u16, &'static str, Option<u64>) {
		let failure = error.into();
		let problem = failure.problem();
		(problem.status, problem.code.as_str(), problem.retry_after_ms)
	}

	#[test]
	fn every_error_of_a_submission_has_its_code() {
		let conflict = SubmitError::IdempotencyConflict { key: "k".into() };
		assert_eq!(of(conflict), (409, "idempotency_conflict", None));
		assert_eq!(
			of(SubmitError::IdempotencyKeyInvalid { len: 0, max: 128 }),
			(400, "idempotency_key_invalid", None)
		);
		assert_eq!(of(SubmitError::Busy { retry_after_ms: 30 }), (503, "busy", Some(30)));
		assert_eq!(of(SubmitError::StoreFull), (507, "store_full", Some(10_000)));
		assert_eq!(of(SubmitError::NotAMember), (503, "not_a_member", Some(10_000)));
		assert_eq!(of(SubmitError::NotReady), (503, "not_ready", Some(1_000)));
		assert_eq!(
			of(SubmitError::TooLarge {
				what: "lines",
				value: 2,
				max: 1
			}),
			(413, "too_many_entries", None)
		);
		assert_eq!(
			of(SubmitError::TooLarge {
				what: "bytes",
				value: 2,
				max: 1
			}),
			(413, "body_too_large", None)
		);
		assert_eq!(of(SubmitError::LineOutOfBody { line: 1 }), (500, "internal", None));
		assert_eq!(of(SubmitError::Store("disk".into())), (500, "store_failed", None));
		assert_eq!(of(SubmitError::Closed), (503, "not_ready", Some(2_000)));
	}

	#[test]
	fn every_error_of_a_read_and_of_a_cancellation_has_its_code() {
		assert_eq!(
			of(ReadError::CursorUnknown(Cursor::default())),
			(400, "invalid_cursor", None)
		);
		assert_eq!(of(ReadError::Store("x".into())), (500, "store_failed", None));
		let ambiguous = ReadError::Ambiguous {
			id: "a".into(),
			sellers: [1, 4],
		};
		assert_eq!(of(ambiguous), (409, "order_ambiguous", None));
		assert_eq!(of(CancelError::NotFound("a".into())), (404, "order_unknown", None));
		let confirmed = CancelError::AlreadyConfirmed {
			id: "a".into(),
			state: OrderStage::Confirmed,
		};
		assert_eq!(of(confirmed), (409, "already_confirmed", None));
		let kind = CancelError::NotCancellable {
			id: "a".into(),
			kind: "cancellation",
		};
		assert_eq!(of(kind), (409, "not_cancellable", None));
		let refusal = Refusal {
			code: "c".into(),
			field: "f".into(),
			value: "v".into(),
			rule: "r".into(),
		};
		assert_eq!(of(CancelError::Refused(refusal)), (409, "not_cancellable", None));
		assert_eq!(
			of(CancelError::Submit(SubmitError::StoreFull)),
			(507, "store_full", Some(10_000))
		);
		assert_eq!(
			of(CancelError::Read(ReadError::Store("x".into()))),
			(500, "store_failed", None)
		);
	}
}
