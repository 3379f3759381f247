// SPDX-License-Identifier: Apache-2.0

//! What the runtime composes the directory from.

use crate::mock::*;
use frame_support::assert_ok;
use sealane_primitives::traits::ChannelRegistry;

#[test]
fn lists_both_directions_and_the_newest_ended_ones() {
	test(|| {
		let sells = granted(BOTH, ISSUER, terms());
		let issues = granted(SELLER, BOTH, terms());
		assert_eq!(ChannelsPallet::channels_of(BOTH), [sells, issues]);
		let mut ended = vec![];
		for _ in 0..4 {
			let id = applied(BOTH, OTHER_ISSUER);
			assert_ok!(ChannelsPallet::withdraw(by(BOTH), id));
			ended.push(id);
		}
		// Three are listed; the oldest made room, and is still known by its number.
		assert_eq!(
			ChannelsPallet::channels_of(BOTH),
			[sells, issues, ended[1], ended[2], ended[3]]
		);
		assert_eq!(ChannelsPallet::parties(ended[0]), Some((BOTH, OTHER_ISSUER)));
		assert_eq!(ChannelsPallet::between(BOTH, OTHER_ISSUER), Some(ended[3]));
		assert_eq!(ChannelsPallet::between(OTHER_ISSUER, BOTH), None);
	});
}

#[test]
fn knows_nothing_of_strangers() {
	test(|| {
		assert!(ChannelsPallet::channels_of(STRANGER).is_empty());
		assert_eq!(ChannelsPallet::interfaces_of(STRANGER), []);
		assert_eq!(ChannelsPallet::products_of(STRANGER), []);
		assert_eq!(ChannelsPallet::parties(0), None);
		assert_eq!(ChannelsPallet::product(&name("F1")), None);
		assert_eq!(ChannelsPallet::state_of(0), None);
	});
}

#[test]
fn products_come_sorted() {
	test(|| {
		interface(ISSUER, "wm");
		for id in ["F3", "F1", "F2"] {
			product(ISSUER, id, "wm");
		}
		let listed: Vec<_> = ChannelsPallet::products_of(ISSUER).into_iter().map(|p| p.id).collect();
		assert_eq!(listed, [name("F1"), name("F2"), name("F3")]);
	});
}

#[cfg(feature = "runtime-benchmarks")]
#[test]
fn a_channel_for_other_pallets_benchmarks_keeps_the_invariants() {
	test(|| {
		let id = ChannelsPallet::benchmark_channel(SELLER, ISSUER);
		assert_ok!(ChannelsPallet::authorise(id));
	});
}
