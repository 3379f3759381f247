// SPDX-License-Identifier: Apache-2.0

//! Finding things: from an id to an order, from an order to its answer. Shared by everybody; reads only.

use crate::{
	api::LaneId,
	book::Book,
	order::{is_id, Order},
	protocol::{EntryRef, PacketKind},
	records::{kind, EntryId, PacketView, RecordError},
	store::{Index, Key, Location, LogReader, Numbers, ReadError},
};
use bytes::Bytes;
use hashbrown::HashMap;
use parking_lot::{Mutex, RwLock};
use sealane_primitives::ids::MemberId;
use std::{
	borrow::Cow,
	collections::VecDeque,
	sync::{
		atomic::{AtomicU64, Ordering},
		Arc,
	},
};

/// Why something that should be in the log was not found there.
#[derive(Debug, thiserror::Error)]
pub enum LookupError {
	/// The log could not be read.
	#[error(transparent)]
	Read(#[from] ReadError),
	/// A record is not what this version writes.
	#[error(transparent)]
	Record(#[from] RecordError),
	/// Another kind of record stands there.
	#[error("the record at position {position} has kind {kind} and is no packet")]
	NoPacket {
		/// The position.
		position: u64,
		/// The kind found.
		kind: u8,
	},
}

/// Views of the packets that were looked into last.
struct Views {
	by_position: HashMap<u64, Arc<PacketView>>,
	order: VecDeque<u64>,
	bytes: usize,
	limit: usize,
}

impl Views {
	fn keep(&mut self, view: &Arc<PacketView>) {
		if self.by_position.insert(view.position, view.clone()).is_some() {
			return;
		}
		self.order.push_back(view.position);
		self.bytes += view.weight();
		while self.bytes > self.limit && self.order.len() > 1 {
			let Some(oldest) = self.order.pop_front() else { break };
			if let Some(gone) = self.by_position.remove(&oldest) {
				self.bytes -= gone.weight();
			}
		}
	}
}

/// Book, index and log in one hand.
pub struct Library {
	/// What is known of packets.
	pub book: RwLock<Book>,
	/// From ids to packets and entries.
	pub index: Index,
	/// From the numbers of packets in the index to positions.
	pub numbers: Numbers,
	/// Packets with lower numbers are in the index, all of them with all of their entries.
	indexed: AtomicU64,
	reader: LogReader,
	views: Mutex<Views>,
}

impl Library {
	/// A library over a recovered log. `cache_bytes` bounds the packets kept in memory.
	pub fn new(book: Book, index: Index, numbers: Numbers, reader: LogReader, cache_bytes: usize) -> Self {
		let views = Views {
			by_position: HashMap::new(),
			order: VecDeque::new(),
			bytes: 0,
			limit: cache_bytes,
		};
		Library {
			book: RwLock::new(book),
			index,
			indexed: AtomicU64::new(numbers.len()),
			numbers,
			reader,
			views: Mutex::new(views),
		}
	}

	/// The key of a seller's order or registration.
	pub fn key(&self, seller: MemberId, registration: bool, id: &str) -> Key {
		self.index.key(scope(seller, registration), id.as_bytes())
	}

	/// The log.
	pub fn reader(&self) -> &LogReader {
		&self.reader
	}

	/// Packets with lower numbers are found by the ids in them. What is looked up after this was read misses later packets only.
	pub fn indexed(&self) -> u64 {
		self.indexed.load(Ordering::Acquire)
	}

	/// The entries of the next packet, which is at `position`, are known from now on. Called by the writer thread alone.
	pub fn add(&self, position: u64, keys: &[(Key, u32)]) {
		let number = self.numbers.push(position);
		let located: Vec<_> = keys
			.iter()
			.filter_map(|(key, i)| Some((*key, Location::new(number, *i)?)))
			.collect();
		self.index.insert_many(&located);
		self.indexed.store(number + 1, Ordering::Release);
	}

	/// Keep a view that was just made.
	pub fn keep(&self, view: &Arc<PacketView>) {
		self.views.lock().keep(view);
	}

	/// The packet at a position.
	pub fn view(&self, position: u64) -> Result<Arc<PacketView>, LookupError> {
		if let Some(view) = self.views.lock().by_position.get(&position) {
			return Ok(view.clone());
		}
		let record = self.reader.read(position)?;
		if !matches!(record.kind, kind::PACKET_OUT | kind::PACKET_IN) {
			return Err(LookupError::NoPacket {
				position,
				kind: record.kind,
			});
		}
		let view = Arc::new(PacketView::new(position, &record.payload)?);
		self.keep(&view);
		Ok(view)
	}

	/// The packet with a sequence of a lane.
	pub fn packet(&self, lane: &LaneId, sequence: u64) -> Result<Option<Arc<PacketView>>, LookupError> {
		let position = self.book.read().slot(lane, sequence).map(|slot| slot.position);
		position.map(|position| self.view(position)).transpose()
	}

	/// The order or registration `id` whose hash is `key`.
	pub fn find(&self, key: Key, id: &str) -> Result<Option<(Arc<PacketView>, u32)>, LookupError> {
		self.find_near(key, id, &None)
	}

	/// The same, looked for in the packets from number `since` on.
	pub fn find_since(&self, key: Key, id: &str, since: u64) -> Result<Option<(Arc<PacketView>, u32)>, LookupError> {
		self.find_in(key, id, &None, since)
	}

	/// The same for many in a row, most of which are in the packet `last`.
	pub fn find_near(
		&self,
		key: Key,
		id: &str,
		last: &Option<Arc<PacketView>>,
	) -> Result<Option<(Arc<PacketView>, u32)>, LookupError> {
		self.find_in(key, id, last, 0)
	}

	fn find_in(
		&self,
		key: Key,
		id: &str,
		last: &Option<Arc<PacketView>>,
		since: u64,
	) -> Result<Option<(Arc<PacketView>, u32)>, LookupError> {
		let mut found = None;
		self.index.find(key, |entry| {
			if entry.order.number() < since {
				return Ok(false);
			}
			let Some(view) = self.at(entry.order, last)? else {
				return Ok::<_, LookupError>(false);
			};
			// The index knows hashes only.
			let is_it = view.entry(entry.order.entry()).is_some_and(|bytes| has_id(bytes, id));
			if is_it {
				found = Some((view, entry.order.entry()));
			}
			Ok(is_it)
		})?;
		Ok(found)
	}

	/// For each of many orders whether one with its id came before. Each packet is read once, in the order of the log, however the orders are
	/// sorted. Reads the disk.
	pub fn resolve(&self, suspects: &[Suspect]) -> Vec<Earlier> {
		let keys: Vec<Key> = suspects.iter().map(|suspect| suspect.key).collect();
		let mut found: Vec<(Location, usize)> = Vec::new();
		self.index
			.probe_many(&keys, |place, entry| found.push((entry.order, place)));
		found.sort_unstable();
		let mut verdicts = vec![Earlier::None; suspects.len()];
		let mut last: Option<Arc<PacketView>> = None;
		for (location, place) in found {
			if verdicts[place] != Earlier::None {
				continue;
			}
			let view = match self.at(location, &last) {
				Ok(Some(view)) => view,
				Ok(None) => continue,
				Err(error) => {
					verdicts[place] = Earlier::Unreadable(error.to_string());
					continue;
				}
			};
			let suspect = &suspects[place];
			if let Some(bytes) = view.entry(location.entry()).filter(|bytes| has_id(bytes, &suspect.id)) {
				verdicts[place] = match bytes == suspect.bytes {
					true => Earlier::Same(view.id_of(location.entry())),
					false => Earlier::Other,
				};
			}
			last = Some(view);
		}
		verdicts
	}

	/// Orders that repeat an earlier one, as recovery found them unanswered: they wait for the answer to that. Called before anybody else
	/// has the library.
	pub fn restore_copies(&self, copies: &[EntryId]) {
		for copy in copies {
			let first = self.first_of(copy);
			match first {
				Ok(Some(first)) => self.book.write().copied(first, *copy),
				Ok(None) => (),
				Err(error) => log::error!(target: "courier", "Lane {}: packet {}: {error}", copy.lane, copy.sequence),
			}
		}
	}

	fn first_of(&self, copy: &EntryId) -> Result<Option<EntryId>, LookupError> {
		let Some(view) = self.packet(&copy.lane, copy.sequence)? else {
			return Ok(None);
		};
		let Some(bytes) = view.entry(copy.ordinal) else {
			return Ok(None);
		};
		let Some(id) = id_of(bytes) else { return Ok(None) };
		let registration = view.packet.header.kind == PacketKind::Registrations;
		let found = self.find(self.key(view.trailer.seller, registration, &id), &id)?;
		let same = found.filter(|(first, ordinal)| first.entry(*ordinal) == Some(bytes));
		Ok(same.map(|(first, ordinal)| first.id_of(ordinal)))
	}

	/// The packet of a location.
	pub fn at(
		&self,
		location: Location,
		last: &Option<Arc<PacketView>>,
	) -> Result<Option<Arc<PacketView>>, LookupError> {
		let Some(position) = self.numbers.get(location.number()) else {
			return Ok(None);
		};
		match last {
			Some(view) if view.position == position => Ok(Some(view.clone())),
			_ => self.view(position).map(Some),
		}
	}

	/// The answer to an entry: the packet that carries it, and where in it.
	pub fn answer(
		&self,
		lane: &LaneId,
		sequence: u64,
		ordinal: u32,
	) -> Result<Option<(Arc<PacketView>, u32)>, LookupError> {
		self.answer_near(lane, sequence, ordinal, 0)
	}

	/// The same for many in a row: most stand at `near` or behind it.
	pub fn answer_near(
		&self,
		lane: &LaneId,
		sequence: u64,
		ordinal: u32,
		near: u32,
	) -> Result<Option<(Arc<PacketView>, u32)>, LookupError> {
		let by: Vec<u64> = match self.book.read().slot(lane, sequence) {
			Some(slot) if slot.bits.get(ordinal) => slot.answers.clone(),
			_ => return Ok(None),
		};
		for by in by {
			let Some(view) = self.packet(&lane.opposite(), by)? else {
				continue;
			};
			let (before, behind) = view.entries.split_at(view.entries.len().min(near as usize));
			let it = |e: &EntryRef| e.sequence == sequence && e.ordinal == ordinal;
			let at = behind.iter().position(it).map(|at| at + before.len());
			let at = at.or_else(|| before.iter().position(it)).map(|at| at as u32);
			if let Some(at) = at.filter(|at| view.trailer.skipped.binary_search(at).is_err()) {
				return Ok(Some((view, at)));
			}
		}
		Ok(None)
	}
}

/// An order whose id may have been used before.
#[derive(Clone, Debug)]
pub struct Suspect {
	/// Hash of its id.
	pub key: Key,
	/// Its id.
	pub id: String,
	/// Its bytes.
	pub bytes: Bytes,
}

/// Whether an id was used before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Earlier {
	/// It is new.
	None,
	/// By the same bytes, there.
	Same(EntryId),
	/// By other bytes.
	Other,
	/// The earlier order cannot be read.
	Unreadable(String),
}

/// Ids of different sellers, and orders and registrations, do not meet.
pub fn scope(seller: MemberId, registration: bool) -> u64 {
	u64::from(seller) | u64::from(registration) << 32
}

/// The id of the order or registration in `line`; `None` where it cannot be read.
///
/// Most producers write the id first; then nothing need be parsed. That is exact: a line with two ids is never accepted.
pub fn id_of(line: &[u8]) -> Option<Cow<'_, str>> {
	if let Some(rest) = line.strip_prefix(b"{\"id\":\"") {
		if let Some(end) = memchr::memchr2(b'"', b'\\', rest).filter(|end| rest[*end] == b'"') {
			let id = std::str::from_utf8(&rest[..end]).ok();
			return id.filter(|id| is_id(id)).map(Cow::Borrowed);
		}
	}
	Order::parse_registration(line).ok().map(|order| order.id)
}

/// Whether the order or registration in `line` has this id.
pub fn has_id(line: &[u8], id: &str) -> bool {
	id_of(line).is_some_and(|found| found == id)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn id_is_found_wherever_it_stands() {
		let rest = r#""kind":"dividend_method","product":"P","placed_at":"2025-11-24T10:00:00Z""#;
		assert!(has_id(format!(r#"{{"id":"A",{rest}}}"#).as_bytes(), "A"));
		assert!(!has_id(format!(r#"{{"id":"AB",{rest}}}"#).as_bytes(), "A"));
		assert!(has_id(format!(r#"{{{rest},"id":"A"}}"#).as_bytes(), "A"));
		assert!(has_id(format!(r#"{{"id":"\u0041",{rest}}}"#).as_bytes(), "A"));
		assert!(!has_id(
			format!(r#"{{{rest},"id":"B","details":{{"id":"A"}}}}"#).as_bytes(),
			"A"
		));
	}
}
