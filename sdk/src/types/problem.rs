// SPDX-License-Identifier: Apache-2.0

use super::Extra;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! problem_codes {
	($( $(#[$doc:meta])* $variant:ident = $name:literal, $status:literal, $title:literal; )*) => {
		/// What went wrong, for programs. Codes never change their meaning; new ones may come.
		#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
		#[serde(rename_all = "snake_case")]
		pub enum ProblemCode {
			$( $(#[$doc])* $variant, )*
			/// A code of a later version.
			#[serde(other)]
			Unknown,
		}

		impl ProblemCode {
			/// Every code of this version.
			pub const ALL: &'static [ProblemCode] = &[$( ProblemCode::$variant, )*];

			/// The text in JSON.
			pub const fn as_str(self) -> &'static str {
				match self {
					$( ProblemCode::$variant => $name, )*
					ProblemCode::Unknown => "unknown",
				}
			}

			/// The HTTP status of an answer that consists of this problem.
			pub const fn status(self) -> u16 {
				match self {
					$( ProblemCode::$variant => $status, )*
					ProblemCode::Unknown => 500,
				}
			}

			/// What it means, in a few words that do not depend on the case.
			pub const fn title(self) -> &'static str {
				match self {
					$( ProblemCode::$variant => $title, )*
					ProblemCode::Unknown => "Unknown problem",
				}
			}
		}
	};
}

problem_codes! {
	/// The body or an entry is not JSON.
	InvalidJson = "invalid_json", 400, "Not valid JSON";
	/// The body or an entry is not UTF-8.
	InvalidUtf8 = "invalid_utf8", 400, "Not valid UTF-8";
	/// Arrays and objects are nested too deep.
	TooDeep = "too_deep", 400, "Nested too deep";
	/// A parameter of the path, the query or a header breaks its rule.
	InvalidParameter = "invalid_parameter", 400, "A parameter breaks its rule";
	/// The cursor is none that was given here.
	InvalidCursor = "invalid_cursor", 400, "Not a cursor that was given here";
	/// The `Idempotency-Key` is empty, too long or not ASCII.
	IdempotencyKeyInvalid = "idempotency_key_invalid", 400, "Not a valid Idempotency-Key";
	/// The request holds no entry.
	EmptyRequest = "empty_request", 400, "The request holds no entry";
	/// Nothing says who makes the request (a token, a session, a certificate), or what says it is not known.
	Unauthenticated = "unauthenticated", 401, "Who makes the request is not known";
	/// Who makes the request may not do this.
	Forbidden = "forbidden", 403, "Not allowed to this caller";
	/// There is nothing at this address.
	NotFound = "not_found", 404, "Not found";
	/// The node holds no order with this id.
	OrderUnknown = "order_unknown", 404, "No such order";
	/// The node holds no registration with this id.
	RegistrationUnknown = "registration_unknown", 404, "No such registration";
	/// The address does not take this method.
	MethodNotAllowed = "method_not_allowed", 405, "Method not allowed";
	/// The request did not arrive in time.
	RequestTimeout = "request_timeout", 408, "The request came too slowly";
	/// The same `Idempotency-Key` came with another body.
	IdempotencyConflict = "idempotency_conflict", 409, "The key was used for another request";
	/// The order or registration has been answered already.
	AlreadyConfirmed = "already_confirmed", 409, "Answered already";
	/// Orders of more than one seller have this id: the seller must be named.
	OrderAmbiguous = "order_ambiguous", 409, "Which seller's order?";
	/// An order of this kind cannot be taken back.
	NotCancellable = "not_cancellable", 409, "Cannot be cancelled";
	/// What was asked for cannot be done in the state in which the thing is.
	WrongState = "wrong_state", 409, "Not possible in this state";
	/// The name belongs to another.
	NameTaken = "name_taken", 409, "The name is taken";
	/// Whoever did the one step may not do the other: another person must.
	SecondPerson = "second_person", 403, "Another person must do this";
	/// The evidence is not complete yet.
	EvidenceNotReady = "evidence_not_ready", 409, "Evidence not ready";
	/// The body is larger than the node takes.
	BodyTooLarge = "body_too_large", 413, "Body too large";
	/// An entry is larger than the node takes.
	EntryTooLarge = "entry_too_large", 413, "Entry too large";
	/// The request has more entries than the node takes at once.
	TooManyEntries = "too_many_entries", 413, "Too many entries";
	/// The body's content type is not one that the resource takes.
	UnsupportedMediaType = "unsupported_media_type", 415, "Content type not supported";
	/// A field of the body breaks its rule.
	InvalidField = "invalid_field", 422, "A field breaks its rule";
	/// Every entry of the request was refused; `report` tells why.
	AllRefused = "all_refused", 422, "Every entry was refused";
	/// The node has too much to do; come back after `Retry-After`.
	TooManyRequests = "too_many_requests", 429, "Too many requests";
	/// A record of the node's log cannot be read or written; its operator must look.
	StoreFailed = "store_failed", 500, "The log failed";
	/// A defect of the node.
	Internal = "internal", 500, "Internal error";
	/// The node is full up to its bounds; come back after `Retry-After`.
	Busy = "busy", 503, "Busy";
	/// The node belongs to no active member of the consortium.
	NotAMember = "not_a_member", 503, "The node belongs to no active member";
	/// The node is still starting, or stopping.
	NotReady = "not_ready", 503, "Not ready";
	/// The node's disk is full; what it holds is safe.
	StoreFull = "store_full", 507, "The store is full";
}

impl std::fmt::Display for ProblemCode {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.write_str(self.as_str())
	}
}

/// A problem document (RFC 9457), `application/problem+json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
	/// `urn:sealane:problem:` and the code.
	#[serde(rename = "type")]
	#[schema(example = "urn:sealane:problem:idempotency_conflict")]
	pub problem_type: String,
	/// What it means, in a few words that do not depend on the case.
	pub title: String,
	/// The HTTP status.
	pub status: u16,
	/// What went wrong, for programs.
	pub code: ProblemCode,
	/// A sentence that names field, value and rule.
	#[serde(default, skip_serializing_if = "String::is_empty")]
	pub detail: String,
	/// The field or parameter to blame.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub field: Option<String>,
	/// What became of each entry, where all were refused.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub report: Option<Box<super::SubmitReport>>,
	/// Milliseconds after which to try again, as `Retry-After` says in seconds.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub retry_after_ms: Option<u64>,
	/// Fields that this version does not know; kept.
	#[serde(flatten)]
	#[schema(value_type = BTreeMap<String, serde_json::Value>)]
	pub extra: Extra,
}

impl Problem {
	/// A problem with this code and sentence.
	pub fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
		Problem {
			problem_type: format!("urn:sealane:problem:{}", code.as_str()),
			title: code.title().into(),
			status: code.status(),
			code,
			detail: detail.into(),
			field: None,
			report: None,
			retry_after_ms: None,
			extra: Extra::new(),
		}
	}

	/// The same, with the field or parameter to blame.
	pub fn with_field(mut self, field: impl Into<String>) -> Self {
		self.field = Some(field.into());
		self
	}

	/// The same, with the time after which to try again.
	pub fn with_retry_after_ms(mut self, retry_after_ms: u64) -> Self {
		self.retry_after_ms = Some(retry_after_ms);
		self
	}
}

impl std::fmt::Display for Problem {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		write!(f, "{} ({})", self.title, self.code)?;
		if !self.detail.is_empty() {
			write!(f, ": {}", self.detail)?;
		}
		Ok(())
	}
}
