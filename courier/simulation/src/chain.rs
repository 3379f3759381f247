// SPDX-License-Identifier: Apache-2.0

//! The chain: blocks, forks, finality, and what each node has seen of them.

use parking_lot::Mutex;
use sealane_courier::{
	chain::{ChainView, DirectoryAt},
	testing::{granted, name, ChainState, GENESIS},
};
use sealane_primitives::{
	business::{BusinessKind, BusinessKinds},
	calendar::Timetable,
	clauses::{json, Clauses},
	directory::{AgreementEntry, Refusal, Scope},
	evidence::{range::Range, FinalBlockRef},
	ids::{AnchorSequence, BlockNumber, ChannelId, Digest, MemberId, NodeId, ProductId},
	keys::{Compromise, CourierKey},
	runtime_api::AnchorEntry,
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};
use tokio::sync::watch;

/// Signing and sealing key of a node.
type PublicPair = ([u8; 32], [u8; 32]);

/// Virtual milliseconds between two blocks.
pub const BLOCK_MS: u64 = 2_000;
/// How far finality is behind the best block.
const FINALITY_LAG: usize = 3;
/// Blocks between the announcement of a key and its beginning, and between that and the end of the one before.
const ROTATION_BLOCKS: BlockNumber = 32;

/// What a block may change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
	/// A grant covers these kinds and this rate.
	Grant {
		/// The channel.
		channel: ChannelId,
		/// The kinds.
		kinds: Vec<BusinessKind>,
		/// Orders per minute; none is no limit.
		rate: Option<u32>,
	},
	/// A channel is closed.
	Close {
		/// The channel.
		channel: ChannelId,
		/// Why.
		refusal: Refusal,
	},
	/// The interfaces of a channel are served by another node.
	Move {
		/// The node.
		to: NodeId,
	},
	/// A node announces its next courier key.
	Rotate {
		/// The node.
		node: NodeId,
	},
	/// Seller and issuer agree that orders have an amount of at least 100.
	Agree {
		/// The channel.
		channel: ChannelId,
	},
}

/// A change, or what only the world itself brings on chain.
#[derive(Clone, Debug)]
enum Extrinsic {
	Change(Change),
	Anchor(NodeId, AnchorSequence, Digest),
}

struct Block {
	state: ChainState,
	hash: Digest,
	extrinsics: Vec<Extrinsic>,
}

/// What one node has seen.
struct Seen {
	directory: watch::Sender<Option<Arc<DirectoryAt>>>,
	finalised: watch::Sender<BlockNumber>,
	/// Blocks that it does not know of yet.
	lag: usize,
	/// Directories by the virtual time from which on the node knew them.
	since: Vec<(u64, Arc<DirectoryAt>)>,
}

struct Inner {
	blocks: Vec<Block>,
	finalised: usize,
	pool: Vec<Extrinsic>,
	forks: u64,
	seen: BTreeMap<NodeId, Seen>,
	/// The courier keys that each node has, in the order in which it announces them.
	keys: BTreeMap<NodeId, Vec<PublicPair>>,
	agreements: u32,
}

/// The chain; clones are the same one.
#[derive(Clone)]
pub struct Chain(Arc<Mutex<Inner>>);

impl Chain {
	/// A chain whose first block has this state.
	pub fn new(state: ChainState, keys: BTreeMap<NodeId, Vec<PublicPair>>) -> Self {
		let nodes = keys.keys().copied().collect::<Vec<_>>();
		let mut inner = Inner {
			blocks: vec![Block {
				state,
				hash: [1; 32],
				extrinsics: Vec::new(),
			}],
			finalised: 0,
			pool: Vec::new(),
			forks: 0,
			seen: BTreeMap::new(),
			keys,
			agreements: 0,
		};
		for node in nodes {
			let seen = Seen {
				directory: watch::Sender::new(None),
				finalised: watch::Sender::new(1),
				lag: 0,
				since: Vec::new(),
			};
			inner.seen.insert(node, seen);
			inner.show(node, 0);
		}
		Chain(Arc::new(Mutex::new(inner)))
	}

