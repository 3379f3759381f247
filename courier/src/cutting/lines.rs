// SPDX-License-Identifier: Apache-2.0

//! Lines of this node's business system: which are new, and into which packet they go.

use super::{submission::*, Answer, Claim, OpenEntry, Outbox, PacketCutter, Pending};
use crate::{
	api::{IdempotencyKey, LaneId, Problem, SubmitError, SubmitReport},
	library::{has_id, LookupError},
	order::{self, problem},
	records::{EntryId, Trailer},
	requests::KeyId,
	store::Key,
};
use bytes::Bytes;
use std::fmt;

impl<O: Outbox> PacketCutter<O> {
	pub(super) fn lines(&mut self, mut lines: Lines) -> Option<(SubmitReply, SubmitReport, Option<IdempotencyKey>)> {
		let may_lack = |part: &Part| self.context.library.book.read().stores.may_lack(&part.target.lane);
		if lines.idempotency.is_some() && lines.parts.iter().any(may_lack) {
			// A refusal that holds for a moment must not be remembered as the answer to the key.
			let busy = SubmitError::Busy { retry_after_ms: 1_000 };
			self.group.answers.push(Answer::Failed(lines.reply, busy));
			return None;
		}
		if let Some(key) = &lines.idempotency {
			let known = self
				.context
				.library
				.book
				.read()
				.requests
				.get(key)
				.map(|it| it.is(&key.body_digest));
			let id = KeyId::of(key);
			let in_work = || self.group.keys.get(&id).map(|digest| *digest == key.body_digest);
			match known.or_else(in_work) {
				// The same request came twice at the same time; the second learns the answer of the first by asking again.
				Some(true) => {
					let busy = SubmitError::Busy { retry_after_ms: 20 };
					self.group.answers.push(Answer::Failed(lines.reply, busy));
					return None;
				}
				Some(false) => {
					let conflict = SubmitError::IdempotencyConflict { key: key.key.clone() };
					self.group.answers.push(Answer::Failed(lines.reply, conflict));
					return None;
				}
				None => self.group.keys.insert(id, key.body_digest),
			};
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
		if self.may_lack(&part, report) {
			return 0;
		}
		let body = self.body(part.body);
		// Entries of orders have keys: the part was made by the same code that made them.
		let keys: Vec<Key> = part.entries.iter().filter_map(|e| e.key).collect();
		debug_assert_eq!(keys.len(), part.entries.len());
		let mut known = Vec::new();
		self.context.library.index.probe_many(&keys, |place, entry| {
			if entry.order.number() >= part.searched {
				known.push(place);
			}
		});
		known.dedup();
		let (mut known, mut packets) = (known.into_iter().peekable(), PacketCount::default());
		for (place, (entry, key)) in part.entries.iter().zip(keys).enumerate() {
			let prefix = part.kind.prefix_len() as u32;
			let seen = self.group.pending.get(&key).copied();
			let suspect = known.next_if_eq(&place).is_some();
			if suspect || seen.is_some() {
				let bytes = &self.group.bodies[body as usize][(entry.start + prefix) as usize..entry.end as usize];
				match self.earlier(key, bytes, seen, part.searched) {
					Err(error) => {
						report.refused.push((entry.line, unreadable(&error)));
						continue;
					}
					Ok(Before::Same(_)) => {
						report.repeated += 1;
						continue;
					}
					Ok(Before::Other) => {
						report.refused.push((entry.line, reused(bytes)));
						continue;
					}
					Ok(Before::None) => (),
				}
			}
			let pending = Pending {
				place: (body, entry.start + prefix, entry.end),
				entry: None,
			};
			self.group.pending.insert(key, pending);
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

	/// Refuses a part whose lane may have packets that this log lacks: their numbers are not free, nor are the ids in them known.
	fn may_lack(&self, part: &Part, report: &mut SubmitReport) -> bool {
		let lacks = self.context.library.book.read().stores.may_lack(&part.target.lane);
		if lacks {
			let rule = "this node took over from another store and waits for what the partner has of this lane: submit it again";
			let refused = part
				.entries
				.iter()
				.map(|entry| (entry.line, problem("lane_incomplete", "", "", rule)));
			report.refused.extend(refused);
		}
		lacks
	}

	/// Whether an order with the id of `bytes` was accepted in this group or since packet number `searched`. What is so new is in memory.
	pub(super) fn earlier(
		&self,
		key: Key,
		bytes: &[u8],
		pending: Option<Pending>,
		searched: u64,
	) -> Result<Before, LookupError> {
		let Ok(order) = order::Order::parse_registration(bytes) else {
			return Ok(Before::None);
		};
		if let Some(Pending {
			place: (body, start, end),
			entry,
		}) = pending
		{
			let other = &self.group.bodies[body as usize][start as usize..end as usize];
			if has_id(other, &order.id) {
				return Ok(if other == bytes {
					Before::Same(entry)
				} else {
					Before::Other
				});
			}
		}
		let found = self.context.library.find_since(key, &order.id, searched)?;
		Ok(match found {
			None => Before::None,
			Some((view, ordinal)) if view.entry(ordinal) == Some(bytes) => Before::Same(Some(view.id_of(ordinal))),
			Some(_) => Before::Other,
		})
	}

	/// Add a part's answers; gives the number of packets they went into.
	fn answers(&mut self, part: Part, report: &mut SubmitReport) -> u32 {
		if self.may_lack(&part, report) {
			return 0;
		}
		let body = self.body(part.body);
		let first_view = self.group.views.len() as u32;
		let lane = part.target.lane.opposite();
		self.group.views.extend(part.views);
		let mut packets = PacketCount::default();
		// One hold of the lock for the part; nothing in between reads the disk.
		let (taken, has_copies): (Vec<bool>, bool) = {
			let mut book = self.context.library.book.write();
			let views = &self.group.views;
			let claim = |e: &PartEntry| {
				let sequence = views[(first_view + e.view) as usize].packet.header.sequence;
				book.claim(&lane, sequence, e.ordinal, part.kind)
			};
			let taken = part.entries.iter().map(claim).collect();
			(taken, book.has_copies())
		};
		for (entry, _) in part.entries.iter().zip(&taken).filter(|(_, taken)| **taken) {
			let view = first_view + entry.view;
			let sequence = self.group.views[view as usize].packet.header.sequence;
			if has_copies {
				self.copies_of(EntryId {
					lane,
					sequence,
					ordinal: entry.ordinal,
				});
			}
			self.group.claimed.push(Claim {
				lane,
				sequence,
				ordinal: entry.ordinal,
				answer: Some((body, entry.start + part.kind.prefix_len() as u32, entry.end)),
			});
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
		// What others, or this submission itself, answered in the meantime.
		for (entry, _) in part.entries.iter().zip(&taken).filter(|(_, taken)| !**taken) {
			let sequence = self.group.views[(first_view + entry.view) as usize]
				.packet
				.header
				.sequence;
			let start = entry.start as usize + part.kind.prefix_len();
			let bytes = self.group.bodies[body as usize].slice(start..entry.end as usize);
			match self.earlier_answer(&lane, sequence, entry.ordinal) {
				Ok(Some(other)) if other == bytes => report.repeated += 1,
				Ok(_) => report.refused.push((entry.line, already_confirmed(&bytes))),
				Err(error) => report.refused.push((entry.line, unreadable(&error))),
			}
		}
		packets.count
	}

	/// The bytes of the answer that an entry got in this group, or shortly before it.
	pub(super) fn earlier_answer(
		&mut self,
		lane: &LaneId,
		sequence: u64,
		ordinal: u32,
	) -> Result<Option<Bytes>, LookupError> {
		let group = &mut self.group;
		for claim in &group.claimed[group.claims_known..] {
			if let Some(place) = claim.answer {
				group.claims.insert((claim.lane, claim.sequence, claim.ordinal), place);
			}
		}
		group.claims_known = group.claimed.len();
		if let Some((body, start, end)) = group.claims.get(&(*lane, sequence, ordinal)) {
			return Ok(Some(group.bodies[*body as usize].slice(*start as usize..*end as usize)));
		}
		let found = self.context.library.answer(lane, sequence, ordinal)?;
		Ok(found.and_then(|(view, at)| view.share(at)))
	}
}

/// Whether an order came before.
pub(super) enum Before {
	/// It did not.
	None,
	/// With the same bytes; the first one, where it is a partner's.
	Same(Option<EntryId>),
	/// With other bytes.
	Other,
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

/// An earlier line cannot be read, so nobody knows whether this one repeats it.
pub fn unreadable(error: &dyn fmt::Display) -> Problem {
	problem(
		"log_unreadable",
		"",
		"",
		format!("an earlier line cannot be compared: {error}"),
	)
}

/// The id in `bytes` belongs to another order.
pub fn reused(bytes: &[u8]) -> Problem {
	let id = order::Order::parse_registration(bytes)
		.map(|o| o.id.into_owned())
		.unwrap_or_default();
	problem("order_id_reused", "id", id, "was used before with other content")
}

/// The order that `bytes` answer has another answer.
pub fn already_confirmed(bytes: &[u8]) -> Problem {
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
