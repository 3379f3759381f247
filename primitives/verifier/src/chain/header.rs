// SPDX-License-Identifier: Apache-2.0

//! Headers, their digest items and justifications: the chain's own encodings, as far as evidence needs them.

use crate::rules::{Defect, Rule};
use alloc::{
	format,
	string::{String, ToString},
	vec::Vec,
};
use codec::{Decode, DecodeAll, Encode};
use sealane_primitives::ids::{BlockNumber, Digest};
use sp_crypto_hashing::blake2_256;

/// Names GRANDPA's items.
pub const GRANDPA: [u8; 4] = *b"FRNK";
/// Names the slot.
pub const AURA: [u8; 4] = *b"aura";

/// A block's header.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Header {
	/// Hash of its parent's header.
	pub parent_hash: Digest,
	/// Its number.
	#[codec(compact)]
	pub number: BlockNumber,
	/// Root of the state after it.
	pub state_root: Digest,
	/// Root over its extrinsics.
	pub extrinsics_root: Digest,
	/// What consensus adds.
	pub digest: Vec<DigestItem>,
}

impl Header {
	/// The block's hash: BLAKE2b-256 of the header's encoding.
	pub fn hash(&self) -> Digest {
		self.using_encoded(blake2_256)
	}
}

/// One item of a header's digest.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum DigestItem {
	/// Anything.
	#[codec(index = 0)]
	Other(Vec<u8>),
	/// From the runtime to the consensus engine.
	#[codec(index = 4)]
	Consensus([u8; 4], Vec<u8>),
	/// The author's signature.
	#[codec(index = 5)]
	Seal([u8; 4], Vec<u8>),
	/// From the consensus engine to the runtime.
	#[codec(index = 6)]
	PreRuntime([u8; 4], Vec<u8>),
	/// The runtime's code changed.
	#[codec(index = 8)]
	RuntimeEnvironmentUpdated,
}

/// Validators and their weights.
pub type Authorities = Vec<([u8; 32], u64)>;

/// A change of the validators.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Change {
	/// Those that take over.
	pub next: Authorities,
	/// Blocks until they do.
	pub delay: BlockNumber,
}

/// What GRANDPA's items say.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum GrandpaItem {
	/// The validators change, and those before vote for the block that says so.
	#[codec(index = 1)]
	Scheduled(Change),
	/// They change without such a vote, after finality stalled.
	#[codec(index = 2)]
	Forced(BlockNumber, Change),
	/// One is not to vote any more; the set stays.
	#[codec(index = 3)]
	Disabled(u64),
}

/// A vote for a block, and so for its ancestors.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Vote {
	/// The block's hash.
	pub hash: Digest,
	/// The block's number.
	pub number: BlockNumber,
	/// Ed25519 over [`Vote::message`].
	pub signature: [u8; 64],
	/// Who voted.
	pub voter: [u8; 32],
}

impl Vote {
	/// What is signed: `0x01` (a precommit) ‖ hash ‖ number (u32) ‖ round (u64) ‖ set (u64).
	pub fn message(&self, round: u64, set: u64) -> Vec<u8> {
		(1u8, self.hash, self.number, round, set).encode()
	}
}

/// The votes that make a block final.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Justification {
	/// GRANDPA's round.
	pub round: u64,
	/// Hash of the block.
	pub hash: Digest,
	/// Number of the block.
	pub number: BlockNumber,
	/// The votes.
	pub votes: Vec<Vote>,
	/// Headers from the block down to those that later votes are for.
	pub headers: Vec<Header>,
}

/// A value whose encoding is all of `bytes`, in the one spelling that it has.
///
/// # Errors
/// [`Rule::Encoding`] for the bytes at `field`.
pub fn decode_exactly<T: Decode + Encode>(bytes: &[u8], field: impl FnOnce() -> String) -> Result<T, Defect> {
	let fault = match T::decode_all(&mut &bytes[..]) {
		Ok(value) if value.encode() == bytes => return Ok(value),
		Ok(_) => "not its canonical encoding".to_string(),
		Err(error) => error.to_string(),
	};
	Err(Defect::new(
		Rule::Encoding,
		format!("{} cannot be read: {fault}", field()),
	))
}
