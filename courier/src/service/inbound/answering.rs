// SPDX-License-Identifier: Apache-2.0

//! What is said to an envelope, signed: receipts and refusals.

use super::{partner_of, Setting, BUSY_RETRY_MS, FULL_RETRY_MS};
use crate::{
	api::LaneId,
	attesting,
	book::Acknowledged,
	chain::Snapshot,
	protocol::{
		answer::packets_hash, envelope::EnvelopeHead, Answer, Receipt, RefusalReason, Refused, Signed, VERSION,
	},
	refusals::Happened,
	service::{inbound::Denial, Courier, LOG_TARGET},
	transport::{Misbehaviour, Reply},
};
use codec::Encode;
use sealane_primitives::{directory::ChannelEntry, evidence::Attestation, keys::Purpose};
use std::sync::Arc;

/// Most bytes that are read from the log for one receipt.
const MAX_RECEIPT_READ: usize = 16 * 1024 * 1024;

impl Courier {
	/// Count a refusal, and note it where it is about a lane between this node and the partner: others are made up.
	pub(super) fn refused(&self, peer: &[u8], head: &EnvelopeHead, reason: RefusalReason) {
		self.metrics.envelopes_refused.with_label_values(&[reason.code()]).inc();
		log::debug!(target: LOG_TARGET, "Lane {}: refused: {}", head.lane, reason.code());
		let Some(snapshot) = self.snapshot() else { return };
		let Some(member) = partner_of(&snapshot, peer) else {
			return;
		};
		self.budgets.refused(member, self.clock.ticks());
		if self.party(peer, head).is_err() {
			return;
		}
		self.note_refusal(Happened {
			member,
			lane: head.lane,
			sequence: head.first_sequence,
			reason,
			block: snapshot.block_ref(),
			seen: snapshot.block,
			proof: None,
		});
	}

	/// What is said to an envelope of another version, of which nothing but that can be read: that, signed. Its sender may be older or newer,
	/// and does nothing wrong.
	pub(super) fn of_other_version(&self, peer: &[u8], found: u8) -> Reply {
		let reason = RefusalReason::Version;
		self.metrics.envelopes_refused.with_label_values(&[reason.code()]).inc();
		let Some(snapshot) = self.snapshot() else {
			return Reply::said(&Answer::Busy {
				retry_after_ms: FULL_RETRY_MS,
			});
		};
		let from = snapshot.node_of_peer(peer);
		let serves = |channel: &&ChannelEntry| channel.partner.nodes.iter().any(|node| Some(node.id) == from);
		let Some((from, channel)) = from.zip(snapshot.directory.channels.iter().find(serves)) else {
			return Reply::silence(Misbehaviour::Unauthorised);
		};
		log::debug!(target: LOG_TARGET, "Node {from} sends envelopes of version {found}; this node speaks {VERSION}");
		self.budgets.refused(channel.partner.id, self.clock.ticks());
		let to = snapshot.directory.node;
		self.note_refusal(Happened {
			member: channel.partner.id,
			lane: LaneId {
				channel: channel.id,
				from,
				to,
			},
			sequence: 0,
			reason,
			block: snapshot.block_ref(),
			seen: snapshot.block,
			proof: None,
		});
		let lane = Refused::all_lanes(from, to);
		Reply {
			answer: self.signed_refusal(&snapshot, lane, 0, reason, Vec::new()),
			misbehaviour: None,
		}
	}

	/// The bytes of a refusal, signed.
	pub(super) fn refusal(
		&self,
		head: &EnvelopeHead,
		first_sequence: u64,
		reason: RefusalReason,
		unreadable: Vec<(u32, u32)>,
	) -> Option<Vec<u8>> {
		self.signed_refusal(&*self.snapshot()?, head.lane, first_sequence, reason, unreadable)
	}

	fn signed_refusal(
		&self,
		snapshot: &Snapshot,
		lane: LaneId,
		first_sequence: u64,
		reason: RefusalReason,
		unreadable: Vec<(u32, u32)>,
	) -> Option<Vec<u8>> {
		let what = Refused {
			version: VERSION,
			lane,
			first_sequence,
			reason,
			at: self.clock.now_ms(),
			block: snapshot.block_ref(),
			unreadable,
		};
		let signature = self.sign(snapshot, Purpose::Refusal, &what.encode())?;
		Some(Answer::Refused(Signed { what, signature }).encode())
	}

