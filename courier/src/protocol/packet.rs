// SPDX-License-Identifier: Apache-2.0

//! Header and body of a packet.

use super::*;
use crate::api::LaneId;
use bytes::{BufMut, Bytes};
use codec::{Decode, Encode};
use sealane_primitives::{
	business::BusinessKinds,
	evidence::{Attestation, Core, Side},
	ids::{Digest, InterfaceId, Moment},
};
use sha2::Digest as _;

/// What a packet carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub enum PacketKind {
	/// Orders, cancellations included; seller to issuer.
	#[codec(index = 0)]
	Orders,
	/// Confirmations; issuer to seller.
	#[codec(index = 1)]
	Confirmations,
	/// Applications to register customers; seller to issuer.
	#[codec(index = 2)]
	Registrations,
	/// Results of registrations; issuer to seller.
	#[codec(index = 3)]
	RegistrationResults,
}

impl PacketKind {
	/// Whether entries answer entries of the opposite lane.
	pub const fn is_answer(self) -> bool {
		matches!(self, PacketKind::Confirmations | PacketKind::RegistrationResults)
	}

	/// What answers a packet of this kind; `None` for answers.
	pub const fn answer(self) -> Option<PacketKind> {
		match self {
			PacketKind::Orders => Some(PacketKind::Confirmations),
			PacketKind::Registrations => Some(PacketKind::RegistrationResults),
			_ => None,
		}
	}

	/// Length in bytes of what precedes each entry of a body.
	pub const fn prefix_len(self) -> usize {
		if self.is_answer() {
			16
		} else {
			4
		}
	}
}

/// What the sender signs. Travels inside the sealed envelope.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct PacketHeader {
	/// [`VERSION`].
	pub version: u8,
	/// The lane.
	pub lane: LaneId,
	/// Place in the lane, from 0 without gaps.
	pub sequence: u64,
	/// What the body carries.
	pub kind: PacketKind,
	/// The interface that takes or answered the entries.
	pub interface: InterfaceId,
	/// Number of entries, at least 1.
	pub count: u32,
	/// The kinds of business among the entries.
	pub kinds: BusinessKinds,
	/// Length of the body in bytes.
	pub body_len: u32,
	/// SHA-256 of the body.
	pub body_hash: Digest,
	/// When the packet was made, Unix milliseconds.
	pub created_at: Moment,
	/// Answers only: the seed of the records' salts.
	pub salt_seed: Option<[u8; 32]>,
	/// Answers only: what both sides attest for evidence.
	pub core: Option<Core>,
}

impl PacketHeader {
	/// The checks that need nothing but the header.
	pub fn check(&self) -> Result<(), WireError> {
		if self.version != VERSION {
			return Err(WireError::Version { found: self.version });
		}
		if self.count == 0 || self.count > MAX_ENTRIES {
			return Err(WireError::Count {
				what: "packet header",
				found: self.count.into(),
				rule: "1 to 65536 entries are allowed",
			});
		}
		let len = self.body_len as usize;
		if len > MAX_BODY_LEN {
			return Err(WireError::TooLong {
				what: "packet body",
				len,
				max: MAX_BODY_LEN,
			});
		}
		if !self.kinds.is_valid() || self.kinds == BusinessKinds::NONE {
			return Err(WireError::Mismatch {
				field: "kinds",
				other: "the kinds of business there are",
			});
		}
		if self.kind.is_answer() != self.salt_seed.is_some() || self.kind.is_answer() != self.core.is_some() {
			return Err(WireError::Mismatch {
				field: "salt_seed and core",
				other: "kind",
			});
		}
		Ok(())
	}
}

/// The start of a packet, and where the packet ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PacketHead {
	/// The parsed header.
	pub header: PacketHeader,
	/// The sender's signature over the header.
	pub signature: Signature,
	/// Answers only: the issuer's attestation of the core.
	pub attestation: Option<Attestation>,
	/// Length of the header.
	pub header_len: usize,
	/// Length of all that precedes the body.
	pub head_len: usize,
	/// Length of the whole packet.
	pub len: usize,
}

