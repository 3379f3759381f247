// SPDX-License-Identifier: Apache-2.0

//! Receiving: what comes in is looked at cheapest first, and answered when the disk has it. Every step draws from the partner's
//! [budget](crate::budget).
//!
//! * `opening`: who may send, and what is in an envelope.
//! * `placing`: an envelope in its place in the lane, and on its way to the disk.
//! * `answering`: receipts and refusals.

mod answering;
mod opening;
mod placing;

use super::{check::OpenedPacket, Courier, LOG_TARGET};
use crate::{
	api::LaneId,
	book::Book,
	budget::{Exhausted, Share},
	chain::Snapshot,
	clock::{timeout, Ticks},
	cutting::{InboundError, InboundPacket, InboundReply},
	lane::{Bucket, ReceiveLane},
	protocol::{envelope::EnvelopeHead, Answer, BlockRef, PacketHeader, RefusalReason, StoreClaim, WireError},
	transport::{InboundRequest, InboundRequests, Misbehaviour, Reply},
};
use futures::StreamExt;
use hashbrown::HashMap;
use parking_lot::{Mutex, RwLock};
use sealane_primitives::{
	directory::{Authorisation, ChannelEntry, NodeEntry},
	ids::{BlockNumber, ChannelId, MemberId, NodeId},
};
use std::{sync::Arc, time::Duration};
use tokio::sync::oneshot;

/// What a partner is told when this node is busy, in milliseconds.
pub(super) const BUSY_RETRY_MS: u32 = 200;
/// What a partner is told when this node's disk is full, in milliseconds.
pub(super) const FULL_RETRY_MS: u32 = 5_000;
/// What a partner is told whose packets are on their way to the disk already, in milliseconds.
const QUEUED_RETRY_MS: u32 = 50;

/// Envelopes of this length, in bytes, and more are opened and checked apart from the tasks that keep the node's connections: a MiB of them takes
/// milliseconds.
const LARGE: usize = 64 * 1024;

/// Blocks for which a packet is refused whose interface another node serves, before its orders are rejected instead.
const MOVED_BLOCKS: BlockNumber = 15;

/// An opened envelope on its way into the log.
struct Opened {
	packets: Vec<InboundPacket>,
	/// The block against whose state it was checked.
	authorised_at: BlockRef,
	reply: InboundReply,
	/// Its share of what may wait for others.
	parked: Option<Share>,
	/// From which store it came.
	store: StoreClaim,
}

impl Opened {
	fn bytes(&self) -> usize {
		self.packets.iter().map(|packet| packet.view.packet.bytes.len()).sum()
	}
}

/// The receiving sides of all lanes.
pub(super) struct Receivers {
	/// When a store of each node took over last.
	pub(super) taken_over: Mutex<HashMap<NodeId, Ticks>>,
	lanes: RwLock<HashMap<LaneId, Arc<Mutex<ReceiveLane<Opened>>>>>,
	/// Orders, by channel.
	orders: Mutex<HashMap<ChannelId, Bucket>>,
	/// By lane: the first packet for an interface that another node serves, and the block at which it came first.
	moved: Mutex<HashMap<LaneId, (u64, BlockNumber)>>,
}

impl Receivers {
	pub(super) fn new(book: &Book) -> Self {
		let lanes = book.lanes.iter().filter(|(_, lane)| !lane.outgoing);
		let lanes = lanes.map(|(id, lane)| (*id, Arc::new(Mutex::new(ReceiveLane::new(lane.packets())))));
		Receivers {
			taken_over: Mutex::default(),
			lanes: RwLock::new(lanes.collect()),
			orders: Mutex::default(),
			moved: Mutex::default(),
		}
	}

	/// Whether a packet is for an interface that is served here, or was until it moved: the lane to this node leads nowhere else, so the orders in it are
	/// answered, each by itself. One of the two nodes may know of the move before the other, so for some blocks such a packet is refused.
	fn is_for_here(&self, snapshot: &Snapshot, channel: &ChannelEntry, header: &PacketHeader) -> bool {
		let mut moved = self.moved.lock();
		match snapshot.serves(channel, &header.interface) {
			Some(true) => {
				moved.remove(&header.lane);
				true
			}
			Some(false) => {
				let first = moved.entry(header.lane).or_insert((header.sequence, snapshot.block));
				if header.sequence < first.0 {
					*first = (header.sequence, snapshot.block);
				}
				snapshot.block.saturating_sub(first.1) >= MOVED_BLOCKS
			}
			None => false,
		}
	}