	/// The chain as a node sees it.
	pub fn view(&self, node: NodeId) -> Arc<dyn ChainView> {
		let inner = self.0.lock();
		let seen = &inner.seen[&node];
		Arc::new(View {
			chain: self.clone(),
			directory: seen.directory.subscribe(),
			finalised: seen.finalised.subscribe(),
			node,
		})
	}

	/// Brings a change into the next block.
	pub fn submit(&self, change: Change) {
		self.0.lock().pool.push(Extrinsic::Change(change));
	}

	/// Brings an anchor into the next block.
	pub fn submit_anchor(&self, node: NodeId, sequence: AnchorSequence, root: Digest) {
		self.0.lock().pool.push(Extrinsic::Anchor(node, sequence, root));
	}

	/// Makes the next block at virtual time `now`.
	pub fn block(&self, now: u64) {
		let mut inner = self.0.lock();
		let extrinsics = std::mem::take(&mut inner.pool);
		inner.append(extrinsics);
		inner.finalised = inner.finalised.max(inner.blocks.len().saturating_sub(FINALITY_LAG + 1));
		inner.show_all(now);
	}

	/// Another fork wins: the last `depth` blocks that are not final go, their extrinsics wait again.
	pub fn reorganise(&self, depth: usize, now: u64) {
		let mut inner = self.0.lock();
		let depth = depth.min(inner.blocks.len() - 1 - inner.finalised);
		if depth == 0 {
			return;
		}
		let keep = inner.blocks.len() - depth;
		let gone = inner.blocks.split_off(keep);
		let again = gone.into_iter().flat_map(|block| block.extrinsics);
		let waiting = again.chain(std::mem::take(&mut inner.pool)).collect();
		inner.forks += 1;
		(0..=depth).for_each(|_| inner.append(Vec::new()));
		inner.pool = waiting;
		inner.show_all(now);
	}

	/// A node hears of blocks so late from now on.
	pub fn set_lag(&self, node: NodeId, blocks: usize) {
		if let Some(seen) = self.0.lock().seen.get_mut(&node) {
			seen.lag = blocks;
		}
	}

	/// The newest state.
	pub fn head(&self) -> ChainState {
		let inner = self.0.lock();
		inner.blocks[inner.blocks.len() - 1].state.clone()
	}

	/// The directories that a node held at some moment between `from` and now.
	pub fn known_since(&self, node: NodeId, from: u64) -> Vec<Arc<DirectoryAt>> {
		let inner = self.0.lock();
		let since = &inner.seen[&node].since;
		let first = since.partition_point(|(at, _)| *at <= from).saturating_sub(1);
		since[first..].iter().map(|(_, directory)| directory.clone()).collect()
	}

	/// The newest directory that a node has seen.
	pub fn known(&self, node: NodeId) -> Arc<DirectoryAt> {
		let inner = self.0.lock();
		let (_, newest) = inner.seen[&node].since.last().expect("each node sees the first block");
		newest.clone()
	}

	/// The number of a node's next anchor in the newest block that it knows.
	pub fn next_anchor(&self, node: NodeId) -> AnchorSequence {
		let inner = self.0.lock();
		let at = inner.best_of(node);
		inner.blocks[at].state.next_anchor(node)
	}

	/// The hash of a block.
	pub fn hash(&self, block: BlockNumber) -> Option<Digest> {
		let inner = self.0.lock();
		inner.blocks.get(block.checked_sub(1)? as usize).map(|b| b.hash)
	}

	/// The newest block that is final for a node.
	pub fn final_block(&self, node: NodeId) -> FinalBlockRef {
		let inner = self.0.lock();
		let block = &inner.blocks[inner.finalised.min(inner.best_of(node))];
		FinalBlockRef {
			number: block.state.block,
			hash: block.hash,
		}
	}

	/// The courier keys of a node as block `at` lists them.
	pub fn keys_at(&self, node: NodeId, at: BlockNumber) -> Vec<CourierKey> {
		let inner = self.0.lock();
		let Some(block) = at.checked_sub(1).and_then(|at| inner.blocks.get(at as usize)) else {
			return Vec::new();
		};
		let nodes = block.state.members.iter().flat_map(|m| &m.nodes);
		nodes.filter(|n| n.id == node).flat_map(|n| n.keys.to_vec()).collect()
	}
}

