// SPDX-License-Identifier: Apache-2.0

//! A pack that needs no node, each defect of its chain part by name, and that no byte of it can be changed.

use super::{
	sample::{authorities, justification, scheduled, set, set_at, spec, validator, votes, Sample, ANCHORED, FINAL},
	*,
};
use crate::evidence::{
	pack::{ChainPart, FinalBlock},
	Defect, EvidencePack,
};
use codec::Encode;
use proptest::prelude::*;
use sp_consensus_grandpa::{ScheduledChange, GRANDPA_ENGINE_ID};

fn check(sample: &Sample, part: &ChainPart) -> Result<OnChain, ChainDefect> {
	verify(part, &sample.genesis, &sample.verified(), &sample.reference())
}

/// What is wrong with a chain part that was changed.
fn defect(change: impl FnOnce(&Sample, &mut ChainPart)) -> ChainDefect {
	let sample = Sample::new();
	let mut part = sample.chain();
	change(&sample, &mut part);
	check(&sample, &part).expect_err("defect")
}

#[test]
fn a_record_is_proven_from_the_chain_specification_alone() {
	let sample = Sample::new();
	let pack = sample.whole();
	// As a verifier gets them: two files.
	let genesis = Genesis::from_spec(spec().as_bytes()).expect("raw");
	let json = pack.to_json().expect("serialises");
	let read = EvidencePack::from_json(json.as_bytes()).expect("readable");
	let (verified, on_chain) = read.verify_offline(&genesis).expect("sound");
	assert_eq!(verified.anchor, Some(sample.reference()));
	assert_eq!(on_chain.set_changes, [3, 9]);
	assert_eq!(on_chain.block, (ANCHORED, sample.header(ANCHORED).hash().into()));
	assert_eq!(on_chain.made_at.expect("a slot").to_string(), "2025-11-24T10:00:12Z");
	assert_eq!(on_chain.headers, 2);
	let finalised = |number, set| Finalised {
		number,
		hash: sample.header(number).hash().into(),
		set,
		votes: 3,
		validators: 4,
	};
	assert_eq!(on_chain.finalised, finalised(8, 1));
	assert_eq!(on_chain.state, finalised(12, 2));
	assert_eq!(on_chain.issuer.signing, verified.issuer.1);
	assert_eq!(on_chain.seller.signing, verified.seller.1);
}

#[test]
fn the_votes_on_the_anchors_own_block_are_enough() {
	let sample = Sample::new();
	let part = ChainPart {
		headers: Vec::new(),
		finality: vec![sample.finalised(3), sample.finalised(ANCHORED)],
		..sample.chain()
	};
	let on_chain = check(&sample, &part).expect("sound");
	assert_eq!(on_chain.finalised, on_chain.state);
	assert_eq!((on_chain.headers, on_chain.set_changes), (0, vec![3]));
	// A block in which the validators change may be the last: the old ones voted for it.
	let part = ChainPart {
		headers: (ANCHORED..9).map(|number| sample.header(number).encode()).collect(),
		finality: vec![sample.finalised(3), sample.finalised(9)],
		..sample.chain()
	};
	let on_chain = check(&sample, &part).expect("sound");
	assert_eq!((on_chain.state.number, on_chain.set_changes), (9, vec![3]));
}

#[test]
fn votes_for_later_blocks_count_with_the_headers_that_show_it() {
	let sample = Sample::new();
	let (header, id) = (sample.header(12), set_at(12));
	let mut cast = votes(7, id, &set(id)[..2], header);
	cast.extend(votes(7, id, &set(id)[2..3], sample.header(13)));
	let with = |ancestries: &[Header]| {
		let mut part = sample.chain();
		part.finality[3].justification = justification(header, 7, &cast, ancestries).encode();
		check(&sample, &part)
	};
	assert_eq!(with(&[sample.header(13).clone()]).expect("sound").state.votes, 3);
	let fault = |found| match found {
		Err(ChainDefect::Votes {
			place: 3,
			number: 12,
			set: 2,
			fault,
		}) => fault,
		other => panic!("{other:?}"),
	};
	assert_eq!(
		fault(with(&[])),
		VoteFault::TooFew {
			votes: 3,
			validators: 4
		}
	);
	let twice = [sample.header(13).clone(), sample.header(13).clone()];
	assert_eq!(fault(with(&twice)), VoteFault::NeedlessHeaders { found: 2, needed: 1 });
	let needless = [sample.header(13).clone(), sample.header(11).clone()];
	assert_eq!(
		fault(with(&needless)),
		VoteFault::NeedlessHeaders { found: 2, needed: 1 }
	);
}

