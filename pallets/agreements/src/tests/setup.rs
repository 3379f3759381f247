// SPDX-License-Identifier: Apache-2.0

//! The constants and the layout of storage.

use crate::{mock::*, *};
use codec::MaxEncodedLen;
use frame_support::traits::{Hooks, StorageInfoTrait, StorageVersion};

#[test]
fn integrity_test_passes() {
	run(|| {
		Agreements::integrity_test();
	});
}

#[test]
fn storage_version_is_on_chain() {
	run(|| {
		assert_eq!(STORAGE_VERSION, StorageVersion::new(2));
		assert_eq!(crate::LastAgreement::<Test>::get(), 0, "0 stands for no clauses agreed");
	});
}

#[test]
fn every_storage_item_is_bounded() {
	let items = Agreements::storage_info();
	assert_eq!(items.len(), 13);
	for item in items {
		assert!(
			item.max_size.is_some(),
			"{} has no largest size",
			String::from_utf8_lossy(&item.storage_name)
		);
	}
	assert!(Proposal::max_encoded_len() < 128, "heads stay small");
	assert!(Version::max_encoded_len() < 128, "heads stay small");
}
