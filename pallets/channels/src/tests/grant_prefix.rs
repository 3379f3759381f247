// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok, dispatch::DispatchResult};
use sealane_primitives::{directory::Refusal, ids::*};

fn register(issuer: MemberId, id: &str) -> DispatchResult {
	ChannelsPallet::register_interface(by(issuer), name(id), issuer * 10)
}

#[test]
fn ids_that_begin_so_are_the_issuers() {
	test(|| {
		assert_noop!(register(ISSUER, "NW1001"), Error::<Test>::PrefixNotGranted);
		assert_ok!(prefix(ISSUER, "NW"));
		assert_eq!(
			events(),
			[Event::PrefixGranted {
				issuer: ISSUER,
				prefix: name("NW")
			}]
		);
		assert_ok!(register(ISSUER, "NW1001"));
		// The prefix itself is an id, another's is not, and letters count as written.
		assert_ok!(register(ISSUER, "NW"));
		for id in ["N", "nw1", "XNW"] {
			assert_noop!(register(ISSUER, id), Error::<Test>::PrefixNotGranted);
		}
		assert_noop!(register(OTHER_ISSUER, "NW1002"), Error::<Test>::PrefixNotGranted);
		assert_eq!(ChannelsPallet::prefix_holder(name("NW")), Some(ISSUER));
	});
}

#[test]
fn fails_when_one_of_two_issuers_would_begin_with_the_others() {
	test(|| {
		assert_ok!(prefix(ISSUER, "fund.bond"));
		for taken in ["fund.bond", "fund.bond.a", "fund.", "f"] {
			assert_noop!(prefix(OTHER_ISSUER, taken), Error::<Test>::PrefixTaken);
		}
		// Beside it there is room, and its holder may have shorter and longer ones.
		assert_ok!(prefix(OTHER_ISSUER, "fund.mixed"));
		assert_ok!(prefix(ISSUER, "fund.bond.a"));
		assert_noop!(prefix(ISSUER, "fund."), Error::<Test>::PrefixTaken);
		assert_ok!(ChannelsPallet::revoke_prefix(RuntimeOrigin::root(), name("fund.mixed")));
		assert_ok!(prefix(OTHER_ISSUER, "fund.c"));
		assert_noop!(prefix(ISSUER, "fund.bond"), Error::<Test>::PrefixTaken);
	});
}

#[test]
fn boundary_prefixes_are_limited() {
	test(|| {
		// Four are granted from the start.
		assert_ok!(prefix(ISSUER, "1"));
		assert_ok!(prefix(ISSUER, "2"));
		assert_noop!(prefix(ISSUER, "3"), Error::<Test>::MaxPrefixesExceeded);
		assert_ok!(ChannelsPallet::revoke_prefix(RuntimeOrigin::root(), name("2")));
		assert_ok!(prefix(ISSUER, "3"));
	});
}

#[test]
fn boundary_the_longest_is_one_id() {
	test(|| {
		let longest = "a".repeat(MAX_NAME_LEN as usize);
		assert_ok!(prefix(ISSUER, &longest));
		assert_ok!(register(ISSUER, &longest));
	});
}

#[test]
fn fails_when_the_prefix_is_no_identifier() {
	test(|| {
		let field = IdentifierField::Prefix;
		for (text, fault) in [
			("", IdentifierFault::Empty),
			("a b", IdentifierFault::ForbiddenCharacter),
			("-a", IdentifierFault::ForbiddenStart),
			("基", IdentifierFault::NotAscii),
		] {
			assert_noop!(prefix(ISSUER, text), Error::<Test>::InvalidIdentifier(field, fault));
		}
	});
}

#[test]
fn fails_when_the_member_issues_nothing() {
	test(|| {
		assert_noop!(prefix(SELLER, "s"), Error::<Test>::RoleMissing);
		assert_noop!(prefix(STRANGER, "s"), Error::<Test>::MemberNotActive);
		Members::edit(ISSUER, |m| m.refusal = Some(Refusal::MemberSuspended));
		assert_noop!(prefix(ISSUER, "s"), Error::<Test>::MemberNotActive);
	});
}

#[test]
fn fails_when_unauthorized() {
	test(|| {
		for origin in [
			by(ISSUER),
			RuntimeOrigin::signed(council(2)),
			RuntimeOrigin::signed(council(3)),
			RuntimeOrigin::signed(council(4)),
			RuntimeOrigin::none(),
		] {
			assert_noop!(
				ChannelsPallet::grant_prefix(origin, ISSUER, name("s")),
				sp_runtime::traits::BadOrigin
			);
		}
	});
}
