// SPDX-License-Identifier: Apache-2.0

//! Packets of this node that a partner gives back, because the log is older than what was sent.

use super::{
	submission::{Returned, ReturnedPacket},
	write::{write_packet, WriteError},
	Answer, Outbox, PacketCutter, Written,
};
use crate::{
	library::{id_of, scope},
	protocol::PacketKind,
	records::{kind, Trailer},
	store::{Key, RecordWriter},
};

impl<O: Outbox> PacketCutter<O> {
	/// Write the packets as what they are: this node's own. What does not follow on the lane's last packet is left out, and its reply
	/// dropped: who asked for it asks again.
	pub(super) fn returned(&mut self, returned: Returned, out: &mut RecordWriter<'_>) {
		for it in returned.packets {
			let (lane, sequence) = (it.packet.header.lane, it.packet.header.sequence);
			if sequence != self.next(&lane) {
				return;
			}
			if !self.follows(&it.packet.header) {
				log::error!(
					target: "courier",
					"Lane {lane}: packet {sequence} came back and does not follow the one that this log has before it: \
					 this node signed two histories of the lane",
				);
				return;
			}
			if let Err(error) = self.returned_packet(it, out) {
				log::error!(target: "courier", "Lane {lane}: packet {sequence} came back and was not written: {error}");
				return;
			}
		}
		self.group.answers.push(Answer::Noted(returned.reply));
	}

	fn returned_packet(&mut self, it: ReturnedPacket, out: &mut RecordWriter<'_>) -> Result<(), WriteError> {
		let ReturnedPacket {
			packet,
			trailer,
			entries,
			hashes,
		} = it;
		let header = &packet.header;
		let (mut keys, mut unindexed) = (Vec::new(), Vec::new());
		if !header.kind.is_answer() {
			let registrations = header.kind == PacketKind::Registrations;
			for (ordinal, entry) in (0u32..).zip(&entries) {
				let bytes = &packet.bytes[packet.head_len + entry.start..packet.head_len + entry.end];
				match id_of(bytes) {
					Some(id) => keys.push((self.key_of(trailer.seller, registrations, &id), ordinal)),
					None => unindexed.push(ordinal),
				}
			}
		}
		let trailer = Trailer { unindexed, ..trailer };
		let (position, record) = write_packet(out, kind::PACKET_OUT, &packet.bytes, &trailer)?;
		self.group.written.push(Written {
			position,
			outgoing: true,
			keys,
			record,
			hashes,
		});
		self.group.next.insert(header.lane, header.sequence + 1);
		self.group.headers.insert(header.lane, packet.hash());
		if let Some(core) = &header.core {
			self.group.cores.insert(header.lane, core.hash());
		}
		Ok(())
	}

	fn key_of(&self, seller: u32, registrations: bool, id: &str) -> Key {
		self.context
			.library
			.index
			.key(scope(seller, registrations), id.as_bytes())
	}
}
