// SPDX-License-Identifier: Apache-2.0

//! Lines of this node's business system: which are new, and into which packet they go.

use super::{submission::*, Answer, OpenEntry, Outbox, PacketCutter};
use crate::{
	api::{IdempotencyKey, LaneId, Problem, SubmitError, SubmitReport},
	library::{has_id, LookupError},
	order::{self, problem},
	records::Trailer,
	store::Key,
};
use bytes::Bytes;

impl<O: Outbox> PacketCutter<O> {
	pub(super) fn lines(&mut self, mut lines: Lines) -> Option<(SubmitReply, SubmitReport, Option<IdempotencyKey>)> {
		if let Some(key) = &lines.idempotency {
			let known = self.context.library.book.read().idempotency.get(&key.key).cloned();
			let in_group = || self.group.idempotency.iter().find(|i| i.key == key.key);
			let known = known
				.map(|(d, r, _)| (d, r))
				.or_else(|| in_group().map(|i| (i.body_digest, i.report.clone())));
			let in_work = || {
				self.group
					.keys
					.iter()
					.any(|(k, digest)| *k == key.key && *digest == key.body_digest)
			};
			if known.is_none() && in_work() {
				// The same request came twice within one commit; the second learns the answer of the first by asking again.
				let busy = SubmitError::Busy { retry_after_ms: 20 };
				self.group.answers.push(Answer::Failed(lines.reply, busy));
				return None;
			}
			if let Some((digest, report)) = known {
				self.group.answers.push(if digest == key.body_digest {
					Answer::Report(lines.reply, report)
				} else {
					Answer::Failed(lines.reply, SubmitError::IdempotencyConflict { key: key.key.clone() })
				});
				return None;
			}
			self.group.keys.push((key.key.clone(), key.body_digest));
		}
		let mut report = std::mem::take(&mut lines.report);
		for part in lines.parts {
			report.packets += if part.kind.is_answer() {
				self.answers(part, &mut report)
			} else {
				self.orders(part, &mut report)
			};
		}
		report.refused.sort_by_key(|(line, _)| *line);
		Some((lines.reply, report, lines.idempotency))
	}

	/// Add a part's orders; gives the number of packets they went into.
	fn orders(&mut self, part: Part, report: &mut SubmitReport) -> u32 {
		let body = self.body(part.body);
		// Entries of orders have keys: the part was made by the same code that made them.
		let keys: Vec<Key> = part.entries.iter().filter_map(|e| e.key).collect();
		debug_assert_eq!(keys.len(), part.entries.len());
		let mut known = Vec::new();
		self.context
			.library
			.index
			.probe_many(&keys, |place, _| known.push(place));
		known.dedup();
		let (mut known, mut packets) = (known.into_iter().peekable(), PacketCount::default());
		for (place, (entry, key)) in part.entries.iter().zip(keys).enumerate() {
			let prefix = part.kind.prefix_len() as u32;
			let seen = self.group.pending.get(&key).copied();
			let suspect = known.next_if_eq(&place).is_some();
			if suspect || seen.is_some() {
				let bytes = &self.group.bodies[body as usize][(entry.start + prefix) as usize..entry.end as usize];
				match self.earlier(key, bytes, seen) {
					Err(error) => {
						report.refused.push((entry.line, unreadable(&error)));
						continue;
					}
					Ok(Some(true)) => {
						report.repeated += 1;
						continue;
					}
					Ok(Some(false)) => {
						report.refused.push((entry.line, reused(bytes)));
						continue;
					}
					Ok(None) => (),
				}
			}
			self.group.pending.insert(key, (body, entry.start + prefix, entry.end));
			let open = self.open(&part.target, part.kind, (entry.end - entry.start) as usize);
			let packet = &mut self.group.open[open];
			packet.entries.push(OpenEntry {
				body,
				start: entry.start,
				end: entry.end,
				view: 0,
				ordinal: 0,
			});
			packet.keys.push(key);
			packet.kinds.0 |= 1 << entry.kind as u16;
			packet.body_len += (entry.end - entry.start) as usize;
			Trailer::push_version(&mut packet.versions, entry.version);
			packets.note(packet.entries.len());
			report.accepted += 1;
		}
		packets.count
	}

