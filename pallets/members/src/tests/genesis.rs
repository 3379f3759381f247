// SPDX-License-Identifier: Apache-2.0

use super::prelude::*;

fn genesis_member(manager: AccountId, seed: u8) -> GenesisMember<AccountId> {
	GenesisMember {
		name: "中国银行".into(),
		legal_id: sample_lei(u32::from(seed)).to_text(),
		contact: "ops@bank.example".into(),
		roles: seller(),
		manager,
		nodes: vec![GenesisNode {
			peer: peer(seed).into_inner(),
			addresses: vec!["/ip4/127.0.0.1/tcp/30333".into()],
			signing: key(seed).into(),
			sealing: key(seed).into(),
			delegate: manager + 100,
		}],
	}
}

fn genesis(members: Vec<GenesisMember<AccountId>>) -> GenesisConfig<Test> {
	GenesisConfig {
		members,
		connections_restricted: true,
	}
}

#[test]
fn numbers_members_and_nodes_in_order() {
	check_after(
		ext_with(genesis(vec![genesis_member(1, 1), genesis_member(2, 2)])),
		|| {
			assert_eq!((Members::member_of(&1), Members::member_of(&2)), (Some(0), Some(1)));
			assert_eq!(Members::node_by_peer(&peer(2)), Some((1, 1)));
			assert_eq!(ring(0)[0].valid_from, 0);
			assert!(Members::connections_restricted());
			assert!(System::providers(&1) > 0 && System::providers(&102) > 0);
		},
	);
}

#[test]
fn survives_json() {
	let config = genesis(vec![genesis_member(1, 1)]);
	let json = serde_json::to_value(&config).unwrap();
	assert_eq!(json["members"][0]["legalId"], sample_lei(1).to_text());
	assert!(json["members"][0]["nodes"][0]["peer"]
		.as_str()
		.unwrap()
		.starts_with("0x002408011220"));
	let back: GenesisConfig<Test> = serde_json::from_value(json).unwrap();
	assert_eq!(back.members, config.members);
}

#[test]
#[should_panic(expected = "legal_id of 中国银行 is \"5493001KJTIIGC8Y1R13\": CheckCharacter")]
fn fails_when_a_legal_number_is_wrong() {
	let mut member = genesis_member(1, 1);
	member.legal_id = "5493001KJTIIGC8Y1R13".into();
	ext_with(genesis(vec![member]));
}

#[test]
#[should_panic(expected = "member 中国银行 cannot be admitted")]
fn fails_when_two_members_share_a_manager() {
	ext_with(genesis(vec![genesis_member(1, 1), genesis_member(1, 2)]));
}

#[test]
#[should_panic(expected = "a node of 中国银行 cannot be registered")]
fn fails_when_two_nodes_share_a_peer() {
	let mut second = genesis_member(2, 2);
	second.nodes[0].peer = peer(1).into_inner();
	ext_with(genesis(vec![genesis_member(1, 1), second]));
}

#[test]
#[should_panic(expected = "peer of a node of 中国银行 has 65 bytes, most are 64")]
fn fails_when_a_peer_is_too_long() {
	let mut member = genesis_member(1, 1);
	member.nodes[0].peer = vec![0; 65];
	ext_with(genesis(vec![member]));
}
