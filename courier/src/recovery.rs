// SPDX-License-Identifier: Apache-2.0

//! From the log to the book and the index, record by record.

use crate::{
	book::Book,
	cutting::{apply_note, Note},
	error::StartError,
	library::{id_of, scope},
	protocol::PacketKind,
	records::{self, kind, Content, EntryId, PacketView, RecordError},
	store::{Index, Key, Location, LogReader, Numbers, Record},
};
use std::sync::atomic::{AtomicU64, Ordering};

/// Entries that go into the index together.
const INDEX_BATCH: usize = 4096;
/// Records put aside of which each is logged. All are counted.
const SHOWN: u64 = 16;

/// How far a log has been read at the start: others may look while it is.
#[derive(Debug, Default)]
pub struct Progress {
	done: AtomicU64,
	whole: AtomicU64,
}

impl Progress {
	/// Bytes that were read, and how many there are. The log is read twice: once to find damage, once to know what is in it.
	pub fn bytes(&self) -> (u64, u64) {
		(self.done.load(Ordering::Relaxed), self.whole.load(Ordering::Relaxed))
	}

	pub(crate) fn set(&self, done: u64, whole: u64) {
		self.whole.store(whole, Ordering::Relaxed);
		self.done.store(done.min(whole), Ordering::Relaxed);
	}
}

/// Builds book and index.
pub struct Rebuild {
	/// What is known of packets.
	pub book: Book,
	/// From the numbers of packets to positions.
	pub numbers: Numbers,
	/// From ids to packets and entries.
	pub index: Index,
	/// Orders of partners that repeat an earlier one and are not answered.
	pub copies: Vec<EntryId>,
	located: Vec<(Key, Location)>,
}

impl Rebuild {
	/// Read all of a log. `salvaged` tells that parts of it were given up, so that lanes may have gaps. A record that this version cannot
	/// interpret is put aside and counted: none stops a start. `progress` is told how far it is, as the second of two passes.
	///
	/// # Errors
	/// When a record cannot be read.
	pub fn from_log(reader: &LogReader, salvaged: bool, progress: &Progress) -> Result<Self, StartError> {
		let tail = reader.tail();
		let mut rebuild = Rebuild {
			book: Book::new(salvaged),
			numbers: Numbers::default(),
			index: Index::new(reader.meta().index_secret),
			copies: Vec::new(),
			located: Vec::with_capacity(INDEX_BATCH),
		};
		for record in reader.scan(0, tail) {
			let record = record.map_err(StartError::Read)?;
			progress.set(tail + record.position, 2 * tail);
			rebuild.enter(&record);
		}
		rebuild.flush();
		let Rebuild { book, copies, .. } = &mut rebuild;
		copies.retain(|it| {
			let slot = book.slot(&it.lane, it.sequence);
			slot.is_some_and(|slot| !slot.bits.get(it.ordinal))
		});
		Ok(rebuild)
	}

	fn enter(&mut self, record: &Record) {
		let position = record.position;
		let note = match Content::read(record.kind, &record.payload) {
			Ok(Content::PacketOut(packet)) => {
				return self.packet(&PacketView::from_record(position, packet, &record.payload), true);
			}
			Ok(Content::PacketIn(packet)) => {
				return self.packet(&PacketView::from_record(position, packet, &record.payload), false);
			}
			Ok(Content::Idempotency(it)) => return self.book.requests.answered(position, &it),
			Ok(Content::Delivered(it)) => Note::Delivered(it),
			Ok(Content::Turned(it)) => Note::Turned(it),
			Ok(Content::AnchorCut(cut)) => Note::AnchorCut(cut),
			Ok(Content::AnchorFinal(end)) => Note::AnchorFinal(end),
			Ok(Content::Completed(it)) => Note::Completed(it),
			Ok(Content::Refusals(it)) => Note::Refusals(it),
			Ok(Content::Receipts(it)) => Note::Receipts(it),
			Ok(Content::Closing(it)) => Note::Closing(it),
			Ok(Content::Closed(it)) => Note::Closed(it),
			Ok(Content::Abandoned(it)) => Note::Abandoned(it),
			Ok(Content::Judged(it)) => Note::Judged(it),
			Ok(Content::StoreSeen(it)) => Note::StoreSeen(it),
			Ok(Content::TakenOver(it)) => Note::TakenOver(it),
			Ok(Content::Regained(it)) => Note::Regained(it),
			Err(error) => return self.quarantine(record, &error),
		};
		apply_note(&mut self.book, position, &note);
	}

	fn quarantine(&mut self, record: &Record, error: &RecordError) {
		if self.book.quarantine.records < SHOWN {
			log::error!(
				target: "courier",
				"The record at position {} cannot be interpreted and is put aside: {error}",
				record.position,
			);
		}
		let place = match record.kind {
			kind::PACKET_OUT | kind::PACKET_IN => records::place(&record.payload),
			_ => None,
		};
		let place = place.map(|(lane, sequence)| (lane, sequence, record.kind == kind::PACKET_OUT));
		self.book.quarantined(record.position, &error.to_string(), place);
	}

	fn packet(&mut self, view: &PacketView, outgoing: bool) {
		let number = self.numbers.push(view.position);
		let header = &view.packet.header;
		if !header.kind.is_answer() {
			let scope = scope(view.trailer.seller, header.kind == PacketKind::Registrations);
			for i in (0..header.count).filter(|i| view.trailer.unindexed.binary_search(i).is_err()) {
				let Some(location) = Location::new(number, i) else {
					continue;
				};
				let Some(id) = view.entry(i).and_then(id_of) else {
					continue;
				};
				self.located.push((self.index.key(scope, id.as_bytes()), location));
			}
			if !outgoing {
				self.copies
					.extend(view.trailer.unindexed.iter().map(|i| view.id_of(*i)));
			}
		}
		self.book.packet(view, outgoing);
		if self.located.len() >= INDEX_BATCH {
			self.flush();
		}
	}

	fn flush(&mut self) {
		self.index.insert_many(&self.located);
		self.located.clear();
	}
}
