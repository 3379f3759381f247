// SPDX-License-Identifier: Apache-2.0

//! Anchors: one root over the batches that wait for one, at each turn of the node.
//!
//! The off-chain worker asks for an anchor at each block and says whether it is the node's turn. Where batches wait one is cut, and is on
//! disk before it is offered, so that what goes on chain can always be opened again; the worker waits a moment for that, as a block later is
//! two seconds later. It is offered until the chain's next number has moved past it, and is final when the chain says so in a final block.
//!
//! Where nothing waits, or nothing of it can be anchored now, the node anchors all the same, and nobody can tell: the root of an *idle* anchor is derived from a secret of the store and the
//! anchor's number, so nothing is written for it, and it is the same when it is offered again. One and the other are offered at the same
//! blocks, by the same rules; whoever reads the whole chain learns from the time of an anchor who has a node, and nothing else.
//!
//! An anchor that is final counts for ever: its attestations are by keys that hold when it is cut, those of this node made anew where
//! they are not, and one that the chain takes so late that this may have changed is cut again. So is one that has an attestation by a key
//! that was declared stolen before the chain took it; the next has this node's half by another key, and the partner's not before it comes anew.

mod range;
mod stolen;

use super::{branches, registering, Courier, LOG_TARGET};
use crate::{
	attesting,
	batches::{Half, Waiting},
	chain::Snapshot,
	cutting::Note,
	random,
	records::{kind, AnchorCut, AnchorEnd, AnchorFinal, CutBatch},
	store::disk::Disk,
};
use codec::Decode;
use parking_lot::Mutex;
use range::OwnRange;
use ring::hkdf;
use sealane_primitives::{
	courier_host::ReadyAnchor,
	evidence::{self, range::Range, Attestation, Side},
	ids::{AnchorSequence, BlockNumber, Digest, NodeId},
	keys::{held, CourierKey, DEFAULT_KEY_GRACE},
	runtime_api::AnchorEntry,
};
use std::{
	path::{Path, PathBuf},
	sync::{mpsc, Arc},
	time::Duration,
};
use stolen::Stolen;

/// Most batches in one anchor: what one record of the log can name, with room.
const MAX_BATCHES: usize = 65_536;
/// Room in the log that a batch of an anchor takes, in bytes.
const BATCH_BYTES: usize = 64;
/// Blocks after which an anchor that was handed to the pool and is not on chain is handed to it again.
const RESUBMIT_BLOCKS: BlockNumber = 8;
/// How long a batch waits for its delivery before it is anchored with this side's attestation alone, in milliseconds.
const ALONE_AFTER_MS: u64 = 10 * 60_000;
/// Blocks after its cut from which on an anchor is cut again: a key that ended just after the cut has not been over for longer than evidence takes.
const LAPSE_BLOCKS: BlockNumber = DEFAULT_KEY_GRACE / 4;
/// Blocks before the end of a key in which batches that need it raise an alarm: an hour.
const ENDING_BLOCKS: BlockNumber = 1_800;
/// Blocks between two such alarms.
const ALARM_PAUSE_BLOCKS: BlockNumber = 150;

/// Domain tag of idle anchors.
const IDLE_TAG: &[u8] = b"sealane/2/idle";

/// What anchoring keeps in memory, and beside the log.
pub struct Anchoring {
	state: Mutex<State>,
	/// All final anchors of this node; `None` until it is known which one it is.
	own: Mutex<Option<OwnRange>>,
	disk: Arc<dyn Disk>,
	folder: PathBuf,
}

impl Anchoring {
	/// For a store in `folder`.
	pub(crate) fn new(disk: Arc<dyn Disk>, folder: &Path) -> Self {
		Anchoring {
			state: Mutex::default(),
			own: Mutex::default(),
			disk,
			folder: folder.into(),
		}
	}
}

#[derive(Default)]
struct State {
	/// A cut is under way.
	cutting: bool,
	/// The idle anchor that was handed to the pool last, and when.
	idle: Option<(AnchorSequence, BlockNumber)>,
	/// Block of the last alarm about keys that end.
	last_alarm: Option<BlockNumber>,
}

