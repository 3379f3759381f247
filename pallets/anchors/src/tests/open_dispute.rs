// SPDX-License-Identifier: Apache-2.0

use crate::{
	mock::{Anchors, *},
	*,
};
use frame_support::{assert_noop, assert_ok};
use sealane_primitives::directory::Refusal;
use sp_runtime::DispatchError;

fn open(who: sp_runtime::AccountId32, root: u8) -> sp_runtime::DispatchResult {
	Anchors::open_dispute(signed(who), CHANNEL, hash(root), DisputeReason::RootsDiffer)
}

#[test]
fn either_party_may() {
	run(|| {
		System::set_block_number(3);
		assert_ok!(Anchors::open_dispute(
			signed(BANK_MANAGER),
			CHANNEL,
			hash(1),
			DisputeReason::Other(77)
		));
		assert_eq!(
			last_event(),
			Event::DisputeOpened {
				dispute: 0,
				channel: CHANNEL,
				root: hash(1),
				by: BANK,
				reason: DisputeReason::Other(77)
			}
		);
		assert_ok!(open(WEALTH_MANAGER, 1));
		assert_eq!(
			Anchors::dispute(0),
			Some(Dispute {
				channel: CHANNEL,
				root: hash(1),
				opened_by: BANK,
				reason: DisputeReason::Other(77),
				opened_at: 3,
				resolution: None,
			})
		);
		let open: Vec<_> = Anchors::open_disputes_of(CHANNEL)
			.into_iter()
			.map(|(id, d)| (id, d.opened_by))
			.collect();
		assert_eq!(open, [(0, BANK), (1, WEALTH)]);
	});
}

#[test]
fn works_on_a_channel_that_is_over_and_for_a_suspended_member() {
	run(|| {
		set_refusal(CHANNEL, Some(Refusal::Revoked));
		Suspended::set(vec![BANK]);
		assert_ok!(open(BANK_MANAGER, 1));
	});
}

#[test]
fn fails_when_no_party_unauthorized() {
	run(|| {
		// A delegate anchors, it does not speak for its member.
		for who in [RIVAL_MANAGER, STRANGER, BANK_DELEGATE, JUDGE] {
			assert_noop!(open(who, 1), Error::<Test>::NotAuthorized);
		}
		let call = Anchors::open_dispute(RuntimeOrigin::root(), CHANNEL, hash(1), DisputeReason::RecordWrong);
		assert_noop!(call, DispatchError::BadOrigin);
	});
}

#[test]
fn fails_when_channel_is_unknown() {
	run(|| {
		let call = Anchors::open_dispute(signed(BANK_MANAGER), 404, hash(1), DisputeReason::RecordWrong);
		assert_noop!(call, Error::<Test>::ChannelNotFound);
	});
}

#[test]
fn fails_when_open_already() {
	run(|| {
		assert_ok!(open(BANK_MANAGER, 1));
		assert_noop!(open(BANK_MANAGER, 1), Error::<Test>::DisputeAlreadyOpen);
		// Once it is over, the batch can be disputed again.
		assert_ok!(Anchors::resolve_dispute(signed(BANK_MANAGER), 0, Outcome::Withdrawn));
		assert_ok!(open(BANK_MANAGER, 1));
	});
}

#[test]
fn boundary_open_disputes_per_party_and_channel() {
	run(|| {
		assert_ok!(open(BANK_MANAGER, 1));
		assert_ok!(open(BANK_MANAGER, 2));
		assert_noop!(open(BANK_MANAGER, 3), Error::<Test>::MaxOpenDisputesExceeded);
		assert_ok!(open(WEALTH_MANAGER, 3));
		assert_ok!(Anchors::open_dispute(
			signed(BANK_MANAGER),
			RIVAL_CHANNEL,
			hash(3),
			DisputeReason::NotConfirmed
		));
		assert_ok!(Anchors::resolve_dispute(signed(JUDGE), 0, Outcome::Dismissed));
		assert_ok!(open(BANK_MANAGER, 3));
	});
}

#[test]
fn fails_when_numbers_are_exhausted() {
	new_ext().execute_with(|| {
		NextDispute::<Test>::put(u32::MAX);
		assert_noop!(open(BANK_MANAGER, 1), Error::<Test>::NumbersExhausted);
	});
}
