// SPDX-License-Identifier: Apache-2.0

use crate::{
	mock::{Anchors, *},
	*,
};
use frame_support::{assert_noop, assert_ok};
use sealane_primitives::directory::CourierPolicy;
use sp_runtime::DispatchError;

fn set(anchors_per_block: u32, max_age: u64) -> sp_runtime::DispatchResult {
	set_with(anchors_per_block, max_age, 1_000)
}

fn set_with(anchors_per_block: u32, max_age: u64, drain: u32) -> sp_runtime::DispatchResult {
	let policy = CourierPolicy {
		anchors_per_block,
		max_age,
		drain,
	};
	Anchors::set_policy(signed(POLICY_MAKER), policy)
}

#[test]
fn replaces_the_policy_and_tells_both() {
	run(|| {
		let old = <Test as Config>::DefaultPolicy::get();
		assert_eq!(Anchors::policy(), old, "until governance sets one");
		assert_ok!(set_with(10, 300_000, 500));
		let new = CourierPolicy {
			anchors_per_block: 10,
			max_age: 300_000,
			drain: 500,
		};
		assert_eq!(last_event(), Event::PolicySet { old, new });
		assert_eq!(Anchors::policy(), new);
	});
}

#[test]
fn boundary_anchors_per_block() {
	run(|| {
		assert_noop!(set(0, 60_000), Error::<Test>::InvalidPolicy(PolicyFault::NoAnchors));
		assert_ok!(set(1, 60_000));
		assert_ok!(set(100, 60_000));
		assert_noop!(
			set(101, 60_000),
			Error::<Test>::InvalidPolicy(PolicyFault::TooManyAnchors)
		);
	});
}

#[test]
fn boundary_age() {
	run(|| {
		assert_noop!(set(1, 59_999), Error::<Test>::InvalidPolicy(PolicyFault::AgeTooShort));
		assert_ok!(set(1, 60_000));
		assert_ok!(set(1, 3_600_000));
		assert_noop!(set(1, 3_600_001), Error::<Test>::InvalidPolicy(PolicyFault::AgeTooLong));
	});
}

#[test]
fn boundary_drain() {
	run(|| {
		assert_noop!(
			set_with(1, 60_000, 99),
			Error::<Test>::InvalidPolicy(PolicyFault::DrainTooShort)
		);
		assert_ok!(set_with(1, 60_000, 100));
		assert_ok!(set_with(1, 60_000, 10_000));
		assert_noop!(
			set_with(1, 60_000, 10_001),
			Error::<Test>::InvalidPolicy(PolicyFault::DrainTooLong)
		);
	});
}

#[test]
fn fails_when_another_origin_unauthorized() {
	run(|| {
		let policy = Anchors::policy();
		for who in [JUDGE, BANK_MANAGER, BANK_DELEGATE, STRANGER] {
			assert_noop!(Anchors::set_policy(signed(who), policy), DispatchError::BadOrigin);
		}
		assert_noop!(
			Anchors::set_policy(RuntimeOrigin::root(), policy),
			DispatchError::BadOrigin
		);
	});
}
