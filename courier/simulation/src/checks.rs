// SPDX-License-Identifier: Apache-2.0

//! The rules: what must hold at every step, and what must have come of it all in the end.
//!
//! | rule | what it says |
//! |---|---|
//! | `starts` | a node starts on whatever a crash left of its disk |
//! | `recovers` | a crash now would leave lanes, anchors and index as they are |
//! | `kept` | an order that a node took is there after every crash |
//! | `authorised` | nothing is handed to an issuer that the chain, as its node knew it in the last moments, does not allow |
//! | `unsent` | an order that was never sent is not confirmed |
//! | `reads` | a request of a partner makes an issuer's node read little |
//! | `writes` | an issuer's node writes little more than it is handed |
//! | `spins` | a partner that makes no progress is not sent the same again and again |
//! | `blamed` | nobody reports a node that does its duty |
//! | `flows` | when all trouble is over, whatever the chain allows is delivered, and answers come back on channels that ended |
//! | `settles` | when the chain allows all of it, every order ends alike on both sides, final |
//! | `cancels` | the clauses of an order are no reason to turn its cancellation down |
//! | `signed` | what is shown as signed by both is proven by its pack, with keys that held at the anchor's block |
//! | `rests` | nobody goes round for ever |

use crate::{
	business::{kind_of, Placed},
	hostile::HOSTILE,
	world::{broken, Broken, Checked, World, COURIERS},
};
use sealane_courier::{
	api::{Cursor, InboxEntry, OrderStage, OrderState},
	store::fault::Crash,
	testing::{recovers_alike, ChannelSpec, GENESIS},
	Handle,
};
use sealane_primitives::{
	business::BusinessKind,
	directory::{Directory, Refusal},
	ids::{MemberId, NodeId},
	keys::{held, DEFAULT_KEY_GRACE},
};
use std::{collections::BTreeMap, sync::Arc};

/// Steps between two looks at what is dear to look at.
const OFTEN: u64 = 50;
/// Bytes that one step for a request may read from the disk of an issuer's node.
const MOST_READ: u64 = 128 << 10;
/// Virtual milliseconds for which a node may act on what it knew before.
const AUTHORISED_MS: u64 = 3_000;
/// Envelopes on one lane within five seconds of which none is acknowledged.
const MOST_IDLE: usize = 64;
/// Bytes that a node may write per byte that it was handed, and per request.
const WRITTEN_PER_BYTE: u64 = 4;
const WRITTEN_PER_REQUEST: u64 = 6 << 10;

/// What the checks remember from step to step.
#[derive(Default)]
pub struct Watch {
	inbox: BTreeMap<NodeId, (u64, Cursor)>,
}

impl Watch {
	/// A task took a step; `before` and `after` count the bytes that each node has read.
	pub fn step(&mut self, name: &str, before: &[(NodeId, u64)], after: &[(NodeId, u64)]) -> Checked {
		if name != "courier-envelope" {
			return Ok(());
		}
		for ((node, before), (_, after)) in before.iter().zip(after) {
			let read = after - before;
			if matches!(node, 2 | 5) && read > MOST_READ {
				return Err(broken(
					"reads",
					format!("node {node} reads {read} bytes in one step for one request"),
				));
			}
		}
		Ok(())
	}

	/// Checks what can be checked after each step.
	pub fn after_step(mut self, world: &World) -> (Self, Checked) {
		let mut checked = self.authorised(world);
		if checked.is_ok() && world.steps.is_multiple_of(OFTEN) {
			checked = recovers(world).and_then(|()| unsent(world)).and_then(|()| spins(world));
		}
		(self, checked)
	}

	/// A node has another disk.
	pub fn forget(&mut self, node: NodeId) {
		self.inbox.remove(&node);
	}

