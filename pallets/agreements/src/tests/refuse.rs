// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok, BoundedVec};
use sealane_primitives::directory::{Refusal, Scope};
use sp_runtime::DispatchError;

fn reason(text: &str) -> Reason {
	BoundedVec::truncate_from(text.as_bytes().to_vec())
}

#[test]
fn closes_the_proposal_with_the_reason() {
	run(|| {
		let id = joint(Scope::All, adult(16), None);
		assert_ok!(Agreements::refuse(signed(REFUSER), id, reason("年龄过低")));
		assert_eq!(
			last_event(),
			Event::Refused {
				proposal: id,
				channel: CHANNEL,
				reason: reason("年龄过低")
			}
		);
		assert!(Agreements::proposals_of(CHANNEL).is_empty());
		assert_eq!(LastAgreement::<Test>::get(), 0);
	});
}

#[test]
fn works_on_an_ended_channel() {
	run(|| {
		let id = joint(Scope::All, adult(16), None);
		set_refusal(CHANNEL, Some(Refusal::Revoked));
		assert_ok!(Agreements::refuse(signed(REFUSER), id, reason("")));
	});
}

#[test]
fn fails_when_not_joint() {
	run(|| {
		let id = proposed(Scope::All, adult(18), None);
		assert_noop!(
			Agreements::refuse(signed(REFUSER), id, reason("no")),
			Error::<Test>::NotJoint
		);
	});
}

#[test]
fn fails_when_not_found() {
	run(|| {
		assert_noop!(
			Agreements::refuse(signed(REFUSER), 0, reason("no")),
			Error::<Test>::ProposalNotFound
		);
	});
}

#[test]
fn fails_when_reason_is_not_utf8() {
	run(|| {
		let id = joint(Scope::All, adult(18), None);
		let garbled = BoundedVec::truncate_from(vec![0xff]);
		assert_noop!(
			Agreements::refuse(signed(REFUSER), id, garbled),
			Error::<Test>::InvalidReason
		);
	});
}

#[test]
fn fails_when_another_origin_unauthorized() {
	run(|| {
		let id = joint(Scope::All, adult(18), None);
		for who in [RATIFIER, BANK_MANAGER, WEALTH_MANAGER, STRANGER] {
			assert_noop!(
				Agreements::refuse(signed(who), id, reason("no")),
				DispatchError::BadOrigin
			);
		}
	});
}
