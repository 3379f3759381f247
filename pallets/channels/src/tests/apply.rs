// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok, traits::Get};
use sealane_primitives::{business::Role, directory::Refusal};
use sp_runtime::DispatchError;

fn rejected(position: u8, fault: CooperationFault) -> Error<Test> {
	Error::CooperationRejected(position, fault)
}

#[test]
fn opens_one_channel_per_named_issuer() {
	test(|| {
		assert_ok!(apply(
			SELLER,
			vec![cooperation(SELLER, ISSUER), cooperation(SELLER, OTHER_ISSUER)]
		));
		let application = Applications::<Test>::get(0).unwrap();
		assert_eq!(application.seller, SELLER);
		assert_eq!(application.filed_at, 1);
		assert_eq!(application.channels.into_inner(), [0, 1]);
		assert_eq!(
			Channels::<Test>::get(1).unwrap(),
			Channel {
				seller: SELLER,
				issuer: OTHER_ISSUER,
				state: State::Applied,
				credential_until: START + 24 * HOUR,
				terms: None,
			}
		);
		let details = ChannelDetails::<Test>::get(1).unwrap();
		assert_eq!(details.seller.by, account(SELLER));
		assert_eq!(details.issuer, None);
		assert_eq!(ChannelsPallet::channels_of(SELLER), [0, 1]);
		assert_eq!(ChannelsPallet::channels_of(ISSUER), [0]);
		assert_eq!(ChannelsPallet::channels_of(OTHER_ISSUER), [1]);
		let applied = |channel, issuer| Event::Applied {
			application: 0,
			channel,
			seller: SELLER,
			issuer,
			agreement_hash: agreement_hash(issuer),
		};
		assert_eq!(events(), [applied(0, ISSUER), applied(1, OTHER_ISSUER)]);
	});
}

#[test]
fn takes_a_signature_as_browser_wallets_wrap_it() {
	use sp_core::Pair;
	test(|| {
		let mut entry = cooperation(SELLER, ISSUER);
		let Credential {
			agreement_hash,
			valid_from,
			valid_until,
			..
		} = entry.credential;
		let digest = ChannelsPallet::credential_digest(SELLER, ISSUER, agreement_hash, valid_from, valid_until);
		// Bare, the 32 bytes may be those of a transaction's hash: nobody should sign such.
		entry.credential.seller_signature = pair(SELLER).sign(&digest).into();
		assert_noop!(
			apply(SELLER, vec![entry.clone()]),
			rejected(0, CooperationFault::InvalidSignature)
		);
		let wrapped = [b"<Bytes>", &digest[..], b"</Bytes>"].concat();
		entry.credential.seller_signature = pair(SELLER).sign(&wrapped).into();
		assert_ok!(apply(SELLER, vec![entry]));
	});
}

#[test]
fn a_member_that_is_both_may_apply_with_others() {
	test(|| {
		assert_ok!(apply(BOTH, vec![cooperation(BOTH, ISSUER)]));
		assert_ok!(apply(SELLER, vec![cooperation(SELLER, BOTH)]));
		assert_eq!(ChannelsPallet::channels_of(BOTH), [0, 1]);
	});
}

#[test]
fn an_ended_channel_makes_way_for_a_new_one_with_a_new_number() {
	test(|| {
		let first = applied(SELLER, ISSUER);
		assert_ok!(ChannelsPallet::withdraw(by(SELLER), first));
		let second = applied(SELLER, ISSUER);
		assert_ne!(first, second);
		assert_eq!(state(first), Some(State::Withdrawn));
		assert_eq!(state(second), Some(State::Applied));
		assert_eq!(ChannelsPallet::channels_of(SELLER), [second, first]);
	});
}