	/// Looks at what came into the inboxes since the last step.
	fn authorised(&mut self, world: &World) -> Checked {
		for id in [2, 5] {
			let Some(handle) = world.handles.lock().get(&id).cloned() else {
				self.inbox.remove(&id);
				continue;
			};
			let tail = handle.tail().borrow().position;
			let (seen, cursor) = *self.inbox.entry(id).or_insert((
				tail,
				Cursor {
					position: tail,
					entry: 0,
				},
			));
			if tail == seen {
				continue;
			}
			let Ok(page) = handle.inbox(cursor, 1 << 20) else {
				continue;
			};
			self.inbox.insert(id, (tail, page.next));
			let now = world.executor.now();
			if world.nodes[&id].stalled_since(now.saturating_sub(AUTHORISED_MS)) {
				continue;
			}
			let known = world.chain.known_since(id, now.saturating_sub(AUTHORISED_MS));
			for entry in &page.entries {
				let allowed = known.iter().filter_map(|at| at.directory()).any(|d| allows(d, entry));
				if !allowed {
					let what = format!(
						"node {id} hands out an order of lane {} packet {} that the chain does not allow",
						entry.lane, entry.sequence
					);
					return Err(broken("authorised", what));
				}
			}
		}
		Ok(())
	}
}

fn allows(directory: &Directory, entry: &InboxEntry) -> bool {
	let channel = directory.channels.iter().find(|c| c.id == entry.channel);
	let grant = channel.and_then(|c| c.authorisation.ok());
	grant.is_some_and(|grant| kind_of(&entry.bytes).is_none_or(|kind| grant.kinds.contains(kind)))
}

/// The orders that the node of an institution may be asked for: seller and id.
fn ids_at(world: &World, node: NodeId) -> Vec<(MemberId, String)> {
	let issues = matches!(node, 2 | 5);
	let placed = |o: &&Placed| o.node == node || (issues && o.issuer == 2);
	let mut ids: Vec<_> = world.business.memory(|m| {
		m.placed
			.iter()
			.filter(placed)
			.map(|o| (o.seller, o.id.clone()))
			.collect()
	});
	if issues {
		ids.extend(world.hostile.ids().into_iter().map(|id| (HOSTILE, id)));
	}
	ids
}

/// A crash of any node would be survived.
fn recovers(world: &World) -> Checked {
	for (id, node) in world.nodes.iter().filter(|(_, node)| !node.frozen) {
		let Some(handle) = world.handles.lock().get(id).cloned() else {
			continue;
		};
		let disk = Arc::new(node.hands.disk.crashed(Crash::KeepAll));
		let ids = ids_at(world, *id);
		recovers_alike(&handle, disk, &ids).map_err(|what| broken("recovers", format!("node {id}: {what}")))?;
	}
	Ok(())
}

/// No order is confirmed that nobody was sent.
fn unsent(world: &World) -> Checked {
	for order in world.business.memory(|m| m.placed.clone()) {
		let Some(state) = state_at(world, order.node, &order, None)? else {
			continue;
		};
		let tried = world
			.network
			.traffic(|t| t.get(&state.lane).map_or(0, |lane| lane.tried));
		if state.confirmation.is_some() && state.sequence >= tried {
			let what = format!(
				"order {} of node {} is {}, and was never sent",
				order.id, order.node, state.stage
			);
			return Err(broken("unsent", what));
		}
	}
	Ok(())
}

fn spins(world: &World) -> Checked {
	let most = world.network.traffic(|traffic| {
		let lanes = traffic.iter().filter(|(lane, _)| lane.from != HOSTILE);
		lanes.map(|(lane, traffic)| (traffic.most_idle, *lane)).max()
	});
	match most {
		Some((most, lane)) if most > MOST_IDLE => Err(broken(
			"spins",
			format!("lane {lane}: {most} envelopes in five seconds, none of them acknowledged"),
		)),
		_ => Ok(()),
	}
}

/// An order as a node knows it, while the node runs.
fn state_at(
	world: &World,
	node: NodeId,
	order: &Placed,
	seller: Option<MemberId>,
) -> Result<Option<OrderState>, Broken> {
	let Some(handle) = world.handles.lock().get(&node).cloned() else {
		return Ok(None);
	};
	let state = handle
		.order(&order.id, seller)
		.map_err(|e| broken("kept", format!("order {}: {e}", order.id)))?;
	// What a restored node lost comes back, and must be there in the end.
	if state.is_none() && node == order.node && !world.nodes[&node].restored {
		return Err(broken(
			"kept",
			format!("order {} is gone from node {node}, which took it", order.id),
		));
	}
	Ok(state)
}

/// Whether the seller's node has the order now.
pub fn is_at_seller(world: &World, order: &Placed) -> bool {
	matches!(state_at(world, order.node, order, None), Ok(Some(_)))
}

