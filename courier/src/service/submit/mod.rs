// SPDX-License-Identifier: Apache-2.0

//! What this node's business system hands in: parsed, checked and framed in the caller's task, stored by the log's thread.
//!
//! * `parts`: lines that go the same way, put together.
//! * `ways`: where a line goes, or why it goes nowhere.
//! * `cancel`: the order that asks for a cancellation.

mod cancel;
mod parts;
mod ways;

pub(super) use ways::{sellers, shown_id};

use super::Courier;
use crate::{
	api::*,
	chain::{Snapshot, Target},
	clock::timeout,
	cutting::{submit_error, Lines, PartEntry, Submission},
	order::{Confirmation, Order},
	protocol::PacketKind,
};
use bytes::Bytes;
use parts::PartsBuilder;
use std::{ops::Range, sync::Arc, time::Duration};
use tokio::sync::oneshot;
use ways::{Near, Way};

/// Longest idempotency key, in bytes.
pub const MAX_IDEMPOTENCY_KEY_LEN: usize = 128;
/// Lines parsed before the task lets others run.
const LINES_PER_TURN: usize = 2048;

impl Courier {
	pub(crate) async fn submit_orders(
		&self,
		body: Bytes,
		lines: Vec<Range<u32>>,
		idempotency: Option<IdempotencyKey>,
		registrations: bool,
	) -> Result<SubmitReport, SubmitError> {
		if let Some(report) = self.admit(&body, &lines, idempotency.as_ref())? {
			return Ok(report);
		}
		let started = std::time::Instant::now();
		let snapshot = self.trading()?;
		let kind = if registrations {
			PacketKind::Registrations
		} else {
			PacketKind::Orders
		};
		let mut parts = PartsBuilder::new(body.len(), lines.len(), kind);
		let mut report = SubmitReport::default();
		for (line, range) in lines.iter().enumerate() {
			if line % LINES_PER_TURN == LINES_PER_TURN - 1 {
				tokio::task::yield_now().await;
			}
			let bytes = &body[range.start as usize..range.end as usize];
			let way = if registrations {
				Order::parse_registration(bytes).and_then(|order| self.registration_way(&snapshot, &order))
			} else {
				Order::parse(bytes).and_then(|order| self.order_way(&snapshot, &order))
			};
			match way {
				Ok(Way {
					target,
					key,
					kind: business,
					version,
				}) => {
					let entry = PartEntry {
						line: line as u32,
						start: 0,
						end: 0,
						key: Some(key),
						kind: business,
						version,
						view: 0,
						ordinal: 0,
					};
					parts.order(&snapshot.targets[target], kind, bytes, entry);
				}
				Err(problem) => report.refused.push((line as u32, problem)),
			}
		}
		let report = self.store(parts, report, idempotency).await?;
		self.metrics.accepted.inc_by(report.accepted.into());
		self.metrics
			.refused
			.with_label_values(&[if registrations { "registrations" } else { "orders" }])
			.inc_by(report.refused.len() as u64);
		self.metrics.submit_seconds.observe(started.elapsed().as_secs_f64());
		Ok(report)
	}

	pub(crate) async fn submit_confirmations(
		&self,
		body: Bytes,
		lines: Vec<Range<u32>>,
		idempotency: Option<IdempotencyKey>,
		registrations: bool,
	) -> Result<SubmitReport, SubmitError> {
		if let Some(report) = self.admit(&body, &lines, idempotency.as_ref())? {
			return Ok(report);
		}
		let started = std::time::Instant::now();
		let snapshot = self.trading()?;
		let kind = if registrations {
			PacketKind::RegistrationResults
		} else {
			PacketKind::Confirmations
		};
		let sellers = sellers(&snapshot);
		let mut parts = PartsBuilder::new(body.len(), lines.len(), kind);
		let mut report = SubmitReport::default();
		let mut last = Near::default();
		for (line, range) in lines.iter().enumerate() {
			if line % LINES_PER_TURN == LINES_PER_TURN - 1 {
				tokio::task::yield_now().await;
			}
			let bytes = &body[range.start as usize..range.end as usize];
			let found = Confirmation::parse_submitted(bytes)
				.and_then(|confirmation| self.confirmed(&snapshot, &sellers, &confirmation, registrations, &mut last));
			match found {
				Ok((view, ordinal)) => {
					let header = &view.packet.header;
					let target = Target {
						lane: header.lane.opposite(),
						interface: header.interface.clone(),
					};
					parts.answer(&target, kind, bytes, line as u32, &view, ordinal);
				}
				Err(problem) => report.refused.push((line as u32, problem)),
			}
		}
		let report = self.store(parts, report, idempotency).await?;
		self.metrics.answered.inc_by(report.accepted.into());
		self.metrics
			.refused
			.with_label_values(&[if registrations { "results" } else { "confirmations" }])
			.inc_by(report.refused.len() as u64);
		self.metrics.submit_seconds.observe(started.elapsed().as_secs_f64());
		Ok(report)
	}

