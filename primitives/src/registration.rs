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
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use scale_info::TypeInfo;
use serde::{de, Deserialize, Deserializer, Serialize, Serializer};

/// The domain-separation tag.
pub const REGISTRATION_TAG: &[u8] = b"sealane/1/registration";

/// The domain-separation tag of [`Ends`].
pub const ENDED_TAG: &[u8] = b"sealane/2/ended";

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

/// What an order says of its customer's registration, the field `registration` of its `facts`: the commitment that stands on chain,
/// and the salt, with which the issuer's node sees that it is one to this customer. In JSON each is a text of 64 hexadecimal digits.
///
/// Whoever gets to see the salt can try customers' references until one opens the commitment. An issuer knows them anyway.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Stated {
	/// The commitment.
	#[serde(with = "hex_text")]
	pub commitment: Digest,
	/// The salt.
	#[serde(with = "hex_text")]
	pub salt: [u8; 32],
}

impl Stated {
	/// Whether this is the registration of that customer.
	pub fn is_of(&self, issuer: MemberId, seller: MemberId, customer: &[u8]) -> bool {
		opens(&self.commitment, &self.salt, issuer, seller, customer)
	}
}

/// 32 bytes as 64 hexadecimal digits.
mod hex_text {
	use super::*;

	pub fn serialize<S: Serializer>(bytes: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
		let mut digits = [0; 64];
		hex::encode_to_slice(bytes, &mut digits).map_err(serde::ser::Error::custom)?;
		serializer.serialize_str(core::str::from_utf8(&digits).map_err(serde::ser::Error::custom)?)
	}

	pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
		struct Digits;
		impl de::Visitor<'_> for Digits {
			type Value = [u8; 32];

			fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
				f.write_str("64 hexadecimal digits in a string")
			}

			fn visit_str<E: de::Error>(self, text: &str) -> Result<[u8; 32], E> {
				let mut bytes = [0; 32];
				hex::decode_to_slice(text, &mut bytes)
					.map_err(|error| E::custom(format_args!("64 hexadecimal digits: {error}")))?;
				Ok(bytes)
			}
		}
		deserializer.deserialize_str(Digits)
	}
}

/// The registrations with one issuer that came to an end, told in a few bytes: how many, and a hash over all of them in their order.
///
/// Whoever holds the ends of an earlier block and gets the commitments since then sees whether they lead to these ends: on another
/// branch of the chain they do not.
#[derive(
	Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Ends {
	/// How many registrations ended.
	pub count: u32,
	/// `SHA-256("sealane/2/ended" ‖ hash before ‖ commitment)`; zeros before the first.
	pub hash: Digest,
}

impl Ends {
	/// The ends with one more.
	pub fn and(self, commitment: &Digest) -> Ends {
		use sha2::Digest as _;
		let mut hash = sha2::Sha256::new();
		hash.update(ENDED_TAG);
		hash.update(self.hash);
		hash.update(commitment);
		Ends {
			count: self.count.saturating_add(1),
			hash: hash.finalize().into(),
		}
	}
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
	fn an_order_states_its_registration_in_hexadecimal_digits() {
		let stated = Stated {
			commitment: commitment(&[9; 32], 3, 1, b"C-1"),
			salt: [9; 32],
		};
		let text = serde_json::to_string(&stated).expect("plain data");
		assert!(
			text.contains(&alloc::format!("\"salt\":\"{}\"", "09".repeat(32))),
			"{text}"
		);
		assert_eq!(serde_json::from_str::<Stated>(&text).expect("the same"), stated);
		assert!(stated.is_of(3, 1, b"C-1"));
		assert!(!stated.is_of(3, 1, b"C-2") && !stated.is_of(3, 2, b"C-1") && !stated.is_of(2, 1, b"C-1"));
		for bad in [
			text.replace("09\"", "0\""),
			text.replace("09\"", "0g\""),
			text.replace("salt", "salz"),
		] {
			assert!(serde_json::from_str::<Stated>(&bad).is_err(), "{bad}");
		}
	}

	#[test]
	fn ends_tell_their_order_and_their_number() {
		let (a, b) = ([1; 32], [2; 32]);
		let ends = |list: &[Digest]| list.iter().fold(Ends::default(), |ends, it| ends.and(it));
		assert_eq!(ends(&[a, b]).count, 2);
		assert_ne!(ends(&[a, b]), ends(&[b, a]));
		assert_ne!(ends(&[a]).hash, ends(&[b]).hash);
		assert_eq!(ends(&[a, b]), ends(&[a]).and(&b));
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
