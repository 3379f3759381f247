// SPDX-License-Identifier: Apache-2.0

//! Where the chain's state has anchors and courier keys, and how trie nodes prove them.

use super::ChainDefect;
use crate::{
	evidence::pack::{AnchorReference, Signer},
	ids::{AnchorSequence, NodeId},
	keys::CourierKey,
	runtime_api::AnchorEntry,
};
use codec::{DecodeAll, Encode};
use frame_support::{storage::storage_prefix, Blake2_128Concat, StorageHasher, Twox64Concat};
use sp_core::H256;
use sp_runtime::traits::BlakeTwo256;
use sp_state_machine::{
	create_proof_check_backend, prove_read_on_trie_backend, Backend, MemoryDB, StorageProof, TrieBackend,
};

/// A part of the state, held by its trie nodes.
type Partial = TrieBackend<MemoryDB<BlakeTwo256>, BlakeTwo256>;

fn key(pallet: &str, item: &str, parts: &[Vec<u8>]) -> Vec<u8> {
	let prefix = storage_prefix(pallet.as_bytes(), item.as_bytes());
	[&prefix[..], &parts.concat()].concat()
}

/// Where the anchor of `node` with this number is: an [`AnchorEntry`].
pub fn anchor_key(node: NodeId, sequence: AnchorSequence) -> Vec<u8> {
	key(
		"Anchors",
		"Anchors",
		&[
			Twox64Concat::hash(&node.encode()),
			Twox64Concat::hash(&sequence.encode()),
		],
	)
}

/// Where the owner of a signing key is: node and number, `(NodeId, u32)`.
pub fn owner_key(signing: &[u8; 32]) -> Vec<u8> {
	key("Members", "KeyOwners", &[Blake2_128Concat::hash(signing)])
}

/// Where the keys of `node` with this number are: a [`CourierKey`].
pub fn history_key(node: NodeId, number: u32) -> Vec<u8> {
	key(
		"Members",
		"KeyHistory",
		&[Twox64Concat::hash(&node.encode()), Twox64Concat::hash(&number.encode())],
	)
}

/// The trie nodes of `proof` that lead from `root` to `keys`, and no others, as `read` wants them.
///
/// # Errors
/// Some key cannot be reached.
pub fn minimal(root: [u8; 32], proof: StorageProof, keys: &[Vec<u8>]) -> Result<Vec<Vec<u8>>, String> {
	let partial = create_proof_check_backend::<BlakeTwo256>(root.into(), proof).map_err(|e| e.to_string())?;
	let proof = prove_read_on_trie_backend(&partial, keys).map_err(|e| e.to_string())?;
	Ok(proof.into_iter_nodes().collect())
}

/// Reads the anchor and the keys of both signers out of the state with this root, and checks them against the pack. Returns the
/// keys in the order of `signers`.
pub(super) fn read(
	root: H256,
	nodes: &[Vec<u8>],
	anchor: &AnchorReference,
	signers: [(Signer, (NodeId, [u8; 32])); 2],
) -> Result<[CourierKey; 2], ChainDefect> {
	let broken = |what: String, fault: String| ChainDefect::StorageProof {
		what,
		root: root.into(),
		fault,
	};
	let whole = |fault: &str| broken("a state".into(), fault.into());
	let proof = StorageProof::new_with_duplicate_nodes_check(nodes.iter().cloned())
		.map_err(|_| whole("a trie node is there twice"))?;
	let partial: Partial = create_proof_check_backend::<BlakeTwo256>(root, proof.clone())
		.map_err(|_| whole("no trie node has that hash"))?;
	let get = |key: &[u8], what: &str| {
		partial
			.storage(key)
			.map_err(|_| broken(what.into(), "a trie node on the way is missing".into()))
	};

	let what = format!("anchor {} of node {}", anchor.sequence, anchor.node);
	let mut keys = vec![anchor_key(anchor.node, anchor.sequence)];
	let entry = get(&keys[0], &what)?.ok_or(ChainDefect::NoAnchor {
		node: anchor.node,
		sequence: anchor.sequence,
	})?;
	let entry = AnchorEntry::decode_all(&mut &entry[..]).map_err(|e| broken(what, e.to_string()))?;
	if entry.root != anchor.root {
		return Err(ChainDefect::Root {
			expected: entry.root,
			found: anchor.root,
		});
	}
	if entry.block != anchor.block_number {
		return Err(ChainDefect::Block {
			expected: entry.block,
			found: anchor.block_number,
		});
	}

	let mut key_of = |(signer, (node, signing)): (Signer, (NodeId, [u8; 32]))| {
		let unknown = || ChainDefect::Key {
			signer,
			node,
			key: signing,
		};
		let what = format!("the {}'s key", signer.as_str());
		let owner = owner_key(&signing);
		let value = get(&owner, &what)?.ok_or_else(unknown)?;
		let (found, number) =
			<(NodeId, u32)>::decode_all(&mut &value[..]).map_err(|e| broken(what.clone(), e.to_string()))?;
		if found != node {
			return Err(unknown());
		}
		let history = history_key(node, number);
		let value = get(&history, &what)?.ok_or_else(unknown)?;
		let key = CourierKey::decode_all(&mut &value[..]).map_err(|e| broken(what, e.to_string()))?;
		if key.signing != signing {
			return Err(unknown());
		}
		if !key.is_valid_at(anchor.block_number) {
			return Err(ChainDefect::KeyNotInForce {
				signer,
				node,
				key,
				anchored: anchor.block_number,
			});
		}
		keys.extend([owner, history]);
		Ok(key)
	};
	let found = [key_of(signers[0])?, key_of(signers[1])?];

	let needed = prove_read_on_trie_backend(&partial, &keys).map_err(|error| whole(&error.to_string()))?;
	if !needed.iter_nodes().eq(nodes) {
		return Err(whole(
			"trie nodes that are not needed, or not in the order of their bytes",
		));
	}
	Ok(found)
}
