// SPDX-License-Identifier: Apache-2.0

//! The bytes of the log: segment header, group header, record frame. Pure code, no input or output.
//!
//! ```text
//! segment   magic[8] "SEALSEG1" ‖ u32 version ‖ u32 zero ‖ store id[16] ‖ u64 first position ‖ marker[8] ‖ zero[12] ‖ u32 CRC-32C
//! record    u32 payload length ‖ u32 CRC-32C of kind and payload ‖ u8 kind ‖ payload
//! group     a record of kind 0 whose payload is marker[8] ‖ u64 its own position ‖ u32 bytes that follow ‖ u32 records that follow
//! ```
//!
//! All integers are little endian. Nine zero bytes are never a record (the CRC-32C of the single byte 0 is not 0), so a
//! prepared but unwritten part of a segment reads as vacant.

use bytes::Bytes;
use std::fmt;

/// A place in the log: the number of bytes written before it since the store was made, segment headers included.
pub type Position = u64;

/// Bytes in front of every payload.
pub const RECORD_HEADER_BYTES: usize = 9;
/// Largest payload of one record. Four times what a packet with its header may have.
pub const MAX_PAYLOAD_BYTES: usize = 4 << 20;
/// The kind of group headers. Not available to callers.
pub const GROUP_KIND: u8 = 0;

pub(super) const SEGMENT_HEADER_BYTES: usize = 64;
pub(super) const GROUP_HEADER_BYTES: usize = RECORD_HEADER_BYTES + GROUP_PAYLOAD_BYTES;
/// Bound on what one group may claim to hold; the writer's queue keeps groups far below it.
pub(super) const MAX_GROUP_BYTES: usize = 256 << 20;
const GROUP_PAYLOAD_BYTES: usize = 24;
const SEGMENT_MAGIC: [u8; 8] = *b"SEALSEG1";
const SEGMENT_VERSION: u32 = 1;

/// Random bytes of one segment that its group headers repeat. They never leave the node, so nobody who can choose a payload can
/// make that payload look like a group header.
pub(super) type Marker = [u8; 8];

/// Which store a file belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct StoreId(pub [u8; 16]);

impl fmt::Debug for StoreId {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "StoreId({})", hex::encode(self.0))
	}
}

/// One record as read from the log. Its payload shares memory with the buffer it was read into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
	/// Where it begins.
	pub position: Position,
	/// What it is; 1–255, given by the caller.
	pub kind: u8,
	/// What the caller stored.
	pub payload: Bytes,
}

impl Record {
	/// The position behind this record: where a scan goes on.
	pub fn end(&self) -> Position {
		self.position + (RECORD_HEADER_BYTES + self.payload.len()) as u64
	}
}

/// Why bytes at a position are not what was written there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
	/// The file ends before the record does.
	#[error("needs {needed} bytes where {available} are left")]
	Short {
		/// Bytes that the record claims to have.
		needed: u64,
		/// Bytes that are there.
		available: u64,
	},
	/// The length field cannot be true.
	#[error("payload length {length} is above the limit of {limit}")]
	Length {
		/// What the field says, in bytes.
		length: u64,
		/// The largest length that is written, in bytes.
		limit: u64,
	},
	/// The checksum differs.
	#[error("checksum is {computed:08x}, the record says {stored:08x}")]
	Checksum {
		/// CRC-32C in the record.
		stored: u32,
		/// CRC-32C of what is there.
		computed: u32,
	},
	/// A group header was expected and something else is there.
	#[error("no group header: {0}")]
	Group(&'static str),
	/// Zeros where a record was expected.
	#[error("nothing is written there")]
	Vacant,
}

/// What stands at the front of a byte string.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Frame {
	/// A whole record with a right checksum: its kind and its length with header, in bytes.
	Whole { kind: u8, bytes: usize },
	/// The record goes on behind the given bytes; this many are needed.
	Partial { needed: usize },
	/// Zeros: nothing was written here.
	Vacant,
	/// Not what was written.
	Damaged(Damage),
}

