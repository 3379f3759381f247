// SPDX-License-Identifier: Apache-2.0

//! A small chain with real votes: four validators, of which two are replaced, one after the other; an anchor in block 6. Everything is made
//! from a [`Plan`], so that what is false in it is signed as truly as the rest.

pub mod checkpoint;
mod entries;
mod records;
pub mod vectors;

pub use entries::*;
pub use records::records;

use crate::{
	chain::{
		header::{Authorities, Change, DigestItem, GrandpaItem, Header, Justification, Vote, AURA, GRANDPA},
		keys, state,
	},
	pack::{AnchorPart, AnchorReference, BatchPart, ChainPart, Entry, EvidencePack, FinalBlock, RecordPart, Step},
	rules::Judge,
	Genesis,
};
use codec::Encode;
use ed25519_dalek::{Signer as _, SigningKey};
use sealane_primitives::{
	evidence::{
		anchor_leaf,
		entry::{entry_hash, Part},
		proof, record_leaf, root, salt, Attestation, Core, Excluded, FinalBlockRef, Side,
	},
	ids::{BlockNumber, Digest},
};
use sp_core::{storage::StateVersion, Blake2Hasher};
use sp_state_machine::{prove_read, Backend as _, InMemoryBackend};
use std::collections::BTreeMap;

/// The block of the anchor.
pub const ANCHORED: BlockNumber = 6;
/// Blocks below this one may be named by attestations: their state has nothing of the anchor yet, so that their hashes are known before it is made.
pub const NAMED_BELOW: BlockNumber = 4;
/// Where the votes of the sample are.
pub const FINAL: [BlockNumber; 4] = [3, 8, 9, 12];
/// Blocks of the sample.
pub const BLOCKS: usize = 14;
/// Slot of the genesis block, had it one: 2025-11-24T10:00:00Z.
pub const FIRST_SLOT: u64 = 881_989_200;
pub const ISSUER_NODE: u32 = 7;
pub const SELLER_NODE: u32 = 2;
pub const ISSUER: u32 = 4;
pub const SELLER: u32 = 1;
pub const CHANNEL: u32 = 3;
pub const CLAUSE_VERSION: u32 = 5;
pub const PRODUCT: &str = "STEADY-30";

/// A validator's key. The seeds are trivial on purpose: anybody can make packs of this chain.
pub fn validator(seed: u8) -> SigningKey {
	SigningKey::from_bytes(&[0x10 + seed; 32])
}

/// A courier key, as trivial.
pub fn courier(seed: u8) -> SigningKey {
	SigningKey::from_bytes(&[seed; 32])
}

/// The validators of each set, by seed.
pub fn set(id: u64) -> [u8; 4] {
	[[1, 2, 3, 4], [1, 2, 3, 5], [1, 2, 6, 5]][id as usize]
}

/// The set that votes on a block.
pub fn set_at(number: BlockNumber) -> u64 {
	match number {
		0..=3 => 0,
		4..=9 => 1,
		_ => 2,
	}
}

pub fn authorities(set: [u8; 4]) -> Authorities {
	set.into_iter()
		.map(|seed| (validator(seed).verifying_key().to_bytes(), 1))
		.collect()
}

/// An item of GRANDPA's in a header.
pub fn grandpa(item: &GrandpaItem) -> DigestItem {
	DigestItem::Consensus(GRANDPA, item.encode())
}

pub fn scheduled(next: Authorities, delay: BlockNumber) -> DigestItem {
	grandpa(&GrandpaItem::Scheduled(Change { next, delay }))
}

pub fn slot(number: u64) -> DigestItem {
	DigestItem::PreRuntime(AURA, number.encode())
}

/// The chain specification of the sample.
pub fn spec() -> String {
	let hex = |bytes: &[u8]| format!("0x{}", hex::encode(bytes));
	let top = BTreeMap::from([
		(hex(keys::CODE), hex(&[0x5a; 48])),
		(
			hex(&keys::prefix("Grandpa", "Authorities")),
			hex(&authorities(set(0)).encode()),
		),
	]);
	let entries: Vec<String> = top
		.iter()
		.map(|(key, value)| format!("        \"{key}\": \"{value}\""))
		.collect();
	// As text, so that the order of the fields is the same whatever features JSON's crate is built with.
	format!(
		r#"{{
  "name": "Sample network",
  "id": "sample",
  "chainType": "Development",
  "genesis": {{
    "raw": {{
      "top": {{
{}
      }},
      "childrenDefault": {{}}
    }}
  }}
}}"#,
		entries.join(",\n")
	)
}

