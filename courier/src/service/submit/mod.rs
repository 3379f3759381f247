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
	chain::{DirectoryAt, Reading, Snapshot, Target},
	clock::timeout,
	cutting::{already_confirmed, reused, submit_error, unreadable, Lines, PartEntry, Submission},
	library::{id_of, Earlier, Suspect},
	order::{Confirmation, Order},
	protocol::PacketKind,
	records::{Content, PacketView},
	store::Key,
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

/// What becomes of a request.
enum Admission {
	/// It was answered before.
	Answered(SubmitReport),
	/// It is looked at; the answer is remembered under the key.
	New(Option<IdempotencyKey>),
}

/// An order whose id may be an earlier one's.
struct Doubtful {
	line: u32,
	id: String,
	way: Way,
}

impl Courier {
	pub(crate) async fn submit_orders(
		self: &Arc<Self>,
		body: Bytes,
		lines: Vec<Range<u32>>,
		idempotency: Option<IdempotencyKey>,
		registrations: bool,
	) -> Result<SubmitReport, SubmitError> {
		let idempotency = match self.admit(&body, &lines, idempotency)? {
			Admission::Answered(report) => return Ok(report),
			Admission::New(key) => key,
		};
		let started = std::time::Instant::now();
		let snapshot = self.trading()?;
		let kind = if registrations {
			PacketKind::Registrations
		} else {
			PacketKind::Orders
		};
		let mut parts = PartsBuilder::new(body.len(), lines.len(), kind, self.library.indexed());
		let mut report = SubmitReport::default();
		let mut doubtful = Vec::new();
		for (turn, ranges) in lines.chunks(LINES_PER_TURN).enumerate() {
			if turn > 0 {
				tokio::task::yield_now().await;
			}
			let first = (turn * LINES_PER_TURN) as u32;
			let ways = self.ways(&snapshot, &body, (first, ranges), registrations, &mut report);
			for (line, way) in self.without_doubt(&body, &lines, ways, &mut doubtful) {
				let bytes = line_of(&body, &lines, line);
				add(
					&mut parts,
					way.target(&snapshot),
					kind,
					bytes,
					(line, &way),
					&mut report,
				);
			}
		}
		self.settle_doubts(&snapshot, (&body, &lines), kind, doubtful, &mut parts, &mut report)
			.await;
		let report = self.store(parts, report, idempotency).await?;
		self.metrics.accepted.inc_by(report.accepted.into());
		self.metrics
			.refused
			.with_label_values(&[if registrations { "registrations" } else { "orders" }])
			.inc_by(report.refused.len() as u64);
		self.metrics.submit_seconds.observe(started.elapsed().as_secs_f64());
		Ok(report)
	}

	/// Where each of a few lines goes; `(first, ranges)` are the index of the first one and all of them.
	fn ways(
		&self,
		snapshot: &Snapshot,
		body: &Bytes,
		(first, ranges): (u32, &[Range<u32>]),
		registrations: bool,
		report: &mut SubmitReport,
	) -> Vec<(u32, Way)> {
		let mut ways = Vec::with_capacity(ranges.len());
		for (line, range) in (first..).zip(ranges) {
			let bytes = &body[range.start as usize..range.end as usize];
			let way = if registrations {
				Order::parse_registration(bytes).and_then(|order| self.registration_way(snapshot, &order))
			} else {
				Order::parse(bytes).and_then(|order| self.order_way(snapshot, &order))
			};
			match way {
				Ok(way) => ways.push((line, way)),
				Err(problem) => report.refused.push((line, problem)),
			}
		}
		ways
	}

	/// The lines whose ids nobody used before; the others are put to `doubtful`.
	fn without_doubt(
		&self,
		body: &Bytes,
		lines: &[Range<u32>],
		ways: Vec<(u32, Way)>,
		doubtful: &mut Vec<Doubtful>,
	) -> impl Iterator<Item = (u32, Way)> {
		let keys: Vec<Key> = ways.iter().map(|(_, way)| way.key).collect();
		let mut suspect = Vec::new();
		self.library.index.probe_many(&keys, |place, _| suspect.push(place));
		suspect.dedup();
		let (mut suspect, mut clear) = (suspect.into_iter().peekable(), Vec::with_capacity(ways.len()));
		for (place, (line, way)) in ways.into_iter().enumerate() {
			// A line that was parsed has an id.
			match suspect
				.next_if_eq(&place)
				.and_then(|_| id_of(line_of(body, lines, line)))
			{
				Some(id) => doubtful.push(Doubtful {
					line,
					id: id.into_owned(),
					way,
				}),
				None => clear.push((line, way)),
			}
		}
		clear.into_iter()
	}

