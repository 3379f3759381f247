// SPDX-License-Identifier: Apache-2.0

//! The commitment to a customer's registration: what goes on chain instead of the customer.
//!
//! `SHA-256("sealane/1/registration" ‖ salt ‖ issuer ‖ seller ‖ customer)` with a salt of 32 random bytes, the two
//! numbers as `u32` little endian and the seller's reference of the customer as it travels in orders.
//!
//! * **Hiding.** References are guessable (they count up, or follow a pattern), so a hash without a secret could be
//!   searched. The salt is drawn per registration and known to the two terminals only; without it the commitment is
//!   32 bytes like any other, and two registrations of the same customer cannot be seen to belong together.
//! * **Binding.** Whoever opens a commitment must show salt, issuer, seller and customer. The salt has a fixed length
//!   and comes before the numbers, the customer is last, so that no two different inputs give the same bytes.
//!
//! ```
//! use sealane_primitives::registration::{commitment, opens};
//! let salt = [7; 32];
//! let published = commitment(&salt, 3, 1, b"C-000042");
//! assert!(opens(&published, &salt, 3, 1, b"C-000042"));
//! assert!(!opens(&published, &salt, 3, 1, b"C-000043"));
//! ```

use crate::ids::{Digest, MemberId};

/// The domain-separation tag.
pub const REGISTRATION_TAG: &[u8] = b"sealane/1/registration";

/// The commitment to the registration of `customer`, a reference of `seller`, with `issuer`.
pub fn commitment(salt: &[u8; 32], issuer: MemberId, seller: MemberId, customer: &[u8]) -> Digest {
	use sha2::Digest as _;
	let mut hash = sha2::Sha256::new();
	hash.update(REGISTRATION_TAG);
	hash.update(salt);
	hash.update(issuer.to_le_bytes());
	hash.update(seller.to_le_bytes());
	hash.update(customer);
	hash.finalize().into()
}

/// Whether `commitment` is the one to this registration.
///
/// A commitment is public, so an ordinary comparison gives nothing away.
pub fn opens(commitment: &Digest, salt: &[u8; 32], issuer: MemberId, seller: MemberId, customer: &[u8]) -> bool {
	&self::commitment(salt, issuer, seller, customer) == commitment
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	#[test]
	fn is_the_hash_of_the_documented_bytes() {
		let mut bytes = b"sealane/1/registration".to_vec();
		bytes.extend([9u8; 32]);
		bytes.extend([3, 0, 0, 0]);
		bytes.extend([1, 2, 0, 0]);
		bytes.extend(b"C-1");
		assert_eq!(
			commitment(&[9; 32], 3, 0x0201, b"C-1"),
			sp_io::hashing::sha2_256(&bytes)
		);
	}

	#[test]
	fn opens_an_empty_reference() {
		let it = commitment(&[0; 32], 0, 0, b"");
		assert!(opens(&it, &[0; 32], 0, 0, b""));
		assert!(!opens(&it, &[0; 32], 0, 0, b"\0"));
	}

	type Input = ([u8; 32], MemberId, MemberId, Vec<u8>);

	fn input() -> impl Strategy<Value = Input> {
		(
			any::<[u8; 32]>(),
			0u32..4,
			0u32..4,
			proptest::collection::vec(any::<u8>(), 0..48),
		)
	}

	proptest! {
		#[test]
		fn differs_where_any_part_differs(a in input(), b in input()) {
			let of = |i: &Input| commitment(&i.0, i.1, i.2, &i.3);
			prop_assert_eq!(of(&a) == of(&b), a == b);
		}

		#[test]
		fn does_not_open_to_a_neighbour(a in input(), bit in 0usize..256) {
			let it = commitment(&a.0, a.1, a.2, &a.3);
			prop_assert!(opens(&it, &a.0, a.1, a.2, &a.3));
			let mut salt = a.0;
			salt[bit / 8] ^= 1 << (bit % 8);
			prop_assert!(!opens(&it, &salt, a.1, a.2, &a.3));
			prop_assert!(!opens(&it, &a.0, a.1 ^ 1, a.2, &a.3));
			prop_assert!(!opens(&it, &a.0, a.1, a.2 ^ 1, &a.3));
			let mut longer = a.3.clone();
			longer.push(0);
			prop_assert!(!opens(&it, &a.0, a.1, a.2, &longer));
		}
	}
}
