// SPDX-License-Identifier: Apache-2.0

//! Where a channel stood in which block, for ever.

use crate::{mock::*, *};
use frame_support::assert_ok;

fn standings(channel: u32) -> Vec<(u32, State, Option<u32>)> {
	(1..)
		.map_while(|version| ChannelsPallet::standing(channel, version))
		.map(|it| (it.from, it.state, it.terms.orders_per_minute))
		.collect()
}

#[test]
fn every_change_of_a_granted_channel_is_a_version() {
	test(|| {
		let id = countersigned(SELLER, ISSUER);
		assert_eq!(standings(id), []);
		advance(1, SLOT);
		assert_ok!(ChannelsPallet::grant(RuntimeOrigin::root(), id, terms()));
		advance(3, SLOT);
		let narrower = Terms {
			orders_per_minute: Some(1),
			..terms()
		};
		assert_ok!(ChannelsPallet::set_terms(RuntimeOrigin::root(), id, narrower));
		advance(5, SLOT);
		assert_ok!(ChannelsPallet::suspend(RuntimeOrigin::root(), id, reason()));
		let suspension = ChannelDetails::<Test>::get(id).unwrap().suspension.unwrap();
		advance(1, SLOT);
		assert_ok!(ChannelsPallet::resume(RuntimeOrigin::root(), id, suspension.since));
		advance(1, SLOT);
		assert_ok!(ChannelsPallet::leave(by(SELLER), id));
		let (all, one) = (Some(60_000), Some(1));
		assert_eq!(
			standings(id),
			[
				(2, State::Granted, all),
				(5, State::Granted, one),
				(10, State::Suspended, one),
				(11, State::Granted, one),
				(12, State::Left, one),
			]
		);
	});
}

#[test]
fn time_that_ran_out_is_one_too() {
	test(|| {
		let until = Terms {
			valid_until: Some(4),
			..terms()
		};
		let id = granted(SELLER, ISSUER, until);
		advance(6, SLOT);
		next_block();
		assert_eq!(
			standings(id),
			[(1, State::Granted, Some(60_000)), (7, State::Expired, Some(60_000))]
		);
		// The terms say when it really ended.
		assert_eq!(ChannelsPallet::standing(id, 2).unwrap().terms.valid_until, Some(4));
	});
}

#[test]
fn what_was_never_granted_has_none() {
	test(|| {
		let id = countersigned(SELLER, ISSUER);
		assert_ok!(ChannelsPallet::withdraw(by(SELLER), id));
		assert_eq!(standings(id), []);
	});
}
