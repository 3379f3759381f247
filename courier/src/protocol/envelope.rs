// SPDX-License-Identifier: Apache-2.0

//! What one request carries: consecutive packets of one lane, sealed to the receiver.
//!
//! ```text
//! 0   version        u8
//! 1   suite          u8             which AEAD
//! 2   store          [u8; 16]       which store of the sender's node this is
//! 18  take_over      u32 LE         0, or when the store took the place of another
//! 22  signature      [u8; 64]       by a courier key of the node over both
//! 86  lane           3 × u32 LE     channel, from, to
//! 98  first_sequence u64 LE
//! 106 count          u16 LE
//! 108 sealing_key    [u8; 8]        first bytes of the receiver's X25519 key
//! 116 enc            [u8; 32]       HPKE encapsulated key
//! 148 ciphertext     … ‖ 16 bytes of tag
//! ```
//! The first 116 bytes are the additional data of the seal. A head alone, with a count of zero, asks for the lane's own packets from
//! `first_sequence` on: a node whose log is older than what it sent gets them back ([`Answer::Returned`](super::Answer::Returned)).

use super::{
	packet::Packet,
	seal::{self, Suite},
	Signature, WireError, MAX_PACKETS, MAX_PLAINTEXT_LEN, VERSION,
};
use crate::{
	api::LaneId,
	keys::{self, KeyPair, SealingKey},
	random::Random,
};
use bytes::Bytes;
use codec::{Decode, Encode};
use sealane_primitives::{
	ids::{BlockNumber, Digest, NodeId},
	keys::{CourierKey, Purpose},
};

/// Length of the part in the clear that is authenticated.
pub const HEAD_LEN: usize = 116;
/// Length of everything before the ciphertext.
pub const PREFIX_LEN: usize = HEAD_LEN + seal::ENC_LEN;
/// Shortest envelope, in bytes.
pub const MIN_LEN: usize = PREFIX_LEN + seal::TAG_LEN + 1;
/// Longest envelope, in bytes.
pub const MAX_LEN: usize = PREFIX_LEN + MAX_PLAINTEXT_LEN + seal::TAG_LEN;

/// Which store a node speaks from: a node that is restored from an old copy, or whose key two machines use, is known by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct StoreClaim {
	/// The store; random.
	pub store: [u8; 16],
	/// Grows when a store of the node takes the place of another, 0 before: the higher one is right. It is the Unix time of that in seconds,
	/// or one more than the last one.
	pub take_over: u32,
	/// `Purpose::Store` over node, store and counter, so that nobody else can raise it.
	pub signature: Signature,
}

impl StoreClaim {
	/// The claim that `store` is the node's, signed by one of its pairs.
	pub fn new(pair: &KeyPair, genesis: &Digest, node: NodeId, store: [u8; 16], take_over: u32) -> Self {
		let message = (node, store, take_over).encode();
		StoreClaim {
			store,
			take_over,
			signature: pair.sign(Purpose::Store, genesis, &message),
		}
	}

	/// Whether one of the node's `keys` that is valid at block `at` signed it.
	pub fn holds(&self, keys: &[CourierKey], at: BlockNumber, genesis: &Digest, node: NodeId) -> bool {
		let message = (node, self.store, self.take_over).encode();
		keys::verify(keys, at, Purpose::Store, genesis, &message, &self.signature)
	}
}

/// What an envelope says of itself before its packets are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label {
	/// AEAD of the seal.
	pub suite: Suite,
	/// The sender's store.
	pub store: StoreClaim,
	/// The lane.
	pub lane: LaneId,
	/// Sequence of the first packet.
	pub first_sequence: u64,
}

/// The part in the clear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnvelopeHead {
	/// AEAD of the seal.
	pub suite: Suite,
	/// The sender's store.
	pub store: StoreClaim,
	/// The lane.
	pub lane: LaneId,
	/// Sequence of the first packet.
	pub first_sequence: u64,
	/// Number of packets, 1 to [`MAX_PACKETS`]; 0 where the lane's own packets are asked for.
	pub count: u16,
	/// First bytes of the receiver's X25519 key.
	pub sealing_key: [u8; 8],
}

