// SPDX-License-Identifier: Apache-2.0

//! Sound packs, each defect by its name, and that no byte can be changed.

use super::*;
use crate::evidence::{leaf, tree::proof};
use proptest::prelude::*;
use sp_core::{ed25519, Pair as _};

const GENESIS: Digest = [0x5e; 32];
const ISSUER_NODE: NodeId = 7;
const SELLER_NODE: NodeId = 2;
const CHANNEL: ChannelId = 3;
const CLAUSE_VERSION: AgreementId = 5;

fn key(seed: u8) -> ed25519::Pair {
	ed25519::Pair::from_seed(&[seed; 32])
}

fn sign(node: NodeId, pair: &ed25519::Pair, header: &BatchHeader) -> SignedBy {
	SignedBy {
		node,
		key: pair.public().0,
		signature: pair.sign(&header.signing_digest()).0,
	}
}

/// A pack for record `index`, whose batch is number `batch` of `batches` in its anchor.
fn pack_of(records: &[(Vec<u8>, Vec<u8>)], index: u32, batch: u64, batches: u64, chain: bool) -> EvidencePack {
	pack_on(GENESIS, records, index, batch, batches, chain)
}

/// The same on the chain with this genesis hash.
fn pack_on(
	genesis: Digest,
	records: &[(Vec<u8>, Vec<u8>)],
	index: u32,
	batch: u64,
	batches: u64,
	chain: bool,
) -> EvidencePack {
	let seed = [0x5a; 32];
	let leaves: Vec<Digest> = records
		.iter()
		.enumerate()
		.map(|(i, (order, confirmation))| {
			record_leaf(
				&leaf::salt(&seed, i as u32),
				order,
				confirmation,
				CLAUSE_VERSION,
				CHANNEL,
			)
		})
		.collect();
	let header = BatchHeader {
		genesis,
		channel: CHANNEL,
		issuer_node: ISSUER_NODE,
		seller_node: SELLER_NODE,
		first_sequence: 41,
		last_sequence: 42,
		business_date: 20_416,
		count: records.len() as u32,
		root: tree::root(&leaves),
	};
	let blinding = [0xb1; 32];
	let batch_leaves: Vec<Digest> = (0..batches)
		.map(|i| {
			if i == batch {
				header.anchor_leaf(&blinding)
			} else {
				[i as u8; 32]
			}
		})
		.collect();
	let (order, confirmation) = records[index as usize].clone();
	EvidencePack::new(
		RecordPart {
			order: Payload(order),
			confirmation: Payload(confirmation),
			salt: leaf::salt(&seed, index),
			clause_version: CLAUSE_VERSION,
			channel: CHANNEL,
		},
		BatchPart {
			index,
			path: proof(&leaves, index as usize).expect("the record is in the batch"),
			header,
			issuer: sign(ISSUER_NODE, &key(1), &header),
			seller: sign(SELLER_NODE, &key(2), &header),
		},
		Some(AnchorPart {
			index: batch,
			size: batches,
			path: proof(&batch_leaves, batch as usize).expect("the batch is in the anchor"),
			blinding,
			reference: AnchorReference {
				node: SELLER_NODE,
				sequence: 9,
				root: tree::root(&batch_leaves),
				block_number: 1_204,
				block_hash: [0xc4; 32],
			},
		}),
		chain.then(|| ChainPart {
			headers: vec![vec![1, 2, 3], vec![]],
			finality: vec![FinalBlock {
				header: vec![4],
				justification: vec![5, 6],
			}],
			storage_proof: vec![vec![7], vec![8, 9]],
		}),
	)
}

/// The pack of the documentation.
fn example() -> EvidencePack {
	example_on(GENESIS)
}

