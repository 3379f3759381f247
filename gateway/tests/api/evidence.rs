// SPDX-License-Identifier: Apache-2.0

//! The evidence pack, from the courier's parts to what a verifier accepts.

#![allow(clippy::unwrap_used)]

use crate::common::{order, Node};
use sealane_courier::{
	api::OrderStage,
	evidence::{AnchorParts, EvidenceParts},
};
use sealane_gateway::{EvidenceChain, PathToRange};
use sealane_primitives::{
	evidence::{self, range::Range, Attestation, Core, Excluded, FinalBlockRef, Side},
	ids::{BlockNumber, Digest, NodeId},
};
use sealane_sdk::types::ProblemCode;
use sealane_verifier::pack::{ChainPart, Entry, EvidencePack, FinalBlock};
use std::sync::Arc;

const GENESIS: Digest = [7; 32];
const ISSUER: NodeId = 3;
const SELLER: NodeId = 2;
const BLOCK: BlockNumber = 88;

fn pair(seed: u8) -> (ed25519_zebra::SigningKey, [u8; 32]) {
	let signing = ed25519_zebra::SigningKey::from([seed; 32]);
	let public = ed25519_zebra::VerificationKey::from(&signing);
	(signing, public.into())
}

struct Chain {
	knows_block: bool,
	/// What it proves, or why it cannot.
	proof: Result<Option<ChainPart>, String>,
	/// The range that has the anchor, where the state has it no longer by itself.
	range: Option<Range>,
}

impl Chain {
	fn new(knows_block: bool) -> Self {
		Chain {
			knows_block,
			proof: Ok(None),
			range: None,
		}
	}
}

impl EvidenceChain for Chain {
	fn block_hash(&self, number: BlockNumber) -> Option<Digest> {
		(self.knows_block && number == BLOCK).then_some([9; 32])
	}

	fn prove(&self, pack: EvidencePack, path: PathToRange<'_>) -> Result<Option<EvidencePack>, String> {
		let anchor = pack.anchor.as_ref().unwrap().reference;
		assert_eq!((anchor.sequence, anchor.block_hash), (4, [9; 32]));
		let keys = [&pack.batch.issuer, &pack.batch.seller].map(|half| half.key);
		assert_eq!(keys, [pair(1).1, pair(2).1]);
		let Some(part) = self.proof.clone()? else {
			return Ok(None);
		};
		let pack = match &self.range {
			Some(range) => match path(anchor.sequence, range) {
				Some(path) => pack.with_range(Some(path)),
				None => return Ok(None),
			},
			None => pack,
		};
		Ok(Some(pack.with_chain(Some(part))))
	}
}

fn attestation(side: Side, seed: u8, core: &Core) -> Attestation {
	let (signing, key) = pair(seed);
	let block = FinalBlockRef {
		number: BLOCK - 4,
		hash: [8; 32],
	};
	let mut attestation = Attestation {
		suite: 0,
		side,
		block,
		excluded: Excluded::none(),
		key,
		signature: [0; 64],
	};
	attestation.signature = signing.sign(&attestation.digest(&GENESIS, &core.hash())).into();
	attestation
}

