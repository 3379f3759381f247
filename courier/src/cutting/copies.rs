// SPDX-License-Identifier: Apache-2.0

//! Orders that a partner sends once more, byte for byte: another number, another node of the seller, a log that was restored. They have no
//! effect, and get the answer that the first one got, now or when it comes. Anything else would contradict it, signed.

use super::{OpenEntry, Outbox, PacketCutter, Place};
use crate::{
	chain::Target,
	library::LookupError,
	protocol::body,
	records::{EntryId, PacketView},
};
use bytes::Bytes;
use std::sync::Arc;

/// An order that came before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repetition {
	/// The entry in its packet.
	pub ordinal: u32,
	/// The first one with these bytes.
	pub first: EntryId,
}

/// A repetition in this group.
pub(super) struct Copied {
	view: Arc<PacketView>,
	at: EntryId,
	first: EntryId,
}

impl<O: Outbox> PacketCutter<O> {
	/// Remember the repetitions of a packet until all of the group's own answers are known.
	pub(super) fn copied(&mut self, view: &Arc<PacketView>, repetitions: &[Repetition]) {
		let header = &view.packet.header;
		self.group.copied.extend(repetitions.iter().map(|it| Copied {
			view: view.clone(),
			at: EntryId {
				lane: header.lane,
				sequence: header.sequence,
				ordinal: it.ordinal,
			},
			first: it.first,
		}));
	}

	/// The copies of an order that waited for its answer get it, too.
	pub(super) fn copies_of(&mut self, first: EntryId) {
		let copies = self.context.library.book.read().copies_of(&first);
		for at in copies {
			match self.context.library.packet(&at.lane, at.sequence) {
				Ok(Some(view)) => self.group.copied.push(Copied { view, at, first }),
				Ok(None) => (),
				Err(error) => log::error!(target: "courier", "Lane {}: packet {}: {error}", at.lane, at.sequence),
			}
		}
	}

	/// Answer the repetitions whose first ones are answered; the others wait with them.
	pub(super) fn answer_copies(&mut self) {
		for copied in std::mem::take(&mut self.group.copied) {
			match self.answer_of(&copied.first) {
				Ok(Some(answer)) => self.answer_copy(&copied, &answer),
				Ok(None) => self.group.waiting.push((copied.first, copied.at)),
				Err(error) => {
					log::error!(target: "courier", "Lane {}: packet {}: {error}", copied.first.lane, copied.first.sequence);
				}
			}
		}
	}

	fn answer_of(&mut self, first: &EntryId) -> Result<Option<Bytes>, LookupError> {
		self.earlier_answer(&first.lane, first.sequence, first.ordinal)
	}

	fn answer_copy(&mut self, copied: &Copied, answer: &[u8]) {
		let header = &copied.view.packet.header;
		let Some(kind) = header.kind.answer() else { return };
		let mut body = Vec::with_capacity(answer.len() + kind.prefix_len());
		// It was an entry before.
		if body::push_answer(&mut body, copied.at.sequence, copied.at.ordinal, answer).is_err() {
			return;
		}
		let target = Target {
			lane: header.lane.opposite(),
			interface: header.interface.clone(),
		};
		let len = body.len();
		let body = self.body(body.into());
		let view = self.group.views.len() as u32;
		self.group.views.push(copied.view.clone());
		let open = self.open(&target, kind, len);
		let packet = &mut self.group.open[open];
		packet.entries.push(OpenEntry {
			body,
			start: 0,
			end: len as u32,
			view,
			ordinal: copied.at.ordinal,
		});
		packet.kinds.0 |= header.kinds.0;
		packet.body_len += len;
	}

	/// Note where a rejection stands, for copies of the order in the same group.
	pub(super) fn rejected_at(&mut self, at: EntryId, place: Place) {
		self.group.claims.insert((at.lane, at.sequence, at.ordinal), place);
	}
}
