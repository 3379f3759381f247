// SPDX-License-Identifier: Apache-2.0

//! Where the state has what evidence proves.
//!
//! A key begins with `xxh64` of the pallet's name (seeds 0 and 1), the same of the item's, then for each part of the key its hash and the
//! part itself. `Twox64Concat` is `xxh64(part, seed 0) ‖ part`, `Blake2_128Concat` is `BLAKE2b-128(part) ‖ part`.

use alloc::vec::Vec;
use codec::Encode;
use sealane_primitives::ids::{AgreementId, AnchorSequence, ChannelId, MemberId, NodeId};
use sp_crypto_hashing::{blake2_128, twox_128, twox_64};

/// Where the runtime's code is.
pub const CODE: &[u8] = b":code";

/// The prefix of an item's keys; all of the key where the item is one value.
pub fn prefix(pallet: &str, item: &str) -> Vec<u8> {
	[twox_128(pallet.as_bytes()), twox_128(item.as_bytes())].concat()
}

/// `Twox64Concat` of a part.
fn twox(key: &mut Vec<u8>, part: impl Encode) {
	let part = part.encode();
	key.extend(twox_64(&part));
	key.extend(part);
}

/// `Blake2_128Concat` of a part.
fn blake2(key: &mut Vec<u8>, part: &[u8]) {
	key.extend(blake2_128(part));
	key.extend(part);
}

/// The anchor of `node` with this number.
pub fn anchor(node: NodeId, sequence: AnchorSequence) -> Vec<u8> {
	let mut key = prefix("Anchors", "Anchors");
	twox(&mut key, node);
	twox(&mut key, sequence);
	key
}

/// All anchors of `node` in a few hashes.
pub fn range(node: NodeId) -> Vec<u8> {
	let mut key = prefix("Anchors", "Ranges");
	twox(&mut key, node);
	key
}

/// The owner of a signing key: node and number.
pub fn owner(signing: &[u8; 32]) -> Vec<u8> {
	let mut key = prefix("Members", "KeyOwners");
	blake2(&mut key, signing);
	key
}

/// The keys of `node` with this number.
pub fn history(node: NodeId, number: u32) -> Vec<u8> {
	let mut key = prefix("Members", "KeyHistory");
	twox(&mut key, node);
	twox(&mut key, number);
	key
}

/// That the keys of `node` with this number were declared stolen.
pub fn compromise(node: NodeId, number: u32) -> Vec<u8> {
	let mut key = prefix("Members", "Compromises");
	twox(&mut key, node);
	twox(&mut key, number);
	key
}

/// Whose a node is or was.
pub fn node(node: NodeId) -> Vec<u8> {
	let mut key = prefix("Members", "NodeRecords");
	twox(&mut key, node);
	key
}

/// Name and legal number of a member.
pub fn profile(member: MemberId) -> Vec<u8> {
	let mut key = prefix("Members", "Profiles");
	twox(&mut key, member);
	key
}

/// A channel.
pub fn channel(channel: ChannelId) -> Vec<u8> {
	let mut key = prefix("Channels", "Channels");
	twox(&mut key, channel);
	key
}

/// The head of a version of clauses.
pub fn version(id: AgreementId) -> Vec<u8> {
	let mut key = prefix("Agreements", "Versions");
	twox(&mut key, id);
	key
}

/// The clauses of a version.
pub fn clauses(id: AgreementId) -> Vec<u8> {
	let mut key = prefix("Agreements", "AgreedClauses");
	twox(&mut key, id);
	key
}

/// A version of a member's name and legal number.
pub fn identity(member: MemberId, version: u32) -> Vec<u8> {
	let mut key = prefix("Members", "Identities");
	twox(&mut key, member);
	twox(&mut key, version);
	key
}

/// A version of where a channel stood, and on which terms.
pub fn standing(channel: ChannelId, version: u32) -> Vec<u8> {
	let mut key = prefix("Channels", "Standings");
	twox(&mut key, channel);
	twox(&mut key, version);
	key
}

/// A version of what a product is.
pub fn product_version(id: &[u8], version: u32) -> Vec<u8> {
	let mut key = prefix("Channels", "ProductVersions");
	blake2(&mut key, &id.encode());
	twox(&mut key, version);
	key
}

/// What stands of a member: roles, manager's account, standing.
pub fn member(member: MemberId) -> Vec<u8> {
	let mut key = prefix("Members", "Members");
	twox(&mut key, member);
	key
}

/// The hash of the genesis block, which the chain keeps for ever.
pub fn genesis_hash() -> Vec<u8> {
	let mut key = prefix("System", "BlockHash");
	twox(&mut key, 0u32);
	key
}

/// The validators that vote on the next block.
pub fn validators() -> Vec<u8> {
	prefix("Grandpa", "Authorities")
}

/// The number of their set.
pub fn validator_set() -> Vec<u8> {
	prefix("Grandpa", "CurrentSetId")
}

/// A change of them that was scheduled and does not hold yet.
pub fn pending_change() -> Vec<u8> {
	prefix("Grandpa", "PendingChange")
}

/// The runtime's name and version.
pub fn runtime() -> Vec<u8> {
	prefix("System", "LastRuntimeUpgrade")
}
