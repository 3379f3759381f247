// SPDX-License-Identifier: Apache-2.0

//! The rules of a node's courier keys: announce, overlap, retire. Pure: a ring of keys and a block number.
//!
//! At every block exactly one pair of a ring has no end; it is the newest that was announced and not given up.
//! Announcing closes it some blocks after its successor begins, so that packets under way with either are taken.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::PalletError;
use scale_info::TypeInfo;
use sealane_primitives::{
	ids::BlockNumber,
	keys::{CourierKey, CourierKeys},
};

/// Ed25519 encodings (sign bit cleared) of points of small order: anybody can make signatures that such a "key" verifies.
const WEAK_SIGNING_KEYS: [[u8; 32]; 7] = [
	little_endian(0),
	little_endian(1),
	[
		0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf,
		0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
	],
	[
		0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20,
		0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
	],
	field_prime_plus(-1),
	field_prime_plus(0),
	field_prime_plus(1),
];

/// X25519 u-coordinates (top bit cleared) of small order: the shared secret would be zero, whatever the other side's key.
const WEAK_SEALING_KEYS: [[u8; 32]; 7] = [
	little_endian(0),
	little_endian(1),
	[
		0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a, 0xda, 0x09,
		0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00,
	],
	[
		0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1, 0x55, 0x9c, 0x83, 0xef, 0x5b, 0x04, 0x44,
		0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57,
	],
	field_prime_plus(-1),
	field_prime_plus(0),
	field_prime_plus(1),
];

/// A small number as 32 bytes, little-endian.
const fn little_endian(value: u8) -> [u8; 32] {
	let mut bytes = [0; 32];
	bytes[0] = value;
	bytes
}

/// 2^255 − 19 + `offset` as 32 bytes, little-endian.
const fn field_prime_plus(offset: i8) -> [u8; 32] {
	let mut bytes = [0xff; 32];
	bytes[0] = 0xed_u8.wrapping_add_signed(offset);
	bytes[31] = 0x7f;
	bytes
}

/// Whether `key` is among `weak`, its top bit aside.
fn is_among(key: &[u8; 32], weak: &[[u8; 32]]) -> bool {
	let mut key = *key;
	key[31] &= 0x7f;
	weak.contains(&key)
}

/// Whether `key` is an Ed25519 key that everybody can sign for.
pub fn is_weak_signing_key(key: &[u8; 32]) -> bool {
	is_among(key, &WEAK_SIGNING_KEYS)
}

/// Whether `key` is an X25519 key whose shared secrets everybody knows.
pub fn is_weak_sealing_key(key: &[u8; 32]) -> bool {
	is_among(key, &WEAK_SEALING_KEYS)
}

/// Why keys are not taken or not given up.
#[derive(
	Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, PalletError,
)]
pub enum KeysFault {
	/// The signing key is one that everybody can sign for.
	WeakSigningKey,
	/// The sealing key is one whose shared secrets everybody knows.
	WeakSealingKey,
	/// The keys would not begin after the current block.
	NotInFuture,
	/// The keys would begin later than an announcement may look ahead.
	TooFarAhead,
	/// The old keys would end sooner after the new ones begin than the least overlap.
	OverlapTooShort,
	/// The old keys would hold on longer after the new ones begin than the longest overlap.
	OverlapTooLong,
	/// Keys that were announced have not begun yet; one rotation at a time.
	RotationPending,
	/// The ring is full and the oldest of its keys have not ended.
	RingFull,
	/// No such signing key in the ring.
	NotFound,
	/// The keys have ended already, or end with this block.
	AlreadyEnded,
	/// No other keys hold on or are announced: the node would be without.
	LastKeys,
	/// They were declared stolen already.
	AlreadyCompromised,
	/// The block since which they are stolen is before their first, or after the current one.
	SinceOutOfRange,
	/// The signing key is no canonical encoding of a point: what it signs would hold for some programs and not for others.
	InvalidSigningKey,
}

/// Bounds of a rotation, in blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RotationLimits {
	/// Fewest blocks in which old and new keys hold together.
	pub min_overlap: BlockNumber,
	/// Most blocks in which old and new keys hold together.
	pub max_overlap: BlockNumber,
	/// Most blocks from an announcement to the first block of the new keys.
	pub max_notice: BlockNumber,
}

/// What a node announces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Announcement {
	/// Ed25519 public key.
	pub signing: [u8; 32],
	/// X25519 public key.
	pub sealing: [u8; 32],
	/// First block in which the new keys hold.
	pub valid_from: BlockNumber,
	/// Blocks after that in which the old ones still hold.
	pub overlap: BlockNumber,
}

/// What giving up keys did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retirement {
	/// The keys given up, with their end.
	pub retired: CourierKey,
	/// They had not begun; they left the ring without a trace.
	pub withdrawn: bool,
}

