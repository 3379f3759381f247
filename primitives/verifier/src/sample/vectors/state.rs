// SPDX-License-Identifier: Apache-2.0

//! The state: trie nodes, anchor, keys, institutions, channel, clauses, product, runtime.

use super::{
	super::{
		channel_entry, courier, identity_entry, node_entry, product_entry, set, set_at, standing_entry, version_entry,
		votes, Plan, ANCHORED, CHANNEL, CLAUSE_VERSION, ISSUER, ISSUER_NODE, PRODUCT, SELLER, SELLER_NODE,
	},
	Sample, Vectors,
};
use crate::{chain::keys, pack::ChainPart, EvidencePack, Rule};
use codec::Encode;
use sealane_primitives::{
	evidence::{
		range::{self, Range},
		tree,
	},
	ids::{BlockNumber, Digest},
	keys::CourierKey,
};
use sp_crypto_hashing::blake2_256;

fn planned(change: impl FnOnce(&mut Plan)) -> EvidencePack {
	Sample::with(change).whole()
}

/// The sample whose state has other values.
fn with(state: &[(Vec<u8>, Option<Vec<u8>>)]) -> EvidencePack {
	planned(|plan| plan.state = state.to_vec())
}

fn changed(change: impl FnOnce(&Sample, &mut ChainPart)) -> EvidencePack {
	let sample = Sample::new();
	sample.changed(|part| change(&sample, part))
}

/// The sample whose last block has this one node as its state.
fn only(node: &[u8]) -> EvidencePack {
	let mut sample = Sample::new();
	sample.headers[12].state_root = blake2_256(node);
	sample.changed(|part| {
		let header = sample.header(12);
		part.finality[3] = sample.voted(12, votes(7, set_at(12), &set(2)[..3], header), &[]);
		part.storage_proof = vec![node.to_vec()];
	})
}

pub fn vectors(v: &mut Vectors) {
	trie(v);
	anchor(v);
	range(v);
	signers(v);
	members(v);
	channel(v);
	clauses(v);
	product(v);
	runtime(v);
}

fn trie(v: &mut Vectors) {
	v.refuse("an empty state", Rule::StateAnchor, only(&[0]));
	v.refuse("a node of an unknown kind", Rule::TrieNode, only(&[1]));
	v.refuse("a node of no bytes", Rule::TrieNode, only(&[]));
	v.refuse("a branch without children", Rule::TrieNode, only(&[0x80, 0, 0]));
	v.refuse("a branch that is cut off", Rule::TrieNode, only(&[0x80, 1, 0, 0x80]));
	v.refuse("a leaf with a byte too many", Rule::TrieNode, only(&[0x40, 4, 7, 7]));
	v.refuse(
		"an odd nibble that is not padded",
		Rule::TrieNode,
		only(&[0x41, 0x15, 4, 7]),
	);
	v.refuse("a child of more than 32 bytes", Rule::TrieNode, {
		let mut node = vec![0x80, 1, 0];
		node.extend(vec![9u8; 33].encode());
		only(&node)
	});
	v.refuse("a leaf of another key", Rule::StateAnchor, only(&[0x41, 0x05, 4, 7]));
	let nodes = Sample::new().chain().storage_proof.len();
	for missing in 0..nodes {
		v.refuse(
			&format!("trie node {missing} is missing"),
			Rule::TriePath,
			changed(|_, part| {
				part.storage_proof.remove(missing);
			}),
		);
	}
	v.refuse(
		"trie nodes that are not needed",
		Rule::TrieMinimal,
		changed(|s, part| {
			let mut nodes = part.storage_proof.clone();
			nodes.extend(s.prove(&[sp_crypto_hashing::twox_128(&5u32.encode()).to_vec()]));
			nodes.sort();
			nodes.dedup();
			part.storage_proof = nodes;
		}),
	);
	v.refuse(
		"trie nodes in another order",
		Rule::TrieMinimal,
		changed(|_, part| part.storage_proof.reverse()),
	);
	v.refuse(
		"a trie node twice",
		Rule::TrieMinimal,
		changed(|_, part| {
			part.storage_proof.insert(0, part.storage_proof[0].clone());
		}),
	);
	v.refuse(
		"bytes that are no part of the trie",
		Rule::TrieMinimal,
		changed(|_, part| part.storage_proof.push(vec![0xff; 40])),
	);
	v.refuse(
		"the runtime's code itself",
		Rule::TrieMinimal,
		changed(|_, part| {
			part.storage_proof.push(vec![0x5b; 4_000]);
			part.storage_proof.sort();
		}),
	);
}

