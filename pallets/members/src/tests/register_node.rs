// SPDX-License-Identifier: Apache-2.0

use super::prelude::*;

#[docify::export]
#[test]
fn an_institution_joins_and_brings_a_node() {
	build_and_execute(|| {
		// The council admits the bank, which its account 1 acts for.
		let member = NextMemberId::<Test>::get();
		assert_ok!(Members::admit(
			RuntimeOrigin::signed(ADMIT),
			name("First Bank"),
			LegalId::parse("5493001KJTIIGC8Y1R12").unwrap(),
			contact("operations@first.example"),
			Roles::of(&[Role::Seller]),
			BANK,
		));
		assert_ok!(Members::ensure_active(member));

		// The bank brings its node by itself.
		assert_ok!(Members::register_node(
			RuntimeOrigin::signed(BANK),
			peer(1),
			addresses(30_333),
			key(1),
			key(2),
			BANK_DELEGATE,
		));
		let (owner, node) = Members::node_by_peer(&peer(1)).unwrap();
		assert_eq!(owner, member);
		assert_eq!(Members::delegate(node), Some(BANK_DELEGATE));
		assert_eq!(Members::authorised_peers(), [peer(1)]);
	});
}