/// A vote of each of `voters` for `header`.
pub fn votes(round: u64, set: u64, voters: &[u8], header: &Header) -> Vec<Vote> {
	let cast = |seed: &u8| cast(round, set, *seed, header.hash(), header.number);
	voters.iter().map(cast).collect()
}

/// One vote.
pub fn cast(round: u64, set: u64, seed: u8, hash: Digest, number: BlockNumber) -> Vote {
	let pair = validator(seed);
	let mut vote = Vote {
		hash,
		number,
		signature: [0; 64],
		voter: pair.verifying_key().to_bytes(),
	};
	vote.signature = pair.sign(&vote.message(round, set)).to_bytes();
	vote
}

/// The justification of `target` by these votes.
pub fn justification(target: &Header, round: u64, votes: Vec<Vote>, headers: &[Header]) -> Justification {
	Justification {
		round,
		hash: target.hash(),
		number: target.number,
		votes,
		headers: headers.to_vec(),
	}
}

/// What the sample is made from. Each test changes what it is about before anything is hashed or signed.
#[derive(Clone)]
pub struct Plan {
	pub order: Vec<u8>,
	pub confirmation: Vec<u8>,
	/// The record's place in its batch, and how many records that has.
	pub place: (u32, u32),
	/// Parts that the pack does not show.
	pub withheld: Vec<Part>,
	pub clause_version: u32,
	/// In the record.
	pub channel: u32,
	/// What both sides attest; its root is set when it is known.
	pub core: Core,
	/// Seed of each key, the block that the attestation names, and the records that it excludes.
	pub issuer: (u8, BlockNumber, Excluded),
	pub seller: (u8, BlockNumber, Excluded),
	/// Whose attestation names a block of its number that is not this chain's.
	pub misnamed: Option<Side>,
	/// Whose signature is false, although it is anchored.
	pub forged: Option<Side>,
	/// The steps from the batch to the anchor's root.
	pub steps: Vec<Step>,
	pub anchor: (u32, u64),
	/// The way from the anchor into its node's range, as the pack has it.
	pub range: Option<Vec<Digest>>,
	/// Blocks in which the courier keys hold.
	pub issuer_key: (BlockNumber, Option<BlockNumber>),
	pub seller_key: (BlockNumber, Option<BlockNumber>),
	/// Changes to the state, last of all: without a value it is taken out.
	pub state: Vec<(Vec<u8>, Option<Vec<u8>>)>,
	/// The digest of each block.
	pub digests: Vec<Vec<DigestItem>>,
	/// The numbers that the headers bear.
	pub numbers: Vec<BlockNumber>,
	/// The first validators, where they are not those of the specification.
	pub genesis: Genesis,
}

fn order(i: u32) -> Vec<u8> {
	let amount = i + 1;
	format!(
		r#"{{"id":"A-{i:04}","kind":"purchase","product":"{PRODUCT}","customer":"C-{i:04}","amount":"{amount}000.00","currency":"CNY","placed_at":"2025-11-24T10:0{i}:00+08:00","facts":{{"birth_date":"1990-05-20","identity_verified":true,"risk_class":"C3"}},"clause_version":5}}"#
	)
	.into_bytes()
}

fn confirmation(i: u32) -> Vec<u8> {
	let units = i + 1;
	format!(
		r#"{{"order":"A-{i:04}","outcome":"accepted","deal":"D-7{i}","units":"{units}000.00","nav":"1.0000","trade_date":"2025-11-24"}}"#
	)
	.into_bytes()
}

/// The seeds of the packets: of the orders, of the confirmations.
const ORDERS: [u8; 32] = [0x5b; 32];
const CONFIRMATIONS: [u8; 32] = [0x5a; 32];

/// The record's place in its batch, and the number of records.
pub const PLACE: (u32, u32) = (3, 5);

impl Plan {
	pub fn new() -> Self {
		let genesis = Genesis::from_spec(spec().as_bytes()).expect("a raw specification");
		let digests = (0..BLOCKS as u64)
			.map(|number| {
				let mut digest = vec![slot(FIRST_SLOT + number)];
				match number {
					3 => digest.push(scheduled(authorities(set(1)), 0)),
					9 => digest.push(scheduled(authorities(set(2)), 0)),
					_ => {}
				}
				digest
			})
			.collect();
		Plan {
			order: order(PLACE.0),
			confirmation: confirmation(PLACE.0),
			place: PLACE,
			withheld: Vec::new(),
			clause_version: CLAUSE_VERSION,
			channel: CHANNEL,
			core: Core {
				genesis: genesis.hash,
				channel: CHANNEL,
				issuer_node: ISSUER_NODE,
				seller_node: SELLER_NODE,
				issuer: ISSUER,
				seller: SELLER,
				first_sequence: 41,
				last_sequence: 42,
				count: PLACE.1,
				root: [0; 32],
				previous: [0xc0; 32],
				date: 20_416,
			},
			issuer: (1, 2, Excluded::none()),
			seller: (2, 3, Excluded::of([0, 4])),
			misnamed: None,
			forged: None,
			steps: vec![Step::Left([0; 32]), Step::Right([2; 32])],
			anchor: (SELLER_NODE, 9),
			range: None,
			issuer_key: (1, None),
			seller_key: (1, None),
			state: Vec::new(),
			digests,
			numbers: (0..BLOCKS as u32).collect(),
			genesis,
		}
	}
}