/// The same on the chain with this genesis hash.
pub(crate) fn example_on(genesis: Digest) -> EvidencePack {
	let order = |i: u32| {
		format!(
			r#"{{"id":"A-{i:04}","kind":"purchase","product":"STEADY-30","customer":"C-{i:04}","amount":"{}000.00","currency":"CNY","placed_at":"2025-11-24T10:0{i}:00+08:00","facts":{{"birth_date":"1990-05-20","identity_verified":true,"risk_class":"C3"}},"clause_version":5}}"#,
			i + 1
		)
	};
	let confirmation = |i: u32| {
		format!(
			r#"{{"order":"A-{i:04}","outcome":"accepted","deal":"D-7{i}","units":"{}000.00","nav":"1.0000","trade_date":"2025-11-24"}}"#,
			i + 1
		)
	};
	let records: Vec<_> = (0..5)
		.map(|i| (order(i).into_bytes(), confirmation(i).into_bytes()))
		.collect();
	pack_on(genesis, &records, 3, 1, 3, false)
}

#[test]
fn a_sound_pack_says_what_to_ask_of_the_chain() {
	let pack = example();
	let verified = pack.verify_local(&GENESIS).expect("sound");
	assert_eq!(verified.header, pack.batch.header);
	assert_eq!(verified.issuer, (ISSUER_NODE, key(1).public().0));
	assert_eq!(verified.seller, (SELLER_NODE, key(2).public().0));
	let anchor = verified.anchor.expect("anchored");
	assert_eq!(
		(anchor.node, anchor.sequence, anchor.block_number),
		(SELLER_NODE, 9, 1_204)
	);
}

#[test]
fn a_pack_is_sound_before_it_is_anchored() {
	let EvidencePack { record, batch, .. } = example();
	let pack = EvidencePack::new(record, batch, None, None);
	assert_eq!(pack.verify_local(&GENESIS).expect("sound").anchor, None);
	let json = pack.to_json().expect("serialises");
	assert_eq!(EvidencePack::from_json(json.as_bytes()).expect("readable"), pack);
}

#[test]
fn the_example_of_the_documentation_is_this_one() {
	let documented = include_str!("../../../../docs/evidence/example.json");
	let pack = EvidencePack::from_json(documented.as_bytes()).expect("readable");
	assert_eq!(pack, example());
	assert_eq!(documented.trim_end(), pack.to_json().expect("serialises"));
	pack.verify_local(&GENESIS).expect("sound");
}

#[test]
fn payloads_are_text_where_they_can_be() {
	let pack = pack_of(&[(b"text \"\n".to_vec(), vec![0xff, 0x00])], 0, 0, 1, true);
	let json: serde_json::Value = serde_json::from_str(&pack.to_json().expect("serialises")).expect("JSON");
	assert_eq!(json["record"]["order"], serde_json::json!({"text": "text \"\n"}));
	assert_eq!(json["record"]["confirmation"], serde_json::json!({"hex": "ff00"}));
	assert_eq!(json["batch"]["header"]["business_date"], "2025-11-24");
	let read = EvidencePack::from_json(json.to_string().as_bytes()).expect("readable");
	assert_eq!(read, pack);
	read.verify_local(&GENESIS).expect("sound");
}

#[test]
fn debug_output_shows_neither_payload_nor_salt() {
	let pack = example();
	let shown = format!("{pack:?}");
	assert!(
		!shown.contains("STEADY") && !shown.contains("accepted") && !shown.contains("1990"),
		"{shown}"
	);
	assert!(!shown.contains("salt"), "{shown}");
}