/// Whether both keys are usable at all.
///
/// # Errors
/// [`KeysFault::WeakSigningKey`], [`KeysFault::WeakSealingKey`].
pub fn validate_pair(signing: &[u8; 32], sealing: &[u8; 32]) -> Result<(), KeysFault> {
	if is_weak_signing_key(signing) {
		return Err(KeysFault::WeakSigningKey);
	}
	if is_weak_sealing_key(sealing) {
		return Err(KeysFault::WeakSealingKey);
	}
	Ok(())
}

/// The ring of a new node: its keys hold at once.
///
/// # Errors
/// As [`validate_pair`].
pub fn first(signing: [u8; 32], sealing: [u8; 32], now: BlockNumber) -> Result<CourierKeys, KeysFault> {
	validate_pair(&signing, &sealing)?;
	let mut keys = CourierKeys::new();
	keys.try_push(CourierKey {
		signing,
		sealing,
		valid_from: now,
		valid_until: None,
	})
	.map_err(|_| KeysFault::RingFull)?;
	Ok(keys)
}

/// The ring after an announcement. Where it was full, the oldest keys make room, provided that they have ended.
///
/// No others do: so a ring is always the newest keys of a node without a gap, and whoever looks for those of a block of the
/// past has to look at no more than fit into a ring.
///
/// # Errors
/// [`KeysFault`]; the ring is as it was then.
pub fn announce(
	keys: &CourierKeys,
	new: Announcement,
	limits: RotationLimits,
	now: BlockNumber,
) -> Result<CourierKeys, KeysFault> {
	validate_pair(&new.signing, &new.sealing)?;
	if new.valid_from <= now {
		return Err(KeysFault::NotInFuture);
	}
	if new.valid_from - now > limits.max_notice {
		return Err(KeysFault::TooFarAhead);
	}
	if new.overlap < limits.min_overlap {
		return Err(KeysFault::OverlapTooShort);
	}
	if new.overlap > limits.max_overlap {
		return Err(KeysFault::OverlapTooLong);
	}
	if keys.iter().any(|key| key.valid_from > now) {
		return Err(KeysFault::RotationPending);
	}

	let mut ring = keys.clone();
	if ring.is_full() {
		if !has_ended(&ring[0], now) {
			return Err(KeysFault::RingFull);
		}
		ring.remove(0);
	}
	let old_end = new.valid_from.saturating_add(new.overlap);
	for key in ring.iter_mut().filter(|key| key.valid_until.is_none()) {
		key.valid_until = Some(old_end);
	}
	let key = CourierKey {
		signing: new.signing,
		sealing: new.sealing,
		valid_from: new.valid_from,
		valid_until: None,
	};
	ring.try_push(key).map_err(|_| KeysFault::RingFull)?;
	Ok(ring)
}

/// The ring after the keys with this signing key were given up at block `now`. Keys that hold do so to the end of this block:
/// what others did in it, before or after, is judged alike. Keys that have not begun leave the ring. Where they were the ones
/// without an end, the newest others get none instead.
///
/// # Errors
/// [`KeysFault::NotFound`], [`KeysFault::AlreadyEnded`], [`KeysFault::LastKeys`]; the ring is as it was then.
pub fn retire(
	keys: &CourierKeys,
	signing: &[u8; 32],
	now: BlockNumber,
) -> Result<(CourierKeys, Retirement), KeysFault> {
	let mut ring = keys.clone();
	let place = ring
		.iter()
		.position(|key| &key.signing == signing)
		.ok_or(KeysFault::NotFound)?;
	let end = now.saturating_add(1);
	if has_ended(&ring[place], end) {
		return Err(KeysFault::AlreadyEnded);
	}
	// Those that follow were announced later, so the last that fits is the newest.
	let heir = (0..ring.len())
		.rev()
		.find(|i| *i != place && !has_ended(&ring[*i], end))
		.ok_or(KeysFault::LastKeys)?;
	if ring[place].valid_until.is_none() {
		ring[heir].valid_until = None;
	}
	let withdrawn = ring[place].valid_from > now;
	ring[place].valid_until = Some(end.max(ring[place].valid_from));
	let retired = if withdrawn {
		ring.remove(place)
	} else {
		ring[place].clone()
	};
	Ok((ring, Retirement { retired, withdrawn }))
}

/// The ring of a node that is removed at block `now`: nothing holds from the next block on.
pub fn end_all(keys: &CourierKeys, now: BlockNumber) -> CourierKeys {
	let mut ring = keys.clone();
	let end = now.saturating_add(1);
	for key in ring.iter_mut().filter(|key| !has_ended(key, end)) {
		key.valid_until = Some(end.max(key.valid_from));
	}
	ring
}