/// A chain with one anchor.
pub struct Sample {
	pub headers: Vec<Header>,
	pub state: InMemoryBackend<Blake2Hasher>,
	/// Without a chain part.
	pub pack: EvidencePack,
}

impl Sample {
	pub fn new() -> Self {
		Self::of(Plan::new())
	}

	pub fn with(change: impl FnOnce(&mut Plan)) -> Self {
		let mut plan = Plan::new();
		change(&mut plan);
		Self::of(plan)
	}

	pub fn of(plan: Plan) -> Self {
		let mut pack = pack_of(&plan);
		let reference = pack.anchor.as_ref().expect("anchored").reference;
		let mut top = state_of(&plan, &pack);
		for (key, value) in &plan.state {
			match value {
				Some(value) => top.insert(key.clone(), value.clone()),
				None => top.remove(key),
			};
		}
		let storage = sp_core::storage::Storage {
			top,
			children_default: Default::default(),
		};
		let state = InMemoryBackend::<Blake2Hasher>::from((storage, StateVersion::V1));
		let headers = headers_of(&plan, plan.digests.len(), state.root().0);
		let anchor = pack.anchor.as_mut().expect("anchored");
		anchor.reference = AnchorReference {
			block_hash: headers[ANCHORED as usize].hash(),
			..reference
		};
		let EvidencePack {
			record, batch, anchor, ..
		} = pack;
		Sample {
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
		self.voted(number, votes(7, id, &set(id)[..3], header), &[])
	}

	/// A block and these votes.
	pub fn voted(&self, number: BlockNumber, votes: Vec<Vote>, headers: &[Header]) -> FinalBlock {
		let header = self.header(number);
		FinalBlock {
			header: header.encode(),
			justification: justification(header, 7, votes, headers).encode(),
		}
	}

	/// All trie nodes that lead to these keys.
	pub fn prove(&self, keys: &[Vec<u8>]) -> Vec<Vec<u8>> {
		let proof = prove_read(self.state.clone(), keys).expect("the state is whole");
		proof.into_iter_nodes().collect()
	}

	/// The trie nodes that a check of the pack needs, be it without the rule that the state breaks; all that its keys lead to where even then
	/// the state does not bear it out.
	pub fn storage_proof(&self) -> Vec<Vec<u8>> {
		let asked = std::cell::RefCell::new(Vec::new());
		let get = |key: &[u8]| {
			asked.borrow_mut().push(key.to_vec());
			self.state.storage(key).map_err(|e| e.to_string())
		};
		let mut judge = Judge::default();
		let mut said = state::ask_with(judge, &self.pack, get);
		if let Err(defect) = &said {
			judge = Judge::without(defect.rule);
			said = state::ask_with(judge, &self.pack, get);
		}
		let nodes = self.prove(&asked.borrow());
		match said {
			Ok(_) => {
				state::minimal_with(judge, self.state.root().0, &nodes, &self.pack).expect("the state bears it out")
			}
			Err(_) => nodes,
		}
	}

	/// The headers down to the blocks that the attestations name, where those are ones whose hash they can know.
	pub fn before(&self) -> Option<Vec<Vec<u8>>> {
		let [issuer, seller] = [&self.pack.batch.issuer, &self.pack.batch.seller].map(|by| by.block.number);
		let lowest = issuer.min(seller).max(1);
		let headers = (lowest..ANCHORED).map(|number| self.header(number).encode());
		(issuer.max(seller) < NAMED_BELOW).then(|| headers.collect())
	}

	/// The chain part that a node would make.
	pub fn chain(&self) -> ChainPart {
		ChainPart {
			headers: (ANCHORED..8).map(|number| self.header(number).encode()).collect(),
			before: self.before(),
			finality: FINAL.into_iter().map(|number| self.finalised(number)).collect(),
			storage_proof: self.storage_proof(),
		}
	}

	pub fn whole(&self) -> EvidencePack {
		self.pack.clone().with_chain(Some(self.chain()))
	}

	/// The pack with a changed chain part.
	pub fn changed(&self, change: impl FnOnce(&mut ChainPart)) -> EvidencePack {
		let mut chain = self.chain();
		change(&mut chain);
		self.pack.clone().with_chain(Some(chain))
	}
}

/// The leaves of the batch's records.
fn leaves_of(plan: &Plan) -> Vec<Digest> {
	(0..plan.place.1)
		.map(|i| {
			let (order, confirmation, version, channel) = match i == plan.place.0 {
				true => (
					plan.order.clone(),
					plan.confirmation.clone(),
					plan.clause_version,
					plan.channel,
				),
				false => (order(i), confirmation(i), CLAUSE_VERSION, CHANNEL),
			};
			let (order, confirmation) = (
				entry_hash(&order, &ORDERS, i),
				entry_hash(&confirmation, &CONFIRMATIONS, i),
			);
			record_leaf(&salt(&CONFIRMATIONS, i), &order, &confirmation, version, channel)
		})
		.collect()
}

/// Record, batch and anchor, truly hashed and signed.
fn pack_of(plan: &Plan) -> EvidencePack {
	let leaves = leaves_of(plan);
	let core = Core {
		root: root(&leaves),
		..plan.core
	};
	let named = headers_of(plan, NAMED_BELOW as usize, [0; 32]);
	let [issuer, seller] = [(Side::Issuer, &plan.issuer), (Side::Seller, &plan.seller)].map(|(side, by)| {
		let hash = match by.1 {
			_ if plan.misnamed == Some(side) => None,
			0 => Some(plan.genesis.hash),
			number => named.get(number as usize).map(Header::hash),
		};
		let block = FinalBlockRef {
			number: by.1,
			hash: hash.unwrap_or([0xf0 + by.1 as u8; 32]),
		};
		let mut attestation = attest(side, by.0, block, &by.2, &core);
		if plan.forged == Some(side) {
			attestation.signature[40] ^= 1;
		}
		attestation
	});
	let blinding = [0xb1; 32];
	let halves = [Some(issuer.hash()), Some(seller.hash())];
	let anchored = plan
		.steps
		.iter()
		.fold(anchor_leaf(&core.hash(), halves, &blinding), |hash, step| {
			step.climb(&hash)
		});
	EvidencePack::new(
		RecordPart {
			order: Entry::new(&plan.order, &ORDERS, plan.place.0, &plan.withheld),
			confirmation: Entry::new(&plan.confirmation, &CONFIRMATIONS, plan.place.0, &plan.withheld),
			salt: salt(&CONFIRMATIONS, plan.place.0),
			clause_version: plan.clause_version,
			channel: plan.channel,
		},
		BatchPart {
			index: plan.place.0,
			path: proof(&leaves, plan.place.0 as usize).expect("the record is in the batch"),
			core,
			issuer,
			seller,
		},
		Some(AnchorPart {
			path: plan.steps.clone(),
			blinding,
			reference: AnchorReference {
				node: plan.anchor.0,
				sequence: plan.anchor.1,
				root: anchored,
				block_number: ANCHORED,
				block_hash: [0; 32],
			},
			range: plan.range.clone(),
		}),
		None,
	)
}

/// The first headers of the chain. Those below [`NAMED_BELOW`] do not depend on `state_root`.
fn headers_of(plan: &Plan, count: usize, state_root: Digest) -> Vec<Header> {
	let mut headers: Vec<Header> = Vec::new();
	for (place, digest) in plan.digests.iter().enumerate().take(count) {
		headers.push(Header {
			// Place 0 only keeps the numbers right: block 1 follows on the genesis block.
			parent_hash: match headers.last() {
				Some(parent) if place > 1 => parent.hash(),
				_ => plan.genesis.hash,
			},
			number: plan.numbers[place],
			state_root: match place < NAMED_BELOW as usize {
				true => [0x51; 32],
				false => state_root,
			},
			extrinsics_root: [place as u8; 32],
			digest: digest.clone(),
		});
	}
	headers
}

/// An attestation, truly signed.
pub fn attest(side: Side, seed: u8, block: FinalBlockRef, excluded: &Excluded, core: &Core) -> Attestation {
	let pair = courier(seed);
	let mut attestation = Attestation {
		suite: 0,
		side,
		block,
		excluded: excluded.clone(),
		key: pair.verifying_key().to_bytes(),
		signature: [0; 64],
	};
	attestation.signature = pair.sign(&attestation.digest(&core.genesis, &core.hash())).to_bytes();
	attestation
}
