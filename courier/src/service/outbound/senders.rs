// SPDX-License-Identifier: Apache-2.0

//! The sending sides of all lanes, as their tasks and others see them.

use crate::{
	api::LaneId,
	book::Book,
	clock::Ticks,
	cutting::{Note, Outbox},
	lane::{sender::Obstacle, Bucket, SendLane},
	records::{Delivered, LaneTurned},
};
use hashbrown::HashMap;
use parking_lot::{Mutex, RwLock};
use sealane_primitives::{
	directory::{Authorisation, Refusal},
	ids::{BlockNumber, ChannelId, Moment, NodeId},
};
use std::{
	collections::{BTreeMap, VecDeque},
	sync::{
		atomic::{AtomicBool, AtomicU64, Ordering},
		Arc,
	},
};
use tokio::sync::{mpsc, Notify};

/// Smallest pause after which the off-chain worker's dispatch ends a back-off early, in milliseconds.
const DISPATCH_PATIENCE_MS: u64 = 10_000;
/// Smallest pause after which a sign of life from the partner ends a back-off early, in milliseconds.
const NUDGE_PATIENCE_MS: u64 = 1_000;

/// Most turns of a lane that wait to be noted.
const MAX_TURNS: usize = 64;

/// The sending side of one lane, as its task and others see it.
pub(crate) struct Sender {
	pub(crate) state: Mutex<SendLane>,
	pub(super) notify: Notify,
	/// What the last failed attempt ended with.
	pub(super) error: Mutex<Option<(String, Moment)>>,
	/// Receipts that wait for one before them: by first sequence.
	pub(super) early: Mutex<BTreeMap<u64, Delivered>>,
	pub(super) last_attempt: Mutex<Option<Ticks>>,
	/// The partner holds other packets under this node's numbers.
	pub(crate) forked: AtomicBool,
	/// How the lane was closed and opened, as far as it is not noted yet.
	pub(super) turned: Mutex<VecDeque<LaneTurned>>,
	/// The disk had no room for one of these a moment ago.
	pub(super) no_room: AtomicBool,
	/// None of them is noted before this moment.
	pub(super) note_from: AtomicU64,
}

impl Sender {
	/// Why it is not known what the partner has of the lane.
	pub(in crate::service) fn not_known(&self, why: &str, at: Moment) {
		*self.error.lock() = Some((why.into(), at));
	}
}

/// The sending sides of all lanes.
pub struct Senders {
	lanes: RwLock<BTreeMap<LaneId, Arc<Sender>>>,
	buckets: Mutex<HashMap<ChannelId, Bucket>>,
	new: mpsc::UnboundedSender<LaneId>,
}

impl Senders {
	/// The senders of a recovered book. `new` learns of lanes that need a task.
	pub(crate) fn new(book: &Book, new: mpsc::UnboundedSender<LaneId>) -> Self {
		let senders = Senders {
			lanes: RwLock::default(),
			buckets: Mutex::default(),
			new,
		};
		for (id, lane) in book.lanes.iter().filter(|(_, lane)| lane.outgoing) {
			let mut state = SendLane::new(lane.packets(), lane.delivered);
			if let Some((refusal, at)) = lane.closed {
				state.close(refusal, at);
			}
			if book.stores.may_have_lost(id.to) {
				state.probe();
			}
			senders.insert(*id, state);
		}
		senders
	}

	fn insert(&self, lane: LaneId, state: SendLane) -> Arc<Sender> {
		let sender = Arc::new(Sender {
			state: Mutex::new(state),
			notify: Notify::new(),
			error: Mutex::default(),
			early: Mutex::default(),
			last_attempt: Mutex::default(),
			forked: AtomicBool::new(false),
			turned: Mutex::default(),
			no_room: AtomicBool::new(false),
			note_from: AtomicU64::new(0),
		});
		let sender = self.lanes.write().entry(lane).or_insert(sender).clone();
		// The receiver ends with the courier.
		let _ = self.new.send(lane);
		sender
	}

	/// The lane has a task, whether anything was ever cut for it or not.
	pub(crate) fn ensure(&self, lane: LaneId) {
		if self.get(&lane).is_none() {
			self.insert(lane, SendLane::new(0, 0));
		}
	}

	pub(crate) fn get(&self, lane: &LaneId) -> Option<Arc<Sender>> {
		self.lanes.read().get(lane).cloned()
	}

	pub(crate) fn all(&self) -> Vec<(LaneId, Arc<Sender>)> {
		self.lanes
			.read()
			.iter()
			.map(|(lane, sender)| (*lane, sender.clone()))
			.collect()
	}

	pub(crate) fn channels(&self) -> Vec<ChannelId> {
		let mut channels: Vec<_> = self.lanes.read().keys().map(|lane| lane.channel).collect();
		channels.sort_unstable();
		channels.dedup();
		channels
	}