	/// Envelopes of a lane that wait for those before them.
	#[cfg(test)]
	pub(super) fn parked(&self, lane: LaneId) -> usize {
		self.lane(lane).lock().parked()
	}

	fn lane(&self, lane: LaneId) -> Arc<Mutex<ReceiveLane<Opened>>> {
		if let Some(found) = self.lanes.read().get(&lane) {
			return found.clone();
		}
		self.lanes
			.write()
			.entry(lane)
			.or_insert_with(|| Arc::new(Mutex::new(ReceiveLane::new(0))))
			.clone()
	}
}

/// Why an envelope is not taken.
pub(super) enum Denial {
	/// Say it signed.
	Refuse(RefusalReason, Option<Misbehaviour>),
	/// Say signed that this packet has entries that cannot be read, and which: runs of (first, length).
	Unreadable(u64, Vec<(u32, u32)>),
	/// Say where the lane is.
	Expected(u64),
	/// Say that it should come again, after so many milliseconds.
	Busy(u32),
	/// Say nothing.
	Silence(Misbehaviour),
}

/// What stands around an envelope.
struct Setting {
	snapshot: Arc<Snapshot>,
	member: MemberId,
	authorisation: Authorisation,
	partner: NodeEntry,
	head: EnvelopeHead,
}

impl Setting {
	/// The channel; it was found before the setting was made.
	fn channel(&self) -> Option<&ChannelEntry> {
		self.snapshot.channel(self.head.lane.channel)
	}
}

impl Courier {
	pub(super) async fn run_inbound(self: Arc<Self>, mut requests: InboundRequests) {
		loop {
			let request = tokio::select! {
				biased;
				_ = self.stopped() => return,
				request = requests.next() => request,
			};
			let Some(InboundRequest { peer, payload, reply }) = request else {
				return;
			};
			let member = self.snapshot().and_then(|snapshot| partner_of(&snapshot, &peer));
			let permit = match member.map(|member| self.enter(member, &peer, payload.len())) {
				Some(Ok(permit)) => Some(permit),
				Some(Err(answer)) => {
					reply(Reply::said(&answer));
					continue;
				}
				// Nobody's peer: that is found out at once, and costs nothing.
				None => None,
			};
			let courier = self.clone();
			self.spawn(
				"courier-envelope",
				Box::pin(async move {
					let answer = courier.envelope(&peer, payload, permit).await;
					if let Some(what) = answer.misbehaviour {
						courier.metrics.misbehaviour.with_label_values(&[what.as_str()]).inc();
					}
					reply(answer);
				}),
			);
		}
	}

	/// Leave for a partner's request to be opened, or what is said to it.
	fn enter(&self, member: MemberId, peer: &[u8], len: usize) -> Result<Share, Answer> {
		self.budgets.enter(member, len, self.clock.ticks()).map_err(|denied| {
			if denied.flooding {
				log::warn!(target: LOG_TARGET, "Member {member} goes on sending although it is told to wait");
				self.misbehaved(peer, Misbehaviour::Flooding);
			}
			Answer::Busy {
				retry_after_ms: self.exhausted(denied),
			}
		})
	}

	/// Count a budget that is used up; gives the pause that the partner is asked for.
	pub(super) fn exhausted(&self, denied: Exhausted) -> u32 {
		self.metrics.budget_exhausted.with_label_values(&[denied.what]).inc();
		denied.pause_ms.clamp(1, 60_000) as u32
	}