	/// Whether an order with the id of `bytes` was accepted before: `Some(true)` with the same bytes.
	pub(super) fn earlier(
		&self,
		key: Key,
		bytes: &[u8],
		pending: Option<(u32, u32, u32)>,
	) -> Result<Option<bool>, LookupError> {
		let Ok(order) = order::Order::parse_registration(bytes) else {
			return Ok(None);
		};
		if let Some((body, start, end)) = pending {
			let other = &self.group.bodies[body as usize][start as usize..end as usize];
			if has_id(other, &order.id) {
				return Ok(Some(other == bytes));
			}
		}
		let found = self.context.library.find(key, &order.id)?;
		Ok(found.map(|(view, ordinal)| view.entry(ordinal) == Some(bytes)))
	}

	/// Add a part's answers; gives the number of packets they went into.
	fn answers(&mut self, part: Part, report: &mut SubmitReport) -> u32 {
		let body = self.body(part.body);
		let first_view = self.group.views.len() as u32;
		let lane = part.target.lane.opposite();
		self.group.views.extend(part.views);
		let mut packets = PacketCount::default();
		// One hold of the lock for the part; nothing in between reads the disk.
		let taken: Vec<bool> = {
			let mut book = self.context.library.book.write();
			let views = &self.group.views;
			let claim = |e: &PartEntry| {
				let sequence = views[(first_view + e.view) as usize].packet.header.sequence;
				book.claim(&lane, sequence, e.ordinal, part.kind)
			};
			part.entries.iter().map(claim).collect()
		};
		for (entry, taken) in part.entries.iter().zip(taken) {
			let view = first_view + entry.view;
			let sequence = self.group.views[view as usize].packet.header.sequence;
			if !taken {
				let start = entry.start as usize + part.kind.prefix_len();
				let bytes = self.group.bodies[body as usize].slice(start..entry.end as usize);
				match self.earlier_answer(&lane, sequence, entry.ordinal) {
					Ok(Some(other)) if other == bytes => report.repeated += 1,
					Ok(_) => report.refused.push((entry.line, already_confirmed(&bytes))),
					Err(error) => report.refused.push((entry.line, unreadable(&error))),
				}
				continue;
			}
			self.group.claimed.push((lane, sequence, entry.ordinal));
			let open = self.open(&part.target, part.kind, (entry.end - entry.start) as usize);
			let packet = &mut self.group.open[open];
			packet.entries.push(OpenEntry {
				body,
				start: entry.start,
				end: entry.end,
				view,
				ordinal: entry.ordinal,
			});
			packet.kinds.0 |= 1 << entry.kind as u16;
			packet.body_len += (entry.end - entry.start) as usize;
			packets.note(packet.entries.len());
			report.accepted += 1;
		}
		packets.count
	}

	/// The bytes of the answer that an entry has already.
	fn earlier_answer(&self, lane: &LaneId, sequence: u64, ordinal: u32) -> Result<Option<Bytes>, LookupError> {
		for packet in self.group.open.iter().chain(&self.group.full) {
			if packet.target.lane != lane.opposite() || !packet.kind.is_answer() {
				continue;
			}
			let same = |e: &&OpenEntry| {
				e.ordinal == ordinal && self.group.views[e.view as usize].packet.header.sequence == sequence
			};
			if let Some(entry) = packet.entries.iter().find(same) {
				let start = entry.start as usize + packet.kind.prefix_len();
				return Ok(Some(
					self.group.bodies[entry.body as usize].slice(start..entry.end as usize),
				));
			}
		}
		let found = self.context.library.answer(lane, sequence, ordinal)?;
		Ok(found.and_then(|(view, at)| view.share(at)))
	}
}

/// Counts packets by how often an entry was the first of one, or of what this submission added.
#[derive(Default)]
struct PacketCount {
	count: u32,
	last_len: usize,
}

impl PacketCount {
	fn note(&mut self, len: usize) {
		if self.count == 0 || len <= self.last_len {
			self.count += 1;
		}
		self.last_len = len;
	}
}

fn unreadable(error: &LookupError) -> Problem {
	problem(
		"log_unreadable",
		"",
		"",
		format!("an earlier line cannot be compared: {error}"),
	)
}

fn reused(bytes: &[u8]) -> Problem {
	let id = order::Order::parse_registration(bytes)
		.map(|o| o.id.into_owned())
		.unwrap_or_default();
	problem("order_id_reused", "id", id, "was used before with other content")
}

fn already_confirmed(bytes: &[u8]) -> Problem {
	let id = order::Confirmation::parse(bytes)
		.map(|c| c.order.into_owned())
		.unwrap_or_default();
	problem(
		"already_confirmed",
		"order",
		id,
		"was answered before with other content",
	)
}
