// SPDX-License-Identifier: Apache-2.0

//! Salts, leaves and batch headers: what both sides hash and sign.

use crate::{
	ids::{AgreementId, ChannelId, Digest, NodeId},
	keys::Purpose,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sha2::{Digest as _, Sha256};

/// Domain tag of a record's salt.
pub const SALT_TAG: &[u8] = b"sealane/1/salt";
/// Domain tag of a trade record's leaf.
pub const LEAF_TAG: &[u8] = b"sealane/1/leaf";
/// Domain tag of a batch's leaf in an anchor's tree.
pub const BATCH_TAG: &[u8] = b"sealane/1/batch";
/// What RFC 6962 puts before the bytes of a leaf.
pub(super) const LEAF_PREFIX: [u8; 1] = [0];

/// The salt of record `index` of a batch: `SHA-256("sealane/1/salt" ‖ seed ‖ u32 LE index)`. The seed is random, one per batch, known to
/// the two parties.
pub fn salt(seed: &[u8; 32], index: u32) -> Digest {
	let mut hash = Sha256::new();
	hash.update(SALT_TAG);
	hash.update(seed);
	hash.update(index.to_le_bytes());
	hash.finalize().into()
}

/// The leaf hash of a trade record:
/// `SHA-256(0x00 ‖ "sealane/1/leaf" ‖ salt ‖ u32 LE len(order) ‖ order ‖ u32 LE len(confirmation) ‖ confirmation ‖ u32 LE clause_version ‖ u32 LE channel)`.
///
/// Order and confirmation are the bytes as they travelled; each is below 4 GiB because a packet is.
pub fn record_leaf(
	salt: &Digest,
	order: &[u8],
	confirmation: &[u8],
	clause_version: AgreementId,
	channel: ChannelId,
) -> Digest {
	debug_assert!(order.len() <= u32::MAX as usize && confirmation.len() <= u32::MAX as usize);
	let mut hash = Sha256::new();
	hash.update(LEAF_PREFIX);
	hash.update(LEAF_TAG);
	hash.update(salt);
	hash.update((order.len() as u32).to_le_bytes());
	hash.update(order);
	hash.update((confirmation.len() as u32).to_le_bytes());
	hash.update(confirmation);
	hash.update(clause_version.to_le_bytes());
	hash.update(channel.to_le_bytes());
	hash.finalize().into()
}

/// What the issuer's node signs for one batch of trade records, and the seller's node countersigns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct BatchHeader {
	/// Hash of the chain's genesis block.
	pub genesis: Digest,
	/// The channel whose records these are.
	pub channel: ChannelId,
	/// The node that confirmed: sender of the confirmation lane.
	pub issuer_node: NodeId,
	/// The node that ordered: receiver of the confirmation lane.
	pub seller_node: NodeId,
	/// First packet of the confirmation lane in the batch.
	pub first_sequence: u64,
	/// Last packet of the confirmation lane in the batch.
	pub last_sequence: u64,
	/// The issuer's business date, in days since 1970-01-01.
	pub business_date: u32,
	/// Number of records.
	pub count: u32,
	/// Root over the records' leaves.
	pub root: Digest,
}

impl BatchHeader {
	/// SHA-256 of the SCALE encoding.
	pub fn hash(&self) -> Digest {
		self.using_encoded(|bytes| Sha256::digest(bytes).into())
	}

	/// The 32 bytes that both nodes sign: [`Purpose::Batch`] over the SCALE encoding.
	pub fn signing_digest(&self) -> Digest {
		self.using_encoded(|bytes| Purpose::Batch.digest(&self.genesis, bytes))
	}

	/// The leaf hash of this batch in an anchor's tree: `SHA-256(0x00 ‖ "sealane/1/batch" ‖ hash of the header ‖ blinding)`.
	///
	/// `blinding` is random and known to the anchoring node. Without it anybody who guesses a header (channels, counts and dates are guessable)
	/// and holds one record could test whether it is in an anchor.
	pub fn anchor_leaf(&self, blinding: &[u8; 32]) -> Digest {
		let mut hash = Sha256::new();
		hash.update(LEAF_PREFIX);
		hash.update(BATCH_TAG);
		hash.update(self.hash());
		hash.update(blinding);
		hash.finalize().into()
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use alloc::vec::Vec;
	use proptest::prelude::*;

	fn header() -> BatchHeader {
		BatchHeader {
			genesis: [0x11; 32],
			channel: 3,
			issuer_node: 7,
			seller_node: 4,
			first_sequence: 41,
			last_sequence: 42,
			business_date: 20_416,
			count: 2,
			root: [0x22; 32],
		}
	}

	fn sha256(parts: &[&[u8]]) -> Digest {
		sp_io::hashing::sha2_256(&parts.concat())
	}

	#[test]
	fn hashes_are_those_of_the_documented_bytes() {
		let seed = [5; 32];
		assert_eq!(salt(&seed, 0x0102), sha256(&[b"sealane/1/salt", &seed, &[2, 1, 0, 0]]));
		assert_eq!(
			record_leaf(&[9; 32], b"order", b"ok", 6, 3),
			sha256(&[
				b"\0sealane/1/leaf",
				&[9; 32],
				&[5, 0, 0, 0],
				b"order",
				&[2, 0, 0, 0],
				b"ok",
				&[6, 0, 0, 0],
				&[3, 0, 0, 0]
			])
		);
		let header = header();
		let mut bytes = Vec::from([0x11; 32]);
		bytes.extend([3, 0, 0, 0, 7, 0, 0, 0, 4, 0, 0, 0]);
		bytes.extend(41u64.to_le_bytes());
		bytes.extend(42u64.to_le_bytes());
		bytes.extend(20_416u32.to_le_bytes());
		bytes.extend([2, 0, 0, 0]);
		bytes.extend([0x22; 32]);
		assert_eq!(header.encode(), bytes);
		assert_eq!(BatchHeader::max_encoded_len(), bytes.len());
		assert_eq!(header.hash(), sha256(&[&bytes]));
		assert_eq!(
			header.signing_digest(),
			sha256(&[&[15], b"sealane/1/batch", &[0x11; 32], &bytes])
		);
		assert_eq!(
			header.anchor_leaf(&[8; 32]),
			sha256(&[b"\0sealane/1/batch", &header.hash(), &[8; 32]])
		);
	}

	proptest! {
		/// No two records share the bytes that are hashed: lengths keep order and confirmation apart.
		#[test]
		fn different_records_have_different_leaves(
			a: (Vec<u8>, Vec<u8>, u32, u32),
			b: (Vec<u8>, Vec<u8>, u32, u32),
			shift in 0usize..8,
		) {
			let of = |r: &(Vec<u8>, Vec<u8>, u32, u32)| record_leaf(&[1; 32], &r.0, &r.1, r.2, r.3);
			prop_assert_eq!(of(&a) == of(&b), a == b);
			// The same bytes cut at another place.
			let whole = [&a.0[..], &a.1[..]].concat();
			let cut = shift.min(whole.len());
			let moved = (whole[..cut].to_vec(), whole[cut..].to_vec(), a.2, a.3);
			prop_assert_eq!(of(&a) == of(&moved), a == moved);
		}

		#[test]
		fn hostile_headers_decode_or_fail(bytes in proptest::collection::vec(any::<u8>(), 0..160)) {
			if let Ok(header) = BatchHeader::decode(&mut &bytes[..]) {
				prop_assert_eq!(header.encode(), bytes[..BatchHeader::max_encoded_len()].to_vec());
			}
		}
	}
}