#[test]
fn each_defect_is_named() {
	fn defect(change: impl FnOnce(&mut EvidencePack)) -> Defect {
		let mut pack = example();
		change(&mut pack);
		let EvidencePack {
			format,
			record,
			batch,
			anchor,
			chain,
			..
		} = pack;
		// With the checksum made anew: what is named must be found without it.
		let mut pack = EvidencePack::new(record, batch, anchor, chain);
		pack.format = format;
		pack.verify_local(&GENESIS).expect_err("defect")
	}
	fn anchor(pack: &mut EvidencePack) -> &mut AnchorPart {
		pack.anchor.as_mut().expect("anchored")
	}

	let found = defect(|pack| pack.format = "sealane-evidence/2".into());
	assert_eq!(
		found.to_string(),
		"format is \"sealane-evidence/2\", expected \"sealane-evidence/1\""
	);

	let other = [1; 32];
	let found = example().verify_local(&other).expect_err("another chain");
	assert_eq!(
		found,
		Defect::Genesis {
			expected: other,
			found: GENESIS
		}
	);

	let found = defect(|pack| pack.record.channel = 4);
	assert_eq!(found.to_string(), "record.channel is 4, but batch.header.channel is 3");

	let found = defect(|pack| pack.batch.header.last_sequence = 40);
	assert_eq!(found, Defect::Sequences { first: 41, last: 40 });

	let found = defect(|pack| pack.batch.index = 5);
	assert_eq!(found.to_string(), "batch.index is 5, but there are only 5 places");

	let found = defect(|pack| pack.batch.path.truncate(2));
	assert_eq!(
		found.to_string(),
		"batch.path has 2 hashes, 3 are expected for place 3 of 5"
	);

	for change in [
		(|pack| pack.record.order.0[0] ^= 1) as fn(&mut EvidencePack),
		|pack| pack.record.confirmation.0.truncate(9),
		|pack| pack.record.salt[31] ^= 1,
		|pack| pack.record.clause_version = 6,
		|pack| pack.batch.path[1][7] ^= 1,
		|pack| pack.batch.index = 2,
		|pack| pack.batch.header.root[0] ^= 1,
	] {
		let found = defect(change);
		assert!(matches!(found, Defect::BatchRoot { .. }), "{found}");
		assert!(
			found.to_string().starts_with("record and batch.path lead from leaf "),
			"{found}"
		);
	}

	let found = defect(|pack| pack.batch.issuer.node = 8);
	assert_eq!(
		found.to_string(),
		"batch.issuer.node is 8, but batch.header.issuer_node is 7"
	);
	let found = defect(|pack| pack.batch.seller.node = 8);
	assert_eq!(
		found,
		Defect::SignerNode {
			signer: Signer::Seller,
			expected: 2,
			found: 8
		}
	);

	for change in [
		(|pack| pack.batch.issuer.key = key(3).public().0) as fn(&mut EvidencePack),
		|pack| pack.batch.issuer.signature[63] ^= 1,
		|pack| pack.batch.header.business_date += 1,
		|pack| pack.batch.header.first_sequence -= 1,
	] {
		let found = defect(change);
		assert!(
			matches!(
				found,
				Defect::Signature {
					signer: Signer::Issuer,
					node: 7,
					..
				}
			),
			"{found}"
		);
	}
	let found = defect(|pack| pack.batch.seller.signature = pack.batch.issuer.signature);
	assert!(
		found
			.to_string()
			.starts_with("batch.seller.signature is not one of node 2 with key "),
		"{found}"
	);

	let found = defect(|pack| anchor(pack).reference.node = 1);
	assert_eq!(
		found.to_string(),
		"anchor.reference.node is 1, but the parties are 7 (issuer) and 2 (seller)"
	);
	let found = defect(|pack| anchor(pack).size = 1);
	assert_eq!(
		found,
		Defect::AnchorPath {
			index: 1,
			size: 1,
			length: 2,
			expected: None
		}
	);
	for change in [
		(|pack| anchor(pack).blinding[0] ^= 1) as fn(&mut EvidencePack),
		|pack| anchor(pack).path[0][0] ^= 1,
		|pack| anchor(pack).reference.root[0] ^= 1,
		|pack| anchor(pack).index = 0,
	] {
		let found = defect(change);
		assert!(matches!(found, Defect::AnchorRoot { .. }), "{found}");
	}

	let found = defect(|pack| {
		pack.chain = pack_of(&[Default::default()], 0, 0, 1, true).chain;
		pack.anchor = None;
	});
	assert_eq!(found, Defect::ChainWithoutAnchor);

	let mut pack = example();
	anchor(&mut pack).reference.block_number += 1;
	let found = pack.verify_local(&GENESIS).expect_err("defect");
	assert!(matches!(found, Defect::Checksum { .. }), "{found}");
}

