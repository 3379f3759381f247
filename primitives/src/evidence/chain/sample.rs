// SPDX-License-Identifier: Apache-2.0

//! A small chain with real votes: four validators, of which two are replaced, one after the other; an anchor in block 6.

use super::{state, Genesis, Header};
use crate::{
	evidence::{
		pack::{tests::example_on, AnchorReference, ChainPart, EvidencePack, FinalBlock},
		Verified,
	},
	ids::BlockNumber,
	keys::CourierKey,
	runtime_api::AnchorEntry,
};
use codec::Encode;
use finality_grandpa::{Message, Precommit, SignedPrecommit};
use frame_support::storage::storage_prefix;
use sp_consensus_grandpa::{
	localized_payload, AuthorityList, AuthorityPair, Commit, ConsensusLog, GrandpaJustification, ScheduledChange,
	SetId, GRANDPA_ENGINE_ID,
};
use sp_core::{storage::StateVersion, Pair as _, H256};
use sp_runtime::{traits::BlakeTwo256, DigestItem};
use sp_state_machine::{prove_read, InMemoryBackend, StorageProof};
use std::collections::BTreeMap;

/// The block of the anchor.
pub const ANCHORED: BlockNumber = 6;
/// Where the votes of the sample are.
pub const FINAL: [BlockNumber; 4] = [3, 8, 9, 12];
/// Slot of the genesis block, had it one: 2025-11-24T10:00:00Z.
const FIRST_SLOT: u64 = 881_989_200;

pub fn validator(seed: u8) -> AuthorityPair {
	AuthorityPair::from_seed(&[0x10 + seed; 32])
}

/// The validators of each set, by seed.
pub fn set(id: SetId) -> [u8; 4] {
	[[1, 2, 3, 4], [1, 2, 3, 5], [1, 2, 6, 5]][id as usize]
}

/// The set that votes on a block.
pub fn set_at(number: BlockNumber) -> SetId {
	match number {
		0..=3 => 0,
		4..=9 => 1,
		_ => 2,
	}
}

pub fn authorities(set: [u8; 4]) -> AuthorityList {
	set.into_iter().map(|seed| (validator(seed).public(), 1)).collect()
}

pub fn scheduled(set: [u8; 4], delay: BlockNumber) -> DigestItem {
	let change = ScheduledChange {
		next_authorities: authorities(set),
		delay,
	};
	DigestItem::Consensus(GRANDPA_ENGINE_ID, ConsensusLog::ScheduledChange(change).encode())
}

/// The chain specification of the sample.
pub fn spec() -> String {
	let hex = |bytes: &[u8]| format!("0x{}", hex::encode(bytes));
	let top = BTreeMap::from([
		(hex(b":code"), hex(&[0x5a; 48])),
		(
			hex(&storage_prefix(b"Grandpa", b"Authorities")),
			hex(&authorities(set(0)).encode()),
		),
	]);
	let spec = serde_json::json!({
		"name": "Sample network",
		"id": "sample",
		"chainType": "Development",
		"genesis": {"raw": {"top": top, "childrenDefault": {}}},
	});
	serde_json::to_string_pretty(&spec).expect("JSON")
}

/// A vote of each of `voters` for `header`.
pub fn votes(round: u64, set: SetId, voters: &[u8], header: &Header) -> Vec<SignedVote> {
	voters
		.iter()
		.map(|seed| {
			let pair = validator(*seed);
			let precommit = Precommit::new(header.hash(), header.number);
			let signature = pair.sign(&localized_payload(round, set, &Message::Precommit(precommit.clone())));
			SignedPrecommit {
				precommit,
				signature,
				id: pair.public(),
			}
		})
		.collect()
}

/// One signed vote.
pub type SignedVote =
	SignedPrecommit<H256, BlockNumber, sp_consensus_grandpa::AuthoritySignature, sp_consensus_grandpa::AuthorityId>;

/// The justification of `target` by these votes.
pub fn justification(
	target: &Header,
	round: u64,
	votes: &[SignedVote],
	ancestries: &[Header],
) -> GrandpaJustification<Header> {
	GrandpaJustification {
		round,
		commit: Commit::<Header> {
			target_hash: target.hash(),
			target_number: target.number,
			precommits: votes.to_vec(),
		},
		votes_ancestries: ancestries.to_vec(),
	}
}

/// A chain with one anchor.
pub struct Sample {
	pub genesis: Genesis,
	pub headers: Vec<Header>,
	pub state: InMemoryBackend<BlakeTwo256>,
	/// Without a chain part.
	pub pack: EvidencePack,
}

