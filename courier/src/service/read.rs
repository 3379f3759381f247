// SPDX-License-Identifier: Apache-2.0

//! What this node's business system asks.

use super::{
	submit::{sellers, shown_id},
	Courier,
};
use crate::{
	api::*,
	book::BatchMark,
	evidence::{self, EvidenceParts},
	lane::sender::Obstacle,
	order::Confirmation,
	protocol::PacketKind,
	records::{kind, AnchorCut, AnchorFinal, Delivered, LaneTurned, PacketView},
	store::Record,
};
use codec::Decode;
use sealane_primitives::{
	business::BusinessKind,
	directory::{ChannelEntry, Directory, Scope},
	ids::{BlockNumber, MemberId},
};
use std::sync::{atomic::Ordering, Arc};

/// Bytes of the log that one read of events or of the inbox looks at. A page may be empty for that, and goes on from its cursor.
const SCAN_BYTES: u64 = 32 * 1024 * 1024;
/// Cursors that are known to be good.
const KNOWN_CURSORS: usize = 256;

impl Courier {
	fn find(&self, id: &str, seller: Option<MemberId>, registration: bool) -> Result<Option<Found>, ReadError> {
		let Some(snapshot) = self.snapshot() else {
			return Ok(None);
		};
		let own = snapshot.directory.member.id;
		let mut candidates = match seller {
			Some(seller) => vec![seller],
			None => sellers(&snapshot),
		};
		// One's own orders first.
		candidates.sort_by_key(|seller| *seller != own);
		for seller in candidates {
			let key = self.library.key(seller, registration, id);
			if let Some((view, ordinal)) = self.library.find(key, id)? {
				return Ok(Some(Found { view, ordinal }));
			}
		}
		Ok(None)
	}

	pub(crate) fn order(
		&self,
		id: &str,
		seller: Option<MemberId>,
		registration: bool,
	) -> Result<Option<OrderState>, ReadError> {
		match self.find(id, seller, registration)? {
			Some(found) => self.state(&found).map(Some),
			None => Ok(None),
		}
	}

	fn state(&self, found: &Found) -> Result<OrderState, ReadError> {
		let Found { view, ordinal } = found;
		let header = &view.packet.header;
		let bytes = view.share(*ordinal).unwrap_or_default();
		let parsed = crate::order::Order::parse_registration(&bytes);
		let id = parsed
			.as_ref()
			.map_or_else(|_| shown_id(&bytes), |order| order.id.to_string());
		let kind = parsed.as_ref().map_or(BusinessKind::Registration, |order| order.kind);
		let delivered_at = {
			let book = self.library.book.read();
			book.lanes.get(&header.lane).and_then(|lane| match lane.outgoing {
				true => lane.delivered_at(header.sequence),
				false => Some(view.trailer.at),
			})
		};
		let mut steps = vec![Step {
			stage: OrderStage::Accepted,
			at: header.created_at,
			block: None,
		}];
		steps.extend(delivered_at.map(|at| Step {
			stage: OrderStage::Delivered,
			at,
			block: Some(view.trailer.authorised_at),
		}));
		let answer = self.library.answer(&header.lane, header.sequence, *ordinal)?;
		let (confirmation, batch, anchor) = match &answer {
			Some((answers, at)) => self.answer_state(answers, *at, &mut steps)?,
			None => (None, None, None),
		};
		Ok(OrderState {
			id,
			kind,
			seller: view.trailer.seller,
			channel: header.lane.channel,
			interface: header.interface.clone(),
			lane: header.lane,
			sequence: header.sequence,
			ordinal: *ordinal,
			clause_version: view.version_of(*ordinal),
			stage: steps.last().map_or(OrderStage::Accepted, |step| step.stage),
			bytes,
			steps,
			confirmation,
			batch,
			anchor,
		})
	}

