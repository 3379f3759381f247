// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok, traits::Get};
use sealane_primitives::directory::Refusal;
use sp_runtime::DispatchError;

#[test]
fn issues_all_of_it() {
	test(|| {
		assert_ok!(ReceiptsPallet::issue_batch(
			by_delegate(ISSUER),
			batch(&[(1, true), (2, false), (3, true)])
		));
		assert_eq!(
			ReceiptsPallet::tally_of(ISSUER),
			Tally {
				registered: 2,
				rejected: 1,
				..Default::default()
			}
		);
		assert_eq!(
			events(),
			[Event::BatchIssued {
				issuer: ISSUER,
				accepted: 2,
				rejected: 1,
				repeated: 0,
				conflicting: 0
			}]
		);
	});
}

#[test]
fn a_repeat_is_skipped_and_counted() {
	test(|| {
		assert_ok!(ReceiptsPallet::issue(by(ISSUER), commitment(1), true));
		System::set_block_number(5);
		events();
		assert_ok!(ReceiptsPallet::issue_batch(
			by(ISSUER),
			batch(&[(1, true), (2, true), (2, true), (3, false)])
		));
		assert_eq!(
			events(),
			[Event::BatchIssued {
				issuer: ISSUER,
				accepted: 1,
				rejected: 1,
				repeated: 2,
				conflicting: 0
			}]
		);
		// The first word stands, its block included.
		assert_eq!(ReceiptsPallet::receipt(ISSUER, commitment(1)).unwrap().issued_at, 1);
	});
}

#[test]
fn the_other_outcome_is_skipped_and_counted_as_a_conflict() {
	test(|| {
		assert_ok!(ReceiptsPallet::issue_batch(by(ISSUER), batch(&[(1, true), (1, false)])));
		assert_eq!(
			ReceiptsPallet::receipt(ISSUER, commitment(1)).unwrap().outcome,
			Outcome::Accepted
		);
		assert_eq!(
			events(),
			[Event::BatchIssued {
				issuer: ISSUER,
				accepted: 1,
				rejected: 0,
				repeated: 0,
				conflicting: 1
			}]
		);
	});
}

#[test]
fn a_closed_or_revoked_receipt_is_not_opened_by_a_repeat() {
	test(|| {
		assert_ok!(ReceiptsPallet::issue_batch(by(ISSUER), batch(&[(1, true), (2, true)])));
		assert_ok!(ReceiptsPallet::close(by(ISSUER), commitment(1)));
		assert_ok!(ReceiptsPallet::revoke(
			by(ISSUER),
			commitment(2),
			RevocationReason::Fraud
		));
		assert_ok!(ReceiptsPallet::issue_batch(by(ISSUER), batch(&[(1, true), (2, true)])));
		assert_eq!(status(1), Some(Status::Closed(1)));
		assert_eq!(status(2), Some(Status::Revoked(1)));
	});
}

#[test]
fn boundary_as_many_as_the_list_holds() {
	test(|| {
		let full: Vec<_> = (0..<MaxBatch as Get<u32>>::get() as u8).map(|n| (n, true)).collect();
		assert_ok!(ReceiptsPallet::issue_batch(by(ISSUER), batch(&full)));
		assert_eq!(ReceiptsPallet::tally_of(ISSUER).registered, MaxBatch::get());
		let receipts = vec![
			NewReceipt {
				commitment: [0; 32],
				accepted: true
			};
			full.len() + 1
		];
		assert!(NewReceiptsOf::<Test>::try_from(receipts).is_err());
	});
}

#[test]
fn fails_when_empty() {
	test(|| {
		assert_noop!(
			ReceiptsPallet::issue_batch(by(ISSUER), Default::default()),
			Error::<Test>::EmptyBatch
		);
	});
}

#[test]
fn fails_when_unauthorized() {
	test(|| {
		let issue = |origin| ReceiptsPallet::issue_batch(origin, batch(&[(1, true)]));
		assert_noop!(issue(RuntimeOrigin::root()), DispatchError::BadOrigin);
		assert_noop!(issue(by(STRANGER)), Error::<Test>::NotAuthorized);
		assert_noop!(issue(by_delegate(SELLER)), Error::<Test>::RoleMissing);
		Members::edit(ISSUER, |m| m.refusal = Some(Refusal::MemberUnknown));
		assert_noop!(issue(by(ISSUER)), Error::<Test>::MemberNotActive);
	});
}