fn anchor(v: &mut Vectors) {
	let key = || keys::anchor(SELLER_NODE, 9);
	let root = Sample::new().pack.anchor.expect("anchored").reference.root;
	v.refuse(
		"an anchor that the chain does not have",
		Rule::StateAnchor,
		with(&[(key(), None)]),
	);
	v.refuse(
		"another root on the chain",
		Rule::StateRoot,
		with(&[(key(), Some(([7u8; 32], ANCHORED, None::<u32>).encode()))]),
	);
	v.refuse(
		"another block on the chain",
		Rule::StateBlock,
		with(&[(key(), Some((root, ANCHORED + 1, None::<u32>).encode()))]),
	);
	v.refuse(
		"an anchor of another form",
		Rule::StateValue,
		with(&[(key(), Some(root.to_vec()))]),
	);
	v.accept(
		"an anchor with more to it",
		with(&[(key(), Some((root, ANCHORED, Some(3u32)).encode()))]),
	);
}

/// The range of `node` with so many anchors, of which the one with number 9 has this root and is in this block; and the way to that one.
fn ranged(node: u32, anchors: u64, root: Digest, block: BlockNumber) -> (Range, Option<Vec<Digest>>) {
	let (mut range, mut leaves) = (Range::default(), Vec::new());
	for sequence in 0..anchors {
		let (root, block) = match sequence {
			9 => (root, block),
			_ => ([sequence as u8; 32], sequence as u32 / 2),
		};
		assert!(range.push(node, &root, block));
		leaves.push(range::anchor_leaf(node, sequence, &root, block));
	}
	(range, tree::proof(&leaves, 9))
}

fn range(v: &mut Vectors) {
	let root = Sample::new().pack.anchor.expect("anchored").reference.root;
	let (good, path) = ranged(SELLER_NODE, 79, root, ANCHORED);
	let path = path.expect("it is there");
	// The chain has the range alone: the anchor is none of the last any more.
	let of = |range: Option<Vec<u8>>, path: &[Digest]| {
		planned(|plan| {
			plan.range = Some(path.to_vec());
			plan.state = vec![(keys::anchor(SELLER_NODE, 9), None), (keys::range(SELLER_NODE), range)];
		})
	};
	let whole = |range: &Range, path: &[Digest]| of(Some(range.encode()), path);
	v.accept("an anchor that the range alone has", whole(&good, &path));
	v.accept("an anchor of a range of one mountain", {
		let (range, path) = ranged(SELLER_NODE, 64, root, ANCHORED);
		whole(&range, &path.expect("it is there"))
	});
	v.accept("the last anchor of a range", {
		let (range, path) = ranged(SELLER_NODE, 10, root, ANCHORED);
		whole(&range, &path.expect("it is there"))
	});
	v.accept("an anchor that the range has and the chain keeps besides", {
		planned(|plan| {
			plan.range = Some(path.clone());
			plan.state = vec![(keys::range(SELLER_NODE), Some(good.encode()))];
		})
	});
	v.accept("a range with more to it", of(Some((&good, 7u8).encode()), &path));
	v.refuse(
		"a range that the chain does not have",
		Rule::StateAnchor,
		of(None, &path),
	);
	v.refuse("a range that ends before the anchor", Rule::StateAnchor, {
		whole(&ranged(SELLER_NODE, 9, root, ANCHORED).0, &path)
	});
	v.refuse(
		"a range of another form",
		Rule::StateValue,
		of(Some(vec![1; 11]), &path),
	);
	v.refuse("a range of more peaks than any has", Rule::StateValue, {
		of(Some((79u64, 6u32, vec![[1u8; 32]; 65]).encode()), &path)
	});
	let mut refuse = |name: &str, range: &Range, path: &[Digest]| {
		v.refuse(name, Rule::StateRange, whole(range, path));
	};
	let other = |node, root, block| ranged(node, 79, root, block).0;
	refuse(
		"another root in the range",
		&other(SELLER_NODE, [7; 32], ANCHORED),
		&path,
	);
	refuse(
		"another block in the range",
		&other(SELLER_NODE, root, ANCHORED + 1),
		&path,
	);
	refuse("the range of another node", &other(ISSUER_NODE, root, ANCHORED), &path);
	refuse("a way into the range that is too short", &good, &path[1..]);
	refuse(
		"a way into the range that is too long",
		&good,
		&[&path[..], &[[0; 32]]].concat(),
	);
	refuse("another way into the range", &good, &{
		let mut path = path.clone();
		path[2][0] ^= 1;
		path
	});
	refuse("no way into the range", &good, &[]);
	refuse(
		"a range with a peak too many",
		&{
			let mut range = good.clone();
			range.peaks.try_push([0; 32]).expect("there is room");
			range
		},
		&path,
	);
	refuse(
		"a range with a peak too few",
		&{
			let mut range = good.clone();
			range.peaks.pop();
			range
		},
		&path,
	);
}

