// SPDX-License-Identifier: Apache-2.0

//! The whole verifier: what a sound pack shows, that the vectors get their verdicts, that no rule is idle, that no byte can be changed, and
//! that headers, votes and tries are those of the SDK.

use crate::{
	chain::{
		genesis::Genesis,
		header::{DigestItem, Header, Justification, AURA},
		keys,
	},
	rules::RuleKind,
	sample::{
		authorities, courier, set, spec,
		vectors::{self, checkpoint::CheckpointVector, Vector},
		Sample, ANCHORED, CHANNEL, ISSUER, SELLER,
	},
	verdict::{Finalised, LegalNumber},
	EvidencePack, Rule,
};
use codec::{Decode, Encode};
use proptest::prelude::*;
use sp_core::{storage::StateVersion, Blake2Hasher, H256};
use sp_runtime::{generic, traits::BlakeTwo256, Digest as SdkDigest, DigestItem as SdkItem};
use std::{collections::BTreeMap, path::PathBuf};

fn documents() -> PathBuf {
	PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/evidence")
}

fn genesis() -> Genesis {
	Genesis::from_spec(spec().as_bytes()).expect("raw")
}

/// One vector a line.
fn vectors_file(head: &str, all: &[impl serde::Serialize]) -> String {
	let lines: Vec<String> = all
		.iter()
		.map(|vector| serde_json::to_string(vector).expect("serialises"))
		.collect();
	format!(
		"{{\"specification\": \"chain-spec.json\", \"base\": \"offline.json\", {head}\"packs\": [\n{}\n]}}\n",
		lines.join(",\n")
	)
}

#[test]
fn the_documents_are_those_that_this_crate_makes() {
	let files = [
		("chain-spec.json", spec() + "\n"),
		("offline.json", vectors::base() + "\n"),
		("vectors.json", vectors_file("", &vectors::all())),
		("checkpoint.json", vectors::checkpoint::base() + "\n"),
		(
			"checkpoint-vectors.json",
			vectors_file("\"checkpoint\": \"checkpoint.json\", ", &vectors::checkpoint::all()),
		),
	];
	for (name, text) in files {
		let path = documents().join(name);
		if std::env::var_os("SEALANE_WRITE").is_some() {
			std::fs::write(&path, &text).expect("writable");
		}
		let found = std::fs::read_to_string(&path).expect("readable");
		assert!(
			found == text,
			"{name} is not what it should be: SEALANE_WRITE=1 makes it anew"
		);
	}
}

