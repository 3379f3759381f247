// SPDX-License-Identifier: Apache-2.0

//! What one request carries: consecutive packets of one lane, sealed to the receiver.
//!
//! ```text
//! 0   version        u8
//! 1   suite          u8             which AEAD
//! 2   lane           3 × u32 LE     channel, from, to
//! 14  first_sequence u64 LE
//! 22  count          u16 LE
//! 24  sealing_key    [u8; 8]        first bytes of the receiver's X25519 key
//! 32  enc            [u8; 32]       HPKE encapsulated key
//! 64  ciphertext     … ‖ 16 bytes of tag
//! ```
//! The first 32 bytes are the additional data of the seal.

use super::{
	packet::Packet,
	seal::{self, Suite},
	WireError, MAX_PACKETS, MAX_PLAINTEXT_LEN, VERSION,
};
use crate::{api::LaneId, keys::SealingKey, random::Random};
use bytes::Bytes;
use sealane_primitives::ids::Digest;

/// Length of the part in the clear that is authenticated.
pub const HEAD_LEN: usize = 32;
/// Length of everything before the ciphertext.
pub const PREFIX_LEN: usize = HEAD_LEN + seal::ENC_LEN;
/// Shortest envelope, in bytes.
pub const MIN_LEN: usize = PREFIX_LEN + seal::TAG_LEN + 1;
/// Longest envelope, in bytes.
pub const MAX_LEN: usize = PREFIX_LEN + MAX_PLAINTEXT_LEN + seal::TAG_LEN;

/// The part in the clear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnvelopeHead {
	/// AEAD of the seal.
	pub suite: Suite,
	/// The lane.
	pub lane: LaneId,
	/// Sequence of the first packet.
	pub first_sequence: u64,
	/// Number of packets, 1 to [`MAX_PACKETS`].
	pub count: u16,
	/// First bytes of the receiver's X25519 key.
	pub sealing_key: [u8; 8],
}

impl EnvelopeHead {
	/// Sequence of the last packet.
	pub fn last_sequence(&self) -> u64 {
		self.first_sequence + u64::from(self.count) - 1
	}

	fn to_bytes(self) -> [u8; HEAD_LEN] {
		let mut out = [0; HEAD_LEN];
		out[0] = VERSION;
		out[1] = self.suite as u8;
		out[2..6].copy_from_slice(&self.lane.channel.to_le_bytes());
		out[6..10].copy_from_slice(&self.lane.from.to_le_bytes());
		out[10..14].copy_from_slice(&self.lane.to.to_le_bytes());
		out[14..22].copy_from_slice(&self.first_sequence.to_le_bytes());
		out[22..24].copy_from_slice(&self.count.to_le_bytes());
		out[24..32].copy_from_slice(&self.sealing_key);
		out
	}

	/// The head of an envelope from outside.
	pub fn parse(bytes: &[u8]) -> Result<Self, WireError> {
		if bytes.len() > MAX_LEN {
			return Err(WireError::TooLong {
				what: "envelope",
				len: bytes.len(),
				max: MAX_LEN,
			});
		}
		if bytes.len() < MIN_LEN {
			return Err(WireError::Truncated {
				what: "envelope",
				len: bytes.len(),
				needed: MIN_LEN,
			});
		}
		if bytes[0] != VERSION {
			return Err(WireError::Version { found: bytes[0] });
		}
		let suite = Suite::from_u8(bytes[1]).ok_or(WireError::Suite { found: bytes[1] })?;
		let word = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
		let head = EnvelopeHead {
			suite,
			lane: LaneId {
				channel: word(2),
				from: word(6),
				to: word(10),
			},
			first_sequence: u64::from(word(14)) | u64::from(word(18)) << 32,
			count: u16::from_le_bytes([bytes[22], bytes[23]]),
			sealing_key: [
				bytes[24], bytes[25], bytes[26], bytes[27], bytes[28], bytes[29], bytes[30], bytes[31],
			],
		};
		if head.count == 0 || usize::from(head.count) > MAX_PACKETS {
			return Err(WireError::Count {
				what: "envelope",
				found: head.count.into(),
				rule: "1 to 256 packets are allowed",
			});
		}
		if head.first_sequence.checked_add(u64::from(head.count)).is_none() {
			return Err(WireError::Count {
				what: "envelope",
				found: head.first_sequence,
				rule: "sequence overflows",
			});
		}
		Ok(head)
	}
}