impl Sample {
	pub fn new() -> Self {
		Self::with_keys((1, None), (1, None))
	}

	/// With courier keys that hold in these blocks: issuer's, seller's.
	pub fn with_keys(issuer: (BlockNumber, Option<BlockNumber>), seller: (BlockNumber, Option<BlockNumber>)) -> Self {
		let genesis = Genesis::from_spec(spec().as_bytes()).expect("a raw specification");
		let mut pack = example_on(genesis.hash);
		let reference = &mut pack.anchor.as_mut().expect("anchored").reference;
		reference.block_number = ANCHORED;
		let mut top: BTreeMap<Vec<u8>, Vec<u8>> = (0..300u32)
			.map(|i| {
				(
					sp_io::hashing::twox_128(&i.encode()).to_vec(),
					vec![i as u8; 20 + i as usize % 40],
				)
			})
			.collect();
		let entry = AnchorEntry {
			root: reference.root,
			block: ANCHORED,
			packed: None,
		};
		top.insert(state::anchor_key(reference.node, reference.sequence), entry.encode());
		for (signer, (valid_from, valid_until), number) in
			[(&pack.batch.issuer, issuer, 0u32), (&pack.batch.seller, seller, 2)]
		{
			let key = CourierKey {
				signing: signer.key,
				sealing: [9; 32],
				valid_from,
				valid_until,
			};
			top.insert(state::owner_key(&signer.key), (signer.node, number).encode());
			top.insert(state::history_key(signer.node, number), key.encode());
		}
		let storage = sp_core::storage::Storage {
			top,
			children_default: Default::default(),
		};
		let state = InMemoryBackend::<BlakeTwo256>::from((storage, StateVersion::V1));
		let mut headers: Vec<Header> = Vec::new();
		for number in 0..=13 {
			let mut digest = sp_runtime::Digest::default();
			digest.push(DigestItem::PreRuntime(
				*b"aura",
				(FIRST_SLOT + u64::from(number)).encode(),
			));
			match number {
				3 => digest.push(scheduled(set(1), 0)),
				9 => digest.push(scheduled(set(2), 0)),
				_ => {}
			}
			headers.push(Header {
				// Place 0 only keeps the numbers right: block 1 follows on the genesis block.
				parent_hash: match headers.last() {
					Some(parent) if number > 1 => parent.hash(),
					_ => genesis.hash.into(),
				},
				number,
				state_root: *state.root(),
				extrinsics_root: H256::repeat_byte(number as u8),
				digest,
			});
		}
		reference.block_hash = headers[ANCHORED as usize].hash().into();
		let EvidencePack {
			record, batch, anchor, ..
		} = pack;
		Sample {
			genesis,
			headers,
			state,
			pack: EvidencePack::new(record, batch, anchor, None),
		}
	}

	pub fn header(&self, number: BlockNumber) -> &Header {
		&self.headers[number as usize]
	}

	/// A block and the votes of three of its four validators.
	pub fn finalised(&self, number: BlockNumber) -> FinalBlock {
		let (header, id) = (self.header(number), set_at(number));
		let votes = votes(7, id, &set(id)[..3], header);
		FinalBlock {
			header: header.encode(),
			justification: justification(header, 7, &votes, &[]).encode(),
		}
	}

	/// The keys that a proof must reach.
	pub fn keys(&self) -> Vec<Vec<u8>> {
		let anchor = self.reference();
		let mut keys = vec![state::anchor_key(anchor.node, anchor.sequence)];
		for (signer, number) in [(&self.pack.batch.issuer, 0), (&self.pack.batch.seller, 2)] {
			keys.extend([state::owner_key(&signer.key), state::history_key(signer.node, number)]);
		}
		keys
	}

	pub fn prove(&self, keys: &[Vec<u8>]) -> StorageProof {
		prove_read(self.state.clone(), keys).expect("the state is whole")
	}

	/// The chain part that a node would make.
	pub fn chain(&self) -> ChainPart {
		ChainPart {
			headers: (ANCHORED..8).map(|number| self.header(number).encode()).collect(),
			finality: FINAL.into_iter().map(|number| self.finalised(number)).collect(),
			storage_proof: self.prove(&self.keys()).into_iter_nodes().collect(),
		}
	}

	pub fn whole(&self) -> EvidencePack {
		self.pack.clone().with_chain(Some(self.chain()))
	}

	pub fn reference(&self) -> AnchorReference {
		self.pack.anchor.as_ref().expect("anchored").reference
	}

	pub fn verified(&self) -> Verified {
		self.pack.verify_local(&self.genesis.hash).expect("sound")
	}
}