	#[allow(clippy::type_complexity)]
	fn answer_state(
		&self,
		answers: &PacketView,
		at: u32,
		steps: &mut Vec<Step>,
	) -> Result<(Option<ConfirmationState>, Option<BatchState>, Option<AnchorState>), ReadError> {
		let header = &answers.packet.header;
		let bytes = answers.share(at).unwrap_or_default();
		let parsed = Confirmation::parse(&bytes);
		let outcome = parsed.as_ref().map_or(Outcome::Rejected, |c| c.outcome);
		let technical = parsed.as_ref().is_ok_and(|c| c.is_technical());
		steps.push(Step {
			stage: outcome.stage(),
			at: answers.trailer.at,
			block: None,
		});
		let (mark, signed_at, anchor, anchor_times) = {
			let book = self.library.book.read();
			let lane = book.lanes.get(&header.lane);
			let mark = book
				.slot(&header.lane, header.sequence)
				.map_or(BatchMark::None, |slot| slot.batch);
			let signed_at = match lane {
				Some(lane) if lane.outgoing => lane.delivered_at(header.sequence),
				_ => Some(answers.trailer.at),
			};
			let sequence = if let BatchMark::Anchored(sequence) = mark {
				Some(sequence)
			} else {
				None
			};
			let anchor = sequence.and_then(|sequence| book.anchor_state(sequence));
			let times = sequence
				.and_then(|s| book.anchors.get(&s))
				.map(|a| (a.cut_at, a.final_at));
			(mark, signed_at, anchor, times)
		};
		let signed_by_both = matches!(mark, BatchMark::Signed | BatchMark::Anchored(_));
		if let Some(at) = signed_at.filter(|_| signed_by_both) {
			steps.push(Step {
				stage: OrderStage::Hashed,
				at,
				block: None,
			});
		}
		if let (Some(anchor), Some((cut_at, final_at))) = (&anchor, anchor_times) {
			if anchor.block.is_some() {
				steps.push(Step {
					stage: OrderStage::Anchored,
					at: cut_at,
					block: anchor.block,
				});
			}
			steps.extend(final_at.map(|at| Step {
				stage: OrderStage::Finalised,
				at,
				block: anchor.block,
			}));
		}
		let confirmation = ConfirmationState {
			bytes,
			outcome,
			lane: header.lane,
			sequence: header.sequence,
			ordinal: at,
			technical,
		};
		let batch = header.batch.as_ref().map(|batch| BatchState {
			root: batch.header.root,
			count: batch.header.count,
			index: at,
			signed_by_both,
			disputed: mark == BatchMark::Disputed,
		});
		Ok((Some(confirmation), batch, anchor))
	}

	pub(crate) fn trace(&self, id: &str, seller: Option<MemberId>) -> Result<Option<Trace>, ReadError> {
		let found = match self.find(id, seller, false)? {
			Some(found) => Some(found),
			None => self.find(id, seller, true)?,
		};
		let Some(found) = found else { return Ok(None) };
		let order = self.state(&found)?;
		let waiting = self.why(&order);
		Ok(Some(Trace { order, waiting }))
	}

	/// What the next step of an order waits for.
	fn why(&self, order: &OrderState) -> Option<Waiting> {
		match order.stage {
			OrderStage::Accepted => {
				let sender = self.senders.get(&order.lane)?;
				let ahead = order.sequence.saturating_sub(sender.state.lock().acked());
				match self.waiting(&sender) {
					Some(Waiting::InFlight { .. } | Waiting::Queued { .. }) if ahead > 0 => {
						Some(Waiting::Queued { packets_ahead: ahead })
					}
					waiting => waiting,
				}
			}
			OrderStage::Delivered => {
				let since = order.steps.last().map_or(0, |step| step.at);
				Some(Waiting::IssuerDecision { since })
			}
			OrderStage::Confirmed | OrderStage::Partial | OrderStage::Rejected => {
				let lane = order.confirmation.as_ref().map(|c| c.lane)?;
				let outgoing = self.senders.get(&lane).and_then(|sender| self.waiting(&sender));
				outgoing.or(Some(Waiting::Countersignature))
			}
			OrderStage::Hashed if order.anchor.is_some() => Some(Waiting::Finality),
			OrderStage::Hashed => Some(Waiting::NextAnchor),
			OrderStage::Anchored => Some(Waiting::Finality),
			OrderStage::Finalised => None,
		}
	}

