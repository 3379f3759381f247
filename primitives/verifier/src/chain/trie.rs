// SPDX-License-Identifier: Apache-2.0

//! The chain's state trie (the SDK's base-16 Patricia tree over BLAKE2b-256, state version 1), read from those of its nodes that a proof has.

use crate::rules::{Defect, Judge, Rule};
use alloc::{
	collections::{BTreeMap, BTreeSet},
	format,
	string::String,
	vec::Vec,
};
use codec::{Compact, Decode as _};
use core::cell::RefCell;
use sealane_primitives::ids::Digest;
use sp_crypto_hashing::blake2_256;

/// A part of a state: what is asked for is in it, or its absence is.
pub(crate) struct Partial<'a> {
	judge: Judge,
	/// Where the nodes stand in the file.
	field: &'static str,
	root: Digest,
	nodes: BTreeMap<Digest, &'a [u8]>,
	needed: RefCell<BTreeSet<Digest>>,
}

/// One node of the trie.
struct Node<'a> {
	partial: Vec<u8>,
	value: Option<Value<'a>>,
	children: Option<[Option<Child<'a>>; 16]>,
}

/// A value, in the node or beside it.
enum Value<'a> {
	Inline(&'a [u8]),
	Hashed(Digest),
}

/// A child, in the node or beside it.
#[derive(Clone, Copy)]
enum Child<'a> {
	Inline(&'a [u8]),
	Hashed(Digest),
}

impl<'a> Partial<'a> {
	/// The nodes of a proof that stands at `field`, under this state root.
	pub fn new(judge: Judge, field: &'static str, root: Digest, nodes: &'a [Vec<u8>]) -> Self {
		Partial {
			judge,
			field,
			root,
			nodes: nodes.iter().map(|node| (blake2_256(node), &node[..])).collect(),
			needed: RefCell::default(),
		}
	}

	/// The value under `key`; `None` where the state has none. `what` names it in a refusal.
	pub fn get(&self, key: &[u8], what: &str) -> Result<Option<&'a [u8]>, Defect> {
		Ok(match self.find(key, what)? {
			None => None,
			Some(Value::Inline(bytes)) => Some(bytes),
			Some(Value::Hashed(hash)) => Some(self.node(&hash, what)?),
		})
	}

	/// BLAKE2b-256 of the value under `key`; the value itself need not be there.
	pub fn hash_of(&self, key: &[u8], what: &str) -> Result<Option<Digest>, Defect> {
		Ok(self.find(key, what)?.map(|value| match value {
			Value::Inline(bytes) => blake2_256(bytes),
			Value::Hashed(hash) => hash,
		}))
	}

	/// The nodes that were needed so far, in ascending order of their bytes.
	pub fn needed(&self) -> Vec<&'a [u8]> {
		let needed = self.needed.borrow();
		let mut nodes: Vec<&[u8]> = needed.iter().filter_map(|hash| self.nodes.get(hash).copied()).collect();
		nodes.sort_unstable();
		nodes
	}

	/// That the proof has no other nodes.
	pub fn demand_minimal(&self, proof: &[Vec<u8>]) -> Result<(), Defect> {
		let minimal = self.needed().into_iter().eq(proof.iter().map(|node| &node[..]));
		self.judge.demand(Rule::TrieMinimal, minimal, || {
			format!(
				"{} has trie nodes that are not needed, or twice, or not in the order of their bytes",
				self.field
			)
		})
	}

	fn node(&self, hash: &Digest, what: &str) -> Result<&'a [u8], Defect> {
		let node = self.nodes.get(hash).copied().ok_or_else(|| {
			let root = hex::encode(self.root);
			let hash = hex::encode(hash);
			let found = format!(
				"{} does not lead from state root {root} to {what}: trie node {hash} is missing",
				self.field
			);
			Defect::new(Rule::TriePath, found)
		})?;
		self.needed.borrow_mut().insert(*hash);
		Ok(node)
	}

	fn find(&self, key: &[u8], what: &str) -> Result<Option<Value<'a>>, Defect> {
		let nibbles: Vec<u8> = key.iter().flat_map(|byte| [byte >> 4, byte & 15]).collect();
		let mut rest = &nibbles[..];
		let mut bytes = self.node(&self.root, what)?;
		loop {
			let node = Node::read(bytes).ok_or_else(|| {
				let found: String = format!(
					"{}: a trie node on the way to {what} is none: {}",
					self.field,
					hex::encode(bytes)
				);
				Defect::new(Rule::TrieNode, found)
			})?;
			let Some(after) = rest.strip_prefix(&node.partial[..]) else {
				return Ok(None);
			};
			let Some((nibble, below)) = after.split_first() else {
				return Ok(node.value);
			};
			let child = node.children.and_then(|children| children[usize::from(*nibble)]);
			bytes = match child {
				None => return Ok(None),
				Some(Child::Inline(bytes)) => bytes,
				Some(Child::Hashed(hash)) => self.node(&hash, what)?,
			};
			rest = below;
		}
	}
}

