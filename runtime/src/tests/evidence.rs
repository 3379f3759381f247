// SPDX-License-Identifier: Apache-2.0

//! An offline verifier knows no runtime: it looks in a proof of state for keys and values of its own making. They are the
//! runtime's.

use crate::{Runtime, SLOT_DURATION_MS};
use codec::Decode;
use sealane_primitives::{
	business::{BusinessKind, BusinessKinds},
	clauses::{json, Clauses},
	directory::Scope,
	evidence::{
		range::{anchor_leaf, Range},
		tree, Attestation, Core, Excluded, FinalBlockRef, Side,
	},
	ids::Name,
	keys::{Compromise, CourierKey},
};
use sealane_verifier::{
	chain::{self, keys, state},
	pack::{AnchorPart, AnchorReference, BatchPart, Entry, EvidencePack, RecordPart},
	verdict::LegalNumber,
	Rule,
};

const ISSUER: (u32, u32) = (4, 7);
const SELLER: (u32, u32) = (3, 2);
const CHANNEL: u32 = 5;
const VERSION: u32 = 11;
/// The seller's key, long after the anchor.
const STOLEN: Compromise = Compromise { since: 8, declared: 30 };
const LEI: &str = "5493001KJTIIGC8Y1R12";
const CREDIT_CODE: &str = "91350100M000100Y43";

fn name(text: &str) -> Name {
	text.as_bytes().to_vec().try_into().expect("within the bound")
}

#[test]
fn an_offline_verifier_looks_where_the_runtime_stores() {
	assert_eq!(
		keys::anchor(7, 9),
		pallet_anchors::Anchors::<Runtime>::hashed_key_for(7, 9)
	);
	assert_eq!(keys::range(7), pallet_anchors::Ranges::<Runtime>::hashed_key_for(7));
	assert_eq!(
		keys::compromise(7, 2),
		pallet_members::Compromises::<Runtime>::hashed_key_for(7, 2)
	);
	assert_eq!(
		keys::owner(&[5; 32]),
		pallet_members::KeyOwners::<Runtime>::hashed_key_for([5; 32])
	);
	assert_eq!(
		keys::history(7, 2),
		pallet_members::KeyHistory::<Runtime>::hashed_key_for(7, 2)
	);
	assert_eq!(keys::node(7), pallet_members::NodeRecords::<Runtime>::hashed_key_for(7));
	assert_eq!(keys::profile(3), pallet_members::Profiles::<Runtime>::hashed_key_for(3));
	assert_eq!(
		keys::channel(5),
		pallet_channels::Channels::<Runtime>::hashed_key_for(5)
	);
	assert_eq!(
		keys::identity(3, 2),
		pallet_members::Identities::<Runtime>::hashed_key_for(3, 2)
	);
	assert_eq!(
		keys::standing(5, 1),
		pallet_channels::Standings::<Runtime>::hashed_key_for(5, 1)
	);
	assert_eq!(
		keys::product_version(b"STEADY-30", 4),
		pallet_channels::ProductVersions::<Runtime>::hashed_key_for(name("STEADY-30"), 4)
	);
	assert_eq!(keys::member(3), pallet_members::Members::<Runtime>::hashed_key_for(3));
	assert_eq!(
		keys::genesis_hash(),
		frame_system::BlockHash::<Runtime>::hashed_key_for(0)
	);
	assert_eq!(keys::validators(), pallet_grandpa::Authorities::<Runtime>::hashed_key());
	assert_eq!(
		keys::validator_set(),
		pallet_grandpa::CurrentSetId::<Runtime>::hashed_key()
	);
	assert_eq!(
		keys::pending_change(),
		pallet_grandpa::PendingChange::<Runtime>::hashed_key()
	);
	assert_eq!(
		keys::version(11),
		pallet_agreements::Versions::<Runtime>::hashed_key_for(11)
	);
	assert_eq!(
		keys::clauses(11),
		pallet_agreements::AgreedClauses::<Runtime>::hashed_key_for(11)
	);
	assert_eq!(
		keys::runtime(),
		frame_system::LastRuntimeUpgrade::<Runtime>::hashed_key()
	);
	assert_eq!(chain::SLOT_MS, SLOT_DURATION_MS);
}

fn attested(side: Side, node: u32) -> Attestation {
	Attestation {
		suite: 0,
		side,
		block: FinalBlockRef {
			number: 7,
			hash: [3; 32],
		},
		excluded: Excluded::none(),
		key: [node as u8; 32],
		signature: [0; 64],
	}
}

