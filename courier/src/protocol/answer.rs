// SPDX-License-Identifier: Apache-2.0

//! What the receiver of an envelope says to it.

use super::{BlockRef, Signature, WireError, MAX_ANSWER_LEN, MAX_PACKETS, MAX_RESPONSE_LEN, VERSION};
use crate::api::LaneId;
use codec::{Decode, Encode};
use sealane_primitives::{
	directory::Refusal,
	evidence::Attestation,
	ids::{ChannelId, Digest, Moment, NodeId},
};
use sha2::Digest as _;

/// Acknowledges packets that are on the receiver's disk. Signed with `Purpose::Receipt`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Receipt {
	/// [`VERSION`].
	pub version: u8,
	/// The lane.
	pub lane: LaneId,
	/// First packet.
	pub first_sequence: u64,
	/// Last packet.
	pub last_sequence: u64,
	/// [`packets_hash`] over the packets.
	pub packets_hash: Digest,
	/// When the last of them was on disk, Unix milliseconds.
	pub stored_at: Moment,
	/// Block against whose state the last of them was authorised.
	pub authorised_at: BlockRef,
	/// The receiver's attestations of the batches among them: sequence and attestation. A batch without one is not
	/// agreed.
	pub attestations: Vec<(u64, Attestation)>,
}

/// Why packets are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum RefusalReason {
	/// The chain does not allow it.
	#[codec(index = 0)]
	Chain(Refusal),
	/// Another version of the protocol.
	#[codec(index = 1)]
	Version,
	/// Too long, truncated, or not decodable.
	#[codec(index = 2)]
	Malformed,
	/// Sealed to a key that this node does not have.
	#[codec(index = 3)]
	SealingKeyUnknown,
	/// The seal does not open.
	#[codec(index = 4)]
	SealBroken,
	/// A header contradicts the envelope or the body.
	#[codec(index = 5)]
	HeaderMismatch,
	/// No key of the sender that is valid now made the signature.
	#[codec(index = 6)]
	SignatureInvalid,
	/// More entries cannot be read than are answered one by one; the refusal names them.
	#[codec(index = 7)]
	Unreadable,
	/// No listed key of the sender made the attestation of a batch.
	#[codec(index = 8)]
	AttestationInvalid,
	/// The key that made the attestation of a batch is not valid now: it is to be made anew.
	#[codec(index = 9)]
	AttestationKeyEnded,
	/// An attestation names a block that is on no branch of the receiver's final chain.
	#[codec(index = 10)]
	OtherBranch,
	/// Another store of the sender's node took the place of this one.
	#[codec(index = 11)]
	StoreSuperseded,
	/// Two stores of the sender's node speak at once, and neither took the other's place.
	#[codec(index = 12)]
	StoreDoubled,
	/// The packet does not follow the one that the receiver has before it: the sender has two histories of this lane.
	#[codec(index = 13)]
	OtherHistory,
	/// Another suite of hashes and signatures.
	#[codec(index = 14)]
	Suite,
}

/// Most runs of unreadable entries that a refusal names.
pub const MAX_RUNS: usize = 4_096;

impl RefusalReason {
	/// Stable code for people and programs.
	pub const fn code(&self) -> &'static str {
		match self {
			RefusalReason::Chain(refusal) => match refusal {
				Refusal::NodeUnknown => "chain.node_unknown",
				Refusal::MemberUnknown => "chain.member_unknown",
				Refusal::MemberSuspended => "chain.member_suspended",
				Refusal::ChannelUnknown => "chain.channel_unknown",
				Refusal::NotAParty => "chain.not_a_party",
				Refusal::NotGranted => "chain.not_granted",
				Refusal::Suspended => "chain.suspended",
				Refusal::Revoked => "chain.revoked",
				Refusal::Expired => "chain.expired",
				Refusal::KindNotGranted => "chain.kind_not_granted",
				Refusal::InterfaceUnknown => "chain.interface_unknown",
				Refusal::RateExceeded => "chain.rate_exceeded",
				Refusal::DirectoryStale => "chain.directory_stale",
				Refusal::DirectoryUnreadable => "chain.directory_unreadable",
			},
			RefusalReason::Version => "wire.version",
			RefusalReason::Malformed => "wire.malformed",
			RefusalReason::SealingKeyUnknown => "wire.sealing_key_unknown",
			RefusalReason::SealBroken => "wire.seal_broken",
			RefusalReason::HeaderMismatch => "wire.header_mismatch",
			RefusalReason::SignatureInvalid => "wire.signature_invalid",
			RefusalReason::Unreadable => "wire.unreadable_entries",
			RefusalReason::AttestationInvalid => "wire.attestation_invalid",
			RefusalReason::AttestationKeyEnded => "wire.attestation_key_ended",
			RefusalReason::OtherBranch => "wire.other_branch",
			RefusalReason::StoreSuperseded => "store.superseded",
			RefusalReason::StoreDoubled => "store.doubled",
			RefusalReason::OtherHistory => "wire.other_history",
			RefusalReason::Suite => "wire.suite",
		}
	}
}

