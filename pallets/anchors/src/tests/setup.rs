// SPDX-License-Identifier: Apache-2.0

//! Genesis, the constants and the layout of storage.

use crate::{
	mock::{Anchors, *},
	*,
};
use codec::Encode;
use frame_support::traits::{Hooks, StorageInfoTrait, StorageVersion};
use sealane_primitives::{
	directory::CourierPolicy,
	evidence::range::{Peaks, Range},
};

#[test]
fn integrity_test_passes() {
	run(|| {
		Anchors::integrity_test();
		assert_eq!(STORAGE_VERSION, StorageVersion::new(3));
	});
}

#[test]
fn genesis_sets_the_policy() {
	let policy = CourierPolicy {
		anchors_per_block: 42,
		max_age: 120_000,
		drain: 1_000,
	};
	genesis(Some(policy)).execute_with(|| {
		assert_eq!(Anchors::current_policy(), policy);
		Anchors::do_try_state().expect("the invariants hold at genesis");
	});
	genesis(None).execute_with(|| assert_eq!(Anchors::current_policy(), DefaultPolicy::get()));
}

#[test]
#[should_panic(expected = "breaks a rule: Err(NoAnchors)")]
fn fails_when_genesis_breaks_a_rule() {
	genesis(Some(CourierPolicy {
		anchors_per_block: 0,
		max_age: 120_000,
		drain: 1_000,
	}));
}

#[test]
fn every_storage_item_is_bounded() {
	let items = Anchors::storage_info();
	assert_eq!(items.len(), 6);
	for item in items {
		assert!(
			item.max_size.is_some(),
			"{} has no largest size",
			String::from_utf8_lossy(&item.storage_name)
		);
	}
}

/// Verifiers derive the key of an anchor from this very form; see the documentation of evidence.
#[test]
fn the_key_of_an_anchor_is_fixed() {
	let mut key = sp_io::hashing::twox_128(b"Anchors").to_vec();
	key.extend(sp_io::hashing::twox_128(b"Anchors"));
	for number in [BANK_NODE.encode(), 5_u64.encode()] {
		key.extend(sp_io::hashing::twox_64(&number));
		key.extend(number);
	}
	assert_eq!(crate::Anchors::<Test>::hashed_key_for(BANK_NODE, 5), key);
	let anchor = Anchor::new(hash(3), 7);
	assert_eq!(anchor.encode(), [&[3; 32][..], &[7, 0, 0, 0], &[0]].concat());
}

/// As above.
#[test]
fn the_key_and_the_form_of_a_range_are_fixed() {
	let mut key = sp_io::hashing::twox_128(b"Anchors").to_vec();
	key.extend(sp_io::hashing::twox_128(b"Ranges"));
	key.extend(sp_io::hashing::twox_64(&BANK_NODE.encode()));
	key.extend(BANK_NODE.encode());
	assert_eq!(Ranges::<Test>::hashed_key_for(BANK_NODE), key);
	let range = Range {
		count: 3,
		last: 7,
		peaks: Peaks::truncate_from(vec![hash(1), hash(2)]),
	};
	let peaks = [&[2 << 2][..], &[1; 32], &[2; 32]].concat();
	assert_eq!(
		range.encode(),
		[&3u64.to_le_bytes()[..], &7u32.to_le_bytes(), &peaks].concat()
	);
}
