// SPDX-License-Identifier: Apache-2.0

//! Ed25519 as every party of the consortium checks it: node, chain, verifier, court.
//!
//! RFC 8032 leaves open whether the equation is taken with or without the cofactor, whether encodings must be canonical, and what points of
//! small order are worth. Libraries differ there, so that a signer could make a signature that one of them takes and another refuses. Here it is strict:
//!
//! * the scalar S and the encodings of the points A (the key) and R are canonical;
//! * neither A nor R is of small order: such a key or signature holds for messages that nobody signed;
//! * the equation is the one without cofactor: S·B = R + k·A.
//!
//! What a key of RFC 8032 signs as RFC 8032 says passes here as everywhere; a signature that passes here passes with OpenSSL and libsodium, too.

use ed25519_dalek::{Signature, VerifyingKey};

/// Whether the 32 bytes are a public key that signatures can be checked against: the canonical encoding of a point that is not of small order.
pub fn is_strict_key(key: &[u8; 32]) -> bool {
	strict_key(key).is_some()
}

/// Whether the holder of `key` made `signature` over `message`.
pub fn verify(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
	// The library compares R as bytes with what the other side of the equation encodes to, and refuses a scalar of the group's order or more:
	// both are canonical where it says yes. It takes other encodings of the key, which are refused before.
	strict_key(key).is_some_and(|key| key.verify_strict(message, &Signature::from_bytes(signature)).is_ok())
}

fn strict_key(key: &[u8; 32]) -> Option<VerifyingKey> {
	if !is_canonical(key) {
		return None;
	}
	VerifyingKey::from_bytes(key).ok().filter(|key| !key.is_weak())
}

/// Whether the y-coordinate is below the field's prime, 2²⁵⁵ − 19. (A zero x-coordinate with its sign set would be the other encoding that is not
/// canonical; both points with x = 0 are of small order.)
fn is_canonical(point: &[u8; 32]) -> bool {
	let middle = &point[1..31];
	point[31] & 0x7f != 0x7f || middle.iter().any(|byte| *byte != 0xff) || point[0] < 0xed
}

#[cfg(test)]
mod tests {
	use super::*;
	use alloc::vec::Vec;
	use curve25519_dalek::{
		constants::{ED25519_BASEPOINT_POINT as B, EIGHT_TORSION},
		edwards::CompressedEdwardsY,
		traits::Identity,
		EdwardsPoint, Scalar,
	};
	use proptest::prelude::*;
	use sha2::{Digest as _, Sha512};
	use sp_core::{ed25519, Pair as _};

	/// The order of the group, little-endian.
	const ORDER: [u8; 32] = [
		0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
	];
	const MESSAGE: &[u8] = b"to whom it may concern";

	/// A number plus the field's prime, little-endian: the encoding of a y-coordinate that is not canonical.
	fn plus_prime(y: u8) -> [u8; 32] {
		let mut bytes = [0xff; 32];
		bytes[0] = 0xed + y;
		bytes[31] = 0x7f;
		bytes
	}

	fn challenge(r: &[u8; 32], key: &[u8; 32], message: &[u8]) -> Scalar {
		let hash = Sha512::new().chain_update(r).chain_update(key).chain_update(message);
		Scalar::from_bytes_mod_order_wide(&hash.finalize().into())
	}

	/// A signature with these bytes as R, by somebody who knows that R = r·B but for a part of small order.
	fn signature(secret: &Scalar, key: &[u8; 32], nonce: &Scalar, r: [u8; 32]) -> [u8; 64] {
		let s = nonce + challenge(&r, key, MESSAGE) * secret;
		let mut signature = [0; 64];
		signature[..32].copy_from_slice(&r);
		signature[32..].copy_from_slice(s.as_bytes());
		signature
	}

	/// What the library for nodes, which follows ZIP 215, says.
	fn lax(key: &[u8; 32], signature: &[u8; 64]) -> bool {
		let (signature, key) = (
			ed25519::Signature::from_raw(*signature),
			ed25519::Public::from_raw(*key),
		);
		ed25519::Pair::verify(&signature, MESSAGE, &key)
	}

	fn secret() -> (Scalar, [u8; 32]) {
		let secret = Scalar::from(0x5ea1_a9e5_5ea1_a9e5_u64);
		(secret, (B * secret).compress().to_bytes())
	}

	#[test]
	fn takes_the_vectors_of_rfc_8032() {
		let bytes = |text: &str| hex::decode(text).unwrap();
		let vectors = [
			(
				"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
				"",
				"e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
			),
			(
				"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
				"72",
				"92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
			),
			(
				"fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
				"af82",
				"6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
			),
		];
		for (key, message, signature) in vectors {
			let (key, signature) = (bytes(key).try_into().unwrap(), bytes(signature).try_into().unwrap());
			assert!(verify(&key, &bytes(message), &signature));
			assert!(!verify(&key, b"another", &signature));
		}
	}