impl Inner {
	fn append(&mut self, extrinsics: Vec<Extrinsic>) {
		let mut state = self.blocks[self.blocks.len() - 1].state.clone();
		state.block += 1;
		for extrinsic in &extrinsics {
			self.apply(&mut state, extrinsic);
		}
		let mut hash = [0; 32];
		hash[..4].copy_from_slice(&state.block.to_le_bytes());
		hash[4..12].copy_from_slice(&self.forks.to_le_bytes());
		self.blocks.push(Block {
			state,
			hash,
			extrinsics,
		});
	}

	fn apply(&mut self, state: &mut ChainState, extrinsic: &Extrinsic) {
		match extrinsic {
			Extrinsic::Change(Change::Grant { channel, kinds, rate }) => {
				let mut grant = granted(*channel);
				grant.kinds = BusinessKinds::of(kinds);
				grant.orders_per_minute = *rate;
				state.channel(*channel).authorisation = Ok(grant);
			}
			Extrinsic::Change(Change::Close { channel, refusal }) => {
				state.channel(*channel).authorisation = Err(*refusal);
			}
			Extrinsic::Change(Change::Move { to }) => {
				let interfaces = state
					.channels
					.iter_mut()
					.filter(|c| c.issuer == 2)
					.flat_map(|c| &mut c.interfaces);
				interfaces.for_each(|i| i.node = *to);
			}
			Extrinsic::Change(Change::Rotate { node }) => self.rotate(state, *node),
			Extrinsic::Change(Change::Agree { channel }) => {
				self.agreements += 1;
				let entry = AgreementEntry {
					id: self.agreements,
					scope: Scope::All,
					version: self.agreements,
					from: state.block,
					clauses: amount_at_least_100(),
				};
				state.channel(*channel).agreements = vec![entry];
			}
			Extrinsic::Anchor(node, sequence, root) => {
				if *sequence == state.next_anchor(*node) {
					state.put_anchor(*node, *root);
				}
			}
		}
	}

	fn rotate(&self, state: &mut ChainState, node: NodeId) {
		let block = state.block;
		let own = &self.keys[&node];
		let nodes = state.members.iter_mut().flat_map(|m| &mut m.nodes);
		for entry in nodes.filter(|n| n.id == node) {
			let newest = entry.keys.last().map(|key| key.signing);
			let at = own.iter().position(|(signing, _)| Some(*signing) == newest);
			let Some((signing, sealing)) = at.and_then(|at| own.get(at + 1)) else {
				return;
			};
			let mut keys: Vec<CourierKey> = entry.keys.to_vec();
			keys.retain(|key| key.valid_until.is_none_or(|until| until + 2_000 > block));
			if let Some(last) = keys.last_mut() {
				last.valid_until = Some(block + 2 * ROTATION_BLOCKS);
			}
			keys.push(CourierKey {
				signing: *signing,
				sealing: *sealing,
				valid_from: block + ROTATION_BLOCKS,
				valid_until: None,
			});
			if let Ok(keys) = keys.try_into() {
				entry.keys = keys;
			}
		}
	}

	fn best_of(&self, node: NodeId) -> usize {
		let lag = self.seen[&node].lag;
		(self.blocks.len() - 1).saturating_sub(lag)
	}

	fn show_all(&mut self, now: u64) {
		let nodes: Vec<_> = self.seen.keys().copied().collect();
		nodes.into_iter().for_each(|node| self.show(node, now));
	}

	/// Tells a node of its newest blocks.
	fn show(&mut self, node: NodeId, now: u64) {
		let best = self.best_of(node);
		let block = &self.blocks[best];
		let at = Arc::new(DirectoryAt {
			block: block.state.block,
			hash: block.hash,
			reading: block.state.reading(node),
		});
		let finalised = self.blocks[self.finalised.min(best)].state.block;
		let Some(seen) = self.seen.get_mut(&node) else { return };
		seen.since.push((now, at.clone()));
		seen.directory.send_replace(Some(at));
		seen.finalised.send_if_modified(|known| {
			let grows = finalised > *known;
			*known = finalised.max(*known);
			grows
		});
	}
}

