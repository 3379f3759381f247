// SPDX-License-Identifier: Apache-2.0

//! The wire: pure codec code, no I/O, no clock, no lock. `docs/protocol.md` is the specification.
//!
//! * [`packet`]: header, signature and attestation of a packet.
//! * [`body`]: its entries, and their hashes.
//! * [`envelope`]: what one request carries, sealed.
//! * [`answer`]: what the receiver says to it.
//! * [`seal`]: HPKE around the plaintext of an envelope.

pub mod answer;
pub mod body;
pub mod envelope;
pub mod packet;
pub mod seal;
#[cfg(test)]
mod tests;

pub use answer::{Answer, Receipt, RefusalReason, Refused, Signed};
pub use body::{Body, EntryRef};
pub use envelope::{Envelope, EnvelopeHead, Label, StoreClaim};
pub use packet::{Packet, PacketHead, PacketHeader, PacketKind};

pub use crate::api::BlockRef;

/// Version of packets, envelopes and answers.
pub const VERSION: u8 = 2;
/// The suite of hashes and signatures that there is: SHA-256 and strict Ed25519.
pub const SUITE: u8 = 0;
/// Longest order, confirmation, registration or result, in bytes.
pub const MAX_ENTRY_LEN: usize = 64 * 1024;
/// Longest body of a packet, in bytes.
pub const MAX_BODY_LEN: usize = 1024 * 1024;
/// Most entries of one packet.
pub const MAX_ENTRIES: u32 = 65_536;
/// Longest header of a packet with its signature and attestation, in bytes. A packet that holds one full body and this header fits an
/// envelope.
pub const MAX_HEADER_LEN: usize = 2048;
/// Most packets in one envelope: the attestations of their batches must fit one answer.
pub const MAX_PACKETS: usize = 256;
/// Longest plaintext of an envelope, in bytes.
pub const MAX_PLAINTEXT_LEN: usize = MAX_BODY_LEN + 64 * 1024;
/// Longest request, in bytes. Larger than any envelope, so that a later version may grow.
pub const MAX_REQUEST_LEN: u64 = 2 * 1024 * 1024;
/// Longest response, in bytes: that which returns packets.
pub const MAX_RESPONSE_LEN: u64 = MAX_REQUEST_LEN;
/// Longest response that returns no packets, in bytes.
pub const MAX_ANSWER_LEN: usize = 64 * 1024;

/// An Ed25519 signature.
pub type Signature = [u8; 64];

/// Why bytes from a partner are not what they should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
	/// Longer than allowed.
	#[error("{what} has {len} bytes; at most {max} are allowed")]
	TooLong {
		/// What.
		what: &'static str,
		/// Its length in bytes.
		len: usize,
		/// The most.
		max: usize,
	},
	/// Ends too early.
	#[error("{what} ends after {len} bytes; {needed} are needed")]
	Truncated {
		/// What.
		what: &'static str,
		/// Bytes there are.
		len: usize,
		/// Bytes it takes.
		needed: usize,
	},
	/// Another version.
	#[error("version {found}; this node speaks {VERSION}")]
	Version {
		/// The version found.
		found: u8,
	},
	/// Not decodable.
	#[error("{what} does not decode")]
	Undecodable {
		/// What.
		what: &'static str,
	},
	/// Bytes behind the end.
	#[error("{what} has {extra} bytes behind its end")]
	Trailing {
		/// What.
		what: &'static str,
		/// How many.
		extra: usize,
	},
	/// A count that is zero, too high, or not what follows.
	#[error("{what} counts {found}; {rule}")]
	Count {
		/// What.
		what: &'static str,
		/// The count found.
		found: u64,
		/// The rule.
		rule: &'static str,
	},
	/// A field that contradicts another one.
	#[error("{field} contradicts {other}")]
	Mismatch {
		/// The field.
		field: &'static str,
		/// What it contradicts.
		other: &'static str,
	},
	/// The seal does not open.
	#[error("the seal does not open")]
	Seal,
	/// Unknown suite of hashes and signatures, or cipher suite of a seal.
	#[error("suite {found} is not known")]
	Suite {
		/// The suite found.
		found: u8,
	},
}