	/// The checks before any line is read; gives the report of an earlier request with the same key.
	fn admit(
		&self,
		body: &Bytes,
		lines: &[Range<u32>],
		idempotency: Option<&IdempotencyKey>,
	) -> Result<Option<SubmitReport>, SubmitError> {
		let too_large = |what, value: usize, max: u32| SubmitError::TooLarge {
			what,
			value: value as u64,
			max: max.into(),
		};
		if lines.len() > self.config.max_lines as usize {
			return Err(too_large("lines", lines.len(), self.config.max_lines));
		}
		if body.len() > self.config.max_submission_bytes as usize {
			return Err(too_large("bytes", body.len(), self.config.max_submission_bytes));
		}
		let outside = |range: &Range<u32>| range.start > range.end || range.end as usize > body.len();
		if let Some(line) = lines.iter().position(outside) {
			return Err(SubmitError::LineOutOfBody { line: line as u32 });
		}
		let Some(key) = idempotency else { return Ok(None) };
		if key.key.is_empty() || key.key.len() > MAX_IDEMPOTENCY_KEY_LEN {
			return Err(SubmitError::IdempotencyKeyInvalid {
				len: key.key.len(),
				max: MAX_IDEMPOTENCY_KEY_LEN,
			});
		}
		match self.library.book.read().idempotency.get(&key.key) {
			Some((digest, report, _)) if *digest == key.body_digest => Ok(Some(report.clone())),
			Some(_) => Err(SubmitError::IdempotencyConflict { key: key.key.clone() }),
			None => Ok(None),
		}
	}

	/// The directory of a node that may trade.
	fn trading(&self) -> Result<Arc<Snapshot>, SubmitError> {
		if self.is_stopped() {
			return Err(SubmitError::Closed);
		}
		let Some(snapshot) = self.snapshot() else {
			let known = self.chain.directory().borrow().is_some();
			return Err(if known {
				SubmitError::NotAMember
			} else {
				SubmitError::NotReady
			});
		};
		if !snapshot.directory.member.active {
			return Err(SubmitError::NotAMember);
		}
		Ok(snapshot)
	}

	/// Hand the parts to the log and wait until they are on disk.
	async fn store(
		&self,
		parts: PartsBuilder,
		mut report: SubmitReport,
		idempotency: Option<IdempotencyKey>,
	) -> Result<SubmitReport, SubmitError> {
		if parts.is_empty() && idempotency.is_none() {
			report.position = self.log.tail();
			return Ok(report);
		}
		let bytes = parts.bytes() + 256;
		let (reply, answer) = oneshot::channel();
		let lines = Lines {
			parts: parts.finish(),
			report,
			idempotency,
			reply,
		};
		let wait = Duration::from_millis(self.config.max_queue_wait_ms);
		let queued = self.log.submit(Submission::Lines(Box::new(lines)), bytes);
		match timeout(self.clock.as_ref(), wait, queued).await {
			Some(Ok(())) => (),
			Some(Err(error)) => return Err(submit_error(&error)),
			None => return Err(SubmitError::Busy { retry_after_ms: 500 }),
		}
		answer.await.map_err(|_| SubmitError::Closed)?
	}
}