	pub(crate) fn notify_all(&self) {
		self.lanes.read().values().for_each(|sender| sender.notify.notify_one());
	}

	/// A lane was closed or opened: its task notes it as soon as there is room.
	pub(crate) fn turned(&self, turned: LaneTurned) {
		if let Some(sender) = self.get(&turned.lane) {
			let mut waiting = sender.turned.lock();
			// Who reads the events learns of the last turns: more than these happen in no outage of the disk.
			if waiting.len() == MAX_TURNS {
				waiting.pop_front();
			}
			waiting.push_back(turned);
			drop(waiting);
			sender.notify.notify_one();
		}
	}

	/// Close those lanes of a channel of which `meant` holds; gives those that were open, or closed for another reason.
	pub(crate) fn close(
		&self,
		channel: ChannelId,
		refusal: Refusal,
		at: BlockNumber,
		meant: impl Fn(&LaneId) -> bool,
	) -> Vec<LaneId> {
		self.each(channel, |lane, sender| {
			meant(lane) && sender.state.lock().close(refusal, at)
		})
	}

	/// Open those lanes of a channel of which `meant` holds; gives those that were closed.
	pub(crate) fn reopen(&self, channel: ChannelId, meant: impl Fn(&LaneId) -> bool) -> Vec<LaneId> {
		self.each(channel, |lane, sender| meant(lane) && sender.state.lock().reopen())
	}

	/// Let the lanes of a channel try again, those at least that have not just tried.
	pub(crate) fn dispatch(&self, channel: ChannelId, now: Ticks) {
		self.each(channel, |_, sender| {
			let last = *sender.last_attempt.lock();
			let patient = last.is_none_or(|last| now.saturating_sub(last) >= DISPATCH_PATIENCE_MS);
			if patient {
				sender.state.lock().wake();
			}
			patient
		});
	}

	/// The partner's node is there: try its lane at once, unless that was just done.
	pub(crate) fn partner_alive(&self, lane: &LaneId, now: Ticks) {
		if let Some(sender) = self.get(lane) {
			let last = *sender.last_attempt.lock();
			let rested = last.is_none_or(|last| now.saturating_sub(last) >= NUDGE_PATIENCE_MS);
			let mut state = sender.state.lock();
			if rested && matches!(state.obstacle(), Some((Obstacle::Unreachable, ..))) {
				state.nudge();
				drop(state);
				sender.notify.notify_one();
			}
		}
	}

	/// A partner's node took over from another store.
	pub(crate) fn probe(&self, node: NodeId) {
		for (_, sender) in self.lanes.read().iter().filter(|(lane, _)| lane.to == node) {
			sender.state.lock().probe();
			sender.notify.notify_one();
		}
	}

	pub(crate) fn retry(&self, lane: &LaneId) -> bool {
		let Some(sender) = self.get(lane) else { return false };
		sender.state.lock().wake();
		sender.notify.notify_one();
		true
	}

	fn each(&self, channel: ChannelId, act: impl Fn(&LaneId, &Sender) -> bool) -> Vec<LaneId> {
		let mut acted = Vec::new();
		for (lane, sender) in self.lanes.read().iter().filter(|(lane, _)| lane.channel == channel) {
			if act(lane, sender) {
				sender.notify.notify_one();
				acted.push(*lane);
			}
		}
		acted
	}

	/// Take `orders` of the grant's rate; otherwise milliseconds to wait.
	pub(super) fn take(&self, authorisation: &Authorisation, orders: u32, now: Ticks) -> Result<(), u64> {
		let Some(rate) = authorisation.orders_per_minute else {
			return Ok(());
		};
		let mut buckets = self.buckets.lock();
		let bucket = buckets
			.entry(authorisation.channel)
			.or_insert_with(|| Bucket::new(rate, now));
		if bucket.per_minute() != rate {
			*bucket = Bucket::new(rate, now);
		}
		bucket.take(orders, now)
	}
}

impl Outbox for Arc<Senders> {
	fn extended(&self, lane: LaneId, cut: u64) {
		let sender = self
			.get(&lane)
			.unwrap_or_else(|| self.insert(lane, SendLane::new(0, 0)));
		sender.state.lock().extend(cut);
		sender.notify.notify_one();
	}

	fn unnoted(&self, note: Note) {
		let lane = match &note {
			Note::Delivered(delivered) => delivered.receipt.what.lane,
			Note::Turned(turned) => turned.lane,
			// Whoever makes the others asks for them again at a later block.
			_ => return,
		};
		let Some(sender) = self.get(&lane) else { return };
		match note {
			Note::Delivered(delivered) => {
				let first = delivered.receipt.what.first_sequence;
				sender.early.lock().entry(first).or_insert(delivered);
			}
			Note::Turned(turned) => sender.turned.lock().push_front(turned),
			_ => (),
		}
		sender.no_room.store(true, Ordering::Relaxed);
		sender.notify.notify_one();
	}
}