impl PacketHead {
	/// Parse the head of the packet at the start of `bytes`, which hold all of the packet at least.
	pub fn read(bytes: &[u8]) -> Result<Self, WireError> {
		let mut input = &bytes[..bytes.len().min(MAX_HEADER_LEN)];
		let start = input.len();
		let header = PacketHeader::decode(&mut input).map_err(|_| WireError::Undecodable { what: "packet header" })?;
		let header_len = start - input.len();
		let signature = Signature::decode(&mut input).map_err(|_| WireError::Undecodable {
			what: "packet signature",
		})?;
		header.check()?;
		let attestation = match &header.core {
			Some(_) => Some(issuers_attestation(&mut input)?),
			None => None,
		};
		let head_len = start - input.len();
		let len = head_len + header.body_len as usize;
		if bytes.len() < len {
			return Err(WireError::Truncated {
				what: "packet",
				len: bytes.len(),
				needed: len,
			});
		}
		Ok(PacketHead {
			header,
			signature,
			attestation,
			header_len,
			head_len,
			len,
		})
	}

	/// The packet at the start of `bytes`, from which this head was read.
	pub fn with(self, bytes: &Bytes) -> Packet {
		Packet {
			header: self.header,
			signature: self.signature,
			attestation: self.attestation,
			bytes: bytes.slice(..self.len),
			header_len: self.header_len,
			head_len: self.head_len,
		}
	}
}

/// A packet: header, signature, attestation, body. The header alone is what it is known by: signature and attestation may be made anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
	/// The parsed header.
	pub header: PacketHeader,
	/// The sender's signature over the header.
	pub signature: Signature,
	/// Answers only: the issuer's attestation of the core.
	pub attestation: Option<Attestation>,
	/// Header, signature, attestation and body as they are stored and sent.
	pub bytes: Bytes,
	/// Length of the header at the start of `bytes`.
	pub header_len: usize,
	/// Length of all that precedes the body.
	pub head_len: usize,
}

impl Packet {
	/// Parse one packet at the start of `bytes`; gives the packet and its length. Checks structure and lengths, not the body's
	/// hash and not the signature.
	pub fn split_from(bytes: &Bytes) -> Result<Self, WireError> {
		PacketHead::read(bytes).map(|head| head.with(bytes))
	}

	/// Put a packet together from a header, the signature over it, the issuer's attestation where the header has a core, and a body.
	pub fn assemble(header: PacketHeader, signature: Signature, attestation: Option<Attestation>, body: &[u8]) -> Self {
		let mut bytes = Vec::with_capacity(MAX_HEADER_LEN + body.len());
		header.encode_to(&mut bytes);
		let header_len = bytes.len();
		bytes.put_slice(&signature);
		if let Some(attestation) = &attestation {
			attestation.encode_to(&mut bytes);
		}
		let head_len = bytes.len();
		bytes.put_slice(body);
		Packet {
			header,
			signature,
			attestation,
			bytes: bytes.into(),
			header_len,
			head_len,
		}
	}

	/// The same packet with another signature and attestation; the bytes alone.
	pub fn signed_anew(&self, signature: &Signature, attestation: Option<&Attestation>) -> Vec<u8> {
		let mut bytes = Vec::with_capacity(self.bytes.len() + 64);
		bytes.put_slice(self.header_bytes());
		bytes.put_slice(signature);
		if let Some(attestation) = attestation {
			attestation.encode_to(&mut bytes);
		}
		bytes.put_slice(&self.bytes[self.head_len..]);
		bytes
	}

	/// The body.
	pub fn body(&self) -> Body {
		Body {
			kind: self.header.kind,
			bytes: self.bytes.slice(self.head_len..),
		}
	}

	/// The signed part: the header's bytes.
	pub fn header_bytes(&self) -> &[u8] {
		&self.bytes[..self.header_len]
	}

	/// SHA-256 of the header. The signature is no part of it: a packet that is signed anew with a newer key is the same packet.
	pub fn hash(&self) -> Digest {
		sha2::Sha256::digest(self.header_bytes()).into()
	}

	/// Whether the body is the one that the header names.
	pub fn body_matches(&self) -> bool {
		let hash: Digest = sha2::Sha256::digest(&self.bytes[self.head_len..]).into();
		hash == self.header.body_hash
	}
}

/// The attestation that travels with a packet of answers: the issuer's, who agrees to all that it answered.
fn issuers_attestation(input: &mut &[u8]) -> Result<Attestation, WireError> {
	let attestation = Attestation::decode(input).map_err(|_| WireError::Undecodable {
		what: "packet attestation",
	})?;
	if attestation.side != Side::Issuer || !attestation.excluded.is_none() {
		return Err(WireError::Mismatch {
			field: "attestation",
			other: "the issuer's side, with no record excluded",
		});
	}
	Ok(attestation)
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