#[test]
fn each_fault_of_the_votes_is_named() {
	/// The fault of block 8, whose validators are set 1.
	fn fault(voters: &[u8], round: u64, set: u64) -> VoteFault {
		let found = defect(|sample, part| {
			let header = sample.header(8);
			part.finality[1].justification = justification(header, 7, &votes(round, set, voters, header), &[]).encode();
		});
		match found {
			ChainDefect::Votes {
				place: 1,
				number: 8,
				set: 1,
				fault,
			} => fault,
			other => panic!("{other}"),
		}
	}
	let key = |seed| sp_core::ed25519::Public::from(sp_core::Pair::public(&validator(seed))).0;
	assert_eq!(
		fault(&[1, 2], 7, 1),
		VoteFault::TooFew {
			votes: 2,
			validators: 4
		}
	);
	assert_eq!(
		fault(&[], 7, 1),
		VoteFault::TooFew {
			votes: 0,
			validators: 4
		}
	);
	assert_eq!(
		fault(&[1, 2, 4], 7, 1),
		VoteFault::NoValidator { key: key(4) },
		"4 was replaced by 5"
	);
	assert_eq!(
		fault(&[1, 2, 3], 7, 0),
		VoteFault::Signature { key: key(1) },
		"votes of the set before"
	);
	assert_eq!(
		fault(&[1, 2, 3], 8, 1),
		VoteFault::Signature { key: key(1) },
		"votes of another round"
	);
	assert_eq!(fault(&[1, 2, 3, 3], 7, 1), VoteFault::Duplicate);
}

#[test]
fn a_change_of_the_validators_cannot_be_left_out() {
	let found = defect(|_, part| {
		part.finality.remove(0);
	});
	assert!(
		matches!(
			found,
			ChainDefect::Votes {
				place: 0,
				number: 8,
				set: 0,
				fault: VoteFault::NoValidator { .. } | VoteFault::Signature { .. }
			}
		),
		"{found}"
	);
	let found = defect(|_, part| {
		part.finality.remove(2);
	});
	assert!(
		matches!(
			found,
			ChainDefect::Votes {
				place: 2,
				number: 12,
				set: 1,
				..
			}
		),
		"{found}"
	);
}

#[test]
fn validators_replaced_in_another_way_are_not_followed() {
	let with = |logs: &[DigestItem]| {
		let mut header = Sample::new().header(8).clone();
		logs.iter().for_each(|log| header.digest.push(log.clone()));
		enacted_by(&header)
	};
	assert_eq!(with(&[]), Ok(None));
	assert_eq!(with(&[scheduled(set(2), 0)]), Ok(Some(authorities(set(2)))));
	assert_eq!(
		with(&[scheduled(set(2), 0), scheduled(set(1), 0)]),
		Ok(Some(authorities(set(2))))
	);
	assert_eq!(with(&[scheduled(set(2), 1)]), Err("with a delay"));
	let change = ScheduledChange {
		next_authorities: authorities(set(2)),
		delay: 0u32,
	};
	let forced = sp_consensus_grandpa::ConsensusLog::ForcedChange(8, change);
	let forced = DigestItem::Consensus(GRANDPA_ENGINE_ID, forced.encode());
	assert_eq!(
		with(&[scheduled(set(2), 0), forced]),
		Err("by force, after finality stalled")
	);
	let unknown = DigestItem::Consensus(GRANDPA_ENGINE_ID, vec![99]);
	assert_eq!(with(&[unknown]), Err("in an unknown way"));

	// The same as a defect of a pack: block 3 as the validators of genesis would have signed it.
	let found = defect(|sample, part| {
		let mut header = sample.header(2).clone();
		header.digest.push(scheduled(set(1), 5));
		part.finality[0] = FinalBlock {
			header: header.encode(),
			justification: justification(&header, 7, &votes(7, 0, &set(0), &header), &[]).encode(),
		};
	});
	assert_eq!(
		found.to_string(),
		"chain.finality[0], block 2, changes the validators with a delay: such a change cannot be followed offline"
	);
}

