// SPDX-License-Identifier: Apache-2.0

//! Genesis, the constants and the layout of storage.

use crate::{
	mock::{Anchors, *},
	*,
};
use codec::Encode;
use frame_support::traits::{Hooks, StorageInfoTrait, StorageVersion};
use sealane_primitives::directory::{AnchorMode, AnchorPolicy};

#[test]
fn integrity_test_passes() {
	run(|| {
		Anchors::integrity_test();
		assert_eq!(STORAGE_VERSION, StorageVersion::new(1));
	});
}

#[test]
fn genesis_sets_the_policy() {
	let policy = AnchorPolicy {
		interval: 42,
		mode: AnchorMode::Packed,
		max_packed: 8,
	};
	genesis(Some(policy)).execute_with(|| {
		assert_eq!(Anchors::current_policy(), policy);
		Anchors::do_try_state().expect("the invariants hold at genesis");
	});
	genesis(None).execute_with(|| assert_eq!(Anchors::current_policy(), DefaultPolicy::get()));
}

#[test]
#[should_panic(expected = "breaks a rule: Err(IntervalZero)")]
fn fails_when_genesis_breaks_a_rule() {
	genesis(Some(AnchorPolicy {
		interval: 0,
		mode: AnchorMode::Root,
		max_packed: 8,
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
	let anchor = Anchor {
		root: hash(3),
		block: 7,
		packed: Some(2),
	};
	assert_eq!(
		anchor.encode(),
		[&[3; 32][..], &[7, 0, 0, 0], &[1, 2, 0, 0, 0]].concat()
	);
}