/// Packets that were not stored. Signed with `Purpose::Refusal`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Refused {
	/// [`VERSION`].
	pub version: u8,
	/// The lane.
	pub lane: LaneId,
	/// First packet that is refused; those before it in the envelope are stored.
	pub first_sequence: u64,
	/// Why.
	pub reason: RefusalReason,
	/// When, Unix milliseconds.
	pub at: Moment,
	/// Newest block that the receiver knows: by its state it refuses.
	pub block: BlockRef,
	/// Entries of the first packet that cannot be read, as runs (first, length), at most [`MAX_RUNS`]; empty for other reasons.
	pub unreadable: Vec<(u32, u32)>,
}

/// In the place of the channel, where a refusal is about all lanes from one node to another.
const ALL_CHANNELS: ChannelId = ChannelId::MAX;

impl Refused {
	/// The lane of a refusal of envelopes of another version, of which the receiver can read nothing else.
	pub const fn all_lanes(from: NodeId, to: NodeId) -> LaneId {
		LaneId {
			channel: ALL_CHANNELS,
			from,
			to,
		}
	}

	/// Whether it says that the refuser speaks another version. It has this layout in all versions, so that a node of any other can read it.
	pub fn is_of_version(&self) -> bool {
		self.reason == RefusalReason::Version
	}
}

/// Something signed by the receiver.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Signed<T> {
	/// What.
	pub what: T,
	/// Ed25519 over the purpose's digest of the SCALE bytes of `what`.
	pub signature: Signature,
}

/// The answer to an envelope.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Answer {
	/// All packets are on disk.
	#[codec(index = 0)]
	Stored(Signed<Receipt>),
	/// None of the packets from `first_sequence` on is stored.
	#[codec(index = 1)]
	Refused(Signed<Refused>),
	/// The lane is at another place; unsigned, as it costs nothing to be lied to.
	#[codec(index = 2)]
	Expected {
		/// The sequence that the receiver waits for.
		sequence: u64,
	},
	/// Try again.
	#[codec(index = 3)]
	Busy {
		/// When, in milliseconds.
		retry_after_ms: u32,
	},
	/// The sender's own packets, which it asked for.
	#[codec(index = 4)]
	Returned {
		/// How many packets of the lane the receiver has.
		packets: u64,
		/// Some of them from the one on that was asked for, sealed to their sender; empty where there are none.
		envelope: Vec<u8>,
	},
}

impl Answer {
	/// The answer in bytes from outside.
	pub fn parse(bytes: &[u8]) -> Result<Self, WireError> {
		if bytes.len() as u64 > MAX_RESPONSE_LEN {
			return Err(WireError::TooLong {
				what: "answer",
				len: bytes.len(),
				max: MAX_RESPONSE_LEN as usize,
			});
		}
		let mut input = bytes;
		let answer = Answer::decode(&mut input).map_err(|_| WireError::Undecodable { what: "answer" })?;
		if !input.is_empty() {
			return Err(WireError::Trailing {
				what: "answer",
				extra: input.len(),
			});
		}
		if bytes.len() > MAX_ANSWER_LEN && !matches!(answer, Answer::Returned { .. }) {
			return Err(WireError::TooLong {
				what: "answer",
				len: bytes.len(),
				max: MAX_ANSWER_LEN,
			});
		}
		match &answer {
			Answer::Stored(receipt) => {
				if receipt.what.version != VERSION {
					return Err(WireError::Version {
						found: receipt.what.version,
					});
				}
				if receipt.what.attestations.len() > MAX_PACKETS {
					return Err(WireError::Count {
						what: "receipt",
						found: receipt.what.attestations.len() as u64,
						rule: "at most 256 attestations are allowed",
					});
				}
			}
			Answer::Refused(refused) => {
				if refused.what.version != VERSION && !refused.what.is_of_version() {
					return Err(WireError::Version {
						found: refused.what.version,
					});
				}
				if refused.what.unreadable.len() > MAX_RUNS {
					return Err(WireError::Count {
						what: "refusal",
						found: refused.what.unreadable.len() as u64,
						rule: "at most 4096 runs of unreadable entries are allowed",
					});
				}
			}
			_ => (),
		}
		Ok(answer)
	}
}

/// SHA-256 over the packets' hashes, in order of their sequence.
pub fn packets_hash<'a>(hashes: impl Iterator<Item = &'a Digest>) -> Digest {
	let mut hash = sha2::Sha256::new();
	for each in hashes {
		hash.update(each);
	}
	hash.finalize().into()
}
