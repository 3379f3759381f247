// SPDX-License-Identifier: Apache-2.0

//! A batch of trade records: the core that never changes, the two sides' attestations of it, and its leaf in an anchor's tree.
//!
//! The core says what was traded between whom. Each side attests it by itself, and may attest it anew with another key: what a side signs does
//! not change the batch. An attestation names a final block, so that nobody could have made it before that block.

use super::leaf::LEAF_PREFIX;
use crate::{
	ids::{BlockNumber, ChannelId, Digest, MemberId, NodeId},
	keys::Purpose,
	signature,
};
use alloc::vec::Vec;
use bounded_collections::{BoundedVec, ConstU32};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sha2::{Digest as _, Sha256};

/// Domain tag of a core's hash.
pub const CORE_TAG: &[u8] = b"sealane/2/core";
/// Domain tag of an attestation's hash.
pub const ATTESTATION_TAG: &[u8] = b"sealane/2/attestation";
/// Domain tag of a batch's leaf in an anchor's tree.
pub const BATCH_TAG: &[u8] = b"sealane/2/batch";
/// The suite of hashes and signatures that there is: SHA-256 and strict Ed25519.
pub const SUITE: u8 = 0;
/// Most records of a batch.
pub const MAX_RECORDS: u32 = 65_536;

/// What a batch of trade records is. Both sides attest its hash; it never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Core {
	/// Hash of the chain's genesis block.
	pub genesis: Digest,
	/// The channel whose records these are.
	pub channel: ChannelId,
	/// The node that answered: sender of the answers' lane.
	pub issuer_node: NodeId,
	/// The node that ordered: receiver of the answers' lane.
	pub seller_node: NodeId,
	/// The member that answered.
	pub issuer: MemberId,
	/// The member that ordered.
	pub seller: MemberId,
	/// First packet of the answers' lane in the batch.
	pub first_sequence: u64,
	/// Last packet of the answers' lane in the batch.
	pub last_sequence: u64,
	/// Number of records.
	pub count: u32,
	/// Root over the records' leaves.
	pub root: Digest,
	/// Hash of the lane's previous core; zeros for the first. So two versions of a batch contradict each other, and a gap shows.
	pub previous: Digest,
	/// The civil date of its making in the issuer's zone, in days since 1970-01-01.
	pub date: u32,
}

impl Core {
	/// `SHA-256("sealane/2/core" ‖ SCALE encoding)`.
	pub fn hash(&self) -> Digest {
		let mut hash = Sha256::new();
		hash.update(CORE_TAG);
		self.using_encoded(|bytes| hash.update(bytes));
		hash.finalize().into()
	}
}

/// A side of a batch.
#[derive(
	Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum Side {
	/// The side that answered.
	#[codec(index = 0)]
	Issuer,
	/// The side that ordered.
	#[codec(index = 1)]
	Seller,
}

impl Side {
	/// Both, in the order in which they stand in an anchor's leaf.
	pub const BOTH: [Side; 2] = [Side::Issuer, Side::Seller];

	/// The other one.
	pub const fn other(self) -> Side {
		match self {
			Side::Issuer => Side::Seller,
			Side::Seller => Side::Issuer,
		}
	}

	/// `issuer` or `seller`.
	pub const fn as_str(self) -> &'static str {
		match self {
			Side::Issuer => "issuer",
			Side::Seller => "seller",
		}
	}
}

/// A block that is final.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct FinalBlockRef {
	/// Its number.
	pub number: BlockNumber,
	/// Its hash.
	pub hash: Digest,
}

/// The records of a batch that a side does not agree to: bit `i % 8`, counted from the lowest, of byte `i / 8` stands for record `i`. It ends with
/// the last byte that is not zero, so that a set of records has one form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Excluded(BoundedVec<u8, ConstU32<{ MAX_RECORDS / 8 }>>);

impl Excluded {
	/// No record.
	pub fn none() -> Self {
		Self::default()
	}

	/// These records; those from [`MAX_RECORDS`] on cannot be in a batch and are left out.
	pub fn of(records: impl IntoIterator<Item = u32>) -> Self {
		let mut bytes = Vec::new();
		for record in records.into_iter().filter(|record| *record < MAX_RECORDS) {
			let at = record as usize / 8;
			if bytes.len() <= at {
				bytes.resize(at + 1, 0);
			}
			bytes[at] |= 1 << (record % 8);
		}
		Excluded(BoundedVec::truncate_from(bytes))
	}

	/// The bits of a file, as bytes.
	///
	/// # Errors
	/// They are not the form of a set of records of a batch of `count`.
	pub fn from_bytes(bytes: &[u8], count: u32) -> Option<Self> {
		let excluded = Excluded(BoundedVec::try_from(bytes.to_vec()).ok()?);
		excluded.fits(count).then_some(excluded)
	}

	/// The bits.
	pub fn as_bytes(&self) -> &[u8] {
		&self.0
	}