/// Whether a key's last block is before `now`.
pub fn has_ended(key: &CourierKey, now: BlockNumber) -> bool {
	key.valid_until.is_some_and(|until| until <= now)
}

/// What holds for every ring at every block: one to four pairs, no signing key twice, announced in the order in which
/// they begin, exactly one without an end, none ending before it begins.
pub fn is_sound(keys: &CourierKeys) -> bool {
	let open = keys.iter().filter(|key| key.valid_until.is_none()).count();
	let ordered = keys.windows(2).all(|pair| pair[0].valid_from <= pair[1].valid_from);
	let ends_hold = keys
		.iter()
		.all(|key| key.valid_until.is_none_or(|until| key.valid_from <= until));
	let unique = keys
		.iter()
		.enumerate()
		.all(|(i, key)| keys[..i].iter().all(|other| other.signing != key.signing));
	open == 1 && ordered && ends_hold && unique
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	const LIMITS: RotationLimits = RotationLimits {
		min_overlap: 5,
		max_overlap: 50,
		max_notice: 100,
	};

	fn ring() -> CourierKeys {
		first([1; 32], [1; 32], 10).unwrap()
	}

	fn new(seed: u8, valid_from: BlockNumber, overlap: BlockNumber) -> Announcement {
		Announcement {
			signing: [seed; 32],
			sealing: [seed; 32],
			valid_from,
			overlap,
		}
	}

	#[test]
	fn both_hold_during_the_overlap() {
		let ring = announce(&ring(), new(2, 20, 5), LIMITS, 15).unwrap();
		let valid_at = |at| {
			ring.iter()
				.filter(|k| k.is_valid_at(at))
				.map(|k| k.signing[0])
				.collect::<Vec<_>>()
		};
		assert_eq!(valid_at(19), [1]);
		assert_eq!(valid_at(20), [1, 2]);
		assert_eq!(valid_at(24), [1, 2]);
		assert_eq!(valid_at(25), [2]);
	}

	#[test]
	fn fails_when_the_times_do_not_fit() {
		let ring = ring();
		assert_eq!(announce(&ring, new(2, 15, 5), LIMITS, 15), Err(KeysFault::NotInFuture));
		assert_eq!(announce(&ring, new(2, 116, 5), LIMITS, 15), Err(KeysFault::TooFarAhead));
		assert!(announce(&ring, new(2, 115, 5), LIMITS, 15).is_ok());
		assert_eq!(
			announce(&ring, new(2, 16, 4), LIMITS, 15),
			Err(KeysFault::OverlapTooShort)
		);
		assert_eq!(
			announce(&ring, new(2, 16, 51), LIMITS, 15),
			Err(KeysFault::OverlapTooLong)
		);
	}

	#[test]
	fn fails_when_a_rotation_is_pending() {
		let ring = announce(&ring(), new(2, 20, 5), LIMITS, 15).unwrap();
		assert_eq!(
			announce(&ring, new(3, 30, 5), LIMITS, 19),
			Err(KeysFault::RotationPending)
		);
		assert!(announce(&ring, new(3, 30, 5), LIMITS, 20).is_ok());
	}

	#[test]
	fn a_full_ring_drops_the_oldest_once_they_ended() {
		let mut keys = ring();
		for (seed, at) in [(2, 20), (3, 21), (4, 22)] {
			keys = announce(&keys, new(seed, at + 1, 50), LIMITS, at).unwrap();
		}
		// The first keys hold until 20 + 1 + 50.
		assert_eq!(announce(&keys, new(5, 71, 5), LIMITS, 70), Err(KeysFault::RingFull));
		let keys = announce(&keys, new(5, 72, 5), LIMITS, 71).unwrap();
		assert_eq!(keys.iter().map(|k| k.signing[0]).collect::<Vec<_>>(), [2, 3, 4, 5]);
	}

	#[test]
	fn retiring_the_open_keys_reopens_the_others() {
		let keys = announce(&ring(), new(2, 20, 5), LIMITS, 15).unwrap();
		let (keys, retirement) = retire(&keys, &[2; 32], 22).unwrap();
		assert!(!retirement.withdrawn);
		assert_eq!(retirement.retired.valid_until, Some(23));
		assert_eq!(keys[0].valid_until, None);
		assert!(is_sound(&keys));
		for now in [22, 23] {
			assert_eq!(retire(&keys, &[2; 32], now), Err(KeysFault::AlreadyEnded));
			assert_eq!(retire(&keys, &[1; 32], now), Err(KeysFault::LastKeys));
			assert_eq!(retire(&keys, &[9; 32], now), Err(KeysFault::NotFound));
		}
	}

	#[test]
	fn withdrawing_announced_keys_leaves_no_trace() {
		let before = ring();
		let keys = announce(&before, new(2, 20, 5), LIMITS, 15).unwrap();
		let (keys, retirement) = retire(&keys, &[2; 32], 16).unwrap();
		assert!(retirement.withdrawn);
		assert_eq!(keys, before);
	}

	#[test]
	fn retiring_the_old_keys_ends_the_overlap() {
		let keys = announce(&ring(), new(2, 20, 50), LIMITS, 15).unwrap();
		let (keys, _) = retire(&keys, &[1; 32], 21).unwrap();
		assert_eq!(keys[0].valid_until, Some(22));
		assert!(keys[1].is_valid_at(21));
	}

	#[test]
	fn keys_in_the_middle_of_a_full_ring_make_no_room() {
		let mut keys = ring();
		for (seed, at) in [(2, 20), (3, 21), (4, 22)] {
			keys = announce(&keys, new(seed, at + 1, 50), LIMITS, at).unwrap();
		}
		let (keys, _) = retire(&keys, &[2; 32], 30).unwrap();
		assert_eq!(announce(&keys, new(5, 41, 5), LIMITS, 40), Err(KeysFault::RingFull));
		let (keys, _) = retire(&keys, &[1; 32], 40).unwrap();
		let keys = announce(&keys, new(5, 42, 5), LIMITS, 41).unwrap();
		assert_eq!(keys.iter().map(|k| k.signing[0]).collect::<Vec<_>>(), [2, 3, 4, 5]);
	}

	#[test]
	fn nothing_that_holds_in_a_block_ends_within_it() {
		let keys = announce(&ring(), new(2, 20, 5), LIMITS, 15).unwrap();
		let (retired, _) = retire(&keys, &[1; 32], 22).unwrap();
		let closed = end_all(&keys, 22);
		for ring in [&retired, &closed] {
			assert!(ring.iter().all(|key| key.is_valid_at(22)));
		}
		assert!(!retired[0].is_valid_at(23));
		assert!(closed.iter().all(|key| !key.is_valid_at(23)));
	}

	#[test]
	fn fails_when_keys_are_weak() {
		assert_eq!(first([0; 32], [1; 32], 1), Err(KeysFault::WeakSigningKey));
		assert_eq!(first([1; 32], [0; 32], 1), Err(KeysFault::WeakSealingKey));
		let mut one = [0; 32];
		one[0] = 1;
		one[31] = 0x80;
		assert!(is_weak_signing_key(&one) && is_weak_sealing_key(&one));
	}

	#[derive(Clone, Debug)]
	enum Step {
		Pass(u8),
		Announce { ahead: u8, overlap: u8 },
		Retire(usize),
	}

	fn step() -> impl Strategy<Value = Step> {
		prop_oneof![
			(0..30u8).prop_map(Step::Pass),
			(0..30u8, 0..60u8).prop_map(|(ahead, overlap)| Step::Announce { ahead, overlap }),
			(0..6usize).prop_map(Step::Retire),
		]
	}

	proptest! {
		/// Whatever is announced and retired: the ring stays sound, keys that ended never hold again, and unless keys were
		/// given up, some keys hold at every block.
		#[test]
		fn stays_sound(steps in prop::collection::vec(step(), 0..120)) {
			let mut now = 10;
			let mut keys = ring();
			let mut ended: Vec<[u8; 32]> = Vec::new();
			let mut gave_up = false;
			let mut next_seed = 2u8;
			for step in steps {
				match step {
					Step::Pass(blocks) => now += BlockNumber::from(blocks),
					Step::Announce { ahead, overlap } => {
						let new = new(next_seed, now + BlockNumber::from(ahead), BlockNumber::from(overlap));
						if let Ok(ring) = announce(&keys, new, LIMITS, now) {
							next_seed += 1;
							keys = ring;
						}
					},
					Step::Retire(place) => {
						let signing = keys.get(place).map_or([0xaa; 32], |key| key.signing);
						if let Ok((ring, _)) = retire(&keys, &signing, now) {
							gave_up = true;
							keys = ring;
						}
					},
				}
				ended.extend(keys.iter().filter(|key| has_ended(key, now)).map(|key| key.signing));
				prop_assert!(is_sound(&keys), "{:?}", keys);
				prop_assert!(keys.iter().all(|key| !key.is_valid_at(now) || !ended.contains(&key.signing)));
				prop_assert!(gave_up || keys.iter().any(|key| key.is_valid_at(now)));
			}
			let closed = end_all(&keys, now);
			prop_assert!(closed.iter().all(|key| !key.is_valid_at(now + 1) && key.valid_until.is_some()));
			prop_assert!(keys.iter().zip(&closed).all(|(a, b)| a.is_valid_at(now) == b.is_valid_at(now)));
		}
	}
}
