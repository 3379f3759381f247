// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sealane_primitives::{directory::Refusal, registration, traits::RegistrationRegistry};
use sp_runtime::DispatchError;

#[docify::export]
#[test]
fn a_customer_is_registered_until_the_receipt_is_closed() {
	test(|| {
		// The issuer's terminal draws a salt and registers the customer; both terminals keep salt and reference.
		let (salt, customer) = ([42; 32], b"C-000042");
		let commitment = registration::commitment(&salt, ISSUER, SELLER, customer);
		assert_ok!(ReceiptsPallet::issue(by_delegate(ISSUER), commitment, true));

		// The clause "registered with this issuer" asks for the commitment, which only those can compute who know the salt.
		assert!(ReceiptsPallet::is_registered(ISSUER, &commitment));

		// The customer leaves.
		assert_ok!(ReceiptsPallet::close(by_delegate(ISSUER), commitment));
		assert!(!ReceiptsPallet::is_registered(ISSUER, &commitment));

		// What was said stays provable.
		let receipt = ReceiptsPallet::receipt(ISSUER, commitment).unwrap();
		assert_eq!((receipt.outcome, receipt.issued_at), (Outcome::Accepted, 1));
		assert!(registration::opens(&commitment, &salt, ISSUER, SELLER, customer));
	});
}

#[test]
fn keeps_the_block_and_tells_the_world() {
	test(|| {
		assert_ok!(ReceiptsPallet::issue(by(ISSUER), commitment(1), true));
		System::set_block_number(9);
		events();
		assert_ok!(ReceiptsPallet::close(by(ISSUER), commitment(1)));
		assert_eq!(status(1), Some(Status::Closed(9)));
		assert_eq!(
			ReceiptsPallet::tally_of(ISSUER),
			Tally {
				closed: 1,
				..Default::default()
			}
		);
		assert_eq!(
			events(),
			[Event::Closed {
				issuer: ISSUER,
				commitment: commitment(1)
			}]
		);
	});
}

#[test]
fn a_suspended_issuer_may_still_close() {
	test(|| {
		assert_ok!(ReceiptsPallet::issue(by(ISSUER), commitment(1), true));
		Members::edit(ISSUER, |m| m.refusal = Some(Refusal::MemberSuspended));
		assert_ok!(ReceiptsPallet::close(by(ISSUER), commitment(1)));
	});
}

#[test]
fn fails_when_unauthorized() {
	test(|| {
		assert_ok!(ReceiptsPallet::issue(by(ISSUER), commitment(1), true));
		let close = |origin| ReceiptsPallet::close(origin, commitment(1));
		assert_noop!(close(RuntimeOrigin::root()), DispatchError::BadOrigin);
		assert_noop!(close(by(STRANGER)), Error::<Test>::NotAuthorized);
		// Another issuer has no such receipt.
		assert_noop!(close(by(OTHER_ISSUER)), Error::<Test>::NotFound);
		assert_noop!(close(by_delegate(OTHER_ISSUER)), Error::<Test>::NotFound);
	});
}

#[test]
fn fails_when_unknown_rejected_closed_or_revoked() {
	test(|| {
		let close = |n| ReceiptsPallet::close(by(ISSUER), commitment(n));
		assert_noop!(close(1), Error::<Test>::NotFound);
		assert_ok!(ReceiptsPallet::issue_batch(
			by(ISSUER),
			batch(&[(1, false), (2, true), (3, true)])
		));
		assert_ok!(close(2));
		assert_ok!(ReceiptsPallet::revoke(
			by(ISSUER),
			commitment(3),
			RevocationReason::Other
		));
		assert_noop!(close(1), Error::<Test>::NotPossible(Standing::Rejected));
		assert_noop!(close(2), Error::<Test>::NotPossible(Standing::Closed));
		assert_noop!(close(3), Error::<Test>::NotPossible(Standing::Revoked));
	});
}
