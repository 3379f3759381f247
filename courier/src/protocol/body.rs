// SPDX-License-Identifier: Apache-2.0

//! The body of a packet: its entries, and the hash that stands for them in the header.
//!
//! An entry is hashed once, by [`evidence::entry`](sealane_primitives::evidence::entry): the body's hash, a record's leaf and what evidence shows of the
//! entry are all made of that hash.

use super::{PacketKind, WireError, MAX_ENTRY_LEN};
use bytes::Bytes;
use sealane_primitives::{evidence::entry::entry_hash, ids::Digest};
use sha2::Digest as _;

/// Domain tag of a body's hash.
const BODY_TAG: &[u8] = b"sealane/2/body";

/// Hashes a body, entry by entry: `SHA-256("sealane/2/body" ‖ entry hashes)`, where before each hash of an answer stand the sequence (u64 LE) and the
/// ordinal (u32 LE) of what it answers.
pub struct BodyHasher {
	kind: PacketKind,
	seed: [u8; 32],
	hash: sha2::Sha256,
	hashes: Vec<Digest>,
}

impl BodyHasher {
	/// For a body of `kind` with about `count` entries in a packet with this seed.
	pub fn new(kind: PacketKind, seed: &[u8; 32], count: usize) -> Self {
		let mut hash = sha2::Sha256::new();
		hash.update(BODY_TAG);
		BodyHasher {
			kind,
			seed: *seed,
			hash,
			hashes: Vec::with_capacity(count),
		}
	}

	/// The next entry. `sequence` and `ordinal` are what it answers, and count for answers alone.
	pub fn push(&mut self, sequence: u64, ordinal: u32, entry: &[u8]) {
		let hash = entry_hash(entry, &self.seed, self.hashes.len() as u32);
		if self.kind.is_answer() {
			self.hash.update(sequence.to_le_bytes());
			self.hash.update(ordinal.to_le_bytes());
		}
		self.hash.update(hash);
		self.hashes.push(hash);
	}

	/// The body's hash, and those of its entries.
	pub fn finish(self) -> (Digest, Vec<Digest>) {
		(self.hash.finalize().into(), self.hashes)
	}
}

/// The hash of a body with these entries, and theirs.
pub fn hash_body(kind: PacketKind, seed: &[u8; 32], body: &[u8], entries: &[EntryRef]) -> (Digest, Vec<Digest>) {
	let mut hasher = BodyHasher::new(kind, seed, entries.len());
	for entry in entries {
		hasher.push(entry.sequence, entry.ordinal, &body[entry.start..entry.end]);
	}
	hasher.finish()
}

/// One entry of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryRef {
	/// Answers only: sequence of the packet in the opposite lane that is answered, else 0.
	pub sequence: u64,
	/// Answers only: entry in that packet, else 0.
	pub ordinal: u32,
	/// Where the entry's bytes start in the body.
	pub start: usize,
	/// Where they end.
	pub end: usize,
}

/// A packet's body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
	kind: PacketKind,
	bytes: Bytes,
}

impl Body {
	/// A body of `kind` in `bytes`; nothing is checked yet.
	pub fn new(kind: PacketKind, bytes: Bytes) -> Self {
		Body { kind, bytes }
	}

	/// All bytes.
	pub fn bytes(&self) -> &Bytes {
		&self.bytes
	}

	/// The bytes of an entry.
	pub fn slice(&self, entry: &EntryRef) -> &[u8] {
		&self.bytes[entry.start..entry.end]
	}

	/// The bytes of an entry, sharing the packet's allocation.
	pub fn share(&self, entry: &EntryRef) -> Bytes {
		self.bytes.slice(entry.start..entry.end)
	}