	/// Look up the orders that doubtful ones may repeat: here and not on the writer thread, which everybody waits for.
	async fn settle_doubts(
		self: &Arc<Self>,
		snapshot: &Snapshot,
		(body, lines): (&Bytes, &[Range<u32>]),
		kind: PacketKind,
		doubtful: Vec<Doubtful>,
		parts: &mut PartsBuilder,
		report: &mut SubmitReport,
	) {
		if doubtful.is_empty() {
			return;
		}
		let suspects = doubtful.iter().map(|it| Suspect {
			key: it.way.key,
			id: it.id.clone(),
			bytes: body.slice_ref(line_of(body, lines, it.line)),
		});
		let verdicts = self.earlier(suspects.collect()).await;
		for (Doubtful { line, way, .. }, verdict) in doubtful.into_iter().zip(verdicts) {
			let bytes = line_of(body, lines, line);
			match verdict {
				Earlier::None => add(parts, way.target(snapshot), kind, bytes, (line, &way), report),
				Earlier::Same(_) => report.repeated += 1,
				Earlier::Other => report.refused.push((line, reused(bytes))),
				Earlier::Unreadable(error) => report.refused.push((line, unreadable(&error))),
			}
		}
	}

	pub(crate) async fn submit_confirmations(
		&self,
		body: Bytes,
		lines: Vec<Range<u32>>,
		idempotency: Option<IdempotencyKey>,
		registrations: bool,
	) -> Result<SubmitReport, SubmitError> {
		let idempotency = match self.admit(&body, &lines, idempotency)? {
			Admission::Answered(report) => return Ok(report),
			Admission::New(key) => key,
		};
		let started = std::time::Instant::now();
		let snapshot = self.trading()?;
		let kind = if registrations {
			PacketKind::RegistrationResults
		} else {
			PacketKind::Confirmations
		};
		let sellers = sellers(&snapshot);
		let mut parts = PartsBuilder::new(body.len(), lines.len(), kind, 0);
		let mut report = SubmitReport::default();
		let (mut last, mut near) = (Near::default(), 0);
		for (line, range) in (0u32..).zip(&lines) {
			if line as usize % LINES_PER_TURN == LINES_PER_TURN - 1 {
				tokio::task::yield_now().await;
			}
			let bytes = &body[range.start as usize..range.end as usize];
			let placed = Confirmation::parse_submitted(bytes)
				.and_then(|confirmation| self.confirmed(&snapshot, &sellers, &confirmation, registrations, &mut last))
				.and_then(|(view, ordinal)| {
					if let Some(same) = self.answered(&view, ordinal, bytes, &mut near)? {
						return if same { Ok(false) } else { Err(already_confirmed(bytes)) };
					}
					let header = &view.packet.header;
					let target = Target {
						lane: header.lane.opposite(),
						interface: header.interface.clone(),
					};
					parts.answer(&target, kind, bytes, line, &view, ordinal)?;
					Ok(true)
				});
			match placed {
				Ok(true) => (),
				Ok(false) => report.repeated += 1,
				Err(problem) => report.refused.push((line, problem)),
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

	/// Whether an entry's answer, if it has one on disk, is `bytes`. `near` is where the one before stood.
	fn answered(&self, view: &PacketView, ordinal: u32, bytes: &[u8], near: &mut u32) -> Result<Option<bool>, Problem> {
		let header = &view.packet.header;
		let answer = self
			.library
			.answer_near(&header.lane, header.sequence, ordinal, *near)
			.map_err(|error| unreadable(&error))?;
		Ok(answer.map(|(answers, at)| {
			*near = at + 1;
			answers.entry(at) == Some(bytes)
		}))
	}

	/// The checks before any line is read, and the report of an earlier request with the same key.
	fn admit(
		&self,
		body: &Bytes,
		lines: &[Range<u32>],
		idempotency: Option<IdempotencyKey>,
	) -> Result<Admission, SubmitError> {
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
		let Some(key) = idempotency else {
			return Ok(Admission::New(None));
		};
		if key.key.is_empty() || key.key.len() > MAX_IDEMPOTENCY_KEY_LEN {
			return Err(SubmitError::IdempotencyKeyInvalid {
				len: key.key.len(),
				max: MAX_IDEMPOTENCY_KEY_LEN,
			});
		}
		self.remembered(&key)
			.map(|known| known.unwrap_or(Admission::New(Some(key))))
	}

	/// What is remembered of a request with this key; `None` where nothing is.
	fn remembered(&self, key: &IdempotencyKey) -> Result<Option<Admission>, SubmitError> {
		let Some(known) = self.library.book.read().requests.get(key) else {
			return Ok(None);
		};
		if !known.is(&key.body_digest) {
			return Err(SubmitError::IdempotencyConflict { key: key.key.clone() });
		}
		let record = self.library.reader().read(known.position).ok();
		let content = record.and_then(|record| Content::read(record.kind, &record.payload).ok());
		let report = match content {
			Some(Content::Idempotency(it)) => it.report.whole(),
			_ => None,
		};
		// Where the record does not name every refused line, or cannot be read, the lines are looked at anew: those that were accepted are
		// known by their ids, and the report is whole.
		Ok(Some(report.map_or(Admission::New(None), Admission::Answered)))
	}

	/// The directory of a node that may trade.
	fn trading(&self) -> Result<Arc<Snapshot>, SubmitError> {
		if self.is_stopped() {
			return Err(SubmitError::Closed);
		}
		if self.is_taking_over() {
			return Err(SubmitError::NotReady);
		}
		let Some(snapshot) = self.snapshot() else {
			let unregistered = |known: &Arc<DirectoryAt>| known.reading == Reading::Unregistered;
			let unregistered = self.chain.directory().borrow().as_ref().is_some_and(unregistered);
			return Err(if unregistered {
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
		report.refused.sort_by_key(|(line, _)| *line);
		if parts.is_empty() && idempotency.is_none() {
			report.position = self.log.tail();
			return Ok(report);
		}
		let bytes = parts.bytes() + 256;
		let (reply, answer) = oneshot::channel();
		let lines = Lines {
			parts: parts.finish(),
			report,
			idempotency: idempotency.clone(),
			reply,
		};
		let wait = Duration::from_millis(self.config.max_queue_wait_ms);
		// Own submissions never fill the queue: what partners send, and what they acknowledge, has room of its own.
		let Some(_room) = timeout(self.clock.as_ref(), wait, self.own_room(bytes)).await else {
			return Err(SubmitError::Busy { retry_after_ms: 500 });
		};
		let queued = self.log.submit(Submission::Lines(Box::new(lines)), bytes);
		match timeout(self.clock.as_ref(), wait, queued).await {
			Some(Ok(())) => (),
			Some(Err(error)) => return Err(submit_error(&error)),
			None => return Err(SubmitError::Busy { retry_after_ms: 500 }),
		}
		let answer = match answer.await {
			Ok(answer) => answer,
			Err(_) if self.is_stopped() => Err(SubmitError::Closed),
			Err(_) => Err(SubmitError::Store("its writer gave no answer".into())),
		};
		match (answer, idempotency) {
			// The same request was under way twice, and the first one is answered now.
			(Err(SubmitError::Busy { retry_after_ms }), Some(key)) => match self.remembered(&key)? {
				Some(Admission::Answered(report)) => Ok(report),
				_ => Err(SubmitError::Busy { retry_after_ms }),
			},
			(answer, _) => answer,
		}
	}
}

/// The bytes of a line.
fn line_of<'a>(body: &'a Bytes, lines: &[Range<u32>], line: u32) -> &'a [u8] {
	let range = &lines[line as usize];
	&body[range.start as usize..range.end as usize]
}

/// Add an order to the part that goes its way.
fn add(
	parts: &mut PartsBuilder,
	target: &Target,
	kind: PacketKind,
	bytes: &[u8],
	(line, way): (u32, &Way),
	report: &mut SubmitReport,
) {
	let entry = PartEntry {
		line,
		start: 0,
		end: 0,
		key: Some(way.key),
		kind: way.kind,
		version: way.version,
		view: 0,
		ordinal: 0,
	};
	if let Err(problem) = parts.order(target, kind, bytes, entry) {
		report.refused.push((line, problem));
	}
}