/// Builds an envelope in one allocation: the packets are copied once and sealed in place.
pub struct Envelope {
	bytes: Vec<u8>,
	count: u16,
}

impl Envelope {
	/// Room for packets of `plaintext_len` bytes in total.
	pub fn with_capacity(plaintext_len: usize) -> Self {
		let mut bytes = Vec::with_capacity(PREFIX_LEN + plaintext_len + seal::TAG_LEN);
		bytes.resize(PREFIX_LEN, 0);
		Envelope { bytes, count: 0 }
	}

	/// Length of the packets so far, in bytes.
	pub fn plaintext_len(&self) -> usize {
		self.bytes.len() - PREFIX_LEN
	}

	/// Number of packets so far.
	pub fn count(&self) -> u16 {
		self.count
	}

	/// Whether a packet of this length still fits.
	pub fn fits(&self, packet_len: usize) -> bool {
		usize::from(self.count) < MAX_PACKETS && self.plaintext_len() + packet_len <= MAX_PLAINTEXT_LEN
	}

	/// Add the next packet of the lane, as it is stored.
	pub fn push(&mut self, packet: &[u8]) {
		debug_assert!(self.fits(packet.len()));
		self.bytes.extend_from_slice(packet);
		self.count += 1;
	}

	/// Seal the packets, which start at `first_sequence` of `lane`, to the receiver's `key`. `random` gives the ephemeral key.
	pub fn seal(
		mut self,
		random: &dyn Random,
		suite: Suite,
		genesis: &Digest,
		lane: LaneId,
		first_sequence: u64,
		key: &[u8; 32],
	) -> Result<Vec<u8>, WireError> {
		let head = EnvelopeHead {
			suite,
			lane,
			first_sequence,
			count: self.count,
			// The first 8 of 32 bytes.
			sealing_key: [key[0], key[1], key[2], key[3], key[4], key[5], key[6], key[7]],
		}
		.to_bytes();
		let (enc, tag) = seal::seal(random, suite, genesis, &head, key, &mut self.bytes[PREFIX_LEN..])?;
		self.bytes[..HEAD_LEN].copy_from_slice(&head);
		self.bytes[HEAD_LEN..PREFIX_LEN].copy_from_slice(&enc);
		self.bytes.extend_from_slice(&tag);
		Ok(self.bytes)
	}
}

/// Open an envelope whose head is `head` and cut it into packets. Checks that the packets are those that the head
/// announces; bodies and signatures are the caller's business.
pub fn open(
	mut bytes: Vec<u8>,
	head: &EnvelopeHead,
	genesis: &Digest,
	key: &SealingKey,
) -> Result<Vec<Packet>, WireError> {
	let tag_at = bytes
		.len()
		.checked_sub(seal::TAG_LEN)
		.filter(|at| *at > PREFIX_LEN)
		.ok_or(WireError::Truncated {
			what: "envelope",
			len: bytes.len(),
			needed: MIN_LEN,
		})?;
	let (prefix, rest) = bytes.split_at_mut(PREFIX_LEN);
	seal::open(head.suite, genesis, &prefix[..HEAD_LEN], &prefix[HEAD_LEN..], key, rest)?;
	bytes.truncate(tag_at);
	let mut rest = Bytes::from(bytes).split_off(PREFIX_LEN);
	let mut packets = Vec::with_capacity(head.count.into());
	for i in 0..u64::from(head.count) {
		let packet = Packet::split_from(&rest)?;
		if packet.header.lane != head.lane {
			return Err(WireError::Mismatch {
				field: "lane of the packet",
				other: "lane of the envelope",
			});
		}
		if packet.header.sequence != head.first_sequence + i {
			return Err(WireError::Mismatch {
				field: "sequence of the packet",
				other: "place in the envelope",
			});
		}
		rest = rest.slice(packet.bytes.len()..);
		packets.push(packet);
	}
	if !rest.is_empty() {
		return Err(WireError::Trailing {
			what: "envelope",
			extra: rest.len(),
		});
	}
	Ok(packets)
}
