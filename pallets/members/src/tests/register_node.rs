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

fn try_register(who: AccountId, seed: u8, delegate: AccountId) -> sp_runtime::DispatchResult {
	Members::register_node(
		RuntimeOrigin::signed(who),
		peer(seed),
		addresses(1),
		key(seed),
		key(seed),
		delegate,
	)
}

#[test]
fn is_found_by_all_it_is_known_by() {
	build_and_execute(|| {
		run_to(7);
		let (bank, node) = bank();
		assert_eq!(
			last_event(),
			Event::NodeRegistered {
				member: bank,
				node,
				peer: peer(1),
				delegate: BANK_DELEGATE
			}
		);
		assert_eq!(Members::owner_of(node), Some(bank));
		assert_eq!(Members::delegate_of(&BANK_DELEGATE), Some((bank, node)));
		assert_eq!(Members::key_owner(key(1)), Some((node, 0)));
		assert_eq!(
			ring(node),
			[CourierKey {
				signing: key(1),
				sealing: key(1),
				valid_from: 7,
				valid_until: None
			}]
		);
		assert_eq!(
			Members::member_entry(bank).unwrap().nodes,
			[Members::node_entry(node).unwrap()]
		);
		assert_eq!(Members::payer(&BANK_DELEGATE), Some(Payer::Member(bank)));
	});
}

#[test]
fn works_without_addresses() {
	build_and_execute(|| {
		admit(BANK, seller());
		assert_ok!(Members::register_node(
			RuntimeOrigin::signed(BANK),
			peer(1),
			Addresses::default(),
			key(1),
			key(1),
			BANK_DELEGATE,
		));
	});
}

#[test]
fn fails_when_the_account_acts_for_nobody() {
	build_and_execute(|| {
		bank();
		assert_noop!(try_register(BANK_DELEGATE, 9, 50), Error::<Test>::NotAuthorized);
		assert_noop!(try_register(OUTSIDER, 9, 50), Error::<Test>::NotAuthorized);
		assert_noop!(
			Members::register_node(RuntimeOrigin::root(), peer(9), addresses(1), key(9), key(9), 50),
			BadOrigin
		);
	});
}

#[test]
fn fails_when_the_peer_is_invalid_or_taken() {
	build_and_execute(|| {
		bank();
		admit(ISSUER, issuer());
		let register =
			|peer| Members::register_node(RuntimeOrigin::signed(ISSUER), peer, addresses(1), key(9), key(9), 50);
		let short = peer(9)[..37].to_vec().try_into().unwrap();
		assert_noop!(register(short), Error::<Test>::InvalidPeer(PeerFault::Length));
		assert_noop!(register(peer(1)), Error::<Test>::PeerAlreadyExists);
		assert_ok!(register(peer(9)));
	});
}

#[test]
fn fails_when_an_address_is_invalid() {
	build_and_execute(|| {
		admit(BANK, seller());
		let address = b"/ip4/127.0.0.1/tcp/1/p2p/12D3KooW".to_vec().try_into().unwrap();
		let addresses = vec![address].try_into().unwrap();
		assert_noop!(
			Members::register_node(
				RuntimeOrigin::signed(BANK),
				peer(1),
				addresses,
				key(1),
				key(1),
				BANK_DELEGATE
			),
			Error::<Test>::InvalidAddress(AddressFault::NamesPeer)
		);
	});
}

#[test]
fn fails_when_keys_are_weak_or_taken() {
	build_and_execute(|| {
		bank();
		admit(ISSUER, issuer());
		let register = |signing, sealing| {
			Members::register_node(
				RuntimeOrigin::signed(ISSUER),
				peer(9),
				addresses(1),
				signing,
				sealing,
				50,
			)
		};
		assert_noop!(
			register([0; 32], key(9)),
			Error::<Test>::InvalidKeys(KeysFault::WeakSigningKey)
		);
		assert_noop!(
			register(key(9), [0; 32]),
			Error::<Test>::InvalidKeys(KeysFault::WeakSealingKey)
		);
		assert_noop!(register(key(1), key(9)), Error::<Test>::KeyAlreadyExists);
	});
}

#[test]
fn fails_when_the_delegate_is_taken() {
	build_and_execute(|| {
		bank();
		issuer_with_node();
		assert_noop!(
			try_register(BANK, 9, BANK_DELEGATE),
			Error::<Test>::DelegateAlreadyExists
		);
		assert_noop!(
			try_register(BANK, 9, ISSUER_DELEGATE),
			Error::<Test>::DelegateAlreadyExists
		);
		assert_noop!(try_register(BANK, 9, ISSUER), Error::<Test>::DelegateIsManager);
		// Nor its own manager: its secret would lie on the node.
		assert_noop!(try_register(BANK, 9, BANK), Error::<Test>::DelegateIsManager);
	});
}

#[test]
fn boundary_nodes_are_limited_and_places_are_freed() {
	build_and_execute(|| {
		let (_, first) = bank();
		for i in 2..=4 {
			register(BANK, i, u64::from(i) + 50);
		}
		assert_noop!(try_register(BANK, 5, 60), Error::<Test>::MaxNodesExceeded);
		assert_ok!(Members::remove_node(RuntimeOrigin::signed(BANK), first));
		assert_ok!(try_register(BANK, 5, 60));
	});
}

#[test]
fn boundary_the_last_number_is_not_given() {
	build_and_execute(|| {
		admit(BANK, seller());
		NextNodeId::<Test>::put(NodeId::MAX);
		assert_noop!(try_register(BANK, 5, 60), Error::<Test>::IdsExhausted);
		NextNodeId::<Test>::put(0);
	});
}

#[test]
fn peer_and_delegate_are_free_after_removal_keys_are_not() {
	build_and_execute(|| {
		let (_, node) = bank();
		assert_ok!(Members::remove_node(RuntimeOrigin::signed(BANK), node));
		assert_noop!(try_register(BANK, 1, BANK_DELEGATE), Error::<Test>::KeyAlreadyExists);
		assert_ok!(Members::register_node(
			RuntimeOrigin::signed(BANK),
			peer(1),
			addresses(1),
			key(70),
			key(1),
			BANK_DELEGATE,
		));
		assert_eq!(Members::node_by_peer(&peer(1)), Some((0, node + 1)));
	});
}