	pub(crate) fn evidence(&self, id: &str, seller: Option<MemberId>) -> Result<Option<EvidenceParts>, ReadError> {
		let Some(snapshot) = self.snapshot() else {
			return Ok(None);
		};
		let found = match self.find(id, seller, false)? {
			Some(found) => Some(found),
			None => self.find(id, seller, true)?,
		};
		let Some(Found { view, ordinal }) = found else {
			return Ok(None);
		};
		Ok(evidence::collect(&self.library, &snapshot, &view, ordinal)?)
	}

	/// Check a cursor that came from outside.
	fn check_cursor(&self, cursor: Cursor) -> Result<(), ReadError> {
		let position = cursor.position;
		if position == 0 || position == self.log.tail() || self.cursors.lock().contains(&position) {
			return Ok(());
		}
		match self.library.reader().is_boundary(position) {
			Ok(true) => Ok(()),
			Ok(false) => Err(ReadError::CursorUnknown(cursor)),
			Err(error) => Err(ReadError::Store(error.to_string())),
		}
	}

	fn remember_cursor(&self, cursor: Cursor) {
		let mut cursors = self.cursors.lock();
		if cursors.back() != Some(&cursor.position) {
			cursors.push_back(cursor.position);
			if cursors.len() > KNOWN_CURSORS {
				cursors.pop_front();
			}
		}
	}

	/// Walk the log from a cursor on; `visit` gets a record and the entry to begin with, and says where to stop, if it wants to.
	fn walk(
		&self,
		cursor: Cursor,
		mut visit: impl FnMut(&Record, u32) -> Result<Option<Cursor>, ReadError>,
	) -> Result<(Cursor, bool), ReadError> {
		self.check_cursor(cursor)?;
		let tail = self.log.tail();
		let mut scan = self.library.reader().scan(cursor.position, tail);
		let mut begin = cursor.entry;
		loop {
			let Some(record) = scan.next() else {
				let next = Cursor {
					position: tail.max(cursor.position),
					entry: 0,
				};
				self.remember_cursor(next);
				return Ok((next, true));
			};
			let record = record.map_err(|error| ReadError::Store(error.to_string()))?;
			if begin > 0 && record.position != cursor.position {
				return Err(ReadError::CursorUnknown(cursor));
			}
			let stop = visit(&record, begin)?;
			begin = 0;
			let behind = Cursor {
				position: record.end(),
				entry: 0,
			};
			let stop = stop.or_else(|| (record.end() - cursor.position > SCAN_BYTES).then_some(behind));
			if let Some(next) = stop {
				self.remember_cursor(next);
				return Ok((next, false));
			}
		}
	}

	pub(crate) fn events(&self, cursor: Cursor, limit: usize) -> Result<EventPage, ReadError> {
		let limit = limit.max(1);
		let mut events = Vec::new();
		let (next, at_end) = self.walk(cursor, |record, begin| {
			let behind = Cursor {
				position: record.end(),
				entry: 0,
			};
			if record.kind == kind::PACKET_IN {
				let view = self.library.view(record.position)?;
				if view.packet.header.kind.is_answer() {
					return Ok(answer_events(&view, record, begin, limit, &mut events));
				}
			} else if let Some((at, what)) = note_event(record) {
				events.push(Event {
					cursor: behind,
					at,
					what,
				});
			}
			Ok((events.len() >= limit).then_some(behind))
		})?;
		Ok(EventPage { events, next, at_end })
	}

