// SPDX-License-Identifier: Apache-2.0

//! The packet: header, signature, attestation, and a body.

use super::{
	body::{entries_checked, hash_body, Body, EntryRef},
	*,
};
use crate::api::LaneId;
use bounded_collections::{BoundedVec, ConstU32};
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
	/// `SUITE`.
	pub suite: u8,
	/// The lane.
	pub lane: LaneId,
	/// Place in the lane, from 0 without gaps.
	pub sequence: u64,
	/// [`Packet::hash`] of the packet before it in the lane; zeros for the first one, and where its sender has lost that packet. So a signature covers
	/// all that was sent on the lane before.
	pub previous: Digest,
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
	/// Hash over the entries' hashes, see [`BodyHasher`](super::body::BodyHasher).
	pub body_hash: Digest,
	/// When the packet was made, Unix milliseconds.
	pub created_at: Moment,
	/// Random: what the entries' salts are made of, and those of the records of a packet of answers.
	pub seed: [u8; 32],
	/// Answers only: what both sides attest for evidence.
	pub core: Option<Core>,
	/// What later versions add: carried, and not interpreted.
	pub extensions: Extensions,
}

/// Most extensions of a header.
pub const MAX_EXTENSIONS: u32 = 8;
/// Longest extension of a header, in bytes.
pub const MAX_EXTENSION_LEN: u32 = 64;

/// Extensions of a header: number and bytes. Those that a node does not know are kept and ignored.
pub type Extensions = BoundedVec<(u16, BoundedVec<u8, ConstU32<MAX_EXTENSION_LEN>>), ConstU32<MAX_EXTENSIONS>>;

impl PacketHeader {
	/// The checks that need nothing but the header.
	pub fn check(&self) -> Result<(), WireError> {
		if self.version != VERSION {
			return Err(WireError::Version { found: self.version });
		}
		if self.suite != SUITE {
			return Err(WireError::Suite { found: self.suite });
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
		if self.kind.is_answer() != self.core.is_some() {
			return Err(WireError::Mismatch {
				field: "core",
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
		Body::new(self.header.kind, self.bytes.slice(self.head_len..))
	}

	/// The signed part: the header's bytes.
	pub fn header_bytes(&self) -> &[u8] {
		&self.bytes[..self.header_len]
	}

	/// `SHA-256("sealane/2/header" ‖ header)`. The signature is no part of it: a packet that is signed anew with a newer key is the same packet.
	pub fn hash(&self) -> Digest {
		header_hash(self.header_bytes())
	}

	/// The entries, and their hashes, where the body is the one that the header names.
	///
	/// # Errors
	/// What is wrong with the body.
	pub fn checked_body(&self) -> Result<(Vec<EntryRef>, Vec<Digest>), WireError> {
		let (header, body) = (&self.header, &self.bytes[self.head_len..]);
		let entries = entries_checked(header.kind, body, header.count)?;
		let (hash, hashes) = hash_body(header.kind, &header.seed, body, &entries);
		if hash != header.body_hash {
			return Err(WireError::Mismatch {
				field: "body",
				other: "body_hash of the header",
			});
		}
		Ok((entries, hashes))
	}
}

/// Domain tag of a header's hash.
const HEADER_TAG: &[u8] = b"sealane/2/header";

/// See [`Packet::hash`].
pub fn header_hash(header: &[u8]) -> Digest {
	let mut hash = sha2::Sha256::new();
	hash.update(HEADER_TAG);
	hash.update(header);
	hash.finalize().into()
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