fn signers(v: &mut Vectors) {
	let issuer = courier(1).verifying_key().to_bytes();
	let seller = courier(2).verifying_key().to_bytes();
	let entry = |signing| CourierKey {
		signing,
		sealing: [9; 32],
		valid_from: 1,
		valid_until: None,
	};
	v.refuse(
		"a key that the chain does not know",
		Rule::KeyOwner,
		with(&[(keys::owner(&issuer), None)]),
	);
	v.refuse(
		"a key without its history",
		Rule::KeyOwner,
		with(&[(keys::history(SELLER_NODE, 2), None)]),
	);
	v.refuse(
		"a key of another node",
		Rule::KeyNode,
		with(&[
			(keys::owner(&seller), Some((9u32, 0u32).encode())),
			(keys::history(9, 0), Some(entry(seller).encode())),
		]),
	);
	v.refuse(
		"a history of another key",
		Rule::KeyHistory,
		with(&[(keys::history(ISSUER_NODE, 0), Some(entry(seller).encode()))]),
	);
	v.refuse(
		"a history of another form",
		Rule::StateValue,
		with(&[(keys::history(ISSUER_NODE, 0), Some(vec![1; 7]))]),
	);
	v.refuse(
		"the issuer's key from the next block on",
		Rule::KeyInForce,
		planned(|plan| plan.issuer_key = (7, None)),
	);
	v.accept(
		"the seller's key to before the anchor's block, in force when it attested",
		planned(|plan| plan.seller_key = (1, Some(6))),
	);
	v.refuse(
		"the seller's key between the block attested and the anchor's alone",
		Rule::KeyInForce,
		planned(|plan| plan.seller_key = (4, Some(6))),
	);
	v.refuse(
		"the seller's key to the block attested",
		Rule::KeyInForce,
		planned(|plan| plan.seller_key = (1, Some(3))),
	);
	// Of what is named so late the sample's headers cannot be shown: by its signer's word.
	v.accept(
		"the block before the anchor's attested",
		planned(|plan| plan.seller.1 = 5),
	);
	v.refuse(
		"the anchor's block attested",
		Rule::AttestedBefore,
		planned(|plan| plan.seller.1 = 6),
	);
	// Whoever has a stolen key may name any block, and has a day after its end; the declaration ends that.
	let stolen =
		|node, number, since: u32, declared: u32| (keys::compromise(node, number), Some((since, declared).encode()));
	for (name, declared) in [
		("the issuer's key declared stolen before the anchor's block", 5),
		("the issuer's key declared stolen in the anchor's block", 6),
	] {
		v.refuse(
			name,
			Rule::KeyCompromised,
			planned(|plan| {
				plan.issuer_key = (1, Some(declared + 1));
				plan.state = vec![stolen(ISSUER_NODE, 0, 4, declared)];
			}),
		);
	}
	v.refuse(
		"the seller's key declared stolen long after its end, and before the anchor's block",
		Rule::KeyCompromised,
		planned(|plan| {
			plan.seller_key = (1, Some(4));
			plan.state = vec![stolen(SELLER_NODE, 2, 2, 5)];
		}),
	);
	v.accept(
		"both keys declared stolen after the anchor's block",
		planned(|plan| {
			(plan.issuer_key, plan.seller_key) = ((1, Some(8)), (1, Some(9)));
			plan.state = vec![stolen(ISSUER_NODE, 0, 2, 7), stolen(SELLER_NODE, 2, 8, 8)];
		}),
	);
	v.accept(
		"other keys of both nodes declared stolen",
		with(&[stolen(ISSUER_NODE, 1, 2, 3), stolen(SELLER_NODE, 0, 2, 3)]),
	);
	v.refuse(
		"a declaration of another form",
		Rule::StateValue,
		with(&[(keys::compromise(ISSUER_NODE, 0), Some(vec![2, 0, 0, 0]))]),
	);
	v.refuse(
		"other members in the core",
		Rule::CoreMembers,
		planned(|plan| (plan.core.issuer, plan.core.seller) = (SELLER, ISSUER)),
	);
	v.accept(
		"keys of the anchor's block alone",
		planned(|plan| (plan.issuer_key, plan.seller_key) = ((6, Some(7)), (6, Some(7)))),
	);
}

