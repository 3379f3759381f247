// SPDX-License-Identifier: Apache-2.0

//! There is no token: nothing can be owned, moved or held.

use super::setup::local;
use crate::no_token::NoToken;
use frame_support::{
	assert_ok,
	traits::{Currency, ExistenceRequirement, ReservableCurrency},
};
use sp_keyring::Sr25519Keyring::{Alice, Bob};

#[test]
fn there_is_no_token() {
	let alice = Alice.to_account_id();
	local().execute_with(|| {
		assert_ok!(NoToken::reserve(&alice, 0));
		assert!(NoToken::reserve(&alice, 1).is_err());
		assert!(
			<NoToken as Currency<_>>::transfer(&alice, &Bob.to_account_id(), 1, ExistenceRequirement::AllowDeath)
				.is_err()
		);
		assert_eq!(<NoToken as Currency<_>>::total_issuance(), 0);
	});
}
