// SPDX-License-Identifier: Apache-2.0

//! There is no token: nothing can be owned, moved or held.

use super::setup::*;
use crate::{configs::system::ProxyType, no_token::NoToken, Runtime};
use frame_support::{
	assert_noop, assert_ok,
	traits::{Currency, ExistenceRequirement, ReservableCurrency},
};
use sealane_primitives::business::Role;
use sp_keyring::Sr25519Keyring::{Alice, Bob};

#[test]
fn there_is_no_token() {
	let alice = Alice.to_account_id();
	local().execute_with(|| {
		assert!(
			<NoToken as Currency<_>>::transfer(&alice, &Bob.to_account_id(), 1, ExistenceRequirement::AllowDeath)
				.is_err()
		);
		assert_eq!(<NoToken as Currency<_>>::total_issuance(), 0);
	});
}

/// A deposit is no money but the number of entries that an account leaves in the state: it fills nobody's disk with what nobody
/// needs.
#[test]
fn an_account_leaves_no_more_entries_than_it_may() {
	let mut chain = Chain::new();
	let bank = chain.look(|| join("bank", &[Role::Seller]));
	let open = |number: u32| {
		pallet_multisig::Call::approve_as_multi {
			threshold: 2,
			other_signatories: vec![account(&key("officer"))],
			maybe_timepoint: None,
			call_hash: sp_io::hashing::blake2_256(&number.to_le_bytes()),
			max_weight: Default::default(),
		}
		.into()
	};
	let create = |index: u16| {
		pallet_proxy::Call::create_pure {
			proxy_type: ProxyType::Any,
			delay: 0,
			index,
		}
		.into()
	};
	let full = || pallet_restraint::Error::<Runtime>::MaxEntriesExceeded;
	chain.block(|| {
		for number in 0..60 {
			assert_ok!(send(&bank.manager, open(number)).expect("valid"));
		}
	});
	chain.pass(20);
	chain.block(|| {
		for index in 0..4 {
			assert_ok!(send(&bank.manager, create(index)).expect("valid"));
		}
		assert_eq!(send(&bank.manager, create(9)).expect("valid"), Err(full().into()));
		assert_eq!(NoToken::reserved_balance(&account(&bank.manager)), 64);
		// What is done with makes room.
		let when = pallet_multisig::Multisigs::<Runtime>::iter_values()
			.map(|operation| operation.when)
			.min_by_key(|when| when.index)
			.expect("sixty are open");
		let cancel = pallet_multisig::Call::cancel_as_multi {
			threshold: 2,
			other_signatories: vec![account(&key("officer"))],
			timepoint: when,
			call_hash: sp_io::hashing::blake2_256(&0u32.to_le_bytes()),
		};
		assert_ok!(send(&bank.manager, cancel.into()).expect("valid"));
		assert_ok!(send(&bank.manager, create(9)).expect("valid"));
	});
	chain.look(|| {
		assert_noop!(NoToken::reserve(&account(&bank.manager), 1), full());
	});
}
