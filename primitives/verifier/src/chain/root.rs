// SPDX-License-Identifier: Apache-2.0

//! The root of a whole state, for the genesis block: the trie of [`super::trie`], built.

use alloc::{collections::BTreeMap, vec::Vec};
use codec::Encode as _;
use sealane_primitives::ids::Digest;
use sp_crypto_hashing::blake2_256;

/// Values from this length on stand beside their node, which holds their hash (state version 1).
const BESIDE: usize = 33;

/// The root of the trie with these entries; that of an empty one is the hash of a zero byte.
pub fn of(entries: &BTreeMap<Vec<u8>, Vec<u8>>) -> Digest {
	let nibbles = |key: &Vec<u8>| key.iter().flat_map(|byte| [byte >> 4, byte & 15]).collect();
	let entries: Vec<(Vec<u8>, &[u8])> = entries.iter().map(|(key, value)| (nibbles(key), &value[..])).collect();
	match entries.is_empty() {
		true => blake2_256(&[0]),
		false => blake2_256(&node(&entries, 0)),
	}
}

/// The node of these entries, which ascend and share their first `from` nibbles.
fn node(entries: &[(Vec<u8>, &[u8])], from: usize) -> Vec<u8> {
	let (first, last) = (&entries[0].0[from..], &entries[entries.len() - 1].0[from..]);
	if entries.len() == 1 {
		let mut bytes = header(false, Some(entries[0].1), first);
		bytes.extend(value(entries[0].1));
		return bytes;
	}
	let shared = first.iter().zip(last).take_while(|(a, b)| a == b).count();
	let (partial, at) = (&first[..shared], from + shared);
	let (own, mut below) = match entries[0].0.len() == at {
		true => (Some(entries[0].1), &entries[1..]),
		false => (None, entries),
	};
	let mut bitmap = 0u16;
	let mut children = Vec::new();
	while let Some((key, _)) = below.first() {
		let nibble = key[at];
		let (of_child, rest) = below.split_at(below.partition_point(|(key, _)| key[at] == nibble));
		bitmap |= 1 << nibble;
		let child = node(of_child, at + 1);
		match child.len() < 32 {
			true => child.encode_to(&mut children),
			false => blake2_256(&child).to_vec().encode_to(&mut children),
		}
		below = rest;
	}
	let mut bytes = header(true, own, partial);
	bytes.extend(bitmap.to_le_bytes());
	bytes.extend(own.map(value).unwrap_or_default());
	bytes.extend(children);
	bytes
}

fn value(bytes: &[u8]) -> Vec<u8> {
	match bytes.len() < BESIDE {
		true => bytes.encode(),
		false => blake2_256(bytes).to_vec(),
	}
}

/// Kind and nibbles of a node.
fn header(branch: bool, value: Option<&[u8]>, nibbles: &[u8]) -> Vec<u8> {
	let (kind, bits) = match (branch, value.map(|value| value.len() < BESIDE)) {
		(false, Some(false)) => (0x20, 5),
		(false, _) => (0x40, 6),
		(true, None) => (0x80, 6),
		(true, Some(true)) => (0xc0, 6),
		(true, Some(false)) => (0x10, 4),
	};
	let most = (1usize << bits) - 1;
	let mut bytes = Vec::new();
	if nibbles.len() < most {
		bytes.push(kind | nibbles.len() as u8);
	} else {
		bytes.push(kind | most as u8);
		let mut rest = nibbles.len() - most;
		while rest >= 255 {
			bytes.push(255);
			rest -= 255;
		}
		bytes.push(rest as u8);
	}
	let (odd, even) = nibbles.split_at(nibbles.len() % 2);
	bytes.extend(odd);
	bytes.extend(even.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]));
	bytes
}