/// Whether a node of the issuer has it now.
pub fn is_at_issuer(world: &World, order: &Placed) -> bool {
	matches!(at_issuer(world, order), Ok(Some(_)))
}

/// The order at whichever of the issuer's nodes has it.
fn at_issuer(world: &World, order: &Placed) -> Result<Option<OrderState>, Broken> {
	match state_at(world, 2, order, Some(order.seller))? {
		Some(state) => Ok(Some(state)),
		None => state_at(world, 5, order, Some(order.seller)),
	}
}

/// Everything that the chain allows now is delivered.
pub fn flows(world: &World) -> Checked {
	let head = world.chain.head();
	for order in world
		.business
		.memory(|m| m.placed.clone())
		.iter()
		.filter(|o| o.issuer != HOSTILE)
	{
		let Some(ours) = state_at(world, order.node, order, None)? else {
			let what = format!(
				"node {} does not run, or has not its order {} again",
				order.node, order.id
			);
			return Err(broken("flows", what));
		};
		let channel = head.channels.iter().find(|c| c.id == ours.channel);
		let ended = |c: &ChannelSpec| matches!(c.authorisation, Err(Refusal::Revoked | Refusal::Expired));
		if channel.is_some_and(ended) && ours.confirmation.is_none() {
			// The end of a channel stops orders. Answers to those that arrived drain.
			if at_issuer(world, order)?.is_some_and(|theirs| theirs.confirmation.is_some()) {
				let what = format!(
					"the answer to order {} does not come back on a channel that is over",
					order.id
				);
				return Err(broken("flows", what));
			}
			continue;
		}
		let grant = channel.and_then(|c| c.authorisation.ok());
		if grant.is_none_or(|grant| !grant.kinds.contains(order.kind)) {
			continue;
		}
		let settled_alone = ours.confirmation.is_some();
		if !settled_alone && at_issuer(world, order)?.is_none() {
			let waiting = waiting(world, order);
			let what = format!("order {} of node {} is not delivered: {waiting}", order.id, order.node);
			return Err(broken("flows", what));
		}
	}
	Ok(())
}

fn waiting(world: &World, order: &Placed) -> String {
	let handle = world.handles.lock().get(&order.node).cloned();
	let trace = handle.and_then(|handle| handle.trace(&order.id, None).ok().flatten());
	trace.map_or_else(|| "nobody knows why".into(), |trace| format!("{:?}", trace.waiting))
}

/// Every order between those who do their duty ended alike on both sides and is final on chain.
pub fn settles(world: &World) -> Checked {
	let confirmed = world.business.memory(|m| m.confirmed.clone());
	for order in world
		.business
		.memory(|m| m.placed.clone())
		.iter()
		.filter(|o| o.issuer != HOSTILE)
	{
		let Some(ours) = state_at(world, order.node, order, None)? else {
			return Err(broken("settles", format!("node {} does not run", order.node)));
		};
		let theirs = at_issuer(world, order)?;
		let (a, b) = (
			ours.confirmation.map(|c| c.bytes),
			theirs.as_ref().and_then(|t| t.confirmation.clone()),
		);
		let stage = theirs.map(|t| t.stage);
		let alike = a.is_some() && a == b.map(|c| c.bytes);
		if !alike || ours.stage != OrderStage::Finalised || stage != Some(OrderStage::Finalised) {
			let desk = confirmed.contains(&(order.seller, order.id.clone()));
			let what = format!(
				"order {} of member {} is {} there and {stage:?} at the issuer, whose desk confirmed it: {desk}; \
				 same answer: {alike}; waits for {}",
				order.id,
				order.seller,
				ours.stage,
				waiting(world, order)
			);
			return Err(broken("settles", what));
		}
	}
	Ok(())
}

/// What can be told only when all is over.
pub fn at_the_end(world: &World) -> Checked {
	recovers(world)?;
	unsent(world)?;
	spins(world)?;
	cancels(world)?;
	signed(world)?;
	blamed(world)?;
	writes(world)
}