	/// Take one envelope; gives what is said to it.
	async fn envelope(self: &Arc<Self>, peer: &[u8], payload: Vec<u8>, permit: Option<Share>) -> Reply {
		let head = match EnvelopeHead::parse(&payload) {
			Ok(head) => head,
			Err(WireError::Version { found }) => return self.of_other_version(peer, found),
			Err(error) => {
				log::debug!(target: LOG_TARGET, "A request that is no envelope: {error}");
				let refused = &self.metrics.envelopes_refused;
				refused.with_label_values(&[RefusalReason::Malformed.code()]).inc();
				return Reply::silence(Misbehaviour::Malformed);
			}
		};
		let taken = match head.count {
			0 => self.give_back(peer, &head).await,
			_ => self.take(peer, head, payload, permit).await,
		};
		match taken {
			Ok(answer) => Reply::said(&answer),
			Err(Denial::Expected(sequence)) => Reply::said(&Answer::Expected { sequence }),
			Err(Denial::Busy(retry_after_ms)) => Reply::said(&Answer::Busy { retry_after_ms }),
			Err(Denial::Silence(what)) => Reply::silence(what),
			Err(Denial::Refuse(reason, misbehaviour)) => {
				self.refused(peer, &head, reason);
				Reply {
					answer: self.refusal(&head, head.first_sequence, reason, Vec::new()),
					misbehaviour,
				}
			}
			Err(Denial::Unreadable(sequence, runs)) => {
				self.refused(peer, &head, RefusalReason::Unreadable);
				Reply {
					answer: self.refusal(&head, sequence, RefusalReason::Unreadable, runs),
					misbehaviour: Some(Misbehaviour::Malformed),
				}
			}
		}
	}

	async fn take(
		self: &Arc<Self>,
		peer: &[u8],
		head: EnvelopeHead,
		payload: Vec<u8>,
		permit: Option<Share>,
	) -> Result<Answer, Denial> {
		let setting = Arc::new(self.setting(peer, head)?);
		self.follow(&setting.snapshot, &setting.partner, &head).await?;
		if self.may_lack(&head.lane.opposite()) {
			// What this node said to it, or what it answers, may be at the partner alone.
			return Err(Denial::Busy(BUSY_RETRY_MS));
		}
		let lane = self.receivers.lane(head.lane);
		self.catch_up(&lane, head.lane);
		let (next, has_room) = {
			let lane = lane.lock();
			(lane.next(), lane.has_room(head.first_sequence, payload.len()))
		};
		if head.last_sequence() < self.stored_packets(head.lane) {
			return self.repeated(&setting, payload).await;
		}
		if head.last_sequence() < next {
			return Err(Denial::Busy(QUEUED_RETRY_MS));
		}
		if head.first_sequence > next && !has_room {
			// It would not be kept: that needs no look inside.
			return Err(Denial::Expected(next));
		}
		let inbound = if payload.len() < LARGE {
			self.looked_at(&setting, payload).await?
		} else {
			let of = setting.clone();
			let looked_at = move |courier: Arc<Self>| async move { courier.looked_at(&of, payload).await };
			let looked_at = self.apart("courier-look", looked_at).await;
			looked_at.ok_or(Denial::Busy(BUSY_RETRY_MS))??
		};
		// What waits for others, or for the disk, keeps nobody else from being looked at.
		drop(permit);
		let counts = Counts::of(&inbound);
		let (reply, stored) = oneshot::channel();
		let mut opened = Opened {
			packets: inbound,
			authorised_at: setting.snapshot.block_ref(),
			reply,
			parked: None,
			store: head.store,
		};
		if head.first_sequence > next {
			let share = self.budgets.park(setting.member, opened.bytes(), self.clock.ticks());
			opened.parked = Some(share.ok_or(Denial::Expected(next))?);
		}
		self.offer(&lane, &setting, opened);
		let patience = Duration::from_millis(self.config.park_ms);
		let outcome = timeout(self.clock.as_ref(), patience, stored).await;
		self.catch_up(&lane, head.lane);
		match outcome {
			// Who was to tell went away with what it had.
			Some(outcome) => self.outcome(&setting, &lane, outcome.unwrap_or(Err(InboundError::NoKey)), &counts),
			None => {
				// Its sender learns that it was not taken, so it must not be taken later.
				let mut lane = lane.lock();
				match lane.forget(head.first_sequence) {
					Some(_) => Err(Denial::Expected(lane.next())),
					None => Err(Denial::Busy(BUSY_RETRY_MS)),
				}
			}
		}
	}

