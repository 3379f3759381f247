// SPDX-License-Identifier: Apache-2.0

//! Courier keys as the chain knows them, and the purposes of signatures.

use crate::ids::{BlockNumber, Digest};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;
use sp_core::crypto::KeyTypeId;

/// Keystore type of the delegate key with which a node signs its anchors.
pub const DELEGATE_KEY_TYPE: KeyTypeId = KeyTypeId(*b"slan");

/// Most courier keys of one node that may be valid at the same time.
pub const MAX_COURIER_KEYS: u32 = 4;

/// A node's public courier keys and the blocks in which they hold. During a rotation two overlap.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct CourierKey {
	/// Ed25519 public key (RFC 8032): signs packets, receipts and batch headers.
	pub signing: [u8; 32],
	/// X25519 public key (RFC 7748): bodies are sealed to it (HPKE, RFC 9180).
	pub sealing: [u8; 32],
	/// First block in which the keys are valid.
	pub valid_from: BlockNumber,
	/// First block in which they are no longer valid; `None` while no successor is announced.
	pub valid_until: Option<BlockNumber>,
}

impl CourierKey {
	/// Whether the keys hold at block `at`.
	pub fn is_valid_at(&self, at: BlockNumber) -> bool {
		self.valid_from <= at && self.valid_until.is_none_or(|until| at < until)
	}
}

/// The courier keys of one node.
pub type CourierKeys = BoundedVec<CourierKey, ConstU32<MAX_COURIER_KEYS>>;

/// What a courier signature is for. Its tag is hashed before the signed bytes, so that a signature
/// given for one purpose is worth nothing for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
	/// A packet's header, by its sender.
	Packet,
	/// A receipt for packets, by their receiver.
	Receipt,
	/// A refusal, by the receiver.
	Refusal,
	/// A batch header, by issuer and seller.
	Batch,
}

impl Purpose {
	/// The domain-separation tag.
	pub const fn tag(self) -> &'static [u8] {
		match self {
			Purpose::Packet => b"sealane/1/packet",
			Purpose::Receipt => b"sealane/1/receipt",
			Purpose::Refusal => b"sealane/1/refusal",
			Purpose::Batch => b"sealane/1/batch",
		}
	}

	/// The 32 bytes that are signed: SHA-256 over the tag's length, the tag, the genesis hash and `message`.
	pub fn digest(self, genesis: &Digest, message: &[u8]) -> Digest {
		use sha2::Digest as _;
		let tag = self.tag();
		let mut hash = sha2::Sha256::new();
		hash.update([tag.len() as u8]);
		hash.update(tag);
		hash.update(genesis);
		hash.update(message);
		hash.finalize().into()
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn key(valid_from: BlockNumber, valid_until: Option<BlockNumber>) -> CourierKey {
		CourierKey {
			signing: [1; 32],
			sealing: [2; 32],
			valid_from,
			valid_until,
		}
	}

	#[test]
	fn boundary_validity() {
		let closed = key(10, Some(20));
		for (at, valid) in [
			(0, false),
			(9, false),
			(10, true),
			(19, true),
			(20, false),
			(u32::MAX, false),
		] {
			assert_eq!(closed.is_valid_at(at), valid, "block {at}");
		}
		let open = key(10, None);
		assert!(!open.is_valid_at(9) && open.is_valid_at(10) && open.is_valid_at(u32::MAX));
		assert!(!key(10, Some(10)).is_valid_at(10));
	}

	#[test]
	fn overlapping_keys_leave_no_gap() {
		let (old, new) = (key(0, Some(110)), key(100, None));
		assert!((0..200).all(|at| old.is_valid_at(at) || new.is_valid_at(at)));
		assert!((100..110).all(|at| old.is_valid_at(at) && new.is_valid_at(at)));
	}

	#[test]
	fn a_digest_is_worth_nothing_elsewhere() {
		let purposes = [Purpose::Packet, Purpose::Receipt, Purpose::Refusal, Purpose::Batch];
		for (i, a) in purposes.into_iter().enumerate() {
			for b in &purposes[..i] {
				assert_ne!(a.digest(&[0; 32], b"m"), b.digest(&[0; 32], b"m"));
			}
			assert_ne!(a.digest(&[0; 32], b"m"), a.digest(&[1; 32], b"m"));
			assert_ne!(a.digest(&[0; 32], b"m"), a.digest(&[0; 32], b"n"));
		}
		let bytes = [&[16][..], b"sealane/1/packet", &[9; 32], b"message"].concat();
		assert_eq!(
			Purpose::Packet.digest(&[9; 32], b"message"),
			sp_io::hashing::sha2_256(&bytes)
		);
	}
}