#[test]
fn a_lapsed_channel_is_ended_on_the_way() {
	test(|| {
		let first = granted(
			SELLER,
			ISSUER,
			Terms {
				valid_until: Some(5),
				..terms()
			},
		);
		System::set_block_number(5);
		events();
		let second = applied(SELLER, ISSUER);
		assert_eq!(Channels::<Test>::get(first).unwrap().state, State::Expired);
		assert_eq!(
			events()[0],
			Event::Expired {
				channel: first,
				old: State::Granted,
				lapse: Lapse::Grant
			}
		);
		assert_eq!(ChannelsPallet::newest_channel(SELLER, ISSUER), Some(second));
	});
}

#[test]
fn boundary_a_credential_that_ends_a_millisecond_from_now_is_taken() {
	test(|| {
		assert_ok!(apply(SELLER, vec![cooperation_for(SELLER, ISSUER, START, START + 1)]));
		assert_noop!(
			apply(SELLER, vec![cooperation_for(SELLER, OTHER_ISSUER, START - 1, START)]),
			rejected(0, CooperationFault::ValidityPast)
		);
	});
}

#[test]
fn boundary_as_many_issuers_as_the_list_holds() {
	test(|| {
		Members::edit(AUDITOR, |m| m.roles.push(Role::Issuer));
		let entries: Vec<_> = [ISSUER, OTHER_ISSUER, BOTH, AUDITOR]
			.map(|i| cooperation(SELLER, i))
			.to_vec();
		assert_eq!(entries.len() as u32, <MaxIssuersPerApplication as Get<u32>>::get());
		assert_ok!(apply(SELLER, entries));
	});
}

#[test]
fn fails_when_nobody_is_named() {
	test(|| {
		assert_noop!(apply(SELLER, vec![]), Error::<Test>::NoCooperation);
	});
}

#[test]
fn fails_when_unauthorized() {
	test(|| {
		assert_noop!(
			ChannelsPallet::apply(RuntimeOrigin::root(), Default::default()),
			DispatchError::BadOrigin
		);
		assert_noop!(
			ChannelsPallet::apply(RuntimeOrigin::none(), Default::default()),
			DispatchError::BadOrigin
		);
		assert_noop!(
			apply(STRANGER, vec![cooperation(STRANGER, ISSUER)]),
			Error::<Test>::NotAuthorized
		);
	});
}

#[test]
fn fails_when_the_applicant_is_suspended_or_no_seller() {
	test(|| {
		assert_noop!(
			apply(ISSUER, vec![cooperation(ISSUER, OTHER_ISSUER)]),
			Error::<Test>::RoleMissing
		);
		Members::edit(SELLER, |m| m.refusal = Some(Refusal::MemberSuspended));
		assert_noop!(
			apply(SELLER, vec![cooperation(SELLER, ISSUER)]),
			Error::<Test>::MemberNotActive
		);
	});
}

#[test]
fn fails_when_an_issuer_is_the_applicant_unknown_suspended_or_none() {
	test(|| {
		let try_with = |issuer| apply(BOTH, vec![cooperation(BOTH, ISSUER), cooperation(BOTH, issuer)]);
		assert_noop!(try_with(BOTH), rejected(1, CooperationFault::IssuerIsApplicant));
		assert_noop!(try_with(STRANGER), rejected(1, CooperationFault::IssuerNotActive));
		assert_noop!(try_with(AUDITOR), rejected(1, CooperationFault::IssuerRoleMissing));
		Members::edit(OTHER_ISSUER, |m| m.refusal = Some(Refusal::MemberSuspended));
		assert_noop!(try_with(OTHER_ISSUER), rejected(1, CooperationFault::IssuerNotActive));
	});
}

#[test]
fn fails_when_a_live_channel_exists() {
	test(|| {
		let id = applied(SELLER, ISSUER);
		let again = || apply(SELLER, vec![cooperation(SELLER, ISSUER)]);
		assert_noop!(again(), rejected(0, CooperationFault::AlreadyExists));
		assert_ok!(ChannelsPallet::countersign(
			by(ISSUER),
			id,
			sign(ISSUER, SELLER, ISSUER)
		));
		assert_noop!(again(), rejected(0, CooperationFault::AlreadyExists));
		assert_ok!(ChannelsPallet::grant(RuntimeOrigin::root(), id, terms()));
		assert_noop!(again(), rejected(0, CooperationFault::AlreadyExists));
		assert_ok!(ChannelsPallet::suspend(RuntimeOrigin::root(), id, reason()));
		assert_noop!(again(), rejected(0, CooperationFault::AlreadyExists));
	});
}

