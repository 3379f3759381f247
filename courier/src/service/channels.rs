// SPDX-License-Identifier: Apache-2.0

//! Which lanes the chain opens and closes: a new directory taken over, and what it allows.

use super::{Courier, LOG_TARGET};
use crate::{
	api::LaneId,
	book::Book,
	chain::{DirectoryAt, Reading, Snapshot},
	cutting::Note,
	records::LaneTurned,
};
use sealane_primitives::{
	business::BusinessKinds,
	directory::{Authorisation, ChannelEntry, Refusal},
	ids::{BlockNumber, ChannelId},
};
use std::{collections::BTreeMap, sync::Arc};

impl Courier {
	/// Take over a directory: index it, close and open lanes.
	pub(super) fn adopt(&self, newest: &DirectoryAt) {
		let (block, hash) = (newest.block, newest.hash);
		let before = self.snapshot();
		let next = match (&newest.reading, before) {
			(Reading::Unregistered, _) => None,
			(Reading::Unreadable(why), before) => before.map(|before| before.unreadable(block, hash, why)),
			(
				Reading::Directory {
					directory,
					holds_until,
					drain,
					ends,
				},
				before,
			) => Some(match before {
				Some(before) if before.directory == *directory => {
					before.moved(block, hash, *holds_until, *drain, *ends)
				}
				before => {
					let directory = directory.clone();
					Snapshot::new(block, hash, directory, *holds_until, *drain, *ends, before.as_deref())
				}
			}),
		};
		let next = next.map(Arc::new);
		if let Some(next) = &next {
			self.note_ends(next);
			self.forget_partners(next);
		}
		for refusals in self.refusals.over(block) {
			self.note(Note::Refusals(refusals));
		}
		*self.snapshot.write() = next.clone();
		self.ensure_lanes();
		if self.config.unchecked_sender {
			return;
		}
		for channel in self.senders.channels() {
			let allowed = match (&next, &newest.reading) {
				(Some(next), _) => self.may_send(next, channel).map(drop),
				(None, Reading::Unreadable(_)) => Err(Refusal::DirectoryUnreadable),
				(None, _) => Err(Refusal::NodeUnknown),
			};
			match allowed {
				Ok(()) => self.open_channel(channel, block),
				Err(refusal) => self.close_channel(channel, refusal, block),
			}
		}
	}

	/// Remember since when channels are over.
	fn note_ends(&self, snapshot: &Snapshot) {
		let mut ended = self.ended.lock();
		for channel in &snapshot.directory.channels {
			match snapshot.stated(channel.id) {
				Err(refusal) if is_end(refusal) => {
					ended.entry(channel.id).or_insert(snapshot.block);
				}
				_ => {
					ended.remove(&channel.id);
				}
			}
		}
	}

	/// Budgets of who is no partner any more are not kept.
	fn forget_partners(&self, snapshot: &Snapshot) {
		let channels = &snapshot.directory.channels;
		let is_partner = |member| channels.iter().any(|channel| channel.partner.id == member);
		self.budgets
			.retain(is_partner, |lane| snapshot.channel(lane.channel).is_some());
	}

	/// Leave to send on a channel. Its end stops orders; answers to what was delivered drain for as long as the
	/// chain says.
	pub(crate) fn may_send(&self, snapshot: &Snapshot, channel: ChannelId) -> Result<Authorisation, Refusal> {
		let entry = snapshot.channel(channel).ok_or(Refusal::ChannelUnknown)?;
		self.permitted(snapshot, entry, !snapshot.sells(entry))
	}

	/// The same for what comes in.
	pub(crate) fn may_receive(&self, snapshot: &Snapshot, channel: &ChannelEntry) -> Result<Authorisation, Refusal> {
		self.permitted(snapshot, channel, snapshot.sells(channel))
	}

	fn permitted(&self, snapshot: &Snapshot, channel: &ChannelEntry, answers: bool) -> Result<Authorisation, Refusal> {
		match snapshot.authorise(channel.id, self.clock.now_ms()) {
			Err(refusal) if answers && is_end(refusal) => {
				let since = self.ended.lock().get(&channel.id).copied();
				let drains = since.is_some_and(|since| snapshot.block.saturating_sub(since) <= snapshot.drain);
				drains.then(|| everything(channel.id)).ok_or(refusal)
			}
			other => other,
		}
	}

	/// Hold the lanes of a channel closed from block `at` on.
	pub(crate) fn close_channel(&self, channel: ChannelId, refusal: Refusal, at: BlockNumber) {
		let gone = self.close_gone(channel, at);
		self.close_lanes(channel, refusal, at, |lane| !gone(lane));
	}

	/// Let the lanes of a channel flow, but for those to nodes that are not on the chain any more.
	pub(crate) fn open_channel(&self, channel: ChannelId, at: BlockNumber) {
		let gone = self.close_gone(channel, at);
		for lane in self.senders.reopen(channel, |lane| !gone(lane)) {
			log::info!(target: LOG_TARGET, "Lane {lane} is open again from block {at} on");
			self.turned(lane, at, None);
		}
	}

	/// Close the lanes of a channel to nodes that are not on the chain any more, whatever becomes of the channel; gives which those are.
	fn close_gone(&self, channel: ChannelId, at: BlockNumber) -> impl Fn(&LaneId) -> bool {
		let snapshot = self.snapshot();
		let there = snapshot.as_ref().and_then(|it| it.channel(channel)).map(|entry| {
			let nodes = entry.partner.nodes.iter();
			nodes.map(|node| node.id).collect::<Vec<_>>()
		});
		let gone = move |lane: &LaneId| there.as_ref().is_some_and(|nodes| !nodes.contains(&lane.to));
		self.close_lanes(channel, Refusal::NodeUnknown, at, &gone);
		gone
	}

	fn close_lanes(&self, channel: ChannelId, refusal: Refusal, at: BlockNumber, meant: impl Fn(&LaneId) -> bool) {
		for lane in self.senders.close(channel, refusal, at, meant) {
			match refusal {
				Refusal::NodeUnknown => log::warn!(
					target: LOG_TARGET,
					"Lane {lane} is closed from block {at} on: the chain has no such node any more. What it did not take goes to no other: \
					 place it anew under another id"
				),
				_ => log::info!(target: LOG_TARGET, "Lane {lane} is closed from block {at} on: {refusal:?}"),
			}
			self.turned(lane, at, Some(refusal));
		}
	}

	fn turned(&self, lane: LaneId, block: BlockNumber, refusal: Option<Refusal>) {
		self.senders.turned(LaneTurned {
			at: self.clock.now_ms(),
			lane,
			block,
			refusal,
		});
	}
}

/// Whether a refusal is the end of a channel, and no interruption.
fn is_end(refusal: Refusal) -> bool {
	matches!(refusal, Refusal::Revoked | Refusal::Expired)
}

/// Leave for everything, where what is sent was allowed before.
pub(crate) fn everything(channel: ChannelId) -> Authorisation {
	Authorisation {
		channel,
		kinds: BusinessKinds::ALL,
		valid_until: None,
		orders_per_minute: None,
	}
}

/// The channels that were over when the node stopped.
pub(super) fn ended_channels(book: &Book) -> BTreeMap<ChannelId, BlockNumber> {
	let closed = book
		.lanes
		.iter()
		.filter_map(|(id, lane)| Some((id.channel, lane.closed?)));
	let ended = closed.filter(|(_, (refusal, _))| is_end(*refusal));
	ended.map(|(channel, (_, block))| (channel, block)).collect()
}