/// Reads the record at the front of `bytes`; `verify` is false where the bytes never left memory.
pub(super) fn parse(bytes: &[u8], verify: bool) -> Frame {
	let Some((head, rest)) = bytes.split_first_chunk::<RECORD_HEADER_BYTES>() else {
		return Frame::Partial {
			needed: RECORD_HEADER_BYTES,
		};
	};
	if *head == [0; RECORD_HEADER_BYTES] {
		return Frame::Vacant;
	}
	let length = u32_at(head, 0) as usize;
	let stored = u32_at(head, 4);
	if length > MAX_PAYLOAD_BYTES {
		return Frame::Damaged(Damage::Length {
			length: length as u64,
			limit: MAX_PAYLOAD_BYTES as u64,
		});
	}
	let total = RECORD_HEADER_BYTES + length;
	if rest.len() < length {
		return Frame::Partial { needed: total };
	}
	if verify {
		let computed = crc32c::crc32c(&bytes[8..total]);
		if computed != stored {
			return Frame::Damaged(Damage::Checksum { stored, computed });
		}
	}
	Frame::Whole {
		kind: head[8],
		bytes: total,
	}
}

/// Fills in the header of the record that occupies all of `record`: nine reserved bytes, then the payload.
pub(super) fn seal(record: &mut [u8], kind: u8) {
	let length = (record.len() - RECORD_HEADER_BYTES) as u32;
	record[8] = kind;
	let crc = crc32c::crc32c(&record[8..]);
	record[0..4].copy_from_slice(&length.to_le_bytes());
	record[4..8].copy_from_slice(&crc.to_le_bytes());
}

/// What stands in front of every group of records that one `fdatasync` covered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct GroupHeader {
	pub position: Position,
	/// Bytes of the records behind this header.
	pub bytes: u32,
	/// Number of the records behind this header; 0 marks an orderly close.
	pub records: u32,
}

impl GroupHeader {
	/// Writes the header into the first [`GROUP_HEADER_BYTES`] of `out`.
	pub(super) fn write(&self, marker: &Marker, out: &mut [u8]) {
		let payload = &mut out[RECORD_HEADER_BYTES..GROUP_HEADER_BYTES];
		payload[0..8].copy_from_slice(marker);
		payload[8..16].copy_from_slice(&self.position.to_le_bytes());
		payload[16..20].copy_from_slice(&self.bytes.to_le_bytes());
		payload[20..24].copy_from_slice(&self.records.to_le_bytes());
		seal(&mut out[..GROUP_HEADER_BYTES], GROUP_KIND);
	}

	/// Reads the header at the front of `bytes`, which stand at `position` of a segment with this `marker`.
	pub(super) fn read(bytes: &[u8], marker: &Marker, position: Position) -> Result<Self, Damage> {
		match parse(bytes, true) {
			Frame::Whole {
				kind: GROUP_KIND,
				bytes: GROUP_HEADER_BYTES,
			} => {}
			Frame::Whole { .. } => return Err(Damage::Group("another record stands there")),
			Frame::Partial { needed } => {
				return Err(Damage::Short {
					needed: needed as u64,
					available: bytes.len() as u64,
				})
			}
			Frame::Vacant => return Err(Damage::Vacant),
			Frame::Damaged(damage) => return Err(damage),
		}
		let payload = &bytes[RECORD_HEADER_BYTES..GROUP_HEADER_BYTES];
		if payload[0..8] != marker[..] {
			return Err(Damage::Group("it belongs to another segment"));
		}
		let header = Self {
			position: u64_at(payload, 8),
			bytes: u32_at(payload, 16),
			records: u32_at(payload, 20),
		};
		if header.position != position {
			return Err(Damage::Group("it belongs to another position"));
		}
		if header.bytes as usize > MAX_GROUP_BYTES {
			return Err(Damage::Length {
				length: header.bytes as u64,
				limit: MAX_GROUP_BYTES as u64,
			});
		}
		Ok(header)
	}

	/// The position behind the group.
	pub(super) fn end(&self) -> Position {
		self.position + GROUP_HEADER_BYTES as u64 + self.bytes as u64
	}
}

/// The first bytes of every segment file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SegmentHeader {
	pub store: StoreId,
	pub first: Position,
	pub marker: Marker,
}