#[test]
fn every_vector_gets_its_verdict() {
	let (base, genesis, all) = (vectors::base(), genesis(), vectors::all());
	assert!(all.len() >= 200, "{} vectors", all.len());
	let wrong: Vec<String> = all
		.iter()
		.filter_map(|vector| {
			let found = vector.judge(&base, &genesis, None).err();
			(found != vector.rule()).then(|| format!("{}: {} expected, found {found:?}", vector.name, vector.verdict))
		})
		.collect();
	assert!(wrong.is_empty(), "{}", wrong.join("\n"));
	let wrong: Vec<String> = vectors::checkpoint::all()
		.iter()
		.filter_map(|vector| {
			let found = vector.judge(&genesis, None).err();
			(found != vector.rule()).then(|| format!("{}: {} expected, found {found:?}", vector.name, vector.verdict))
		})
		.collect();
	assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Without any one rule some vector is judged otherwise; and nearly always one is taken for true.
#[test]
fn no_rule_is_idle() {
	let (base, genesis, all) = (vectors::base(), genesis(), vectors::all());
	let checkpoints = vectors::checkpoint::all();
	let mut idle = Vec::new();
	let mut never_alone = Vec::new();
	for rule in Rule::ALL {
		let of_rule: Vec<&Vector> = all.iter().filter(|vector| vector.rule() == Some(*rule)).collect();
		let from_checkpoints: Vec<&CheckpointVector> = checkpoints
			.iter()
			.filter(|vector| vector.rule() == Some(*rule))
			.collect();
		if rule.kind() == RuleKind::Form {
			if of_rule.is_empty() && from_checkpoints.is_empty() {
				idle.push(rule.name());
			}
			continue;
		}
		let without: Vec<Option<Rule>> = of_rule
			.iter()
			.map(|vector| vector.judge(&base, &genesis, Some(*rule)).err())
			.chain(
				from_checkpoints
					.iter()
					.map(|vector| vector.judge(&genesis, Some(*rule)).err()),
			)
			.collect();
		if without.iter().all(|found| *found == Some(*rule)) {
			idle.push(rule.name());
		}
		if !without.contains(&None) {
			never_alone.push(rule.name());
		}
	}
	assert!(idle.is_empty(), "no vector needs {idle:?}");
	// What these refuse is refused by a later rule as well, under a name that says less.
	assert_eq!(
		never_alone,
		["batch.nodes", "batch.path", "chain.alone", "finality.order",]
	);
}

#[test]
fn a_record_is_proven_from_the_chain_specification_alone() {
	let sample = Sample::new();
	// As a verifier gets them: two files.
	let read = EvidencePack::from_json(vectors::base().as_bytes()).expect("readable");
	assert_eq!(read, sample.whole());
	let (verified, proven) = read.verify_offline(&genesis()).expect("sound");
	assert_eq!(verified.anchor, sample.pack.anchor.as_ref().map(|part| part.reference));
	assert_eq!(proven.set_changes, [3, 9]);
	assert_eq!(proven.block, (ANCHORED, sample.header(ANCHORED).hash()));
	assert_eq!(proven.made_at.to_string(), "2025-11-24T10:00:12Z");
	assert_eq!(
		proven.not_before.map(|(number, time)| (number, time.to_string())),
		Some((5, "2025-11-24T10:00:10Z".into()))
	);
	let attested = proven.attested.expect("their headers are shown");
	assert_eq!(
		attested.map(|time| time.map(|time| time.to_string())),
		[4, 6].map(|second| Some(format!("2025-11-24T10:00:{second:02}Z")))
	);
	assert_eq!(proven.headers, 2);
	let finalised = |number, set| Finalised {
		number,
		hash: sample.header(number).hash(),
		set,
		votes: 3,
		validators: 4,
	};
	assert_eq!(proven.finalised, finalised(8, 1));
	assert_eq!(proven.state, finalised(12, 2));
	let facts = proven.facts;
	assert_eq!(
		(facts.issuer.member, facts.seller.member, facts.channel),
		(ISSUER, SELLER, CHANNEL)
	);
	assert_eq!((facts.issuer.removed, facts.seller.removed), (false, true));
	assert_eq!(facts.issuer.name, "稳健理财有限责任公司");
	assert_eq!(
		facts.issuer.number,
		LegalNumber::CreditCode("91350100M000100Y43".into())
	);
	assert_eq!(facts.seller.number, LegalNumber::Lei("5493001KJTIIGC8Y1R12".into()));
	assert_eq!(facts.issuer.key.signing, courier(1).verifying_key().to_bytes());
	assert_eq!(
		adult_clause(&facts.agreed.expect("agreed").clauses.expect("not withdrawn")),
		"adult"
	);
	let product = facts.product.expect("known");
	assert_eq!((product.product_type.as_str(), product.risk), ("fund.bond", 2));
	assert_eq!((facts.runtime.name.as_str(), facts.runtime.version), ("sealane", 100));
	assert_eq!(facts.runtime.code_hash, sp_crypto_hashing::blake2_256(&[0x5b; 4_000]));
}

/// The code of the only clause.
fn adult_clause(mut bytes: &[u8]) -> String {
	let clauses = sealane_primitives::clauses::Clauses::decode(&mut bytes).expect("clauses");
	assert_eq!((clauses.len(), bytes.len()), (1, 0));
	clauses[0].code.to_string()
}

/// What two nodes of other institutions sign for somebody else's channel, and what one institution signs with two nodes, is no evidence.
#[test]
fn nobody_signs_for_others() {
	let refused = |name: &str| {
		vectors::all()
			.into_iter()
			.find(|vector| vector.name == name)
			.expect("there")
			.verdict
	};
	assert_eq!(refused("two nodes of one member"), "members.differ");
	assert_eq!(refused("one node on both sides"), "batch.nodes");
	assert_eq!(refused("a channel of two others"), "channel.parties");
}

/// What a pack does not show of the blocks that its attestations name is not said to be proven.
#[test]
fn since_when_both_signed_is_said_where_it_is_shown() {
	let attested = |pack: EvidencePack| pack.verify_offline(&genesis()).expect("sound").1.attested;
	let sample = Sample::new();
	assert_eq!(attested(sample.changed(|part| part.before = None)), None);
	let at_genesis = Sample::with(|plan| plan.issuer.1 = 0).whole();
	let [issuer, seller] = attested(at_genesis).expect("shown");
	assert_eq!(
		(issuer, seller.map(|time| time.to_string())),
		(None, Some("2025-11-24T10:00:06Z".into()))
	);
}

#[test]
fn another_beginning_is_another_chain() {
	let pack = Sample::new().whole();
	let other = Genesis::from_spec(spec().replace("5a5a5a", "5a5a5b").as_bytes()).expect("raw");
	assert_eq!(
		pack.verify_offline(&other).expect_err("another chain").rule,
		Rule::Genesis
	);
	// Other validators than those of genesis, had they even the same hash.
	let other = Genesis {
		authorities: authorities(set(2)),
		..genesis()
	};
	assert_eq!(
		pack.verify_offline(&other).expect_err("other validators").rule,
		Rule::VotesValidator
	);
	for weights in [vec![], vec![([1; 32], 0)], vec![([1; 32], 1), ([1; 32], 1)]] {
		let other = Genesis {
			authorities: weights,
			..genesis()
		};
		assert_eq!(pack.verify_offline(&other).expect_err("no set").rule, Rule::SetForm);
	}
}

#[test]
fn a_specification_from_which_no_check_can_start_says_why() {
	let authorities = hex::encode(keys::prefix("Grandpa", "Authorities"));
	for (spec, expected) in [
		("{".to_string(), "not a chain specification: "),
		(
			r#"{"name":"N","genesis":{"runtimeGenesis":{}}}"#.to_string(),
			"genesis.raw is missing: a check starts from the genesis state; `sealane-node export-chain-spec --raw` writes it out",
		),
		(spec().replace("0x3a", "0xza"), "genesis.raw.top.0xza"),
		(spec().replace("0x3a", "0x3A"), "in lower case"),
		(spec().replace("\"0x3a", "\"3a"), "key and value are 0x"),
		(spec().replace(&authorities, "00"), "Grandpa.Authorities is missing"),
		(spec().replace(r#""childrenDefault": {}"#, r#""childrenDefault": {"0x00": {}}"#), "childrenDefault has entries"),
		(spec().replacen("\"top\": {", "\"top\": {\"0x01\": \"0x02\", \"0x01\": \"0x03\",", 1), "`0x01` twice"),
		(spec().replacen("\"name\": \"Sample network\"", "\"name\": 7", 1), "name is a number"),
	] {
		let error = Genesis::from_spec(spec.as_bytes()).expect_err(expected).to_string();
		assert!(error.contains(expected), "{error}\nlacks {expected}");
	}
}

/// Every byte string of a pack but the texts.
fn strings(pack: &mut EvidencePack) -> Vec<&mut [u8]> {
	let (record, batch) = (&mut pack.record, &mut pack.batch);
	let mut all: Vec<&mut [u8]> = vec![
		&mut record.order.bytes.0,
		&mut record.confirmation.bytes.0,
		&mut record.salt,
		&mut batch.core.genesis,
		&mut batch.core.root,
		&mut batch.core.previous,
		&mut batch.issuer.block.hash,
		&mut batch.seller.block.hash,
		&mut batch.issuer.key,
		&mut batch.issuer.signature,
		&mut batch.seller.key,
		&mut batch.seller.signature,
	];
	all.extend(record.order.salts.iter_mut().map(|(_, salt)| &mut salt[..]));
	all.extend(batch.path.iter_mut().map(|hash| &mut hash[..]));
	let anchor = pack.anchor.as_mut().expect("anchored");
	all.extend([
		&mut anchor.blinding[..],
		&mut anchor.reference.root[..],
		&mut anchor.reference.block_hash[..],
	]);
	all.extend(anchor.path.iter_mut().map(|step| match step {
		crate::pack::Step::Left(hash) | crate::pack::Step::Right(hash) => &mut hash[..],
	}));
	let chain = pack.chain.as_mut().expect("a chain part");
	all.extend(chain.headers.iter_mut().map(|bytes| &mut bytes[..]));
	all.extend(chain.before.iter_mut().flatten().map(|bytes| &mut bytes[..]));
	for block in &mut chain.finality {
		all.extend([&mut block.header[..], &mut block.justification[..]]);
	}
	all.extend(chain.storage_proof.iter_mut().map(|bytes| &mut bytes[..]));
	all
}

fn with_checksum(pack: EvidencePack) -> EvidencePack {
	EvidencePack::new(pack.record, pack.batch, pack.anchor, pack.chain)
}

/// Whoever changes a file can make its checksum anew; nothing rests on that.
#[test]
fn no_byte_can_be_changed() {
	let (sound, genesis) = (Sample::new().whole(), genesis());
	let lengths: Vec<usize> = strings(&mut sound.clone()).iter().map(|bytes| bytes.len()).collect();
	let mut changed = 0;
	for (string, length) in lengths.into_iter().enumerate() {
		for place in 0..length {
			let mut pack = sound.clone();
			strings(&mut pack)[string][place] ^= 1 << (place % 8);
			assert!(
				with_checksum(pack).verify_offline(&genesis).is_err(),
				"string {string}, byte {place}"
			);
			changed += 1;
		}
	}
	assert!(changed > 4_000, "{changed} bytes");
}

#[test]
fn no_byte_of_the_file_can_be_changed() {
	let genesis = genesis();
	// Without white space, of which more or less changes nothing.
	let json = serde_json::to_vec(&Sample::new().whole()).expect("serialises");
	let refused =
		|json: &[u8]| EvidencePack::from_json(json).map_or(true, |pack| pack.verify_offline(&genesis).is_err());
	assert!(!refused(&json));
	for (place, flip) in (0..json.len()).zip([0x01, 0x02, 0x20, 0x80].into_iter().cycle()) {
		let mut changed = json.clone();
		changed[place] ^= flip;
		assert!(refused(&changed), "byte {place} may be {:?}", changed[place] as char);
	}
}

/// The SDK's header with the same contents.
fn sdk_header(header: &Header) -> generic::Header<u32, BlakeTwo256> {
	let item = |item: &DigestItem| match item.clone() {
		DigestItem::Other(bytes) => SdkItem::Other(bytes),
		DigestItem::Consensus(engine, bytes) => SdkItem::Consensus(engine, bytes),
		DigestItem::Seal(engine, bytes) => SdkItem::Seal(engine, bytes),
		DigestItem::PreRuntime(engine, bytes) => SdkItem::PreRuntime(engine, bytes),
		DigestItem::RuntimeEnvironmentUpdated => SdkItem::RuntimeEnvironmentUpdated,
	};
	generic::Header {
		parent_hash: header.parent_hash.into(),
		number: header.number,
		state_root: header.state_root.into(),
		extrinsics_root: header.extrinsics_root.into(),
		digest: SdkDigest {
			logs: header.digest.iter().map(item).collect(),
		},
	}
}

#[test]
fn headers_and_votes_are_those_of_the_sdk() {
	use sp_consensus_grandpa::{localized_payload, ConsensusLog, GrandpaJustification};
	let sample = Sample::new();
	for number in 0..14 {
		let mut header = sample.header(number).clone();
		header.digest.push(DigestItem::Other(vec![1]));
		header.digest.push(DigestItem::Seal(AURA, vec![2; 64]));
		header.digest.push(DigestItem::RuntimeEnvironmentUpdated);
		let sdk = sdk_header(&header);
		assert_eq!(sdk.encode(), header.encode());
		assert_eq!(sdk.hash().0, header.hash());
	}
	let SdkItem::Consensus(_, bytes) = &sdk_header(sample.header(3)).digest.logs[1] else {
		panic!("block 3 schedules a change");
	};
	let log = ConsensusLog::<u32>::decode(&mut &bytes[..]).expect("GRANDPA's");
	let ConsensusLog::ScheduledChange(change) = log else {
		panic!("{log:?}")
	};
	assert_eq!(
		(change.next_authorities.encode(), change.delay),
		(authorities(set(1)).encode(), 0)
	);

	let block = &sample.chain().finality[1];
	type Sdk = GrandpaJustification<generic::Header<u32, BlakeTwo256>>;
	let sdk = Sdk::decode(&mut &block.justification[..]).expect("GRANDPA's");
	let own = Justification::decode(&mut &block.justification[..]).expect("the same");
	assert_eq!(
		(sdk.round, sdk.commit.target_number, sdk.commit.target_hash.0),
		(own.round, own.number, own.hash)
	);
	for (theirs, ours) in sdk.commit.precommits.iter().zip(&own.votes) {
		let message = finality_message(theirs.precommit.target_hash, theirs.precommit.target_number);
		assert_eq!(localized_payload(own.round, 1, &message), ours.message(own.round, 1));
	}
}

fn finality_message(hash: H256, number: u32) -> (u8, H256, u32) {
	// A precommit is message 1 of GRANDPA.
	(1, hash, number)
}

#[test]
fn a_genesis_state_has_the_root_that_a_node_computes() {
	let header = generic::Header::<u32, BlakeTwo256> {
		parent_hash: H256::zero(),
		number: 0,
		state_root: {
			let spec: serde_json::Value = serde_json::from_str(&spec()).expect("JSON");
			let bytes = |text: &str| hex::decode(&text[2..]).expect("hex");
			let top = spec["genesis"]["raw"]["top"].as_object().expect("an object");
			let entries = top
				.iter()
				.map(|(key, value)| (bytes(key), bytes(value.as_str().expect("a text"))))
				.collect();
			use sp_runtime::traits::Hash as _;
			BlakeTwo256::trie_root(entries, StateVersion::V1)
		},
		extrinsics_root: {
			use sp_runtime::traits::Hash as _;
			BlakeTwo256::trie_root(Vec::new(), StateVersion::V1)
		},
		digest: Default::default(),
	};
	assert_eq!(header.hash().0, genesis().hash);
}

/// Keys that share beginnings, as those of maps do.
fn entries() -> impl Strategy<Value = BTreeMap<Vec<u8>, Vec<u8>>> {
	let key = proptest::collection::vec(prop_oneof![Just(0u8), Just(1), Just(0x10), any::<u8>()], 0..40);
	let value = proptest::collection::vec(any::<u8>(), 0..70);
	proptest::collection::btree_map(key, value, 1..40)
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(256))]

	#[test]
	fn any_state_has_the_root_that_the_sdk_computes(entries in entries()) {
		use sp_runtime::traits::Hash as _;
		let theirs = BlakeTwo256::trie_root(entries.clone().into_iter().collect(), StateVersion::V1);
		prop_assert_eq!(theirs.0, crate::chain::root_of(&entries));
	}

	/// What the SDK proves of any state is read as it is; nothing is missing and nothing is too much.
	#[test]
	fn any_proof_of_the_sdk_is_read(
		entries in entries(),
		asked in proptest::collection::vec(any::<proptest::sample::Index>(), 1..5),
		others in proptest::collection::vec(proptest::collection::vec(prop_oneof![Just(0u8), Just(1), Just(0x10)], 0..40), 0..4),
	) {
		use sp_state_machine::{prove_read, InMemoryBackend};
		let storage = sp_core::storage::Storage { top: entries.clone(), children_default: Default::default() };
		let state = InMemoryBackend::<Blake2Hasher>::from((storage, StateVersion::V1));
		let root = state.root().0;
		let present: Vec<_> = entries.keys().collect();
		let keys: Vec<Vec<u8>> = asked.iter().map(|i| present[i.index(present.len())].clone()).chain(others).collect();
		let nodes: Vec<Vec<u8>> = prove_read(state, &keys).expect("whole").into_iter_nodes().collect();
		let partial = crate::chain::partial(root, &nodes);
		for key in &keys {
			let found = partial.get(key, "a key").expect("proven");
			prop_assert_eq!(found, entries.get(key).map(|value| &value[..]));
			let hash = entries.get(key).map(|value| sp_crypto_hashing::blake2_256(value));
			prop_assert_eq!(partial.hash_of(key, "a key").expect("proven"), hash);
		}
		prop_assert!(partial.demand_minimal(&nodes).is_ok());
	}

	#[test]
	fn any_bytes_are_a_trie_node_or_none(bytes in proptest::collection::vec(any::<u8>(), 0..120), key in proptest::collection::vec(any::<u8>(), 0..8)) {
		let nodes = [bytes];
		let partial = crate::chain::partial(sp_crypto_hashing::blake2_256(&nodes[0]), &nodes);
		let _ = partial.get(&key, "a key");
	}

	#[test]
	fn a_changed_pack_is_refused_even_with_its_checksum_made_anew(
		changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<proptest::sample::Index>(), 1u8..), 1..4),
	) {
		let original = Sample::new().whole();
		let mut pack = original.clone();
		{
			let mut places = strings(&mut pack);
			for (string, place, flip) in changes {
				let string = string.index(places.len());
				let place = place.index(places[string].len());
				places[string][place] ^= flip;
			}
		}
		let pack = with_checksum(pack);
		prop_assert!(pack == original || pack.verify_offline(&genesis()).is_err());
	}

	#[test]
	fn any_pack_is_written_and_read_alike(
		order in proptest::collection::vec(any::<u8>(), 0..60),
		confirmation in ".{0,60}",
		clause_version: u32,
		steps in proptest::collection::vec((any::<bool>(), any::<[u8; 32]>()), 0..6),
	) {
		use crate::pack::Step;
		let sample = Sample::with(|plan| {
			plan.order = order;
			plan.confirmation = confirmation.into_bytes();
			plan.clause_version = clause_version;
			plan.steps = steps.into_iter().map(|(left, hash)| if left { Step::Left(hash) } else { Step::Right(hash) }).collect();
		});
		let json = sample.pack.to_json().expect("serialises");
		prop_assert_eq!(&EvidencePack::from_json(json.as_bytes()).expect("readable"), &sample.pack);
		prop_assert!(sample.pack.verify_local(&genesis().hash).is_ok());
	}

	/// The sides that a pack shows are those that RFC 6962 gives a place.
	#[test]
	fn any_place_in_an_anchor_has_its_steps((size, index) in (1u64..40).prop_flat_map(|n| (Just(n), 0..n))) {
		use sealane_primitives::evidence::{proof, root};
		let leaves: Vec<[u8; 32]> = (0..size).map(|i| [i as u8; 32]).collect();
		let path = proof(&leaves, index as usize).expect("there is such a leaf");
		let steps = crate::pack::Step::path(size, index, &path).expect("the length fits");
		let found = steps.iter().fold(leaves[index as usize], |hash, step| step.climb(&hash));
		prop_assert_eq!(found, root(&leaves));
		prop_assert!(crate::pack::Step::path(size, size, &path).is_none());
	}

	#[test]
	fn any_bytes_are_a_pack_or_none(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
		prop_assert!(EvidencePack::from_json(&bytes).is_err());
	}
}
