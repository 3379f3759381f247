// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

#[test]
fn closes_what_can_be_closed_and_counts_the_rest() {
	test(|| {
		assert_ok!(ReceiptsPallet::issue_batch(
			by(ISSUER),
			batch(&[(1, true), (2, false), (3, true), (4, true)])
		));
		assert_ok!(ReceiptsPallet::revoke(
			by(ISSUER),
			commitment(4),
			RevocationReason::Other
		));
		events();
		// Registered, rejected, registered, repeated, unknown.
		assert_ok!(ReceiptsPallet::close_batch(
			by_delegate(ISSUER),
			commitments(&[1, 2, 3, 3, 5])
		));
		assert_eq!(
			events(),
			[Event::BatchClosed {
				issuer: ISSUER,
				closed: 2,
				skipped: 3
			}]
		);
		assert_eq!(
			ReceiptsPallet::tally_of(ISSUER),
			Tally {
				registered: 0,
				rejected: 1,
				closed: 2,
				revoked: 1
			}
		);
	});
}

#[test]
fn leaves_other_issuers_receipts_alone() {
	test(|| {
		assert_ok!(ReceiptsPallet::issue(by(ISSUER), commitment(1), true));
		assert_ok!(ReceiptsPallet::close_batch(by(OTHER_ISSUER), commitments(&[1])));
		assert_eq!(status(1), Some(Status::Open));
	});
}

#[test]
fn fails_when_empty() {
	test(|| {
		assert_noop!(
			ReceiptsPallet::close_batch(by(ISSUER), Default::default()),
			Error::<Test>::EmptyBatch
		);
	});
}

#[test]
fn fails_when_unauthorized() {
	test(|| {
		let close = |origin| ReceiptsPallet::close_batch(origin, commitments(&[1]));
		assert_noop!(close(RuntimeOrigin::root()), DispatchError::BadOrigin);
		assert_noop!(close(by(STRANGER)), Error::<Test>::NotAuthorized);
		assert_noop!(close(by_delegate(STRANGER)), Error::<Test>::NotAuthorized);
	});
}
