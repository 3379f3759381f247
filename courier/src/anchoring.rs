// SPDX-License-Identifier: Apache-2.0

//! Anchors: one root over the batches that both sides signed since the last one.
//!
//! The off-chain worker asks for an anchor at each block. Where one is due it is cut, and is on disk before it is offered, so that
//! what goes on chain can always be opened again; the worker waits a moment for that, as a block later is two seconds later. It is
//! offered until the chain's next number has moved past it, and is final when the chain says so in a final block.

use crate::{
	cutting::Note,
	evidence::{anchor_leaves, batch_headers},
	random,
	records::{kind, AnchorCut, AnchorFinal},
	service::Courier,
};
use codec::Decode;
use parking_lot::Mutex;
use sealane_primitives::{
	courier_host::ReadyAnchor,
	evidence,
	ids::{AnchorSequence, BlockNumber},
};
use std::{
	sync::{mpsc, Arc},
	time::Duration,
};

const LOG_TARGET: &str = "courier";
/// Most batches in one anchor: what one record of the log can name, with room.
const MAX_BATCHES: usize = 65_536;
/// Blocks after which an anchor that was handed to the pool and is not on chain is handed to it again.
const RESUBMIT_BLOCKS: BlockNumber = 8;

/// What anchoring keeps in memory.
#[derive(Default)]
pub struct Anchoring {
	state: Mutex<State>,
}

#[derive(Default)]
struct State {
	/// A cut is under way.
	cutting: bool,
}

/// The anchor to submit at block `at`, if one is ready; cuts one where it is `due` and something waits. Blocks for the cut, at most
/// [`anchor_patience_ms`](crate::Config::anchor_patience_ms).
pub(crate) fn ready(courier: &Arc<Courier>, next: AnchorSequence, at: BlockNumber, due: bool) -> Option<ReadyAnchor> {
	let waiting = {
		let book = courier.library.book.read();
		book.anchors
			.get(&next)
			.map(|anchor| (anchor.position, anchor.submitted))
	};
	if let Some((position, submitted)) = waiting {
		let recently = submitted.is_some_and(|before| at.saturating_sub(before) < RESUBMIT_BLOCKS);
		return if recently { None } else { offer(courier, position) };
	}
	if !due || courier.library.book.read().unanchored.is_empty() {
		return None;
	}
	let (done, cut_done) = mpsc::channel::<()>();
	{
		let mut state = courier.anchoring.state.lock();
		if state.cutting {
			return None;
		}
		state.cutting = true;
	}
	let task = cut(courier.clone(), next, at);
	courier.spawn(
		"courier-cut-anchor",
		Box::pin(async move {
			task.await;
			// The off-chain worker may wait no longer.
			let _ = done.send(());
		}),
	);
	// Nearly always the anchor is on disk within milliseconds and goes out at this block; else it goes at the next one.
	let patience = Duration::from_millis(courier.config.anchor_patience_ms);
	cut_done.recv_timeout(patience).ok()?;
	let position = courier.library.book.read().anchors.get(&next)?.position;
	offer(courier, position)
}

fn offer(courier: &Courier, position: u64) -> Option<ReadyAnchor> {
	let cut = read(courier, position)?;
	Some(ReadyAnchor {
		sequence: cut.sequence,
		root: cut.root,
	})
}

fn read(courier: &Courier, position: u64) -> Option<AnchorCut> {
	let record = courier
		.library
		.reader()
		.read(position)
		.ok()
		.filter(|r| r.kind == kind::ANCHOR_CUT)?;
	AnchorCut::decode(&mut &record.payload[..]).ok()
}

async fn cut(courier: Arc<Courier>, sequence: AnchorSequence, block: BlockNumber) {
	let batches: Vec<_> = {
		let book = courier.library.book.read();
		book.unanchored.iter().take(MAX_BATCHES).copied().collect()
	};
	let headers = match batch_headers(&courier.library, &batches) {
		Ok(headers) if headers.len() == batches.len() => headers,
		Ok(_) => {
			log::error!(target: LOG_TARGET, "Anchor {sequence}: a batch is not in the log");
			courier.anchoring.state.lock().cutting = false;
			return;
		}
		Err(error) => {
			log::error!(target: LOG_TARGET, "Anchor {sequence}: {error}");
			courier.anchoring.state.lock().cutting = false;
			return;
		}
	};
	let blinding_seed = random::bytes(courier.random.as_ref());
	let root = evidence::root(&anchor_leaves(&headers, &blinding_seed));
	let bytes = batches.len() * 20;
	let cut = AnchorCut {
		at: courier.clock.now_ms(),
		block,
		sequence,
		blinding_seed,
		batches,
		root,
	};
	if !courier.note_durably(Note::AnchorCut(cut), bytes).await {
		log::warn!(target: LOG_TARGET, "Anchor {sequence} was not cut; it is cut at a later block");
	}
	courier.anchoring.state.lock().cutting = false;
}

/// Follow finality: tell which anchors are final.
pub(crate) async fn follow_finality(courier: Arc<Courier>) {
	let mut finalised = courier.chain.finalised();
	loop {
		settle(&courier).await;
		tokio::select! {
			biased;
			_ = courier.stopped() => return,
			changed = finalised.changed() => if changed.is_err() { return },
		}
	}
}

async fn settle(courier: &Arc<Courier>) {
	let Some(snapshot) = courier.snapshot() else { return };
	let open: Vec<_> = {
		let book = courier.library.book.read();
		let open = book.anchors.iter().filter(|(_, a)| a.final_at.is_none());
		open.map(|(sequence, a)| (*sequence, a.root, a.block, a.position))
			.collect()
	};
	courier.metrics.anchors_open.set(open.len() as u64);
	for (sequence, root, block, position) in open {
		let entry = match courier.chain.anchor(snapshot.directory.node, sequence, true) {
			Ok(Some(entry)) => entry,
			Ok(None) => {
				if block.is_none() {
					note_inclusion(courier, snapshot.directory.node, sequence);
				}
				continue;
			}
			Err(error) => {
				log::debug!(target: LOG_TARGET, "Anchor {sequence} cannot be looked up: {error}");
				return;
			}
		};
		let foreign = entry.root != root;
		let batches = read(courier, position).map(|cut| cut.batches).unwrap_or_default();
		if foreign {
			log::warn!(
				target: LOG_TARGET,
				"Anchor {sequence} is on chain with another root than this log's; its batches go into a later one",
			);
		}
		let end = AnchorFinal {
			at: courier.clock.now_ms(),
			sequence,
			block: entry.block,
			foreign,
		};
		let bytes = 64;
		courier.note_durably(Note::AnchorFinal(end, batches), bytes).await;
	}
}

/// Remember in which block an anchor is that is not final yet.
fn note_inclusion(courier: &Courier, node: u32, sequence: AnchorSequence) {
	let Ok(Some(entry)) = courier.chain.anchor(node, sequence, false) else {
		return;
	};
	if let Some(anchor) = courier.library.book.write().anchors.get_mut(&sequence) {
		if anchor.root == entry.root {
			anchor.block = Some(entry.block);
		}
	}
}
