// SPDX-License-Identifier: Apache-2.0

//! What the partner says to an envelope: only what is signed, and fits what was sent, moves the lane.

use super::{Flown, Sender};
use crate::{
	api::LaneId,
	cutting::Note,
	keys,
	lane::sender::Obstacle,
	protocol::{Answer, Receipt, Refused, Signed},
	records::Delivered,
	service::{Courier, LOG_TARGET},
	transport::Misbehaviour,
};
use codec::Encode;
use sealane_primitives::{directory::NodeEntry, keys::Purpose};

impl Courier {
	pub(super) fn landed(&self, lane: LaneId, sender: &Sender, flown: Flown) {
		let now = self.clock.now_ms();
		let answer = match &flown.answer {
			Err(error) => {
				let text = error.to_string();
				self.metrics.send_failures.with_label_values(&["transport"]).inc();
				log::debug!(target: LOG_TARGET, "Lane {lane}: packets from {} on: {text}", flown.first);
				*sender.error.lock() = Some((text, now));
				sender
					.state
					.lock()
					.failed(flown.first, Obstacle::Unreachable, now, self.jitter());
				return;
			}
			Ok(bytes) => Answer::parse(bytes),
		};
		match answer {
			Ok(Answer::Stored(receipt)) if self.is_receipt(lane, &flown, &receipt) => {
				self.metrics
					.delivery_seconds
					.observe(flown.started.elapsed().as_secs_f64());
				self.metrics.packets_delivered.inc_by(flown.last - flown.first + 1);
				self.stored(sender, Delivered { at: now, receipt });
			}
			Ok(Answer::Refused(refused)) if self.is_refusal(lane, &flown, &refused) => {
				let code = refused.what.reason.code();
				self.metrics.send_failures.with_label_values(&[code]).inc();
				log::info!(target: LOG_TARGET, "Lane {lane}: the partner refuses packet {}: {code}", flown.first);
				*sender.error.lock() = Some((code.into(), now));
				sender
					.state
					.lock()
					.failed(flown.first, Obstacle::Refused, now, self.jitter());
			}
			Ok(Answer::Expected { sequence }) => {
				if !sender.state.lock().expected(flown.first, sequence, now, self.jitter()) {
					log::warn!(
						target: LOG_TARGET,
						"Lane {lane}: the partner expects packet {sequence}, which cannot be; has it lost its log?",
					);
					*sender.error.lock() = Some((format!("partner expects packet {sequence}"), now));
				}
			}
			Ok(Answer::Busy { retry_after_ms }) => {
				self.metrics.send_failures.with_label_values(&["busy"]).inc();
				let pause = u64::from(retry_after_ms);
				sender
					.state
					.lock()
					.postponed(Some(flown.first), Obstacle::Busy, now, pause);
			}
			Ok(Answer::Stored(_) | Answer::Refused(_)) | Err(_) => {
				self.misbehaved(&flown.node.peer, Misbehaviour::BadAnswer);
				*sender.error.lock() = Some(("an answer that proves nothing".into(), now));
				sender
					.state
					.lock()
					.failed(flown.first, Obstacle::Unreachable, now, self.jitter());
			}
		}
	}

	fn stored(&self, sender: &Sender, delivered: Delivered) {
		let (first, last) = (
			delivered.receipt.what.first_sequence,
			delivered.receipt.what.last_sequence,
		);
		sender.early.lock().insert(first, delivered);
		sender.state.lock().stored(first, last);
		self.note_receipts(sender);
	}

	/// Note receipts in the order of their packets, so that a log never says that a gap was delivered. What the queue to the disk has no
	/// room for is noted the next time.
	pub(super) fn note_receipts(&self, sender: &Sender) {
		let acked = sender.state.lock().acked();
		let mut early = sender.early.lock();
		while let Some(entry) = early.first_entry() {
			if entry.get().receipt.what.last_sequence >= acked || !self.note(Note::Delivered(entry.get().clone())) {
				break;
			}
			entry.remove();
		}
	}

	fn is_receipt(&self, lane: LaneId, flown: &Flown, receipt: &Signed<Receipt>) -> bool {
		let what = &receipt.what;
		what.lane == lane
			&& what.first_sequence == flown.first
			&& what.last_sequence == flown.last
			&& what.packets_hash == flown.packets_hash
			&& self.is_signed(&flown.node, Purpose::Receipt, &what.encode(), &receipt.signature)
	}

	fn is_refusal(&self, lane: LaneId, flown: &Flown, refused: &Signed<Refused>) -> bool {
		refused.what.lane == lane
			&& (flown.first..=flown.last).contains(&refused.what.first_sequence)
			&& self.is_signed(
				&flown.node,
				Purpose::Refusal,
				&refused.what.encode(),
				&refused.signature,
			)
	}

	fn is_signed(&self, node: &NodeEntry, purpose: Purpose, message: &[u8], signature: &[u8; 64]) -> bool {
		// The key may have come with a block that arrived while the envelope was on its way.
		let snapshot = self.snapshot();
		let newest = snapshot.as_ref().and_then(|s| {
			let nodes = s.directory.channels.iter().flat_map(|c| &c.partner.nodes);
			nodes.into_iter().find(|n| n.id == node.id)
		});
		let block = snapshot.as_ref().map_or(0, |s| s.block);
		keys::verify(
			&newest.unwrap_or(node).keys,
			block,
			purpose,
			&self.genesis,
			message,
			signature,
		)
	}
}
