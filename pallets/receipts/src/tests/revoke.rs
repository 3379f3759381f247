// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sealane_primitives::traits::RegistrationRegistry;
use sp_runtime::DispatchError;

#[test]
fn declares_a_receipt_wrong_and_says_why() {
	test(|| {
		assert_ok!(ReceiptsPallet::issue(by(ISSUER), commitment(1), true));
		System::set_block_number(3);
		events();
		assert_ok!(ReceiptsPallet::revoke(
			by(ISSUER),
			commitment(1),
			RevocationReason::Duplicate
		));
		assert!(!ReceiptsPallet::is_registered(ISSUER, &commitment(1)));
		assert_eq!(status(1), Some(Status::Revoked(3)));
		assert_eq!(
			Revocations::<Test>::get(ISSUER, commitment(1)),
			Some(Revocation {
				reason: RevocationReason::Duplicate,
				by: RevokedBy::Issuer
			})
		);
		assert_eq!(
			events(),
			[Event::Revoked {
				issuer: ISSUER,
				commitment: commitment(1),
				outcome: Outcome::Accepted,
				reason: RevocationReason::Duplicate,
				by: RevokedBy::Issuer,
			}]
		);
	});
}

#[test]
fn takes_rejected_and_closed_receipts_too() {
	test(|| {
		assert_ok!(ReceiptsPallet::issue_batch(by(ISSUER), batch(&[(1, false), (2, true)])));
		assert_ok!(ReceiptsPallet::close(by(ISSUER), commitment(2)));
		for n in [1, 2] {
			assert_ok!(ReceiptsPallet::revoke(
				by(ISSUER),
				commitment(n),
				RevocationReason::IssuedInError
			));
		}
		assert_eq!(
			ReceiptsPallet::tally_of(ISSUER),
			Tally {
				revoked: 2,
				..Default::default()
			}
		);
	});
}

#[test]
fn fails_when_unauthorized() {
	test(|| {
		assert_ok!(ReceiptsPallet::issue(by(ISSUER), commitment(1), true));
		let revoke = |origin| ReceiptsPallet::revoke(origin, commitment(1), RevocationReason::Fraud);
		assert_noop!(revoke(RuntimeOrigin::root()), DispatchError::BadOrigin);
		assert_noop!(revoke(by(STRANGER)), Error::<Test>::NotAuthorized);
		// A machine may not correct what a machine said.
		assert_noop!(revoke(by_delegate(ISSUER)), Error::<Test>::NotAuthorized);
		assert_noop!(revoke(by(OTHER_ISSUER)), Error::<Test>::NotFound);
		assert_noop!(revoke(by(SELLER)), Error::<Test>::NotFound);
	});
}

#[test]
fn fails_when_unknown_or_done_twice() {
	test(|| {
		let revoke = || ReceiptsPallet::revoke(by(ISSUER), commitment(1), RevocationReason::Fraud);
		assert_noop!(revoke(), Error::<Test>::NotFound);
		assert_ok!(ReceiptsPallet::issue(by(ISSUER), commitment(1), true));
		assert_ok!(revoke());
		assert_noop!(revoke(), Error::<Test>::NotPossible(Standing::Revoked));
	});
}
