// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sealane_primitives::directory::{Refusal, Scope};
use sp_runtime::DispatchError;

#[test]
fn the_author_withdraws() {
	run(|| {
		let id = proposed(Scope::All, adult(18), None);
		assert_ok!(Agreements::withdraw(signed(BANK_MANAGER), id));
		assert_eq!(
			last_event(),
			Event::Withdrawn {
				proposal: id,
				channel: CHANNEL,
				by: BANK,
				joint: false
			}
		);
		assert!(Agreements::proposals_of(CHANNEL).is_empty());
		assert_noop!(
			Agreements::accept(signed(WEALTH_MANAGER), id),
			Error::<Test>::ProposalNotFound
		);
	});
}

#[test]
fn the_other_party_declines() {
	run(|| {
		let id = proposed(Scope::All, adult(18), None);
		assert_ok!(Agreements::withdraw(signed(WEALTH_MANAGER), id));
		assert_eq!(
			last_event(),
			Event::Withdrawn {
				proposal: id,
				channel: CHANNEL,
				by: WEALTH,
				joint: false
			}
		);
	});
}

#[test]
fn either_takes_back_its_word_before_the_council_spoke() {
	run(|| {
		for who in [BANK_MANAGER, WEALTH_MANAGER] {
			let id = joint(Scope::All, adult(18), None);
			assert_ok!(Agreements::withdraw(signed(who), id));
			assert_noop!(
				Agreements::ratify(signed(RATIFIER), id),
				Error::<Test>::ProposalNotFound
			);
		}
	});
}

#[test]
fn works_for_a_suspended_party_and_on_an_ended_channel() {
	run(|| {
		let id = proposed(Scope::All, adult(18), None);
		Suspended::set(vec![BANK]);
		set_refusal(CHANNEL, Some(Refusal::Revoked));
		assert_ok!(Agreements::withdraw(signed(BANK_MANAGER), id));
	});
}

/// Two parties that are gone leave up to 32 proposals behind.
#[test]
fn any_member_clears_away_what_lies_on_an_ended_channel() {
	run(|| {
		let id = proposed(Scope::All, adult(18), None);
		set_refusal(CHANNEL, Some(Refusal::Suspended));
		assert_noop!(
			Agreements::withdraw(signed(RIVAL_MANAGER), id),
			Error::<Test>::NotAuthorized
		);
		set_refusal(CHANNEL, Some(Refusal::Expired));
		assert_noop!(Agreements::withdraw(signed(STRANGER), id), Error::<Test>::NotAuthorized);
		assert_ok!(Agreements::withdraw(signed(RIVAL_MANAGER), id));
		assert_eq!(
			last_event(),
			Event::Withdrawn {
				proposal: id,
				channel: CHANNEL,
				by: RIVAL,
				joint: false
			}
		);
	});
}

#[test]
fn fails_when_no_party_unauthorized() {
	run(|| {
		let id = proposed(Scope::All, adult(18), None);
		for who in [RIVAL_MANAGER, STRANGER, RATIFIER, REFUSER] {
			assert_noop!(Agreements::withdraw(signed(who), id), Error::<Test>::NotAuthorized);
		}
		assert_noop!(
			Agreements::withdraw(RuntimeOrigin::none(), id),
			DispatchError::BadOrigin
		);
	});
}

#[test]
fn fails_when_not_found() {
	run(|| {
		assert_noop!(
			Agreements::withdraw(signed(BANK_MANAGER), 0),
			Error::<Test>::ProposalNotFound
		);
		ratified(Scope::All, adult(18), None);
		// What was ratified stays.
		assert_noop!(
			Agreements::withdraw(signed(BANK_MANAGER), 0),
			Error::<Test>::ProposalNotFound
		);
	});
}