impl<'a> Node<'a> {
	/// `None` for bytes that are no node.
	fn read(mut bytes: &'a [u8]) -> Option<Self> {
		let input = &mut bytes;
		let first = take(input, 1)?[0];
		// The highest bits say the kind, the others begin the number of nibbles.
		let (branch, has_value, hashed, bits) = match first {
			0x40..=0x7f => (false, true, false, 6),
			0x80..=0xbf => (true, false, false, 6),
			0xc0..=0xff => (true, true, false, 6),
			0x20..=0x3f => (false, true, true, 5),
			0x10..=0x1f => (true, true, true, 4),
			// The empty trie is a node of one byte.
			0 if input.is_empty() => {
				return Some(Node {
					partial: Vec::new(),
					value: None,
					children: None,
				})
			}
			_ => return None,
		};
		let partial = partial(input, first & ((1 << bits) - 1), (1 << bits) - 1)?;
		let bitmap = match branch {
			true => u16::from_le_bytes(take(input, 2)?.try_into().ok()?),
			false => 0,
		};
		if branch && bitmap == 0 {
			return None;
		}
		let value = match (has_value, hashed) {
			(false, _) => None,
			(true, true) => Some(Value::Hashed(take(input, 32)?.try_into().ok()?)),
			(true, false) => Some(Value::Inline(sized(input)?)),
		};
		let mut children = [None; 16];
		for (nibble, child) in children.iter_mut().enumerate() {
			if bitmap & (1 << nibble) == 0 {
				continue;
			}
			let bytes = sized(input)?;
			*child = Some(match <Digest>::try_from(bytes) {
				Ok(hash) => Child::Hashed(hash),
				Err(_) if bytes.len() < 32 => Child::Inline(bytes),
				Err(_) => return None,
			});
		}
		input.is_empty().then_some(Node {
			partial,
			value,
			children: branch.then_some(children),
		})
	}
}

fn take<'a>(input: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
	if length > input.len() {
		return None;
	}
	let (taken, rest) = input.split_at(length);
	*input = rest;
	Some(taken)
}

/// A compact length and as many bytes.
fn sized<'a>(input: &mut &'a [u8]) -> Option<&'a [u8]> {
	let Compact(length) = Compact::<u32>::decode(input).ok()?;
	take(input, length as usize)
}

/// The nibbles of a node: their number begins in the first byte, where it is less than `most`.
fn partial(input: &mut &[u8], begun: u8, most: u8) -> Option<Vec<u8>> {
	let mut count = usize::from(begun);
	if begun == most {
		loop {
			let more = take(input, 1)?[0];
			count += usize::from(more);
			if more < 255 {
				break;
			}
		}
	}
	let bytes = take(input, count.div_ceil(2))?;
	let mut nibbles = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
	// An odd number begins in the lower half of the first byte; the upper one is empty.
	if count % 2 == 1 && nibbles.next() != Some(0) {
		return None;
	}
	Some(nibbles.collect())
}
