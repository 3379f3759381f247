// SPDX-License-Identifier: Apache-2.0

//! Salts and leaves: what both sides hash.

use crate::ids::{AgreementId, ChannelId, Digest};
use sha2::{Digest as _, Sha256};

/// Domain tag of a record's salt.
pub const SALT_TAG: &[u8] = b"sealane/1/salt";
/// Domain tag of a trade record's leaf.
pub const LEAF_TAG: &[u8] = b"sealane/1/leaf";
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

#[cfg(test)]
mod tests {
	use super::*;
	use alloc::vec::Vec;
	use proptest::prelude::*;

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
	}
}
