// SPDX-License-Identifier: Apache-2.0

//! Salts and leaves: what both sides hash.

use crate::ids::{AgreementId, ChannelId, Digest};
use sha2::{Digest as _, Sha256};

pub use super::entry::SALT_TAG;

/// Domain tag of a trade record's leaf.
pub const LEAF_TAG: &[u8] = b"sealane/2/leaf";
/// What RFC 6962 puts before the bytes of a leaf.
pub(super) const LEAF_PREFIX: [u8; 1] = [0];

/// The salt of record `index` of a batch: `SHA-256("sealane/2/salt" ‖ seed ‖ u32 LE index)`. The seed is random, one per packet, known to
/// the two parties.
pub fn salt(seed: &[u8; 32], index: u32) -> Digest {
	let mut hash = Sha256::new();
	hash.update(SALT_TAG);
	hash.update(seed);
	hash.update(index.to_le_bytes());
	hash.finalize().into()
}

/// The leaf hash of a trade record:
/// `SHA-256(0x00 ‖ "sealane/2/leaf" ‖ salt ‖ order's hash ‖ confirmation's hash ‖ u32 LE clause_version ‖ u32 LE channel)`.
///
/// Both hashes are those of [`entry`](super::entry), each under the seed of its packet.
pub fn record_leaf(
	salt: &Digest,
	order: &Digest,
	confirmation: &Digest,
	clause_version: AgreementId,
	channel: ChannelId,
) -> Digest {
	let mut hash = Sha256::new();
	hash.update(LEAF_PREFIX);
	hash.update(LEAF_TAG);
	hash.update(salt);
	hash.update(order);
	hash.update(confirmation);
	hash.update(clause_version.to_le_bytes());
	hash.update(channel.to_le_bytes());
	hash.finalize().into()
}

#[cfg(test)]
mod tests {
	use super::*;

	fn sha256(parts: &[&[u8]]) -> Digest {
		sp_io::hashing::sha2_256(&parts.concat())
	}

	#[test]
	fn hashes_are_those_of_the_documented_bytes() {
		let seed = [5; 32];
		assert_eq!(salt(&seed, 0x0102), sha256(&[b"sealane/2/salt", &seed, &[2, 1, 0, 0]]));
		assert_eq!(
			record_leaf(&[9; 32], &[1; 32], &[2; 32], 6, 3),
			sha256(&[
				b"\0sealane/2/leaf",
				&[9; 32],
				&[1; 32],
				&[2; 32],
				&[6, 0, 0, 0],
				&[3, 0, 0, 0]
			])
		);
	}
}