#[test]
fn a_signature_for_another_purpose_is_none() {
	let mut pack = example();
	let header = pack.batch.header;
	let digest = crate::keys::Purpose::Receipt.digest(&header.genesis, &header.encode());
	pack.batch.issuer.signature = key(1).sign(&digest).0;
	let pack = EvidencePack::new(pack.record, pack.batch, pack.anchor, pack.chain);
	assert!(matches!(
		pack.verify_local(&GENESIS),
		Err(Defect::Signature {
			signer: Signer::Issuer,
			..
		})
	));
}

#[test]
fn unreadable_packs_say_why() {
	let json = example().to_json().expect("serialises");
	let cases = [
		(json.replace("5e5e5e", "5E5e5e"), "hex must be in lower case"),
		(json.replacen("5e5e5e", "", 1), "29 bytes of hex where 32 are expected"),
		(json.replacen("5e5e5e", "zz5e5e", 1), "not hex"),
		(
			json.replacen("\"channel\": 3", "\"channel\": -3", 1),
			"invalid value: integer `-3`, expected u32",
		),
		(json.replacen("\"record\"", "\"records\"", 1), "unknown field `records`"),
		(
			json.replacen("\"text\"", "\"texts\"", 1),
			"unknown variant `texts`, expected `text` or `hex`",
		),
		(
			json.replacen("2025-11-24\",\n      \"count", "1969-12-31\",\n      \"count", 1),
			"1970-01-01 or later",
		),
		("{}".to_string(), "missing field `format`"),
		(String::new(), "EOF"),
	];
	for (json, expected) in cases {
		let error = EvidencePack::from_json(json.as_bytes())
			.expect_err(expected)
			.to_string();
		assert!(error.contains(expected), "{error}\nlacks {expected}");
	}
	let error = EvidencePack::from_json(&vec![b' '; MAX_PACK_LEN + 1]).expect_err("too long");
	assert!(matches!(error, Unreadable::TooLong(_)));
}

/// What becomes of a pack whose JSON was changed: nothing good.
fn is_refused(json: &[u8]) -> bool {
	EvidencePack::from_json(json).map_or(true, |pack| pack.verify_local(&GENESIS).is_err())
}

#[test]
fn no_byte_can_be_changed() {
	let EvidencePack {
		record, batch, anchor, ..
	} = example();
	let chain = pack_of(&[Default::default()], 0, 0, 1, true).chain;
	let pack = EvidencePack::new(record, batch, anchor, chain);
	// Without white space, of which more or less changes nothing.
	let json = serde_json::to_vec(&pack).expect("serialises");
	assert!(!is_refused(&json));
	for place in 0..json.len() {
		for flip in [0x01, 0x02, 0x20, 0x80] {
			let mut changed = json.clone();
			changed[place] ^= flip;
			assert!(is_refused(&changed), "byte {place} may be {:?}", changed[place] as char);
		}
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(64))]

	#[test]
	fn any_record_of_any_batch_is_proven_and_no_other_byte_is(
		records in proptest::collection::vec(
			("[ -~]{0,40}".prop_map(String::into_bytes), proptest::collection::vec(any::<u8>(), 0..40)),
			1..40,
		),
		index: proptest::sample::Index,
		(batches, batch) in (1u64..40).prop_flat_map(|n| (Just(n), 0..n)),
		chain: bool,
		changes in proptest::collection::vec((any::<proptest::sample::Index>(), 1u8..), 16),
	) {
		let pack = pack_of(&records, index.index(records.len()) as u32, batch, batches, chain);
		prop_assert!(pack.verify_local(&GENESIS).is_ok());
		let json = serde_json::to_vec(&pack).expect("serialises");
		prop_assert_eq!(&EvidencePack::from_json(&json).expect("readable"), &pack);
		for (place, flip) in changes {
			let mut changed = json.clone();
			changed[place.index(json.len())] ^= flip;
			// Some texts have two spellings in JSON (the case of \u001f's digits): then the pack is still the same.
			let same = EvidencePack::from_json(&changed).is_ok_and(|read| read == pack);
			prop_assert!(same || is_refused(&changed));
		}
	}

	#[test]
	fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
		prop_assert!(is_refused(&bytes));
	}
}