/// An order that was answered, hashed and anchored.
fn parts() -> EvidenceParts {
	let (bytes, confirmation) = (br#"{"id":"A"}"#, br#"{"order":"A","outcome":"accepted"}"#);
	let (order, confirmation) = (
		Entry::shown(bytes, &[4; 32], 0),
		Entry::shown(confirmation, &[5; 32], 1),
	);
	let salts = [evidence::salt(&[5; 32], 0), evidence::salt(&[5; 32], 1)];
	let leaves = [
		evidence::record_leaf(&salts[0], &[1; 32], &[2; 32], 6, 1),
		evidence::record_leaf(&salts[1], &order.hash(), &confirmation.hash(), 6, 1),
	];
	let core = Core {
		genesis: GENESIS,
		channel: 1,
		issuer_node: ISSUER,
		seller_node: SELLER,
		issuer: 30,
		seller: 9,
		first_sequence: 0,
		last_sequence: 0,
		count: 2,
		root: evidence::root(&leaves),
		previous: [0; 32],
		date: 20_000,
	};
	let [issuers, sellers] = [(Side::Issuer, 1), (Side::Seller, 2)].map(|(side, seed)| attestation(side, seed, &core));
	let blinding = [6; 32];
	let halves = [Some(issuers.hash()), Some(sellers.hash())];
	let anchored = [evidence::anchor_leaf(&core.hash(), halves, &blinding)];
	EvidenceParts {
		order,
		confirmation,
		clause_version: 6,
		channel: 1,
		seller: 9,
		salt: salts[1],
		leaf: leaves[1],
		index: 1,
		path: evidence::proof(&leaves, 1).unwrap(),
		core,
		issuers: Some(issuers),
		sellers: Some(sellers),
		anchor: Some(AnchorParts {
			node: SELLER,
			sequence: 4,
			root: evidence::root(&anchored),
			blinding,
			index: 0,
			count: 1,
			path: evidence::proof(&anchored, 0).unwrap(),
			block: Some(BLOCK),
		}),
	}
}

async fn node(chain: Option<Chain>, change: impl FnOnce(&mut EvidenceParts)) -> Node {
	let node = Node::configured(|config| config.chain = chain.map(|chain| Arc::new(chain) as _)).await;
	let mut parts = parts();
	change(&mut parts);
	node.fake.set(|s| {
		s.orders.insert("A".into(), order("A", OrderStage::Hashed));
		s.evidence.insert("A".into(), parts);
	});
	node
}

async fn pack(node: &Node) -> EvidencePack {
	let pack = node.client().evidence("A", None).await.unwrap();
	EvidencePack::from_json(pack.0.get().as_bytes()).unwrap()
}

#[tokio::test]
async fn a_pack_is_sound_by_itself() {
	let node = node(Some(Chain::new(true)), |_| ()).await;
	let pack = pack(&node).await;
	let verified = pack.verify_local(&GENESIS).unwrap();
	assert_eq!((verified.issuer.0, verified.seller.0), (ISSUER, SELLER));
	let anchor = verified.anchor.unwrap();
	assert_eq!(
		(anchor.sequence, anchor.block_number, anchor.block_hash),
		(4, BLOCK, [9; 32])
	);
	assert_eq!(pack.record.order.bytes.0, br#"{"id":"A"}"#);
	assert!(pack.chain.is_none());
}

#[tokio::test]
async fn a_proof_that_cannot_be_made_is_left_out() {
	let chain = Chain {
		proof: Err("the votes for block 88 are not there".into()),
		..Chain::new(true)
	};
	let node = node(Some(chain), |_| ()).await;
	let pack = pack(&node).await;
	assert!(pack.anchor.is_some() && pack.chain.is_none());
	pack.verify_local(&GENESIS).unwrap();
}

#[tokio::test]
async fn the_chains_proof_is_part_of_the_pack() {
	let part = ChainPart {
		headers: vec![vec![1, 2]],
		before: None,
		finality: vec![FinalBlock {
			header: vec![3],
			justification: vec![4],
		}],
		storage_proof: vec![vec![5], vec![6]],
	};
	let chain = Chain {
		proof: Ok(Some(part.clone())),
		..Chain::new(true)
	};
	let node = node(Some(chain), |_| ()).await;
	let pack = pack(&node).await;
	assert_eq!(pack.chain, Some(part));
	pack.verify_local(&GENESIS).unwrap();
}

/// An anchor that the chain has no longer by itself is proven with the hashes that the courier keeps.
#[tokio::test]
async fn an_old_anchor_is_proven_by_the_range_of_its_node() {
	let mut range = Range::default();
	(0..6).for_each(|sequence| assert!(range.push(SELLER, &[sequence as u8; 32], 80 + sequence)));
	let part = ChainPart {
		headers: Vec::new(),
		before: None,
		finality: Vec::new(),
		storage_proof: vec![vec![5]],
	};
	let chain = |range: Range| Chain {
		proof: Ok(Some(part.clone())),
		range: Some(range),
		..Chain::new(true)
	};
	let old = pack(&node(Some(chain(range.clone())), |_| ()).await).await;
	let anchor = old.anchor.clone().unwrap();
	assert_eq!(anchor.range, Some(vec![[0xab; 32], range.peaks[0]]));
	assert_eq!(old.chain, Some(part.clone()));
	old.verify_local(&GENESIS).unwrap();

	// The courier does not have the hashes of a larger mountain: the pack is as it would be without the chain's proof.
	range.push(SELLER, &[6; 32], 86);
	range.push(SELLER, &[7; 32], 87);
	let unknown = pack(&node(Some(chain(range)), |_| ()).await).await;
	assert_eq!((unknown.anchor.unwrap().range, unknown.chain), (None, None));
}

#[tokio::test]
async fn without_a_final_anchor_the_pack_ends_at_the_batch() {
	for chain in [None, Some(Chain::new(false))] {
		let node = node(chain, |_| ()).await;
		let pack = pack(&node).await;
		assert_eq!(pack.verify_local(&GENESIS).unwrap().anchor, None);
	}
	let node = node(Some(Chain::new(true)), |parts| {
		parts.anchor.as_mut().unwrap().block = None
	})
	.await;
	assert!(pack(&node).await.anchor.is_none());
}

#[tokio::test]
async fn before_both_sides_signed_there_is_none() {
	let node = node(None, |parts| parts.sellers = None).await;
	let error = node.client().evidence("A", None).await.unwrap_err();
	assert_eq!(error.code(), Some(ProblemCode::EvidenceNotReady));
	node.fake.set(|s| {
		s.orders.insert("B".into(), order("B", OrderStage::Delivered));
	});
	let error = node.client().evidence("B", None).await.unwrap_err();
	assert_eq!(error.code(), Some(ProblemCode::EvidenceNotReady));
	assert!(error.to_string().contains("delivered"), "{error}");
}

#[tokio::test]
async fn what_the_seller_does_not_agree_to_is_proven_by_nobody() {
	let excluded = |parts: &mut EvidenceParts| parts.sellers.as_mut().unwrap().excluded = Excluded::of([1]);
	let node = node(None, excluded).await;
	let error = node.client().evidence("A", None).await.unwrap_err();
	assert_eq!(error.code(), Some(ProblemCode::EvidenceNotReady));
	assert!(error.to_string().contains("does not agree"), "{error}");
}