fn cancels(world: &World) -> Checked {
	let cancellations = |order: &&Placed| order.kind == BusinessKind::Cancellation && order.issuer != HOSTILE;
	let orders: Vec<Placed> = world
		.business
		.memory(|m| m.placed.iter().filter(cancellations).cloned().collect());
	for order in orders {
		let answer = state_at(world, order.node, &order, None)?.and_then(|state| state.confirmation);
		let text = answer
			.filter(|a| a.technical)
			.map(|a| String::from_utf8_lossy(&a.bytes).into_owned());
		if let Some(text) = text.filter(|text| text.contains("clauses.")) {
			return Err(broken(
				"cancels",
				format!("order {} of member {}: {text}", order.id, order.seller),
			));
		}
	}
	Ok(())
}

fn blamed(world: &World) -> Checked {
	let honest = |node: &NodeId| COURIERS.contains(node);
	match world.network.reports().into_iter().find(|(_, of, _)| honest(of)) {
		Some((by, of, what)) => Err(broken(
			"blamed",
			format!("node {by} reports node {of}, which does its duty, as {}", what.as_str()),
		)),
		None => Ok(()),
	}
}

fn writes(world: &World) -> Checked {
	// A machine that is no node's any more writes on the account of the node.
	for (id, node) in world.nodes.iter().filter(|(id, _)| COURIERS.contains(*id)) {
		let written = node.hands.written.load(std::sync::atomic::Ordering::Relaxed);
		let (received, requests) = world.network.received(*id);
		let (bytes, submissions) = world
			.business
			.memory(|m| m.handed_in.get(id).copied().unwrap_or_default());
		let blocks = world.executor.now() / crate::chain::BLOCK_MS;
		let most = WRITTEN_PER_BYTE * (received + bytes)
			+ WRITTEN_PER_REQUEST * (requests + submissions + 16)
			+ 1_024 * blocks;
		if written > most {
			let what = format!(
				"node {id} wrote {written} bytes for {} that it was handed; {most} would be enough",
				received + bytes
			);
			return Err(broken("writes", what));
		}
	}
	Ok(())
}

/// What is shown as signed by both holds in court.
fn signed(world: &World) -> Checked {
	for id in COURIERS {
		let Some(handle) = world.handles.lock().get(&id).cloned() else {
			continue;
		};
		for (seller, order) in ids_at(world, id) {
			// A seller's node knows its own orders alone, and which issuer a number means.
			let seller = matches!(id, 2 | 5).then_some(seller);
			proven(world, id, &handle, &order, seller)
				.map_err(|what| broken("signed", format!("node {id}, order {order}: {what}")))?;
		}
	}
	Ok(())
}

fn proven(world: &World, node: NodeId, handle: &Handle, order: &str, seller: Option<MemberId>) -> Result<(), String> {
	let Some(state) = handle.order(order, seller).map_err(|e| e.to_string())? else {
		return Ok(());
	};
	let claims = state.stage >= OrderStage::Hashed || state.batch.as_ref().is_some_and(|b| b.signed_by_both);
	if !claims {
		return Ok(());
	}
	let parts = handle.evidence(order, seller).map_err(|e| e.to_string())?;
	let parts = parts.ok_or_else(|| format!("is {} and has no evidence", state.stage))?;
	let block = parts.anchor.as_ref().and_then(|anchor| anchor.block);
	let pack = parts.pack(block.and_then(|block| world.chain.hash(block)));
	let pack = pack.ok_or_else(|| format!("is {} and a signature of its batch is nobody's", state.stage))?;
	pack.verify_local(&GENESIS)
		.map_err(|defect| format!("is {}, and its pack: {defect}", state.stage))?;
	let Some(block) = block.filter(|_| state.stage == OrderStage::Finalised) else {
		return Ok(());
	};
	let core = &pack.batch.core;
	for (by, half) in [
		(core.issuer_node, &pack.batch.issuer),
		(core.seller_node, &pack.batch.seller),
	] {
		if world.chain.hash(half.block.number).unwrap_or(GENESIS) != half.block.hash {
			return Err(format!(
				"is final, and node {by} attests it naming a block that is not on the chain"
			));
		}
		let listed = world.chain.keys_at(by, block);
		let key = listed.iter().find(|key| key.signing == half.key);
		let counts = key.map(|key| held(key, None, half.block.number, block, DEFAULT_KEY_GRACE));
		if !matches!(counts, Some(Ok(_))) {
			return Err(format!(
				"is final at node {node} in block {block}, where the key by which node {by} signed does not count: {counts:?}"
			));
		}
	}
	Ok(())
}
