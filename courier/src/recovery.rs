// SPDX-License-Identifier: Apache-2.0

//! From the log to the book and the index, record by record.

use crate::{
	api::LaneId,
	book::Book,
	cutting::{apply_note, Note},
	error::StartError,
	library::{id_of, scope},
	protocol::PacketKind,
	records::{self, kind, PacketView},
	store::{Index, Key, Location, LogReader, Numbers, Record},
};
use codec::Decode;
use hashbrown::HashMap;
use sealane_primitives::ids::AnchorSequence;

/// Entries that go into the index together.
const INDEX_BATCH: usize = 4096;

/// Builds book and index.
pub struct Rebuild {
	/// What is known of packets.
	pub book: Book,
	/// From the numbers of packets to positions.
	pub numbers: Numbers,
	/// From ids to packets and entries.
	pub index: Index,
	located: Vec<(Key, Location)>,
	batches: HashMap<AnchorSequence, Vec<(LaneId, u64)>>,
}

impl Rebuild {
	/// Read all of a log. `salvaged` tells that parts of it were given up, so that lanes may have gaps.
	///
	/// # Errors
	/// When a record cannot be read, or is not what this version writes.
	pub fn from_log(reader: &LogReader, salvaged: bool) -> Result<Self, StartError> {
		let mut rebuild = Rebuild {
			book: Book::new(salvaged),
			numbers: Numbers::default(),
			index: Index::new(reader.meta().index_secret),
			located: Vec::with_capacity(INDEX_BATCH),
			batches: HashMap::new(),
		};
		for record in reader.scan(0, reader.tail()) {
			let record = record.map_err(StartError::Read)?;
			let position = record.position;
			rebuild
				.enter(record)
				.map_err(|what| StartError::Record { position, what })?;
		}
		rebuild.flush();
		Ok(rebuild)
	}

	fn enter(&mut self, record: Record) -> Result<(), String> {
		fn read<T: Decode>(record: &Record) -> Result<T, String> {
			T::decode(&mut &record.payload[..]).map_err(|e| e.to_string())
		}
		let note = match record.kind {
			kind::PACKET_OUT | kind::PACKET_IN => {
				let view = PacketView::new(record.position, &record.payload).map_err(|e| e.to_string())?;
				self.packet(&view, record.kind == kind::PACKET_OUT);
				return Ok(());
			}
			kind::DELIVERED => Note::Delivered(read(&record)?),
			kind::LANE_CLOSED | kind::LANE_REOPENED => Note::Turned(read(&record)?),
			kind::ANCHOR_CUT => {
				let cut: records::AnchorCut = read(&record)?;
				self.batches.insert(cut.sequence, cut.batches.clone());
				Note::AnchorCut(cut)
			}
			kind::ANCHOR_FINAL => {
				let end: records::AnchorFinal = read(&record)?;
				let batches = self.batches.remove(&end.sequence).unwrap_or_default();
				Note::AnchorFinal(end, batches)
			}
			kind::RECEIPTS_SETTLED => Note::Receipts(read(&record)?),
			kind::IDEMPOTENCY => {
				self.book.answered(read(&record)?);
				return Ok(());
			}
			// A later version's record that this one can do without would have another name for it.
			other => return Err(format!("kind {other} is not known")),
		};
		apply_note(&mut self.book, record.position, &note);
		Ok(())
	}

	fn packet(&mut self, view: &PacketView, outgoing: bool) {
		let number = self.numbers.push(view.position);
		let header = &view.packet.header;
		if !header.kind.is_answer() {
			let scope = scope(view.trailer.seller, header.kind == PacketKind::Registrations);
			for i in (0..header.count).filter(|i| view.trailer.repeats.binary_search(i).is_err()) {
				let Some(location) = Location::new(number, i) else {
					continue;
				};
				let Some(id) = view.entry(i).and_then(id_of) else {
					continue;
				};
				self.located.push((self.index.key(scope, id.as_bytes()), location));
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
