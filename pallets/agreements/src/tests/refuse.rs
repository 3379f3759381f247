// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok, BoundedVec};
use sealane_primitives::{
	directory::{Refusal, Scope},
	text::TextFault,
};
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
		assert_ok!(Agreements::refuse(signed(REFUSER), id, reason("over")));
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
fn fails_when_the_reason_cannot_be_read() {
	run(|| {
		let id = joint(Scope::All, adult(18), None);
		for (text, fault) in [
			(&b""[..], TextFault::Empty),
			(&[0xff], TextFault::NotUtf8),
			(b"no\x07", TextFault::ControlCharacter),
			("no\u{202e}".as_bytes(), TextFault::InvisibleCharacter),
		] {
			assert_noop!(
				Agreements::refuse(signed(REFUSER), id, BoundedVec::truncate_from(text.to_vec())),
				Error::<Test>::InvalidReason(fault)
			);
		}
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