/// The anchor to submit at block `at`, where it is `due`: the one that was cut; else, where batches wait, one that is cut now; else an idle
/// one. Blocks for the cut, at most [`anchor_patience_ms`](crate::Config::anchor_patience_ms).
///
/// `None` too where it was handed to the pool not long ago. All of this is the same for both kinds, so that neither the block nor a second
/// submission tells them apart.
pub(crate) fn ready(courier: &Arc<Courier>, next: AnchorSequence, at: BlockNumber, due: bool) -> Option<ReadyAnchor> {
	if !due {
		return None;
	}
	let is_recent = |before: BlockNumber| at.saturating_sub(before) < RESUBMIT_BLOCKS;
	let waiting = {
		let book = courier.library.book.read();
		let anchor = book.batches.anchors.get(&next);
		anchor.map(|anchor| (anchor.position, anchor.submitted))
	};
	if let Some((position, submitted)) = waiting {
		return if submitted.is_some_and(is_recent) {
			None
		} else {
			offer(courier, position)
		};
	}
	let idle = courier.anchoring.state.lock().idle;
	if idle.is_some_and(|(sequence, before)| sequence == next && is_recent(before)) {
		// Under one number there can be one anchor. What waits goes into the next.
		return None;
	}
	let is_idle = {
		let mut book = courier.library.book.write();
		let now = courier.clock.now_ms();
		book.batches.give_up_waiting(now.saturating_sub(ALONE_AFTER_MS));
		book.batches.ready().is_empty()
	};
	if is_idle {
		return Some(idle_anchor(courier, next));
	}
	cut_now(courier, next, at)
}

/// The anchor was handed to the pool at block `at`.
pub(crate) fn submitted(courier: &Courier, sequence: AnchorSequence, at: BlockNumber) {
	match courier.library.book.write().batches.anchors.get_mut(&sequence) {
		Some(anchor) => anchor.submitted = Some(at),
		None => courier.anchoring.state.lock().idle = Some((sequence, at)),
	}
}

/// The anchor of this number where nothing is anchored.
fn idle_anchor(courier: &Courier, sequence: AnchorSequence) -> ReadyAnchor {
	ReadyAnchor {
		sequence,
		root: idle_root(courier.library.reader().meta().index_secret, sequence),
	}
}

/// The root of an idle anchor: 32 bytes that only who has the store's secret can tell from those of any other.
fn idle_root(secret: [u64; 2], sequence: AnchorSequence) -> Digest {
	let mut root = [0; 32];
	let secret = secret.map(u64::to_le_bytes).concat();
	hkdf::Salt::new(hkdf::HKDF_SHA256, IDLE_TAG)
		.extract(&secret)
		.expand(&[&sequence.to_le_bytes()], hkdf::HKDF_SHA256)
		.and_then(|root_of| root_of.fill(&mut root))
		.expect("HKDF-SHA256 gives 32 bytes; qed");
	root
}

/// Cut an anchor over what waits, and offer it as soon as it is on disk; an idle one where nothing of what waits could be anchored: a turn without an
/// anchor would tell that something waits.
fn cut_now(courier: &Arc<Courier>, next: AnchorSequence, at: BlockNumber) -> Option<ReadyAnchor> {
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
	let cut = {
		let book = courier.library.book.read();
		book.batches.anchors.get(&next).map(|anchor| anchor.position)
	};
	match cut {
		Some(position) => offer(courier, position),
		None => Some(idle_anchor(courier, next)),
	}
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
	let made = move |courier: Arc<Courier>| async move {
		let snapshot = courier.snapshot()?;
		made(&courier, &snapshot, sequence, block)
	};
	let cut = courier.apart("courier-make-anchor", made).await;
	if let Some(cut) = cut.flatten() {
		let bytes = cut.batches.len() * BATCH_BYTES + cut.renewed.len() * 256;
		if !courier.note_durably(Note::AnchorCut(cut), bytes).await {
			log::warn!(target: LOG_TARGET, "Anchor {sequence} was not cut; it is cut at a later block");
		}
	}
	courier.anchoring.state.lock().cutting = false;
}

