// SPDX-License-Identifier: Apache-2.0

//! The digital credential of a cooperation agreement: what seller and issuer sign before a channel can be granted.
//!
//! The agreement itself stays with the two; the chain learns its hash and how long it holds. Both parties sign the
//! same 32 bytes, [wrapped](wrapped_for_wallets), with the account that manages the member, so that either signature can be checked on chain and
//! later by anybody.

use crate::ids::{Digest, MemberId, Moment};

/// The domain-separation tag.
pub const CREDENTIAL_TAG: &[u8] = b"sealane/1/credential";

/// The 32 bytes that both parties sign, [wrapped](wrapped_for_wallets): SHA-256 over the tag's length, the tag, the genesis hash, seller and issuer
/// (`u32` LE), the agreement's hash, and the first moment in which it holds and the first in which it no longer does
/// (Unix milliseconds, `u64` LE). Every field has a fixed length, so no two credentials give the same bytes.
pub fn credential_digest(
	genesis: &Digest,
	seller: MemberId,
	issuer: MemberId,
	agreement_hash: &Digest,
	valid_from: Moment,
	valid_until: Moment,
) -> Digest {
	use sha2::Digest as _;
	let mut hash = sha2::Sha256::new();
	hash.update([CREDENTIAL_TAG.len() as u8]);
	hash.update(CREDENTIAL_TAG);
	hash.update(genesis);
	hash.update(seller.to_le_bytes());
	hash.update(issuer.to_le_bytes());
	hash.update(agreement_hash);
	hash.update(valid_from.to_le_bytes());
	hash.update(valid_until.to_le_bytes());
	hash.finalize().into()
}

/// `digest` as browser wallets sign raw bytes: between `<Bytes>` and `</Bytes>`, so that no wallet can be made to sign
/// a transaction by accident. The chain accepts no other form: bare, 32 bytes may be the hash of a long transaction, and nobody
/// should get used to signing such.
pub fn wrapped_for_wallets(digest: &Digest) -> [u8; 47] {
	let mut bytes = [0; 47];
	bytes[..7].copy_from_slice(b"<Bytes>");
	bytes[7..39].copy_from_slice(digest);
	bytes[39..].copy_from_slice(b"</Bytes>");
	bytes
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	#[test]
	fn is_the_hash_of_the_documented_bytes() {
		let mut bytes = vec![20];
		bytes.extend(b"sealane/1/credential");
		bytes.extend([1; 32]);
		bytes.extend([2, 0, 0, 0]);
		bytes.extend([3, 0, 0, 0]);
		bytes.extend([4; 32]);
		bytes.extend([5, 0, 0, 0, 0, 0, 0, 0]);
		bytes.extend([6, 0, 0, 0, 0, 0, 0, 0]);
		assert_eq!(
			credential_digest(&[1; 32], 2, 3, &[4; 32], 5, 6),
			sp_io::hashing::sha2_256(&bytes)
		);
	}

	#[test]
	fn wraps_as_wallets_do() {
		let wrapped = wrapped_for_wallets(&[b'x'; 32]);
		assert_eq!(&wrapped[..], format!("<Bytes>{}</Bytes>", "x".repeat(32)).as_bytes());
	}

	type Input = (Digest, u32, u32, Digest, u64, u64);

	fn input() -> impl Strategy<Value = Input> {
		let digest = || prop_oneof![Just([0u8; 32]), Just([1u8; 32])];
		(digest(), 0u32..3, 0u32..3, digest(), 0u64..3, 0u64..3)
	}

	proptest! {
		#[test]
		fn differs_where_any_part_differs(a in input(), b in input()) {
			let of = |i: &Input| credential_digest(&i.0, i.1, i.2, &i.3, i.4, i.5);
			prop_assert_eq!(of(&a) == of(&b), a == b);
		}
	}
}
