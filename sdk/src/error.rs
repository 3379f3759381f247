// SPDX-License-Identifier: Apache-2.0

use crate::types::{Problem, ProblemCode};

/// What a call of the client can end with.
#[derive(Debug, thiserror::Error)]
pub enum Error {
	/// The node answered with a problem document; its code says which.
	#[error("{0}")]
	Problem(Box<Problem>),
	/// Something answered that is no node: a status without a problem document.
	#[error("HTTP status {status} without a problem document: {body}")]
	Status {
		/// The HTTP status.
		status: u16,
		/// The beginning of the body.
		body: String,
	},
	/// The node could not be reached, or the connection broke.
	#[error("cannot reach the node: {}", chain(.0))]
	Transport(#[from] reqwest::Error),
	/// The node's answer could not be read.
	#[error("cannot read the node's {what}: {source}")]
	Decode {
		/// What was asked for.
		what: &'static str,
		/// Why it cannot be read.
		source: serde_json::Error,
	},
	/// An entry could not be written as JSON.
	#[error("cannot write the entry as JSON: {0}")]
	Encode(serde_json::Error),
	/// An argument breaks a rule before anything was sent.
	#[error("{name} is `{value}`: {rule}")]
	Argument {
		/// Which argument.
		name: &'static str,
		/// Its value.
		value: String,
		/// The rule that it breaks.
		rule: &'static str,
	},
	/// The file that names node and token cannot be read.
	#[error("cannot read {path}: {reason}")]
	GatewayFile {
		/// The file.
		path: String,
		/// Why.
		reason: String,
		/// It is not there: the node has not started yet, or has stopped.
		missing: bool,
	},
	/// The event stream is not the one that the protocol describes.
	#[error("the event stream broke a rule: {0}")]
	Stream(&'static str),
}

impl Error {
	/// The code of the problem, where the node gave one.
	pub fn code(&self) -> Option<ProblemCode> {
		match self {
			Error::Problem(problem) => Some(problem.code),
			_ => None,
		}
	}

	/// Whether the same call may succeed later without anybody changing anything: the node was not reachable, busy or
	/// full.
	pub fn is_transient(&self) -> bool {
		match self {
			Error::Problem(problem) => matches!(
				problem.code,
				ProblemCode::Busy
					| ProblemCode::TooManyRequests
					| ProblemCode::NotReady
					| ProblemCode::StoreFull
					| ProblemCode::RequestTimeout
			),
			Error::Status { status, .. } => matches!(status, 408 | 429 | 502 | 503 | 504),
			Error::Transport(error) => !error.is_builder() && !is_certificate(error),
			Error::GatewayFile { missing, .. } => *missing,
			_ => false,
		}
	}

	/// Whether the request itself is at fault, so that it would fail in the same way for ever. A token that the node does not know, or
	/// that does not reach so far, is not the request's fault.
	pub fn blames_request(&self) -> bool {
		match self {
			Error::Problem(problem) => {
				!self.is_transient() && (400..500).contains(&problem.status) && !matches!(problem.status, 401 | 403)
			}
			_ => false,
		}
	}

	/// How long the node asked to wait.
	pub(crate) fn asked_pause(&self) -> Option<std::time::Duration> {
		match self {
			Error::Problem(problem) => problem.retry_after_ms.map(std::time::Duration::from_millis),
			_ => None,
		}
	}

	/// Whether the node may be elsewhere, or take another token, since it was started again.
	pub(crate) fn may_have_moved(&self) -> bool {
		matches!(self, Error::Transport(_)) || self.code() == Some(ProblemCode::Unauthenticated)
	}
}

/// An error with its causes: `reqwest` alone says "error sending request".
fn chain(error: &reqwest::Error) -> String {
	let mut text = error.to_string();
	let mut source = std::error::Error::source(error);
	while let Some(cause) = source {
		text.push_str(": ");
		text.push_str(&cause.to_string());
		source = cause.source();
	}
	text
}

/// Whether it is a certificate that failed: it will not get better by itself, and waiting would hide it.
fn is_certificate(error: &reqwest::Error) -> bool {
	let mut source = std::error::Error::source(error);
	while let Some(cause) = source {
		// rustls' errors are not part of reqwest's interface; their text is what there is to tell them by.
		if cause.to_string().contains("certificate") {
			return true;
		}
		source = cause.source();
	}
	false
}
