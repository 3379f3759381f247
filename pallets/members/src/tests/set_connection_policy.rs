// SPDX-License-Identifier: Apache-2.0

use super::prelude::*;

#[test]
fn sets_the_policy_and_tells_the_nodes() {
	build_and_execute(|| {
		assert!(!Members::connections_restricted());
		let revision = Members::peers_revision();
		assert_ok!(Members::set_connection_policy(RuntimeOrigin::signed(POLICY), true));
		assert_eq!(last_event(), Event::ConnectionPolicyChanged { old: false, new: true });
		assert!(Members::connections_restricted());
		assert!(Members::peers_revision() > revision);
		assert_ok!(Members::set_connection_policy(RuntimeOrigin::signed(POLICY), false));
		assert!(!Members::connections_restricted());
	});
}

#[test]
fn fails_when_unauthorized() {
	build_and_execute(|| {
		bank();
		for who in [ADMIT, SUSPEND, EXIT, FORCE, BANK] {
			assert_noop!(
				Members::set_connection_policy(RuntimeOrigin::signed(who), true),
				BadOrigin
			);
		}
	});
}
