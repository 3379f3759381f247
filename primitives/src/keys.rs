// SPDX-License-Identifier: Apache-2.0

//! Courier keys as the chain knows them, and the purposes of signatures.

use crate::ids::{BlockNumber, Digest};
use bounded_collections::{BoundedVec, ConstU32};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Keystore type of the delegate key with which a node signs its anchors.
#[cfg(feature = "runtime")]
pub const DELEGATE_KEY_TYPE: sp_core::crypto::KeyTypeId = sp_core::crypto::KeyTypeId(*b"slan");

/// Most courier keys of one node that may be valid at the same time.
pub const MAX_COURIER_KEYS: u32 = 4;

/// A node's public courier keys and the blocks in which they hold. During a rotation two overlap.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct CourierKey {
	/// Ed25519 public key (RFC 8032): signs packets, receipts and attestations.
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

/// Blocks after a key's end in which what it signed may still be anchored, where the chain says nothing else: a day of 2 s blocks.
pub const DEFAULT_KEY_GRACE: BlockNumber = 43_200;

/// A key whose secret others may have had, as the chain keeps it for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Compromise {
	/// Since which block, by what its member says. The chain knows only that it lies between the first block of the key and the
	/// declaration: it does not see what a key signs, nor when.
	pub since: BlockNumber,
	/// The block in which the member said so.
	pub declared: BlockNumber,
}

/// Why a key's signature counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
	/// The key held when its signature was anchored.
	AtAnchor,
	/// The key held at the block that the signature names and ended before it was anchored, not too long before.
	UntilEnd {
		/// First block without it.
		ended: BlockNumber,
	},
}

/// Why a key's signature does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotHeld {
	/// The signature names a block that was not there when it was anchored.
	AttestedLater,
	/// The key held neither at the block that the signature names nor when it was anchored.
	Never,
	/// The key had ended too long before.
	TooLate {
		/// First block without it.
		ended: BlockNumber,
		/// The last block in which the anchor would have counted.
		latest: BlockNumber,
	},
	/// The key was known to be compromised when it was anchored.
	Compromised(Compromise),
}

/// Whether a signature by `key` counts that names the final block `attested` and is in an anchor of block `anchored`: the rule of nodes and
/// of verifiers.
///
/// The key must have held at one of the two. Where it ended in between, the anchor must have come within `grace` blocks *of that end*, so that a
/// finality that stalls voids nothing, and a thief of an old key gains nothing. A compromise voids nothing that was anchored before it was declared: else a
/// party could take back what it signed by saying that its key was stolen.
///
/// # Errors
/// [`NotHeld`] says why it does not count.
pub fn held(
	key: &CourierKey,
	compromise: Option<&Compromise>,
	attested: BlockNumber,
	anchored: BlockNumber,
	grace: BlockNumber,
) -> Result<Held, NotHeld> {
	if attested >= anchored {
		return Err(NotHeld::AttestedLater);
	}
	if let Some(compromise) = compromise.filter(|it| it.declared <= anchored) {
		return Err(NotHeld::Compromised(*compromise));
	}
	if key.is_valid_at(anchored) {
		return Ok(Held::AtAnchor);
	}
	if !key.is_valid_at(attested) {
		return Err(NotHeld::Never);
	}
	// It held at the earlier block and not at the later one.
	let ended = key.valid_until.unwrap_or(BlockNumber::MAX);
	let latest = ended.saturating_add(grace);
	if anchored <= latest {
		Ok(Held::UntilEnd { ended })
	} else {
		Err(NotHeld::TooLate { ended, latest })
	}
}

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
	/// An attestation of a batch, by issuer or seller.
	Attestation,
	/// Which store a node speaks from, by the node.
	Store,
}

impl Purpose {
	/// The domain-separation tag.
	pub const fn tag(self) -> &'static [u8] {
		match self {
			Purpose::Packet => b"sealane/2/packet",
			Purpose::Receipt => b"sealane/2/receipt",
			Purpose::Refusal => b"sealane/2/refusal",
			Purpose::Attestation => b"sealane/2/attestation",
			Purpose::Store => b"sealane/2/store",
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
	use proptest::prelude::*;

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
		let purposes = [
			Purpose::Packet,
			Purpose::Receipt,
			Purpose::Refusal,
			Purpose::Attestation,
			Purpose::Store,
		];
		for (i, a) in purposes.into_iter().enumerate() {
			for b in &purposes[..i] {
				assert_ne!(a.digest(&[0; 32], b"m"), b.digest(&[0; 32], b"m"));
			}
			assert_ne!(a.digest(&[0; 32], b"m"), a.digest(&[1; 32], b"m"));
			assert_ne!(a.digest(&[0; 32], b"m"), a.digest(&[0; 32], b"n"));
		}
		let bytes = [&[16][..], b"sealane/2/packet", &[9; 32], b"message"].concat();
		assert_eq!(
			Purpose::Packet.digest(&[9; 32], b"message"),
			sp_io::hashing::sha2_256(&bytes)
		);
	}