/// The anchor over what is ready; `None` where nothing can be anchored.
fn made(courier: &Courier, snapshot: &Snapshot, sequence: AnchorSequence, block: BlockNumber) -> Option<AnchorCut> {
	let mut waiting: Vec<Waiting> = {
		let book = courier.library.book.read();
		book.batches.ready().iter().take(MAX_BATCHES).copied().collect()
	};
	let signing = waiting
		.iter()
		.flat_map(|batch| batch.halves)
		.flatten()
		.map(|half| half.key);
	let own_keys = &snapshot.me()?.keys;
	let stolen = Stolen::among(courier, signing.chain(own_keys.iter().map(|key| key.signing)))
		.inspect_err(|error| {
			log::warn!(target: LOG_TARGET, "Whether keys were declared stolen cannot be read, nothing is anchored: {error}")
		})
		.ok()?;
	// In the block of its declaration a stolen key still holds.
	let own_keys = own_keys.iter().filter(|key| !stolen.has(&key.signing));
	let own_keys: Vec<CourierKey> = own_keys.cloned().collect();
	let blinding_seed = random::bytes(courier.random.as_ref());
	let mut without_key = None;
	let (mut batches, mut renewed) = (Vec::with_capacity(waiting.len()), Vec::new());
	for batch in &mut waiting {
		let index = batches.len() as u32;
		let known = batch.mask();
		let anew = own_anew(courier, snapshot, &own_keys, batch, block);
		if let Some(own) = &anew {
			batch.halves[own.side as usize] = Some(Half::from(own));
		}
		let own = batch.halves[own_side(snapshot, batch) as usize];
		if let Some(half) = own.filter(|half| stolen.voids(half, block.saturating_add(1))) {
			// There was no other key to make it anew with: it goes into a later anchor.
			courier.metrics.halves_left_out.with_label_values(&["own_stolen"]).inc();
			without_key = Some(half);
			continue;
		}
		renewed.extend(anew.map(|own| (index, own)));
		let left_out = leave_out(courier, snapshot, &stolen, batch, block);
		let (lane, packet) = batch.id;
		let halves = batch.halves.map(|half| half.map(|half| half.hash));
		batches.push(CutBatch {
			lane,
			sequence: packet,
			halves: batch.mask() | (if left_out { known & !batch.mask() } else { 0 }) << 2,
			leaf: evidence::anchor_leaf(&batch.core, halves, &evidence::salt(&blinding_seed, index)),
		});
	}
	if let Some(half) = without_key {
		log::error!(
			target: LOG_TARGET,
			"{} batches are not anchored: {}, and the key file has no other key that the chain lists",
			waiting.len() - batches.len(),
			stolen.describe(snapshot.directory.node, &half),
		);
	}
	let leaves: Vec<_> = batches.iter().map(|batch| batch.leaf).collect();
	Some(AnchorCut {
		at: courier.clock.now_ms(),
		block,
		sequence,
		blinding_seed,
		root: evidence::root(&leaves),
		batches,
		renewed,
	})
	.filter(|cut| !cut.batches.is_empty())
}

/// Which side of a batch this node is.
fn own_side(snapshot: &Snapshot, batch: &Waiting) -> Side {
	match batch.id.0.from == snapshot.directory.node {
		true => Side::Issuer,
		false => Side::Seller,
	}
}

/// This node's attestation of a batch, made anew, where its key is over or soon will be, or is none of those `listed` that were not declared stolen, or the
/// partner's came long after it.
fn own_anew(
	courier: &Courier,
	snapshot: &Snapshot,
	listed: &[CourierKey],
	batch: &Waiting,
	block: BlockNumber,
) -> Option<Attestation> {
	let side = own_side(snapshot, batch);
	let half = batch.halves[side as usize]?;
	let holds = |key: &CourierKey| key.signing == half.key && crate::keys::holds_on(key, block);
	let others = batch.halves[side.other() as usize];
	let is_near = others.is_none_or(|other| !attesting::is_older(half.block, other.block));
	if is_near && listed.iter().any(holds) {
		return None;
	}
	let (lane, sequence) = batch.id;
	let view = courier.library.packet(&lane, sequence).ok().flatten()?;
	let before = match side {
		Side::Issuer => view.packet.attestation.as_ref(),
		Side::Seller => view.trailer.attestation.as_ref(),
	}?;
	let signer = courier.keys.signer(listed, block);
	let recent = courier.final_chain.recent();
	attesting::anew(before, listed, block, signer, &courier.genesis, &batch.core, recent)
}