impl SegmentHeader {
	pub(super) fn encode(&self) -> [u8; SEGMENT_HEADER_BYTES] {
		let mut out = [0; SEGMENT_HEADER_BYTES];
		out[0..8].copy_from_slice(&SEGMENT_MAGIC);
		out[8..12].copy_from_slice(&SEGMENT_VERSION.to_le_bytes());
		out[16..32].copy_from_slice(&self.store.0);
		out[32..40].copy_from_slice(&self.first.to_le_bytes());
		out[40..48].copy_from_slice(&self.marker);
		let crc = crc32c::crc32c(&out[..60]);
		out[60..64].copy_from_slice(&crc.to_le_bytes());
		out
	}

	pub(super) fn decode(bytes: &[u8; SEGMENT_HEADER_BYTES]) -> Result<Self, Damage> {
		let stored = u32_at(bytes, 60);
		let computed = crc32c::crc32c(&bytes[..60]);
		if stored != computed {
			return Err(Damage::Checksum { stored, computed });
		}
		if bytes[0..8] != SEGMENT_MAGIC || u32_at(bytes, 8) != SEGMENT_VERSION {
			return Err(Damage::Group("the segment is of another version of this software"));
		}
		let mut store = StoreId([0; 16]);
		store.0.copy_from_slice(&bytes[16..32]);
		let mut marker = Marker::default();
		marker.copy_from_slice(&bytes[40..48]);
		Ok(Self {
			store,
			first: u64_at(bytes, 32),
			marker,
		})
	}
}

/// Little-endian `u32` at `at`; the caller has checked the length.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
	let mut word = [0; 4];
	word.copy_from_slice(&bytes[at..at + 4]);
	u32::from_le_bytes(word)
}

/// Little-endian `u64` at `at`; the caller has checked the length.
pub(super) fn u64_at(bytes: &[u8], at: usize) -> u64 {
	let mut word = [0; 8];
	word.copy_from_slice(&bytes[at..at + 8]);
	u64::from_le_bytes(word)
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	fn framed(kind: u8, payload: &[u8]) -> Vec<u8> {
		let mut record = vec![0; RECORD_HEADER_BYTES];
		record.extend_from_slice(payload);
		seal(&mut record, kind);
		record
	}

	#[test]
	fn the_format_is_what_it_was() {
		assert_eq!(hex::encode(framed(3, b"sealane")), "07000000bf5ff6a4037365616c616e65");
		let mut group = [0; GROUP_HEADER_BYTES];
		GroupHeader {
			position: 64,
			bytes: 16,
			records: 1,
		}
		.write(b"marker!!", &mut group);
		assert_eq!(
			&group[8..],
			&[
				&[0u8][..],
				b"marker!!",
				&64u64.to_le_bytes(),
				&[16, 0, 0, 0, 1, 0, 0, 0]
			]
			.concat()[..]
		);
		let header = SegmentHeader {
			store: StoreId([7; 16]),
			first: 4096,
			marker: *b"marker!!",
		};
		assert_eq!(SegmentHeader::decode(&header.encode()), Ok(header));
	}

	#[test]
	fn zeros_are_no_record() {
		assert_eq!(parse(&[0; 64], true), Frame::Vacant);
		assert_ne!(framed(0, b""), vec![0; RECORD_HEADER_BYTES]);
	}

	proptest! {
		#[test]
		fn every_flipped_bit_is_found(kind in 1u8.., payload in proptest::collection::vec(any::<u8>(), 0..200), at in any::<prop::sample::Index>()) {
			let whole = framed(kind, &payload);
			prop_assert_eq!(parse(&whole, true), Frame::Whole { kind, bytes: whole.len() });
			let bit = at.index(whole.len() * 8);
			let mut flipped = whole.clone();
			flipped[bit / 8] ^= 1 << (bit % 8);
			let found = parse(&flipped, true);
			let is_whole = matches!(found, Frame::Whole { .. });
			prop_assert!(!is_whole, "{:?}", found);
		}

		#[test]
		fn every_prefix_is_partial(payload in proptest::collection::vec(any::<u8>(), 1..200), at in any::<prop::sample::Index>()) {
			let whole = framed(9, &payload);
			let length = at.index(whole.len());
			let found = parse(&whole[..length], true);
			let is_partial = matches!(found, Frame::Partial { .. });
			prop_assert!(is_partial);
		}
	}
}
