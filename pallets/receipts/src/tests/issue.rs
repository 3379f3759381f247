// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sealane_primitives::{directory::Refusal, traits::RegistrationRegistry};
use sp_runtime::DispatchError;

#[test]
fn puts_the_outcome_on_chain_and_nothing_of_the_seller() {
	test(|| {
		System::set_block_number(7);
		assert_ok!(ReceiptsPallet::issue(by(ISSUER), commitment(1), true));
		assert_eq!(
			ReceiptsPallet::receipt(ISSUER, commitment(1)),
			Some(Receipt {
				outcome: Outcome::Accepted,
				status: Status::Open,
				issued_at: 7
			})
		);
		assert!(ReceiptsPallet::is_registered(ISSUER, &commitment(1)));
		assert!(ReceiptsPallet::registered(ISSUER, commitment(1)));
		assert_eq!(
			events(),
			[Event::Issued {
				issuer: ISSUER,
				commitment: commitment(1),
				outcome: Outcome::Accepted
			}]
		);
	});
}

#[test]
fn a_rejection_is_a_receipt_and_no_registration() {
	test(|| {
		assert_ok!(ReceiptsPallet::issue(by_delegate(ISSUER), commitment(1), false));
		assert!(!ReceiptsPallet::is_registered(ISSUER, &commitment(1)));
		assert_eq!(
			ReceiptsPallet::tally_of(ISSUER),
			Tally {
				rejected: 1,
				..Default::default()
			}
		);
	});
}

#[test]
fn one_issuers_receipt_says_nothing_of_another_issuer() {
	test(|| {
		assert_ok!(ReceiptsPallet::issue(by(ISSUER), commitment(1), true));
		assert!(!ReceiptsPallet::is_registered(OTHER_ISSUER, &commitment(1)));
		assert_ok!(ReceiptsPallet::issue(by(OTHER_ISSUER), commitment(1), false));
		assert!(ReceiptsPallet::is_registered(ISSUER, &commitment(1)));
	});
}

#[test]
fn fails_when_done_twice_whatever_the_outcome() {
	test(|| {
		assert_ok!(ReceiptsPallet::issue(by(ISSUER), commitment(1), true));
		for accepted in [true, false] {
			assert_noop!(
				ReceiptsPallet::issue(by(ISSUER), commitment(1), accepted),
				Error::<Test>::AlreadyExists
			);
		}
		assert_ok!(ReceiptsPallet::close(by(ISSUER), commitment(1)));
		assert_noop!(
			ReceiptsPallet::issue(by(ISSUER), commitment(1), true),
			Error::<Test>::AlreadyExists
		);
	});
}

#[test]
fn fails_when_unauthorized() {
	test(|| {
		let issue = |origin| ReceiptsPallet::issue(origin, commitment(1), true);
		assert_noop!(issue(RuntimeOrigin::root()), DispatchError::BadOrigin);
		assert_noop!(issue(RuntimeOrigin::none()), DispatchError::BadOrigin);
		assert_noop!(issue(by(STRANGER)), Error::<Test>::NotAuthorized);
		assert_noop!(issue(by_delegate(STRANGER)), Error::<Test>::NotAuthorized);
		assert_noop!(issue(RuntimeOrigin::signed(council())), Error::<Test>::NotAuthorized);
		assert_noop!(issue(by(SELLER)), Error::<Test>::RoleMissing);
		assert_noop!(issue(by_delegate(SELLER)), Error::<Test>::RoleMissing);
	});
}

#[test]
fn fails_when_the_issuer_is_suspended() {
	test(|| {
		Members::edit(ISSUER, |m| m.refusal = Some(Refusal::MemberSuspended));
		for origin in [by(ISSUER), by_delegate(ISSUER)] {
			assert_noop!(
				ReceiptsPallet::issue(origin, commitment(1), true),
				Error::<Test>::MemberNotActive
			);
		}
	});
}

#[test]
fn fails_when_the_delegate_was_replaced() {
	test(|| {
		Members::edit(ISSUER, |m| m.delegate = delegate(77));
		assert_noop!(
			ReceiptsPallet::issue(by_delegate(ISSUER), commitment(1), true),
			Error::<Test>::NotAuthorized
		);
		assert_ok!(ReceiptsPallet::issue(by_delegate(77), commitment(1), true));
	});
}
