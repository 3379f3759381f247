// SPDX-License-Identifier: Apache-2.0

//! An envelope in its place in the lane, and on its way to the disk.

use super::{Opened, Setting};
use crate::{
	api::LaneId,
	cutting::{Inbound, InboundError, InboundPacket, Submission},
	lane::{Offer, ReceiveLane},
	service::Courier,
	stores::Verdict,
};
use parking_lot::Mutex;

impl Courier {
	/// Put an envelope in its place, and those that waited for it.
	pub(super) fn offer(&self, lane: &Mutex<ReceiveLane<Opened>>, setting: &Setting, opened: Opened) {
		let mut lane = lane.lock();
		let (head, len) = (&setting.head, opened.bytes());
		let mut next = Some(lane.offer(head.first_sequence, head.last_sequence(), len, opened));
		while let Some(offer) = next {
			match offer {
				Offer::Parked { instead_of } => {
					let expected = lane.next();
					let told = |it: Opened| drop(it.reply.send(Err(InboundError::OutOfOrder { expected })));
					instead_of.into_iter().for_each(told);
				}
				Offer::Repeat(opened) => drop(opened.reply.send(Err(InboundError::AlreadyStored))),
				Offer::Expected { sequence, what } => {
					drop(what.reply.send(Err(InboundError::OutOfOrder { expected: sequence })));
				}
				Offer::Take { from, what } => {
					// Under the lane's lock, so that what is next in the lane is next in the queue.
					if !self.queue(setting, from, what) {
						for parked in lane.rewind(from) {
							drop(parked.reply.send(Err(InboundError::OutOfOrder { expected: from })));
						}
						return;
					}
				}
			}
			next = lane.release();
		}
	}

	/// Put an envelope, whose turn it is, into the queue to the disk; false where that cannot be. Its reply is told why.
	pub(super) fn queue(&self, setting: &Setting, from: u64, what: Opened) -> bool {
		let Opened {
			mut packets,
			authorised_at,
			reply,
			parked,
			store,
		} = what;
		let lane = setting.head.lane;
		if self.library.book.read().stores.judge(lane.from, &store) != Verdict::Known {
			// Another store of the partner's took over meanwhile, and may have asked what is here.
			drop(reply.send(Err(InboundError::Busy)));
			return false;
		}
		let newest = self.snapshot().map(|snapshot| snapshot.hash);
		if parked.is_some() && newest != Some(authorised_at.hash) {
			// It was checked against a state that is not the newest any more, and what waited does not travel on old leave.
			drop(reply.send(Err(InboundError::OutOfOrder { expected: from })));
			return false;
		}
		packets.retain(|p| p.view.packet.header.sequence >= from);
		let bytes = packets.iter().map(InboundPacket::cost).sum::<usize>() + 512;
		let rejected = packets.iter().map(InboundPacket::rejected_bytes).sum();
		let room = match self.budgets.room(setting.member, bytes, rejected, self.clock.ticks()) {
			Ok(room) => room,
			Err(denied) => {
				self.exhausted(denied);
				drop(reply.send(Err(InboundError::Busy)));
				return false;
			}
		};
		let inbound = Inbound {
			lane,
			packets,
			authorised_at,
			reply,
			room,
		};
		let queued = self.log.try_submit(Submission::Inbound(Box::new(inbound)), bytes);
		if let Err((_, Submission::Inbound(refused))) = queued {
			drop(refused.reply.send(Err(InboundError::Busy)));
			return false;
		}
		true
	}

	/// Packets of a partner's lane that are on disk; `None` while others are on their way there.
	pub(in crate::service) fn settled_packets(&self, lane: LaneId) -> Option<u64> {
		let receiver = self.receivers.lane(lane);
		let receiver = receiver.lock();
		let stored = self.stored_packets(lane);
		(receiver.next() <= stored).then_some(stored)
	}

	/// Packets of a lane that are on disk.
	pub(super) fn stored_packets(&self, lane: LaneId) -> u64 {
		self.library.book.read().lanes.get(&lane).map_or(0, |l| l.packets())
	}

	/// The lane is never behind the log, whatever failed in between.
	pub(super) fn catch_up(&self, lane: &Mutex<ReceiveLane<Opened>>, id: LaneId) {
		let mut lane = lane.lock();
		lane.stored(self.stored_packets(id));
	}

	/// After a failure: the lane is where the log is.
	pub(super) fn rewind(&self, lane: &Mutex<ReceiveLane<Opened>>, id: LaneId) {
		let mut lane = lane.lock();
		let next = self.stored_packets(id);
		for parked in lane.rewind(next) {
			drop(parked.reply.send(Err(InboundError::OutOfOrder { expected: next })));
		}
	}
}