fn members(v: &mut Vectors) {
	v.refuse(
		"a node that the chain does not know",
		Rule::NodeMember,
		with(&[(keys::node(ISSUER_NODE), None)]),
	);
	v.refuse(
		"a removed node that the chain does not know",
		Rule::NodeMember,
		with(&[(keys::node(SELLER_NODE), None)]),
	);
	v.refuse(
		"a node of another form",
		Rule::StateValue,
		with(&[(keys::node(ISSUER_NODE), Some(vec![1, 2]))]),
	);
	v.accept(
		"both nodes registered",
		with(&[(keys::node(SELLER_NODE), Some(node_entry(SELLER, None)))]),
	);
	v.refuse(
		"two nodes of one member",
		Rule::MembersDiffer,
		planned(|plan| {
			plan.core.seller = ISSUER;
			plan.state = vec![
				(keys::node(SELLER_NODE), Some(node_entry(ISSUER, Some(11)))),
				(keys::channel(CHANNEL), Some(channel_entry(ISSUER, ISSUER))),
			];
		}),
	);
	v.refuse(
		"an issuer without a name",
		Rule::MemberProfile,
		with(&[(keys::identity(ISSUER, 1), None)]),
	);
	v.refuse(
		"a seller without a name",
		Rule::MemberProfile,
		with(&[(keys::identity(SELLER, 1), None)]),
	);
	let named = |versions: &[(u32, BlockNumber)]| {
		let entry = |(version, from): &(u32, BlockNumber)| {
			let name = format!("Bank of version {version}");
			let entry = identity_entry(*from, &name, 0, "5493001KJTIIGC8Y1R12");
			(keys::identity(SELLER, *version), Some(entry))
		};
		with(&versions.iter().map(entry).collect::<Vec<_>>())
	};
	v.refuse(
		"a name from the next block on alone",
		Rule::MemberProfile,
		named(&[(1, 7)]),
	);
	v.accept("a name from the anchor's block on", named(&[(1, 2), (2, 6)]));
	let many: Vec<(u32, BlockNumber)> = (1..=13u32).map(|version| (version, version.div_ceil(2))).collect();
	v.accept("the twelfth of many names", named(&many));
	v.refuse(
		"a name that is no text",
		Rule::StateValue,
		with(&[(
			keys::identity(SELLER, 1),
			Some((1u32, vec![0xffu8], 0u8, [b'X'; 20]).encode()),
		)]),
	);
	v.refuse(
		"a legal number of an unknown kind",
		Rule::StateValue,
		with(&[(keys::identity(SELLER, 1), Some(identity_entry(1, "Bank", 2, "X")))]),
	);
}