	pub(crate) fn inbox(&self, cursor: Cursor, max_bytes: usize) -> Result<InboxPage, ReadError> {
		let (mut entries, mut bytes) = (Vec::new(), 0usize);
		let (next, at_end) = self.walk(cursor, |record, begin| {
			if record.kind != kind::PACKET_IN {
				return Ok(None);
			}
			let view = self.library.view(record.position)?;
			let header = &view.packet.header;
			if header.kind.is_answer() {
				return Ok(None);
			}
			let bits = self
				.library
				.book
				.read()
				.slot(&header.lane, header.sequence)
				.map(|slot| slot.bits.clone());
			for ordinal in begin..header.count {
				if view.trailer.skipped.binary_search(&ordinal).is_ok() {
					continue;
				}
				let Some(line) = view.share(ordinal) else { break };
				if !entries.is_empty() && bytes + line.len() > max_bytes {
					return Ok(Some(Cursor {
						position: record.position,
						entry: ordinal,
					}));
				}
				bytes += line.len();
				entries.push(InboxEntry {
					cursor: behind(record, ordinal, header.count),
					bytes: line,
					registration: header.kind == PacketKind::Registrations,
					channel: header.lane.channel,
					seller: view.trailer.seller,
					interface: header.interface.clone(),
					clause_version: view.version_of(ordinal),
					lane: header.lane,
					sequence: header.sequence,
					ordinal,
					received_at: view.trailer.at,
					answered: bits.as_ref().is_some_and(|bits| bits.get(ordinal)),
				});
			}
			Ok((bytes >= max_bytes).then_some(Cursor {
				position: record.end(),
				entry: 0,
			}))
		})?;
		Ok(InboxPage { entries, next, at_end })
	}

	pub(crate) fn channels(&self) -> Vec<ChannelView> {
		let Some(snapshot) = self.snapshot() else {
			return Vec::new();
		};
		let view = |channel: &ChannelEntry| ChannelView {
			id: channel.id,
			seller: channel.seller,
			issuer: channel.issuer,
			partner: channel.partner.id,
			partner_name: String::from_utf8_lossy(&channel.partner.name).into_owned(),
			authorisation: snapshot.authorise(channel.id),
			interfaces: channel.interfaces.iter().map(|i| (i.id.clone(), i.node)).collect(),
			products: channel.products.clone(),
			agreements: channel
				.agreements
				.iter()
				.map(|a| (a.id, a.scope.clone(), a.version))
				.collect(),
		};
		snapshot.directory.channels.iter().map(view).collect()
	}

	pub(crate) fn lanes(&self) -> Vec<LaneStatus> {
		let mut lanes = Vec::new();
		let incoming: Vec<_> = {
			let book = self.library.book.read();
			let lanes = book.lanes.iter().filter(|(_, lane)| !lane.outgoing);
			lanes
				.map(|(id, lane)| (*id, lane.packets(), lane.slots.last().map(|slot| slot.position)))
				.collect()
		};
		for (lane, packets, last) in incoming {
			let last_receipt_at = last
				.and_then(|position| self.library.view(position).ok())
				.map(|v| v.trailer.at);
			lanes.push(LaneStatus {
				lane,
				outgoing: false,
				packets,
				delivered: packets,
				in_flight: 0,
				waiting_since: None,
				waiting: None,
				last_receipt_at,
			});
		}
		for (lane, sender) in self.senders.all() {
			let (packets, delivered, in_flight, drained) = {
				let state = sender.state.lock();
				(state.cut(), state.acked(), state.in_flight() as u32, state.is_drained())
			};
			let oldest = (!drained)
				.then(|| self.library.packet(&lane, delivered).ok().flatten())
				.flatten();
			let book = self.library.book.read();
			lanes.push(LaneStatus {
				lane,
				outgoing: true,
				packets,
				delivered,
				in_flight,
				waiting_since: oldest.map(|view| view.packet.header.created_at),
				waiting: self.waiting(&sender),
				last_receipt_at: book
					.lanes
					.get(&lane)
					.and_then(|l| l.deliveries.last())
					.map(|(_, at, _)| *at),
			});
		}
		lanes.sort_by_key(|status| status.lane);
		lanes
	}

