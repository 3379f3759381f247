// SPDX-License-Identifier: Apache-2.0

//! What the runtime composes the directory from.

use crate::{mock::*, *};
use frame_support::assert_ok;
use sealane_primitives::{directory::Refusal, traits::ChannelRegistry};

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

/// A node that is gone serves nobody, and a member that left sells nothing: partners must not go on sending there.
#[test]
fn what_nobody_serves_is_not_listed() {
	test(|| {
		interface(ISSUER, "wm");
		product(ISSUER, "F1", "wm");
		Interfaces::<Test>::mutate(name("wm"), |it| {
			if let Some(it) = it {
				it.node = STRANGER * 10;
			}
		});
		assert_eq!(ChannelsPallet::interfaces_of(ISSUER), []);
		assert_eq!(ChannelsPallet::products_of(ISSUER).len(), 1);
		assert_ok!(ChannelsPallet::set_interface_node(by(ISSUER), name("wm"), ISSUER * 10));
		assert_eq!(ChannelsPallet::interfaces_of(ISSUER).len(), 1);
		Members::edit(ISSUER, |m| m.refusal = Some(Refusal::MemberUnknown));
		assert_eq!(ChannelsPallet::products_of(ISSUER), []);
		Members::edit(ISSUER, |m| m.refusal = Some(Refusal::MemberSuspended));
		assert_eq!(ChannelsPallet::products_of(ISSUER).len(), 1);
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