	/// The packets of an envelope, opened and checked.
	async fn looked_at(self: &Arc<Self>, setting: &Setting, payload: Vec<u8>) -> Result<Vec<InboundPacket>, Denial> {
		let packets = self.open(setting, payload)?;
		self.senders
			.partner_alive(&setting.head.lane.opposite(), self.clock.ticks());
		self.checked(setting, packets).await
	}

	/// The packets of an envelope, entry by entry.
	async fn checked(
		self: &Arc<Self>,
		setting: &Setting,
		packets: Vec<OpenedPacket>,
	) -> Result<Vec<InboundPacket>, Denial> {
		let lane = setting.head.lane;
		let mut inbound = Vec::with_capacity(packets.len());
		for packet in packets {
			let sequence = packet.packet.header.sequence;
			let checked = self
				.check_packet(&setting.snapshot, &setting.authorisation, packet)
				.await;
			inbound.push(checked.map_err(|error| self.uncheckable(lane, sequence, error))?);
		}
		if inbound.iter().any(|p| p.unsent) {
			// Whose fault that is nobody can tell from here, so it is told to the operator and not to the network.
			self.metrics.unsent_answered.inc();
			log::error!(
				target: LOG_TARGET,
				"Lane {lane}: the partner answers packets that this node never sent: this log is older than what was sent, or the partner is wrong",
			);
		}
		Ok(inbound)
	}

	/// What is said when the disk has the packets, or not.
	fn outcome(
		&self,
		setting: &Setting,
		lane: &Mutex<ReceiveLane<Opened>>,
		outcome: Result<(), InboundError>,
		counts: &Counts,
	) -> Result<Answer, Denial> {
		let id = setting.head.lane;
		let error = match outcome {
			Ok(()) => {
				self.metrics.packets_received.inc_by(setting.head.count.into());
				self.metrics.entries_received.inc_by(counts.entries);
				self.metrics.technical_rejections.inc_by(counts.rejected);
				self.metrics.batches_disputed.inc_by(counts.disputed);
				return self.receipt(setting);
			}
			Err(error) => error,
		};
		match error {
			InboundError::AlreadyStored => self.receipt(setting),
			InboundError::OutOfOrder { expected } => Err(Denial::Expected(expected)),
			InboundError::OtherHistory { sequence } => {
				self.rewind(lane, id);
				self.metrics.lanes_behind.with_label_values(&["partner"]).inc();
				log::error!(
					target: LOG_TARGET,
					"Lane {id}: packet {sequence} does not follow the one that this node has before it: the partner's log is older than what it \
					 sent, or two machines use its key. Nothing more is taken on this lane",
				);
				Err(Denial::Refuse(RefusalReason::OtherHistory, None))
			}
			InboundError::NotStored(error) => {
				log::warn!(target: LOG_TARGET, "Lane {id}: packets were not stored: {error}");
				self.rewind(lane, id);
				Err(Denial::Busy(FULL_RETRY_MS))
			}
			InboundError::NoKey => {
				self.rewind(lane, id);
				Err(Denial::Busy(BUSY_RETRY_MS))
			}
			// The lane went back when it found no room.
			InboundError::Busy => Err(Denial::Busy(BUSY_RETRY_MS)),
		}
	}
}

/// What is counted once the packets of an envelope are stored.
struct Counts {
	entries: u64,
	rejected: u64,
	disputed: u64,
}

impl Counts {
	fn of(packets: &[InboundPacket]) -> Self {
		let is_disputed = |p: &&InboundPacket| p.view.packet.header.kind.is_answer() && !p.core_matches;
		Counts {
			entries: packets.iter().map(|p| u64::from(p.view.packet.header.count)).sum(),
			rejected: packets.iter().map(|p| p.rejections.len() as u64).sum(),
			disputed: packets.iter().filter(is_disputed).count() as u64,
		}
	}
}

/// The member whose node a peer is.
fn partner_of(snapshot: &Snapshot, peer: &[u8]) -> Option<MemberId> {
	let node = snapshot.node_of_peer(peer)?;
	let partners = snapshot.directory.channels.iter().map(|channel| &channel.partner);
	let mut partners = partners.filter(|partner| partner.nodes.iter().any(|n| n.id == node));
	partners.next().map(|partner| partner.id)
}
