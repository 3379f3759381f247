// SPDX-License-Identifier: Apache-2.0

//! What the state of the sample chain has, as the pallets encode it.

use super::{checkpoint, Plan, ANCHORED, CHANNEL, CLAUSE_VERSION, ISSUER, ISSUER_NODE, PRODUCT, SELLER, SELLER_NODE};
use crate::{chain::keys, pack::EvidencePack};
use codec::{Compact, Encode};
use sealane_primitives::{directory::Scope, ids::BlockNumber, keys::CourierKey};
use std::collections::BTreeMap;

/// A member's entry: name, legal number, contact.
pub fn profile(name: &str, kind: u8, number: &str) -> Vec<u8> {
	let mut value = name.as_bytes().to_vec().encode();
	value.push(kind);
	value.extend(number.as_bytes());
	value.extend(b"desk@example.org".to_vec().encode());
	value
}

/// The entry of a node: its member, from when on, until when, its PeerId.
pub fn node_entry(member: u32, removed_at: Option<BlockNumber>) -> Vec<u8> {
	(member, 1u32, removed_at, vec![7u8; 38]).encode()
}

/// A version of a member's name and legal number.
pub fn identity_entry(from: BlockNumber, name: &str, kind: u8, number: &str) -> Vec<u8> {
	let mut value = (from, name.as_bytes().to_vec()).encode();
	value.push(kind);
	value.extend(number.as_bytes());
	value
}

/// A channel's entry.
pub fn channel_entry(seller: u32, issuer: u32) -> Vec<u8> {
	let terms = Some((0b10u16, None::<u32>, None::<u32>));
	(seller, issuer, 2u8, 1_798_761_600_000u64, terms).encode()
}

/// A version of where a channel stood.
pub fn standing_entry(from: BlockNumber, state: u8) -> Vec<u8> {
	(from, state, (0b10u16, None::<u32>, None::<u32>)).encode()
}

/// The head of a version of clauses.
pub fn version_entry(channel: u32, from: BlockNumber, withdraws: bool) -> Vec<u8> {
	(channel, Scope::All, 1u32, from, 1u32, withdraws).encode()
}

/// A version of a product.
pub fn product_entry(from: BlockNumber, issuer: u32, risk: u8) -> Vec<u8> {
	let offering = None::<(u64, u64)>;
	(from, issuer, b"fund.bond".to_vec(), *b"CNY", risk, offering).encode()
}

/// A state that bears the pack out, among other things.
pub fn state_of(plan: &Plan, pack: &EvidencePack) -> BTreeMap<Vec<u8>, Vec<u8>> {
	let reference = pack.anchor.as_ref().expect("anchored").reference;
	let mut top: BTreeMap<Vec<u8>, Vec<u8>> = (0..60u32)
		.map(|i| {
			(
				sp_crypto_hashing::twox_128(&i.encode()).to_vec(),
				vec![i as u8; 20 + i as usize % 40],
			)
		})
		.collect();
	let entry = (reference.root, ANCHORED, None::<u32>);
	top.insert(keys::anchor(reference.node, reference.sequence), entry.encode());
	let signers = [
		(&pack.batch.issuer, plan.core.issuer_node, plan.issuer_key, 0u32),
		(&pack.batch.seller, plan.core.seller_node, plan.seller_key, 2),
	];
	for (signer, node, (valid_from, valid_until), number) in signers {
		let key = CourierKey {
			signing: signer.key,
			sealing: [9; 32],
			valid_from,
			valid_until,
		};
		top.insert(keys::owner(&signer.key), (node, number).encode());
		top.insert(keys::history(node, number), key.encode());
	}
	top.insert(keys::node(ISSUER_NODE), node_entry(ISSUER, None));
	// The seller's node was removed since.
	top.insert(keys::node(SELLER_NODE), node_entry(SELLER, Some(11)));
	top.insert(
		keys::profile(ISSUER),
		profile("稳健理财有限责任公司", 1, "91350100M000100Y43"),
	);
	top.insert(
		keys::profile(SELLER),
		profile("First Sample Bank", 0, "5493001KJTIIGC8Y1R12"),
	);
	// What changed after the anchor was not yet so.
	let versions = [
		(
			keys::identity(ISSUER, 1),
			identity_entry(1, "稳健理财有限责任公司", 1, "91350100M000100Y43"),
		),
		(
			keys::identity(SELLER, 1),
			identity_entry(1, "First Sample Bank", 0, "5493001KJTIIGC8Y1R12"),
		),
		(
			keys::identity(SELLER, 2),
			identity_entry(10, "Renamed Sample Bank", 0, "5493001KJTIIGC8Y1R12"),
		),
		(keys::standing(CHANNEL, 1), standing_entry(2, 2)),
		(keys::standing(CHANNEL, 2), standing_entry(11, 6)),
		(
			keys::product_version(PRODUCT.as_bytes(), 1),
			product_entry(1, ISSUER, 1),
		),
		(
			keys::product_version(PRODUCT.as_bytes(), 2),
			product_entry(3, ISSUER, 2),
		),
		(
			keys::product_version(PRODUCT.as_bytes(), 3),
			product_entry(8, ISSUER, 4),
		),
	];
	top.extend(versions);
	top.insert(keys::channel(CHANNEL), channel_entry(SELLER, ISSUER));
	top.insert(keys::version(CLAUSE_VERSION), version_entry(CHANNEL, 2, false));
	let clauses = sealane_primitives::clauses::Clauses::try_from(vec![clause()]).expect("one clause");
	top.insert(keys::clauses(CLAUSE_VERSION), clauses.encode());
	top.extend(checkpoint::entries(&plan.genesis));
	top.insert(keys::runtime(), (Compact(100u32), b"sealane".to_vec()).encode());
	top.insert(keys::CODE.to_vec(), vec![0x5b; 4_000]);
	top
}

fn clause() -> sealane_primitives::clauses::Clause {
	serde_json::from_str(r#"{"code": "adult", "any_of": [{"age_at_least": 18}]}"#).expect("a clause")
}