	/// The entries, in order. Ends at the first one that is not whole; check a body from outside with
	/// [`Body::entries_checked`] first.
	pub fn entries(&self) -> Entries<'_> {
		Entries {
			kind: self.kind,
			bytes: &self.bytes,
			at: 0,
		}
	}

	/// The entries of a body from outside: exactly `count`, each whole and of a length between 1 and
	/// [`MAX_ENTRY_LEN`], nothing behind them.
	pub fn entries_checked(&self, count: u32) -> Result<Vec<EntryRef>, WireError> {
		entries_checked(self.kind, &self.bytes, count)
	}
}

/// The entries of a body of `kind`; see [`Body::entries_checked`].
pub fn entries_checked(kind: PacketKind, body: &[u8], count: u32) -> Result<Vec<EntryRef>, WireError> {
	let most = body.len() / (kind.prefix_len() + 1);
	if count as usize > most {
		return Err(WireError::Count {
			what: "packet body",
			found: count.into(),
			rule: "more entries than its length can hold",
		});
	}
	let mut entries = Vec::with_capacity(count as usize);
	let mut iter = Entries {
		kind,
		bytes: body,
		at: 0,
	};
	for _ in 0..count {
		entries.push(iter.next_checked()?);
	}
	match body.len() - iter.at {
		0 => Ok(entries),
		extra => Err(WireError::Trailing {
			what: "packet body",
			extra,
		}),
	}
}

/// The rule that each entry keeps, whoever made it: before it is written and when it is read.
fn check_entry_len(len: usize) -> Result<(), WireError> {
	if len == 0 || len > MAX_ENTRY_LEN {
		return Err(WireError::Count {
			what: "entry",
			found: len as u64,
			rule: "its length must be 1 to 65536 bytes",
		});
	}
	Ok(())
}

/// Iterator over the entries of a body.
#[derive(Clone, Debug)]
pub struct Entries<'a> {
	kind: PacketKind,
	bytes: &'a [u8],
	at: usize,
}

impl Entries<'_> {
	fn next_checked(&mut self) -> Result<EntryRef, WireError> {
		let prefix = self.kind.prefix_len();
		let rest = &self.bytes[self.at.min(self.bytes.len())..];
		if rest.len() < prefix {
			return Err(WireError::Truncated {
				what: "entry",
				len: rest.len(),
				needed: prefix,
			});
		}
		let word = |at: usize| u32::from_le_bytes([rest[at], rest[at + 1], rest[at + 2], rest[at + 3]]);
		let (sequence, ordinal, len) = if self.kind.is_answer() {
			(
				u64::from(word(0)) | u64::from(word(4)) << 32,
				word(8),
				word(12) as usize,
			)
		} else {
			(0, 0, word(0) as usize)
		};
		check_entry_len(len)?;
		if rest.len() - prefix < len {
			return Err(WireError::Truncated {
				what: "entry",
				len: rest.len(),
				needed: prefix + len,
			});
		}
		let start = self.at + prefix;
		self.at = start + len;
		Ok(EntryRef {
			sequence,
			ordinal,
			start,
			end: self.at,
		})
	}
}

impl Iterator for Entries<'_> {
	type Item = EntryRef;

	fn next(&mut self) -> Option<EntryRef> {
		if self.at >= self.bytes.len() {
			return None;
		}
		self.next_checked().ok()
	}
}

/// Append an order or a registration to a body.
///
/// # Errors
/// [`WireError::Count`] for an entry that no receiver takes; the body is as it was then.
pub fn push_entry(body: &mut Vec<u8>, bytes: &[u8]) -> Result<(), WireError> {
	check_entry_len(bytes.len())?;
	body.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
	body.extend_from_slice(bytes);
	Ok(())
}

/// Append an answer to a body.
///
/// # Errors
/// [`WireError::Count`] for an entry that no receiver takes; the body is as it was then.
pub fn push_answer(body: &mut Vec<u8>, sequence: u64, ordinal: u32, bytes: &[u8]) -> Result<(), WireError> {
	check_entry_len(bytes.len())?;
	body.extend_from_slice(&sequence.to_le_bytes());
	body.extend_from_slice(&ordinal.to_le_bytes());
	body.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
	body.extend_from_slice(bytes);
	Ok(())
}