#[test]
fn each_defect_of_the_final_blocks_is_named() {
	assert_eq!(defect(|_, part| part.finality.clear()), ChainDefect::NoFinalBlock);
	assert_eq!(
		defect(|_, part| part.finality.swap(1, 2)),
		ChainDefect::Order {
			place: 2,
			number: 8,
			after: 9
		}
	);
	let found = defect(|sample, part| part.finality[1].justification = sample.finalised(9).justification);
	assert!(
		found
			.to_string()
			.starts_with("chain.finality[1].justification is for block 9 with hash "),
		"{found}"
	);
	assert_eq!(
		defect(|_, part| part.finality.truncate(1)).to_string(),
		"anchor.reference.block_number is 6, but the last block of chain.finality is 3"
	);
	assert_eq!(
		defect(|sample, part| part.finality.insert(1, sample.finalised(5))),
		ChainDefect::NeedlessFinalBlock { place: 1, number: 5 }
	);
	assert_eq!(
		defect(|sample, part| part.finality.insert(3, sample.finalised(11))).to_string(),
		"chain.finality[3], block 11, proves nothing that the pack needs"
	);
	let found = defect(|_, part| part.finality[0].header.push(0));
	assert!(
		found
			.to_string()
			.starts_with("chain.finality[0].header cannot be read: "),
		"{found}"
	);
}

#[test]
fn each_defect_of_the_headers_is_named() {
	assert_eq!(
		defect(|_, part| {
			part.headers.pop();
		})
		.to_string(),
		"chain.headers has 1 headers, 2 are expected from block 6 to below block 8"
	);
	let found = defect(|_, part| part.headers.swap(0, 1));
	assert!(
		matches!(found, ChainDefect::HeaderParent { place: 1, child: 8, .. }),
		"{found}"
	);
	let sample = Sample::new();
	let part = sample.chain();
	let mut anchor = sample.reference();
	anchor.block_hash[0] ^= 1;
	let found = verify(&part, &sample.genesis, &sample.verified(), &anchor).expect_err("another block");
	assert!(
		matches!(
			found,
			ChainDefect::AnchorBlock {
				expected: (ANCHORED, _),
				..
			}
		),
		"{found}"
	);
}

#[test]
fn each_defect_of_the_state_is_named() {
	let nodes = |part: &ChainPart| part.storage_proof.len();
	// Whichever node is missing, something cannot be reached.
	for missing in 0..nodes(&Sample::new().chain()) {
		let found = defect(|_, part| {
			part.storage_proof.remove(missing);
		});
		assert!(matches!(found, ChainDefect::StorageProof { .. }), "{missing}: {found}");
	}
	let needless = "trie nodes that are not needed, or not in the order of their bytes";
	for found in [
		defect(|sample, part| {
			let mut keys = sample.keys();
			keys.push(sp_io::hashing::twox_128(&5u32.encode()).to_vec());
			part.storage_proof = sample.prove(&keys).into_iter_nodes().collect();
		}),
		defect(|_, part| part.storage_proof.reverse()),
		defect(|_, part| part.storage_proof.push(vec![0xff; 40])),
	] {
		assert!(found.to_string().ends_with(needless), "{found}");
	}
	let found = defect(|_, part| part.storage_proof.push(part.storage_proof[0].clone()));
	assert!(found.to_string().ends_with("a trie node is there twice"), "{found}");

	let sample = Sample::new();
	let claim = |change: fn(&mut AnchorReference)| {
		let mut anchor = sample.reference();
		change(&mut anchor);
		let signers = [
			(Signer::Issuer, sample.verified().issuer),
			(Signer::Seller, sample.verified().seller),
		];
		let root = sample.header(12).state_root;
		let keys = [sample.keys(), vec![state::anchor_key(anchor.node, anchor.sequence)]].concat();
		let nodes: Vec<_> = sample.prove(&keys).into_iter_nodes().collect();
		state::read(root, &nodes, &anchor, signers)
			.expect_err("defect")
			.to_string()
	};
	assert_eq!(
		claim(|anchor| anchor.sequence = 10),
		"the chain has no anchor 10 of node 2"
	);
	assert!(claim(|anchor| anchor.root[0] ^= 1).starts_with("anchor.reference.root is "));
	assert_eq!(
		claim(|anchor| anchor.block_number = 7),
		"anchor.reference.block_number is 7, but the chain has the anchor in block 6"
	);
}