/// Leave out the partner's attestation where its key was declared stolen, or has been over for so long that it may not count any more when the anchor
/// is on chain.
fn leave_out(courier: &Courier, snapshot: &Snapshot, stolen: &Stolen, batch: &mut Waiting, block: BlockNumber) -> bool {
	let side = own_side(snapshot, batch).other();
	let Some(half) = batch.halves[side as usize] else {
		return false;
	};
	let lane = batch.id.0;
	let partner: NodeId = if side == Side::Issuer { lane.from } else { lane.to };
	let nodes = snapshot
		.directory
		.channels
		.iter()
		.flat_map(|channel| &channel.partner.nodes);
	let keys = nodes.filter(|node| node.id == partner).flat_map(|node| &node.keys);
	let key = keys.into_iter().find(|key| key.signing == half.key);
	let latest = block.saturating_add(LAPSE_BLOCKS);
	let is_stolen = stolen.voids(&half, latest);
	let held_on = match key {
		Some(key) => held(key, None, half.block, latest, DEFAULT_KEY_GRACE).is_ok(),
		// The partner removed its node, or has had several keys since. This one held when the attestation came, which was after the block that it names.
		None => latest <= half.block.saturating_add(DEFAULT_KEY_GRACE),
	};
	if !is_stolen && held_on {
		return false;
	}
	batch.halves[side as usize] = None;
	let why = if is_stolen { "stolen" } else { "ended" };
	courier.metrics.halves_left_out.with_label_values(&[why]).inc();
	log::warn!(
		target: LOG_TARGET,
		"Lane {lane}: the partner's attestation of the batch of packet {} is left out of the anchor: {}",
		batch.id.1, stolen.describe(partner, &half),
	);
	true
}

/// Follow finality: tell which anchors, receipts and closings are final.
pub(crate) async fn follow_finality(courier: Arc<Courier>) {
	let mut finalised = courier.chain.finalised();
	loop {
		courier.final_chain.follow();
		branches::judge(&courier).await;
		settle(&courier).await;
		warn_of_ending_keys(&courier);
		courier.ask_for_halves();
		registering::settle(&courier).await;
		tokio::select! {
			biased;
			_ = courier.stopped() => return,
			changed = finalised.changed() => if changed.is_err() { return },
		}
	}
}

/// Note what became of the open anchors, all of them in one commit: after a long stall of finality there are many.
async fn settle(courier: &Arc<Courier>) {
	let Some(snapshot) = courier.snapshot() else { return };
	let node = snapshot.directory.node;
	let ends = courier.apart("courier-settle", move |courier| async move {
		let range = learn_range(&courier, node);
		ends(&courier, node, range.as_ref())
	});
	let ends = ends.await.unwrap_or_default();
	courier
		.note_all_durably(ends.into_iter().map(Note::AnchorFinal).collect(), 64)
		.await;
}

/// The open anchors that are final, in their order, and how. `range` is that of a final block.
fn ends(courier: &Courier, node: NodeId, range: Option<&Range>) -> Vec<AnchorFinal> {
	let open: Vec<_> = {
		let book = courier.library.book.read();
		let open = book.batches.anchors.iter().filter(|(_, a)| a.final_at.is_none());
		open.map(|(sequence, a)| (*sequence, a.root, a.block, a.cut_block))
			.collect()
	};
	courier.metrics.anchors_open.set(open.len() as u64);
	// The chain takes anchors in their order: where one is not final, those behind it are not.
	let mut all_final = true;
	let mut ends = Vec::new();
	for (sequence, root, block, cut_block) in open {
		let entry = match all_final.then(|| courier.chain.anchor(node, sequence, true)) {
			Some(Ok(Some(entry))) => Some(entry),
			// The range was read before, so the state of now has the anchor no longer by itself.
			Some(Ok(None)) if range.is_some_and(|range| sequence < range.count) => None,
			Some(Err(error)) => {
				log::debug!(target: LOG_TARGET, "Anchor {sequence} cannot be looked up: {error}");
				break;
			}
			Some(Ok(None)) | None => {
				all_final = false;
				if block.is_none() {
					note_inclusion(courier, node, sequence);
				}
				continue;
			}
		};
		let (how, at) = match entry {
			Some(entry) => match how_it_ended(courier, sequence, &root, cut_block, &entry) {
				Ok(how) => (how, entry.block),
				Err(error) => {
					log::debug!(target: LOG_TARGET, "The keys of anchor {sequence} cannot be looked up: {error}");
					break;
				}
			},
			None => {
				log::warn!(
					target: LOG_TARGET,
					"Anchor {sequence} became final unseen, and the chain has it no longer by itself; its batches go into a later one",
				);
				(AnchorEnd::Foreign, range.map_or(cut_block, |range| range.last))
			}
		};
		ends.push(AnchorFinal {
			at: courier.clock.now_ms(),
			sequence,
			block: at,
			how,
		});
	}
	ends
}

