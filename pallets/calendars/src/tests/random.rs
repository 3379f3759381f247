// SPDX-License-Identifier: Apache-2.0

//! Random sequences of all calls, with the invariants and the past checked after each step.

use crate::{mock::*, *};
use proptest::prelude::*;
use std::collections::BTreeMap;

const PRODUCTS: [Option<&str>; 4] = [None, Some("ONE"), Some("TWO"), Some("NONE")];

/// The versions that hold or held.
fn past() -> BTreeMap<(Scope, u32), Version> {
	let now = u32::try_from(System::block_number()).expect("few blocks");
	Calendars::<Test>::iter()
		.filter(|(_, _, version)| version.from <= now)
		.map(|(scope, number, version)| ((scope, number), version))
		.collect()
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

	#[test]
	fn no_sequence_of_calls_breaks_an_invariant_or_changes_the_past(
		steps in proptest::collection::vec((0..6u8, 1..4u32, 0..4usize, 0..22u8, 0..120u32), 1..120),
	) {
		new_test_ext().execute_with(|| {
			let mut before = BTreeMap::new();
			for (call, issuer, product, hour, ahead) in steps {
				let now = u32::try_from(System::block_number()).expect("few blocks");
				let product = PRODUCTS[product];
				let _ = frame_support::storage::with_storage_layer(|| match call {
					0 => CalendarsPallet::withdraw(by(issuer), product.map(id)),
					_ => announce(issuer, product, hour, now + ahead),
				});
				CalendarsPallet::do_try_state().expect("invariants hold");
				if ahead % 3 == 0 {
					at(now + ahead % 17 + 1);
				}
				let after = past();
				assert!(before.iter().all(|(key, version)| after.get(key) == Some(version)), "the past changed");
				before = after;
				for product in PRODUCTS {
					let timetable = CalendarsPallet::timetable(ISSUER, product.map(id));
					let now = u32::try_from(System::block_number()).expect("few blocks");
					assert!(timetable.in_force.as_ref().is_none_or(|it| it.from <= now));
					assert!(timetable.next.as_ref().is_none_or(|it| it.from > now));
				}
			}
		});
	}
}