	pub(crate) fn clauses(&self, query: &ClauseQuery) -> Vec<ClausesView> {
		let Some(snapshot) = self.snapshot() else {
			return Vec::new();
		};
		let mut views = Vec::new();
		for channel in &snapshot.directory.channels {
			let agreement = match query {
				ClauseQuery::Product(id) => {
					let product = channel.products.iter().find(|p| p.id[..] == *id.as_bytes());
					let Some(product) = product else { continue };
					channel.agreement_for(product)
				}
				ClauseQuery::ProductType(name) => {
					let by_type = |scope: &Scope| matches!(scope, Scope::ProductType(t) if t[..] == *name.as_bytes());
					let known = channel.products.iter().any(|p| p.product_type[..] == *name.as_bytes());
					let typed = channel.agreements.iter().find(|a| by_type(&a.scope));
					if !known && typed.is_none() {
						continue;
					}
					typed.or_else(|| channel.agreements.iter().find(|a| a.scope == Scope::All))
				}
			};
			views.push(ClausesView {
				channel: channel.id,
				seller: channel.seller,
				issuer: channel.issuer,
				agreement: agreement.cloned(),
				at: snapshot.block,
			});
		}
		views
	}

	pub(crate) fn status(&self) -> Status {
		let snapshot = self.snapshot();
		let directory = snapshot.as_ref().map(|s| s.directory.clone());
		let known = self.chain.directory().borrow().clone();
		let keys_valid = snapshot.as_ref().is_some_and(|s| {
			s.me()
				.is_some_and(|me| me.keys.iter().any(|k| k.is_valid_at(s.block) && self.keys.holds(k)))
		});
		let (entries, unanchored, open) = {
			let book = self.library.book.read();
			let open = book.anchors.values().filter(|a| a.final_at.is_none()).count() as u32;
			(book.entries, book.unanchored.len() as u64, open)
		};
		let tail = self.log.tail();
		Status {
			peer: self.local_peer.clone(),
			node: directory.as_ref().map(|d| d.node),
			member: directory.as_ref().map(|d| d.member.id),
			member_name: directory
				.as_ref()
				.map(|d| String::from_utf8_lossy(&d.member.name).into_owned()),
			block: snapshot
				.as_ref()
				.map_or_else(|| known.map_or(0, |k| k.block), |s| s.block),
			genesis: self.genesis,
			tail: Cursor {
				position: tail,
				entry: 0,
			},
			log_bytes: tail.saturating_sub(self.library.reader().first()),
			indexed: entries,
			store_full: self.full.load(Ordering::Relaxed),
			batches_unanchored: unanchored,
			anchors_open: open,
			keys: self.keys.public(),
			keys_valid,
			unchecked_sender: self.config.unchecked_sender,
		}
	}

	pub(crate) fn directory(&self) -> Option<(BlockNumber, Arc<Directory>)> {
		self.snapshot().map(|s| (s.block, s.directory.clone()))
	}

	pub(crate) fn retry_lane(&self, lane: LaneId) -> bool {
		self.senders.retry(&lane)
	}

	/// The channels with something to send, for the off-chain worker.
	pub(crate) fn due(&self) -> Vec<sealane_primitives::courier_host::DueChannel> {
		use sealane_primitives::courier_host::DueChannel;
		let mut due: Vec<DueChannel> = Vec::new();
		for (lane, sender) in self.senders.all() {
			let (packets, closed, since) = {
				let state = sender.state.lock();
				let since = match state.obstacle() {
					Some((Obstacle::Unreachable | Obstacle::Refused, since, _)) => since,
					_ => self.clock.now_ms(),
				};
				((state.cut() - state.acked()) as u32, state.closed().is_some(), since)
			};
			if packets == 0 && !closed {
				continue;
			}
			match due.iter_mut().find(|d| d.channel == lane.channel) {
				Some(entry) => {
					entry.packets = entry.packets.saturating_add(packets);
					entry.waiting_since = entry.waiting_since.min(since);
					entry.closed |= closed;
				}
				None => due.push(DueChannel {
					channel: lane.channel,
					packets,
					waiting_since: since,
					closed,
				}),
			}
		}
		due.sort_by_key(|d| d.channel);
		due
	}
}

