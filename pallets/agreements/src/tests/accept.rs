// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sealane_primitives::directory::{Refusal, Scope};
use sp_runtime::DispatchError;

#[test]
fn makes_it_joint() {
	run(|| {
		let id = proposed(Scope::All, adult(18), None);
		System::set_block_number(4);
		assert_ok!(Agreements::accept(signed(WEALTH_MANAGER), id));
		assert_eq!(
			last_event(),
			Event::Accepted {
				proposal: id,
				channel: CHANNEL,
				by: WEALTH
			}
		);
		assert_eq!(Proposals::<Test>::get(id).expect("still open").joint_since, Some(4));
	});
}

#[test]
fn fails_when_proposal_is_own() {
	run(|| {
		let id = proposed(Scope::All, adult(18), None);
		assert_noop!(Agreements::accept(signed(BANK_MANAGER), id), Error::<Test>::OwnProposal);
	});
}

#[test]
fn only_the_party_that_did_not_write_last_may() {
	run(|| {
		let id = proposed(Scope::All, adult(18), None);
		assert_ok!(Agreements::counter_propose(signed(WEALTH_MANAGER), id, adult(21), None));
		assert_noop!(
			Agreements::accept(signed(WEALTH_MANAGER), id + 1),
			Error::<Test>::OwnProposal
		);
		assert_ok!(Agreements::accept(signed(BANK_MANAGER), id + 1));
	});
}

#[test]
fn fails_when_joint_already() {
	run(|| {
		let id = joint(Scope::All, adult(18), None);
		assert_noop!(
			Agreements::accept(signed(WEALTH_MANAGER), id),
			Error::<Test>::AlreadyJoint
		);
	});
}

#[test]
fn fails_when_no_party_unauthorized() {
	run(|| {
		let id = proposed(Scope::All, adult(18), None);
		assert_noop!(
			Agreements::accept(signed(RIVAL_MANAGER), id),
			Error::<Test>::NotAuthorized
		);
		assert_noop!(Agreements::accept(signed(RATIFIER), id), Error::<Test>::NotAuthorized);
		assert_noop!(Agreements::accept(RuntimeOrigin::root(), id), DispatchError::BadOrigin);
		Suspended::set(vec![WEALTH]);
		assert_noop!(Agreements::accept(signed(WEALTH_MANAGER), id), Error::<Test>::NotActive);
	});
}

#[test]
fn fails_when_not_found_or_channel_ended() {
	run(|| {
		assert_noop!(
			Agreements::accept(signed(WEALTH_MANAGER), 0),
			Error::<Test>::ProposalNotFound
		);
		let id = proposed(Scope::All, adult(18), None);
		set_refusal(CHANNEL, Some(Refusal::Expired));
		assert_noop!(
			Agreements::accept(signed(WEALTH_MANAGER), id),
			Error::<Test>::ChannelEnded
		);
	});
}
