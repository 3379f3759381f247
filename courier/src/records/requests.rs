// SPDX-License-Identifier: Apache-2.0

//! Answers to requests with an idempotency key.

use crate::{
	api::{Problem, SubmitReport},
	order::MAX_TEXT_LEN,
};
use codec::{Decode, Encode};
use sealane_primitives::ids::{Digest, Moment};

/// A request with an idempotency key was answered.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Idempotency {
	/// When, Unix milliseconds.
	pub at: Moment,
	/// The key with its scope, see [`KeyId`](crate::requests::KeyId).
	pub key: [u8; 16],
	/// SHA-256 of the request's body.
	pub body_digest: Digest,
	/// The answer.
	pub report: Report,
}

/// Most refused lines that the record of an answer names.
pub const MAX_REFUSALS: usize = 1_000;

/// The answer to a submission, of bounded length: 1 MiB at most.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Report {
	/// Lines accepted.
	pub accepted: u32,
	/// Lines that were accepted before.
	pub repeated: u32,
	/// Lines refused.
	pub refused: u32,
	/// The first [`MAX_REFUSALS`] of them.
	pub refusals: Vec<LineRefusal>,
	/// Packets that the accepted lines went into.
	pub packets: u32,
	/// Position of the log behind the submission, in bytes.
	pub position: u64,
}

/// Why a line was refused.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct LineRefusal {
	/// Index of the line.
	pub line: u32,
	/// Stable code.
	pub code: String,
	/// The field at fault; empty where it is the whole line.
	pub field: String,
	/// The value at fault; empty where there is none.
	pub value: String,
	/// The rule that the value breaks.
	pub rule: String,
}

impl Report {
	/// What is kept of a report.
	pub fn of(report: &SubmitReport) -> Self {
		let text = |text: &str| crate::order::bounded(MAX_TEXT_LEN / 4, format_args!("{text}"));
		let refusal = |(line, problem): &(u32, Problem)| LineRefusal {
			line: *line,
			code: text(&problem.code),
			field: text(&problem.field),
			value: text(&problem.value),
			rule: text(&problem.rule),
		};
		Report {
			accepted: report.accepted,
			repeated: report.repeated,
			refused: report.refused.len() as u32,
			refusals: report.refused.iter().take(MAX_REFUSALS).map(refusal).collect(),
			packets: report.packets,
			position: report.position,
		}
	}

	/// The report, where all of it was kept.
	pub fn whole(self) -> Option<SubmitReport> {
		if self.refusals.len() != self.refused as usize {
			return None;
		}
		let problem = |refusal: LineRefusal| {
			let problem = Problem {
				code: refusal.code.into(),
				field: refusal.field.into(),
				value: refusal.value,
				rule: refusal.rule.into(),
			};
			(refusal.line, problem)
		};
		Some(SubmitReport {
			accepted: self.accepted,
			repeated: self.repeated,
			refused: self.refusals.into_iter().map(problem).collect(),
			packets: self.packets,
			position: self.position,
		})
	}
}