/// A pack that claims what [`fill`] stores.
fn pack() -> EvidencePack {
	EvidencePack::new(
		RecordPart {
			order: Entry::shown(br#"{"product":"STEADY-30"}"#, &[0; 32], 0),
			confirmation: Entry::shown(b"{}", &[0; 32], 0),
			salt: [0; 32],
			clause_version: VERSION,
			channel: CHANNEL,
		},
		BatchPart {
			index: 0,
			path: Vec::new(),
			core: Core {
				genesis: [0; 32],
				channel: CHANNEL,
				issuer_node: ISSUER.1,
				seller_node: SELLER.1,
				issuer: ISSUER.0,
				seller: SELLER.0,
				first_sequence: 0,
				last_sequence: 0,
				count: 1,
				root: [0; 32],
				previous: [0; 32],
				date: 0,
			},
			issuer: attested(Side::Issuer, ISSUER.1),
			seller: attested(Side::Seller, SELLER.1),
		},
		Some(AnchorPart {
			path: Vec::new(),
			blinding: [0; 32],
			reference: AnchorReference {
				node: SELLER.1,
				sequence: 9,
				root: [1; 32],
				block_number: 8,
				block_hash: [2; 32],
			},
			range: None,
		}),
		None,
	)
}

/// A member and its node.
fn member((member, node): (u32, u32), member_name: &str, number: &str, removed: bool) {
	let identity = pallet_members::MemberIdentity {
		from: 2,
		name: member_name.as_bytes().to_vec().try_into().expect("short"),
		legal_id: pallet_members::LegalId::parse(number).expect("a true number"),
	};
	pallet_members::Identities::<Runtime>::insert(member, 1, &identity);
	let later = pallet_members::MemberIdentity { from: 9, ..identity };
	pallet_members::Identities::<Runtime>::insert(member, 2, later);
	let record = pallet_members::NodeRecord {
		member,
		registered_at: 1,
		removed_at: removed.then_some(20),
		peer: [7; 38].to_vec().try_into().expect("short"),
	};
	pallet_members::NodeRecords::<Runtime>::insert(node, record);
	let signing = [node as u8; 32];
	let key = CourierKey {
		signing,
		sealing: [2; 32],
		valid_from: 3,
		valid_until: Some(9),
	};
	pallet_members::KeyOwners::<Runtime>::insert(signing, (node, 2));
	pallet_members::KeyHistory::<Runtime>::insert(node, 2, &key);
}

/// A state with all that a pack may claim.
fn fill() {
	let anchor = pallet_anchors::Anchor {
		root: [1; 32],
		block: 8,
		packed: None,
	};
	pallet_anchors::Anchors::<Runtime>::insert(SELLER.1, 9, anchor);
	member(ISSUER, "稳健理财有限公司", CREDIT_CODE, false);
	member(SELLER, "First Bank", LEI, true);
	pallet_members::Compromises::<Runtime>::insert(SELLER.1, 2, STOLEN);
	let terms = pallet_channels::Terms {
		kinds: BusinessKinds::of(&[BusinessKind::Purchase]),
		valid_until: Some(900),
		orders_per_minute: None,
	};
	let channel = pallet_channels::Channel {
		seller: SELLER.0,
		issuer: ISSUER.0,
		state: pallet_channels::State::Granted,
		credential_until: 1_000,
		terms: Some(terms),
	};
	pallet_channels::Channels::<Runtime>::insert(CHANNEL, channel);
	let standing = pallet_channels::Standing {
		from: 4,
		state: pallet_channels::State::Granted,
		terms,
	};
	pallet_channels::Standings::<Runtime>::insert(CHANNEL, 1, standing);
	let product = pallet_channels::ProductVersion {
		from: 5,
		issuer: ISSUER.0,
		product_type: name("fund.bond"),
		currency: *b"CNY",
		risk: 2,
		offering: None,
	};
	pallet_channels::ProductVersions::<Runtime>::insert(name("STEADY-30"), 1, product);
	let version = pallet_agreements::Version {
		channel: CHANNEL,
		scope: Scope::ProductType(name("fund.bond")),
		number: 2,
		from: 7,
		ratified_at: 6,
		withdraws: false,
	};
	pallet_agreements::Versions::<Runtime>::insert(VERSION, version);
	let clauses = json::from_json(br#"[{"code": "adult", "any_of": [{"age_at_least": 18}]}]"#).expect("clauses");
	pallet_agreements::AgreedClauses::<Runtime>::insert(VERSION, clauses);
	let runtime = frame_system::LastRuntimeUpgradeInfo::from(crate::VERSION);
	frame_system::LastRuntimeUpgrade::<Runtime>::put(runtime);
	sp_io::storage::set(keys::CODE, &[0x5a; 48]);
}

#[test]
fn an_offline_verifier_reads_what_the_runtime_stores() {
	sp_io::TestExternalities::default().execute_with(|| {
		fill();
		let get = |key: &[u8]| Ok(sp_io::storage::get(key).map(|value| value.to_vec()));
		let (facts, asked) = state::ask(&pack(), get).expect("the state bears the pack out");
		assert_eq!((facts.issuer.member, facts.issuer.removed), (ISSUER.0, false));
		assert_eq!((facts.seller.member, facts.seller.removed), (SELLER.0, true));
		assert_eq!(facts.issuer.name, "稳健理财有限公司");
		assert_eq!(facts.issuer.number, LegalNumber::CreditCode(CREDIT_CODE.into()));
		assert_eq!(facts.seller.number, LegalNumber::Lei(LEI.into()));
		assert_eq!(
			(facts.seller.key.valid_from, facts.seller.key.valid_until),
			(3, Some(9))
		);
		assert_eq!((facts.issuer.compromise, facts.seller.compromise), (None, Some(STOLEN)));
		assert_eq!(facts.grant.kinds, BusinessKinds::of(&[BusinessKind::Purchase]).0);
		assert_eq!(
			(facts.grant.valid_until, facts.grant.orders_per_minute),
			(Some(900), None)
		);
		let agreed = facts.agreed.expect("agreed");
		assert_eq!(agreed.scope, Scope::ProductType(name("fund.bond")));
		assert_eq!((agreed.number, agreed.from, agreed.ratified_at), (2, 7, 6));
		let clauses = agreed.clauses.expect("not withdrawn");
		let clauses = Clauses::decode(&mut &clauses[..]).expect("as stored");
		assert_eq!(clauses[0].code.to_string(), "adult");
		let product = facts.product.expect("known");
		assert_eq!(
			(product.product_type.as_str(), product.risk, product.currency.as_str()),
			("fund.bond", 2, "CNY")
		);
		assert_eq!(facts.runtime.version, crate::VERSION.spec_version);
		assert_eq!(facts.runtime.code_hash, sp_io::hashing::blake2_256(&[0x5a; 48]));
		assert_eq!(facts.grant.state, pallet_channels::State::Granted as u8);
		assert_eq!(asked.len(), 22);
	});
}

/// An anchor that is none of its node's last ones is read from the range of all.
#[test]
fn an_offline_verifier_reads_the_range_that_the_runtime_stores() {
	sp_io::TestExternalities::default().execute_with(|| {
		fill();
		pallet_anchors::Anchors::<Runtime>::remove(SELLER.1, 9);
		let (mut range, mut leaves) = (Range::default(), Vec::new());
		for sequence in 0..80 {
			let (root, block) = if sequence == 9 { ([1; 32], 8) } else { ([0xee; 32], 10) };
			assert!(range.push(SELLER.1, &root, block));
			leaves.push(anchor_leaf(SELLER.1, sequence, &root, block));
		}
		pallet_anchors::Ranges::<Runtime>::insert(SELLER.1, range);
		let get = |key: &[u8]| Ok(sp_io::storage::get(key).map(|value| value.to_vec()));
		let rule = |pack: &EvidencePack| state::ask(pack, get).err().map(|defect| defect.rule);
		assert_eq!(rule(&pack()), Some(Rule::StateAnchor));
		assert_eq!(rule(&pack().with_range(tree::proof(&leaves, 9))), None);
		assert_eq!(
			rule(&pack().with_range(tree::proof(&leaves, 10))),
			Some(Rule::StateRange)
		);
	});
}

/// A key that was known to be stolen proves nothing that was anchored from then on.
#[test]
fn an_offline_verifier_heeds_what_the_runtime_has_of_stolen_keys() {
	for (declared, expected) in [(8, Some(Rule::KeyCompromised)), (9, None)] {
		sp_io::TestExternalities::default().execute_with(|| {
			fill();
			pallet_members::Compromises::<Runtime>::insert(ISSUER.1, 2, Compromise { since: 4, declared });
			let get = |key: &[u8]| Ok(sp_io::storage::get(key).map(|value| value.to_vec()));
			assert_eq!(state::ask(&pack(), get).err().map(|defect| defect.rule), expected);
		});
	}
}

/// Every single thing that a pack claims is looked up: without it the pack is refused, by the rule that says so.
#[test]
fn an_offline_verifier_needs_each_value_that_the_runtime_stores() {
	let mut state = sp_io::TestExternalities::default();
	let asked = state.execute_with(|| {
		fill();
		let get = |key: &[u8]| Ok(sp_io::storage::get(key).map(|value| value.to_vec()));
		state::ask(&pack(), get).expect("sound").1
	});
	let rules: Vec<Option<Rule>> = state.execute_with(|| {
		let missing = |gone: &Vec<u8>| {
			let get = |key: &[u8]| {
				Ok(sp_io::storage::get(key)
					.filter(|_| key != &gone[..])
					.map(|value| value.to_vec()))
			};
			state::ask(&pack(), get).err().map(|defect| defect.rule)
		};
		asked.iter().map(missing).collect()
	});
	assert_eq!(
		rules,
		[
			Some(Rule::StateAnchor),
			Some(Rule::KeyOwner),
			Some(Rule::KeyOwner),
			// That it was not declared stolen is shown by what is not there.
			None,
			Some(Rule::KeyOwner),
			Some(Rule::KeyOwner),
			None,
			Some(Rule::NodeMember),
			Some(Rule::NodeMember),
			// Name and number: the version in force, and the next one.
			Some(Rule::MemberProfile),
			None,
			Some(Rule::MemberProfile),
			None,
			Some(Rule::Channel),
			Some(Rule::ChannelGranted),
			None,
			Some(Rule::ClausesVersion),
			Some(Rule::ClausesText),
			None,
			None,
			Some(Rule::Runtime),
			Some(Rule::Runtime),
		]
	);
}
