// SPDX-License-Identifier: Apache-2.0

use crate::{
	mock::{Anchors, *},
	*,
};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

fn opened() -> DisputeId {
	let id = NextDispute::<Test>::get();
	assert_ok!(Anchors::open_dispute(
		signed(BANK_MANAGER),
		CHANNEL,
		hash(1),
		DisputeReason::RecordMissing
	));
	id
}

#[test]
fn the_opener_withdraws_or_settles() {
	run(|| {
		for outcome in [Outcome::Withdrawn, Outcome::Settled] {
			let id = opened();
			System::set_block_number(9);
			assert_ok!(Anchors::resolve_dispute(signed(BANK_MANAGER), id, outcome));
			assert_eq!(
				last_event(),
				Event::DisputeResolved {
					dispute: id,
					channel: CHANNEL,
					root: hash(1),
					outcome,
					by: Some(BANK)
				}
			);
			let resolution = Anchors::dispute(id).expect("it stays readable").resolution;
			assert_eq!(
				resolution,
				Some(Resolution {
					outcome,
					at: 9,
					by: Some(BANK)
				})
			);
		}
		assert!(Anchors::open_disputes_of(CHANNEL).is_empty());
	});
}

#[test]
fn the_council_ends_it_in_any_way() {
	run(|| {
		for outcome in [
			Outcome::Upheld,
			Outcome::Dismissed,
			Outcome::Settled,
			Outcome::Withdrawn,
		] {
			let id = opened();
			assert_ok!(Anchors::resolve_dispute(signed(JUDGE), id, outcome));
			let resolution = Anchors::dispute(id).expect("it stays readable").resolution;
			assert_eq!(
				resolution,
				Some(Resolution {
					outcome,
					at: 1,
					by: None
				})
			);
		}
	});
}

#[test]
fn fails_when_the_opener_judges_itself() {
	run(|| {
		let id = opened();
		for outcome in [Outcome::Upheld, Outcome::Dismissed] {
			assert_noop!(
				Anchors::resolve_dispute(signed(BANK_MANAGER), id, outcome),
				Error::<Test>::OutcomeNotAllowed
			);
		}
	});
}

#[test]
fn fails_when_another_account_unauthorized() {
	run(|| {
		let id = opened();
		for who in [WEALTH_MANAGER, RIVAL_MANAGER, BANK_DELEGATE, STRANGER, POLICY_MAKER] {
			assert_noop!(
				Anchors::resolve_dispute(signed(who), id, Outcome::Withdrawn),
				Error::<Test>::NotAuthorized
			);
		}
		assert_noop!(
			Anchors::resolve_dispute(RuntimeOrigin::none(), id, Outcome::Withdrawn),
			DispatchError::BadOrigin
		);
	});
}

#[test]
fn fails_when_over_already() {
	run(|| {
		let id = opened();
		assert_ok!(Anchors::resolve_dispute(signed(JUDGE), id, Outcome::Upheld));
		for who in [JUDGE, BANK_MANAGER] {
			assert_noop!(
				Anchors::resolve_dispute(signed(who), id, Outcome::Withdrawn),
				Error::<Test>::AlreadyResolved
			);
		}
	});
}

#[test]
fn fails_when_not_found() {
	run(|| {
		for who in [JUDGE, BANK_MANAGER] {
			assert_noop!(
				Anchors::resolve_dispute(signed(who), 0, Outcome::Withdrawn),
				Error::<Test>::DisputeNotFound
			);
		}
	});
}
