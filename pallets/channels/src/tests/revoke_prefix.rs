// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};

fn revoke(text: &str) -> frame_support::dispatch::DispatchResult {
	ChannelsPallet::revoke_prefix(RuntimeOrigin::signed(council(1)), name(text))
}

#[test]
fn no_more_ids_begin_so_and_those_there_are_stay() {
	test(|| {
		let wm = interface(ISSUER, "wm1");
		events();
		assert_ok!(revoke("wm"));
		assert_eq!(
			events(),
			[Event::PrefixRevoked {
				issuer: ISSUER,
				prefix: name("wm")
			}]
		);
		assert_noop!(
			ChannelsPallet::register_interface(by(ISSUER), name("wm2"), ISSUER * 10),
			Error::<Test>::PrefixNotGranted
		);
		assert_ok!(ChannelsPallet::set_interface_node(by(ISSUER), wm, ISSUER * 10 + 1));
		// The council may give it to somebody else.
		assert_ok!(prefix(OTHER_ISSUER, "wm"));
	});
}

#[test]
fn fails_when_nobody_has_it() {
	test(|| {
		assert_noop!(revoke("w"), Error::<Test>::PrefixNotFound);
		assert_noop!(revoke("wm1"), Error::<Test>::PrefixNotFound);
		assert_ok!(revoke("wm"));
		assert_noop!(revoke("wm"), Error::<Test>::PrefixNotFound);
	});
}

#[test]
fn fails_when_unauthorized() {
	test(|| {
		for origin in [by(ISSUER), RuntimeOrigin::signed(council(4)), RuntimeOrigin::none()] {
			assert_noop!(
				ChannelsPallet::revoke_prefix(origin, name("wm")),
				sp_runtime::traits::BadOrigin
			);
		}
	});
}