	#[test]
	fn boundary_of_the_grace() {
		let (closed, grace) = (key(10, Some(20)), 5);
		let rule = |attested, anchored| held(&closed, None, attested, anchored, grace);
		assert_eq!(rule(10, 19), Ok(Held::AtAnchor));
		assert_eq!(rule(19, 20), Ok(Held::UntilEnd { ended: 20 }));
		assert_eq!(rule(10, 25), Ok(Held::UntilEnd { ended: 20 }));
		assert_eq!(rule(10, 26), Err(NotHeld::TooLate { ended: 20, latest: 25 }));
		// A key may be newer than the newest final block: it counts from its first block on.
		assert_eq!(rule(3, 10), Ok(Held::AtAnchor));
		assert_eq!(rule(3, 9), Err(NotHeld::Never));
		assert_eq!(rule(9, 20), Err(NotHeld::Never));
		assert_eq!(rule(20, 21), Err(NotHeld::Never));
		assert_eq!(rule(15, 15), Err(NotHeld::AttestedLater));
		assert_eq!(rule(16, 15), Err(NotHeld::AttestedLater));
	}

	#[test]
	fn boundary_of_a_compromise() {
		let stolen = Compromise {
			since: 12,
			declared: 18,
		};
		let rule = |anchored| held(&key(10, Some(18)), Some(&stolen), 11, anchored, 100);
		assert_eq!(rule(17), Ok(Held::AtAnchor));
		assert_eq!(rule(18), Err(NotHeld::Compromised(stolen)));
	}

	/// A key, the block that its signature names and the anchor's, all close enough to meet in every order.
	fn uses() -> impl Strategy<Value = (CourierKey, BlockNumber, BlockNumber, BlockNumber)> {
		let key =
			(0..60u32, proptest::option::of(0..60u32)).prop_map(|(from, len)| key(from, len.map(|len| from + len)));
		(key, 0..120u32, 0..120u32, 0..40u32)
	}

	proptest! {
		#![proptest_config(ProptestConfig::with_cases(2_000))]

		/// Anchoring earlier never makes a signature worse, as long as its key had begun.
		#[test]
		fn earlier_is_no_worse((key, attested, anchored, grace) in uses()) {
			if held(&key, None, attested, anchored, grace).is_ok() {
				for earlier in key.valid_from.max(attested + 1)..anchored {
					prop_assert!(held(&key, None, attested, earlier, grace).is_ok(), "at {}", earlier);
				}
			}
		}

		/// However long finality stalled before the signature: what counts is whether the key had ended, and how long ago.
		#[test]
		fn a_stall_voids_nothing((key, attested, anchored, grace) in uses()) {
			if key.is_valid_at(attested) && attested < anchored {
				let counts = held(&key, None, attested, anchored, grace);
				for stalled in (0..anchored).filter(|stalled| key.is_valid_at(*stalled)) {
					prop_assert_eq!(counts, held(&key, None, stalled, anchored, grace), "at {}", stalled);
				}
			}
		}

		/// No signature counts that is anchored before its key began, or later than the grace after its end, or names no earlier block.
		#[test]
		fn never_outside_its_time((key, attested, anchored, grace) in uses()) {
			if let Ok(how) = held(&key, None, attested, anchored, grace) {
				prop_assert!(attested < anchored && key.valid_from <= anchored);
				prop_assert!(key.valid_until.is_none_or(|end| anchored <= end.saturating_add(grace)));
				prop_assert_eq!(how == Held::AtAnchor, key.is_valid_at(anchored));
			}
		}

		/// With overlapping keys one of them always counts: a rotation voids nothing that is anchored in time.
		#[test]
		fn a_rotation_leaves_no_gap(start in 1..50u32, overlap in 1..20u32, attested in 0..100u32, wait in 1..40u32) {
			let (old, new) = (key(0, Some(start + overlap)), key(start, None));
			let anchored = attested + wait;
			let signer = if old.is_valid_at(attested) { &old } else { &new };
			prop_assert!(held(signer, None, attested, anchored, 40).is_ok());
		}

		#[test]
		fn a_compromise_voids_nothing_before_it(
			(key, attested, anchored, grace) in uses(),
			(since, declared) in (0..120u32, 0..120u32),
		) {
			let without = held(&key, None, attested, anchored, grace);
			let with = held(&key, Some(&Compromise { since, declared }), attested, anchored, grace);
			if anchored < declared {
				prop_assert_eq!(with, without);
			} else {
				prop_assert!(with.is_err());
			}
		}
	}
}