	/// Whether no record is excluded.
	pub fn is_none(&self) -> bool {
		self.0.is_empty()
	}

	/// Whether record `index` is excluded.
	pub fn contains(&self, index: u32) -> bool {
		self.0
			.get(index as usize / 8)
			.is_some_and(|byte| byte >> (index % 8) & 1 == 1)
	}

	/// Whether it is the form of a set of records of a batch of `count`.
	pub fn fits(&self, count: u32) -> bool {
		let Some(last) = self.0.last() else { return true };
		let highest = (self.0.len() as u32 - 1) * 8 + 7 - last.leading_zeros().min(7);
		*last != 0 && highest < count
	}
}

/// One side's signature over a batch.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Attestation {
	/// [`SUITE`].
	pub suite: u8,
	/// Whose it is.
	pub side: Side,
	/// A final block that the signer knew: the attestation was not made before it.
	pub block: FinalBlockRef,
	/// The records that the signer does not agree to.
	pub excluded: Excluded,
	/// The signer's key, Ed25519.
	pub key: [u8; 32],
	/// The signature over [`Attestation::message`].
	pub signature: [u8; 64],
}

impl Attestation {
	/// The bytes that are signed with [`Purpose::Attestation`]: suite, side, the core's hash, number and hash of the final block, the excluded records as
	/// compact length and bytes.
	pub fn message(side: Side, core: &Digest, block: &FinalBlockRef, excluded: &Excluded) -> Vec<u8> {
		(SUITE, side, core, block, excluded).encode()
	}

	/// The 32 bytes that are signed on the chain with this genesis hash.
	pub fn digest(&self, genesis: &Digest, core: &Digest) -> Digest {
		Purpose::Attestation.digest(genesis, &Self::message(self.side, core, &self.block, &self.excluded))
	}

	/// Whether it is of the suite that there is, and its key signed it.
	pub fn is_signed(&self, genesis: &Digest, core: &Digest) -> bool {
		self.suite == SUITE && signature::verify(&self.key, &self.digest(genesis, core), &self.signature)
	}

	/// `SHA-256("sealane/2/attestation" ‖ SCALE encoding)`.
	pub fn hash(&self) -> Digest {
		let mut hash = Sha256::new();
		hash.update(ATTESTATION_TAG);
		self.using_encoded(|bytes| hash.update(bytes));
		hash.finalize().into()
	}
}