struct View {
	chain: Chain,
	directory: watch::Receiver<Option<Arc<DirectoryAt>>>,
	finalised: watch::Receiver<BlockNumber>,
	node: NodeId,
}

impl View {
	/// Reads the state of the block with this hash.
	fn at<T>(&self, hash: &Digest, read: impl FnOnce(&ChainState) -> T) -> Result<T, String> {
		let inner = self.chain.0.lock();
		let block = inner.blocks.iter().rev().find(|block| block.hash == *hash);
		block
			.map(|block| read(&block.state))
			.ok_or_else(|| "the block is on no branch that is kept".into())
	}

	/// Reads the state of the newest final block that the node knows.
	fn finally<T>(&self, read: impl FnOnce(&ChainState) -> T) -> T {
		let inner = self.chain.0.lock();
		let at = inner.finalised.min(inner.best_of(self.node));
		read(&inner.blocks[at].state)
	}
}

impl ChainView for View {
	fn genesis(&self) -> Digest {
		GENESIS
	}

	fn directory(&self) -> watch::Receiver<Option<Arc<DirectoryAt>>> {
		self.directory.clone()
	}

	fn finalised(&self) -> watch::Receiver<BlockNumber> {
		self.finalised.clone()
	}

	fn final_hash(&self, number: BlockNumber) -> Result<Option<Digest>, String> {
		if number > *self.finalised.borrow() {
			return Ok(None);
		}
		Ok(match number {
			0 => Some(GENESIS),
			number => self.chain.hash(number),
		})
	}

	fn anchor(&self, node: NodeId, sequence: AnchorSequence, finalised: bool) -> Result<Option<AnchorEntry>, String> {
		let inner = self.chain.0.lock();
		let best = inner.best_of(self.node);
		let at = if finalised { inner.finalised.min(best) } else { best };
		Ok(inner.blocks[at].state.anchors.get(&(node, sequence)).copied())
	}

	fn final_range(&self, node: NodeId) -> Result<Range, String> {
		Ok(self.finally(|state| state.ranges.get(&node).cloned().unwrap_or_default()))
	}

	fn compromise(&self, signing: &[u8; 32]) -> Result<Option<Compromise>, String> {
		let inner = self.chain.0.lock();
		let best = inner.best_of(self.node);
		Ok(inner.blocks[best].state.stolen.get(signing).copied())
	}

	fn are_registered(&self, at: &Digest, issuer: MemberId, commitments: Vec<Digest>) -> Result<Vec<bool>, String> {
		self.at(at, |state| state.are_registered(issuer, &commitments))
	}

	fn are_finally_registered(&self, issuer: MemberId, commitments: Vec<Digest>) -> Result<Vec<bool>, String> {
		Ok(self.finally(|state| state.are_registered(issuer, &commitments)))
	}

	fn ended_registrations(&self, at: &Digest, issuer: MemberId, from: u32) -> Result<Option<Vec<Digest>>, String> {
		self.at(at, |state| state.ended_registrations(issuer, from))
	}

	fn receipt_outcomes(&self, issuer: MemberId, commitments: Vec<Digest>) -> Result<Vec<Option<bool>>, String> {
		Ok(self.finally(|state| state.receipt_outcomes(issuer, &commitments)))
	}

	fn timetable(&self, issuer: MemberId, _: Option<ProductId>) -> Result<Timetable, String> {
		let inner = self.chain.0.lock();
		Ok(inner.blocks[inner.best_of(self.node)].state.timetable(issuer))
	}
}

/// The clauses of [`Change::Agree`].
fn amount_at_least_100() -> Clauses {
	let text = br#"[{"code":"large","any_of":[{"amount_at_least":{"amount":"100.00","currency":"CNY"}}]}]"#;
	json::from_json(text).expect("the simulation's clauses are clauses")
}

/// The interface of an issuer's member.
pub fn interface(member: u32) -> sealane_primitives::ids::Name {
	name(&format!("I{member}"))
}