fn channel(v: &mut Vectors) {
	let entry = |value| with(&[(keys::channel(CHANNEL), value)]);
	v.refuse("a channel that the chain does not have", Rule::Channel, entry(None));
	v.refuse(
		"a channel of two others",
		Rule::ChannelParties,
		entry(Some(channel_entry(8, 9))),
	);
	v.refuse(
		"a channel of another seller",
		Rule::ChannelParties,
		entry(Some(channel_entry(8, ISSUER))),
	);
	v.refuse(
		"a channel of another issuer",
		Rule::ChannelParties,
		entry(Some(channel_entry(SELLER, 8))),
	);
	v.refuse(
		"a channel the other way round",
		Rule::ChannelParties,
		entry(Some(channel_entry(ISSUER, SELLER))),
	);
	v.refuse(
		"a channel that was never granted",
		Rule::ChannelGranted,
		with(&[(keys::standing(CHANNEL, 1), None)]),
	);
	let stood = |from, state| with(&[(keys::standing(CHANNEL, 1), Some(standing_entry(from, state)))]);
	v.refuse("a channel granted in the next block", Rule::ChannelGranted, stood(7, 2));
	v.accept("a channel granted in the anchor's block", stood(6, 2));
	v.accept("a channel suspended at the anchor's block", stood(6, 3));
	v.refuse(
		"a channel of another form",
		Rule::StateValue,
		entry(Some(SELLER.encode())),
	);
}

fn clauses(v: &mut Vectors) {
	let head = |value| with(&[(keys::version(CLAUSE_VERSION), value)]);
	v.refuse("clauses that the chain does not have", Rule::ClausesVersion, head(None));
	v.refuse(
		"clauses of another channel",
		Rule::ClausesChannel,
		head(Some(version_entry(8, 2, false))),
	);
	v.refuse(
		"clauses from the next block on",
		Rule::ClausesFrom,
		head(Some(version_entry(CHANNEL, 7, false))),
	);
	v.accept(
		"clauses from the anchor's block on",
		head(Some(version_entry(CHANNEL, 6, false))),
	);
	v.accept(
		"a version that withdraws the clauses",
		with(&[
			(keys::version(CLAUSE_VERSION), Some(version_entry(CHANNEL, 2, true))),
			(keys::clauses(CLAUSE_VERSION), None),
		]),
	);
	v.refuse(
		"a version without its text",
		Rule::ClausesText,
		with(&[(keys::clauses(CLAUSE_VERSION), None)]),
	);
	v.refuse("a version of another form", Rule::StateValue, head(Some(vec![3, 0])));
	v.accept("no clauses agreed", planned(|plan| plan.clause_version = 0));
}

fn product(v: &mut Vectors) {
	let key = || keys::product_version(PRODUCT.as_bytes(), 1);
	let later = || keys::product_version(PRODUCT.as_bytes(), 2);
	let order = |order: &str| planned(|plan| plan.order = order.as_bytes().to_vec());
	v.refuse(
		"a product of another issuer",
		Rule::ProductIssuer,
		with(&[(later(), Some(product_entry(3, SELLER, 2)))]),
	);
	v.refuse(
		"a product of another form",
		Rule::StateValue,
		with(&[(key(), Some(vec![4]))]),
	);
	v.accept("a product that the chain does not know", with(&[(key(), None)]));
	v.accept(
		"a product that the chain got later",
		with(&[(key(), Some(product_entry(7, SELLER, 2)))]),
	);
	v.accept(
		"an order without a product",
		order(r#"{"id":"A-1","kind":"cancellation","cancels":"A-0"}"#),
	);
	v.accept("an order that is no JSON", order("by telephone"));
	v.accept("a product that is a number", order(r#"{"product":7}"#));
	v.accept(
		"a product within details alone",
		order(r#"{"details":{"product":"STEADY-30"}}"#),
	);
	v.accept(
		"a product named twice",
		order(r#"{"product":"STEADY-30","product":"STEADY-30"}"#),
	);
	v.accept(
		"a name of 33 bytes",
		order(r#"{"product":"STEADY-30-STEADY-30-STEADY-30-STE"}"#),
	);
}

fn runtime(v: &mut Vectors) {
	v.refuse(
		"no version of the runtime",
		Rule::Runtime,
		with(&[(keys::runtime(), None)]),
	);
	v.refuse(
		"no code of the runtime",
		Rule::Runtime,
		with(&[(keys::CODE.to_vec(), None)]),
	);
	v.refuse(
		"a runtime's version of another form",
		Rule::StateValue,
		with(&[(keys::runtime(), Some(vec![]))]),
	);
	v.accept(
		"code so short that it stands in its node",
		with(&[(keys::CODE.to_vec(), Some(vec![0x5b; 20]))]),
	);
}
