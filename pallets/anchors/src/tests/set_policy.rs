// SPDX-License-Identifier: Apache-2.0

use crate::{
	mock::{Anchors, *},
	*,
};
use frame_support::{assert_noop, assert_ok};
use sealane_primitives::directory::{AnchorMode, AnchorPolicy};
use sp_runtime::DispatchError;

fn set(interval: u32, max_packed: u32) -> sp_runtime::DispatchResult {
	let policy = AnchorPolicy {
		interval,
		mode: AnchorMode::Packed,
		max_packed,
	};
	Anchors::set_policy(signed(POLICY_MAKER), policy)
}

#[test]
fn replaces_the_policy_and_tells_both() {
	run(|| {
		let old = <Test as Config>::DefaultPolicy::get();
		assert_eq!(Anchors::policy(), old, "until governance sets one");
		assert_ok!(set(10, 8));
		let new = AnchorPolicy {
			interval: 10,
			mode: AnchorMode::Packed,
			max_packed: 8,
		};
		assert_eq!(last_event(), Event::PolicySet { old, new });
		assert_eq!(Anchors::policy(), new);
	});
}

#[test]
fn boundary_interval() {
	run(|| {
		assert_noop!(set(0, 1), Error::<Test>::InvalidPolicy(PolicyFault::IntervalZero));
		assert_ok!(set(1, 1));
		assert_ok!(set(100, 1));
		assert_noop!(set(101, 1), Error::<Test>::InvalidPolicy(PolicyFault::IntervalTooLong));
	});
}

#[test]
fn boundary_hashes_per_call() {
	run(|| {
		assert_noop!(set(1, 0), Error::<Test>::InvalidPolicy(PolicyFault::MaxPackedZero));
		assert_ok!(set(1, 1));
		assert_ok!(set(1, 8));
		assert_noop!(set(1, 9), Error::<Test>::InvalidPolicy(PolicyFault::MaxPackedTooLarge));
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