	#[test]
	fn refuses_a_scalar_that_is_not_canonical() {
		let (secret, key) = secret();
		let nonce = Scalar::from(77u8);
		let good = signature(&secret, &key, &nonce, (B * nonce).compress().to_bytes());
		assert!(verify(&key, MESSAGE, &good));
		let mut bad = good;
		let mut carry = 0u16;
		for (byte, order) in bad[32..].iter_mut().zip(ORDER) {
			let sum = u16::from(*byte) + u16::from(order) + carry;
			*byte = sum as u8;
			carry = sum >> 8;
		}
		assert_eq!(carry, 0);
		assert!(!verify(&key, MESSAGE, &bad));
	}

	#[test]
	fn refuses_a_signature_with_a_part_of_small_order() {
		// The equation holds with the cofactor and not without it: nodes that follow ZIP 215 take it, OpenSSL and libsodium refuse it.
		let (secret, key) = secret();
		let nonce = Scalar::from(78u8);
		for torsion in &EIGHT_TORSION[1..] {
			let r = (B * nonce + torsion).compress().to_bytes();
			let bad = signature(&secret, &key, &nonce, r);
			assert!(lax(&key, &bad));
			assert!(!verify(&key, MESSAGE, &bad));
		}
	}

	#[test]
	fn refuses_a_point_of_small_order_as_signature() {
		let (secret, key) = secret();
		for torsion in &EIGHT_TORSION {
			let bad = signature(&secret, &key, &Scalar::ZERO, torsion.compress().to_bytes());
			assert!(lax(&key, &bad));
			assert!(!verify(&key, MESSAGE, &bad));
		}
	}

	#[test]
	fn refuses_a_signature_whose_point_is_not_canonical() {
		let (secret, key) = secret();
		// The neutral element, once more with the prime added to its y-coordinate, once with the sign of its zero x-coordinate set.
		let mut signed_zero = EdwardsPoint::identity().compress().to_bytes();
		signed_zero[31] |= 0x80;
		for r in [plus_prime(1), signed_zero] {
			let bad = signature(&secret, &key, &Scalar::ZERO, r);
			assert!(lax(&key, &bad));
			assert!(!verify(&key, MESSAGE, &bad));
		}
	}

	#[test]
	fn refuses_keys_of_small_order() {
		for torsion in &EIGHT_TORSION {
			let key = torsion.compress().to_bytes();
			assert!(!is_strict_key(&key));
			// Anybody can sign for it: with the cofactor for every message, without it for one in eight.
			let nonce = Scalar::from(79u8);
			let r = (B * nonce).compress().to_bytes();
			let bad = signature(&Scalar::ZERO, &key, &nonce, r);
			assert!(lax(&key, &bad));
			assert!(!verify(&key, MESSAGE, &bad));
		}
	}

	#[test]
	fn refuses_keys_that_are_not_canonical() {
		let is_point = |bytes: &[u8; 32]| CompressedEdwardsY(*bytes).decompress().is_some();
		let small: Vec<u8> = (2..19).filter(|y| is_point(&plus_prime(*y))).collect();
		assert!(!small.is_empty(), "some points have two encodings");
		for y in small {
			let mut canonical = [0; 32];
			canonical[0] = y;
			assert!(is_strict_key(&canonical), "y = {y}");
			assert!(!is_strict_key(&plus_prime(y)), "y = p + {y}");
		}
		assert!(!is_strict_key(&plus_prime(1)));
		let no_point = (2..).map(|y| {
			let mut bytes = [0; 32];
			bytes[0] = y;
			bytes
		});
		let no_point = no_point.into_iter().find(|bytes| !is_point(bytes)).unwrap();
		assert!(!is_strict_key(&no_point), "no point has that y-coordinate");
	}

	#[test]
	fn boundary_canonical_coordinates() {
		let mut largest = plus_prime(0);
		largest[0] -= 1;
		assert!(is_canonical(&largest) && !is_canonical(&plus_prime(0)) && !is_canonical(&[0xff; 32]));
		largest[31] |= 0x80;
		assert!(is_canonical(&largest));
		let mut low = [0xff; 32];
		low[15] = 0xfe;
		assert!(is_canonical(&low));
	}

	proptest! {
		/// Whatever an ordinary signer signs is taken by both, and whatever is taken here is taken by the lax one.
		#[test]
		fn honest_signatures_hold_everywhere(seed: [u8; 32], message: Vec<u8>, flip in 0usize..512) {
			let pair = ed25519::Pair::from_seed(&seed);
			let key = pair.public().0;
			let mut signature = pair.sign(&message).0;
			prop_assert!(is_strict_key(&key) && verify(&key, &message, &signature));
			signature[flip / 8] ^= 1 << (flip % 8);
			prop_assert!(!verify(&key, &message, &signature));
		}

		#[test]
		fn hostile_bytes_are_refused(key: [u8; 32], message: Vec<u8>, signature: Vec<u8>) {
			let mut bytes = [0; 64];
			signature.iter().take(64).enumerate().for_each(|(i, byte)| bytes[i] = *byte);
			prop_assert!(!verify(&key, &message, &bytes));
		}
	}
}
