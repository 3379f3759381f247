// SPDX-License-Identifier: Apache-2.0

//! An offline verifier knows no runtime: it looks in a proof of state for keys and values of its own making. They are the
//! runtime's.

use crate::{Runtime, SLOT_DURATION_MS};
use codec::{Decode, Encode};
use sealane_primitives::{
	evidence::chain::{self, state},
	keys::CourierKey,
	runtime_api::AnchorEntry,
};

#[test]
fn an_offline_verifier_looks_where_the_runtime_stores() {
	assert_eq!(
		state::anchor_key(7, 9),
		pallet_anchors::Anchors::<Runtime>::hashed_key_for(7, 9)
	);
	assert_eq!(
		state::owner_key(&[5; 32]),
		pallet_members::KeyOwners::<Runtime>::hashed_key_for([5; 32])
	);
	assert_eq!(
		state::history_key(7, 2),
		pallet_members::KeyHistory::<Runtime>::hashed_key_for(7, 2)
	);
	assert_eq!(chain::SLOT_MS, SLOT_DURATION_MS);
}

#[test]
fn an_offline_verifier_reads_what_the_runtime_stores() {
	let anchor = pallet_anchors::Anchor {
		root: [1; 32],
		block: 8,
		packed: Some(3),
	};
	assert_eq!(anchor.encode(), AnchorEntry::from(anchor).encode());
	let key = CourierKey {
		signing: [1; 32],
		sealing: [2; 32],
		valid_from: 3,
		valid_until: Some(9),
	};
	sp_io::TestExternalities::default().execute_with(|| {
		pallet_members::KeyHistory::<Runtime>::insert(7, 2, &key);
		let stored = sp_io::storage::get(&state::history_key(7, 2)).expect("it was written just now");
		assert_eq!(CourierKey::decode(&mut &stored[..]), Ok(key));
	});
}