#[test]
fn fails_when_an_issuer_is_named_twice() {
	test(|| {
		assert_noop!(
			apply(SELLER, vec![cooperation(SELLER, ISSUER), cooperation(SELLER, ISSUER)]),
			rejected(1, CooperationFault::AlreadyExists)
		);
	});
}

#[test]
fn fails_when_the_validity_is_empty() {
	test(|| {
		assert_noop!(
			apply(SELLER, vec![cooperation_for(SELLER, ISSUER, START + 5, START + 5)]),
			rejected(0, CooperationFault::ValidityEmpty)
		);
	});
}

#[test]
fn fails_when_the_signature_is_of_another_or_over_something_else() {
	test(|| {
		let wrong = |edit: &dyn Fn(&mut Cooperation<sp_runtime::MultiSignature>)| {
			let mut entry = cooperation(SELLER, ISSUER);
			edit(&mut entry);
			apply(SELLER, vec![entry])
		};
		let fault = || rejected(0, CooperationFault::InvalidSignature);
		assert_noop!(
			wrong(&|c| c.credential.seller_signature = sign(ISSUER, SELLER, ISSUER)),
			fault()
		);
		assert_noop!(
			wrong(&|c| c.credential.seller_signature = sign(SELLER, SELLER, OTHER_ISSUER)),
			fault()
		);
		assert_noop!(
			wrong(&|c| c.credential.seller_signature = sign(SELLER, ISSUER, SELLER)),
			fault()
		);
		assert_noop!(wrong(&|c| c.credential.agreement_hash[31] ^= 1), fault());
		assert_noop!(wrong(&|c| c.credential.valid_from += 1), fault());
		assert_noop!(wrong(&|c| c.credential.valid_until += 1), fault());
	});
}

#[test]
fn fails_when_the_seller_or_an_issuer_has_its_maximum() {
	test(|| {
		MaxChannelsPerMemberGuard::fill(SELLER);
		assert_noop!(
			apply(SELLER, vec![cooperation(SELLER, ISSUER)]),
			Error::<Test>::MaxChannelsExceeded
		);
		MaxChannelsPerMemberGuard::empty(SELLER);
		MaxChannelsPerMemberGuard::fill(ISSUER);
		assert_noop!(
			apply(SELLER, vec![cooperation(SELLER, ISSUER)]),
			rejected(0, CooperationFault::MaxChannelsExceeded)
		);
		MaxChannelsPerMemberGuard::empty(ISSUER);
	});
}

/// Fills a member's list with numbers that stand for nothing, and empties it again.
struct MaxChannelsPerMemberGuard;
impl MaxChannelsPerMemberGuard {
	fn fill(member: u32) {
		let max = <MaxChannelsPerMember as Get<u32>>::get();
		LiveChannels::<Test>::insert(
			member,
			frame_support::BoundedVec::truncate_from((100..100 + max).collect()),
		);
	}
	fn empty(member: u32) {
		LiveChannels::<Test>::remove(member);
	}
}

#[test]
fn fails_when_all_numbers_are_given_out() {
	test(|| {
		NextChannelId::<Test>::put(u32::MAX);
		assert_noop!(
			apply(SELLER, vec![cooperation(SELLER, ISSUER)]),
			Error::<Test>::NumbersExhausted
		);
		NextChannelId::<Test>::put(0);
		NextApplicationId::<Test>::put(u32::MAX);
		assert_noop!(
			apply(SELLER, vec![cooperation(SELLER, ISSUER)]),
			Error::<Test>::NumbersExhausted
		);
	});
}
