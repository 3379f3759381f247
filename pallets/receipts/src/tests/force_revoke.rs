// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

#[test]
fn the_council_declares_any_issuers_receipt_wrong() {
	test(|| {
		assert_ok!(ReceiptsPallet::issue(by(ISSUER), commitment(1), true));
		events();
		assert_ok!(ReceiptsPallet::force_revoke(
			RuntimeOrigin::signed(council()),
			ISSUER,
			commitment(1),
			RevocationReason::Order
		));
		assert_eq!(status(1), Some(Status::Revoked(1)));
		assert_eq!(
			events(),
			[Event::Revoked {
				issuer: ISSUER,
				commitment: commitment(1),
				outcome: Outcome::Accepted,
				reason: RevocationReason::Order,
				by: RevokedBy::Council,
			}]
		);
	});
}

#[test]
fn fails_when_unauthorized() {
	test(|| {
		assert_ok!(ReceiptsPallet::issue(by(ISSUER), commitment(1), true));
		for origin in [by(ISSUER), by_delegate(ISSUER), by(STRANGER), RuntimeOrigin::none()] {
			assert_noop!(
				ReceiptsPallet::force_revoke(origin, ISSUER, commitment(1), RevocationReason::Order),
				DispatchError::BadOrigin
			);
		}
	});
}

#[test]
fn fails_when_unknown_or_done_twice() {
	test(|| {
		let revoke = |issuer| {
			ReceiptsPallet::force_revoke(RuntimeOrigin::root(), issuer, commitment(1), RevocationReason::Order)
		};
		assert_ok!(ReceiptsPallet::issue(by(ISSUER), commitment(1), true));
		assert_noop!(revoke(OTHER_ISSUER), Error::<Test>::NotFound);
		assert_ok!(revoke(ISSUER));
		assert_noop!(revoke(ISSUER), Error::<Test>::NotPossible(Standing::Revoked));
	});
}