impl EnvelopeHead {
	/// The request for the packets of this node's own lane from `first_sequence` on.
	pub fn asking(label: Label) -> Vec<u8> {
		let head = EnvelopeHead {
			suite: label.suite,
			store: label.store,
			lane: label.lane,
			first_sequence: label.first_sequence,
			count: 0,
			sealing_key: [0; 8],
		};
		head.to_bytes().to_vec()
	}

	/// Sequence of the last packet.
	pub fn last_sequence(&self) -> u64 {
		(self.first_sequence + u64::from(self.count)).saturating_sub(1)
	}

	fn to_bytes(self) -> [u8; HEAD_LEN] {
		let mut out = [0; HEAD_LEN];
		out[0] = VERSION;
		out[1] = self.suite as u8;
		out[2..18].copy_from_slice(&self.store.store);
		out[18..22].copy_from_slice(&self.store.take_over.to_le_bytes());
		out[22..86].copy_from_slice(&self.store.signature);
		out[86..90].copy_from_slice(&self.lane.channel.to_le_bytes());
		out[90..94].copy_from_slice(&self.lane.from.to_le_bytes());
		out[94..98].copy_from_slice(&self.lane.to.to_le_bytes());
		out[98..106].copy_from_slice(&self.first_sequence.to_le_bytes());
		out[106..108].copy_from_slice(&self.count.to_le_bytes());
		out[108..116].copy_from_slice(&self.sealing_key);
		out
	}

	/// The head of an envelope from outside.
	pub fn parse(bytes: &[u8]) -> Result<Self, WireError> {
		// Of another version nothing else is known, its lengths included.
		if let Some(found) = bytes.first().copied().filter(|found| *found != VERSION) {
			return Err(WireError::Version { found });
		}
		if bytes.len() > MAX_LEN {
			return Err(WireError::TooLong {
				what: "envelope",
				len: bytes.len(),
				max: MAX_LEN,
			});
		}
		if bytes.len() < HEAD_LEN {
			return Err(WireError::Truncated {
				what: "envelope",
				len: bytes.len(),
				needed: HEAD_LEN,
			});
		}
		let suite = Suite::from_u8(bytes[1]).ok_or(WireError::Suite { found: bytes[1] })?;
		let word = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
		let (mut store, mut signature, mut sealing_key) = ([0; 16], [0; 64], [0; 8]);
		store.copy_from_slice(&bytes[2..18]);
		signature.copy_from_slice(&bytes[22..86]);
		sealing_key.copy_from_slice(&bytes[108..116]);
		let head = EnvelopeHead {
			suite,
			store: StoreClaim {
				store,
				take_over: word(18),
				signature,
			},
			lane: LaneId {
				channel: word(86),
				from: word(90),
				to: word(94),
			},
			first_sequence: u64::from(word(98)) | u64::from(word(102)) << 32,
			count: u16::from_le_bytes([bytes[106], bytes[107]]),
			sealing_key,
		};
		match (head.count, bytes.len()) {
			(0, HEAD_LEN) => (),
			(0, len) => {
				return Err(WireError::Trailing {
					what: "request for packets",
					extra: len - HEAD_LEN,
				})
			}
			(_, len) if len < MIN_LEN => {
				return Err(WireError::Truncated {
					what: "envelope",
					len,
					needed: MIN_LEN,
				})
			}
			(count, _) if usize::from(count) > MAX_PACKETS => {
				return Err(WireError::Count {
					what: "envelope",
					found: count.into(),
					rule: "at most 256 packets are allowed",
				})
			}
			_ => (),
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

	/// Seal the packets to the receiver's `key`. `random` gives the ephemeral key.
	pub fn seal(
		mut self,
		random: &dyn Random,
		genesis: &Digest,
		label: Label,
		key: &[u8; 32],
	) -> Result<Vec<u8>, WireError> {
		let Label {
			suite,
			store,
			lane,
			first_sequence,
		} = label;
		let head = EnvelopeHead {
			suite,
			store,
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