/// The leaf of a batch in an anchor's tree:
/// `SHA-256(0x00 ‖ "sealane/2/batch" ‖ core's hash ‖ hash of the issuer's attestation ‖ hash of the seller's attestation ‖ blinding)`, zeros where there is none.
///
/// `blinding` is random and known to the anchoring node. Without it anybody who guesses a core (channels, counts and dates are guessable)
/// and holds one record could test whether it is in an anchor.
pub fn anchor_leaf(core: &Digest, attestations: [Option<Digest>; 2], blinding: &[u8; 32]) -> Digest {
	let mut hash = Sha256::new();
	hash.update(LEAF_PREFIX);
	hash.update(BATCH_TAG);
	hash.update(core);
	for attestation in attestations {
		hash.update(attestation.unwrap_or_default());
	}
	hash.update(blinding);
	hash.finalize().into()
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;
	use sp_core::{ed25519, Pair as _};

	const GENESIS: Digest = [0x11; 32];

	fn core() -> Core {
		Core {
			genesis: GENESIS,
			channel: 3,
			issuer_node: 7,
			seller_node: 4,
			issuer: 70,
			seller: 40,
			first_sequence: 41,
			last_sequence: 42,
			count: 12,
			root: [0x22; 32],
			previous: [0x33; 32],
			date: 20_416,
		}
	}

	fn attest(side: Side, excluded: Excluded) -> Attestation {
		let pair = ed25519::Pair::from_seed(&[9; 32]);
		let block = FinalBlockRef {
			number: 5,
			hash: [0x44; 32],
		};
		let mut attestation = Attestation {
			suite: SUITE,
			side,
			block,
			excluded,
			key: pair.public().0,
			signature: [0; 64],
		};
		attestation.signature = pair.sign(&attestation.digest(&GENESIS, &core().hash())).0;
		attestation
	}

	fn sha256(parts: &[&[u8]]) -> Digest {
		sp_io::hashing::sha2_256(&parts.concat())
	}

	#[test]
	fn hashes_are_those_of_the_documented_bytes() {
		let core = core();
		let mut bytes = Vec::from(GENESIS);
		bytes.extend([3, 0, 0, 0, 7, 0, 0, 0, 4, 0, 0, 0, 70, 0, 0, 0, 40, 0, 0, 0]);
		bytes.extend(41u64.to_le_bytes());
		bytes.extend(42u64.to_le_bytes());
		bytes.extend(12u32.to_le_bytes());
		bytes.extend([0x22; 32]);
		bytes.extend([0x33; 32]);
		bytes.extend(20_416u32.to_le_bytes());
		assert_eq!(core.encode(), bytes);
		assert_eq!(Core::max_encoded_len(), bytes.len());
		assert_eq!(core.hash(), sha256(&[b"sealane/2/core", &bytes]));

		let seller = attest(Side::Seller, Excluded::of([1, 10]));
		let message = [
			&[0, 1][..],
			&core.hash(),
			&[5, 0, 0, 0],
			&[0x44; 32],
			&[2 << 2, 0b10, 0b100],
		]
		.concat();
		assert_eq!(
			seller.digest(&GENESIS, &core.hash()),
			sha256(&[&[21], b"sealane/2/attestation", &GENESIS, &message])
		);
		let bytes = [
			&[0, 1][..],
			&[5, 0, 0, 0],
			&[0x44; 32],
			&[2 << 2, 0b10, 0b100],
			&seller.key,
			&seller.signature,
		];
		assert_eq!(seller.encode(), bytes.concat());
		assert_eq!(seller.hash(), sha256(&[b"sealane/2/attestation", &bytes.concat()]));
		assert_eq!(
			anchor_leaf(&core.hash(), [None, Some(seller.hash())], &[8; 32]),
			sha256(&[b"\0sealane/2/batch", &core.hash(), &[0; 32], &seller.hash(), &[8; 32]])
		);
	}

	#[test]
	fn an_attestation_is_worth_nothing_elsewhere() {
		let hash = core().hash();
		let attestation = attest(Side::Issuer, Excluded::of([3]));
		assert!(attestation.is_signed(&GENESIS, &hash));
		let refused = |change: &dyn Fn(&mut Attestation)| {
			let mut changed = attestation.clone();
			change(&mut changed);
			!changed.is_signed(&GENESIS, &hash)
		};
		assert!(refused(&|it| it.suite = 1));
		assert!(refused(&|it| it.side = Side::Seller));
		assert!(refused(&|it| it.block.number += 1));
		assert!(refused(&|it| it.block.hash[0] ^= 1));
		assert!(refused(&|it| it.excluded = Excluded::none()));
		assert!(refused(&|it| it.key[0] ^= 1));
		assert!(refused(&|it| it.signature[0] ^= 1));
		assert!(!attestation.is_signed(&[0; 32], &hash));
		assert!(!attestation.is_signed(&GENESIS, &[0; 32]));
	}

	#[test]
	fn boundary_excluded() {
		assert!(Excluded::none().fits(1) && Excluded::none().is_none());
		assert!(Excluded::of([0]).fits(1) && !Excluded::of([1]).fits(1));
		assert!(Excluded::of([7]).fits(8) && Excluded::of([8]).fits(9) && !Excluded::of([8]).fits(8));
		let all = Excluded::of(0..MAX_RECORDS);
		assert!(all.fits(MAX_RECORDS) && !all.fits(MAX_RECORDS - 1));
		assert_eq!(Excluded::of([MAX_RECORDS]), Excluded::none());
		// A zero at the end would be a second form of the same set.
		assert_eq!(Excluded::from_bytes(&[1, 0], 16), None);
		assert_eq!(Excluded::from_bytes(&[0], 16), None);
		assert_eq!(Excluded::from_bytes(&[2], 1), None);
		assert_eq!(Excluded::from_bytes(&[0; 8193], MAX_RECORDS), None);
		assert_eq!(Excluded::from_bytes(&[], 1), Some(Excluded::none()));
	}

	proptest! {
		#[test]
		fn excluded_is_a_set_with_one_form(
			records in proptest::collection::btree_set(0u32..300, 0..40),
			bytes in proptest::collection::vec(any::<u8>(), 0..6),
		) {
			let excluded = Excluded::of(records.iter().copied());
			for index in 0..300 {
				prop_assert_eq!(excluded.contains(index), records.contains(&index));
			}
			let least = records.last().map_or(0, |last| last + 1);
			prop_assert!(excluded.fits(least) && (least == 0 || !excluded.fits(least - 1)));
			prop_assert_eq!(Excluded::from_bytes(excluded.as_bytes(), least.max(1)), Some(excluded));
			if let Some(excluded) = Excluded::from_bytes(&bytes, 48) {
				let records = (0..48).filter(|index| excluded.contains(*index));
				prop_assert_eq!(Excluded::of(records), excluded);
			}
		}

		#[test]
		fn hostile_bytes_decode_or_fail(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
			if let Ok(attestation) = Attestation::decode(&mut &bytes[..]) {
				prop_assert!(bytes.starts_with(&attestation.encode()));
			}
			if let Ok(core) = Core::decode(&mut &bytes[..]) {
				prop_assert_eq!(core.encode(), bytes[..Core::max_encoded_len()].to_vec());
			}
		}
	}
}