/// An entry that was found by its id.
struct Found {
	view: Arc<PacketView>,
	ordinal: u32,
}

/// The cursor behind an entry.
fn behind(record: &Record, ordinal: u32, count: u32) -> Cursor {
	if ordinal + 1 < count {
		Cursor {
			position: record.position,
			entry: ordinal + 1,
		}
	} else {
		Cursor {
			position: record.end(),
			entry: 0,
		}
	}
}

/// The events of a packet of answers; gives the cursor behind the last one when there are enough.
fn answer_events(
	view: &PacketView,
	record: &Record,
	begin: u32,
	limit: usize,
	events: &mut Vec<Event>,
) -> Option<Cursor> {
	let header = &view.packet.header;
	let lane = header.lane.opposite();
	if begin == 0 && view.trailer.countersignature.is_none() {
		let what = EventKind::BatchDisputed {
			lane: header.lane,
			sequence: header.sequence,
		};
		events.push(Event {
			cursor: Cursor {
				position: record.position,
				entry: 0,
			},
			at: view.trailer.at,
			what,
		});
	}
	for ordinal in begin..header.count {
		if view.trailer.skipped.binary_search(&ordinal).is_ok() {
			continue;
		}
		let (Some(entry), Some(bytes)) = (view.entries.get(ordinal as usize), view.share(ordinal)) else {
			break;
		};
		let (channel, sequence, answered) = (lane.channel, entry.sequence, entry.ordinal);
		let technical = is_technical(&bytes);
		let what = if header.kind == PacketKind::Confirmations {
			EventKind::Confirmed {
				confirmation: bytes,
				channel,
				lane,
				sequence,
				ordinal: answered,
				technical,
			}
		} else {
			EventKind::Registered {
				result: bytes,
				channel,
				lane,
				sequence,
				ordinal: answered,
				technical,
			}
		};
		let cursor = behind(record, ordinal, header.count);
		events.push(Event {
			cursor,
			at: view.trailer.at,
			what,
		});
		if events.len() >= limit {
			return Some(cursor);
		}
	}
	None
}

/// Whether an answer was made by the issuer's node. Only answers that have one of the reserved words are parsed.
fn is_technical(bytes: &[u8]) -> bool {
	let suspect = crate::order::RESERVED_REASONS
		.iter()
		.any(|w| memchr::memmem::find(bytes, w.as_bytes()).is_some());
	suspect && Confirmation::parse(bytes).is_ok_and(|c| c.is_technical())
}

/// What a record that is no packet tells.
fn note_event(record: &Record) -> Option<(u64, EventKind)> {
	let mut payload = &record.payload[..];
	match record.kind {
		kind::DELIVERED => {
			let it = Delivered::decode(&mut payload).ok()?;
			let receipt = &it.receipt.what;
			let (first_sequence, last_sequence) = (receipt.first_sequence, receipt.last_sequence);
			Some((
				it.at,
				EventKind::Delivered {
					lane: receipt.lane,
					first_sequence,
					last_sequence,
				},
			))
		}
		kind::LANE_CLOSED | kind::LANE_REOPENED => {
			let it = LaneTurned::decode(&mut payload).ok()?;
			let what = match it.refusal {
				Some(refusal) => EventKind::LaneClosed {
					lane: it.lane,
					refusal,
					at: it.block,
				},
				None => EventKind::LaneReopened {
					lane: it.lane,
					at: it.block,
				},
			};
			Some((it.at, what))
		}
		kind::ANCHOR_CUT => {
			let it = AnchorCut::decode(&mut payload).ok()?;
			let batches = it.batches.len() as u32;
			Some((
				it.at,
				EventKind::AnchorCut {
					sequence: it.sequence,
					root: it.root,
					batches,
				},
			))
		}
		kind::ANCHOR_FINAL => {
			let it = AnchorFinal::decode(&mut payload).ok().filter(|it| !it.foreign)?;
			Some((
				it.at,
				EventKind::AnchorFinalised {
					sequence: it.sequence,
					block: it.block,
				},
			))
		}
		_ => None,
	}
}