/// What an anchor of this log is worth that is on chain as `entry`.
///
/// # Errors
/// A text for the log when the chain cannot be read.
fn how_it_ended(
	courier: &Courier,
	sequence: AnchorSequence,
	root: &Digest,
	cut_block: BlockNumber,
	entry: &AnchorEntry,
) -> Result<AnchorEnd, String> {
	if entry.root != *root {
		log::warn!(
			target: LOG_TARGET,
			"Anchor {sequence} is on chain with another root than this log's; its batches go into a later one",
		);
		return Ok(AnchorEnd::Foreign);
	}
	if entry.block.saturating_sub(cut_block) > LAPSE_BLOCKS {
		log::warn!(
			target: LOG_TARGET,
			"Anchor {sequence} was cut at block {cut_block} and is on chain only since block {}; its batches go into a later one, attested anew",
			entry.block,
		);
		return Ok(AnchorEnd::Lapsed);
	}
	let halves = courier.library.book.read().batches.halves_in(sequence);
	let stolen = Stolen::among(courier, halves.iter().map(|half| half.key))?;
	if halves.iter().any(|half| stolen.voids(half, entry.block)) {
		log::warn!(
			target: LOG_TARGET,
			"Anchor {sequence} is on chain in block {}, and by then a key of its attestations was declared stolen; its batches go into a later one",
			entry.block,
		);
		return Ok(AnchorEnd::Lapsed);
	}
	Ok(AnchorEnd::Final)
}

/// Learn this node's anchors that became final, idle ones too; gives all of them, where the chain answers.
fn learn_range(courier: &Courier, node: NodeId) -> Option<Range> {
	let anchoring = &courier.anchoring;
	let range = courier.chain.final_range(node);
	let range = range
		.inspect_err(|error| log::debug!(target: LOG_TARGET, "The anchors of this node are not known: {error}"))
		.ok()?;
	let mut own = anchoring.own.lock();
	let kept = own.take().filter(|own| own.node() == node);
	let learned = kept
		.map_or_else(|| OwnRange::open(anchoring.disk.as_ref(), &anchoring.folder, node), Ok)
		.map_err(range::RangeError::from)
		.and_then(|mut file| {
			let learned = file.learn(&range, |sequence| courier.chain.anchor(node, sequence, true));
			// After an error of the disk it is opened anew.
			if !matches!(learned, Err(range::RangeError::Disk(_))) {
				*own = Some(file);
			}
			learned
		});
	if let Err(error) = learned {
		log::debug!(target: LOG_TARGET, "The anchors of this node are not all known at once: {error}");
	}
	Some(range)
}

/// The proof of an anchor of this node under the root of `range`; `None` where this node does not have it.
pub(crate) fn path(courier: &Courier, sequence: AnchorSequence, range: &Range) -> Option<Vec<Digest>> {
	courier.anchoring.own.lock().as_ref()?.path(sequence, range)
}

/// Remember in which block an anchor is that is not final yet.
fn note_inclusion(courier: &Courier, node: u32, sequence: AnchorSequence) {
	let Ok(Some(entry)) = courier.chain.anchor(node, sequence, false) else {
		return;
	};
	if let Some(anchor) = courier.library.book.write().batches.anchors.get_mut(&sequence) {
		if anchor.root == entry.root {
			anchor.block = Some(entry.block);
		}
	}
}

/// Tell, before a key of this node ends, that batches need it which are not delivered or not final. They are attested anew when they are sent or
/// anchored, as long as the node's key file has a key that the chain lists.
fn warn_of_ending_keys(courier: &Courier) {
	let Some(snapshot) = courier.snapshot() else { return };
	let Some(me) = snapshot.me() else { return };
	let ends_soon = |key: &&CourierKey| {
		let left = key.valid_until.map(|end| end.saturating_sub(snapshot.block));
		left.is_some_and(|left| (1..=ENDING_BLOCKS).contains(&left))
	};
	let mut needed = 0;
	let mut ends = None;
	for key in me.keys.iter().filter(ends_soon) {
		let count = courier.library.book.read().batches.signed_by(&key.signing);
		if count > 0 {
			needed += count;
			ends = ends.min(key.valid_until).or(key.valid_until);
		}
	}
	courier.metrics.batches_of_ending_keys.set(needed as u64);
	let Some(end) = ends else { return };
	let mut state = courier.anchoring.state.lock();
	let recently = |last: BlockNumber| snapshot.block.saturating_sub(last) < ALARM_PAUSE_BLOCKS;
	if state.last_alarm.is_some_and(recently) {
		return;
	}
	state.last_alarm = Some(snapshot.block);
	log::warn!(
		target: LOG_TARGET,
		"A courier key of this node ends at block {end}, and {needed} batches that it attested are not delivered or not in a final anchor; \
		 they are attested anew with the next key: leave both in the key file",
	);
}