#[test]
fn a_key_must_be_its_nodes_and_hold_at_the_anchors_block() {
	let sample = Sample::new();
	let mut verified = sample.verified();
	verified.seller.0 = verified.issuer.0;
	let found = verify(&sample.chain(), &sample.genesis, &verified, &sample.reference()).expect_err("another node's");
	assert!(
		matches!(
			found,
			ChainDefect::Key {
				signer: Signer::Seller,
				node: 7,
				..
			}
		),
		"{found}"
	);
	let all = (1, None);
	for (issuer, seller, expected) in [
		(
			(7, None),
			all,
			Some("batch.issuer.key of node 7 holds from block 7 on, but the anchor is in block 6"),
		),
		(
			all,
			(1, Some(6)),
			Some("batch.seller.key of node 2 holds from block 1 to before block 6, but the anchor is in block 6"),
		),
		((6, Some(7)), all, None),
	] {
		let sample = Sample::with_keys(issuer, seller);
		let found = check(&sample, &sample.chain()).err().map(|defect| defect.to_string());
		assert_eq!(found.as_deref(), expected);
	}
}

#[test]
fn a_pack_without_its_chain_part_is_sound_but_not_offline() {
	let sample = Sample::new();
	assert_eq!(sample.pack.verify_offline(&sample.genesis), Err(Defect::NoChain));
	let EvidencePack { record, batch, .. } = sample.pack.clone();
	let pack = EvidencePack::new(record, batch, None, None);
	assert_eq!(pack.verify_offline(&sample.genesis), Err(Defect::NoAnchor));
	assert!(pack.verify_local(&sample.genesis.hash).is_ok());
}

#[test]
fn another_beginning_is_another_chain() {
	let pack = Sample::new().whole();
	let other = Genesis::from_spec(spec().replace("5a5a5a", "5a5a5b").as_bytes()).expect("raw");
	assert!(matches!(pack.verify_offline(&other), Err(Defect::Genesis { .. })));
	// Other validators than those of genesis, had they even the same hash.
	let genesis = Genesis {
		authorities: authorities([7, 8, 9, 10]),
		..Sample::new().genesis
	};
	assert!(matches!(
		pack.verify_offline(&genesis),
		Err(Defect::Chain(ChainDefect::Votes {
			place: 0,
			set: 0,
			fault: VoteFault::NoValidator { .. },
			..
		}))
	));
}

