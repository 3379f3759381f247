// SPDX-License-Identifier: Apache-2.0

//! Events and the inbox: the log, read from a cursor on.

use crate::service::Courier;
use crate::{
	api::*,
	library::LookupError,
	order::{Confirmation, RESERVED_REASONS},
	protocol::PacketKind,
	records::{
		kind, Abandoned, AnchorCut, AnchorEnd, AnchorFinal, Completed, Delivered, LaneTurned, PacketView, Refusals,
	},
	store::Record,
};
use codec::Decode;
use memchr::memmem::Finder;
use std::sync::{Arc, LazyLock};

/// Bytes of the log that one read of events or of the inbox looks at. A page may be empty for that, and goes on from its cursor.
const SCAN_BYTES: u64 = 32 * 1024 * 1024;
/// Cursors that are known to be good.
const KNOWN_CURSORS: usize = 256;

impl Courier {
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

	/// The packet in a record; `None` for one that recovery would put aside, which has no effect and must not stop who reads on.
	fn readable(&self, record: &Record) -> Result<Option<Arc<PacketView>>, ReadError> {
		match self.library.view(record.position) {
			Ok(view) => Ok(Some(view)),
			Err(LookupError::Record(_)) => Ok(None),
			Err(error) => Err(error.into()),
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
				let Some(view) = self.readable(record)? else {
					return Ok(None);
				};
				if view.packet.header.kind.is_answer() {
					return Ok(answer_events(&view, record, begin, limit, &mut events));
				}
			} else {
				unsigned_events(record, &mut events);
				if let Some((at, what)) = note_event(record) {
					events.push(Event {
						cursor: behind,
						at,
						what,
					});
				}
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
			let Some(view) = self.readable(record)? else {
				return Ok(None);
			};
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
	if begin == 0 && view.trailer.attestation.is_none() {
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
	// Made once: making one costs more than a search in so few bytes.
	static RESERVED: LazyLock<[Finder<'static>; 2]> = LazyLock::new(|| RESERVED_REASONS.map(Finder::new));
	let suspect = RESERVED.iter().any(|word| word.find(bytes).is_some());
	suspect && Confirmation::parse(bytes).is_ok_and(|c| c.is_technical())
}

/// The events of batches that the partner has and did not sign. They come before the delivery, so that acknowledging one leaves none out.
fn unsigned_events(record: &Record, events: &mut Vec<Event>) {
	if record.kind != kind::DELIVERED {
		return;
	}
	let Ok(it) = Delivered::decode(&mut &record.payload[..]) else {
		return;
	};
	for (sequence, why) in it.unsigned {
		events.push(Event {
			cursor: Cursor {
				position: record.position,
				entry: 0,
			},
			at: it.at,
			what: EventKind::BatchUnsigned {
				lane: it.receipt.what.lane,
				sequence,
				reason: why.code(),
			},
		});
	}
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
		kind::REFUSALS => {
			let it = Refusals::decode(&mut payload).ok()?;
			let what = RefusalState::from(&it);
			let (lane, sequence) = (it.lane, it.sequence);
			Some((it.at, EventKind::Refused { lane, sequence, what }))
		}
		kind::ABANDONED => {
			let it = Abandoned::decode(&mut payload).ok()?;
			let what = EventKind::BlockAbandoned {
				lane: it.lane,
				first_sequence: it.first,
				last_sequence: it.last,
				block: it.block,
			};
			Some((it.at, what))
		}
		kind::COMPLETED => {
			let it = Completed::decode(&mut payload).ok()?;
			let (lane, sequence) = (it.lane, it.sequence);
			Some((it.at, EventKind::BatchCompleted { lane, sequence }))
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
			let it = AnchorFinal::decode(&mut payload).ok()?;
			if it.how != AnchorEnd::Final {
				return None;
			}
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