	/// The receipt for packets that were acknowledged before. Cheap for those that came last; for older ones the seal is opened first, and
	/// they are read from the disk, rarely.
	pub(super) async fn repeated(self: &Arc<Self>, setting: &Arc<Setting>, payload: Vec<u8>) -> Result<Answer, Denial> {
		let (lane, now) = (setting.head.lane, self.clock.ticks());
		let busy = |denied| Denial::Busy(self.exhausted(denied));
		if self.recent(&setting.head).is_some() {
			self.budgets.repeat(lane, false, now).map_err(busy)?;
			return self.receipt(setting);
		}
		self.budgets.repeat(lane, true, now).map_err(busy)?;
		let of = setting.clone();
		let work = move |courier: Arc<Self>| async move { courier.receipt_from_disk(&of, payload) };
		let receipt = self.apart("courier-repeat", work).await;
		receipt.ok_or(Denial::Busy(BUSY_RETRY_MS))?
	}

	/// The receipt for packets that were acknowledged long ago, once the seal opens.
	fn receipt_from_disk(&self, setting: &Setting, payload: Vec<u8>) -> Result<Answer, Denial> {
		self.open(setting, payload)?;
		let lane = setting.head.lane;
		let mut read = 0;
		let mut stored = Vec::new();
		for sequence in setting.head.first_sequence..=setting.head.last_sequence() {
			let view = self.library.packet(&lane, sequence).map_err(|error| {
				log::error!(target: LOG_TARGET, "Lane {lane}: {error}");
				Denial::Busy(BUSY_RETRY_MS)
			})?;
			let view = view.ok_or(Denial::Busy(BUSY_RETRY_MS))?;
			stored.push(Acknowledged::of(&view));
			read += view.packet.bytes.len();
			if read > MAX_RECEIPT_READ {
				return Err(Denial::Expected(self.stored_packets(lane)));
			}
		}
		self.receipt_for(setting, &stored)
	}

	/// What is to be acknowledged, where it is in memory.
	fn recent(&self, head: &EnvelopeHead) -> Option<Vec<Acknowledged>> {
		let book = self.library.book.read();
		book.lanes
			.get(&head.lane)?
			.recent(head.first_sequence, head.last_sequence())
	}

	/// The receipt for packets that are on disk since a moment ago.
	pub(super) fn receipt(&self, setting: &Setting) -> Result<Answer, Denial> {
		let stored = self.recent(&setting.head).ok_or(Denial::Busy(BUSY_RETRY_MS))?;
		self.receipt_for(setting, &stored)
	}

	fn receipt_for(&self, setting: &Setting, stored: &[Acknowledged]) -> Result<Answer, Denial> {
		let Setting { snapshot, head, .. } = setting;
		let busy = || Denial::Busy(BUSY_RETRY_MS);
		let last = stored.last().ok_or_else(busy)?;
		let numbered = (head.first_sequence..).zip(stored);
		let what = Receipt {
			version: VERSION,
			lane: head.lane,
			first_sequence: head.first_sequence,
			last_sequence: head.last_sequence(),
			packets_hash: packets_hash(stored.iter().map(|it| &it.hash)),
			stored_at: last.at,
			authorised_at: last.authorised_at,
			attestations: numbered
				.filter_map(|(s, it)| Some((s, self.own_half(snapshot, it)?)))
				.collect(),
		};
		let signature = self.sign(snapshot, Purpose::Receipt, &what.encode()).ok_or_else(busy)?;
		Ok(Answer::Stored(Signed { what, signature }))
	}

	/// This node's attestation of a batch that it received, by a key that holds now.
	fn own_half(&self, snapshot: &Snapshot, stored: &Acknowledged) -> Option<Attestation> {
		let (core, own) = stored.half.as_ref()?;
		let listed = &snapshot.me()?.keys;
		let signer = self.keys.signer(listed, snapshot.block);
		let recent = self.final_chain.recent();
		let anew = attesting::anew(own, listed, snapshot.block, signer, &self.genesis, core, recent);
		Some(anew.unwrap_or_else(|| own.clone()))
	}

	fn sign(&self, snapshot: &Snapshot, purpose: Purpose, message: &[u8]) -> Option<[u8; 64]> {
		let pair = self.keys.signer(&snapshot.me()?.keys, snapshot.block)?;
		Some(pair.sign(purpose, &self.genesis, message))
	}
}