#[test]
fn a_specification_from_which_no_check_can_start_says_why() {
	let authorities = hex::encode(frame_support::storage::storage_prefix(b"Grandpa", b"Authorities"));
	for (spec, expected) in [
		("{".to_string(), "not a chain specification: EOF"),
		(
			r#"{"name":"N","genesis":{"runtimeGenesis":{}}}"#.to_string(),
			"genesis.raw is missing: a check starts from the genesis state; `sealane-node export-chain-spec --raw` writes it out",
		),
		(spec().replace("0x3a", "0xza"), "genesis.raw.top.0xza"),
		(spec().replace(&authorities, "00"), "Grandpa.Authorities is missing"),
		(spec().replace(r#""childrenDefault": {}"#, r#""childrenDefault": {"0x00": {}}"#), "has 1 entries"),
	] {
		let error = Genesis::from_spec(spec.as_bytes()).expect_err(expected).to_string();
		assert!(error.contains(expected), "{error}\nlacks {expected}");
	}
}

#[test]
fn the_offline_example_of_the_documentation_is_this_one() {
	let (pack, chain) = (
		include_str!("../../../../docs/evidence/offline.json"),
		include_str!("../../../../docs/evidence/chain-spec.json"),
	);
	assert_eq!(chain.trim_end(), spec());
	assert_eq!(pack.trim_end(), Sample::new().whole().to_json().expect("serialises"));
}

/// Every byte string of a chain part.
fn strings(part: &mut ChainPart) -> Vec<&mut Vec<u8>> {
	let ChainPart {
		headers,
		finality,
		storage_proof,
	} = part;
	let finality = finality
		.iter_mut()
		.flat_map(|block| [&mut block.header, &mut block.justification]);
	headers
		.iter_mut()
		.chain(finality)
		.chain(storage_proof.iter_mut())
		.collect()
}

#[test]
fn no_byte_of_the_chain_part_can_be_changed() {
	let sample = Sample::new();
	let (sound, verified, anchor) = (sample.chain(), sample.verified(), sample.reference());
	let refused = |part: &ChainPart| verify(part, &sample.genesis, &verified, &anchor).is_err();
	assert!(!refused(&sound));
	let count = strings(&mut sound.clone()).len();
	let mut changed = 0;
	for string in 0..count {
		let length = strings(&mut sound.clone())[string].len();
		for place in 0..length {
			let mut part = sound.clone();
			strings(&mut part)[string][place] ^= 1 << (place % 8);
			assert!(refused(&part), "string {string}, byte {place}");
			changed += 1;
		}
		for cut in [0, length - 1] {
			let mut part = sound.clone();
			strings(&mut part)[string].truncate(cut);
			assert!(refused(&part), "string {string} cut to {cut}");
		}
	}
	assert!(changed > 3_000, "{changed} bytes");
	assert_eq!(FINAL.len(), sound.finality.len());
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(256))]

	/// Whoever changes a file can make its checksum anew; nothing rests on that.
	#[test]
	fn a_changed_pack_is_refused_even_with_its_checksum_made_anew(
		changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<proptest::sample::Index>(), 1u8..), 1..4),
	) {
		let sample = Sample::new();
		let mut pack = sample.whole();
		let original = pack.clone();
		{
			let record = &mut pack.record;
			let batch = &mut pack.batch;
			let anchor = pack.anchor.as_mut().expect("anchored");
			let mut places: Vec<&mut [u8]> = vec![
				&mut record.order.0, &mut record.confirmation.0, &mut record.salt,
				&mut batch.header.genesis, &mut batch.header.root,
				&mut batch.issuer.key, &mut batch.issuer.signature, &mut batch.seller.key, &mut batch.seller.signature,
				&mut anchor.blinding, &mut anchor.reference.root, &mut anchor.reference.block_hash,
			];
			places.extend(batch.path.iter_mut().chain(anchor.path.iter_mut()).map(|hash| &mut hash[..]));
			places.extend(strings(pack.chain.as_mut().expect("chain")).into_iter().map(|bytes| &mut bytes[..]));
			for (string, place, flip) in changes {
				let string = string.index(places.len());
				let string = &mut places[string];
				let place = place.index(string.len());
				string[place] ^= flip;
			}
		}
		let EvidencePack { record, batch, anchor, chain, .. } = pack;
		let pack = EvidencePack::new(record, batch, anchor, chain);
		prop_assert!(pack == original || pack.verify_offline(&sample.genesis).is_err());
	}

	#[test]
	fn any_bytes_are_refused(
		headers in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..200), 0..3),
		finality in proptest::collection::vec(
			(proptest::collection::vec(any::<u8>(), 0..200), proptest::collection::vec(any::<u8>(), 0..200)), 0..3),
		storage_proof in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..200), 0..3),
	) {
		let finality = finality.into_iter().map(|(header, justification)| FinalBlock { header, justification }).collect();
		let part = ChainPart { headers, finality, storage_proof };
		prop_assert!(check(&Sample::new(), &part).is_err());
	}
}
